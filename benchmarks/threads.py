"""One run on several threads against the same run on one: by the clock, and in CPU seconds.

Threads are one per processor, so the clock tells something only where nothing else runs. The world,
the warm-up and the weeks are timed apart; both ways end in the same bits, or this stops.
"""

from __future__ import annotations

import os
import statistics
import time
from pathlib import Path

from measure import Row

from takeup.model.run.simulation import Simulation
from takeup.model.world.world import make_world
from takeup.scenario import load
from takeup.scenario.schema.scenario import Scenario

CITY = Path(__file__).parents[1] / "scenarios" / "helsinki" / "baseline.toml"
CASES = ["20000", "50000", "100000", "200000", "all"]
QUICK = ["1000"]
PARTS = ("world", "warm_up", "weeks")


def run(samples: list[str], weeks: int = 156, times: int = 3) -> list[Row]:
    """Measure every sample: seconds of the parts of a run on one thread and on several."""
    return [_compare(sample, weeks, times) for sample in samples]


def _compare(sample: str, weeks: int, times: int) -> Row:
    size = sample if sample.isdigit() else f'"{sample}"'
    scenario = load(CITY, [f"run.sample={size}", f"run.weeks={weeks}"])
    several = max(2, os.cpu_count() or 1)
    small = scenario.changed("run.sample", 100)
    for threads in (1, several):
        Simulation(small, threads=threads).run()  # compiles what is not compiled
    measured: dict[int, list[Row]] = {1: [], several: []}
    results = set()
    for _ in range(times):
        for threads, rows in measured.items():
            row, result = _once(scenario, threads)
            rows.append(row)
            results.add(result)
    if len(results) > 1:
        raise AssertionError(f"{several} threads change the results")
    found: Row = {"residents": scenario.simulated(), "threads": several}
    for part in (*PARTS, "cpu"):
        for threads, rows in measured.items():
            found[f"{part}_s_{threads}"] = statistics.median(row[part] for row in rows)
    return found


def _once(scenario: Scenario, threads: int) -> tuple[Row, bytes]:
    cpu, start = time.process_time(), time.perf_counter()
    world = make_world(scenario, 0, threads)
    made = time.perf_counter()
    simulation = Simulation(scenario, 0, world, threads=threads)
    begun = time.perf_counter()
    counters = simulation.run()
    done = time.perf_counter()
    row = {
        "world": made - start,
        "warm_up": begun - made,
        "weeks": done - begun,
        "cpu": time.process_time() - cpu,
    }
    return row, counters.profile.tobytes() + counters.staff.tobytes()
