"""Turns at drawing: a few pages at a time, so that some are drawn soon and not all of them late.

Python runs one thread at a time. Twenty pages that are drawn side by side would each take as long
as all of them together; one after the other, the first has waited for nobody.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

AT_ONCE = 2
"""Pages that are drawn at a time: more than one, for one may wait for a browser that is slow."""

_turns = threading.Semaphore(AT_ONCE)
_mine = threading.local()


@contextmanager
def turn() -> Iterator[None]:
    """Wait for a turn, and keep it for the block; one who has a turn already has it."""
    if getattr(_mine, "taken", False):
        yield
        return
    with _turns:
        _mine.taken = True
        try:
            yield
        finally:
            _mine.taken = False
