"""What a worker does: a few runs, one after the other, those with the same world on one world."""

from __future__ import annotations

import hashlib
import json
import time
import traceback
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from takeup.errors import OutputError, TakeupError
from takeup.model.world.world import world_key
from takeup.results.runs import KEY_LENGTH, Kept, Label, part_of, rows_of
from takeup.runs.replicate import run as run_case
from takeup.runs.version import model_version
from takeup.scenario.schema.case import Case
from takeup.scenario.schema.fitted import digest_of
from takeup.scenario.schema.scenario import Scenario


@dataclass(frozen=True)
class Run:
    """A run to be done.

    Attributes:
        case: the scenario with the parameters of its replicate, and the key of its random numbers.
        world: hash of the world that it runs on.
        key: hash of all that decides its result.
        labels: where it stands in the sweep; several places if points are equal.
    """

    case: Case
    world: str
    key: str
    labels: tuple[Label, ...]

    def also(self, label: Label) -> Run:
        """Return the same run, standing in one more place."""
        return replace(self, labels=(*self.labels, label))


@dataclass(frozen=True)
class Job:
    """Runs that a worker does in one go.

    Attributes:
        runs: in the order in which they run.
        kept: what is kept of each.
        scenarios: names of all scenarios of the sweep.
        model: version of the model that is to run them.
        sweep: id of the sweep.
    """

    runs: tuple[Run, ...]
    kept: Kept
    scenarios: tuple[str, ...]
    model: str
    sweep: str = ""


@dataclass(frozen=True)
class Failure:
    """A run that failed, and why."""

    label: Label
    error: str


@dataclass(frozen=True)
class Done:
    """What a worker hands back.

    Attributes:
        part: the results as a Parquet part; empty if all runs failed.
        runs: runs in it, counted by their labels.
        failures: what failed.
        seconds: time that the job took on its worker.
        kernel_seconds: CPU seconds of the weeks alone.
    """

    part: bytes
    runs: int
    failures: tuple[Failure, ...]
    seconds: float
    kernel_seconds: float


def run_of(scenario: Scenario, replicate: int, labels: Sequence[Label]) -> Run:
    """Return the run of a replicate.

    Its key is a hash of the scenario as the replicate runs it (all values, defaults and parameters
    included; names and the number of replicates are left out), the random numbers, the content of
    the posterior that it draws from, and the version of the model.

    Raises:
        InputError: the edge list of the network or the posterior cannot be read, or the latter has
            no row for the replicate.
    """
    case = Case.of(scenario, replicate)
    world = world_key(case.scenario, case.key)
    decides = [
        model_version(),
        world,
        case.key,
        case.scenario.model_dump(mode="json", exclude=_IRRELEVANT),
        sorted(case.scenario.parameter_values().items()),
        digest_of(scenario),
    ]
    text = json.dumps(decides, separators=(",", ":"))  # unsorted: the order of services counts
    return Run(case, world, hashlib.sha256(text.encode()).hexdigest()[:KEY_LENGTH], tuple(labels))


_IRRELEVANT: Any = {
    "name": True,
    "description": True,
    "parameters": True,  # all of them are put in, whether stated or not
    "run": {"replicates", "uncertainty", "posterior", "seed"},  # the seed is in the world's hash
    "network": {"file"},  # so is what the file says
}


def do(job: Job) -> Done:
    """Do the runs of a job; a run that fails leaves its error and the rest goes on.

    Raises:
        OutputError: the worker has another version of the model, or the edge list is no longer
            what it was when the run was planned.
    """
    start = time.perf_counter()
    if model_version() != job.model:
        raise OutputError(
            f"this worker has version {model_version()} of the model and the sweep {job.model}: "
            "install the same version on all workers"
        )
    rows, failures, kernel = [], [], 0.0
    for run in job.runs:
        try:
            ran = run_case(run.case, job.kept.families(), run.world)
            kernel += ran.kernel_seconds
            kept = rows_of(ran.values, ran.info, job.kept)
        except OutputError:
            raise
        except Exception as error:
            text = said_of(error)
            failures += [Failure(label, text) for label in run.labels]
        else:
            rows += [(run.key, label, kept) for label in run.labels]
    part = part_of(rows, job.kept, job.scenarios, job.model, job.sweep) if rows else b""
    return Done(part, len(rows), tuple(failures), time.perf_counter() - start, kernel)


def said_of(error: BaseException) -> str:
    """Return an error in one line: what was wrong, or for a bug also where."""
    if isinstance(error, TakeupError):
        return "; ".join(str(error).splitlines())
    frames = traceback.extract_tb(error.__traceback__)
    where = f" ({frames[-1].filename}, line {frames[-1].lineno})" if frames else ""
    return f"{type(error).__name__}: {' '.join(str(error).split())}{where}"
