"""The outcomes of a design's points: one number a point and KPI, complete or refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
import numpy.typing as npt
import pandas as pd

from takeup.errors import InputError, did_you_mean

FloatArray = npt.NDArray[np.float64]

KEYS = ("point", "replicate", "scenario")
"""Columns of a table of outcomes that are not KPIs."""


@dataclass(frozen=True)
class PointMeans:
    """What every point of a design came to.

    Attributes:
        values: every run, (points, replicates, KPIs); points in the order of the design.
        means: mean over replicates, one row a point in the order of the design, one column a KPI.
        noise: by KPI, the share of the variance of `means` that is chance and not the point: what
            the replicates of a point disagree about after what all points share is taken off. NaN
            with one replicate, and where all points are equal.
    """

    values: FloatArray
    means: pd.DataFrame
    noise: dict[str, float]

    @property
    def replicates(self) -> int:
        """Number of runs of every point."""
        return int(self.values.shape[1])


def point_means(
    points: pd.Index,
    outcomes: pd.DataFrame,
    kpis: Sequence[str] | None = None,
    *,
    scenario: str | None = None,
    against: str | None = None,
) -> PointMeans:
    """Average a table of outcomes over replicates, one row a point.

    Args:
        points: the points of the design, in its order.
        outcomes: columns `point`, `replicate`, `scenario` and one per KPI.
        kpis: left out: all of them.
        scenario: whose outcomes; left out: the only one.
        against: scenario whose outcomes are taken off, point by point and replicate by replicate.

    Raises:
        InputError: a name is not there, or a point lacks a run. Indices of a design with holes
            would be wrong, so a missing run has to be made, never left out.
    """
    known = [str(column) for column in outcomes.columns if column not in KEYS]
    chosen = known if kpis is None else list(dict.fromkeys(kpis))
    names = [str(name) for name in pd.unique(outcomes["scenario"])]
    problems = [
        f'no KPI "{name}" in the sweep{did_you_mean(name, known)}'
        for name in chosen
        if name not in known
    ]
    problems += [
        f'no scenario "{name}" in the sweep{did_you_mean(name, names)}'
        for name in (scenario, against)
        if name is not None and name not in names
    ]
    if scenario is None and len(names) != 1:
        problems.append(f"the sweep holds {len(names)} scenarios; name one of {', '.join(names)}")
    if scenario is not None and scenario == against:
        problems.append(f'"{scenario}" cannot be set against itself')
    if problems:
        raise InputError(problems)
    cube = _cube(points, outcomes, chosen, scenario or names[0])
    if against is not None:
        base = _cube(points, outcomes, chosen, against)
        if base.shape != cube.shape:
            raise InputError(
                f'"{scenario}" has {cube.shape[1]} replicates and "{against}" {base.shape[1]}: '
                "start the sweep again to make what is missing"
            )
        cube = cube - base
    means = pd.DataFrame(cube.mean(axis=1), index=points, columns=chosen)
    noise = {name: _noise(cube[:, :, column]) for column, name in enumerate(chosen)}
    return PointMeans(cube, means, noise)


def _cube(
    points: pd.Index, outcomes: pd.DataFrame, kpis: Sequence[str], scenario: str
) -> FloatArray:
    """Return the outcomes of a scenario, (points, replicates, KPIs), or refuse holes."""
    part = outcomes[outcomes["scenario"] == scenario]
    part = part[part["point"].isin(points)]
    replicates = np.unique(part["replicate"].to_numpy())
    if not len(replicates):
        raise InputError(f'scenario "{scenario}" has no results yet: start the sweep again')
    rows = points.get_indexer(part["point"])
    columns = np.searchsorted(replicates, part["replicate"].to_numpy())
    runs = np.zeros((len(points), len(replicates)), dtype=np.int64)
    np.add.at(runs, (rows, columns), 1)
    missing = np.flatnonzero((runs == 0).any(axis=1))
    if len(missing):
        first = ", ".join(str(points[row]) for row in missing[:5])
        more = ", …" if len(missing) > 5 else ""
        raise InputError(
            f'{len(missing):,} of {len(points):,} points of "{scenario}" lack a run (point '
            f"{first}{more}): indices of a design with holes would be wrong. Start the sweep again "
            "to make what is missing; if a point fails every time, narrow the range that it lies in"
        )
    cube = np.empty((*runs.shape, len(kpis)))
    cube[rows, columns] = part[list(kpis)].to_numpy(dtype=np.float64)
    return cube


def _noise(values: FloatArray) -> float:
    """Return the share of the variance of the means of rows that is chance; (points, replicates).

    The residual of a two-way table: what is left of a value after its point's and its replicate's
    mean are taken off.
    """
    points, replicates = values.shape
    means = values.mean(axis=1)
    spread = float(means.var(ddof=1)) if points > 1 else 0.0
    if replicates < 2 or spread == 0.0 or not np.isfinite(values).all():
        return float("nan")
    rest = values - means[:, None] - values.mean(axis=0)[None, :] + values.mean()
    variance = float((rest**2).sum()) / ((points - 1) * (replicates - 1))
    return cast(float, min(1.0, variance / replicates / spread))
