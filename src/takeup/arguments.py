"""Arguments of public functions: what is not of its type is refused in one way everywhere."""

from __future__ import annotations

import operator
import os
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from takeup.errors import InputError, did_you_mean


def whole(name: str, value: object, low: int, high: int) -> int:
    """Return a whole number; those of NumPy are as good as Python's, truth values are none.

    Args:
        name: of the argument, for the message.
        value: what was given.
        low: least value.
        high: greatest value.

    Raises:
        InputError: it is not a whole number from `low` to `high`.
    """
    number = None
    if not isinstance(value, bool):
        with suppress(TypeError):
            number = operator.index(value)  # type: ignore[arg-type]
    if number is None or not low <= number <= high:
        raise InputError(f"{name}: must be a whole number from {low} to {high}, not {told(value)}")
    return number


def path(name: str, value: object, what: str) -> Path:
    """Return the path of a file or a folder.

    Args:
        name: of the argument, for the message.
        value: a text or anything with `__fspath__`.
        what: what it should be, such as "the path of a scenario file".

    Raises:
        InputError: it is no path.
    """
    try:
        text = os.fspath(value)  # type: ignore[call-overload]
    except TypeError:
        text = None
    if not isinstance(text, str) or not text or "\0" in text:
        raise InputError(f"{name}: must be {what} (a text or a pathlib.Path), not {told(value)}")
    return Path(text)


def texts(name: str, value: object, of: str) -> list[str]:
    """Return a list of texts; a single text is a list of one.

    Args:
        name: of the argument, for the message.
        value: a text, or several in a list or anything else that can be gone through.
        of: what they are, in the plural.

    Raises:
        InputError: it is something else, or holds something else.
    """
    found = [value] if isinstance(value, str) else value
    if isinstance(found, Iterable) and not isinstance(found, Mapping | bytes):
        found = list(found)
        wrong = [item for item in found if not isinstance(item, str)]
        if not wrong:
            return [str(item) for item in found]
        value = wrong[0]
        raise InputError(f"{name}: must be a list of {of}, and {told(value)} is none")
    raise InputError(f"{name}: must be a list of {of}, not {told(value)}")


def near(value: object, known: Collection[str]) -> str:
    """Return `did_you_mean` for a text; nothing for what is no text at all."""
    return did_you_mean(value, known) if isinstance(value, str) else ""


def told(value: object) -> str:
    """Return how a message names a value of any type, at a length that fits into a sentence."""
    from takeup.output import numeral, quoted, shortened  # which loads rich: not for an import

    if value is None or isinstance(value, bool | int | float):
        return numeral(value)
    if isinstance(value, str):
        return quoted(shortened(value))
    kind = type(value).__name__
    if isinstance(value, type):
        return f"the class {value.__name__}"
    return kind if kind == "bytes" else f"{'an' if kind[0].lower() in 'aeiou' else 'a'} {kind}"
