from __future__ import annotations

import pytest

from takeup.results.units import number, percent


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.4567, "share", "45.7"),
        (-0.02, "share", "−2.0"),
        (-0.0001, "share", "0.0"),
        (0.123, "share a year", "12.3"),
        (3.14159, "GBP", "3.14"),
        (99.96, "GBP", "100"),
        (9_999.0, "GBP", "9,999"),
        (12_345.0, "GBP", "12.3k"),
        (999_960.0, "GBP", "1.00M"),
        (-2_500_000.0, "EUR", "−2.50M"),
        (float("nan"), "weeks", "–"),
    ],
)
def test_values_are_short_and_carry_a_true_minus(value: float, unit: str, text: str) -> None:
    assert number(value, unit) == text


def test_differences_have_a_sign_unless_they_vanish() -> None:
    assert number(0.1, "share", signed=True) == "+10.0"
    assert number(0.0, "share", signed=True) == "0.0"


def test_an_interval_is_written_like_its_mean() -> None:
    assert number(68.0, "contacts", like=15_400.0) == "0.1k"
    assert number(68.0, "contacts", like=float("nan")) == "68.00"


@pytest.mark.parametrize(
    ("chance", "text"),
    [(0.0, "0"), (0.001, "1"), (0.4, "40"), (0.999, "99"), (1.0, "100"), (float("nan"), "–")],
)
def test_a_chance_is_certain_only_if_nothing_is_left(chance: float, text: str) -> None:
    assert percent(chance) == text
