"""Whom a target addresses, as shares of the place's residents and of its departments' staff."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from math import fsum, inf

from takeup.errors import did_you_mean
from takeup.programme.plain import Problem, Table, is_number, items, nearest_id, table
from takeup.programme.segments import ACCESSES, AGES, INCOMES, ROLES, SUPPORTS

_NEGLIGIBLE = 1e-6
"""A share that rounding can leave of nothing."""


def misdirected(target: Table, addressed: str, data: Table) -> Iterator[Problem]:
    """Yield names in a target that do not exist, or that it matches nobody.

    Services, departments and the place are there once they are named rightly; people of a segment
    may not be.

    Args:
        target: as in a scenario file.
        addressed: residents, staff, services, departments or place.
        data: the scenario.

    Yields:
        Problems with paths that begin at the event: ("target", …).
    """
    unknown = False
    for key, names in _names(data).items():
        for name in items(target.get(key)) if names else ():  # with none, those are the problem
            if isinstance(name, str) and name not in names:
                unknown = True
                text = f'names a {key.removesuffix("s")} that does not exist, "{name}"'
                near = did_you_mean(name, names) if key == "wards" else nearest_id(name, data[key])
                yield Problem(("target", key), text + near)
    if target and not unknown and addressed == "staff":
        yield from _no_staff(target, data)
    if target and not unknown and addressed == "residents":
        yield from _no_residents(target, table(data, "place"))


def ward_names(data: Table) -> list[str]:
    """Return the names of a scenario's wards."""
    wards = items(table(data, "place").get("wards"))
    names = [table({"ward": ward}, "ward").get("name") for ward in wards]
    return [name for name in names if isinstance(name, str)]


def _names(data: Table) -> dict[str, list[str]]:
    return {
        "wards": ward_names(data),
        "services": list(table(data, "services")),
        "departments": list(table(data, "departments")),
    }


def _no_staff(target: Table, data: Table) -> Iterator[Problem]:
    departments = table(data, "departments")
    named = [name for name in items(target.get("departments")) if isinstance(name, str)]
    chosen = [departments[name] for name in named or departments if name in departments]
    roles = [role for role in items(target.get("roles")) if role in ROLES]
    shares = [staff_shares(department) for department in chosen]
    if roles and shares and not any(share[role] > 0 for share in shares for role in roles):
        yield Problem(
            ("target", "roles"),
            f"matches nobody: the departments have no {' or '.join(roles)} staff",
        )


def _no_residents(target: Table, place: Table) -> Iterator[Problem]:
    try:
        share = addressed_share(target, place)
    except (KeyError, TypeError, AttributeError, ValueError):
        return  # the place itself is wrong, which the check of types reports
    if share <= 0:
        yield Problem(
            ("target",), "matches nobody: no resident of the place is all of this at once"
        )


def staff_shares(department: Table) -> dict[str, float]:
    """Return the share of a department's staff by role; infinite where a figure is no number."""
    frontline, managers = department.get("frontline"), department.get("managers")
    if not (is_number(frontline) and is_number(managers)):
        return dict.fromkeys(ROLES, inf)
    rest = 1.0 - frontline - managers
    return dict(zip(ROLES, (frontline, rest if rest > _NEGLIGIBLE else 0.0, managers), strict=True))


def addressed_share(target: Table, place: Table) -> float:
    """Return the share of residents that a target addresses, from the place's marginals.

    Income and support need are taken as independent of all else but age, so it is approximate for
    targets that combine them; zero is exact.
    """
    names = {
        dimension: items(target.get(dimension)) or labels
        for dimension, labels in (
            ("age", AGES),
            ("income", INCOMES),
            ("access", ACCESSES),
            ("support", SUPPORTS),
        )
    }
    wards = [w for w in place["wards"] if w["name"] in (items(target.get("wards")) or [w["name"]])]
    income = fsum(place["income"][tier] for tier in names["income"])
    total = []
    for ward, age in product(wards, names["age"]):
        with_access, with_need = place["access"][age], place["support_need"][age]
        access = fsum(with_access if a == "with" else 1.0 - with_access for a in names["access"])
        support = fsum(1.0 - with_need if s == "none" else with_need for s in names["support"])
        ages = ward.get("age") or place["age"]
        total.append(ward["share"] * ages[age] * income * access * support)
    return fsum(total)
