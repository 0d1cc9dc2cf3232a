"""Runs that answer at once: a process keeps worlds and beginnings from one run to the next.

A setting changes the programme only, so residents, needs, ties and the weeks before the start are
there already when it runs. They are immutable; no result is kept.
"""

from __future__ import annotations

import numpy as np
from cachetools import LRUCache, cached

from takeup.experiments.describe import run_info
from takeup.kpis import Family
from takeup.model.run.simulation import (
    Beginning,
    Simulation,
    begin,
    beginning_key,
)
from takeup.model.world.world import World, make_world, world_key
from takeup.results.dataset import groups_of
from takeup.results.summarise import FloatArray, all_groups, summarise
from takeup.scenario.schema.case import Case
from takeup.scenario.schema.scenario import Scenario

OPENED = "opened"
"""When services went online, beside the KPIs of a run."""

MOST_BYTES = 150_000_000
"""Of worlds, and as much of beginnings; 10,000 residents take 2 MB and 1.3 MB of them."""


@cached(LRUCache(MOST_BYTES, getsizeof=lambda world: world.nbytes), key=world_key)
def _world(scenario: Scenario, key: int) -> World:
    return make_world(scenario, key)


@cached(LRUCache(MOST_BYTES, getsizeof=lambda beginning: beginning.nbytes), key=beginning_key)
def _beginning(scenario: Scenario, key: int) -> Beginning:
    return begin(scenario, key, _world(scenario, key))


def instant_values(
    scenario: Scenario, replicate: int, families: tuple[Family, ...]
) -> dict[str, FloatArray]:
    """Run one replicate.

    Args:
        scenario: what happens.
        replicate: number of the replicate.
        families: families of groups that are wanted.

    Returns:
        By KPI name what `takeup.simulate` computes, to the last bit: (weeks, groups), the groups in
        the order of `results.dataset.groups_of`. And under `OPENED` the week from which every
        service was online, 0 if it was before the run, NaN if it never was, (services,).
    """
    simulation = instant_simulation(scenario, replicate)
    counters = simulation.run()
    info = run_info(scenario)
    wanted = set(groups_of([info], families))
    at = [index for index, group in enumerate(all_groups(info)) if group in wanted]
    values = {
        name: array[:, at].copy() for name, array in summarise(counters, info, families).items()
    }
    services = simulation.state.services
    opened = np.maximum(services["opened"].astype(np.float64), 0.0)
    return {**values, OPENED: np.where(services["live"] > 0, opened, np.nan)}


def instant_simulation(scenario: Scenario, replicate: int) -> Simulation:
    """Return the run of a replicate at week 0."""
    case = Case.of(scenario, replicate)
    return Simulation(*case, _world(*case), _beginning(*case))
