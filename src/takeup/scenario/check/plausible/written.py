"""Figures that TOML reads in another way than a spreadsheet."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from takeup.scenario.check.plausible.doubt import Doubt
from takeup.scenario.read.lines import Path, key_lines
from takeup.scenario.read.problems import Layer
from takeup.scenario.schema.scenario import Scenario

_THOUSANDS = re.compile(r"(?m)(?:^|[=\[,])\s*(\d{1,3}\.\d{3})(?![\d_.eE])")
_LARGE = ("yearly_volume", "fixed_cost", "weekly_cost", "weekly_fee", "seats", "sessions", "places")
"""Keys of figures that are often thousands and hardly ever have three decimals."""


def written(
    scenario: Scenario, layers: Sequence[Layer], changes: Sequence[str] = ()
) -> Iterator[Doubt]:
    """A point that stands before thousands, as in `620.000`.

    Args:
        scenario: what came of it.
        layers: the files that it was read from.
        changes: what was changed on the command line, `dotted.key=value`.
    """
    data = scenario.model_dump()
    for lines, text in (*((x.lines, x.text) for x in layers), *_stated(changes)):
        by_line = text.split("\n")
        for path, number in lines.items():
            if all(isinstance(part, str) for part in path):
                said = thousands(str(path[-1]), _value(data, path), by_line[number - 1])
                if said:
                    yield Doubt(".".join(map(str, path)), said)


def thousands(key: str, value: Any, text: str) -> str:
    """Return what is to be said of a figure that is written as thousands with a point, or nothing.

    Args:
        key: the last part of its key.
        value: what TOML reads.
        text: what it is written in: a line, or a cell.
    """
    if key not in _LARGE or type(value) is not float or value < 1:
        return ""
    stated = next((m[1] for m in _THOUSANDS.finditer(text) if float(m[1]) == value), None)
    if stated is None:
        return ""
    return (
        f"{stated} is {value:g} in TOML, where a point stands before decimals; "
        f"write {stated.replace('.', '_')} if thousands are meant"
    )


def _stated(changes: Sequence[str]) -> Iterator[tuple[Mapping[Path, int], str]]:
    """Yield changes that are TOML by themselves, as all are that hold a figure."""
    for change in changes:
        try:
            tomllib.loads(change)
        except (ValueError, RecursionError):
            continue
        yield key_lines(change), change


def _value(data: Any, path: Sequence[str | int]) -> Any:
    for part in path:
        data = data.get(part) if isinstance(data, Mapping) else None
    return data
