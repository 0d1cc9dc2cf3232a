"""Pictures of the room: two attempts over time, and everyone's guesses beside the model's answers.

What people typed is drawn as text on a canvas, and nothing of it goes into a tooltip, which a
browser would read as HTML.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from takeup.results.units import is_share, number
from takeup.view.answers.outcome import Outcome, with_unit
from takeup.view.say.charts import (
    FONT,
    GHOST,
    GHOST_COLOUR,
    INK,
    PLAN_COLOUR,
    QUIET,
    band_series,
    line,
    rounded,
    scale,
    time_axis,
    tooltip,
    trajectory,
    value_axis,
)
from takeup.view.session.records import Attempt, Guess, Measure

OTHER_COLOUR = "#a33b00"
"""Of the second of two attempts."""

_BANDS = {"left": "rgba(11, 92, 173, 0.18)", "right": "rgba(163, 59, 0, 0.16)"}

_WIDEST_NAME = 130
"""Pixels for the name of a team."""


def pair_chart(left: Measure, right: Measure, start: np.datetime64) -> dict[str, Any]:
    """Return the chart of a KPI of two attempts, A and B, over the same weeks."""
    unit = left.tile.unit
    both = {"left": left.rows, "right": right.rows}
    everything = np.concatenate([values for rows in both.values() for values in rows.values()])
    factor, suffix = scale(unit, everything)
    weeks = len(both["left"]["mean"])
    days = (start + 7 * np.arange(weeks)).astype("datetime64[ms]").astype(np.int64)
    ghost = rounded(both["left"]["ghost"] * factor)
    columns: dict[str, Any] = {"day": days.tolist(), "ghost": ghost}
    series: list[dict[str, Any]] = []
    for key, rows in both.items():
        columns[key] = rounded(rows["mean"] * factor)
        columns[f"{key}_low"] = rounded(rows["low"] * factor)
        columns[f"{key}_width"] = rounded((rows["high"] - rows["low"]) * factor)
        series += band_series(key, _BANDS[key])
    series += [
        line(GHOST, "ghost", GHOST_COLOUR, width=1.2, dashed=True),
        line("A", "left", PLAN_COLOUR, width=2.6, dashed=False),
        line("B", "right", OTHER_COLOUR, width=2.6, dashed=True),
    ]
    series[-3]["lineStyle"]["type"] = [1, 3]
    for one in series[-2:]:  # told apart by letter as well as by colour and dashes
        one["endLabel"] = {"show": True, "formatter": "{a}", "color": one["color"], "fontSize": 13,
                           "fontWeight": "bold", "distance": 3}  # fmt: skip
        one["labelLayout"] = {"moveOverlap": "shiftY"}
    return {
        "animation": False,
        "aria": {"enabled": False},
        "textStyle": {"fontFamily": FONT},
        "grid": {"left": 8, "right": 24, "top": 14, "bottom": 6, "containLabel": True},
        "dataset": {"source": columns},
        "xAxis": time_axis(days),
        "yAxis": value_axis(suffix, share=is_share(unit)),
        "tooltip": tooltip(),
        "series": series,
    }


def pair_words(left: Attempt, right: Attempt, measure: Measure, other: Measure) -> str:
    """Say what such a chart shows."""
    return (
        f"{measure.tile.title} week by week: A, {left.name}, ends at {measure.tile.shown}; "
        f"B, {right.name}, ends at {other.tile.shown}."
    )


def with_guess(outcome: Outcome, guess: Guess) -> dict[str, Any]:
    """Return the chart of a KPI with a guess marked where the run ends."""
    option = trajectory(outcome, guess.kpi)
    plan, ghost = outcome.series(guess.kpi)
    factor, _ = scale(guess.unit, np.concatenate([plan.ravel(), ghost.ravel()]))
    last = int(outcome.days[-1].astype("datetime64[ms]").astype(np.int64))
    option["series"].append(
        {
            "type": "scatter",
            "name": "The guess",
            "data": [[last, round(guess.value * factor, 4)]],
            "symbol": "diamond",
            "symbolSize": 15,
            "itemStyle": {"color": "#f2a900", "borderColor": INK, "borderWidth": 1.5},
            "label": {"show": True, "formatter": "guess", "position": "left", "color": INK,
                      "fontWeight": "bold", "textBorderColor": "#fff", "textBorderWidth": 3},
            "tooltip": {"show": False},
            "z": 6,
        }
    )  # fmt: skip
    return option


def guesses_chart(guesses: Sequence[Guess]) -> dict[str, Any]:
    """Return a row for every guess about one KPI: the guess, and where the model's runs lie.

    Args:
        guesses: of one unit, the first on top.
    """
    unit = guesses[0].unit
    values = np.array([[g.value, g.mean, g.low, g.high] for g in guesses])
    factor, suffix = scale(unit, values)
    value, mean, low, high = np.round(values * factor, 4).T
    band: list[Any] = []
    for row in range(len(guesses)):  # one line with gaps
        band += [[float(low[row]), row], [float(high[row]), row], ["-", "-"]]
    outside = np.array([g.side != 0 for g in guesses])

    def points(x: np.ndarray, where: np.ndarray) -> list[list[float]]:
        return [[float(x[row]), int(row)] for row in np.flatnonzero(where)]

    everyone = np.ones(len(guesses), bool)
    common = {"silent": True, "type": "scatter"}
    axis = value_axis(suffix, share=is_share(unit))[0]
    return {
        "animation": False,
        "aria": {"enabled": False},
        "textStyle": {"fontFamily": FONT},
        "grid": {"left": 8, "right": 18, "top": 6, "bottom": 4, "containLabel": True},
        "xAxis": {
            **axis,
            "boundaryGap": ["4%", "4%"],
            "axisLine": {"show": True, "lineStyle": {"color": QUIET}},
        },
        "yAxis": {
            "type": "category",
            "inverse": True,
            "data": [guess.team or "no name" for guess in guesses],
            "axisLabel": {
                "color": INK, "fontSize": 12, "interval": 0,
                "width": _WIDEST_NAME, "overflow": "truncate",
            },
            "axisTick": {"show": False},
            "splitLine": {"show": True, "lineStyle": {"color": "#eeeeee"}},
        },
        "series": [
            {
                "type": "line", "data": band, "symbol": "none", "silent": True, "z": 1,
                "lineStyle": {"width": 9, "color": "#9dbfe0", "cap": "round"},
            },
            {
                **common, "data": points(mean, everyone), "symbol": "rect", "symbolSize": [3, 15],
                "itemStyle": {"color": PLAN_COLOUR}, "z": 2,
            },
            {
                **common, "data": points(value, ~outside), "symbol": "circle", "symbolSize": 12,
                "itemStyle": {"color": "#12642b", "borderColor": "#fff", "borderWidth": 1}, "z": 3,
            },
            {
                **common, "data": points(value, outside), "symbol": "diamond", "symbolSize": 14,
                "itemStyle": {"color": OTHER_COLOUR, "borderColor": "#fff", "borderWidth": 1},
                "z": 3,
            },
        ],
    }  # fmt: skip


def guesses_height(count: int) -> int:
    """Return how many pixels such a chart needs."""
    return 40 + 24 * count


def guesses_words(guesses: Sequence[Guess]) -> str:
    """Say how the room guessed."""
    sides = [guess.side for guess in guesses]
    hit, high, low = sides.count(0), sides.count(1), sides.count(-1)
    whole = f"{len(guesses)} guess{'es' * (len(guesses) != 1)}"
    return f"{whole}: {hit} within the model's range, {high} too high, {low} too low."


def guess_words(guess: Guess) -> str:
    """Say a guess beside what the model says."""
    side = {
        0: f"within the model's range, {_apart(guess)} from its mean",
        1: f"too high by {_apart(guess)}",
        -1: f"too low by {_apart(guess)}",
    }[guess.side]
    return f"{shown(guess, guess.value)}; {side}"


def model_words(guess: Guess) -> str:
    """Say what the model said: the mean, and where 9 of 10 runs lie."""
    low, high = (number(end, guess.unit) for end in (guess.low, guess.high))
    return f"{shown(guess, guess.mean)} (9 of 10 runs: {low} to {high})"


def shown(guess: Guess, value: float) -> str:
    """Return a value in the unit of a guess."""
    return with_unit(number(value, guess.unit), guess.unit)


def _apart(guess: Guess) -> str:
    apart = number(abs(guess.value - guess.mean), guess.unit)
    return f"{apart} points" if is_share(guess.unit) else with_unit(apart, guess.unit)
