"""A scenario file that a player brings back: which setting it stands for.

It comes from anyone, so it is bounded before it is read, and no file that it names is opened.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from takeup.errors import InputError
from takeup.output import quoted
from takeup.output import shortened as shorter
from takeup.programme import Intervention
from takeup.programme.plain import table
from takeup.scenario.read.files import decoded
from takeup.scenario.read.load import NAMED, Source, parsed_layer
from takeup.scenario.schema.scenario import Scenario
from takeup.view.server.bounds import UPLOAD_BYTES
from takeup.view.setting.councils import Council, Councils
from takeup.view.setting.setting import (
    CHANGED,
    Entry,
    Setting,
    canonical,
    flat,
    shortened,
)

_MOST_ENTRIES = 300
"""Entries of a table or list: a place has at most 255 wards."""


def from_upload(name: str, data: bytes, councils: Councils) -> Setting:
    """Return the setting of a scenario file that was exported earlier.

    Any file will do that states one of the councils completely, with whatever programme. No file
    that it names is opened.

    Args:
        name: what the file is called, for messages.
        data: its bytes.
        councils: what the server offers.

    Raises:
        InputError: in words for the page.
    """
    called = quoted(shorter(name))
    if len(data) > UPLOAD_BYTES.most:
        raise InputError(f"{called}: {UPLOAD_BYTES.says}")
    try:
        text = decoded(data, "a scenario")
    except ValueError as error:
        raise InputError(
            f"{called} {error}. Choose a file with the ending .toml that was exported from here."
        ) from None
    layer = parsed_layer(called, text)
    if _widest(layer.data) > _MOST_ENTRIES:
        raise InputError(
            f"{called} has a table or list with too many entries to be looked at here."
        )
    if "extends" in layer.data:
        raise InputError(
            f"{called} builds on another file (extends), which cannot be uploaded with it. Choose "
            "one that was exported from here: those are complete."
        )
    for name, key in NAMED:
        file = table(layer.data, name).get(key)
        known = [getattr(getattr(c.scenario, name), key) for c in councils]
        if file is not None and file not in known:
            raise InputError(
                f"{called} names a file of its own ({name}.{key}), and no other file is opened "
                "here. Start the server with this scenario to play with it."
            )
    try:
        uploaded = Source.of([layer]).scenario({}, called)
    except InputError as error:
        raise InputError(shortened(error.problems)) from None
    return _setting_of(uploaded, called, councils)


def _widest(data: Any) -> int:
    """Return how many entries the largest table or list within data has."""
    if not isinstance(data, dict | list):
        return 0
    items = data.values() if isinstance(data, dict) else data
    return max(len(items), *map(_widest, items), 0)


def _setting_of(scenario: Scenario, called: str, councils: Councils) -> Setting:
    """Return the setting that stands for a scenario; InputError if it is of no council here."""
    apart = {"name": True, "description": True, "programme": True}
    rest = scenario.model_dump(exclude=apart)
    same = [c for c in councils if c.scenario.model_dump(exclude=apart) == rest]
    if not same:
        near = min(councils, key=lambda council: len(_differences(scenario, council)))
        parts = ", ".join(_differences(scenario, near)[:6])
        raise InputError(
            f"{called} is none of the councils offered here with another programme; from "
            f"{near.name} it differs in: {parts}. Start the server with this file to play with it."
        )
    name = scenario.name.removesuffix(CHANGED)
    settings = [
        (council.name != name, len(changes), number, Setting(council.key, changes))
        for number, council in enumerate(same)
        for changes in [_changes(scenario.programme, council)]
    ]
    return min(settings, key=lambda entry: entry[:3])[-1]


def _differences(scenario: Scenario, council: Council) -> list[str]:
    """Return the tables in which a scenario differs from a council, but for the programme."""
    return [
        f"{part}.{key}"
        for part in ("place", "departments", "services", "run", "network", "structure", "shocks",
                     "goals", "parameters")
        for key in _differing_keys(getattr(scenario, part), getattr(council.scenario, part))
    ]  # fmt: skip


def _differing_keys(one: Any, other: Any) -> list[str]:
    mine, theirs = (dict(part) for part in (one, other))
    return [key for key in {**mine, **theirs} if mine.get(key) != theirs.get(key)]


def _changes(programme: Mapping[str, Intervention], council: Council) -> str:
    """Return the changes that make the programme of a council another one."""
    entries: dict[str, Entry | None] = dict.fromkeys(council.scenario.programme, None)
    for card, item in programme.items():
        own = council.own.get(card)
        plain = flat(item.model_dump())
        if own is None or own.kind != item.kind:
            entries[card] = {f: v for f, v in plain.items() if v is not None and v != []}
        else:
            there = flat(own.model_dump())
            moves = plain["start"] != there["start"]  # then its end has to be said as well
            entries[card] = {
                f: v for f, v in plain.items() if v != there[f] or (moves and f == "until")
            }
    return canonical(entries)
