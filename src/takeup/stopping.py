"""Being told to stop: Ctrl-C, a request to end and a closed terminal are one thing."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

ASKED = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
)
"""Signals that ask a process to stop."""

_AGAIN_SECONDS = 3.0
"""For how long a second signal is the same request: a terminal that closes sends several."""


class Stopped(KeyboardInterrupt):
    """The process was told to stop.

    Args:
        number: of the signal.
    """

    def __init__(self, number: int) -> None:
        self.number = number
        super().__init__(number)


def exit_code(stop: KeyboardInterrupt) -> int:
    """Return what a process that was told to stop exits with, as a shell counts."""
    return 128 + (stop.number if isinstance(stop, Stopped) else signal.SIGINT)


@contextmanager
def stopped_alike() -> Iterator[None]:
    """Let every request to stop raise `Stopped`, so that `finally` cleans up and workers end.

    What the process was started to ignore (`nohup`, the background of a shell), it still ignores.
    A request that comes while an earlier one is being followed does not break into it.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    latest = float("-inf")

    def stop(number: int, frame: FrameType | None) -> None:
        nonlocal latest
        now = time.monotonic()
        if now - latest > _AGAIN_SECONDS:
            latest = now
            raise Stopped(number)

    before: dict[int, Any] = {}
    try:
        for number in ASKED:
            found = signal.getsignal(number)
            if found is not signal.SIG_IGN and found is not None:
                before[number] = signal.signal(number, stop)
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
