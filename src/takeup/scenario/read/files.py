"""Reading a text file that a user names: bounded, never waiting, and saying what else it is."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

SCENARIO_BYTES = 500_000
"""Bytes that a scenario or an experiment can have; those of large cities have some 20,000."""

POINTS_BYTES = 50_000_000
"""Bytes that a list of points can have."""

EDGES_BYTES = 1_000_000_000
"""Bytes that an edge list can have: ten ties for every resident of a city of millions."""

_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_UNICODE = (
    "is in UTF-16 (“Unicode text” in Excel and old editors); save it again with the encoding UTF-8"
)
_PROGRAMS = (
    (b"PK\x03\x04", "an Excel, Word or zip file (xlsx, docx, ods)"),
    (b"\xd0\xcf\x11\xe0", "an old Excel or Word file (xls, doc)"),
    (b"{\\rtf", "a Word file (RTF)"),
    (b"%PDF", "a PDF file"),
    (b"\x1f\x8b", "a compressed file (gz)"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"PAR1", "a Parquet file"),
)


def as_seen(file: str | os.PathLike[str]) -> str:
    """Return the name of a file from where the command runs, in full if it lies elsewhere."""
    whole = os.path.abspath(file)
    try:
        here = os.path.relpath(whole)
    except (OSError, ValueError):  # the folder has gone, or it is on another drive
        return whole
    return whole if here.startswith(os.pardir) else here


def read_text(path: Path, noun: str, largest: int) -> str:
    """Return the text of a file, with line ends as on Unix and without a mark of its encoding.

    Args:
        path: the file.
        noun: what it should be, such as `a scenario`, for messages.
        largest: bytes that it can have.

    Raises:
        ValueError: in words that follow the file's name.
    """
    _stat(path, noun, largest)
    try:
        with path.open("rb") as file:
            data = file.read(largest + 1)
    except OSError as error:
        raise ValueError(_reason(error)) from None
    if len(data) > largest:  # it grew, or is of those that do not know their size
        raise ValueError(f"has more than {largest / 1e6:g} MB, which is too much for {noun}")
    return decoded(data, noun)


@contextmanager
def opened_text(path: Path, noun: str, largest: int) -> Iterator[TextIO]:
    """Open a file to be read line by line.

    Args:
        path: the file.
        noun: what it should be, for messages.
        largest: bytes that it can have.

    Raises:
        ValueError: in words that follow the file's name; also where its text turns out to be none.
    """
    _stat(path, noun, largest)
    try:
        with path.open("rb") as file:
            _recognise(file.read(4096), noun)
        with path.open(encoding="utf-8-sig", newline="") as text:
            yield text
    except UnicodeDecodeError as error:
        raise ValueError(_not_utf8(error, noun)) from None
    except OSError as error:
        raise ValueError(_reason(error)) from None


def decoded(data: bytes, noun: str) -> str:
    """Return the text of a file's bytes, with line ends as on Unix.

    Args:
        data: the bytes.
        noun: what it should be, for messages.

    Raises:
        ValueError: it is no text in UTF-8; says what it is instead, where that can be seen.
    """
    _recognise(data[:4096], noun)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(_not_utf8(error, noun)) from None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def why_unreadable(path: Path, noun: str, largest: int) -> str | None:
    """Return why a file cannot be read, in words that follow its name; None if it seems it can."""
    try:
        _stat(path, noun, largest)
        with path.open("rb"):
            return None
    except OSError as error:
        return _reason(error)
    except ValueError as error:
        return str(error)


def _stat(path: Path, noun: str, largest: int) -> None:
    """Refuse what would not be an ordinary file of a bearable size, without opening it."""
    try:
        found = os.stat(path)
    except OSError as error:
        if isinstance(error, FileNotFoundError) and path.is_symlink():
            raise ValueError("is a link to a file that is not there") from None
        raise ValueError(_reason(error)) from None
    except ValueError:
        raise ValueError("is not the name of a file") from None
    if stat.S_ISDIR(found.st_mode):
        raise ValueError(f"is a folder, not {noun} file")
    if not stat.S_ISREG(found.st_mode):
        raise ValueError("is not an ordinary file but a device, a pipe or a socket")
    if found.st_size > largest:
        raise ValueError(
            f"has {found.st_size / 1e6:.0f} MB, and {noun} file has at most {largest / 1e6:g} MB"
        )


def _reason(error: OSError) -> str:
    said = error.strerror or str(error)
    return said[0].lower() + said[1:]


def _recognise(head: bytes, noun: str) -> None:
    """Refuse what is plainly something else than a text in UTF-8."""
    halves = (head[0::2], head[1::2])
    if head.startswith(_UTF_16) or any(half.count(0) > 0.8 * len(half) for half in halves):
        raise ValueError(_UNICODE)
    for magic, what in _PROGRAMS:
        if head.startswith(magic):
            raise ValueError(
                f"is {what}, not {noun}: that is plain text, as a text editor writes it"
            )


def _not_utf8(error: UnicodeDecodeError, noun: str) -> str:
    data, at = error.object, error.start
    if b"\0" in data:
        return f"is not text in UTF-8, which {noun} has to be"
    start = max(data.rfind(b"\n", 0, at), data.rfind(b" ", 0, at)) + 1
    word = data[start : at + 12].split()[0].decode("cp1252", "replace")
    return (
        f"is not text in UTF-8, which {noun} has to be: in line {data.count(10, 0, at) + 1} it has "
        f"“{word}” as older programs write it; save it again with the encoding UTF-8"
    )
