"""Two attempts side by side: every difference in words, and none where there is none."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

import rooms
from takeup.view.room.versus import Difference, differences, rows
from takeup.view.session.records import Attempt
from takeup.view.setting.cards import cards
from takeup.view.setting.setting import Setting


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
    assert len(rows(long, none)) == len(long.measures) > 0
    for row, back in zip(rows(long, none), rows(none, long), strict=True):
        assert (row.left, row.right) == (back.right, back.left)
        assert row.apart.lstrip("+−") == back.apart.lstrip("+−")
        letters = str.maketrans("AB", "BA")
        assert back.says == row.says.translate(letters)
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
    says = {row.kpi: row.says.replace("slightly ", "") for row in rows(attempt, lower)}
    assert says["digital_take_up"] == "A is better"
    assert says["inclusion_gap_age"] == says["cost_per_transaction"] == "B is better"


def test_other_runs_are_not_compared_run_by_run() -> None:
    attempt = rooms.attempt()
    found = rows(attempt, replace(attempt, runs=attempt.runs + 1))
    assert [(row.apart, row.says) for row in found] == [("", "")] * len(attempt.measures)


def with_ends(kpi: str, ends: list[float]) -> list[str]:
    """Return what is said of B less A if B ends so much above A, run by run."""
    one = rooms.attempt()

    def measured(values: list[float]) -> Attempt:
        mine = next(m for m in one.measures if m.tile.kpi == kpi)
        return replace(one, measures=(replace(mine, ends=tuple(values)),), runs=len(values))

    (row,) = rows(measured([0.4] * len(ends)), measured([0.4 + end for end in ends]))
    return [row.apart, row.says]


def test_a_mean_of_nothing_is_the_same_only_if_no_run_differs() -> None:
    assert with_ends("digital_take_up", [1e-6, -1e-6, 0.0]) == ["no difference", "the same"]
    apart, says = with_ends("digital_take_up", [-0.07, 0.03, 0.04, 0.0])
    assert says == "may be chance"
    assert apart.endswith("points")


def test_a_difference_is_slight_beside_what_nobody_knows() -> None:
    spread = np.linspace(0.3, 0.5, 12)  # 9 of 10 runs lie 18 points apart
    one = rooms.attempt()

    def measured(values: np.ndarray) -> Attempt:
        mine = next(m for m in one.measures if m.tile.kpi == "digital_take_up")
        return replace(one, measures=(replace(mine, ends=tuple(values.tolist())),), runs=12)

    for more, says in ((0.004, "B is slightly better"), (0.03, "B is better")):
        (row,) = rows(measured(spread), measured(spread + more))
        assert row.says == says
    sure = np.full(12, 0.0003)
    sure[0] = 0.0016  # in one run one could see it
    (row,) = rows(measured(spread), measured(spread + sure))
    assert (row.apart, row.says) == ("hardly any", "the same")


def test_attempts_on_the_council_as_it_was_are_not_compared_run_by_run() -> None:
    attempt = rooms.attempt()
    found = rows(attempt, replace(attempt, fingerprint="as it was"))
    assert [(row.apart, row.says) for row in found] == [("", "")] * len(attempt.measures)
