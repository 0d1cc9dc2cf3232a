"""The compiled week against the same model written the ordinary way, and against less of it.

Timed are the weeks of the run alone: making the world, the agents and the warm-up of 52 weeks are
done before, and the kernels are compiled. The ordinary model is the oracle of the tests with plain
draws (`plain.py`); it activates every resident every week, whether in need or not. No row measures
one that activates only those in need, nor one that was written to be fast.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from measure import Row, medians
from plain import PlainCouncil, take_up

from takeup.model.run.simulation import Simulation
from takeup.model.world.world import make_world
from takeup.scenario import load

SCENARIOS = Path(__file__).parents[1] / "scenarios"
CASES = [
    {"scenario": "riverton/baseline.toml", "sample": 10_000, "weeks": 156},
    {"scenario": "riverton/full-plan.toml", "sample": 10_000, "weeks": 156},
]
QUICK = [{"scenario": "riverton/baseline.toml", "sample": 1_000, "weeks": 26}]
LAST = 26
"""Weeks at the end over which take-up is compared: one week of 10,000 residents is noisy."""


def run(cases: list[Row], times: int = 5) -> list[Row]:
    """Measure every case: seconds of the two ways, their ratio, and both take-ups."""
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

    def ordinary() -> Callable[[], Any]:
        last["ordinary"] = PlainCouncil(scenario, world, rng=1)
        return last["ordinary"].run  # type: ignore[no-any-return]

    seconds = medians({"kernels": kernels, "ordinary": ordinary}, times)
    weeks = min(LAST, scenario.run.weeks)
    needs = int(world.calendar[-1] - world.calendar[world.warm_up])
    return {
        **case,
        "needs": needs,
        "kernels_s": seconds["kernels"],
        "ordinary_s": seconds["ordinary"],
        "ratio": seconds["ordinary"] / seconds["kernels"],
        "kernels_take_up": take_up(last["kernels"].counters, weeks),
        "ordinary_take_up": take_up(last["ordinary"].counters, weeks),
    }
