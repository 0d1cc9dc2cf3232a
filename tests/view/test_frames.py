"""Frames say what the model says: of residents, staff, wards, queues and the calendar."""

from __future__ import annotations

import pickle
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import takeup
from examples import small_scenario
from takeup.kpis import CITIZEN, PLACE
from takeup.mesa.agents import ADKAR
from takeup.mesa.model import TakeupModel
from takeup.model.run.simulation import simulate_counters
from takeup.scenario.schema.case import Case
from takeup.scenario.schema.scenario import Scenario
from takeup.view.watch import words
from takeup.view.watch.frames import (
    CHAMPION,
    CLOSED,
    FAILED,
    NEW_WAY,
    NO_WAY,
    OFFLINE,
    ONLINE,
    ONLINE_DONE,
    ONLINE_FAILED,
    UNAWARE,
    WEAK,
    Frames,
    frames,
)

PROGRAMME = {
    "train": {"kind": "training", "start": 4, "weeks": 12, "seats": 20.0},
    "champions": {"kind": "champions", "start": 6, "weeks": 10, "share": 0.2, "choice": "random"},
    "tell": {"kind": "communication", "start": 9, "weeks": 8, "medium": "letter"},
    "help": {"kind": "tailored_support", "start": 10, "sessions": 60.0},
}


def watched(**changes: object) -> Scenario:
    return small_scenario(**{"programme": PROGRAMME, **changes})


@cache
def whole() -> tuple[Scenario, Frames]:
    """Return a scenario and frames that show everyone, so that they can be added up."""
    scenario = watched()
    return scenario, frames(scenario, sample=400, posts=200)


def test_they_are_the_same_in_another_process_and_the_same_people_in_every_setting() -> None:
    scenario = watched()
    once, again = frames(scenario, sample=60), frames(scenario, sample=60)
    assert pickle.dumps(once) == pickle.dumps(again)
    plain = frames(watched(programme={}), sample=60)
    assert (plain.cast.residents == once.cast.residents).all()
    assert (plain.cast.places == once.cast.places).all()
    assert (plain.state != once.state).any()


def test_every_frame_agrees_with_the_agents_of_the_mesa_model() -> None:
    scenario = watched()
    shown = frames(scenario, replicate=1, sample=50, posts=40)
    model = TakeupModel(scenario, replicate=1)
    threshold = float(model.simulation.parameters["barrier_threshold"][0])
    assert shown.comfortable == float(model.simulation.parameters["comfortable_backlog"][0])
    for week in range(scenario.run.weeks):
        model.step()
        if week not in (0, 9, 10, 11, 29):
            continue
        waiting = model.simulation.state.departments["pressure"]
        assert shown.queue[week] == pytest.approx(waiting, rel=1e-6)
        for person, row in enumerate(shown.cast.residents):
            agent = model.citizen(int(row))
            assert shown.label(person, "age") == agent.age
            assert shown.wards[shown.ward[person]] == agent.ward
            assert shown.trust[week, person] == round(100 * agent.trust)
            assert shown.skill[week, person] == round(100 * agent.skill)
            assert shown.known[person] == len(agent.neighbours)
            assert shown.friends[week, person] == sum(n.online for n in agent.neighbours)
            state = shown.state[0, week, person]
            assert agent.online or state != ONLINE
            if not agent.online and state != FAILED:
                assert (state == NO_WAY) == (agent.access == "without")
            for service, name in enumerate(scenario.services):
                live = shown.is_live(service, week)
                assert (shown.state[1 + service, week, person] == CLOSED) == (not live)
                assert (service in shown.knows(person, week)) == (live and agent.aware(name))
        for post, row in enumerate(shown.cast.posts):
            staff = model.staff_member(int(row))
            code = int(shown.stage[week, post])
            assert (code % WEAK == NEW_WAY) == staff.adopted
            assert bool(code & CHAMPION) == staff.champion
            assert bool(code & WEAK) == (staff.adopted and staff.barrier is not None)
            if not staff.adopted and staff.barrier is not None:
                assert ADKAR[code % WEAK] == staff.barrier
            assert shown.generation[week, post] == staff.generation
            weak = [getattr(staff, name) < threshold for name in ADKAR]
            assert [bool(shown.weak[week, post] >> bit & 1) for bit in range(5)] == weak
            assert shown.levels[week, post].tolist() == [
                pytest.approx(100 * getattr(staff, name), abs=0.5001) for name in ADKAR
            ]


def test_needs_add_up_to_what_the_run_counted() -> None:
    scenario, shown = whole()
    case = Case.of(scenario, 0)
    counted = simulate_counters(case.scenario, case.key)
    by_week = counted.service.sum(axis=1)
    needs = shown.needs
    for name, chosen in (
        ("needs", needs),
        ("online_completed", needs[needs["how"] == ONLINE_DONE]),
        ("online_started", needs[np.isin(needs["how"], (ONLINE_DONE, ONLINE_FAILED))]),
    ):
        found = np.bincount(chosen["week"], minlength=scenario.run.weeks)
        assert (found == by_week[:, CITIZEN.index(name)]).all(), name


def test_shares_are_those_of_the_results() -> None:
    scenario, shown = whole()
    results = takeup.simulate([scenario], replicates=1)
    first = results.isel(scenario=0, replicate=0)
    assert np.allclose(first["adoption"].sel(group="all"), shown.online, atol=1e-6)
    for ward, name in enumerate(shown.wards):
        values = first["adoption"].sel(group=f"ward:{name}")
        assert np.allclose(values, shown.online_by_ward[:, ward], atol=1e-6)
    for at, name in enumerate(scenario.departments):
        values = first["staff_adoption"].sel(group=f"department:{name}")
        assert np.allclose(values, shown.stages[:, at, NEW_WAY], atol=1e-6)
    assert np.allclose(shown.stages.sum(axis=2), 1.0)
    # Everyone is shown, so the picture has the same share of people who were online.
    online = np.isin(shown.state[0], (ONLINE, FAILED)).mean(axis=1)
    assert (online >= shown.online - 1e-6).all()
    assert ((shown.state[0] == ONLINE).mean(axis=1) <= shown.online + 1e-6).all()


def test_states_of_a_service_follow_what_happened() -> None:
    scenario, shown = whole()
    permits = list(scenario.services).index("permits")
    mine = shown.needs[shown.needs["service"] == permits]
    for need in mine:
        state = shown.state[1 + permits, need["week"], need["resident"]]
        if need["how"] == ONLINE_DONE:
            assert state == ONLINE
        elif need["how"] == ONLINE_FAILED:
            assert state == FAILED
        else:
            assert state in (CLOSED, NO_WAY, UNAWARE, OFFLINE, ONLINE, FAILED)
    assert shown.opened[permits] == 10
    assert (shown.state[1 + permits, :10] == CLOSED).all()
    assert (shown.state[1 + permits, 10:] != CLOSED).all()


@settings(max_examples=12, deadline=None)
@given(sample=st.integers(2, 80), posts=st.integers(2, 60))
def test_whom_the_picture_shows(sample: int, posts: int) -> None:
    scenario = watched(run={"weeks": 1}, programme={})
    cast = frames(scenario, sample=sample, posts=posts).cast
    world = TakeupModel(scenario).simulation.world
    assert len(set(cast.residents.tolist())) == len(cast.residents)
    assert max(sample, 2) - 1 <= len(cast.residents) <= sample + 4
    assert len(cast.posts) <= posts + 4  # at least one of every department and stage
    assert set(world.posts["department"][cast.posts]) == {0, 1}
    for a, b in cast.ties:
        row, other = cast.residents[a], cast.residents[b]
        first, end = world.citizens["ties"][row], world.citizens["ties"][row + 1]
        assert other in world.ties[first:end]
    wards = world.citizens["ward"][cast.residents]
    spots = {(int(w), *map(float, place)) for w, place in zip(wards, cast.places, strict=True)}
    assert len(spots) == len(cast.residents)
    assert ((cast.places >= 0) & (cast.places <= 1)).all()


def test_the_picture_can_be_read_as_the_place() -> None:
    scenario = watched(run={"weeks": 1}, programme={})
    shown = frames(scenario, sample=100)
    world = TakeupModel(scenario).simulation.world
    people = world.citizens[:-1]
    share = np.bincount(people["ward"]) / len(people)
    assert np.abs(np.bincount(shown.ward) / len(shown.ward) - share).max() < 0.02
    access = world.segments.profiles["access"][people["profile"]].mean()
    assert abs(shown.profile[:, 2].mean() - access) < 0.02
    few = frames(scenario, posts=50)  # of 200, in two departments: as many who work the new way
    for department in range(2):
        stages = few.stage[0, few.post_department == department] % WEAK
        assert abs((stages == NEW_WAY).mean() - few.stages[0, department, NEW_WAY]) < 0.05
    assert len(shown.cast.ties) > 100  # people who know each other, not strangers


def test_a_place_where_everyone_meets_everyone_has_no_ties_to_show() -> None:
    shown = frames(watched(network={"kind": "well_mixed"}), sample=30)
    assert len(shown.cast.ties) == 0
    assert not any("Talks to" in line for line in words.resident(shown, 0, 1)[1])


def test_shocks_come_when_they_really_came() -> None:
    shocks = {
        "down": {"kind": "outage", "start": 5, "weeks": 3},
        "leak": {"kind": "breach", "per_year": 12.0},
    }
    scenario = watched(shocks=shocks)
    shown = frames(scenario, sample=20)
    struck = [h for h in shown.happenings if h.kind == "shock"]
    assert [(h.first, h.after) for h in struck if h.name == "Down"] == [(5, 8)]
    case = Case.of(scenario, 0)
    incidents = simulate_counters(case.scenario, case.key).place[:, PLACE.index("incidents")]
    leaks = {week for h in struck if h.name == "Leak" for week in range(h.first, h.after)}
    outage = np.zeros(scenario.run.weeks, dtype=int)
    outage[5] = 1
    assert leaks == set(np.flatnonzero(incidents - outage).tolist())
    assert leaks


def test_a_service_goes_online_when_it_really_did() -> None:
    quick = {"kind": "quick_win", "service": "permits", "start": 2, "weeks": 10, "lead": 3}
    shown = frames(watched(programme={"quick": quick}), sample=20)
    live = next(h for h in shown.happenings if h.kind == "go-live")
    assert live.first == 5
    assert "Goes online: Parking permits." in words.news(shown, 5)
    assert "Begins: Quick." in words.news(shown, 2)


def test_words_of_a_week_name_who_lags_behind() -> None:
    _, shown = whole()
    said = words.summary(shown, 20)
    assert f"{shown.online[20]:.0%} of residents" in said
    behind = shown.wards[int(shown.online_by_ward[20].argmin())]
    assert f"fewest in {behind}" in said
    slow = shown.departments[int(shown.stages[20, :, NEW_WAY].argmin())]
    assert f"fewest in {slow}" in said


@settings(max_examples=60, deadline=None)
@given(person=st.integers(0, 399), post=st.integers(0, 199), week=st.integers(0, 29))
def test_words_of_anybody_in_any_week(person: int, post: int, week: int) -> None:
    _, shown = whole()
    title, lines = words.resident(shown, person, week)
    assert shown.wards[shown.ward[person]] in title
    said = " ".join(lines)
    assert ("no device" in said) == (shown.label(person, "access") == "without")
    mine = shown.needs[(shown.needs["resident"] == person) & (shown.needs["week"] <= week)]
    assert ("Has not needed any service" in said) == (len(mine) == 0)
    if len(mine):
        assert words.day(shown.monday(int(mine[-1]["week"]))) in said
    post = min(post, len(shown.post_role) - 1)
    title, lines = words.member(shown, post, week)
    assert shown.departments[shown.post_department[post]] in title
    new_way = int(shown.stage[week, post]) % WEAK == NEW_WAY
    assert lines[0].startswith("Works the new way") == new_way
    assert ("New in the post" in " ".join(lines)) == bool(
        (shown.generation[: week + 1, post] < shown.generation[week, post]).any()
    )
