"""However many threads work on a run, it is the same run."""

from __future__ import annotations

import copy
import os
import pickle
from dataclasses import fields
from typing import Any

import numpy as np
import pytest

from examples import small_scenario
from oracle.scenarios import everything
from takeup import simulate
from takeup.experiments import runner
from takeup.kpis import STOCK
from takeup.model.run.simulation import Simulation, simulate_counters
from takeup.model.week.threads import PAYS_FROM, threads_for
from takeup.model.world.world import make_world
from takeup.runs.replicate import run


def differing(one: Any, other: Any) -> list[str]:
    """Return the arrays in which two worlds, states or sets of counters differ."""
    return [
        field.name
        for field in fields(one)
        if isinstance(getattr(one, field.name), np.ndarray)
        and getattr(one, field.name).tobytes() != getattr(other, field.name).tobytes()
    ]


@pytest.mark.parametrize("network", ["neighbourhood", "well_mixed", "watts_strogatz"])
def test_threads_change_no_bit(network: str) -> None:
    plan = everything().changed("network", {"kind": network})
    alone = Simulation(plan, 1)
    alone.run()
    assert alone.counters.stock_profile[:, :, STOCK.index("participants")].any()
    for threads in (2, 3):
        together = Simulation(plan, 1, threads=threads)
        assert differing(alone.world, together.world) == []
        together.run()
        assert differing(alone.counters, together.counters) == []
        assert differing(alone.state, together.state) == []


def test_more_threads_than_needs_change_no_bit() -> None:
    services = {name: {"yearly_volume": 40.0} for name in ("council-tax", "waste", "permits")}
    plan = small_scenario(run={"sample": 100, "weeks": 20}, services=services)
    world = make_world(plan, 0)
    assert 0 < np.diff(world.calendar).max() < 12
    assert differing(world, make_world(plan, 0, threads=12)) == []
    assert differing(simulate_counters(plan), simulate_counters(plan, threads=12)) == []


def test_a_run_goes_on_with_its_threads_after_it_was_copied() -> None:
    plan = everything()
    whole = simulate_counters(plan)
    begun = Simulation(plan, threads=3)
    begun.advance()
    assert differing(whole, pickle.loads(pickle.dumps(begun)).run()) == []
    assert differing(whole, copy.deepcopy(begun).run()) == []


def test_threads_of_all_runs_together_are_no_more_than_processors(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 8)
    city = 100 * PAYS_FROM
    assert [threads_for(city, runs) for runs in (1, 2, 3, 8, 9)] == [8, 4, 2, 1, 1]
    assert [threads_for(city, 1, most) for most in (1, 3, 100)] == [1, 3, 8]
    assert [threads_for(size, 1) for size in (100, 2 * PAYS_FROM - 1, 2 * PAYS_FROM)] == [1, 1, 2]


@pytest.mark.parametrize(
    ("replicates", "workers", "threads"),
    [(1, None, 4), (1, 1, 1), (1, 3, 3), (2, None, 2), (2, 3, 1), (5, None, 1)],
)
def test_workers_are_threads_in_all(
    replicates: int, workers: int | None, threads: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = []

    def spy(*arguments: Any, threads: int) -> Any:
        given.append(threads)
        return run(*arguments, threads=threads)

    monkeypatch.setattr(os, "cpu_count", lambda: 4)
    monkeypatch.setattr("takeup.model.week.threads.PAYS_FROM", 20)
    monkeypatch.setattr(runner, "run", spy)
    simulate(small_scenario(run={"weeks": 2}), replicates=replicates, workers=workers)
    assert given == [threads] * replicates
