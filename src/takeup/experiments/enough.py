"""Enough replicates: more of them until an interval is narrow enough."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import ceil, isfinite

import numpy as np
import numpy.typing as npt
import xarray as xr

from takeup.analysis.intervals import LEVEL, mean_interval
from takeup.errors import InputError, did_you_mean
from takeup.experiments.runner import Progress, simulate
from takeup.kpis import KPI_NAMES
from takeup.results.summary import at_horizon
from takeup.results.sweep import Sweep
from takeup.scenario.schema.fitted import most_replicates
from takeup.scenario.schema.scenario import Scenario

FEWEST = 8
"""Replicates at least: with fewer, an interval is narrow by luck too often."""

LIMIT = 1024
"""Replicates at most, unless another number is given."""


@dataclass(frozen=True)
class Until:
    """When there are enough replicates.

    Attributes:
        kpi: the KPI whose level at the horizon counts, for the place as a whole. Where several
            scenarios run side by side it is the difference from the first that counts.
        width: from the lower to the upper end of its 90 % interval, in the KPI's unit.
        limit: replicates at most.
    """

    kpi: str
    width: float
    limit: int = LIMIT

    @classmethod
    def parse(cls, text: str, limit: int | None = None) -> Until:
        """Return what `KPI=WIDTH` says.

        Raises:
            InputError: it is not of this form, or there is no such KPI.
        """
        kpi, equals, number = (part.strip() for part in text.partition("="))
        example = "such as digital_take_up=0.01"
        if not equals:
            raise InputError(f"--until-interval {text}: must have the form KPI=WIDTH, {example}")
        if kpi not in KPI_NAMES:
            near = did_you_mean(kpi, KPI_NAMES)
            raise InputError(f'--until-interval {text}: "{kpi}" is not a KPI{near}')
        try:
            width = float(number)
        except ValueError:
            width = float("nan")
        if not (isfinite(width) and width > 0):
            raise InputError(
                f"--until-interval {text}: the width must be a number above 0 in the unit of the "
                f"KPI, {example} (one percentage point)"
            )
        return cls(kpi, width, LIMIT if limit is None else limit)

    def next(self, replicates: int, width: float) -> int:
        """Return how many replicates to go on to: as many as there are if they are enough.

        Args:
            replicates: how many there are.
            width: width of the interval with them; NaN if the KPI has no value.
        """
        if replicates < FEWEST:
            return max(replicates, min(self.limit, FEWEST))
        if replicates >= self.limit or width <= self.width or not isfinite(width):
            return replicates
        # The width shrinks with the root of the number; never trust an early one for too long.
        needed = replicates * (width / self.width) ** 2
        return min(self.limit, max(replicates + 1, min(ceil(needed), 2 * replicates)))


@dataclass(frozen=True)
class Reached:
    """How far it came.

    Attributes:
        until: what was asked for.
        replicates: how many it took.
        width: of the interval with them.
    """

    until: Until
    replicates: int
    width: float

    def sentence(self) -> str:
        """Return it in words."""
        if not isfinite(self.width):
            return f"{self.replicates} replicates: {self.until.kpi} has no value at the horizon"
        said = f"the 90 % interval of {self.until.kpi} is at most {self.width:.3g} wide"
        if self.width <= self.until.width:
            return f"{self.replicates} replicates: {said} (asked for: {self.until.width:g})"
        return (
            f"{self.replicates} replicates, the limit, are not enough: {said}, and "
            f"{self.until.width:g} was asked for"
        )


def simulate_until(
    scenarios: Sequence[Scenario],
    until: Until,
    *,
    workers: int | None = None,
    progress: Progress | None = None,
    tell: Callable[[Reached], None] = lambda _: None,
) -> xr.Dataset:
    """Run scenarios with more and more replicates until the interval is narrow enough.

    Args:
        scenarios: as for `simulate`; they begin with `run.replicates`.
        until: when there are enough.
        workers: as for `simulate`.
        progress: as for `simulate`.
        tell: called with how far it came after every round.

    Returns:
        A Dataset of all KPIs with as many replicates as it took.
    """
    until = replace(until, limit=most_replicates(scenarios, until.limit))
    count = min(scenarios[0].run.replicates, until.limit)
    dataset = simulate(scenarios, replicates=count, workers=workers, progress=progress)
    while True:
        levels = at_horizon(dataset[[until.kpi]].sel(group="all"))[until.kpi]
        values = levels.transpose("replicate", "scenario").values
        width = _widest(values[:, :, None])
        tell(Reached(until, count, width))
        more = until.next(count, width)
        if more == count:
            return dataset
        count = more
        dataset = simulate(
            scenarios, replicates=count, workers=workers, progress=progress, earlier=dataset
        )


def width_in(sweep: Sweep, kpi: str) -> float:
    """Return the width of the widest interval in a sweep, over points and scenarios."""
    outcomes = sweep.outcomes([kpi])
    table = outcomes.pivot_table(kpi, "replicate", ["scenario", "point"], sort=False, dropna=False)
    by_scenario = [table[name] for name in sweep.scenarios if name in table]
    points = by_scenario[0].columns
    values = np.stack([part.reindex(columns=points).to_numpy() for part in by_scenario], axis=1)
    return _widest(values)


def _widest(values: npt.NDArray[np.float64]) -> float:
    """Return the widest interval; NaN if none has two replicates.

    Args:
        values: (replicates, scenarios, points).
    """
    if values.shape[1] > 1:
        values = values[:, 1:] - values[:, :1]
    _, low, high = mean_interval(values, LEVEL)
    widths = high - low
    return float(np.nanmax(widths)) if np.isfinite(widths).any() else float("nan")
