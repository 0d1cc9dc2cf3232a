"""Learn the outside trend and what runs leave unexplained, from one half of real series of take-up.

`python benchmarks/learn_trend.py` prints every value with its range, and what those held that were
learnt without a fold of the services. It reads services of the half `learn` alone.

In both steps settings are spread evenly over bounds (a Sobol' sequence), and each is measured on
each series by the continuous ranked probability score (CRPS) of its forecasts, in points of
take-up, a series counting once. For the trend that with the least mean over series is chosen, of
those whose 50 and 90 % bands hold about as much as they say (`HOLD`). Services are drawn anew with
replacement, and the choice made again for each such sample: a value is the mean of these choices,
its range goes from their 10 to their 90 % quantile.

1. Trend: forecasts from the first value alone to all later points. Paths are those of
   `takeup.model.run.trend`, in steps of a sixteenth of a year; how much of a trend residents show,
   where it lies above 0 and below, is fitted to a few runs of the model. That the model's own bands
   do the same is for `forecasts.py --only … --half learn` to say.
2. Unexplained: forecasts of the last 30, 40 and 50 % of points by the bank of runs and the filter.
   Kept are the settings with the least mean root of the CRPS: forecasts pool them. The bank's trend
   is that of `parameters.toml`: write there what the first step says before the second.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from forecasts import of_half
from scipy.stats import qmc

from takeup.calibrate.bank import START, by_quarter, forecast, make_bank, spread
from takeup.calibrate.filtering import WINDOW, Unexplained
from takeup.calibrate.observed import Floats, Series, read_series, usable
from takeup.calibrate.one_service import council_of_one
from takeup.calibrate.rivals import log_odds, logistic_of
from takeup.evidence.sampling import triangular
from takeup.kpis import YEAR
from takeup.model.run.simulation import Simulation
from takeup.model.run.trend import HEAD_START
from takeup.runs.processes import Processes
from takeup.scenario.schema.case import Case

SERIES = Path(__file__).parent / "series" / "uk_services.csv"
HALVES = Path(__file__).parent / "series" / "halves.csv"

TREND_BOUNDS = {
    "trend_drift": (0.1, 0.7),
    "trend_spread": (0.0, 0.6),
    "trend_fading": (0.0, 0.5),
    "trend_walk": (0.0, 1.2),
    "trend_jumps": (0.0, 0.5),
    "trend_jump": (0.2, 1.5),
    "trend_setbacks": (0.0, 0.5),
}
UNEXPLAINED_BOUNDS = {
    "walk": (0.1, 0.8),
    "unlike": (0.0, 1.2),
    "jumps": (0.0, 0.4),
    "jump": (0.2, 1.5),
    "setbacks": (0.0, 0.5),
    "noise": (0.005, 0.06),
    "slips": (0.0, 0.06),
    "level": (0.1, 0.6),
    "carried": (0.0, 1.2),
}
HOLD = ((0.47, 0.53), (0.86, 0.91))
"""What 50 and 90 % bands are to hold of the points that they are learnt on."""

FOLDS, SAMPLES = 4, 200
POOLED = 16  # settings of what is unexplained
ONWARD = 2.0  # of 1, 1.6 and 2: the widest whose 50 % bands still hold no more than 60 %
ORIGINS = (0.3, 0.4, 0.5)
STEPS = 4  # of a quarter
FIRST_YEARS = HEAD_START / YEAR
YEAR_STEPS = STEPS * WINDOW
PATHS = 400


class Learnt(NamedTuple):
    """A value by parameter, and the range that the services leave it."""

    low: Floats
    value: Floats
    high: Floats


def crps(forecast: Floats, came: Floats) -> Floats:
    """Return the continuous ranked probability score of draws, (draws, points), at each point."""
    ordered = np.sort(forecast, axis=0)
    count = len(ordered)
    weights = (2.0 * np.arange(1, count + 1) - count - 1.0) / count**2
    return np.asarray(np.abs(forecast - came).mean(axis=0) - weights @ ordered)


def score(forecast: Floats, came: Floats) -> tuple[float, float, float, float]:
    """Return CRPS, what 50 and 90 % bands hold, and the error of the median, means over points."""
    low, lower, median, upper, high = np.quantile(forecast, [0.05, 0.25, 0.5, 0.75, 0.95], axis=0)
    return (
        100.0 * float(crps(forecast, came).mean()),
        float(((came >= lower) & (came <= upper)).mean()),
        float(((came >= low) & (came <= high)).mean()),
        100.0 * float(np.abs(came - median).mean()),
    )


def settings(bounds: dict[str, tuple[float, float]], count: int) -> Floats:
    """Return settings spread evenly over bounds, (count, parameters)."""
    low, high = np.array(list(bounds.values())).T
    return np.asarray(low + (high - low) * qmc.Sobol(len(bounds), seed=1).random(count))


def chosen(scores: Floats, services: npt.NDArray[np.int64]) -> int:
    """Return the number of the best setting for some services: see the module.

    Args:
        scores: by setting, series and measure of `score`.
        services: numbers of the series, some perhaps more than once.
    """
    means = scores[:, services].mean(axis=1)
    missed = np.zeros(len(means))
    for (least, most), held in zip(HOLD, means[:, 1:3].T, strict=True):
        missed += np.maximum(0.0, least - held) + np.maximum(0.0, held - most)
    return int(np.argmin(means[:, 0] + 1_000.0 * missed))


def learn(scores: Floats, tried: Floats, services: npt.NDArray[np.int64]) -> Learnt:
    """Return what some services say of parameters: see the module."""
    rng = np.random.default_rng(5)
    samples = [rng.choice(services, len(services)) for _ in range(SAMPLES)]
    found = tried[[chosen(scores, sample) for sample in samples]]
    low, high = np.quantile(found, [0.1, 0.9], axis=0)
    return Learnt(low, found.mean(axis=0), high)


def cross_validated(
    scores: Floats, tried: Floats, measure: Callable[[Learnt], Floats]
) -> tuple[Learnt, Floats]:
    """Return what all services say, and scores of each by what those of other folds say."""
    every = np.arange(scores.shape[1])
    fold = every % FOLDS
    apart = np.empty(scores.shape[1:])
    for number in range(FOLDS):
        found = learn(scores, tried, every[fold != number])
        apart[fold == number] = measure(found)[fold == number]
    return learn(scores, tried, every), apart


# 1. The trend


class Passed(NamedTuple):
    """How much of a trend residents of the model show: of one that lies above 0, and below it."""

    above: float
    below: float

    def shown(self, trend: Floats) -> Floats:
        """Return the move of log-odds that residents show of a trend."""
        return np.asarray(np.where(trend > 0.0, self.above, self.below) * trend)


def passed_on(runs: int = 120, quarters: int = 24) -> Passed:
    """Return how residents of the model show a trend, by least squares over a few runs."""
    trends, moves = [], []
    for run in range(runs):
        stated = float(logistic_of(np.array(-3.0 + 6.0 * spread(run))))
        scenario = council_of_one(stated, START, quarters * 13, seed=7)
        simulation = Simulation(*Case.of(scenario, run))
        online, every = by_quarter(simulation.run().service[:, 0])
        trends.append(simulation.trend[:, 0].reshape(quarters, 13).mean(axis=1))
        moves.append(log_odds((online + 0.5) / (every + 1.0)) - log_odds(stated))
    trend, moved = np.array(trends), np.array(moves)
    seen = np.abs(trend) < 4.0  # beyond, what is left to move is too little to see
    above, below = (
        float(trend[side] @ moved[side] / (trend[side] @ trend[side]))
        for side in (seen & (trend > 0.0), seen & (trend < 0.0))
    )
    return Passed(above, below)


class Trends:
    """Paths of the outside trend, of the same chances whatever the parameters."""

    def __init__(self, quarters: int, passed: Passed) -> None:
        rng = np.random.default_rng(1)
        shape = (PATHS, quarters * STEPS)
        self._slope = rng.standard_normal(PATHS)[:, None]
        self._walk, self._size = rng.standard_normal(shape), rng.standard_exponential(shape)
        self._jump, self._back = rng.random(shape), rng.random(shape)
        self._uniforms = (np.argsort(rng.random((len(TREND_BOUNDS), PATHS)), axis=1) + 0.5) / PATHS
        self._passed = passed
        self._years = (np.arange(quarters * STEPS) + 0.5) / YEAR_STEPS

    def by(self, values: Floats) -> Floats:
        """Return moves of log-odds by quarter, (PATHS, quarters), of values of TREND_BOUNDS.

        Args:
            values: (parameters,), or (parameters, PATHS) if paths differ in them.
        """
        drift, spread_, fading, walk, jumps, jump, setbacks = (
            np.broadcast_to(value, PATHS)[:, None] for value in values
        )
        slope = drift + spread_ * self._slope
        moved = slope * np.exp(-fading * (self._years + FIRST_YEARS)) / YEAR_STEPS
        moved = moved + walk * self._walk / np.sqrt(YEAR_STEPS)
        size = jump * self._size * np.where(self._back < setbacks, -1.0, 1.0)
        moved += np.where(self._jump < jumps / YEAR_STEPS, size, 0.0)
        trend = slope * FIRST_YEARS + np.cumsum(moved, axis=1)
        trend = trend.reshape(PATHS, -1, STEPS).mean(axis=2)
        return self._passed.shown(trend)

    def drawn(self, learnt: Learnt) -> Floats:
        """Return the same of values that are drawn from their ranges, as the model draws them."""
        values = [
            [triangular(float(u), low, mode, high) for u in row]
            for row, low, mode, high in zip(self._uniforms, *learnt, strict=True)
        ]
        return self.by(np.array(values))


def from_first(moved: Floats, found: Sequence[Series]) -> Floats:
    """Return scores of forecasts from the first value of each series, (series, measures)."""
    scores = []
    for series in found:
        share = logistic_of(log_odds(series.share[0]) + moved)
        stated = np.full((len(share), WINDOW), series.share[0])
        whole = np.concatenate([stated, share], axis=1)
        windows = [whole[:, q : q + WINDOW].mean(axis=1) for q in series.quarter[1:]]
        scores.append(score(np.column_stack(windows), series.share[1:]))
    return np.array(scores)


# 2. What is unexplained


def draws(
    values: Floats, found: Sequence[Series], bank: Floats, particles: int
) -> list[list[Floats]]:
    """Return forecasts of each series' later points, by series and origin."""
    one = Unexplained(*map(float, values), ONWARD)
    return [
        [forecast(s, s.known_without(o), bank, [one], particles).forecast for o in ORIGINS]
        for s in found
    ]


def roots(values: Floats, found: Sequence[Series], bank: Floats) -> Floats:
    """Return the square root of the CRPS of each series, mean of origins, (series,).

    The root, so that the few services that move by tens of points do not decide alone.
    """
    of_series = []
    for series, forecasts in zip(found, draws(values, found, bank, 800), strict=True):
        scores = [score(drawn, series.share[-drawn.shape[1] :])[0] for drawn in forecasts]
        of_series.append(np.sqrt(scores).mean())
    return np.array(of_series)


def best(scores: Floats, services: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return the numbers of the settings that are pooled, by what they did for some services."""
    return np.argsort(scores[:, services].mean(axis=1), kind="stable")[:POOLED]


def pooled_apart(scores: Floats, tried: Floats, found: Sequence[Series], bank: Floats) -> Floats:
    """Return scores, at the first origin, of each series by settings of other folds."""
    fold = np.arange(len(found)) % FOLDS
    apart = np.empty((len(found), 4))
    for number in range(FOLDS):
        kept = [found[i] for i in np.flatnonzero(fold == number)]
        numbers = best(scores, np.flatnonzero(fold != number))
        by_setting = [draws(tried[i], kept, bank, 500) for i in numbers]
        for at, series in zip(np.flatnonzero(fold == number), range(len(kept)), strict=True):
            pool = np.concatenate([forecasts[series][0] for forecasts in by_setting])
            apart[at] = score(pool, kept[series].share[-pool.shape[1] :])
    return apart


def show(names: Sequence[str], learnt: Learnt, apart: Floats) -> None:
    """Print what was learnt, and what it held of services that it was not learnt on."""
    for name, low, value, high in zip(names, *learnt, strict=True):
        print(f"  {name:16} {value:6.3f}   {low:6.3f} to {high:6.3f}")
    say_apart(apart)


def say_apart(apart: Floats) -> None:
    """Print what forecasts held of services that were kept apart."""
    score_, half, most, error = apart.mean(axis=0)
    print(
        f"  kept apart, {FOLDS} folds: 50 % bands hold {half:.0%}, 90 % bands {most:.0%}, CRPS"
        f" {score_:.2f}, error of the median {error:.2f} (mean), {np.median(apart[:, 3]):.2f}"
        " (median of series)"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--trends", type=int, default=1_024, help="settings of the trend")
    parser.add_argument("--unexplained", type=int, default=256, help="settings of the rest")
    parser.add_argument("--runs", type=int, default=1_000, help="runs of the bank")
    parser.add_argument("--jobs", type=int, default=2, help="processes")
    given = parser.parse_args()
    found = of_half([s for s in read_series(SERIES) if usable(s)], HALVES, "learn")
    longest = max(int(series.quarter[-1]) for series in found)

    passed = passed_on()
    print("Trend (shown: {:.2f} of it above 0, {:.2f} below)".format(*passed))
    trends = Trends(longest, passed)
    tried = settings(TREND_BOUNDS, given.trends)
    scores = np.array([from_first(trends.by(values), found) for values in tried])
    learnt, apart = cross_validated(
        scores, tried, lambda learnt: from_first(trends.drawn(learnt), found)
    )
    show(list(TREND_BOUNDS), learnt, apart)

    print("Unexplained")
    executor = Processes(given.jobs)
    bank = make_bank(executor, given.runs, longest)
    executor.close()
    tried = settings(UNEXPLAINED_BOUNDS, given.unexplained)
    with ProcessPoolExecutor(given.jobs) as pool:
        roots_ = np.array(list(pool.map(partial(roots, found=found, bank=bank), tried)))
    numbers = best(roots_, np.arange(len(found)))
    for values in tried[numbers]:
        print("[[setting]]")
        for name, value in zip(UNEXPLAINED_BOUNDS, values, strict=True):
            print(f"{name} = {value:.3f}")
        print(f"onward = {ONWARD}")
    say_apart(pooled_apart(roots_, tried, found, bank))


if __name__ == "__main__":
    main()
