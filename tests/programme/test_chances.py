from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from takeup.programme.chances import either, lottery

SHARES = st.floats(0, 1)


@given(SHARES, SHARES)
def test_one_at_least_is_likelier_than_each_and_never_more_than_sure(one: float, other: float):
    both = either(one, other)
    assert both >= one
    assert both >= other - 1e-12
    assert both <= 1.0
    assert both == pytest.approx(either(other, one))


@given(SHARES)
def test_nothing_and_certainty_come_out_exactly(share: float):
    assert either(0.0, share) == either(share, 0.0) == share
    assert either(1.0, share) == either(share, 1.0) == 1.0
    assert either(np.array([0.0, 1.0]), np.full(2, share)).tolist() == [share, 1.0]


@given(st.floats(0, 1e6), st.floats(0, 1e6))
def test_a_lottery_gives_away_the_places_there_are(places: float, people: float):
    chance = lottery(places, people)
    assert 0.0 <= chance <= 1.0
    assert chance * people == pytest.approx(min(places, people))


def test_a_place_is_free_for_whoever_turns_up_unexpectedly():
    assert lottery(3.0, 0.0) == 1.0
    assert lottery(0.0, 0.0) == 0.0
