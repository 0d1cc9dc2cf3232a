"""What all figures share: a grid of panels, one legend above, one calendar below."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import matplotlib
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.lines import Line2D
from rich.cells import cell_len

from takeup.report import calendar
from takeup.report.lettering import fit, settle
from takeup.report.style import INK, QUIET, Look, date_axis
from takeup.results.info import Mark
from takeup.results.units import is_share, unit_beside

Key = TypeVar("Key")

COLUMNS = 4
PANEL = (3.35, 2.15)
"""Width and height of a panel, inches."""

DPI = 130
"""Dots per inch of PNG files."""

_LINE = 0.15
"""Height of a line of a panel's title, inches."""

TITLE: dict[str, Any] = {"loc": "left", "fontsize": 9, "color": INK, "pad": 5, "y": 1.0}
"""How a panel is named; its height is stated, for finding it takes a sixth of the drawing."""


def save(figure: Figure, folder: Path, stem: str) -> list[Path]:
    """Write a figure as PNG and SVG; equal figures give equal files. Returns the paths."""
    paths = [folder / f"{stem}.png", folder / f"{stem}.svg"]
    engine = figure.get_layout_engine()
    if engine is not None:  # lay out once, not once per file
        engine.execute(figure)
        figure.set_layout_engine("none")
    # Not `savefig`: a figure that once had a layout is drawn twice by it.
    with matplotlib.rc_context({"svg.hashsalt": "takeup", "svg.fonttype": "none"}):
        figure.set_dpi(DPI)
        FigureCanvasAgg(figure).print_png(  # type: ignore[no-untyped-call]
            paths[0], metadata={"Software": None}
        )
        figure.set_dpi(matplotlib.rcParams["figure.dpi"])
        FigureCanvasSVG(figure).print_svg(  # type: ignore[no-untyped-call]
            paths[1], metadata={"Date": None, "Creator": None}
        )
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
    headline(figure.add_subplot(grid[0, :]), handles, per_row, title, width)
    first: Axes | None = None
    more = [0] * rows  # lines of titles, beyond the two that there is room for
    for index, key in enumerate(keys):
        if key is None:
            continue
        row, column = divmod(index, columns)
        axes = figure.add_subplot(grid[1 + row, column], sharex=first)
        first = first or axes
        shown = panel(axes, key)
        more[row] = max(more[row], axes.get_title("left").count("\n") - 1)
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
        date_axis(axes, dates)
        axes.tick_params(labelbottom=not any(keys[index + columns : index + columns + 1]))
    if strip.rows:
        axes = figure.add_subplot(grid[1 + rows, :])
        calendar.draw(axes, strip, styles, dates, width - 0.9)
        date_axis(axes, dates)
        axes.set_title(calendar.caption(strip), **TITLE)
    for axes in figure.axes:
        _rest_labels(axes)
    if any(more):
        figure.set_figheight(figure.get_figheight() + _LINE * sum(more))
    return settle(figure)


def _rest_labels(axes: Axes) -> None:
    """Put the labels of axes without a name anywhere: a place free of ticks is long looked for."""
    for axis in (axes.xaxis, axes.yaxis):
        if not axis.get_label_text():
            axis.set_label_coords(0.5, 0.5)


_ASIDE = 0.9
"""What stands left and right of panels: labels of axes, inches."""


def headline_height(
    handles: list[Any], width: float, title: str, aside: float = _ASIDE
) -> tuple[float, int]:
    """Return the height of title and legend in inches, and the legend's entries in a row."""
    labels = [_label(handle, width) for handle in handles]
    longest = max(cell_len(line) for label, _ in labels for line in label.split("\n"))
    per_row = max(1, min(len(handles), int(width / (0.078 * longest + 0.65))))
    rows = [
        max(label.count("\n") + 1 for label, _ in labels[first : first + per_row])
        for first in range(0, len(labels), per_row)
    ]
    above = 0.3 * (_title(title, width - aside)[0].count("\n") + 1) if title else 0.0
    return 0.12 + 0.2 * sum(rows) + above, per_row


def _label(handle: Any, width: float) -> tuple[str, float]:
    """Return the label of a legend's entry in lines, and the size of its letters."""
    return fit(str(handle.get_label()), width - 1.5, 9, lines=3)


def _title(title: str, room: float) -> tuple[str, float]:
    return fit(title, room, 13, lines=3, bold=True)


def headline(
    axes: Axes, handles: list[Any], per_row: int, title: str, width: float, aside: float = _ASIDE
) -> None:
    """Write the title, and below it the legend of all panels, into a figure of a width, inches."""
    axes.axis("off")
    # A legend fills column by column; people read row by row.
    columns = [handles[column::per_row] for column in range(per_row)]
    entries = [handle for column in columns for handle in column]
    legend = axes.legend(
        entries,
        ["-"] * len(entries),  # a name that begins with _ would hide its entry
        loc="lower left",
        bbox_to_anchor=(0, 0),
        ncols=per_row,
        frameon=False,
        fontsize=9,
        handlelength=3,
        borderpad=0,
        borderaxespad=0,
    )
    for text, handle in zip(legend.get_texts(), entries, strict=True):
        label, size = _label(handle, width)
        text.set(text=label, fontsize=size)
    if title:
        words, size = _title(title, width - aside)
        axes.text(
            0, 1, words, transform=axes.transAxes, ha="left", va="top",
            fontsize=size, fontweight="bold", color=INK,
        )  # fmt: skip


def name_panel(axes: Axes, title: str, unit: str, better: int, *, above: str = "") -> None:
    """Name a panel, with its unit and which way is good; `above` stands on lines of its own."""
    word = "" if is_share(unit) else unit_beside(title, unit)
    text = title + (f", {word}" if word else "")
    length = cell_len(text)
    size = 9.0 if length <= 36 else 8.0  # room for the way that is better
    if length > 50:
        text, size = fit(text, PANEL[0] - 0.55, size, lines=3)
    if above:
        name, small = fit(above, PANEL[0] - 0.45, size, lines=3)
        text, size = f"{name}\n{text}", min(size, small)
    axes.set_title(text, **TITLE | {"fontsize": size})
    if better:
        way = ("↑" if better > 0 else "↓") + (" better" if length <= 41 else "")
        axes.set_title(way, **{**TITLE, "loc": "right", "fontsize": 7, "color": QUIET})


def lines(styles: Mapping[str, Look]) -> list[Any]:
    """Return a legend's entry for every scenario."""
    return [
        Line2D([], [], color=look.colour, linestyle=look.line, linewidth=1.8, label=name)
        for name, look in styles.items()
    ]
