"""The folder of a sweep while it is being filled: one writer, whole files."""

from __future__ import annotations

import errno
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from filelock import FileLock, Timeout

from takeup.errors import OutputError
from takeup.results.runs import Label, Parts, write_whole
from takeup.results.sweep import DESIGN, FAILURES, LABELS, MANIFEST, RUNS, UNITS

LOCK = ".lock"


class SweepFolder:
    """A folder that a sweep writes into.

    Args:
        path: the folder.

    Attributes:
        path: the folder.
        parts: results.
        manifest: as it was found, None in a new folder; see `begin`.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.parts = Parts(path / RUNS)
        self.manifest = _manifest(path)

    def begin(
        self, manifest: Mapping[str, Any], design: pd.DataFrame, units: pd.DataFrame | None
    ) -> None:
        """Write down what is going to run.

        Raises:
            OutputError: the folder cannot be written.
        """
        with self.writing():
            _write_table(self.path / DESIGN, design.reset_index())
            if units is not None:
                _write_table(self.path / UNITS, units.reset_index())
            self.note(manifest)

    def note(self, manifest: Mapping[str, Any]) -> None:
        """Replace the manifest."""
        text = json.dumps(manifest, indent=2, ensure_ascii=False, default=str) + "\n"
        with self.writing():
            write_whole(self.path / MANIFEST, text.encode())
        self.manifest = json.loads(text)

    def design(self) -> pd.DataFrame:
        """Return the points that the folder's sweep has."""
        return pq.read_table(self.path / DESIGN, partitioning=None).to_pandas().set_index("point")

    def add(self, part: bytes) -> Path:
        """Write results.

        Raises:
            OutputError: the disk is full, or the folder cannot be written.
        """
        with self.writing():
            return self.parts.add(part)

    def write_failures(self, failures: Sequence[tuple[Label, str]]) -> None:
        """Replace the table of failed runs."""
        if not failures and not (self.path / FAILURES).exists():
            return
        rows = [(*label, error) for label, error in sorted(failures)]
        columns = list(zip(*rows, strict=True)) or [(), (), (), ()]
        types = (pa.string(), pa.int32(), pa.int32(), pa.string())
        table = pa.table(
            [pa.array(column, kind) for column, kind in zip(columns, types, strict=True)],
            names=[*LABELS, "error"],
        )
        with self.writing():
            _write_arrow(self.path / FAILURES, table)

    def done(
        self, scenarios: Sequence[str], points: int, replicates: int
    ) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """Return which runs are there, (scenarios, points, replicates)."""
        there = np.zeros((len(scenarios), points, replicates), dtype=np.bool_)
        number = {name: index for index, name in enumerate(scenarios)}
        for _, table in self.parts.tables(LABELS):
            scenario = table["scenario"].combine_chunks()
            codes = np.array([number[name] for name in scenario.dictionary.to_pylist()], dtype=int)
            which = codes[scenario.indices.to_numpy()]
            point, replicate = table["point"].to_numpy(), table["replicate"].to_numpy()
            within = (point < points) & (replicate < replicates)
            there[which[within], point[within], replicate[within]] = True
        return there

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Say in plain words why the folder cannot be written."""
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            yield
        except OSError as error:
            raise OutputError(cannot_write(self.path, error)) from error


def cannot_write(path: Path, error: OSError) -> str:
    """Return why a sweep's folder cannot be written, and what to do."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return (
            f"{path}: the disk is full; what was done is kept: make room and start the same "
            "command again to go on"
        )
    return f"{path}: cannot be written ({error.strerror or error})"


@contextmanager
def locked(path: Path) -> Iterator[SweepFolder]:
    """Give a sweep's folder to one writer at a time.

    Raises:
        OutputError: another sweep writes into it, it holds something else, or it cannot be written.
    """
    _check_place(path)
    try:
        path.mkdir(parents=True, exist_ok=True)
        lock = FileLock(path / LOCK)
        lock.acquire(timeout=0)
    except Timeout:
        raise OutputError(
            f"{path}: another `takeup sweep` is writing into it; wait for it, or name another --out"
        ) from None
    except OSError as error:
        raise OutputError(cannot_write(path, error)) from error
    try:
        yield SweepFolder(path)
    finally:
        lock.release()


def _check_place(path: Path) -> None:
    """Refuse a folder that holds something else than a sweep."""
    if path.exists() and not path.is_dir():
        raise OutputError(f"{path}: is a file; a sweep needs a folder")
    if not path.is_dir():
        return
    held = {entry.name for entry in path.iterdir()} - {LOCK}
    if MANIFEST not in held and not held <= {DESIGN, UNITS} and not _all_unfinished(held):
        raise OutputError(
            f"{path}: holds {sorted(held)[0]}, which no sweep wrote; name another --out"
        )


def _all_unfinished(names: set[str]) -> bool:
    """Return whether all files were being written when a sweep died at its start."""
    return all(name.endswith(".new") or name in (DESIGN, UNITS) for name in names)


def _manifest(path: Path) -> dict[str, Any] | None:
    file = path / MANIFEST
    if not file.exists():
        return None
    try:
        said = json.loads(file.read_text(encoding="utf-8"))
        if "experiment" not in said or "model" not in said:
            raise ValueError("it is not of a sweep")
        return dict(said)
    except (OSError, ValueError, TypeError) as error:
        raise OutputError(f"{path}: holds another kind of results ({file}: {error})") from error


def _write_table(path: Path, frame: pd.DataFrame) -> None:
    _write_arrow(path, pa.Table.from_pandas(frame, preserve_index=False))


def _write_arrow(path: Path, table: pa.Table) -> None:
    target = pa.BufferOutputStream()
    pq.write_table(table, target, compression="zstd")
    write_whole(path, target.getvalue().to_pybytes())


# ---------------------------------------------------------------- what changed


def differences(before: Any, now: Any, key: str = "") -> Iterator[tuple[str, Any, Any]]:
    """Yield (dotted key, before, now) of all that differs between two nested tables."""
    if isinstance(before, Mapping) and isinstance(now, Mapping):
        for name in dict.fromkeys((*before, *now)):
            below = f"{key}.{name}" if key else str(name)
            yield from differences(before.get(name), now.get(name), below)
    elif before != now:
        yield key, before, now
