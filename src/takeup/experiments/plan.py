"""Which runs an experiment has, which are missing, and how points keep their numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from takeup.errors import InputError, TakeupError
from takeup.experiments.definition import Experiment
from takeup.experiments.design import Points
from takeup.experiments.jobs import Failure, Run, run_of, said_of
from takeup.results.runs import Label

BATCH = 1024
"""Runs that are planned together; among them those with the same world come one after the other."""


def missing_runs(
    experiment: Experiment, points: Points, done: npt.NDArray[np.bool_]
) -> Iterator[tuple[list[Run], list[Failure]]]:
    """Yield what is to be done, batch by batch: runs, and those that cannot even be begun.

    Runs with the same world follow each other; equal runs are one run with several labels.

    Args:
        experiment: the experiment.
        points: its points.
        done: what is there, (scenarios, points, replicates).
    """
    names = list(experiment.sources)
    step = max(1, BATCH // (done.shape[0] * done.shape[2]))
    for first in range(0, len(points), step):
        chunk = range(first, min(first + step, len(points)))
        if done[:, chunk.start : chunk.stop].all():
            continue
        runs: dict[str, Run] = {}
        failures: list[Failure] = []
        for point in chunk:
            values = points.values(point)
            for index, name in enumerate(names):
                wanted = np.flatnonzero(~done[index, point]).tolist()
                labels = [Label(name, point, replicate) for replicate in wanted]
                _add(experiment, values, labels, runs, failures)
        yield sorted(runs.values(), key=lambda run: run.world), failures


def _add(
    experiment: Experiment,
    values: dict[str, Any],
    labels: Sequence[Label],
    runs: dict[str, Run],
    failures: list[Failure],
) -> None:
    """Put the runs of one point and scenario to the others."""
    if not labels:
        return
    try:
        scenario = experiment.scenario(labels[0].scenario, values)
        for label in labels:
            run = run_of(scenario, label.replicate, [label])
            known = runs.get(run.key)
            runs[run.key] = run if known is None else known.also(label)
    except TakeupError as error:
        failures += [Failure(label, said_of(error)) for label in labels]


def stray_run(experiment: Experiment, points: Points, held: pd.DataFrame) -> Label | None:
    """Return the first run of a folder that the experiment would do otherwise now, if any.

    Args:
        experiment: the experiment.
        points: its points.
        held: the runs that are there, as `held_runs` returns them.
    """
    held = held.sort_values(["point", "scenario", "replicate"])
    for (point, name), runs in held.groupby(["point", "scenario"], sort=True):
        labels = [Label(str(name), int(point), int(number)) for number in runs["replicate"]]
        try:
            scenario = experiment.scenario(str(name), points.values(int(point)))
            keys = [run_of(scenario, label.replicate, ()).key for label in labels]
        except TakeupError:
            return labels[0]
        for label, key, stored in zip(labels, keys, runs["key"], strict=True):
            if key != stored:
                return label
    return None


# ---------------------------------------------------------------- numbers of points


def aligned(points: Points, earlier: pd.DataFrame) -> Points:
    """Return points with the numbers that they had in an earlier design; new ones come after.

    Args:
        points: the points of the experiment as it is now.
        earlier: the design of the sweep that is gone on with.

    Raises:
        InputError: a point of the earlier design is no longer among them.
    """
    if list(earlier.columns) != list(points.table.columns):
        raise InputError("what is varied has changed, so that earlier points do not fit")
    now = _rows(points.table)
    numbers: dict[tuple[Any, ...], list[int]] = {}
    for number, row in enumerate(now):
        numbers.setdefault(row, []).append(number)
    order: list[int] = []
    for number, row in enumerate(_rows(earlier)):
        if not numbers.get(row):
            raise InputError(
                f"point {number} of the sweep is not among the points of the experiment as it is "
                "now; grids and lists can get more values, sobol more points, morris more "
                "trajectories, and every design more replicates"
            )
        order.append(numbers[row].pop(0))
    taken = set(order)
    order += [number for number in range(len(now)) if number not in taken]
    if order == list(range(len(now))):
        return points
    table = points.table.iloc[order].reset_index(drop=True)
    table.index.name = "point"
    if points.units is not None:
        raise InputError("the points of this design cannot be added to: they would change places")
    return Points(table, None, points.varied)


def _rows(table: pd.DataFrame) -> list[tuple[Any, ...]]:
    columns = [[_comparable(value) for value in table[name].array] for name in table.columns]
    return list(zip(*columns, strict=True))


def _comparable(value: Any) -> Any:
    if pd.isna(value):
        return None
    return value.item() if hasattr(value, "item") else value
