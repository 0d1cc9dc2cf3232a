"""Tables of sweeps for the terminal, as wide as it is."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from rich.console import RenderableType

from takeup.kpis import BY_NAME
from takeup.report.tables import plain_table
from takeup.results.sweep import Sweep
from takeup.results.units import NOTHING, number, unit_word


def sweep_tables(sweep: Sweep) -> Iterator[RenderableType]:
    """Yield for every scenario a table of how the KPIs at the horizon differ between points.

    Args:
        sweep: as returned by `takeup.open_sweep`.
    """
    kpis = sweep.weekly
    outcomes = sweep.outcomes(kpis)
    for scenario in sweep.scenarios:
        own = outcomes[outcomes["scenario"] == scenario]
        means = own.groupby("point")[kpis].mean()
        table = plain_table(
            f"{scenario}: at the horizon, means over replicates of {len(means):,} points"
        )
        table.column("KPI")
        table.column("unit")
        for heading in ("lowest", "point", "median", "highest", "point"):
            table.column(heading, right=True)
        for kpi in kpis:
            values, unit = means[kpi].dropna(), sweep.unit_of(kpi)
            if values.empty:
                table.row(BY_NAME[kpi].title, unit_word(unit), *[NOTHING] * 5)
                continue
            table.row(
                BY_NAME[kpi].title,
                unit_word(unit),
                number(float(values.min()), unit),
                str(values.idxmin()),
                number(float(np.median(values)), unit),
                number(float(values.max()), unit),
                str(values.idxmax()),
            )
        yield table
