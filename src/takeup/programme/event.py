"""What has a place on the calendar of a run: interventions, which a council makes, and shocks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from takeup.programme.levers import Levers, Observed
from takeup.programme.limits import MOST_WEEKS
from takeup.programme.moment import Moment, week_of
from takeup.programme.plain import Problem, Table, table, week
from takeup.programme.target import Addressed, Target, without_meaning

INCONSISTENT = "inconsistent"
"""Type of the validation error of fields that do not go together."""


class Event(BaseModel):
    """Base of interventions and shocks: a kind, a calendar and a target.

    A subclass sets `kind`, adds its fields and says in `act` what it does to the levers in a week
    in which it runs.
    """

    AUDIENCE: ClassVar[Addressed] = "place"
    """What it addresses where the fields do not say (`audience`)."""

    ABOUT_SERVICES: ClassVar[bool] = False
    """Whether it tells residents of particular services (`target.services`)."""

    NEEDS_ONLINE: ClassVar[bool] = True
    """Whether it moves nothing where the services that it is about are not online."""

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
    target: Target = Field(Target(), description="whom it addresses; left out: everyone")

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
        addressed: Any = fields.get("audience", cls.AUDIENCE)
        if addressed in ("residents", "staff", cls.AUDIENCE):
            yield from without_meaning(fields.get("target"), addressed, cls.ABOUT_SERVICES)

    @classmethod
    def problems(cls, fields: Table, scenario: Table) -> Iterator[Problem]:
        """Yield what does not fit the rest of the scenario, with paths that begin at the event.

        Args:
            fields: as in a scenario file, with the defaults; values may be of any type.
            scenario: as plain data, likewise.
        """
        yield from ()

    @model_validator(mode="after")
    def _consistent(self) -> Event:
        problems = [f"{key} {text}" for key, text in self.inconsistencies(self.model_dump())]
        if problems:
            raise PydanticCustomError(INCONSISTENT, "{found}", {"found": "; ".join(problems)})
        return self

    @classmethod
    def audience_of(cls, fields: Mapping[str, Any]) -> str:
        """Return what is addressed by an event that has these fields, see `Addressed`."""
        return str(fields.get("audience", cls.AUDIENCE))

    @property
    def addressed(self) -> str:
        """What it addresses: residents, staff, services, departments or place."""
        return self.audience_of(self.__dict__)

    @property
    def about(self) -> tuple[str, ...]:
        """Ids of the services that it is about; empty: of all, if it is about services."""
        return self.target.services

    @property
    def reprices(self) -> bool:
        """Whether it changes what others cost in ways that nobody can tell before a run."""
        return False

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


def too_late(fields: Table, scenario: Table, key: str, needed: Any, done: str) -> Iterator[Problem]:
    """Yield a problem where the run or its own calendar ends before an event gets anywhere.

    Args:
        fields: the event, with its defaults.
        scenario: as plain data.
        key: the field that says how long it takes.
        needed: for how many weeks it must run.
        done: what it will not be.
    """
    run = table(scenario, "run")
    first, after = week(fields["start"], run.get("start")), week(fields["until"], run.get("start"))
    weeks = run.get("weeks")
    if first is None or type(needed) is not int or fields["enabled"] is False:
        return
    if type(weeks) is int and first < weeks < first + needed:
        yield Problem((key,), f"is so long that it is {done} {after_the_run(run)}")
    elif duration(fields) is None and after is not None and first < after < first + needed:
        # A date and a week, which only the run can compare; otherwise the kind itself objects.
        yield Problem(
            (key,),
            f"is so long that it is not {done} in the {after - first} weeks for which it runs",
        )


def after_the_run(run: Table) -> str:
    """Return words for what comes after the end of a run, and what to do about it."""
    weeks = run["weeks"]
    try:
        last = f" and ends on {run['start'] + timedelta(weeks=weeks, days=-1)}"
    except (KeyError, OverflowError, TypeError):
        last = ""
    return (
        f"after the end of the run, which has {weeks} weeks{last}; start it earlier, lengthen "
        "run.weeks, or set `enabled = false`"
    )
