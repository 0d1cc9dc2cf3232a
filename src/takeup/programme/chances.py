"""Shares and chances that come on top of one another without passing 1."""

from __future__ import annotations

from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

Share = TypeVar("Share", float, npt.NDArray[np.floating[Any]])


def either(one: Share, other: Share) -> Share:
    """Return the chance that at least one of two independent things happens.

    Args:
        one: chance of the first, 0 to 1.
        other: chance of the second, of the same shape.

    Returns:
        1 − (1 − one)(1 − other), written so that 0 and 1 come out exactly.
    """
    return one + (1.0 - one) * other


def lottery(places: float, people: float) -> float:
    """Return the chance of a place where places are drawn by lot among those who could take one.

    Args:
        places: how many there are.
        people: how many could take one, as far as is known.

    Returns:
        min(1, places / people); if nobody is known of, a place for whoever turns up, if there is
        one.
    """
    return min(1.0, places / people) if people > 0.0 else float(places > 0.0)
