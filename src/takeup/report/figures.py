"""Figures: KPIs over time, and what plans change in them.

Figures are made without pyplot, so nothing global is touched and no display is needed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from takeup.analysis.calendar import calendar_of
from takeup.analysis.comparison import Comparison
from takeup.analysis.intervals import mean_interval
from takeup.report.panels import lines, name_panel, small_multiples
from takeup.report.selection import FIGURE_KPIS, with_values
from takeup.report.style import INK, QUIET, line_styles, set_axes
from takeup.results.dataset import goals_of, group_words
from takeup.results.info import GoalInfo, Mark
from takeup.results.summary import ENDS, quantiles_without_nan
from takeup.results.units import is_share

_BANDS = ((*ENDS, 0.07), (0.25, 0.75, 0.14))
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

    A goal is a dotted line at its target, with a flag at its date.

    Args:
        dataset: results of one or more scenarios.
        kpis: left out: twelve telling ones, and those of goals, each for the goal's group.
        marks: go-lives, interventions and shocks by scenario; left out: as they turned out.
        title: headline.
        baseline: the scenario drawn in grey.
        group: whose KPIs.

    Raises:
        InputError: a KPI is not in the results.
    """
    chosen = [(kpi, group) for kpi in with_values(dataset, kpis, FIGURE_KPIS, group)]
    names = [str(name) for name in dataset["scenario"].values]
    styles = line_styles(names, baseline)
    dates = dataset["date"].values
    several = dataset.sizes["replicate"] > 1
    goals = _owners(goals_of(dataset), names)
    if kpis is None:
        chosen = list(dict.fromkeys((*chosen, *((goal.kpi, goal.group) for goal in goals))))

    def panel(axes: Axes, what: tuple[str, str]) -> None:
        kpi, whose = what
        part = dataset[kpi].sel(group=whose)
        for index, name in enumerate(names):
            values, look = part.values[index], styles[name]
            if several:
                for low, high, opacity in _BANDS:
                    ends = quantiles_without_nan(values, (low, high))
                    outer = (low, high) == ENDS
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
        for goal, owners in goals.items():
            if (goal.kpi, goal.group) == what:
                _goal(axes, goal, dates, styles[owners[0]].colour if len(owners) == 1 else INK)
        unit, caption = part.attrs["units"], part.attrs["long_name"]
        if whose != group:
            caption += f" ({group_words(dataset, whose)})"
        name_panel(axes, caption, unit, part.attrs["better"])
        set_axes(axes, unit=unit)

    handles: list[Any] = lines(styles)
    if several:
        handles += [
            Line2D([], [], color=INK, linewidth=1.4, label="line: median of runs"),
            Patch(facecolor=QUIET, alpha=0.45, label="half of the runs"),
            Patch(facecolor="#ececec", edgecolor=QUIET, linewidth=0.5, label="90 % of the runs"),
        ]
    if any((goal.kpi, goal.group) in chosen for goal in goals):
        handles.append(Line2D([], [], color=INK, **_GOAL, label="goal, and its date"))
    return small_multiples(
        chosen,
        panel,
        dates=dates,
        styles=styles,
        marks=calendar_of(dataset) if marks is None else marks,
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

    Net savings are discounted: a plan has paid back where their mean crosses zero for good.

    Args:
        comparison: as made by `takeup.compare`.
        kpis: left out: eleven telling ones, and cumulative net savings.
        marks: go-lives, interventions and shocks by scenario; left out: none.
        title: headline.
    """
    over_time = comparison.over_time
    there = [str(name) for name in over_time["kpi"].values]
    wanted = FIGURE_KPIS[:-1] if kpis is None else tuple(kpis)
    chosen = [name for name in wanted if name in there]
    names = [comparison.baseline, *comparison.plans]
    styles = line_styles(names, comparison.baseline)
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
                    net = comparison.money[plan].discounted
                    band(axes, plan, *mean_interval(net, 0.9))
                continue
            cell = over_time.sel(plan=plan, kpi=kpi)
            band(axes, plan, *(cell[name].values for name in ("difference", "low", "high")))
        if kpi == savings:
            discounted = any(money.rate for money in comparison.money.values())
            caption = "Cumulative net savings" + (", discounted" if discounted else "")
            unit, better = comparison.currency, 1
        else:
            about = over_time.sel(kpi=kpi)
            unit, caption = str(about["unit"].item()), str(about["title"].item())
            better = int(about["better"])
        name_panel(axes, caption, "pts" if is_share(unit) else unit, better)
        set_axes(axes, unit=unit, difference=True)

    handles: list[Any] = [
        Line2D([], [], color=styles[comparison.baseline].colour, label=f"0 = {comparison.baseline}")
    ]
    handles += lines({plan: styles[plan] for plan in comparison.plans})
    if comparison.replicates > 1:
        handles.append(Patch(facecolor=QUIET, alpha=0.3, label="90 % interval of the mean"))
    return small_multiples(
        chosen,
        panel,
        dates=dates,
        styles=styles,
        marks=marks or {},
        handles=handles,
        title=title,
    )


_GOAL: dict[str, Any] = {
    "linestyle": (0, (1, 1.6)),
    "linewidth": 1.1,
    "marker": "^",
    "markersize": 5.5,
}


def _owners(
    goals: Mapping[str, Sequence[GoalInfo]], names: Sequence[str]
) -> dict[GoalInfo, list[str]]:
    """Return every goal with the scenarios that have it."""
    owners: dict[GoalInfo, list[str]] = {}
    for name in names:
        for goal in goals.get(name, ()):
            owners.setdefault(goal, []).append(name)
    return owners


def _goal(axes: Axes, goal: GoalInfo, dates: Any, colour: str) -> None:
    """Draw a goal's target up to its date, and the date, if it lies within the run, as a mark.

    The mark is an arrowhead that points to the better side.
    """
    within = goal.due <= len(dates)
    due = min(max(goal.due, 0), len(dates) - 1)
    look = {**_GOAL, "marker": "^" if goal.sign > 0 else "v"} if within else {**_GOAL, "marker": ""}
    axes.plot(
        dates[[0, due]], [goal.target] * 2, color=colour, markevery=[1], clip_on=False, zorder=5,
        **look,
    )  # fmt: skip
