"""Sweeps against what the machine can do, and against Mesa's own batch runner.

`bare` is two processes that do nothing but the weeks of runs, with worlds made, scenarios loaded
and kernels compiled beforehand: no sweep can be faster. A sweep's time is all of it: reading and
checking the experiment's points, starting workers, worlds, KPIs, Parquet parts on disk. Each round
measures all ways one after the other; ratios are medians over rounds.

`overhead` is 1 − CPU seconds of the weeks ÷ (time × workers); `cpu_overhead` is 1 − CPU seconds of
the weeks ÷ CPU seconds of all processes, which other work on the machine hardly changes.
"""

from __future__ import annotations

import multiprocessing
import resource
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import mesa
from measure import Row
from plain import PlainCouncil, take_up

from takeup.experiments.definition import Experiment, read_experiment
from takeup.experiments.design import make_points
from takeup.experiments.jobs import run_of
from takeup.experiments.sweep import sweep
from takeup.model.run.simulation import Simulation, simulate_counters
from takeup.model.world.world import make_world
from takeup.results.runs import Label
from takeup.scenario import load

SCENARIO = Path(__file__).parents[1] / "scenarios" / "riverton" / "baseline.toml"
CASES = [
    {"sample": 1_000, "weeks": 52, "points": 2_000, "ordinary_runs": 8},
    {"sample": 10_000, "weeks": 156, "points": 500, "ordinary_runs": 0},
]
QUICK = [{"sample": 200, "weeks": 20, "points": 6, "ordinary_runs": 2}]
WORKERS = 2
REPLICATES = 2

_EXPERIMENT = """\
name = "throughput"
scenario = "{scenario}"
replicates = {replicates}

[design]
kind = "latin_hypercube"
points = {points}

[set]
run.sample = {sample}
run.weeks = {weeks}
run.uncertainty = "seed"
parameters.influence_weight.evidence = true
parameters.expectation_weight.evidence = true
parameters.habit_weight.evidence = true
"""


def run(cases: list[Row], rounds: int = 3) -> list[Row]:
    """Measure every case: runs per second of each way, and their ratios."""
    return [_compare(case, rounds) for case in cases]


def _compare(case: Row, rounds: int) -> Row:
    measured = []
    for _ in range(rounds):
        with _experiment(case) as experiment:
            bare = _bare(experiment)
            swept = _swept(experiment)
        measured.append(
            {
                "bare_runs_a_second": bare,
                **swept,
                "sweep_to_bare": swept["runs_a_second"] / bare,
            }
        )
    row = {
        **case,
        "runs": case["points"] * REPLICATES,
        **{name: statistics.median(r[name] for r in measured) for name in measured[0]},
    }
    ordinary = _ordinary(case) if case["ordinary_runs"] else float("nan")
    ratio = row["runs_a_second"] / ordinary
    return {**row, "batch_run_runs_a_second": ordinary, "sweep_to_batch_run": ratio}


@contextmanager
def _experiment(case: Row) -> Iterator[Experiment]:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "experiment.toml"
        text = _EXPERIMENT.format(scenario=SCENARIO, replicates=REPLICATES, **case)
        file.write_text(text, encoding="utf-8")
        yield read_experiment(file)


def _swept(experiment: Experiment) -> Row:
    """Return runs per second of a sweep from beginning to end, and its overheads."""
    with tempfile.TemporaryDirectory() as folder:
        began, cpu = time.perf_counter(), _cpu_seconds()
        status = sweep(experiment, Path(folder) / "out", workers=WORKERS, cache=False)
        _wait_for_children()
        seconds, cpu = time.perf_counter() - began, _cpu_seconds() - cpu
    return {
        "runs_a_second": status.done / seconds,
        "overhead": 1.0 - status.kernel_seconds / (seconds * WORKERS),
        "cpu_overhead": 1.0 - status.kernel_seconds / cpu,
        "kernel_ms": 1e3 * status.kernel_seconds / status.done,
    }


def _cpu_seconds() -> float:
    """Return the CPU seconds of this process and of its children that have ended."""
    uses = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(use.ru_utime + use.ru_stime for use in uses)


def _wait_for_children() -> None:
    while multiprocessing.active_children():
        time.sleep(0.005)


def _bare(experiment: Experiment) -> float:
    """Return runs per second of processes that only run weeks, on as many runs as a sweep."""
    context = multiprocessing.get_context("spawn")
    barrier, results = context.Barrier(WORKERS), context.Queue()
    workers = [
        context.Process(target=_run_weeks, args=(experiment.file, part, barrier, results))
        for part in range(WORKERS)
    ]
    for worker in workers:
        worker.start()
    times = [results.get() for _ in workers]
    for worker in workers:
        worker.join()
    return sum(count for _, _, count in times) / (
        max(end for _, end, _ in times) - min(begin for begin, _, _ in times)
    )


def _run_weeks(file: Path, part: int, barrier: Any, results: Any) -> None:
    experiment = read_experiment(file)
    points = make_points(experiment)
    name = next(iter(experiment.sources))
    few = range(part, min(len(points), 40 * WORKERS), WORKERS)
    scenarios = [experiment.scenario(name, points.values(point)) for point in few]
    worlds = [make_world(scenarios[0], replicate) for replicate in range(REPLICATES)]
    cases = [[run_of(s, r, [Label(name, 0, r)]).case for s in scenarios] for r in range(REPLICATES)]
    Simulation(*cases[0][0], worlds[0]).run()  # compiles or loads the kernels
    rounds = max(1, len(points) // (len(few) * WORKERS))
    barrier.wait()
    began, count = time.monotonic(), 0
    for _ in range(rounds):
        for replicate, world in enumerate(worlds):
            for case in cases[replicate]:
                simulate_counters(*case, world)
                count += 1
    results.put((began, time.monotonic(), count))


def _ordinary(case: Row) -> float:
    """Return runs per second of `mesa.batch_run` on the model as an ordinary Mesa program."""
    began = time.perf_counter()
    rows = mesa.batch_run(
        BatchCouncil,
        parameters={
            "file": str(SCENARIO),
            "sample": case["sample"],
            "weeks": case["weeks"],
            "replicate": range(case["ordinary_runs"]),
        },
        number_processes=WORKERS,
        data_collection_period=-1,
        display_progress=False,
    )
    assert len(rows) == case["ordinary_runs"]
    return case["ordinary_runs"] / (time.perf_counter() - began)


class BatchCouncil(PlainCouncil):
    """The ordinary program as `mesa.batch_run` wants it: it loads what it needs itself."""

    def __init__(self, file: str, sample: int, weeks: int, replicate: int) -> None:
        plan = load(file, [f"run.sample={sample}", f"run.weeks={weeks}"])
        super().__init__(plan, make_world(plan, replicate), rng=replicate)
        self.steps = 0  # of the run; the warm-up was in __init__
        self.datacollector = mesa.DataCollector({"take_up": lambda m: take_up(m.counters, weeks)})

    def step(self) -> None:
        """Live one week, the last of which ends the run."""
        super().step()
        if self.week > 0:
            self.datacollector.collect(self)
        self.running = self.week < self.plan.run.weeks
