"""Tables for the terminal, at most 100 columns wide."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import xarray as xr
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from takeup.analysis.comparison import Comparison
from takeup.report.selection import TABLE_KPIS, with_values
from takeup.results.summary import (
    HORIZON_WEEKS,
    at_horizon,
    at_start,
    mean_without_nan,
    quantiles_without_nan,
)
from takeup.results.units import NOTHING, number, unit_word

WIDTH = 100

_COLOURS = {"better": "green", "worse": "red", "unclear": "dim", "equal": "dim"}


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
        table = _table(str(name))
        table.add_column("KPI", ratio=1)
        table.add_column("unit")
        for heading in (f"first {window} weeks", f"last {window} weeks", "90 % of runs"):
            table.add_column(heading, justify="right")
        for kpi in chosen:
            unit = dataset[kpi].attrs["units"]
            low, high = quantiles_without_nan(after[kpi].values[index], (0.05, 0.95))
            spread = f"{number(float(low), unit)} to {number(float(high), unit)}"
            table.add_row(
                dataset[kpi].attrs["long_name"],
                unit_word(unit),
                number(float(mean_without_nan(before[kpi].values[index], 0)), unit),
                number(float(mean_without_nan(after[kpi].values[index], 0)), unit),
                spread if replicates > 1 and np.isfinite(low) else NOTHING,
            )
        yield table
    yield Text(
        f"Means over {replicates} replicate{'s' * (replicates != 1)}"
        + ("." if replicates > 1 else "; with one there is no spread to show."),
        style="dim",
    )


def comparison_tables(
    comparison: Comparison, kpis: Sequence[str] | None = None
) -> Iterator[RenderableType]:
    """Yield the comparison as tables: one for up to two plans, else one for every plan.

    Args:
        comparison: as made by `takeup.compare`.
        kpis: left out: the telling ones.
    """
    there = [str(name) for name in comparison.horizon["kpi"].values]
    chosen = [kpi for kpi in (TABLE_KPIS if kpis is None else kpis) if kpi in there]
    plans = comparison.plans
    for columns in [plans] if len(plans) == 2 else [(plan,) for plan in plans]:
        yield _comparison_table(comparison, columns, chosen)
        for plan in columns:
            if plan in comparison.money:
                yield Text(f"{plan}. {comparison.money_line(plan)}")
    judged = "" if comparison.replicates == 1 else (
        "\n± is the 90 % interval of the mean difference. The plan is better or worse where it "
        "leaves out zero,\nelse it is unclear; % is the share of runs in which the plan is better."
    )  # fmt: skip
    yield Text(comparison.heading() + judged, style="dim")


def _comparison_table(
    comparison: Comparison, plans: Sequence[str], kpis: Sequence[str]
) -> RenderableType:
    single = len(plans) == 1
    table = _table(
        f"{plans[0]} against {comparison.baseline}"
        if single
        else f"Plans against {comparison.baseline}",
        gap=2 if single else 1,
    )
    table.add_column("KPI", ratio=1)
    if single:
        table.add_column("unit", no_wrap=True)
    table.add_column("baseline", justify="right", no_wrap=True)
    for plan in plans:
        if single:
            table.add_column("plan", justify="right", no_wrap=True)
        # The name of a plan heads its columns, folded to what they hold.
        heading = "difference" if single else plan
        table.add_column(heading, justify="right", max_width=16)
        table.add_column("plan is", no_wrap=True)
    for kpi in kpis:
        about = comparison.horizon.sel(kpi=kpi)
        unit, title = str(about["unit"].item()), str(about["title"].item())
        cells: list[RenderableType]
        if single:
            cells = [title, unit_word(unit)]
        else:
            word = unit_word(unit)
            cells = [f"{title}, {word}" if word and word not in title.lower() else title]
        cells.append(number(float(about["baseline"].values[0]), unit))
        for plan in plans:
            if single:
                cells.append(number(float(about["with_plan"].sel(plan=plan)), unit))
            cells += _difference(comparison, plan, kpi, unit)
        table.add_row(*cells)
    return table


def _difference(comparison: Comparison, plan: str, kpi: str, unit: str) -> tuple[Text, Text]:
    """Return the difference with its interval, and whether and in how many runs it is better."""
    cell = comparison.horizon.sel(plan=plan, kpi=kpi)
    half = (float(cell["high"]) - float(cell["low"])) / 2
    text = number(float(cell["difference"]), unit, signed=True)
    if np.isfinite(half):
        text += f" ± {number(half, unit, like=float(cell['difference']))}"
    verdict = comparison.verdict(plan, kpi)
    chance = float(cell["chance_better"])
    style = _COLOURS.get(verdict, "")
    if np.isnan(chance) or not verdict:
        return Text(text), Text(NOTHING)
    share = "" if verdict == "equal" else f"{chance * 100:4.0f} %"
    return Text(text, style=style), Text(f"{verdict:<7}{share}".rstrip(), style=style)


def _table(title: str, gap: int = 2) -> Table:
    return Table(
        title=title,
        title_justify="left",
        title_style="bold",
        box=None,
        pad_edge=False,
        padding=(0, gap, 0, 0),
        width=WIDTH,
        header_style="dim",
    )
