"""What the figures of KPIs over time draw, number by number, from results known by hand."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.colors import to_hex

from drawn import RUNS, T3, bands, dataset_of, day, legend, lines, panel, ticks
from takeup.analysis.comparison import compare
from takeup.report.figures import difference_figure, trajectories_figure
from takeup.report.staff import ELEMENTS, staff_figure
from takeup.results.info import GoalInfo, Mark

GREY, BLUE, ORANGE, INK = "#4d4d4d", "#0072b2", "#d55e00", "#222222"
WEEKS = np.array([1.0, 2.0, 4.0])
DATES = [day("2025-01-06"), day("2025-01-13"), day("2025-01-20")]


def near(expected: object) -> object:
    return pytest.approx(np.asarray(expected), rel=1e-9, abs=1e-12)


# ---------------------------------------------------------------- trajectories


def test_a_trajectory_is_the_median_within_half_and_90_per_cent_of_the_runs() -> None:
    values = {"Only": {"backlog": RUNS * WEEKS}}
    axes = panel(trajectories_figure(dataset_of(values), ["backlog"]), "Backlog, staff hours")
    (median,) = lines(axes, width=1.4)
    assert median == near(100 * WEEKS)
    outer, inner = bands(axes, colour=BLUE)
    assert outer == (near(1 * WEEKS), near(361 * WEEKS))
    assert inner == (near(25 * WEEKS), near(225 * WEEKS))
    low, high = lines(axes, width=0.5)  # the edge of the outer band
    assert (low, high) == (near(1 * WEEKS), near(361 * WEEKS))
    assert [to_hex(line.get_color()) for line in axes.lines] == [BLUE] * 3
    assert [axes.convert_xunits(x) for x in axes.lines[-1].get_xdata()] == DATES
    assert axes.get_xlim() == (DATES[0], DATES[-1])
    assert axes.get_ylim()[0] <= 1
    assert axes.get_ylim()[1] >= 4 * 361


def test_every_scenario_has_its_own_numbers_and_the_baseline_an_outline() -> None:
    values = {
        "Baseline": {"trust": 0.001 * RUNS * WEEKS[:2]},
        "Plan": {"trust": 0.002 * RUNS * WEEKS[:2]},
        "Other": {"trust": 0.0005 * RUNS * WEEKS[:2]},
    }
    figure = trajectories_figure(dataset_of(values), ["trust"], baseline="Baseline")
    axes = panel(figure, "Trust in the council")
    for colour, factor, filled in ((GREY, 0.001, 1), (BLUE, 0.002, 2), (ORANGE, 0.0005, 2)):
        (median,) = lines(axes, colour=colour, width=1.4)
        assert median == near(100 * factor * WEEKS[:2])
        low, high = lines(axes, colour=colour, width=0.5)
        assert (low, high) == (near(factor * WEEKS[:2]), near(361 * factor * WEEKS[:2]))
        areas = bands(axes, colour=colour)
        assert len(areas) == filled
        assert areas[-1] == (near(25 * factor * WEEKS[:2]), near(225 * factor * WEEKS[:2]))
    assert legend(figure) == {
        "Baseline": GREY,
        "Plan": BLUE,
        "Other": ORANGE,
        "line: median of runs": INK,
        "half of the runs": "#8a8a8a",
        "90 % of the runs": "#ececec",
    }


@pytest.mark.parametrize(
    ("kpi", "top", "title", "way", "at", "written"),
    [
        ("trust", 0.8, "Trust in the council", "↑ better", 0.4, "40 %"),
        ("staff_stress", 0.8, "Staff stress", "↓ better", 0.6, "60 %"),
        ("assisted", 0.8, "Assisted online transactions", "", 0.4, "40 %"),
        ("backlog", 80.0, "Backlog, staff hours", "↓ better", 20.0, "20"),
        ("service_cost", 8e4, "Service cost a week, GBP", "↓ better", 2e4, "20k"),
    ],
)
def test_a_panel_says_the_unit_and_which_way_is_better(
    kpi: str, top: float, title: str, way: str, at: float, written: str
) -> None:
    values = {"Only": {kpi: [[0.0, 0.4], [0.0, top]]}}
    axes = panel(trajectories_figure(dataset_of(values), [kpi]), title)
    assert axes.get_title("right") == way
    assert ticks(axes.yaxis, at) == [written]


def test_a_group_is_drawn_by_its_own_values() -> None:
    dataset = dataset_of({"Only": {"trust": np.full((3, 2), 0.5)}}, group="ward:North")
    dataset["trust"].loc[{"group": "all"}] = 0.9
    axes = panel(
        trajectories_figure(dataset, ["trust"], group="ward:North"), "Trust in the council"
    )
    assert lines(axes, width=1.4)[0] == near([0.5, 0.5])


def test_goals_stand_at_their_value_until_their_week_and_point_to_the_better_side() -> None:
    goals = {
        "Plan": [
            GoalInfo("up", "trust", 0.7, 1, "all", 1),
            GoalInfo("on", "trust", 0.6, 1, "all", 9),
        ],
        "Other": [GoalInfo("down", "backlog", 30.0, -1, "all", 2)],
    }
    runs = np.full((2, 3), 0.5)
    values = {name: {"trust": runs, "backlog": 40 * runs} for name in ("Baseline", "Plan", "Other")}
    figure = trajectories_figure(
        dataset_of(values, goals=goals), ["trust", "backlog"], baseline="Baseline"
    )
    found = [
        (line.get_ydata()[0], line.get_marker(), to_hex(line.get_color()), line.get_xdata()[1])
        for title in ("Trust in the council", "Backlog, staff hours")
        for line in panel(figure, title).lines
        if len(line.get_xdata()) == 2 and line.get_linewidth() == 1.1
    ]
    assert [(y, marker, colour) for y, marker, colour, _ in found] == [
        (0.7, "^", BLUE),
        (0.6, "", BLUE),
        (30.0, "v", ORANGE),
    ]
    assert [day(str(x)[:10]) for *_, x in found] == [DATES[1], DATES[2], DATES[2]]
    assert "goal, and its date" in legend(figure)


def test_one_run_is_one_line_and_the_legend_does_not_speak_of_several() -> None:
    figure = trajectories_figure(dataset_of({"Only": {"trust": [[0.2, 0.4]]}}), ["trust"])
    axes = panel(figure, "Trust in the council")
    assert [list(line) for line in lines(axes)] == [[0.2, 0.4]]
    assert not axes.collections
    assert legend(figure) == {"Only": BLUE}


# ---------------------------------------------------------------- the calendar


def test_the_calendar_shows_each_mark_in_its_weeks() -> None:
    marks = {
        "Baseline": [Mark("go-live", "Permits", 2, 2, "permits")],
        "Plan": [
            Mark("go-live", "Permits", 1, 1, "permits"),
            Mark("intervention", "letters", 1, 4),
            Mark("shock", "outage", 3, 5),
        ],
    }
    values = {name: {"trust": np.full((1, 8), 0.5)} for name in marks}
    figure = trajectories_figure(dataset_of(values), ["trust"], marks=marks, baseline="Baseline")
    strip = panel(figure, "Calendar: go-lives (◆), interventions (bars), shocks (hatched)")
    names = {text.get_text(): round(text.xy[1]) for text in strip.texts}
    bars = [
        (round(bar.get_y() + bar.get_height() / 2), bar.get_x(), bar.get_width(), bar.get_hatch())
        for bar in strip.patches
    ]
    first = day("2025-01-06")
    assert bars == [
        (names["outage"], first + 21, 14, None),
        (names["outage"], first + 21, 14, "////"),
        (names["letters"], first + 7, 21, None),
    ]
    assert [to_hex(bar.get_facecolor()) for bar in strip.patches[::2]] == [BLUE, BLUE]
    diamonds = [
        (strip.convert_xunits(line.get_xdata()[0]), to_hex(line.get_color()), line.get_marker())
        for line in strip.lines
    ]
    assert diamonds == [(first + 14, GREY, "D"), (first + 7, BLUE, "D")]
    # Above, in every panel, a line where each service goes online.
    axes = panel(figure, "Trust in the council")
    upright = [line for line in axes.lines if line.get_linewidth() == 0.6]
    assert [
        (axes.convert_xunits(line.get_xdata()[0]), to_hex(line.get_color())) for line in upright
    ] == [(first + 14, GREY), (first + 7, BLUE)]
    assert strip.get_xlim() == axes.get_xlim() == (first, first + 49)


# ---------------------------------------------------------------- differences

BASE = np.array([10.0, 20.0, 30.0])[:, None]
"""Of three runs; what is added to them is by 1, 2 and 3, so the mean is 2 and its interval reaches
as far as t ÷ √3 on either side."""
ADDED = np.array([1.0, 2.0, 3.0])[:, None]
HALF = T3 / np.sqrt(3)


def test_a_difference_is_the_mean_with_its_interval_above_the_baseline() -> None:
    values = {
        "Baseline": {"backlog": BASE * np.ones(3), "trust": 0.01 * BASE * np.ones(3)},
        "Plan": {"backlog": BASE - ADDED * WEEKS, "trust": 0.01 * (BASE + ADDED * WEEKS)},
        "Other": {"backlog": BASE + 2 * ADDED * WEEKS, "trust": 0.01 * BASE * np.ones(3)},
    }
    figure = difference_figure(compare(dataset_of(values)), ["backlog", "trust"])
    axes = panel(figure, "Backlog, staff hours")
    assert axes.get_title("right") == "↓ better"
    zero, plan, other = axes.lines
    assert list(zero.get_ydata()) == [0, 0]
    assert (to_hex(zero.get_color()), to_hex(plan.get_color())) == (GREY, BLUE)
    assert plan.get_ydata() == near(-2 * WEEKS)
    assert other.get_ydata() == near(4 * WEEKS)
    assert [axes.convert_xunits(x) for x in plan.get_xdata()] == DATES
    (low, high), (other_low, other_high) = bands(axes)
    assert low == pytest.approx(-(2 + HALF) * WEEKS, rel=1e-5)
    assert high == pytest.approx(-(2 - HALF) * WEEKS, rel=1e-5)
    assert other_low == pytest.approx(2 * (2 - HALF) * WEEKS, rel=1e-5)
    assert other_high == pytest.approx(2 * (2 + HALF) * WEEKS, rel=1e-5)
    # Differences of shares are in points, with their sign.
    trust = panel(figure, "Trust in the council, pts")
    assert trust.get_title("right") == "↑ better"
    assert trust.lines[1].get_ydata() == near(0.02 * WEEKS)
    assert ticks(trust.yaxis, 0.05, -0.05) == ["+5", "−5"]
    assert legend(figure) == {
        "0 = Baseline": GREY,
        "Plan": BLUE,
        "Other": ORANGE,
        "90 % interval of the mean": "#8a8a8a",
    }


def test_net_savings_are_cumulated_and_discounted_with_their_interval() -> None:
    nothing = np.zeros((3, 53))
    saved = ADDED + nothing  # 1, 2 and 3 a week
    values = {
        "Baseline": {"service_cost": 100 + saved, "programme_cost": nothing},
        "Plan": {"service_cost": 100 + nothing, "programme_cost": nothing},
    }
    figure = difference_figure(compare(dataset_of(values)))
    axes = panel(figure, "Cumulative net savings, discounted, GBP")
    assert axes.get_title("right") == "↑ better"
    worth = 1.035 ** (-np.arange(53) / 52)
    assert axes.lines[1].get_ydata() == near(2 * np.cumsum(worth))
    low, high = bands(axes)[0]
    assert low == pytest.approx((2 - HALF) * np.cumsum(worth), rel=1e-5)
    assert high == pytest.approx((2 + HALF) * np.cumsum(worth), rel=1e-5)
    plain = dataset_of(values)
    plain.attrs["discount_rate"] = 0.0
    axes = panel(difference_figure(compare(plain)), "Cumulative net savings, GBP")
    assert axes.lines[1].get_ydata()[-1] == pytest.approx(2 * 53)


# ---------------------------------------------------------------- staff


def test_staff_are_drawn_by_what_blocks_them_and_by_how_far_they_are() -> None:
    blocked = dict(zip(ELEMENTS, (0.05, 0.10, 0.20, 0.15, 0.02), strict=True))
    levels = dict(zip(ELEMENTS, (0.9, 0.8, 0.6, 0.5, 0.3), strict=True))
    runs = np.array([0.5, 1.0, 1.5])[:, None] * np.array([1.0, 0.5])  # means 1 and 0.5
    values = {f"blocked_at_{name}": share * runs for name, share in blocked.items()}
    values |= {f"staff_{name}": share * 0.6 * runs for name, share in levels.items()}
    values["staff_adoption"] = 0.4 * runs
    for scenarios, above in ((["Only"], ""), (["Baseline", "Plan"], "Plan\n")):
        given = dict.fromkeys(scenarios, values)
        figure = staff_figure(
            dataset_of(given, group="department:welfare"), group="department:welfare"
        )
        axes = panel(figure, f"{above}What blocks staff first")
        below = np.zeros(2)
        shares = np.array([*blocked.values()])
        colours = [*ELEMENTS.values(), "#ececec"]
        areas = bands(axes)
        assert len(areas) == 6
        for (low, high), share in zip(areas, shares, strict=False):
            assert low == near(below)
            below = below + share * np.array([1.0, 0.5])
            assert high == near(below)
        assert areas[-1] == (near(shares.sum() * np.array([1.0, 0.5])), near([1.0, 1.0]))
        assert [to_hex(area.get_facecolor()[0]) for area in axes.collections] == colours
        assert axes.get_ylim() == (0, 1)
        assert ticks(axes.yaxis, 0.25, 1.0)[1] == "100 %"
        axes = panel(figure, f"{above}Mean levels, and staff who adopted")
        for element, colour in ELEMENTS.items():
            (line,) = lines(axes, colour=colour)
            assert line == near(0.6 * levels[element] * np.array([1.0, 0.5]))
        assert lines(axes, colour=INK) == [near(0.4 * np.array([1.0, 0.5]))]
        assert legend(figure) == {**ELEMENTS, "nothing": "#ececec", "adopted": INK}
