"""How well runs fit series, and where each series goes from there, for one or several services.

What a run leaves unexplained of a series is normal in log-odds (of shares; in logarithms of what is
positive): a constant of the service, a walk with jumps that goes on for ever, and what is counted
(binomial where the volume is known). How restless the walks are is shared by all services and not
known: it is one of a few sizes, each as probable as among real services.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from scipy.linalg import cho_factor, cho_solve
from scipy.special import logsumexp

from takeup.calibrate.definition import Observed
from takeup.calibrate.filtering import Unexplained
from takeup.calibrate.observed import Floats
from takeup.calibrate.rivals import log_odds, logistic_of
from takeup.kpis import BY_NAME

_SIZES = np.array([-1.5, -0.75, 0.0, 0.75, 1.5])
LIKELY = np.exp(-0.5 * _SIZES**2) / np.exp(-0.5 * _SIZES**2).sum()
"""How probable each size of the walk is."""


def scaled(one: Observed, values: Floats) -> Floats:
    """Return values on the scale on which they are compared: log-odds, or logarithms."""
    if BY_NAME[one.kpi].unit == "share":
        return log_odds(values)
    return np.asarray(np.log(np.maximum(values, 1e-6)))


def unscaled(one: Observed, values: Floats) -> Floats:
    """Return values from the scale on which they are compared."""
    return logistic_of(values) if BY_NAME[one.kpi].unit == "share" else np.asarray(np.exp(values))


def at_dates(one: Observed, weekly: Floats, start: date, ends: tuple[date, ...]) -> Floats:
    """Return what runs say at some dates: means over the window before each, (runs, dates).

    Windows that begin before the run are as long as there are weeks.
    """
    found = []
    for end in ends:
        week = min(max(round((end - start).days / 7), 1), weekly.shape[1])
        found.append(_mean(weekly[:, max(0, week - one.window) : week]))
    return scaled(one, np.column_stack(found))


def _mean(values: Floats) -> Floats:
    there = np.isfinite(values)
    total = np.where(there, values, 0.0).sum(axis=1)
    count = there.sum(axis=1)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


@dataclass(frozen=True)
class Discrepancy:
    """Covariances of what runs leave unexplained of a series, at some dates.

    Attributes:
        known: of the known values, by size of the walk, (sizes, known, known).
        whole: of all dates without what is counted, by size, (sizes, dates, dates).
    """

    known: Floats
    whole: Floats


def discrepancy(one: Observed, ends: tuple[date, ...], unexplained: Unexplained) -> Discrepancy:
    """Return how what is unexplained of a series goes together at some dates."""
    years = np.array([(end - ends[0]).days / 365.25 for end in ends])
    shared = np.minimum.outer(years, years)
    jumps = 2.0 * unexplained.jumps * unexplained.jump**2
    share = BY_NAME[one.kpi].unit == "share"
    level = unexplained.level**2 if share else 1.0
    sizes = np.exp(2.0 * unexplained.unlike * _SIZES)[:, None, None]
    whole = level + (unexplained.walk**2 * sizes + jumps) * shared
    known = one.known
    noise = unexplained.noise**2 * np.eye(known)
    volume = one.volume[:known]
    if share and np.isfinite(volume).any():
        filled = np.where(np.isfinite(volume), volume, np.nanmedian(volume))
        p = np.clip(one.value[:known], 0.005, 0.995)
        spread = 1.0 / np.sqrt(np.maximum(filled, 1.0) * p * (1.0 - p))
        apart = np.abs(np.subtract.outer(years[:known], years[:known]))
        overlap = np.maximum(0.0, 1.0 - apart * 52.18 / one.window)
        noise = noise + overlap * np.outer(spread, spread)
    return Discrepancy(whole[:, :known, :known] + noise, whole)


def log_likelihoods(one: Observed, said: Floats, of: Discrepancy) -> Floats:
    """Return the log-likelihood of the known values by run and size of the walk, (runs, sizes)."""
    apart = scaled(one, one.value[: one.known]) - said[:, : one.known]
    found = np.empty((len(said), len(_SIZES)))
    for at, covariance in enumerate(of.known):
        factor = cho_factor(covariance, lower=True)
        solved = cho_solve(factor, apart.T).T
        found[:, at] = -0.5 * (apart * solved).sum(axis=1) - np.log(np.diag(factor[0])).sum()
    return np.where(np.isfinite(found), found, -np.inf)


def pooled(
    one: Observed, said: Floats, ends: tuple[date, ...], settings: Sequence[Unexplained]
) -> Floats:
    """Return weights of runs by a single series, (runs,), whichever setting is right.

    Args:
        one: the series.
        said: what runs say at its dates, as `scaled`, (runs, dates).
        ends: the dates.
        settings: how runs and what happened may part ways, each as probable.
    """
    each = [
        log_likelihoods(one, said, discrepancy(one, ends, setting)) + np.log(LIKELY)
        for setting in settings
    ]
    total = logsumexp(np.concatenate(each, axis=1), axis=1)
    weights = np.exp(total - total.max())
    return np.asarray(weights / weights.sum())


def weights_of(each: list[Floats], prior: Floats) -> tuple[Floats, Floats]:
    """Return weights of runs, (runs,), and how probable each size is given a run, (runs, sizes).

    Args:
        each: log-likelihoods by series, each (runs, sizes).
        prior: weights of the runs before there are data, (runs,).
    """
    joint = np.sum(each, axis=0) + np.log(LIKELY)
    total = logsumexp(joint, axis=1)
    weights = prior * np.exp(total - total.max())
    sizes = np.exp(joint - np.where(np.isfinite(total), total, 0.0)[:, None])
    sizes = np.where(np.isfinite(total)[:, None], sizes, LIKELY)
    return weights / weights.sum(), sizes / sizes.sum(axis=1, keepdims=True)


def ahead(
    one: Observed, said: Floats, of: Discrepancy, unexplained: Unexplained,
    weights: Floats, sizes: Floats, draws: int, rng: np.random.Generator,
) -> Floats:  # fmt: skip
    """Return values at the dates after the known ones, by draw, (draws, later dates)."""
    known = one.known
    runs = rng.choice(len(weights), draws, p=weights)
    picks = (rng.random(draws)[:, None] > np.cumsum(sizes[runs], axis=1)).sum(axis=1)
    picks = np.minimum(picks, len(_SIZES) - 1)
    later = said.shape[1] - known
    found = np.empty((draws, later))
    apart = scaled(one, one.value[:known]) - said[:, :known]
    for at in range(len(_SIZES)):
        which = np.flatnonzero(picks == at)
        if not len(which):
            continue
        factor = cho_factor(of.known[at], lower=True)
        across = of.whole[at][known:, :known]
        gain = cho_solve(factor, across.T).T
        left = of.whole[at][known:, known:] - gain @ across.T
        root = np.linalg.cholesky(left + (unexplained.noise**2 + 1e-10) * np.eye(later))
        mean = said[runs[which], known:] + apart[runs[which]] @ gain.T
        found[which] = mean + rng.standard_normal((len(which), later)) @ root.T
    return unscaled(one, found)


def before_data(
    said: Floats, of: Discrepancy, one: Observed, draws: int, rng: np.random.Generator
) -> Floats:
    """Return values at all dates by draw, before any is known, (draws, dates)."""
    there = np.flatnonzero(np.isfinite(said).all(axis=1))
    runs = rng.choice(there, draws)
    middle = of.whole[len(_SIZES) // 2]
    root = np.linalg.cholesky(middle + 1e-9 * np.eye(len(middle)))
    return unscaled(one, said[runs] + rng.standard_normal((draws, len(middle))) @ root.T)
