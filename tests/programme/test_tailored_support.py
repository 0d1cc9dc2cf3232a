from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programme.observing import Council, levers_of, moved
from takeup.programme import Levers, Target
from takeup.programme.interventions.tailored_support import TailoredSupport

SESSIONS = st.floats(0, 5000)


@given(SESSIONS)
def test_sessions_go_by_lot_to_residents_who_need_help(sessions: float):
    council = Council()
    target = Target(access=("without",), wards=("b",))
    levers = levers_of(TailoredSupport(sessions=sessions, target=target), council=council)
    addressed = target.residents(council.segments)
    needing = council.needing_help[addressed].sum() * council.weight
    assert levers.resident_assistance[addressed] == pytest.approx(min(1.0, sessions / needing))
    assert not levers.resident_assistance[~addressed].any()


@given(SESSIONS, SESSIONS)
def test_no_more_residents_are_helped_than_there_are_sessions(one: float, other: float):
    council = Council()
    levers = Levers(council.segments, 60)
    for sessions in (one, other):
        TailoredSupport(sessions=sessions).act(0, council, levers)
    needing = council.needing_help.sum() * council.weight
    used = (council.needing_help * levers.resident_assistance).sum() * council.weight
    assert used == pytest.approx(min(one + other, needing))
    assert levers.resident_assistance.max() <= 1.0


@pytest.mark.parametrize(("sessions", "free"), [(0.0, 0.0), (1.0, 1.0)])
def test_before_anyone_needed_help_a_session_is_free_for_whoever_comes(
    sessions: float, free: float
):
    council = Council()
    council.needing_help[:] = 0
    levers = levers_of(TailoredSupport(sessions=sessions), council=council)
    assert (levers.resident_assistance == free).all()


@given(SESSIONS, SESSIONS)
def test_staff_who_have_not_adopted_are_helped_by_colleagues(one: float, other: float):
    council = Council()
    levers = Levers(council.segments, 60)
    for sessions in (one, other):
        TailoredSupport(audience="staff", sessions=sessions, hours=0.5).act(0, council, levers)
    needing = council.staff_unpractised * council.post_weight[:, None]
    used = (needing * levers.staff_support).sum()
    assert used == pytest.approx(min(one + other, needing.sum()))
    people = council.staff * council.post_weight[:, None]
    assert (people * levers.staff_hours).sum() == pytest.approx(0.5 * used)
    assert levers.cost == pytest.approx(0.5 * used * 30.0)


def test_when_all_staff_adopted_it_moves_nothing_and_is_paid_all_the_same():
    council = Council()
    council.staff_unpractised[:] = 0
    support = TailoredSupport(audience="staff", sessions=10.0, session_cost=3.0)
    assert moved(levers_of(support, council=council)) == {"cost": 30.0}


def test_staff_are_addressed_by_department_and_role():
    target = Target(departments=("e",), roles=("back-office",))
    levers = levers_of(TailoredSupport(audience="staff", sessions=15.0, hours=2.0, target=target))
    # 6 posts that have not adopted stand for 60; the hours come from all 100 of that role.
    assert levers.staff_support.tolist() == [[0.0] * 3, [0.0, 0.25, 0.0]]
    assert levers.staff_hours.tolist() == [[0.0] * 3, [0.0, pytest.approx(15 * 2.0 / 100), 0.0]]
    assert not levers.department_load.any()


def test_residents_cost_the_staff_neither_hours_nor_attention():
    assert set(moved(levers_of(TailoredSupport(sessions=5.0)))) == {"resident_assistance"}


@given(st.floats(0, 100_000))
def test_sessions_are_paid_whether_used_or_not(sessions: float):
    support = TailoredSupport(sessions=sessions, session_cost=12.0, weekly_cost=4.0)
    assert levers_of(support, 3).cost == pytest.approx(4.0 + sessions * 12.0)
    assert support.expected_weekly_cost(10) == pytest.approx(4.0 + sessions * 12.0)


def test_it_costs_what_was_promised():
    support = TailoredSupport(
        audience="staff", sessions=40.0, hours=0.5, session_cost=5.0, fixed_cost=600.0
    )
    hours = support.expected_weekly_hours(600)
    assert hours == 20.0
    weekly = support.expected_weekly_cost(600) + hours * 30.0
    assert weekly == 200.0 + 600.0
    assert levers_of(support, 0).cost == pytest.approx(600.0 + weekly)
    assert levers_of(support, 1).cost == pytest.approx(weekly)
