"""Run an experiment: what is missing of it, in jobs, into a folder that can be gone on with."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from takeup.errors import InputError, OutputError
from takeup.experiments import jobs
from takeup.experiments.definition import Experiment
from takeup.experiments.design import Points, make_points
from takeup.experiments.enough import Reached, Until, width_in
from takeup.experiments.plan import aligned, stray_run
from takeup.experiments.provenance import experiment_files
from takeup.experiments.work import Progress, Status, Work
from takeup.output import shortened
from takeup.results.cache import RunCache
from takeup.results.manifest import hash_files, made_with
from takeup.results.sweep import open_sweep
from takeup.results.sweep_folder import SweepFolder, differences, sweep_folder
from takeup.runs.executor import MakeExecutor, processors
from takeup.runs.processes import Processes
from takeup.runs.version import model_version
from takeup.scenario.schema.fitted import most_replicates


def sweep(
    experiment: Experiment,
    folder: Path | str,
    *,
    workers: int | None = None,
    executor: MakeExecutor | None = None,
    extend: bool = False,
    cache: bool = True,
    job_runs: int | None = None,
    until: Until | None = None,
    progress: Progress | None = None,
    more: Mapping[str, Any] | None = None,
) -> Status:
    """Run what is missing of an experiment.

    What is in the folder, or was done by any earlier sweep with the same inputs, seed and version,
    is not done again. Results do not depend on the number of workers, on the size of jobs, or on
    how often the sweep was stopped and gone on with, not in a single bit.

    Args:
        experiment: as returned by `read_experiment`.
        folder: where results go; one that holds part of this sweep is gone on with.
        workers: how many runs are done at a time; left out: one per processor.
        executor: makes what does the jobs; left out: processes of this machine.
        extend: the experiment has more replicates or points than the sweep in the folder.
        cache: use and fill the cache of runs.
        job_runs: runs in a job; left out: what takes a few seconds.
        until: add replicates, of all points alike, until an interval is narrow enough.
        progress: called as jobs end.
        more: what the manifest also records.

    Returns:
        What was done.

    Raises:
        InputError: the design cannot be made.
        OutputError: the folder is taken, holds a sweep of another experiment or version, or cannot
            be written. Everything done until then is kept.
    """
    count = workers or processors()
    points = make_points(experiment)
    with sweep_folder(Path(folder)) as target:
        stated = experiment.stated()
        points, replicates = _gone_on_with(target, experiment, stated, points, extend)
        status = Status(workers=count, damaged=target.parts.clean())
        _check_runs(target, experiment, points)
        work = Work(
            target, experiment, {**stated["edge lists"], **stated["posteriors"]}, points, status,
            RunCache(model_version()) if cache else None,
            executor or partial(Processes, count, loads=jobs.__name__), job_runs, progress,
        )  # fmt: skip
        manifest = _manifest(experiment, stated, points, replicates, more or {})
        target.begin(manifest, points.table, points.units)
        try:
            work.run(replicates)
            if until is not None:
                most = most_replicates([*experiment.base.values()], until.limit)
                until = replace(until, limit=most)
            while until is not None:
                width = width_in(open_sweep(folder), until.kpi)
                status.reached = Reached(until, replicates, width)
                if until.next(replicates, width) == replicates:
                    break
                replicates = until.next(replicates, width)
                target.note({**(target.manifest or {}), "replicates": replicates})
                work.run(replicates)
        finally:
            work.close()
            target.write_failures([(failure.label, failure.error) for failure in status.failures])
        target.note({**(target.manifest or {}), **_summary(status)})
    return status


# ---------------------------------------------------------------- the folder and the experiment


_FILES = {"edge lists": "the edge list", "posteriors": "the posterior"}
"""Sections of what an experiment states that are hashes by file, and what these are."""

_EXTENSIBLE = ("replicates", "design.points", "design.trajectories", "design.levels", "vary.")


def _gone_on_with(
    target: SweepFolder,
    experiment: Experiment,
    stated: Mapping[str, Any],
    points: Points,
    extend: bool,
) -> tuple[Points, int]:
    """Return points and replicates that fit what the folder holds, or raise with what changed."""
    if target.manifest is None:
        return points, experiment.replicates
    if target.manifest["model"] != model_version():
        raise OutputError(
            f"{target.path}: was begun with another version of the model or its libraries "
            f"({target.manifest['model']}, now {model_version()}), and their runs do not mix; name "
            "another --out"
        )
    changed = list(differences(target.manifest["experiment"], stated))
    before, there = int(target.manifest["replicates"]), int(target.manifest["points"])
    if extend:
        changed = [entry for entry in changed if not entry[0].startswith(_EXTENSIBLE)]
        if experiment.replicates < before:
            changed.append(("replicates", before, experiment.replicates))
    elif not changed and len(points) != there:
        changed.append(("points", there, len(points)))
    if changed:
        told = {
            file
            for section, _, file in (key.partition(".") for key, *_ in changed)
            if section in _FILES
        }
        raise OutputError(
            [
                f"{target.path}: holds a sweep of another experiment; name another --out"
                + ("" if extend else ", or --extend if points or replicates were added"),
                *map(_changed, *zip(*changed, strict=True)),
                *_changed_files(target, experiment, told),
            ]
        )
    design = target.design()
    try:
        points = aligned(points, design)
    except InputError as error:
        lines = [f"{target.path}: cannot be extended: {error}"]
        lines += _changed_files(target, experiment)
        raise OutputError(lines) from None
    return points, max(experiment.replicates, before)


def _check_runs(target: SweepFolder, experiment: Experiment, points: Points) -> None:
    """Refuse a folder with a run that is not the one that the experiment has in its place now."""
    names = tuple(experiment.sources)
    held = target.held(names, len(points), experiment.record.kept())
    stray = stray_run(experiment, points, held)
    if stray is not None:
        lines = [
            f"{target.path}: its run of {stray.scenario}, point {stray.point}, replicate "
            f"{stray.replicate} is not the one that the experiment has there now: a file that goes "
            "into it has changed, or a file of the folder; put it back, or name another --out",
            *_changed_files(target, experiment),
        ]
        raise OutputError(lines)


def _changed(key: str, was: Any, now: Any) -> str:
    """Return what changed, in a line of its own."""
    section, _, file = key.partition(".")
    if section in _FILES and was and now:
        return (
            f"  {file}: {_FILES[section]} has changed (SHA-256 was {was[:12]}…, is {now[:12]}…); "
            "put it back as it was to go on with this sweep"
        )
    return f"  {key}: was {_shown(was)}, is {_shown(now)}"


def _changed_files(
    target: SweepFolder, experiment: Experiment, told: Collection[str] = ()
) -> list[str]:
    """Return the input files that are not what they were, but those told of, in one line."""
    before = (target.manifest or {}).get("inputs")
    now = hash_files(experiment_files(experiment)).items()
    known = before if isinstance(before, dict) else {}
    changed = [f for f, content in now if f not in told and known.get(f, content) != content]
    return [f"  changed since the sweep began: {', '.join(changed)}"] if changed else []


def _shown(value: Any) -> str:
    return "not stated" if value is None else shortened(str(value))


def _manifest(
    experiment: Experiment,
    stated: Mapping[str, Any],
    points: Points,
    replicates: int,
    more: Mapping[str, Any],
) -> dict[str, Any]:
    first = next(iter(experiment.base.values()))
    return {
        **made_with(),
        "kind": "sweep",
        "format": 1,
        "name": experiment.name,
        "description": experiment.description,
        "model": model_version(),
        "experiment": stated,
        "inputs": hash_files(experiment_files(experiment)),
        "points": len(points),
        "replicates": replicates,
        "currency": first.place.currency,
        "begun": datetime.now(UTC).isoformat(timespec="seconds"),
        "complete": False,
        **more,
    }


def _summary(status: Status) -> dict[str, Any]:
    """Return what the manifest says of a sweep at its end."""
    return {
        "complete": not status.failures,
        "replicates": status.replicates,
        "runs": {
            "total": status.total,
            "done before": status.earlier,
            "reused from the cache": status.reused,
            "done now": status.done,
            "failed": len(status.failures),
        },
        "timings": {
            "all runs, s": round(status.seconds, 3),
            "weeks alone, CPU s": round(status.kernel_seconds, 3),
            "workers": status.workers,
        },
    }
