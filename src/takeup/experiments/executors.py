"""Who does the work: anything that is a `concurrent.futures.Executor`."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing.connection import wait

MakeExecutor = Callable[[], Executor]
"""Makes an executor, and another when that one broke."""


FEW = 4
"""Workers up to which threads are faster than processes."""


def local(workers: int) -> Executor:
    """Return who works on this machine: a few threads, or many processes.

    Threads share worlds and start at once, and kernels run side by side in them; but what is Python
    in a run (5 to 15 % of it, see `benchmarks/throughput.py`) only one thread does at a time.
    """
    return threads(workers) if workers <= FEW else processes(workers)


def processes(workers: int) -> Executor:
    """Return local processes, which end with this one however it ends.

    They are started afresh rather than forked: a forked one would hold the lock of the sweep's
    folder as well, and whatever state this process's threads were in.
    """
    return ProcessPoolExecutor(
        workers, mp_context=multiprocessing.get_context("spawn"), initializer=_begin
    )


def threads(workers: int) -> Executor:
    """Return threads of this process."""
    return ThreadPoolExecutor(workers, thread_name_prefix="takeup")


def _begin() -> None:
    """Leave interrupts to the parent, and end as soon as it is gone: killed, it cannot say so."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def watch() -> None:
        wait([parent.sentinel])
        os._exit(1)

    threading.Thread(target=watch, name="takeup-parent", daemon=True).start()
