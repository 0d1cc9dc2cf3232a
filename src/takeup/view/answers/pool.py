"""Processes that compute for all pages of a server, the most urgent job first.

A job waits here rather than at a worker, so that a first answer overtakes whatever can wait, and a
job that nobody wants any more is dropped when its turn comes. A browser that has had far more than
its share lately waits behind the others, whatever it asks: a script that moves a slider for hours
takes the workers' time when nobody else needs it. Every worker has a thread that hands
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
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any

from takeup.errors import TakeupError
from takeup.view.server.bounds import FAIR_SECONDS, JOBS_OF_BROWSER

MOST_DEATHS = 2
"""Workers that a job may cost."""

LOOK_AFTER = 256
"""Jobs that wait before it is looked at which of them are still wanted."""

HALF_SECONDS = 20.0
"""Time after which computing that somebody had counts half."""

GREEDY = 1.5
"""Somebody who had so many times what one has on average has had more than their share."""

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
    browser: str = field(compare=False)
    future: Future[Any] = field(default_factory=Future, compare=False)
    deaths: int = field(default=0, compare=False)

    def drop(self) -> None:
        """Say that it will not be done; one that had begun cannot be cancelled any more."""
        if not self.future.cancel() and not self.future.done():
            self.future.set_exception(WorkerDied())


class Had:
    """How much computing browsers had lately."""

    def __init__(self) -> None:
        self._had: dict[str, float] = {}
        self._at = 0.0

    def add(self, browser: str, seconds: float, now: float) -> None:
        """Count what one had."""
        left = 0.5 ** ((now - self._at) / HALF_SECONDS)
        faded = {who: had * left for who, had in self._had.items()}
        self._had = {who: had for who, had in faded.items() if had > 0.01}
        self._had[browser] = self._had.get(browser, 0.0) + seconds
        self._at = now

    def greedy(self, now: float) -> frozenset[str]:
        """Return those who had far more than their share."""
        left = 0.5 ** ((now - self._at) / HALF_SECONDS)
        share = sum(self._had.values()) / max(len(self._had), 1)
        most = max(FAIR_SECONDS.most / left, GREEDY * share)
        return frozenset(browser for browser, had in self._had.items() if had > most)


class Share:
    """The pool, as one browser has it.

    Args:
        pool: the pool.
        browser: whose jobs they are.
    """

    def __init__(self, pool: Pool, browser: str) -> None:
        self._pool, self._browser = pool, browser

    def submit(
        self,
        function: Callable[..., Any],
        *args: Any,
        priority: tuple[int, ...] = (0,),
        cancelled: Callable[[], bool] = never,
    ) -> Future[Any]:
        """Compute `function(*args)`, as the pool does."""
        return self._pool.submit(
            function, *args, priority=priority, cancelled=cancelled, browser=self._browser
        )


class Pool:
    """Workers and the jobs that wait for them; methods may be called from any thread.

    Args:
        workers: number of processes; left out: one for every processor.
        clock: seconds.
    """

    def __init__(
        self, workers: int | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._clock, self._had = clock, Had()
        self._waiting: dict[str, list[_Job]] = {}  # a heap for every browser
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
        browser: str = "",
    ) -> Future[Any]:
        """Compute `function(*args)` in a worker when its turn comes.

        Args:
            function: of a module, so that it can be pickled, as its arguments.
            args: its arguments.
            priority: the lowest goes first; equal ones in the order in which they came.
            cancelled: says that nobody wants the result any more; asked when its turn comes.
            browser: who wants it; empty for the server itself.

        Returns:
            The result to come. It raises `WorkerDied` if the worker died and another one too, a
            TakeupError if the browser waits for too many already, and is cancelled if the pool was
            closed before its turn came.
        """
        call = pickle.dumps((function, args))
        job = _Job(priority, next(self._numbers), call, cancelled, browser)
        self._wait(job)
        return job.future

    def share(self, browser: str) -> Share:
        """Return the pool as one browser has it."""
        return Share(self, browser)

    @property
    def pids(self) -> tuple[int, ...]:
        """The processes that compute."""
        return tuple(worker.pid for worker in self._workers)

    def close(self) -> None:
        """Stop the workers, and drop what waits for them."""
        with self._changed:
            self._closed = True
            waiting, self._waiting = self._waiting, {}
            self._changed.notify_all()
        for job in [job for jobs in waiting.values() for job in jobs]:
            job.drop()
        for worker in self._workers:
            worker.stop()
        for thread in self._threads:
            thread.join()

    # ------------------------------------------------------------ one thread for every worker

    def _serve(self, at: int) -> None:
        while (job := self._next(at)) is not None:
            began = self._clock()
            try:
                if not self._workers[at].alive:  # it died while idle, which is not this job's doing
                    self._renew(at)
                good, result = self._workers[at].do(job.call)
            except (EOFError, OSError):
                self._workers[at].stop()  # another takes its place when its turn comes
                self._again(job)
                continue
            finally:
                with self._changed:
                    now = self._clock()
                    self._had.add(job.browser, now - began, now)
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
                job = self._pop()
            if job.cancelled():  # outside: what it asks may have locks of its own
                job.drop()
            elif job.deaths or job.future.set_running_or_notify_cancel():
                return job

    def _pop(self) -> _Job:
        """Return the job whose turn it is; who calls has the lock, and jobs wait."""
        greedy = self._had.greedy(self._clock()) if len(self._waiting) > 1 else frozenset()
        whose = min(self._waiting, key=lambda one: (one in greedy, self._waiting[one][0]))
        jobs = self._waiting[whose]
        job = heapq.heappop(jobs)
        if not jobs:
            del self._waiting[whose]
        return job

    def _wait(self, job: _Job) -> None:
        """Let a job wait for its turn."""
        with self._changed:
            open_still = not self._closed
            if open_still:
                heapq.heappush(self._waiting.setdefault(job.browser, []), job)
                self._changed.notify()
            theirs = len(self._waiting.get(job.browser, ())) if job.browser else 0
            crowded = self._count() > self._look_after or theirs > JOBS_OF_BROWSER.most
        if not open_still:
            job.drop()
        elif crowded:
            self._drop_unwanted()

    def _count(self) -> int:
        return sum(map(len, self._waiting.values()))

    def _drop_unwanted(self) -> None:
        """Let go of what nobody wants: where first answers never end, its turn may never come."""
        with self._changed:
            waiting = [job for jobs in self._waiting.values() for job in jobs]
        numbers = {job.number for job in waiting if job.cancelled()}
        unwanted: list[_Job] = []
        too_many: list[_Job] = []
        with self._changed:  # but for those whose turn has come meanwhile
            for browser, jobs in list(self._waiting.items()):
                unwanted += [job for job in jobs if job.number in numbers]
                left = sorted(job for job in jobs if job.number not in numbers)
                if browser:
                    too_many += left[JOBS_OF_BROWSER.most :]
                    left = left[: JOBS_OF_BROWSER.most]
                if left:  # sorted, it is a heap
                    self._waiting[browser] = left
                else:
                    del self._waiting[browser]
            self._look_after = max(LOOK_AFTER, 2 * self._count())
        for job in unwanted:
            job.drop()
        for job in too_many:
            if job.deaths or job.future.set_running_or_notify_cancel():
                job.future.set_exception(TakeupError(JOBS_OF_BROWSER.says))

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
