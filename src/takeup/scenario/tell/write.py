"""A scenario as the text of a file: complete, and without any other file that it would extend."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from takeup.output import visible
from takeup.programme import Event
from takeup.scenario.schema.scenario import Scenario

_HEAD = """\
# A complete scenario of takeup: it extends no other file.
# Check it: takeup check FILE. Run it: takeup run FILE.
"""
_TABLES = ("run", "place", "network", "structure")
_COLLECTIONS = ("departments", "services", "programme", "shocks", "goals")
_BARE = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")


def to_toml(scenario: Scenario) -> str:
    """Return the TOML text of a scenario, with a line of comment above every kind of table.

    `load` of a file with this text gives an equal scenario, so that its runs give the same bits.
    The edge list of a network stays a file of its own, named with its full path. What a file cannot
    state, because it would be in vain, is left out: the present take-up of a service that is not
    online yet.

    Args:
        scenario: as made by `load`.
    """
    tables = stated(scenario)
    first: dict[str, Any] = {
        key: tables[key] for key in ("name", "description", "changes_from") if key in tables
    }
    lines = [*_keys(first)]
    for part in _TABLES:
        lines += ["", _comment(_described(part)), f"[{part}]"]
        lines += _keys(tables[part])
    for part in _COLLECTIONS:
        for number, (name, item) in enumerate(getattr(scenario, part).items()):
            lines.append("")
            if number == 0:
                lines.append(_comment(f"{part}: {_described(part)}"))
            if isinstance(item, Event):
                lines.append(_comment(item.describe()))
            lines.append(f"[{part}.{_key(name)}]")
            lines += _keys(tables[part][name])
    if scenario.parameters:
        lines += ["", _comment(_described("parameters")), "[parameters]"]
        lines += _keys(scenario.parameters)
    for part, items in tables.get("facts", {}).items():
        for number, (name, fields) in enumerate(items.items()):
            lines.append("")
            if number == 0:
                lines.append(_comment(f"{part} today: {_described('facts')}"))
            lines += [f"[facts.{part}.{_key(name)}]", *_keys(fields)]
    return f"{_HEAD}\n" + "\n".join(lines) + "\n"


def stated(scenario: Scenario) -> dict[str, Any]:
    """Return the tables of a file that states all of a scenario: see `to_toml`."""
    whole = scenario.model_dump()
    if whole["changes_from"] is None:
        del whole["changes_from"]
    for part in _TABLES:
        whole[part] = stated_fields(whole[part])
    for part in _COLLECTIONS:
        whole[part] = {name: stated_fields(fields) for name, fields in whole[part].items()}
    facts = {
        part: {name: stated_fields(fields) for name, fields in items.items()}
        for part, items in whole.pop("facts").items()
        if items
    }
    return {**whole, **({"facts": facts} if facts else {})}


def _described(part: str) -> str:
    return str(Scenario.model_fields[part].description)


def stated_fields(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of a table that a file states: none that is left out or in vain."""
    stated = {key: value for key, value in fields.items() if value is not None and value != {}}
    if "go_live" in stated:
        stated.pop("take_up")
    if isinstance(stated.get("target"), Mapping):  # of whom; that of a goal is a value
        target = {key: names for key, names in stated.pop("target").items() if names}
        stated |= {"target": target} if target else {}
    return stated


def _keys(fields: Mapping[str, Any]) -> Iterator[str]:
    for key, value in fields.items():
        if isinstance(value, tuple) and value and isinstance(value[0], Mapping):
            yield f"{_key(key)} = ["
            yield from (f"    {_value(stated_fields(item))}," for item in value)
            yield "]"
        else:
            yield f"{_key(key)} = {_value(value)}"


def _key(key: str) -> str:
    return key if _BARE.fullmatch(key) else _value(key)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        # JSON leaves one control character as it is that TOML wants escaped.
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_key(k)} = {_value(v)}" for k, v in value.items()) + " }"
    if isinstance(value, tuple):
        return "[" + ", ".join(map(_value, value)) + "]"
    return repr(value)


def _comment(text: str) -> str:
    return f"# {visible(text)}"
