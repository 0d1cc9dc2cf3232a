"""Whom an intervention or a shock addresses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from takeup.programme.segments import (
    ACCESSES,
    AGES,
    INCOMES,
    PROFILES,
    ROLES,
    SUPPORTS,
    BoolArray,
    Segments,
    profile_table,
)

KEPT = 1_024
"""Masks of every shape that a process keeps, those of the targets used last."""

Age = Literal["16-24", "25-34", "35-44", "45-54", "55-64", "65-74", "75+"]
Income = Literal["low", "middle", "high"]
Access = Literal["without", "with"]
Support = Literal["none", "needs-support"]
Role = Literal["frontline", "back-office", "manager"]

Audience = Literal["residents", "staff"]
Addressed = Literal["residents", "staff", "services", "departments", "place"]

KEYS: dict[Addressed, tuple[str, ...]] = {
    "residents": ("age", "income", "access", "support", "wards"),
    "staff": ("departments", "roles"),
    "services": ("services",),
    "departments": ("departments",),
    "place": (),
}
"""Keys of a target that mean something, by what is addressed."""


class Target(BaseModel):
    """Whom an intervention addresses; what is left out is not restricted."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    age: tuple[Age, ...] = Field((), description="age bands of residents")
    income: tuple[Income, ...] = Field((), description="income tiers of residents")
    access: tuple[Access, ...] = Field((), description="residents with or without internet access")
    support: tuple[Support, ...] = Field((), description="residents with or without support needs")
    wards: tuple[str, ...] = Field((), description="wards of residents")
    services: tuple[str, ...] = Field((), description="services that it is about")
    departments: tuple[str, ...] = Field((), description="departments of staff")
    roles: tuple[Role, ...] = Field((), description="roles of staff")

    # A run asks every week, so the answers are kept; they cannot be written.

    def residents(self, segments: Segments) -> BoolArray:
        """Return which (profile, ward) it addresses, shape (PROFILES, wards)."""
        return _residents(
            self.age, self.income, self.access, self.support, self.wards, segments.wards
        )

    def services_mask(self, segments: Segments) -> BoolArray:
        """Return which services it is about, shape (services,)."""
        return _member(segments.services, self.services)

    def departments_mask(self, segments: Segments) -> BoolArray:
        """Return which departments it addresses, shape (departments,)."""
        return _member(segments.departments, self.departments)

    def staff(self, segments: Segments) -> BoolArray:
        """Return which (department, role) it addresses, shape (departments, roles)."""
        return _staff(segments.departments, self.departments, self.roles)

    def managers(self, segments: Segments) -> BoolArray:
        """Return who manages the departments it addresses, shape (departments, roles)."""
        return _staff(segments.departments, self.departments, ("manager",))


def without_meaning(
    target: Any, addressed: Addressed, about_services: bool
) -> Iterator[tuple[str, str]]:
    """Yield keys of a target that do not apply, as (dotted key, what is wrong and what is right).

    Args:
        target: as in a scenario file, of whatever type.
        addressed: what is addressed.
        about_services: whether services can be named beside residents.
    """
    known = [*KEYS[addressed], *["services"] * (about_services and addressed == "residents")]
    right = f"what can be given here: {', '.join(known)}" if known else "leave the target out"
    for key, names in target.items() if isinstance(target, Mapping) else ():
        if names and key in Target.model_fields and key not in known:
            yield (
                f"target.{key}",
                f"does not apply, because this addresses {_plain(addressed)}; {right}",
            )


def _plain(addressed: Addressed) -> str:
    return "the whole place" if addressed == "place" else addressed


@lru_cache(KEPT)
def _residents(
    age: tuple[str, ...],
    income: tuple[str, ...],
    access: tuple[str, ...],
    support: tuple[str, ...],
    chosen_wards: tuple[str, ...],
    wards: tuple[str, ...],
) -> BoolArray:
    profiles = profile_table()
    chosen = np.ones(PROFILES, dtype=bool)
    for dimension, labels, names in (
        ("age", AGES, age),
        ("income", INCOMES, income),
        ("access", ACCESSES, access),
        ("support", SUPPORTS, support),
    ):
        chosen &= _member(labels, names)[profiles[dimension]]
    return _fixed(chosen[:, None] & _member(wards, chosen_wards)[None, :])


@lru_cache(KEPT)
def _staff(
    departments: tuple[str, ...], chosen: tuple[str, ...], roles: tuple[str, ...]
) -> BoolArray:
    return _fixed(_member(departments, chosen)[:, None] & _member(ROLES, roles)[None, :])


@lru_cache(KEPT)
def _member(labels: tuple[str, ...], names: tuple[str, ...]) -> BoolArray:
    return _fixed(np.array([not names or label in names for label in labels], dtype=bool))


def _fixed(array: BoolArray) -> BoolArray:
    array.flags.writeable = False
    return array
