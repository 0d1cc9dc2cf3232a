"""What people read of an intervention who are new to simulations: on its card and its fields."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from takeup.programme.target import Audience

Group = Literal["Lead", "Staff", "Residents", "Services", "Check"]
"""Under which heading a card stands."""

GROUPS: tuple[Group, ...] = ("Lead", "Staff", "Residents", "Services", "Check")


@dataclass(frozen=True)
class Words:
    """What a card says of an intervention.

    Attributes:
        title: a few words.
        what: what it does and to whom, in a line.
        group: heading under which it stands.
    """

    title: str
    what: str
    group: Group


MONEY = "money"
"""Unit of a field in the place's currency."""


@dataclass(frozen=True)
class Name:
    """What a field is called, and how a card shows it.

    Attributes:
        label: a few words.
        unit: what its value counts, beside the value; empty if it counts nothing.
        choices: words for what can be chosen, where the choice does not speak for itself.
        names: what its values are the ids of: services that are to go online, goals, or the
            interventions of other kinds; empty if they are no ids.
        audience: for whom it means something; None: for all.
        telling: whether a card shows it at once, beside the dose and the calendar.
        wide: whether its limit lies far beyond what anyone would do, and is no guide.
    """

    label: str
    unit: str = ""
    choices: Mapping[str, str] = field(default_factory=dict)
    names: Literal["", "services", "goals", "interventions"] = ""
    audience: Audience | None = None
    telling: bool = False
    wide: bool = False

    def word(self, choice: str) -> str:
        """Return what one of the choices is called."""
        return self.choices.get(choice) or spelt(choice)


COMMON: Mapping[str, Name] = {
    "intensity": Name("How much of it", "1 = ordinary"),
    "start": Name("Starts in the week of"),
    "weeks": Name("Lasts", "weeks"),
    "fixed_cost": Name("Paid once", MONEY),
    "weekly_cost": Name("Paid every week", MONEY),
    "audience": Name("For whom", telling=True),
    "target.age": Name("Only ages"),
    "target.income": Name(
        "Only incomes",
        choices={"low": "Low income", "middle": "Middle income", "high": "High income"},
    ),
    "target.access": Name(
        "Only with or without internet",
        choices={"without": "Without internet", "with": "With internet"},
    ),
    "target.support": Name(
        "Only with or without a support need",
        choices={"none": "No support need", "needs-support": "Support need"},
    ),
    "target.wards": Name("Only wards"),
    "target.services": Name("Only services"),
    "target.departments": Name("Only departments"),
    "target.roles": Name("Only roles"),
}
"""Fields that interventions share, and parts of their targets."""


def spelt(word: str) -> str:
    """Return an id, or a choice that speaks for itself, as people write it; not so of ages."""
    return word if word[:1].isdigit() else word[:1].upper() + word[1:].replace("-", " ")


def few_digits(amount: float) -> str:
    """Return an amount as one writes it, with few digits."""
    return f"{amount:,.0f}" if amount >= 100 else f"{amount:.3g}"
