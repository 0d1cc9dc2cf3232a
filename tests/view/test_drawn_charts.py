"""What the charts and tables of the view draw, number by number, from results known by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from drawn import MEAN, RUNS, dataset_of
from takeup.results.info import GoalInfo, Mark
from takeup.view.answers.outcome import NET_SAVINGS, Outcome, Tile
from takeup.view.explain.charts import RESIDENT_PARTS, STAFF_PARTS, residents_chart, staff_chart
from takeup.view.explain.contributions import Contribution
from takeup.view.explain.explained import Explained
from takeup.view.explain.residents import STEPS
from takeup.view.explain.staff import STANDINGS
from takeup.view.explain.tables import effects, funnel, residents_table, staff_table
from takeup.view.explain.verdicts import CardNames
from takeup.view.say.charts import describe, heading, trajectory
from takeup.view.say.room_charts import (
    guess_words,
    guesses_chart,
    guesses_words,
    model_words,
    pair_chart,
    with_guess,
)
from takeup.view.session.records import Guess, Measure, guessed

DAY = 86_400_000
MONDAY = 1_736_121_600_000
"""6 January 2025 in milliseconds, when results made up here begin."""


def outcome(
    plan: dict[str, Any],
    ghost: dict[str, Any],
    *,
    goals: tuple[GoalInfo, ...] = (),
    marks: tuple[Mark, ...] = (),
) -> Outcome:
    """Return what pages show of results that are given, KPI by KPI, (runs, weeks)."""
    dataset = dataset_of(
        {"None": ghost, "Plan": plan}, goals={"Plan": goals}, marks={"Plan": marks}
    )
    baseline, scenario = SimpleNamespace(name="None"), SimpleNamespace(name="Plan", services={})
    answer: Any = SimpleNamespace(
        plan=scenario,
        baseline=baseline,
        dataset=dataset,
        opened=None,
        done=len(next(iter(plan.values()))),
    )
    return Outcome(answer)


def series(option: dict[str, Any], name: str) -> dict[str, Any]:
    (found,) = (one for one in option["series"] if one.get("name") == name)
    return found


# ---------------------------------------------------------------- Play


WEEKS = np.array([1.0, 2.0, 4.0, 4.0, 4.0, 4.0])


def test_a_chart_has_the_dates_the_goals_and_what_happens() -> None:
    goals = (
        GoalInfo("up", "trust", 0.35, 1, "all", 2),
        GoalInfo("late", "trust", 0.45, -1, "all", 99),
        GoalInfo("other", "backlog", 3.0, 1, "all", 2),
    )
    marks = (
        Mark("go-live", "Permits", 1, 1, "permits"),
        Mark("go-live", "Bins", 7, 7, "bins"),
        Mark("intervention", "letters", 0, 5),
        Mark("intervention", "lessons", 0, 5),
        Mark("shock", "outage", 3, 4),
    )
    made = outcome(
        {"trust": 0.001 * RUNS * WEEKS}, {"trust": 0 * RUNS * WEEKS}, goals=goals, marks=marks
    )
    option = trajectory(made, "trust", names={"letters": "Letters home"})
    source = option["dataset"]["source"]
    assert source["day"] == [MONDAY + 7 * DAY * week for week in range(6)]
    assert source["plan"] == pytest.approx(0.1 * MEAN * WEEKS, abs=0.01)
    assert source["plan_low"] == pytest.approx(0.1 * WEEKS, abs=0.01)
    assert source["plan_width"] == pytest.approx(36.0 * WEEKS, abs=0.01)
    assert source["ghost"] == [0.0] * 6
    assert [axis["axisLabel"]["formatter"] for axis in option["yAxis"][:1]] == ["{value} %"]
    assert (option["xAxis"]["min"], option["xAxis"]["max"]) == (MONDAY, MONDAY + 35 * DAY)
    drawn = [one for one in option["series"] if one.get("name") == "Goal"]
    assert [one["data"] for one in drawn] == [
        [[MONDAY, 35.0], [MONDAY + 14 * DAY, 35.0]],
        [[MONDAY, 45.0], [MONDAY + 35 * DAY, 45.0]],
    ]
    assert [one["markPoint"]["symbol"] for one in drawn] == ["pin", "arrow"]
    assert [one["markPoint"]["data"][0]["coord"] for one in drawn] == [
        one["data"][1] for one in drawn
    ]
    upright = series(option, "Your plan")["markLine"]["data"]
    assert upright == [{"xAxis": MONDAY + 7 * DAY, "name": "Goes online: Permits"}]
    (starts,) = (one for one in option["series"] if one.get("yAxisIndex") == 1)
    assert [(one["value"][0], one["name"]) for one in starts["data"]] == [
        (MONDAY, "Starts: lessons, Letters home"),
        (MONDAY + 21 * DAY, "Happens: outage"),
    ]


def test_lines_and_bands_are_drawn_from_their_columns() -> None:
    ones = np.ones(6)
    option = trajectory(outcome({"trust": RUNS * ones}, {"trust": 2 * RUNS * ones}), "trust")
    encoded = [
        (one.get("name"), one.get("stack"), one["encode"]["y"])
        for one in option["series"]
        if "encode" in one
    ]
    assert encoded == [
        (None, "ghost_band", "ghost_low"),
        (None, "ghost_band", "ghost_width"),
        (None, "plan_band", "plan_low"),
        (None, "plan_band", "plan_width"),
        ("No programme", None, "ghost"),
        ("Your plan", None, "plan"),
    ]
    areas = [one["encode"]["y"] for one in option["series"] if "areaStyle" in one]
    assert areas == ["ghost_width", "plan_width"]


@pytest.mark.parametrize(
    ("size", "suffix", "shown"), [(9_000.0, "", 9_000.0), (20_000.0, "k", 20.0), (3e6, "M", 3.0)]
)
def test_large_amounts_are_drawn_short(size: float, suffix: str, shown: float) -> None:
    runs = np.full((2, 3), size)
    option = trajectory(outcome({"service_cost": runs}, {"service_cost": 0 * runs}), "service_cost")
    assert option["dataset"]["source"]["plan"] == [shown] * 3
    assert option["yAxis"][0]["axisLabel"]["formatter"] == f"{{value}}{suffix}"


def test_a_chart_is_described_by_its_first_and_last_four_weeks() -> None:
    weeks = np.array([0.1, 0.1, 0.1, 0.1, 9.0, 0.2, 0.2, 0.2, 0.2])
    made = outcome({"trust": 0.01 * RUNS * weeks}, {"trust": 0.02 * RUNS * weeks})
    # Means of 13.67 and 27.33 %, and twice as much; 0.2 and 72.2 % are 5 and 95 % of the runs.
    assert describe(made, "trust") == (
        "Trust in the council week by week, mean of 21 runs: with your plan from 13.7 % to 27.3 %; "
        "with no programme from 27.3 % to 54.7 %. At the end 9 of 10 runs of your plan lie between "
        "0.2 % and 72.2 %."
    )
    assert heading(made, "trust") == ("Trust in the council", "higher is better")
    assert heading(made, "backlog")[1] == "staff hours, lower is better"
    assert heading(made, "service_cost")[1] == "£, lower is better"


def test_net_savings_add_up_week_by_week() -> None:
    cost = np.array([[100.0], [200.0], [300.0]]) * np.ones(4)
    made = outcome(
        {"service_cost": 1_000 - cost, "programme_cost": [[150.0, 0, 0, 0]] * 3},
        {"service_cost": 1_000 + 0 * cost, "programme_cost": 0 * cost},
    )
    made.answer.dataset.attrs["discount_rate"] = 0.0
    source = trajectory(made, NET_SAVINGS)["dataset"]["source"]
    assert source["plan"] == [50.0, 250.0, 450.0, 650.0]
    assert "to £650" in describe(made, NET_SAVINGS)
    (tile,) = (one for one in made.tiles if one.kpi == NET_SAVINGS)
    assert (tile.value, tile.change, tile.change_shown) == (650.0, 650.0, "+£650")
    assert (tile.low, tile.high) == pytest.approx((290.0, 1_010.0))  # of 250, 650 and 1,050


def test_a_tile_is_the_last_four_weeks_beside_the_baseline_s() -> None:
    weeks = np.array([9.0, 1.0, 1.0, 1.0, 1.0])
    ghost = {
        "digital_take_up": 0.2 * weeks + 0 * RUNS,
        "cost_per_transaction": 5 * weeks + 0 * RUNS,
    }
    plan = {
        "digital_take_up": 0.2 * weeks + 0.001 * (RUNS + 1) * weeks,
        "cost_per_transaction": 5 * weeks + 0.001 * (RUNS + 1) * weeks,
    }
    take_up, cost = outcome(plan, ghost).tiles
    assert take_up.shown == "33.8 %"
    assert (take_up.change_shown, take_up.arrow) == ("+13.8 points", "▲")
    assert take_up.range_shown == "+0.2 to +36.2"
    assert (take_up.verdict, cost.verdict) == ("better", "worse")
    assert (cost.shown, cost.change_shown, cost.range_shown) == ("£5.14", "+£0.14", "0.00 to +0.36")


# ---------------------------------------------------------------- the room


def measure(unit: str, **weekly: list[float]) -> Measure:
    tile = Tile("digital_take_up", "T", "M", unit, 0.5, 0.1, 0.0, 0.2, "better")
    rows = np.array([weekly[row] for row in ("mean", "low", "high", "ghost")])
    return Measure(tile, (0.5,), rows.astype("<f4").tobytes())


def test_two_attempts_are_drawn_with_their_bands() -> None:
    left = measure("share", mean=[0.2, 0.4], low=[0.1, 0.3], high=[0.25, 0.6], ghost=[0.1, 0.15])
    right = measure("share", mean=[0.3, 0.5], low=[0.2, 0.35], high=[0.5, 0.8], ghost=[0.1, 0.15])
    option = pair_chart(left, right, np.datetime64("2025-01-06"))
    source = option["dataset"]["source"]
    assert source.pop("day") == [MONDAY, MONDAY + 7 * DAY]
    for key, values in {
        "left": [20, 40], "left_low": [10, 30], "left_width": [15, 30],
        "right": [30, 50], "right_low": [20, 35], "right_width": [30, 45],
        "ghost": [10, 15],
    }.items():  # fmt: skip
        assert source.pop(key) == pytest.approx(values, abs=0.01), key
    assert not source
    assert series(option, "A")["encode"]["y"] == "left"
    assert series(option, "B")["encode"]["y"] == "right"
    assert option["yAxis"][0]["axisLabel"]["formatter"] == "{value} %"


def guess(value: float, team: str = "Reds") -> Guess:
    when = datetime.fromtimestamp(0, UTC)
    return Guess(team, "here", "digital_take_up", "share", value, 0.30, 0.25, 0.37, when)


def test_guesses_are_drawn_beside_the_model_s_range() -> None:
    every = [guess(0.4), guess(0.28, ""), guess(0.2, "Blues"), guess(0.37, "Greens")]
    every += [guess(0.5), guess(0.6)]
    option = guesses_chart(every)
    assert option["yAxis"]["data"] == ["Reds", "no name", "Blues", "Greens", "Reds", "Reds"]
    band, mean, within, outside = (one["data"] for one in option["series"])
    ends = [[point for point in band if point[1] == row] for row in range(6)]
    assert ends == [[[25.0, row], [37.0, row]] for row in range(6)]
    assert mean == [[30.0, row] for row in range(6)]
    assert within == [[28.0, 1], [37.0, 3]]
    assert outside == [[40.0, 0], [20.0, 2], [50.0, 4], [60.0, 5]]
    assert option["xAxis"]["axisLabel"]["formatter"] == "{value} %"
    said = "6 guesses: 2 within the model's range, 3 too high, 1 too low."
    assert guesses_words(every) == said
    assert guess_words(every[0]) == "40.0 %; too high by 10.0 points"
    assert guess_words(every[1]) == "28.0 %; within the model's range, 2.0 points from its mean"
    assert guess_words(every[2]) == "20.0 %; too low by 10.0 points"
    assert model_words(every[0]) == "30.0 % (9 of 10 runs: 25.0 to 37.0)"


def test_a_guess_stands_where_the_run_ends_and_knows_what_the_model_says() -> None:
    made = outcome({"digital_take_up": 0.001 * RUNS * WEEKS}, {"digital_take_up": 0 * RUNS * WEEKS})
    one = guessed("Reds", "here", "digital_take_up", 0.6, made)
    assert one is not None
    # Every run ends at 4 times what it begins with.
    assert (one.mean, one.low, one.high) == pytest.approx((0.004 * MEAN, 0.004, 1.444))
    point = series(with_guess(made, one), "The guess")
    assert point["data"] == [[MONDAY + 35 * DAY, 60.0]]
    assert series(with_guess(made, replace(one, value=0.123456789)), "The guess")["data"] == [
        [MONDAY + 35 * DAY, 12.3457]
    ]


# ---------------------------------------------------------------- Explain

WEEK = 13


def explained(scale: int, taken: list[list[int]], stand: list[list[int]]) -> Explained:
    """Return where people stand after 13 weeks; before, nobody stood anywhere."""
    residents, staff = scale * np.array([taken]), scale * np.array([stand])
    return Explained(
        (0, WEEK), ("all", "age:75+", "age:16-24"), ("revenues", "waste"),
        np.concatenate([0 * residents, residents]), np.concatenate([0 * staff, staff]),
    )  # fmt: skip


# Who takes each step, of those in need: 200, 50, and nobody.
PLAN_RUN = explained(
    1,
    [[200, 180, 150, 110, 60, 40], [50, 40, 30, 20, 8, 5], [0] * 6],
    [[1, 2, 3, 4, 10, 30, 50], [5, 10, 5, 10, 5, 10, 5]],
)
GHOST_RUN = explained(
    2,
    [[200, 100, 80, 60, 40, 20], [50, 10, 8, 6, 4, 2], [0] * 6],
    [[50, 30, 10, 4, 3, 2, 1], [10, 5, 10, 5, 10, 5, 5]],
)
ROWS = [("all", "Everyone"), ("age:75+", "75 and over"), ("age:16-24", "Young")]
STOPS = {
    # did, would, could, knew, did not know, not online yet
    "Your plan": [[20, 10, 25, 20, 15, 10], [10, 6, 24, 20, 20, 20], [None] * 6],
    "No programme": [[10, 10, 10, 10, 10, 50], [4, 4, 4, 4, 4, 80], [None] * 6],
}
STANDS = {
    # firm, slipping, ready, ability, knowledge, desire, awareness
    "Your plan": [[50, 30, 10, 4, 3, 2, 1], [10, 20, 10, 20, 10, 20, 10]],
    "No programme": [[1, 2, 3, 4, 10, 30, 50], [10, 10, 20, 10, 20, 10, 20]],
}


def bars(option: dict[str, Any], stack: str) -> list[list[Any]]:
    columns = [one for one in option["baseOption"]["series"] if one["stack"] == stack]
    values = [[cell["value"] for cell in one["data"]] for one in columns]
    return [list(row) for row in zip(*values, strict=True)]


def said(table: tuple[list[str], list[list[str]]]) -> dict[tuple[str, str], list[str]]:
    return {(title, which): shares for title, which, *shares in table[1]}


def test_what_is_made_up_here_is_in_the_order_of_the_model() -> None:
    assert STEPS == ("needed", "offered", "aware", "able", "willing", "using")
    assert STANDINGS == (
        "awareness", "desire", "knowledge", "ability", "ready", "slipping", "firm",
    )  # fmt: skip


def test_bars_of_residents_add_up_by_where_they_stop() -> None:
    option = residents_chart(PLAN_RUN, GHOST_RUN, WEEK, ROWS)
    assert option["baseOption"]["yAxis"]["data"] == ["Everyone", "75 and over", "Young"]
    names = [part.name for part in RESIDENT_PARTS]
    assert names[0] == "Did it online"
    assert names[-1] == "Not online yet"
    assert option["baseOption"]["legend"]["data"] == names
    table = said(residents_table(PLAN_RUN, GHOST_RUN, WEEK, ROWS))
    for stack, expected in STOPS.items():
        assert bars(option, stack) == expected
        for (_, title), shares in zip(ROWS, expected, strict=True):
            words = ["–" if share is None else f"{share} %" for share in shares]
            assert table[title, stack] == words


def test_bars_of_staff_add_up_by_where_they_stand() -> None:
    titles = {"revenues": "Revenues", "waste": "Waste"}
    option = staff_chart(PLAN_RUN, GHOST_RUN, WEEK, titles)
    names = [part.name for part in STAFF_PARTS]
    assert (names[0], names[-1]) == ("Works the new way, firmly", "Stuck: does not see why")
    table = said(staff_table(PLAN_RUN, GHOST_RUN, WEEK, titles))
    for stack, expected in STANDS.items():
        assert bars(option, stack) == expected
        for title, shares in zip(titles.values(), expected, strict=True):
            assert table[title, stack] == [f"{share} %" for share in shares]
    # Numbers stand in the thick bars where there is room for them, and in tooltips everywhere.
    first = option["baseOption"]["series"]
    assert [one["data"][0].get("label", {}).get("formatter") for one in first[:7]] == [
        *("50", "30", "10"), *[None] * 4,
    ]  # fmt: skip
    assert not any("label" in cell for one in first[7:] for cell in one["data"])
    assert first[3]["data"][0]["name"] == "Revenues, your plan\nStuck: cannot do it yet: 4 %"


def test_the_funnel_draws_everyone_s_steps_beside_the_baseline_s() -> None:
    steps = funnel(PLAN_RUN, GHOST_RUN, WEEK)
    assert [step["plan"] for step in steps] == [90.0, 75.0, 55.0, 30.0, 20.0]
    assert [step["ghost"] for step in steps] == [50.0, 40.0, 30.0, 20.0, 10.0]
    assert steps[0]["words"] == "what they needed was online"
    assert steps[-1]["words"] == "they did it online"


def test_effects_are_drawn_with_their_intervals_on_one_scale() -> None:
    found = [
        Contribution("a", 0.08, 0.06, 0.10, "helps"),
        Contribution("b", -0.03, -0.10, 0.04, "not sure"),
    ]
    cards = effects(found, found, CardNames({"a": "A", "b": "B"}, {"a": "£1", "b": "£2"}), "share")
    # From −0.1 to 0.1: a point is 5 %, and nothing is at 50 %.
    assert [card["range"] for card in cards] == [[80.0, 20.0], [0.0, 70.0]]
    assert [card["bar"] for card in cards] == [[50.0, 40.0], [35.0, 15.0]]
    assert [card["zero"][0] for card in cards] == [50.0, 50.0]
    assert [card["effect"] for card in cards] == ["+8.0 ± 2.0 points", "−3.0 ± 7.0 points"]
    assert [card["verdict"] for card in cards] == ["helps", "not sure"]
    assert [(card["title"], card["cost"]) for card in cards] == [("A", "£1"), ("B", "£2")]
