"""Behavioural parameters with their evidence: default, range, unit, status and source."""

from takeup.evidence.parameters import (
    PARAMETERS,
    Parameter,
    ParameterSet,
    Status,
    defaults,
    domain,
    is_divisor,
)
from takeup.evidence.posterior import Posterior, read_posterior, write_posterior
from takeup.evidence.sampling import drawn, triangular, uniform_for

__all__ = [
    "PARAMETERS",
    "Parameter",
    "ParameterSet",
    "Posterior",
    "Status",
    "defaults",
    "domain",
    "drawn",
    "is_divisor",
    "read_posterior",
    "triangular",
    "uniform_for",
    "write_posterior",
]
