from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest

from examples import small_scenario
from takeup.kpis import DEPARTMENT, STOCK, YEAR
from takeup.model.run.simulation import Simulation
from takeup.model.week import rules
from takeup.model.week import week as week_by_week
from takeup.model.week.attempts import ONLINE
from takeup.model.week.bundles import Now
from takeup.model.week.draws import (
    NEED,
    SERVICE_SHIFT,
    philox,
    uniform,
)
from takeup.scenario.schema.case import Case
from takeup.view.explain.explained import Explained, explain, together, weeks_explained
from takeup.view.explain.residents import (
    ABLE,
    AWARE,
    NEEDED,
    OFFERED,
    STEPS,
    USING,
    WILLING,
    depths,
    funnel,
    groups,
    leanings,
)
from takeup.view.explain.staff import STANDINGS, standings

EVERYTHING: dict[str, Any] = {
    **{
        f"letters-{medium}": {"kind": "communication", "medium": medium, "intensity": 5.0}
        for medium in ("letter", "social-media", "local-press", "in-person")
    },
    "lessons": {"kind": "training", "audience": "residents", "seats": 300.0, "start": 4},
    "helpers": {"kind": "tailored_support", "sessions": 40.0, "start": 2},
    "playbook": {"kind": "digital_playbook", "start": 6},
    "win": {"kind": "quick_win", "service": "permits", "start": 3},
}
SHOCKS: dict[str, Any] = {
    "breach": {"kind": "breach", "start": 8},
    "closure": {"kind": "counter_closure", "start": 16, "weeks": 8},
}


@cache
def explained(name: str) -> Explained:
    changes: dict[str, Any] = {
        "nothing": {},
        "everything": {"programme": EVERYTHING, "shocks": SHOCKS},
        "still": {"place": {"trend": "none"}},
        "helpers": {
            "programme": {"helpers": EVERYTHING["helpers"]},
            "place": {"trend": "none"},
        },
    }[name]
    return explain(small_scenario(**changes), 1)


# ---------------------------------------------------------------- the funnel


@pytest.mark.parametrize("name", ["nothing", "everything"])
def test_whoever_takes_a_step_has_taken_those_before_it(name: str) -> None:
    counts = explained(name).residents
    assert (counts[..., :-1] >= counts[..., 1:]).all()
    assert (counts >= 0).all()
    assert counts[-1, 0, USING] > 0


def test_a_programme_changes_nobodys_needs() -> None:
    """Sentences divide by those in need of both."""
    assert (
        explained("nothing").residents[..., NEEDED]
        == explained("everything").residents[..., NEEDED]
    ).all()


@pytest.mark.parametrize("name", ["nothing", "everything"])
@pytest.mark.parametrize("family", ["age:", "income:", "access:", "ward:"])
def test_groups_of_a_family_add_up_to_everyone(name: str, family: str) -> None:
    found = explained(name)
    members = [at for at, group in enumerate(found.groups) if group.startswith(family)]
    assert (found.residents[:, members].sum(axis=1) == found.residents[:, 0]).all()


@pytest.mark.parametrize("uncertainty", ["seed", "both"])
def test_first_and_last_step_are_what_the_kpi_of_users_counts(uncertainty: str) -> None:
    scenario = small_scenario(programme=EVERYTHING, shocks=SHOCKS, run={"uncertainty": uncertainty})
    found = explain(scenario, 1)
    run = Simulation(*Case.of(scenario, 1))
    run.run()
    codes = run.world.segments.profiles
    assert found.weeks[1:] == (13, 26, 30)
    for week in found.weeks[1:]:
        profile, ward = run.counters.stock_profile[week - 1], run.counters.stock_ward[week - 1]
        for at, group in enumerate(found.groups):
            family, _, label = group.partition(":")
            if family == "service":
                continue
            if family == "all":
                stock = profile.sum(axis=0)
            elif family == "ward":
                stock = ward[run.world.segments.wards.index(label)]
            else:
                of_family = [g for g in found.groups if g.startswith(f"{family}:")]
                stock = profile[codes[family] == of_family.index(group)].sum(axis=0)
            counts = found.residents[found.weeks.index(week), at]
            assert counts[NEEDED] == stock[STOCK.index("in_need")], (week, group)
            assert counts[USING] == stock[STOCK.index("adopters")], (week, group)


def test_a_need_of_long_ago_does_not_count() -> None:
    run = Simulation(small_scenario(run={"weeks": 80}), 1)
    run.run()
    last_steps = depths(run)
    tried = run.state.published.reshape(last_steps.shape) > 0
    assert (run.state.uses["week"] > 0).sum() > (last_steps >= NEEDED).sum()
    assert (last_steps[tried] >= OFFERED).all()
    services = funnel(run)[[name.startswith("service:") for name in groups(small_scenario())]]
    assert services[:, NEEDED].tolist() == (last_steps >= NEEDED).sum(axis=0).tolist()


def test_a_service_is_offered_from_its_go_live_on() -> None:
    found = explained("nothing")
    at = found.groups.index("service:permits")
    offered = dict(zip(found.weeks, found.residents[:, at, OFFERED], strict=True))
    needed = dict(zip(found.weeks, found.residents[:, at, NEEDED], strict=True))
    assert offered[0] == 0 < needed[0]
    assert offered[30] == needed[30] > 0


def test_without_access_nobody_could_but_for_helpers() -> None:
    at = explained("nothing").groups.index("access:without")
    alone, helped = explained("still").residents[-1, at], explained("helpers").residents[-1, at]
    assert alone[AWARE] > alone[ABLE] == 0
    assert helped[ABLE] > 0


def test_what_nobody_can_finish_nobody_could_do() -> None:
    services = {
        key: {"usability": 0.05, "go_live": 2} for key in ("council-tax", "waste", "permits")
    }
    hard = explain(small_scenario(services=services, place={"trend": "none"}), 1)
    users = hard.residents[-1, 0, USING]
    # Those who did it all the same count as able; hardly anyone else does.
    assert hard.residents[-1, 0, ABLE] == users
    assert (
        explained("nothing").residents[-1, 0, ABLE] > explained("nothing").residents[-1, 0, USING]
    )


def test_a_default_of_digital_first_makes_more_people_willing() -> None:
    playbook = {"playbook": {**EVERYTHING["playbook"], "start": 0}}
    steered = explain(small_scenario(programme=playbook), 1).shares(30)[0]
    assert steered[WILLING] > explained("nothing").shares(30)[0, WILLING] + 0.02


@pytest.mark.parametrize("network", ["neighbourhood", "well_mixed"])
def test_it_weighs_a_need_as_the_model_does(network: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everyone knows by letter, so that whoever would choose online, by the model's draw, does."""
    scenario = small_scenario(programme=EVERYTHING, shocks=SHOCKS, network={"kind": network})
    real = week_by_week.meet_needs
    agreed = chosen = 0

    def spy(now: Now, *rest: Any) -> Any:
        nonlocal agreed, chosen
        if run is None or run.week < 13:
            return real(now, *rest)
        week = now.week
        lean = leanings(run, week)
        world, state = run.world, run.state
        count = len(state.services)
        fresh = state.uses["week"].copy()
        staged, joined = real(now, *rest)
        tried = set(run.stage.stories.staged_row[:staged].tolist())
        before = -1
        for n in range(world.calendar[week], world.calendar[week + 1]):
            person, service = int(world.need_citizen[n]), int(world.need_service[n])
            row = person * count + service
            first, before = person != before, person
            # A second need in the week is met after the first has taught something.
            if not first or fresh[row] <= week - YEAR or not state.services["live"][service]:
                continue
            _, drawn, _, _ = philox(
                person, week, NEED | service << SERVICE_SHIFT, 0, now.seed, now.replicate
            )
            mind = lean[row]
            would = rules.channel(uniform(drawn), mind["online"], mind["phone"], mind["counter"])
            assert (would == ONLINE) == (row in tried), (week, person, service)
            agreed += 1
            chosen += row in tried
        return staged, joined

    run = None
    monkeypatch.setattr(week_by_week, "meet_needs", spy)
    run = Simulation(scenario, 1)
    run.run()
    assert agreed > 300
    assert 0.2 < chosen / agreed < 0.95


def test_explaining_leaves_the_run_as_it_is() -> None:
    scenario = small_scenario(programme=EVERYTHING)
    run, untouched = Simulation(scenario, 1), Simulation(scenario, 1)
    while run.week < 30:
        depths(run)
        run.advance()
    untouched.run()
    assert (run.state.uses == untouched.state.uses).all()
    assert (run.counters.profile == untouched.counters.profile).all()


def test_who_has_moved_away_does_not_count() -> None:
    run = Simulation(small_scenario(), 1)
    before = depths(run)
    person = int(np.flatnonzero(before[:, 0] >= OFFERED)[0])
    from takeup.model.run.removal import move_away

    move_away(run, person)
    assert (depths(run)[person] < NEEDED).all()


# ---------------------------------------------------------------- staff


@pytest.mark.parametrize("name", ["nothing", "everything"])
def test_staff_stand_where_the_counters_say(name: str) -> None:
    programme = EVERYTHING if name == "everything" else {}
    shocks = SHOCKS if name == "everything" else {}
    run = Simulation(*Case.of(small_scenario(programme=programme, shocks=shocks), 1))
    counted = run.run().staff
    found = explained(name)
    assert (found.staff[1:].sum(axis=2) == counted[np.array(found.weeks[1:]) - 1, :, 0]).all()
    adopted = found.staff[:, :, [STANDINGS.index(s) for s in ("slipping", "firm")]].sum(axis=2)
    for row, week in enumerate(found.weeks[1:], start=1):
        assert (adopted[row] == counted[week - 1, :, DEPARTMENT.index("adopted")]).all()
        for element in STANDINGS[:4]:
            # Whoever has changed is not stuck, even with a weak element.
            stuck = found.staff[row, :, STANDINGS.index(element)]
            assert (stuck <= counted[week - 1, :, DEPARTMENT.index(f"blocked_{element}")]).all()


def test_whose_reinforcement_is_weak_may_slip_back() -> None:
    run = Simulation(small_scenario(programme=EVERYTHING), 1)
    run.run()
    staff, departments = run.state.staff, run.world.posts["department"][: len(run.state.staff)]
    threshold = float(run.parameters["barrier_threshold"][0])
    adopted = (staff["adopted"] == 1) & (staff["vacant"] == 0)
    staff["reinforcement"][::2] = threshold + 0.1
    staff["reinforcement"][1::2] = threshold - 0.1
    weak = staff["reinforcement"] < threshold
    for standing, chosen in (("slipping", adopted & weak), ("firm", adopted & ~weak)):
        expected = [int(chosen[departments == at].sum()) for at in range(2)]
        assert standings(run)[:, STANDINGS.index(standing)].tolist() == expected
        assert sum(expected) > 0


# ---------------------------------------------------------------- shares and sums


def test_it_is_explained_every_quarter_and_at_the_end() -> None:
    assert weeks_explained(30) == (0, 13, 26, 30)
    assert weeks_explained(26) == (0, 13, 26)
    assert weeks_explained(5) == (0, 5)


def test_shares_of_several_runs_are_those_of_all_their_people() -> None:
    one, other = explained("nothing"), explain(small_scenario(), 2)
    both = together([one, other])
    assert (both.in_need(30) == one.in_need(30) + other.in_need(30)).all()
    expected = (one.residents[-1, 0] + other.residents[-1, 0]) / both.in_need(30)[0]
    assert both.shares(30)[0] == pytest.approx(expected)
    assert both.standings(30).sum(axis=1) == pytest.approx(1.0)


def test_a_group_without_needs_has_no_shares() -> None:
    found = explained("nothing")
    empty = Explained(
        found.weeks, found.groups, found.departments, found.residents * 0, found.staff
    )
    assert np.isnan(empty.shares(30)).all()
    assert empty.shares(30).shape == (len(found.groups), len(STEPS))
