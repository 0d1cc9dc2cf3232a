"""The fields of a card: what can be changed of an intervention, and within which limits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import floor, log10
from typing import Any, Literal, get_args, get_origin

from pydantic.fields import FieldInfo

from takeup.programme import Intervention
from takeup.programme.context import rounded
from takeup.programme.limits import MOST_A_WEEK
from takeup.programme.target import Target
from takeup.programme.words import MONEY, spelt
from takeup.scenario.schema.scenario import Scenario
from takeup.view.setting.councils import Council
from takeup.view.setting.setting import lasts

Choice = tuple[str, str]
"""A value that can be chosen, and what the page calls it."""


@dataclass(frozen=True)
class Field:
    """Something about an intervention that can be changed: `Setting.changed(card, **{name: …})`.

    Attributes:
        name: of the field; a part of the target is `target.age`.
        label: what the page calls it.
        help: a sentence about it.
        kind: number, integer, date (a Monday), choice (one), choices (any, none: no restriction)
            or switch.
        low: smallest value of a number, integer or date; None of others.
        high: largest value likewise; numbers without a limit have one that suits the place.
        step: between two values of a number, in days of a date.
        choices: what can be chosen.
        unit: what stands behind the value; the currency, if it is money.
        value: as it is: a number, a date, a text, a tuple of texts, or true or false.
        main: it is among the few that a card shows at once.
    """

    name: str
    label: str
    help: str
    kind: Literal["number", "integer", "date", "choice", "choices", "switch"]
    low: float | date | None
    high: float | date | None
    step: float
    choices: tuple[Choice, ...]
    unit: str
    value: Any
    main: bool


_HELP = {
    "start": "the Monday of the first week in which it runs",
    "weeks": "how many weeks it runs",
}
"""Where a file can say it in more ways than the page."""

_WIDE = 4.0
"""How many times what is ordinary a number without a limit can reach."""

_LONG = 104
"""Weeks that a number of weeks without a limit can reach."""

_SHOWN = 2
"""Parts of a target that a card shows at once: services and ages, or departments and roles."""

_STEPS = (5.0, 2.0, 1.0)


def fields(
    item: Intervention,
    own: Intervention,
    council: Council,
    scenario: Scenario,
    titles: Mapping[str, str],
) -> tuple[Field, ...]:
    """Return the fields of a card, the most telling first.

    Args:
        item: the intervention as it is.
        own: as the council has it, or as it started: its values are within the limits as well.
        council: where it is.
        scenario: of which it is a part, or would be.
        titles: of all cards, by id.
    """
    return tuple(_Fields(item, own, council, scenario, titles).all())


def _ordered(item: Intervention) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the fields of an intervention that mean something.

    `weeks` stands for `until` as well, and a part of the target is a field `target.age`.

    Returns:
        Those that a card shows at once, the most telling first: what it cannot be without, its
        dose, its calendar, audience and first target; and all others.
    """
    cls, audience = type(item), item.addressed
    apart = {"kind", "enabled", "until", "target", "start", "weeks", "fixed_cost", "weekly_cost"}
    own = [
        name
        for name in cls.model_fields
        if name not in apart and cls.name_of(name).audience in (None, audience)
    ]
    required = [name for name in own if cls.model_fields[name].is_required()]
    targets = [f"target.{key}" for key in cls.target_keys(audience)]
    telling = sorted(
        (n for n in own if cls.name_of(n).telling), key=lambda name: name == "audience"
    )
    first = [*required, cls.DOSE, "start", cls.LENGTH, *telling, *targets[:_SHOWN]]
    rest = [*targets, *own, "weeks", "fixed_cost", "weekly_cost"]
    return tuple(dict.fromkeys(first)), tuple(n for n in dict.fromkeys(rest) if n not in first)


@dataclass(frozen=True)
class _Fields:
    """Makes the fields of one card; attributes as the arguments of `fields`."""

    item: Intervention
    own: Intervention
    council: Council
    scenario: Scenario
    titles: Mapping[str, str]

    def all(self) -> Iterator[Field]:
        first, others = _ordered(self.item)
        for name in (*first, *others):
            main = name in first
            if name == "start":
                yield self._start()
            elif name == "weeks":
                yield self._weeks(main)
            elif name.startswith("target."):
                part = name.removeprefix("target.")
                info = Target.model_fields[part]
                yield self._choices(name, info, getattr(self.item.target, part), main)
            else:
                yield self._own(name, main)

    def _field(self, name: str, info: FieldInfo, value: Any, main: bool, **about: Any) -> Field:
        words = self.item.name_of(name)
        described = _HELP.get(name) or info.description or ""
        unset: dict[str, Any] = {"low": None, "high": None, "step": 0.0, "choices": ()}
        return Field(
            name=name,
            label=words.label,
            help=described[:1].upper() + described[1:],
            unit=self.scenario.place.currency if words.unit == MONEY else words.unit,
            value=value,
            main=main,
            **{**unset, **about},
        )

    def _start(self) -> Field:
        run, info = self.scenario.run, type(self.item).model_fields["start"]
        first = min(max(self.item.first_week(run.start), 0), run.weeks - 1)
        limits = {"low": run.start, "high": self.scenario.date_of(run.weeks - 1), "step": 7.0}
        value = self.scenario.date_of(first)
        return self._field("start", info, value, True, kind="date", **limits)

    def _weeks(self, main: bool) -> Field:
        info, value = type(self.item).model_fields["weeks"], lasts(self.item, self.scenario)
        limits = {"low": 1, "high": max(self.scenario.run.weeks, value), "step": 1.0}
        return self._field("weeks", info, value, main, kind="integer", **limits)

    def _own(self, name: str, main: bool) -> Field:
        info, value = type(self.item).model_fields[name], getattr(self.item, name)
        words = self.item.name_of(name)
        if words.names == "services" and get_origin(info.annotation) is not tuple:
            choices = tuple(
                (key, service.name)
                for key, service in self.scenario.services.items()
                if service.go_live is not None or key == value
            )
            return self._field(name, info, value, main, kind="choice", choices=choices)
        if get_origin(info.annotation) is Literal:
            choices = tuple((word, words.word(word)) for word in get_args(info.annotation))
            return self._field(name, info, value, main, kind="choice", choices=choices)
        if get_origin(info.annotation) is tuple:
            return self._choices(name, info, value, main)
        if info.annotation is bool:
            return self._field(name, info, value, main, kind="switch")
        return self._number(name, info, value, main)

    def _number(self, name: str, info: FieldInfo, value: float, main: bool) -> Field:
        kind = self.item.kind
        low = max(_bounds(info, "ge", "gt"), default=0.0)
        stated = (bound for bound in _bounds(info, "le", "lt") if bound < MOST_A_WEEK)
        limit = min(stated, default=None)  # what is to keep counters from overflowing is no guide
        start = self.council.starting.get(kind, self.own)
        marks = [float(getattr(item, name)) for item in (start, self.own, self.item)]
        if info.annotation is int:
            high = max(min(limit or _LONG, self.scenario.run.weeks), *marks)
            whole = {"low": int(low), "high": int(high), "step": 1.0}
            return self._field(name, info, value, main, kind="integer", **whole)
        if limit is None or self.item.name_of(name).wide:
            usual = self.item.ordinary(self.council.context)
            ordinary = marks[0] or usual.get(name, 1.0)
            wide = rounded(max(_WIDE * ordinary, *marks), up=True)
            high = wide if limit is None else min(wide, limit)
        else:
            high = limit
        limits = {"low": low, "high": high, "step": _step(high - low, [m - low for m in marks])}
        return self._field(name, info, value, main, kind="number", **limits)

    def _choices(self, name: str, info: FieldInfo, value: tuple[str, ...], main: bool) -> Field:
        choices = tuple(self._named(name, info))
        return self._field(name, info, value, main, kind="choices", choices=choices)

    def _named(self, name: str, info: FieldInfo) -> Sequence[Choice]:
        scenario = self.scenario
        if name == "target.services":
            return [(key, service.name) for key, service in scenario.services.items()]
        if name == "target.departments":
            return [(key, department.name) for key, department in scenario.departments.items()]
        if name == "target.wards":
            return [(ward.name, ward.name) for ward in scenario.place.wards]
        words = self.item.name_of(name)
        if words.names == "goals":
            return [(key, spelt(key)) for key in scenario.goals]
        if words.names == "interventions":
            others = scenario.programme.items()
            return [(key, self.titles[key]) for key, item in others if item.kind != self.item.kind]
        return [(word, words.word(word)) for word in get_args(get_args(info.annotation)[0])]


def _bounds(info: FieldInfo, *names: str) -> list[float]:
    """Return the limits of a number that its field states."""
    return [
        float(getattr(limit, name))
        for limit in info.metadata
        for name in names
        if hasattr(limit, name)
    ]


def _step(width: float, marks: Sequence[float]) -> float:
    """Return a step of 1, 2 or 5 times a power of ten: twenty or more to the width, on all marks.

    A slider moves a value that lies between two steps, and would change a setting by itself.
    """
    power = 10.0 ** floor(log10(width))
    steps = [round(s * power * 10.0**-p, 12) for p in range(1, 5) for s in _STEPS]
    fine = [step for step in steps if step <= width / 20.0 * (1 + 1e-9)]
    return next((s for s in fine if all(_on(mark, s) for mark in marks)), fine[-1])


def _on(mark: float, step: float) -> bool:
    return abs(mark / step - round(mark / step)) < 1e-6
