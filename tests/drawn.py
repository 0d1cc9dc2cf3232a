"""Results that are known by hand, and what figures and tables made of them: numbers, read back."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
import numpy.typing as npt
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.dates import date2num
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from synthetic import made_up_info
from takeup.output import to_text
from takeup.results.dataset import blank
from takeup.results.info import GoalInfo, Mark

Numbers = npt.NDArray[np.float64]

RUNS = np.arange(21.0)[:, None] ** 2
"""Of 21 runs these lie, by rank: 5 % at 1, 25 % at 25, the median at 100, 75 % at 225 and 95 % at
361. The mean is 410 / 3: no two of them are alike."""

MEAN = 410 / 3

T3 = 2.919986
"""Student's t of three runs (two degrees of freedom) for an interval of 90 %."""


def dataset_of(
    values: Mapping[str, Mapping[str, npt.ArrayLike]],
    *,
    goals: Mapping[str, Sequence[GoalInfo]] | None = None,
    marks: Mapping[str, Sequence[Mark]] | None = None,
    group: str = "all",
) -> xr.Dataset:
    """Return results that hold nothing but what is given.

    Args:
        values: by scenario and KPI the values of a group, (replicates, weeks).
        goals: by scenario; left out: none.
        marks: by scenario; left out: none.
        group: whose values they are.
    """
    first = np.asarray(next(iter(next(iter(values.values())).values())))
    replicates, weeks = first.shape
    dataset = blank([made_up_info(name, weeks, marks=(), goals=()) for name in values], replicates)
    for name, kpis in values.items():
        for kpi, runs in kpis.items():
            dataset[kpi].loc[{"scenario": name, "group": group}] = runs
    for what, given in (("goals", goals), ("marks", marks)):
        dataset.attrs[what] = json.dumps(
            {name: [asdict(one) for one in some] for name, some in (given or {}).items()}
        )
    return dataset


# ---------------------------------------------------------------- figures


def panel(figure: Figure, title: str) -> Axes:
    """Return the panel of exactly this title."""
    (found,) = (axes for axes in figure.axes if axes.get_title("left") == title)
    return found


def legend(figure: Figure) -> dict[str, str]:
    """Return the entries of the legend above all panels, each with its colour."""
    drawn = figure.axes[0].get_legend()
    return {
        text.get_text(): to_hex(one.get_color() if isinstance(one, Line2D) else one.get_facecolor())
        for text, one in zip(drawn.get_texts(), drawn.legend_handles, strict=True)
    }


def lines(axes: Axes, *, colour: str | None = None, width: float | None = None) -> list[Numbers]:
    """Return the heights of the lines of a panel, by colour and width."""
    return [
        np.asarray(line.get_ydata(), dtype=np.float64)
        for line in axes.lines
        if (colour is None or to_hex(line.get_color()) == colour.lower())
        and (width is None or line.get_linewidth() == width)
    ]


def bands(axes: Axes, *, colour: str | None = None) -> list[tuple[Numbers, Numbers]]:
    """Return lower and upper ends of the filled bands of a panel, in the order drawn."""
    return [
        ends(area)
        for area in axes.collections
        if colour is None or to_hex(area.get_facecolor()[0]) == colour.lower()  # type: ignore[index]
    ]


def ends(area: Any) -> tuple[Numbers, Numbers]:
    """Return the lower and the upper end of a filled area at every place on its x axis."""
    (path,) = area.get_paths()
    x, y = path.vertices.T
    places = np.unique(x)
    return (
        np.array([y[x == place].min() for place in places]),
        np.array([y[x == place].max() for place in places]),
    )


def ticks(axis: Any, *values: float) -> list[str]:
    """Return what stands at some values of an axis."""
    write = axis.get_major_formatter()
    return [write(value, None) for value in values]


def day(text: str) -> float:
    """Return where a date lies on an axis of dates."""
    return float(date2num(np.datetime64(text)))


# ---------------------------------------------------------------- tables


def cells(parts: Iterable[Any]) -> list[list[str]]:
    """Return the lines of tables and paragraphs, each cut where two blanks or more are."""
    return [re.split(r" {2,}", line.strip()) for line in to_text(*parts).splitlines()]


def row(parts: Iterable[Any], name: str) -> list[str]:
    """Return the cells of the only row of this name, without it."""
    (found,) = (line[1:] for line in cells(parts) if line[0] == name and len(line) > 1)
    return found
