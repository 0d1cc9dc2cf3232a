"""KPIs of a run under way, as a council would read them off: from the counters so far."""

from __future__ import annotations

import numpy as np

from takeup.kpis import GAPS, KPIS, Counters, totals
from takeup.programme.segments import (
    ACCESSES,
    AGES,
    INCOMES,
    SUPPORTS,
    BoolArray,
    IntArray,
    Segments,
)

_LABELS = {"age": AGES, "income": INCOMES, "access": ACCESSES, "support": SUPPORTS}
_KPIS = {kpi.name: kpi for kpi in KPIS}
_GAPS = {gap.name: gap for gap in GAPS}


def groups(segments: Segments) -> tuple[str, ...]:
    """Return the groups of a run, as results name them and in their order."""
    named = {
        **_LABELS,
        "ward": segments.wards,
        "service": segments.services,
        "department": segments.departments,
    }
    return "all", *(f"{family}:{label}" for family, labels in named.items() for label in labels)


def measured(
    name: str,
    group: str,
    weeks: slice,
    counters: Counters,
    segments: Segments,
    owner: IntArray,
    weight: float,
) -> float:
    """Return a KPI over some weeks taken together; an absolute number is a mean of weeks.

    Args:
        name: name of the KPI.
        group: `all`, or `family:label` as results name groups.
        weeks: which weeks of the run.
        counters: what was recorded.
        segments: names of wards, services and departments.
        owner: department of every service.
        weight: residents that one simulated resident stands for.

    Returns:
        The value; NaN if there is nothing to divide by or no week yet.
    """
    count = weeks.stop - weeks.start
    if count < 1:
        return float("nan")
    if name in _GAPS:
        gap = _GAPS[name]
        shares = []
        for groups in (gap.minuend, gap.subtrahend):
            wanted = frozenset((*gap.of[0], *gap.of[1]))
            found = totals(counters, weeks, profiles=_profiles(groups, segments), names=wanted)
            above, below = (sum(found[column] for column in names) for names in gap.of)
            shares.append(above / below if below else float("nan"))
        return shares[0] - shares[1]
    kpi = _KPIS[name]
    wanted = frozenset((*kpi.numerator, *kpi.denominator))
    value = kpi.value(_totals(group, weeks, counters, segments, owner, wanted), weight)
    return value if kpi.denominator else value / count


def _totals(
    group: str,
    weeks: slice,
    counters: Counters,
    segments: Segments,
    owner: IntArray,
    names: frozenset[str],
) -> dict[str, float]:
    family, _, label = group.partition(":")
    if family in _LABELS:
        return totals(counters, weeks, profiles=_profiles((group,), segments), names=names)
    if family == "ward":
        return totals(counters, weeks, wards=_one(segments.wards, label), names=names)
    if family == "service":
        return totals(counters, weeks, services=_one(segments.services, label), names=names)
    if family == "department":
        departments = _one(segments.departments, label)
        return totals(
            counters, weeks, services=departments[owner], departments=departments, names=names
        )
    return totals(counters, weeks, names=names)


def _profiles(groups: tuple[str, ...], segments: Segments) -> BoolArray:
    """Return which profiles belong to one of some groups of a single family."""
    family = groups[0].partition(":")[0]
    codes = [_LABELS[family].index(group.partition(":")[2]) for group in groups]
    chosen: BoolArray = np.logical_or.reduce([segments.profiles[family] == code for code in codes])
    return chosen


def _one(labels: tuple[str, ...], label: str) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    return np.array([name == label for name in labels])
