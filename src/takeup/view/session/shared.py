"""What all pages of a server share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from takeup.runs.executor import Executor
from takeup.view.answers.answers import Answers
from takeup.view.server.lock import Lock
from takeup.view.session.room import Room
from takeup.view.setting.councils import Councils


@dataclass(frozen=True)
class Server:
    """What all pages of a server share.

    Attributes:
        councils: the scenarios on offer.
        pool: the processes that compute.
        answers: what asks them, and keeps the baselines.
        room: attempts and guesses.
        lock: what the facilitator's key opens.
    """

    councils: Councils
    pool: Executor
    answers: Answers
    room: Room
    lock: Lock


_current: Server | None = None


def current() -> Server:
    """Return the server that is running in this process.

    Raises:
        RuntimeError: there is none.
    """
    if _current is None:
        raise RuntimeError("no server is running; start one with `takeup view`")
    return _current


@contextmanager
def running(server: Server) -> Iterator[Server]:
    """Make a server the current one, and close its pool in the end."""
    global _current
    _current = server
    try:
        yield server
    finally:
        _current = None
        server.answers.close()
        server.pool.close()
