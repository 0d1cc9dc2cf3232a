"""What a series says of the runs that could have made it, and where it goes from here.

A particle is a run of a bank and what it leaves unexplained, quarter by quarter: a walk in log-odds
with jumps, which is part of every forecast and may persist. How restless it is, is the service's
own: some are calm for years, some never. Windows of twelve months overlap, and a change of last
quarter shows in three more points to come: each particle knows its last four quarters.

Which run, how restless, when it jumped and which points are slips is drawn; given these, the last
four quarters are normal and followed by an extended Kalman filter (a Rao-Blackwellised particle
filter: Doucet et al. 2000), so that a few thousand particles do.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import NamedTuple
from zlib import crc32

import numpy as np
import numpy.typing as npt

from takeup.calibrate.observed import Floats, Series
from takeup.calibrate.rivals import log_odds, logistic_of

WINDOW = 4
"""Quarters of a window."""

Whole = npt.NDArray[np.int64]


class Unexplained(NamedTuple):
    """How runs and what happened part ways, in log-odds.

    Attributes:
        walk: standard deviation of the walk, a square root of a year, of the median service.
        unlike: standard deviation of the logarithm of that, between services.
        jumps: jumps a year.
        jump: mean size of a jump.
        setbacks: share of jumps that go down.
        noise: standard deviation of a point.
        slips: share of points that say next to nothing, such as after a change of what is counted.
        level: standard deviation of a quarter of the first window.
        carried: share of a run's own rise that what happened follows.
        onward: how many times as far as the walk and its jumps so far they go from the last point.
    """

    walk: float
    unlike: float
    jumps: float
    jump: float
    setbacks: float
    noise: float
    slips: float
    level: float
    carried: float
    onward: float = 1.0


def _learnt() -> tuple[Unexplained, ...]:
    text = files("takeup.calibrate").joinpath("unexplained.toml").read_text(encoding="utf-8")
    return tuple(Unexplained(**row) for row in tomllib.loads(text)["setting"])


LEARNT = _learnt()
"""Settings that forecast other services about equally well: forecasts pool them."""

ROUNDED = 0.001
"""Standard deviation of a share from what is true at the least: it matters near 0 and 1."""

SLIP = 1.0
"""Standard deviation of a point that slipped, in log-odds."""


class Fitted(NamedTuple):
    """What is known after the last known point of a series.

    Attributes:
        forecast: shares at the later points, equally weighted, (particles, later points).
        runs: which run of the bank each particle is, (particles,).
        effective: effective number of particles at the last point, before they are drawn anew.
    """

    forecast: Floats
    runs: Whole
    effective: float


@dataclass
class _Particles:
    """Particles after some quarter.

    Attributes:
        runs: which run of the bank, (particles,).
        walk: standard deviation of a quarter's walk, (particles,).
        mean: log-odds of the last four quarters, the last first, (particles, WINDOW).
        spread: their covariance, (particles, WINDOW, WINDOW).
        weight: logarithm of the weight, (particles,).
    """

    runs: Whole
    walk: Floats
    mean: Floats
    spread: Floats
    weight: Floats

    def chosen(self, which: Whole) -> _Particles:
        """Return some of the particles, equally weighted."""
        of = (self.runs[which], self.walk[which], self.mean[which], self.spread[which])
        return _Particles(*of, np.zeros(len(which)))


def fit(
    series: Series,
    known: int,
    bank: Floats,
    unexplained: Unexplained,
    particles: int = 4_000,
    seed: int = 1,
) -> Fitted:
    """Fit a bank of runs to the first points of a series, and forecast the others.

    Args:
        series: the series.
        known: points that are known, at least one.
        bank: log-odds of take-up by run and quarter, (runs, quarters): of the four quarters of the
            first window and all later ones, as far as the series goes.
        unexplained: how runs and what happened part ways.
        particles: number of particles.
        seed: of the draws.
    """
    rng = np.random.default_rng([seed, crc32(series.name.encode())])
    quarters = series.quarter
    observed = log_odds(series.share)
    at = {int(quarter): point for point, quarter in enumerate(quarters[:known])}
    now = _first(rng, bank, unexplained, particles)
    effective = float(particles)
    for quarter in range(int(quarters[known - 1]) + 1):
        if quarter:
            _move(rng, now, bank, WINDOW - 1 + quarter, unexplained)
        point = at.get(quarter)
        if point is None:
            continue
        _hear(rng, now, float(observed[point]), unexplained)
        chances = np.exp(now.weight - now.weight.max())
        chances /= chances.sum()
        effective = 1.0 / float(np.sum(chances * chances))
        if effective < particles / 2 or point == known - 1:
            now = now.chosen(_drawn(rng, chances))
    return Fitted(_ahead(rng, now, bank, unexplained, quarters, known), now.runs, effective)


def fit_all(
    series: Series,
    known: int,
    bank: Floats,
    settings: Sequence[Unexplained] = LEARNT,
    particles: int = 500,
    seed: int = 1,
) -> Fitted:
    """Fit by each of several settings, and pool what they say: see `fit`.

    What is unexplained is itself uncertain, and no one setting is best for calm and restless
    services: a pool of forecasts errs less, and has heavier tails, than that of a mean setting.
    """
    fitted = [fit(series, known, bank, one, particles, seed) for one in settings]
    forecast = np.concatenate([one.forecast for one in fitted])
    runs = np.concatenate([one.runs for one in fitted])
    return Fitted(forecast, runs, sum(one.effective for one in fitted))


def _first(
    rng: np.random.Generator, bank: Floats, unexplained: Unexplained, count: int
) -> _Particles:
    """Return particles in the first window, before its point is heard."""
    runs = rng.permutation(np.arange(count) % len(bank))
    restless = np.exp(unexplained.unlike * rng.standard_normal(count))
    walk = np.asarray(unexplained.walk / np.sqrt(WINDOW) * restless)
    spread = np.broadcast_to(
        unexplained.level**2 * np.eye(WINDOW) + unexplained.level**2, (count, WINDOW, WINDOW)
    )
    return _Particles(runs, walk, bank[runs, WINDOW - 1 :: -1], spread.copy(), np.zeros(count))


def _move(
    rng: np.random.Generator, now: _Particles, bank: Floats, column: int, unexplained: Unexplained
) -> None:
    """Go on by a quarter."""
    count = len(now.runs)
    jumps = _jumps(rng, unexplained, count)
    rise = unexplained.carried * (bank[now.runs, column] - bank[now.runs, column - 1])
    now.mean[:, 1:] = now.mean[:, :-1].copy()
    now.mean[:, 0] += rise + jumps * unexplained.jump
    moved = np.empty_like(now.spread)
    moved[:, 1:, 1:] = now.spread[:, :-1, :-1]
    moved[:, 0, 1:] = now.spread[:, 0, :-1]
    moved[:, 1:, 0] = now.spread[:, :-1, 0]
    moved[:, 0, 0] = now.spread[:, 0, 0] + now.walk**2 + (jumps * unexplained.jump) ** 2
    now.spread = moved


def _jumps(rng: np.random.Generator, unexplained: Unexplained, count: int) -> Floats:
    """Return which particles jump in a quarter: 1 up, -1 down, 0 not."""
    signs = np.where(rng.random(count) < unexplained.setbacks, -1.0, 1.0)
    return np.where(rng.random(count) < unexplained.jumps / WINDOW, signs, 0.0)


def _hear(
    rng: np.random.Generator, now: _Particles, observed: float, unexplained: Unexplained
) -> None:
    """Weigh particles by a point, and move them towards it."""
    shares = logistic_of(now.mean)
    share = np.clip(shares.mean(axis=1), 1e-9, 1.0 - 1e-9)
    slope = shares * (1.0 - shares) / (WINDOW * share * (1.0 - share))[:, None]
    error = observed - log_odds(share)
    gain = np.einsum("pij,pj->pi", now.spread, slope)
    seen = float(logistic_of(np.array(observed)))
    noise = unexplained.noise**2 + (ROUNDED / (seen * (1.0 - seen))) ** 2
    slipped = np.where(rng.random(len(error)) < unexplained.slips, SLIP**2, 0.0)
    variance = np.einsum("pi,pi->p", slope, gain) + noise + slipped
    now.weight -= 0.5 * (error * error / variance + np.log(variance))
    now.mean += gain * (error / variance)[:, None]
    now.spread -= gain[:, :, None] * gain[:, None, :] / variance[:, None, None]


def _ahead(
    rng: np.random.Generator,
    now: _Particles,
    bank: Floats,
    unexplained: Unexplained,
    quarters: Whole,
    known: int,
) -> Floats:
    """Return shares at the points that are not known, (particles, later points)."""
    count, last = len(now.runs), int(quarters[known - 1])
    roots = np.linalg.cholesky(now.spread + 1e-9 * np.eye(WINDOW))
    past = now.mean + np.einsum("pij,pj->pi", roots, rng.standard_normal((count, WINDOW)))
    steps = int(quarters[-1]) - last
    paths = np.empty((count, WINDOW + steps))
    paths[:, :WINDOW] = past[:, ::-1]
    for step in range(steps):
        column = WINDOW + last + step
        jumps = _jumps(rng, unexplained, count)
        jump = jumps * unexplained.jump * rng.standard_exponential(count)
        rise = unexplained.carried * (bank[now.runs, column] - bank[now.runs, column - 1])
        moved = unexplained.onward * (now.walk * rng.standard_normal(count) + jump)
        paths[:, WINDOW + step] = paths[:, WINDOW + step - 1] + rise + moved
    shares = logistic_of(paths)
    windows = [shares[:, q - last : q - last + WINDOW].mean(axis=1) for q in quarters[known:]]
    seen = [
        logistic_of(log_odds(window) + unexplained.noise * rng.standard_normal(count))
        for window in windows
    ]
    return np.column_stack(seen) if seen else np.empty((count, 0))


def _drawn(rng: np.random.Generator, chances: Floats) -> Whole:
    """Draw particles anew by their weights, evenly spaced."""
    count = len(chances)
    points = (rng.random() + np.arange(count)) / count
    return np.minimum(np.searchsorted(np.cumsum(chances), points), count - 1)
