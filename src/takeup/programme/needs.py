"""How often residents can need a service: less than once a week each, in every age band."""

from __future__ import annotations

from math import fsum
from typing import NamedTuple

from takeup.kpis import YEAR
from takeup.programme.plain import Table, table
from takeup.programme.segments import AGES

MOST_NEEDS = 1_000_000_000
"""Needs a year that a service can have, in the largest of places."""


class Most(NamedTuple):
    """What limits the volume of a service.

    Attributes:
        volume: needs a year that it must stay below; 0 if nobody who lives there needs it.
        age: the age band of those who would first need it every week.
    """

    volume: float
    age: str


def most_needs(service: Table, place: Table) -> Most | None:
    """Return what limits a service's volume; None where something of it or the place is wrong."""
    try:
        ages = [
            fsum(ward["share"] * (ward.get("age") or place["age"])[age] for ward in place["wards"])
            for age in AGES
        ]
        relative = [table(service, "by_age").get(age, 1.0) for age in AGES]
        mean = fsum(a * r for a, r in zip(ages, relative, strict=True)) / fsum(ages)
        volume = place["residents"] * YEAR * mean / max(relative)
    except (KeyError, TypeError, AttributeError, ValueError, ArithmeticError):
        return None
    if place["residents"] <= 0:
        return None
    return Most(volume, AGES[relative.index(max(relative))])
