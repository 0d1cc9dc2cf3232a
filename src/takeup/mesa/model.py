"""The model as users of Mesa know it: steps, agents, data collector, batch runs."""

from __future__ import annotations

import copy
import os
from collections.abc import Mapping
from typing import Any

import mesa

from takeup.arguments import near, told, whole
from takeup.errors import InputError
from takeup.kpis import KPI_NAMES, not_measured
from takeup.mesa.agents import Citizen, StaffMember
from takeup.mesa.reporters import Reporter, Reporters
from takeup.model.run.measured import groups, measured
from takeup.model.run.simulation import Simulation
from takeup.model.world.world import World
from takeup.runs.replicate import at_week_0
from takeup.scenario.given import given
from takeup.scenario.schema.case import Case
from takeup.scenario.schema.scenario import MOST_REPLICATES, MOST_SEED, Scenario


class TakeupModel(mesa.Model):  # type: ignore[misc]
    """One replicate of a scenario as a Mesa model: a step is a week.

    Agents are made when `agents` (or a view of it) is first asked for; until then a step costs what
    the kernels cost. Mesa's own random numbers (`rng`, `random`) are there for what users add and
    play no part in the simulation.

    A model can be pickled and copied at any time, and goes on with the bits with which the original
    goes on; for that, what you add to it must be fit for pickling (no lambda functions). Copies
    share the world, which nobody writes, and nothing else.

    Args:
        plan: a scenario, or the path of its file.
        replicate: number of the replicate, 0 to 99 999: which random numbers and, as
            `run.uncertainty` says, which behavioural parameters; the same as in `takeup.simulate`.
        rng: seed in place of the scenario's, a whole number from 0 to 2³² − 1. Draws are addressed
            by it, so no generator can take its place. Mesa's older name for it, `seed`, is not
            used: Mesa 3.5 warns of it, and its batch runs fill in `rng`.
        world: the world of this scenario and replicate, if it is there already.
        model_reporters: what the data collector records of the model each week, by column: the name
            of a KPI, such as "trust", or of a KPI and a group, such as "trust[age:75+]"; the name
            of an attribute; or a function. Left out: every KPI of the place as a whole.
        agent_reporters: what it records of every agent each week, as attribute names or functions.
        agenttype_reporters: the same by agent class.

    Attributes:
        plan: the scenario that is run.
        simulation: the simulation behind it: world, state, counters.
        datacollector: Mesa's data collector.
        groups: the groups of which there are KPIs, as in results: `all`, then `family:label`.
        week: weeks of the run that are done.

    Raises:
        InputError: the plan cannot be run, a number makes no sense, or a reporter names nothing
            that there is. (What a subclass adds is there only after this, so names are checked in
            its first step.)
    """

    def __init__(
        self,
        plan: Scenario | str | os.PathLike[str],
        replicate: int = 0,
        rng: int | None = None,
        world: World | None = None,
        model_reporters: Mapping[str, Reporter] | None = None,
        agent_reporters: Mapping[str, Reporter] | None = None,
        agenttype_reporters: Mapping[type, Mapping[str, Reporter]] | None = None,
    ) -> None:
        chosen = given(plan)
        number = whole("replicate", replicate, 0, MOST_REPLICATES - 1)
        if rng is not None:
            run = chosen.run.model_copy(update={"seed": whole("rng", rng, 0, MOST_SEED)})
            chosen = chosen.model_copy(update={"run": run})
        case = Case.of(chosen, number)
        if world is not None:
            _check_world(world, case)
        super().__init__(rng=chosen.run.seed)
        self.plan = chosen
        self.simulation = at_week_0(case) if world is None else Simulation(*case, world)
        self.groups = groups(self.simulation.world.segments)
        self._citizens: list[Citizen] = []
        self._staff: list[StaffMember] = []
        self._reporters = Reporters.of(
            model_reporters, agent_reporters, agenttype_reporters, self.groups
        )
        if type(self) is TakeupModel:
            self._reporters.check(self)
        self.datacollector = self._reporters.collector()

    def __copy__(self) -> TakeupModel:
        """Return a copy that goes on by itself: two models cannot share one state."""
        return copy.deepcopy(self)

    @property
    def week(self) -> int:
        """Weeks of the run that are done."""
        return self.simulation.week

    def step(self) -> None:
        """Run one week and collect; `running` turns false after the last.

        Raises:
            InputError: a reporter of a subclass names nothing that there is (first week only).
        """
        if self.week == 0 and type(self) is not TakeupModel:
            self._check_reporters()
        if self.simulation.week < self.plan.run.weeks:
            self.simulation.advance()
            self.datacollector.collect(self)
        self.running = self.simulation.week < self.plan.run.weeks

    def kpi(self, name: str, group: str = "all") -> float:
        """Return a KPI of a group in the last week that was run.

        Args:
            name: name of the KPI; all that results have, gaps and money included.
            group: one of `groups`, such as `age:75+`; "all" is the place as a whole.

        Returns:
            The value that results have for this week, in the unit of the KPI (a share is 0 to 1);
            NaN where there was nothing to divide by.

        Raises:
            InputError: there is no such KPI or group, the KPI is not measured of such groups, or no
                week has been run yet.
        """
        if name not in KPI_NAMES:
            raise InputError(f"there is no KPI {told(name)}{near(name, KPI_NAMES)}")
        if group not in self.groups:
            raise InputError(f"there is no group {told(group)}{near(group, self.groups)}")
        if why := not_measured(name, group):
            raise InputError(why)
        if self.week < 1:
            raise InputError("no week has been run yet: call step() first")
        simulation, last = self.simulation, slice(self.week - 1, self.week)
        world, owner = simulation.world, simulation.observation.owner
        return measured(name, group, last, simulation.counters, world.segments, owner, world.weight)

    @property
    def agents(self) -> Any:
        """All residents and members of staff, as an AgentSet."""
        self._make_agents()
        return super().agents

    @property
    def agents_by_type(self) -> Any:
        """AgentSets of residents and of staff, by class."""
        self._make_agents()
        return super().agents_by_type

    @property
    def agent_types(self) -> list[type]:
        """The classes of agents."""
        self._make_agents()
        types: list[type] = super().agent_types
        return types

    def citizen(self, row: int) -> Citizen:
        """Return the resident with a number, 0 … residents − 1.

        Raises:
            InputError: there is no such resident.
        """
        self._make_agents()
        return self._citizens[whole("row", row, 0, len(self._citizens) - 1)]

    def staff_member(self, row: int) -> StaffMember:
        """Return the holder of the post with a number, 0 … posts − 1.

        Raises:
            InputError: there is no such post.
        """
        self._make_agents()
        return self._staff[whole("row", row, 0, len(self._staff) - 1)]

    def _make_agents(self) -> None:
        if self._citizens:
            return
        state = self.simulation.state
        people = len(state.citizens)
        # Numbered as in the arrays, residents first; Mesa's numbers begin at 1.
        self._citizens.extend(Citizen(self, row, row + 1) for row in range(people))
        self._staff.extend(
            StaffMember(self, row, people + row + 1) for row in range(len(state.staff))
        )
        # Mesa 3.3 counts agents in a table of its class that keeps every model alive for ever.
        getattr(mesa.Agent, "_ids", {}).pop(self, None)

    def _check_reporters(self) -> None:
        """Check names against what a subclass has become."""
        wanted = self._reporters.agents or self._reporters.by_type
        of_each = [next(iter(each)) for each in self.agents_by_type.values() if each]
        self._reporters.check(self, of_each if wanted else ())


def _check_world(world: object, case: Case) -> None:
    if not isinstance(world, World):
        raise InputError(f"world: must be what `make_world` returns, not {told(world)}")
    scenario, run, names = case.scenario, case.scenario.run, world.segments
    if (
        (world.seed, world.replicate, world.warm_up) != (run.seed, case.key, run.warm_up)
        or len(world.calendar) != run.warm_up + run.weeks + 1
        or len(world.citizens) != scenario.simulated() + 1
        or names.wards != tuple(ward.name for ward in scenario.place.wards)
        or (names.services, names.departments)
        != (tuple(scenario.services), tuple(scenario.departments))
    ):
        raise InputError("world: is that of another place, run or replicate than the plan's")
