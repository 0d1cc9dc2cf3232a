"""Processes that compute for all pages of a server, the most urgent job first.

A job waits here rather than at a worker, so that a first answer overtakes whatever can wait, and a
job that nobody wants any more is dropped when its turn comes. Every worker has a thread that hands
it one job at a time and waits for the result; a worker that dies is replaced.
"""

from __future__ import annotations

import heapq
import itertools
import multiprocessing
import os
import pickle
import signal
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any

from takeup.errors import TakeupError

MOST_DEATHS = 2
"""Workers that a job may cost."""

LOOK_AFTER = 256
"""Jobs that wait before it is looked at which of them are still wanted."""

NICE = 10
"""How far workers stand back behind the server, so that pages are drawn while it computes."""

_SPAWN = multiprocessing.get_context("spawn")


class WorkerDied(TakeupError):  # noqa: N818  (it is what happened)
    """The process that computed a job is gone, twice."""

    def __init__(self) -> None:
        super().__init__("The part of the server that computes was stopped; try again.")


def never() -> bool:
    """Return that a job is still wanted."""
    return False


@dataclass(order=True)
class _Job:
    priority: tuple[int, ...]
    number: int
    call: bytes = field(compare=False)
    cancelled: Callable[[], bool] = field(compare=False)
    future: Future[Any] = field(default_factory=Future, compare=False)
    deaths: int = field(default=0, compare=False)

    def drop(self) -> None:
        """Say that it will not be done; one that had begun cannot be cancelled any more."""
        if not self.future.cancel() and not self.future.done():
            self.future.set_exception(WorkerDied())


class Pool:
    """Workers and the jobs that wait for them; methods may be called from any thread.

    Args:
        workers: number of processes; left out: one for every processor.
    """

    def __init__(self, workers: int | None = None) -> None:
        self._waiting: list[_Job] = []  # a heap
        self._look_after = LOOK_AFTER
        self._numbers = itertools.count()
        self._changed = threading.Condition()
        self._closed = False
        self._workers = [_Worker() for _ in range(workers or os.cpu_count() or 1)]
        self._threads = [
            threading.Thread(target=self._serve, args=(at,), name=f"takeup-{at}", daemon=True)
            for at in range(len(self._workers))
        ]
        for thread in self._threads:
            thread.start()

    def submit(
        self,
        function: Callable[..., Any],
        *args: Any,
        priority: tuple[int, ...] = (0,),
        cancelled: Callable[[], bool] = never,
    ) -> Future[Any]:
        """Compute `function(*args)` in a worker when its turn comes.

        Args:
            function: of a module, so that it can be pickled, as its arguments.
            args: its arguments.
            priority: the lowest goes first; equal ones in the order in which they came.
            cancelled: says that nobody wants the result any more; asked when its turn comes.

        Returns:
            The result to come. It raises `WorkerDied` if the worker died and another one too, and
            is cancelled if the pool was closed before its turn came.
        """
        job = _Job(priority, next(self._numbers), pickle.dumps((function, args)), cancelled)
        self._wait(job)
        return job.future

    @property
    def pids(self) -> tuple[int, ...]:
        """The processes that compute."""
        return tuple(worker.pid for worker in self._workers)

    def close(self) -> None:
        """Stop the workers, and drop what waits for them."""
        with self._changed:
            self._closed = True
            waiting, self._waiting = self._waiting, []
            self._changed.notify_all()
        for job in waiting:
            job.drop()
        for worker in self._workers:
            worker.stop()
        for thread in self._threads:
            thread.join()

    # ------------------------------------------------------------ one thread for every worker

    def _serve(self, at: int) -> None:
        while (job := self._next(at)) is not None:
            try:
                if not self._workers[at].alive:  # it died while idle, which is not this job's doing
                    self._renew(at)
                good, result = self._workers[at].do(job.call)
            except (EOFError, OSError):
                self._workers[at].stop()  # another takes its place when its turn comes
                self._again(job)
                continue
            if good:
                job.future.set_result(result)
            else:
                job.future.set_exception(result)
            del job, result  # not held on to while there is nothing to do

    def _next(self, at: int) -> _Job | None:
        """Wait for the job that is this worker's turn; None once the pool is closed."""
        while True:
            with self._changed:
                while not self._waiting and not self._closed:
                    self._changed.wait()
                if self._closed:
                    return None
                job = heapq.heappop(self._waiting)
            if job.cancelled():  # outside: what it asks may have locks of its own
                job.drop()
            elif job.deaths or job.future.set_running_or_notify_cancel():
                return job

    def _wait(self, job: _Job) -> None:
        """Let a job wait for its turn."""
        with self._changed:
            open_still = not self._closed
            if open_still:
                heapq.heappush(self._waiting, job)
                self._changed.notify()
            crowded = len(self._waiting) > self._look_after
        if not open_still:
            job.drop()
        elif crowded:
            self._drop_unwanted()

    def _drop_unwanted(self) -> None:
        """Let go of what nobody wants: where first answers never end, its turn may never come."""
        with self._changed:
            waiting = list(self._waiting)
        numbers = {job.number for job in waiting if job.cancelled()}
        with self._changed:  # but for those whose turn has come meanwhile
            unwanted = [job for job in self._waiting if job.number in numbers]
            self._waiting = [job for job in self._waiting if job.number not in numbers]
            heapq.heapify(self._waiting)
            self._look_after = max(LOOK_AFTER, 2 * len(self._waiting))
        for job in unwanted:
            job.drop()

    def _again(self, job: _Job) -> None:
        """Do a job again whose worker died, or could not be started, if it may."""
        job.deaths += 1
        if job.deaths == MOST_DEATHS:
            job.future.set_exception(WorkerDied())
        else:
            self._wait(job)

    def _renew(self, at: int) -> None:
        """Put another worker in the place of one that died, unless the pool is closed."""
        self._workers[at].stop()
        with self._changed:
            if not self._closed:
                self._workers[at] = _Worker()


class _Worker:
    """One process, and our end of the pipe to it."""

    def __init__(self) -> None:
        self._pipe, theirs = _SPAWN.Pipe()
        self._process = _SPAWN.Process(
            target=_work, args=(theirs,), name="takeup-worker", daemon=True
        )
        self._process.start()
        theirs.close()  # so that the pipe ends when the process does
        self.pid = self._process.pid or 0

    def do(self, call: bytes) -> tuple[bool, Any]:
        """Return whether a call went well, and its result or exception.

        Raises:
            EOFError, OSError: the process is gone.
        """
        self._pipe.send_bytes(call)
        good, result = pickle.loads(self._pipe.recv_bytes())
        return bool(good), result

    @property
    def alive(self) -> bool:
        """Whether the process still runs."""
        return self._process.is_alive()

    def stop(self) -> None:
        """End the process, if it still runs."""
        self._process.kill()
        self._process.join()


def _work(pipe: Connection) -> None:
    """Do what comes through the pipe until it ends, which it does when the server does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the server's to deal with
    if hasattr(os, "nice"):
        os.nice(NICE)
    while True:
        try:
            call = pipe.recv_bytes()
        except EOFError:
            return
        try:
            function, args = pickle.loads(call)
            said = pickle.dumps((True, function(*args)))
        except Exception as error:
            said = _excused(error)
        try:
            pipe.send_bytes(said)
        except OSError:
            return


def _excused(error: Exception) -> bytes:
    """Return an exception for the way back, as text if it cannot travel."""
    try:
        said = pickle.dumps((False, error))
        pickle.loads(said)
    except Exception:
        said = pickle.dumps((False, RuntimeError(f"{type(error).__name__}: {error}")))
    return said
