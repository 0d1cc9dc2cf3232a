"""What has a place on the calendar of a run: interventions, which a council makes, and shocks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from takeup.programme.levers import Levers, Observed

MOST_WEEKS = 5_200
"""Weeks, a hundred years: no run is as long, and a date so far on still exists."""

MOST_MONEY = 100_000_000_000_000
"""The most that one thing can cost at once or in a week: a hundred trillion, in any currency."""

MOST_PRICE = 100_000_000
"""The highest price of an hour, a contact, a seat or a session: a hundred million, in any
currency (an hour costs about 100,000 where the units are smallest)."""

MOST_A_WEEK = 1_000_000
"""The most seats, sessions, places or working hours that a week can have."""

Week = Annotated[int, Field(ge=0, le=MOST_WEEKS)]
Moment = Annotated[date | Week, Field(description="a date (2026-03-02) or a week of the run (8)")]

INCONSISTENT = "inconsistent"
"""Type of the validation error of fields that do not go together."""


class Event(BaseModel):
    """Base of interventions and shocks: a kind and a calendar.

    A subclass sets `kind`, adds its fields and says in `act` what it does to the levers in a week
    in which it runs.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    kind: str
    enabled: bool = Field(True, description="false switches it off, as if it were not there")
    start: Moment = Field(0, description="first week: a date or a week of the run")
    weeks: int | None = Field(
        None,
        ge=1,
        le=MOST_WEEKS,
        description="how many weeks it runs; left out: to the end of the run",
    )
    until: Moment | None = Field(
        None, description="first week without it, instead of `weeks`: a date or a week"
    )

    @classmethod
    def inconsistencies(cls, fields: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        """Yield fields that do not go together, as (dotted key, what is wrong and what is right).

        Args:
            fields: as in a scenario file; a value that is not of its type is passed over, since
                the check of types reports it.
        """
        start: Any = fields.get("start", 0)
        until: Any = fields.get("until")
        if until is not None and fields.get("weeks") is not None:
            yield "until", "cannot be given together with `weeks`; keep one of the two"
        if type(start) is type(until) and type(start) in (date, int) and until <= start:
            yield "until", f"must come after the start ({start}), not {until}"

    @model_validator(mode="after")
    def _consistent(self) -> Event:
        problems = [f"{key} {text}" for key, text in self.inconsistencies(self.model_dump())]
        if problems:
            raise PydanticCustomError(INCONSISTENT, "{found}", {"found": "; ".join(problems)})
        return self

    def first_week(self, run_start: date) -> int:
        """Return the week of the run in which it starts."""
        return week_of(self.start, run_start)

    def last_week(self, run_start: date, weeks: int) -> int:
        """Return the first week of the run in which it no longer runs, at most `weeks`."""
        if self.until is not None:
            return min(weeks, week_of(self.until, run_start))
        if self.weeks is None:
            return weeks
        return min(weeks, self.first_week(run_start) + self.weeks)

    def describe(self) -> str:
        """Return what it does in a few plain words, for `takeup check`."""
        return self.kind

    def act(self, week: int, observed: Observed, levers: Levers) -> None:
        """Move the levers for one week.

        Args:
            week: weeks since it started, 0 in its first.
            observed: what the council can see.
            levers: what it can move; contributions are added to what others do.
        """
        raise NotImplementedError


def week_of(moment: date | int, run_start: date) -> int:
    """Return the week of the run (0 at its start) of a date or a week."""
    if isinstance(moment, int):
        return moment
    return (moment - run_start).days // 7


def duration(fields: Mapping[str, Any]) -> int | None:
    """Return for how many weeks an event runs by its own fields, or None if they do not say.

    Args:
        fields: as in a scenario file; a value that is not of its type says nothing.
    """
    weeks, until, start = fields.get("weeks"), fields.get("until"), fields.get("start", 0)
    if type(weeks) is int:
        return weeks
    if type(start) is int and type(until) is int:
        return until - start
    if type(start) is date and type(until) is date:
        return (until - start).days // 7
    return None
