"""Commands for many runs: `sweep`, `sensitivity` and `discover` of its folder, and `cache`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from takeup.cli.leaving import stopped
from takeup.cli.options import (
    ExecutorKind,
    MaxReplicates,
    NoCache,
    Processes,
    Scheduler,
    UntilInterval,
    one_of,
    until_of,
    workers_of,
)
from takeup.cli.results import claimed_for, show_results, warn_of
from takeup.output import Paragraph, console, show

if TYPE_CHECKING:
    from takeup.analysis.sweeps import About
    from takeup.results.sweep import Sweep


def sweep(
    experiment: Annotated[Path, typer.Argument(metavar="EXPERIMENT", help="an experiment (TOML)")],
    out: Annotated[
        Path | None,
        typer.Option(help="folder of results; one that is incomplete is gone on with  "
                     "[default: results/EXPERIMENT]"),
    ] = None,
    workers: Processes = None,
    executor: ExecutorKind = "local",
    scheduler: Scheduler = None,
    until_interval: UntilInterval = None,
    max_replicates: MaxReplicates = None,
    extend: Annotated[
        bool, typer.Option("--extend", help="add replicates or points to a sweep that is there")
    ] = False,
    no_cache: NoCache = False,
) -> None:  # fmt: skip
    """Run an experiment: many runs, into a folder that can be gone on with if it stops."""
    from takeup.experiments.definition import read_experiment
    from takeup.experiments.progress import SweepWatch
    from takeup.experiments.sweep import sweep as run_sweep
    from takeup.report.sweep_tables import sweep_tables
    from takeup.results.sweep import open_sweep

    until = until_of(until_interval, max_replicates)
    loaded = read_experiment(experiment)
    warn_of(loaded)
    folder = out or Path("results", experiment.stem)
    try:
        with (
            workers_of(executor, scheduler, workers) as (make, jobs),
            SweepWatch(console(stderr=True)) as watch,
        ):
            status = run_sweep(
                loaded, folder, workers=jobs, executor=make, extend=extend, cache=not no_cache,
                until=until, progress=watch, more={"command": ["takeup", *sys.argv[1:]]},
            )  # fmt: skip
    except KeyboardInterrupt as stop:
        kept = f"what was done is kept in {folder}: start the same command again to go on"
        raise stopped(stop, kept if folder.exists() else "nothing was written") from None
    told = [
        f"{status.total:,} runs: {status.done:,} done now, {status.earlier:,} before, "
        f"{status.reused:,} from the cache, {len(status.failures):,} failed; "
        f"{status.seconds:.1f} s"
    ]
    if status.reached is not None:
        told.append(status.reached.sentence())
    show_results(sweep_tables(open_sweep(folder)), folder, sentences=told)


def list_runs() -> None:
    """Show what the cache holds, by version of the model."""
    from takeup.results.cache import cache_folder, list_cache
    from takeup.runs.version import model_version

    entries = list_cache()
    show(Paragraph(f"{cache_folder()}{'' if entries else ': empty'}", wraps=False))
    for entry in entries:
        version = " (this version)" if entry.model == model_version() else ""
        show(
            f"  model {entry.model}: {entry.runs:,} runs, {entry.size / 1e6:,.1f} MB, last "
            f"{entry.newest.astimezone():%Y-%m-%d %H:%M}{version}"
        )


def clear_runs(
    stale: Annotated[
        bool, typer.Option("--stale", help="only those of other versions of the model")
    ] = False,
) -> None:
    """Remove the runs of the cache; folders of sweeps keep theirs."""
    from takeup.results.cache import clear_cache
    from takeup.runs.version import model_version

    count, size = clear_cache(except_model=model_version() if stale else None)
    show(f"{count:,} files removed, {size / 1e6:,.1f} MB")


SweepDir = Annotated[Path, typer.Argument(metavar="DIR", help="folder of a sweep")]
OfScenario = Annotated[
    str | None, typer.Option(metavar="NAME", help="whose outcomes, if the sweep has several")
]
Against = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="scenario whose outcomes are taken off, run by run"),
]
RunSummaryOption = Annotated[
    str,
    typer.Option(
        metavar="final|mean|peak",
        help="of a run: its last 4 weeks, all weeks, or the highest week",
        callback=one_of("final", "mean", "peak"),
    ),
]
Group = Annotated[str, typer.Option(metavar="GROUP", help='such as "age:75+"')]


def sensitivity(
    folder: SweepDir,
    kpi: Annotated[
        list[str] | None,
        typer.Option(metavar="KPI", help="only this one; repeatable  [default: those recorded]"),
    ] = None,
    scenario: OfScenario = None,
    against: Against = None,
    summary: RunSummaryOption = "final",
    group: Group = "all",
    out: Annotated[
        Path | None, typer.Option(help="folder of tables and figures  [default: DIR/sensitivity]")
    ] = None,
) -> None:
    """Say which of the varied inputs move the KPIs most (sobol, morris, grid, one_at_a_time)."""
    from takeup.analysis.sweeps import analysis_of
    from takeup.report.sensitivity import sensitivity_tables, write_sensitivity

    sweep, about, note = _of_sweep(folder, scenario, against, summary, group)
    target = out or folder / "sensitivity"
    title = f"What moves the KPIs: {note['of']}"
    with claimed_for(target, force=True) as claim:
        found = analysis_of(sweep, about, kpi)
        written = write_sensitivity(found, claim, units=sweep.unit_of, title=title, about=note)
        show_results(sensitivity_tables(found, sweep.unit_of, kpi or ()), target, written)


def discover(
    folder: SweepDir,
    goal: Annotated[
        list[str],
        typer.Option(metavar="GOAL", help='such as "digital_take_up >= 60%"; repeatable'),
    ],
    scenario: OfScenario = None,
    against: Against = None,
    summary: RunSummaryOption = "final",
    group: Group = "all",
    density: Annotated[
        float, typer.Option(min=0.01, max=1.0, help="share of misses that conditions should hold")
    ] = 0.8,
    boxes: Annotated[int, typer.Option(min=1, max=20, help="sets of conditions at most")] = 3,
    out: Annotated[
        Path | None, typer.Option(help="folder of tables and figures  [default: DIR/discovery]")
    ] = None,
) -> None:
    """Find the conditions under which a plan misses its goals."""
    from takeup.analysis.discovery import Sought
    from takeup.analysis.sweeps import discovery_of
    from takeup.report.discovery import discovery_tables, write_discovery

    goals = [Sought.parse(text) for text in goal]
    sweep, about, note = _of_sweep(folder, scenario, against, summary, group)
    target = out or folder / "discovery"
    title = f"Where goals are missed: {note['of']}"
    with claimed_for(target, force=True) as claim:
        found = discovery_of(sweep, about, goals, density=density, most=boxes)
        written = write_discovery(found, claim, title=title, about=note)
        show_results(discovery_tables(found), target, written)


def _of_sweep(
    folder: Path, scenario: str | None, against: str | None, summary: str, group: str
) -> tuple[Sweep, About, dict[str, Any]]:
    """Open a sweep; return it, whose outcomes are wanted, and what a manifest says of that."""
    from typing import cast

    from takeup.analysis.sweeps import About, scenario_of
    from takeup.results.manifest import made_with
    from takeup.results.sweep import RunSummary, open_sweep

    sweep = open_sweep(folder)
    name = scenario_of(sweep, scenario)
    note = {
        **made_with(),
        "of": name if against is None else f"{name} against {against}",
        "sweep": str(folder),
        "inputs": sweep.files(),
        "experiment": sweep.experiment,
        "summary": summary,
        "group": group,
        "command": ["takeup", *sys.argv[1:]],
    }
    return sweep, About(name, against, cast(RunSummary, summary), group), note
