from __future__ import annotations

import math
from datetime import date
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from takeup.evidence import PARAMETERS
from takeup.experiments.variation import Choices, Range, distinct

POSITIONS = st.floats(0.0, 1.0)
VALUES = st.one_of(
    st.lists(st.integers(-5, 5), min_size=2, unique=True),
    st.lists(st.floats(-5, 5), min_size=2, unique=True),
    st.lists(st.text(max_size=4), min_size=2, unique=True),
    st.just([True, False]),
    st.just([date(2026, 3, 2), 5]),
    st.just([["a"], ["a", "b"], []]),
    st.just([1, "1", 1.5]),
)


@given(VALUES, st.lists(POSITIONS, min_size=1, max_size=9))
def test_values_come_back_from_the_column_that_shows_them(
    values: list[Any], positions: list[float]
) -> None:
    choices = Choices(tuple(values))
    taken = [choices.at(position) for position in positions]
    column = choices.column([*taken, None])
    assert [choices.value(cell) for cell in column.array[:-1]] == taken
    assert pd.isna(column.array[len(taken)])


@given(st.integers(2, 7))
def test_every_choice_has_an_equal_part_of_the_range(count: int) -> None:
    choices = Choices(tuple(range(count)))
    middles = [choices.at((index + 0.5) / count) for index in range(count)]
    assert middles == list(range(count))
    assert choices.at(1.0) == count - 1


@given(st.floats(0.01, 5), st.floats(0.01, 5), POSITIONS, st.sampled_from(["linear", "log"]))
def test_ranges_go_from_low_to_high_and_never_beyond(
    low: float, width: float, position: float, shape: Any
) -> None:
    found = Range(low, low + width, shape)
    assert found.at(0.0) == pytest.approx(low)
    assert found.at(1.0) == pytest.approx(low + width)
    assert low <= found.at(position) <= low + width
    middle = low + width / 2 if shape == "linear" else math.sqrt(low * (low + width))
    assert found.at(0.5) == pytest.approx(middle)


@given(st.integers(1, 9), st.integers(1, 9), POSITIONS, st.sampled_from(["linear", "log"]))
def test_whole_numbers_stay_whole(low: int, more: int, position: float, shape: Any) -> None:
    found = Range(low, low + more, shape, whole=True)
    value = found.at(position)
    assert type(value) is int
    assert low <= value <= low + more
    assert found.at(0.0) == low
    assert found.at(1.0) == low + more
    assert found.column([value, None]).dtype == "Int64"


def test_the_range_of_the_evidence_has_its_mode_at_the_default() -> None:
    parameter = PARAMETERS["influence_weight"]
    found = Range.of_evidence(parameter)
    assert (found.at(0.0), found.at(1.0)) == (parameter.low, parameter.high)
    share_below = (parameter.default - parameter.low) / (parameter.high - parameter.low)
    assert found.at(share_below) == pytest.approx(parameter.default)


def test_levels_go_from_end_to_end_without_repetition() -> None:
    assert Range(0.0, 1.0).levels(5) == (0.0, 0.25, 0.5, 0.75, 1.0)
    assert Range(1, 3, whole=True).levels(9) == (1, 2, 3)
    assert Range(1.0, 100.0, "log").levels(3) == pytest.approx((1.0, 10.0, 100.0))
    assert Choices((4, 2)).levels(9) == (4, 2)


def test_numbers_of_different_types_are_different_values() -> None:
    assert distinct([1, 1.0, True, 1, "1"]) == (1, 1.0, True, "1")
