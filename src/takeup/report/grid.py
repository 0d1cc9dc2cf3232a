"""Panels in a grid below a headline and a legend, where the horizontal axis is not the calendar."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine

from takeup.report.lettering import settle
from takeup.report.panels import DPI, headline, headline_height

_ASIDE = 2.5
"""What the names of inputs take beside panels, inches."""


def panels(
    names: Sequence[str],
    draw: Callable[[Axes, str], None],
    handles: list[Any],
    title: str,
    *,
    columns: int,
    size: tuple[float, float],
) -> Figure:
    """Arrange panels in a grid with the headline and one legend above.

    Args:
        names: one for every panel.
        draw: draws a panel, given its axes and name.
        handles: of the legend.
        title: headline.
        columns: panels side by side.
        size: width and height of a panel, inches.
    """
    columns = min(columns, max(1, len(names)))
    rows = -(-max(1, len(names)) // columns)
    width = max(8.0, columns * size[0])
    height, per_row = headline_height(handles, width, title, _ASIDE)
    figure = Figure(
        figsize=(width, height + rows * size[1]),
        layout=ConstrainedLayoutEngine(h_pad=0.06, w_pad=0.06, hspace=0.04, wspace=0.03),
    )
    FigureCanvasAgg(figure)
    figure.set_dpi(DPI)  # laid out as it will be drawn: long names end where they are thought to
    grid = figure.add_gridspec(1 + rows, columns, height_ratios=[height] + [size[1]] * rows)
    headline(figure.add_subplot(grid[0, :]), handles, per_row, title, width, _ASIDE)
    for index, name in enumerate(names):
        row, column = divmod(index, columns)
        draw(figure.add_subplot(grid[1 + row, column]), name)
    return settle(figure)
