"""What runs share: made once, kept while there is room, and without a trace in results."""

from __future__ import annotations

import gc
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from examples import small_scenario
from takeup.errors import OutputError
from takeup.kpis import Counters
from takeup.model.run.simulation import Simulation, simulate_counters
from takeup.model.world.world import world_key
from takeup.runs import worlds
from takeup.runs.replicate import at_week_0
from takeup.runs.worlds import Shelf, begun, world_of
from takeup.scenario.schema.case import Case
from takeup.scenario.schema.scenario import Scenario

LETTERS = {"letters": {"kind": "communication", "weeks": 20}}


class Thing(SimpleNamespace):
    """So many bytes, as a shelf sees them."""


@pytest.fixture(autouse=True)
def empty(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("_worlds", "_beginnings"):
        monkeypatch.setattr(worlds, name, Shelf(worlds.MOST_BYTES))
    monkeypatch.setattr(worlds, "_mine", threading.local())


def plan(intensity: float) -> Case:
    letters = {**LETTERS["letters"], "intensity": intensity}
    return Case.of(small_scenario(programme={"letters": letters}), 1)


def same(one: Counters, other: Counters) -> bool:
    return all(np.array_equal(vars(one)[name], vars(other)[name]) for name in vars(one))


def test_who_wants_the_same_at_the_same_time_waits_for_the_one_that_makes_it() -> None:
    shelf: Shelf[Any] = Shelf(100)
    made: list[str] = []
    begun, go_on = threading.Event(), threading.Event()

    def slow() -> Thing:
        made.append("a")
        begun.set()
        assert go_on.wait(30)
        return Thing(nbytes=1)

    with ThreadPoolExecutor(4) as threads:
        futures = [threads.submit(shelf.get, "a", slow) for _ in range(3)]
        assert begun.wait(30)
        other = threads.submit(shelf.get, "b", lambda: Thing(nbytes=1))
        assert other.result(30).nbytes == 1  # which nobody has to wait for
        go_on.set()
        assert len({id(future.result(30)) for future in futures}) == 1
    assert made == ["a"]


def test_a_failure_is_not_kept() -> None:
    shelf: Shelf[Any] = Shelf(100)
    with pytest.raises(ZeroDivisionError):
        shelf.get("a", lambda: 1 // 0)
    assert shelf.get("a", lambda: Thing(nbytes=1)).nbytes == 1


def test_what_nobody_holds_is_kept_while_there_is_room_and_what_is_held_in_any_case() -> None:
    shelf: Shelf[Any] = Shelf(100)
    made: list[str] = []

    def thing(name: str, nbytes: int) -> Any:
        def make() -> Thing:
            made.append(name)
            return Thing(nbytes=nbytes)

        return shelf.get(name, make)

    held = thing("held", 60)
    for name in ("a", "b", "a", "c", "a"):
        thing(name, 40)
    gc.collect()
    assert made == ["held", "a", "b", "c"]
    assert thing("held", 60) is held
    made.clear()
    thing("b", 40)
    gc.collect()
    assert made == ["b"]  # it had to go
    big = thing("big", 101)
    assert thing("big", 101) is big
    del big
    gc.collect()
    made.clear()
    thing("big", 101)
    assert made == ["big"]


def test_plans_share_the_world_and_the_warm_up_and_not_a_bit_changes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    warmed: list[Scenario] = []
    really = Simulation._warm_up

    def counted(self: Simulation) -> None:
        warmed.append(self.scenario)
        really(self)

    monkeypatch.setattr(Simulation, "_warm_up", counted)
    made = [at_week_0(plan(intensity)) for intensity in (0.5, 1.0, 2.0)]
    assert len(warmed) == 1
    assert len({id(simulation.world) for simulation in made}) == 1
    results = [simulation.run() for simulation in made]  # none of which writes what is shared
    results.append(at_week_0(plan(0.5)).run())
    assert len(warmed) == 1
    alone = [simulate_counters(*plan(intensity)) for intensity in (0.5, 1.0, 2.0, 0.5)]
    assert all(map(same, results, alone))
    assert not same(results[0], results[1])


def test_places_too_large_to_be_kept_begin_by_themselves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worlds, "MOST_BYTES", 1000)
    case = plan(1.0)
    assert same(at_week_0(case).run(), simulate_counters(*case))
    assert not worlds._beginnings._held


def test_a_thread_holds_on_to_its_latest_world_however_large(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(worlds, "_worlds", Shelf(1000))
    first, second = (Case.of(small_scenario(), replicate) for replicate in (0, 1))
    made = id(world_of(first, world_key(*first)))
    assert id(world_of(first, world_key(*first))) == made
    world_of(second, world_key(*second))
    gc.collect()
    assert [world.replicate for world in worlds._worlds._held.values()] == [1]


def test_an_edge_list_that_changed_since_the_run_was_planned_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "ties.csv"
    file.write_text("from,to\n0,1\n1,2\n")
    network = {"kind": "edge_list", "file": str(file)}
    case = Case.of(small_scenario(network=network), 0)
    planned = world_key(*case)
    file.write_text("from,to\n0,1\n1,3\n")
    with pytest.raises(OutputError, match="has changed since the runs were planned"):
        begun(case, planned)
