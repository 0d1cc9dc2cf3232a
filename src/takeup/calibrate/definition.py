"""What a calibration file says: what was observed, what is free, what is held out.

scenario = "../scenarios/riverton/baseline.toml"   # left out: a council of one service

[[observe]]
file = "planning.csv"          # date (or period_end), a KPI (or digital_pct), maybe volume
service = "planning"
window = "year"

[free]                         # left out: all behavioural parameters, and the drift of take-up
habit_weight.evidence = true
place.trust = { low = 0.4, high = 0.8 }

[hold_out]
last = 0.3
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from math import ceil, isfinite
from pathlib import Path
from typing import Any, Literal

import numpy as np
from pydantic import Field

from takeup.calibrate.observed import Floats
from takeup.errors import InputError, did_you_mean
from takeup.evidence import PARAMETERS
from takeup.experiments.definition import (
    Key,
    checked,
    dotted_key,
    flat,
    read_layer_of,
    said_at,
    sort_in,
    sources_of,
)
from takeup.experiments.variation import Choices, Range, Variation
from takeup.kpis import BY_NAME, KPI_NAMES
from takeup.results.summarise import all_groups
from takeup.runs.describe import run_info
from takeup.scenario.read.files import SCENARIO_BYTES, read_text
from takeup.scenario.read.load import Source
from takeup.scenario.read.problems import Layer, shown
from takeup.scenario.read.syntax import states_table
from takeup.scenario.schema.scenario import Scenario, Table

DRIFT = "place.trend.drift"
"""What take-up gains in a year without anybody's doing, log-odds: the data's own say."""

_FACTS = ("place", "departments", "services")

_LEAST_POINTS = 2
_LEAST_HELD_OUT = 3


class Observe(Table):
    """A series that was observed."""

    file: str = Field(min_length=1, description="a CSV file, relative to the calibration")
    service: str = Field("", description="id of the service that was observed")
    group: str = Field("", description='a group instead, such as "age:75+"')
    series: str = Field("", description="value of the column series, if the file holds several")
    window: Literal["week", "year"] = Field(
        "year", description="what a value is about: the week, or the year, before its date"
    )


class HoldOut(Table):
    """What is kept from the fit, to see whether the forecast holds."""

    last: float = Field(gt=0.0, lt=1.0, description="share of the points, the last of each series")


class _Head(Table):
    name: str = Field("", description="what results call it")
    description: str = Field("", description="what it is about")
    scenario: str | None = Field(None, min_length=1, description="a scenario file")


@dataclass(frozen=True)
class Observed:
    """A series that was observed.

    Attributes:
        name: what results call it.
        service: id of the service; empty if it is a group or a council of one.
        group: group of results that it is compared with.
        kpi: what was observed.
        window: weeks that a value is about.
        ends: first day after each window, (points,).
        value: the values: shares from 0 to 1, else in the KPI's unit, (points,).
        volume: transactions in each window, (points,); NaN if it is not known.
        known: points that are fitted.
    """

    name: str
    service: str
    group: str
    kpi: str
    window: int
    ends: tuple[date, ...]
    value: Floats
    volume: Floats
    known: int


@dataclass(frozen=True)
class Calibration:
    """A checked calibration.

    Attributes:
        file: where it was read from.
        name: what results call it.
        source: the scenario that is fitted; None: a council made for the series.
        scenario: it, before anything is varied; None if there is none.
        observed: the series.
        free: what may vary, by dotted key.
        go_live: weeks from the go-live to the first point, lowest and highest; None: not new.
        inputs: every file that was read.
        layer: the file as it was read.
        places: where in it every key stands that is free.
    """

    file: Path
    name: str
    source: Source | None
    scenario: Scenario | None
    observed: tuple[Observed, ...]
    free: Mapping[str, Variation]
    go_live: tuple[int, int] | None
    inputs: tuple[Path, ...]
    layer: Layer
    places: Mapping[str, Key]


def is_calibration(path: Path | str) -> bool:
    """Return whether a TOML file says that it is a calibration: something was observed."""
    try:
        return states_table(read_text(Path(path), "a calibration", SCENARIO_BYTES), "observe")
    except ValueError:
        return False


def read_calibration(path: Path | str) -> Calibration:
    """Return the calibration of a TOML file.

    Raises:
        InputError: listing every problem found, with file, line, key and what would be right.
    """
    path = Path(path)
    layer = read_layer_of(path)
    problems = [text for _, text in layer.mistakes]
    data = dict(layer.data)
    tables, free_data = data.pop("observe", None), data.pop("free", None)
    held_data = data.pop("hold_out", None)
    head = checked(_Head, data, (), layer, problems, ("observe", "free", "hold_out"))
    held = None
    if held_data is not None:
        held = checked(HoldOut, held_data, ("hold_out",), layer, problems)
    source, scenario = _fitted(head, path, layer, problems)
    observed: list[Observed] = []
    inputs = [path]
    if not isinstance(tables, Sequence) or isinstance(tables, str) or not tables:
        problems.append(said_at(layer, ("observe",), "is missing: give a [[observe]] with a file"))
        tables = ()
    for at, one in enumerate(tables):
        here = ("observe", at)
        found = checked(Observe, one, here, layer, problems)  # type: ignore[arg-type]
        if found is None:
            continue
        amiss = list(_of_whom(found, scenario, here, layer))
        problems += amiss
        inputs.append(path.parent / found.file)
        try:
            observed.append(_observed(path.parent / found.file, found, held, at, scenario))
        except InputError as error:
            problems += [said_at(layer, (*here, "file"), text) for text in error.problems]
    free, go_live, places = _free(free_data, scenario, len(tables), layer, problems)
    if problems or head is None:
        raise InputError(problems)
    return Calibration(
        path, head.name or path.stem, source, scenario, tuple(observed), free, go_live,
        tuple(dict.fromkeys(inputs)), layer, places,
    )  # fmt: skip


def _fitted(
    head: _Head | None, path: Path, layer: Layer, problems: list[str]
) -> tuple[Source | None, Scenario | None]:
    """Return the scenario that is fitted, if there is one."""
    if head is None or head.scenario is None:
        return None, None
    found = sources_of([head.scenario], path, layer, problems)
    for source in found.values():
        try:
            return source, source.scenario({}, str(path), path.parent)
        except InputError as error:
            problems += error.problems
    return None, None


def _of_whom(one: Observe, scenario: Scenario | None, here: Any, layer: Layer) -> Any:
    """Yield what is wrong with whom a series is of."""
    if one.service and one.group:
        yield said_at(layer, (*here, "group"), "goes without a service; give one of them")
    if scenario is None:
        if one.group:
            yield said_at(layer, (*here, "group"), "needs a scenario, and there is none")
        return
    if one.service and one.service not in scenario.services:
        near = did_you_mean(one.service, scenario.services)
        text = f"{shown(one.service)} is not a service of {shown(scenario.name)}{near}"
        yield said_at(layer, (*here, "service"), text)
    known = all_groups(run_info(scenario))
    if one.group and one.group not in known:
        near = did_you_mean(one.group, known)
        text = f"{shown(one.group)} is not a group of {shown(scenario.name)}{near}"
        yield said_at(layer, (*here, "group"), text)


# ---------------------------------------------------------------- what is free


def _free(
    data: Any, scenario: Scenario | None, series: int, layer: Layer, problems: list[str]
) -> tuple[dict[str, Variation], tuple[int, int] | None, dict[str, Key]]:
    """Return what is free, the range of a go-live, and where each stands in the file."""
    if data is not None and not isinstance(data, Mapping):
        problems.append(said_at(layer, ("free",), f"must be a table, not {shown(data)}"))
        return {}, None, {}
    stated = dict(data or {})
    everything = stated.pop("evidence", None)
    go_live = None
    free: dict[str, Variation] = {}
    places: dict[str, Key] = {}
    if everything not in (None, True):
        problems.append(said_at(layer, ("free", "evidence"), "must be true, or left out"))
    if "go_live" in stated:
        go_live = _go_live(stated.pop("go_live"), scenario, series, layer, problems)
    sources: dict[str, Source] = {}
    for at, key, value in flat(stated, (), layer, problems, ("free",)):
        if len(key) == 1:
            if key[0] not in PARAMETERS:
                text = "is neither a behavioural parameter nor a dotted fact"
                near = did_you_mean(key[0], (*PARAMETERS, "go_live"))
                problems.append(said_at(layer, at, text + near, key[0]))
                continue
            key = ("parameters", key[0])
        elif key[0] in _FACTS and key[:2] != ("place", "trend"):
            key = ("facts", *key)  # what is fitted holds today, before any plan
        if not isinstance(value, Mapping):
            text = "must be a range such as { low = 0.2, high = 0.4 }, or `evidence = true`"
            problems.append(said_at(layer, at, text, dotted_key(key)))
            continue
        before = len(free)
        sort_in(at, key, value, {}, free, sources, layer, problems)
        if len(free) > before:
            name = dotted_key(key)
            places[name] = at
            if isinstance(free[name], Choices):
                problems.append(said_at(layer, at, "must be a range, not a list", name))
    if everything or (not free and not problems):
        for parameter in PARAMETERS.values():
            name = f"parameters.{parameter.name}"
            if name not in free and (scenario is None or parameter.name not in scenario.parameters):
                free[name] = Range.of_evidence(parameter)
        if DRIFT not in free and (scenario is None or scenario.place.trend.drift == "drawn"):
            free[DRIFT] = drift_range()
            # they only say how drifts of services differ, and this is the drift itself
            free.pop("parameters.trend_drift", None)
            free.pop("parameters.trend_spread", None)
        for name in ("trend_jumps", "trend_jump", "trend_setbacks", "trend_walk"):
            free.pop(f"parameters.{name}", None)  # they are what a fit leaves unexplained
    return free, go_live, places


def drift_range() -> Range:
    """Return the range of the drift of a service: as wide as that of real ones."""
    mean, spread = (PARAMETERS[f"trend_{name}"] for name in ("drift", "spread"))
    half = 6.0**0.5 * spread.default  # a triangle of that standard deviation
    return Range(mean.default - half, mean.default + half, "evidence", mean.default)


def _go_live(
    value: Any, scenario: Scenario | None, series: int, layer: Layer, problems: list[str]
) -> tuple[int, int] | None:
    here = ("free", "go_live")
    ends = [value.get(word) for word in ("low", "high")] if isinstance(value, Mapping) else []
    if len(ends) != 2 or any(type(end) is not int for end in ends) or set(value) - {"low", "high"}:
        text = "must be { low = …, high = … }, whole weeks from the go-live to the first value"
        problems.append(said_at(layer, here, text))
        return None
    low, high = (int(end) for end in ends if end is not None)
    if not 0 <= low < high <= 520:
        problems.append(said_at(layer, here, "needs 0 <= low < high <= 520 weeks"))
    if scenario is not None or series != 1:
        text = "is for a single series without a scenario; a scenario states when services go live"
        problems.append(said_at(layer, here, text))
    return int(low), int(high)


# ---------------------------------------------------------------- data


def _observed(
    path: Path, one: Observe, held: HoldOut | None, at: int, scenario: Scenario | None
) -> Observed:
    """Return the series of a file; InputError says what is wrong with it, and in which row."""
    rows, kpi, volumes = _rows(path, one)
    if not rows:
        which = f" of the series {one.series}" if one.series else ""
        raise InputError(f"{path}: holds no values{which}")
    for (row, end, _, _), (next_row, after, _, _) in pairwise(rows):
        if after == end:
            raise InputError(f"{path}, row {next_row}: has the date of row {row} again")
        if after < end:
            raise InputError(f"{path}, row {next_row}: is earlier than row {row}; sort it by date")
    held_out = 0 if held is None else max(_LEAST_HELD_OUT, ceil(held.last * len(rows) - 1e-9))
    known = len(rows) - held_out
    if known < _LEAST_POINTS:
        raise InputError(
            f"{path}: has {len(rows)} values, of which {held_out} are held out; at least "
            f"{_LEAST_POINTS} must be left to fit"
        )
    name = one.series or one.service or one.group or path.stem
    group = one.group or (f"service:{one.service}" if one.service and scenario else "all")
    return Observed(
        name=name,
        service=one.service,
        group=group,
        kpi=kpi,
        window=52 if one.window == "year" else 1,
        ends=tuple(row[1] for row in rows),
        value=np.array([row[2] for row in rows]),
        volume=np.array([row[3] for row in rows]) if volumes else np.full(len(rows), np.nan),
        known=known,
    )


def _rows(path: Path, one: Observe) -> tuple[list[tuple[int, date, float, float]], str, bool]:
    """Return (row, end, value, volume) of every value, the KPI, and whether volumes are known."""
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file)
            names = list(reader.fieldnames or ())
            table = list(enumerate(reader, start=2))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        said = getattr(error, "strerror", None) or str(error)
        raise InputError(f"{path}: cannot be read ({said})") from None
    when = next((name for name in ("date", "period_end") if name in names), None)
    if when is None:
        hint = "; separate its columns by commas" if len(names) == 1 and ";" in names[0] else ""
        raise InputError(f"{path}: has no column date (or period_end){hint}")
    kpis = [name for name in names if name == "digital_pct" or name in KPI_NAMES]
    if len(kpis) != 1:
        unknown = [name for name in names if name not in (when, "volume", "series", "digital")]
        said = "has no column" if not kpis else f"has {len(kpis)} columns ({', '.join(kpis)})"
        near = did_you_mean(unknown[0], KPI_NAMES) if unknown and not kpis else ""
        listed = f", but {', '.join(unknown)}{near}" if unknown and not kpis else ""
        raise InputError(f"{path}: {said} to fit; give one: digital_pct or a KPI's name{listed}")
    if one.series and "series" not in names:
        raise InputError(f"{path}: has no column series, and series = {one.series} is asked for")
    several = {row["series"] for _, row in table} if "series" in names else set()
    if len(several) > 1 and not one.series:
        raise InputError(f"{path}: holds {len(several)} series; say which: series = …")
    volumes = "volume" in names
    found = [
        (number, *_point(row, when, kpis[0], volumes, f"{path}, row {number}"))
        for number, row in table
        if (not one.series or row["series"] == one.series) and (row[kpis[0]] or "").strip()
    ]
    return found, "digital_take_up" if kpis[0] == "digital_pct" else kpis[0], volumes


def _point(
    row: Mapping[str, str], when: str, kpi: str, volumes: bool, where: str
) -> tuple[date, float, float]:
    try:
        parts = [int(part) for part in row[when].split("-")]
        if len(parts) == 2:  # a month: its end
            year, month = parts
            date(year, month, 1)
            end = date(year + month // 12, month % 12 + 1, 1)
        else:
            end = date(*parts)
    except (TypeError, ValueError, AttributeError):
        raise InputError(f"{where}: {when} must be as 2014-03-31 or 2014-03") from None
    try:
        value = float(row[kpi]) / (100.0 if kpi == "digital_pct" else 1.0)
        volume = float(row["volume"] or "nan") if volumes else float("nan")
    except (TypeError, ValueError):
        raise InputError(f"{where}: {kpi} and volume must be numbers") from None
    share = kpi == "digital_pct" or BY_NAME[kpi].unit == "share"
    if not isfinite(value) or (share and not 0.0 <= value <= 1.0):
        bounds = "from 0 to 100" if kpi == "digital_pct" else "from 0 to 1" if share else "finite"
        raise InputError(f"{where}: {kpi} must be {bounds}, not {row[kpi]}")
    if volume < 0.0:
        raise InputError(f"{where}: volume must not be below 0")
    return end, value, volume
