"""Money: what a plan costs and saves against a baseline, and when it has paid back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import xarray as xr

from takeup.analysis.intervals import LEVEL, FloatArray, mean_interval, share_interval
from takeup.analysis.weeks import by_when
from takeup.kpis import YEAR
from takeup.results.levels import mean_without_nan
from takeup.results.units import percent


@dataclass(frozen=True)
class Money:
    """What a plan costs and saves, cumulated from the start of the run.

    What is discounted counts money of week w for (1 + rate)^(−w/52), so for what it is worth in
    week 0; whether and when a plan pays back is judged by that.

    Attributes:
        service_cost: service cost of the plan at the end of the run, mean over replicates.
        baseline_service_cost: the same of the baseline.
        programme_cost: programme cost of the plan at the end of the run, mean.
        baseline_programme_cost: the same of the baseline.
        net_savings: service cost saved minus programme cost added, up to and with each week,
            (replicates, weeks).
        low: lower end of the interval of mean net savings at the end; NaN with one replicate.
        high: upper end.
        rate: discount rate, a year.
        discounted: net savings with every week discounted, (replicates, weeks).
        discounted_low: lower end of the interval of their mean at the end; NaN with one replicate.
        discounted_high: upper end.
        payback_week: first week from which mean discounted net savings stay at or above zero; None
            if there is none within the run.
        payback_by_replicate: the same within every replicate.
    """

    service_cost: float
    baseline_service_cost: float
    programme_cost: float
    baseline_programme_cost: float
    net_savings: FloatArray
    low: float
    high: float
    rate: float
    discounted: FloatArray
    discounted_low: float
    discounted_high: float
    payback_week: int | None
    payback_by_replicate: tuple[int | None, ...]

    @property
    def net(self) -> float:
        """Mean net savings at the end of the run."""
        return float(mean_without_nan(self.net_savings[:, -1], 0))

    @property
    def net_discounted(self) -> float:
        """Mean discounted net savings at the end of the run."""
        return float(mean_without_nan(self.discounted[:, -1], 0))

    @property
    def saved(self) -> float:
        """Service cost saved against the baseline."""
        return self.baseline_service_cost - self.service_cost

    @property
    def added(self) -> float:
        """Programme cost added to that of the baseline."""
        return self.programme_cost - self.baseline_programme_cost

    def payback(self) -> str:
        """Say whether the plan pays back: only if mean discounted savings surely end above 0."""
        if not self.discounted.any():
            return "nothing to pay back"
        if self.discounted_low > 0:
            return f"paid back from week {self.payback_week}"
        if self.discounted_high < 0:
            return "not paid back within the run"
        return "not certain to pay back within the run"

    def payback_chance(self) -> tuple[float, float, float]:
        """Return the share of replicates that pay back within the run, with its interval."""
        runs = len(self.payback_by_replicate)
        paid = sum(week is not None for week in self.payback_by_replicate)
        low, high = share_interval(np.array([float(paid)]), np.array([float(runs)]), LEVEL)
        return paid / runs, float(low[0]), float(high[0])

    def payback_by(self) -> dict[str, int | None]:
        """Return the weeks by which 5, 50 and 95 % of replicates have paid back; None if never."""
        weeks = self.payback_by_replicate
        return {f"{100 * share:g} %": by_when(weeks, share) for share in (0.05, 0.5, 0.95)}

    def payback_of_runs(self) -> str:
        """Say in how many of the replicates it pays back within the run, and by when."""
        chance, low, high = self.payback_chance()
        text = f"{percent(chance)} % pay back ({percent(low)} to {percent(high)} %)"
        known = [(share, week) for share, week in self.payback_by().items() if week is not None]
        if known:
            text += "; " + ", ".join(f"{share} by week {week}" for share, week in known)
        return text


def worth(weeks: npt.ArrayLike, rate: float) -> FloatArray:
    """Return what money of some weeks is worth in week 0, at a discount rate a year."""
    found: FloatArray = (1.0 + rate) ** (-np.asarray(weeks) / YEAR)
    return found


def net_savings(
    baseline: FloatArray, plan: FloatArray, worth: FloatArray | float = 1.0
) -> FloatArray:
    """Return what a plan has saved up to and with each week, less what it has cost.

    Args:
        baseline: what services and programme cost in each week, (…, weeks).
        plan: the same of the plan.
        worth: what money of each week counts for; left out: all the same.
    """
    saved: FloatArray = np.cumsum((baseline - plan) * worth, axis=-1)
    return saved


def money_of(part: xr.Dataset, baseline: int, plan: int, rate: float) -> Money | None:
    """Return what a plan costs and saves against a baseline; None if nothing is known of it.

    Args:
        part: results for one group.
        baseline: number of the baseline among the scenarios.
        plan: that of the plan.
        rate: discount rate, a year.
    """
    weekly_service = part["service_cost"].values  # scenario, replicate, week
    weekly_programme = part["programme_cost"].values
    weekly = weekly_service + weekly_programme
    both = weekly[baseline], weekly[plan]
    net, discounted = net_savings(*both), net_savings(*both, worth(part["week"].values, rate))
    if not np.isfinite(net[:, -1]).any():
        return None
    service, programme = (x.sum(axis=-1) for x in (weekly_service, weekly_programme))
    _, low, high = mean_interval(net[:, -1], LEVEL)
    mean, discounted_low, discounted_high = mean_interval(discounted, LEVEL)
    return Money(
        service_cost=float(mean_without_nan(service[plan], 0)),
        baseline_service_cost=float(mean_without_nan(service[baseline], 0)),
        programme_cost=float(mean_without_nan(programme[plan], 0)),
        baseline_programme_cost=float(mean_without_nan(programme[baseline], 0)),
        net_savings=net,
        low=float(low),
        high=float(high),
        rate=rate,
        discounted=discounted,
        discounted_low=float(discounted_low[-1]),
        discounted_high=float(discounted_high[-1]),
        payback_week=payback_week(mean),
        payback_by_replicate=tuple(payback_week(series) for series in discounted),
    )


def payback_week(net_savings: FloatArray) -> int | None:
    """Return the first week from which cumulative net savings stay at or above zero.

    Args:
        net_savings: cumulative, (weeks,).

    Returns:
        The week, or None if they end below zero (or are unknown).
    """
    short = np.flatnonzero(~(net_savings >= 0))
    if not len(short):
        return 0
    first = int(short[-1]) + 1
    return first if first < len(net_savings) else None
