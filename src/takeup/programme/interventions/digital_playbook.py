"""Digital playbook: digital is the default, as Helsinki has set down for all its services.

Three rules hold while it runs, for the services it is about. Whoever chooses a channel is steered
to the online one: forms, letters and web pages name it first. Whoever calls or comes is told of the
online way by the staff, as far as they comply, so people learn of it. And what goes online follows
a common design standard and comes sooner, since it is built from the same parts.

It steers and does not force: phone and counter stay open, as the law demands, so those who cannot
or will not go online do not. Steering to a service that is poor brings failures and calls rather
than users, and for a service that is not online there is nothing to steer to. The standard improves
only what goes online under it; what is online already needs a `digital_agency`. Staff must take the
new rules in. When it ends the steering ends, habits stay. Doses saturate in the model; compliance
and acceleration are assumptions.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import expm1
from typing import Any, ClassVar, Literal

from pydantic import Field

from takeup.programme.chances import either
from takeup.programme.context import Context, rounded
from takeup.programme.hold import Hold
from takeup.programme.intervention import Intervention, burden
from takeup.programme.levers import Levers, Observed
from takeup.programme.limits import Dose, PerWeek, Share
from takeup.programme.owners import owning_staff
from takeup.programme.staffing import shared_hours
from takeup.programme.target import Addressed
from takeup.programme.words import Name, Words


class DigitalPlaybook(Intervention):
    """Digital first as a rule: steering, referral, a standard, and online by default."""

    AUDIENCE: ClassVar[Addressed] = "services"

    WORDS: ClassVar[Words] = Words(
        "Digital first as a rule",
        "Letters and staff name the online way first; phone and counter stay open.",
        "Services",
    )
    NAMES: ClassVar[Mapping[str, Name]] = {
        "compliance": Name("Callers who are told of the online way"),
        "acceleration": Name("Weeks gained for each week, for what is to come", "weeks"),
        "hours": Name("Staff time for the rules", "hours a week"),
    }

    kind: Literal["digital_playbook"] = "digital_playbook"
    intensity: Dose = Field(1.0, description="how consistently it is lived; 1 is in most contacts")
    compliance: Share = Field(
        0.5, description="share of callers and visitors whom staff tell of the online way, at most"
    )
    acceleration: float = Field(
        0.25,
        ge=0,
        le=2,
        description="further weeks of progress a week, at intensity 1, of what is to go online",
    )
    hours: PerWeek = Field(
        0.0, description="working hours of staff a week in the departments that own them"
    )

    @classmethod
    def starting(cls, context: Context) -> dict[str, Any]:
        return {
            "start": context.monday(13),
            "hours": rounded(15.0 * context.staffed**0.5),
            "fixed_cost": context.money(50_000, context.larger**0.5),
        }

    @property
    def brings_forward(self) -> bool:
        return self.acceleration > 0.0 and self.intensity > 0.0

    def describe(self) -> str:
        return f"digital playbook (digital first), intensity {self.intensity:g}"

    def expected_weekly_hours(self, addressed: float) -> float:
        """Return the hours that staff spend on it."""
        return self.hours if self.intensity > 0.0 else 0.0

    def holds(self, week: int) -> Hold:
        """Return that it stands until a service goes online, or others refer more or less."""
        return Hold(observed=("live",), levers=("service_referral",))

    def act(self, week: int, observed: Observed, levers: Levers) -> None:
        """Steer, refer, set the standard and speed up what is to go online; and pay."""
        services = self.target.services_mask(observed.segments)
        if self.intensity > 0.0 and services.any():
            told = services * (-self.compliance * expm1(-self.intensity))
            levers.service_steering += services * self.intensity
            levers.service_referral[:] = either(levers.service_referral, told)
            levers.service_standard += services * self.intensity
            coming = services & ~observed.live
            levers.service_delivery += coming * (self.intensity * self.acceleration)
            staff = owning_staff(observed, services)
            burden(observed, levers, staff, self.intensity)
            shared_hours(levers, observed, staff, self.hours)
        self.pay(week, levers)
