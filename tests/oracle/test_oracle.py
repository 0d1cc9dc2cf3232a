"""The compiled model equals the one written the ordinary way, bit for bit."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from oracle import ordinary
from oracle.scenarios import FAST, SLOW, corners, everything
from takeup.model.run.simulation import Simulation
from takeup.model.world.world import make_world
from takeup.programme import KINDS, SHOCKS
from takeup.programme.segments import ROLES
from takeup.scenario.schema.scenario import Scenario


@cache
def both(make: Callable[[], Scenario]) -> tuple[Simulation, ordinary.Council]:
    """Run a named scenario both ways, once."""
    return both_of(make())


def both_of(plan: Scenario) -> tuple[Simulation, ordinary.Council]:
    """Run a scenario both ways on one world."""
    world = make_world(plan, replicate=1)
    compiled = Simulation(plan, 1, world)
    compiled.run()
    council = ordinary.Council(plan, world)
    council.run()
    return compiled, council


def assert_equal_counters(compiled: Simulation, council: ordinary.Council) -> None:
    """Fail with the first counter, by week, in which the two differ."""
    differing = [
        (int(week), table, tuple(map(int, group)), ordinary.NAMES[table][column], int(a), int(b))
        for table in (field.name for field in fields(compiled.counters))
        for a_table, b_table in [
            (getattr(compiled.counters, table), getattr(council.counters, table))
        ]
        for week, *group, column in np.argwhere(a_table != b_table)
        for a, b in [(a_table[week, *group, column], b_table[week, *group, column])]
    ]
    assert not differing, min(differing)


def residents(council: ordinary.Council) -> dict[str, list[Any]]:
    """Return the columns of the kernels' residents as the oracle has them."""
    people = council.residents
    return {
        "gain": [person.gain for person in people],
        "trust": [person.trust for person in people],
        "satisfaction": [person.satisfaction for person in people],
        "week": [person.last_need for person in people],
        # The last week is over: what it could still see is what the kernels still hold.
        "online_week": [last_seen(person.last_online, council.today - 1) for person in people],
        "took_part": [last_seen(person.took_part, council.today - 1) for person in people],
    }


def last_seen(week: int | None, now: int) -> int:
    return week if week is not None and now < week + ordinary.YEAR else -1


def uses(council: ordinary.Council) -> dict[str, list[Any]]:
    """Return the columns of the kernels' uses as the oracle has them."""
    every = [use for person in council.residents for use in person.uses]
    return {
        "expectation": [use.expectation for use in every],
        "habit": [use.habit for use in every],
        "offline_habit": [use.offline_habit for use in every],
        "week": [use.last_need for use in every],
        "aware": [int(use.aware) for use in every],
        "tried_week": [
            (255 if use.assumed else 0) if use.last_attempt is None else use.last_attempt % 256
            for use in every
        ],
    }


def published(council: ordinary.Council) -> list[int]:
    """Return the bytes that neighbours see."""
    return [
        use.told.experience + 1 if use.told and council.today - 1 < use.told.until else 0
        for person in council.residents
        for use in person.uses
    ]


def staff(council: ordinary.Council) -> dict[str, list[Any]]:
    """Return the columns of the kernels' staff as the oracle has them."""
    names = (*ordinary.StaffMember.ADKAR, "fatigue", "resistance", "generation", "adopted")
    return {name: [getattr(person, name) for person in council.staff] for name in names}


def departments(council: ordinary.Council) -> dict[str, list[float]]:
    """Return the columns of the kernels' departments as the oracle has them."""
    names = (
        "disruption", "adopters", "managers_adopted", "wins", "pressure", "stress", "wait", "delay",
        "capacity", "paid", "handles", "inflow", "gross", "carry", "joined", "focus", "overload",
        "showcase", "insight", "digital", "support",
    )  # fmt: skip
    return {name: [getattr(unit, name) for unit in council.departments] for name in names}


def services(council: ordinary.Council) -> dict[str, list[Any]]:
    """Return the columns of the kernels' services as the oracle has them."""
    names = (
        "planned", "ahead", "codesign", "joined", "usability", "own_usability", "availability",
        "constant_online", "reach", "own_reach", "moved", "success", "steering", "referral",
        "publicity", "shown",
    )  # fmt: skip
    return {
        **{name: [getattr(service, name) for service in council.services] for name in names},
        "live": [int(service.online) for service in council.services],
        "opened": [-1 if s.opened is None else s.opened for s in council.services],
        "closed": [int(not service.has_counter) for service in council.services],
    }


def place(council: ordinary.Council) -> dict[str, list[float]]:
    """Return the columns of the kernels' place as the oracle has them."""
    return {name: [getattr(council, name)] for name in ("alarm", "protection", "insight")}


def queue(council: ordinary.Council) -> np.ndarray:
    """Return cases waiting by service, channel and week of arrival."""
    cases = np.zeros((len(council.services), 3, council.today), np.int64)
    for unit in council.departments:
        for cohort in unit.queue:
            channel = ordinary.CHANNELS.index(cohort.channel)
            cases[cohort.service.number, channel, cohort.week] += cohort.cases
    return cases


def assert_equal_state(compiled: Simulation, council: ordinary.Council) -> None:
    """Fail with the first column in which the two differ by a bit."""
    state = compiled.state
    people = residents(council)
    took_part = people.pop("took_part")
    for records, columns in (
        (state.citizens, people),
        (state.uses, uses(council)),
        (state.staff, staff(council)),
        (state.departments, departments(council)),
        (state.services, services(council)),
        (state.place, place(council)),
    ):
        for name, column in columns.items():
            expected = np.array(column).astype(records.dtype[name])
            assert records[name].tobytes() == expected.tobytes(), name
    assert state.published.tolist() == published(council)
    assert np.array_equal(state.queue, queue(council))
    assert state.took_part.tolist() == took_part
    built = [[unit.sponsorship[role] for role in ROLES] for unit in council.departments]
    assert state.sponsorship.tolist() == built
    seen = council.observed
    assert np.array_equal(state.demand, np.stack((seen.needs, seen.needing_help), axis=2))
    open_to = (seen.staff_untrained, seen.staff_blocked, seen.staff_unpractised)
    assert np.array_equal(compiled.observation.open_to, np.stack(open_to, axis=2))


def branches() -> set[str]:
    """Return the name of every branch that the oracle marks, read from its source."""
    tree = ast.parse(Path(ordinary.__file__).read_text(encoding="utf-8"))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return {
        call.args[0].value
        for call in calls
        if getattr(call.func, "id", getattr(call.func, "attr", "")) == "mark"
        and isinstance(call.args[0], ast.Constant)
    }


def test_every_kind_there_is_is_compared() -> None:
    plan = everything()
    assert {item.kind for item in plan.programme.values()} == KINDS.keys()
    assert {shock.kind for shock in plan.shocks.values()} == SHOCKS.keys()


@pytest.mark.parametrize("name", FAST)
def test_kernels_equal_the_ordinary_model(name: str) -> None:
    compiled, council = both(FAST[name])
    assert_equal_counters(compiled, council)
    assert_equal_state(compiled, council)


def test_the_scenarios_visit_every_branch() -> None:
    visited = set().union(*(both(make)[1].visited for make in FAST.values()))
    assert branches() - visited == set()
    assert len(branches()) > 100


@pytest.mark.slow
@pytest.mark.parametrize("name", SLOW)
def test_kernels_equal_the_ordinary_model_at_length(name: str) -> None:
    compiled, council = both(SLOW[name])
    assert_equal_counters(compiled, council)
    assert_equal_state(compiled, council)


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(plan=corners())
def test_kernels_equal_the_ordinary_model_at_the_corners(plan: Scenario) -> None:
    compiled, council = both_of(plan)
    assert_equal_counters(compiled, council)
    assert_equal_state(compiled, council)


def test_the_order_in_which_agents_are_visited_does_not_matter() -> None:
    plan = FAST["everything"]()
    shorter = plan.model_copy(update={"run": plan.run.model_copy(update={"weeks": 12})})
    world = make_world(shorter, 0)
    first, second = (ordinary.Council(shorter, world, rng=rng) for rng in (1, 2))
    assert first.random.random() != second.random.random()
    first.run()
    second.run()
    for field in fields(first.counters):
        table, other = (getattr(model.counters, field.name) for model in (first, second))
        assert np.array_equal(table, other), field.name
