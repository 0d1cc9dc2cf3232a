"""What tells apart versions of the model whose runs may differ in their bits."""

from __future__ import annotations

import hashlib
import platform
from functools import cache
from importlib.metadata import version
from pathlib import Path

import takeup
from takeup.programme.catalogue import outside_sources

SHAPES_RUNS = (
    "model",
    "programme",
    "scenario",
    "evidence",
    "kpis.py",
    "results/summarise.py",
    "results/info.py",
    "results/levels.py",
    "results/runs.py",
    *("runs/describe.py", "runs/replicate.py", "runs/worlds.py"),
)
"""Files and folders of the package whose code a run, or what is kept of it, depends on."""

_LIBRARIES = ("numpy", "scipy", "numba", "llvmlite", "igraph")


@cache
def model_version() -> str:
    """Return a hash of all that decides the bits of a run beside its inputs.

    The sources of the model, of what makes KPIs of its counters and of kinds from other packages,
    the libraries that compute, and the processor's architecture. Two versions with equal hashes
    give equal bits.
    """
    digest = hashlib.sha256()
    root = Path(takeup.__file__).parent
    for part in SHAPES_RUNS:
        path = root / part
        files = [path] if path.is_file() else sorted((*path.rglob("*.py"), *path.rglob("*.toml")))
        for file in files:
            digest.update(f"{file.relative_to(root).as_posix()}\0".encode())
            digest.update(file.read_bytes())
    for name, file in outside_sources():
        digest.update(f"{name}\0".encode())
        digest.update(file.read_bytes())
    for library in _LIBRARIES:
        digest.update(f"{library} {version(library)}\0".encode())
    digest.update(platform.machine().encode())
    return digest.hexdigest()[:16]
