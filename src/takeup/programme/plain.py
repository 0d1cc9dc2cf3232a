"""A scenario as plain data, as it comes from a file: any value may be missing or of any type."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import isfinite
from typing import Any, TypeGuard

from takeup.errors import did_you_mean
from takeup.programme.moment import week_of

Table = Mapping[str, Any]


@dataclass(frozen=True)
class Problem:
    """Something wrong in a scenario.

    Attributes:
        path: keys and list positions that lead to it.
        text: what is wrong and what would be right.
    """

    path: tuple[str | int, ...]
    text: str


def table(data: Table, key: str) -> Table:
    """Return a table within a table, empty if there is none."""
    value = data.get(key)
    return value if isinstance(value, Mapping) else {}


def nearest_id(name: str, entries: Table) -> str:
    """Return which entry was probably meant by its name, or by an id that is nearly right.

    Args:
        name: what was given for an id.
        entries: tables by id, as `services`.
    """
    of_name = [
        key
        for key in entries
        if str(table(entries, key).get("name", "")).strip().casefold() == name.strip().casefold()
    ]
    return did_you_mean(of_name[0] if of_name else name, entries)


def items(value: Any) -> Sequence[Any]:
    """Return a list as it is, and anything else as an empty one."""
    return value if isinstance(value, list | tuple) else ()


def is_number(value: Any) -> TypeGuard[float]:
    """Return whether it is a finite number; true, false and what no float can hold are none."""
    try:
        return type(value) in (int, float) and isfinite(value)
    except OverflowError:
        return False


def week(moment: Any, run_start: Any) -> int | None:
    """Return the week of the run, or None if it is not a moment (TOML has date-times as well)."""
    if type(moment) is int:
        return moment
    if type(moment) is date and type(run_start) is date:
        return week_of(moment, run_start)
    return None
