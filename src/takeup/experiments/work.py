"""A sweep under way: what is missing of it goes to workers in jobs, and what they bring is kept."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from takeup.errors import OutputError, TakeupError
from takeup.experiments.definition import Experiment
from takeup.experiments.design import Points
from takeup.experiments.enough import Reached
from takeup.experiments.jobs import Done, Failure, Job, Run, do, said_of
from takeup.experiments.plan import missing_runs
from takeup.results.cache import RunCache
from takeup.results.manifest import hash_files
from takeup.results.runs import Label, encoded, relabelled
from takeup.results.sweep_folder import SweepFolder
from takeup.runs.executor import Executor, MakeExecutor, WorkerLost
from takeup.runs.version import model_version

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


@dataclass(frozen=True)
class _Attempt:
    """A job under way."""

    job: Job
    alone: bool = False  # it brought no result before: it has all memory to itself


class Work:
    """What is missing of a sweep, as jobs for an executor.

    Args:
        target: the folder.
        experiment: the experiment.
        named: edge lists and posteriors, and the hash of each when the sweep began.
        points: points of the experiment.
        status: written.
        cache: runs of earlier sweeps, and what is added to them.
        executor: makes what does the jobs.
        job_runs: runs in a job; left out: what takes a few seconds.
        progress: called as jobs end.
    """

    def __init__(
        self,
        target: SweepFolder,
        experiment: Experiment,
        named: Mapping[str, str],
        points: Points,
        status: Status,
        cache: RunCache | None,
        executor: MakeExecutor,
        job_runs: int | None,
        progress: Progress | None,
    ) -> None:
        self.target, self.experiment, self.points = target, experiment, points
        self.named = named
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
            self.executor.close()
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
                    self._check_named()
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

    def _check_named(self) -> None:
        """Refuse runs that were planned with a file that is another than at the start."""
        for file, content in hash_files(map(Path, self.named)).items():
            if content != self.named[file]:
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
        return self.executor.submit(do, job)

    def _take(self, future: Future[Done], attempt: _Attempt, suspects: deque[Job]) -> None:
        """Keep what a job brought, or find out what is wrong with it."""
        try:
            done = future.result()
        except Exception as error:
            if isinstance(error, TakeupError) and not isinstance(error, WorkerLost):
                raise
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
