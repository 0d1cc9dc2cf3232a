"""What a kind of intervention or shock may know of the scenario that it is part of.

It stands below both: `scenario` makes it, kinds read it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from math import floor, log10
from typing import NamedTuple

_RESIDENTS, _STAFF, _VISIT = 120_000, 1_310, 8.62
"""Residents, staff and list price of a visit to the counter of Riverton, the fictional council of
the repository's scenarios: the yardstick of what an intervention starts from."""

_ROUND = (1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)


class PlannedService(NamedTuple):
    """A service.

    Attributes:
        department: id of the department that owns it.
        week: in which it is planned to go online; −1 if it is already, infinite if never.
        online: whether it may be online at some time of the run, as planned or brought forward.
        complexity: share of its ease that is lost without digital skill.
    """

    department: str
    week: float
    online: bool
    complexity: float


class PlannedItem(NamedTuple):
    """An intervention.

    Attributes:
        enabled: whether it is switched on.
        first: week of the run in which it starts.
        after: first week without it.
        uses_findings: whether it builds on what audits find.
    """

    enabled: bool
    first: int
    after: int
    uses_findings: bool


@dataclass(frozen=True)
class Context:
    """A scenario, as far as a kind of intervention or shock needs it.

    Attributes:
        start: first day of the run.
        weeks: of the run.
        residents: of the place.
        visit: list price of a visit to the counter, in the place's currency.
        departments: members of staff by department.
        services: by id.
        goals: their ids.
        programme: interventions by id.
    """

    start: date
    weeks: int
    residents: int
    visit: float
    departments: Mapping[str, int]
    services: Mapping[str, PlannedService]
    goals: tuple[str, ...]
    programme: Mapping[str, PlannedItem]

    def date_of(self, week: int) -> date:
        """Return the Monday on which a week of the run begins."""
        return self.start + timedelta(weeks=week)

    # ---------------------------------------------------------------- what to start from

    # Media grow with the residents, seats with the staff, sessions of help more slowly than
    # residents; what one team does for a whole place grows with the square root. All are
    # assumptions: something to change, not advice.

    @property
    def larger(self) -> float:
        """Residents as a multiple of Riverton's."""
        return self.residents / _RESIDENTS

    @property
    def staffed(self) -> float:
        """Staff, as a multiple of Riverton's."""
        return sum(self.departments.values()) / _STAFF

    @cached_property
    def launching(self) -> Mapping[str, int]:
        """Weeks in which services go online as planned, of those that do so in the run."""
        weeks = {key: service.week for key, service in self.services.items()}
        return {key: int(week) for key, week in weeks.items() if 0 <= week < self.weeks}

    def launch(self, otherwise: int) -> int:
        """Return the first week in which a service goes online as planned."""
        return min(self.launching.values(), default=otherwise)

    def monday(self, week: int) -> date:
        """Return the Monday of a week, or of the last in which something can start."""
        return self.date_of(max(0, min(week, self.weeks - 1)))

    def money(self, value: float, size: float = 1.0) -> float:
        """Return what costs `value` in Riverton, at the place's prices and grown with a size."""
        return rounded(value * ((self.visit or _VISIT) / _VISIT) * size)


def rounded(value: float, up: bool = False) -> float:
    """Return a number near a positive one, or the next above it, that is easy to say: 15, 2,500."""
    power = 10.0 ** floor(log10(value))
    steps = [step * power for step in _ROUND]
    if up:
        return next(step for step in steps if step >= value * (1.0 - 1e-9))
    return min(steps, key=lambda step: abs(step - value))
