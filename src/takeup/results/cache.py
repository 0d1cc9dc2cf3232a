"""Runs of all sweeps on this machine, to be used again: parts in a folder per model version."""

from __future__ import annotations

import os
import shutil
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from takeup import places
from takeup.errors import OutputError
from takeup.results.runs import Kept, Parts, is_whole, part_info


def cache_folder() -> Path:
    """Return where the cache lies: `takeup/runs` in the user's folder for caches.

    Raises:
        OutputError: there is no home folder.
    """
    root = places.cache_root()
    if root is None:
        raise OutputError("there is no home folder (HOME), and so no cache; set XDG_CACHE_HOME")
    return root / "runs"


@dataclass(frozen=True)
class CacheEntry:
    """What the cache holds of one version of the model.

    Attributes:
        model: the version.
        parts: number of files.
        runs: number of runs.
        size: bytes.
        newest: when the last was put in.
    """

    model: str
    parts: int
    runs: int
    size: int
    newest: datetime


class RunCache:
    """Runs that were done by one version of the model.

    Args:
        model: the version.
        folder: folder of the cache; left out: the user's, or none if that cannot be used.
    """

    def __init__(self, model: str, folder: Path | None = None) -> None:
        root = folder or places.kept("runs")  # which says so if there is none
        self._parts = Parts(root / model) if root else None
        self._model = model
        self._files: list[Path] = []
        self._keys = np.zeros(0, dtype="S32")
        self._file_of = np.zeros(0, dtype=np.int32)

    def look(self, kept: Kept) -> None:
        """Find out which runs are there that keep enough; call it once before `find`."""
        keys, numbers = [], []
        for path in self._parts.files() if self._parts else ():
            try:
                info = part_info(path)
                if info.model != self._model or not info.kept.covers(kept):
                    continue
                column = pq.read_table(path, columns=["key"], partitioning=None)["key"]
            except (OSError, OutputError, pa.ArrowException):
                continue
            found = np.array(column.unique().to_pylist(), dtype="S32")
            keys.append(found)
            numbers.append(np.full(len(found), len(self._files), dtype=np.int32))
            self._files.append(path)
        if keys:
            every, at = np.unique(np.concatenate(keys), return_index=True)
            self._keys, self._file_of = every, np.concatenate(numbers)[at]

    def find(self, keys: Collection[str]) -> Iterator[tuple[set[str], pa.Table]]:
        """Yield runs that are there: their keys, and the rows of the part that holds them.

        A part that is gone or damaged is passed over; its runs are then done anew.
        """
        if not len(self._keys) or not keys:
            return
        asked = np.array(list(keys), dtype="S32")
        at = np.searchsorted(self._keys, asked)
        at[at == len(self._keys)] = 0
        there = self._keys[at] == asked
        for number in np.unique(self._file_of[at[there]]):
            path = self._files[number]
            wanted = {key.decode() for key in asked[there & (self._file_of[at] == number)]}
            if not is_whole(path):
                path.unlink(missing_ok=True)
                continue
            try:
                table = pq.read_table(path, partitioning=None)
            except (OSError, pa.ArrowException):
                continue
            yield wanted, table

    def put(self, part: Path) -> None:
        """Put in a part of a sweep: as another name of the same file where that is possible.

        The cache is a convenience: what cannot be put in is left out.
        """
        if self._parts is None:
            return
        target = self._parts.folder / part.name
        try:
            self._parts.folder.mkdir(parents=True, exist_ok=True)
            if target.exists():
                return
            try:
                os.link(part, target)
            except OSError:  # another file system
                fresh = target.with_suffix(f".{os.getpid()}.new")
                try:
                    shutil.copyfile(part, fresh)
                    os.replace(fresh, target)
                finally:
                    fresh.unlink(missing_ok=True)
        except OSError:
            return


def list_cache(folder: Path | None = None) -> list[CacheEntry]:
    """Return what the cache holds, newest first; damaged files count as files without runs.

    Raises:
        OutputError: it cannot be read.
    """
    entries = []
    for model in _models(folder or cache_folder()):
        found = [(path, stat) for path in Parts(model).files() if (stat := _stat(path))]
        if found:
            entries.append(
                CacheEntry(
                    model.name,
                    len(found),
                    sum(_runs_in(path) for path, _ in found),
                    sum(stat.st_size for _, stat in found),
                    datetime.fromtimestamp(max(stat.st_mtime for _, stat in found), UTC),
                )
            )
    return sorted(entries, key=lambda entry: entry.newest, reverse=True)


def clear_cache(folder: Path | None = None, *, except_model: str | None = None) -> tuple[int, int]:
    """Remove what the cache holds; sweeps keep their runs.

    Args:
        folder: folder of the cache; left out: the user's.
        except_model: a version of the model whose runs stay.

    Returns:
        Number of files and bytes removed.

    Raises:
        OutputError: something cannot be removed.
    """
    count = size = 0
    for model in _models(folder or cache_folder()):
        if model.name == except_model:
            continue
        try:
            for file in model.iterdir():
                bytes_ = file.stat().st_size
                file.unlink()
                size, count = size + bytes_, count + 1
            model.rmdir()
        except OSError as error:
            raise OutputError(f"{model}: cannot be removed ({error.strerror})") from error
    return count, size


def _models(root: Path) -> list[Path]:
    """Return the folders of the cache, one for every version of the model."""
    try:
        if root.exists() and not root.is_dir():
            raise OutputError(f"{root}: is a file, and the cache needs a folder; take it away")
        return sorted(entry for entry in root.iterdir() if entry.is_dir()) if root.exists() else []
    except OSError as error:
        raise OutputError(f"{root}: cannot be read ({error.strerror or error})") from error


def _stat(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except OSError:  # cleared meanwhile
        return None


def _runs_in(path: Path) -> int:
    try:
        return len(pq.read_table(path, columns=["key"], partitioning=None)["key"].unique())
    except (OSError, pa.ArrowException):
        return 0
