"""Facts and changes: what a scenario says of today, and what the plans that extend it alter.

The values of a root, which extends no other scenario, are facts; those of plans are changes. Some
keys can be either, such as the usability of a service. Some only ever say what holds today, such as
its take-up: a plan that states one is told where it belongs. The rest (`run`, `parameters`,
`network`, …) says how a scenario is run, and holds for today as well.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from typing import Any, NamedTuple

from takeup.programme.plain import Problem, table
from takeup.scenario.read.merging import merged
from takeup.scenario.read.problems import Layer
from takeup.scenario.schema.scenario import (
    Department,
    DepartmentFacts,
    Place,
    Service,
    ServiceFacts,
    Table,
)

_EITHER: Mapping[str, tuple[type[Table], Set[str]]] = {
    "services": (Service, ServiceFacts.model_fields.keys() - {"take_up"}),
    "departments": (Department, DepartmentFacts.model_fields.keys()),
}
"""By part of a scenario the fields that a root states as facts and a plan as changes."""

_TODAY = {
    "services": {"take_up", "yearly_volume", "by_age", "department"},
    "departments": {
        "staff", "frontline", "managers", "resistance", "adopted", "handles_share",
    },
}  # fmt: skip
"""Fields that only say what holds today."""

_PLACE_TODAY = Place.model_fields.keys() - {"name", "currency", "prices", "trend"}

_OF_FACTS = {"place", "network", "departments", "services"}
"""Tables of which facts can be given on the command line, besides `run.warm_up`."""


class Stated(NamedTuple):
    """What layers say together.

    Attributes:
        data: the scenario, with `facts`: what holds today where it is changed.
        problems: what is stated in a place where it cannot be.
    """

    data: dict[str, Any]
    problems: list[Problem]


def stated(
    layers: Sequence[Layer], facts: Mapping[str, Any], belongs: str, tolerant: bool
) -> Stated:
    """Return what a root and its plans say together.

    Args:
        layers: the root and what changes it, later ones win.
        facts: what is to hold of today instead of what the root says, as nested tables.
        belongs: where what the last layer states of today belongs, in words that end a message.
        tolerant: whether the last layer may repeat a fact as it is, as whole tables in Python do.
    """
    root, *plans = layers
    own = _without_facts(root.data)
    held = root.data.get("facts", {})
    today = merged(merged(own, _either(table(root.data, "facts"))), facts)
    data = merged(own, _not_held(facts, table(root.data, "facts")))
    problems: list[Problem] = list(_no_facts(facts))
    for number, plan in enumerate(plans):
        last = number == len(plans) - 1
        here = belongs if last and belongs else f"state it in {root.name}, or give it with --fact"
        problems += _misplaced(plan.data, today, here, tolerant and last)
        data = merged(data, _without_facts(plan.data))
    problems += _online_already(data, today, root.name)
    if facts_now := _facts_of(held, today, data) if isinstance(held, Mapping) else held:
        data["facts"] = facts_now
    return Stated(data, problems)


def _without_facts(data: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in data.items() if key != "facts"}


def _either(held: Mapping[str, Any]) -> dict[str, Any]:
    """Return stated facts without what is expected of services that are not online yet."""
    return {
        part: {
            name: {k: v for k, v in table(table(held, part), name).items() if k in fields}
            for name in table(held, part)
        }
        for part, (_, fields) in _EITHER.items()
        if table(held, part)
    }


def _not_held(facts: Mapping[str, Any], held: Mapping[str, Any]) -> dict[str, Any]:
    """Return facts of the scenario's own values: not those that it is said to differ from."""
    kept: dict[str, Any] = {}
    for key, value in facts.items():
        there = held.get(key)
        if isinstance(value, Mapping) and isinstance(there, Mapping):
            if below := _not_held(value, there):
                kept[key] = below
        elif there is None:
            kept[key] = value
    return kept


def _facts_of(
    held: Mapping[str, Any], today: Mapping[str, Any], data: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the values of today that the scenario's own differ from, and what else is held."""
    found = dict(held)
    for part, (schema, fields) in _EITHER.items():
        entries = dict(table(held, part))
        for name in table(today, part):
            before, after = table(table(today, part), name), table(table(data, part), name)
            kept = {k: v for k, v in table(entries, name).items() if k not in fields}
            for field, info in schema.model_fields.items():
                was = before.get(field, info.get_default())
                now = after.get(field, info.get_default())
                if field in fields and was is not None and not _same(was, now):
                    kept[field] = was
            entries.pop(name, None)
            if kept:
                entries[name] = kept
        found.pop(part, None)
        if entries:
            found[part] = entries
    return found


# ---------------------------------------------------------------- what is stated where it cannot be


def _no_facts(facts: Mapping[str, Any]) -> Iterator[Problem]:
    for key in facts:
        paths: list[tuple[str, ...]] = [] if key in _OF_FACTS else [(key,)]
        if key == "run":
            paths = [(key, name) for name in table(facts, key) if name != "warm_up"]
        for path in paths:
            yield Problem(path, "is no fact about today; change it with --set")


def _misplaced(
    plan: Mapping[str, Any], today: Mapping[str, Any], belongs: str, tolerant: bool
) -> Iterator[Problem]:
    """Yield what a plan, or a change, says of today."""
    if "facts" in plan:
        yield Problem(("facts",), f"are for scenarios that extend no other: {belongs}")
    for path, value in _facts_in(plan, today):
        if not (tolerant and _same(value, _at(path, today))):
            yield Problem(path, f"is a fact about today, not a change: {belongs}")


def _facts_in(
    plan: Mapping[str, Any], today: Mapping[str, Any]
) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield the path and value of all that a plan says of today."""
    if "warm_up" in table(plan, "run"):
        yield ("run", "warm_up"), table(plan, "run")["warm_up"]
    for key, value in table(plan, "place").items():
        if key in _PLACE_TODAY:
            yield from _leaves(("place", key), value)
    for part, fields in _TODAY.items():
        for name in table(plan, part):
            there = table(today, part).get(name)
            if not isinstance(there, Mapping):
                continue  # it is new, and all of it a change
            for key, value in table(table(plan, part), name).items():
                live = part == "services" and "go_live" not in there
                if key in fields or (key == "go_live" and live):
                    yield from _leaves((part, name, key), value)


def _leaves(path: tuple[str, ...], value: Any) -> Iterator[tuple[tuple[str, ...], Any]]:
    if isinstance(value, Mapping) and value:
        for key, below in value.items():
            yield from _leaves((*path, key), below)
    else:
        yield path, value


def _at(path: tuple[str, ...], data: Any) -> Any:
    for part in path:
        data = data.get(part) if isinstance(data, Mapping) else None
    return data


def _same(one: Any, other: Any) -> bool:
    """Return whether two values are the same, lists being as good as tuples."""
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(map(_same, one, other))
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(_same(one[key], other[key]) for key in one)
    return bool(one == other)


def _online_already(
    data: Mapping[str, Any], today: Mapping[str, Any], root: str
) -> Iterator[Problem]:
    """Yield services that only a plan has and that it says are online today."""
    for name, service in table(data, "services").items():
        new = name not in table(today, "services")
        if new and isinstance(service, Mapping) and "go_live" not in service:
            yield Problem(
                ("services", name),
                "is new in a plan, so it cannot be online already: give it a `go_live`, or state "
                f"it in {root}",
            )
