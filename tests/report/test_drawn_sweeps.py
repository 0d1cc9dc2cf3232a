"""What figures and tables of sweeps draw, number by number, from findings made up by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_hex

from drawn import bands, cells, legend, lines, panel, row, ticks
from takeup.analysis.discovery import Box, Discovery, Limit, Sought
from takeup.analysis.response import Response
from takeup.analysis.sensitivity import Method, Sensitivity
from takeup.report.discovery import discovery_figure, discovery_tables
from takeup.report.sensitivity import sensitivity_tables
from takeup.report.sensitivity_figures import (
    over_time_figure,
    response_figure,
    sensitivity_figure,
)

PALE, STRONG, ORANGE, GREY, INK = "#a9cfe6", "#0072b2", "#d55e00", "#c9c9c9", "#222222"
INPUTS = ["parameters.talk", "programme.train.seats", "place.trust"]
SHORT = ["talk", "train.seats", "place.trust"]


def near(expected: object) -> object:
    return pytest.approx(np.asarray(expected), rel=1e-9, abs=1e-12)


def units(kpi: str) -> str:
    return {"backlog": "staff hours", "service_cost": "GBP"}.get(kpi, "share")


def found_by(method: Method, inputs: int = 3, **columns: list[float]) -> Sensitivity:
    """Return findings about trust and, turned over, about the backlog; both also in two weeks."""
    names = [*INPUTS, *(f"parameters.more_{i}" for i in range(inputs - 3))]
    table = pd.DataFrame({"parameter": names, **columns})
    trust = table.assign(kpi="trust", rank=range(1, inputs + 1))
    weeks = [
        trust.assign(week=week, **{name: factor * trust[name] for name in columns})
        for week, factor in ((3, 0.5), (7, 1.0))
    ]
    return Sensitivity(method, 40, 2, trust, pd.concat(weeks, ignore_index=True), {"trust": 0.01})


SOBOL = {
    "ST": [0.6, 0.3, 0.04],
    "ST_half": [0.1, 0.05, 0.02],
    "S1": [0.5, 0.2, -0.03],
    "S1_half": [0.15, 0.08, 0.01],
}
MORRIS = {
    "mu_star": [0.2, 0.1, 0.004],
    "mu_star_half": [0.03, 0.02, 0.001],
    "mu": [-0.2, 0.05, 0.002],
    "sigma": [0.25, 0.02, 0.001],
}


def widths(axes: Axes, colour: str) -> list[float]:
    """Return the lengths of bars of a colour, from the top, which all begin at 0."""
    bars = [bar for bar in axes.patches if to_hex(bar.get_facecolor()) == colour]
    assert [bar.get_x() for bar in bars] == [0.0] * len(bars)
    assert axes.get_ylim()[0] > axes.get_ylim()[1]  # the first row is at the top
    middles = [round(bar.get_y() + bar.get_height() / 2, 9) for bar in bars]
    assert middles == list(range(len(bars)))
    return [bar.get_width() for bar in bars]


def intervals(axes: Axes) -> list[tuple[float, float]]:
    """Return the ends of the error bars of a panel."""
    (error,) = (c for c in axes.containers if getattr(c, "errorbar", None) is not None)
    (drawn,) = error.errorbar.lines[2]
    return [(segment[0][0], segment[1][0]) for segment in drawn.get_segments()]


def row_names(axes: Axes) -> list[str]:
    return [text.get_text() for text in axes.get_yticklabels()]


# ---------------------------------------------------------------- what matters


def test_sobol_indices_are_bars_with_their_intervals() -> None:
    figure = sensitivity_figure(found_by("sobol", **SOBOL), units)
    axes = panel(figure, "Trust in the council")
    assert row_names(axes) == SHORT
    assert widths(axes, PALE) == near(SOBOL["ST"])
    assert widths(axes, STRONG) == near([0.5, 0.2, 0.0])
    assert np.array(intervals(axes)) == near([[0.5, 0.7], [0.25, 0.35], [0.02, 0.06]])
    assert axes.get_xlim() == (0, 1)
    assert ticks(axes.xaxis, 0.5, 1.0) == ["50 %", "100 %"]
    assert legend(figure) == {"total: alone and with others, ± 90 %": PALE, "alone": STRONG}


def test_morris_effects_are_bars_in_points_with_their_spread() -> None:
    figure = sensitivity_figure(found_by("morris", **MORRIS), units)
    axes = panel(figure, "Trust in the council, pts")
    assert widths(axes, PALE) == near(MORRIS["mu_star"])
    assert np.array(intervals(axes)) == near([[0.17, 0.23], [0.08, 0.12], [0.003, 0.005]])
    (spread,) = (line for line in axes.lines if line.get_marker() == "D")
    assert spread.get_xdata() == near(MORRIS["sigma"])
    assert list(spread.get_ydata()) == [0, 1, 2]
    assert ticks(axes.xaxis, 0.1, 0.2) == ["10", "20"]
    assert [name.split(":")[0] for name in legend(figure)] == ["μ*", "σ"]


def test_indices_over_time_are_lines_within_their_intervals() -> None:
    eight = {name: [*column, *[0.03] * 5] for name, column in SOBOL.items()}
    figure = over_time_figure(found_by("sobol", 8, **eight), units)
    axes = panel(figure, "Trust in the council")
    assert [list(line.get_xdata()) for line in axes.lines] == [[3, 7]] * 8
    assert lines(axes, colour=STRONG) == [near([0.3, 0.6])]
    assert lines(axes, colour=ORANGE) == [near([0.15, 0.3])]
    assert bands(axes, colour=STRONG) == [(near([0.25, 0.5]), near([0.35, 0.7]))]
    assert lines(axes, colour=GREY) == [near([0.015, 0.03])] * 2  # the weakest of eight
    assert axes.get_xlim() == (0, 7)
    assert ticks(axes.yaxis, 0.4) == ["40 %"]
    named = legend(figure)
    assert (named["talk"], named["train.seats"], named["others"]) == (STRONG, ORANGE, GREY)
    # A band does not reach below nothing, and effects are in the unit of the KPI.
    wide = {**MORRIS, "mu_star_half": [0.3, 0.02, 0.001]}
    axes = panel(over_time_figure(found_by("morris", **wide), units), "Trust in the council, pts")
    assert bands(axes, colour=STRONG) == [(near([0, 0]), near([0.25, 0.5]))]


def test_tables_of_indices_show_shares_in_per_cent() -> None:
    overview, detail, *_ = sensitivity_tables(found_by("sobol", **SOBOL), units)
    assert "40 points, each with 2 runs" in cells([overview])[1][0]
    assert [row([overview], name) for name in SHORT] == [["60"], ["30"], ["4"]]
    assert row([detail], "talk") == ["60.0 ± 10.0", "50.0 ± 15.0"]
    assert row([detail], "place.trust") == ["4.0 ± 2.0", "−3.0 ± 1.0"]
    overview, detail, *_ = sensitivity_tables(found_by("morris", **MORRIS), units)
    assert [row([overview], name) for name in SHORT] == [["100"], ["50"], ["2"]]
    assert row([detail], "talk") == ["20.0 ± 3.0", "−20.0", "25.0"]
    assert row([detail], "train.seats") == ["10.0 ± 2.0", "+5.0", "2.0"]
    many = {name: [*column, *np.linspace(0.03, 0.01, 12)] for name, column in SOBOL.items()}
    overview, *_ = sensitivity_tables(found_by("sobol", 15, **many), units)
    assert cells([overview])[-1] == ["3 more, each at most 1"]


# ---------------------------------------------------------------- responses


def responses(kpi: str = "trust", factor: float = 1.0, replicates: int = 3) -> Response:
    levels = pd.DataFrame(
        {
            "kpi": kpi,
            "parameter": ["seats"] * 3 + ["reach"] * 2,
            "value": ["1", "5", "9", "0.2", "0.8"],
            "mean": 0.5,
            "difference": factor * np.array([-0.10, 0.02, 0.20, -0.03, 0.05]),
            "low": factor * np.array([-0.13, -0.01, 0.16, -0.05, 0.01]),
            "high": factor * np.array([-0.07, 0.05, 0.24, -0.01, 0.09]),
        }
    )
    table = pd.DataFrame(
        {
            "kpi": kpi, "parameter": ["seats", "reach"], "effect": [0.30 * factor, 0.08 * factor],
            "low": [0.25 * factor, -0.02 * factor], "high": [0.35 * factor, 0.18 * factor],
            "lowest": ["1", "0.2"], "highest": ["9", "0.8"], "rank": [1, 2],
        }
    )  # fmt: skip
    nothing = pd.DataFrame({"kpi": [], "mean": []})
    return Response("one_at_a_time", 6, replicates, table, levels, nothing, {})


def drawn_responses(axes: Axes) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {"span": [], "interval": [], "value": []}
    for line in axes.lines:
        what = {7: "span", 0.8: "interval"}.get(line.get_linewidth())
        if line.get_marker() == "o":
            what = "value"
        if what:
            found[what].append((*line.get_xdata(), int(line.get_ydata()[0])))
    return found


def test_responses_are_a_point_for_every_value_with_its_interval() -> None:
    figure = response_figure(responses(), units)
    axes = panel(figure, "Trust in the council, pts")
    assert row_names(axes) == ["seats", "reach"]
    found = drawn_responses(axes)
    assert np.array(found["value"]) == near([[-0.1, 0], [0.02, 0], [0.2, 0], [-0.03, 1], [0.05, 1]])
    assert np.array(found["span"]) == near([[-0.1, 0.2, 0], [-0.03, 0.05, 1]])
    assert np.array(found["interval"]) == near(
        [[-0.13, -0.07, 0], [-0.01, 0.05, 0], [0.16, 0.24, 0], [-0.05, -0.01, 1], [0.01, 0.09, 1]]
    )
    named = {text.get_text(): text.xy for text in axes.texts}
    assert named == {"1": (-0.1, 0), "9": (0.2, 0), "0.2": (-0.03, 1), "0.8": (0.05, 1)}
    assert ticks(axes.xaxis, -0.1, 0.2) == ["−10", "+20"]
    assert list(legend(figure)) == [
        "0 = the scenario as it is", "a value of the input", "90 % interval of the mean",
    ]  # fmt: skip
    axes = panel(response_figure(responses("backlog", 100.0), units), "Backlog, staff hours")
    assert ticks(axes.xaxis, -10.0, 20.0) == ["−10", "+20"]


def test_the_table_of_responses_shows_the_largest_difference() -> None:
    table, *_ = sensitivity_tables(responses(), units)
    assert row([table], "seats") == ["30.0", "+25.0 to +35.0", "1", "9"]
    assert row([table], "reach") == ["8.0", "−2.0 to +18.0", "0.2", "0.8"]
    single, *_ = sensitivity_tables(responses(replicates=1), units)
    assert row([single], "seats") == ["30.0", "–", "1", "9"]


def test_a_heat_map_has_its_numbers_where_its_inputs_cross() -> None:
    grid = pd.DataFrame(
        {
            "kpi": "trust",
            "seats": [1, 1, 5, 5, 9, 9],
            "reach": [0.2, 0.8] * 3,
            "mean": [0.10, 0.20, 0.40, 0.55, 0.70, 0.95],
        }
    )
    one = responses()
    found = Response("grid", 6, 3, one.table, one.levels, grid, {})
    figure = response_figure(found, units)
    axes = panel(figure, "Trust in the council, %")
    assert axes.get_title("right") == "↑ better"
    assert np.asarray(axes.images[0].get_array()) == near([[0.1, 0.4, 0.7], [0.2, 0.55, 0.95]])
    assert axes.images[0].origin == "lower"
    assert [text.get_text() for text in axes.get_xticklabels()] == ["1", "5", "9"]
    assert [text.get_text() for text in axes.get_yticklabels()] == ["0.2", "0.8"]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("seats", "reach")
    written = {text.get_position(): text.get_text() for text in axes.texts}
    assert written == {
        (0, 0): "10.0", (1, 0): "40.0", (2, 0): "70.0", (0, 1): "20.0", (1, 1): "55.0",
        (2, 1): "95.0",
    }  # fmt: skip
    dark = {text.get_text() for text in axes.texts if text.get_color() == "white"}
    assert dark == {"70.0", "95.0"}  # above 0.1 + 0.65 × 0.85
    low, high = (to_hex(axes.images[0].cmap(end)) for end in (0.0, 1.0))
    assert (low, high) == ("#f7fbff", legend(figure)["highest"])


# ---------------------------------------------------------------- discovery


def discovered() -> Discovery:
    """Return six points, three of them misses, and two boxes."""
    design = pd.DataFrame(
        {
            "parameters.talk": [0.0, 0.2, 0.4, 0.6, 0.8, 1.0],
            "seats": [10.0, 60.0, 30.0, 40.0, 50.0, 20.0],
        }
    )
    missed = np.array([True, False, True, False, False, True])
    boxes = (
        Box(
            (
                Limit("parameters.talk", None, 0.45, (), 0.01),
                Limit("seats", 5.0, 35.0, (), 0.02),
            ),
            coverage=2 / 3, density=0.9, mass=1 / 3, points=2,
        ),
        Box((Limit("seats", None, 25.0, (), 0.03),), 1 / 4, 0.75, 1 / 6, 1),
    )  # fmt: skip
    trade_off = pd.DataFrame(
        {
            "coverage": [1 / 3, 1.0, 2 / 3], "density": [1.0, 0.5, 0.9], "mass": [0.2, 1.0, 1 / 3],
            "limits": [2, 0, 2], "chosen": [False, False, True],
        }
    )  # fmt: skip
    goals = (Sought("trust", ">=", 0.6), Sought("backlog", "<=", 900.0))
    by_goal = {"trust >= 0.6": 1 / 3, "backlog <= 900": 1 / 6}
    return Discovery(goals, design, missed, by_goal, {}, 0.8, boxes, trade_off)


def scattered(axes: Axes) -> dict[str, list[tuple[float, float]]]:
    return {
        to_hex(dots.get_facecolor()[0]): [tuple(map(float, place)) for place in dots.get_offsets()]  # type: ignore[index]
        for dots in axes.collections
    }


def test_points_are_drawn_where_they_are_and_boxes_around_their_limits() -> None:
    figure = discovery_figure(discovered())
    _, axes, turned, _ = figure.axes
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("talk", "seats")
    assert scattered(axes) == {
        ORANGE: [(0.0, 10.0), (0.4, 30.0), (1.0, 20.0)],
        "#9ecae1": [(0.2, 60.0), (0.6, 40.0), (0.8, 50.0)],
    }
    first, second = (patch.get_bbox().extents for patch in axes.patches)
    # Where there is no limit the box reaches 2 % beyond the points.
    assert first == near([-0.02, 5.0, 0.45, 35.0])
    assert second == near([-0.02, 9.0, 1.02, 25.0])
    assert [(text.get_text(), text.xy) for text in axes.texts] == [
        ("1", (pytest.approx(-0.02), 35.0)),
        ("2", (pytest.approx(-0.02), 25.0)),
    ]
    # The second box is of the other input; its panel sets the same against each other.
    assert (turned.get_xlabel(), turned.get_ylabel()) == ("seats", "talk")
    assert scattered(turned)[ORANGE] == [(10.0, 0.0), (30.0, 0.4), (20.0, 1.0)]
    assert turned.patches[0].get_bbox().extents == near([5.0, -0.02, 35.0, 0.45])
    named = legend(figure)
    assert named["missed: trust >= 0.6 and backlog <= 900"] == ORANGE
    assert named["reached"] == "#9ecae1"


def test_the_way_to_the_first_box_is_coverage_against_density() -> None:
    *_, axes = discovery_figure(discovered()).axes
    wanted, way, chosen = axes.lines
    assert list(wanted.get_ydata()) == [0.8, 0.8]
    assert way.get_xdata() == near([1.0, 2 / 3, 1 / 3])
    assert way.get_ydata() == near([0.5, 0.9, 1.0])
    assert (*chosen.get_xdata(), *chosen.get_ydata()) == (2 / 3, 0.9)
    assert to_hex(chosen.get_color()) == INK
    assert axes.get_xlabel().startswith("coverage")
    assert axes.get_ylabel().startswith("density")


def test_the_table_of_boxes_shows_limits_coverage_and_density() -> None:
    table, by_goal, words, _ = discovery_tables(discovered())
    # Box, input, from, to, coverage, density, points; in brackets the reach of the design.
    assert cells([table])[2:] == [
        ["1", "talk", "[0", "0.45", "67 %", "90 %", "2"],
        ["seats", "5", "35"],
        ["2", "seats", "[10", "25", "25 %", "75 %", "1"],
    ]
    assert cells([by_goal])[1:] == [["trust >= 0.6: 33 %"], ["backlog <= 900: 17 %"]]
    assert "missed at 3 of 6 points (50 %)" in cells([words])[0][0]
