"""`manifest.json`, in every folder that takeup writes: what ran, on what, and from which files."""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from takeup.errors import OutputError

MANIFEST = "manifest.json"

LIBRARIES = (
    *("mesa", "networkx", "numpy", "scipy", "numba", "llvmlite", "igraph", "pydantic", "xarray"),
    *("pandas", "pyarrow", "cachetools", "filelock", "SALib", "matplotlib", "typer", "rich"),
    *("dask", "distributed", "ema_workbench"),
)
"""What results are made with: what takeup needs, what compiles its kernels, and what some commands
need. One that is not installed has no version."""


def made_with() -> dict[str, Any]:
    """Return what every manifest says of the machine and the software."""
    return {
        "takeup": _version("takeup"),
        "platform": platform.platform(),
        "architecture": platform.machine(),
        "python": platform.python_version(),
        "libraries": {name: _version(name) for name in LIBRARIES},
    }


def hash_files(paths: Iterable[Path]) -> dict[str, str]:
    """Return the SHA-256 of files, by their paths as given.

    Raises:
        OutputError: one can no longer be read.
    """
    return {str(path): _hash(path) for path in paths}


def read_json(path: Path, what: str) -> dict[str, Any]:
    """Return the object that a JSON file of takeup holds.

    Args:
        path: the file.
        what: whose file it should be, for messages: "a sweep".

    Raises:
        FileNotFoundError: it is not there.
        OutputError: it cannot be read, is damaged, or is of a later version of takeup.
    """
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise
    except OSError as error:
        raise OutputError(f"{path}: cannot be read ({error.strerror or error})") from error
    except RecursionError as error:
        raise OutputError(unreadable(path, what, "it is nested too deeply")) from error
    except ValueError as error:
        reason = "it is empty" if not path.stat().st_size else f"it is not JSON: {error}"
        raise OutputError(unreadable(path, what, reason)) from error
    if not isinstance(said, dict):
        raise OutputError(unreadable(path, what, "it holds no table"))
    check_format(path, said.get("format", 1))
    return said


def check_format(path: Path, found: Any, known: int = 1) -> None:
    """Refuse a file of a later version of takeup.

    Args:
        path: the file.
        found: number of its format.
        known: the latest format that can be read.
    """
    if type(found) is not int or found < 1:
        raise OutputError(f"{path}: is damaged (its format is {found!r:.60}, not a number)")
    if found > known:
        raise OutputError(
            f"{path}: was written by a later version of takeup (format {found}, and this one reads "
            f"up to {known}); install that version to read it"
        )


def unreadable(path: Path, what: str, reason: str) -> str:
    """Return that a file is damaged, and what to do."""
    return (
        f"{path}: is not readable as that of {what} ({reason}); put back a copy of it, or name "
        "another folder and run it anew"
    )


def _hash(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise OutputError(f"{path}: cannot be read ({error.strerror or error})") from error


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
