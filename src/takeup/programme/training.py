"""Training: seats that give staff knowledge, or residents digital skill.

Seats are scarce. Among staff they go to those who know too little to work the new way, by a lottery
with p = seats ÷ untrained staff (last week's count), so nobody's place in a list matters. A seat
takes hours away from the queue. What is learned fades when it is not used, so training long before
there is something to use it for is partly lost, and newcomers need it too.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from pydantic import Field

from takeup.programme.intervention import Audience, Intervention
from takeup.programme.levers import Levers, Observed


class Training(Intervention):
    """Courses for staff or for residents: seats a week, hours and gain per seat."""

    kind: Literal["training"] = "training"
    audience: Audience = Field("staff", description="who is trained")
    seats: float = Field(0.0, ge=0, description="seats a week in the whole place")
    hours: float = Field(6.0, ge=0, le=40, description="working hours that a seat takes")
    gain: float = Field(
        0.5,
        ge=0,
        le=1,
        description="share of the missing knowledge or skill that a seat gives "
        "(training studies: d = 0.6 on learning and behaviour, Arthur et al. 2003)",
    )
    seat_cost: float = Field(0.0, ge=0, description="price of a seat, on top of the hours")

    def describe(self) -> str:
        """Return what it does in a few plain words."""
        return f"training of {self.audience}, {self.seats:g} seats a week, {self.hours:g} h each"

    def expected_weekly_cost(self, addressed: float) -> float:
        """Return the weekly cost and the price of the seats, as if every one were taken."""
        seats = self.seats if self.audience == "staff" else min(self.seats, addressed)
        return self.weekly_cost + seats * self.seat_cost

    def act(self, week: int, observed: Observed, levers: Levers) -> None:
        """Offer the seats, and pay for those that are taken."""
        seats = self.seats / observed.weight
        if self.audience == "staff":
            taken = self._train_staff(seats, observed, levers)
        else:
            taken = self._train_residents(seats, observed, levers)
        levers.spend(taken * observed.weight * self.seat_cost)
        self.pay(week, levers)

    def _train_staff(self, seats: float, observed: Observed, levers: Levers) -> float:
        where = self.target.staff(observed.segments)
        candidates = observed.staff_untrained * where
        total = int(candidates.sum())
        if total == 0:
            return 0.0
        chance = min(1.0, seats / total)
        offered = where * chance
        # Two trainings at once: a place in at least one; the longer hours and larger gain count.
        levers.staff_training += offered * (1.0 - levers.staff_training)
        used = offered > 0.0
        np.maximum(levers.staff_training_hours, used * self.hours, out=levers.staff_training_hours)
        np.maximum(levers.staff_training_gain, used * self.gain, out=levers.staff_training_gain)
        hourly = (candidates.sum(axis=1) * observed.hourly_cost).sum() / total
        levers.spend(chance * total * observed.weight * self.hours * float(hourly))
        return chance * total

    def _train_residents(self, seats: float, observed: Observed, levers: Levers) -> float:
        people = self.target.residents(observed.segments)
        total = int((observed.residents * people).sum())
        if total == 0 or seats <= 0.0:
            return 0.0
        chance = min(1.0, seats / total)
        levers.lessons += people * chance
        levers.lesson_gain = max(levers.lesson_gain, self.gain)
        return chance * total
