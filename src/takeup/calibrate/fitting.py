"""A calibration from its file to what is known of what was free, and forecasts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from takeup.calibrate import weighing
from takeup.calibrate.bank import smooth
from takeup.calibrate.definition import Calibration, Observed
from takeup.calibrate.filtering import LEARNT, WINDOW, Unexplained, fit_all
from takeup.calibrate.matching import not_ruled_out
from takeup.calibrate.observed import QUARTER, Floats, Series
from takeup.calibrate.rivals import RIVALS, log_odds, logistic_of
from takeup.calibrate.waves import (
    AHEAD,
    Bank,
    RunSweep,
    experiment_of,
    first_wave,
    is_council_of_one,
    later_wave,
)
from takeup.errors import InputError
from takeup.experiments.variation import Choices, Variation
from takeup.kpis import BY_NAME

LEAST_EFFECTIVE = 50.0
"""Draws of equal weight below which nothing is concluded."""

IDENTIFIED = 0.7
"""Posterior ÷ prior standard deviation below which something is said to be identified.

Independent draws of no consequence give 1 ± 0.1 at 50 of them: 0.7 is three such errors below.
"""

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
_PARTICLES = 500  # for each setting of what is unexplained
_TYPICAL = Unexplained(*np.mean(LEARNT, axis=0))
"""What is unexplained, where one setting must do."""
_LEAST_NEAR = 200
_FLOOR = float(log_odds(0.0))


@dataclass(frozen=True)
class Told:
    """What the data say of something that was free.

    Attributes:
        name: a parameter, a dotted fact, or go_live.
        prior_mean: before the data.
        prior_spread: standard deviation before the data.
        mean: after them.
        spread: standard deviation after them.
    """

    name: str
    prior_mean: float
    prior_spread: float
    mean: float
    spread: float

    @property
    def ratio(self) -> float:
        """Standard deviation after the data ÷ before."""
        return self.spread / self.prior_spread

    @property
    def identified(self) -> bool:
        """Whether the data narrow it by more than chance does."""
        return self.ratio < IDENTIFIED


@dataclass(frozen=True)
class Forecast:
    """A series and what is said of it.

    Attributes:
        one: the series.
        ends: dates: its own, then those beyond its last value.
        before: quantiles before any value but the first is known, (QUANTILES, dates).
        quantiles: of the dates after the known values, (QUANTILES, later dates).
        rivals: forecasts without a model, by name, each (later dates).
    """

    one: Observed
    ends: tuple[date, ...]
    before: Floats
    quantiles: Floats
    rivals: Mapping[str, Floats]

    @property
    def held_out(self) -> Floats:
        """Values that were held out."""
        return self.one.value[self.one.known :]

    def errors(self) -> dict[str, float]:
        """Return mean absolute errors on what was held out, by who made the forecast."""
        came = self.held_out
        said = {"calibrated": self.quantiles[2], **self.rivals}
        return {name: float(np.abs(v[: len(came)] - came).mean()) for name, v in said.items()}

    def inside(self, outer: int) -> float:
        """Return the share of held-out values in a band: 0 that of 90 %, 1 that of 50 %."""
        came = self.held_out
        low, high = self.quantiles[outer], self.quantiles[-1 - outer]
        return float(np.mean((came >= low[: len(came)]) & (came <= high[: len(came)])))


@dataclass(frozen=True)
class Fit:
    """What a calibration finds.

    Attributes:
        calibration: what was asked.
        draws: what was free, by its name in a posterior, (runs,) each.
        weights: of the runs, adding up to 1, (runs,).
        told: what the data say of everything that was free.
        forecasts: of every series.
        waves: runs of each wave.
        left: share of the ranges that was not ruled out; 1 if there was one wave.
    """

    calibration: Calibration
    draws: Mapping[str, Floats]
    weights: Floats
    told: tuple[Told, ...]
    forecasts: tuple[Forecast, ...]
    waves: tuple[int, ...]
    left: float

    @property
    def effective(self) -> float:
        """Runs of equal weight that would say as much."""
        return effective(self.weights)


def effective(weights: Floats) -> float:
    """Return 1 ÷ the sum of squared weights that add up to 1."""
    return float(1.0 / np.square(weights).sum())


def fit_data(calibration: Calibration, folder: Path, runs: int, run: RunSweep) -> Fit:
    """Fit a calibration.

    Args:
        calibration: as `read_calibration` returns it.
        folder: of banks of runs, which is gone on with.
        runs: of the first wave.
        run: runs an experiment into a folder.

    Raises:
        InputError: a value is impossible, or the data say too little of the runs to conclude.
    """
    experiment = experiment_of(calibration, runs)
    bank = first_wave(calibration, experiment, folder, run, runs)
    if is_council_of_one(calibration):
        return fit_one(calibration, bank)
    prior = np.ones(len(bank))
    said = _said(calibration, bank)
    points, kept, left = not_ruled_out(
        bank.units, *_outputs(calibration, said), points=max(2, runs // 2)
    )
    second = later_wave(calibration, experiment, folder, run, 2, points)
    first_runs = len(bank)
    # What a mixture of the ranges and of what is left of them would draw is weighed back.
    mixed = first_runs + np.r_[kept, np.ones(len(second), bool)] * len(second) / left
    bank = bank.joined(second)
    prior = 1.0 / mixed
    said = _said(calibration, bank)
    parts = [weighing.discrepancy(one, ends_of(one), _TYPICAL) for one in calibration.observed]
    each = [
        weighing.log_likelihoods(*three)
        for three in zip(calibration.observed, said, parts, strict=True)
    ]
    weights, sizes = weighing.weights_of(each, prior)
    forecasts = []
    for number, (one, path, part) in enumerate(zip(calibration.observed, said, parts, strict=True)):
        rng = np.random.default_rng([1, number])
        before = weighing.before_data(path[:first_runs], part, one, 4_000, rng)
        after = weighing.ahead(one, path, part, _TYPICAL, weights, sizes, 4_000, rng)
        forecasts.append(_forecast(one, ends_of(one), before, after))
    return _found(calibration, bank, weights, forecasts, (first_runs, len(second)), left)


def _said(calibration: Calibration, bank: Bank) -> list[Floats]:
    return [
        weighing.at_dates(one, weekly, bank.start, ends_of(one))
        for one, weekly in zip(calibration.observed, bank.weekly, strict=True)
    ]


def _outputs(calibration: Calibration, said: Sequence[Floats]) -> tuple[Floats, Floats, Floats]:
    """Return what an emulator learns: first, middle and last known value of every series."""
    columns, data, variance = [], [], []
    for one, path in zip(calibration.observed, said, strict=True):
        part = weighing.discrepancy(one, ends_of(one), _TYPICAL)
        middle = part.known[part.known.shape[0] // 2]
        seen = weighing.scaled(one, one.value)
        for at in dict.fromkeys((0, (one.known - 1) // 2, one.known - 1)):
            columns.append(path[:, at])
            data.append(seen[at])
            variance.append(middle[at, at])
    return np.column_stack(columns), np.array(data), np.array(variance)


# ---------------------------------------------------------------- a council of one


def fit_one(calibration: Calibration, bank: Bank, settings: Sequence[Unexplained] = LEARNT) -> Fit:
    """Fit a single series of yearly take-up by a bank of councils of one."""
    (one,) = calibration.observed
    ends = ends_of(one)
    series = Series(one.name, ends, np.r_[one.value, np.full(AHEAD, np.nan)], np.empty(0))
    paths, runs, leads = paths_of(bank, calibration.go_live, series, one)
    if np.isfinite(one.volume).any():
        volume = np.nanmedian(one.volume)
        p = np.clip(one.value[: one.known], 0.005, 0.995)
        counted = float(np.median(1.0 / (max(volume, 1.0) * p * (1.0 - p))))
        settings = [one_._replace(noise=(one_.noise**2 + counted) ** 0.5) for one_ in settings]
    after = fit_all(series, one.known, paths, settings, _PARTICLES)
    before = fit_all(series, 1, paths, settings, _PARTICLES)
    first = np.full((len(before.forecast), 1), one.value[0])
    found = _forecast(one, ends, np.column_stack([first, before.forecast]), after.forecast)
    windows = [logistic_of(paths[:, q : q + WINDOW]).mean(axis=1) for q in series.quarter]
    of_path = weighing.pooled(one, log_odds(np.column_stack(windows)), ends, LEARNT)
    weights = np.asarray(np.bincount(runs, of_path, minlength=len(bank)), np.float64)
    lead = None
    if calibration.go_live is not None:
        lead = _of_lead(calibration.go_live, leads, of_path)
    return _found(calibration, bank, weights, [found], (len(bank),), 1.0, lead)


def paths_of(
    bank: Bank, go_live: tuple[int, int] | None, series: Series, one: Observed
) -> tuple[Floats, np.ndarray[tuple[int], np.dtype[np.int64]], Floats]:
    """Return paths by quarter that begin near a series, the run of each, and weeks since go-live.

    Returns:
        Log-odds of quarters, those of the first window before all others, (paths, quarters); runs
        of the bank, (paths,); weeks from the go-live to the first value, (paths,).
    """
    (weekly,) = bank.weekly
    quarters = weekly.shape[1] // QUARTER
    shares = np.nan_to_num(weekly[:, : quarters * QUARTER]).reshape(len(weekly), quarters, QUARTER)
    level = log_odds(np.apply_along_axis(smooth, 1, shares.mean(axis=2)))
    wanted = WINDOW + int(series.quarter[-1])
    first = float(log_odds(one.value[0]))
    runs = np.arange(len(bank))
    if go_live is None:
        begin = log_odds(bank.stated)
        near = np.argsort(np.abs(begin - first), kind="stable")
        near = near[: max(_LEAST_NEAR, int(0.4 * len(bank)))]
        moved = np.column_stack([np.repeat(begin[:, None], WINDOW, axis=1), level])[near]
        return moved[:, :wanted] - begin[near, None] + first, near, np.zeros(len(near))
    padded = np.column_stack([np.full((len(bank), WINDOW), _FLOOR), level])
    lowest, highest = -(-go_live[0] // QUARTER), go_live[1] // QUARTER
    each = range(lowest, max(lowest, highest) + 1)
    paths = np.concatenate([padded[:, lead : lead + wanted] for lead in each])
    leads = np.repeat([lead * float(QUARTER) for lead in each], len(bank))
    begin = log_odds(logistic_of(paths[:, :WINDOW]).mean(axis=1))
    near = np.argsort(np.abs(begin - first), kind="stable")
    near = near[: max(2 * _LEAST_NEAR, len(paths) // 10)]
    return paths[near], np.tile(runs, len(each))[near], leads[near]


def _of_lead(go_live: tuple[int, int], leads: Floats, weights: Floats) -> Told:
    low, high = go_live
    spread = (high - low) / 12.0**0.5
    mean = float(weights @ leads)
    after = float(weights @ (leads - mean) ** 2) ** 0.5
    return Told("go_live", (low + high) / 2.0, spread, mean, after)


# ---------------------------------------------------------------- what is found


def ends_of(one: Observed) -> tuple[date, ...]:
    """Return the dates of a series, and those of the quarters after it."""
    last = one.ends[-1]
    later = []
    for quarter in range(1, AHEAD + 1):
        months = last.year * 12 + last.month - 1 + 3 * quarter
        later.append(date(months // 12, months % 12 + 1, min(last.day, 28)))
    return (*one.ends, *later)


def _forecast(one: Observed, ends: tuple[date, ...], before: Floats, after: Floats) -> Forecast:
    years = np.array([(end - ends[0]).days / 365.25 for end in ends])
    known = one.known
    rivals = {}
    if BY_NAME[one.kpi].unit == "share" and known >= 3:
        rivals = {
            name: rival(years[:known], one.value[:known], years[known:])
            for name, rival in RIVALS.items()
        }
    else:
        rivals = {"last": np.full(len(ends) - known, one.value[known - 1])}
    return Forecast(
        one, ends, np.quantile(before, QUANTILES, axis=0), np.quantile(after, QUANTILES, axis=0),
        rivals,
    )  # fmt: skip


def named(key: str) -> str:
    """Return what a posterior calls something that is free."""
    return key.removeprefix("parameters.").removeprefix("facts.")


def _found(
    calibration: Calibration, bank: Bank, weights: Floats, forecasts: Sequence[Forecast],
    waves: tuple[int, ...], left: float, lead: Told | None = None,
) -> Fit:  # fmt: skip
    there = weights > 0.0
    told = [
        _told(name, calibration.free[name], values, weights) for name, values in bank.free.items()
    ]
    if lead is not None:
        told.append(lead)
    found = Fit(
        calibration, {named(n): v[there] for n, v in bank.free.items()}, weights[there],
        tuple(told), tuple(forecasts), waves, left,
    )  # fmt: skip
    if found.effective < LEAST_EFFECTIVE:
        raise InputError(
            f"{calibration.file}: nothing can be concluded: {sum(waves):,} runs are worth only "
            f"{found.effective:.0f} draws of equal weight, and {LEAST_EFFECTIVE:.0f} are needed; "
            "give more --runs (those done are kept), widen the ranges of [free], or free more: "
            "what is fixed may be wrong"
        )
    return found


def _told(name: str, variation: Variation, values: Floats, weights: Floats) -> Told:
    mean, spread = prior_of(variation)
    after = float(weights @ values)
    return Told(named(name), mean, spread, after, float(weights @ (values - after) ** 2) ** 0.5)


def prior_of(variation: Variation) -> tuple[float, float]:
    """Return mean and standard deviation of a range."""
    assert not isinstance(variation, Choices)
    drawn = np.array([variation.at((at + 0.5) / 2_000) for at in range(2_000)], float)
    return float(drawn.mean()), float(drawn.std())
