"""A setting: a council and what the player changed in its programme.

Plain text all through, so that settings are compared by value, kept in a link and sent to another
process. `changes` is JSON: by card what differs from the council's own intervention of that name,
or from the one to start from (`Council.own`). An entry that states a `kind` is a card of its own;
null stands for a card that was taken away, and for a field that is left out. Parts of a target are
fields of their own, `target.age`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from pydantic import ValidationError

from takeup.errors import InputError
from takeup.output import quoted
from takeup.programme import KINDS, Intervention
from takeup.programme.moment import week_of
from takeup.programme.plain import Problem
from takeup.programme.target import Target
from takeup.scenario.read.problems import dotted, translated
from takeup.scenario.schema.scenario import Scenario, inconsistencies
from takeup.view.setting.councils import Councils
from takeup.view.setting.links import packed, unpacked

Entry = dict[str, Any]
"""What is changed of one card: values by field, as JSON has them."""

CHANGED = " (changed)"
"""What the name of a scenario ends with when it is not as the council has it."""

_DAYS = ("start", "until")
_INSTEAD = {"weeks": "until", "until": "weeks"}
_LARGEST = 1e12
"""Largest number that a field can have."""

_MOST_CARDS, _MOST_FIELDS, _MOST_NAMES = 100, 40, 300
"""Most cards that are changed, fields of a card, and names in a field."""

_MOST_KEPT = 64
"""Scenarios of settings that are kept; a room has some twenty pages."""

MOST_PROBLEMS = 5
"""Problems of which a message tells."""


@dataclass(frozen=True)
class Setting:
    """A council and what is changed in its programme; equal by value.

    Attributes:
        council: key of the council.
        changes: canonical JSON, see above.
    """

    council: str
    changes: str = "{}"

    @property
    def entries(self) -> dict[str, Entry | None]:
        """What is changed, by card; None stands for a card that was taken away."""
        entries: dict[str, Entry | None] = json.loads(self.changes)
        return entries

    def changed(self, card: str, /, **fields: Any) -> Setting:
        """Return the setting with other values of a card's fields.

        Args:
            card: its key.
            **fields: values by field: numbers, texts, dates, lists of texts. `enabled` switches it
                on or off; a new length (`weeks`; None: to the end of the run) takes the place of
                an end (`until`), and a new start keeps the length. A part of the target is a field
                `target.age` (an empty list: no restriction); `target` gives it as a whole.

        Raises:
            InputError: a value is of no kind that a setting can have, or the card would be of
                another kind.
        """
        if "kind" in fields:
            raise InputError("the kind of a card cannot be changed; add another card instead")
        entry = dict(self.entries.get(card) or {})
        for field, value in flat(fields).items():
            entry.pop(_INSTEAD.get(field, ""), None)
            entry[field] = value
        return self._with(card, entry)

    def added(self, card: str, kind: str, fields: Mapping[str, Any]) -> Setting:
        """Return the setting with a new card, or another in the place of one.

        Args:
            card: its key.
            kind: its kind.
            fields: values by field that differ from the kind's own defaults.
        """
        return self._with(card, {"kind": kind, **flat(fields)})

    def removed(self, card: str) -> Setting:
        """Return the setting without a card."""
        return self._with(card, None)

    def _with(self, card: str, entry: Entry | None) -> Setting:
        return Setting(self.council, canonical({**self.entries, card: entry}))

    def tidy(self, councils: Councils) -> Setting:
        """Return the setting without what is as the council has it anyway.

        Raises:
            InputError: there is no such council.
        """
        council = councils[self.council]
        kept: dict[str, Entry | None] = {}
        for card, entry in self.entries.items():
            own = council.own.get(card)
            if entry is None:
                if card in council.scenario.programme:
                    kept[card] = None
            elif "kind" in entry or own is None:
                kept[card] = entry
            elif differing := _differing(entry, own, council.scenario):
                kept[card] = differing
        return Setting(self.council, canonical(kept))

    def scenario(self, councils: Councils) -> Scenario:
        """Return the scenario that the setting stands for.

        The council's own if nothing differs from it; else named as changed. A card to start from is
        part of it as soon as anything of it is changed.

        Raises:
            InputError: naming the card and the field of everything that is wrong.
        """
        return _scenario(self, councils)

    def _scenario(self, councils: Councils) -> Scenario:
        council = councils[self.council]
        entries = self.tidy(councils).entries
        if len(entries) > _MOST_CARDS:
            raise InputError(f"there can be at most {_MOST_CARDS} changed cards")
        programme: dict[str, Any] = dict(council.plain["programme"])
        for card, entry in entries.items():
            own = council.own.get(card)
            if entry is None:
                del programme[card]
            elif own is None and "kind" not in entry:
                raise InputError(f"{council.name} has no card {quoted(card)}")
            else:
                programme[card] = _fields(entry, own, council.scenario)
        if programme == council.plain["programme"]:
            return council.scenario
        name = council.scenario.name + CHANGED
        plain = {**council.plain, "name": name, "programme": programme}
        try:
            return Scenario.model_validate(plain)
        except ValidationError as error:
            problems = translated(error.errors(include_url=False), plain)
            problems += inconsistencies(plain)
        raise InputError(shortened([_worded(problem, plain) for problem in problems]))

    def link(self, councils: Councils) -> str:
        """Return the setting as a short text of letters, digits, hyphens and underscores.

        Raises:
            InputError: there is no such council, or there are more changes than a link can hold.
        """
        council = councils[self.council]
        try:
            return packed(_json([council.key, council.fingerprint, self.entries]))
        except ValueError:
            raise InputError(
                "This setting has too many changes for a link. Download it as a file instead."
            ) from None

    @staticmethod
    def from_link(text: str, councils: Councils) -> Setting:
        """Return the setting of a link.

        Args:
            text: as `link` returns it.
            councils: what the server offers.

        Raises:
            InputError: in words for the page: the link is damaged, its council is not there or has
                changed, or a value cannot be.
        """
        try:
            key, fingerprint, entries = json.loads(unpacked(text), parse_constant=_no_number)
            changes = canonical(_checked(entries))
            changes.encode()  # half a character cannot be
        except (ValueError, TypeError, RecursionError):
            raise InputError(
                "This link is damaged: part of it is missing or was changed on the way. Ask for it "
                "again, or begin anew."
            ) from None
        if key not in councils.keys:
            raise InputError(
                f"This link is about a council that is not offered here, {quoted(str(key))}."
            )
        council = councils[key]
        if fingerprint != council.fingerprint:
            raise InputError(
                f"{council.name} has changed since this link was made, so that the link no longer "
                "says what it said. Begin anew from the council as it is now."
            )
        setting = Setting(key, changes)
        setting.scenario(councils)
        return setting


@lru_cache(_MOST_KEPT)
def _scenario(setting: Setting, councils: Councils) -> Scenario:
    """Return the scenario of a setting; a page asks for it several times as it is drawn."""
    return setting._scenario(councils)


# ---------------------------------------------------------------- plain values


def shortened(problems: Sequence[str]) -> list[str]:
    """Return the first problems, and how many more there are."""
    more = len(problems) - MOST_PROBLEMS
    return [*problems[:MOST_PROBLEMS], *([f"… and {more} more"] if more > 0 else [])]


def flat(fields: Mapping[str, Any]) -> Entry:
    """Return fields with the parts of a target as fields of their own, as JSON has them."""
    flat: Entry = {}
    for field, value in fields.items():
        if field == "target" and isinstance(value, Mapping):
            parts = {**dict.fromkeys(Target.model_fields, ()), **value}
            flat |= {f"target.{key}": _plain(names) for key, names in parts.items()}
        else:
            flat[field] = _plain(value)
    return flat


def _plain(value: Any) -> Any:
    """Return a value as JSON has it: whole numbers without a point, days as texts."""
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int | float) and abs(value) <= _LARGEST:  # not so of NaN
        return int(value) if value == int(value) else float(value)
    if isinstance(value, list | tuple) and len(value) <= _MOST_NAMES:
        return [_plain(item) for item in value]
    raise InputError(f"{str(value)[:40]!r} is not a value that a setting can have")


def _checked(entries: Any) -> dict[str, Entry | None]:
    """Return entries that come from elsewhere; InputError or ValueError if they are none."""
    if not isinstance(entries, dict):
        raise ValueError
    for entry in entries.values():
        if entry is None:
            continue
        if not isinstance(entry, dict) or len(entry) > _MOST_FIELDS:
            raise ValueError
    return {card: entry and flat(entry) for card, entry in entries.items()}


def canonical(entries: Mapping[str, Entry | None]) -> str:
    """Return the text of changes, the same for equal ones."""
    kept = {card: entry for card, entry in entries.items() if entry is None or entry}
    return _json(kept)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, sort_keys=True,
                      separators=(",", ":"))  # fmt: skip


def _no_number(text: str) -> float:
    raise ValueError(text)


# ---------------------------------------------------------------- cards


def lasts(item: Intervention, scenario: Scenario) -> int:
    """Return for how many weeks an intervention is planned; to the end of the run if it is open."""
    first = item.first_week(scenario.run.start)
    if item.until is not None:
        return week_of(item.until, scenario.run.start) - first
    return item.weeks if item.weeks is not None else max(1, scenario.run.weeks - first)


def _differing(entry: Entry, own: Intervention, scenario: Scenario) -> Entry:
    """Return the fields of an entry that differ from the council's own."""
    plain = flat(own.model_dump())
    start = entry.get("start")
    moves = "start" in entry and _moment(start) != _moment(plain["start"])
    if moves and isinstance(moment := _moment(start), date | int):
        moves = week_of(moment, scenario.run.start) != own.first_week(scenario.run.start)
    differing = {}
    for field, value in entry.items():
        if field == "start":
            differs = moves
        elif field == "weeks" and isinstance(value, int) and not moves:
            differs = value != lasts(own, scenario)
        elif field == "weeks" and value is None:
            differs = plain["weeks"] is not None or plain["until"] is not None
        elif field == "until" and moves:
            differs = True  # or its length would be kept
        else:
            differs = field not in plain or value != plain[field]
        if differs:
            differing[field] = value
    return differing


def _fields(entry: Entry, own: Intervention | None, scenario: Scenario) -> dict[str, Any]:
    """Return the fields of a card, to be validated: the council's own with an entry on top."""
    fields: dict[str, Any] = {}
    if own is not None and "kind" not in entry:
        fields = own.model_dump()
        if "start" in entry and own.until is not None:
            fields |= {"weeks": lasts(own, scenario), "until": None}
    target = dict(fields.get("target", {}))
    for field, value in entry.items():
        part = field.removeprefix("target.")
        if part != field:
            target[part] = tuple(value) if isinstance(value, list) else value
            continue
        if value is None:
            fields.pop(field, None)
            if field == "weeks" and "until" not in entry:  # to the end of the run
                fields.pop("until", None)
            continue
        if field in _INSTEAD:
            fields.pop(_INSTEAD[field], None)
        fields[field] = _moment(value) if field in _DAYS else _tuple(value)
    cls = KINDS.get(str(fields.get("kind")))
    if cls is not None:
        known = cls.target_keys(cls.audience_of(fields))
        foreign = [key for key in target if key in Target.model_fields and key not in known]
        for key in foreign:  # another audience has other parts
            del target[key]
    return {**fields, "target": target}


def _tuple(value: Any) -> Any:
    return tuple(map(_tuple, value)) if isinstance(value, list) else value


def _moment(value: Any) -> Any:
    """Return the day that a text names, and anything else as it is."""
    try:
        return date.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        return value


def _worded(problem: Problem, plain: Mapping[str, Any]) -> str:
    """Return what is wrong in words for the page, with the names that cards and fields have."""
    part, *rest = problem.path or ("",)
    if part != "programme" or not rest:
        return f"{dotted(problem.path, plain)}: {problem.text}"
    card = str(rest[0])
    fields = plain["programme"][card]
    cls = KINDS.get(str(fields.get("kind", "")))
    title = cls.words_for(str(fields.get("audience", ""))).title if cls else "Card"
    field = ".".join(word for word in rest[1:] if isinstance(word, str))
    label = f", {(cls or Intervention).name_of(field).label}" if field else ""
    return f"{title} ({quoted(card)[1:-1]}){label}: {problem.text}"
