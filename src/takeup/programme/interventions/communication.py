"""Communication: telling residents of online services, and staff of the new way of working.

Each channel reaches some age bands better than others and wears out: the n-th week on air tells
fewer people something new than the first. For residents it adds exposure to the services that it is
about; a resident has heard once a draw fixed for person and service lies below
1 − exp(−remembered exposure), so two campaigns reach the same people first. For staff it adds to
awareness in the ADKAR sense, which fades when the telling stops.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import exp, log
from typing import Any, ClassVar, Literal

import numpy as np
from pydantic import Field

from takeup.programme.context import Context, rounded
from takeup.programme.intervention import Intervention
from takeup.programme.levers import FloatArray, Levers, Observed
from takeup.programme.limits import PerWeek
from takeup.programme.staffing import shared_hours, staffing
from takeup.programme.target import Audience
from takeup.programme.words import Name, Words


@dataclass(frozen=True)
class Medium:
    """A way of reaching residents; all figures are assumptions unless a source is given.

    Attributes:
        reach: weekly hazard of noticing at intensity 1, by age band from 16–24 to 75+.
        wear_out: weeks on air after which a week tells half as much as the first.
        cost: currency units per addressed resident and week at intensity 1.
        title: what a card calls it.
    """

    reach: tuple[float, ...]
    wear_out: float
    cost: float
    title: str


MEDIA: dict[str, Medium] = {
    # A guide in the renewal letter moved 40 % of renewals online in Chelmsford (GOV.UK service
    # manual), so a letter that people have in hand is the strongest medium.
    "letter": Medium((0.20, 0.24, 0.26, 0.28, 0.30, 0.30, 0.28), 6.0, 0.15, "Letters to residents"),
    "social-media": Medium(
        (0.12, 0.12, 0.10, 0.08, 0.05, 0.03, 0.01), 10.0, 0.01, "Social media for residents"
    ),
    "local-press": Medium(
        (0.01, 0.02, 0.03, 0.05, 0.07, 0.09, 0.09), 12.0, 0.015, "Local press for residents"
    ),
    "in-person": Medium(
        (0.03, 0.03, 0.03, 0.04, 0.05, 0.06, 0.06), 26.0, 0.03, "Conversations with residents"
    ),
}


ORDINARY_REACH = 0.10
"""Weekly hazard at which a message to staff asks as much of them as an ordinary programme."""


class Communication(Intervention):
    """A campaign: who is told, through which medium, how intensely."""

    AUDIENCE: ClassVar[Audience] = "residents"
    ABOUT_SERVICES: ClassVar[bool] = True
    MEMORYLESS: ClassVar[bool] = False  # it wears out
    HOURS: ClassVar[str] = "staff_hours"

    WORDS: ClassVar[Mapping[str, Words]] = {
        "staff": Words(
            "Tell staff why",
            "Staff are told why work is changing. Without knowing why, few go along.",
            "Staff",
        ),
        "residents": Words(
            "Tell residents",
            "Residents hear that services can be used online. Each way of telling wears out.",
            "Residents",
        ),
    }
    NAMES: ClassVar[Mapping[str, Name]] = {
        "medium": Name(
            "By",
            choices={"in-person": "Conversations in person"},
            audience="residents",
            telling=True,
        ),
        "staff_reach": Name("How many take it in", "1 = nearly everyone, a week", audience="staff"),
        "staff_hours": Name("Own staff's time for it", "hours a week"),
        "tailored": Name("Worded by what the last audit found"),
    }

    kind: Literal["communication"] = "communication"
    audience: Audience = Field(
        AUDIENCE, description="residents (of online services) or staff (of the new way)"
    )
    medium: Literal["letter", "social-media", "local-press", "in-person"] = Field(
        "local-press", description="for residents: the medium, with its own reach by age"
    )
    intensity: float = Field(
        1.0, ge=0, le=5, description="1 is an ordinary campaign; reach and running cost follow"
    )
    staff_reach: float = Field(
        0.10, ge=0, le=2, description="for staff: weekly hazard of taking it in, at intensity 1"
    )
    staff_hours: PerWeek = Field(
        0.0, description="working hours a week spent on it by the council's own staff"
    )
    tailored: bool = Field(
        False, description="worded for those addressed, as far as the last audit knows them"
    )

    @classmethod
    def starting(cls, context: Context) -> dict[str, Any]:
        return {
            "start": context.monday(context.launch(8)),
            "weeks": 26,
            "medium": "local-press",
            "fixed_cost": context.money(3_000, context.larger**0.5),
        }

    @classmethod
    def ordinary(cls, context: Context) -> dict[str, float]:
        hours = rounded(20.0 * context.staffed**0.5)
        return {**super().ordinary(context), "staff_hours": hours}

    @property
    def words(self) -> Words:
        """What a card says of it: to residents, by which medium."""
        words = super().words
        if self.audience == "residents":
            return replace(words, title=MEDIA[self.medium].title)
        return words

    @property
    def uses_findings(self) -> bool:
        """A tailored message does."""
        return self.tailored

    def describe(self) -> str:
        by = f"by {self.medium}" if self.audience == "residents" else "among staff"
        return f"communication {by}, intensity {self.intensity:g}"

    def expected_weekly_cost(self, addressed: float) -> float:
        """Return the weekly cost and the medium's price for the residents addressed."""
        if self.audience == "staff":
            return self.weekly_cost
        return self.weekly_cost + self._media_cost(addressed)

    def expected_weekly_hours(self, addressed: float) -> float:
        """Return the hours that the council's own staff spend on it."""
        return self.staff_hours if self.intensity > 0.0 else 0.0

    def _media_cost(self, addressed: float) -> float:
        return MEDIA[self.medium].cost * self.intensity * addressed

    def act(self, week: int, observed: Observed, levers: Levers) -> None:
        """Add exposure, worn out by the weeks on air, and pay."""
        if self.intensity > 0.0:
            if self.audience == "staff":
                self._tell_staff(week, observed, levers)
            else:
                self._tell_residents(week, observed, levers)
            where = self.target.staff(observed.segments)
            shared_hours(levers, observed, where, self.staff_hours)
        self.pay(week, levers)

    def _tell_staff(self, week: int, observed: Observed, levers: Levers) -> None:
        reach = self.intensity * self.staff_reach * exp(-log(2.0) * week / 26.0)
        where = self.target.staff(observed.segments)
        told = staffing(observed, where).where * reach
        if self.tailored:
            told *= observed.staff_message_fit[:, None]
        levers.staff_exposure += told
        self.burden(observed, levers, reach / ORDINARY_REACH)

    def _tell_residents(self, week: int, observed: Observed, levers: Levers) -> None:
        fresh = exp(-log(2.0) * week / MEDIA[self.medium].wear_out)
        fit = observed.message_fit if self.tailored else 1.0
        reach, addressed = self._reach(observed)
        levers.exposure += reach * (self.intensity * fresh * fit)
        levers.spend(self._media_cost(addressed))

    def _reach(self, observed: Observed) -> tuple[FloatArray, float]:
        """Return whom it reaches in its first week, as `exposure`, and how many it addresses."""
        segments = observed.segments
        people, services = self.target.residents(segments), self.target.services_mask(segments)
        key = Communication, self.medium, people.tobytes(), services.tobytes()
        if key not in observed.memory:
            by_age = np.array(MEDIA[self.medium].reach)[segments.profiles["age"]]
            reach = (people * by_age[:, None])[:, :, None] * services
            addressed = float((observed.residents * people).sum()) * observed.weight
            observed.memory[key] = reach, addressed
        found: tuple[FloatArray, float] = observed.memory[key]
        return found
