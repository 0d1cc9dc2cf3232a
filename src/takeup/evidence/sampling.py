"""Parameters as uncertain as their evidence leaves them: points of Latin hypercubes."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from zlib import crc32

import numpy as np
import numpy.typing as npt

from takeup.evidence.parameters import PARAMETERS

CUBE = 16
"""Points of a hypercube: each takes another sixteenth of every parameter's range."""


def drawn(seed: int, point: int, fixed: Mapping[str, float]) -> dict[str, float]:
    """Return a value for every behavioural parameter, drawn from its range.

    The distribution of each is triangular from `low` to `high` with its mode at the default. Every
    16 points in a row cover all ranges evenly, and parameters are independent of each other: what
    is drawn for one depends on its name, the seed and the point alone.

    Args:
        seed: seed of the draws.
        point: number of the point, from 0; it does not depend on how many points are drawn.
        fixed: parameters with a value of their own, which stay as they are.
    """
    uniforms = _cube(seed, point // CUBE)[point % CUBE]
    values = {
        name: triangular(float(u), parameter.low, parameter.default, parameter.high)
        for (name, parameter), u in zip(PARAMETERS.items(), uniforms, strict=True)
    }
    return {**values, **fixed}


@lru_cache(maxsize=64)
def _cube(seed: int, number: int) -> npt.NDArray[np.float64]:
    """Return points number · 16 … of the draws, (16, parameters), each from 0 to 1."""
    return np.column_stack([_column(name, seed, number) for name in PARAMETERS])


@lru_cache(maxsize=1024)
def _column(name: str, seed: int, number: int) -> npt.NDArray[np.float64]:
    """Return points number · 16 … of what is drawn for a name, (16,), each from 0 to 1."""
    words = np.random.default_rng([seed, number, crc32(name.encode())]).random((2, CUBE))
    column: npt.NDArray[np.float64] = (np.argsort(words[0]) + words[1]) / CUBE
    return column


def uniform_for(name: str, seed: int, point: int) -> float:
    """Return the draw for a name that is no parameter, above 0 and below 1: see `drawn`."""
    return max(1e-9, float(_column(name, seed, point // CUBE)[point % CUBE]))


def triangular(u: float, low: float, mode: float, high: float) -> float:
    """Return the inverse of a triangular distribution function, at u from 0 to 1."""
    width = high - low
    if u * width < mode - low:
        return low + float(np.sqrt(u * width * (mode - low)))
    return high - float(np.sqrt((1.0 - u) * width * (high - mode)))
