"""Processes that compute for all pages of a server, which share them fairly."""

from __future__ import annotations

import time
from collections.abc import Callable

from takeup.runs.processes import Processes
from takeup.runs.shares import Shares
from takeup.view.server.bounds import FAIR_SECONDS, JOBS_OF_BROWSER

NICE = 10
"""How far workers stand back behind the server, so that pages are drawn while it computes."""


def make_pool(workers: int | None = None, clock: Callable[[], float] = time.monotonic) -> Processes:
    """Return processes whose owners are browsers; what is nobody's is the server's own.

    Args:
        workers: number of processes; left out: one for every processor.
        clock: seconds.
    """
    return Processes(
        workers,
        nice=NICE,
        lost="The part of the server that computes was stopped; try again.",
        tries=2,
        shares=Shares(FAIR_SECONDS.most, JOBS_OF_BROWSER.most, JOBS_OF_BROWSER.says),
        clock=clock,
    )
