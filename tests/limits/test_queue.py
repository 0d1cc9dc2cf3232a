"""A lone department is a textbook queue: Lindley's recursion, and a saturating server at rest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from limits.plain import STILL_STAFF, plain_scenario, series
from takeup.model.run.simulation import Simulation
from takeup.scenario.schema.scenario import Scenario

Integers = npt.NDArray[np.int64]

PATIENT: dict[str, float] = {
    **STILL_STAFF,
    **dict.fromkeys(("overtime_limit", "withdrawal", "chasing", "abandonment", "release"), 0.0),
}
"""Nobody works overtime, gives up, asks or calls again, and no staff time is moved."""


def case(minutes: float) -> dict[str, float]:
    return {"digital": 1.0, "rekeying": 1.0, "phone": minutes, "counter": minutes}


def office(
    residents: int,
    weekly_need: float,
    minutes: Sequence[int],
    capacity: int,
    *,
    saturation: float,
    **run: Any,
) -> Scenario:
    """Return a department with so many minutes a week, and services that stay offline.

    Args:
        residents: number of residents.
        weekly_need: chance a week that a resident needs a service.
        minutes: staff minutes of a case, by service.
        capacity: staff minutes a week; a hundred members of staff share them.
        saturation: weeks; see `takeup.evidence`.
        **run: fields of the run that differ.
    """
    plan = plain_scenario(
        residents,
        weekly_need,
        run=run,
        department={"weekly_hours": capacity / 6_000.0, "handles_share": 1.0},
        service={"go_live": "never"},
        parameters={**PATIENT, "saturation": saturation},
    )
    service = plan.model_dump()["services"]["permit"]
    services = {f"s{k}": {**service, "minutes": case(m)} for k, m in enumerate(minutes)}
    return Scenario.model_validate({**plan.model_dump(), "services": services})


def lindley(arrivals: Integers, minutes: int, capacity: int) -> dict[str, Integers]:
    """Return what is recorded of a queue that is served first in, first out.

    Time is counted in minutes of capacity, so that week n begins at n · capacity. A case waits W,
    with Lindley's W_next = max(0, W + S − T) for service time S and time T to the next arrival; it
    is closed in the week in which its service ends, W + S after its arrival.

    Args:
        arrivals: cases by week, (weeks,).
        minutes: service time of a case.
        capacity: minutes a week.

    Returns:
        By name, (weeks,): cases `handled`, weeks of `waiting` in them, cases `queued`.
    """
    weeks = len(arrivals)
    handled, waiting, queued = (np.zeros_like(arrivals) for _ in range(3))
    wait, last = -minutes, 0
    for week, cases in enumerate(arrivals):
        for _ in range(cases):
            wait = max(0, wait + minutes - (week - last) * capacity)
            last = week
            closed = week + (wait + minutes - 1) // capacity
            queued[week:closed] += 1
            if closed < weeks:
                handled[closed] += 1
                waiting[closed] += closed - week
    return {"handled": handled, "waiting": waiting, "queued": queued}


def arrivals_of(simulation: Simulation) -> Integers:
    """Return needs by week and service, those of the warm-up included: the calendar tells."""
    world = simulation.world
    weeks = len(world.calendar) - 1
    arrivals = np.zeros((weeks, len(world.segments.services)), np.int64)
    week_of = np.repeat(np.arange(weeks), np.diff(world.calendar))
    np.add.at(arrivals, (week_of, world.need_service), 1)
    return arrivals


# Some nine cases a week at a load of 0.95, so that busy periods are long. A week's minutes are no
# multiple of a case's, so cases are carried over half done.
@pytest.mark.parametrize(("services", "weekly_need"), [(1, 0.0178), (3, 0.00593)])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_waiting_times_are_those_of_lindleys_recursion(
    services: int, weekly_need: float, seed: int
) -> None:
    residents, weeks, minutes, capacity = 500, 700, 32, 300
    assert services * minutes * residents * weekly_need / capacity == pytest.approx(0.95, abs=0.01)
    plan = office(
        residents, weekly_need, (minutes,) * services, capacity, saturation=0.0, weeks=weeks,
        seed=seed,
    )  # fmt: skip
    simulation = Simulation(plan)
    counters = simulation.run()
    arrivals = arrivals_of(simulation).sum(axis=1)
    run = slice(plan.run.warm_up, None)
    assert np.array_equal(series(counters, "needs"), arrivals[run])

    expected = {name: table[run] for name, table in lindley(arrivals, minutes, capacity).items()}
    assert np.array_equal(series(counters, "handled"), expected["handled"])
    assert np.array_equal(series(counters, "waiting"), expected["waiting"] * 1024)
    assert np.array_equal(series(counters, "queued"), expected["queued"])
    assert np.array_equal(series(counters, "queued_minutes"), expected["queued"] * minutes)

    # The comparison means something: idle weeks, long busy periods, long waits.
    idle = np.flatnonzero(expected["queued"] == 0)
    assert len(idle) > 0
    assert np.diff(idle, prepend=-1, append=weeks).max() > 30
    assert (expected["waiting"] / expected["handled"].clip(1)).max() >= 2.0


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_work_at_hand_is_that_of_lindleys_recursion_whatever_its_order(seed: int) -> None:
    residents, weekly_need, minutes, capacity = 500, 0.00413, (45, 8, 131), 400
    plan = office(residents, weekly_need, minutes, capacity, saturation=0.0, weeks=500, seed=seed)
    simulation = Simulation(plan)
    counters = simulation.run()
    work = 0
    at_hand = []
    for arriving in arrivals_of(simulation) @ np.array(minutes):
        work = max(0, work + int(arriving) - capacity)
        at_hand.append(work)
    expected = np.array(at_hand[plan.run.warm_up :])
    # What waits is counted in whole cases, and the week's minutes never end with one of each kind:
    # a part of a case may be done, or owed. Such differences must not add up.
    difference = series(counters, "queued_minutes") - expected
    assert 0 < np.abs(difference).max() < sum(minutes)
    assert np.all(difference[expected == 0] == 0)
    assert expected.max() > 4 * capacity
    worked = series(counters, "worked_minutes")
    assert worked.max() == capacity
    assert np.all(worked[expected > 0] == capacity)


@pytest.mark.parametrize(
    ("load", "saturation"), [(0.6, 0.25), (0.7, 0.5), (0.85, 0.25), (0.85, 0.5), (0.9, 0.25)]
)
def test_a_saturating_server_rests_at_the_closed_form(load: float, saturation: float) -> None:
    residents, weekly_need, minutes = 10_000, 0.4, 10
    capacity = int(residents * weekly_need * minutes / load)
    run = {"weeks": 150, "warm_up": 208}
    plan = office(residents, weekly_need, (minutes,), capacity, saturation=saturation, **run)
    counters = Simulation(plan).run()
    # At rest what comes in a week, a, goes out: a = X c / (X + χ c). So X = χ c a / (c − a) is the
    # work at hand in a week and X − a what it leaves; nothing if χ < 1 − a / c.
    a = float(series(counters, "needs").mean()) * minutes
    c = float(series(counters, "capacity_minutes").mean())
    assert c == pytest.approx(capacity, rel=1e-3)
    rest = max(0.0, saturation * c * a / (c - a) - a)
    assert (rest > 0.0) == (load > 0.6)
    backlog = float(series(counters, "queued_minutes").mean())
    assert backlog == pytest.approx(rest, rel=0.03)
    waiting = series(counters, "waiting").sum() / series(counters, "handled").sum() / 1024.0
    assert waiting == pytest.approx(rest / a, rel=0.03)  # Little's law
    utilisation = (
        series(counters, "worked_minutes").sum() / series(counters, "capacity_minutes").sum()
    )
    assert utilisation == pytest.approx(a / c, rel=0.01)
