"""Threads of this process: for runs whose results are put side by side in its memory."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from takeup.runs.executor import processors
from takeup.runs.hands import Hands


class Threads(Hands):
    """An executor of threads; a job under way when it is closed ends in the background.

    Args:
        workers: number of threads; left out: one for every processor.
    """

    def __init__(self, workers: int | None = None) -> None:
        super().__init__([_Here() for _ in range(workers or processors())])


class _Here:
    """Does jobs in the thread that asks."""

    def do(self, function: Callable[..., Any], args: tuple[Any, ...]) -> Any:
        return function(*args)

    def stop(self) -> None:
        pass
