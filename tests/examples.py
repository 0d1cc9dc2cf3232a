"""Small valid scenarios that tests share, built without files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from takeup.programme.segments import AGES
from takeup.scenario.schema import Scenario


def by_age(*shares: float) -> dict[str, float]:
    """Return shares by age band, youngest first."""
    return dict(zip(AGES, shares, strict=True))


_MINUTES = {"digital": 8.0, "rekeying": 20.0, "phone": 22.0, "counter": 35.0}

_SMALL: dict[str, Any] = {
    "name": "small",
    "run": {"weeks": 30, "sample": 400, "replicates": 2, "seed": 11},
    "place": {
        "name": "Smallbridge",
        "residents": 4000,
        "age": by_age(0.12, 0.17, 0.17, 0.16, 0.15, 0.13, 0.10),
        "access": by_age(0.99, 0.98, 0.97, 0.96, 0.92, 0.85, 0.62),
        "skill": by_age(0.92, 0.92, 0.89, 0.84, 0.74, 0.58, 0.32),
        "support_need": by_age(0.07, 0.07, 0.08, 0.10, 0.14, 0.20, 0.35),
        "wards": (
            {"name": "Old Town", "share": 0.35,
             "age": by_age(0.06, 0.10, 0.12, 0.15, 0.18, 0.20, 0.19)},
            {"name": "New Town", "share": 0.65},
        ),
    },
    "departments": {
        "revenues": {"name": "Revenues", "staff": 120},
        "environment": {"name": "Environment", "staff": 80},
    },
    "services": {
        "council-tax": {
            "name": "Council tax", "department": "revenues", "yearly_volume": 9000.0,
            "minutes": _MINUTES,
        },
        "waste": {
            "name": "Bulky waste", "department": "environment", "yearly_volume": 6000.0,
            "minutes": _MINUTES,
        },
        "permits": {
            "name": "Parking permits", "department": "environment", "yearly_volume": 4000.0,
            "by_age": {"16-24": 0.5, "75+": 0.3}, "go_live": 10, "minutes": _MINUTES,
        },
    },
}  # fmt: skip


def small_scenario(**changes: Any) -> Scenario:
    """Return 4,000 residents (400 simulated) in two wards, two departments and three services.

    Two services are online already, `permits` goes live in week 10 of 30.

    Args:
        **changes: tables or values that differ. A mapping is merged into the table of that name,
            at any depth: `small_scenario(run={"seed": 2})`; anything else takes its place.
    """
    return Scenario.model_validate(_merged(_SMALL, changes))


def _merged(base: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, value in changes.items():
        if isinstance(value, Mapping) and isinstance(merged.get(key), Mapping):
            merged[key] = _merged(merged[key], value)
        else:
            merged[key] = value
    return merged
