"""Who does the work: what threads, processes and a cluster have in common."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, Protocol, TypedDict, Unpack

from takeup.errors import TakeupError


def processors() -> int:
    """Return how many runs are done at a time unless it is told: one for every processor.

    Runs × threads of each do not exceed this: see `takeup.model.week.threads.threads_for`.
    """
    return os.cpu_count() or 1


class How(TypedDict, total=False):
    """When a job is done, if at all.

    Attributes:
        priority: the lowest goes first, equal ones in the order in which they came; else (0,).
        cancelled: says that nobody wants the result any more; asked when its turn comes.
        owner: whose share of computing it takes; left out: nobody's.
    """

    priority: tuple[int, ...]
    cancelled: Callable[[], bool]
    owner: str


class Executor(Protocol):
    """What does jobs."""

    def submit(
        self, function: Callable[..., Any], /, *args: Any, **how: Unpack[How]
    ) -> Future[Any]:
        """Compute `function(*args)` when its turn comes.

        Args:
            function: of a module, so that it can be pickled, as its arguments and its result.
            args: its arguments.
            how: see `How`.

        Returns:
            The result to come. It raises `WorkerLost` if what computed it is gone, a TakeupError if
            its owner waits for too many already, and is cancelled if the executor was closed before
            its turn came.
        """

    def close(self) -> None:
        """Begin nothing more, and drop what waits."""


MakeExecutor = Callable[[], Executor]
"""Makes an executor when there is something to do."""


class WorkerLost(TakeupError):  # noqa: N818  (it is what happened)
    """What computed a job is gone."""


def never() -> bool:
    """Return that a job is still wanted."""
    return False
