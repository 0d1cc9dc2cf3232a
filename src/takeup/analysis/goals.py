"""Whether scenarios reach their goals: how far they are when a goal is due, how surely, and when.

Each scenario is judged by its own goals. A goal is judged by the mean of the four weeks that end
with the one in question (a single week is too noisy), if its KPI is a rate per year by the mean of
a year.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
import xarray as xr

from takeup.analysis.intervals import LEVEL, share_interval
from takeup.analysis.weeks import by_when, first_weeks
from takeup.kpis import YEAR
from takeup.results.dataset import goals_of, group_words
from takeup.results.info import GoalInfo
from takeup.results.levels import HORIZON_WEEKS, mean_without_nan
from takeup.results.summary import is_yearly, trailing
from takeup.results.units import number, unit_beside

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Verdict:
    """How a scenario does on one of its goals.

    Attributes:
        scenario: name of the scenario.
        goal: the goal.
        whom: in words, for whom it is; empty: for everyone.
        title: title of its KPI.
        unit: unit of its KPI.
        start: the day on which week 0 begins.
        window: weeks whose mean is judged.
        level: mean over replicates when the goal is due; NaN if that is not within the run.
        chance: share of replicates that meet the goal when it is due; NaN likewise.
        chance_low: lower end of its 90 % interval (Jeffreys).
        chance_high: upper end.
        stays_from: first week from which the mean over replicates meets the goal to the end of the
            run; None if there is none.
        first_met: for every replicate the first week in which it meets the goal, for however long;
            None if it never does.
    """

    scenario: str
    goal: GoalInfo
    whom: str
    title: str
    unit: str
    start: date
    window: int
    level: float
    chance: float
    chance_low: float
    chance_high: float
    stays_from: int | None
    first_met: tuple[int | None, ...]

    @property
    def half_met(self) -> int | None:
        """First week by which half of the replicates have met the goal; None if they never have."""
        return by_when(self.first_met, 0.5)

    @property
    def due(self) -> date:
        """The Monday of the week by which the goal is to be met."""
        return self.date_of(self.goal.due)

    def date_of(self, week: int) -> date:
        """Return the Monday on which a week of the run begins."""
        return self.start + timedelta(weeks=week)

    def words(self) -> str:
        """Say the goal in words, without its date."""
        goal, unit = self.goal, unit_beside(self.title, self.unit)
        value = number(goal.target, self.unit).removesuffix(".00").removesuffix(".0")
        if unit.isupper():  # a currency
            value = f"{unit} {value}"
        elif unit:
            value = f"{value} {unit}"
        whom = f" ({self.whom})" if self.whom else ""
        return f"{self.title}{whom} {'at least' if goal.sign > 0 else 'at most'} {value}"


def judge(dataset: xr.Dataset) -> tuple[Verdict, ...]:
    """Judge every scenario by each of its goals, in the order of scenarios.

    A replicate in which the KPI has no value at that time does not meet the goal.

    Args:
        dataset: as made by `takeup.simulate`.
    """
    goals = goals_of(dataset)
    return tuple(
        _verdict(dataset, index, str(name), goal)
        for index, name in enumerate(dataset["scenario"].values)
        for goal in goals.get(str(name), ())
    )


def _verdict(dataset: xr.Dataset, scenario: int, name: str, goal: GoalInfo) -> Verdict:
    kpi = dataset[goal.kpi]
    weeks = dataset.sizes["week"]
    window = min(weeks, YEAR if is_yearly(kpi.attrs["units"]) else HORIZON_WEEKS)
    levels = trailing(kpi.sel(group=goal.group).values[scenario], window)
    mean = mean_without_nan(levels, 0)
    met = goal.met(levels)
    # A goal that is due as the run ends is judged by its last weeks.
    due = min(goal.due, weeks - 1) if 0 <= goal.due <= weeks else None
    count = len(levels)
    successes = float("nan") if due is None else float(met[:, due].sum())
    low, high = share_interval(
        np.array([successes]), np.array([0.0 if due is None else float(count)]), LEVEL
    )
    # Before the first whole window a level is made of too few weeks to say that a goal is met.
    met[:, : window - 1] = False
    return Verdict(
        scenario=name,
        goal=goal,
        whom="" if goal.group == "all" else group_words(dataset, goal.group),
        title=kpi.attrs["long_name"],
        unit=kpi.attrs["units"],
        start=_first_day(dataset),
        window=window,
        level=float("nan") if due is None else float(mean[due]),
        chance=successes / count,
        chance_low=float(low[0]),
        chance_high=float(high[0]),
        stays_from=_stays_from(goal.met(mean), window - 1),
        first_met=first_weeks(met),
    )


def _stays_from(met: npt.NDArray[np.bool_], earliest: int) -> int | None:
    """Return the first week, from `earliest` on, from which `met` holds to the end."""
    failed = np.flatnonzero(~met)
    first = max(earliest, int(failed[-1]) + 1 if len(failed) else 0)
    return first if first < len(met) else None


def _first_day(dataset: xr.Dataset) -> date:
    return date.fromisoformat(str(dataset["date"].values[0].astype("datetime64[D]")))


def goals_summary(verdicts: Sequence[Verdict]) -> dict[str, Any]:
    """Return what `summary.json` holds of goals, by scenario and goal; None where no value is."""

    def plain(value: float) -> float | None:
        return value if np.isfinite(value) else None

    found: dict[str, Any] = {}
    for verdict in verdicts:
        goal = verdict.goal
        found.setdefault(verdict.scenario, {})[goal.name] = {
            "goal": verdict.words(),
            "kpi": goal.kpi,
            "group": goal.group,
            "target": goal.target,
            "by": verdict.due.isoformat(),
            "due week": goal.due,
            "level": plain(verdict.level),
            "chance": plain(verdict.chance),
            "interval of the chance": [plain(verdict.chance_low), plain(verdict.chance_high)],
            "half of runs met it by week": verdict.half_met,
            "mean meets it from week": verdict.stays_from,
        }
    return found
