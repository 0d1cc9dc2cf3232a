"""What every intervention has: a calendar, a target, a cost, and an action on the levers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from takeup.programme.levers import Levers, Observed
from takeup.programme.segments import (
    ACCESSES,
    AGES,
    INCOMES,
    ROLES,
    SUPPORTS,
    BoolArray,
    Segments,
)

Age = Literal["16-24", "25-34", "35-44", "45-54", "55-64", "65-74", "75+"]
Income = Literal["low", "middle", "high"]
Access = Literal["without", "with"]
Support = Literal["none", "needs-support"]
Role = Literal["frontline", "back-office", "manager"]
Week = Annotated[int, Field(ge=0)]
Moment = Annotated[date | Week, Field(description="a date (2026-03-02) or a week of the run (8)")]
Audience = Literal["residents", "staff"]

INCONSISTENT = "inconsistent"
"""Type of the validation error of fields that do not go together."""

_RESIDENT_KEYS = ("age", "income", "access", "support", "wards")
_STAFF_KEYS = ("departments", "roles")


class Target(BaseModel):
    """Whom an intervention addresses; what is left out is not restricted."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    age: tuple[Age, ...] = Field((), description="age bands of residents")
    income: tuple[Income, ...] = Field((), description="income tiers of residents")
    access: tuple[Access, ...] = Field((), description="residents with or without internet access")
    support: tuple[Support, ...] = Field((), description="residents with or without support needs")
    wards: tuple[str, ...] = Field((), description="wards of residents")
    services: tuple[str, ...] = Field((), description="services that it is about")
    departments: tuple[str, ...] = Field((), description="departments of staff")
    roles: tuple[Role, ...] = Field((), description="roles of staff")

    def residents(self, segments: Segments) -> BoolArray:
        """Return which (profile, ward) it addresses, shape (PROFILES, wards)."""
        chosen = np.ones(len(segments.profiles["age"]), dtype=bool)
        for dimension, labels, names in (
            ("age", AGES, self.age),
            ("income", INCOMES, self.income),
            ("access", ACCESSES, self.access),
            ("support", SUPPORTS, self.support),
        ):
            if names:
                codes = [labels.index(name) for name in names]
                chosen &= np.isin(segments.profiles[dimension], codes)
        return chosen[:, None] & _member(segments.wards, self.wards)[None, :]

    def services_mask(self, segments: Segments) -> BoolArray:
        """Return which services it is about, shape (services,)."""
        return _member(segments.services, self.services)

    def staff(self, segments: Segments) -> BoolArray:
        """Return which (department, role) it addresses, shape (departments, roles)."""
        departments = _member(segments.departments, self.departments)
        return departments[:, None] & _member(ROLES, self.roles)[None, :]


def _member(labels: tuple[str, ...], names: tuple[str, ...]) -> BoolArray:
    return np.array([not names or label in names for label in labels], dtype=bool)


class Intervention(BaseModel):
    """Base of all interventions: a calendar, a target and a cost.

    A subclass sets `kind`, adds its fields and says in `act` what it does to the levers in a week
    in which it runs.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    AUDIENCE: ClassVar[Audience] = "staff"
    """Whom it addresses where the fields do not say (`audience`)."""

    ABOUT_SERVICES: ClassVar[bool] = False
    """Whether it tells residents of particular services (`target.services`)."""

    kind: str
    enabled: bool = Field(True, description="false switches it off, as if it were not there")
    start: Moment = Field(0, description="first week: a date or a week of the run")
    weeks: int | None = Field(
        None, ge=1, description="how many weeks it runs; left out: to the end of the run"
    )
    until: Moment | None = Field(
        None, description="first week without it, instead of `weeks`: a date or a week"
    )
    target: Target = Field(Target(), description="whom it addresses; left out: everyone")
    fixed_cost: float = Field(0.0, ge=0, description="paid once, in the first week")
    weekly_cost: float = Field(0.0, ge=0, description="paid in every week it runs")

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
        audience = fields.get("audience", cls.AUDIENCE)
        target = fields.get("target")
        for key, names in target.items() if isinstance(target, Mapping) else ():
            idle = {
                "residents": key in _STAFF_KEYS or (key == "services" and not cls.ABOUT_SERVICES),
                "staff": key in _RESIDENT_KEYS or key == "services",
            }
            if names and isinstance(audience, str) and idle.get(audience, False):
                known = [*_RESIDENT_KEYS, *["services"] * cls.ABOUT_SERVICES]
                right = ", ".join(known if audience == "residents" else _STAFF_KEYS)
                yield (
                    f"target.{key}",
                    f"does not apply, because this addresses {audience}; what can be given "
                    f"here: {right}",
                )

    @model_validator(mode="after")
    def _consistent(self) -> Intervention:
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

    def expected_weekly_cost(self, addressed: float) -> float:
        """Return the price of a week, at most, without staff hours.

        Args:
            addressed: people in the target: residents, or members of staff.
        """
        return self.weekly_cost

    def expected_weekly_hours(self, addressed: float) -> float:
        """Return the working hours of staff that a week takes, at most.

        Args:
            addressed: people in the target: residents, or members of staff.
        """
        return 0.0

    def act(self, week: int, observed: Observed, levers: Levers) -> None:
        """Move the levers for one week.

        Args:
            week: weeks since the intervention started, 0 in its first.
            observed: what the council can see.
            levers: what it can move; contributions are added to what others do.
        """
        raise NotImplementedError

    def pay(self, week: int, levers: Levers) -> None:
        """Pay the fixed and the weekly cost."""
        levers.spend(self.weekly_cost + (self.fixed_cost if week == 0 else 0.0))


def week_of(moment: date | int, run_start: date) -> int:
    """Return the week of the run (0 at its start) of a date or a week."""
    if isinstance(moment, int):
        return moment
    return (moment - run_start).days // 7
