"""An intervention is asked when something of it may have changed, and only then."""

from __future__ import annotations

import copy
import pickle
from collections import Counter
from typing import Any

import numpy as np
import pytest

from examples import small_scenario
from model.test_programme import DOSES, same
from takeup.model.run.simulation import Simulation, simulate_counters
from takeup.programme import KINDS, Intervention
from takeup.scenario.schema.scenario import Scenario

WEEKS = 40
EVERYTHING: dict[str, Any] = {
    **{kind.replace("_", "-"): {"kind": kind, **DOSES[kind]} for kind in KINDS},
    "two": {"kind": "champions", "share": 0.1, "start": 5, "weeks": 9},
    "staff": {"kind": "engagement", "audience": "staff", "places": 9.0, "start": 2},
    "staff-too": {"kind": "engagement", "audience": "staff", "places": 40.0, "start": 8},
    "thorough": {"kind": "digital_playbook", "compliance": 0.3, "start": 3, "weeks": 20},
    "slow": {"kind": "digital_agency", "acceleration": 0.1, "hours": 0.0, "weekly_cost": 3.3},
}


def plan(programme: dict[str, Any], **changes: Any) -> Scenario:
    return small_scenario(
        run={"weeks": WEEKS, "sample": 400},
        services={"permits": {"go_live": 25}},
        goals={"more": {"kpi": "digital_take_up", "target": 0.9, "by": 39}},
        programme=programme,
        **changes,
    )


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Counter[tuple[str, int]]:
    """Count how often every kind is asked, by the week of its own."""
    count: Counter[tuple[str, int]] = Counter()
    for kind, cls in KINDS.items():

        def act(self: Any, week: int, *rest: Any, _old: Any = cls.act, _kind: str = kind) -> None:
            count[_kind, week] += 1
            _old(self, week, *rest)

        monkeypatch.setattr(cls, "act", act)
    return count


def weeks_of(kind: str, asked: Counter[tuple[str, int]]) -> list[int]:
    return sorted(week for name, week in asked if name == kind)


CUT = {"c": {"kind": "budget_cut", "share": 0.3, "start": 12, "weeks": 8}}
BREACHES = {"b": {"kind": "breach", "per_year": 26.0}}


@pytest.mark.parametrize("shocks", [{}, CUT, BREACHES])
def test_what_holds_changes_no_bit(shocks: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    programme = {**EVERYTHING, "review": {**EVERYTHING["review"], "adjust": ("leadership", "two")}}
    scenario = plan(programme, shocks=shocks)
    held = simulate_counters(scenario)
    for cls in KINDS.values():
        monkeypatch.setattr(cls, "holds", Intervention.holds)
    assert same(held, simulate_counters(scenario))


def test_what_is_the_same_every_week_is_asked_twice(asked: Counter[tuple[str, int]]) -> None:
    simulate_counters(plan({"l": {"kind": "leadership", "start": 3, "fixed_cost": 9.0}}))
    assert weeks_of("leadership", asked) == [0, 1]


def test_an_audit_is_asked_again_when_it_is_finished(asked: Counter[tuple[str, int]]) -> None:
    simulate_counters(plan({"a": {"kind": "audit", "takes": 6}}))
    assert weeks_of("audit", asked) == [0, 1, 5]


def test_reviews_are_asked_when_they_are_held(asked: Counter[tuple[str, int]]) -> None:
    simulate_counters(plan({"r": {"kind": "review", "every": 13, "weeks": 30}}))
    assert weeks_of("review", asked) == [0, 1, 13, 14, 26, 27]


def test_what_follows_the_services_is_asked_when_one_goes_online(
    asked: Counter[tuple[str, int]],
) -> None:
    simulate_counters(plan({"p": {"kind": "digital_playbook", "acceleration": 0.0}}))
    assert weeks_of("digital_playbook", asked) == [0, 1, 26]


def test_another_dose_is_asked_for(asked: Counter[tuple[str, int]]) -> None:
    simulate_counters(plan({"l": {"kind": "leadership"}}, shocks=CUT))
    assert weeks_of("leadership", asked) == [0, 1, 12, 20]


def test_who_looks_at_others_is_asked_when_they_change(asked: Counter[tuple[str, int]]) -> None:
    first = {"kind": "champions", "share": 0.1, "start": 4, "weeks": 6}
    simulate_counters(plan({"first": first, "all": {"kind": "champions", "share": 0.2}}))
    later = [week for week in weeks_of("champions", asked) if week > 1]
    assert later in ([4, 10], [])  # whichever acts first is not disturbed by the other


def test_who_needs_the_state_of_the_week_is_asked_every_week(
    asked: Counter[tuple[str, int]],
) -> None:
    simulate_counters(plan({"t": {"kind": "training", "seats": 2.0}}))
    assert weeks_of("training", asked) == list(range(WEEKS))


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda run: pickle.loads(pickle.dumps(run))])
def test_a_copy_in_the_middle_goes_on_as_the_run_itself(copied: Any) -> None:
    run = Simulation(plan(EVERYTHING))
    while run.week < 15:
        run.advance()
    other = copied(run)
    assert same(run.run(), other.run())
    assert np.array_equal(run.levers.staff, other.levers.staff)
