"""Engagement: residents or staff take part in designing what is to come.

There are so many places a week. Among residents they go by lot to those who are in need of a
service just then; among staff, to anyone in the target. Two things follow in the model. Staff who
took part lose a part of their resistance. And services that are not online yet are launched with a
better usability, the more people helped to design them: residents for the service that they needed,
staff for those of their department; the first to take part tell most of what there is to be told.

So it does nothing for the usability of what is online already, and little if it starts shortly
before the launch. Residents who take part are counted as participants; it does not by itself make
them use anything. For staff it takes hours and is one more thing to take in.

User participation goes along with better systems, moderately and not always (Hwang & Thorn 1999:
moderate correlations with quality and use; Bano & Zowghi 2015: 52 of 87 studies positive, 12
negative). Nothing there can be turned into the effect of a place: those are assumptions, and
parameters of the model.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Literal

import numpy as np
from pydantic import Field

from takeup.programme.chances import lottery
from takeup.programme.context import Context, rounded
from takeup.programme.hold import Hold
from takeup.programme.intervention import Intervention
from takeup.programme.levers import Levers, Observed
from takeup.programme.limits import PerWeek, Price
from takeup.programme.staffing import staffing
from takeup.programme.target import Audience
from takeup.programme.words import MONEY, Name, Words

ORDINARY_SHARE = 0.02
"""Share of staff in co-design a week that asks as much of them as an ordinary programme."""


class Engagement(Intervention):
    """Co-design with residents or with staff: places a week."""

    AUDIENCE: ClassVar[Audience] = "residents"
    DOSE: ClassVar[str] = "places"
    SEATS: ClassVar[str] = "places"
    PRICES: ClassVar[Mapping[str, float]] = {"session_cost": 100.0}

    WORDS: ClassVar[Mapping[str, Words]] = {
        "staff": Words(
            "Staff help to design",
            "Staff take part in designing what is to come: less resistance, better services.",
            "Staff",
        ),
        "residents": Words(
            "Residents help to design",
            "Residents take part in designing services that are not online yet, so these get "
            "easier.",
            "Residents",
        ),
    }
    NAMES: ClassVar[Mapping[str, Name]] = {
        "places": Name("People who take part", "a week"),
        "hours": Name("Time that taking part takes", "hours", audience="staff"),
        "session_cost": Name("Price of a session", MONEY),
    }

    kind: Literal["engagement"] = "engagement"
    audience: Audience = Field(AUDIENCE, description="who takes part: residents or staff")
    places: PerWeek = Field(0.0, description="places a week in the whole place")
    hours: float = Field(
        3.0, ge=0, le=40, description="for staff: working hours that taking part takes"
    )
    session_cost: Price = Field(
        0.0, description="price of a place that is taken, on top of the hours"
    )

    @classmethod
    def starting(cls, context: Context) -> dict[str, Any]:
        return {
            "start": context.monday(8),
            "weeks": 52,
            "places": rounded(6.0 * context.larger**0.5),
            "session_cost": context.money(40.0),
        }

    def advice(self, key: str, context: Context) -> Iterator[str]:
        """Warn if nothing is left to be designed."""
        first, of_staff = context.programme[key].first, self.audience == "staff"
        theirs = self.target.departments if of_staff else ()
        left = [
            service
            for service in context.services.values()
            if service.week > first and service.online
            if not theirs or service.department in theirs
        ]
        if self.places > 0.0 and not left:
            also = "; staff who take part still lose resistance" if of_staff else ""
            yield (
                f"{key} lets {self.audience} take part in design, and once it has begun none of "
                f"their services is left to go online{also}"
            )

    def describe(self) -> str:
        hours = f", {self.hours:g} h each" if self.audience == "staff" else ""
        return f"engagement of {self.audience} in design, {self.places:g} places a week{hours}"

    def expected_weekly_cost(self, addressed: float) -> float:
        """Return the weekly cost and the price of the places, as if every one were taken."""
        return self.weekly_cost + self.places * self.session_cost

    def expected_weekly_hours(self, addressed: float) -> float:
        """Return the hours of those who take part, as if every place were taken."""
        if self.audience == "residents":
            return 0.0
        return min(self.places, addressed) * self.hours

    def holds(self, week: int) -> Hold | None:
        """Return that staff are the same every week; residents in need are not."""
        return Hold(levers=("staff_engagement",)) if self.audience == "staff" else None

    def act(self, week: int, observed: Observed, levers: Levers) -> None:
        """Invite, and pay for those who take part."""
        if self.places > 0.0:
            if self.audience == "staff":
                taken = self._engage_staff(observed, levers)
            else:
                taken = self._engage_residents(observed, levers)
            levers.spend(taken * self.session_cost)
        self.pay(week, levers)

    def _engage_residents(self, observed: Observed, levers: Levers) -> float:
        """Invite residents in need; return how many are expected to take part."""
        people = self.target.residents(observed.segments)
        needs = observed.needs * people * observed.weight
        chance = people * lottery(self.places, float(needs.sum()))
        # Nobody takes two places at once, so programmes side by side fill up to everyone.
        invited = np.minimum(chance, 1.0 - levers.resident_invitation)
        levers.resident_invitation += invited
        return float((needs * invited).sum())

    def _engage_staff(self, observed: Observed, levers: Levers) -> float:
        """Invite staff, and count the cost of their hours; return how many take part."""
        where = self.target.staff(observed.segments)
        people, total = staffing(observed, where).people, staffing(observed, where).total
        chance = where * lottery(self.places, total)
        invited = np.minimum(chance, 1.0 - levers.staff_engagement)
        levers.staff_engagement += invited
        levers.staff_engagement_hours += invited * self.hours
        taken = (people * invited).sum(axis=1)
        reached = float(taken.sum()) / max(1.0, total)
        self.burden(observed, levers, reached / ORDINARY_SHARE)
        levers.spend(float((taken * observed.hourly_cost).sum()) * self.hours)
        return float(taken.sum())
