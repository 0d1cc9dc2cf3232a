"""The register of behavioural parameters, read from `parameters.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from types import MappingProxyType
from typing import Literal

Status = Literal["measured", "derived", "assumption"]

ParameterSet = Mapping[str, float]
"""A value for every behavioural parameter."""


@dataclass(frozen=True)
class Parameter:
    """One behavioural parameter and what is known of it.

    Attributes:
        name: as in equations, scenario files and tables.
        default: central value.
        low: lower end of the plausible range.
        high: upper end of the plausible range.
        unit: unit of the three values.
        status: measured (a published figure), derived (computed from one) or assumption.
        source: where it comes from, or what it means and that it is judgement.
    """

    name: str
    default: float
    low: float
    high: float
    unit: str
    status: Status
    source: str


def _read() -> dict[str, Parameter]:
    text = files("takeup.evidence").joinpath("parameters.toml").read_text(encoding="utf-8")
    return {name: Parameter(name, **row) for name, row in tomllib.loads(text).items()}


PARAMETERS: Mapping[str, Parameter] = MappingProxyType(_read())
"""All behavioural parameters by name, in the order of the file."""


def defaults() -> dict[str, float]:
    """Return the default of every parameter."""
    return {name: parameter.default for name, parameter in PARAMETERS.items()}


_DIVISORS = frozenset(
    {"disruption_weeks", "old_case", "overwhelming_backlog", "patience", "strictness"}
    | {"target_utilisation", "codesign_people", "change_capacity"}
)

_PORTIONS = ("share", "level", "chance", "per transaction", "per online attempt", "per week")
"""Beginnings of the units of what cannot exceed 1."""


def is_divisor(name: str) -> bool:
    """Return whether equations divide by a parameter: zero would not be a limit but an error."""
    return name in _DIVISORS


def domain(parameter: Parameter) -> tuple[float, float]:
    """Return the lowest and the highest value that a parameter can have and still mean something.

    Wider than its plausible range: portions and rates a week go up to 1, anything else up to ten
    times the upper end of its range. Only the constant of new services can be negative.
    """
    low = 10.0 * min(0.0, parameter.low)
    if parameter.unit.startswith(_PORTIONS):
        return low, 1.0
    return low, 10.0 * parameter.high
