"""Reading scenario files: `extends`, overrides, and every problem of a file at once."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Self

from pydantic import ValidationError

from takeup.arguments import path as path_of
from takeup.arguments import texts
from takeup.errors import InputError
from takeup.output import quoted, shortened, visible
from takeup.programme.plain import Problem
from takeup.scenario.read import overrides as command_line
from takeup.scenario.read.facts import stated
from takeup.scenario.read.files import (
    EDGES_BYTES,
    SCENARIO_BYTES,
    as_seen,
    read_text,
    why_unreadable,
)
from takeup.scenario.read.json_schema import known_keys
from takeup.scenario.read.merging import all_merged
from takeup.scenario.read.problems import (
    FOLLOWING,
    Layer,
    described,
    shown,
    translated,
)
from takeup.scenario.read.syntax import read
from takeup.scenario.read.written import BACKSLASHES, UNCLEAR, is_windows_path
from takeup.scenario.schema.consistency import stated_in_vain
from takeup.scenario.schema.fitted import misfits, posterior_of
from takeup.scenario.schema.scenario import Scenario, inconsistencies

_MOST_PROBLEMS = 1000
"""Problems of types and ranges that are looked at in one scenario; a command tells fewer."""


def load(
    path: str | os.PathLike[str], overrides: Sequence[str] = (), facts: Sequence[str] = ()
) -> Scenario:
    """Return the scenario of a TOML file.

    Args:
        path: the file. `extends = "other.toml"` in it (relative to it) takes everything from the
            other and changes what differs: tables are merged, lists and values are replaced.
            An empty table (`programme = {}`) takes away all that is inherited of it; a single
            intervention or shock is switched off by `enabled = false`. Its `weeks` replaces an
            inherited `until` and the other way round, another `kind` starts it anew, and a
            service's `go_live` replaces an inherited `take_up`.
        overrides: changes on top, `dotted.key=value`, or a single one: see
            `takeup.scenario.read.overrides.parse`.
        facts: facts about today that the root of all `extends` is to state instead of its own, in
            the same form; its plans stay as they are.

    Returns:
        The scenario, checked; `Scenario.changed` makes others of it.

    Raises:
        InputError: listing every problem found, with file, line, key and what would be right.
    """
    changes = texts("overrides", overrides, "changes such as run.weeks=52")
    source = Source(path_of("path", path, "the path of a scenario file"))
    today = texts("facts", facts, "facts such as services.waste.usability=0.6")
    return source.scenario(
        command_line.parse(changes) if changes else {},
        "--set",
        facts=command_line.parse(today, "--fact") if today else {},
    )


_ALWAYS = {"place", "departments", "services"}
_NOTHING_TO_CHANGE = (
    "is missing, and so are departments and services: state them, or the file that this changes: "
    'extends = "baseline.toml"'
)


CHANGED, WITH_FACTS = "Scenario.changed", "Scenario.with_facts"
"""Who states what Python code changes, for messages."""

_BELONGS = {"--set": "give it with --fact", CHANGED: f"give it to {WITH_FACTS}"}
"""Where a fact belongs that is stated as a change, by who states it; else in an experiment."""

NOTHING: Mapping[str, Any] = {}


class Source:
    """A scenario file and all that it extends, read once to make many scenarios of.

    Args:
        path: the file.

    Raises:
        InputError: a file cannot be read, is not valid TOML, or extends itself.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._layers = [_place_files(layer, folder) for layer, folder in _chain(Path(path))]
        self._data = all_merged(self._layers)

    @classmethod
    def of(cls, layers: Sequence[Layer]) -> Self:
        """Return the source that some layers make, of which the last wins; none may extend a file.

        Args:
            layers: as `read_layer` and `parsed_layer` return them.
        """
        source = cls.__new__(cls)
        source._layers = [_place_files(layer, Path()) for layer in layers]
        source._data = all_merged(source._layers)
        return source

    @property
    def layers(self) -> Sequence[Layer]:
        """The file and what it extends, furthest first; not to be changed."""
        return self._layers

    @property
    def data(self) -> Mapping[str, Any]:
        """What the files say, merged and not yet checked; not to be changed."""
        return self._data

    def scenario(
        self,
        changes: Mapping[str, Any],
        stated_by: str,
        folder: Path | str = "",
        *,
        facts: Mapping[str, Any] = NOTHING,
        facts_by: str = "--fact",
    ) -> Scenario:
        """Return the scenario with changes on top.

        Args:
            changes: nested tables, as a file states them.
            stated_by: who states them, for messages.
            folder: what files that they name are relative to.
            facts: what the root is to say of today instead, as nested tables.
            facts_by: who states those, for messages.

        Raises:
            InputError: listing every problem found.
        """
        for tables, by in ((changes, stated_by), (facts, facts_by)):
            if "extends" in tables:
                raise InputError(f"{by} extends: can only be stated in a file")
        layers = [*self._layers]
        if facts:
            fact = _place_files(Layer(facts_by, facts), Path(folder))
            facts = fact.data
        if changes:
            layers.append(_place_files(Layer(stated_by, changes), Path(folder)))
        belongs = _BELONGS.get(stated_by, "state it under [facts]") if changes else ""
        data, misplaced = stated(layers, facts, belongs, stated_by == CHANGED)
        if facts:
            layers.insert(1, fact)
        problems: list[Problem] = []
        nothing = not _ALWAYS & data.keys()
        if nothing and not any(layer.lost for layer in layers):
            problems.append(Problem(("place",), _NOTHING_TO_CHANGE))
        lost = nothing or any(layer.lost for layer in layers)
        try:
            scenario = Scenario.model_validate(_with_tuples(data))
        except ValidationError as error:
            found = error.errors(include_url=False)
            if lost:  # then what seems to be missing may be there, or follows from what is
                found = [error for error in found if error["type"] not in FOLLOWING]
            problems += translated(found[:_MOST_PROBLEMS], data)
            if not lost:  # which a scenario that could be made has none of
                problems += inconsistencies(_without(problems, data))
        if not lost:
            problems += [*misplaced, *stated_in_vain(data), *_unreadable_network(data)]
        if not problems and not lost:
            problems += _unfit_posterior(scenario)
        if problems or any(layer.mistakes for layer in layers):
            raise InputError(described(problems, layers, data))
        return scenario


def _without(problems: Sequence[Problem], data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return data with nothing in place of what is wrong: nothing else is to follow from it."""
    for problem in problems:
        data = _unclear_at(problem.path, data)
    return data


def _unclear_at(path: tuple[str | int, ...], value: Any) -> Any:
    if not path:
        return UNCLEAR
    first, *rest = path
    if isinstance(value, Mapping) and first in value:
        return {**value, first: _unclear_at(tuple(rest), value[str(first)])}
    if isinstance(value, list | tuple) and isinstance(first, int) and first < len(value):
        return [*value[:first], _unclear_at(tuple(rest), value[first]), *value[first + 1 :]]
    return value


# ---------------------------------------------------------------- files and what they extend


def _chain(path: Path) -> Iterator[tuple[Layer, Path]]:
    """Yield a file and what it extends, furthest first, each with the folder it is in."""
    layers: list[tuple[Layer, Path]] = []
    seen: list[str] = []
    following: Path | None = path
    stated_at = ""
    while following is not None:
        try:
            layer = _layer_of(following, stated_at)
            place = os.path.realpath(following)
            if place in seen:
                names = [layer.name for layer, _ in layers[seen.index(place) :]]
                cycle = " → ".join([*names, str(following)])
                raise InputError(f"{stated_at}extends goes round in a circle: {cycle}")
            seen.append(place)
            layers.append((layer, following.parent))
            following, stated_at = _extended(layer, following)
        except InputError as error:
            known = [text for layer, _ in layers for _, text in layer.mistakes]
            raise InputError([*known, *error.problems]) from None
    return reversed(layers)


def _extended(layer: Layer, path: Path) -> tuple[Path | None, str]:
    """Return the file that a layer extends, if any, and the words that say where it says so."""
    stated = layer.data.get("extends")
    if stated is None:
        return None, ""
    if stated is UNCLEAR:
        raise InputError([])  # what it says has been told, and what it builds on is not known
    where = f"{layer.name}, line {layer.line(('extends',))}: "
    if not isinstance(stated, str) or not stated or "\0" in stated:
        raise InputError(
            f"{where}extends must be the name of a scenario file in quotes, not {shown(stated)}"
        )
    return Path(os.path.normpath(path.parent / stated)), where


def read_layer(path: Path) -> Layer:
    """Return what one file states, by itself.

    Args:
        path: the file.

    Raises:
        InputError: it cannot be read or is not valid TOML.
    """
    layer = _layer_of(path)
    if layer.mistakes:
        raise InputError([text for _, text in layer.mistakes])
    return layer


def _layer_of(path: Path, stated_at: str = "") -> Layer:
    """Return what one file states, mistakes and all.

    Args:
        path: the file.
        stated_at: where another file names it, in words that begin a message.
    """
    name = visible(str(path))
    try:
        text = read_text(path, "a scenario", SCENARIO_BYTES)
    except ValueError as error:
        hint = f" ({BACKSLASHES})" if stated_at and is_windows_path(str(path)) else ""
        said = stated_at and f"{stated_at}extends names a file that cannot be read: "
        raise InputError(f"{said}{shortened(name, 300)}: {error}{hint}") from None
    return parsed_layer(name, text)


def parsed_layer(name: str, text: str) -> Layer:
    """Return what the text of a scenario file states, mistakes and all.

    Args:
        name: what messages call it.
        text: its text.

    Raises:
        InputError: it is empty, or nested so deeply that it cannot be looked at.
    """
    try:
        reading = read(text, known_keys())
    except ValueError as error:
        raise InputError(f"{name}: {error}") from None
    if not reading.data and not reading.mistakes:
        raise InputError(f"{name}: is empty; `takeup new` writes a scenario to start from")
    return Layer(name, reading.data, reading.text, reading)


# ---------------------------------------------------------------- plain values


def _with_tuples(value: Any) -> Any:
    """Return data with lists made tuples: what is frozen holds no lists."""
    if isinstance(value, Mapping):
        return {key: _with_tuples(item) for key, item in value.items()}
    if isinstance(value, list):
        return tuple(_with_tuples(item) for item in value)
    return value


# ---------------------------------------------------------------- files that are named

NAMED = (("network", "file"), ("run", "posterior"))
"""Keys that name a file, by table."""


def _place_files(layer: Layer, folder: Path) -> Layer:
    """Make names of files absolute: they are relative to the file that states them."""
    for name, key in NAMED:
        table = layer.data.get(name)
        stated = table.get(key) if isinstance(table, dict) else None
        if isinstance(table, dict) and isinstance(stated, str) and stated:
            table[key] = os.path.abspath(folder / stated)
    return layer


def _unfit_posterior(scenario: Scenario) -> Iterator[Problem]:
    file = scenario.run.posterior
    if file is None:
        return
    try:
        posterior = posterior_of(scenario, shortened(as_seen(file), 300))
        found = [] if posterior is None else list(misfits(scenario, posterior))
    except InputError as error:
        found = list(error.problems)
    hint = f" ({BACKSLASHES})" if found and is_windows_path(file) else ""
    for text in found:
        yield Problem(("run", "posterior"), f"names a file that cannot be used: {text}{hint}")


def _unreadable_network(data: Mapping[str, Any]) -> Iterator[Problem]:
    network = data.get("network")
    file = network.get("file") if isinstance(network, Mapping) else None
    if not isinstance(file, str):
        return
    why = why_unreadable(Path(file), "an edge list", EDGES_BYTES)
    if why is not None:
        hint = f" ({BACKSLASHES})" if is_windows_path(file) else ""
        name = quoted(shortened(as_seen(file), 300))
        text = f"names a file that cannot be read, {name}: {why}{hint}"
        yield Problem(("network", "file"), text)
