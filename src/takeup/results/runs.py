"""What is kept of a run, and the Parquet parts that hold many of them.

A part is named by the SHA-256 of its bytes, so that a truncated or damaged one is known by its
name, and is renamed into place, so that it is there whole or not at all. Every row is a run and a
group; `key` says by a hash which run it is, whatever sweep it belongs to.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from takeup.errors import OutputError
from takeup.kpis import BY_NAME, FAMILIES, KPI_NAMES, YEAR, Family
from takeup.results.info import RunInfo
from takeup.results.levels import HORIZON_WEEKS, mean_without_nan
from takeup.results.manifest import check_format
from takeup.results.summarise import FloatArray, all_groups

Summary = Literal["final", "mean", "peak"]
SUMMARIES: tuple[Summary, ...] = ("final", "mean", "peak")
"""Kept of every KPI: the level at the horizon, the mean of all weeks, the highest week."""

WEEKLY = "weekly"
SUFFIX = ".parquet"
KEY_LENGTH = 32
_NAME_LENGTH = 40
_METADATA = b"takeup"

_TEXT = pa.dictionary(pa.int32(), pa.string())
_LABELS = [
    ("key", pa.string()),
    ("scenario", _TEXT),
    ("point", pa.int32()),
    ("replicate", pa.int32()),
    ("group", _TEXT),
]
_YEARLY = np.array([kpi.unit.endswith("a year") for kpi in BY_NAME.values()])


class Label(NamedTuple):
    """Where a run stands in a sweep."""

    scenario: str
    point: int
    replicate: int


@dataclass(frozen=True)
class Kept:
    """What is kept of a run beside the summaries of all KPIs.

    Attributes:
        weekly: KPIs whose weekly values are kept.
        groups: groups for which anything is kept; None stands for all that there are.
    """

    weekly: tuple[str, ...]
    groups: tuple[str, ...] | None = ("all",)

    def covers(self, other: Kept) -> bool:
        """Return whether it keeps all that another does."""
        if not set(other.weekly) <= set(self.weekly):
            return False
        if self.groups is None or other.groups is None:
            return self.groups is None
        return set(other.groups) <= set(self.groups)

    def families(self) -> tuple[Family, ...]:
        """Return the families of its groups."""
        if self.groups is None:
            return FAMILIES
        kept = {group.partition(":")[0] for group in self.groups}
        return tuple(family for family in FAMILIES if family in kept)


@dataclass(frozen=True)
class RunRows:
    """What is kept of one run.

    Attributes:
        groups: the groups, one a row.
        summaries: (KPIs, SUMMARIES, groups); NaN where there is no value.
        weekly: (weekly KPIs, groups, weeks).
    """

    groups: tuple[str, ...]
    summaries: FloatArray
    weekly: FloatArray


def rows_of(values: Mapping[str, FloatArray], info: RunInfo, kept: Kept) -> RunRows:
    """Return what is kept of a run.

    Args:
        values: as returned by `summarise`.
        info: the scenario's, for the names of its groups.
        kept: what to keep.
    """
    there = all_groups(info)
    groups = there if kept.groups is None else kept.groups
    at = [there.index(group) for group in groups]
    # (KPIs, groups, weeks): weeks last, so that a mean has the same bits whatever else is kept.
    series = np.stack([values[name][:, at].T for name in KPI_NAMES])
    last = mean_without_nan(series[:, :, -HORIZON_WEEKS:], 2)
    last[_YEARLY] = mean_without_nan(series[_YEARLY, :, -YEAR:], 2)
    peak = np.where(np.isnan(series), -np.inf, series).max(axis=2)
    peak[np.isneginf(peak)] = np.nan
    summaries = np.stack([last, mean_without_nan(series, 2), peak], axis=1)
    return RunRows(groups, summaries, series[[KPI_NAMES.index(name) for name in kept.weekly]])


def schema(kept: Kept, scenarios: Sequence[str], model: str, sweep: str = "") -> pa.Schema:
    """Return the columns of a part; its metadata say what is kept, by which model, in which sweep.

    Args:
        kept: what is kept of every run.
        scenarios: names of all scenarios of the sweep.
        model: version of the model that ran.
        sweep: id of the sweep, see `SweepFolder`.
    """
    return pa.schema(
        [
            *_LABELS,
            *((f"{name}_{summary}", pa.float64()) for name in KPI_NAMES for summary in SUMMARIES),
            *((f"{name}_{WEEKLY}", pa.list_(pa.float64())) for name in kept.weekly),
        ]
    ).with_metadata(
        {
            _METADATA: json.dumps(
                {
                    "format": 1,
                    "model": model,
                    "sweep": sweep,
                    "weekly": kept.weekly,
                    "groups": kept.groups,
                    "scenarios": list(scenarios),
                }
            )
        }
    )


def part_of(
    runs: Iterable[tuple[str, Label, RunRows]],
    kept: Kept,
    scenarios: Sequence[str],
    model: str,
    sweep: str = "",
) -> bytes:
    """Return a part as bytes.

    Args:
        runs: key, label and rows of every run.
        kept: what was kept of them.
        scenarios: names of all scenarios of the sweep.
        model: version of the model that ran.
        sweep: id of the sweep.
    """
    runs = list(runs)
    labels = [(key, *label, group) for key, label, rows in runs for group in rows.groups]
    keys, names, points, replicates, groups = zip(*labels, strict=True)
    summaries = np.concatenate([rows.summaries for *_, rows in runs], axis=2)
    columns = [
        pa.array(keys, pa.string()),
        pa.array(names, pa.string()).dictionary_encode(),
        pa.array(points, pa.int32()),
        pa.array(replicates, pa.int32()),
        pa.array(groups, pa.string()).dictionary_encode(),
        *(_numbers(column) for kpi in summaries for column in kpi),
    ]
    weeks = np.repeat(
        [rows.weekly.shape[2] for *_, rows in runs], [len(rows.groups) for *_, rows in runs]
    )
    offsets = pa.array(np.concatenate([[0], np.cumsum(weeks)]), pa.int32())
    for index in range(len(kept.weekly)):
        flat = np.concatenate([rows.weekly[index].ravel() for *_, rows in runs])
        columns.append(pa.ListArray.from_arrays(offsets, _numbers(flat)))
    return encoded(pa.Table.from_arrays(columns, schema=schema(kept, scenarios, model, sweep)))


def relabelled(
    table: pa.Table,
    labels: Mapping[str, Sequence[Label]],
    kept: Kept,
    scenarios: Sequence[str],
    model: str,
    sweep: str = "",
) -> pa.Table:
    """Return runs of another sweep as they stand in this one.

    Args:
        table: a part of the other sweep, with at least what is kept.
        labels: where every run that is wanted stands in this sweep, by its key.
        kept: what this sweep keeps.
        scenarios: names of all scenarios of this sweep.
        model: version of the model that ran.
        sweep: id of this sweep.
    """
    wanted = schema(kept, scenarios, model, sweep)
    if kept.groups is not None:
        chosen = pc.is_in(table["group"].cast(pa.string()), pa.array(kept.groups))
        table = table.filter(chosen)
    # A run that stood in several places of the other sweep has rows for each of them.
    pairs = zip(table["key"].to_pylist(), table["group"].to_pylist(), strict=True)
    first: dict[tuple[str, str], int] = {}
    for row, pair in enumerate(pairs):
        first.setdefault(pair, row)
    rows = [(row, label) for (key, _), row in first.items() for label in labels.get(key, ())]
    taken = table.take(pa.array([row for row, _ in rows], pa.int64()))
    for column, values in (
        ("scenario", pa.array([label.scenario for _, label in rows], pa.string())),
        ("point", pa.array([label.point for _, label in rows], pa.int32())),
        ("replicate", pa.array([label.replicate for _, label in rows], pa.int32())),
    ):
        taken = taken.set_column(taken.schema.get_field_index(column), column, values)
    return taken.select(wanted.names).cast(wanted)


def _numbers(values: npt.NDArray[np.float64]) -> pa.Array:
    return pa.array(values, pa.float64(), from_pandas=True)  # NaN is a missing value


def encoded(table: pa.Table) -> bytes:
    """Return a table as the bytes of a Parquet file."""
    target = io.BytesIO()
    # Dictionaries and statistics of a hundred columns would weigh more than a few runs do.
    labels = ["scenario", "group"]
    pq.write_table(
        table, target, compression="zstd", use_dictionary=labels, write_statistics=labels
    )
    return target.getvalue()


# ---------------------------------------------------------------- folders of parts


class Parts:
    """A folder of parts.

    Args:
        folder: the folder; made when the first part is written.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def files(self) -> list[Path]:
        """Return the parts by name, whole or damaged."""
        if not self.folder.is_dir():
            return []
        return sorted(path for path in self.folder.iterdir() if path.suffix == SUFFIX)

    def add(self, content: bytes) -> Path:
        """Write a part and rename it into place.

        Raises:
            OSError: it could not be written; nothing of it is left.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / f"{_name(content)}{SUFFIX}"
        write_whole(path, content)
        return path

    def clean(self) -> list[Path]:
        """Remove what was being written when a sweep died, and damaged parts; return the latter.

        A file that has no name of a part is left alone: nobody says that takeup wrote it.
        """
        if not self.folder.is_dir():
            return []
        for path in self.folder.iterdir():
            if path.suffix == ".new":
                path.unlink()
        damaged = [path for path in self.files() if is_named(path) and not is_whole(path)]
        for path in damaged:
            path.unlink()
        return damaged


def is_named(path: Path) -> bool:
    """Return whether a file has a name as parts have."""
    return bool(re.fullmatch(f"[0-9a-f]{{{_NAME_LENGTH}}}", path.stem))


def is_whole(path: Path) -> bool:
    """Return whether a part has the bytes that its name says."""
    try:
        digest = hashlib.sha256()
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
    except OSError:
        return False
    return path.stem == digest.hexdigest()[:_NAME_LENGTH]


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that it is there whole or not at all, whatever happens.

    Raises:
        OSError: it could not be written; nothing of it is left, an earlier one is as it was.
    """
    fresh = path.with_name(f"{path.name}.{os.getpid()}.new")
    try:
        with fresh.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(fresh, path)
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise


class PartInfo(NamedTuple):
    """What a part says of itself.

    Attributes:
        model: version of the model that ran.
        sweep: id of the sweep that it was made for; empty in parts of earlier versions.
        scenarios: names of all scenarios of that sweep.
        kept: what it keeps of every run.
    """

    model: str
    sweep: str
    scenarios: tuple[str, ...]
    kept: Kept


def part_info(path: Path) -> PartInfo:
    """Return what a part says of itself.

    Raises:
        OutputError: it is not a part of takeup, is one of a later version, or has not the columns
            that it says.
    """
    try:
        found = pq.read_schema(path)
        said: dict[str, Any] = json.loads(found.metadata[_METADATA])
        check_format(path, said["format"])
        groups = said["groups"]
        kept = Kept(tuple(said["weekly"]), None if groups is None else tuple(groups))
        info = PartInfo(said["model"], said.get("sweep", ""), tuple(said["scenarios"]), kept)
        if not found.equals(schema(kept, info.scenarios, info.model, info.sweep)):
            raise ValueError("it has other columns than it says")
        return info
    except (OSError, pa.ArrowException, LookupError, TypeError, ValueError) as error:
        raise OutputError(f"{path}: is not a part of takeup ({error})") from error


def _name(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:_NAME_LENGTH]
