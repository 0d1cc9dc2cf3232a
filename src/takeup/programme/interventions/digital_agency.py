"""Digital agency: designers and developers are hired to make online services better, and sooner.

While the contract runs the usability of its services moves towards the best there is, by a share of
what is missing each week, so the first weeks do most; services that are not yet online come sooner;
and staff of the departments that own them may learn on the job, in seats like those of `training`.

What comes after depends on `transfer`: that part of what was reached the council can keep up by
itself; the rest erodes when the contract ends, which is what dependence on an agency looks like.
Its fee is paid whether there is anything to do or not: where services are good already, or nobody
hears of them, it buys little. It changes services, not people: staff who have not adopted still
rekey what comes in. The departments take its changes in. No study that isolates what an agency
achieves is known to us: pace, acceleration and transfer are assumptions with wide ranges.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import expm1
from typing import Any, ClassVar, Literal

from pydantic import Field

from takeup.programme.context import Context, rounded
from takeup.programme.hold import Hold
from takeup.programme.intervention import Intervention, burden
from takeup.programme.interventions.training import train_staff
from takeup.programme.levers import Levers, Observed
from takeup.programme.limits import Dose, Money, PerWeek, Share
from takeup.programme.owners import owning_staff
from takeup.programme.target import Addressed
from takeup.programme.words import MONEY, Name, Words


class DigitalAgency(Intervention):
    """A contract with a digital experience agency."""

    AUDIENCE: ClassVar[Addressed] = "services"
    SEATS: ClassVar[str] = "seats"
    FEES: ClassVar[tuple[str, ...]] = ("weekly_cost", "weekly_fee")

    WORDS: ClassVar[Words] = Words(
        "Hire a digital agency",
        "Designers and developers make online services easier to use, and finish new ones sooner.",
        "Services",
    )
    NAMES: ClassVar[Mapping[str, Name]] = {
        "pace": Name("Pace of improvement", "of what is missing, a week"),
        "transfer": Name("What stays when the contract ends"),
        "acceleration": Name("Weeks gained for each week, for what is to come", "weeks"),
        "seats": Name("Staff who learn on the job", "a week"),
        "hours": Name("Time that learning takes", "hours"),
        "gain": Name("What learning gives, of what is missing"),
        "weekly_fee": Name("Fee a week, at strength 1", MONEY),
    }

    kind: Literal["digital_agency"] = "digital_agency"
    intensity: Dose = Field(1.0, description="size of the contract; 1 is one team")
    pace: float = Field(
        0.02,
        ge=0,
        le=0.2,
        description="share of the way to the best usability that a week takes, at intensity 1",
    )
    transfer: Share = Field(0.5, description="part of that which the council can keep up by itself")
    acceleration: float = Field(
        0.25,
        ge=0,
        le=2,
        description="further weeks of progress a week, at intensity 1, of what is to go online",
    )
    seats: PerWeek = Field(0.0, description="staff a week who learn on the job, at intensity 1")
    hours: float = Field(6.0, ge=0, le=40, description="working hours that such a seat takes")
    gain: Share = Field(0.5, description="share of the missing knowledge that such a seat gives")
    weekly_fee: Money = Field(0.0, description="the agency's fee a week, at intensity 1")

    @classmethod
    def starting(cls, context: Context) -> dict[str, Any]:
        return {
            "start": context.monday(8),
            "weeks": 39,
            "weekly_fee": context.money(9_000, context.larger**0.1),
        }

    @classmethod
    def ordinary(cls, context: Context) -> dict[str, float]:
        seats = rounded(sum(context.departments.values()) / 50.0)
        return {**super().ordinary(context), "seats": seats}

    @property
    def brings_forward(self) -> bool:
        return self.acceleration > 0.0 and self.intensity > 0.0

    def describe(self) -> str:
        return f"digital agency, intensity {self.intensity:g}, {100 * self.transfer:.3g} % kept"

    def expected_weekly_cost(self, addressed: float) -> float:
        """Return the weekly cost and the fee."""
        return self.weekly_cost + self.weekly_fee * self.intensity

    def expected_weekly_hours(self, addressed: float) -> float:
        """Return the hours that staff learn on the job, as if every seat were taken."""
        return self.seats * self.intensity * self.hours

    def holds(self, week: int) -> Hold | None:
        """Return that it stands until a service goes online, if it teaches no staff."""
        return Hold(observed=("live",)) if self.seats == 0.0 else None

    def act(self, week: int, observed: Observed, levers: Levers) -> None:
        """Improve services, speed up those to come, teach staff; and pay."""
        services = self.target.services_mask(observed.segments)
        if self.intensity > 0.0 and services.any():
            improved = services * -expm1(-self.intensity * self.pace)
            levers.service_design += improved
            levers.service_design_kept += improved * self.transfer
            coming = services & ~observed.live
            levers.service_delivery += coming * (self.intensity * self.acceleration)
            staff = owning_staff(observed, services)
            burden(observed, levers, staff, self.intensity)
            train_staff(observed, levers, staff, self.seats * self.intensity, self.hours, self.gain)
            levers.spend(self.weekly_fee * self.intensity)
        self.pay(week, levers)
