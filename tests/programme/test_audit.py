from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from programme.observing import POSTS, Council, levers_of, moved
from takeup.programme import Levers
from takeup.programme.interventions.audit import Audit

FINDINGS = {"audit", "department_audit"}


@given(takes=st.integers(1, 52), quality=st.floats(0.01, 1), week=st.integers(0, 80))
def test_findings_are_there_in_its_last_week_and_only_then(takes: int, quality: float, week: int):
    levers = levers_of(Audit(takes=takes, quality=quality), week)
    assert (FINDINGS & set(moved(levers)) != set()) == (week == takes - 1)
    if week == takes - 1:
        assert levers.audit == quality
        assert levers.department_audit.tolist() == [quality, quality]


def test_it_moves_nothing_else_but_hours_and_money():
    for week in range(12):
        assert set(moved(levers_of(Audit(), week))) <= {*FINDINGS, "staff_hours", "cost"}


def test_nothing_is_paid_and_nobody_is_busy_once_it_is_finished():
    audit = Audit(takes=3, fixed_cost=1000.0, weekly_cost=5.0)
    assert moved(levers_of(audit, 3)) == {}
    assert audit.last_week(date(2025, 1, 6), 100) == 3
    assert Audit(takes=3, start=10).last_week(date(2025, 1, 6), 12) == 12


def test_a_second_one_in_the_same_week_adds_only_what_the_first_did_not_find():
    levers = Levers(Council.segments, POSTS)
    for quality in (0.4, 0.9, 0.6):
        Audit(quality=quality, takes=1).act(0, Council(), levers)
    assert levers.audit == 0.9
    assert levers.department_audit.tolist() == [0.9, 0.9]


@given(st.integers(0, 20))
def test_without_quality_nothing_moves(week: int):
    audit = Audit(quality=0.0, weekly_cost=7.0)
    levers = levers_of(audit, week)
    assert moved(levers) == ({"cost": 7.0} if week < audit.takes else {})
    assert audit.expected_weekly_hours(600) == 0.0


def test_it_costs_its_price_and_the_hours_of_those_who_ask_and_are_asked():
    audit = Audit(takes=4, hours=120.0, fixed_cost=30_000.0, weekly_cost=100.0)
    weeks = [levers_of(audit, week) for week in range(4)]
    hours = sum(float((levers.staff_hours * 100.0).sum()) for levers in weeks)
    assert hours == pytest.approx(4 * 120.0)  # 100 people in every cell
    # Half the hours cost 20, half 40.
    assert sum(levers.cost for levers in weeks) == pytest.approx(30_000 + 4 * (100 + 120 * 30))
    assert audit.expected_weekly_cost(600) == 100.0
    assert audit.expected_weekly_hours(600) == 120.0


@pytest.mark.parametrize(
    "calendar",
    [
        {"weeks": 7},
        {"start": 4, "until": 11},
        {"start": date(2025, 1, 6), "until": date(2025, 2, 24)},
    ],
)
def test_a_calendar_that_ends_before_it_is_finished_is_refused(calendar: dict[str, object]):
    with pytest.raises(ValidationError, match=r"takes must be at most .*\(7\), not 8"):
        Audit(**calendar)
    assert Audit(**calendar, takes=7).takes == 7
