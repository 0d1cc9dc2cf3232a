"""Folders that are either complete or not there."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from takeup.errors import OutputError

WRITTEN = frozenset(
    {
        "manifest.json",
        "summary.json",
        "trajectories.parquet",
        "parameters.parquet",
        "trajectories.png",
        "trajectories.svg",
        "difference.png",
        "difference.svg",
        "staff.png",
        "staff.svg",
        "sensitivity.parquet",
        "weekly.parquet",
        "levels.parquet",
        "sensitivity.png",
        "sensitivity.svg",
        "over-time.png",
        "over-time.svg",
        "boxes.parquet",
        "discovery.png",
        "discovery.svg",
    }
)
"""Every file that takeup writes into a folder: nothing else is ever replaced."""


def check_free(folder: Path, *, force: bool = False, inputs: Sequence[Path] = ()) -> None:
    """Refuse a destination that would lose something, or that cannot be written.

    Args:
        folder: the destination.
        force: results that takeup wrote there earlier may be replaced.
        inputs: files that must survive.

    Raises:
        OutputError: it is a file, cannot be made, holds something that is not to be replaced, or is
            a place where no results belong (the current folder, the home folder, inputs).
    """
    real = folder.resolve()
    if real in (Path.cwd(), *Path.cwd().parents, Path.home().resolve()):
        raise OutputError(f"{folder}: is the current or home folder, or holds it; name another")
    for file in inputs:
        if real in file.resolve().parents:
            raise OutputError(f"{folder}: holds {file}, which goes into the run; name another")
    if folder.exists() and not folder.is_dir():
        raise OutputError(f"{folder}: is a file; results need a folder")
    above = next(parent for parent in real.parents if parent.exists())
    if not (above.is_dir() and os.access(above, os.W_OK | os.X_OK)):
        raise OutputError(f"{folder}: cannot be written ({above} is not a folder to write to)")
    if not folder.is_dir():
        return
    held = sorted(path.name for path in folder.iterdir())
    if not held:
        return
    if not force:
        raise OutputError(
            f"{folder}: already holds something; choose another --out, or --force to replace "
            "earlier results"
        )
    foreign = [name for name in held if name not in WRITTEN or not (folder / name).is_file()]
    if foreign:
        raise OutputError(
            f"{folder}: holds {foreign[0]}, which takeup did not write; --force only replaces "
            "results of takeup"
        )
    if not _is_manifest(folder / "manifest.json"):
        raise OutputError(
            f"{folder}: has no manifest.json of takeup; --force only replaces results of takeup"
        )


def _is_manifest(path: Path) -> bool:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(content, dict) and "takeup" in content


@contextmanager
def complete_folder(folder: Path, *, force: bool = False) -> Iterator[Path]:
    """Give a temporary folder to fill, which becomes `folder` only if the block ends well.

    The temporary folder lies beside the destination, so that the last step is a rename. If the
    block fails or is interrupted, it is removed and the destination is as it was.

    Args:
        folder: the destination.
        force: replace results that takeup wrote there earlier.

    Yields:
        The folder to write into.

    Raises:
        OutputError: the destination is taken, or cannot be written.
    """
    folder = Path(os.path.abspath(folder))
    check_free(folder, force=force)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", suffix=".new", dir=folder.parent))
    except OSError as error:
        raise OutputError(f"{folder}: cannot be written ({error.strerror})") from error
    try:
        yield fresh
        fresh.chmod(0o777 & ~_umask())  # mkdtemp keeps others out; results are for everyone
        _swap(fresh, folder)
    except OSError as error:
        raise OutputError(f"{folder}: cannot be written ({error.strerror or error})") from error
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _swap(fresh: Path, folder: Path) -> None:
    """Put the new folder in the place of the old; if that fails, the old one comes back."""
    if not folder.exists():
        fresh.rename(folder)
        return
    old = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", suffix=".old", dir=folder.parent))
    try:
        folder.rename(old / "kept")
        try:
            fresh.rename(folder)
        except BaseException:
            (old / "kept").rename(folder)
            raise
    finally:
        shutil.rmtree(old, ignore_errors=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
