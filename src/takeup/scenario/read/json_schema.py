"""The JSON Schema of a scenario file: for editors, for comments and for words in messages."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from functools import cache
from typing import Any

from takeup.evidence import PARAMETERS
from takeup.scenario.read.lines import Path
from takeup.scenario.schema.scenario import Scenario

Node = Mapping[str, Any]
"""A part of the schema."""

_IN_LISTS = ("Ward",)
"""Tables that stand in lists, which a plan replaces as a whole: they are always complete."""


def schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of a scenario file.

    A file that extends another states only what differs, so within tables nothing is required;
    `takeup check` says what is missing.
    """
    return deepcopy(_schema())


@cache
def _schema() -> dict[str, Any]:
    whole: dict[str, Any] = _without_null(Scenario.model_json_schema())
    required = whole.pop("required")
    for name, table in whole["$defs"].items():
        if name not in _IN_LISTS:
            table.pop("required", None)
    for part in ("programme", "shocks"):
        for events in whole["properties"][part]["patternProperties"].values():
            # A plan that changes an intervention or shock of its baseline need not repeat the kind.
            events["anyOf"] = events.pop("oneOf")
    extends = {
        "description": "a scenario file, relative to this one, of which this states what differs; "
        "`enabled = false` switches an inherited intervention or shock off, an empty table empties "
        "it",
        "type": "string",
        "minLength": 1,
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **whole,
        "title": "takeup scenario",
        "properties": {"extends": extends, **whole["properties"]},
        "anyOf": [{"required": ["extends"]}, {"required": required}],
    }


def _without_null(node: Any) -> Any:
    """Return a schema without the null that a file in TOML cannot have."""
    if isinstance(node, list):
        return [_without_null(item) for item in node]
    if not isinstance(node, dict):
        return node
    kept = {key: _without_null(value) for key, value in node.items()}
    if "default" in kept and kept["default"] is None:
        del kept["default"]
    if isinstance(kept.get("anyOf"), list):
        branches = [branch for branch in kept["anyOf"] if branch.get("type") != "null"]
        if len(branches) == 1:
            del kept["anyOf"]
            return {**branches[0], **kept}
        kept["anyOf"] = branches
    return kept


def node(path: Path, kind: str | None = None) -> Node:
    """Return the schema of a place in a file, empty if it has none.

    Args:
        path: keys and list positions.
        kind: kind of the intervention or shock, if the path leads into one.
    """
    here: Node = _schema()
    for depth, part in enumerate(path):
        here = _below(here, part)
        if depth == 1 and "discriminator" in here:
            reference = here["discriminator"]["mapping"].get(kind)
            here = {"$ref": reference} if reference else {}
        here = _resolved(here)
    return here


@cache
def known_keys() -> frozenset[str]:
    """Return every key that a scenario can have in any table, ids left out."""
    found: set[str] = {*PARAMETERS}
    level: list[Any] = [_schema()]
    while level:
        here = level.pop()
        if isinstance(here, dict):
            found.update(here.get("properties", ()))
            found.update(here.get("propertyNames", {}).get("enum", ()))
            level += here.values()
        elif isinstance(here, list):
            level += here
    return frozenset(found)


def is_required(path: Path, kind: str | None = None) -> bool:
    """Return whether a scenario that extends no other has to state a key.

    Args:
        path: keys and list positions.
        kind: kind of the intervention or shock, if the path leads into one.
    """
    table = "Scenario" if len(path) == 1 else str(node(path[:-1], kind).get("title"))
    return path[-1] in _required().get(table, ())


@cache
def _required() -> dict[str, list[str]]:
    whole = Scenario.model_json_schema()
    tables = {"Scenario": whole, **whole["$defs"]}
    return {name: table.get("required", []) for name, table in tables.items()}


def _resolved(here: Node) -> Node:
    if "$ref" not in here:
        return here
    table = _schema()["$defs"][here["$ref"].rpartition("/")[2]]
    return {**table, **{key: value for key, value in here.items() if key != "$ref"}}


def _below(here: Node, part: str | int) -> Node:
    if isinstance(part, int):
        below = here.get("items")
    elif part in here.get("properties", {}):
        below = here["properties"][part]
    else:
        patterns = list(here.get("patternProperties", {}).values())
        below = patterns[0] if patterns else here.get("additionalProperties")
    return below if isinstance(below, Mapping) else {}
