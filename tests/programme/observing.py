"""A council for the interventions' tests, made by hand."""

from __future__ import annotations

import numpy as np

from takeup.model.fields import uniforms_of
from takeup.programme.segments import PROFILES, ROLES, Segments


class Council:
    """An `Observed` of 60 posts in two departments on a ring, with one hub (post 0)."""

    week = 0
    weight = 10.0
    segments = Segments(wards=("a", "b"), services=("x", "y"), departments=("d", "e"))

    def __init__(self, replicate: int = 0) -> None:
        self.replicate = replicate
        self.memory = {}
        self.residents = np.full((PROFILES, 2), 5, np.int64)
        self.staff_department = np.repeat([0, 1], 30)
        self.staff_role = np.tile([0, 0, 1, 1, 2], 12)
        self.post_weight = np.array([10.0, 10.0])
        self.staff_untrained = np.full((2, len(ROLES)), 10, np.int64)
        self.hourly_cost = np.array([20.0, 40.0])
        ties = [set() for _ in range(60)]
        for post in range(60):
            for other in ((post + 1) % 60, *([0] if post % 3 == 0 and post else [])):
                ties[post].add(other)
                ties[other].add(post)
        self._offsets = np.cumsum([0, *(len(t) for t in ties)])
        self._ends = np.concatenate([sorted(t) for t in ties])
        self.ties = ties

    def staff_ties(self):
        return self._offsets, self._ends

    def draw(self, agents, stream, event=0):
        return uniforms_of(agents, stream, event, 1, self.replicate)

    def betweenness(self):
        return np.arange(60, dtype=float)
