"""Tables for the terminal, as wide as it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import xarray as xr
from rich.console import RenderableType
from rich.text import Text

from takeup.analysis.comparison import Comparison
from takeup.analysis.goals import Verdict
from takeup.output import Paragraph, Sheet
from takeup.report.selection import IF_MOVED, TABLE_KPIS, with_values
from takeup.results.info import GoalInfo
from takeup.results.levels import HORIZON_WEEKS, mean_without_nan
from takeup.results.summary import ENDS, at_horizon, at_start, quantiles_without_nan
from takeup.results.units import NOTHING, number, percent, unit_word

_COLOURS = {"better": "green", "worse": "red", "unclear": "dim", "no change": "dim"}


def level_tables(
    dataset: xr.Dataset, kpis: Sequence[str] | None = None
) -> Iterator[RenderableType]:
    """Yield for every scenario a table of KPIs at the start and at the horizon.

    Args:
        dataset: results.
        kpis: left out: the telling ones.
    """
    chosen = with_values(dataset, kpis, TABLE_KPIS)
    whole = dataset.sel(group="all")
    window = min(HORIZON_WEEKS, whole.sizes["week"])
    replicates = whole.sizes["replicate"]
    before, after = at_start(whole), at_horizon(whole)
    for index, name in enumerate(dataset["scenario"].values):
        table = plain_table(str(name))
        table.column("KPI")
        table.column("unit")
        table.column(f"first {window} weeks", right=True)
        table.column(f"last {window} weeks", right=True)
        table.column("90 % of runs", right=True, wraps=True)
        for kpi in chosen:
            unit = dataset[kpi].attrs["units"]
            low, high = quantiles_without_nan(after[kpi].values[index], ENDS)
            spread = f"{number(float(low), unit)} to {number(float(high), unit)}"
            table.row(
                dataset[kpi].attrs["long_name"],
                unit_word(unit),
                number(float(mean_without_nan(before[kpi].values[index], 0)), unit),
                number(float(mean_without_nan(after[kpi].values[index], 0)), unit),
                spread if replicates > 1 and np.isfinite(low) else NOTHING,
            )
        yield table
    yield Paragraph(
        f"Means over {replicates} replicate{'s' * (replicates != 1)}"
        + ("." if replicates > 1 else "; with one there is no spread to show.")
        + " Of rates per year the mean of 52 weeks.",
        style="dim",
    )


def comparison_tables(
    comparison: Comparison, kpis: Sequence[str] | None = None
) -> Iterator[RenderableType]:
    """Yield the comparison as tables, one for every plan.

    Args:
        comparison: as made by `takeup.compare`.
        kpis: left out: the telling ones.
    """
    there = [str(name) for name in comparison.horizon["kpi"].values]
    chosen = [kpi for kpi in (TABLE_KPIS if kpis is None else kpis) if kpi in there]
    if kpis is None:
        moved = (comparison.over_time["difference"] != 0).any(("plan", "week"))
        chosen = [kpi for kpi in chosen if kpi not in IF_MOVED or bool(moved.sel(kpi=kpi))]
    for plan in comparison.plans:
        yield _comparison_table(comparison, plan, chosen)
        if plan in comparison.money:
            yield Paragraph(comparison.money_line(plan).split("\n"), hang=2)
    judged = "" if comparison.replicates == 1 else (
        "Better and worse judge the mean: its 90 % interval leaves out zero, else it is unclear. "
        "The column 90 % of runs shows single runs; % is the share of them in which the plan is "
        "better."
    )  # fmt: skip
    heading = " ".join(comparison.heading().split("\n"))
    yield Paragraph([heading, judged] if judged else heading, style="dim")
    if len(comparison.plans) > 1:
        heading = (
            "In short (take-up and staff who adopted in points, cost per transaction and "
            f"discounted net savings in {comparison.currency}; ? = may well be nothing):"
        )
        lines = [comparison.in_short(plan) for plan in comparison.plans]
        yield Paragraph([heading, *lines], hang=4)


def goals_tables(verdicts: Sequence[Verdict]) -> Iterator[RenderableType]:
    """Yield a table of goals: how far scenarios are when they are due, how surely, and when.

    Args:
        verdicts: as made by `takeup.analysis.goals.judge`; none: nothing is shown.
    """
    if not verdicts:
        return
    by_goal: dict[GoalInfo, list[Verdict]] = {}
    for verdict in verdicts:
        by_goal.setdefault(verdict.goal, []).append(verdict)
    several = len({verdict.scenario for verdict in verdicts}) > 1
    table = plain_table("Goals")
    table.column("goal, scenario" if several else "goal")
    for heading in ("by", "level", "chance", "90 %", "half met by", "stays from"):
        table.column(heading, right=True, wraps=heading in ("90 %", "half met by", "stays from"))
    for goal_verdicts in by_goal.values():
        goal = goal_verdicts[0]
        name, due = f"{goal.goal.name}: {goal.words()}", goal.due.isoformat()
        if several:
            table.row(name, due, style="bold")
        for verdict in goal_verdicts:
            known = verdict.chance_low == verdict.chance_low
            table.row(
                f"  {verdict.scenario}" if several else name,
                "" if several else due,
                number(verdict.level, verdict.unit),
                f"{percent(verdict.chance)} %" if known else NOTHING,
                f"{percent(verdict.chance_low)} to {percent(verdict.chance_high)}"
                if known
                else NOTHING,
                _when(verdict, verdict.half_met),
                _when(verdict, verdict.stays_from),
            )
    yield table
    yield Paragraph(
        "Level: mean over runs when the goal is due, of the 4 weeks that end then (of yearly rates "
        "a year). Chance: share of runs that meet it then, with its 90 % interval. Half met by: "
        "half of the runs have met it once. Stays from: the mean over runs meets it from then to "
        f"the end. {NOTHING} not within the run.",
        style="dim",
    )


def _when(verdict: Verdict, week: int | None) -> str:
    """Return a week as its date, or that the goal was met as soon as it could be."""
    if week is None:
        return NOTHING
    return "from the start" if week < verdict.window else verdict.date_of(week).isoformat()


def _comparison_table(comparison: Comparison, plan: str, kpis: Sequence[str]) -> RenderableType:
    table = plain_table(f"{plan} against {comparison.baseline}")
    table.column("KPI")
    table.column("unit")
    for heading in ("baseline", "plan", "difference", "90 % of runs"):
        table.column(heading, right=True, wraps=heading == "90 % of runs")
    table.column("plan is", wraps=False)
    for kpi in kpis:
        cell = comparison.horizon.sel(plan=plan, kpi=kpi)
        unit = str(cell["unit"].item())
        low, high = float(cell["band_low"]), float(cell["band_high"])
        known = comparison.replicates > 1 and np.isfinite([low, high]).all()
        ends = [
            number(end, unit, signed=True, like=max(abs(low), abs(high))) for end in (low, high)
        ]
        verdict = comparison.verdict(plan, kpi)
        chance = float(cell["chance_better"])
        says = NOTHING
        if verdict and not np.isnan(chance):
            share = "" if verdict == "no change" else f"{chance * 100:4.0f} %"
            says = f"{verdict:<7}{share}".rstrip()
        style = _COLOURS.get(verdict, "")
        table.row(
            str(cell["title"].item()),
            unit_word(unit),
            number(float(cell["baseline"]), unit),
            number(float(cell["with_plan"]), unit),
            Text(number(float(cell["difference"]), unit, signed=True), style=style),
            f"{ends[0]} to {ends[1]}" if known else NOTHING,
            Text(says, style=style),
        )
    return table


def plain_table(title: str | Sequence[str]) -> Sheet:
    """Return an empty table, as wide as a paragraph."""
    return Sheet(title, fill=True)
