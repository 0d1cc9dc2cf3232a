"""What the council sees: the model's side of `takeup.programme.Observed`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from takeup.kpis import Counters
from takeup.model.run.measured import measured
from takeup.model.run.state import State
from takeup.model.week.citizens import DEMAND_HELP, DEMAND_NEEDS
from takeup.model.week.staff import (
    BLOCKED,
    OPEN_TO,
    UNPRACTISED,
    UNTRAINED,
)
from takeup.model.world.fields import uniforms_of
from takeup.model.world.world import World
from takeup.programme import Goal
from takeup.programme.segments import ROLES, BoolArray, IntArray, Segments
from takeup.scenario.schema.scenario import Scenario

PATH_LENGTH = 3
"""Longest path that counts for betweenness: colleagues of colleagues of colleagues."""

FloatArray = npt.NDArray[np.float64]


class Observation:
    """Last week's published state of one run, as far as a council can see it.

    Attributes:
        week: week of the run, set by the run before the programme acts.
        goals: what the council means to reach.
        intensity: factors on the doses of interventions, by name.
        memory: what interventions keep from week to week.
        open_to: staff whom seats and sessions are rationed by, kept up by the run.
        staff: posts by department and role.
    """

    def __init__(
        self,
        scenario: Scenario,
        world: World,
        state: State,
        counters: Counters,
        parameters: npt.NDArray[np.void],
    ) -> None:
        self._scenario = scenario
        self._world = world
        self._state = state
        self._counters = counters
        self._parameters = parameters
        self._betweenness: FloatArray | None = None
        self.week = 0
        self.goals: Mapping[str, Goal] = scenario.goals
        self.intensity: dict[str, float] = {}
        self.memory: dict[Any, Any] = {}
        shape = (len(world.segments.departments), len(ROLES))
        self.open_to: IntArray = np.zeros((*shape, OPEN_TO), np.int64)
        people = world.citizens[:-1]
        cells = (len(world.segments.profiles["age"]), len(world.segments.wards))
        cell = people["profile"].astype(np.int64) * cells[1] + people["ward"]
        self.residents: IntArray = np.bincount(cell, minlength=cells[0] * cells[1]).reshape(cells)
        self.staff_department: IntArray = world.posts["department"][:-1].astype(np.int64)
        self.staff_role: IntArray = world.posts["role"][:-1].astype(np.int64)
        self.staff: IntArray = np.zeros(shape, np.int64)
        np.add.at(self.staff, (self.staff_department, self.staff_role), 1)
        self.hourly_cost: FloatArray = np.array(
            [department.hourly_cost for department in scenario.departments.values()]
        )
        self.owner: IntArray = state.services["department"].copy()

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

    @property
    def needs(self) -> IntArray:
        """Last week's needs of simulated residents, (PROFILES, wards)."""
        return self._state.demand[:, :, DEMAND_NEEDS]

    @property
    def needing_help(self) -> IntArray:
        """Last week's needs for online services of those who cannot well use them alone."""
        return self._state.demand[:, :, DEMAND_HELP]

    @property
    def staff_untrained(self) -> IntArray:
        """Posts whose holders know too little to work the new way, by department and role."""
        return self.open_to[:, :, UNTRAINED]

    @property
    def staff_blocked(self) -> IntArray:
        """Those of them whom knowledge blocks, since they are aware and willing; same shape."""
        return self.open_to[:, :, BLOCKED]

    @property
    def staff_unpractised(self) -> IntArray:
        """Posts whose holders have not adopted, by department and role."""
        return self.open_to[:, :, UNPRACTISED]

    @property
    def live(self) -> BoolArray:
        """Which services are online, (services,)."""
        online: BoolArray = self._state.services["live"] > 0
        return online

    @property
    def success(self) -> FloatArray:
        """How well online users of every service fared of late, 0 (no better than half) to 1."""
        shown: FloatArray = self._state.services["success"]
        return shown

    @property
    def insight(self) -> float:
        """What audits tell of residents, 0 (nothing, or out of date) to 1."""
        return float(self._state.place["insight"][0])

    @property
    def staff_insight(self) -> FloatArray:
        """What audits tell of staff, by department."""
        known: FloatArray = self._state.departments["insight"]
        return known

    @property
    def message_fit(self) -> float:
        """Factor on the reach of a message that was tailored to what audits tell; 1 without."""
        return 1.0 + float(self._parameters["message_fit"][0]) * self.insight

    @property
    def staff_message_fit(self) -> FloatArray:
        """The same among staff, by department."""
        return 1.0 + float(self._parameters["message_fit"][0]) * self.staff_insight

    @property
    def prevented(self) -> float:
        """Share of incidents that shared threat data prevent, as of last week."""
        return float((self._parameters["incident_prevention"] * self._state.place["protection"])[0])

    @property
    def mitigated(self) -> float:
        """Share of an incident's harm that they take off, as of last week."""
        return float((self._parameters["incident_mitigation"] * self._state.place["protection"])[0])

    def kpi(self, name: str, group: str = "all", weeks: int = 4) -> float:
        """Return a KPI of a group over the last weeks; NaN if there is nothing yet."""
        past = slice(max(0, self.week - weeks), self.week)
        return measured(name, group, past, self._counters, self.segments, self.owner, self.weight)

    def due(self, goal: Goal) -> int:
        """Return the week of the run by which a goal is to be met."""
        return self._scenario.due_week(goal)

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
