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

from takeup.programme.event import MOST_A_WEEK, duration
from takeup.programme.intervention import Intervention
from takeup.programme.levers import Levers, Observed
from takeup.programme.staffing import shared_hours
from takeup.programme.target import Addressed

_TAKES = 8


class Audit(Intervention):
    """A study of the place: it takes weeks and is finished once."""

    AUDIENCE: ClassVar[Addressed] = "place"
    DOSE: ClassVar[str] = "quality"
    MEMORYLESS: ClassVar[bool] = False  # it is finished in one week, counted from its start

    kind: Literal["audit"] = "audit"
    quality: float = Field(
        0.8, ge=0, le=1, description="how much of what could be known the findings tell"
    )
    takes: int = Field(_TAKES, ge=1, le=52, description="weeks until the findings are there")
    hours: float = Field(
        40.0,
        ge=0,
        le=MOST_A_WEEK,
        description="working hours of staff a week in the whole place while it takes",
    )

    @classmethod
    def inconsistencies(cls, fields: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        """Yield fields that do not go together: see `Event.inconsistencies`."""
        yield from super().inconsistencies(fields)
        takes, weeks = fields.get("takes", _TAKES), duration(fields)
        if type(takes) is int and weeks is not None and weeks < takes:
            yield (
                "takes",
                f"must be at most the weeks for which it runs ({weeks}), not {takes}, or it is "
                "never finished",
            )

    def last_week(self, run_start: date, weeks: int) -> int:
        """Return the first week in which it no longer runs: the one after it is finished."""
        finished = self.first_week(run_start) + self.takes
        return min(finished, super().last_week(run_start, weeks))

    def describe(self) -> str:
        """Return what it does in a few plain words."""
        return f"audit of residents and staff, {self.takes} weeks, {self.hours:g} h a week"

    def expected_weekly_hours(self, addressed: float) -> float:
        """Return the hours of those who ask and are asked."""
        return self.hours if self.quality > 0.0 else 0.0

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
