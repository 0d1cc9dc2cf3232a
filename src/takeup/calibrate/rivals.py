"""Forecasts without agents, to measure those with agents by: what a spreadsheet would do."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from scipy.optimize import least_squares

from takeup.calibrate.observed import Floats

Curve = Callable[[Floats, Floats], Floats]
"""Shares at some years, given parameters."""


def logistic_of(level: Floats) -> Floats:
    """Return the share at a level of log-odds."""
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(level, -30.0, 30.0))))


def log_odds(share: Floats | float) -> Floats:
    """Return the log-odds of a share, kept half a point away from 0 and 1."""
    kept = np.clip(share, 0.005, 0.995)
    return np.asarray(np.log(kept / (1.0 - kept)))


def damped(years: Floats, p: Floats) -> Floats:
    """A trend in log-odds that wears off: a + b · (1 − exp(−f t)) / f."""
    fading = np.exp(p[2])
    return logistic_of(p[0] + p[1] * (1.0 - np.exp(-fading * years)) / fading)


def logistic(years: Floats, p: Floats) -> Floats:
    """Logistic growth to a ceiling: m / (1 + exp(−(a + b t)))."""
    return np.asarray(logistic_of(p[2]) * logistic_of(p[0] + p[1] * years))


def bass(years: Floats, p: Floats) -> Floats:
    """Bass 1969, begun some years before the first point: m (1 − e) / (1 + q/p · e)."""
    innovation, imitation = np.exp(p[1]), np.exp(p[2])
    gone = np.exp(-(innovation + imitation) * (years + np.exp(p[3])))
    return np.asarray(logistic_of(p[0]) * (1.0 - gone) / (1.0 + imitation / innovation * gone))


def last_value(years: Floats, share: Floats, later: Floats) -> Floats:
    """Return the last value for all later years."""
    return np.full(len(later), share[-1])


def _fitted(curve: Curve, starts: Sequence[Sequence[float | None]]) -> Callable[..., Floats]:
    """Return a forecast by a curve fitted by least squares, the best of several starts."""

    def forecast(years: Floats, share: Floats, later: Floats) -> Floats:
        first = float(log_odds(share[0]))
        found = [
            least_squares(
                lambda p: curve(years, p) - share,
                [first if value is None else value for value in start],
                bounds=(-12.0, 12.0),
            )
            for start in starts
        ]
        best = min(found, key=lambda fit: fit.cost)
        forecast: Floats = curve(later, best.x)
        return forecast

    return forecast


RIVALS: dict[str, Callable[[Floats, Floats, Floats], Floats]] = {
    "last": last_value,
    "damped": _fitted(damped, [(None, 0.3, -2.0), (None, 0.3, 0.0)]),
    "logistic": _fitted(logistic, [(None, 0.3, 1.0), (None, 0.3, 4.0)]),
    "bass": _fitted(bass, [(1.0, -3.0, -1.0, 0.0), (3.0, -3.0, -1.0, 1.0)]),
}
"""Forecasts by name: of (years, shares, later years) to later shares."""
