"""What holds of every run, through the public interface."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings

from examples import by_age, small_scenario
from oracle.scenarios import corners
from takeup.kpis import CITIZEN, DEPARTMENT, KPIS, SERVICE, STOCK, Counters
from takeup.model.run.simulation import Simulation, simulate_counters
from takeup.model.world.world import make_world
from takeup.scenario.schema.scenario import Scenario

PROGRAMME: dict[str, Any] = {
    "letters": {"kind": "communication", "medium": "letter", "weeks": 12},
    "posts": {"kind": "communication", "medium": "social-media", "intensity": 1.7},
    "press": {"kind": "communication", "medium": "local-press", "intensity": 0.3},
    "briefing": {"kind": "communication", "audience": "staff"},
    "courses": {"kind": "training", "seats": 8.0, "start": 3},
    "managers": {
        "kind": "training", "seats": 3.0, "gain": 0.8, "weekly_cost": 10.0,
        "target": {"roles": ("manager",)},
    },
    "lessons": {"kind": "training", "audience": "residents", "seats": 30.0, "seat_cost": 12.0},
    "champions": {"kind": "champions", "share": 0.2, "start": 5},
}  # fmt: skip

BUSY: dict[str, Any] = {
    "departments": {"environment": {"handles_share": 0.1}},
    "parameters": {"release": 0.0, "failure_contacts": 0.3, "withdrawal": 0.06},
}
"""Too few staff, so that cases wait, are chased and given up."""


def differing(one: Counters, other: Counters, weeks: slice = slice(None)) -> list[str]:
    """Return the tables in which two runs differ in some of the weeks."""
    return [
        field.name
        for field in fields(Counters)
        if not np.array_equal(getattr(one, field.name)[weeks], getattr(other, field.name)[weeks])
    ]


def column(table: npt.NDArray[np.int64], names: tuple[str, ...], name: str) -> Any:
    return table[..., names.index(name)]


@pytest.mark.parametrize("changes", [{}, BUSY, {**BUSY, "network": {"kind": "well_mixed"}}])
def test_needs_are_decided_withdrawn_or_still_queued(changes: dict[str, Any]) -> None:
    plan = small_scenario(programme=PROGRAMME, **changes)
    simulation = Simulation(plan)
    before = simulation.state.queue.sum(axis=(1, 2))
    counters = simulation.run()
    needs = column(counters.service, CITIZEN, "needs")
    work = {name: column(counters.work, SERVICE, name) for name in SERVICE}
    ended = sum(work[f"decided_{c}"] for c in ("online", "phone", "counter")) + work["withdrawn"]
    change = np.diff(work["queued"], axis=0, prepend=before[None, :])
    assert np.array_equal(needs, ended + change)
    assert np.array_equal(work["queued"][-1], simulation.state.queue.sum(axis=(1, 2)))
    assert needs.sum() > 0
    assert (work["withdrawn"].sum() > 0) == bool(changes)


def test_groups_add_up_to_the_same_place() -> None:
    counters = simulate_counters(small_scenario(programme=PROGRAMME))
    totals = [table.sum(axis=1) for table in (counters.profile, counters.ward, counters.service)]
    assert np.array_equal(totals[0], totals[1])
    assert np.array_equal(totals[0], totals[2])
    assert np.array_equal(counters.stock_profile.sum(axis=1), counters.stock_ward.sum(axis=1))


def test_equal_runs_give_equal_bits() -> None:
    plan = small_scenario(programme=PROGRAMME)
    world = make_world(plan, 0)
    first = simulate_counters(plan, 0, world)
    assert differing(first, simulate_counters(plan, 0, world)) == []
    assert differing(first, simulate_counters(plan)) == []  # on a world of its own


def test_the_order_of_interventions_in_a_file_does_not_matter() -> None:
    plan = small_scenario(programme=PROGRAMME)
    turned = small_scenario(programme=dict(reversed(PROGRAMME.items())))
    assert list(plan.programme) != list(turned.programme)
    assert differing(simulate_counters(plan), simulate_counters(turned)) == []


@pytest.mark.parametrize("week", [1, 12, 29])
@pytest.mark.parametrize("name", list(PROGRAMME))
def test_plans_that_differ_from_a_week_on_are_equal_before_it(name: str, week: int) -> None:
    rest = {key: fields for key, fields in PROGRAMME.items() if key != name}
    late = {key: fields for key, fields in PROGRAMME[name].items() if key not in ("start", "weeks")}
    without = simulate_counters(small_scenario(programme=rest))
    within = simulate_counters(small_scenario(programme={**rest, name: {**late, "start": week}}))
    assert differing(without, within, slice(0, week)) == []
    assert differing(without, within) != []


def test_a_go_live_changes_nothing_before_it() -> None:
    early, late = (
        simulate_counters(small_scenario(services={"permits": {"go_live": week}}))
        for week in (10, 17)
    )
    assert differing(early, late, slice(0, 10)) == []
    assert differing(early, late, slice(0, 11)) != []


def test_a_longer_run_begins_with_the_shorter_one() -> None:
    short, long = (
        simulate_counters(small_scenario(run={"weeks": weeks}, programme=PROGRAMME))
        for weeks in (20, 30)
    )
    assert differing(short, long, slice(0, 20)) == []


OFFLINE: dict[str, dict[str, Any]] = {
    "no online service": {
        "services": {name: {"go_live": "never"} for name in ("council-tax", "waste", "permits")}
    },
    "no access": {
        "place": {"access": by_age(*[0.0] * 7), "trend": "none"},
        "services": {name: {"go_live": 2} for name in ("council-tax", "waste", "permits")},
    },
}


@pytest.mark.parametrize("why", OFFLINE)
def test_nobody_is_online_who_cannot_be(why: str) -> None:
    simulation = Simulation(small_scenario(programme=PROGRAMME, **OFFLINE[why]))
    services = simulation.state.services
    services["reach"] = services["own_reach"] = 0.0  # nobody does it for others
    counters = simulation.run()
    assert column(counters.service, CITIZEN, "transactions").sum() > 0
    for name in ("online_started", "online_completed", "transactions_online"):
        assert not column(counters.service, CITIZEN, name).any()
    assert not column(counters.stock_profile, STOCK, "adopters").any()
    assert not column(counters.work, SERVICE, "decided_online").any()


def test_one_more_replicate_changes_nothing_in_the_earlier_ones() -> None:
    two, three = (
        [simulate_counters(small_scenario(run={"replicates": count}), r) for r in range(count)]
        for count in (2, 3)
    )
    assert [differing(*pair) for pair in zip(two, three, strict=False)] == [[], []]
    assert differing(three[1], three[2]) != []


CHOICES = ("random", "nomination", "degree", "betweenness")


def with_champions(choice: str, **parameters: float) -> tuple[Counters, Counters]:
    """Run without and with champions, who need no hours."""
    champions = {"kind": "champions", "share": 0.3, "choice": choice, "hours": 0.0}
    plans = [
        small_scenario(programme=programme, parameters=parameters)
        for programme in ({}, {"champions": champions})
    ]
    without, within = (simulate_counters(plan) for plan in plans)
    return without, within


@pytest.mark.parametrize("choice", CHOICES)
def test_champions_without_weight_leave_desire_as_it_is(choice: str) -> None:
    # Coaching still helps ability, and with it adoption, so peers must not count either, nor what
    # citizens then experience.
    weights = ("champion_weight", "peer_weight", "win_weight", "stress_weight", "turnover_stress")
    without, within = with_champions(choice, **dict.fromkeys(weights, 0.0))
    desire = column(without.staff, DEPARTMENT, "desire")
    assert np.array_equal(desire, column(within.staff, DEPARTMENT, "desire"))
    # The same champions with weight do move it.
    without, within = with_champions(choice)
    more = column(within.staff, DEPARTMENT, "desire") - column(without.staff, DEPARTMENT, "desire")
    assert more.sum() > 0


@pytest.mark.parametrize("choice", CHOICES)
def test_champions_change_nothing_without_peer_effects(choice: str) -> None:
    # Coaching is practice as far as champions attend: it builds ability and keeps it.
    weights = ("champion_weight", "practice", "ability_forgetting")
    without, within = with_champions(choice, **dict.fromkeys(weights, 0.0))
    assert differing(without, within) == []


# ---------------------------------------------------------------- taking part


def takers_part(**changes: Any) -> Simulation:
    simulation = Simulation(small_scenario(run={"weeks": 75}, **changes))
    simulation.run()
    return simulation


def participants(counters: Counters) -> Any:
    return column(counters.stock_profile, STOCK, "participants").sum(axis=1)


def test_participants_are_those_who_took_part_in_the_last_year() -> None:
    simulation = takers_part(programme={"e": {"kind": "engagement", "places": 40.0, "weeks": 15}})
    people, took_part = simulation.world.citizens[:-1], simulation.state.took_part
    # 75 weeks of run on 52 of warm-up: the last week is 126.
    assert set(np.unique(took_part)) <= {-1, *range(126 - 51, 127)}
    for table, group in (
        (simulation.counters.stock_profile, "profile"),
        (simulation.counters.stock_ward, "ward"),
    ):
        counted = np.bincount(people[group][took_part >= 0], minlength=table.shape[1])
        assert np.array_equal(column(table, STOCK, "participants")[-1], counted)


def test_if_everyone_gives_feedback_participants_are_those_in_need() -> None:
    counters = takers_part(parameters={"feedback": 1.0}).counters
    for table in (counters.stock_profile, counters.stock_ward):
        in_need = column(table, STOCK, "in_need")
        assert np.array_equal(column(table, STOCK, "participants"), in_need)
        assert in_need.any()


def test_who_is_invited_takes_part_once_and_counts_for_a_year() -> None:
    everyone = {"kind": "engagement", "places": 1e6, "start": 5, "weeks": 10}
    simulation = takers_part(
        programme={"e": {**everyone, "target": {"wards": ("Old Town",)}}},
        parameters={"feedback": 0.0},
    )
    world, counters = simulation.world, simulation.counters
    taking_part = column(counters.stock_ward, STOCK, "participants")
    first, after = world.calendar[[52 + 5, 52 + 15]]
    needy = np.unique(world.need_citizen[first:after])
    invited = np.count_nonzero(world.citizens["ward"][needy] == 0)
    assert invited > 20
    assert not taking_part[:, 1].any()
    assert not taking_part[:5].any()
    assert np.all(np.diff(taking_part[:15, 0]) >= 0)
    assert np.all(taking_part[14:57, 0] == invited)
    assert np.all(np.diff(taking_part[56:, 0]) <= 0)
    assert not taking_part[67:].any()


# ---------------------------------------------------------------- corners of the parameter ranges


def shares(counters: Counters) -> Iterator[tuple[str, Any]]:
    """Yield every KPI that is a share, by group and week, where there is something to divide by."""
    people = {name: column(counters.profile, CITIZEN, name) for name in CITIZEN}
    people |= {name: column(counters.stock_profile, STOCK, name) for name in STOCK}
    events = {name: column(counters.service, CITIZEN, name) for name in CITIZEN}
    events |= {name: column(counters.work, SERVICE, name) for name in SERVICE}
    staff = {name: column(counters.staff, DEPARTMENT, name) for name in DEPARTMENT}
    for kpi in KPIS:
        if kpi.unit != "share" or kpi.name == "withdrawn":  # of the needs of earlier weeks, too
            continue
        tables = [
            t for t in (people, events, staff) if t.keys() >= {*kpi.numerator, *kpi.denominator}
        ]
        assert tables, kpi.name
        for table in tables:
            above = sum(table[name] for name in kpi.numerator)
            below = sum(table[name] for name in kpi.denominator)
            yield kpi.name, (kpi.scale * above)[below > 0] / below[below > 0]


@settings(max_examples=40, deadline=None)
@given(plan=corners())
def test_shares_are_shares_at_the_corners_of_the_parameter_ranges(plan: Scenario) -> None:
    simulation = Simulation(plan)
    counters = simulation.run()
    for field in fields(Counters):
        assert getattr(counters, field.name).min() >= 0, field.name
    for name, share in shares(counters):
        assert np.all((share >= 0.0) & (share <= 1.0)), name
    state = simulation.state
    for records in (state.citizens, state.uses, state.staff):
        for name in records.dtype.names:
            if records.dtype[name].kind == "f":
                assert np.all((records[name] >= 0.0) & (records[name] <= 1.0)), name
    for name in state.departments.dtype.names:
        assert np.all(np.isfinite(state.departments[name])), name
    for name in ("adopters", "managers_adopted", "wins", "stress", "wait", "handles"):
        level = state.departments[name]
        assert np.all((level >= 0.0) & (level <= 1.0)), name
