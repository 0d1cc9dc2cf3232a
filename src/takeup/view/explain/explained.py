"""Where residents and staff stand in a run, quarter by quarter, and in several runs together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from takeup.model.run.simulation import QUARTER
from takeup.runs.replicate import at_week_0
from takeup.scenario.schema.case import Case
from takeup.scenario.schema.scenario import Scenario
from takeup.view.explain.residents import NEEDED, IntArray, funnel, groups
from takeup.view.explain.staff import standings

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Explained:
    """Where residents and staff stand after some weeks of one or more runs, as integers.

    Attributes:
        weeks: weeks of the run that are done, 0 is its start.
        groups: groups of residents as results name them, and `service:ID`.
        departments: ids.
        residents: who takes a step, (weeks, groups, STEPS).
        staff: posts by where they stand, (weeks, departments, STANDINGS).
    """

    weeks: tuple[int, ...]
    groups: tuple[str, ...]
    departments: tuple[str, ...]
    residents: IntArray
    staff: IntArray

    def shares(self, week: int) -> FloatArray:
        """Return who takes each step as a share of those in need, (groups, STEPS).

        NaN for a group in which nobody needed anything.
        """
        counts = self.residents[self.weeks.index(week)]
        return _divided(counts, counts[:, :1])

    def standings(self, week: int) -> FloatArray:
        """Return where staff stand as shares of a department, (departments, STANDINGS)."""
        counts = self.staff[self.weeks.index(week)]
        return _divided(counts, counts.sum(axis=1, keepdims=True))

    def in_need(self, week: int) -> IntArray:
        """Return on how many simulated residents the shares of a group rest, (groups,)."""
        count: IntArray = self.residents[self.weeks.index(week), :, NEEDED]
        return count


def _divided(above: IntArray, below: IntArray) -> FloatArray:
    result = np.full(above.shape, np.nan)
    np.divide(above, below, out=result, where=below > 0)
    return result


def together(runs: Iterable[Explained]) -> Explained:
    """Add up runs of one scenario.

    Args:
        runs: at least one.
    """
    every = list(runs)
    first = every[0]
    return Explained(
        weeks=first.weeks,
        groups=first.groups,
        departments=first.departments,
        residents=np.sum([run.residents for run in every], axis=0),
        staff=np.sum([run.staff for run in every], axis=0),
    )


def weeks_explained(weeks: int) -> tuple[int, ...]:
    """Return after which weeks of a run it is explained: every quarter, and at the end."""
    return (*range(0, weeks, QUARTER), weeks)


def explain(scenario: Scenario, replicate: int) -> Explained:
    """Run one replicate and say where everyone stands, quarter by quarter."""
    simulation = at_week_0(Case.of(scenario, replicate))
    residents, staff = [], []
    weeks = weeks_explained(scenario.run.weeks)
    for week in weeks:
        while simulation.week < week:
            simulation.advance()
        residents.append(funnel(simulation))
        staff.append(standings(simulation))
    return Explained(
        weeks=weeks,
        groups=groups(scenario),
        departments=tuple(scenario.departments),
        residents=np.array(residents),
        staff=np.array(staff),
    )
