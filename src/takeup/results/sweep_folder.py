"""The folder of a sweep while it is being filled: one writer, whole files."""

from __future__ import annotations

import errno
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from takeup.errors import OutputError
from takeup.results.folder import check_reachable, locked, made_above, probe, refuse_if_claimed
from takeup.results.held import LABELS, held_runs
from takeup.results.manifest import MANIFEST
from takeup.results.runs import Kept, Label, Parts, write_whole
from takeup.results.sweep import (
    DESIGN,
    FAILURES,
    RUNS,
    UNITS,
    read_manifest,
    read_points,
)

LOCK = ".lock"


class SweepFolder:
    """A folder that a sweep writes into.

    Parts bear the id of the sweep, and the manifest has the hashes of the tables, so that what
    strays in from another is known.

    Args:
        path: the folder.

    Attributes:
        path: the folder.
        parts: results.
        manifest: as it was found, None in a new folder; see `begin`.
        id: of the sweep.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.parts = Parts(path / RUNS)
        try:
            self.manifest: dict[str, Any] | None = read_manifest(path / MANIFEST)
        except FileNotFoundError:
            self.manifest = None
        self.id = self.manifest["id"] if self.manifest else uuid4().hex

    def begin(
        self, manifest: Mapping[str, Any], design: pd.DataFrame, units: pd.DataFrame | None
    ) -> None:
        """Write down what is going to run.

        Raises:
            OutputError: the folder cannot be written.
        """
        with self.writing():
            for left in self.path.glob("*.new"):  # by a sweep that died while it wrote
                left.unlink()
            tables = {DESIGN: design} if units is None else {DESIGN: design, UNITS: units}
            contents = {name: _parquet(_arrow(frame)) for name, frame in tables.items()}
            hashes = {name: [hashlib.sha256(held).hexdigest()] for name, held in contents.items()}
            if self.manifest is not None:  # until the new manifest is there, both tables are right
                before = self.manifest.get("tables", {})
                both = {name: [*before.get(name, ()), *now] for name, now in hashes.items()}
                self.note({**self.manifest, "tables": both})
            for name, content in contents.items():
                write_whole(self.path / name, content)
            self.note({**manifest, "id": self.id, "tables": hashes})

    def note(self, manifest: Mapping[str, Any]) -> None:
        """Replace the manifest."""
        text = json.dumps(manifest, indent=2, ensure_ascii=False, default=str) + "\n"
        with self.writing():
            write_whole(self.path / MANIFEST, text.encode())
        self.manifest = json.loads(text)

    def design(self) -> pd.DataFrame:
        """Return the points that the folder's sweep has.

        Raises:
            OutputError: they are damaged.
        """
        return read_points(self.path / DESIGN, self.manifest or {})

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
            write_whole(self.path / FAILURES, _parquet(table))

    def held(self, scenarios: Sequence[str], points: int, kept: Kept) -> pd.DataFrame:
        """Return the runs that are there; see `held_runs`."""
        return held_runs(self.parts.files(), self.id, scenarios, points, kept)

    def done(
        self, scenarios: Sequence[str], points: int, replicates: int, kept: Kept
    ) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """Return which runs are there, (scenarios, points, replicates)."""
        there = np.zeros((len(scenarios), points, replicates), dtype=np.bool_)
        held = self.held(scenarios, points, kept)
        held = held[held["replicate"] < replicates]
        which = pd.Categorical(held["scenario"], categories=list(scenarios)).codes
        there[which, held["point"].astype(int), held["replicate"].astype(int)] = True
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
def sweep_folder(path: Path) -> Iterator[SweepFolder]:
    """Give a sweep's folder to one writer at a time.

    If nothing is written, the folder and those above it that were made for it are gone at the end.

    Raises:
        OutputError: another process writes into it, it holds something else, is damaged, or cannot
            be written.
    """
    with ExitStack() as held:
        try:
            check_reachable(path)
            _check_place(path)
            refuse_if_claimed(path)
            held.enter_context(made_above(path))
            held.enter_context(locked(path / LOCK, path, "another `takeup sweep`"))
            probe(path)
        except OSError as error:
            raise OutputError(cannot_write(path, error)) from error
        except ValueError as error:  # a path that holds a null byte
            raise OutputError(f"{path}: cannot be written ({error})") from error
        yield SweepFolder(path)


def _check_place(path: Path) -> None:
    """Refuse a folder that holds something else than a sweep."""
    held = {entry.name for entry in path.iterdir()} if path.is_dir() else set()
    held -= {LOCK, f"{LOCK}-holder"}
    if MANIFEST in held or all(name in (DESIGN, UNITS) or name.endswith(".new") for name in held):
        return
    if DESIGN in held and RUNS in held:
        raise OutputError(
            f"{path}: holds a sweep without its {MANIFEST}, which cannot be gone on with; put it "
            "back, or name another --out"
        )
    raise OutputError(f"{path}: holds {sorted(held)[0]}, which no sweep wrote; name another --out")


def _parquet(table: pa.Table) -> bytes:
    target = pa.BufferOutputStream()
    pq.write_table(table, target, compression="zstd")
    content: bytes = target.getvalue().to_pybytes()
    return content


def _arrow(frame: pd.DataFrame) -> pa.Table:
    return pa.Table.from_pandas(frame.reset_index(), preserve_index=False)


# ---------------------------------------------------------------- what changed


def differences(before: Any, now: Any, key: str = "") -> Iterator[tuple[str, Any, Any]]:
    """Yield (dotted key, before, now) of all that differs between two nested tables."""
    if isinstance(before, Mapping) and isinstance(now, Mapping):
        for name in dict.fromkeys((*before, *now)):
            below = f"{key}.{name}" if key else str(name)
            yield from differences(before.get(name), now.get(name), below)
    elif before != now:
        yield key, before, now
