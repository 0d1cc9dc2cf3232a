"""Changes given on the command line: `dotted.key=value`."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Sequence
from typing import Any

from takeup.errors import InputError
from takeup.output import quoted, shortened, visible
from takeup.scenario.read.syntax import DEEPEST, check_bounds

_PART = re.compile(
    r""" " (?P<double>[^"]*) " | ' (?P<single>[^']*) ' | (?P<bare>[^."'\s]+) """, re.X
)

_SHORT = re.compile(r"[+-]?(\.\d+|\d+\.)")
"""Numbers as people type them, such as .1, which TOML does not know."""


def parse(overrides: Sequence[str], option: str = "--set") -> dict[str, Any]:
    """Return the nested tables that a list of `dotted.key=value` stands for; later ones win.

    Args:
        overrides: values in TOML syntax; a bare word counts as a string. A part of the key that
            holds a dot is quoted.
        option: by which they are given, for messages.

    Raises:
        InputError: naming every override that is not of this form.
    """
    pairs = []
    problems = []
    for override in overrides:
        try:
            pairs.append(_split(override))
        except ValueError as error:
            problems.append(f"{option} {visible(shortened(override, 200))}: {error}")
    if problems:
        raise InputError(problems)
    return nested(pairs)


def nested(pairs: Iterable[tuple[list[str], Any]]) -> dict[str, Any]:
    """Return the nested tables that values by the parts of their keys stand for; later ones win."""
    tables: dict[str, Any] = {}
    for key, value in pairs:
        table = tables
        for part in key[:-1]:
            if not isinstance(table.get(part), dict):
                table[part] = {}
            table = table[part]
        table[key[-1]] = value
    return tables


def _split(override: str) -> tuple[list[str], Any]:
    dotted, equals, text = override.partition("=")
    if not equals or not text.strip():
        raise ValueError("must have the form key=value, such as run.weeks=52")
    return key_parts(dotted.strip()), value_of(text.strip())


def key_parts(dotted: str) -> list[str]:
    """Return the parts of a dotted key; ValueError if it is none."""
    parts, position = [], 0
    while True:
        match = _PART.match(dotted, position)
        if match is None:
            raise ValueError(f"{quoted(shortened(dotted))} is not a dotted key, such as run.weeks")
        parts.append(next(group for group in match.groups() if group is not None))
        position = match.end()
        if len(parts) > DEEPEST:
            raise ValueError(f"has too many parts; no key needs more than {DEEPEST}")
        if position == len(dotted):
            return parts
        if dotted[position] != ".":
            raise ValueError(f"{quoted(shortened(dotted))} is not a dotted key, such as run.weeks")
        position += 1


def value_of(text: str) -> Any:
    """Return a value in TOML syntax, a bare word as a text; ValueError if it is neither."""
    if _SHORT.fullmatch(text):
        return float(text)
    try:
        parsed = tomllib.loads(f"value = {text}")
        check_bounds(parsed)
    except (ValueError, RecursionError, OverflowError) as error:
        if not isinstance(error, tomllib.TOMLDecodeError):
            raise ValueError(
                f"{shortened(text)} is nested too deeply, or has more digits than a figure can have"
            ) from None
        if text[0] in "\"'[{" or "\n" in text:
            raise ValueError(
                f"{shortened(text)} is not a value in TOML syntax, such as 52, 0.5, true, "
                '2026-03-02, "text" or ["a", "b"]'
            ) from None
        return text
    if list(parsed) != ["value"]:
        raise ValueError("must be a single value")
    return parsed["value"]
