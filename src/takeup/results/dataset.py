"""Many runs side by side: one Dataset, dimensions (scenario, replicate, week, group)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

import numpy as np
import xarray as xr

from takeup.kpis import FAMILIES, GAPS, KPI, KPI_NAMES, KPIS, Family, GapKPI
from takeup.results.info import GoalInfo, Mark, RunInfo
from takeup.results.summarise import FloatArray, all_groups

DIMENSIONS = ("scenario", "replicate", "week", "group")

ABOUT = ("currency", "discount_rate", "marks", "goals", "services")
"""Attributes of a Dataset; the last three as JSON, for `marks_of`, `goals_of` and
`service_names`."""


def blank(
    infos: Sequence[RunInfo], replicates: int, families: Sequence[Family] = FAMILIES
) -> xr.Dataset:
    """Make the Dataset of runs that are still to come: every value NaN.

    Args:
        infos: one for every scenario, with equal start, weeks, currency and discount rate, and
            different names.
        replicates: number of replicates.
        families: families of groups that there is room for.

    Returns:
        A float64 variable per KPI with `long_name`, `units`, `definition` and `better`; coordinates
        `date` by week, `seed` and `world` by scenario; attributes as in `ABOUT`. Groups are those
        of any scenario.
    """
    first = infos[0]
    return assemble(
        scenarios=[info.scenario for info in infos],
        seeds=[info.seed for info in infos],
        worlds=[info.world for info in infos],
        replicates=replicates,
        start=first.start,
        weeks=first.weeks,
        groups=groups_of(infos, families),
        about={
            "currency": first.currency,
            "discount_rate": first.discount_rate,
            "marks": json.dumps({i.scenario: [asdict(mark) for mark in i.marks] for i in infos}),
            "goals": json.dumps({i.scenario: [asdict(goal) for goal in i.goals] for i in infos}),
            "services": json.dumps({k: v for i in infos for k, v in i.service_names.items()}),
        },
    )


def size_in_bytes(infos: Sequence[RunInfo], replicates: int) -> int:
    """Return how much memory the Dataset that `blank` makes takes."""
    cells = len(infos) * replicates * infos[0].weeks * len(groups_of(infos, FAMILIES))
    return 8 * len(KPI_NAMES) * cells


def groups_of(infos: Sequence[RunInfo], families: Sequence[Family] = FAMILIES) -> tuple[str, ...]:
    """Return the groups of any scenario, in the order in which they first occur.

    Args:
        infos: one for every scenario.
        families: families of groups that are wanted.
    """
    return tuple(
        dict.fromkeys(
            group
            for info in infos
            for group in all_groups(info)
            if group.partition(":")[0] in families
        )
    )


def assemble(
    *,
    scenarios: Sequence[str],
    seeds: Sequence[int],
    worlds: Sequence[str],
    replicates: int,
    start: date,
    weeks: int,
    groups: Sequence[str],
    about: Mapping[str, Any],
) -> xr.Dataset:
    """Make an empty Dataset from the values of its coordinates and attributes; see `blank`."""
    shape = (len(scenarios), replicates, weeks, len(groups))
    begin = np.datetime64(start, "ns")
    dataset = xr.Dataset(
        {name: (DIMENSIONS, np.full(shape, np.nan)) for name in KPI_NAMES},
        coords={
            "scenario": np.array(scenarios, dtype=object),
            "replicate": np.arange(replicates),
            "week": np.arange(weeks),
            "group": np.array(groups, dtype=object),
            "date": ("week", begin + np.arange(weeks) * np.timedelta64(7, "D")),
            "seed": ("scenario", np.array(seeds, dtype=np.int64)),
            "world": ("scenario", np.array(worlds, dtype=object)),
        },
        attrs=dict(about),
    )
    kpis: tuple[KPI | GapKPI, ...] = (*KPIS, *GAPS)
    for kpi in kpis:
        dataset[kpi.name].attrs = {
            "long_name": kpi.title,
            "units": about["currency"] if kpi.unit == "currency" else kpi.unit,
            "definition": kpi.definition,
            "better": kpi.better,
        }
    return dataset


def record(
    dataset: xr.Dataset,
    scenario: int,
    replicate: int,
    info: RunInfo,
    values: Mapping[str, FloatArray],
) -> None:
    """Write one run into its place; runs may be recorded in any order and from several threads.

    Args:
        dataset: as made by `blank`.
        scenario: index of the scenario.
        replicate: index of the replicate.
        info: the scenario's, for the names of its groups.
        values: as returned by `summarise`; groups that there is no room for are left out.
    """
    at = dataset.get_index("group").get_indexer(np.array(all_groups(info), dtype=object))
    has_room = at >= 0
    for name, array in values.items():
        dataset[name].values[scenario, replicate][:, at[has_room]] = array[:, has_room]


def marks_of(dataset: xr.Dataset) -> dict[str, tuple[Mark, ...]]:
    """Return the planned go-lives, interventions and shocks of every scenario, by its name."""
    stored = json.loads(dataset.attrs.get("marks", "{}"))
    return {name: tuple(Mark(**mark) for mark in marks) for name, marks in stored.items()}


def goals_of(dataset: xr.Dataset) -> dict[str, tuple[GoalInfo, ...]]:
    """Return the goals of every scenario, by its name."""
    stored = json.loads(dataset.attrs.get("goals", "{}"))
    return {name: tuple(GoalInfo(**goal) for goal in goals) for name, goals in stored.items()}


def service_names(dataset: xr.Dataset) -> dict[str, str]:
    """Return what figures call the services of any scenario, by id."""
    names: dict[str, str] = json.loads(dataset.attrs.get("services", "{}"))
    return names


def group_words(dataset: xr.Dataset, group: str) -> str:
    """Return what a reader is told of a group: `age 75+`, or the name of a service."""
    family, _, label = group.partition(":")
    name = service_names(dataset).get(label) if family == "service" else None
    return name or f"{family} {label}".rstrip()


def discount_rate(dataset: xr.Dataset) -> float:
    """Return a year's discount on money that comes later; 0 if the results name none."""
    return float(dataset.attrs.get("discount_rate", 0.0))
