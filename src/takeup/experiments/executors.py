"""Who does the work: anything that is a `concurrent.futures.Executor`."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing.connection import wait

from takeup.stopping import ASKED

MakeExecutor = Callable[[], Executor]
"""Makes an executor, and another when that one broke."""


def processes(workers: int) -> Executor:
    """Return local processes, which start at once and end with this one however it ends.

    They are started afresh rather than forked: a forked one would hold the lock of the sweep's
    folder as well, and whatever state this process's threads were in. Threads would share worlds,
    but only one of them at a time does what is Python in a run, and a crash would end all.
    """
    executor = ProcessPoolExecutor(
        workers, mp_context=multiprocessing.get_context("spawn"), initializer=_begin
    )
    for _ in range(workers):  # each starts one more, while there is still something to prepare
        executor.submit(_load)
    return executor


def threads(workers: int) -> Executor:
    """Return threads of this process, which start at once: for a few short runs."""
    return ThreadPoolExecutor(workers, thread_name_prefix="takeup")


def _load() -> None:
    """Load what jobs need."""
    import takeup.experiments.jobs  # noqa: F401  (a worker has imported only this module so far)


def _begin() -> None:
    """Leave requests to stop to the parent, and end as soon as it is gone, however it ended."""
    for asked in ASKED:
        signal.signal(asked, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def watch() -> None:
        wait([parent.sentinel])
        os._exit(1)

    threading.Thread(target=watch, name="takeup-parent", daemon=True).start()
