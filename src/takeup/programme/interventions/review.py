"""Review: at regular intervals a council looks at its goals, thanks its staff, corrects course.

A review recognises what was achieved, which gives staff of the target reinforcement. And it holds
each goal against a straight path, from what was measured when reviews began (the start of this
programme, or its first review if there was nothing to measure yet) to the target at its date. If
any goal is behind its path, the interventions named in `adjust` get a larger dose, by `step`; if
all are ahead of it, or met, a smaller one; factors stay from `least` to `most`. A goal whose KPI
cannot be told yet counts as neither. Dose, weekly cost and what depends on them follow.

The first review comes `every` weeks after the start: before, there is nothing to look back on. What
is measured is the mean of the weeks since the last review, at the start of the path as later. It
knows what is behind, not why: more of what does not help does not help, and a KPI that answers
slowly is corrected too late, then too much. Without `adjust`, or without goals, it only recognises.

Monitoring progress promotes reaching goals (Harkin et al. 2016: d = 0.40, 138 trials of
individuals, mostly on health), more so if it is made public; for councils no figure was found:
assumption.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import isnan
from typing import Any, ClassVar, Literal

from pydantic import Field

from takeup.programme.event import MOST_A_WEEK, duration
from takeup.programme.goal import Goal
from takeup.programme.intervention import Intervention
from takeup.programme.levers import Levers, Observed
from takeup.programme.staffing import shared_hours
from takeup.programme.target import Addressed

_EVERY = 13


class Review(Intervention):
    """Reviews at a regular interval: recognition, and doses that follow the goals."""

    AUDIENCE: ClassVar[Addressed] = "departments"
    MEMORYLESS: ClassVar[bool] = False  # reviews are counted from its start

    kind: Literal["review"] = "review"
    intensity: float = Field(
        1.0, ge=0, le=3, description="how thorough recognition is; 0: there is no review"
    )
    every: int = Field(_EVERY, ge=1, le=104, description="weeks from one review to the next")
    goals: tuple[str, ...] = Field((), description="goals by their ids; left out: all")
    adjust: tuple[str, ...] = Field(
        (), description="interventions, by their ids, whose doses follow the goals"
    )
    step: float = Field(
        0.25, ge=0, le=1, description="change of a dose at a review, as a share of it"
    )
    least: float = Field(0.5, ge=0.1, le=1, description="smallest factor on a dose")
    most: float = Field(2.0, ge=1, le=10, description="largest factor on a dose")
    hours: float = Field(
        20.0,
        ge=0,
        le=MOST_A_WEEK,
        description="hours of managers a review in the whole place, at intensity 1",
    )

    @classmethod
    def inconsistencies(cls, fields: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        """Yield fields that do not go together: see `Event.inconsistencies`."""
        yield from super().inconsistencies(fields)
        every, weeks = fields.get("every", _EVERY), duration(fields)
        if type(every) is int and weeks is not None and weeks <= every:
            yield (
                "every",
                f"must be less than the weeks for which it runs ({weeks}), not {every}, or there "
                "is no review",
            )

    def describe(self) -> str:
        """Return what it does in a few plain words."""
        adjusted = f", adjusts {', '.join(self.adjust)}" if self.adjust else ""
        return f"review every {self.every} weeks, intensity {self.intensity:g}{adjusted}"

    def expected_weekly_hours(self, addressed: float) -> float:
        """Return the hours of a review, spread over the weeks between two."""
        return self.intensity * self.hours / self.every

    def act(self, week: int, observed: Observed, levers: Levers) -> None:
        """Note where the goals' paths begin; in a week of review, recognise and adjust; and pay."""
        if self.intensity > 0.0:
            reviewed = week > 0 and week % self.every == 0
            if week == 0 or reviewed:
                standings = self._standings(observed)
            if reviewed:
                levers.staff_recognition += self.target.staff(observed.segments) * self.intensity
                managers = self.target.managers(observed.segments)
                shared_hours(levers, observed, managers, self.intensity * self.hours)
                self._adjust(standings, observed.intensity)
        self.pay(week, levers)

    def _adjust(self, standings: list[int], factors: dict[str, float]) -> None:
        """Change the factors of the interventions named, as the goals stand."""
        if any(standing < 0 for standing in standings):
            for name in self.adjust:
                factors[name] = min(self.most, factors.get(name, 1.0) * (1.0 + self.step))
        elif standings and all(standing > 0 for standing in standings):
            for name in self.adjust:
                factors[name] = max(self.least, factors.get(name, 1.0) * (1.0 - self.step))

    def _standings(self, observed: Observed) -> list[int]:
        """Return for every goal whether it is behind (−1) or ahead of its path (1), or neither."""
        return [self._standing(name, observed) for name in self.goals or observed.goals]

    def _standing(self, name: str, observed: Observed) -> int:
        goal = observed.goals[name]
        value = observed.kpi(goal.kpi, goal.group, weeks=self.every)
        if isnan(value):
            return 0
        # A budget cut makes another object of this, so the object itself is no key.
        key = (self.kind, self.start, self.every, name)
        began, first = observed.memory.setdefault(key, (observed.week, value))
        lead = goal.sign * (value - _path(goal, began, first, observed))
        if goal.met(value) or lead > 0.0:
            return 1
        return -1 if lead < 0.0 else 0


def _path(goal: Goal, began: int, first: float, observed: Observed) -> float:
    """Return what a goal's KPI should be by now on a straight path to its target."""
    left = observed.due(goal) - began
    passed = observed.week - began
    if passed >= left:
        return goal.target
    return first + (goal.target - first) * passed / left
