"""What the council sees: the model's side of `takeup.programme.Observed`."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from takeup.model.fields import uniforms_of
from takeup.model.state import State
from takeup.model.world import World
from takeup.programme.segments import ROLES, IntArray, Segments

PATH_LENGTH = 3
"""Longest path that counts for betweenness: colleagues of colleagues of colleagues."""

FloatArray = npt.NDArray[np.float64]


class Observation:
    """Last week's published state of one run, as far as a council can see it.

    Attributes:
        week: week of the run, set by the run before the programme acts.
        memory: what interventions keep from week to week.
        staff_untrained: staff with too little knowledge by department and role, kept up by the run.
    """

    def __init__(self, world: World, state: State) -> None:
        self._world = world
        self._state = state
        self._betweenness: FloatArray | None = None
        self.week = 0
        self.memory: dict[Any, Any] = {}
        self.staff_untrained: IntArray = np.zeros(
            (len(world.segments.departments), len(ROLES)), np.int64
        )
        people = world.citizens[:-1]
        shape = (len(world.segments.profiles["age"]), len(world.segments.wards))
        cells = people["profile"].astype(np.int64) * shape[1] + people["ward"]
        self.residents: IntArray = np.bincount(cells, minlength=shape[0] * shape[1]).reshape(shape)
        self.staff_department: IntArray = world.posts["department"][:-1].astype(np.int64)
        self.staff_role: IntArray = world.posts["role"][:-1].astype(np.int64)
        self.hourly_cost: FloatArray = state.departments["minute_cost"] * 60.0

    @property
    def segments(self) -> Segments:
        """Names of wards, services and departments."""
        return self._world.segments

    @property
    def weight(self) -> float:
        """Residents that one simulated resident stands for."""
        return self._world.weight

    @property
    def post_weight(self) -> FloatArray:
        """Members of staff that one simulated post stands for, by department."""
        return self._world.post_weight

    def staff_ties(self) -> tuple[IntArray, IntArray]:
        """Return who works with whom, as CSR (offsets, posts)."""
        return self._world.posts["ties"].astype(np.int64), self._world.post_ties.astype(np.int64)

    def draw(self, agents: IntArray, stream: int, event: int = 0) -> FloatArray:
        """Return uniforms addressed by agent, stream and event: the same in every week and plan."""
        return uniforms_of(agents, stream, event, self._world.seed, self._world.replicate)

    def betweenness(self) -> FloatArray:
        """Return how often every post lies on short paths between others (up to three steps)."""
        if self._betweenness is None:
            import igraph

            offsets, ends = self.staff_ties()
            starts = np.repeat(np.arange(len(offsets) - 1), np.diff(offsets))
            once = starts < ends
            graph = igraph.Graph(len(offsets) - 1, np.column_stack((starts[once], ends[once])))
            self._betweenness = np.array(graph.betweenness(directed=False, cutoff=PATH_LENGTH))
        return self._betweenness
