"""How the cost of a week grows with the number of residents, and what memory alone would cost.

Beside the weeks stands a bare loop that touches, for every need, what a need must touch (the
resident's traits and 16 bytes of state, 16 bytes of the service's, and one published byte of every
neighbour) and computes nothing. No layout of the same data can be faster than that loop.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from measure import Row, medians, slope

from takeup.model.run.simulation import Simulation
from takeup.model.week.compiled import Array, integer, kernel, real
from takeup.model.world.world import World, make_world
from takeup.scenario import load

CITY = Path(__file__).parents[1] / "scenarios" / "helsinki" / "baseline.toml"
SIZES = [10_000, 40_000, 160_000, 650_000]
QUICK = [1_000, 4_000]
PARTS = ("oblivion", "residents", "departments", "staff", "talk")


def run(sizes: list[int], weeks: int = 156, times: int = 5) -> list[Row]:
    """Measure every size: seconds of the weeks, nanoseconds of a need, and of the bare loop."""
    return [_measure(size, weeks, times) for size in sizes]


def exponent(rows: list[Row]) -> float:
    """Return b of seconds = a · residents^b."""
    return slope([row["residents"] for row in rows], [row["weeks_s"] for row in rows])


def exponent_of_needs(rows: list[Row]) -> float:
    """Return the same without staff and departments, who hardly grow where samples are small."""
    of_needs = ("oblivion_ns", "residents_ns", "talk_ns")
    seconds = [row["needs"] * sum(row[part] for part in of_needs) for row in rows]
    return slope([row["residents"] for row in rows], seconds)


def _measure(size: int, weeks: int, times: int) -> Row:
    scenario = load(CITY, [f"run.sample={size}", f"run.weeks={weeks}"])
    world = make_world(scenario, 0)
    done = Simulation(scenario, 0, world)  # compiles what is not compiled
    done.run()
    opens = np.array([scenario.go_live_week(name) for name in scenario.services])

    def simulate() -> Callable[[], Any]:
        return Simulation(scenario, 0, world).run

    def bare() -> Callable[[], Any]:
        records = done.state.citizens.copy(), done.state.uses.copy(), done.state.published.copy()
        return partial(_gather_all, world, opens, *records)

    bare()()
    seconds = medians({"weeks": simulate, "gather": bare}, times)
    needs = int(world.calendar[-1] - world.calendar[world.warm_up])
    simulation = Simulation(scenario, 0, world)
    spent = simulation.stage.seconds = {}
    simulation.run()
    return {
        "residents": len(world.citizens) - 1,
        "needs": needs,
        "weeks_s": seconds["weeks"],
        "ns_per_need": seconds["weeks"] / needs * 1e9,
        "gather_ns_per_need": seconds["gather"] / needs * 1e9,
        **{f"{part}_ns": spent[part] / needs * 1e9 for part in PARTS},
    }


def _gather_all(
    world: World, opens: Array, citizens: Array, uses: Array, published: Array
) -> float:
    total: float = 0.0
    for week in range(world.warm_up, len(world.calendar) - 1):
        total += _gather(
            week, week - world.warm_up, opens, world.calendar, world.need_citizen,
            world.need_service, world.citizens, world.ties, citizens, uses, published,
        )  # fmt: skip
    return total


@kernel
def _gather(
    week: int,
    week_of_run: int,
    opens: Array,
    calendar: Array,
    need_citizen: Array,
    need_service: Array,
    fixed_citizens: Array,
    ties: Array,
    citizens: Array,
    uses: Array,
    published: Array,
) -> float:
    """Read and write what the needs of a week read and write; return a sum, so that it is done."""
    service_count = len(opens)
    total = 0.0
    for n in range(calendar[week], calendar[week + 1]):
        i = need_citizen[n]
        k = integer(need_service[n])
        person = fixed_citizens[i]
        mine = citizens[i]
        use = uses[i * service_count + k]
        if week_of_run >= opens[k]:
            for edge in range(person.ties, fixed_citizens[i + 1].ties):
                total += integer(published[ties[edge] * service_count + k])
        total += real(person.skill) + real(mine.trust) + real(use.expectation)
        mine.week = week
        use.week = week
    return total
