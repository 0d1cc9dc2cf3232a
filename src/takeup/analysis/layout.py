"""Results as comparisons read them, whatever was selected of them before.

What `sel` and `isel` leave is brought back to the axes scenario, replicate and week; what cannot be
served is refused by the name of what is missing.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import xarray as xr

from takeup.arguments import told
from takeup.errors import InputError
from takeup.kpis import BY_NAME

AXES = ("scenario", "replicate", "week")
_ABOUT = ("long_name", "units", "better")


def as_dataset(results: object) -> xr.Dataset:
    """Return results as a Dataset, one KPI of them included.

    Raises:
        InputError: they are something else.
    """
    if isinstance(results, xr.DataArray):
        if results.name is None:
            raise _refused("are an array without the name of a KPI")
        return results.to_dataset()
    if isinstance(results, xr.Dataset):
        return results
    raise InputError(
        "results: must be the Dataset that `takeup.simulate` or `takeup.open_results` returns, not "
        f"{told(results)}"
    )


def labels(dataset: xr.Dataset, axis: str) -> list[str]:
    """Return the names of scenarios or groups, a single one included.

    Raises:
        InputError: the results do not tell them, or hold none.
    """
    if axis not in dataset.coords:
        raise _refused(f"do not say of which {axis} they are (select one without drop=True)")
    found = [str(name) for name in np.atleast_1d(dataset[axis].values)]
    if not found:
        raise _refused(f"hold no {axis}")
    if len(set(found)) < len(found):
        raise _refused(f"have a {axis} that occurs twice")
    return found


def laid_out(dataset: xr.Dataset, group: str) -> xr.Dataset:
    """Return the KPIs of one group.

    Args:
        dataset: as `takeup.simulate` returns it or any selection of it; a single scenario,
            replicate, week or group may have lost its axis.
        group: one of its groups.

    Returns:
        A Dataset of the KPIs that have a value, dimensions AXES, weeks ascending without a gap;
        every KPI has `long_name`, `units` and `better`; coordinates `world` by scenario and, if
        there is one, `date` by week.

    Raises:
        InputError: naming what is missing or does not fit.
    """
    part = dataset
    if "group" in dataset.dims:
        part = dataset.isel(group=labels(dataset, "group").index(group))
    part = part.drop_vars("group")
    for axis in AXES:
        part = _with_axis(part, axis)
    part = _in_order(_with_values(part, group).transpose(*AXES))
    for kpi, variable in part.data_vars.items():
        variable.attrs = _about(str(kpi), variable.attrs, dataset.attrs)
    if "world" not in part.coords or part["world"].dims not in (("scenario",), ()):
        raise _refused("have no `world` by scenario, which tells whether runs are pairs")
    return part.drop_vars([key for key in part.coords if key not in (*AXES, "world", "date")])


def _refused(what: str) -> InputError:
    return InputError(f"results: {what}; compare needs what `takeup.simulate` returned")


def _with_axis(part: xr.Dataset, axis: str) -> xr.Dataset:
    """Return results in which an axis that a selection took away is there again, of length 1."""
    if axis in part.dims:
        if part.sizes[axis] == 0:
            raise _refused(f"hold no {axis}")
        if axis not in part.coords and axis != "replicate":
            raise _refused(f"do not name every {axis}")
        if axis == "replicate" and axis in part.indexes and part.indexes[axis].has_duplicates:
            raise _refused("have a replicate that occurs twice")
        return part
    if axis not in part.coords and axis != "replicate":
        raise _refused(f"do not say which {axis} they are of (select one without drop=True)")
    date = part.coords.get("date")
    part = part.expand_dims(axis)
    if axis == "week" and date is not None:
        part = part.assign_coords(date=("week", np.atleast_1d(date.values)))
    return part


def _with_values(part: xr.Dataset, group: str) -> xr.Dataset:
    """Return the KPIs that have a value."""
    kept = []
    for name, variable in part.data_vars.items():
        if missing := [axis for axis in AXES if axis not in variable.dims]:
            raise _refused(f"have a variable {told(name)} without the axis {missing[0]}")
        if extra := [str(dim) for dim in variable.dims if dim not in AXES]:
            raise _refused(f"have a further axis {told(extra[0])}")
        if variable.dtype.kind not in "fiu":
            raise _refused(f"have a variable {told(name)} that holds no numbers")
        if np.isfinite(variable.values).any():
            kept.append(name)
    if not kept:
        raise InputError(f'results: no KPI has a value for the group "{group}"')
    return part[kept]


def _in_order(part: xr.Dataset) -> xr.Dataset:
    weeks = part["week"].values
    if weeks.dtype.kind not in "fiu" or (weeks % 1 != 0).any():
        raise _refused("have weeks that are no whole numbers")
    part = part.assign_coords(week=weeks.astype(np.int64)).sortby("week")
    gap = np.flatnonzero(np.diff(part["week"].values) != 1)
    if gap.size:
        before, after = part["week"].values[[gap[0], gap[0] + 1]]
        raise _refused(f"go from week {before} to week {after}, and levels are means of all weeks")
    if "date" in part.coords and part["date"].dims != ("week",):
        part = part.drop_vars("date")
    return part


def _about(kpi: str, own: dict[str, Any], results: dict[str, Any]) -> dict[str, Any]:
    """Return title, unit and direction of a KPI; arithmetic with results loses its attributes."""
    about = {name: own[name] for name in _ABOUT if name in own}
    if known := BY_NAME.get(kpi):
        about.setdefault("long_name", known.title)
        about.setdefault("better", known.better)
        if known.unit != "currency":
            about.setdefault("units", known.unit)
        elif "currency" in results:
            about.setdefault("units", results["currency"])
    for name in _ABOUT:
        if name not in about:
            raise _refused(f"do not tell `{name}` of {told(kpi)} in its attributes")
    return about
