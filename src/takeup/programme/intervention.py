"""What every intervention has: a calendar, a dose, a target, a cost and an action on levers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import expm1
from typing import Any, ClassVar, Self

from pydantic import Field

from takeup.programme.event import MOST_MONEY, Event
from takeup.programme.levers import Levers, Observed
from takeup.programme.segments import BoolArray
from takeup.programme.staffing import staffing
from takeup.programme.target import Addressed, Target, without_meaning


class Intervention(Event):
    """Base of all interventions: a calendar, a dose, a target and a cost.

    A subclass sets `kind`, adds its fields and says in `act` what it does to the levers in a week
    in which it runs.
    """

    AUDIENCE: ClassVar[Addressed] = "staff"
    """What it addresses where the fields do not say (`audience`)."""

    ABOUT_SERVICES: ClassVar[bool] = False
    """Whether it tells residents of particular services (`target.services`)."""

    DOSE: ClassVar[str] = "intensity"
    """The field that says how much of it there is: what reviews and budget cuts change."""

    MEMORYLESS: ClassVar[bool] = True
    """Whether what it does in a week depends on that week only: two halves back to back are one."""

    target: Target = Field(Target(), description="whom it addresses; left out: everyone")
    fixed_cost: float = Field(0.0, ge=0, le=MOST_MONEY, description="paid once, in the first week")
    weekly_cost: float = Field(0.0, ge=0, le=MOST_MONEY, description="paid in every week it runs")

    @classmethod
    def inconsistencies(cls, fields: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        """Yield fields that do not go together: see `Event.inconsistencies`."""
        yield from super().inconsistencies(fields)
        addressed = fields.get("audience", cls.AUDIENCE)
        if addressed in ("residents", "staff", cls.AUDIENCE):
            yield from without_meaning(fields.get("target"), addressed, cls.ABOUT_SERVICES)

    @property
    def dose(self) -> float:
        """How much of it there is: the value of the field that `DOSE` names."""
        return float(getattr(self, self.DOSE))

    def at(self, factor: float) -> Self:
        """Return it with its dose and its weekly cost multiplied, within the limits of the dose."""
        if factor == 1.0:
            return self
        dose = self.dose * factor
        for limit in type(self).model_fields[self.DOSE].metadata:
            dose = min(dose, getattr(limit, "le", dose))
        return self.model_copy(update={self.DOSE: dose, "weekly_cost": self.weekly_cost * factor})

    def expected_weekly_cost(self, addressed: float) -> float:
        """Return the price of a week, at most, without staff hours.

        Args:
            addressed: people in the target: residents, or members of staff.
        """
        return self.weekly_cost

    def expected_weekly_hours(self, addressed: float) -> float:
        """Return the working hours of staff that a week takes, at most.

        Args:
            addressed: people in the target: residents, or members of staff.
        """
        return 0.0

    def pay(self, week: int, levers: Levers) -> None:
        """Pay the fixed and the weekly cost."""
        levers.spend(self.weekly_cost + (self.fixed_cost if week == 0 else 0.0))

    def burden(self, observed: Observed, levers: Levers, asked: float) -> None:
        """Add to the changes that the staff of the target must take in at the same time.

        Args:
            observed: what the council can see.
            levers: what is moved.
            asked: see `burden`.
        """
        burden(observed, levers, self.target.staff(observed.segments), asked)


def burden(observed: Observed, levers: Levers, where: BoolArray, asked: float) -> None:
    """Add to the changes that staff must take in at the same time.

    A department counts a change by the share of its staff that is addressed and by how much it asks
    of them: 1 − exp(−2 · asked), so that an ordinary one counts 0.86, a small one little, and none
    more than 1. What helps staff to take in changes (leaders, help on the job, reviews, a change
    team) asks nothing.

    Args:
        observed: what the council can see.
        levers: what is moved.
        where: which staff, (departments, roles).
        asked: how much it asks, in ordinary programmes of its kind.
    """
    levers.department_load += staffing(observed, where).share * -expm1(-2.0 * asked)
