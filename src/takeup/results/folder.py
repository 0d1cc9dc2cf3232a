"""Folders that are either complete or not there."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from takeup.errors import OutputError


def check_free(folder: Path, *, force: bool = False) -> None:
    """Refuse a destination that would lose something.

    Raises:
        OutputError: it is a file, or a folder with something in it and `force` is not given.
    """
    if folder.exists() and not folder.is_dir():
        raise OutputError(f"{folder}: is a file; results need a folder")
    if not force and folder.is_dir() and any(folder.iterdir()):
        raise OutputError(
            f"{folder}: already holds something; choose another --out, or --force to replace it"
        )


@contextmanager
def complete_folder(folder: Path, *, force: bool = False) -> Iterator[Path]:
    """Give a temporary folder to fill, which becomes `folder` only if the block ends well.

    The temporary folder lies beside the destination, so that the last step is a rename. If the
    block fails or is interrupted, it is removed and the destination is as it was.

    Args:
        folder: the destination.
        force: replace a folder that is not empty.

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
