"""Run an experiment: what is missing of it, in jobs, into a folder that can be gone on with."""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, wait
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from takeup.errors import InputError, OutputError, TakeupError
from takeup.experiments.definition import Experiment
from takeup.experiments.design import Points, make_points
from takeup.experiments.enough import Reached, Until, width_in
from takeup.experiments.executors import MakeExecutor, processes
from takeup.experiments.jobs import Done, Failure, Job, Run, do, said_of
from takeup.experiments.plan import aligned, missing_runs, stray_run
from takeup.experiments.provenance import experiment_files
from takeup.experiments.version import model_version
from takeup.output import shortened
from takeup.results.cache import RunCache
from takeup.results.manifest import hash_files, made_with
from takeup.results.runs import Label, encoded, relabelled
from takeup.results.sweep import open_sweep
from takeup.results.sweep_folder import SweepFolder, differences, sweep_folder

JOB_SECONDS = 4.0
"""How long a job takes, about: long enough for a small overhead, short enough to be lost."""

MOST_RUNS = 256
"""Runs in a job at most."""


_MOST_DEATHS = 20
"""Jobs that may fail as a whole, one after the other, before it is no longer their fault."""


@dataclass
class Status:
    """How far a sweep is.

    Attributes:
        total: runs of the sweep.
        earlier: runs that were in the folder already.
        reused: runs taken from the cache.
        done: runs done now.
        failures: what failed.
        damaged: files that were damaged; their runs are done anew.
        replicates: runs of every point and scenario.
        workers: how many work at a time.
        seconds: time so far.
        kernel_seconds: CPU seconds of the weeks alone, on all workers.
        reached: how narrow the interval became that replicates were added for.
    """

    total: int = 0
    earlier: int = 0
    reused: int = 0
    done: int = 0
    failures: list[Failure] = field(default_factory=list)
    damaged: list[Path] = field(default_factory=list)
    replicates: int = 0
    workers: int = 1
    seconds: float = 0.0
    kernel_seconds: float = 0.0
    reached: Reached | None = None

    @property
    def left(self) -> int:
        """Runs that are still to come."""
        return self.total - self.earlier - self.reused - self.done - len(self.failures)


Progress = Callable[[Status], None]


def sweep(
    experiment: Experiment,
    folder: Path | str,
    *,
    workers: int | None = None,
    executor: MakeExecutor | None = None,
    extend: bool = False,
    cache: bool = True,
    job_runs: int | None = None,
    until: Until | None = None,
    progress: Progress | None = None,
    more: Mapping[str, Any] | None = None,
) -> Status:
    """Run what is missing of an experiment.

    What is in the folder, or was done by any earlier sweep with the same inputs, seed and version,
    is not done again. Results do not depend on the number of workers, on the size of jobs, or on
    how often the sweep was stopped and gone on with, not in a single bit.

    Args:
        experiment: as returned by `read_experiment`.
        folder: where results go; one that holds part of this sweep is gone on with.
        workers: how many runs are done at a time; left out: one per processor.
        executor: makes the `concurrent.futures.Executor` that does the jobs; left out: this
            machine's processes.
        extend: the experiment has more replicates or points than the sweep in the folder.
        cache: use and fill the cache of runs.
        job_runs: runs in a job; left out: what takes a few seconds.
        until: add replicates, of all points alike, until an interval is narrow enough.
        progress: called as jobs end.
        more: what the manifest also records.

    Returns:
        What was done.

    Raises:
        InputError: the design cannot be made.
        OutputError: the folder is taken, holds a sweep of another experiment or version, or cannot
            be written. Everything done until then is kept.
    """
    count = workers or os.cpu_count() or 1
    points = make_points(experiment)
    with sweep_folder(Path(folder)) as target:
        stated = experiment.stated()
        points, replicates = _gone_on_with(target, experiment, stated, points, extend)
        status = Status(workers=count, damaged=target.parts.clean())
        _check_runs(target, experiment, points)
        work = _Work(
            target, experiment, stated["edge lists"], points, status,
            RunCache(model_version()) if cache else None,
            executor or partial(processes, count), job_runs, progress,
        )  # fmt: skip
        manifest = _manifest(experiment, stated, points, replicates, more or {})
        target.begin(manifest, points.table, points.units)
        try:
            work.run(replicates)
            while until is not None:
                width = width_in(open_sweep(folder), until.kpi)
                status.reached = Reached(until, replicates, width)
                if until.next(replicates, width) == replicates:
                    break
                replicates = until.next(replicates, width)
                target.note({**(target.manifest or {}), "replicates": replicates})
                work.run(replicates)
        finally:
            work.close()
            target.write_failures([(failure.label, failure.error) for failure in status.failures])
        target.note({**(target.manifest or {}), **_summary(status)})
    return status


# ---------------------------------------------------------------- the folder and the experiment


_EXTENSIBLE = ("replicates", "design.points", "design.trajectories", "design.levels", "vary.")


def _gone_on_with(
    target: SweepFolder,
    experiment: Experiment,
    stated: Mapping[str, Any],
    points: Points,
    extend: bool,
) -> tuple[Points, int]:
    """Return points and replicates that fit what the folder holds, or raise with what changed."""
    if target.manifest is None:
        return points, experiment.replicates
    if target.manifest["model"] != model_version():
        raise OutputError(
            f"{target.path}: was begun with another version of the model or its libraries "
            f"({target.manifest['model']}, now {model_version()}), and their runs do not mix; name "
            "another --out"
        )
    changed = list(differences(target.manifest["experiment"], stated))
    before, there = int(target.manifest["replicates"]), int(target.manifest["points"])
    if extend:
        changed = [entry for entry in changed if not entry[0].startswith(_EXTENSIBLE)]
        if experiment.replicates < before:
            changed.append(("replicates", before, experiment.replicates))
    elif not changed and len(points) != there:
        changed.append(("points", there, len(points)))
    if changed:
        told = {key.partition(".")[2] for key, *_ in changed if key.startswith("edge lists.")}
        raise OutputError(
            [
                f"{target.path}: holds a sweep of another experiment; name another --out"
                + ("" if extend else ", or --extend if points or replicates were added"),
                *map(_changed, *zip(*changed, strict=True)),
                *_changed_files(target, experiment, told),
            ]
        )
    design = target.design()
    try:
        points = aligned(points, design)
    except InputError as error:
        lines = [f"{target.path}: cannot be extended: {error}"]
        lines += _changed_files(target, experiment)
        raise OutputError(lines) from None
    return points, max(experiment.replicates, before)


def _check_runs(target: SweepFolder, experiment: Experiment, points: Points) -> None:
    """Refuse a folder with a run that is not the one that the experiment has in its place now."""
    names = tuple(experiment.sources)
    held = target.held(names, len(points), experiment.record.kept())
    stray = stray_run(experiment, points, held)
    if stray is not None:
        lines = [
            f"{target.path}: its run of {stray.scenario}, point {stray.point}, replicate "
            f"{stray.replicate} is not the one that the experiment has there now: a file that goes "
            "into it has changed, or a file of the folder; put it back, or name another --out",
            *_changed_files(target, experiment),
        ]
        raise OutputError(lines)


def _changed(key: str, was: Any, now: Any) -> str:
    """Return what changed, in a line of its own."""
    section, _, file = key.partition(".")
    if section == "edge lists" and was and now:
        return (
            f"  {file}: the edge list has changed (SHA-256 was {was[:12]}…, is {now[:12]}…); put "
            "it back as it was to go on with this sweep"
        )
    return f"  {key}: was {_shown(was)}, is {_shown(now)}"


def _changed_files(
    target: SweepFolder, experiment: Experiment, told: Collection[str] = ()
) -> list[str]:
    """Return the input files that are not what they were, but those told of, in one line."""
    before = (target.manifest or {}).get("inputs")
    now = hash_files(experiment_files(experiment)).items()
    known = before if isinstance(before, dict) else {}
    changed = [f for f, content in now if f not in told and known.get(f, content) != content]
    return [f"  changed since the sweep began: {', '.join(changed)}"] if changed else []


def _shown(value: Any) -> str:
    return "not stated" if value is None else shortened(str(value))


def _manifest(
    experiment: Experiment,
    stated: Mapping[str, Any],
    points: Points,
    replicates: int,
    more: Mapping[str, Any],
) -> dict[str, Any]:
    first = next(iter(experiment.base.values()))
    return {
        **made_with(),
        "kind": "sweep",
        "format": 1,
        "name": experiment.name,
        "description": experiment.description,
        "model": model_version(),
        "experiment": stated,
        "inputs": hash_files(experiment_files(experiment)),
        "points": len(points),
        "replicates": replicates,
        "currency": first.place.currency,
        "begun": datetime.now(UTC).isoformat(timespec="seconds"),
        "complete": False,
        **more,
    }


def _summary(status: Status) -> dict[str, Any]:
    """Return what the manifest says of a sweep at its end."""
    return {
        "complete": not status.failures,
        "replicates": status.replicates,
        "runs": {
            "total": status.total,
            "done before": status.earlier,
            "reused from the cache": status.reused,
            "done now": status.done,
            "failed": len(status.failures),
        },
        "timings": {
            "all runs, s": round(status.seconds, 3),
            "weeks alone, CPU s": round(status.kernel_seconds, 3),
            "workers": status.workers,
        },
    }


# ---------------------------------------------------------------- the work


@dataclass(frozen=True)
class _Attempt:
    """A job under way."""

    job: Job
    alone: bool = False  # it may have killed a worker, so nothing else runs beside it


class _Work:
    """A sweep under way."""

    def __init__(
        self,
        target: SweepFolder,
        experiment: Experiment,
        edge_lists: Mapping[str, str],
        points: Points,
        status: Status,
        cache: RunCache | None,
        executor: MakeExecutor,
        job_runs: int | None,
        progress: Progress | None,
    ) -> None:
        self.target, self.experiment, self.points = target, experiment, points
        self.edge_lists = edge_lists
        self.status, self.cache, self.progress = status, cache, progress
        self.make_executor, self.job_runs = executor, job_runs
        self.kept = experiment.record.kept()
        self.names = tuple(experiment.sources)
        self.seconds_per_run: float | None = None
        self.started = time.perf_counter()
        self.executor: Executor | None = None
        self.deaths = 0  # jobs without a result since the last that had one
        if cache is not None:
            cache.look(self.kept)

    def run(self, replicates: int) -> None:
        """Do what is missing of so many replicates."""
        done = self.target.done(self.names, len(self.points), replicates, self.kept)
        status = self.status
        if not status.total:
            status.earlier = int(done.sum())
        status.replicates, status.total = replicates, done.size
        for failure in status.failures:  # in an earlier round: not again
            scenario, point, replicate = failure.label
            done[self.names.index(scenario), point, replicate] = True
        if self.executor is None and not done.all():
            self.executor = self.make_executor()  # workers start while runs are put together
        self._tell()
        self._do_all(done)

    def close(self) -> None:
        """Let go of the workers, without waiting for what they are at."""
        if self.executor is not None:
            self.executor.shutdown(wait=False, cancel_futures=True)
            self.executor = None

    def _do_all(self, done: npt.NDArray[np.bool_]) -> None:
        batches = missing_runs(self.experiment, self.points, done)
        waiting: deque[Run] = deque()
        suspects: deque[Job] = deque()
        pending: dict[Future[Done], _Attempt] = {}
        exhausted = False
        while True:
            while not exhausted and len(waiting) < self.status.workers * MOST_RUNS:
                batch = next(batches, None)
                exhausted = batch is None
                if batch is not None:
                    self._check_edge_lists()
                    self._fail(batch[1])
                    waiting += self._not_in_cache(batch[0])
                if pending:
                    break  # look at what has ended in between
            self._submit(waiting, suspects, pending)
            if not pending:
                if exhausted and not waiting:
                    return
                continue
            ended, _ = wait(pending, return_when=FIRST_COMPLETED)
            for future in ended:
                self._take(future, pending.pop(future), suspects)
            self._tell()

    def _check_edge_lists(self) -> None:
        """Refuse runs that were planned with an edge list that is another than at the start."""
        for file, content in hash_files(map(Path, self.edge_lists)).items():
            if content != self.edge_lists[file]:
                raise OutputError(
                    f"{file}: has changed while the sweep was running; what was done with it as it "
                    "was is kept: put it back and start the same command again"
                )

    def _submit(
        self, waiting: deque[Run], suspects: deque[Job], pending: dict[Future[Done], _Attempt]
    ) -> None:
        """Give workers something to do: two jobs each, or one that may kill a worker, alone."""
        if suspects:
            if not pending:
                job = suspects.popleft()
                pending[self._start(job)] = _Attempt(job, alone=True)
            return
        while waiting and len(pending) < 2 * self.status.workers:
            size = min(self._size(), len(waiting))
            runs = tuple(waiting.popleft() for _ in range(size))
            job = Job(runs, self.kept, self.names, model_version(), self.target.id)
            pending[self._start(job)] = _Attempt(job)

    def _size(self) -> int:
        """Return how many runs the next job has."""
        if self.job_runs is not None:
            return self.job_runs
        if self.seconds_per_run is None:
            return 1
        fair = -(-self.status.left // (3 * self.status.workers))  # nobody is left alone at the end
        return max(1, min(int(JOB_SECONDS / self.seconds_per_run), fair, MOST_RUNS))

    def _start(self, job: Job) -> Future[Done]:
        if self.executor is None:
            self.executor = self.make_executor()
        try:
            return self.executor.submit(do, job)
        except BrokenExecutor as error:
            broken: Future[Done] = Future()
            broken.set_exception(error)
            return broken

    def _take(self, future: Future[Done], attempt: _Attempt, suspects: deque[Job]) -> None:
        """Keep what a job brought, or find out what is wrong with it."""
        try:
            done = future.result()
        except TakeupError:
            raise
        except Exception as error:
            if isinstance(error, BrokenExecutor):
                self.close()
            self._suspect(attempt, error, suspects)
            return
        self.deaths = 0
        if done.part:
            path = self.target.add(done.part)
            if self.cache is not None:
                self.cache.put(path)
        self.status.done += done.runs
        self.status.kernel_seconds += done.kernel_seconds
        self._fail(done.failures)
        latest = done.seconds / len(attempt.job.runs)
        known = self.seconds_per_run
        self.seconds_per_run = latest if known is None else 0.7 * known + 0.3 * latest

    def _suspect(self, attempt: _Attempt, error: Exception, suspects: deque[Job]) -> None:
        """Do a job that brought no result again on its own; one that fails so too, by halves."""
        self.deaths += 1
        if self.deaths > _MOST_DEATHS:
            raise OutputError(
                f"{self.target.path}: workers keep dying ({said_of(error)}); what was done is kept"
            ) from error
        runs = attempt.job.runs
        if not attempt.alone:
            suspects.append(attempt.job)
        elif len(runs) > 1:
            for half in (runs[: len(runs) // 2], runs[len(runs) // 2 :]):
                suspects.append(replace(attempt.job, runs=half))
        else:
            text = f"its worker died or could not hand back its results: {said_of(error)}"
            self._fail([Failure(label, text) for label in runs[0].labels])

    def _not_in_cache(self, runs: Sequence[Run]) -> Sequence[Run]:
        """Take what the cache has, and return the rest."""
        if self.cache is None:
            return runs
        labels = {run.key: run.labels for run in runs}
        found: set[str] = set()
        for keys, rows in self.cache.find(labels.keys()):
            wanted: dict[str, Sequence[Label]] = {key: labels[key] for key in keys}
            table = relabelled(rows, wanted, self.kept, self.names, model_version(), self.target.id)
            self.target.add(encoded(table))
            self.status.reused += sum(len(places) for places in wanted.values())
            found |= keys
        if found:
            self._tell()
        return [run for run in runs if run.key not in found]

    def _fail(self, failures: Sequence[Failure]) -> None:
        self.status.failures += failures

    def _tell(self) -> None:
        self.status.seconds = time.perf_counter() - self.started
        if self.progress is not None:
            self.progress(self.status)
