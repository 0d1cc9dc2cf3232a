"""Pictures of the Explain page as ECharts options: bars that add up to everyone.

Where residents or staff stand is told by colour, pattern and place, and in numbers. An option is
plain data that the browser draws.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from takeup.view.explain.explained import Explained, FloatArray
from takeup.view.explain.residents import ABLE, AWARE, OFFERED, STEPS, USING, WILLING
from takeup.view.explain.staff import STANDINGS
from takeup.view.explain.words import STANDING_TITLES, STOPS
from takeup.view.say.charts import (
    GHOST,
    INK,
    PLAN,
    QUIET,
)

_PHONE = 520
"""Width of a chart in pixels below which it is laid out for a phone."""

_ROOM = 0.075
"""Share of a bar in which a number can be read."""


class Part(NamedTuple):
    """A part of a bar: its name, its colours, and whether a pattern lies over it."""

    name: str
    colour: str
    ink: str
    pattern: dict[str, Any] | None


def _lines(rotation: float, gap: int, colour: str) -> dict[str, Any]:
    return {
        "symbol": "rect",
        "dashArrayX": [1, 0],
        "dashArrayY": [2, gap],
        "rotation": rotation,
        "color": colour,
    }


def _dots(colour: str) -> dict[str, Any]:
    return {"symbol": "circle", "symbolSize": 0.5, "dashArrayX": [[6, 6], [0, 6, 6, 0]],
            "dashArrayY": [6, 0], "color": colour}  # fmt: skip


_DARK, _PALE = "rgba(0, 0, 0, 0.16)", "rgba(255, 255, 255, 0.28)"
_LEFT, _RIGHT = -0.78, 0.78

_STOPS = {
    USING: ("#0b4f8a", "#ffffff", None),
    WILLING: ("#8fc1ea", INK, _lines(_RIGHT, 7, _PALE)),
    ABLE: ("#f3d57a", INK, _dots(_DARK)),
    AWARE: ("#e8975a", INK, _lines(_LEFT, 6, _DARK)),
    OFFERED: ("#9b3a1d", "#ffffff", _lines(0, 6, _PALE)),
    0: ("#e2e2e2", INK, _lines(1.57, 8, _DARK)),
}
RESIDENT_PARTS = tuple(Part(STOPS[step], *look) for step, look in _STOPS.items())
"""Where residents stop, best first."""

_STANDINGS = {
    "firm": ("#0b4f8a", "#ffffff", None),
    "slipping": ("#8fc1ea", INK, _lines(_RIGHT, 7, _PALE)),
    "ready": ("#e2e2e2", INK, _lines(1.57, 8, _DARK)),
    "ability": ("#f3d57a", INK, _dots(_DARK)),
    "knowledge": ("#e8975a", INK, _lines(_LEFT, 6, _DARK)),
    "desire": ("#9b3a1d", "#ffffff", _lines(0, 6, _PALE)),
    "awareness": ("#4a3a55", "#ffffff", _dots(_PALE)),
}
STAFF_PARTS = tuple(Part(STANDING_TITLES[name], *look) for name, look in _STANDINGS.items())
"""Where staff stand, best first."""


def stops(shares: FloatArray) -> FloatArray:
    """Return where residents stop as shares of those in need, in the order of RESIDENT_PARTS.

    Args:
        shares: who takes each step, (groups, STEPS).
    """
    parts = shares.copy()
    parts[:, :-1] -= shares[:, 1:]
    backward: FloatArray = parts[:, ::-1].copy()
    # Before USING come WILLING, ABLE, AWARE, OFFERED and those not offered anything.
    assert backward.shape[1] == len(STEPS) == len(RESIDENT_PARTS)
    return backward


def stands(standings: FloatArray) -> FloatArray:
    """Return where staff stand, (departments, STAFF_PARTS): as `Explained.standings`, reordered."""
    order = [STANDINGS.index(name) for name in _STANDINGS]
    chosen: FloatArray = np.take(standings, order, axis=1)
    return chosen


def residents_chart(
    plan: Explained, ghost: Explained, week: int, rows: Sequence[tuple[str, str]]
) -> dict[str, Any]:
    """Return bars of where the residents of some groups stop.

    Args:
        plan: of the setting.
        ghost: of its baseline.
        week: weeks of the run that are done.
        rows: groups and what the chart calls them.
    """
    at = [plan.groups.index(group) for group, _ in rows]
    return _stacked(
        [title for _, title in rows],
        RESIDENT_PARTS,
        stops(plan.shares(week)[at]),
        stops(ghost.shares(week)[at]),
    )


def staff_chart(
    plan: Explained, ghost: Explained, week: int, titles: Mapping[str, str]
) -> dict[str, Any]:
    """Return bars of where the staff of every department stand.

    Args:
        plan: of the setting.
        ghost: of its baseline.
        week: weeks of the run that are done.
        titles: names of the departments.
    """
    return _stacked(
        [titles[key] for key in plan.departments],
        STAFF_PARTS,
        stands(plan.standings(week)),
        stands(ghost.standings(week)),
    )


def stacked_height(rows: int) -> int:
    """Return the height in pixels of a chart of so many pairs of bars, its legend included."""
    return 84 + 44 * rows


def _stacked(
    titles: Sequence[str], parts: Sequence[Part], plan: FloatArray, ghost: FloatArray
) -> dict[str, Any]:
    """Return two bars a row, each adding up to everyone: thick the plan, thin the baseline."""
    series = []
    for stack, shares, width in ((PLAN, plan, 20), (GHOST, ghost, 9)):
        for column, part in enumerate(parts):
            data = [
                _cell(titles[row], stack, part, float(shares[row, column]), width > 10)
                for row in range(len(titles))
            ]
            series.append(
                {
                    "type": "bar",
                    "name": part.name,
                    "stack": stack,
                    "barWidth": width,
                    "barGap": "12%",
                    "data": data,
                    "itemStyle": {
                        "color": part.colour,
                        "borderColor": "#ffffff",
                        "borderWidth": 0.5,
                        "decal": part.pattern or {"symbol": "none"},
                    },
                    "emphasis": {"disabled": True},
                }
            )
    return {
        "baseOption": {
            "animation": False,
            "aria": {"enabled": True, "label": {"enabled": False}, "decal": {"show": True}},
            "legend": {
                "data": [part.name for part in parts],
                "selectedMode": False,
                "top": 0,
                "left": 0,
                "itemWidth": 22,
                "itemHeight": 13,
                "itemGap": 12,
                "textStyle": {"color": INK, "fontSize": 12},
            },
            "grid": {"left": 4, "right": 22, "top": 50, "bottom": 4, "containLabel": True},
            "xAxis": {
                "type": "value",
                "max": 100,
                "interval": 25,
                "axisLabel": {"formatter": "{value} %", "color": INK, "fontSize": 11},
                "splitLine": {"lineStyle": {"color": "#e4e4e4"}},
            },
            "yAxis": {
                "type": "category",
                "inverse": True,
                "data": list(titles),
                "axisLabel": {
                    "color": INK, "fontSize": 12, "lineHeight": 14, "width": 170,
                    "overflow": "break", "interval": 0,
                },
                "axisTick": {"show": False},
                "axisLine": {"lineStyle": {"color": QUIET}},
            },
            "tooltip": {
                "trigger": "item", "formatter": "{b}", "confine": True, "textStyle": {"color": INK},
            },
            "series": series,
        },
        "media": [
            {"option": {"grid": {"top": 50}}},
            {
                "query": {"maxWidth": _PHONE},
                "option": {
                    "grid": {"top": 122, "right": 16},
                    "legend": {"itemGap": 6, "textStyle": {"fontSize": 11}},
                    "yAxis": {"axisLabel": {"width": 84, "fontSize": 11, "lineHeight": 13}},
                    "xAxis": {"interval": 50},
                },
            },
        ],
    }  # fmt: skip


def _cell(title: str, stack: str, part: Part, share: float, labelled: bool) -> dict[str, Any]:
    if share != share:  # nobody to speak of
        return {"value": None}
    percent = f"{100 * share:.0f}"
    cell: dict[str, Any] = {
        "value": round(100 * share, 1),
        "name": f"{title}, {stack.lower()}\n{part.name}: {percent} %",
    }
    if labelled and share >= _ROOM:
        cell["label"] = {
            "show": True, "formatter": percent, "color": part.ink, "fontSize": 11,
            "fontWeight": "bold",
        }  # fmt: skip
    return cell
