"""The groups that a council can see and address: segments of residents, departments and roles."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

AGES = ("16-24", "25-34", "35-44", "45-54", "55-64", "65-74", "75+")
INCOMES = ("low", "middle", "high")
ACCESSES = ("without", "with")
SUPPORTS = ("none", "needs-support")
ROLES = ("frontline", "back-office", "manager")

PROFILES = len(AGES) * len(INCOMES) * len(ACCESSES) * len(SUPPORTS)
"""Number of profiles: a profile is one code for (age, income, access, support need)."""

BoolArray = npt.NDArray[np.bool_]
IntArray = npt.NDArray[np.int64]


def profile_code(age: int, income: int, access: int, support: int) -> int:
    """Return the profile (0 … PROFILES − 1) of a combination of codes; the age varies slowest."""
    return ((age * len(INCOMES) + income) * len(ACCESSES) + access) * len(SUPPORTS) + support


def profile_table() -> dict[str, IntArray]:
    """Return, for each dimension, the code that every profile has in it (arrays of PROFILES)."""
    shape = (len(AGES), len(INCOMES), len(ACCESSES), len(SUPPORTS))
    codes = np.unravel_index(np.arange(PROFILES), shape)
    return dict(zip(("age", "income", "access", "support"), codes, strict=True))


@dataclass(frozen=True)
class Segments:
    """The names by which interventions address people and services, in array order.

    Attributes:
        wards: ward names.
        services: service ids.
        departments: department ids.
    """

    wards: tuple[str, ...]
    services: tuple[str, ...]
    departments: tuple[str, ...]

    @cached_property
    def profiles(self) -> dict[str, IntArray]:
        """Codes of every profile by dimension: see `profile_table`."""
        return profile_table()
