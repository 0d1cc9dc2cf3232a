"""What owners of jobs had of the computing lately, and whose turn comes after the others'.

Somebody who has had far more than their share waits behind the others, whatever they ask: a script
that moves a slider for hours takes the workers' time when nobody else needs it.
"""

from __future__ import annotations

import sys
from math import inf

HALF_SECONDS = 20.0
"""Time after which computing that somebody had counts half."""

GREEDY = 1.5
"""Somebody who had so many times what one has on average has had more than their share."""


class Shares:
    """How much computing owners had lately, and how much they may have.

    Args:
        seconds: computing lately that nobody waits behind the others for.
        jobs: jobs of one owner that may wait.
        too_many: what is said of one that is one too many.
    """

    def __init__(self, seconds: float = inf, jobs: int = sys.maxsize, too_many: str = "") -> None:
        self.jobs, self.too_many = jobs, too_many
        self._seconds = seconds
        self._had: dict[str, float] = {}
        self._at = 0.0

    def add(self, owner: str, seconds: float, now: float) -> None:
        """Count what one had."""
        left = 0.5 ** ((now - self._at) / HALF_SECONDS)
        faded = {who: had * left for who, had in self._had.items()}
        self._had = {who: had for who, had in faded.items() if had > 0.01}
        self._had[owner] = self._had.get(owner, 0.0) + seconds
        self._at = now

    def greedy(self, now: float) -> frozenset[str]:
        """Return those who had far more than their share."""
        left = 0.5 ** ((now - self._at) / HALF_SECONDS)
        share = sum(self._had.values()) / max(len(self._had), 1)
        most = max(self._seconds / left, GREEDY * share)
        return frozenset(owner for owner, had in self._had.items() if had > most)
