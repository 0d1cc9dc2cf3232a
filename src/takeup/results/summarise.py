"""From counters to KPIs: integers are added up by group, then divided once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from takeup.kpis import (
    CITIZEN,
    DEPARTMENT,
    FAMILIES,
    GAPS,
    KPIS,
    PLACE,
    SERVICE,
    STOCK,
    CountArray,
    Counters,
    Family,
    fits,
)
from takeup.results.info import RunInfo

FloatArray = npt.NDArray[np.float64]
Totals = dict[str, npt.NDArray[Any]]
"""Counters of a family by name, each (weeks, groups of the family)."""


_GAP_FAMILIES: tuple[Family, ...] = tuple(
    family
    for family in FAMILIES
    if any(
        group.startswith(f"{family}:") for gap in GAPS for group in (*gap.minuend, *gap.subtrahend)
    )
)
"""Families whose groups make up the gaps."""


def all_groups(info: RunInfo) -> tuple[str, ...]:
    """Return every group of a scenario: `all`, then family by family."""
    return tuple(group for family in FAMILIES for group in info.groups(family))


def summarise(
    counters: Counters, info: RunInfo, families: Sequence[Family] = FAMILIES
) -> dict[str, FloatArray]:
    """Compute every KPI of one run.

    Args:
        counters: what the run recorded.
        info: names and weight of its scenario.
        families: families of groups that are wanted; the others are left NaN, which saves time.

    Returns:
        By KPI name an array (weeks, groups of `all_groups(info)`); NaN where the KPI does not apply
        to a group, or where there was nothing to divide by.
    """
    needed = {*families, *_GAP_FAMILIES}
    totals = {family: _totals(counters, info, family) for family in FAMILIES if family in needed}
    weeks = counters.place.shape[0]
    nothing = {family: np.full((weeks, len(info.labels(family))), np.nan) for family in FAMILIES}
    values: dict[str, FloatArray] = {}
    for kpi in KPIS:
        factor = kpi.scale * (info.weight if kpi.weighted else 1.0)
        by_family = dict(nothing)
        for family in (family for family in kpi.families if family in families):
            above = _sum(totals[family], kpi.numerator)
            if kpi.denominator:
                by_family[family] = _divided(above, _sum(totals[family], kpi.denominator)) * factor
            else:
                by_family[family] = above * factor
        values[kpi.name] = np.concatenate([by_family[family] for family in FAMILIES], axis=1)
    for gap in GAPS:
        difference = _share_of_union(totals, info, gap.of, gap.minuend) - _share_of_union(
            totals, info, gap.of, gap.subtrahend
        )
        by_family = {**nothing, "all": difference[:, None]}
        values[gap.name] = np.concatenate([by_family[family] for family in FAMILIES], axis=1)
    return values


def _totals(counters: Counters, info: RunInfo, family: Family) -> Totals:
    """Add up the counters that exist for a family."""
    if family == "all":
        return {
            **_named(CITIZEN, counters.profile.sum(axis=1, keepdims=True)),
            **_named(STOCK, counters.stock_profile.sum(axis=1, keepdims=True)),
            **_named(SERVICE, _grouped(np.ones((1, counters.work.shape[1]), int), counters.work)),
            **_named(DEPARTMENT, counters.whole_staff()[:, None, :]),
            **_named(PLACE, counters.place[:, None, :]),
        }
    if family == "ward":
        return {**_named(CITIZEN, counters.ward), **_named(STOCK, counters.stock_ward)}
    if family == "service":
        return {**_named(CITIZEN, counters.service), **_named(SERVICE, counters.work)}
    if family == "department":
        owned = _membership(np.array(info.owner, dtype=np.int64), len(info.departments))
        return {
            **_named(CITIZEN, _grouped(owned, counters.service)),
            **_named(SERVICE, _grouped(owned, counters.work)),
            **_named(DEPARTMENT, counters.staff),
        }
    labels, codes = info.profiles[family]
    members = _membership(codes, len(labels))
    return {
        **_named(CITIZEN, _grouped(members, counters.profile)),
        **_named(STOCK, _grouped(members, counters.stock_profile)),
    }


def _membership(codes: CountArray, groups: int) -> CountArray:
    """Return an integer matrix (groups, members) that adds members up by group."""
    members: CountArray = (np.arange(groups)[:, None] == codes[None, :]).astype(np.int64)
    return members


def _grouped(members: CountArray, table: CountArray) -> npt.NDArray[Any]:
    """Return counters added up by group: of floats where integers would overflow."""
    exact = fits(table, members.shape[1])
    return (members if exact else members.astype(float)) @ table


def _named(names: tuple[str, ...], table: npt.NDArray[Any]) -> Totals:
    return {name: table[:, :, column] for column, name in enumerate(names)}


def _sum(totals: Totals, names: Sequence[str]) -> npt.NDArray[Any]:
    total = totals[names[0]]
    for name in names[1:]:
        total = total + totals[name]  # not in place: integers and floats may meet
    return total


def _divided(above: npt.NDArray[Any], below: npt.NDArray[Any]) -> FloatArray:
    result = np.full(above.shape, np.nan)
    np.divide(above, below, out=result, where=below > 0)
    return result


def _share_of_union(
    totals: dict[Family, Totals],
    info: RunInfo,
    of: tuple[tuple[str, ...], tuple[str, ...]],
    groups: tuple[str, ...],
) -> FloatArray:
    """Return a share over several groups of one family taken together, (weeks,)."""
    above, below = (
        sum(_sum(totals[family], names)[:, at] for family, at in _located(info, groups))
        for names in of
    )
    return _divided(np.asarray(above), np.asarray(below))


def _located(info: RunInfo, groups: tuple[str, ...]) -> list[tuple[Family, int]]:
    places = {
        group: (family, at) for family in FAMILIES for at, group in enumerate(info.groups(family))
    }
    return [places[group] for group in groups]
