"""Audit: residents and staff are asked, and the council learns where its place stands.

Interviews, tests and counts take `takes` weeks and working hours of staff; then the findings are
there, as good as `quality` says. From then on messages can be `tailored` to those they address
(`communication`) and courses can aim at whom a `barrier` blocks (`training`). Nothing else uses
them: an audit that nothing follows costs its price and its hours and moves no KPI. Findings age:
the model lets them go out of date as people learn, move and leave, so an early audit tells little
of a late campaign, and a second one does not add to the first but replaces what has aged.

A run that ends, or a calendar that stops it, before it is finished has paid for nothing. What an
audit tells is an assumption: no study that measures it is known to us.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, ClassVar, Literal

import numpy as np
from pydantic import Field

from takeup.programme.context import Context, rounded
from takeup.programme.event import duration, too_late
from takeup.programme.hold import Hold
from takeup.programme.intervention import Intervention
from takeup.programme.levers import Levers, Observed
from takeup.programme.limits import PerWeek, Share
from takeup.programme.plain import Problem, Table
from takeup.programme.staffing import shared_hours
from takeup.programme.target import Addressed
from takeup.programme.words import Name, Words

_TAKES = 8


class Audit(Intervention):
    """A study of the place: it takes weeks and is finished once."""

    AUDIENCE: ClassVar[Addressed] = "place"
    DOSE: ClassVar[str] = "quality"
    MEMORYLESS: ClassVar[bool] = False  # it is finished in one week, counted from its start
    FINDS: ClassVar[bool] = True
    LENGTH: ClassVar[str] = "takes"

    WORDS: ClassVar[Words] = Words(
        "Ask first: an audit",
        "Staff and residents are asked where they stand, so messages and courses can be aimed "
        "better.",
        "Check",
    )
    NAMES: ClassVar[Mapping[str, Name]] = {
        "quality": Name("How thorough it is"),
        "takes": Name("Time until the answers are there", "weeks"),
        "hours": Name("Staff time while it lasts", "hours a week"),
    }

    kind: Literal["audit"] = "audit"
    quality: Share = Field(0.8, description="how much of what could be known the findings tell")
    takes: int = Field(_TAKES, ge=1, le=52, description="weeks until the findings are there")
    hours: PerWeek = Field(
        40.0, description="working hours of staff a week in the whole place while it takes"
    )

    @classmethod
    def inconsistencies(cls, fields: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        yield from super().inconsistencies(fields)
        takes, weeks = fields.get("takes", _TAKES), duration(fields)
        if type(takes) is int and weeks is not None and weeks < takes:
            yield (
                "takes",
                f"must be at most the weeks for which it runs ({weeks}), not {takes}, or it is "
                "never finished",
            )

    @classmethod
    def problems(cls, fields: Table, scenario: Table) -> Iterator[Problem]:
        """Yield where it is never finished: see `Event.problems`."""
        yield from too_late(fields, scenario, "takes", fields["takes"], "finished")

    @classmethod
    def starting(cls, context: Context) -> dict[str, Any]:
        return {
            "start": context.monday(0),
            "takes": min(8, context.weeks),
            "hours": rounded(40.0 * context.staffed**0.5),
            "fixed_cost": context.money(25_000, context.larger**0.5),
        }

    def advice(self, key: str, context: Context) -> Iterator[str]:
        """Warn if nothing uses what it finds."""
        finished = context.programme[key].after
        users = [item for item in context.programme.values() if item.uses_findings]
        if not any(user.after > finished for user in users):
            yield (
                f"{key} is an audit that nothing uses: after it no communication is tailored and "
                "no training aims at a barrier"
            )

    def last_week(self, run_start: date, weeks: int) -> int:
        """Return the first week in which it no longer runs: the one after it is finished."""
        finished = self.first_week(run_start) + self.takes
        return min(finished, super().last_week(run_start, weeks))

    def describe(self) -> str:
        return f"audit of residents and staff, {self.takes} weeks, {self.hours:g} h a week"

    def expected_weekly_hours(self, addressed: float) -> float:
        """Return the hours of those who ask and are asked."""
        return self.hours if self.quality > 0.0 else 0.0

    def holds(self, week: int) -> Hold | None:
        """Return that the weeks before the last are alike."""
        last = self.takes - 1
        return Hold(until=last) if week < last else None

    def act(self, week: int, observed: Observed, levers: Levers) -> None:
        """Take hours while it takes; at the end, hand over what was found."""
        if week >= self.takes:
            return
        if self.quality > 0.0:
            shared_hours(levers, observed, self.target.staff(observed.segments), self.hours)
        if week == self.takes - 1:
            levers.audit = max(levers.audit, self.quality)
            np.maximum(levers.department_audit, self.quality, out=levers.department_audit)
        self.pay(week, levers)
