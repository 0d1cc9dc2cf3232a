"""Results as comparisons read them, whatever was selected of them before.

What `sel` and `isel` leave is brought back to the axes scenario, replicate and week; what cannot be
served is refused by the name of what is missing.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import xarray as xr

from takeup.arguments import told
from takeup.errors import InputError, did_you_mean
from takeup.kpis import BY_NAME

AXES = ("scenario", "replicate", "week")
_ABOUT = ("long_name", "units", "better")


def laid_out(results: object, group: str | None) -> tuple[xr.Dataset, str]:
    """Return the KPIs of one group, and the name of the group.

    Args:
        results: a Dataset as `takeup.simulate` returns it or any selection of it, or one KPI of it;
            a single scenario, replicate, week or group may have lost its axis.
        group: which group; None: all, or the only one that there is.

    Returns:
        A Dataset of the KPIs that have a value, dimensions AXES, weeks ascending without a gap;
        every KPI has `long_name`, `units` and `better`; coordinates `world` by scenario and, if
        there is one, `date` by week.

    Raises:
        InputError: naming what is missing or does not fit.
    """
    dataset = _as_dataset(results)
    part, name = _of_group(dataset, group)
    for axis in AXES:
        part = _with_axis(part, axis)
    twice = [key for key, index in part.indexes.items() if key in AXES and index.has_duplicates]
    if twice:
        raise _refused(f"have a {twice[0]} that occurs twice")
    part = _with_values(part, name).transpose(*AXES)
    part = _in_order(part)
    for kpi, variable in part.data_vars.items():
        variable.attrs = _about(str(kpi), variable.attrs, dataset.attrs)
    if "world" not in part.coords or part["world"].dims not in (("scenario",), ()):
        raise _refused("have no `world` by scenario, which tells whether runs are pairs")
    others = [key for key in part.coords if key not in (*AXES, "world", "date")]
    return part.drop_vars(others), name


def _refused(what: str) -> InputError:
    return InputError(f"results: {what}; compare needs what `takeup.simulate` returned")


def _as_dataset(results: object) -> xr.Dataset:
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


def _of_group(dataset: xr.Dataset, group: str | None) -> tuple[xr.Dataset, str]:
    if "group" not in dataset.coords:
        raise _refused("do not say of which group they are (select one without drop=True)")
    if group is not None and not isinstance(group, str):
        raise InputError(f"group: must be a text such as age:75+, not {told(group)}")
    groups = [str(name) for name in np.atleast_1d(dataset["group"].values)]
    if group is None:
        group = groups[0] if len(groups) == 1 else "all"
    if group not in groups:
        raise InputError(f'no group "{group}" in the results{did_you_mean(group, groups)}')
    if "group" in dataset.dims:
        dataset = dataset.isel(group=groups.index(group))
    return dataset.drop_vars("group"), group


def _with_axis(part: xr.Dataset, axis: str) -> xr.Dataset:
    """Return results in which an axis that a selection took away is there again, of length 1."""
    if axis in part.dims:
        if part.sizes[axis] == 0:
            raise _refused(f"hold no {axis}")
        if axis not in part.coords and axis != "replicate":
            raise _refused(f"do not name every {axis}")
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
    weeks = part["week"]
    if weeks.dtype.kind not in "iu":
        raise _refused("have weeks that are no whole numbers")
    part = part.sortby("week")
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
