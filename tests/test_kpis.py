"""KPIs are what their definitions say: values worked by hand from counters made up."""

from __future__ import annotations

import math

import pytest

from takeup.kpis import GAPS, KPIS

ONE = 65_536  # a level of 1 in fixed point

COUNTED: dict[str, float] = {
    "needs": 200.0,
    "online_started": 80.0,
    "online_completed": 60.0,
    "transactions": 160.0,
    "transactions_online": 40.0,
    "experience": 150.0 * ONE,
    "contacts_failure": 10.0,
    "contacts_other": 70.0,
    "assisted": 5.0,
    "citizens": 1_000.0,
    "adopters": 300.0,
    "in_need": 500.0,
    "trust": 650.0 * ONE,
    "participants": 20.0,
    "decided_online": 30.0,
    "decided_phone": 50.0,
    "decided_counter": 20.0,
    "withdrawn": 8.0,
    "queued": 90.0,
    "queued_minutes": 600.0,
    "waiting": 75.0 * 1024,
    "handled": 50.0,
    "contacts_chasing": 6.0,
    "contacts_error": 14.0,
    "reworked": 3.0,
    "list_cost": 40_000.0,
    "live": 4.0,
    "staff": 100.0,
    "adopted": 45.0,
    "awareness": 90.0 * ONE,
    "desire": 70.0 * ONE,
    "knowledge": 60.0 * ONE,
    "ability": 50.0 * ONE,
    "reinforcement": 30.0 * ONE,
    "blocked_awareness": 10.0,
    "blocked_desire": 20.0,
    "blocked_knowledge": 15.0,
    "blocked_ability": 5.0,
    "blocked_reinforcement": 25.0,
    "stress": 35.0 * ONE,
    "leavers": 2.0,
    "capacity_minutes": 4_000.0,
    "paid_minutes": 5_000.0,
    "worked_minutes": 3_000.0,
    "service_cost": 250_000.0,
    "programme_cost": 12_300.0,
    "incidents": 1.0,
}
"""A week; each resident stands for ten."""

BY_HAND = {
    "digital_take_up": 0.25,  # 40 of 160
    "completion_rate": 0.75,  # 60 of 80
    "user_satisfaction": 0.75,  # 150 over 200 needs
    "cost_per_transaction": 25.0,  # 2,500 over 30 + 50 + 20 cases
    "list_cost_per_transaction": 4.0,  # 400 over the same
    "adoption": 0.3,
    "adoption_in_need": 0.6,
    "trust": 0.65,
    "participation": 0.02,
    "assisted": 0.125,  # 5 of 40
    "services_online": 4.0,
    "avoidable_contact": 0.3,  # 10 + 6 + 14 of these and 70
    "avoidable_contacts": 300.0,  # 30, times ten
    "contacts": 1_000.0,
    "processing_time": 1.5,  # 75 weeks over 50 cases
    "backlog": 100.0,  # 600 minutes, times ten, in hours
    "withdrawn": 0.04,  # 8 over 200 needs
    "utilisation": 0.75,
    "staff_adoption": 0.45,
    "staff_readiness": 0.6,  # (0.9 + 0.7 + 0.6 + 0.5 + 0.3) / 5
    "staff_awareness": 0.9,
    "staff_desire": 0.7,
    "staff_knowledge": 0.6,
    "staff_ability": 0.5,
    "staff_reinforcement": 0.3,
    "blocked_at_awareness": 0.1,
    "blocked_at_desire": 0.2,
    "blocked_at_knowledge": 0.15,
    "blocked_at_ability": 0.05,
    "blocked_at_reinforcement": 0.25,
    "staff_stress": 0.35,
    "staff_turnover": 1.04,  # 2 of 100 a week, 52 weeks
    "service_cost": 25_000.0,  # 2,500, times ten
    "programme_cost": 123.0,  # of the place as it is: no sample
    "incidents": 52.0,
}


@pytest.mark.parametrize("kpi", KPIS, ids=lambda kpi: kpi.name)
def test_a_kpi_is_what_its_definition_says(kpi):
    assert kpi.value(COUNTED, 10.0) == pytest.approx(BY_HAND[kpi.name], rel=1e-12)
    if kpi.denominator:
        nothing = {**COUNTED, **dict.fromkeys(kpi.denominator, 0.0)}
        assert math.isnan(kpi.value(nothing, 10.0))


def test_every_kpi_was_worked_by_hand():
    assert {kpi.name for kpi in KPIS} == BY_HAND.keys()
    assert {gap.of for gap in GAPS} == {(("adopters",), ("in_need",))}
