"""The compiled week against the same model written the ordinary way, and against less of it.

Timed are the weeks of the run alone: making the world, the agents and the warm-up of 52 weeks are
done before, and the kernels are compiled. `event driven` is kinder to the ordinary model than its
users are: it activates only the residents who have a need this week.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from measure import Row, medians
from ordinary import Council

from takeup.kpis import CITIZEN
from takeup.model.run.simulation import Simulation
from takeup.model.world.world import make_world
from takeup.scenario import load
from takeup.scenario.schema.scenario import Scenario

SCENARIOS = Path(__file__).parents[1] / "scenarios"
CASES = [
    {"scenario": "riverton/baseline.toml", "sample": 10_000, "weeks": 156},
    {"scenario": "riverton/full-plan.toml", "sample": 10_000, "weeks": 156},
]
QUICK = [{"scenario": "riverton/baseline.toml", "sample": 1_000, "weeks": 26}]
LAST = 26
"""Weeks at the end over which take-up is compared: one week of 10,000 residents is noisy."""


def run(cases: list[Row], times: int = 5) -> list[Row]:
    """Measure every case: seconds of the three ways, their ratios, and both take-ups."""
    return [_compare(case, times) for case in cases]


def _compare(case: Row, times: int) -> Row:
    scenario = load(
        SCENARIOS / case["scenario"], [f"run.sample={case['sample']}", f"run.weeks={case['weeks']}"]
    )
    world = make_world(scenario, 0)
    Simulation(scenario, 0, world).run()  # compiles what is not compiled
    last: dict[str, Any] = {}

    def kernels() -> Callable[[], Any]:
        last["kernels"] = Simulation(scenario, 0, world)
        return last["kernels"].run  # type: ignore[no-any-return]

    def council(everyone: bool) -> Callable[[], Any]:
        last["ordinary"] = Council(scenario, world, rng=1, everyone=everyone)
        return last["ordinary"].run  # type: ignore[no-any-return]

    seconds = medians(
        {
            "kernels": kernels,
            "event driven": partial(council, everyone=False),
            "ordinary": partial(council, everyone=True),
        },
        times,
    )
    needs = int(world.calendar[-1] - world.calendar[world.warm_up])
    return {
        **case,
        "needs": needs,
        "kernels_s": seconds["kernels"],
        "ordinary_s": seconds["ordinary"],
        "event_driven_s": seconds["event driven"],
        "ratio": seconds["ordinary"] / seconds["kernels"],
        "ratio_event_driven": seconds["event driven"] / seconds["kernels"],
        "kernels_take_up": _take_up(last["kernels"], scenario),
        "ordinary_take_up": last["ordinary"].digital_take_up(min(LAST, scenario.run.weeks)),
    }


def _take_up(simulation: Simulation, scenario: Scenario) -> float:
    """Return the share of transactions of the last weeks that were online."""
    weeks = min(LAST, scenario.run.weeks)
    counted = simulation.counters.service[-weeks:].sum(axis=(0, 1))
    online, every = CITIZEN.index("transactions_online"), CITIZEN.index("transactions")
    return float(counted[online] / counted[every])
