"""Parameters as uncertain as their evidence leaves them: points of a scrambled Sobol sequence."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from takeup.evidence.parameters import PARAMETERS

_BLOCK = 256
"""Points made at a time; a power of two, as Sobol sequences want it."""


def drawn(seed: int, point: int, fixed: Mapping[str, float]) -> dict[str, float]:
    """Return a value for every behavioural parameter, drawn from its range.

    The distribution of each is triangular from `low` to `high` with its mode at the default, and
    parameters are taken as independent. Point r does not depend on how many points are drawn.

    Args:
        seed: seed of the scrambling.
        point: number of the point, from 0.
        fixed: parameters with a value of their own, which stay as they are.
    """
    uniforms = _block(seed, point // _BLOCK)[point % _BLOCK]
    values = {
        name: triangular(float(u), parameter.low, parameter.default, parameter.high)
        for (name, parameter), u in zip(PARAMETERS.items(), uniforms, strict=True)
    }
    return {**values, **fixed}


@lru_cache(maxsize=4)
def _block(seed: int, number: int) -> npt.NDArray[np.float64]:
    """Return points number · 256 … of the sequence, (256, parameters)."""
    from scipy.stats import qmc

    sequence = qmc.Sobol(len(PARAMETERS), scramble=True, rng=seed)
    if number:
        sequence.fast_forward(number * _BLOCK)
    points: npt.NDArray[np.float64] = sequence.random(_BLOCK)
    return points


def triangular(u: float, low: float, mode: float, high: float) -> float:
    """Return the inverse of a triangular distribution function, at u from 0 to 1."""
    width = high - low
    if u * width < mode - low:
        return low + float(np.sqrt(u * width * (mode - low)))
    return high - float(np.sqrt((1.0 - u) * width * (high - mode)))
