"""What the level of a KPI is: the mean of some weeks. Needs NumPy only, as workers load it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

HORIZON_WEEKS = 4
"""The level "at the horizon" is the mean of the run's last four weeks: one week is too noisy."""


def mean_without_nan(values: npt.NDArray[np.float64], axis: int) -> npt.NDArray[np.float64]:
    """Return the mean of what is there; NaN, without a warning, where nothing is."""
    there = np.isfinite(values)
    count = there.sum(axis=axis)
    total = np.where(there, values, 0.0).sum(axis=axis)
    result = np.full(total.shape, np.nan)
    np.divide(total, count, out=result, where=count > 0)
    return result
