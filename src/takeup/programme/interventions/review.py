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

from takeup.errors import did_you_mean
from takeup.programme.context import Context, rounded
from takeup.programme.event import duration
from takeup.programme.goal import Goal
from takeup.programme.hold import Hold
from takeup.programme.intervention import Intervention
from takeup.programme.levers import Levers, Observed
from takeup.programme.limits import Dose, PerWeek, Share
from takeup.programme.plain import Problem, Table, items, table
from takeup.programme.staffing import shared_hours
from takeup.programme.target import Addressed
from takeup.programme.words import Name, Words

_EVERY = 13


class Review(Intervention):
    """Reviews at a regular interval: recognition, and doses that follow the goals."""

    AUDIENCE: ClassVar[Addressed] = "departments"
    MEMORYLESS: ClassVar[bool] = False  # reviews are counted from its start
    SETS_DOSES: ClassVar[bool] = True
    OF_MANAGERS: ClassVar[bool] = True

    WORDS: ClassVar[Words] = Words(
        "Regular reviews",
        "The council looks at its goals, thanks its staff, and does more or less of what you name.",
        "Check",
    )
    NAMES: ClassVar[Mapping[str, Name]] = {
        "intensity": Name("How thorough the thanks are", "1 = ordinary"),
        "every": Name("A review every", "weeks", telling=True),
        "goals": Name("Goals that are looked at", names="goals"),
        "adjust": Name("Measures that follow the goals", names="interventions", telling=True),
        "step": Name("Change at a review"),
        "least": Name("Smallest factor on a measure", "times"),
        "most": Name("Largest factor on a measure", "times"),
        "hours": Name("Managers' time, at strength 1", "hours a review"),
    }

    kind: Literal["review"] = "review"
    intensity: Dose = Field(1.0, description="how thorough recognition is; 0: there is no review")
    every: int = Field(_EVERY, ge=1, le=104, description="weeks from one review to the next")
    goals: tuple[str, ...] = Field((), description="goals by their ids; left out: all")
    adjust: tuple[str, ...] = Field(
        (), description="interventions, by their ids, whose doses follow the goals"
    )
    step: Share = Field(0.25, description="change of a dose at a review, as a share of it")
    least: float = Field(0.5, ge=0.1, le=1, description="smallest factor on a dose")
    most: float = Field(2.0, ge=1, le=10, description="largest factor on a dose")
    hours: PerWeek = Field(
        20.0, description="hours of managers a review in the whole place, at intensity 1"
    )

    @classmethod
    def inconsistencies(cls, fields: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        yield from super().inconsistencies(fields)
        every, weeks = fields.get("every", _EVERY), duration(fields)
        if type(every) is int and weeks is not None and weeks <= every:
            yield (
                "every",
                f"must be less than the weeks for which it runs ({weeks}), not {every}, or there "
                "is no review",
            )

    @classmethod
    def problems(cls, fields: Table, scenario: Table) -> Iterator[Problem]:
        """Yield what it names and cannot use: see `Event.problems`."""
        programme, goals = table(scenario, "programme"), table(scenario, "goals")
        for position, name in enumerate(items(fields["adjust"])):
            if not isinstance(name, str):
                continue
            if name not in programme:
                text = f'names an intervention that does not exist, "{name}"'
                yield Problem(("adjust", position), text + did_you_mean(name, programme))
            elif table(programme, name).get("kind") == cls.model_fields["kind"].default:
                yield Problem(
                    ("adjust", position), f"names {name}, a review; it can adjust all but reviews"
                )
            elif name in fields["adjust"][:position]:
                yield Problem(("adjust", position), f"names {name} twice; once is enough")
        for position, name in enumerate(items(fields["goals"])):
            if isinstance(name, str) and name not in goals:
                text = f'names a goal that does not exist, "{name}"'
                yield Problem(("goals", position), text + did_you_mean(name, goals))

    @classmethod
    def starting(cls, context: Context) -> dict[str, Any]:
        return {
            "start": context.monday(13),
            "every": 13,
            "hours": rounded(20.0 * context.staffed**0.5),
        }

    @property
    def reprices(self) -> bool:
        return bool(self.adjust)

    def advice(self, key: str, context: Context) -> Iterator[str]:
        """Warn if it has nothing to compare with or to adjust, or is never held."""
        if self.adjust and not context.goals:
            named = ", ".join(self.adjust)
            yield f"{key} is to adjust {named}, and there are no goals to compare with"
        off = [name for name in self.adjust if not context.programme[name].enabled]
        if off:
            yield f"{key} is to adjust {', '.join(off)}, which is switched off"
        held = context.programme[key].first + self.every
        if held >= context.programme[key].after:
            yield f"{key} ends before its first review, on {context.date_of(held)}"

    def describe(self) -> str:
        adjusted = f", adjusts {', '.join(self.adjust)}" if self.adjust else ""
        return f"review every {self.every} weeks, intensity {self.intensity:g}{adjusted}"

    def expected_weekly_hours(self, addressed: float) -> float:
        """Return the hours of a review, spread over the weeks between two."""
        return self.intensity * self.hours / self.every

    def holds(self, week: int) -> Hold | None:
        """Return that nothing happens between two reviews."""
        return Hold(until=week - week % self.every + self.every) if week % self.every else None

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
