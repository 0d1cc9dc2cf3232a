"""Behavioural parameters with their evidence: default, range, unit, status and source."""

from takeup.evidence.parameters import (
    PARAMETERS,
    Parameter,
    ParameterSet,
    Status,
    defaults,
)
from takeup.evidence.sampling import drawn, triangular, uniform_for

__all__ = [
    "PARAMETERS",
    "Parameter",
    "ParameterSet",
    "Status",
    "defaults",
    "drawn",
    "triangular",
    "uniform_for",
]
