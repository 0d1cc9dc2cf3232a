"""The room: attempts and guesses that all pages of a server share, kept in a file if it has one."""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Literal

from filelock import FileLock, Timeout
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from takeup.errors import InputError, OutputError
from takeup.results.runs import write_whole
from takeup.view.server.bounds import (
    ATTEMPTS,
    ATTEMPTS_OF_BROWSER,
    GUESSES,
    GUESSES_OF_BROWSER,
)
from takeup.view.session.records import Attempt, Guess, tidy_name

logger = logging.getLogger(__name__)

LARGEST_FILE = 100_000_000
"""Bytes of a file that is read; a full room has about a tenth of it."""

GATHER_SECONDS = 0.1
"""How long changes are gathered before pages are told: each of them draws the whole room anew."""


class _Content(BaseModel):
    """What the file holds."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        ser_json_bytes="base64",
        val_json_bytes="base64",
        ser_json_inf_nan="strings",
    )

    takeup_room: Literal[1] = 1
    next: Annotated[int, Field(ge=1)] = 1
    attempts: Annotated[tuple[Attempt, ...], Field(max_length=ATTEMPTS.most)] = ()
    guesses: Annotated[tuple[Guess, ...], Field(max_length=GUESSES.most)] = ()


class Room:
    """Attempts and guesses; methods may be called from any thread.

    Args:
        file: where they are kept; made if it is not there. None: they end with the server.

    Raises:
        InputError: the file is none of a room, is another server's, or cannot be read or written.
    """

    def __init__(self, file: Path | None = None) -> None:
        self._file = file
        self._lock = threading.Lock()
        self._content = _Content()
        self._version = 0
        self._saved: dict[int, str] = {}  # which browser saved an attempt; the file does not say
        self._guessed: Counter[str] = Counter()
        self._listeners: dict[object, Callable[[], None]] = {}
        self._telling = False
        self._told = 0
        self._held = None if file is None else _hold(file)
        if file is not None:
            try:
                self._content = _read(file)
                self._put(self._content)
            except OutputError as error:
                self.close()
                raise InputError(f"--room {file}: {error}") from None
            except InputError:
                self.close()
                raise

    def close(self) -> None:
        """Let another server have the file."""
        if self._held is not None:
            self._held.release()

    @property
    def attempts(self) -> tuple[Attempt, ...]:
        """All attempts, in the order in which they were saved."""
        return self._content.attempts

    @property
    def guesses(self) -> tuple[Guess, ...]:
        """All guesses, the earliest first."""
        return self._content.guesses

    @property
    def version(self) -> int:
        """A number that grows with every change."""
        return self._version

    # ------------------------------------------------------------ changes

    def save(self, attempt: Attempt, browser: str = "") -> Attempt:
        """Keep an attempt; return it with its number.

        Args:
            attempt: what is kept.
            browser: who saves it; empty if nobody has to share with others.

        Raises:
            InputError: the room is full, or holds as many of this browser as it may.
            OutputError: the file cannot be written; nothing is kept then.
        """
        with self._lock:
            now = self._content
            if len(now.attempts) >= ATTEMPTS.most:
                raise InputError(ATTEMPTS.says)
            theirs = sum(self._saved.get(a.number) == browser for a in now.attempts)
            if browser and theirs >= ATTEMPTS_OF_BROWSER.most:
                raise InputError(ATTEMPTS_OF_BROWSER.says)
            team, name = tidy_name(attempt.team), tidy_name(attempt.name)
            kept = replace(attempt, number=now.next, team=team, name=name)
            self._change(next=now.next + 1, attempts=(*now.attempts, kept))
            self._saved[kept.number] = browser
        self._tell_soon()
        return kept

    def remove(self, number: int) -> None:
        """Remove an attempt, if it is there.

        Raises:
            OutputError: the file cannot be written; nothing is removed then.
        """
        with self._lock:
            left = tuple(a for a in self._content.attempts if a.number != number)
            if len(left) == len(self._content.attempts):
                return
            self._change(attempts=left)
            self._saved.pop(number, None)
        self._tell_soon()

    def guess(self, guess: Guess, browser: str = "") -> None:
        """Keep a guess.

        Args:
            guess: what is kept.
            browser: whose it is; empty if nobody has to share with others.

        Raises:
            InputError: this browser has made as many as it may.
            OutputError: the file cannot be written; it is not kept then.
        """
        kept = replace(guess, team=tidy_name(guess.team))
        with self._lock:
            if browser and self._guessed[browser] >= GUESSES_OF_BROWSER.most:
                raise InputError(GUESSES_OF_BROWSER.says)
            self._guessed[browser] += 1
            self._change(guesses=(*self._content.guesses, kept)[-GUESSES.most :])
        self._tell_soon()

    def clear(self) -> None:
        """Remove all attempts and guesses.

        Raises:
            OutputError: the file cannot be written; nothing is removed then.
        """
        with self._lock:
            self._change(attempts=(), guesses=())
            self._saved.clear()
            self._guessed.clear()
        self._tell_soon()

    def _change(self, **parts: object) -> None:
        content = self._content.model_copy(update=parts)
        self._put(content)
        self._content = content
        self._version += 1

    def _put(self, content: _Content) -> None:
        if self._file is None:
            return
        try:
            write_whole(self._file, content.model_dump_json().encode())
        except OSError as error:
            raise OutputError(
                f"The room's file cannot be written ({error.strerror or error}), so nothing was "
                "changed."
            ) from None

    # ------------------------------------------------------------ listening

    @property
    def listeners(self) -> int:
        """How many listen."""
        return len(self._listeners)

    def listen(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Have something called after changes, until the function that is returned is called.

        It is called from a thread of its own, never for two changes at once; several changes that
        come together may be told of once.
        """
        key = object()
        with self._lock:
            self._listeners[key] = callback

        def stop() -> None:
            with self._lock:
                self._listeners.pop(key, None)

        return stop

    def _tell_soon(self) -> None:
        # Not from the thread of who made the change: it is in the middle of drawing its own page.
        with self._lock:
            if self._telling:
                return
            self._telling = True
        threading.Thread(target=self._tell, name="takeup-room", daemon=True).start()

    def _tell(self) -> None:
        while True:
            time.sleep(GATHER_SECONDS)
            with self._lock:
                if self._told == self._version:
                    self._telling = False
                    return
                self._told = self._version
                listeners = tuple(self._listeners.values())
            for callback in listeners:
                try:
                    callback()
                except Exception:
                    logger.exception("a page could not be told of a change in the room")


def _hold(file: Path) -> FileLock:
    """Return a lock that keeps other servers from a room, which would write over each other."""
    if not file.parent.is_dir():  # which the lock would make
        raise InputError(f"--room {file}: cannot be written (there is no folder {file.parent})")
    lock = FileLock(file.with_name(f".{file.name}.lock"))
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise InputError(
            f"--room {file}: another server keeps its room there; stop it, or name another file"
        ) from None
    except OSError as error:
        raise InputError(f"--room {file}: cannot be written ({error.strerror or error})") from None
    return lock


def _read(file: Path) -> _Content:
    """Return what a file holds; nothing, if there is no file yet."""
    try:
        with file.open("rb") as opened:
            said = opened.read(LARGEST_FILE + 1)
    except FileNotFoundError:
        return _Content()
    except OSError as error:
        raise InputError(f"--room {file}: cannot be read ({error.strerror or error})") from None
    if len(said) > LARGEST_FILE:
        raise InputError(f"--room {file}: is too large to be a room; name another file")
    try:
        content = _Content.model_validate_json(said)
    except (ValidationError, RecursionError):
        raise InputError(
            f"--room {file}: is damaged, or not a file that `takeup view --room` wrote; name "
            "another file, or one that does not exist yet"
        ) from None
    numbers = [attempt.number for attempt in content.attempts]
    if len(set(numbers)) < len(numbers) or max(numbers, default=0) >= content.next:
        raise InputError(f"--room {file}: is damaged: attempts share a number; name another file")
    return content
