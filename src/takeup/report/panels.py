"""What all figures share: a grid of panels, one legend above, one calendar below."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import matplotlib
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.lines import Line2D

from takeup.report import calendar
from takeup.report.style import INK, QUIET, Look, date_axis
from takeup.results.info import Mark
from takeup.results.units import is_share, unit_beside

Key = TypeVar("Key")

COLUMNS = 4
PANEL = (3.35, 2.15)
"""Width and height of a panel, inches."""

DPI = 130
"""Dots per inch of PNG files."""

TITLE: dict[str, Any] = {"loc": "left", "fontsize": 9, "color": INK, "pad": 5}


def save(figure: Figure, folder: Path, stem: str) -> list[Path]:
    """Write a figure as PNG and SVG; equal figures give equal files. Returns the paths."""
    paths = [folder / f"{stem}.png", folder / f"{stem}.svg"]
    engine = figure.get_layout_engine()
    if engine is not None:  # lay out once, not once per file
        engine.execute(figure)
        figure.set_layout_engine("none")
    with matplotlib.rc_context({"svg.hashsalt": "takeup", "svg.fonttype": "none"}):
        figure.savefig(paths[0], dpi=DPI, metadata={"Software": None})
        figure.savefig(paths[1], metadata={"Date": None, "Creator": None})
    return paths


def small_multiples(
    keys: Sequence[Key | None],
    panel: Callable[[Axes, Key], str | None],
    *,
    dates: Any,
    styles: Mapping[str, Look],
    marks: Mapping[str, Sequence[Mark]],
    handles: list[Any],
    title: str,
    columns: int = COLUMNS,
) -> Figure:
    """Arrange panels in a grid with a common calendar below and one legend above.

    Args:
        keys: what every panel shows, row by row; None leaves a gap.
        panel: draws one; returns the scenario that it is about, None if it shows all.
        dates: the Monday of every week.
        styles: looks of the scenarios, in order.
        marks: what the calendar shows, by scenario.
        handles: of the legend.
        title: headline; may be empty.
        columns: most panels in a row.
    """
    columns = min(columns, max(1, len(keys)))
    rows = -(-len(keys) // columns)
    width = max(2, columns) * PANEL[0]
    strip = calendar.lay_out(marks, list(styles), len(dates), width - 0.9)
    below = [strip.height] if strip.rows else []
    head, per_row = headline_height(handles, width, title)
    figure = Figure(
        figsize=(width, head + rows * PANEL[1] + sum(below)),
        layout=ConstrainedLayoutEngine(h_pad=0.05, w_pad=0.06, hspace=0.03, wspace=0.03),
    )
    FigureCanvasAgg(figure)
    grid = figure.add_gridspec(
        1 + rows + len(below), columns, height_ratios=[head] + [PANEL[1]] * rows + below
    )
    headline(figure.add_subplot(grid[0, :]), handles, per_row, title)
    first: Axes | None = None
    for index, key in enumerate(keys):
        if key is None:
            continue
        row, column = divmod(index, columns)
        axes = figure.add_subplot(grid[1 + row, column], sharex=first)
        first = first or axes
        shown = panel(axes, key)
        for entry in strip.go_lives():
            if shown is not None and entry.scenario not in (None, shown):
                continue
            axes.axvline(
                dates[entry.mark.first],
                color=styles[entry.scenario].colour if entry.scenario else INK,
                linewidth=0.6,
                alpha=0.45,
                linestyle=(0, (2, 2)),
                zorder=0.5,
            )
        date_axis(axes)
        axes.tick_params(labelbottom=not any(keys[index + columns : index + columns + 1]))
        axes.set_xlim(dates[0], dates[-1])
    if strip.rows:
        axes = figure.add_subplot(grid[1 + rows, :])
        calendar.draw(axes, strip, styles, dates, width - 0.9)
        axes.set_xlim(dates[0], dates[-1])
        date_axis(axes)
        axes.set_title(calendar.caption(strip), **TITLE)
    return figure


def headline_height(handles: list[Any], width: float, title: str) -> tuple[float, int]:
    """Return the height of title and legend in inches, and the legend's entries in a row."""
    longest = max(len(str(handle.get_label())) for handle in handles)
    per_row = max(1, min(len(handles), int(width / (0.078 * longest + 0.65))))
    legend_rows = -(-len(handles) // per_row)
    return 0.12 + 0.2 * legend_rows + (0.3 if title else 0.0), per_row


def headline(axes: Axes, handles: list[Any], per_row: int, title: str) -> None:
    """Write the title, and below it the legend of all panels."""
    axes.axis("off")
    # A legend fills column by column; people read row by row.
    columns = [handles[column::per_row] for column in range(per_row)]
    axes.legend(
        handles=[handle for column in columns for handle in column],
        loc="lower left",
        bbox_to_anchor=(0, 0),
        ncols=per_row,
        frameon=False,
        fontsize=9,
        handlelength=3,
        borderpad=0,
        borderaxespad=0,
    )
    if title:
        axes.text(
            0, 1, title, transform=axes.transAxes, ha="left", va="top",
            fontsize=13, fontweight="bold", color=INK,
        )  # fmt: skip


def name_panel(axes: Axes, title: str, unit: str, better: int, *, above: str = "") -> None:
    """Name a panel, with its unit and which way is good; `above` stands on a line of its own."""
    word = "" if is_share(unit) else unit_beside(title, unit)
    shown = f", {word}" if word else ""
    length = len(title + shown)
    size = 9 if length <= 36 else 8  # room for the way that is better
    text = _short(title, 50 - len(shown)) + shown
    axes.set_title(f"{_short(above, 46)}\n{text}" if above else text, **TITLE | {"fontsize": size})
    if better:
        way = ("↑" if better > 0 else "↓") + (" better" if length <= 41 else "")
        axes.set_title(way, **{**TITLE, "loc": "right", "fontsize": 7, "color": QUIET})


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def lines(styles: Mapping[str, Look]) -> list[Any]:
    """Return a legend's entry for every scenario."""
    return [
        Line2D([], [], color=look.colour, linestyle=look.line, linewidth=1.8, label=name)
        for name, look in styles.items()
    ]
