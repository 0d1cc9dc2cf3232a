"""Run scenarios with many random numbers and put their KPIs side by side."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from dataclasses import dataclass, field

import xarray as xr

from takeup.errors import InputError
from takeup.experiments.describe import run_info
from takeup.model.simulation import simulate_counters
from takeup.model.world import make_world, world_key
from takeup.results.dataset import blank, record, size_in_bytes
from takeup.results.info import RunInfo
from takeup.results.summarise import summarise
from takeup.scenario.case import Case
from takeup.scenario.schema import Scenario

Progress = Callable[[int, int], None]


def simulate(
    scenarios: Scenario | Sequence[Scenario],
    *,
    replicates: int | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
    earlier: xr.Dataset | None = None,
) -> xr.Dataset:
    """Run scenarios, each with several random numbers.

    Replicate r is the same residents, needs, random numbers and behavioural parameters for every
    scenario with the same place and seed, so scenarios can be compared within a replicate. What
    differs between replicates, `run.uncertainty` says. The result does not depend on the number of
    workers, not in a single bit.

    Args:
        scenarios: one or more; names that occur twice get a number.
        replicates: number of replicates; left out: what the scenarios say (`run.replicates`).
        workers: threads; left out: one for every processor.
        progress: called with (runs done, runs in all) as runs end, one call at a time, from the
            thread that ran.
        earlier: results of the same scenarios with fewer replicates, which are not run again.

    Returns:
        A Dataset of all KPIs, dimensions (scenario, replicate, week, group).

    Raises:
        InputError: the scenarios cannot be shown side by side, or a number makes no sense.
        KeyboardInterrupt: stopped by the user; runs under way end in the background.
    """
    chosen = [scenarios] if isinstance(scenarios, Scenario) else list(scenarios)
    count = _checked(chosen, replicates, workers)
    infos = [
        run_info(scenario, name)
        for scenario, name in zip(chosen, unique_names(chosen), strict=True)
    ]
    _check_memory(infos, count)
    job = _Job(chosen, infos, blank(infos, count), progress)
    if earlier is not None:
        job.first = earlier.sizes["replicate"]
        for name, variable in earlier.data_vars.items():
            job.dataset[name].values[:, : job.first] = variable.values
    workers = min(count, workers or os.cpu_count() or 1)
    executor = ThreadPoolExecutor(workers, thread_name_prefix="takeup")
    try:
        futures = [
            executor.submit(job.replicate, replicate) for replicate in range(job.first, count)
        ]
        done, _ = wait(futures, return_when=FIRST_EXCEPTION)
        for future in done:
            future.result()
    finally:
        job.stopped.set()
        executor.shutdown(wait=False, cancel_futures=True)
    return job.dataset


@dataclass
class _Job:
    """What all threads share; each writes only into the slices of its own replicate."""

    scenarios: Sequence[Scenario]
    infos: Sequence[RunInfo]
    dataset: xr.Dataset
    progress: Progress | None
    first: int = 0
    done: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)
    stopped: threading.Event = field(default_factory=threading.Event)

    def replicate(self, replicate: int) -> None:
        """Run all scenarios of one replicate; those with the same world share it."""
        cases = [Case.of(scenario, replicate) for scenario in self.scenarios]
        by_world: dict[str, list[int]] = {}
        for index, case in enumerate(cases):
            by_world.setdefault(world_key(case.scenario, case.key), []).append(index)
        for indices in by_world.values():
            if self.stopped.is_set():
                return
            first = cases[indices[0]]
            world = make_world(first.scenario, first.key)
            for index in indices:
                if self.stopped.is_set():
                    return
                case = cases[index]
                counters = simulate_counters(case.scenario, case.key, world)
                info = self.infos[index]
                record(self.dataset, index, replicate, info, summarise(counters, info))
                self._tell()

    def _tell(self) -> None:
        with self.lock:
            self.done += 1
            if self.progress is not None:
                total = len(self.scenarios) * (self.dataset.sizes["replicate"] - self.first)
                self.progress(self.done, total)


def unique_names(scenarios: Sequence[Scenario]) -> list[str]:
    """Return the scenarios' names, with " (2)" and so on after one that occurred before."""
    names: list[str] = []
    for scenario in scenarios:
        name, number = scenario.name, 1
        while name in names:
            number += 1
            name = f"{scenario.name} ({number})"
        names.append(name)
    return names


def _check_memory(infos: Sequence[RunInfo], replicates: int) -> None:
    """Refuse results that this machine cannot hold, before it starts to swap."""
    needed = size_in_bytes(infos, replicates)
    try:
        there = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):  # not every system tells
        return
    if needed > 0.7 * there:
        raise InputError(
            f"the results would take {needed / 1e9:.1f} GB of memory and this machine has "
            f"{there / 1e9:.1f} GB: run fewer replicates (run.replicates), weeks or scenarios"
        )


_SAME = (
    "place.name",
    "place.residents",
    "place.currency",
    "run.start",
    "run.weeks",
    "run.warm_up",
    "run.sample",
    "run.seed",
    "run.replicates",
    "run.uncertainty",
    "run.discount_rate",
)
"""Keys in which scenarios that run side by side agree; a plan may change all others."""


def _checked(scenarios: list[Scenario], replicates: int | None, workers: int | None) -> int:
    """Return the number of replicates, or raise with everything that speaks against the run."""
    if not scenarios:
        raise InputError("no scenario to run")
    problems = []
    first = scenarios[0]
    for other in scenarios[1:]:
        for key in _SAME:
            table, name = key.split(".")
            here, there = (getattr(getattr(s, table), name) for s in (first, other))
            if here != there and not (key == "run.replicates" and replicates is not None):
                problems.append(
                    f'{key}: "{first.name}" has {here} and "{other.name}" has {there}; scenarios '
                    f"that run side by side need the same: let the plan extend the baseline and "
                    f"leave {key} out of it"
                    + (f", or --set {key}={here}" if table == "run" else "")
                )
    if replicates is not None and replicates < 1:
        problems.append(f"replicates: {replicates} is not at least 1")
    if workers is not None and workers < 1:
        problems.append(f"workers: {workers} is not at least 1")
    if problems:
        raise InputError(problems)
    return replicates or first.run.replicates
