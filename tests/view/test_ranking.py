"""Ranks: the budget before goals, goals before chances, chances before cost."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

import rooms
from takeup.view.session.ranking import (
    by_council,
    goals_met,
    mean_chance,
    ranked,
)
from takeup.view.session.records import Attempt, Reached


def entry(number: int, chances: list[float | None], cost: float, budget: Any = 100.0) -> Attempt:
    goals = tuple(Reached("goal", "by 2027", "1", chance, "") for chance in chances)
    return replace(rooms.attempt(), number=number, goals=goals, cost=cost, budget=budget)


def order(*attempts: Attempt) -> list[int]:
    return [attempt.number for _, attempt in ranked(attempts)]


def test_the_rule() -> None:
    assert order(entry(1, [1.0, 1.0], 101), entry(2, [0.0, 0.0], 100)) == [2, 1]
    assert order(entry(1, [0.9, 0.4], 50), entry(2, [0.5, 0.5], 60)) == [2, 1]
    assert order(entry(1, [0.5, 0.1], 50), entry(2, [0.5, 0.2], 60)) == [2, 1]
    assert order(entry(1, [0.5, None], 51), entry(2, [0.5, 0.0], 50)) == [2, 1]
    assert order(entry(1, [0.1], 900, None), entry(2, [0.6], 1e9, None)) == [2, 1]


def test_equals_share_a_rank() -> None:
    there = [entry(1, [0.5], 10), entry(2, [0.7], 10), entry(3, [0.5], 10), entry(4, [0.1], 10)]
    assert [(rank, a.number) for rank, a in ranked(there)] == [(1, 2), (2, 1), (2, 3), (4, 4)]


def test_without_goals_nothing_is_ranked() -> None:
    assert ranked([entry(1, [], 10), entry(2, [], 5)]) == [
        (None, entry(2, [], 5)),
        (None, entry(1, [], 10)),
    ]
    assert ranked([]) == []


entries = st.lists(
    st.tuples(st.lists(st.none() | st.floats(0, 1), min_size=2, max_size=2), st.floats(0, 200)).map(
        list
    ),
    max_size=6,
)


@given(entries, st.randoms())
def test_the_better_never_stands_below(drawn: list[Any], random: Any) -> None:
    there = [entry(number, *said) for number, said in enumerate(drawn)]
    mixed = there[:]
    random.shuffle(mixed)
    found = ranked(mixed)
    assert found == ranked(there)
    for (_, one), (_, other) in pairwise(found):
        assert one.within >= other.within
        if one.within == other.within:
            assert goals_met(one) >= goals_met(other)
            if goals_met(one) == goals_met(other):
                assert mean_chance(one) >= mean_chance(other) - 1e-8


def test_councils_are_kept_apart() -> None:
    mine = rooms.attempt()
    other = replace(mine, setting=replace(mine.setting, council="elsewhere"))
    assert by_council([mine, other, mine]) == {mine.council: [mine, mine], "elsewhere": [other]}


def test_attempts_on_the_council_as_it_was_come_last_and_have_no_rank() -> None:
    now, before = entry(1, [0.1], 10), replace(entry(2, [0.9], 10), fingerprint="as it was")
    found = ranked([before, now], now.fingerprint)
    assert [(rank, a.number) for rank, a in found] == [(1, 1), (None, 2)]
    assert [rank for rank, _ in ranked([before, now])] == [1, 2]  # where nobody knows
