"""What holds for every kind of intervention."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from programme.observing import POSTS, Council, moved
from takeup.programme import KINDS, Goal, Intervention, Levers, Target
from takeup.programme.intervention import burden

WITH_DOSE: dict[str, dict[str, Any]] = {
    "audit": {"hours": 20.0},
    "champions": {"share": 0.1, "choice": "degree"},
    "change_team": {"members": 2.0},
    "communication": {"staff_hours": 5.0},
    "communication staff": {"audience": "staff"},
    "digital_agency": {"seats": 5.0, "weekly_fee": 1000.0},
    "digital_playbook": {"hours": 10.0},
    "engagement": {"places": 20.0, "session_cost": 30.0},
    "engagement staff": {"audience": "staff", "places": 20.0},
    "leadership": {},
    "quick_win": {"service": "y"},
    "review": {"every": 4, "adjust": ("courses",)},
    "security_transparency": {},
    "tailored_support": {"sessions": 50.0, "session_cost": 10.0},
    "tailored_support staff": {"audience": "staff", "sessions": 50.0},
    "training": {"audience": "residents", "seats": 80.0, "seat_cost": 5.0},
    "training staff": {"seats": 30.0, "seat_cost": 5.0},
}
"""Every kind and audience with a dose above zero; a new kind needs a line here."""

WEEKS = 30


def made(name: str, **fields: Any) -> Intervention:
    return KINDS[name.split()[0]](**{**WITH_DOSE[name], **fields})


def without_dose(intervention: Intervention) -> Intervention:
    return intervention.model_copy(update={intervention.DOSE: 0.0})


def first_weeks(intervention: Intervention, first: int = 0) -> list[Levers]:
    """Return the levers of some weeks of a council that plans the service y for week 10.

    Args:
        intervention: what runs.
        first: week of the council in which it starts.
    """
    council = Council()
    council.goals = {"online": Goal(kpi="digital_take_up", target=0.9, by=100)}
    council.kpis = {("digital_take_up", "all"): 0.3}
    weeks = []
    for week in range(first, WEEKS):
        council.week = week
        council.live = np.array([True, week >= 10])
        council.success = np.array([0.6, 0.4 if week >= 10 else 0.0])
        levers = Levers(council.segments, POSTS)
        intervention.act(week - first, council, levers)
        weeks.append(levers)
    return weeks


def same(one: Levers, other: Levers) -> bool:
    mine, yours = moved(one), moved(other)
    return mine.keys() == yours.keys() and all(np.array_equal(mine[k], yours[k]) for k in mine)


TARGETED = [n for n in WITH_DOSE if n not in ("audit", "quick_win", "security_transparency")]

each_kind = pytest.mark.parametrize("name", WITH_DOSE)


def test_every_kind_is_looked_at():
    assert {name.split()[0] for name in WITH_DOSE} == set(KINDS)


@each_kind
def test_it_describes_itself(name: str):
    intervention = made(name)
    assert intervention.kind == name.split()[0]
    assert intervention.kind.replace("_", " ") in intervention.describe()
    for field, info in type(intervention).model_fields.items():
        assert info.description or field == "kind", field


@each_kind
def test_a_dose_moves_something(name: str):
    assert any(set(moved(levers)) - {"cost"} for levers in first_weeks(made(name)))


@each_kind
def test_no_dose_is_as_if_it_were_not_there(name: str):
    intervention = without_dose(made(name, fixed_cost=100.0, weekly_cost=7.0))
    assert intervention.dose == 0.0
    weeks = first_weeks(intervention)
    assert moved(weeks[0]) == {"cost": 107.0}
    # An audit is over when it is finished.
    assert all(moved(levers) in ({"cost": 7.0}, {}) for levers in weeks[1:])
    assert all(moved(levers) == {} for levers in first_weeks(without_dose(made(name))))
    assert without_dose(made(name)).expected_weekly_hours(600) == 0.0


@pytest.mark.parametrize("name", TARGETED)
def test_a_target_that_nobody_is_in_is_as_if_it_were_not_there(name: str):
    # What is on duty is paid whether it is used or not, so sessions are free here.
    free = {"session_cost": 0.0} if "session_cost" in WITH_DOSE[name] else {}
    nowhere = Target(wards=("nowhere",), departments=("nowhere",), services=("nothing",))
    intervention = made(name, **free).model_copy(update={"target": nowhere})
    assert [moved(levers) for levers in first_weeks(intervention)] == [{}] * WEEKS


@each_kind
@settings(max_examples=10)
@given(factors=st.tuples(st.floats(0, 4), st.floats(0, 4)))
def test_more_of_it_moves_no_lever_less(name: str, factors: tuple[float, float]):
    intervention = made(name, weekly_cost=10.0)
    less, more = (first_weeks(intervention.at(factor)) for factor in sorted(factors))
    assert len(less) == len(more) == WEEKS
    assert any(map(moved, more)) == (max(factors) > 0 or any(map(moved, less)))
    for one, other in zip(less, more, strict=True):
        for lever in moved(one):
            assert np.all(getattr(one, lever) <= getattr(other, lever) * (1 + 1e-12)), lever


@each_kind
def test_it_says_truly_whether_two_halves_back_to_back_are_one(name: str):
    intervention = made(name)
    whole = first_weeks(intervention)
    equal = [
        all(map(same, whole[half:], first_weeks(intervention, half))) for half in range(1, WEEKS)
    ]
    assert all(equal) if intervention.MEMORYLESS else not all(equal)


@each_kind
def test_it_costs_no_more_than_was_promised(name: str):
    intervention = made(name, fixed_cost=100.0, weekly_cost=7.0)
    council = Council()
    residents = "residents" in (getattr(intervention, "audience", intervention.AUDIENCE),)
    addressed = council.residents.sum() * council.weight if residents else 600.0
    weekly = intervention.expected_weekly_cost(addressed)
    hours = intervention.expected_weekly_hours(addressed)
    spent = sum(levers.cost for levers in first_weeks(intervention))
    promised = 100.0 + WEEKS * (weekly + hours * council.hourly_cost.max())
    assert spent <= promised * (1 + 1e-12)


@each_kind
@settings(max_examples=20)
@given(factor=st.floats(0, 100))
def test_a_factor_changes_the_dose_within_its_limits_and_the_weekly_cost(name: str, factor: float):
    intervention = made(name, fixed_cost=100.0, weekly_cost=7.0)
    changed = intervention.at(factor)
    assert changed.weekly_cost == pytest.approx(7.0 * factor)
    assert changed.fixed_cost == 100.0
    # What comes out is what a scenario could have said.
    assert type(intervention)(**dict(changed)) == changed
    assert changed.dose <= intervention.dose * factor * (1 + 1e-12)
    if changed.dose < intervention.dose * factor * (1 - 1e-12):
        most = {intervention.DOSE: changed.dose * (1 + 1e-9)}
        with pytest.raises(ValueError, match=intervention.DOSE):
            made(name, **most)


@each_kind
def test_a_factor_of_one_changes_nothing(name: str):
    intervention = made(name)
    assert intervention.at(1.0) is intervention
    assert intervention.at(0.0).dose == 0.0


# Programmes that ask something of staff; leaders, help on the job, reviews and a team ask nothing.
ASKING = ("champions", "communication staff", "engagement staff", "training staff")


def load_of(name: str, factor: float = 1.0, **target: tuple[str, ...]) -> np.ndarray:
    intervention = made(name, target=Target(**target)).at(factor)
    return first_weeks(intervention)[0].department_load.copy()


@pytest.mark.parametrize("name", ASKING)
def test_what_asks_something_of_staff_loads_the_departments_of_its_target(name: str):
    assert (load_of(name) > 0.0).all()
    only = load_of(name, departments=("e",))
    assert only[0] == 0.0
    assert only[1] > 0.0


@pytest.mark.parametrize("name", ASKING)
def test_a_small_dose_is_a_small_load_and_no_dose_more_than_one_change(name: str):
    loads = [load_of(name, factor) for factor in (1e-3, 0.1, 1.0, 1e3)]
    assert loads[0].max() <= 0.1
    for less, more in pairwise(loads):
        assert (less <= more + 1e-12).all()
    assert loads[-1].max() <= 1.0


HELPING = (
    "audit", "change_team", "communication", "leadership", "review", "security_transparency",
    "tailored_support", "tailored_support staff", "training",
)  # fmt: skip


@pytest.mark.parametrize("name", HELPING)
def test_what_helps_staff_or_is_for_residents_is_no_load(name: str):
    loads = [levers.department_load for levers in first_weeks(made(name))]
    assert np.shape(loads)[0] == WEEKS
    assert not np.any(loads)


def test_a_department_counts_a_change_by_the_share_of_its_staff():
    council = Council()
    where = np.zeros((2, 3), dtype=bool)
    where[0, :2] = where[1, 2] = True
    levers = Levers(council.segments, POSTS)
    for _ in range(3):
        burden(council, levers, where, 1.0)
    assert levers.department_load == pytest.approx(3 * (1 - np.exp(-2.0)) * np.array([2, 1]) / 3)
    empty = Council()
    empty.staff[1] = 0
    levers.reset()
    burden(empty, levers, where, 1.0)
    assert levers.department_load[1] == 0.0
