"""From a design to its points, sampled by scipy.stats.qmc and SALib."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from takeup.errors import InputError
from takeup.experiments.definition import (
    Experiment,
    Grid,
    LatinHypercube,
    Morris,
    OneAtATime,
    PointList,
    Sobol,
)
from takeup.experiments.point_list import read_points
from takeup.experiments.variation import Variation

FloatArray = npt.NDArray[np.float64]

_MOST = 10_000_000
"""Points that a design can have."""

_MOST_VALUES = 20_000_000
"""Values of all points together, which are held in memory at once."""


@dataclass(frozen=True)
class Points:
    """The points of an experiment.

    Attributes:
        table: a row per point (index `point`), a column per varied key; missing where a point
            leaves the scenario as it is.
        units: positions from 0 to 1 in every range, same shape, for designs that were sampled:
            what SALib needs; None for the others.
        varied: how every column varies.
    """

    table: pd.DataFrame
    units: pd.DataFrame | None
    varied: Mapping[str, Variation]

    def __len__(self) -> int:
        return len(self.table)

    def values(self, point: int) -> dict[str, Any]:
        """Return what a point changes, by dotted key."""
        return {
            name: self.varied[name].value(cell)
            for name, array in self._arrays.items()
            if not _is_missing(cell := array[point])
        }

    @cached_property
    def _arrays(self) -> dict[str, Any]:
        return {str(name): column.array for name, column in self.table.items()}


def _is_missing(cell: Any) -> bool:
    """Return whether a cell of the table is empty; `pandas.isna` takes its time."""
    return cell is None or cell is pd.NA or (isinstance(cell, float) and cell != cell)


def make_points(experiment: Experiment) -> Points:
    """Return the points of an experiment.

    Raises:
        InputError: the CSV file of a list cannot be used, or there are too many points.
    """
    design, varied = experiment.design, experiment.varied
    if isinstance(design, PointList):
        return Points(
            _table(varied, read_points(experiment.file, design.file).columns), None, varied
        )
    if isinstance(design, Grid):
        levels = [variation.levels(design.levels) for variation in varied.values()]
        _check_size(experiment, float(np.prod([float(len(values)) for values in levels])))
        columns: Sequence[Sequence[Any]] = list(zip(*itertools.product(*levels), strict=True))
        return Points(_table(varied, columns), None, varied)
    if isinstance(design, OneAtATime):
        return Points(_table(varied, _one_at_a_time(design, varied)), None, varied)
    units = _sampled(experiment)
    columns = [
        [variation.at(position) for position in units[:, index].tolist()]
        for index, variation in enumerate(varied.values())
    ]
    table = _table(varied, columns)
    return Points(table, pd.DataFrame(units, index=table.index, columns=list(varied)), varied)


def _table(varied: Mapping[str, Variation], columns: Sequence[Sequence[Any]]) -> pd.DataFrame:
    table = pd.DataFrame(
        {
            name: variation.column(values)
            for (name, variation), values in zip(varied.items(), columns, strict=True)
        }
    )
    table.index.name = "point"
    return table


def _check_size(experiment: Experiment, points: float) -> None:
    varied = len(experiment.varied)
    most = min(_MOST, _MOST_VALUES // max(1, varied))
    if points > most:
        raise InputError(
            f"{experiment.file}: design: has {points:,.0f} points, and at most {most:,} are "
            f"possible with {varied} varied; a latin_hypercube or morris design needs far fewer"
        )


def _one_at_a_time(design: OneAtATime, varied: Mapping[str, Variation]) -> list[list[Any]]:
    """Return columns: the scenario as it is, then every value on its own."""
    levels = [variation.levels(design.levels) for variation in varied.values()]
    columns: list[list[Any]] = []
    for own, _ in enumerate(levels):
        column: list[Any] = [None]
        for other, values in enumerate(levels):
            column += values if other == own else [None] * len(values)
        columns.append(column)
    return columns


def _sampled(experiment: Experiment) -> FloatArray:
    """Return positions in the unit cube, (points, varied)."""
    design, count = experiment.design, len(experiment.varied)
    if isinstance(design, LatinHypercube):
        from scipy.stats import qmc

        _check_size(experiment, design.points)
        points: FloatArray = qmc.LatinHypercube(count, rng=design.seed).random(design.points)
        return points
    if isinstance(design, Sobol):
        from SALib.sample import sobol

        per_row = 2 * count + 2 if design.second_order else count + 2
        _check_size(experiment, float(design.points) * per_row)
        return np.asarray(
            sobol.sample(
                problem(list(experiment.varied)),
                design.points,
                calc_second_order=design.second_order,
                seed=design.seed,
            )
        )
    assert isinstance(design, Morris)
    from SALib.sample import morris

    _check_size(experiment, float(design.trajectories) * (count + 1))
    # One at a time, each with a seed of its own: then a longer design begins as a shorter one.
    seeds = np.random.SeedSequence(design.seed).generate_state(design.trajectories)
    return np.concatenate(
        [
            morris.sample(problem(list(experiment.varied)), 1, design.levels, seed=int(seed))
            for seed in seeds
        ]
    )


def problem(names: Sequence[str]) -> dict[str, Any]:
    """Return SALib's description of a unit cube with a side for every name."""
    return {"num_vars": len(names), "names": list(names), "bounds": [[0.0, 1.0]] * len(names)}
