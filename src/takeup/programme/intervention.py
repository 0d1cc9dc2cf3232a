"""What every intervention has: a calendar, a dose, a target, a cost and an action on levers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import expm1, isfinite
from typing import Any, ClassVar, NamedTuple, Self

from pydantic import Field

from takeup.programme.context import Context
from takeup.programme.event import Event
from takeup.programme.hold import Hold
from takeup.programme.levers import Levers, Observed
from takeup.programme.limits import Money
from takeup.programme.segments import BoolArray
from takeup.programme.staffing import staffing
from takeup.programme.target import KEYS, Addressed
from takeup.programme.words import COMMON, Name, Words, few_digits

_TEAM = 20
"""People so few that they may all take part every week."""


class Size(NamedTuple):
    """What the dose of an intervention is held against.

    Attributes:
        people: whom it addresses: residents, or members of staff.
        members: members of staff whose hours it takes.
        available: hours a week that those work.
        weeks: for which it runs, within the run.
    """

    people: float
    members: float
    available: float
    weeks: int


class Intervention(Event):
    """Base of all interventions: a calendar, a dose, a target and a cost.

    A subclass sets `kind`, adds its fields and says in `act` what it does to the levers in a week
    in which it runs. All that is known of a kind besides, it says itself: `WORDS` and `NAMES` on
    its card, what it starts from there (`starting`), what must fit and what may be in vain
    (`inconsistencies`, `problems`, `advice`, `doubts`), and who pays for it.
    """

    AUDIENCE: ClassVar[Addressed] = "staff"

    DOSE: ClassVar[str] = "intensity"
    """The field that says how much of it there is: what reviews and budget cuts change."""

    LENGTH: ClassVar[str] = "weeks"
    """The field that says how long it takes: not `weeks` where it is finished by itself."""

    MEMORYLESS: ClassVar[bool] = True
    """Whether what it does in a week depends on that week only: two halves back to back are one."""

    FINDS: ClassVar[bool] = False
    """Whether it tells, when it is over, where the place stands: others build on it."""

    SETS_DOSES: ClassVar[bool] = False
    """Whether it acts before all others, since it sets their doses."""

    OF_MANAGERS: ClassVar[bool] = False
    """Whether the hours that it takes are those of managers, whomever it addresses."""

    SEATS: ClassVar[str] = ""
    """The field that says how many people take part in a week, if it has one."""

    HOURS: ClassVar[str] = "hours"
    """The field of its working hours, where they are of a week in the whole place."""

    PRICES: ClassVar[Mapping[str, float]] = {}
    """Fields of prices for one person, each with the most that it may well be: hours of staff."""

    FEES: ClassVar[tuple[str, ...]] = ("weekly_cost",)
    """Fields of what is paid every week."""

    WORDS: ClassVar[Words | Mapping[str, Words] | None] = None
    """What its card says, by audience where that is a choice; left out: the kind and its class's
    docstring."""

    NAMES: ClassVar[Mapping[str, Name]] = {}
    """What its fields are called; one that is left out speaks for itself."""

    fixed_cost: Money = Field(0.0, description="paid once, in the first week")
    weekly_cost: Money = Field(0.0, description="paid in every week it runs")

    # ---------------------------------------------------------------- what a page shows of it

    @classmethod
    def words_for(cls, audience: str) -> Words:
        """Return what a card of this kind says, for an audience if that is a choice."""
        if isinstance(cls.WORDS, Words):
            return cls.WORDS
        words = cls.WORDS or {}
        plain = str(cls.model_fields["kind"].default).replace("_", " ").capitalize()
        what = (cls.__doc__ or f"{plain}.").splitlines()[0]
        return words.get(audience) or words.get("staff") or Words(plain, what, "Services")

    @property
    def words(self) -> Words:
        """What a card says of it."""
        return self.words_for(self.addressed)

    @classmethod
    def name_of(cls, field: str) -> Name:
        """Return what a field is called, or a part of the target such as `target.age`."""
        known = cls.NAMES.get(field) or COMMON.get(field)
        return known or Name(field.rpartition(".")[2].replace("_", " ").capitalize())

    @classmethod
    def target_keys(cls, addressed: str) -> tuple[str, ...]:
        """Return the keys of a target that mean something, by what it addresses."""
        also = ("services",) if cls.ABOUT_SERVICES and addressed == "residents" else ()
        return (*also, *next((keys for whom, keys in KEYS.items() if whom == addressed), ()))

    @classmethod
    def starting(cls, context: Context) -> dict[str, Any] | None:
        """Return fields to start from in a place; None if it has no use for it.

        What is left out has its default. Doses and prices are scaled to the place.
        """
        return {"start": context.monday(8)}

    @classmethod
    def ordinary(cls, context: Context) -> dict[str, float]:
        """Return what is ordinary in the place, by field, for numbers that start at 0."""
        one_off = context.money(25_000, context.larger**0.5)
        return {"fixed_cost": one_off, "weekly_cost": context.money(1_000, context.larger**0.5)}

    # ---------------------------------------------------------------- what it is among others

    @property
    def brings_forward(self) -> bool:
        """Whether it makes services go online sooner than planned."""
        return False

    def hurries(self, service: str, planned: float) -> bool:
        """Return whether it may make a service go online sooner.

        Args:
            service: its id.
            planned: week in which it is to go online; infinite if it never is.
        """
        mine = not self.about or service in self.about
        return self.brings_forward and mine and isfinite(planned)

    @property
    def uses_findings(self) -> bool:
        """Whether what it does depends on what was found."""
        return False

    def advice(self, key: str, context: Context) -> Iterator[str]:
        """Yield a sentence for everything of it that may not do what its author expects.

        Args:
            key: its id.
            context: the scenario that it is part of.
        """
        yield from ()

    def doubts(self, size: Size) -> Iterator[tuple[str, str]]:
        """Yield fields that are improbable, and what was probably meant: seats, or hours."""
        if self.SEATS:
            yield from self._doubted_seats(size)
            return
        hours = self.expected_weekly_hours(size.members)
        if hours > size.available / 4:
            yield (
                self.HOURS,
                f"takes {hours:,.0f} hours a week of the {size.available:,.0f} that those "
                "addressed work; are they of a year, or of all staff?",
            )

    def _doubted_seats(self, size: Size) -> Iterator[tuple[str, str]]:
        """Seats, sessions and places are of a week, and not of all weeks."""
        number, people, weeks = float(getattr(self, self.SEATS)), size.people, size.weeks
        if not number or people <= 0.0:
            return
        at_once = number > people + _TEAM
        often = number > 0.15 * people and number * weeks > 1.5 * people and people > _TEAM
        if at_once or often:
            whom = "residents" if self.addressed == "residents" else "staff"
            once = few_digits(people / weeks)
            yield (
                self.SEATS,
                f"{number:,.6g} {self.SEATS} a week are {number * weeks:,.6g} in its {weeks} "
                f"weeks, for {people:,.0f} {whom}; for one each write about {once}",
            )

    # ---------------------------------------------------------------- the week

    def holds(self, week: int) -> Hold | None:
        """Return for how long what it does in this week stands; None: it is asked every week.

        Asked are interventions as they are paid for: another dose ends every hold. In its first
        week, in which it pays its fixed cost, nothing holds yet.

        Args:
            week: weeks since it started, at least 1.
        """
        return None

    # ---------------------------------------------------------------- dose and cost

    @property
    def dose(self) -> float:
        """How much of it there is: the value of the field that `DOSE` names."""
        return float(getattr(self, self.DOSE))

    def at(self, factor: float) -> Self:
        """Return it with its dose and its weekly cost multiplied, within the limits of the dose."""
        if factor == 1.0:
            return self
        dose = self.dose * factor
        for limit in type(self).model_fields[self.DOSE].metadata:
            dose = min(dose, getattr(limit, "le", dose))
        return self.model_copy(update={self.DOSE: dose, "weekly_cost": self.weekly_cost * factor})

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

    def pay(self, week: int, levers: Levers) -> None:
        """Pay the fixed and the weekly cost."""
        levers.spend(self.weekly_cost + (self.fixed_cost if week == 0 else 0.0))

    def burden(self, observed: Observed, levers: Levers, asked: float) -> None:
        """Add to the changes that the staff of the target must take in at the same time.

        Args:
            observed: what the council can see.
            levers: what is moved.
            asked: see `burden`.
        """
        burden(observed, levers, self.target.staff(observed.segments), asked)


def burden(observed: Observed, levers: Levers, where: BoolArray, asked: float) -> None:
    """Add to the changes that staff must take in at the same time.

    A department counts a change by the share of its staff that is addressed and by how much it asks
    of them: 1 − exp(−2 · asked), so that an ordinary one counts 0.86, a small one little, and none
    more than 1. What helps staff to take in changes (leaders, help on the job, reviews, a change
    team) asks nothing.

    Args:
        observed: what the council can see.
        levers: what is moved.
        where: which staff, (departments, roles).
        asked: how much it asks, in ordinary programmes of its kind.
    """
    levers.department_load += staffing(observed, where).share * -expm1(-2.0 * asked)
