"""Several threads at one run: each takes a stretch of it, and no bit depends on how many there are.

Compiled kernels let go of the GIL, so plain threads do. What a thread writes is its own: residents
of its stretch, and counts that are added up afterwards, exactly, since they are integers.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any, TypeVar

PAYS_FROM = 50_000
"""Residents a thread from which a week's work is worth handing out: see `benchmarks/threads.py`."""

Made = TypeVar("Made")


class Crew:
    """Threads that work on one run together.

    Args:
        threads: how many, this one included; with 1 there is no other.
    """

    def __init__(self, threads: int = 1) -> None:
        self.threads = threads
        self._others = (
            ThreadPoolExecutor(threads - 1, thread_name_prefix="takeup-run")
            if threads > 1
            else None
        )

    def each(self, work: Callable[..., Made], parts: Sequence[tuple[Any, ...]]) -> list[Made]:
        """Do some work on every part at the same time, the first in this thread.

        Args:
            work: must write nothing that the work on another part reads or writes.
            parts: what it is given, at most one a thread.

        Returns:
            What was made of each, in their order.
        """
        if self._others is None:
            return [work(*part) for part in parts]
        rest = [self._others.submit(work, *part) for part in parts[1:]]
        return [work(*parts[0]), *(each.result() for each in rest)]

    def stretches(self, count: int) -> list[tuple[int, int]]:
        """Return 0 … count − 1 cut into a stretch a thread: first, and first after it."""
        cuts = [count * part // self.threads for part in range(self.threads + 1)]
        return list(pairwise(cuts))


def threads_for(residents: int, runs: int, most: int | None = None) -> int:
    """Return how many threads a run gets where several go on at the same time.

    Args:
        residents: simulated ones; where they are few, one thread is faster.
        runs: how many go on at the same time.
        most: threads that may work in all; None: one for every processor.
    """
    processors = os.cpu_count() or 1
    spare = min(most or processors, processors) // max(1, runs)
    return max(1, min(spare, residents // PAYS_FROM))
