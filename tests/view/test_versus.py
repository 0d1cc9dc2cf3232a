"""Two attempts side by side: every difference in words, and none where there is none."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

import rooms
from takeup.view.cards import cards
from takeup.view.setting import Setting
from takeup.view.versus import Difference, differences, rows


def differing(left: Setting, right: Setting) -> list[Difference]:
    return differences(left, right, rooms.councils())


def test_equal_settings_do_not_differ() -> None:
    assert differing(rooms.setting(weeks=9), rooms.setting(weeks=9)) == []
    assert differing(rooms.setting(), rooms.setting(weeks=20)) == []


def test_fields_differ_in_words_and_the_other_way_round() -> None:
    found = differing(rooms.setting(), rooms.setting(weeks=10))
    (length,) = (d for d in found if d.what != "Cost")
    assert (length.left, length.right) == ("20 weeks", "10 weeks")
    assert [d.what for d in found if d.what == "Cost"] == ["Cost"]
    back = differing(rooms.setting(weeks=10), rooms.setting())
    assert [(d.card, d.what, d.right, d.left) for d in found] == [
        (d.card, d.what, d.left, d.right) for d in back
    ]


def test_a_card_that_is_off_is_a_single_difference() -> None:
    (one,) = differing(rooms.setting(), rooms.setting(enabled=False))
    assert one.what == ""
    assert one.left.startswith("on, £")
    assert one.right == "off"
    off = rooms.setting(enabled=False)
    assert differing(off, off.changed("letters", weeks=5)) == []  # and has no effect


def test_a_card_that_only_one_has() -> None:
    more = rooms.setting().added("check", "audit", {})
    (one,) = differing(rooms.setting(), more)
    title = next(c.title for c in cards(more, rooms.councils()) if c.key == "check")
    assert (one.card, one.left) == (title, "off")
    assert one.right.startswith("on, £")


def test_what_comes_of_it() -> None:
    long, none = rooms.attempt(weeks=20), rooms.attempt(weeks=1)
    for row, back in zip(rows(long, none), rows(none, long), strict=True):
        assert (row.left, row.right) == (back.right, back.left)
        assert row.apart.lstrip("+−") == back.apart.lstrip("+−")
        swapped = {"A is better": "B is better", "B is better": "A is better"}
        assert back.says == swapped.get(row.says, row.says)
    for row in rows(long, long):
        assert (row.apart, row.says) == ("no difference", "the same")


def test_the_direction_of_a_kpi_counts() -> None:
    attempt = rooms.attempt()
    lower = replace(
        attempt,
        measures=tuple(
            replace(m, ends=tuple((np.array(m.ends) - 0.1).tolist())) for m in attempt.measures
        ),
    )
    says = {row.kpi: row.says for row in rows(attempt, lower)}
    assert says["digital_take_up"] == "A is better"
    assert says["inclusion_gap_age"] == says["cost_per_transaction"] == "B is better"


def test_other_runs_are_not_compared_run_by_run() -> None:
    attempt = rooms.attempt()
    for row in rows(attempt, replace(attempt, runs=attempt.runs + 1)):
        assert (row.apart, row.says) == ("", "")
