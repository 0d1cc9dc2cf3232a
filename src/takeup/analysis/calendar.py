"""The calendar of a run as it turned out: programmes bring go-lives forward."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import xarray as xr

from takeup.analysis.weeks import by_when, first_weeks
from takeup.results.dataset import marks_of, service_names
from takeup.results.info import Mark

FloatArray = npt.NDArray[np.float64]

ONLINE = "services_online"
"""KPI that is 1 for a service that is online, 0 for one that is not."""


def calendar_of(dataset: xr.Dataset) -> dict[str, tuple[Mark, ...]]:
    """Return go-lives, interventions and shocks of every scenario, by its name.

    A go-live stands in the week by which the service was online in at least half of the runs; it
    is left out if that never was, or if the service was online from the start and not planned to
    go online in week 0. Results without `services_online` give the planned week.

    Args:
        dataset: as made by `takeup.simulate`.
    """
    planned = marks_of(dataset)
    return {
        str(name): _as_it_was(dataset, index, planned.get(str(name), ()))
        for index, name in enumerate(dataset["scenario"].values)
    }


def _as_it_was(dataset: xr.Dataset, scenario: int, planned: tuple[Mark, ...]) -> tuple[Mark, ...]:
    go_lives = {mark.service or mark.name: mark for mark in planned if mark.kind == "go-live"}
    marks = [mark for mark in planned if mark.kind != "go-live"]
    titles = {**service_names(dataset), **{key: mark.name for key, mark in go_lives.items()}}
    for service, title in titles.items():
        online = _online(dataset, scenario, service)
        if online is None:
            marks += [go_lives[service]] if service in go_lives else []
            continue
        week = by_when(first_weeks(online > 0.5), 0.5)
        there_already = week == 0 and service not in go_lives
        if week is not None and not there_already:
            marks.append(Mark("go-live", title, week, week, service))
    return tuple(sorted(marks, key=lambda mark: (mark.first, mark.kind, mark.name)))


def _online(dataset: xr.Dataset, scenario: int, service: str) -> FloatArray | None:
    """Return whether a service is online, (replicates, weeks); None if the results do not say."""
    group = f"service:{service}"
    if ONLINE not in dataset or group not in dataset["group"].values:
        return None
    values: FloatArray = dataset[ONLINE].sel(group=group).values[scenario]
    return values if np.isfinite(values).any() else None
