"""Training: seats that give staff knowledge, or residents digital skill.

Seats are scarce. Among staff they go to those who know too little to work the new way, by a lottery
with p = seats ÷ untrained staff (last week's count), so nobody's place in a list matters. Aimed at
a barrier, seats go first to those whom knowledge blocks, who are aware and willing; a council sees
that only as well as its last audit did. A seat takes hours away from the queue. What is learned
fades when it is not used, so training long before there is something to use it for is partly lost,
and newcomers need it too.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import log1p
from typing import Any, ClassVar, Literal

import numpy as np
from pydantic import Field

from takeup.programme.context import Context, rounded
from takeup.programme.intervention import Intervention
from takeup.programme.levers import Levers, Observed
from takeup.programme.limits import PerWeek, Price, Share
from takeup.programme.segments import BoolArray
from takeup.programme.staffing import staffing
from takeup.programme.target import Audience
from takeup.programme.words import MONEY, Name, Words

ORDINARY_SHARE = 0.02
"""Share of staff in training a week that asks as much of them as an ordinary programme."""


_SMALLEST = float(np.finfo(np.float64).tiny)
"""What 0 is divided by where there is nobody, which leaves 0."""


class Training(Intervention):
    """Courses for staff or for residents: seats a week, hours and gain per seat."""

    DOSE: ClassVar[str] = "seats"
    SEATS: ClassVar[str] = "seats"
    PRICES: ClassVar[Mapping[str, float]] = {"seat_cost": 200.0}

    WORDS: ClassVar[Mapping[str, Words]] = {
        "staff": Words(
            "Train staff",
            "Courses that show staff how to work the new way. They take working hours.",
            "Staff",
        ),
        "residents": Words(
            "Lessons for residents",
            "Courses that give residents the skill to go online by themselves.",
            "Residents",
        ),
    }
    NAMES: ClassVar[Mapping[str, Name]] = {
        "seats": Name("Places on courses", "a week"),
        "hours": Name("Length of a course", "hours", audience="staff"),
        "gain": Name("What a course gives, of what is missing"),
        "seat_cost": Name("Price of a place", MONEY),
        "aim": Name(
            "Who gets the places",
            choices={
                "untrained": "Anyone untrained",
                "barrier": "First those whom it holds back (as far as an audit knows)",
            },
            audience="staff",
        ),
    }

    kind: Literal["training"] = "training"
    audience: Audience = Field("staff", description="who is trained")
    seats: PerWeek = Field(0.0, description="seats a week in the whole place")
    hours: float = Field(6.0, ge=0, le=40, description="working hours that a seat takes")
    gain: Share = Field(
        0.5,
        description="share of the missing knowledge or skill that a seat gives "
        "(training studies: d = 0.6 on learning and behaviour, Arthur et al. 2003)",
    )
    seat_cost: Price = Field(0.0, description="price of a seat, on top of the hours")
    aim: Literal["untrained", "barrier"] = Field(
        "untrained",
        description="for staff: seats for anyone untrained, or first for those whom knowledge "
        "blocks, as far as the last audit knows them",
    )

    @classmethod
    def starting(cls, context: Context) -> dict[str, Any]:
        """Courses that end as the first service goes online, if there is time, for its staff."""
        owners = dict.fromkeys(context.services[key].department for key in context.launching)
        members = sum(context.departments[key] for key in owners or context.departments)
        narrowed = 0 < len(owners) < len(context.departments)
        weeks = 26
        return {
            "start": context.monday(max(0, context.launch(0) - weeks)),
            "weeks": weeks,
            "seats": rounded(members / 50.0),
            "hours": 4.0,
            "seat_cost": context.money(30.0),
            "target": {"departments": tuple(owners)} if narrowed else {},
        }

    @property
    def uses_findings(self) -> bool:
        """Seats that are aimed at a barrier do."""
        return self.aim == "barrier"

    def describe(self) -> str:
        hours = f", {self.hours:g} h each" if self.audience == "staff" else ""
        return f"training of {self.audience}, {self.seats:g} seats a week{hours}"

    def expected_weekly_cost(self, addressed: float) -> float:
        """Return the weekly cost and the price of the seats, as if every one were taken."""
        return self.weekly_cost + min(self.seats, addressed) * self.seat_cost

    def expected_weekly_hours(self, addressed: float) -> float:
        """Return the hours in training, as if every seat were taken; residents cost none."""
        if self.audience == "residents":
            return 0.0
        return min(self.seats, addressed) * self.hours

    def act(self, week: int, observed: Observed, levers: Levers) -> None:
        """Offer the seats, and pay for those that are taken."""
        if self.audience == "staff":
            taken = self._train_staff(observed, levers)
        else:
            taken = self._train_residents(observed, levers)
        levers.spend(taken * self.seat_cost)
        self.pay(week, levers)

    def _train_staff(self, observed: Observed, levers: Levers) -> float:
        """Offer seats to the untrained of the target; return how many are taken."""
        where = self.target.staff(observed.segments)
        aimed = self.aim == "barrier"
        taken = train_staff(observed, levers, where, self.seats, self.hours, self.gain, aimed)
        reached = taken / max(1.0, staffing(observed, where).total)
        self.burden(observed, levers, reached / ORDINARY_SHARE)
        return taken

    def _train_residents(self, observed: Observed, levers: Levers) -> float:
        """Offer seats to the residents of the target; return how many are taken."""
        people = self.target.residents(observed.segments)
        total = float((observed.residents * people).sum()) * observed.weight
        if total == 0.0:
            return 0.0
        chance = min(1.0, self.seats / total)
        # The hazard with which that share is reached in a week; nobody escapes a seat for all.
        hazard = -log1p(-min(chance, 1.0 - 1e-9))
        levers.lessons += people * hazard
        levers.lesson_gains += people * (hazard * self.gain)
        return chance * total


def train_staff(
    observed: Observed,
    levers: Levers,
    where: BoolArray,
    seats: float,
    hours: float,
    gain: float,
    aimed: bool = False,
) -> float:
    """Offer seats to untrained staff by lottery, and count the cost of their hours.

    Args:
        observed: what the council can see.
        levers: what is moved.
        where: which staff, (departments, roles).
        seats: seats a week in the whole place.
        hours: working hours that a seat takes.
        gain: share of the missing knowledge that a seat gives.
        aimed: first to those whom knowledge blocks, as far as the last audit knows them.

    Returns:
        How many seats are taken.
    """
    weight = staffing(observed, where).weight
    candidates = observed.staff_untrained * weight
    total = float(candidates.sum())
    if total == 0.0 or seats == 0.0:
        return 0.0
    chance = min(1.0, seats / total)
    open_to_all = chance * candidates
    focus = None
    if aimed:
        # What the audit knows goes to those whom knowledge blocks; the rest is open to all.
        focus = np.zeros(where.shape)
        blocked = observed.staff_blocked * weight
        known = open_to_all * observed.staff_insight[:, None]
        np.divide(known, blocked, out=focus, where=blocked > 0.0)
        focus = np.minimum(focus, 1.0 - chance)
        open_to_all = open_to_all - focus * observed.staff_blocked * observed.post_weight[:, None]
        levers.staff_training_focus += focus
    everyone = open_to_all / np.maximum(candidates, _SMALLEST)
    offered = everyone if focus is None else everyone + focus
    levers.staff_training += everyone
    levers.staff_training_hours += offered * hours
    levers.staff_training_gain += offered * gain
    hourly = float((candidates.sum(axis=1) * observed.hourly_cost).sum()) / total
    levers.spend(chance * total * hours * hourly)
    return chance * total
