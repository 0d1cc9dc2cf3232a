"""Figures: KPIs over time, and what plans change in them.

Figures are made without pyplot, so nothing global is touched and no display is needed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import matplotlib
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from takeup.analysis.comparison import Comparison
from takeup.analysis.intervals import mean_interval
from takeup.report import calendar
from takeup.report.selection import FIGURE_KPIS, with_values
from takeup.report.style import INK, QUIET, Look, date_axis, dress, looks
from takeup.results.dataset import marks_of
from takeup.results.info import Mark
from takeup.results.summary import quantiles_without_nan
from takeup.results.units import is_share

COLUMNS = 4
PANEL = (3.35, 2.15)
"""Width and height of a panel, inches."""

DPI = 130
"""Dots per inch of PNG files."""

_BANDS = ((0.05, 0.95, 0.07), (0.25, 0.75, 0.14))
"""Lower and upper quantile, and opacity, of the bands over replicates: several stay readable only
if they are light and the outer one has an edge in the scenario's colour."""


def trajectories_figure(
    dataset: xr.Dataset,
    kpis: Sequence[str] | None = None,
    marks: Mapping[str, Sequence[Mark]] | None = None,
    title: str = "",
    *,
    baseline: str | None = None,
    group: str = "all",
) -> Figure:
    """Draw KPIs over time: the median over replicates, and bands that hold half and 90 % of them.

    Args:
        dataset: results of one or more scenarios.
        kpis: left out: twelve telling ones.
        marks: go-lives and interventions by scenario; left out: as in the results.
        title: headline.
        baseline: the scenario drawn in grey.
        group: whose KPIs.

    Raises:
        InputError: a KPI is not in the results.
    """
    chosen = with_values(dataset, kpis, FIGURE_KPIS, group)
    names = [str(name) for name in dataset["scenario"].values]
    styles = looks(names, baseline)
    part = dataset.sel(group=group)
    dates = part["date"].values
    several = part.sizes["replicate"] > 1

    def panel(axes: Axes, kpi: str) -> None:
        for index, name in enumerate(names):
            values, look = part[kpi].values[index], styles[name]
            if several:
                for low, high, opacity in _BANDS:
                    ends = quantiles_without_nan(values, (low, high))
                    outer = (low, high) == _BANDS[0][:2]
                    if not (outer and name == baseline):  # an outline, so that plans show through
                        axes.fill_between(
                            dates, ends[0], ends[1], color=look.colour, alpha=opacity, linewidth=0
                        )
                    if outer:
                        for end in ends:
                            axes.plot(dates, end, color=look.colour, alpha=0.45, linewidth=0.5)
            median = quantiles_without_nan(values, (0.5,))[0]
            over = 4 if name == baseline else 3  # where they agree, the baseline still shows
            axes.plot(
                dates, median, color=look.colour, linestyle=look.line, linewidth=1.4, zorder=over
            )
        unit = part[kpi].attrs["units"]
        _caption(axes, part[kpi].attrs["long_name"], unit, part[kpi].attrs["better"])
        dress(axes, unit=unit)

    handles: list[Any] = _lines(styles)
    if several:
        handles += [
            Line2D([], [], color=INK, linewidth=1.4, label="line: median of runs"),
            Patch(facecolor=QUIET, alpha=0.45, label="half of the runs"),
            Patch(facecolor="#ececec", edgecolor=QUIET, linewidth=0.5, label="90 % of the runs"),
        ]
    return _small_multiples(
        chosen,
        panel,
        dates=dates,
        styles=styles,
        marks=marks_of(dataset) if marks is None else marks,
        handles=handles,
        title=title,
    )


def difference_figure(
    comparison: Comparison,
    kpis: Sequence[str] | None = None,
    marks: Mapping[str, Sequence[Mark]] | None = None,
    title: str = "",
) -> Figure:
    """Draw plan minus baseline over time: the mean and its 90 % interval, and net savings.

    Args:
        comparison: as made by `takeup.compare`.
        kpis: left out: eleven telling ones, and cumulative net savings.
        marks: go-lives and interventions by scenario; left out: none.
        title: headline.
    """
    over_time = comparison.over_time
    there = [str(name) for name in over_time["kpi"].values]
    wanted = FIGURE_KPIS[:-1] if kpis is None else tuple(kpis)
    chosen = [name for name in wanted if name in there]
    names = [comparison.baseline, *comparison.plans]
    styles = looks(names, comparison.baseline)
    dates = over_time["date"].values
    savings = "net savings"
    if comparison.money and kpis is None:
        chosen.append(savings)

    def band(axes: Axes, plan: str, mean: Any, low: Any, high: Any) -> None:
        look = styles[plan]
        axes.fill_between(dates, low, high, color=look.colour, alpha=0.22, linewidth=0)
        axes.plot(dates, mean, color=look.colour, linestyle=look.line, linewidth=1.5)

    def panel(axes: Axes, kpi: str) -> None:
        axes.axhline(0, color=styles[comparison.baseline].colour, linewidth=1.2)
        for plan in comparison.plans:
            if kpi == savings:
                if plan in comparison.money:
                    net = comparison.money[plan].net_savings
                    band(axes, plan, *mean_interval(net, 0.9))
                continue
            cell = over_time.sel(plan=plan, kpi=kpi)
            band(axes, plan, *(cell[name].values for name in ("difference", "low", "high")))
        if kpi == savings:
            unit, caption, better = comparison.currency, "Cumulative net savings", 1
        else:
            about = over_time.sel(kpi=kpi)
            unit, caption = str(about["unit"].item()), str(about["title"].item())
            better = int(about["better"])
        _caption(axes, caption, "pts" if is_share(unit) else unit, better)
        dress(axes, unit=unit, difference=True)

    handles: list[Any] = [
        Line2D([], [], color=styles[comparison.baseline].colour, label=f"0 = {comparison.baseline}")
    ]
    handles += _lines({plan: styles[plan] for plan in comparison.plans})
    if comparison.replicates > 1:
        handles.append(Patch(facecolor=QUIET, alpha=0.3, label="90 % interval of the mean"))
    return _small_multiples(
        chosen,
        panel,
        dates=dates,
        styles=styles,
        marks=marks or {},
        handles=handles,
        title=title,
    )


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


def _small_multiples(
    kpis: Sequence[str],
    panel: Callable[[Axes, str], None],
    *,
    dates: Any,
    styles: Mapping[str, Look],
    marks: Mapping[str, Sequence[Mark]],
    handles: list[Any],
    title: str,
) -> Figure:
    """Arrange panels in a grid with a common calendar below and one legend above."""
    columns = min(COLUMNS, max(1, len(kpis)))
    rows = -(-len(kpis) // columns)
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
    for index, kpi in enumerate(kpis):
        row, column = divmod(index, columns)
        axes = figure.add_subplot(grid[1 + row, column], sharex=first)
        first = first or axes
        panel(axes, kpi)
        for entry in strip.go_lives():
            axes.axvline(
                dates[entry.mark.first],
                color=styles[entry.scenario].colour if entry.scenario else INK,
                linewidth=0.6,
                alpha=0.45,
                linestyle=(0, (2, 2)),
                zorder=0.5,
            )
        date_axis(axes)
        axes.tick_params(labelbottom=index + columns >= len(kpis))
        axes.set_xlim(dates[0], dates[-1])
    if strip.rows:
        axes = figure.add_subplot(grid[1 + rows, :])
        calendar.draw(axes, strip, styles, dates, width - 0.9)
        axes.set_xlim(dates[0], dates[-1])
        date_axis(axes)
        axes.set_title("Calendar: go-lives (◆) and interventions", **_TITLE)
    return figure


_TITLE: dict[str, Any] = {"loc": "left", "fontsize": 9, "color": INK, "pad": 5}


def headline_height(handles: list[Any], width: float, title: str) -> tuple[float, int]:
    """Return the height of title and legend in inches, and the legend's entries in a row."""
    longest = max(len(str(handle.get_label())) for handle in handles)
    per_row = max(1, min(len(handles), int(width / (0.085 * longest + 0.75))))
    legend_rows = -(-len(handles) // per_row)
    return 0.12 + 0.2 * legend_rows + (0.3 if title else 0.0), per_row


def headline(axes: Axes, handles: list[Any], per_row: int, title: str) -> None:
    """Write the title, and below it the legend of all panels."""
    axes.axis("off")
    axes.legend(
        handles=handles,
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


def _caption(axes: Axes, title: str, unit: str, better: int) -> None:
    """Name a panel, with its unit and which way is good."""
    shown = "" if is_share(unit) or unit in ("ratio", "contacts") else f", {unit}"
    size = 9 if len(title + shown) <= 36 else 8  # room for the way that is better
    axes.set_title(f"{title}{shown}", **{**_TITLE, "fontsize": size})
    if better:
        way = "↑ better" if better > 0 else "↓ better"
        axes.set_title(way, **{**_TITLE, "loc": "right", "fontsize": 7, "color": QUIET})


def _lines(styles: Mapping[str, Look]) -> list[Any]:
    return [
        Line2D([], [], color=look.colour, linestyle=look.line, linewidth=1.8, label=name)
        for name, look in styles.items()
    ]
