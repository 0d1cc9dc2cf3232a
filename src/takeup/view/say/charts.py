"""Charts as ECharts options: the plan's mean and band, the baseline as a ghost, marks and goals.

An option is plain data that the browser draws; values are rounded, so that a redraw is a few
kilobytes. What a chart shows is also said in words, for those who do not see it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt

from takeup.results.info import Mark
from takeup.results.levels import HORIZON_WEEKS, mean_without_nan
from takeup.results.summary import ENDS, quantiles_without_nan
from takeup.results.units import is_share, number, unit_word
from takeup.view.answers.outcome import (
    NET_SAVINGS,
    SIGNS,
    Outcome,
    at_the_end,
    better,
    with_unit,
)

FloatArray = npt.NDArray[np.float64]

PLAN, GHOST = "Your plan", "No programme"
"""What charts call the two."""

PLAN_COLOUR, GHOST_COLOUR, INK, QUIET = "#0b5cad", "#555555", "#222222", "#6b6b6b"
_BAND = "rgba(11, 92, 173, 0.20)"
_GHOST_BAND = "rgba(85, 85, 85, 0.10)"

_DIGITS = 4
"""Significant digits of what is sent."""

FONT = "system-ui, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif"


def trajectory(
    outcome: Outcome,
    kpi: str,
    group: str = "all",
    names: Mapping[str, str] = MappingProxyType({}),
) -> dict[str, Any]:
    """Return the chart of a KPI over time.

    Args:
        outcome: of an answer.
        kpi: name of a KPI, or `NET_SAVINGS`.
        group: whose.
        names: what people call the interventions, by id.
    """
    plan, ghost = outcome.series(kpi, group)
    factor, suffix = scale(outcome.unit(kpi), np.concatenate([plan.ravel(), ghost.ravel()]))
    days = outcome.days.astype("datetime64[ms]").astype(np.int64)
    columns: dict[str, Any] = {"day": days.tolist()}
    series: list[dict[str, Any]] = []
    for key, values, colour in (("ghost", ghost, _GHOST_BAND), ("plan", plan, _BAND)):
        band = _band(values * factor) if len(values) > 1 and values.any() else None
        if band is not None:
            low, high = band
            columns[f"{key}_low"] = rounded(low)
            columns[f"{key}_width"] = rounded(high - low)
            series += band_series(key, colour)
        columns[key] = rounded(mean_without_nan(values, 0) * factor)
    series += [
        line(GHOST, "ghost", GHOST_COLOUR, width=1.6, dashed=True),
        line(PLAN, "plan", PLAN_COLOUR, width=2.6, dashed=False),
    ]
    series[-1]["markLine"] = _go_lives(outcome.marks, days)
    series.append(_starts(outcome.marks, days, names))
    series += _goals(outcome, kpi, group, days, factor)
    return {
        "animation": False,
        "aria": {"enabled": False},  # `describe` says it better
        "textStyle": {"fontFamily": FONT},
        "grid": {"left": 8, "right": 14, "top": 24, "bottom": 6, "containLabel": True},
        "dataset": {"source": columns},
        "xAxis": time_axis(days),
        "yAxis": value_axis(suffix, share=is_share(outcome.unit(kpi))),
        "tooltip": tooltip(),
        "series": series,
    }


def heading(outcome: Outcome, kpi: str, group: str = "all") -> tuple[str, str]:
    """Return what stands above a chart: its title, and its unit with the way that is better."""
    unit = outcome.unit(kpi)
    word = "" if is_share(unit) else SIGNS.get(unit, unit_word(unit))
    way = {1: "higher is better", -1: "lower is better"}.get(better(kpi), "")
    return outcome.title(kpi, group), ", ".join(part for part in (word, way) if part)


def describe(outcome: Outcome, kpi: str, group: str = "all") -> str:
    """Say what a chart shows: where both lines begin and end, and how sure that is."""
    plan, ghost = outcome.series(kpi, group)
    unit = outcome.unit(kpi)

    def at(values: FloatArray, weeks: slice) -> str:
        mean = mean_without_nan(mean_without_nan(values[:, weeks], 1), 0)
        return with_unit(number(float(mean), unit), unit)

    start, end = slice(0, HORIZON_WEEKS), slice(-HORIZON_WEEKS, None)
    if kpi == NET_SAVINGS:  # a sum, of which the last week is what counts
        start, end = slice(0, 1), slice(-1, None)
    runs = outcome.answer.done
    text = (
        f"{outcome.title(kpi, group)} week by week, mean of {runs} run{'s' * (runs != 1)}: "
        f"with your plan from {at(plan, start)} to {at(plan, end)}; "
        f"with no programme from {at(ghost, start)} to {at(ghost, end)}."
    )
    if runs > 1:
        low, high = quantiles_without_nan(at_the_end(kpi, plan), ENDS).tolist()
        text += (
            f" At the end 9 of 10 runs of your plan lie between "
            f"{with_unit(number(low, unit), unit)} and {with_unit(number(high, unit), unit)}."
        )
    return text


def scale(unit: str, values: FloatArray) -> tuple[float, str]:
    """Return the factor that makes values short, and what stands behind them on the axis."""
    if is_share(unit):
        return 100.0, " %"
    largest = float(np.nanmax(np.abs(values), initial=0.0, where=np.isfinite(values)))
    if largest >= 1e6:
        return 1e-6, "M"
    return (1e-3, "k") if largest >= 1e4 else (1.0, "")


# ---------------------------------------------------------------- what a chart is made of


def _band(values: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the ends between which 9 of 10 runs lie, each (weeks,)."""
    low, high = quantiles_without_nan(values, ENDS)
    return low, high


def rounded(values: FloatArray) -> list[float | None]:
    """Return values with a few significant digits of the largest; None where nothing is."""
    known = values[np.isfinite(values)]
    largest = float(np.abs(known).max(initial=0.0))
    digits = _DIGITS - 1 - int(np.floor(np.log10(largest))) if largest > 0 else 0
    short = np.round(values, max(digits, 0)).tolist()
    return [value if value == value else None for value in short]


def band_series(key: str, colour: str) -> list[dict[str, Any]]:
    """Return an unseen line at the lower end and, stacked on it, the band."""
    common: dict[str, Any] = {
        "type": "line",
        "stack": f"{key}_band",
        "stackStrategy": "all",
        "symbol": "none",
        "silent": True,
        "lineStyle": {"opacity": 0},
        "tooltip": {"show": False},
    }
    return [
        {**common, "encode": {"x": "day", "y": f"{key}_low"}},
        {
            **common,
            "encode": {"x": "day", "y": f"{key}_width"},
            "areaStyle": {"color": colour, "opacity": 1},
        },
    ]


def line(name: str, key: str, colour: str, *, width: float, dashed: bool) -> dict[str, Any]:
    """Return a line through a column of the chart's data."""
    return {
        "type": "line",
        "name": name,
        "encode": {"x": "day", "y": key},
        "symbol": "none",
        "color": colour,
        "lineStyle": {"width": width, "type": [5, 4] if dashed else "solid"},
        "emphasis": {"disabled": True},
    }


def _go_lives(marks: Sequence[Mark], days: npt.NDArray[np.int64]) -> dict[str, Any]:
    """Return upright lines where services go online, with the name of the service in a tooltip."""
    lines = [
        {
            "xAxis": int(days[mark.first]),
            "name": f"Goes online: {mark.name}",
        }
        for mark in marks
        if mark.kind == "go-live" and 0 <= mark.first < len(days)
    ]
    return {
        "data": lines,
        "symbol": ["none", "none"],
        "label": {"show": True, "formatter": "◆", "color": INK, "fontSize": 9, "distance": 2},
        "lineStyle": {"color": QUIET, "type": [2, 3], "width": 1},
        "tooltip": {"trigger": "item", "formatter": "{b}"},
        "animation": False,
    }


def _starts(
    marks: Sequence[Mark], days: npt.NDArray[np.int64], names: Mapping[str, str]
) -> dict[str, Any]:
    """Return triangles on the axis where interventions start and shocks strike."""
    points: dict[tuple[int, str], list[str]] = {}
    for mark in marks:
        if mark.kind != "go-live" and 0 <= mark.first < len(days):
            points.setdefault((mark.first, mark.kind), []).append(names.get(mark.name, mark.name))
    data = [
        {
            "name": ("Happens: " if kind == "shock" else "Starts: ") + ", ".join(what),
            "value": [int(days[week]), 0],
            "symbol": "diamond" if kind == "shock" else "triangle",
            "itemStyle": {"color": "#a33b00" if kind == "shock" else INK},
        }
        for (week, kind), what in sorted(points.items())
    ]
    return {
        "type": "scatter",
        "data": data,
        "yAxisIndex": 1,
        "symbolSize": 7,
        "tooltip": {"trigger": "item", "formatter": "{b}"},
        "z": 4,
    }


def _goals(
    outcome: Outcome, kpi: str, group: str, days: npt.NDArray[np.int64], factor: float
) -> list[dict[str, Any]]:
    """Return a line at the target of every goal for the KPI, up to its date."""
    found = []
    for verdict in outcome.verdicts:
        goal = verdict.goal
        if (goal.kpi, goal.group) != (kpi, group):
            continue
        due = int(days[min(max(goal.due, 0), len(days) - 1)])
        target = round(goal.target * factor, 6)
        found.append(
            {
                "type": "line",
                "name": "Goal",
                "data": [[int(days[0]), target], [due, target]],
                "symbol": ["none", "triangle"],
                "showSymbol": False,
                "color": "#8a4b00",
                "lineStyle": {"width": 1.5, "type": [1, 3]},
                "markPoint": {
                    "symbol": "pin" if goal.sign > 0 else "arrow",
                    "symbolSize": 16,
                    "data": [{"coord": [due, target], "name": f"Goal: {verdict.words()}"}],
                    "label": {"show": False},
                    "tooltip": {"trigger": "item", "formatter": "{b}"},
                },
                "tooltip": {"show": False},
                "z": 3,
            }
        )
    return found


def time_axis(days: npt.NDArray[np.int64]) -> dict[str, Any]:
    """Return the axis of the weeks, from their Mondays in milliseconds."""
    first, last = (datetime.fromtimestamp(int(day) / 1000, tz=UTC) for day in (days[0], days[-1]))
    years = (last - first).days / 365.25
    return {
        "type": "time",
        "min": int(days[0]),
        "max": int(days[-1]),
        "minInterval": 86_400_000 * (300 if years > 2 else 85),
        "axisLabel": {
            "formatter": {"year": "{yyyy}", "month": "{MMM} {yyyy}", "day": "{d} {MMM}"},
            "color": INK,
            "fontSize": 11,
            "hideOverlap": True,
        },
        "axisLine": {"onZero": False, "lineStyle": {"color": QUIET}},
        "axisTick": {"show": True},
        "splitLine": {"show": False},
    }


def value_axis(suffix: str, *, share: bool) -> list[dict[str, Any]]:
    """Return the axis of the values, and an unseen one on which the starts stand."""
    shown = {
        "type": "value",
        "scale": True,
        "splitNumber": 4,
        "axisLabel": {"formatter": f"{{value}}{suffix}", "color": INK, "fontSize": 11},
        "splitLine": {"lineStyle": {"color": "#e4e4e4"}},
    }
    if share:
        shown["minInterval"] = 1
    return [shown, {"type": "value", "min": 0, "max": 1, "show": False}]


def tooltip() -> dict[str, Any]:
    """Return what shows the values of the week that is pointed at."""
    return {
        "trigger": "axis",
        "confine": True,
        "axisPointer": {"type": "line", "lineStyle": {"color": QUIET}},
        "textStyle": {"fontSize": 12, "color": INK},
    }
