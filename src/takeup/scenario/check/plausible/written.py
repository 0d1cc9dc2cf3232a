"""Figures that TOML reads in another way than a spreadsheet."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from takeup.scenario.check.plausible.doubt import Doubt
from takeup.scenario.read.lines import key_lines
from takeup.scenario.read.problems import Layer
from takeup.scenario.schema.scenario import Scenario

_THOUSANDS = re.compile(r"\s*=\s*(\d{1,3}(?:\.\d{3}))(?![\d_.eE])")
_LARGE = ("yearly_volume", "fixed_cost", "weekly_cost", "weekly_fee", "seats", "sessions", "places")
"""Keys of figures that are often thousands and hardly ever have three decimals."""


def written(scenario: Scenario, layers: Sequence[Layer]) -> Iterator[Doubt]:
    """A point that stands before thousands, as in `620.000`."""
    data = scenario.model_dump()
    for layer in layers:
        lines = layer.text.split("\n")
        for path, number in key_lines(layer.text).items():
            key = str(path[-1])
            if key not in _LARGE or not all(isinstance(part, str) for part in path):
                continue
            stated = re.search(rf"\b{key}{_THOUSANDS.pattern}", lines[number - 1])
            if stated and _value(data, path) == float(stated[1]) >= 1:
                value, meant = float(stated[1]), stated[1].replace(".", "_")
                yield Doubt(
                    ".".join(map(str, path)),
                    f"{stated[1]} is {value:g} in TOML, where a point stands before decimals; "
                    f"write {meant} if thousands are meant",
                )


def _value(data: Any, path: Sequence[str | int]) -> Any:
    for part in path:
        data = data.get(part) if isinstance(data, Mapping) else None
    return data
