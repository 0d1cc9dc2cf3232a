"""How a command collects garbage: seldom, for nearly all that it makes lives until it ends.

What it loads (classes, functions, fonts) are half a million objects. Python would look through all
of them again and again while they come, and once more at the end: a quarter of the time from start
to answer. Runs leave nothing behind that only collecting would free (`Simulation`).
"""

from __future__ import annotations

import atexit
import gc

_USUAL = gc.get_threshold()
_SELDOM = (50_000, *_USUAL[1:])
"""New objects before the youngest are looked through, 700 usually; and how often the older ones."""


def collect_seldom() -> None:
    """Let the process make many objects before it looks for those that nobody reaches.

    When it ends, it does not look at all: the system takes back all memory at once.
    """
    gc.set_threshold(*_SELDOM)
    atexit.unregister(gc.freeze)
    atexit.register(gc.freeze)


def collect_as_usual() -> None:
    """Collect as often as Python does, but not what is there by now: for a process that stays."""
    gc.freeze()
    gc.set_threshold(*_USUAL)
