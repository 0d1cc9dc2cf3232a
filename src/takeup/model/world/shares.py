"""Whole numbers from shares."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt


def apportioned(total: int, shares: Sequence[float]) -> npt.NDArray[np.int64]:
    """Split a whole number by shares, by largest remainder; ties go to the first.

    Args:
        total: what is split.
        shares: not negative, at least one positive; only their ratios count.

    Returns:
        Whole numbers that add up to the total, each less than one away from its exact part.
    """
    exact = total * np.asarray(shares, dtype=np.float64) / sum(shares)
    parts = np.floor(exact).astype(np.int64)
    by_remainder = np.argsort(parts - exact, kind="stable")
    parts[by_remainder[: total - int(parts.sum())]] += 1
    return parts
