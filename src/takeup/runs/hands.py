"""Jobs wait here for hands, the most urgent first.

A job waits here rather than at a worker, so that an urgent one overtakes whatever can wait, and one
that nobody wants any more is dropped when its turn comes. Every hand has a thread that gives it one
job at a time; a hand that is lost is replaced, and its job done again.
"""

from __future__ import annotations

import heapq
import itertools
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Protocol, Unpack

from takeup.errors import TakeupError
from takeup.runs.executor import How, WorkerLost, never
from takeup.runs.shares import Shares

LOOK_AFTER = 256
"""Jobs that wait before it is looked at which of them are still wanted."""


class Hand(Protocol):
    """What does one job at a time."""

    def do(self, function: Callable[..., Any], args: tuple[Any, ...]) -> Any:
        """Return the result of a function, or raise what it raises.

        Raises:
            WorkerLost: it is gone, or could not be had; the next job may find another in its place.
        """

    def stop(self) -> None:
        """End it, if it can be; called once, from another thread."""


@dataclass(order=True)
class _Job:
    priority: tuple[int, ...] = field(default=(0,), kw_only=True)
    number: int
    function: Callable[..., Any] = field(compare=False)
    args: tuple[Any, ...] = field(compare=False)
    cancelled: Callable[[], bool] = field(default=never, compare=False)
    owner: str = field(default="", compare=False)
    future: Future[Any] = field(default_factory=Future, compare=False)
    lost: int = field(default=0, compare=False)

    def begins(self) -> bool:
        """Return whether it is to be done, now that its turn has come, perhaps again."""
        return self.lost > 0 or self.future.set_running_or_notify_cancel()


class Hands:
    """An `Executor` of so many hands; methods may be called from any thread.

    Args:
        hands: what does the jobs.
        tries: hands that a job may cost.
        shares: what owners have of them; left out: no bounds.
        daemon: whether a job under way may be left when Python ends.
        clock: seconds.
    """

    def __init__(
        self,
        hands: Sequence[Hand],
        *,
        tries: int = 1,
        shares: Shares | None = None,
        daemon: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._hands, self._tries, self._clock = hands, tries, clock
        self._shares = shares or Shares()
        self._waiting: dict[str, list[_Job]] = {}  # a heap for every owner
        self._look_after = LOOK_AFTER
        self._numbers = itertools.count()
        self._changed = threading.Condition()
        self._closed = False
        self._threads = [
            threading.Thread(target=self._serve, args=(hand,), name=f"takeup-{at}", daemon=daemon)
            for at, hand in enumerate(hands)
        ]
        for thread in self._threads:
            thread.start()

    def submit(
        self, function: Callable[..., Any], /, *args: Any, **how: Unpack[How]
    ) -> Future[Any]:
        """Compute `function(*args)` when its turn comes, as `Executor` says."""
        job = _Job(next(self._numbers), function, args, **how)
        self._wait(job)
        return job.future

    def close(self) -> None:
        """Begin nothing more, drop what waits, and stop hands that can be stopped."""
        with self._changed:
            self._closed = True
            waiting, self._waiting = self._waiting, {}
            self._changed.notify_all()
        for job in [job for jobs in waiting.values() for job in jobs]:
            _drop(job)
        for hand in self._hands:
            hand.stop()

    # ------------------------------------------------------------ one thread for every hand

    def _serve(self, hand: Hand) -> None:
        while (job := self._next()) is not None:
            began = self._clock()
            ended: Callable[[], object]
            try:
                ended = partial(job.future.set_result, hand.do(job.function, job.args))
            except WorkerLost as error:
                ended = partial(self._again, job, error)
            except BaseException as error:  # whoever waits for it raises it
                ended = partial(job.future.set_exception, error)
            with self._changed:
                now = self._clock()
                self._shares.add(job.owner, now - began, now)
            ended()
            del job, ended  # not held on to while there is nothing to do

    def _next(self) -> _Job | None:
        """Wait for the job whose turn it is; None once the executor is closed."""
        while True:
            with self._changed:
                while not self._waiting and not self._closed:
                    self._changed.wait()
                if self._closed:
                    return None
                job = self._pop()
            if job.cancelled():  # outside: what it asks may have locks of its own
                _drop(job)
            elif job.begins():
                return job

    def _pop(self) -> _Job:
        """Return the job whose turn it is; who calls has the lock, and jobs wait."""
        several = len(self._waiting) > 1
        greedy = self._shares.greedy(self._clock()) if several else frozenset()
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
                heapq.heappush(self._waiting.setdefault(job.owner, []), job)
                self._changed.notify()
            theirs = len(self._waiting.get(job.owner, ())) if job.owner else 0
            crowded = self._count() > self._look_after or theirs > self._shares.jobs
        if not open_still:
            _drop(job)
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
            for owner, jobs in list(self._waiting.items()):
                unwanted += [job for job in jobs if job.number in numbers]
                left = sorted(job for job in jobs if job.number not in numbers)
                if owner:
                    too_many += left[self._shares.jobs :]
                    left = left[: self._shares.jobs]
                if left:  # sorted, it is a heap
                    self._waiting[owner] = left
                else:
                    del self._waiting[owner]
            self._look_after = max(LOOK_AFTER, 2 * self._count())
        for job in unwanted:
            _drop(job)
        for job in too_many:
            if job.begins():
                job.future.set_exception(TakeupError(self._shares.too_many))

    def _again(self, job: _Job, error: WorkerLost) -> None:
        """Do a job again whose hand was lost, if it may."""
        job.lost += 1
        if job.lost < self._tries and not self._closed:
            self._wait(job)
        else:
            job.future.set_exception(error)


def _drop(job: _Job) -> None:
    """Say that a job will not be done; one that had begun cannot be cancelled any more."""
    if not job.future.cancel() and not job.future.done():
        job.future.set_exception(WorkerLost("it was dropped"))
