"""Where staff stand on the way of ADKAR: what blocks them, and how far every element has come."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from takeup.analysis.calendar import calendar_of
from takeup.report.panels import COLUMNS, name_panel, small_multiples
from takeup.report.style import INK, line_styles, set_axes
from takeup.results.levels import mean_without_nan

ELEMENTS = {
    "awareness": "#46327e",
    "desire": "#3b6aa0",
    "knowledge": "#1f968b",
    "ability": "#55b755",
    "reinforcement": "#c9d62f",
}
"""Elements of ADKAR in their order, each with its colour."""

_NOTHING = "#ececec"


class _Panel(NamedTuple):
    """What a panel shows."""

    what: str
    scenario: str


def staff_figure(
    dataset: xr.Dataset, title: str = "", *, baseline: str | None = None, group: str = "all"
) -> Figure:
    """Draw for every scenario what blocks staff over time, and the mean levels of ADKAR.

    Areas add up to all staff: by the first weak element of each (the barrier point), and those whom
    nothing blocks. Lines are the mean level of every element, and the share who adopted. All are
    means over replicates.

    Args:
        dataset: results of one or more scenarios.
        title: headline.
        baseline: the scenario whose go-lives are grey.
        group: `all` or a department (`department:ID`).
    """
    names = [str(name) for name in dataset["scenario"].values]
    dates = dataset["date"].values
    part = dataset.sel(group=group)
    several = len(names) > 1

    def mean(kpi: str, scenario: str) -> Any:
        return mean_without_nan(part[kpi].values[names.index(scenario)], 0)

    def panel(axes: Axes, shown: _Panel) -> str:
        if shown.what == "barrier":
            blocked = [mean(f"blocked_at_{element}", shown.scenario) for element in ELEMENTS]
            free = 1.0 - np.sum(blocked, axis=0)
            colours = [*ELEMENTS.values(), _NOTHING]
            axes.stackplot(
                dates, *blocked, free, colors=colours, edgecolor="white", linewidth=0.5, zorder=0.3
            )  # below the lines of go-lives
            what = "What blocks staff first"
        else:
            for element, colour in ELEMENTS.items():
                axes.plot(
                    dates, mean(f"staff_{element}", shown.scenario), color=colour, linewidth=1.5
                )
            adopted = mean("staff_adoption", shown.scenario)
            axes.plot(dates, adopted, color=INK, linewidth=1.5, linestyle=(0, (4, 1.5)))
            what = "Mean levels, and staff who adopted"
        name_panel(axes, what, "share", 0, above=shown.scenario if several else "")
        axes.set_ylim(0, 1)
        set_axes(axes, unit="share")
        if shown.what == "barrier":
            axes.grid(visible=False)  # lines across the areas would look like more of them
        return shown.scenario

    handles: list[Any] = [
        Patch(facecolor=colour, label=element) for element, colour in ELEMENTS.items()
    ]
    handles.append(Patch(facecolor=_NOTHING, edgecolor="#bbbbbb", label="nothing"))
    handles.append(Line2D([], [], color=INK, linestyle=(0, (4, 1.5)), label="adopted"))
    return small_multiples(
        _arranged(names),
        panel,
        dates=dates,
        styles=line_styles(names, baseline),
        marks=calendar_of(dataset),
        handles=handles,
        title=title,
        columns=2 if len(names) == 1 else min(len(names), COLUMNS),
    )


def _arranged(names: list[str]) -> list[_Panel | None]:
    """Return the panels row by row: a scenario's two below each other, a single one's in a row."""
    columns = min(len(names), COLUMNS)
    panels: list[_Panel | None] = []
    for first in range(0, len(names), columns):
        block = names[first : first + columns]
        gaps = [None] * (columns - len(block))
        for what in ("barrier", "levels"):
            panels += [*(_Panel(what, name) for name in block), *gaps]
    return panels
