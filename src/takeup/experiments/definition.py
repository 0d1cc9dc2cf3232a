"""What an experiment file says: scenarios, what is varied, the design, replicates, what to keep.

An experiment is a TOML file:

    scenario = "../scenarios/riverton/full-plan.toml"     # or a list of files
    replicates = 8

    [design]
    kind = "grid"

    [set]                                                 # a list is varied, anything else is set
    run.uncertainty = "seed"
    programme.train-staff.seats = [0, 3, 6]
    parameters.influence_weight = { low = 0.2, high = 1.2 }
    parameters.habit_weight.evidence = true               # its range in `takeup evidence`

    [facts]                                               # the same, of what holds today
    services.waste.usability = [0.7, 0.85]

    [record]
    kpis = ["digital_take_up", "adoption"]                # weekly values of these
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import isfinite
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar, cast

from pydantic import AfterValidator, Field, ValidationError

from takeup.errors import InputError, did_you_mean, nearest
from takeup.evidence import PARAMETERS
from takeup.experiments.point_list import Listed, read_points
from takeup.experiments.variation import Choices, Range, Variation, distinct
from takeup.kpis import KPI_NAMES
from takeup.output import visible
from takeup.programme.plain import table
from takeup.results.manifest import hash_files
from takeup.results.runs import Kept
from takeup.results.summarise import all_groups
from takeup.runs.describe import run_info
from takeup.scenario.read.files import SCENARIO_BYTES, read_text
from takeup.scenario.read.json_schema import known_keys, node
from takeup.scenario.read.load import Source
from takeup.scenario.read.meant import hint, plain
from takeup.scenario.read.overrides import key_parts
from takeup.scenario.read.problems import (
    Layer,
    dotted,
    expected,
    shown,
)
from takeup.scenario.read.syntax import read, states_table
from takeup.scenario.read.written import BACKSLASHES, decimal_commas, is_windows_path
from takeup.scenario.schema.fitted import require_rows
from takeup.scenario.schema.scenario import Scenario, Table, with_letters

Key = tuple[str, ...]
"""A dotted path of a scenario, in parts."""

T = TypeVar("T", bound=Table)

HEADLINES = (
    "digital_take_up",
    "completion_rate",
    "user_satisfaction",
    "cost_per_transaction",
    "adoption",
    "staff_adoption",
)
"""KPIs whose weekly values are kept if the experiment names none."""

_FACTS = "facts."
"""What the dotted key of a fact begins with in an experiment."""

_MOST_FAULTS = 20  # told of one key
_WORDS = {"values", "low", "high", "scale", "evidence"}
"""Keys of a table that says how something varies."""


# ---------------------------------------------------------------- tables of the file


class Design(Table):
    """Base of the designs: how points are chosen."""

    kind: str


class Grid(Design):
    """Every combination of values."""

    kind: Literal["grid"]
    levels: int = Field(3, ge=2, le=1000, description="values of a range, from end to end")


class OneAtATime(Design):
    """The scenario as it is, and every value on its own, all else being as in the scenario."""

    kind: Literal["one_at_a_time"]
    levels: int = Field(2, ge=2, le=1000, description="values of a range, from end to end")


class PointList(Design):
    """Points from a CSV file, one a row, one column for every dotted key; empty: as it is."""

    kind: Literal["list"]
    file: str = Field(min_length=1, description="the CSV file, relative to the experiment")


class LatinHypercube(Design):
    """A Latin hypercube: every range is covered evenly."""

    kind: Literal["latin_hypercube"]
    points: int = Field(ge=1, le=10_000_000, description="number of points")
    seed: int = Field(1, ge=0, le=2**32 - 1, description="seed of the points")


def _power_of_two(value: int) -> int:
    if value & (value - 1):
        below = 1 << (value.bit_length() - 1)
        raise ValueError(f"must be a power of 2, such as {below} or {2 * below}, not {value}")
    return value


class Sobol(Design):
    """Saltelli's sample for Sobol' indices: points × (varied + 2) points in all."""

    kind: Literal["sobol"]
    points: Annotated[int, AfterValidator(_power_of_two)] = Field(
        ge=2, le=2**20, description="points of the base sample, a power of 2"
    )
    second_order: bool = Field(
        False, description="also what second-order indices need: points × (2 × varied + 2) points"
    )
    seed: int = Field(1, ge=0, le=2**32 - 1, description="seed of the points")


def _even(value: int) -> int:
    if value % 2:
        raise ValueError(f"must be even, such as {value + 1}, not {value}")
    return value


class Morris(Design):
    """Trajectories of elementary effects: trajectories × (varied + 1) points in all."""

    kind: Literal["morris"]
    trajectories: int = Field(ge=2, le=100_000, description="number of trajectories")
    levels: Annotated[int, AfterValidator(_even)] = Field(
        4, ge=2, le=100, description="levels of a range; even"
    )
    seed: int = Field(1, ge=0, le=2**32 - 1, description="seed of the trajectories")


AnyDesign = Grid | OneAtATime | PointList | LatinHypercube | Sobol | Morris

DESIGNS: Mapping[str, type[AnyDesign]] = {
    "grid": Grid,
    "one_at_a_time": OneAtATime,
    "list": PointList,
    "latin_hypercube": LatinHypercube,
    "sobol": Sobol,
    "morris": Morris,
}


class Record(Table):
    """What is kept of every run; summaries of all KPIs always are."""

    kpis: tuple[str, ...] | Literal["all"] = Field(
        HEADLINES, description='KPIs whose weekly values are kept, or "all"'
    )
    groups: tuple[str, ...] | Literal["all"] = Field(
        (), description='groups besides the place as a whole, such as "age:75+", or "all"'
    )

    def kept(self) -> Kept:
        """Return what is kept of every run."""
        groups = None if self.groups == "all" else tuple(dict.fromkeys(("all", *self.groups)))
        return Kept(KPI_NAMES if self.kpis == "all" else self.kpis, groups)


class _Head(Table):
    name: Annotated[str, AfterValidator(with_letters)] = Field(
        "", description="what tables and figures call it"
    )
    description: str = Field("", description="what it is about")
    scenario: (
        Annotated[str, Field(min_length=1)]
        | Annotated[tuple[Annotated[str, Field(min_length=1)], ...], Field(min_length=1)]
    ) = Field(description="a scenario file, or a list of them, relative to the experiment")
    replicates: int | None = Field(
        None, ge=1, le=100_000, description="runs of every point; left out: run.replicates"
    )


# ---------------------------------------------------------------- the experiment


@dataclass(frozen=True)
class Experiment:
    """A checked experiment.

    Attributes:
        file: where it was read from.
        name: what tables and figures call it.
        description: what it is about.
        sources: scenario files by the name of the scenario.
        base: the scenarios, with what the experiment sets, before anything is varied.
        replicates: runs of every point and scenario.
        design: how points are chosen.
        constants: what is set for all points, by dotted key; a fact's begins with `facts`.
        varied: what is varied, likewise.
        record: what is kept.
        layer: the file as it was read.
        places: where in it every dotted key is stated that it sets or varies.
        listed: its list of points, if that is its design.
    """

    file: Path
    name: str
    description: str
    sources: Mapping[str, Source]
    base: Mapping[str, Scenario]
    replicates: int
    design: AnyDesign
    constants: Mapping[str, Any]
    varied: Mapping[str, Variation]
    record: Record
    layer: Layer
    places: Mapping[str, Key]
    listed: Listed | None = None

    def scenario(self, name: str, values: Mapping[str, Any]) -> Scenario:
        """Return a scenario with the constants and some values of what is varied.

        Args:
            name: name of the scenario.
            values: by dotted key.

        Raises:
            InputError: the values do not fit the scenario.
        """
        changed = _changed(self.sources[name], self.constants, values, self.file)
        return changed.model_copy(update={"name": name})

    def edge_lists(self) -> list[Path]:
        """Return the edge lists that any of its runs reads."""
        return self._named("network", "file")

    def posteriors(self) -> list[Path]:
        """Return the files of rows that fit data from which any of its runs draws."""
        return self._named("run", "posterior")

    def _named(self, table: str, name: str) -> list[Path]:
        """Return the files that a key of a table names, in any run."""
        files = [getattr(getattr(base, table), name) for base in self.base.values()]
        for key, varied in self.varied.items():
            for value in varied.values if isinstance(varied, Choices) else ():
                plain_key = key.removeprefix(_FACTS)
                if plain_key == f"{table}.{name}":
                    files.append(value)
                elif plain_key == table and isinstance(value, Mapping):
                    files.append(value.get(name))
        there = (Path(os.path.abspath(self.file.parent / file)) for file in files if file)
        return [file for file in dict.fromkeys(there) if file.is_file()]

    def stated(self) -> dict[str, Any]:
        """Return what decides the runs as plain data, to be written down and compared.

        Edge lists and posteriors are named by their content as well: by the SHA-256 of their bytes.
        """
        return {
            "edge lists": hash_files(self.edge_lists()),
            "posteriors": hash_files(self.posteriors()),
            "scenario": {
                name: scenario.model_dump(mode="json", exclude={"description": True})
                for name, scenario in self.base.items()
            },
            "replicates": self.replicates,
            "design": self.design.model_dump(mode="json"),
            "set": {key: Choices((value,)).stated()["values"][0]
                    for key, value in self.constants.items()},
            "vary": {key: variation.stated() for key, variation in self.varied.items()},
            "record": self.record.model_dump(mode="json"),
        }  # fmt: skip


def read_experiment(path: Path | str) -> Experiment:
    """Return the experiment of a TOML file.

    Raises:
        InputError: listing every problem found, with file, line, key and what would be right.
    """
    path = Path(path)
    layer = read_layer_of(path)
    problems: list[str] = [text for _, text in layer.mistakes]
    data = dict(layer.data)
    design_data, set_data = data.pop("design", None), data.pop("set", {})
    facts_data, record_data = data.pop("facts", {}), data.pop("record", {})

    head = checked(_Head, data, (), layer, problems, ("design", "set", "facts", "record"))
    design = _design(design_data, layer, problems)
    record = checked(Record, record_data, ("record",), layer, problems)
    if record is not None:
        problems += _unknown_kpis(record, layer)
    entries: list[tuple[Key, Key, Any]] = []
    for part, stated in (("set", set_data), ("facts", facts_data)):
        if isinstance(stated, Mapping):
            above = (part,) if part == "facts" else ()
            entries += flat(stated, above, layer, problems, (part,))
        else:
            problems += _unless_mended(layer, (part,), f"must be a table, not {shown(stated)}")
    places = {dotted_key(key): at for at, key, _ in entries}
    named = data.get("scenario") if head is None else head.scenario
    files = (named,) if isinstance(named, str) else named if isinstance(named, list | tuple) else ()
    sources = sources_of([file for file in files if isinstance(file, str)], path, layer, problems)
    constants: dict[str, Any] = {}
    varied: dict[str, Variation] = {}
    for at, key, value in entries if sources else ():
        sort_in(at, key, value, constants, varied, sources, layer, problems)
    listed = None
    if isinstance(design, PointList):
        listed = _listed(path, design, varied, layer, problems)
    base, amiss = bases(sources, constants, path)
    problems += [placed(text, path, layer, places) for text in amiss]
    for name, variation in varied.items():
        at = places.get(name, ("set",))
        for value, text in faults_of(name, variation, sources, constants, path, amiss):
            problems.append(said_of(name, value, text, layer, at, listed))
    if record is not None:
        problems += _unknown_groups(record, base, layer)
    if not varied and not problems:
        text = "varies nothing: give a list of values, a range or `evidence = true` for a key"
        problems.append(said_at(layer, ("set",), text))
    problems += _unlike(path, base)
    if head is not None and not problems:
        problems += _too_many(path, head.replicates, base)
    if problems or head is None or design is None or record is None:
        raise InputError(problems)
    return Experiment(
        file=path,
        name=head.name or path.stem,
        description=head.description,
        sources=dict(zip(base, sources.values(), strict=True)),
        base=base,
        replicates=head.replicates or next(iter(base.values())).run.replicates,
        design=design,
        constants=constants,
        varied=varied,
        record=record,
        layer=layer,
        places=places,
        listed=listed,
    )


def is_experiment(path: Path | str) -> bool:
    """Return whether a TOML file says that it is an experiment: it has a design."""
    try:
        return states_table(read_text(Path(path), "an experiment", SCENARIO_BYTES), "design")
    except ValueError:
        return False


def dotted_key(parts: Key) -> str:
    """Return a path as it is written in files and tables."""
    return dotted(parts, None)


def tables(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the nested tables that values by dotted key stand for; longer keys win."""
    nested: dict[str, Any] = {}
    for key, value in sorted(values.items(), key=lambda item: item[0].count(".")):
        *above, last = key_parts(key)
        table = nested
        for part in above:
            if not isinstance(table.get(part), dict):
                table[part] = {}
            table = table[part]
        table[last] = dict(value) if isinstance(value, Mapping) else value
    return nested


# ---------------------------------------------------------------- reading


def read_layer_of(path: Path) -> Layer:
    """Return what an experiment's file, or one like it, states; mistakes are kept in it."""
    name = visible(str(path))
    try:
        reading = read(read_text(path, "an experiment", SCENARIO_BYTES), _keys())
    except ValueError as error:
        raise InputError(f"{name}: {error}") from None
    return Layer(name, reading.data, reading.text, reading)


def _keys() -> frozenset[str]:
    """Return every key that an experiment can have in any table."""
    own = (_Head, Record, *DESIGNS.values())
    return known_keys().union(
        _WORDS, ("design", "set", "facts", "record"), *(t.model_fields for t in own)
    )


def _unless_mended(layer: Layer, path: tuple[str | int, ...], text: str) -> list[str]:
    """Return a sentence, or none about what could not be read, which has been told."""
    return [] if layer.mended(path) else [said_at(layer, path, text)]


def said_at(layer: Layer, path: tuple[str | int, ...], text: str, key: str | None = None) -> str:
    """Return a sentence that begins with the file, the line and the key (as in the file)."""
    line = layer.line(path)
    key = dotted(path, layer.data) if key is None else key
    where, text = layer.name + (f", line {line}" if line else ""), visible(text)
    return f"{where}: {key}: {text}" if key else f"{where}: {text}"


def checked(
    table: type[T],
    data: Any,
    path: Key,
    layer: Layer,
    problems: list[str],
    beside: Sequence[str] = (),
) -> T | None:
    """Return a validated table, or None after noting what is wrong with it."""
    if not isinstance(data, Mapping):
        problems += _unless_mended(layer, path, f"must be a table, not {shown(data)}")
        return None
    try:
        return table.model_validate(
            {key: tuple(v) if isinstance(v, list) else v for key, v in data.items()}
        )
    except ValidationError as error:
        fields = table.model_json_schema()["properties"]
        seen = set()
        for found in error.errors(include_url=False):
            name = str(found["loc"][0])
            if name in seen:
                continue
            seen.add(name)
            value = data.get(name)
            if found["type"] == "extra_forbidden":
                text = f"is not a known key{_meant(name, (*fields, *beside), path)}"
            elif found["type"] == "missing":
                text = f"is missing ({fields[name].get('description', '')})"
            elif found["type"] == "value_error":
                text = str(found["ctx"]["error"])
            else:
                field = _without_null(fields[name])
                text = f"must be {expected(field)}, not {shown(value)}{hint(field, value)}"
            if not (layer.lost and found["type"] == "missing"):
                problems += _unless_mended(layer, (*path, name), text)
        return None


_OF_SCENARIOS = Scenario.model_fields.keys() - {"name", "description"}
"""Tables of a scenario, which stand under [set] in an experiment."""

_INVENTED = {
    "vary": "set", "sweep": "set", "parameters": "set", "values": "set", "ranges": "set",
    "scenarios": "scenario", "runs": "replicates", "repeats": "replicates", "output": "record",
    "kpi": "kpis", "type": "kind", "trajectory": "trajectories", "samples": "points", "n": "points",
    "groups": "record.groups", "csv": "file", "path": "file",
}  # fmt: skip
"""Keys that people invent for an experiment, and what there is."""


def _meant(name: str, known: Sequence[str], path: Key) -> str:
    """Return what was probably meant by a key that there is not in an experiment."""
    if name.partition(".")[0] in _OF_SCENARIOS:
        return "; what is set or varied belongs under [set]"
    meant = _INVENTED.get(plain(name))
    if meant is None or meant.split(".")[0] not in known:
        return did_you_mean(name, known)
    return f"; did you mean {meant if path or meant not in ('set', 'record') else f'[{meant}]'}?"


def _without_null(field: Mapping[str, Any]) -> Mapping[str, Any]:
    branches = [branch for branch in field.get("anyOf", ()) if branch.get("type") != "null"]
    return {**field, "anyOf": branches} if branches else field


def _design(data: Any, layer: Layer, problems: list[str]) -> AnyDesign | None:
    kinds = ", ".join(DESIGNS)
    if data is None:
        problems += (
            []
            if layer.lost
            else [said_at(layer, (), f"[design] is missing; its kind is one of {kinds}")]
        )
        return None
    kind = data.get("kind") if isinstance(data, Mapping) else None
    if not isinstance(kind, str) or kind not in DESIGNS:
        said = "is missing" if kind is None else f"is {shown(kind)}"
        near = nearest(kind, DESIGNS) if isinstance(kind, str) else ""
        text = f"{said}{near}; the designs are: {kinds}"
        problems += _unless_mended(layer, ("design", "kind"), text)
        return None
    return checked(DESIGNS[kind], data, ("design",), layer, problems)


def _unknown_kpis(record: Record, layer: Layer) -> Iterator[str]:
    for index, name in enumerate(() if record.kpis == "all" else record.kpis):
        if name not in KPI_NAMES and not layer.mended(("record", "kpis")):
            text = f"{shown(name)} is not a KPI{did_you_mean(name, KPI_NAMES)}"
            yield said_at(layer, ("record", "kpis", index), text)


def sources_of(
    files: Sequence[str], path: Path, layer: Layer, problems: list[str]
) -> dict[str, Source]:
    """Return the scenarios that an experiment names, by file; what is wrong with them is added."""
    sources: dict[str, Source] = {}
    for file in files:
        if layer.mended(("scenario",)):
            break
        place = os.path.normpath(path.parent / file)
        if place in sources:
            problems.append(said_at(layer, ("scenario",), f"names {file} twice"))
            continue
        try:
            sources[place] = Source(place)
        except InputError as error:
            hinted = f" ({BACKSLASHES})" if is_windows_path(file) else ""
            problems += [said_at(layer, ("scenario",), text + hinted) for text in error.problems]
    return sources


# ---------------------------------------------------------------- what is set and varied


def flat(
    data: Mapping[str, Any], above: Key, layer: Layer, problems: list[str], at: Key = ("set",)
) -> Iterator[tuple[Key, Key, Any]]:
    """Yield (place in the file, path in the scenario, value) of every entry of [set] or [facts]."""
    for name, value in data.items():
        here = (*at, name)
        try:
            key = (*above, *key_parts(name))
        except ValueError as error:
            problems.append(said_at(layer, here, str(error)))
            continue
        if not isinstance(value, Mapping) or not value or _says_how(key, value):
            yield here, key, value
        else:
            yield from flat(value, key, layer, problems, here)


def _says_how(key: Key, value: Mapping[str, Any]) -> bool:
    """Return whether a table says how something varies, rather than being a part of a scenario."""
    if key == ("parameters",):
        return False
    words = value.keys() & _WORDS
    return bool(words) and not any(isinstance(value[word], Mapping) for word in words)


def sort_in(
    at: Key,
    key: Key,
    value: Any,
    constants: dict[str, Any],
    varied: dict[str, Variation],
    sources: Mapping[str, Source],
    layer: Layer,
    problems: list[str],
) -> None:
    """Put an entry of [set] or [facts] where it belongs: constants, or what is varied."""
    name = dotted_key(key)
    if layer.mended(at):
        return
    try:
        if key == ("parameters", "evidence"):
            if value is not True:
                raise ValueError("must be true, or left out")
            stated = _parameters_stated(layer)
            for parameter in PARAMETERS.values():
                if parameter.name not in stated:
                    varied[f"parameters.{parameter.name}"] = Range.of_evidence(parameter)
        elif isinstance(value, list):
            _choices(name, value, constants, varied, layer.written(at))
        elif isinstance(value, Mapping) and value:
            described(name, key, value, constants, varied, sources, layer.written(at))
        else:
            constants[name] = value
    except ValueError as error:
        problems.append(said_at(layer, at, str(error), name))


def _parameters_stated(layer: Layer) -> set[str]:
    """Return the parameters that [set] speaks of on their own."""
    entries = flat(layer.data.get("set", {}), (), layer, [])
    return {key[1] for _, key, _ in entries if key[0] == "parameters" and len(key) == 2}


def _choices(
    name: str,
    values: Sequence[Any],
    constants: dict[str, Any],
    varied: dict[str, Variation],
    written: str,
) -> None:
    if not values:
        raise ValueError("is an empty list; give the values to try, or { values = [[]] } for one")
    if len(distinct(values)) < len(values):
        if meant := decimal_commas(values, written):
            raise ValueError(f"has decimal commas, it seems: write [{', '.join(meant)}]")
        raise ValueError("holds a value twice")
    if len(values) == 1:
        constants[name] = values[0]
    else:
        varied[name] = Choices(tuple(values))


def described(
    name: str,
    key: Key,
    value: Mapping[str, Any],
    constants: dict[str, Any],
    varied: dict[str, Variation],
    sources: Mapping[str, Source],
    written: str,
) -> None:
    """Put in a table such as { low = 0.1, high = 0.5, scale = "log" }."""
    for word in value:
        if word not in _WORDS:
            raise ValueError(f"{word} is not a known key{did_you_mean(word, _WORDS)}")
    if "evidence" in value:
        if set(value) != {"evidence"} or value["evidence"] is not True:
            raise ValueError("must be `evidence = true` and nothing else, or a range or values")
        if len(key) != 2 or key[0] != "parameters" or key[1] not in PARAMETERS:
            near = did_you_mean(key[-1], PARAMETERS) if key[0] == "parameters" else ""
            raise ValueError(f"only behavioural parameters have an evidence range{near}")
        varied[name] = Range.of_evidence(PARAMETERS[key[1]])
        return
    if "values" in value:
        if set(value) != {"values"} or not isinstance(value["values"], list):
            raise ValueError("must be `values = [...]` and nothing else, or low and high")
        _choices(name, value["values"], constants, varied, written)
        return
    varied[name] = _range(key, value, sources)


def _range(key: Key, value: Mapping[str, Any], sources: Mapping[str, Source]) -> Range:
    low, high = (_end(value, word) for word in ("low", "high"))
    scale = value.get("scale", "linear")
    if scale not in ("linear", "log"):
        raise ValueError(f'scale must be "linear" or "log", not {shown(scale)}')
    if low >= high:
        raise ValueError(f"low must be below high, but they are {low} and {high}")
    if scale == "log" and low <= 0:
        raise ValueError(f'low must be above 0 for scale = "log", not {low}')
    in_scenario = key[1:] if key[0] == "facts" else key
    whole = any(_is_whole(in_scenario, source.data) for source in sources.values())
    if whole and (type(low) is not int or type(high) is not int):
        raise ValueError("takes whole numbers; give low and high without a decimal point")
    return Range(low, high, scale, whole=whole)


def _end(value: Mapping[str, Any], word: str) -> float:
    """Return an end of a range."""
    if word not in value:
        raise ValueError(f"{word} is missing: a range has low and high")
    end = value[word]
    if type(end) not in (int, float) or not isfinite(end):
        raise ValueError(f"{word} must be a number, not {shown(end)}")
    return cast(float, end)


def _is_whole(key: Key, data: Mapping[str, Any]) -> bool:
    """Return whether a key of a scenario takes whole numbers only."""
    kind = None
    if key[0] == "programme" and len(key) > 1:
        kind = table(table(data, "programme"), key[1]).get("kind")
    here = node(key, kind)
    kinds = {branch.get("type") for branch in here.get("anyOf", (here,))}
    return "integer" in kinds and "number" not in kinds


def _listed(
    path: Path,
    design: PointList,
    varied: dict[str, Variation],
    layer: Layer,
    problems: list[str],
) -> Listed | None:
    """Return the list of points, whose keys are then varied; None after noting what is wrong."""
    if varied:
        text = f"varies {next(iter(varied))}, but a list of points says itself what varies"
        problems.append(said_at(layer, ("set",), text))
        return None
    try:
        listed = read_points(path, design.file)
    except InputError as error:
        problems += error.problems
        return None
    varied.update(listed.varied)
    return listed


def _changed(
    source: Source, constants: Mapping[str, Any], values: Mapping[str, Any], path: Path
) -> Scenario:
    """Return a scenario with the constants of an experiment and values of what it varies."""
    changes = tables({**constants, **values})
    facts = changes.pop("facts", {})
    by = f"{path}: facts"
    try:
        return source.scenario(changes, str(path), path.parent, facts=facts, facts_by=by)
    except InputError as error:
        told = [text.replace(f"{by}: ", f"{path}: {_FACTS}", 1) for text in error.problems]
        raise InputError(told) from None


def bases(
    sources: Mapping[str, Source], constants: Mapping[str, Any], path: Path
) -> tuple[dict[str, Scenario], list[str]]:
    """Return the scenarios with the constants, by name, and what is wrong with them."""
    problems: list[str] = []
    base: dict[str, Scenario] = {}
    for place, source in sources.items():
        try:
            scenario = _changed(source, constants, {}, path)
        except InputError as error:
            problems += error.problems
            continue
        if scenario.name in base:
            problems.append(f'{place}: has the name "{visible(scenario.name)}" of another scenario')
        base[scenario.name] = scenario
    return base, list(dict.fromkeys(problems))


def placed(text: str, path: Path, layer: Layer, places: Mapping[str, Key]) -> str:
    """Return a sentence about what an experiment sets, with the line on which it does."""
    said = text.removeprefix(f"{path}: ")
    if said == text:  # about the scenario's own file
        return text
    of = [name for name in places if said.startswith((f"{name}:", f"{name}.", f"{name}["))]
    line = layer.line(places[max(of, key=len)] if of else ("set",))
    return f"{layer.name}{f', line {line}' if line else ''}: {said}"


def faults_of(
    name: str,
    variation: Variation,
    sources: Mapping[str, Source],
    constants: Mapping[str, Any],
    path: Path,
    amiss: Sequence[str],
) -> Iterator[tuple[Any, str]]:
    """Yield what is wrong with single values of a key, and which value first had it.

    Combinations show when they are run; what is amiss whatever the value has been told.
    """
    tried = variation.values if isinstance(variation, Choices) else variation.levels(2)
    faults: dict[str, Any] = {}
    for source, value in product(sources.values(), tried):
        try:
            _changed(source, constants, {name: value}, path)
        except InputError as error:
            for text in error.problems:
                if text not in amiss:
                    faults.setdefault(text.removeprefix(f"{path}: "), value)
        if len(faults) >= _MOST_FAULTS:
            break
    yield from ((value, text) for text, value in faults.items())


def said_of(name: str, value: Any, text: str, layer: Layer, at: Key, listed: Listed | None) -> str:
    """Return a sentence about a value of what is varied, with its place."""
    own = f"{name}: "
    said = text.removeprefix(own) if text.startswith(own) else f"with {shown(value)}, {text}"
    if listed is None:
        return said_at(layer, at, said, name)
    if "is not a known key" in said:
        return f"{listed.name}, row 1: {visible(own + said)}"
    return f"{listed.place(name, value)}: {visible(own + said)}"


def _unknown_groups(record: Record, base: Mapping[str, Scenario], layer: Layer) -> Iterator[str]:
    for index, group in enumerate(() if record.groups == "all" else record.groups):
        for scenario in base.values():
            known = all_groups(run_info(scenario))
            if group not in known:
                text = f"{shown(group)} is not a group of {shown(scenario.name)}"
                yield said_at(layer, ("record", "groups", index), text + did_you_mean(group, known))


_ALIKE = ("run.seed", "run.uncertainty", "run.posterior", "place.currency")
"""Keys in which the scenarios of an experiment agree, so that their runs can be compared."""


def _too_many(path: Path, stated: int | None, base: Mapping[str, Scenario]) -> Iterator[str]:
    """Yield that there are more replicates than rows that they can draw from."""
    for scenario in base.values():
        try:
            require_rows([scenario], stated or scenario.run.replicates)
        except InputError as error:
            yield from (f"{path}: replicates: {problem}" for problem in error.problems)
            return


def _unlike(path: Path, base: Mapping[str, Scenario]) -> Iterator[str]:
    for key in _ALIKE:
        table, name = key.split(".")
        values = {str(getattr(getattr(scenario, table), name)) for scenario in base.values()}
        if len(values) > 1:
            yield (
                f"{path}: the scenarios differ in {key} ({', '.join(sorted(values))}); "
                f"set it in [set]"
            )
