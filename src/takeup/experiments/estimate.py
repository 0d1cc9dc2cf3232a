"""How many runs an experiment has, and about how long they take on this machine."""

from __future__ import annotations

import time
from dataclasses import dataclass

from takeup.experiments.definition import Experiment
from takeup.experiments.design import make_points
from takeup.experiments.jobs import Job, do, run_of
from takeup.results.runs import Label
from takeup.runs.executor import processors
from takeup.runs.version import model_version
from takeup.scenario.schema.scenario import Scenario

_TRIED_RESIDENTS = 20_000
"""Residents that are tried at most; what larger places take grows in proportion."""


@dataclass(frozen=True)
class Estimate:
    """What an experiment takes.

    Attributes:
        points: points of the design.
        scenarios: scenarios that are run at every point.
        replicates: runs of every point and scenario.
        seconds_per_run: time of a run on one processor of this machine, its share of making worlds
            included.
        workers: how many run at a time.
    """

    points: int
    scenarios: int
    replicates: int
    seconds_per_run: float
    workers: int

    @property
    def runs(self) -> int:
        """Number of runs."""
        return self.points * self.scenarios * self.replicates

    @property
    def seconds(self) -> float:
        """Time of all runs."""
        return self.runs * self.seconds_per_run / min(self.workers, self.runs)


def estimate(experiment: Experiment, workers: int | None = None) -> Estimate:
    """Estimate what an experiment takes, by trying a run of its first and its last point.

    Args:
        experiment: the experiment.
        workers: how many run at a time; left out: one per processor.

    Raises:
        InputError: the points cannot be made, or cannot be run.
    """
    points = make_points(experiment)
    name = next(iter(experiment.sources))
    tried = sorted({0, len(points) - 1})
    seconds = [_seconds(experiment, experiment.scenario(name, points.values(p))) for p in tried]
    return Estimate(
        points=len(points),
        scenarios=len(experiment.sources),
        replicates=experiment.replicates,
        seconds_per_run=sum(seconds) / len(seconds),
        workers=workers or processors(),
    )


def _seconds(experiment: Experiment, scenario: Scenario) -> float:
    """Return the time of a run, from one that may have fewer residents."""
    simulated = scenario.simulated()
    tried = min(simulated, _TRIED_RESIDENTS)
    smaller = scenario.model_copy(update={"run": scenario.run.model_copy(update={"sample": tried})})
    for replicate in (0, 1):  # the first loads or compiles the kernels
        label = Label(scenario.name, 0, replicate)
        job = Job((run_of(smaller, replicate, [label]),), experiment.record.kept(),
                  tuple(experiment.sources), model_version())  # fmt: skip
        began = time.perf_counter()
        do(job)
        seconds = time.perf_counter() - began
    return seconds * simulated / tried
