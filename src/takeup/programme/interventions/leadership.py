"""Leadership: managers stand up for the new way where their staff can see it.

Sponsorship is a level that builds while leaders are seen and fades by itself when they are not; the
model lets its target level saturate, 1 − exp(−intensity), so twice the effort is not twice the
effect. It does three things among the staff of the target: they take in more of what they are told,
they want the change more, and what they have achieved is recognised. It takes the time of managers,
in proportion to the intensity.

It gives neither knowledge nor ability: where those are what is missing, it moves nobody, and a
message that is not sent cannot be amplified. A leader who leaves takes it along
(`leadership_change`), and it is one more thing for staff to take in. Where a department has no
managers the sponsors come from outside and cost it no hours.

Vendors report that well-sponsored projects succeed several times as often (Prosci, self-reports):
no figure for a simulation can be made of it, so the strengths are assumptions, and parameters of
the model.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from pydantic import Field

from takeup.programme.context import Context, rounded
from takeup.programme.hold import Hold
from takeup.programme.intervention import Intervention
from takeup.programme.levers import Levers, Observed
from takeup.programme.limits import Dose, PerWeek
from takeup.programme.staffing import shared_hours
from takeup.programme.words import Name, Words


class Leadership(Intervention):
    """Visible sponsorship by leaders."""

    OF_MANAGERS: ClassVar[bool] = True

    WORDS: ClassVar[Words] = Words(
        "Leaders stand up for it",
        "Managers back the new way where their staff can see it, so staff want it more.",
        "Lead",
    )
    NAMES: ClassVar[Mapping[str, Name]] = {
        "hours": Name("Managers' time, at strength 1", "hours a week"),
    }

    kind: Literal["leadership"] = "leadership"
    intensity: Dose = Field(1.0, description="how visible it is; 1 is part of every meeting")
    hours: PerWeek = Field(
        4.0, description="hours of managers a week in the whole place, at intensity 1"
    )

    @classmethod
    def starting(cls, context: Context) -> dict[str, Any]:
        return {"start": context.monday(0), "hours": rounded(6.0 * context.staffed**0.5)}

    def describe(self) -> str:
        hours = self.intensity * self.hours
        return f"leadership that is seen, intensity {self.intensity:g}, {hours:g} h a week"

    def expected_weekly_hours(self, addressed: float) -> float:
        """Return the hours that managers give to it."""
        return self.intensity * self.hours

    def holds(self, week: int) -> Hold:
        """Return that every week is like the others."""
        return Hold()

    def act(self, week: int, observed: Observed, levers: Levers) -> None:
        """Sponsor, take the managers' hours, and pay."""
        if self.intensity > 0.0:
            levers.staff_sponsorship += self.target.staff(observed.segments) * self.intensity
            managers = self.target.managers(observed.segments)
            shared_hours(levers, observed, managers, self.intensity * self.hours)
        self.pay(week, levers)
