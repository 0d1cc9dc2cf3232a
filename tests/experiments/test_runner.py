from __future__ import annotations

import threading

import numpy as np
import pytest

from examples import small_scenario
from takeup.errors import InputError
from takeup.experiments import runner
from takeup.experiments.runner import simulate, unique_names
from takeup.model.run.simulation import simulate_counters
from takeup.model.world.world import make_world
from takeup.results.summarise import summarise
from takeup.runs import worlds
from takeup.runs.describe import run_info
from takeup.scenario.schema.case import Case
from takeup.scenario.schema.scenario import Scenario

SHORT = {"weeks": 14, "sample": 150, "replicates": 3, "seed": 5, "uncertainty": "seed"}


def short(name: str = "small", **run: object) -> Scenario:
    scenario = small_scenario()
    return scenario.model_copy(
        update={"name": name, "run": scenario.run.model_copy(update=SHORT | run)}
    )


def test_any_number_of_workers_gives_the_same_bits() -> None:
    plans = [short("a"), short("b")]
    assert simulate(plans, workers=1).identical(simulate(plans, workers=3))


def test_every_run_lands_in_its_place() -> None:
    dataset = simulate(short())
    scenario = short()
    info = run_info(scenario)
    for replicate in range(3):
        counters = simulate_counters(scenario, replicate, make_world(scenario, replicate))
        alone = summarise(counters, info)
        for name in ("digital_take_up", "service_cost", "staff_readiness"):
            np.testing.assert_array_equal(dataset[name].values[0, replicate], alone[name])


def test_replicates_differ_and_can_be_chosen() -> None:
    dataset = simulate(short(), replicates=2)
    assert dataset.sizes["replicate"] == 2
    series = dataset["digital_take_up"].sel(group="all").values[0]
    assert not np.array_equal(series[0], series[1])


def test_a_world_is_made_once_for_all_scenarios_that_share_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made: list[int] = []

    def counting(scenario: Scenario, replicate: int, threads: int) -> object:
        made.append(replicate)
        return make_world(scenario, replicate, threads)

    monkeypatch.setattr(worlds, "make_world", counting)
    monkeypatch.setattr(worlds, "_worlds", worlds.Shelf(worlds.MOST_BYTES))
    more = short("other")
    tax = more.services["council-tax"].model_copy(update={"yearly_volume": 7000.0})
    more = more.model_copy(update={"services": {**more.services, "council-tax": tax}})
    simulate([short("a"), short("b"), more], workers=2)
    assert sorted(made) == [0, 0, 1, 1, 2, 2]  # one for a and b, one for other needs


def test_names_are_unique_and_marks_kept() -> None:
    assert unique_names([short("a"), short("a"), short("b"), short("a")]) == [
        "a", "a (2)", "b", "a (3)",
    ]  # fmt: skip
    assert simulate([short("a"), short("a")], replicates=1)["scenario"].values.tolist() == [
        "a",
        "a (2)",
    ]


def test_the_calendar_holds_go_lives_within_the_run() -> None:
    info = run_info(short())
    assert [(mark.name, mark.first) for mark in info.marks] == [("Parking permits", 10)]
    assert run_info(short(weeks=9)).marks == ()


def test_scenarios_that_cannot_be_shown_side_by_side_are_refused_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(runner, "run", lambda *_: pytest.fail("must not run"))
    other = short("b", weeks=20, seed=8, sample=200, replicates=7, discount_rate=0.1)
    with pytest.raises(InputError) as raised:
        simulate([short("a"), other], workers=0)
    text = str(raised.value)
    assert "run.weeks" in text
    assert "run.replicates" in text
    assert "run.discount_rate" in text
    assert "--set run.seed=5" in text
    assert "run.sample" in text
    assert "workers" in text
    with pytest.raises(InputError, match="no scenario"):
        simulate([])


def test_results_that_do_not_fit_into_memory_are_refused_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(runner.os, "sysconf", lambda name: 2**15)  # a machine with 1 GB
    with pytest.raises(InputError, match="GB of memory"):
        simulate(short(), replicates=100_000)


def test_progress_counts_every_run() -> None:
    seen: list[tuple[int, int]] = []
    simulate([short("a"), short("b")], workers=2, progress=lambda *at: seen.append(at))
    assert seen == [(done, 6) for done in range(1, 7)]


def test_the_first_failure_stops_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[int] = []

    def failing(case: Case, **_: object) -> object:
        started.append(case.key)
        raise RuntimeError("broken")

    monkeypatch.setattr(runner, "run", failing)
    with pytest.raises(RuntimeError, match="broken"):
        simulate([short("a"), short("b")], replicates=50, workers=1)
    assert len(started) < 100


def test_an_interrupt_ends_with_no_run_left_over(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        simulate(short(), workers=1, progress=interrupt)
    for thread in threading.enumerate():
        if thread.name.startswith("takeup"):
            thread.join(timeout=10)
            assert not thread.is_alive()
