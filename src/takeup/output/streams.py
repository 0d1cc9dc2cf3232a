"""Standard output and error: what a command says, wherever it goes."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import IO, TYPE_CHECKING, Any, TextIO, cast

from takeup.errors import NobodyReadsError, ShownError
from takeup.output.characters import readable, shortened, visible
from takeup.output.layout import WIDTH

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

LONGEST = 1900
"""Characters of a message at most: a file or an argument may hold anything."""

_NARROWEST = 40
"""Columns below which nothing is laid out; the terminal breaks the lines itself then."""


def show(*parts: RenderableType) -> None:
    """Print parts on standard output, each as it lays itself out; strings are paragraphs.

    Raises:
        ShownError: standard output takes no more.
    """
    from takeup.output.layout import Paragraph

    target = console()
    for part in parts:
        target.print(Paragraph(part) if isinstance(part, str) else part, crop=False)


def say(message: str) -> None:
    """Print a message on standard error, as the command's: one line of bounded length."""
    complain(f"takeup: {message}")


def complain(line: str) -> None:
    """Print a line on standard error, of bounded length and with controls visible."""
    encoding = getattr(sys.stderr, "encoding", None) or "utf-8"
    # Shortened last: \\u5317 is longer than 北.
    text = shortened(readable(visible(line), encoding), LONGEST, middle=True)
    with suppress(OSError, ValueError):  # there is no other place to say it
        print(text, file=sys.stderr, flush=True)


def console(*, stderr: bool = False, file: IO[str] | None = None, record: bool = False) -> Console:
    """Return a console on which names are never markup, emoji codes or numbers to colour.

    It is as wide as the terminal; elsewhere 100 columns; COLUMNS, if it is set, goes before both.

    Args:
        stderr: print there, not on standard output.
        file: print there, as on paper of 100 columns.
        record: keep what is printed, for `export_html`.
    """
    from rich.console import Console

    return Console(
        stderr=stderr,
        file=file,
        record=record,
        width=_width(sys.stderr if stderr else sys.stdout) if file is None else WIDTH,
        markup=False,
        emoji=False,
        highlight=False,
        legacy_windows=False if file is not None else None,
    )


def to_text(*parts: RenderableType, width: int = WIDTH) -> str:
    """Return parts as plain text.

    Args:
        parts: as for `show`.
        width: columns.
    """
    from takeup.output.layout import Paragraph

    target = console(file=io.StringIO())
    target.width = width
    for part in parts:
        target.print(Paragraph(part) if isinstance(part, str) else part, crop=False)
    return cast(io.StringIO, target.file).getvalue()


def _width(stream: TextIO | None) -> int:
    wanted = os.environ.get("COLUMNS", "")
    if wanted.isdecimal() and len(wanted) < 5 and int(wanted) > 0:
        return max(int(wanted), _NARROWEST)
    with suppress(OSError, ValueError, AttributeError):
        if stream is not None and stream.isatty():
            return max(os.get_terminal_size(stream.fileno()).columns, _NARROWEST)
    return WIDTH


# ---------------------------------------------------------------- streams that fail


@contextmanager
def guarded() -> Iterator[None]:
    """Make both streams safe: no character, reader or full disk makes a print crash.

    Characters that the encoding lacks are replaced. Standard output that fails raises `ShownError`
    and is silent from then on; standard error that fails is silent, because there is nowhere to say
    so. A stream that was closed before takes everything and shows nothing.
    """
    before = sys.stdout, sys.stderr
    spare = _no_free_descriptors()
    sys.stdout = cast(TextIO, _Stream(before[0] or _nowhere(spare), tell=True))
    sys.stderr = cast(TextIO, _Stream(before[1] or _nowhere(spare), tell=False))
    try:
        yield
    finally:
        sys.stdout, sys.stderr = before
        for file in spare:
            file.close()


class _Stream:
    """A stream of text whose failures are ours to tell.

    Args:
        stream: where the text goes.
        tell: raise an error when it fails, else say nothing.
    """

    def __init__(self, stream: TextIO, *, tell: bool) -> None:
        self._stream = stream
        self._tell = tell
        self._failure: ShownError | None = None

    def write(self, text: str) -> int:
        """Write a text; bytes are refused, by which click tells a stream of text."""
        if not isinstance(text, str):
            raise TypeError("a stream of text takes no bytes")
        if text and self._works():
            try:
                self._stream.write(readable(text, self._stream.encoding or "utf-8"))
            except (OSError, ValueError) as error:  # the second of a closed file
                self._fail(error)
        return len(text)

    def writelines(self, lines: list[str]) -> None:
        """Write texts."""
        self.write("".join(lines))

    def flush(self) -> None:
        """Hand over what was written."""
        if self._works():
            try:
                self._stream.flush()
            except (OSError, ValueError) as error:
                self._fail(error)

    def __getattr__(self, name: str) -> Any:
        if name == "buffer":  # by which click writes past us where the encoding is ASCII
            raise AttributeError(name)
        return getattr(self._stream, name)

    def _works(self) -> bool:
        """Return whether it takes more; if not, tell again, or say nothing."""
        if self._failure and self._tell:
            raise self._failure
        return self._failure is None

    def _fail(self, error: Exception) -> None:
        """Send what is still to come, and what is still held back, to nowhere; and tell of it."""
        with suppress(OSError, ValueError):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self._stream.fileno())
            os.close(nowhere)
        why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        self._failure = (
            NobodyReadsError("nobody reads the output any more")
            if isinstance(error, BrokenPipeError)
            else ShownError(f"the output cannot be written ({why})")
        )
        self._works()


def _no_free_descriptors() -> list[TextIO]:
    """Take the places of closed streams, so that no file of ours becomes standard output."""
    taken: list[TextIO] = []
    for number in (0, 1, 2):
        try:
            os.fstat(number)
        except OSError:
            taken.append(open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115  (closed later)
    return taken


def _nowhere(spare: list[TextIO]) -> TextIO:
    file = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115  (closed later)
    spare.append(file)
    return file
