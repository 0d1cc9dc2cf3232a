"""Where a plan misses its goals: table, figure and folder."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle
from rich.console import RenderableType

from takeup.analysis.discovery import Box, Discovery, Limit
from takeup.analysis.sensitivity import short_name
from takeup.output import Paragraph
from takeup.report.grid import panels
from takeup.report.lettering import fit, name_axis, ticks
from takeup.report.panels import save
from takeup.report.sensitivity import write_json
from takeup.report.style import INK, QUIET
from takeup.report.tables import plain_table
from takeup.results.folder import Claim, complete_folder

_MISS, _HIT = "#D55E00", "#9ecae1"
_TRADE_OFF = "coverage and density"


def discovery_tables(found: Discovery) -> Iterator[RenderableType]:
    """Yield the boxes as a table, and what they say."""
    if found.boxes:
        table = plain_table("Conditions under which goals are missed (all limits of a box hold)")
        table.column("box", wraps=False)
        table.column("input")
        for heading in ("from", "to", "coverage", "density", "points"):
            table.column(heading, right=True, wraps=heading == "from")
        for index, box in enumerate(found.boxes):
            for row, limit in enumerate(box.limits):
                low, high = _ends(found, limit)
                first = row == 0
                table.row(
                    str(index + 1) if first else "",
                    short_name(limit.parameter),
                    low,
                    high,
                    f"{box.coverage * 100:.0f} %" if first else "",
                    f"{box.density * 100:.0f} %" if first else "",
                    f"{box.points:,}" if first else "",
                )
        yield table
    if len(found.by_goal) > 1:
        lines = [f"  {goal}: {share * 100:.0f} %" for goal, share in found.by_goal.items()]
        yield Paragraph(["Points that miss each goal:", *lines])
    yield Paragraph(found.in_words().split("\n"))
    yield Paragraph(
        "Coverage: share of all misses that lie in the box; density: share of the box's points "
        "that miss. Patient rule induction; a limit is kept only if it is significant (5 %). "
        "Ends in brackets: as far as the design reaches.",
        style="dim",
    )


def _ends(found: Discovery, limit: Limit) -> tuple[str, str]:
    if limit.values:
        return " or ".join(limit.values), ""
    column = found.design[limit.parameter].astype(float)
    low = f"[{column.min():.3g}" if limit.low is None else f"{limit.low:.3g}"
    high = f"{column.max():.3g}]" if limit.high is None else f"{limit.high:.3g}"
    return low, high


def discovery_figure(found: Discovery, title: str = "") -> Figure:
    """Draw the points by pairs of limited inputs with the boxes, and coverage against density."""
    pairs = _pairs(found)
    names = [f"{across}\n{up}" for across, up in pairs]

    def panel(axes: Axes, name: str) -> None:
        if name == _TRADE_OFF:
            _trade_off(axes, found)
            return
        across, up = pairs[names.index(name)]
        x, y = (_positions(found.design[column]) for column in (across, up))
        for shown, colour, size, order in ((False, _HIT, 7, 1), (True, _MISS, 11, 2)):
            chosen = found.missed == shown
            axes.scatter(
                x[chosen], y[chosen], s=size, color=colour, alpha=0.75, linewidths=0, zorder=order
            )
        for index, box in enumerate(found.boxes):
            _outline(axes, found, box, (across, up), str(index + 1))
        for column, axis in ((across, axes.xaxis), (up, axes.yaxis)):
            name_axis(axis, short_name(column), 3.2 if axis is axes.xaxis else 2.5)
            words = _words(found.design[column])
            if words:
                ticks(axis, range(len(words)), [fit(w, 1.2, 7.5, lines=3)[0] for w in words])
        axes.spines[["top", "right"]].set_visible(False)
        axes.tick_params(labelsize=7.5, length=2.5, color=QUIET, labelcolor=INK)

    handles: list[Any] = [
        Line2D(
            [], [], color=_MISS, marker="o", markersize=4, linestyle="none", label=_missed(found)
        ),
        Line2D([], [], color=_HIT, marker="o", markersize=4, linestyle="none", label="reached"),
        Patch(facecolor="none", edgecolor=INK, linewidth=1.4, label="box (numbered)"),
    ]
    shown = [*names, *([_TRADE_OFF] if len(found.trade_off) else [])]
    return panels(shown, panel, handles, title, columns=min(3, len(shown)), size=(4.0, 3.3))


def _missed(found: Discovery) -> str:
    goals = " and ".join(map(str, found.goals))
    return f"missed: {goals}" if len(goals) <= 40 else f"missed: one of {len(found.goals)} goals"


def _pairs(found: Discovery) -> list[tuple[str, str]]:
    """Return which inputs to set against each other: those of a box, in the order of certainty."""
    pairs: list[tuple[str, str]] = []
    for box in found.boxes[:2]:
        inputs = [limit.parameter for limit in box.limits][:4]
        others = [str(name) for name in found.design.columns if name not in inputs]
        if len(inputs) == 1:
            inputs += others[:1]
        pairs += [pair for pair in pairwise(inputs) if pair not in pairs]
    return pairs


def _words(column: pd.Series) -> list[str]:
    """Return the values of an input that is not a number; none of one that is."""
    kinds = pd.api.types
    if kinds.is_numeric_dtype(column) and not kinds.is_bool_dtype(column):
        return []
    return sorted(column.astype(str).unique())


def _positions(column: pd.Series) -> Any:
    """Return where values lie on an axis: words side by side, spread a little to be seen."""
    words = _words(column)
    if not words:
        return column.to_numpy(dtype=np.float64)
    spread = (np.arange(len(column)) * 0.618034) % 1 - 0.5
    return column.astype(str).map(words.index).to_numpy(dtype=np.float64) + 0.6 * spread


def _outline(axes: Axes, found: Discovery, box: Box, pair: tuple[str, str], label: str) -> None:
    """Draw a box where it limits one of the two inputs."""
    limits = {limit.parameter: limit for limit in box.limits}
    if not set(pair) & set(limits):
        return
    ends: list[tuple[float, float]] = []
    for name in pair:
        places = _positions(found.design[name])
        low, high = float(places.min()), float(places.max())
        margin = 0.02 * (high - low)
        limit = limits.get(name)
        if limit is not None and limit.values:
            words = _words(found.design[name])
            inside = [words.index(value) for value in limit.values]
            low, high, margin = min(inside) - 0.42, max(inside) + 0.42, 0.0
        ends.append(
            (
                low - margin if limit is None or limit.low is None else limit.low,
                high + margin if limit is None or limit.high is None else limit.high,
            )
        )
    (left, right), (bottom, top) = ends
    axes.add_patch(
        Rectangle((left, bottom), right - left, top - bottom, fill=False, edgecolor=INK,
                  linewidth=1.5, zorder=4)
    )  # fmt: skip
    axes.annotate(
        label, (left, top), (4, -4), textcoords="offset points", ha="left", va="top", fontsize=9,
        fontweight="bold", color=INK, zorder=5,
        bbox={"boxstyle": "round,pad=0.15", "facecolor": "white", "edgecolor": "none"},
    )  # fmt: skip


def _trade_off(axes: Axes, found: Discovery) -> None:
    """Draw the way to the first box: fewer misses covered, more densely."""
    steps = found.trade_off.sort_values("coverage", ascending=False)
    axes.axhline(found.wanted, color=QUIET, linewidth=0.8, linestyle=(0, (3, 2)))
    axes.plot(steps["coverage"], steps["density"], "o-", color=_HIT, markersize=3, linewidth=1)
    chosen = steps[steps["chosen"]]
    axes.plot(chosen["coverage"], chosen["density"], "o", color=INK, markersize=6)
    axes.set_xlim(0, 1.04)
    axes.set_ylim(0, 1.04)
    axes.set_xlabel("coverage: share of all misses in the box", fontsize=8, color=INK)
    axes.set_ylabel("density: share of the box that misses", fontsize=8, color=INK)
    axes.set_title("the way to box 1 (black), and what was asked for (dashed)", loc="left",
                   fontsize=8, color=INK)  # fmt: skip
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(labelsize=7.5, length=2.5, color=QUIET, labelcolor=INK)


def write_discovery(
    found: Discovery, folder: Path | Claim, *, title: str, about: Mapping[str, Any]
) -> list[str]:
    """Write boxes, sentences and the figure into a folder, complete or not at all.

    What an earlier call wrote there is replaced.

    Args:
        found: the analysis.
        folder: destination, claimed already or claimed here.
        title: headline of the figure.
        about: what the manifest says of the analysis: sweep, scenario, goals, command.

    Returns:
        The names of the files in it.

    Raises:
        OutputError: the destination holds something else, or cannot be written.
    """
    rows = [
        {
            "box": number + 1,
            "parameter": limit.parameter,
            "low": limit.low,
            "high": limit.high,
            "values": list(limit.values),
            "chance": limit.chance,
            "coverage": box.coverage,
            "density": box.density,
            "mass": box.mass,
            "points": box.points,
        }
        for number, box in enumerate(found.boxes)
        for limit in box.limits
    ]
    columns = ("box", "parameter", "low", "high", "values", "chance", "coverage", "density", "mass",
               "points")  # fmt: skip
    with complete_folder(folder, force=True) as fresh:
        pd.DataFrame(rows, columns=list(columns)).to_parquet(fresh / "boxes.parquet", index=False)
        if found.boxes:
            save(discovery_figure(found, title), fresh, "discovery")
        write_json(
            fresh / "summary.json",
            {
                "goals": [str(goal) for goal in found.goals],
                "share missed": found.share,
                "share missed by goal": found.by_goal,
                "findings": [found.in_words()],
            },
        )
        write_json(fresh / "manifest.json", about)
        return sorted(file.name for file in fresh.iterdir())
