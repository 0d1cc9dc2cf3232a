"""Reading a sweep back: its design, and what is asked for of its runs, a part at a time.

sweep = takeup.open_sweep("results/study")
sweep.design                                 # a row per point
sweep.outcomes(["digital_take_up"])          # a row per point, replicate and scenario
sweep.outcomes(["digital_take_up"], summary="time_to", threshold=0.6)
sweep.trajectories(["digital_take_up"], points=[0, 1])
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from numbers import Real
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from pydantic import BaseModel, Field, ValidationError

from takeup.arguments import near, texts, told, whole
from takeup.arguments import path as path_of
from takeup.errors import InputError, OutputError, did_you_mean
from takeup.kpis import BY_NAME, KPI_NAMES
from takeup.results.held import LABELS, damaged, held_runs
from takeup.results.manifest import MANIFEST, hash_files, read_json, unreadable
from takeup.results.runs import WEEKLY, Kept, Parts, is_whole

DESIGN = "design.parquet"
UNITS = "units.parquet"
FAILURES = "failures.parquet"
RUNS = "runs"

RunSummary = Literal["final", "mean", "peak", "time_to"]


def open_sweep(folder: str | os.PathLike[str]) -> Sweep:
    """Open what `takeup sweep` wrote, complete or not.

    Args:
        folder: as given to `takeup sweep --out`.

    Returns:
        The sweep: its design, and methods that read what is asked for of its runs.

    Raises:
        InputError: `folder` is no path.
        OutputError: there is no sweep there; or a file of it is damaged, of another sweep, or of a
            later version of takeup. It is named, with what to do.
    """
    return Sweep(path_of("folder", folder, "the path of a sweep's folder"))


class _Record(BaseModel):
    kpis: Literal["all"] | list[str]
    groups: Literal["all"] | list[str]


class _Design(BaseModel):
    kind: str


class _Experiment(BaseModel):
    scenario: dict[str, dict[str, Any]] = Field(min_length=1)
    design: _Design
    vary: dict[str, dict[str, Any]]
    record: _Record


class _Manifest(BaseModel):
    """What a sweep's manifest has to hold, whatever else it holds."""

    kind: Literal["sweep"]
    name: str
    model: str
    experiment: _Experiment
    points: int = Field(ge=1)
    replicates: int = Field(ge=1)
    currency: str
    id: str = ""
    tables: dict[str, list[str]] = {}


def read_manifest(path: Path) -> dict[str, Any]:
    """Return the manifest of a sweep.

    Raises:
        FileNotFoundError: it is not there.
        OutputError: it is damaged, of something else, or of a later version of takeup.
    """
    said = read_json(path, "a sweep")
    if said.get("kind") != "sweep":
        raise OutputError(
            f"{path}: is not readable as that of a sweep (it belongs to another kind of results); "
            "name the folder of a sweep"
        )
    try:
        checked = _Manifest.model_validate(said)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise OutputError(unreadable(path, "a sweep", f"{where}: {first['msg']}")) from error
    unknown = [name for name in kept_of(said).weekly if name not in KPI_NAMES]
    if unknown:
        reason = f"experiment.record.kpis: {unknown[0]:.60} is not a KPI"
        raise OutputError(unreadable(path, "a sweep", reason))
    return {**said, "id": checked.id}


def kept_of(manifest: Mapping[str, Any]) -> Kept:
    """Return what a sweep keeps of every run."""
    record = manifest["experiment"]["record"]
    kpis, groups = record["kpis"], record["groups"]
    return Kept(
        KPI_NAMES if kpis == "all" else tuple(kpis),
        None if groups == "all" else tuple(dict.fromkeys(("all", *groups))),
    )


def read_points(path: Path, manifest: Mapping[str, Any]) -> pd.DataFrame:
    """Return a table of a sweep that has a row for every point: its design, or its units.

    Raises:
        OutputError: it is not there, is damaged, or is of another sweep.
    """
    if not path.is_file():
        raise OutputError(unreadable(path, "this sweep", "it is not there"))
    known = manifest.get("tables", {}).get(path.name, ())
    if manifest["id"] and hash_files([path])[str(path)] not in known:
        reason = "it is damaged, or of another"
        raise OutputError(unreadable(path, "this sweep", reason))
    frame = _read(path).to_pandas()
    varied = list(manifest["experiment"]["vary"])
    if sorted(frame) != sorted(["point", *varied]):
        raise OutputError(unreadable(path, "this sweep", f"its columns are not {varied}"))
    frame = frame.set_index("point")
    if len(frame) < manifest["points"] or list(frame.index) != list(range(len(frame))):
        raise OutputError(unreadable(path, "this sweep", f"it has not {manifest['points']} points"))
    return frame


class Sweep:
    """A sweep on disk; nothing but what is asked for is read.

    Args:
        folder: as given to `takeup sweep --out`.

    Attributes:
        folder: the folder.
        manifest: what ran: experiment, versions, inputs, counts.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        try:
            self.manifest = read_manifest(folder / MANIFEST)
        except FileNotFoundError:
            raise OutputError(f"{folder}: no sweep there (looked for {MANIFEST})") from None
        self.experiment: dict[str, Any] = self.manifest["experiment"]
        self._parts = Parts(folder / RUNS)
        held_runs(
            self._parts.files(),
            self.manifest["id"],
            self.scenarios,
            len(self.design),
            kept_of(self.manifest),
        )

    def __repr__(self) -> str:
        return (
            f"<Sweep {self.name!r}: {len(self.design)} points × {len(self.scenarios)} scenarios × "
            f"{self.replicates} replicates in {self.folder}>"
        )

    @property
    def name(self) -> str:
        """Name of the experiment."""
        return str(self.manifest["name"])

    @property
    def scenarios(self) -> list[str]:
        """Names of the scenarios, in the order of the experiment."""
        return list(self.experiment["scenario"])

    @property
    def replicates(self) -> int:
        """Replicates of every point, as the sweep was asked for or came to need."""
        return int(self.manifest["replicates"])

    @property
    def weekly(self) -> list[str]:
        """KPIs whose weekly values are kept."""
        return list(kept_of(self.manifest).weekly)

    @cached_property
    def design(self) -> pd.DataFrame:
        """The points: index `point`, a column for every dotted key that is varied.

        A missing value leaves the scenario as it is.
        """
        return read_points(self.folder / DESIGN, self.manifest)

    @cached_property
    def units(self) -> pd.DataFrame | None:
        """The points as positions from 0 to 1 in every range: what SALib sampled.

        None for designs that list their points.
        """
        path = self.folder / UNITS
        return read_points(path, self.manifest) if path.exists() else None

    @property
    def problem(self) -> dict[str, Any]:
        """SALib's description of `units`."""
        names = list(self.experiment["vary"])
        return {"num_vars": len(names), "names": names, "bounds": [[0.0, 1.0]] * len(names)}

    @property
    def failures(self) -> pd.DataFrame:
        """Runs that failed: scenario, point, replicate, error."""
        path = self.folder / FAILURES
        if not path.exists():
            return pd.DataFrame({**{name: [] for name in LABELS}, "error": []})
        found = pd.DataFrame(_read(path).to_pydict())
        if list(found) != [*LABELS, "error"]:
            raise OutputError(unreadable(path, "this sweep", "it has other columns"))
        return found

    def missing(self) -> int:
        """Return how many runs are still to be done, failed ones included."""
        wanted = len(self.design) * len(self.scenarios) * self.replicates
        return wanted - sum(len(table) for table in self._read(["group"], "all"))

    def files(self) -> dict[str, str]:
        """Return the SHA-256 of what analyses read: of each table, and of the runs as a whole.

        A part is named by its content, so that the names of all stand for the runs.
        """
        tables = (self.folder / name for name in (MANIFEST, DESIGN, UNITS))
        names = "\n".join(path.name for path in self._parts.files())
        return {
            **hash_files(path for path in tables if path.is_file()),
            str(self.folder / RUNS): hashlib.sha256(names.encode()).hexdigest(),
        }

    def unit_of(self, kpi: str) -> str:
        """Return the unit of a KPI, as in `takeup.kpis`; money in the currency of the place.

        Raises:
            InputError: there is no such KPI.
        """
        if kpi not in KPI_NAMES:
            raise InputError(f"{told(kpi)} is not a KPI{near(kpi, KPI_NAMES)}")
        unit = BY_NAME[kpi].unit
        return str(self.manifest["currency"]) if unit == "currency" else unit

    def outcomes(
        self,
        kpis: Sequence[str] | None = None,
        summary: RunSummary = "final",
        *,
        threshold: float | None = None,
        group: str = "all",
    ) -> pd.DataFrame:
        """Return one number per run and KPI.

        Args:
            kpis: names, or a single one; left out: those whose weekly values are kept.
            summary: `final` (mean of the last four weeks; of yearly rates, of the last year),
                `mean` and `peak` (the highest week) over the run, or `time_to`: the first week in
                which the KPI reaches the threshold, from below if higher is better or neither, from
                above if lower is; missing if it never does.
            threshold: for `time_to`.
            group: of people, services or staff; "all" is the place as a whole.

        Returns:
            A DataFrame with columns scenario, point, replicate and the KPIs, a row for every run
            that is done, in this order.

        Raises:
            InputError: a KPI, summary or group is not known or not kept.
            OutputError: a part is damaged.
        """
        names = self.weekly if kpis is None else texts("kpis", kpis, "names of KPIs")
        self._check(names, group, weekly=summary == "time_to")
        if summary not in get_args(RunSummary):
            known = ", ".join(get_args(RunSummary))
            raise InputError(f"summary: {told(summary)} is not one of {known}")
        if (summary == "time_to") != (threshold is not None):
            raise InputError("threshold: goes with summary time_to, and only with it")
        if threshold is not None and not isinstance(threshold, Real):
            raise InputError(f"threshold: must be a number, not {told(threshold)}")
        if threshold is None:
            columns = [f"{name}_{summary}" for name in names]
        else:
            columns = [f"{name}_{WEEKLY}" for name in names]
        found = []
        for table in self._read([*LABELS, "group", *columns], group):
            frame = table.select(LABELS).to_pandas()
            for name, column in zip(names, columns, strict=True):
                if threshold is None:
                    frame[name] = table[column].to_numpy()
                else:
                    frame[name] = _first_week(table[column], name, threshold)
            found.append(frame)
        return self._in_order(found, names)

    def trajectories(
        self,
        kpis: Sequence[str] | None = None,
        points: Sequence[int] | None = None,
        *,
        group: str = "all",
    ) -> pd.DataFrame:
        """Return weekly values, a row per run and week.

        Args:
            kpis: names, or a single one; left out: all whose weekly values are kept.
            points: numbers of points, from 0, or a single one; left out: all, which can be a large
                table.
            group: of people, services or staff; "all" is the place as a whole.

        Returns:
            A DataFrame with columns scenario, point, replicate, week and the KPIs.

        Raises:
            InputError: a KPI or group is not known or not kept.
            OutputError: a part is damaged.
        """
        names = self.weekly if kpis is None else texts("kpis", kpis, "names of KPIs")
        self._check(names, group, weekly=True)
        if points is not None:
            wanted = points if isinstance(points, Iterable) else [points]
            points = [whole("points", point, 0, len(self.design) - 1) for point in wanted]
        columns = [f"{name}_{WEEKLY}" for name in names]
        found = []
        for table in self._read([*LABELS, "group", *columns], group):
            if points is not None:
                table = table.filter(pc.is_in(table["point"], pa.array(points, pa.int32())))
            if not len(table):
                continue
            table = table.combine_chunks()
            weeks = pc.list_value_length(table[columns[0]]).to_numpy()
            frame = table.select(LABELS).to_pandas().loc[np.repeat(np.arange(len(weeks)), weeks)]
            frame["week"] = np.concatenate([np.arange(count) for count in weeks])
            for name, column in zip(names, columns, strict=True):
                frame[name] = pc.list_flatten(table[column]).to_numpy()
            found.append(frame)
        return self._in_order(found, names, week=True)

    # ------------------------------------------------------------ parts

    def _read(self, columns: Sequence[str], group: str | None = None) -> Iterator[pa.Table]:
        """Yield the rows of one part after the other."""
        for path in self._parts.files():
            if path not in self._whole:
                if not is_whole(path):
                    raise OutputError(damaged(path))
                self._whole.add(path)
            table = _read(path, columns)
            yield table if group is None else table.filter(pc.equal(table["group"], group))

    @cached_property
    def _whole(self) -> set[Path]:
        """Parts whose bytes were checked."""
        return set()

    def _check(self, kpis: Sequence[str], group: str, *, weekly: bool) -> None:
        problems = [] if kpis else ["kpis: name at least one"]
        for name in kpis:
            if name not in KPI_NAMES:
                problems.append(f'"{name}" is not a KPI{did_you_mean(name, KPI_NAMES)}')
            elif weekly and name not in self.weekly:
                problems.append(
                    f"{name}: the sweep kept no weekly values of it; name it in `record.kpis` of "
                    "the experiment"
                )
        if not isinstance(group, str):
            raise InputError(f"group: must be a text such as age:75+, not {told(group)}")
        groups = self.experiment["record"]["groups"]
        if groups != "all" and group not in ("all", *groups):
            problems.append(
                f'group: the sweep kept nothing of "{group}"; name it in `record.groups` of the '
                "experiment"
            )
        if problems:
            raise InputError(problems)

    def _in_order(
        self, found: Sequence[pd.DataFrame], kpis: Sequence[str], *, week: bool = False
    ) -> pd.DataFrame:
        """Return all rows by scenario (as in the experiment), point, replicate and week."""
        by = [*LABELS, "week"] if week else LABELS
        if not found:
            return pd.DataFrame({name: [] for name in (*by, *kpis)})
        table = pd.concat([frame.astype({"scenario": str}) for frame in found], ignore_index=True)
        table["scenario"] = pd.Categorical(table["scenario"], categories=self.scenarios)
        table = table.sort_values(by, ignore_index=True)
        return table.astype({"scenario": str})


def _first_week(column: pa.ChunkedArray, kpi: str, threshold: float) -> npt.NDArray[np.float64]:
    """Return the first week in which each list of weekly values reaches a threshold."""
    better = BY_NAME[kpi].better
    lists = column.combine_chunks()
    values = pc.list_flatten(lists).to_numpy(zero_copy_only=False)
    with np.errstate(invalid="ignore"):
        reached = values <= threshold if better < 0 else values >= threshold
    run = pc.list_parent_indices(lists).to_numpy()
    lengths = pc.list_value_length(lists).to_numpy()
    week = np.arange(len(values)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    first = np.full(len(lengths), np.inf)
    np.minimum.at(first, run[reached], week[reached])
    first[np.isinf(first)] = np.nan
    return first


def _read(path: Path, columns: Sequence[str] | None = None) -> pa.Table:
    try:
        return pq.read_table(path, columns=columns, partitioning=None)
    except Exception as error:  # in damaged bytes a reader stumbles on anything
        raise OutputError(unreadable(path, "this sweep", str(error))) from error
