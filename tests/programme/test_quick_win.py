from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from programme.observing import Council, levers_of, moved
from takeup.programme import Target
from takeup.programme.interventions.quick_win import QuickWin

SHOWN = {"department_showcase", "service_publicity", "service_publicity_shown"}


def council_with(live: bool, success: float) -> Council:
    """Return a council whose service y is as given; e owns it."""
    council = Council()
    council.live[1] = live
    council.success[1] = success
    return council


@given(lead=st.integers(0, 104), early=st.integers(1, 104))
def test_it_is_prepared_and_then_launched(lead: int, early: int):
    win = QuickWin(service="y", lead=lead)
    levers = levers_of(win, lead)
    assert levers.service_launch.tolist() == [0.0, 1.0]
    assert levers.department_load == pytest.approx([0.0, 1 - np.exp(-2.0)])
    if early <= lead:
        assert set(moved(levers_of(win, lead - early))) == {"department_load"}


def test_a_launch_that_was_not_paid_for_in_its_week_is_made_up_for():
    assert levers_of(QuickWin(service="y", lead=2), 5).service_launch.tolist() == [0.0, 1.0]


def test_what_is_online_is_not_launched_again_but_shown():
    win = QuickWin(service="y", lead=2, publicity=2.0)
    levers = levers_of(win, 2, council_with(live=True, success=0.5))
    assert not levers.service_launch.any()
    assert levers.department_showcase.tolist() == [1.0, 1.0]
    assert levers.service_publicity.tolist() == [2.0, 2.0]
    assert levers.service_publicity_shown.tolist() == [1.0, 1.0]


@given(since=st.integers(0, 200), success=st.floats(0.01, 1), publicity=st.floats(0.01, 3))
def test_news_loses_half_its_weight_in_a_quarter(since: int, success: float, publicity: float):
    win = QuickWin(service="y", lead=6, publicity=publicity)
    council = council_with(live=True, success=success)
    now, later = (levers_of(win, 6 + since + ahead, council) for ahead in (0, 13))
    for name in SHOWN:
        assert getattr(later, name) == pytest.approx(getattr(now, name) / 2)
    # What is shown is what there is, however much is made of it.
    assert now.service_publicity_shown == pytest.approx(now.service_publicity * success)


@given(week=st.integers(7, 200), publicity=st.floats(0.01, 3))
def test_no_success_nothing_to_show(week: int, publicity: float):
    win = QuickWin(service="y", publicity=publicity)
    assert moved(levers_of(win, week, council_with(live=True, success=0.0))) == {}


def test_nothing_is_shown_before_the_launch():
    win = QuickWin(service="y", lead=6)
    levers = levers_of(win, 5, council_with(live=True, success=0.9))
    assert set(moved(levers)) == {"department_load"}


@given(week=st.integers(0, 100), live=st.booleans(), success=st.floats(0, 1))
def test_without_publicity_it_is_not_launched_either(week: int, live: bool, success: float):
    win = QuickWin(service="y", publicity=0.0, weekly_cost=7.0)
    assert moved(levers_of(win, week, council_with(live, success))) == {"cost": 7.0}


def test_it_costs_what_is_stated():
    win = QuickWin(service="y", fixed_cost=500.0, weekly_cost=20.0)
    weeks = [levers_of(win, week, council_with(week > 6, 0.5)).cost for week in range(10)]
    assert np.sum(weeks) == pytest.approx(500.0 + 10 * 20.0)
    assert win.expected_weekly_cost(600) == 20.0
    assert win.expected_weekly_hours(600) == 0.0


def test_one_service_must_be_named_and_have_the_time_to_be_launched():
    with pytest.raises(ValidationError, match="service"):
        QuickWin()
    with pytest.raises(ValidationError, match=r"target\.services does not apply here"):
        QuickWin(service="y", target=Target(services=("y",)))
    with pytest.raises(ValidationError, match=r"lead must be less than .*\(6\), not 6"):
        QuickWin(service="y", weeks=6)
    assert QuickWin(service="y", weeks=7).weeks == 7
