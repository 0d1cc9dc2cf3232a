"""Figures of what moves the KPIs of a sweep."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, MaxNLocator

from takeup.analysis.response import Response, shown
from takeup.analysis.sensitivity import Sensitivity, short_name
from takeup.kpis import BY_NAME
from takeup.report.grid import panels
from takeup.report.lettering import fit, name_axis, ticks
from takeup.report.style import GRID, INK, QUIET, set_axes, tick
from takeup.results.units import is_share, number, unit_word

MOST_INPUTS = 12
"""Inputs that a table or a panel shows; files always hold all of them."""

_SMALL = 7.5
"""Size of the names of inputs, points."""

_PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
_STRONG, _PALE = "#0072B2", "#a9cfe6"

Units = Callable[[str], str]
"""From the name of a KPI to its unit."""


def sensitivity_figure(found: Sensitivity, units: Units, title: str = "") -> Figure:
    """Draw the inputs of every KPI as ranked bars with their 90 % intervals."""
    sobol = found.method == "sobol"
    size, half = ("ST", "ST_half") if sobol else ("mu_star", "mu_star_half")

    def panel(axes: Axes, kpi: str) -> None:
        table = found.of(kpi).head(MOST_INPUTS)
        rows = np.arange(len(table))
        error = {"elinewidth": 0.9, "ecolor": INK, "capsize": 2}
        axes.barh(rows, table[size], 0.7, xerr=table[half], color=_PALE, error_kw=error)
        if sobol:
            axes.barh(rows, table["S1"].clip(lower=0), 0.34, color=_STRONG)
            axes.set_xlim(0, max(1.0, float((table[size] + table[half]).max()) * 1.03))
        else:
            axes.plot(table["sigma"], rows, "D", color="#D55E00", markersize=4, linestyle="none")
            axes.set_xlim(left=0)
        _inputs(axes, list(table.index))
        _caption(axes, kpi, units(kpi), effect=not sobol)
        _numbers_below(axes, "share" if sobol else units(kpi), effect=not sobol)

    handles: list[Any] = [
        Patch(color=_PALE, label="total: alone and with others, ± 90 %"),
        Patch(color=_STRONG, label="alone"),
    ]
    if not sobol:
        handles = [
            Patch(color=_PALE, label="μ*: mean size of the effect over the whole range, ± 90 %"),
            Line2D([], [], color="#D55E00", marker="D", markersize=4, linestyle="none",
                   label="σ: how much the effect depends on the others, or is not straight"),
        ]  # fmt: skip
    inputs = min(MOST_INPUTS, len(found.of(found.kpis[0])))
    return panels(found.kpis, panel, handles, title, columns=3, size=(4.6, 0.75 + 0.19 * inputs))


def over_time_figure(found: Sensitivity, units: Units, title: str = "") -> Figure:
    """Draw how much the inputs matter week by week, those that matter most in colour.

    KPIs that are mostly chance are left out: their lines would be noise.
    """
    measure = found.measure
    leaders = [str(name) for name in found.weight(found.clear).index[: len(_PALETTE)]]
    kpis = [kpi for kpi in found.clear if kpi in set(found.weekly["kpi"])]

    def panel(axes: Axes, kpi: str) -> None:
        table = found.weekly[found.weekly["kpi"] == kpi]
        share = found.method == "sobol"
        for name, series in table.groupby("parameter", sort=False):
            series = series.sort_values("week")
            leads = str(name) in leaders
            colour = _PALETTE[leaders.index(str(name))] if leads else "#c9c9c9"
            axes.plot(
                series["week"], series[measure], color=colour,
                linewidth=1.5 if leads else 0.7, zorder=3 if leads else 2,
            )  # fmt: skip
            if leads:
                half = series[f"{measure}_half"]
                axes.fill_between(
                    series["week"], (series[measure] - half).clip(lower=0), series[measure] + half,
                    color=colour, alpha=0.15, linewidth=0,
                )  # fmt: skip
        axes.set_ylim(bottom=0)
        if share:
            axes.set_ylim(0, min(1.2, max(0.5, axes.get_ylim()[1])))
        set_axes(axes, unit="share" if share else units(kpi))
        axes.set_xlim(0, float(found.weekly["week"].max()))
        axes.set_xlabel("week", fontsize=8, color=QUIET)
        _caption(axes, kpi, units(kpi), effect=not share)

    handles: list[Any] = [
        Line2D([], [], color=colour, label=short_name(name))
        for name, colour in zip(leaders, _PALETTE, strict=False)
    ]
    if len(found.weight()) > len(leaders):
        handles.append(Line2D([], [], color="#c9c9c9", linewidth=0.8, label="others"))
    return panels(kpis, panel, handles, title, columns=3, size=(4.0, 2.3))


def response_figure(found: Response, units: Units, title: str = "") -> Figure:
    """Draw a heat map of the two inputs of a grid, else what every value does to the KPIs."""
    if len(found.grid):
        return _heat_maps(found, units, title)

    def panel(axes: Axes, kpi: str) -> None:
        order = [str(name) for name in found.of(kpi).head(MOST_INPUTS).index]
        table = found.levels[found.levels["kpi"] == kpi]
        for row, name in enumerate(order):
            levels = table[table["parameter"] == name]
            ends = levels["difference"].to_numpy()
            axes.plot([min(0, ends.min()), max(0, ends.max())], [row, row], color=_PALE,
                      linewidth=7, solid_capstyle="butt", zorder=1)  # fmt: skip
            for _, level in levels.iterrows():
                if np.isfinite(level["low"]):
                    axes.plot([level["low"], level["high"]], [row, row], color=INK, linewidth=0.8)
                axes.plot(level["difference"], row, "o", color=_STRONG, markersize=3.5)
        span = max(abs(table["difference"]).max(), 1e-12)
        for row, name in enumerate(order):
            levels = table[table["parameter"] == name].sort_values("difference")
            ends = [levels.iloc[0], levels.iloc[-1]]
            if ends[1]["difference"] - ends[0]["difference"] < 0.35 * span:  # room for one name
                ends = [max(ends, key=lambda end: abs(end["difference"]))]
            for end in ends:
                axes.annotate(
                    str(end["value"]), (end["difference"], row), (0, 3.5), ha="center",
                    textcoords="offset points", fontsize=6.5, color=INK, annotation_clip=False,
                )  # fmt: skip
        axes.axvline(0, color=QUIET, linewidth=0.9)
        axes.margins(x=0.12)
        _inputs(axes, order)
        _caption(axes, kpi, units(kpi), effect=True)
        _numbers_below(axes, units(kpi), effect=True)

    zero = "the scenario as it is" if found.layout == "one_at_a_time" else "the mean of all points"
    handles: list[Any] = [
        Line2D([], [], color=QUIET, linewidth=0.9, label=f"0 = {zero}"),
        Line2D([], [], color=_STRONG, marker="o", markersize=3.5, linestyle="none",
               label="a value of the input"),
    ]  # fmt: skip
    if found.replicates > 1:
        handles.append(Line2D([], [], color=INK, linewidth=0.8, label="90 % interval of the mean"))
    inputs = min(MOST_INPUTS, len(found.of(found.kpis[0])))
    return panels(found.kpis, panel, handles, title, columns=3, size=(4.6, 0.8 + 0.23 * inputs))


def _heat_maps(found: Response, units: Units, title: str) -> Figure:
    across, up = (name for name in found.grid.columns if name not in ("kpi", "mean"))
    heat = LinearSegmentedColormap.from_list("heat", ["#f7fbff", "#9ecae1", "#08519c"])

    def panel(axes: Axes, kpi: str) -> None:
        table = found.grid[found.grid["kpi"] == kpi]
        wide = table.pivot(index=up, columns=across, values="mean")
        values, unit = wide.to_numpy(dtype=np.float64), units(kpi)
        axes.imshow(values, origin="lower", aspect="auto", cmap=heat)
        dark = np.nanmin(values) + 0.65 * np.ptp(values)
        for row, column in np.ndindex(values.shape) if values.size <= 60 else ():
            axes.text(
                column, row, number(values[row, column], unit), ha="center", va="center",
                fontsize=7, color="white" if values[row, column] > dark else INK,
            )  # fmt: skip
        ticks(axes.xaxis, range(len(wide.columns)), [shown(value) for value in wide.columns])
        ticks(axes.yaxis, range(len(wide.index)), [shown(value) for value in wide.index])
        axes.tick_params(labelsize=7, length=0, colors=INK)
        axes.spines[:].set_visible(False)
        name_axis(axes.xaxis, short_name(across), 3.0)
        name_axis(axes.yaxis, short_name(up), 1.8)
        _caption(axes, kpi, unit, way=True)

    handles: list[Any] = [
        Patch(color="#08519c", label="highest"),
        Patch(color="#dcebf7", label="lowest"),
    ]
    return panels(found.kpis, panel, handles, title, columns=3, size=(4.0, 2.7))


def _inputs(axes: Axes, names: Sequence[str]) -> None:
    """Name the rows of a panel, the first at the top."""
    full = [fit(short_name(str(name)), 2.2, _SMALL, lines=2) for name in names]
    ticks(axes.yaxis, range(len(names)), [text for text, _ in full])
    axes.set_ylim(len(names) - 0.4, -0.6)
    several = any("\n" in text for text, _ in full)
    size = min([_SMALL, *(size * (0.75 if several else 1.0) for _, size in full)])
    axes.tick_params(axis="y", labelsize=size, length=0, colors=INK)


def _numbers_below(axes: Axes, unit: str, *, effect: bool = False) -> None:
    """Give a panel a horizontal axis in a unit; effects on shares are in points."""
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.spines["bottom"].set_color(QUIET)
    axes.grid(axis="x", color=GRID, linewidth=0.7)
    axes.set_axisbelow(True)
    axes.tick_params(axis="x", labelsize=7.5, length=2.5, color=QUIET, labelcolor=INK)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=4, steps=[1, 2, 2.5, 5, 10]))
    places = axes.xaxis.get_majorticklocs()
    step = float(places[1] - places[0]) if len(places) > 1 else 1.0
    largest = float(np.abs(places).max(initial=0.0))
    drop = "+" if axes.get_xlim()[0] >= 0 else ""  # sizes have no sign

    def label(value: float, _: object) -> str:
        return tick(value, unit, step, largest, signed=effect).lstrip(drop)

    axes.xaxis.set_major_formatter(FuncFormatter(label))


def _caption(axes: Axes, kpi: str, unit: str, *, effect: bool = False, way: bool = False) -> None:
    """Name a panel, with the unit of an effect, or with which way is better."""
    words = ""
    if effect:
        words = "pts" if is_share(unit) else unit_word(unit)
    elif way:
        words = unit_word(unit)
    title = BY_NAME[kpi].title + (f", {words}" if words else "")
    axes.set_title(title, loc="left", fontsize=9, color=INK, pad=5)
    better = BY_NAME[kpi].better if way else 0
    if better:
        text = "↑ better" if better > 0 else "↓ better"
        axes.set_title(text, loc="right", fontsize=7, color=QUIET, pad=5)
