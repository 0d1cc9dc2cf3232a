"""Results on disk: `trajectories.parquet`, `summary.json` and `manifest.json` in one folder."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import xarray as xr

from takeup.arguments import path as path_of
from takeup.errors import OutputError, TakeupError
from takeup.results.dataset import (
    ABOUT,
    DIMENSIONS,
    assemble,
    discount_rate,
    goals_of,
    marks_of,
)
from takeup.results.folder import complete_folder
from takeup.results.manifest import MANIFEST, check_format, hash_files, made_with, read_json
from takeup.results.summary import summary

TRAJECTORIES = "trajectories.parquet"
SUMMARY = "summary.json"
PARAMETERS = "parameters.parquet"
_RESULTS = "results"
"""Entry of the manifest with the SHA-256 of the trajectories."""

_TEXT = pa.dictionary(pa.int32(), pa.string())
_METADATA = b"takeup"


def write(
    dataset: xr.Dataset,
    folder: Path | str,
    *,
    manifest: Mapping[str, Any] | None = None,
    force: bool = False,
) -> Path:
    """Write results into a folder, completely or not at all.

    Args:
        dataset: as made by `takeup.simulate`.
        folder: destination; must not exist or be empty, unless `force`.
        manifest: what to record beside version, platform and libraries; see `make_manifest`.
        force: replace what the folder holds, once the new results are complete.

    Returns:
        The folder.

    Raises:
        OutputError: the destination is taken or cannot be written.
    """
    folder = Path(folder)
    with complete_folder(folder, force=force) as fresh:
        write_into(fresh, dataset, manifest=manifest)
    return folder


def write_into(
    folder: Path,
    dataset: xr.Dataset,
    *,
    manifest: Mapping[str, Any] | None = None,
    findings: Mapping[str, Any] | None = None,
) -> None:
    """Write the three files into a folder that exists (see `folder.complete_folder`).

    Args:
        folder: where.
        dataset: as made by `takeup.simulate`.
        manifest: see `write`.
        findings: what analysis adds to the summary, such as `comparisons` and `goals`.
    """
    write_trajectories(dataset, folder / TRAJECTORIES)
    _write_json(folder / SUMMARY, {**summary(dataset), **(findings or {})})
    said = make_manifest(dataset, manifest or {})
    content = hash_files([folder / TRAJECTORIES])[str(folder / TRAJECTORIES)]
    _write_json(folder / MANIFEST, {**said, _RESULTS: {TRAJECTORIES: content}})


def open_results(folder: str | os.PathLike[str]) -> xr.Dataset:
    """Read results back: equal to what was written, bit for bit.

    Args:
        folder: a results folder, or the Parquet file in it.

    Returns:
        A Dataset as `takeup.simulate` returns it: a float64 variable per KPI, dimensions
        (scenario, replicate, week, group).

    Raises:
        InputError: `folder` is no path.
        OutputError: there are no results, or they were not written by takeup.
    """
    path = path_of("folder", folder, "the path of a folder with results")
    if path.is_dir():
        path = path / TRAJECTORIES
    if not path.is_file():
        raise OutputError(f"{folder}: no results there (looked for {TRAJECTORIES})")
    advice = "it is damaged, or something else: put back a copy of it, or run the scenario again"
    if path.name == TRAJECTORIES and (path.parent / MANIFEST).exists():
        known = read_json(path.parent / MANIFEST, "results").get(_RESULTS, {})
        content = hash_files([path])[str(path)]
        if not isinstance(known, dict) or known.get(TRAJECTORIES, content) != content:
            raise OutputError(f"{path}: is not what its {MANIFEST} says; {advice}")
    try:
        return read_trajectories(path)
    except TakeupError:
        raise
    except Exception as error:  # in damaged bytes a reader stumbles on anything
        raise OutputError(f"{path}: not readable as takeup results ({error}); {advice}") from error


def write_trajectories(dataset: xr.Dataset, path: Path) -> None:
    """Write the tidy table: scenario, replicate, week, date, kpi, group, value.

    Rows without a value are left out. One row group per scenario and KPI, so that a reader that
    wants one KPI reads little else.
    """
    labels = {
        "scenarios": [str(name) for name in dataset["scenario"].values],
        "kpis": [str(name) for name in dataset.data_vars],
        "groups": [str(name) for name in dataset["group"].values],
    }
    start = _start_of(dataset)
    schema = pa.schema(
        [
            ("scenario", _TEXT),
            ("replicate", pa.int32()),
            ("week", pa.int32()),
            ("date", pa.date32()),
            ("kpi", _TEXT),
            ("group", _TEXT),
            ("value", pa.float64()),
        ]
    ).with_metadata(
        {
            _METADATA: json.dumps(
                {
                    "format": 1,
                    **labels,
                    "seeds": dataset["seed"].values.tolist(),
                    "worlds": dataset["world"].values.tolist(),
                    "replicates": dataset.sizes["replicate"],
                    "start": start.isoformat(),
                    "weeks": dataset.sizes["week"],
                    **{name: dataset.attrs[name] for name in ABOUT if name in dataset.attrs},
                }
            )
        }
    )
    first_day = (start - date(1970, 1, 1)).days
    with pq.ParquetWriter(
        path, schema, compression="zstd", write_statistics=True, write_page_checksum=True
    ) as writer:
        for scenario in range(len(labels["scenarios"])):
            for kpi, name in enumerate(labels["kpis"]):
                values = dataset[name].transpose(*DIMENSIONS).values[scenario]
                replicate, week, group = np.nonzero(~np.isnan(values))
                rows = len(week)
                days = (first_day + 7 * week).astype(np.int32)
                writer.write_table(
                    pa.table(
                        [
                            _coded(np.full(rows, scenario), labels["scenarios"]),
                            pa.array(replicate, pa.int32()),
                            pa.array(week, pa.int32()),
                            pa.array(days, pa.int32()).cast(pa.date32()),
                            _coded(np.full(rows, kpi), labels["kpis"]),
                            _coded(group, labels["groups"]),
                            pa.array(values[replicate, week, group]),
                        ],
                        schema=schema,
                    )
                )


def read_trajectories(path: Path) -> xr.Dataset:
    """Read the tidy table into a Dataset."""
    with pq.ParquetFile(path, page_checksum_verification=True) as file:
        stored = json.loads((file.schema_arrow.metadata or {})[_METADATA])
        check_format(path, stored["format"])
        dataset = assemble(
            scenarios=stored["scenarios"],
            seeds=stored["seeds"],
            worlds=stored["worlds"],
            replicates=stored["replicates"],
            start=date.fromisoformat(stored["start"]),
            weeks=stored["weeks"],
            groups=stored["groups"],
            about={name: stored[name] for name in ABOUT if name in stored},
        )
        columns = ["scenario", "replicate", "week", "kpi", "group", "value"]
        for part in range(file.num_row_groups):
            rows = file.read_row_group(part, columns=columns)
            where = (
                _positions(rows["scenario"], stored["scenarios"]),
                rows["replicate"].to_numpy(),
                rows["week"].to_numpy(),
                _positions(rows["group"], stored["groups"]),
            )
            kpi = _positions(rows["kpi"], stored["kpis"])
            values = rows["value"].to_numpy()
            for index in np.unique(kpi):
                chosen = kpi == index
                target = dataset[stored["kpis"][index]].values
                target[tuple(axis[chosen] for axis in where)] = values[chosen]
    return dataset


def write_parameters(replicates: Sequence[Mapping[str, float]], path: Path) -> list[str]:
    """Write the drawn parameters as a tidy table: replicate, parameter, value.

    Args:
        replicates: the parameters of every replicate, by name.
        path: the file.

    Returns:
        The names of the parameters that differ between replicates; only those are written.
    """
    names = [
        name
        for name in replicates[0]
        if any(values[name] != replicates[0][name] for values in replicates)
    ]
    rows = [(r, name, values[name]) for r, values in enumerate(replicates) for name in names]
    columns = list(zip(*rows, strict=True)) or [(), (), ()]
    schema = pa.schema(
        [("replicate", pa.int32()), ("parameter", pa.string()), ("value", pa.float64())]
    )
    arrays = [pa.array(c, field.type) for c, field in zip(columns, schema, strict=True)]
    pq.write_table(pa.table(arrays, schema=schema), path)
    return names


def make_manifest(dataset: xr.Dataset, more: Mapping[str, Any]) -> dict[str, Any]:
    """Return what `manifest.json` records: what ran, on what, from which inputs.

    Args:
        dataset: the results.
        more: inputs, scenarios, timings …; its keys are added as they are.
    """
    return {
        **made_with(),
        "scenarios": {
            str(name): {
                "seed": int(dataset["seed"].values[index]),
                "calendar": [vars(mark) for mark in marks_of(dataset).get(str(name), ())],
                "goals": [vars(goal) for goal in goals_of(dataset).get(str(name), ())],
            }
            for index, name in enumerate(dataset["scenario"].values)
        },
        "replicates": dataset.sizes["replicate"],
        "start": _start_of(dataset).isoformat(),
        "weeks": dataset.sizes["week"],
        "discount rate": discount_rate(dataset),
        **more,
    }


def _start_of(dataset: xr.Dataset) -> date:
    days = int(dataset["date"].values[0].astype("datetime64[D]").astype(np.int64))
    return date(1970, 1, 1) + timedelta(days=days)


def _coded(codes: Any, labels: list[str]) -> Any:
    return pa.DictionaryArray.from_arrays(
        pa.array(codes, pa.int32()), pa.array(labels, pa.string())
    )


def _positions(column: Any, labels: list[str]) -> Any:
    """Return, for every row, where its label stands in `labels`."""
    coded = column.combine_chunks()
    order = {label: position for position, label in enumerate(labels)}
    lookup = np.array([order[label] for label in coded.dictionary.to_pylist()], dtype=np.int64)
    return lookup[coded.indices.to_numpy()] if len(coded) else np.empty(0, dtype=np.int64)


def _write_json(path: Path, content: Mapping[str, Any]) -> None:
    text = json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False, default=str)
    path.write_text(text + "\n", encoding="utf-8")
