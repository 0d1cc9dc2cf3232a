"""Run scenarios with many random numbers and put their KPIs side by side."""

from __future__ import annotations

import itertools
import os
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from concurrent.futures import FIRST_EXCEPTION, wait

import numpy as np
import xarray as xr

from takeup.arguments import told, whole
from takeup.errors import InputError
from takeup.model.week.threads import threads_for
from takeup.results.dataset import DIMENSIONS, blank, record, size_in_bytes
from takeup.results.info import RunInfo
from takeup.runs.describe import run_info
from takeup.runs.executor import processors
from takeup.runs.replicate import run
from takeup.runs.threads import Threads
from takeup.scenario.given import given
from takeup.scenario.schema.case import Case
from takeup.scenario.schema.fitted import require_rows
from takeup.scenario.schema.scenario import MOST_REPLICATES, Scenario

Progress = Callable[[int, int], None]


Plan = Scenario | str | os.PathLike[str]
"""A scenario, or the path of its file."""

MOST_WORKERS = 1024


def simulate(
    scenarios: Plan | Iterable[Plan],
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
        scenarios: one or more, each a scenario or the path of its file; names that occur twice get
            a number.
        replicates: number of replicates, 1 to 100 000; left out: what the scenarios say
            (`run.replicates`).
        workers: threads in all, 1 to 1024; left out: one for every processor. Where there are more
            than replicates, the runs of a big place have several each.
        progress: called with (runs done, runs in all) as runs end, one call at a time, from the
            thread that ran.
        earlier: results of the same scenarios with fewer replicates, which are not run again.

    Returns:
        A Dataset with a float64 variable per KPI, dimensions (scenario, replicate, week, group):
        its attributes tell title, unit (a share is 0 to 1, money in the place's currency),
        definition and direction; NaN where a KPI is not measured of a group, or there was nothing
        to divide by. Coordinates are `date` by week, `seed` and `world` by scenario.

    Raises:
        InputError: something is not a scenario or the path of a valid one, the scenarios cannot be
            shown side by side, `earlier` is of others, or a number makes no sense.
        KeyboardInterrupt: stopped by the user; runs under way end in the background.
    """
    chosen = _chosen(scenarios)
    count = _checked(chosen, replicates, workers)
    if progress is not None and not callable(progress):
        raise InputError(f"progress: must be a function of two numbers, not {told(progress)}")
    infos = [
        run_info(scenario, name)
        for scenario, name in zip(chosen, unique_names(chosen), strict=True)
    ]
    _check_memory(infos, count)
    dataset = blank(infos, count)
    first = 0 if earlier is None else _take_over(dataset, earlier)
    at_once = max(1, min(count - first, int(workers or processors())))
    threads = threads_for(max(s.simulated() for s in chosen), at_once, workers)
    done, telling, stopped = itertools.count(1), threading.Lock(), threading.Event()

    def replicate(number: int) -> None:
        """Run all scenarios of one replicate, which write into slices of their own."""
        for index, scenario in enumerate(chosen):
            if stopped.is_set():
                return
            values = run(Case.of(scenario, number), threads=threads).values
            record(dataset, index, number, infos[index], values)
            if progress is not None:
                with telling:
                    progress(next(done), len(chosen) * (count - first))

    executor = Threads(at_once)
    try:
        futures = [executor.submit(replicate, number) for number in range(first, count)]
        ended, _ = wait(futures, return_when=FIRST_EXCEPTION)
        for future in ended:
            future.result()
    finally:
        stopped.set()
        executor.close()
    _check_posteriors(chosen, infos)
    return dataset


def _check_posteriors(scenarios: Sequence[Scenario], infos: Sequence[RunInfo]) -> None:
    """Refuse results of runs that may have drawn from several versions of a posterior."""
    for scenario, info in zip(scenarios, infos, strict=True):
        if scenario.run.posterior and run_info(scenario).world != info.world:
            raise InputError(
                f"{scenario.run.posterior}: has changed while the runs went on; start them again"
            )


def _take_over(wanted: xr.Dataset, earlier: object) -> int:
    """Take earlier results of the same scenarios over; return of how many replicates."""
    if not isinstance(earlier, xr.Dataset):
        raise InputError(f"earlier: must be what `takeup.simulate` returned, not {told(earlier)}")
    for key in ("replicate", "scenario", "seed", "world", "week", "group"):
        if key not in earlier.coords:
            raise InputError(f"earlier: has no {key}, so it is not what was simulated")
        here, there = wanted[key].values, earlier[key].values
        if key == "replicate":
            here = here[: there.size]
        if not np.array_equal(here, there):
            raise InputError(
                f"earlier: has another {key} than these scenarios; leave it out, or give "
                "all that `takeup.simulate` returned of the same scenarios"
            )
    if missing := [str(name) for name in wanted.data_vars if name not in earlier.data_vars]:
        raise InputError(f"earlier: has no {', '.join(missing)}")
    first = int(earlier.sizes["replicate"])
    for name, variable in wanted.data_vars.items():
        variable.values[:, :first] = earlier[name].transpose(*DIMENSIONS).values
    return first


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
    "run.posterior",
    "run.discount_rate",
)
"""Keys in which scenarios that run side by side agree; a plan may change all others."""


def _chosen(scenarios: object) -> list[Scenario]:
    """Return the scenarios that are given, alone or several, as such or as paths."""
    if isinstance(scenarios, Scenario | str | os.PathLike | bytes):
        return [given(scenarios, "scenarios")]
    if isinstance(scenarios, Mapping | Set) or not isinstance(scenarios, Iterable):
        raise InputError(
            "scenarios: must be a scenario or the path of its file, or a list of them, not "
            f"{told(scenarios)}"
        )
    chosen = [given(each, f"scenarios[{number}]") for number, each in enumerate(scenarios)]
    if not chosen:
        raise InputError("no scenario to run: give at least one, or the path of its file")
    return chosen


def _checked(scenarios: list[Scenario], replicates: int | None, workers: int | None) -> int:
    """Return the number of replicates, or raise with everything that speaks against the run."""
    problems: list[str] = []
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
    count = first.run.replicates if replicates is None else replicates
    for name, value, most in (
        ("replicates", count, MOST_REPLICATES),
        ("workers", workers, MOST_WORKERS),
    ):
        try:
            if value is not None:
                whole(name, value, 1, most)
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    require_rows(scenarios, int(count))
    return int(count)
