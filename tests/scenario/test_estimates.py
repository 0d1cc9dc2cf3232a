"""What every kind of intervention costs at most, before any run."""

from pathlib import Path
from typing import Any

import pytest

from examples import small_scenario
from takeup.programme import KINDS
from takeup.scenario import explain, load
from takeup.scenario.check.estimates import Cost, programme_costs

EVERYTHING = Path(__file__).parent / "everything.toml"
STAFF = {"revenues": 120, "environment": 80}
PAY = {"revenues": 40.0, "environment": 10.0}
DEPARTMENTS = {key: {"hourly_cost": pay} for key, pay in PAY.items()}
MEAN = sum(STAFF[key] * PAY[key] for key in STAFF) / sum(STAFF.values())


def cost(**fields: Any) -> Cost:
    programme = {"it": {"weeks": 10, **fields}}
    return programme_costs(small_scenario(departments=DEPARTMENTS, programme=programme))["it"]


@pytest.mark.parametrize(
    ("fields", "money", "hours"),
    [
        ({"kind": "audit", "takes": 4, "hours": 30.0, "weeks": None, "fixed_cost": 9.0}, 9, 120),
        ({"kind": "engagement", "places": 3.0, "session_cost": 20.0}, 600, 0),
        ({"kind": "engagement", "audience": "staff", "places": 3.0, "hours": 2.0}, 0, 60),
        ({"kind": "tailored_support", "sessions": 5.0, "session_cost": 8.0}, 400, 0),
        ({"kind": "tailored_support", "audience": "staff", "sessions": 5.0, "hours": 1.0}, 0, 50),
        ({"kind": "leadership", "hours": 4.0, "intensity": 2.0}, 0, 80),
        ({"kind": "change_team", "members": 2.0, "hours": 30.0}, 0, 600),
        ({"kind": "digital_agency", "weekly_fee": 1000.0, "intensity": 2.0}, 20_000, 0),
        ({"kind": "digital_playbook", "hours": 5.0, "weekly_cost": 7.0}, 70, 50),
        ({"kind": "quick_win", "service": "permits", "fixed_cost": 300.0}, 300, 0),
        ({"kind": "security_transparency", "weekly_cost": 50.0}, 500, 0),
        ({"kind": "review", "every": 5, "hours": 10.0}, 0, 20),
    ],
)  # fmt: skip
def test_money_and_hours_of_ten_weeks(fields: dict[str, Any], money: float, hours: float) -> None:
    found = cost(**fields)
    assert found.money == pytest.approx(money)
    assert found.hours == pytest.approx(hours)
    assert found.hours_value == pytest.approx(hours * MEAN)  # roles are alike in both departments


@pytest.mark.parametrize(
    ("fields", "payer"),
    [
        ({"kind": "change_team", "target": {"departments": ("revenues",)}}, "revenues"),
        ({"kind": "leadership", "target": {"departments": ("environment",)}}, "environment"),
        ({"kind": "digital_playbook", "hours": 5.0, "target": {"services": ("waste",)}},
         "environment"),
        ({"kind": "digital_agency", "seats": 2.0, "target": {"services": ("council-tax",)}},
         "revenues"),
    ],
)  # fmt: skip
def test_hours_are_paid_by_those_who_give_them(fields: dict[str, Any], payer: str) -> None:
    found = cost(**fields)
    assert found.hours > 0
    assert found.hours_value == pytest.approx(found.hours * PAY[payer])


def test_a_department_counts_once_however_many_services_it_owns() -> None:
    both = cost(kind="digital_playbook", hours=5.0)
    assert both.hours_value == pytest.approx(both.hours * MEAN)


def test_hours_of_managers_cost_nothing_where_there_are_none() -> None:
    programme = {"lead": {"kind": "leadership"}, "look": {"kind": "review"}}
    none = {key: {"managers": 0.0} for key in STAFF}
    costs = programme_costs(small_scenario(departments=none, programme=programme))
    assert [c.total for c in costs.values()] == [0.0, 0.0]


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_fixed_and_weekly_costs_are_counted_for_every_kind(kind: str) -> None:
    more = {"service": "permits"} if kind == "quick_win" else {}
    more |= {"weeks": None, "takes": 10} if kind == "audit" else {}
    more |= {"every": 5} if kind == "review" else {}
    plain = cost(kind=kind, **more)
    dear = cost(kind=kind, fixed_cost=100.0, weekly_cost=7.0, **more)
    assert dear.money - plain.money == pytest.approx(170)
    assert dear.hours == plain.hours


def test_what_is_not_counted_is_said() -> None:
    text = explain(load(EVERYTHING))
    assert "not counted: what look, shock cut will change" in text
    off = ["programme.look.adjust=[]", "shocks.cut.enabled=false"]
    assert "not counted" not in explain(load(EVERYTHING, off))
    without = explain(load(EVERYTHING, ["programme={}"]))
    assert "Programme cost: none" in without
    assert "not counted" not in without
