"""Saying what is wrong with a scenario: in plain words, with the file, the line and the key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import Any

from pydantic_core import ErrorDetails

from takeup.errors import did_you_mean, nearest
from takeup.evidence import PARAMETERS
from takeup.output import numeral, quoted, shortened, visible
from takeup.programme import KINDS, SHOCKS, Event
from takeup.programme.event import INCONSISTENT
from takeup.programme.plain import Problem, nearest_id
from takeup.scenario.read.json_schema import Node, node
from takeup.scenario.read.lines import Path, key_lines
from takeup.scenario.read.meant import (
    elsewhere,
    hint,
    id_hint,
    key_hint,
)
from takeup.scenario.read.syntax import Mistake, Reading
from takeup.scenario.schema.consistency import PARTIAL


class Layer:
    """One source of a scenario's values: a file of the `extends` chain, or the command line.

    Args:
        name: what a reader calls it.
        data: the tables that it states.
        text: its TOML text, for line numbers; empty if it has none.
        reading: how the text was read, if it was not quite TOML.
    """

    def __init__(
        self,
        name: str,
        data: Mapping[str, Any],
        text: str = "",
        reading: Reading | None = None,
    ) -> None:
        self.name = name
        self.data = data
        self.text = text
        self.lost = reading is not None and reading.lost
        self._mistakes: Sequence[Mistake] = reading.mistakes if reading else ()
        self._mended: frozenset[Path] = reading.mended if reading else frozenset()

    @cached_property
    def lines(self) -> dict[Path, int]:
        """The line of every key and list item of the text, from 1."""
        return key_lines(self.text)

    @cached_property
    def _text_lines(self) -> list[str]:
        return self.text.split("\n")

    def written(self, path: Path) -> str:
        """Return the lines of the text on which a key and what it holds stand."""
        there = {line for key, line in self.lines.items() if key[: len(path)] == path}
        return "\n".join(self._text_lines[line - 1] for line in sorted(there))

    def line(self, path: Path) -> int | None:
        """Return the line of a key, or of the nearest table around it that the text states.

        A table that is stated only by what is in it, as `a` by `[a.b]`, begins there.
        """
        for depth in range(len(path), 0, -1):
            if path[:depth] in self.lines:
                return self.lines[path[:depth]]
            if depth == len(path):
                below = [line for key, line in self.lines.items() if key[:depth] == path]
                if below:
                    return min(below)
        return None

    @property
    def mistakes(self) -> list[tuple[int, str]]:
        """What could not be read: the line, and a sentence that names the file and the line."""
        return [
            (line, f"{self.name}, line {line}: {visible(text)}") for line, text in self._mistakes
        ]

    def mended(self, path: Path) -> bool:
        """Return whether a value at, around or below a path could not be read as it stands."""
        return any(m[: len(path)] == path[: len(m)] for m in self._mended)

    def stated(self, path: Path) -> int:
        """Return how much of a path it states, in parts; all of it where the rest is in a list."""
        value: Any = self.data
        for depth, part in enumerate(path):
            if not isinstance(value, Mapping):
                return len(path)  # a list or a value takes the place of what others say of it
            if part not in value:
                return depth
            value = value[part]
        return len(path)


def described(
    problems: Sequence[Problem], layers: Sequence[Layer], data: Mapping[str, Any]
) -> list[str]:
    """Return a sentence for every problem, naming the file, the line and the dotted key.

    What could not be read in the layers comes with them, and no problem that follows from it.

    Args:
        problems: what is wrong.
        layers: where values came from; later ones win.
        data: the merged scenario, for the names of list items.
    """
    placed = [
        (-order, line, sentence)
        for order, layer in enumerate(layers)
        for line, sentence in layer.mistakes
    ]
    for problem in problems:
        order, layer = max(
            enumerate(layers), key=lambda entry: (entry[1].stated(problem.path), entry[0])
        )
        if layer.mended(problem.path):
            continue
        line = layer.line(problem.path)
        where = layer.name + (f", line {line}" if line else "")
        key = dotted(problem.path, data)
        text = visible(problem.text)
        sentence = f"{where}: {key}: {text}" if key else f"{where}: {text}"
        placed.append((-order, line or 0, sentence))
    return [sentence for *_, sentence in sorted(placed, key=lambda entry: entry[:2])]


def dotted(path: Path, data: Any) -> str:
    """Return a path as a reader knows it; an item of a list is shown by its name or number."""
    words = ""
    for part in path:
        if isinstance(part, int):
            data = data[part] if isinstance(data, list | tuple) and part < len(data) else None
            name = data.get("name") if isinstance(data, Mapping) else None
            words += (
                f"[{quoted(name)[1:-1]}]" if isinstance(name, str) and name else f"[{part + 1}]"
            )
        else:
            data = data.get(part) if isinstance(data, Mapping) else None
            plain = part.isprintable() and part and not set(part) & set(' ."')
            words += ("." if words else "") + (part if plain else quoted(part))
    return words


# ---------------------------------------------------------------- from pydantic's words to ours


_KINDS: Mapping[str, Mapping[str, type[Event]]] = {"programme": KINDS, "shocks": SHOCKS}
"""Tables whose entries are of several kinds, which pydantic names in its paths."""

_NOUNS = {"programme": "intervention", "shocks": "shock"}

_WITHOUT_KIND = ("union_tag_invalid", "union_tag_not_found")
_INCOMPLETE = ("missing", *_WITHOUT_KIND)

FOLLOWING = (*_INCOMPLETE, PARTIAL)
"""Types of errors that may only follow from what could not be read."""


def translated(errors: Sequence[ErrorDetails], data: Mapping[str, Any]) -> list[Problem]:
    """Return pydantic's errors in plain words, one for each place in the data.

    Args:
        errors: from a ValidationError of `Scenario`.
        data: what was validated.
    """
    problems: dict[Path, Problem] = {}
    incomplete: set[Path] = set()
    for error in errors:
        if error["type"] == INCONSISTENT:
            continue  # found again, with exact places, by schema.inconsistencies
        path, value = _place(error, data)
        if path[:1] == ("parameters",) and len(path) == 2 and path[1] not in PARAMETERS:
            continue  # found there too: its type does not matter if it does not exist
        if error["type"] == "too_short" and len(value) >= error["ctx"]["min_length"]:
            continue  # pydantic counts only items that are right, and tells of the others
        text = _of_reference(path, value, data) or _text(error, path, value)
        entry = path[:-1] if error["type"] == "missing" else path
        if error["type"] in _INCOMPLETE and entry not in incomplete:
            text += _sibling(entry, data)
            incomplete.add(entry)
        if error["type"] == "union_tag_invalid":
            path = (*path, "kind")
        problems.setdefault(path, Problem(path, text))
    return list(problems.values())


def _of_reference(path: Path, value: Any, data: Mapping[str, Any]) -> str:
    """Return what is wrong with the id of a department that is not even one; else nothing."""
    if len(path) != 3 or path[0] != "services" or path[2] != "department" or not value:
        return ""
    known = data.get("departments")
    if not isinstance(value, str) or not isinstance(known, Mapping):
        return ""
    text = f"names a department that does not exist, {shown(value)}"
    return text + nearest_id(value, known)


def _place(error: ErrorDetails, data: Any) -> tuple[Path, Any]:
    """Return the path in the data: pydantic's without the branches of unions that it tried."""
    path: Path = ()
    location = error["loc"]
    for depth, part in enumerate(location):
        if depth == 2 and part in _KINDS.get(str(location[0]), ()):
            continue
        missing = error["type"] == "missing" and depth == len(location) - 1
        if not missing and not _holds(data, part):
            break
        data = None if missing else data[part]
        path = (*path, part)
    return path, data


def _holds(data: Any, part: str | int) -> bool:
    if isinstance(data, list | tuple):
        return isinstance(part, int) and part < len(data)
    return isinstance(data, Mapping) and part in data


def _text(error: ErrorDetails, path: Path, value: Any) -> str:
    kind = error["type"]
    branch = str(error["loc"][2]) if len(error["loc"]) > 2 else None
    if kind == "value_error":
        return str(error["ctx"]["error"])
    if kind == PARTIAL:
        return error["msg"]
    if kind == "extra_forbidden":
        known = list(node(path[:-1], branch).get("properties", ()))
        return f"is not a known key{key_hint(path, known, value)}"
    if kind in _WITHOUT_KIND:
        return _kind_text(str(path[0]), value)
    here = node(path, branch)
    if kind == "missing":
        description = here.get("description", "")
        return f"is missing{f' ({description})' if description else ''}"
    if error["loc"][-1] == "[key]":
        return _key_text(path, node(path[:-1], branch))
    return f"must be {expected(here)}, not {shown(value)}{hint(here, value)}"


def _kind_text(part: str, value: Any) -> str:
    kinds = ", ".join(_KINDS[part])
    kind = value.get("kind") if isinstance(value, Mapping) else None
    if kind is None:
        return f"has no kind; add `kind = ...` with one of: {kinds}"
    elsewhere = next((p for p in _KINDS if p != part and kind in list(_KINDS[p])), None)
    if elsewhere:
        return f"{shown(kind)} is a kind of {_NOUNS[elsewhere]}; state it under [{elsewhere}]"
    near = nearest(kind, _KINDS[part]) if isinstance(kind, str) else ""
    return f"{shown(kind)} is not a kind of {_NOUNS[part]}{near}; the kinds are: {kinds}"


def _sibling(path: Path, data: Mapping[str, Any]) -> str:
    """Return a hint if an incomplete entry has nearly the id of another, as after a slip."""
    if len(path) != 2 or not isinstance(data[str(path[0])].get(path[1]), Mapping):
        return ""
    others = data[str(path[0])].keys() - {path[1]}
    near = nearest(str(path[1]), others)
    return f"; {path[0]}.{path[1]} is new here{near}" if near else ""


def _key_text(path: Path, around: Node) -> str:
    names = around.get("propertyNames", {}).get("enum")
    if names:
        key = str(path[-1])
        return f"is not a known key{elsewhere(key, path) or did_you_mean(key, names)}"
    return (
        "is not a usable id: give at most 40 small letters, digits and hyphens, beginning with a "
        f"letter{id_hint(str(path[-1]))}"
    )


# ---------------------------------------------------------------- values and types in plain words


def expected(here: Node) -> str:
    """Return what a part of the JSON schema allows, in plain words."""
    if "anyOf" in here:
        return " or ".join(expected(branch) for branch in here["anyOf"])
    if "const" in here:
        return shown(here["const"])
    if "enum" in here:
        return "one of " + ", ".join(shown(value) for value in here["enum"])
    kind = here.get("type")
    if kind == "string":
        return _expected_text(here)
    if kind in ("integer", "number"):
        return ("a whole number" if kind == "integer" else "a number") + _range(here)
    if kind == "array":
        return "a list in square brackets" + _count(here, "Items", "items")
    if kind == "boolean":
        return "true or false"
    return "a table" + _count(here, "Properties", "entries")


def _expected_text(here: Node) -> str:
    if here.get("format") == "date":
        return "a date such as 2026-03-02 (no quotes, no time)"
    pattern = here.get("pattern", "")
    if "A-Z" in pattern:
        return 'three capital letters in quotes, such as "GBP"'
    if pattern:
        return "an id in quotes: small letters, digits and hyphens, beginning with a letter"
    return "a text in quotes" + (" that is not empty" if here.get("minLength") else "")


def _range(here: Node) -> str:
    low, high = here.get("minimum"), here.get("maximum")
    if low is not None and high is not None:
        return f" from {low} to {_grouped(high)}"
    bounds = (
        ("of at least", low),
        ("above", here.get("exclusiveMinimum")),
        ("of at most", high),
        ("below", here.get("exclusiveMaximum")),
    )
    parts = [f"{words} {_grouped(bound)}" for words, bound in bounds if bound is not None]
    return f" {' and '.join(parts)}" if parts else ""


def _grouped(bound: float) -> str:
    """Return a limit, with the thousands of a long one set apart."""
    return f"{bound:,}" if bound >= 1_000_000 else str(bound)


def _count(here: Node, counted: str, noun: str) -> str:
    low, high = here.get(f"min{counted}"), here.get(f"max{counted}")
    if low and high:
        return f" with {low} to {high} {noun}"
    if low:
        return f" with at least {low} of them"
    return f" with at most {high} {noun}" if high else ""


def shown(value: Any) -> str:
    """Return a value as a reader would write it, at a length that fits into a sentence."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return quoted(shortened(value))
    if isinstance(value, Mapping):
        return "a table" if value else "an empty table"
    if isinstance(value, list | tuple):
        return f"a list of {len(value)}" if value else "an empty list"
    if isinstance(value, date):  # date-times as well
        return value.isoformat()
    return numeral(value)
