"""What is kept of an attempt and a guess is what the page said."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import rooms
from takeup.errors import InputError
from takeup.view.session.records import (
    LONGEST,
    attempted,
    guessed,
    tidy_name,
)
from takeup.view.setting.cards import cost
from takeup.view.setting.setting import Setting


def test_an_attempt_has_what_the_tiles_and_goals_said() -> None:
    setting = rooms.setting(weeks=10)
    outcome = rooms.outcome(setting)
    attempt = attempted(" Reds ", "ours", setting, rooms.councils(), outcome)
    assert (attempt.team, attempt.name, attempt.runs) == ("Reds", "ours", 3)
    assert tuple(measure.tile for measure in attempt.measures) == outcome.tiles
    for measure in attempt.measures:
        assert np.mean(measure.ends) == pytest.approx(measure.tile.value)
        rows, (plan, ghost) = measure.rows, outcome.series(measure.tile.kpi)
        assert rows["mean"] == pytest.approx(plan.mean(0), rel=1e-5, abs=1e-5)
        assert rows["ghost"] == pytest.approx(ghost.mean(0), rel=1e-5, abs=1e-5)
        assert (rows["low"] <= rows["high"]).all()
    assert [goal.chance for goal in attempt.goals] == [v.chance for v in outcome.verdicts]
    assert attempt.cost == cost(setting, rooms.councils())
    assert Setting.from_link(attempt.link, rooms.councils()) == setting


@pytest.mark.parametrize(("team", "name"), [("", "x"), ("x", ""), ("  ", "x"), ("x", "\x00\u202e")])
def test_names_are_asked_for(team: str, name: str) -> None:
    setting = rooms.setting(weeks=10)
    with pytest.raises(InputError, match="name first"):
        attempted(team, name, setting, rooms.councils(), rooms.outcome(setting))


@given(st.text(max_size=200))
def test_names_are_short_and_printable(text: str) -> None:
    name = tidy_name(text)
    assert len(name) <= LONGEST
    assert name.isprintable()
    assert name == name.strip()
    assert tidy_name(name) == name
    name.encode()


def test_a_name_is_not_changed_more_than_need_be() -> None:
    assert tidy_name("<script>alert(1)</script>") == "<script>alert(1)</script>"
    assert tidy_name(" Blå \n & \t 日本 👍 ") == "Blå & 日本 👍"


def test_a_guess_is_put_beside_where_the_runs_end() -> None:
    outcome = rooms.outcome(rooms.setting(weeks=10))
    for kpi in ("digital_take_up", "net_savings"):
        ends = outcome.ends(kpi)
        for value, side in ((ends.min() - 1, -1), (ends.mean(), 0), (ends.max() + 1, 1)):
            guess = guessed("Reds", "here", kpi, float(value), outcome)
            assert guess is not None
            assert guess.side == side
            assert guess.mean == pytest.approx(ends.mean())
            assert ends.min() <= guess.low <= guess.high <= ends.max()
