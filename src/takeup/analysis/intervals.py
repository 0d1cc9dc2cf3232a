"""Intervals, each over the replicates of one quantity."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.special import betaincinv, stdtrit

FloatArray = npt.NDArray[np.float64]

LEVEL = 0.9
"""Coverage of all intervals."""


def mean_interval(values: FloatArray, level: float) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return mean, lower and upper end of its Student t interval.

    Args:
        values: (replicates, …); NaN is left out.
        level: coverage, such as 0.9.

    Returns:
        Three arrays (…). The ends are NaN with fewer than two replicates, the mean with none.
    """
    there = np.isfinite(values)
    count = there.sum(axis=0)
    mean = np.full(count.shape, np.nan)
    np.divide(np.where(there, values, 0.0).sum(axis=0), count, out=mean, where=count > 0)
    squares = (np.where(there, values - mean, 0.0) ** 2).sum(axis=0)
    half = np.full(count.shape, np.nan)
    enough = count > 1
    freedom = count[enough] - 1
    half[enough] = stdtrit(freedom, 0.5 + level / 2) * np.sqrt(
        squares[enough] / freedom / count[enough]
    )
    return mean, mean - half, mean + half


def share_interval(
    successes: FloatArray, trials: FloatArray, level: float
) -> tuple[FloatArray, FloatArray]:
    """Return the Jeffreys interval of a share.

    Args:
        successes: number of successes, ties counted half, (…).
        trials: number of trials, (…); NaN is returned where it is 0.
        level: coverage.
    """
    a = successes + 0.5
    b = trials - successes + 0.5
    low = np.where(successes > 0, betaincinv(a, b, 0.5 - level / 2), 0.0)
    high = np.where(successes < trials, betaincinv(a, b, 0.5 + level / 2), 1.0)
    nothing = trials == 0
    return np.where(nothing, np.nan, low), np.where(nothing, np.nan, high)
