"""How Python functions become machine code, in one place.

`rule` marks a scalar equation that stays callable as plain Python; `kernel` compiles a loop over
arrays, without the GIL, cached on disk. The cache lies in a folder named by a hash of this
package's sources and of the constants compiled into them (numbers of counters and groups): numba
itself notices a change of the kernel's own file only, and would go on running old rules.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import numba
import numpy as np
from numba.extending import register_jitable

from takeup import places

Array = Any
"""An array as kernels see it; arrays of records have attributes that NumPy's types do not know."""

real: Any = np.float64
"""Conversion of what a record holds to the precision of the rules."""
integer: Any = np.int64
"""Conversion of a record's small integers to the integers of kernels."""

F = TypeVar("F", bound=Callable[..., Any])


def kernel_version(package: Path) -> str:
    """Return a hash of all that a compiled kernel holds: the model's sources, and constants.

    Args:
        package: folder of takeup's sources.
    """
    digest = hashlib.sha256(numba.__version__.encode())
    constants = (package / "kpis.py", package / "programme" / "segments.py")
    for source in (*sorted((package / "model").rglob("*.py")), *constants):
        digest.update(f"{source.relative_to(package).as_posix()}\0".encode())
        digest.update(source.read_bytes())
    return digest.hexdigest()[:16]


def _cache_folder() -> Path | None:
    """Return where kernels are kept: for good, else while this process lasts, else nowhere."""
    version = kernel_version(Path(__file__).parents[1])
    return places.kept("kernels", version) or places.scratch("kernels")


CACHED = True
if "NUMBA_CACHE_DIR" not in os.environ:
    _folder = _cache_folder()
    CACHED = _folder is not None
    numba.config.CACHE_DIR = str(_folder or "")  # type: ignore[attr-defined]


def rule(function: F) -> F:
    """Mark a scalar equation: compiled when called from a kernel, plain Python otherwise."""
    marked: F = register_jitable(function)
    return marked


def step(function: F) -> F:
    """Mark a part of kernels that reads records and arrays: machine code put where it is called.

    A call of its own would count references to every array that it passes.
    """
    marked: F = register_jitable(forceinline=True)(function)
    return marked


def kernel(function: F) -> F:
    """Compile a loop over arrays: no GIL, cached, exact arithmetic (no fast-math)."""
    return numba.njit(nogil=True, cache=CACHED, fastmath=False, error_model="numpy")(function)  # type: ignore[return-value]
