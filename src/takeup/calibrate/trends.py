"""A bank without agents: log-odds that rise by a drift which wears off, and nothing else."""

from __future__ import annotations

import numpy as np

from takeup.calibrate.filtering import WINDOW
from takeup.calibrate.observed import Floats


def trends(
    first: float, quarters: int, drift: float, spread: float, fading: float, runs: int = 2_000
) -> Floats:
    """Return paths of take-up, in log-odds, around that of the first point.

    Args:
        first: log-odds of the first point.
        quarters: after the first window.
        drift: mean rise a year.
        spread: standard deviation of that rise.
        fading: rate a year at which it wears off.
        runs: number of paths.

    Returns:
        Shape (runs, WINDOW + quarters).
    """
    rng = np.random.default_rng(runs)
    slope = drift + spread * rng.standard_normal(runs)
    years = (np.arange(WINDOW + quarters) - (WINDOW - 1) / 2.0) / WINDOW
    after = np.maximum(years, 0.0)
    gone = (1.0 - np.exp(-fading * after)) / fading if fading > 0.0 else after
    return np.asarray(first + slope[:, None] * np.where(years < 0.0, years, gone))
