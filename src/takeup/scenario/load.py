"""Reading scenario files: `extends`, overrides, and every problem of a file at once."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Self

from pydantic import ValidationError

from takeup.arguments import path as path_of
from takeup.arguments import texts
from takeup.errors import InputError
from takeup.scenario import overrides as command_line
from takeup.scenario.consistency import stated_in_vain
from takeup.scenario.plain import Problem
from takeup.scenario.problems import Layer, described, quoted, shown, translated
from takeup.scenario.schema import Scenario, inconsistencies

_LARGEST = 5_000_000
"""Bytes that a scenario file can have; anything larger is something else."""


def load(path: str | os.PathLike[str], overrides: Sequence[str] = ()) -> Scenario:
    """Return the scenario of a TOML file.

    Args:
        path: the file. `extends = "other.toml"` in it (relative to it) takes everything from the
            other and changes what differs: tables are merged, lists and values are replaced.
            An empty table (`programme = {}`) takes away all that is inherited of it; a single
            intervention or shock is switched off by `enabled = false`. Its `weeks` replaces an
            inherited `until` and the other way round, another `kind` starts it anew, and a
            service's `go_live` replaces an inherited `take_up`.
        overrides: changes on top, `dotted.key=value`, or a single one: see
            `takeup.scenario.overrides.parse`.

    Returns:
        The scenario, checked; `Scenario.changed` makes others of it.

    Raises:
        InputError: listing every problem found, with file, line, key and what would be right.
    """
    changes = texts("overrides", overrides, "changes such as run.weeks=52")
    source = Source(path_of("path", path, "the path of a scenario file"))
    return source.scenario(command_line.parse(changes) if changes else {}, "--set")


class Source:
    """A scenario file and all that it extends, read once to make many scenarios of.

    Args:
        path: the file.

    Raises:
        InputError: a file cannot be read, is not valid TOML, or extends itself.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._layers = [_place_network_file(layer, folder) for layer, folder in _chain(Path(path))]
        self._data = _all_merged(self._layers)

    @classmethod
    def of(cls, layers: Sequence[Layer]) -> Self:
        """Return the source that some layers make, of which the last wins; none may extend a file.

        Args:
            layers: as `read_layer` and `parsed_layer` return them.
        """
        source = cls.__new__(cls)
        source._layers = [_place_network_file(layer, Path()) for layer in layers]
        source._data = _all_merged(source._layers)
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
        self, changes: Mapping[str, Any], stated_by: str, folder: Path | str = ""
    ) -> Scenario:
        """Return the scenario with changes on top.

        Args:
            changes: nested tables, as a file states them.
            stated_by: who states them, for messages.
            folder: what the file of a network is relative to, if they name one.

        Raises:
            InputError: listing every problem found.
        """
        if "extends" in changes:
            raise InputError(f"{stated_by} extends: can only be stated in a file")
        layers, data = self._layers, self._data
        if changes:
            layers = [*layers, _place_network_file(Layer(stated_by, changes), Path(folder))]
            data = _merged(data, layers[-1].data)
        problems: list[Problem] = []
        try:
            scenario = Scenario.model_validate(_with_tuples(data))
        except ValidationError as error:
            problems += translated(error.errors(include_url=False), data)
            problems += inconsistencies(data)  # which a scenario that could be made has none of
        problems += [*stated_in_vain(data), *_unreadable_network(data)]
        if problems:
            raise InputError(described(problems, layers, data))
        return scenario


def _all_merged(layers: Sequence[Layer]) -> dict[str, Any]:
    data: dict[str, Any] = {}
    for layer in layers:
        data = _merged(data, layer.data)
    return data


# ---------------------------------------------------------------- files and what they extend


def _chain(path: Path) -> Iterator[tuple[Layer, Path]]:
    """Yield a file and what it extends, furthest first, each with the folder it is in."""
    layers: list[tuple[Layer, Path]] = []
    seen: list[str] = []
    following: Path | None = path
    stated_at = ""
    while following is not None:
        layer = read_layer(following, stated_at)
        place = os.path.realpath(following)
        if place in seen:
            names = [layer.name for layer, _ in layers[seen.index(place) :]]
            cycle = " → ".join([*names, str(following)])
            raise InputError(f"{stated_at}extends goes round in a circle: {cycle}")
        seen.append(place)
        layers.append((layer, following.parent))
        following, stated_at = _extended(layer, following)
    return reversed(layers)


def _extended(layer: Layer, path: Path) -> tuple[Path | None, str]:
    """Return the file that a layer extends, if any, and the words that say where it says so."""
    stated = layer.data.get("extends")
    if stated is None:
        return None, ""
    where = f"{layer.name}, line {layer.line(('extends',))}: "
    if not isinstance(stated, str) or not stated or "\0" in stated:
        raise InputError(
            f"{where}extends must be the name of a scenario file in quotes, not {shown(stated)}"
        )
    return Path(os.path.normpath(path.parent / stated)), where


def read_layer(path: Path, stated_at: str = "") -> Layer:
    """Return what one file states, by itself.

    Args:
        path: the file.
        stated_at: where another file names it, in words that begin a message.

    Raises:
        InputError: it cannot be read or is not valid TOML.
    """
    name = str(path)
    try:
        text = _text(path)
    except UnicodeDecodeError:
        raise InputError(f"{name}: is not text in UTF-8, which a scenario has to be") from None
    except (OSError, ValueError) as error:
        said = stated_at and f"{stated_at}extends names a file that cannot be read: "
        reason = (error.strerror if isinstance(error, OSError) else str(error)) or str(error)
        raise InputError(f"{said}{name}: {reason[0].lower()}{reason[1:]}") from None
    return parsed_layer(name, text)


def parsed_layer(name: str, text: str) -> Layer:
    """Return what the TOML text of a scenario file states.

    Args:
        name: what messages call it.
        text: its text.

    Raises:
        InputError: it is not valid TOML, or empty.
    """
    try:
        data = tomllib.loads(text)
    except RecursionError:
        raise InputError(f"{name}: has lists or tables nested too deeply") from None
    except ValueError as error:
        raise InputError(_malformed(name, str(error), text)) from None
    if not data:
        raise InputError(f"{name}: is empty; `takeup new` writes a scenario to start from")
    return Layer(name, data, text)


def _malformed(name: str, reason: str, text: str) -> str:
    at = re.search(r" \(at line (\d+), column (\d+)\)$", reason)
    if at is None:
        return f"{name}: is not valid TOML: {reason}"
    where, said = f"{name}, line {at[1]}: ", reason[: at.start()]
    if re.match(r"Cannot (overwrite|declare)|Duplicate", said):
        twice = _stated_twice(said, text.split("\n")[int(at[1]) - 1])
        return f"{where}{twice} appears twice; keep one of them"
    return f"{where}is not valid TOML: {said} (column {at[2]})"


def _stated_twice(said: str, line: str) -> str:
    """Return the key that the parser met a second time, as it is written on its line."""
    inline = re.match(r"Duplicate inline table key '(.*)'", said)
    if inline:
        return inline[1]
    header = re.match(r"\s*(\[+[^\]]*\]+)", line)
    key, equals, _ = line.partition("=")
    return header[1] if header else key.strip() if equals else "a key that ends here"


def _text(path: Path) -> str:
    if path.is_dir():
        raise ValueError("is a folder, not a scenario file")
    size = path.stat().st_size
    if not path.is_file():
        raise ValueError("is not an ordinary file")
    if size > _LARGEST:
        raise ValueError(
            f"has {size / 1e6:.0f} MB, and a scenario file has at most {_LARGEST / 1e6:.0f} MB"
        )
    return path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")


# ---------------------------------------------------------------- merging


_INSTEAD = {"weeks": "until", "until": "weeks", "go_live": "take_up"}
"""Keys that, stated anew, take the place of another that is inherited."""


def _merged(
    base: Mapping[str, Any], changes: Mapping[str, Any], path: tuple[str, ...] = ()
) -> dict[str, Any]:
    """Return `base` with `changes`: tables merged, all else replaced; an empty table empties it."""
    merged = dict(base)
    for key, value in changes.items():
        known = merged.get(key)
        if isinstance(known, Mapping) and isinstance(value, Mapping) and value:
            here = (*path, key)
            merged[key] = _merged(_carried_over(known, value, here), value, here)
        else:
            merged[key] = value
    merged.pop("extends", None)
    return merged


def _carried_over(
    known: Mapping[str, Any], changes: Mapping[str, Any], path: tuple[str, ...]
) -> Mapping[str, Any]:
    """Return what is inherited of a service, an intervention or a shock that a plan changes."""
    if len(path) != 2 or path[0] not in ("services", "programme", "shocks"):
        return known
    if changes.get("kind", known.get("kind")) != known.get("kind"):
        return {}  # another kind has other fields
    replaced = {old for new, old in _INSTEAD.items() if new in changes}
    return {key: value for key, value in known.items() if key not in replaced}


def _with_tuples(value: Any) -> Any:
    """Return data with lists made tuples: what is frozen holds no lists."""
    if isinstance(value, Mapping):
        return {key: _with_tuples(item) for key, item in value.items()}
    if isinstance(value, list):
        return tuple(_with_tuples(item) for item in value)
    return value


# ---------------------------------------------------------------- the file of a network


def _place_network_file(layer: Layer, folder: Path) -> Layer:
    """Make the name of an edge list absolute: it is relative to the file that states it."""
    network = layer.data.get("network")
    stated = network.get("file") if isinstance(network, dict) else None
    if isinstance(network, dict) and isinstance(stated, str) and stated:
        network["file"] = os.path.abspath(folder / stated)
    return layer


def _unreadable_network(data: Mapping[str, Any]) -> Iterator[Problem]:
    network = data.get("network")
    file = network.get("file") if isinstance(network, Mapping) else None
    if not isinstance(file, str):
        return
    try:
        if Path(file).is_dir():
            raise OSError("it is a folder")
        if not Path(file).is_file():
            raise OSError("there is no such file")
        with open(file, "rb"):
            pass
    except (OSError, ValueError) as error:
        reason = (isinstance(error, OSError) and error.strerror) or str(error)
        text = f"names a file that cannot be read, {quoted(file)}: {reason.lower()}"
        yield Problem(("network", "file"), text)
