"""Processes of this machine, which start at once and end with this one however it ends.

They are started afresh rather than forked: a forked one would hold the locks and files that this
one has open, and whatever state its threads were in. Threads would share worlds, but only one of
them at a time does what is Python in a run, and a crash would end all.
"""

from __future__ import annotations

import atexit
import multiprocessing
import os
import pickle
import signal
import threading
import time
from collections.abc import Callable
from importlib import import_module
from multiprocessing.connection import Connection, wait
from typing import Any

from takeup.runs.executor import WorkerLost, processors
from takeup.runs.hands import Hands
from takeup.runs.shares import Shares
from takeup.stopping import ASKED

_SPAWN = multiprocessing.get_context("spawn")


class Processes(Hands):
    """An executor of processes; one that dies is replaced.

    Args:
        workers: number of processes; left out: one for every processor.
        loads: module that they load while there is nothing to do yet.
        nice: how far they stand back behind other processes.
        lost: what is said of a job whose process died.
        tries: processes that a job may cost.
        shares: as for `Hands`.
        clock: seconds.
    """

    def __init__(
        self,
        workers: int | None = None,
        *,
        loads: str = "takeup.runs.replicate",
        nice: int = 0,
        lost: str = "the process that computed it is gone",
        tries: int = 1,
        shares: Shares | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._workers = [_Worker(loads, nice, lost) for _ in range(workers or processors())]
        super().__init__(self._workers, tries=tries, shares=shares, daemon=True, clock=clock)
        atexit.register(self.close)  # workers ignore what Python would end them with then

    @property
    def pids(self) -> tuple[int, ...]:
        """The processes that compute."""
        return tuple(worker.process.pid or 0 for worker in self._workers)

    def close(self) -> None:
        """Drop what waits, and end the processes, whatever they are at."""
        atexit.unregister(self.close)
        super().close()
        for thread in self._threads:
            thread.join()


class _Worker:
    """One process at a time, and our end of the pipe to it."""

    def __init__(self, loads: str, nice: int, lost: str) -> None:
        self._loads, self._nice, self._lost = loads, nice, lost
        self._lock = threading.Lock()
        self._stopped = False
        self._start()

    def _start(self) -> None:
        ours, theirs = _SPAWN.Pipe()
        process = _SPAWN.Process(
            target=_work, args=(theirs, self._loads, self._nice), name="takeup-worker", daemon=True
        )
        process.start()
        theirs.close()  # so that the pipe ends when the process does
        self._pipe, self.process = ours, process

    def do(self, function: Callable[..., Any], args: tuple[Any, ...]) -> Any:
        """Return the result of a function, in this process's place if another died meanwhile."""
        call = pickle.dumps((function, args))
        try:
            with self._lock:
                if not self._stopped and not self.process.is_alive():
                    self.process.join()
                    self._start()
            self._pipe.send_bytes(call)
            good, result = pickle.loads(self._pipe.recv_bytes())
        except (EOFError, OSError):
            self._end()  # another takes its place when its turn comes
            raise WorkerLost(self._lost) from None
        if good:
            return result
        raise result

    def stop(self) -> None:
        """End the process, and start no other."""
        with self._lock:
            self._stopped = True
        self._end()

    def _end(self) -> None:
        self.process.kill()
        self.process.join()


def _stand_back(nice: int) -> None:
    """Leave requests to stop to the parent, end as soon as it is gone, and let others go first."""
    for asked in ASKED:
        signal.signal(asked, signal.SIG_IGN)
    if nice and hasattr(os, "nice"):
        os.nice(nice)
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def watch() -> None:
        wait([parent.sentinel])
        os._exit(1)

    threading.Thread(target=watch, name="takeup-parent", daemon=True).start()


def _work(pipe: Connection, loads: str, nice: int) -> None:
    """Do what comes through the pipe until it ends."""
    _stand_back(nice)
    import_module(loads)
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
