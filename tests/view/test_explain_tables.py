"""What the pictures of the Explain page show, its tables say too."""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from examples import small_scenario
from takeup.view.explain.charts import (
    RESIDENT_PARTS,
    STAFF_PARTS,
    residents_chart,
    staff_chart,
    stands,
    stops,
)
from takeup.view.explain.contributions import Contribution
from takeup.view.explain.explained import Explained, explain
from takeup.view.explain.residents import STEPS
from takeup.view.explain.tables import effects, funnel, residents_table, staff_table
from takeup.view.explain.verdicts import CardNames
from takeup.view.explain.words import FAMILY_TITLES, group_title
from takeup.view.say.charts import GHOST, PLAN

WEEK = 30
ODD = "Revenues <b>& co</b>"
LESSONS: dict[str, Any] = {
    "lessons": {"kind": "training", "audience": "residents", "seats": 300.0, "start": 4}
}
SCENARIO = small_scenario(programme=LESSONS, departments={"revenues": {"name": ODD}})


@cache
def runs() -> tuple[Explained, Explained]:
    return explain(SCENARIO, 1), explain(small_scenario(), 1)


def rows(family: str) -> list[tuple[str, str]]:
    return [
        (group, group_title(group, SCENARIO))
        for group in runs()[0].groups
        if group.partition(":")[0] in ("all", family)
    ]


def charted(option: dict[str, Any], stack: str) -> list[list[float | None]]:
    """Return the bars of a stack, (rows, parts)."""
    series = [one for one in option["baseOption"]["series"] if one["stack"] == stack]
    return [list(row) for row in zip(*[[c["value"] for c in one["data"]] for one in series])]  # noqa: B905


def test_where_people_stop_adds_up_to_everyone() -> None:
    for run in runs():
        assert stops(run.shares(WEEK)).sum(axis=1) == pytest.approx(1.0)
        assert stands(run.standings(WEEK)).sum(axis=1) == pytest.approx(1.0)


@pytest.mark.parametrize("family", FAMILY_TITLES)
def test_residents_are_the_same_in_the_chart_and_in_the_table(family: str) -> None:
    option = residents_chart(*runs(), WEEK, rows(family))
    heads, table = residents_table(*runs(), WEEK, rows(family))
    assert heads == ["Group", "Run", *(part.name for part in RESIDENT_PARTS)]
    assert [row[0] for row in table[::2]] == option["baseOption"]["yAxis"]["data"]
    for stack, said in ((PLAN, table[::2]), (GHOST, table[1::2])):
        drawn = charted(option, stack)
        for (_, which, *shares), bars in zip(said, drawn, strict=True):
            assert which == stack
            assert len(shares) == len(RESIDENT_PARTS)
            for share, bar in zip(shares, bars, strict=True):
                assert abs(float(share.removesuffix(" %")) - (bar or 0.0)) <= 0.56


def test_staff_are_the_same_in_the_chart_and_in_the_table() -> None:
    names = {key: department.name for key, department in SCENARIO.departments.items()}
    drawn = charted(staff_chart(*runs(), WEEK, names), PLAN)
    said = staff_table(*runs(), WEEK, names)[1][::2]
    assert len(said) == len(SCENARIO.departments)
    for (_, _, *shares), bars in zip(said, drawn, strict=True):
        assert len(shares) == len(STAFF_PARTS)
        for share, bar in zip(shares, bars, strict=True):
            assert abs(float(share.removesuffix(" %")) - (bar or 0.0)) <= 0.56


def test_names_are_told_as_they_are() -> None:
    names = {key: department.name for key, department in SCENARIO.departments.items()}
    assert staff_table(*runs(), WEEK, names)[1][0][0] == ODD
    option = staff_chart(*runs(), WEEK, names)["baseOption"]
    assert option["tooltip"]["formatter"] == "{b}"  # which becomes text; see chart.vue
    assert option["series"][0]["data"][0]["name"].startswith(f"{ODD}, your plan\nWorks the new")
    card = CardNames({"a": ODD}, {"a": "1 <GBP>"})
    one = Contribution("a", 0.1, 0.05, 0.15, "helps")
    (told,) = effects([one], [one], card, "share")
    assert (told["title"], told["cost"]) == (ODD, "1 <GBP>")


def test_colours_are_never_the_only_difference_of_neighbours() -> None:
    for parts in (RESIDENT_PARTS, STAFF_PARTS):
        patterns = [str(part.pattern) for part in parts]
        assert all(a != b for a, b in pairwise(patterns))


def test_a_group_without_needs_has_no_bar_and_dashes() -> None:
    plan, ghost = runs()
    nobody = Explained(plan.weeks, plan.groups, plan.departments, plan.residents * 0, plan.staff)
    option = residents_chart(nobody, ghost, WEEK, rows("age"))
    assert all(value is None for row in charted(option, PLAN) for value in row)
    assert residents_table(nobody, ghost, WEEK, rows("age"))[1][0][2:] == ["–"] * len(STEPS)
    assert funnel(nobody, ghost, WEEK) == []


def test_the_funnel_says_each_step_of_plan_and_baseline() -> None:
    plan, ghost = runs()
    steps = funnel(plan, ghost, WEEK)
    mine, other = 100 * plan.shares(WEEK)[0, 1:], 100 * ghost.shares(WEEK)[0, 1:]
    assert [step["plan"] for step in steps] == pytest.approx(mine, abs=0.051)
    assert [step["ghost"] for step in steps] == pytest.approx(other, abs=0.051)


def test_bars_of_cards_are_on_one_scale_and_start_at_zero() -> None:
    found = [
        Contribution("a", 0.08, 0.06, 0.10, "helps"),
        Contribution("b", 0.004, 0.001, 0.007, "helps"),
        Contribution("c", -0.02, -0.03, 0.01, "not sure"),
    ]
    names = CardNames({key: key for key in "abc"}, dict.fromkeys("abc", "1 GBP"))
    cards = effects(found, found, names, "share")
    left, width = np.array([card["bar"] for card in cards]).T
    zero = 100 * 0.03 / 0.13
    assert left[:2] == pytest.approx([zero, zero], abs=0.01)
    assert left[2] + width[2] == pytest.approx(zero, abs=0.01)
    assert width == pytest.approx([100 * size / 0.13 for size in (0.08, 0.004, 0.02)], abs=0.01)
    assert [card["verdict"] for card in cards] == ["helps", "helps, a little", "not sure"]
    # A list of some of them keeps the scale of all.
    assert effects([found[1]], found, names, "share") == [cards[1]]


def test_bars_begin_at_zero_where_all_cards_help() -> None:
    one = Contribution("a", 0.08, 0.06, 0.10, "helps")
    (card,) = effects([one], [one], CardNames({"a": "A"}, {"a": "1 GBP"}), "share")
    assert card["bar"] == [0.0, 80.0]


def test_a_single_run_draws_no_range() -> None:
    one = Contribution("a", 0.1, np.nan, np.nan, "too early")
    (card,) = effects([one], [one], CardNames({"a": "A"}, {"a": "1 GBP"}), "share")
    assert card["range"] is None
    assert "nan" not in str(card)
    assert card["verdict"] == "too early to say"


def test_wards_are_called_what_they_are_called() -> None:
    scenario = small_scenario()
    assert group_title("ward:West Los Angeles", scenario) == "West Los Angeles"
    assert group_title("income:low", scenario) == "Low"
