"""Levels and quantiles of KPIs: what tables and `summary.json` show."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import xarray as xr

from takeup.kpis import YEAR
from takeup.results.levels import HORIZON_WEEKS, mean_without_nan

QUANTILES = {"5 %": 0.05, "25 %": 0.25, "median": 0.5, "75 %": 0.75, "95 %": 0.95}

ENDS = (0.05, 0.95)
"""Quantiles over runs between which 9 of 10 runs lie."""


def quantiles_without_nan(
    values: npt.NDArray[np.float64], shares: tuple[float, ...]
) -> npt.NDArray[np.float64]:
    """Return quantiles along the first axis, (shares, …); NaN where nothing is there."""
    known = np.isfinite(values)
    if known.all() and values.size:  # many times faster, the same bits
        return np.quantile(values, shares, axis=0)
    result = np.full((len(shares), *values.shape[1:]), np.nan)
    there = known.any(axis=0)
    if there.any():
        result[:, there] = np.nanquantile(values[:, there], shares, axis=0)
    return result


def level(dataset: xr.Dataset, first: int, last: int) -> xr.Dataset:
    """Return the mean of every KPI over the weeks from `first` up to, not including, `last`."""
    part = dataset.isel(week=slice(first, last)).drop_vars("date", errors="ignore")
    return part.map(
        lambda variable: xr.DataArray(
            mean_without_nan(variable.values, variable.dims.index("week")),
            dims=[dim for dim in variable.dims if dim != "week"],
            attrs=variable.attrs,
        )
    ).assign_coords({name: part[name] for name in part.coords if "week" not in part[name].dims})


def trailing(values: npt.NDArray[np.float64], window: int) -> npt.NDArray[np.float64]:
    """Return, for every week, the mean of the `window` weeks that end with it.

    Args:
        values: (…, weeks); NaN is left out.
        window: weeks; in the first weeks there are fewer.
    """
    there = np.isfinite(values)
    known = np.where(there, values, 0.0)
    total, count = known.copy(), there.astype(np.float64)
    for lag in range(1, min(window, values.shape[-1])):
        total[..., lag:] += known[..., :-lag]
        count[..., lag:] += there[..., :-lag]
    result = np.full(values.shape, np.nan)
    np.divide(total, count, out=result, where=count > 0)
    return result


def is_yearly(unit: str) -> bool:
    """Return whether a unit is that of a rate per year, whose level is the mean of a year."""
    return unit.endswith("a year")


def at_horizon(dataset: xr.Dataset, window: int = HORIZON_WEEKS) -> xr.Dataset:
    """Return the level of every KPI over the last `window` weeks; of yearly rates, over a year."""
    weeks = dataset.sizes["week"]
    year = level(dataset, max(0, weeks - max(window, YEAR)), weeks)
    return _yearly(level(dataset, max(0, weeks - window), weeks), year)


def at_start(dataset: xr.Dataset, window: int = HORIZON_WEEKS) -> xr.Dataset:
    """Return the level of every KPI over the first `window` weeks; of yearly rates, over a year."""
    weeks = dataset.sizes["week"]
    year = level(dataset, 0, min(max(window, YEAR), weeks))
    return _yearly(level(dataset, 0, min(window, weeks)), year)


def _yearly(short: xr.Dataset, year: xr.Dataset) -> xr.Dataset:
    """Return levels over a few weeks, but those of KPIs that are rates per year over a year."""
    rates = [name for name, kpi in short.data_vars.items() if is_yearly(kpi.attrs["units"])]
    return short.assign({name: year[name] for name in rates})


def summary(dataset: xr.Dataset) -> dict[str, Any]:
    """Return what `summary.json` holds: the place as a whole, by scenario and KPI.

    Returns:
        Under `scenarios`, name and KPI: unit, quantiles over replicates at the horizon, and the
        mean of the last 52 weeks (or of all, if the run is shorter); `null` where there is no
        value.
    """
    whole = dataset.sel(group="all")
    weeks = whole.sizes["week"]
    final = at_horizon(whole)
    year = level(whole, max(0, weeks - YEAR), weeks)
    scenarios: dict[str, Any] = {}
    for index, name in enumerate(dataset["scenario"].values):
        kpis: dict[str, Any] = {}
        for kpi in dataset.data_vars:
            spread = quantiles_without_nan(
                final[kpi].values[index], tuple(QUANTILES.values())
            ).tolist()
            kpis[str(kpi)] = {
                "unit": dataset[kpi].attrs["units"],
                "horizon": {
                    label: _json(value) for label, value in zip(QUANTILES, spread, strict=True)
                },
                "mean of last year": _json(float(mean_without_nan(year[kpi].values[index], 0))),
            }
        scenarios[str(name)] = kpis
    return {
        "horizon": f"mean of the last {min(HORIZON_WEEKS, weeks)} weeks; "
        "of yearly rates the last year",
        "last year": f"mean of the last {min(YEAR, weeks)} weeks",
        "replicates": dataset.sizes["replicate"],
        "weeks": weeks,
        "scenarios": scenarios,
    }


def _json(value: float) -> float | None:
    return value if np.isfinite(value) else None
