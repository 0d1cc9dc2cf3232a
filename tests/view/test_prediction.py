"""Predict, then reveal: what is hidden when, and what people type."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import rooms
from takeup.errors import InputError
from takeup.view.answers.outcome import TILES
from takeup.view.session.prediction import QUESTIONS, Prediction, value_of
from takeup.view.setting.setting import Setting

HERE, THERE = Setting("here"), Setting("there")


def test_results_wait_for_a_guess_about_every_new_setting() -> None:
    now = Prediction()
    assert not now.hides(HERE)
    now = now.turned(True, HERE)
    assert not now.hides(HERE)  # it has been seen
    assert now.hides(THERE)
    now = now.begun(THERE, 0.4)
    assert now.stage(THERE) == "waiting"
    assert now.hides(THERE)
    assert now.guess_of(THERE) is None
    now = now.found(rooms.guess())
    assert now.stage(THERE) == "revealed"
    assert not now.hides(THERE)
    assert now.guess_of(THERE) == rooms.guess()
    assert now.guess_of(HERE) is None
    assert now.hides(HERE)
    assert not now.begun(HERE, None).hides(HERE)
    assert not now.turned(False, HERE).hides(THERE)


def test_another_question_forgets_the_guess() -> None:
    now = Prediction(first=True).begun(HERE, 0.4).found(rooms.guess()).about("staff_adoption")
    assert (now.kpi, now.stage(HERE), now.guess_of(HERE)) == ("staff_adoption", "open", None)


def test_there_is_a_question_for_every_tile() -> None:
    assert tuple(QUESTIONS) == tuple(TILES)


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [("35", "share", 0.35), (" 35.5 % ", "share", 0.355), ("−3", "share", -0.03),
     ("1,200", "GBP", 1200.0), ("-5e3", "GBP", -5000.0)],
)  # fmt: skip
def test_what_people_type(text: str, unit: str, value: float) -> None:
    assert value_of(text, unit) == pytest.approx(value)


@pytest.mark.parametrize("text", ["", "abc", "nan", "inf", "101", "1e400", "35 to 40"])
def test_what_is_no_guess(text: str) -> None:
    with pytest.raises(InputError, match=r"^Type "):
        value_of(text, "share")


@given(st.text(max_size=30), st.sampled_from(["share", "GBP"]))
def test_anything_typed_is_a_number_or_refused(text: str, unit: str) -> None:
    try:
        value = value_of(text, unit)
    except InputError:
        return
    assert abs(value) <= 1e12


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [("3,5", "share", 0.035), ("0,35", "GBP", 0.35), ("12,5 %", "share", 0.125),
     ("1,234.5", "GBP", 1234.5), ("-1,200,000", "GBP", -1.2e6)],
)  # fmt: skip
def test_a_comma_is_a_decimal_point_unless_it_parts_thousands(
    text: str, unit: str, value: float
) -> None:
    assert value_of(text, unit) == pytest.approx(value)


@pytest.mark.parametrize("text", ["1.234,5", "1,2,3", "12,34,567", "1,234,5"])
def test_a_number_that_can_be_read_in_two_ways_is_asked_for_again(text: str) -> None:
    with pytest.raises(InputError, match=r"^Type "):
        value_of(text, "GBP")
