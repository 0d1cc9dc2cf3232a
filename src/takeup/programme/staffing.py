"""Whom a measure for staff addresses: how many they are, and what an hour of theirs costs.

None of it changes within a run, and a programme asks for it hundreds of times, so it is worked out
once and remembered.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from takeup.programme.levers import FloatArray, Levers, Observed
from takeup.programme.segments import BoolArray


@dataclass(frozen=True, eq=False)
class Staffing:
    """Staff whom something addresses.

    Attributes:
        where: 1 for those addressed, else 0; (departments, roles).
        weight: members of staff that a post stands for, 0 if it is not addressed; same shape.
        people: members of staff in the whole place, same shape.
        total: all of them together.
        hourly: what an hour of theirs costs on average; 0 if there is nobody.
        share: of every department's staff, (departments,).
    """

    where: FloatArray
    weight: FloatArray
    people: FloatArray
    total: float
    hourly: float
    share: FloatArray


def staffing(observed: Observed, where: BoolArray) -> Staffing:
    """Return the staff whom something addresses.

    Args:
        observed: what the council can see.
        where: which staff, (departments, roles).
    """
    key = Staffing, where.tobytes()
    found: Staffing | None = observed.memory.get(key)
    if found is None:
        staff = observed.staff
        people = where * staff * observed.post_weight[:, None]
        total = float(people.sum())
        cost = float((people.sum(axis=1) * observed.hourly_cost).sum())
        share = (staff * where).sum(axis=1) / np.maximum(1, staff.sum(axis=1))
        found = observed.memory[key] = Staffing(
            where.astype(np.float64),
            where * observed.post_weight[:, None],
            people,
            total,
            cost / total if total else 0.0,
            share,
        )
    return found


def shared_hours(levers: Levers, observed: Observed, where: BoolArray, hours: float) -> None:
    """Take working hours from the staff of a target, shared evenly, and count their cost.

    Args:
        levers: what is moved.
        observed: what the council can see.
        where: which staff, (departments, roles).
        hours: hours a week in the whole place.
    """
    if hours == 0.0:
        return
    staff = staffing(observed, where)
    if staff.total == 0.0:
        return
    levers.staff_hours += staff.where * (hours / staff.total)
    levers.spend(hours * staff.hourly)
