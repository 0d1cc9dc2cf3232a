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
