from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from programme.observing import POSTS, Council, levers_of, moved
from takeup.programme import Levers
from takeup.programme.interventions.security_transparency import SecurityTransparency


@given(st.floats(0.01, 3), st.integers(0, 200))
def test_it_protects_and_calms_as_long_as_it_runs(intensity: float, week: int):
    levers = levers_of(SecurityTransparency(intensity=intensity), week)
    assert levers.protection == levers.calming == intensity


@given(intensity=st.floats(0, 3), worry=st.floats(0, 0.05), week=st.integers(1, 200))
def test_it_worries_people_once_and_moves_trust_in_no_other_way(
    intensity: float, worry: float, week: int
):
    programme = SecurityTransparency(intensity=intensity, worry=worry)
    first = levers_of(programme)
    assert first.alarm == pytest.approx(worry * (1 - np.exp(-intensity)))
    assert first.alarm <= 0.05
    assert set(moved(levers_of(programme, week))) <= {"protection", "calming"}


def test_news_of_two_programmes_worries_a_share_of_the_trust_that_is_left():
    levers = Levers(Council.segments, POSTS)
    levers.alarm = 0.3
    SecurityTransparency(intensity=1.0, worry=0.05).act(0, Council(), levers)
    assert levers.alarm == pytest.approx(1 - 0.7 * (1 - 0.05 * (1 - np.exp(-1.0))))


@given(st.integers(0, 100), st.floats(0, 0.05))
def test_without_intensity_nothing_moves(week: int, worry: float):
    none = SecurityTransparency(intensity=0.0, worry=worry)
    assert moved(levers_of(none, week)) == {}


def test_it_costs_what_is_stated():
    programme = SecurityTransparency(fixed_cost=1000.0, weekly_cost=50.0)
    assert sum(levers_of(programme, week).cost for week in range(4)) == 1000.0 + 4 * 50.0
    assert programme.expected_weekly_cost(600) == 50.0
