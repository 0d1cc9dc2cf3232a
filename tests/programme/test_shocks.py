from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from programme.observing import POSTS, Council, levers_of, moved
from takeup.programme import SHOCKS, Levers, Target
from takeup.programme.shocks.budget_cut import BudgetCut
from takeup.programme.shocks.counter_closure import CounterClosure
from takeup.programme.shocks.demand_surge import DemandSurge
from takeup.programme.shocks.leadership_change import LeadershipChange

WEEKS = st.integers(0, 200)


def test_every_shock_is_found_describes_itself_and_costs_the_programme_nothing():
    assert {"breach", "budget_cut", "counter_closure", "demand_surge"} <= set(SHOCKS)
    assert {"leadership_change", "outage"} <= set(SHOCKS)
    for kind, cls in SHOCKS.items():
        shock = cls()
        assert shock.kind == kind
        assert kind.replace("_", " ") in shock.describe()
        assert levers_of(shock).cost == 0.0


@pytest.mark.parametrize(
    ("kind", "target"),
    [
        ("breach", Target(services=("x",))),
        ("budget_cut", Target(departments=("d",))),
        ("counter_closure", Target(departments=("d",))),
        ("demand_surge", Target(wards=("a",))),
        ("leadership_change", Target(services=("x",))),
        ("outage", Target(age=("75+",))),
    ],
)
def test_a_target_that_means_nothing_is_refused(kind: str, target: Target):
    with pytest.raises(ValidationError, match=r"target\.\w+ does not apply"):
        SHOCKS[kind](target=target)


@given(WEEKS)
def test_closed_counters_are_those_of_the_target_all_the_while(week: int):
    levers = levers_of(CounterClosure(target=Target(services=("y",))), week)
    assert levers.service_closed.tolist() == [0.0, 1.0]
    assert set(moved(levers)) == {"service_closed"}


def test_a_counter_that_two_shocks_close_is_closed():
    levers = Levers(Council.segments, POSTS)
    for _ in range(2):
        CounterClosure().act(0, Council(), levers)
    assert levers.service_closed.tolist() == [1.0, 1.0]


@given(week=WEEKS, continuity=st.floats(0, 1))
def test_leaders_are_missed_all_the_while_and_lost_once(week: int, continuity: float):
    shock = LeadershipChange(continuity=continuity, target=Target(departments=("e",)))
    levers = levers_of(shock, week)
    assert levers.department_vacancy.tolist() == [0.0, 1.0]
    lost = 1 - continuity if week == 0 else 0.0
    assert levers.department_turnover.tolist() == [0.0, lost]


def test_two_who_leave_the_same_department_lose_no_more_than_the_worse():
    levers = Levers(Council.segments, POSTS)
    for continuity in (0.6, 0.2, 0.9):
        LeadershipChange(continuity=continuity).act(0, Council(), levers)
    assert levers.department_vacancy.tolist() == [1.0, 1.0]
    assert levers.department_turnover == pytest.approx([0.8, 0.8])


@given(week=WEEKS, shares=st.lists(st.floats(0, 1), max_size=4))
def test_cuts_multiply(week: int, shares: list[float]):
    levers = Levers(Council.segments, POSTS)
    left = 1.0
    for share in shares:
        BudgetCut(share=share).act(week, Council(), levers)
        left *= 1 - share
    assert levers.funding == pytest.approx(left)
    assert set(moved(levers)) <= {"funding"}


def test_no_cut_moves_nothing():
    assert moved(levers_of(BudgetCut(share=0.0))) == {}


@given(week=WEEKS, factor=st.floats(1, 10))
def test_a_surge_acts_on_the_world_and_on_no_lever(week: int, factor: float):
    assert moved(levers_of(DemandSurge(factor=factor), week)) == {}
