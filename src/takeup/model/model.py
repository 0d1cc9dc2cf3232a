"""The model as users of Mesa know it: steps, agents, data collector, batch runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import mesa

from takeup.kpis import KPIS, place_totals
from takeup.model.agents import Citizen, StaffMember
from takeup.model.simulation import Simulation
from takeup.model.world import World
from takeup.scenario import load
from takeup.scenario.case import Case
from takeup.scenario.schema import Run, Scenario

Reporter = Callable[..., Any]


class TakeupModel(mesa.Model):  # type: ignore[misc]
    """One replicate of a scenario as a Mesa model: a step is a week.

    Agents are made when `agents` (or a view of it) is first asked for; until then a step costs what
    the kernels cost. Mesa's own random numbers (`rng`, `random`) are there for what users add and
    play no part in the simulation.

    Args:
        plan: a scenario, or the path of its file.
        replicate: number of the replicate: which random numbers and, as `run.uncertainty` says,
            which behavioural parameters; the same as in `takeup.simulate`.
        rng: seed in place of the scenario's.
        world: the world of this scenario and replicate, if it is there already.
        model_reporters: what the data collector records of the model each week; left out: every
            KPI of the place as a whole.
        agent_reporters: what it records of every agent each week, as attribute names or functions.
        agenttype_reporters: the same by agent class.

    Attributes:
        simulation: the simulation behind it: world, state, counters.
        datacollector: Mesa's data collector.
        week: weeks of the run that are done.

    Raises:
        InputError: the plan cannot be run.
    """

    def __init__(
        self,
        plan: Scenario | str | Path,
        replicate: int = 0,
        rng: int | None = None,
        world: World | None = None,
        model_reporters: Mapping[str, str | Reporter] | None = None,
        agent_reporters: Mapping[str, str | Reporter] | None = None,
        agenttype_reporters: Mapping[type, Mapping[str, str | Reporter]] | None = None,
    ) -> None:
        chosen = plan if isinstance(plan, Scenario) else load(plan)
        if rng is not None:
            changed = Run.model_validate({**chosen.run.model_dump(), "seed": int(rng)})
            chosen = chosen.model_copy(update={"run": changed})
        super().__init__(rng=chosen.run.seed)
        self.plan = chosen
        case = Case.of(chosen, replicate)
        self.simulation = Simulation(case.scenario, case.key, world)
        self._citizens: list[Citizen] = []
        self._staff: list[StaffMember] = []
        self.datacollector = mesa.DataCollector(
            model_reporters=model_reporters or {kpi.name: _reporter(kpi.name) for kpi in KPIS},
            agent_reporters=agent_reporters,
            agenttype_reporters=agenttype_reporters,
        )

    @property
    def week(self) -> int:
        """Weeks of the run that are done."""
        return self.simulation.week

    def step(self) -> None:
        """Run one week and collect; `running` turns false after the last."""
        if self.simulation.week < self.plan.run.weeks:
            self.simulation.advance()
            self.datacollector.collect(self)
        self.running = self.simulation.week < self.plan.run.weeks

    def kpi(self, name: str) -> float:
        """Return a KPI of the place as a whole in the last week that was run.

        Raises:
            KeyError: there is no such KPI.
            ValueError: no week has been run yet.
        """
        found = {kpi.name: kpi for kpi in KPIS}
        if name not in found:
            raise KeyError(f"no KPI {name!r}; there are {', '.join(found)}")
        if self.week < 1:
            raise ValueError("no week has been run yet: call step() first")
        simulation = self.simulation
        totals = place_totals(simulation.counters, self.week - 1)
        return found[name].value(totals, simulation.world.weight)

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
        """Return the resident with a number, 0 … residents − 1."""
        self._make_agents()
        return self._citizens[row]

    def staff_member(self, row: int) -> StaffMember:
        """Return the holder of the post with a number, 0 … posts − 1."""
        self._make_agents()
        return self._staff[row]

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


def _reporter(name: str) -> Callable[[TakeupModel], float]:
    def report(model: TakeupModel) -> float:
        return model.kpi(name)

    return report
