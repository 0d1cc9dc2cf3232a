"""What a plan changes in something, and whether that is better, worse, or may be chance."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from takeup.analysis.intervals import LEVEL, FloatArray, mean_interval
from takeup.results.summary import ENDS, quantiles_without_nan
from takeup.results.units import number, shows


class Change(NamedTuple):
    """A difference over pairs of runs.

    Attributes:
        mean: its mean.
        low: lower end of the interval of the mean; NaN with fewer than two runs.
        high: upper end.
        band_low: lower end of the range in which 9 of 10 runs lie.
        band_high: upper end.
    """

    mean: float
    low: float
    high: float
    band_low: float
    band_high: float

    @property
    def band(self) -> tuple[float, float]:
        """The range in which 9 of 10 runs lie."""
        return self.band_low, self.band_high


def change_of(differences: FloatArray) -> Change:
    """Return what differences, (runs,), come to."""
    ends = quantiles_without_nan(differences, ENDS)
    return Change(*map(float, (*mean_interval(differences, LEVEL), *ends)))


def verdict_of(change: Change, unit: str, better: int) -> str:
    """Return `better` or `worse` if the interval leaves out zero, `unclear` if it does not.

    Args:
        change: the difference.
        unit: its unit.
        better: 1 if more is better, −1 if less is, 0 if neither.

    Returns:
        `no change` if mean and range are zero with the digits that tables show; empty with a single
        run, which has no interval, and of what is neither good nor bad.
    """
    low, high = change.low * better, change.high * better
    if better == 0 or not np.isfinite([low, high]).all():
        return ""
    widest = max(map(abs, change.band))
    shown = [number(change.mean, unit), *(number(end, unit, like=widest) for end in change.band)]
    if not any(map(shows, shown)):
        return "no change"
    if min(low, high) > 0:
        return "better"
    return "worse" if max(low, high) < 0 else "unclear"
