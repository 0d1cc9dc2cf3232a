"""Whose staff a programme about services concerns: that of the departments that own them."""

from __future__ import annotations

import numpy as np

from takeup.programme.levers import Observed
from takeup.programme.segments import ROLES, BoolArray


def owning_staff(observed: Observed, services: BoolArray) -> BoolArray:
    """Return which staff works for a department that owns one of the services.

    Args:
        observed: what the council can see.
        services: which services, (services,).

    Returns:
        All roles of those departments, (departments, roles).
    """
    owning = np.zeros((len(observed.segments.departments), len(ROLES)), dtype=bool)
    owning[observed.owner[services]] = True
    return owning
