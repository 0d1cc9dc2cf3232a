"""From a sweep on disk to its analyses: what is read, for whom, and week by week within memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from takeup.analysis.discovery import DENSITY, Discovery, Sought, discover
from takeup.analysis.points import FloatArray, point_means
from takeup.analysis.response import Response, response
from takeup.analysis.sensitivity import Sensitivity, sensitivity
from takeup.errors import InputError, did_you_mean
from takeup.results.sweep import RunSummary, Sweep

PERIOD = 4
"""Weeks that are averaged for indices over time: one week is too noisy."""

MOST_PERIODS = 40
"""With more periods than this in a run, periods are longer."""

_ROWS = 4_000_000
"""Weekly values that are read at a time."""


@dataclass(frozen=True)
class About:
    """Whose outcomes of a sweep are analysed.

    Attributes:
        scenario: name of the scenario; None in a sweep of one stands for this one.
        against: scenario whose outcomes are taken off, run by run; None: none.
        summary: what is made of the weeks of a run.
        group: the group.
    """

    scenario: str | None = None
    against: str | None = None
    summary: RunSummary = "final"
    group: str = "all"


def analysis_of(
    sweep: Sweep, about: About, kpis: Sequence[str] | None = None, *, over_time: bool = True
) -> Sensitivity | Response:
    """Return what moves the KPIs of a sweep, by the method that its design is made for.

    Args:
        sweep: the sweep.
        about: whose outcomes.
        kpis: left out: those whose weekly values are kept.
        over_time: also week by week, for KPIs whose weekly values are kept; Sobol' and Morris only.

    Raises:
        InputError: the design is made for something else, a run is missing, or a name is unknown.
    """
    design = sweep.experiment["design"]
    kind, levels = str(design["kind"]), int(design.get("levels", 4))
    known = ("sobol", "morris", "grid", "one_at_a_time")
    if kind not in known:
        raise InputError(
            f"{sweep.folder}: a {kind} design says little about what matters most; designs that "
            f"do: {', '.join(known)}. `takeup discover` works with any"
        )
    outcomes = sweep.outcomes(kpis, about.summary, group=about.group)
    means = point_means(
        sweep.design.index, outcomes, scenario=about.scenario, against=about.against
    )
    if kind == "grid" or kind == "one_at_a_time":
        return response("grid" if kind == "grid" else "one_at_a_time", sweep.design, means)
    if sweep.units is None:
        raise InputError(f"{sweep.folder}: lacks the positions that were sampled (units.parquet)")
    weekly = {}
    if over_time:
        weekly = period_means(sweep, about, [k for k in means.means if k in sweep.weekly])
    return sensitivity(
        "sobol" if kind == "sobol" else "morris",
        sweep.problem,
        sweep.units,
        means,
        weekly,
        levels=levels,
    )


def discovery_of(
    sweep: Sweep, about: About, goals: Sequence[Sought], *, density: float = DENSITY, most: int = 3
) -> Discovery:
    """Return the conditions under which goals are missed in a sweep.

    Args:
        sweep: the sweep.
        about: whose outcomes.
        goals: all of which a point must reach, in the mean over its replicates.
        density: share of misses that a box should hold.
        most: number of boxes.

    Raises:
        InputError: a goal cannot be judged, a run is missing, or nothing varies.
    """
    kpis = list(dict.fromkeys(goal.kpi for goal in goals))
    outcomes = sweep.outcomes(kpis, about.summary, group=about.group)
    means = point_means(
        sweep.design.index, outcomes, scenario=about.scenario, against=about.against
    )
    return discover(sweep.design, means.means, goals, density=density, most=most)


def scenario_of(sweep: Sweep, name: str | None) -> str:
    """Return the name of a scenario of a sweep; left out: the only one.

    Raises:
        InputError: there is none of that name, or none was named and there are several.
    """
    if name is None and len(sweep.scenarios) > 1:
        raise InputError(
            f"{sweep.folder}: holds {len(sweep.scenarios)} scenarios; choose one with --scenario: "
            + ", ".join(f'"{known}"' for known in sweep.scenarios)
        )
    if name is not None and name not in sweep.scenarios:
        near = did_you_mean(name, sweep.scenarios)
        raise InputError(f'{sweep.folder}: has no scenario "{name}"{near}')
    return name or sweep.scenarios[0]


def period_means(sweep: Sweep, about: About, kpis: Sequence[str]) -> dict[int, pd.DataFrame]:
    """Return the mean of every point in every period of a few weeks, by the period's last week.

    Runs are read a block of points at a time, so that memory does not grow with the sweep.
    """
    points = sweep.design.index
    if not kpis:
        return {}
    whole: dict[str, FloatArray] = {}
    last: list[int] = []
    for kpi in kpis:
        mine, last = _by_period(sweep, about, about.scenario, kpi)
        if about.against is not None:
            mine = mine - _by_period(sweep, about, about.against, kpi)[0]
        whole[kpi] = mine
    return {
        week: pd.DataFrame({kpi: values[:, period] for kpi, values in whole.items()}, index=points)
        for period, week in enumerate(last)
    }


def _by_period(
    sweep: Sweep, about: About, scenario: str | None, kpi: str
) -> tuple[FloatArray, list[int]]:
    """Return means over replicates and the weeks of a period, (points, periods), and last weeks."""
    name = scenario_of(sweep, scenario)
    points = sweep.design.index
    first = sweep.trajectories([kpi], [int(points[0])], group=about.group)
    weeks = int(first["week"].max()) + 1
    length = max(PERIOD, -(-weeks // MOST_PERIODS))
    last = [*range(length - 1, weeks, length)] or [weeks - 1]
    result = np.full((len(points), len(last)), np.nan)
    block = max(1, _ROWS // (weeks * sweep.replicates * len(sweep.scenarios)))
    for start in range(0, len(points), block):
        chosen = points[start : start + block]
        table = sweep.trajectories([kpi], [int(point) for point in chosen], group=about.group)
        table = table[(table["scenario"] == name) & (table["week"] <= last[-1])]
        period = np.minimum(table["week"].to_numpy() // length, len(last) - 1)
        cell = chosen.get_indexer(table["point"]) * len(last) + period
        values = table[kpi].to_numpy(dtype=np.float64)
        there = np.isfinite(values)
        total = np.bincount(cell[there], values[there], len(chosen) * len(last))
        count = np.bincount(cell[there], minlength=len(chosen) * len(last))
        means = np.full(len(total), np.nan)
        np.divide(total, count, out=means, where=count > 0)
        result[start : start + len(chosen)] = means.reshape(len(chosen), len(last))
    return result, last
