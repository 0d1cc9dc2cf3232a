"""Residents alone: nobody online, nothing that fails, a bare logit, and when contacts rise."""

from __future__ import annotations

from math import exp, log, sqrt
from typing import Any

import numpy as np
import pytest

from examples import by_age
from limits.plain import (
    NO_LEARNING,
    ONLY_CONSTANT,
    STILL_STAFF,
    plain_scenario,
    series,
    with_constant,
)
from takeup.kpis import Counters
from takeup.mesa.model import TakeupModel
from takeup.model.run.simulation import Simulation
from takeup.scenario.schema.scenario import Scenario

WEEKS = 40

CERTAIN: dict[str, float] = {
    **STILL_STAFF,
    **NO_LEARNING,
    **ONLY_CONSTANT,
    "search": 1.0,  # with full skill: whoever looks for the service finds it
    "error_contacts": 0.0,
    "chasing": 0.0,
    "withdrawal": 0.0,
}
"""Everyone knows of the service, and only its constant decides who takes it."""


def town(
    parameters: dict[str, float], *, place: Any = None, service: Any = None, residents: int = 5_000
) -> Scenario:
    """Return a place that gets its service in week 0, with more staff than it needs."""
    return plain_scenario(
        residents,
        0.1,
        run={"weeks": WEEKS},
        place=place,
        department={"staff": residents // 25, "handles_share": 1.0, "adopted": 1.0},
        service={"go_live": 0, **(service or {})},
        parameters={**CERTAIN, **parameters},
    )


def totals(plan: Scenario, *names: str, constant: float = 0.0) -> list[int]:
    """Return sums of counters over the run, the constant of a service to come being as given."""
    known = plan.services["permit"].go_live is None
    counters = (Simulation(plan) if known else with_constant(plan, constant)).run()
    return [int(series(counters, name).sum()) for name in names]


def logistic(utility: float) -> float:
    return 1.0 / (1.0 + exp(-utility))


# ---------------------------------------------------------------- nobody, everybody

OFFLINE: dict[str, dict[str, Any]] = {
    "no access": {"place": {"access": by_age(*[0.0] * 7)}, "parameters": {}},
    "nothing online": {"service": {"go_live": "never"}, "parameters": {}},
    "nobody knows": {
        "parameters": {"search": 0.0, "portal": 0.0, "staff_steering": 0.0},
    },
}


@pytest.mark.parametrize("why", OFFLINE)
def test_take_up_is_zero_where_nobody_can_be_online(why: str) -> None:
    model = TakeupModel(town(**OFFLINE[why]))
    services = model.simulation.state.services
    services["reach"] = services["own_reach"] = 0.0  # nobody does it for others
    while model.running:
        model.step()
    weekly = model.datacollector.get_model_vars_dataframe()
    assert len(weekly) == WEEKS
    for kpi in ("digital_take_up", "adoption", "adoption_in_need"):
        assert np.all(weekly[kpi] == 0.0)
    assert np.isnan(weekly["completion_rate"]).all()
    assert np.all(weekly["contacts"] > 0)


def test_an_attempt_that_cannot_fail_is_completed() -> None:
    # A service that asks for no skill works for people who have none, too.
    unskilled = by_age(*[0.3] * 7)
    plan = town({}, place={"skill": unskilled}, service={"complexity": 0.0})
    started, completed, failures = totals(
        plan, "online_started", "online_completed", "contacts_failure"
    )
    assert started > 0
    assert completed == started
    assert failures == 0
    started, completed = totals(
        town({}, place={"skill": unskilled}, service={"complexity": 0.2}),
        "online_started",
        "online_completed",
    )
    assert completed < started


@pytest.mark.parametrize(("usability", "retry", "availability"), [(0.6, 0.0, 1.0), (0.5, 0.8, 0.9)])
def test_the_completion_rate_is_that_of_an_attempt_and_a_retry(
    usability: float, retry: float, availability: float
) -> None:
    plan = town({"retry": retry}, service={"usability": usability, "availability": availability})
    started, completed = totals(plan, "online_started", "online_completed")
    # A second try comes with chance `retry` and succeeds like the first; nothing works offline.
    chance = availability * (usability + (1.0 - usability) * retry * usability)
    assert abs(completed - started * chance) < 4.0 * sqrt(started * chance * (1.0 - chance))


# ---------------------------------------------------------------- the choice


@pytest.mark.parametrize("constant", [-3.0, -1.0, 0.0, 0.5, 2.0])
@pytest.mark.parametrize("phone_share", [0.5, 0.8])
def test_take_up_is_the_logistic_of_the_constant(constant: float, phone_share: float) -> None:
    plan = town({}, service={"phone_share": phone_share})
    needs, online, phone, counter = totals(
        plan,
        *("needs", "transactions_online", "decided_phone", "decided_counter"),
        constant=constant,
    )
    p = logistic(constant)
    assert abs(online - needs * p) < 4.0 * sqrt(needs * p * (1.0 - p))
    offline = phone + counter  # but for some cases of the warm-up that were still waiting
    q = phone_share
    assert abs(phone - offline * q) < 4.0 * sqrt(offline * q * (1.0 - q))


def test_take_up_is_the_logistic_averaged_over_innovativeness() -> None:
    # Innovativeness is a rank, even in [0, 1]: the integral of the logistic is a logarithm.
    constant, weight = -2.0, 6.0
    plan = town({"innovativeness_weight": weight})
    needs, online = totals(plan, "needs", "transactions_online", constant=constant)
    above, below = (log(1.0 + exp(constant + half * weight)) for half in (0.5, -0.5))
    expected = (above - below) / weight
    # Both who lives here and what they choose are drawn.
    error = sqrt(expected * (1.0 - expected) * (1.0 / needs + 1.0 / plan.place.residents))
    assert abs(expected - logistic(constant)) > 10.0 * error
    assert abs(online / needs - expected) < 4.0 * error


@pytest.mark.parametrize("take_up", [0.1, 0.5, 0.85])
def test_a_service_that_is_online_already_has_its_stated_take_up(take_up: float) -> None:
    plan = town({}, service={"go_live": None, "take_up": take_up}, residents=10_000)
    transactions, online = totals(plan, "transactions", "transactions_online")
    # The warm-up sees a quarter's needs four times; its last correction errs like a sample of them.
    quarter = 13 * transactions / WEEKS
    error = sqrt(take_up * (1.0 - take_up) * (1.0 / transactions + 1.0 / quarter))
    assert abs(online / transactions - take_up) < 4.0 * error


# ---------------------------------------------------------------- contacts


def contacts(plan: Scenario, constant: float) -> tuple[int, int]:
    """Return contacts and needs."""
    counters: Counters = with_constant(plan, constant).run()
    names = ("contacts_failure", "contacts_other", "contacts_chasing", "contacts_error")
    count = sum(int(series(counters, name).sum()) for name in names)
    return count, int(series(counters, "needs").sum())


@pytest.mark.parametrize(
    ("usability", "calls", "help_rate"),
    [(0.4, 2.0, 0.3), (0.5, 2.0, 0.3), (0.6, 2.0, 0.3), (0.3, 1.5, 0.5), (0.3, 1.0, 0.5)],
)
def test_contacts_rise_with_take_up_only_above_the_threshold(
    usability: float, calls: float, help_rate: float
) -> None:
    # By phone or at the counter a need is one contact. Online it is `calls` in all after a failure
    # (the one that makes it a phone case included), and sometimes one for help after a success.
    completion = usability  # without a retry
    online = (1.0 - completion) * calls + completion * help_rate * (1.0 - usability)
    parameters = {"retry": 0.0, "failure_contacts": calls, "help_rate": help_rate}
    seen = []
    for constant in (-1.5, 1.5):
        count, needs = contacts(town(parameters, service={"usability": usability}), constant)
        seen.append(count / needs)
        expected = 1.0 + logistic(constant) * (online - 1.0)
        assert count / needs == pytest.approx(expected, abs=4.0 / sqrt(needs))
    assert abs(online - 1.0) > 0.03
    assert (seen[1] > seen[0]) == (online > 1.0)
