"""A bank of runs of a council of one service, which all series share."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np

from takeup.calibrate.filtering import LEARNT, WINDOW, Fitted, Unexplained, fit_all
from takeup.calibrate.observed import QUARTER, Floats, Series
from takeup.calibrate.one_service import council_of_one
from takeup.calibrate.rivals import log_odds, logistic_of
from takeup.kpis import CITIZEN
from takeup.model.run.simulation import Simulation
from takeup.runs.executor import Executor
from takeup.scenario.schema.case import Case

LEVELS = (-3.9, 3.5)
"""Log-odds between which the stated take-up of the runs lies."""

START = date(2025, 1, 6)


def make_bank(executor: Executor, runs: int, quarters: int, seed: int = 1) -> Floats:
    """Return the take-up of runs whose parameters and first take-up differ.

    The outside trend of each is a drift of its own, without jumps and walk: those are left to what
    is unexplained.

    Args:
        executor: does the runs.
        runs: how many.
        quarters: after the first year.
        seed: of their random numbers.

    Returns:
        Log-odds by quarter, (runs, WINDOW + quarters): the first year is that before the run.
    """
    futures = [executor.submit(path_of, run, runs, quarters, seed) for run in range(runs)]
    return np.array([future.result() for future in futures])


def path_of(run: int, runs: int, quarters: int, seed: int) -> Floats:
    """Return the take-up of one run of a bank: see `make_bank`."""
    low, high = LEVELS
    stated = float(logistic_of(np.array(low + (high - low) * spread(run))))
    scenario = council_of_one(stated, START, quarters * QUARTER, seed, drift_alone=True)
    case = Case.of(scenario, run)
    online, every = by_quarter(Simulation(*case).run().service[:, 0])
    share = (smooth(online) + 0.5) / (smooth(every) + 1.0)
    return np.concatenate([np.full(WINDOW, log_odds(stated)), log_odds(share)])


def smooth(counted: Floats) -> Floats:
    """Return counts as means of a year around each quarter: what flickers is so few residents."""
    weights = np.array([1.0, 2.0, 3.0, 2.0, 1.0])
    around = np.convolve(counted, weights, "same") / np.convolve(
        np.ones(len(counted)), weights, "same"
    )
    return np.asarray(around)


def by_quarter(counted: np.ndarray[tuple[int, int], np.dtype[np.int64]]) -> tuple[Floats, Floats]:
    """Return transactions online and in all, by quarter, from CITIZEN counters by week."""
    quarters = len(counted) // QUARTER

    def of(name: str) -> Floats:
        weekly = counted[: quarters * QUARTER, CITIZEN.index(name)]
        return np.asarray(weekly.reshape(quarters, QUARTER).sum(axis=1), np.float64)

    return of("transactions_online"), of("transactions")


def spread(number: int) -> float:
    """Return a point of the van der Corput sequence: levels stay spread however many runs."""
    value, scale = 0.0, 0.5
    number += 1
    while number:
        value += scale * (number & 1)
        number >>= 1
        scale /= 2.0
    return value


def near(bank: Floats, level: float, least: int = 200) -> Floats:
    """Return the runs that begin nearest to a level, moved to begin there, (least, quarters)."""
    first = bank[:, 0]
    chosen = np.argsort(np.abs(first - level), kind="stable")[:least]
    return np.asarray(bank[chosen] - first[chosen, None] + level)


def forecast(
    series: Series,
    known: int,
    bank: Floats,
    settings: Sequence[Unexplained] = LEARNT,
    particles: int = 500,
) -> Fitted:
    """Fit the runs of a bank that begin near a series to its first points: see `fit_all`."""
    nearest = near(bank, float(log_odds(series.share[0])))
    return fit_all(series, known, nearest, settings, particles)
