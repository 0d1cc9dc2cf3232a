"""What the pictures of the Explain page show, its tables say too."""

from __future__ import annotations

import re
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from examples import small_scenario
from takeup.view.charts import GHOST, PLAN
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


def cells(html: str) -> list[list[str]]:
    """Return the text of a table's rows, without its head."""
    return [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row) for row in html.split("<tr>")[2:]]


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
    table = cells(residents_table(*runs(), WEEK, rows(family)))
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
    said = cells(staff_table(*runs(), WEEK, names))[::2]
    assert len(said) == len(SCENARIO.departments)
    for (_, _, *shares), bars in zip(said, drawn, strict=True):
        assert len(shares) == len(STAFF_PARTS)
        for share, bar in zip(shares, bars, strict=True):
            assert abs(float(share.removesuffix(" %")) - (bar or 0.0)) <= 0.56


def test_names_are_not_taken_for_html() -> None:
    names = {key: department.name for key, department in SCENARIO.departments.items()}
    assert ODD not in staff_table(*runs(), WEEK, names)
    tips = str(staff_chart(*runs(), WEEK, names)["baseOption"]["series"])
    assert ODD not in tips
    card = CardNames({"a": ODD}, {"a": "1 <GBP>"})
    one = Contribution("a", 0.1, 0.05, 0.15, "helps")
    assert ODD not in effects([one], [one], card, "share")


def test_colours_are_never_the_only_difference_of_neighbours() -> None:
    for parts in (RESIDENT_PARTS, STAFF_PARTS):
        patterns = [str(part.pattern) for part in parts]
        assert all(a != b for a, b in pairwise(patterns))


def test_a_group_without_needs_has_no_bar_and_dashes() -> None:
    plan, ghost = runs()
    nobody = Explained(plan.weeks, plan.groups, plan.departments, plan.residents * 0, plan.staff)
    option = residents_chart(nobody, ghost, WEEK, rows("age"))
    assert all(value is None for row in charted(option, PLAN) for value in row)
    assert cells(residents_table(nobody, ghost, WEEK, rows("age")))[0][2:] == ["–"] * len(STEPS)
    assert "<li>" not in funnel(nobody, ghost, WEEK)


def test_the_funnel_says_each_step_of_plan_and_baseline() -> None:
    plan, ghost = runs()
    text = funnel(plan, ghost, WEEK)
    mine, other = 100 * plan.shares(WEEK)[0, 1:], 100 * ghost.shares(WEEK)[0, 1:]
    assert re.findall(r'"big">(\d+)<', text) == [f"{share:.0f}" for share in mine]
    assert re.findall(r'"other">no programme: (\d+)<', text) == [f"{share:.0f}" for share in other]


def test_bars_of_cards_are_on_one_scale_and_start_at_zero() -> None:
    found = [
        Contribution("a", 0.08, 0.06, 0.10, "helps"),
        Contribution("b", 0.004, 0.001, 0.007, "helps"),
        Contribution("c", -0.02, -0.03, 0.01, "not sure"),
    ]
    names = CardNames({key: key for key in "abc"}, dict.fromkeys("abc", "1 GBP"))
    text = effects(found, found, names, "share")
    bars = re.findall(r'<i style="left:([\d.]+)%;width:([\d.]+)%', text)
    left, width = np.array(bars, float).T
    zero = 100 * 0.03 / 0.13
    assert left[:2] == pytest.approx([zero, zero], abs=0.01)
    assert left[2] + width[2] == pytest.approx(zero, abs=0.01)
    assert width == pytest.approx([100 * size / 0.13 for size in (0.08, 0.004, 0.02)], abs=0.01)
    assert "helps, a little" in text
    # A list of some of them keeps the scale of all.
    assert f"left:{left[1]:.2f}%;width:{width[1]:.2f}%" in effects(
        [found[1]], found, names, "share"
    )


def test_bars_begin_at_zero_where_all_cards_help() -> None:
    one = Contribution("a", 0.08, 0.06, 0.10, "helps")
    text = effects([one], [one], CardNames({"a": "A"}, {"a": "1 GBP"}), "share")
    assert '<i style="left:0.00%;width:80.00%"' in text


def test_a_single_run_draws_no_range() -> None:
    one = Contribution("a", 0.1, np.nan, np.nan, "too early")
    text = effects([one], [one], CardNames({"a": "A"}, {"a": "1 GBP"}), "share")
    assert "<b" not in text
    assert "nan" not in text
    assert "too early to say" in text


def test_wards_are_called_what_they_are_called() -> None:
    scenario = small_scenario()
    assert group_title("ward:West Los Angeles", scenario) == "West Los Angeles"
    assert group_title("income:low", scenario) == "Low"
