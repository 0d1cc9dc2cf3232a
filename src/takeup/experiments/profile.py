"""Where the time of a run goes, step by step."""

from __future__ import annotations

from dataclasses import dataclass

from takeup.model.run.simulation import Simulation
from takeup.model.week.week import STEPS
from takeup.model.world.world import make_world
from takeup.scenario.schema.case import Case
from takeup.scenario.schema.scenario import Scenario


@dataclass(frozen=True)
class Profile:
    """CPU time of one replicate by step of the week.

    Attributes:
        weeks: of the run; the warm-up is not counted.
        needs: of residents in these weeks.
        steps: what happens in each, by its name, in their order.
        seconds: CPU time of each in all weeks together, by its name.
    """

    weeks: int
    needs: int
    steps: dict[str, str]
    seconds: dict[str, float]


def profile(scenario: Scenario, replicate: int = 0) -> Profile:
    """Run a replicate and say what its steps took; kernels are compiled before."""
    case = Case.of(scenario, replicate)
    small = case.scenario.changed("run.sample", 100, "network", {})  # an edge list has its size
    Simulation(small, case.key).run()
    world = make_world(case.scenario, case.key)
    simulation = Simulation(case.scenario, case.key, world)
    simulation.stage.seconds = {}
    simulation.run()
    return Profile(
        scenario.run.weeks,
        int(world.calendar[-1] - world.calendar[world.warm_up]),
        {step.__name__: (step.__doc__ or "").strip() for step in STEPS},
        simulation.stage.seconds,
    )
