"""Change team: people whose work is to make room for change.

Staff can take in a few changes at the same time. Beyond that all of them dilute each other, and
fatigue grows: too much at once is worse than one thing after another. The members of a change team
put changes into an order, answer for them and take work off those concerned, so the departments
they work for can take in more at once. Every member works for all departments of the target, takes
working hours from their staff, and those are paid.

The team carries changes and makes none: with fewer of them than staff can take in anyway it costs
its hours and moves nothing. How many changes are too many and how many more a member makes possible
are parameters of the model; we know of no study with figures: assumptions.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from pydantic import Field

from takeup.programme.context import Context
from takeup.programme.hold import Hold
from takeup.programme.intervention import Intervention
from takeup.programme.levers import Levers, Observed
from takeup.programme.staffing import shared_hours
from takeup.programme.target import Addressed
from takeup.programme.words import Name, Words


class ChangeTeam(Intervention):
    """A team that raises the capacity for simultaneous change."""

    AUDIENCE: ClassVar[Addressed] = "departments"
    DOSE: ClassVar[str] = "members"

    WORDS: ClassVar[Words] = Words(
        "A change team",
        "People who make room for change, so that staff can take in more at the same time.",
        "Lead",
    )
    NAMES: ClassVar[Mapping[str, Name]] = {
        "members": Name("Size of the team", "full-time posts", wide=True),
        "hours": Name("Time of a member", "hours a week"),
    }

    kind: Literal["change_team"] = "change_team"
    members: float = Field(2.0, ge=0, le=100, description="members of the team, in full-time posts")
    hours: float = Field(30.0, ge=0, le=60, description="hours a week that a member gives to it")

    @classmethod
    def starting(cls, context: Context) -> dict[str, Any]:
        members = max(1, round(3.0 * context.staffed**0.15))
        return {"start": context.monday(0), "weeks": 104, "members": float(members)}

    def describe(self) -> str:
        return f"change team of {self.members:g}, {self.hours:g} h a week each"

    def expected_weekly_hours(self, addressed: float) -> float:
        """Return the hours that the members give."""
        return self.members * self.hours

    def holds(self, week: int) -> Hold:
        """Return that every week is like the others."""
        return Hold()

    def act(self, week: int, observed: Observed, levers: Levers) -> None:
        """Make room for change, take the members' hours, and pay."""
        levers.department_team += self.target.departments_mask(observed.segments) * self.members
        where = self.target.staff(observed.segments)
        shared_hours(levers, observed, where, self.members * self.hours)
        self.pay(week, levers)
