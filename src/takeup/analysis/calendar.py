"""The calendar of a run as it turned out: programmes bring go-lives forward."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

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
    names = service_names(dataset)
    online = {service: _online(dataset, scenario, service) for service in names}
    opened = {
        key: first_weeks(values > 0.5) for key, values in online.items() if values is not None
    }
    return as_it_was(planned, names, opened)


def as_it_was(
    planned: Sequence[Mark],
    names: Mapping[str, str],
    opened: Mapping[str, Sequence[int | None]],
) -> tuple[Mark, ...]:
    """Return the calendar of a scenario with its go-lives as they turned out: see `calendar_of`.

    Args:
        planned: what was planned.
        names: what services are called, by id.
        opened: for every run the week from which a service was online, None if it never was, by
            service; those that are not there stay as planned.
    """
    go_lives = {mark.service or mark.name: mark for mark in planned if mark.kind == "go-live"}
    marks = [mark for mark in planned if mark.kind != "go-live"]
    for service, title in {**names, **{key: mark.name for key, mark in go_lives.items()}}.items():
        if service not in opened:
            marks += [go_lives[service]] if service in go_lives else []
            continue
        week = by_when(opened[service], 0.5)
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
