"""Tailored support: someone sits beside those who cannot do it alone yet, at work or at home.

Sessions are few and go by lot to those who need one, as counted last week: among staff, to those
who have not adopted (floor-walkers, a help desk); among residents, to those in need of a service
that is online who lack access or skill (assisted digital). A colleague who is helped practises, as
far as there is knowledge to practise. A resident who finds a free session has the access and most
of the skill that were missing, for that need, and learns of the service.

Support that is too scarce hardly helps, since most of those who need it come in vain; more sessions
than people who need them help nobody further and are paid all the same, like anyone on duty. It
changes neither what staff want nor what they know, and many who stay away would never be
comfortable online even with support (39 % of those who do not use online services: GDS Digital
Landscape 2012). For staff it takes working hours of those who help, shared in the target, and is
one more thing to take in. Its effects are assumptions, and parameters of the model.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

import numpy as np
from pydantic import Field

from takeup.programme.chances import lottery
from takeup.programme.context import Context, rounded
from takeup.programme.intervention import Intervention
from takeup.programme.levers import Levers, Observed
from takeup.programme.limits import PerWeek, Price
from takeup.programme.staffing import shared_hours, staffing
from takeup.programme.target import Audience
from takeup.programme.words import MONEY, Name, Words


class TailoredSupport(Intervention):
    """Sessions of help for residents or for staff."""

    AUDIENCE: ClassVar[Audience] = "residents"
    DOSE: ClassVar[str] = "sessions"
    SEATS: ClassVar[str] = "sessions"
    PRICES: ClassVar[Mapping[str, float]] = {"session_cost": 100.0}

    WORDS: ClassVar[Mapping[str, Words]] = {
        "staff": Words(
            "Help on the job",
            "A colleague sits beside staff who cannot work the new way alone yet.",
            "Staff",
        ),
        "residents": Words(
            "Help for residents",
            "Someone sits beside residents who cannot go online alone, in a library for example.",
            "Residents",
        ),
    }
    NAMES: ClassVar[Mapping[str, Name]] = {
        "sessions": Name("Sessions of help", "a week"),
        "hours": Name("Helper's time for a session", "hours", audience="staff"),
        "session_cost": Name("Price of a session", MONEY),
    }

    kind: Literal["tailored_support"] = "tailored_support"
    audience: Audience = Field(AUDIENCE, description="who is helped: residents or staff")
    sessions: PerWeek = Field(0.0, description="sessions a week in the whole place")
    hours: float = Field(
        0.5, ge=0, le=8, description="for staff: working hours of a colleague who helps, a session"
    )
    session_cost: Price = Field(0.0, description="price of a session that is offered, used or not")

    @classmethod
    def starting(cls, context: Context) -> dict[str, Any]:
        return {
            "start": context.monday(context.launch(8)),
            "sessions": rounded(120.0 * context.larger**0.75),
            "session_cost": context.money(9.0),
        }

    def describe(self) -> str:
        hours = f", {self.hours:g} h each" if self.audience == "staff" else ""
        return f"tailored support of {self.audience}, {self.sessions:g} sessions a week{hours}"

    def expected_weekly_cost(self, addressed: float) -> float:
        """Return the weekly cost and the price of the sessions."""
        return self.weekly_cost + self.sessions * self.session_cost

    def expected_weekly_hours(self, addressed: float) -> float:
        """Return the hours of those who help, as if every session were used."""
        if self.audience == "residents":
            return 0.0
        return min(self.sessions, addressed) * self.hours

    def act(self, week: int, observed: Observed, levers: Levers) -> None:
        """Offer the sessions, and pay for them."""
        if self.sessions > 0.0:
            if self.audience == "staff":
                self._help_staff(observed, levers)
            else:
                self._help_residents(observed, levers)
            levers.spend(self.sessions * self.session_cost)
        self.pay(week, levers)

    def _help_residents(self, observed: Observed, levers: Levers) -> None:
        people = self.target.residents(observed.segments)
        needing = float(np.vdot(observed.needing_help, people)) * observed.weight
        chance = people * lottery(self.sessions, needing)
        levers.resident_assistance += np.minimum(chance, 1.0 - levers.resident_assistance)

    def _help_staff(self, observed: Observed, levers: Levers) -> None:
        where = self.target.staff(observed.segments)
        needing = observed.staff_unpractised * staffing(observed, where).weight
        total = float(needing.sum())
        if total == 0.0:
            return
        chance = staffing(observed, where).where * lottery(self.sessions, total)
        helped = np.minimum(chance, 1.0 - levers.staff_support)
        levers.staff_support += helped
        shared_hours(levers, observed, where, float((needing * helped).sum()) * self.hours)
