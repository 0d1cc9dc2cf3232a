"""One replicate, from a case to its KPIs: what everything that runs scenarios calls."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from takeup.kpis import FAMILIES, Family
from takeup.model.run.simulation import Simulation
from takeup.model.world.world import world_key
from takeup.results.info import RunInfo
from takeup.results.summarise import FloatArray, summarise
from takeup.runs.describe import run_info
from takeup.runs.worlds import begun, world_of
from takeup.scenario.schema.case import Case


class Ran(NamedTuple):
    """What came of a run.

    Attributes:
        info: what results need to know of its scenario.
        values: by KPI, (weeks, groups of `all_groups(info)`).
        opened: week from which every service was online, 0 if it was before the run, NaN if it
            never was, (services,).
        kernel_seconds: CPU seconds of the weeks alone.
    """

    info: RunInfo
    values: dict[str, FloatArray]
    opened: FloatArray
    kernel_seconds: float


def run(case: Case, families: Sequence[Family] = FAMILIES, key: str = "", threads: int = 1) -> Ran:
    """Run a case.

    Args:
        case: the scenario as its replicate runs it.
        families: families of groups that are wanted; values of the others are NaN.
        key: its `world_key`, if that was told when the run was planned.
        threads: how many work on it together; changes no bit.

    Raises:
        InputError: the edge list of the network cannot be used.
        OutputError: it is no longer what it was when the run was planned.
    """
    key = key or world_key(*case)
    world_of(case, key, threads)  # before the clock starts
    began = time.thread_time()
    simulation = begun(case, key, threads)
    counters = simulation.run()
    seconds = time.thread_time() - began
    services = simulation.state.services
    opened = np.maximum(services["opened"].astype(np.float64), 0.0)
    info = run_info(case.scenario)
    return Ran(
        info,
        summarise(counters, info, families),
        np.where(services["live"] > 0, opened, np.nan),
        seconds,
    )


def at_week_0(case: Case) -> Simulation:
    """Return the run of a case before its first week, for who looks at it week by week."""
    return begun(case, world_key(*case))
