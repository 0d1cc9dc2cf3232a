"""What a series says of the runs that could have made it, and where it goes from here.

A particle is a run of a bank and what it leaves unexplained, quarter by quarter: a walk in log-odds
with jumps, which is part of every forecast and may persist. Each particle is weighted by how near
the mean of its last four quarters comes to every point of the series: windows of twelve months
overlap, and a change of last quarter shows in three more points to come.
"""

from __future__ import annotations

from typing import NamedTuple
from zlib import crc32

import numpy as np

from takeup.calibrate.observed import Floats, Series
from takeup.calibrate.rivals import log_odds, logistic_of

WINDOW = 4
"""Quarters of a window."""

TAILS = 4.0
"""Degrees of freedom of how far points lie from what is true: some are counted otherwise."""


class Unexplained(NamedTuple):
    """How runs and what happened part ways, in log-odds.

    Attributes:
        walk: standard deviation of the walk, a square root of a year.
        jumps: jumps a year.
        jump: mean size of a jump.
        setbacks: share of jumps that go down.
        noise: of a point.
        level: standard deviation at the first point.
    """

    walk: float
    jumps: float
    jump: float
    setbacks: float
    noise: float
    level: float


class Fitted(NamedTuple):
    """What is known after the last point of a series.

    Attributes:
        forecast: shares at the later points, equally weighted, (particles, later points).
        runs: which run of the bank each particle is, (particles,).
        effective: effective number of particles at the last point, before they are drawn anew.
    """

    forecast: Floats
    runs: np.ndarray[tuple[int], np.dtype[np.int64]]
    effective: float


def fit(
    series: Series,
    known: int,
    bank: Floats,
    unexplained: Unexplained,
    particles: int = 2_000,
    seed: int = 1,
) -> Fitted:
    """Fit a bank of runs to the first points of a series, and forecast the others.

    Args:
        series: the series.
        known: points that are known.
        bank: log-odds of take-up by run and quarter, (runs, quarters): of the four quarters of the
            first window and all later ones, as far as the series goes.
        unexplained: how runs and what happened part ways.
        particles: number of particles.
        seed: of the draws.
    """
    rng = np.random.default_rng([seed, crc32(series.name.encode())])
    quarters = series.quarter
    observed = log_odds(series.share)
    at = {int(quarter): point for point, quarter in enumerate(quarters)}
    runs = rng.integers(0, len(bank), particles)
    paths = np.empty((particles, WINDOW + int(quarters[-1])))
    offset = unexplained.level * rng.standard_normal(particles)
    for column in range(paths.shape[1]):
        if column:
            offset += _moves(rng, unexplained, particles)
        paths[:, column] = bank[runs, column] + offset
        point = at.get(column - WINDOW + 1)
        if point is None or point >= known:
            continue
        if point == 0:
            weights = np.zeros(particles)
        weights += _told(_window(paths, column), observed[point], unexplained.noise)
        chances = np.exp(weights - weights.max())
        chances /= chances.sum()
        effective = 1.0 / float(np.sum(chances * chances))
        if effective < particles / 2 or point == known - 1:
            chosen = _drawn(rng, chances)
            paths, runs, offset = paths[chosen], runs[chosen], offset[chosen]
            weights = np.zeros(particles)
    forecast = [logistic_of(_window(paths, int(q) + WINDOW - 1)) for q in quarters[known:]]
    return Fitted(np.column_stack(forecast), runs, effective)


def _moves(rng: np.random.Generator, unexplained: Unexplained, count: int) -> Floats:
    """Return what a quarter adds to what is unexplained."""
    jumps = rng.random(count) < unexplained.jumps / WINDOW
    signs = np.where(rng.random(count) < unexplained.setbacks, -1.0, 1.0)
    sizes = unexplained.jump * rng.standard_exponential(count)
    walk = unexplained.walk / np.sqrt(WINDOW) * rng.standard_normal(count)
    return np.asarray(walk + jumps * signs * sizes)


def _window(paths: Floats, column: int) -> Floats:
    """Return the log-odds of the mean share of the four quarters up to a column."""
    return log_odds(logistic_of(paths[:, column - WINDOW + 1 : column + 1]).mean(axis=1))


def _told(level: Floats, observed: float, noise: float) -> Floats:
    """Return the log-likelihood of a point: Student's t."""
    error = (level - observed) / noise
    return np.asarray(-0.5 * (TAILS + 1.0) * np.log1p(error * error / TAILS))


def _drawn(rng: np.random.Generator, chances: Floats) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Draw particles anew by their weights, evenly spaced."""
    count = len(chances)
    points = (rng.random() + np.arange(count)) / count
    return np.minimum(np.searchsorted(np.cumsum(chances), points), count - 1)
