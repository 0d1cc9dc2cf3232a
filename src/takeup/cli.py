"""The command line: one thin function per command; heavy libraries load when a command needs them.

Exit codes: 0 done (also if whoever reads the output has gone, or it was closed), 2 bad input (or a
destination that is taken, or an output that is full), 1 our fault; told to stop: 130 by Ctrl-C, 143
by a request to end (SIGTERM), 129 by a terminal that closed (SIGHUP).
"""

from __future__ import annotations

import os
import sys
import tempfile
import threading
import traceback
import warnings
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from takeup import places
from takeup.errors import InputError, NobodyReadsError, ShownError, TakeupError
from takeup.output import Paragraph, complain, console, guarded, say, show
from takeup.stopping import exit_code, stopped_alike

if TYPE_CHECKING:
    from rich.console import RenderableType

    from takeup.analysis.sweeps import About
    from takeup.experiments.enough import Until
    from takeup.experiments.executors import MakeExecutor
    from takeup.results.folder import Claim
    from takeup.results.sweep import Sweep
    from takeup.scenario.load import Source
    from takeup.scenario.schema import Scenario

DONE, OUR_FAULT, BAD_INPUT = 0, 1, 2

MOST_PROBLEMS = 100
"""Problems told of at once."""

_WRONG_USAGE: type[Exception] = typer.BadParameter.__mro__[1]
"""What typer raises where a command line cannot be read; its name is not typer's to give."""


class _Commands(TyperGroup):
    """Commands that say what happened when they are told to stop."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt as stop:
            raise _stopped(stop, "nothing was written") from None


app = typer.Typer(
    cls=_Commands,
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Simulate a local government's move to digital services: residents, staff, queues and "
    "the programme of change.",
)

ScenarioFile = Annotated[Path, typer.Argument(metavar="SCENARIO", help="a scenario (TOML)")]
Sets = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="change a value of the scenario; repeatable"),
]
Replicates = Annotated[
    int | None,
    typer.Option(min=1, max=100_000, help="runs with different random numbers; run.replicates"),
]
Seed = Annotated[
    int | None, typer.Option(min=0, max=2**32 - 1, help="seed of the random numbers; run.seed")
]
Weeks = Annotated[int | None, typer.Option(min=1, max=1040, help="weeks simulated; run.weeks")]


def _checked_sample(value: str | None) -> str | None:
    if value not in (None, "all") and not (value.isdecimal() and int(value) >= 100):
        raise typer.BadParameter(f'must be a whole number from 100, or all, not "{value}"')
    return value


def _checked_uncertainty(value: str | None) -> str | None:
    if value not in (None, "both", "seed", "parameters"):
        raise typer.BadParameter(f'must be both, seed or parameters, not "{value}"')
    return value


Sample = Annotated[
    str | None,
    typer.Option(metavar="N|all", help="residents simulated; run.sample", callback=_checked_sample),
]
Uncertainty = Annotated[
    str | None,
    typer.Option(
        metavar="both|seed|parameters",
        help="what differs between replicates; run.uncertainty",
        callback=_checked_uncertainty,
    ),
]
Workers = Annotated[
    int | None,
    typer.Option(min=1, help="threads; results do not depend on it  [default: all processors]"),
]
UntilInterval = Annotated[
    str | None,
    typer.Option(
        "--until-interval",
        metavar="KPI=WIDTH",
        help="add replicates until the 90 % interval of a KPI, or of its difference from the "
        "first scenario, is so narrow",
    ),
]
MaxReplicates = Annotated[
    int | None,
    typer.Option(min=2, max=100_000, help="replicates at most, with --until-interval  "
                 "[default: 1024]"),
]  # fmt: skip
Force = Annotated[bool, typer.Option("--force", help="replace earlier results of takeup")]


def _show_version(wanted: bool) -> None:
    if wanted:
        import takeup

        show(f"takeup {takeup.__version__}")
        raise typer.Exit


@app.callback()
def common(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="show the version"),
    ] = False,
) -> None:
    """Take the options that belong to no command."""


@app.command()
def check(
    file: Annotated[
        Path, typer.Argument(metavar="SCENARIO|EXPERIMENT", help="a scenario or experiment (TOML)")
    ],
    sets: Sets = None,
) -> None:
    """Check a scenario, or an experiment: what it means, or how many runs it has and how long."""
    from takeup.experiments.definition import is_experiment

    if is_experiment(file):
        _check_experiment(file, sets)
    else:
        _check_scenario(file, sets)


def _check_scenario(scenario: Path, sets: list[str] | None) -> None:
    from takeup.scenario import explained, load
    from takeup.scenario.load import Source

    loaded = load(scenario, sets or ())
    if loaded.network.kind == "edge_list":
        from takeup.model.world.network import read_edge_list

        read_edge_list(Path(loaded.network.file or ""), loaded.simulated())
    show(*explained(loaded, Source(scenario).layers))


def _check_experiment(file: Path, sets: list[str] | None) -> None:
    from takeup.experiments.definition import read_experiment
    from takeup.experiments.estimate import estimate
    from takeup.experiments.progress import duration

    if sets:
        raise InputError("--set: is for scenarios; an experiment has a table [set]")
    experiment = read_experiment(file)
    _warn(zip(experiment.base.values(), experiment.sources.values(), strict=True))
    found = estimate(experiment)
    show(
        f"{experiment.name}: {experiment.design.kind}, {len(experiment.varied)} varied",
        f"  {found.points:,} points × {found.scenarios} scenarios × {found.replicates} replicates "
        f"= {found.runs:,} runs",
        f"  about {duration(found.seconds)} on {found.workers} processors "
        f"({found.seconds_per_run:.2g} s a run)",
    )


@app.command()
def run(
    scenario: ScenarioFile,
    replicates: Replicates = None,
    seed: Seed = None,
    weeks: Weeks = None,
    sample: Sample = None,
    uncertainty: Uncertainty = None,
    workers: Workers = None,
    out: Annotated[
        Path | None, typer.Option(help="folder of results  [default: results/SCENARIO]")
    ] = None,
    force: Force = False,
    profile: Annotated[
        bool, typer.Option("--profile", help="say where the time of a week goes, and write nothing")
    ] = False,
    sets: Sets = None,
) -> None:
    """Run a scenario and show its KPIs."""
    changes = _changes(sets, replicates, seed, weeks, sample, uncertainty)
    if profile:
        _profile(scenario, changes)
        return
    _run([scenario], changes, workers, out or Path("results", scenario.stem), force)


def _profile(scenario: Path, changes: list[str]) -> None:
    from takeup.experiments.profile import profile
    from takeup.report.profile import profile_table
    from takeup.scenario import load

    found = profile(load(scenario, changes))
    show(*profile_table(found.weeks, found.needs, found.steps, found.seconds))


@app.command()
def compare(
    baseline: Annotated[Path, typer.Argument(metavar="BASELINE", help="a scenario (TOML)")],
    plans: Annotated[
        list[Path], typer.Argument(metavar="PLAN...", help="scenarios to compare with it")
    ],
    replicates: Replicates = None,
    seed: Seed = None,
    weeks: Weeks = None,
    sample: Sample = None,
    uncertainty: Uncertainty = None,
    workers: Workers = None,
    out: Annotated[
        Path | None, typer.Option(help="folder of results  [default: results/BASELINE-compared]")
    ] = None,
    force: Force = False,
    until_interval: UntilInterval = None,
    max_replicates: MaxReplicates = None,
    sets: Sets = None,
) -> None:
    """Compare plans with a baseline on the same random numbers; options apply to every file."""
    changes = _changes(sets, replicates, seed, weeks, sample, uncertainty)
    folder = out or Path("results", f"{baseline.stem}-compared")
    until = _until(until_interval, max_replicates)
    _run([baseline, *plans], changes, workers, folder, force, until)


def _checked_executor(value: str) -> str:
    if value not in ("local", "dask"):
        raise typer.BadParameter(f'must be local or dask, not "{value}"')
    return value


@app.command()
def sweep(
    experiment: Annotated[Path, typer.Argument(metavar="EXPERIMENT", help="an experiment (TOML)")],
    out: Annotated[
        Path | None,
        typer.Option(help="folder of results; one that is incomplete is gone on with  "
                     "[default: results/EXPERIMENT]"),
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(min=1, help="runs done at a time; results do not depend on it  "
                     "[default: all processors, here or of the cluster]"),
    ] = None,
    executor: Annotated[
        str,
        typer.Option(metavar="local|dask", help="this machine, or a Dask cluster",
                     callback=_checked_executor),
    ] = "local",
    scheduler: Annotated[
        str | None,
        typer.Option(metavar="ADDRESS", help="of the Dask cluster: tcp://HOST:PORT, or the path "
                     "of a scheduler file"),
    ] = None,
    until_interval: UntilInterval = None,
    max_replicates: MaxReplicates = None,
    extend: Annotated[
        bool, typer.Option("--extend", help="add replicates or points to a sweep that is there")
    ] = False,
    no_cache: Annotated[
        bool, typer.Option("--no-cache", help="neither use nor keep runs of other sweeps")
    ] = False,
) -> None:  # fmt: skip
    """Run an experiment: many runs, into a folder that can be gone on with if it stops."""
    from takeup.experiments.definition import read_experiment
    from takeup.experiments.progress import SweepWatch
    from takeup.experiments.sweep import sweep as run_sweep
    from takeup.report.sweep_tables import sweep_tables
    from takeup.results.sweep import open_sweep

    until = _until(until_interval, max_replicates)
    loaded = read_experiment(experiment)
    _warn(zip(loaded.base.values(), loaded.sources.values(), strict=True))
    folder = out or Path("results", experiment.stem)
    try:
        with (
            _workers(executor, scheduler, workers) as (make, jobs),
            SweepWatch(console(stderr=True)) as watch,
        ):
            status = run_sweep(
                loaded, folder, workers=jobs, executor=make, extend=extend, cache=not no_cache,
                until=until, progress=watch, more={"command": ["takeup", *sys.argv[1:]]},
            )  # fmt: skip
    except KeyboardInterrupt as stop:
        kept = f"what was done is kept in {folder}: start the same command again to go on"
        raise _stopped(stop, kept if folder.exists() else "nothing was written") from None
    told = [
        f"{status.total:,} runs: {status.done:,} done now, {status.earlier:,} before, "
        f"{status.reused:,} from the cache, {len(status.failures):,} failed; "
        f"{status.seconds:.1f} s"
    ]
    if status.reached is not None:
        told.append(status.reached.sentence())
    _show(sweep_tables(open_sweep(folder)), folder, told)


@contextmanager
def _workers(
    executor: str, scheduler: str | None, workers: int | None
) -> Iterator[tuple[MakeExecutor | None, int | None]]:
    """Give what makes the executor of a sweep, and how many runs it does at a time."""
    if (executor == "dask") != (scheduler is not None):
        raise InputError("--executor dask and --scheduler ADDRESS go together")
    if scheduler is None:
        yield None, workers
        return
    from takeup.experiments.cluster import cluster

    with cluster(scheduler) as (make, jobs):
        yield make, workers or jobs


cache = typer.Typer(no_args_is_help=True, help="Runs of earlier sweeps, kept to be used again.")
app.add_typer(cache, name="cache")


@cache.command("list")
def list_runs() -> None:
    """Show what the cache holds, by version of the model."""
    from takeup.experiments.version import model_version
    from takeup.results.cache import cache_folder, list_cache

    entries = list_cache()
    show(Paragraph(f"{cache_folder()}{'' if entries else ': empty'}", wraps=False))
    for entry in entries:
        version = " (this version)" if entry.model == model_version() else ""
        show(
            f"  model {entry.model}: {entry.runs:,} runs, {entry.size / 1e6:,.1f} MB, last "
            f"{entry.newest.astimezone():%Y-%m-%d %H:%M}{version}"
        )


@cache.command("clear")
def clear_runs(
    stale: Annotated[
        bool, typer.Option("--stale", help="only those of other versions of the model")
    ] = False,
) -> None:
    """Remove the runs of the cache; folders of sweeps keep theirs."""
    from takeup.experiments.version import model_version
    from takeup.results.cache import clear_cache

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


def _checked_summary(value: str) -> str:
    if value not in ("final", "mean", "peak"):
        raise typer.BadParameter(f'must be final, mean or peak, not "{value}"')
    return value


RunSummaryOption = Annotated[
    str,
    typer.Option(
        metavar="final|mean|peak",
        help="of a run: its last 4 weeks, all weeks, or the highest week",
        callback=_checked_summary,
    ),
]
Group = Annotated[str, typer.Option(metavar="GROUP", help='such as "age:75+"')]


@app.command()
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
    with _claimed(target, force=True) as claim:
        found = analysis_of(sweep, about, kpi)
        written = write_sensitivity(found, claim, units=sweep.unit_of, title=title, about=note)
        _show(sensitivity_tables(found, sweep.unit_of, kpi or ()), target, written)


@app.command()
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
    from takeup.analysis.discovery import Goal
    from takeup.analysis.sweeps import discovery_of
    from takeup.report.discovery import discovery_tables, write_discovery

    goals = [Goal.parse(text) for text in goal]
    sweep, about, note = _of_sweep(folder, scenario, against, summary, group)
    target = out or folder / "discovery"
    title = f"Where goals are missed: {note['of']}"
    with _claimed(target, force=True) as claim:
        found = discovery_of(sweep, about, goals, density=density, most=boxes)
        written = write_discovery(found, claim, title=title, about=note)
        _show(discovery_tables(found), target, written)


@app.command()
def view(
    scenario: Annotated[
        Path | None,
        typer.Argument(
            metavar="[SCENARIO]", help="what pages begin with  [default: the smallest in scenarios]"
        ),
    ] = None,
    host: Annotated[
        str, typer.Option(help="address to listen on; 0.0.0.0 lets the whole network in")
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(min=0, max=65_535, help="port to listen on; 0: any that is free")
    ] = 8765,
    no_browser: Annotated[
        bool, typer.Option("--no-browser", help="do not open a browser")
    ] = False,
    room: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="keep attempts and guesses in this file  [default: they "
                     "end with the server]"),
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(min=1, help="processes that compute  [default: all processors]"),
    ] = None,
    name: Annotated[
        list[str] | None,
        typer.Option(help="what the server may be called by besides its addresses, as in "
                     "takeup.local; may be repeated"),
    ] = None,
) -> None:  # fmt: skip
    """Open the workshop view: play with a council in the browser, alone or as a room."""
    from importlib.util import find_spec

    if find_spec("solara") is None:
        raise InputError("takeup view: needs more packages: pip install takeup[view]")
    from takeup.view.server import serve

    try:
        serve(scenario, host, port, not no_browser, room, workers, name or ())
    except KeyboardInterrupt:  # the way to stop it
        say("stopped")


@app.command()
def new(
    file: Annotated[Path, typer.Argument(metavar="[FILE]", help="the file to write")] = Path(
        "scenario.toml"
    ),
) -> None:
    """Write a small, commented baseline and a plan to start from; never overwrites."""
    from takeup.scenario import plan_starter, starter

    plan = file.with_name(f"{file.stem}-plan.toml")
    for taken in (file, plan):
        if taken.exists():
            raise InputError(f"{taken}: already exists; choose another name")
    texts = {
        file: starter(file.stem.replace("-", " ").replace("_", " ").capitalize()),
        plan: plan_starter(file.name),
    }
    written: list[Path] = []
    try:
        for path, text in texts.items():
            with path.open("x", encoding="utf-8") as target:
                written.append(path)
                target.write(text)
    except BaseException as error:  # both files or none, also if told to stop
        for done in written:
            done.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise InputError(f"{path}: cannot be written ({error.strerror})") from None
        raise
    lines = (
        f"{file} and {plan} written",
        f"next: takeup check {plan}",
        f"then: takeup compare {file} {plan}",
    )
    show(Paragraph(lines, wraps=False))


@app.command()
def schema() -> None:
    """Print the JSON Schema of scenarios, for editors."""
    import json

    from takeup import scenario

    utf8 = (sys.stdout.encoding or "").lower().startswith("utf")
    print(json.dumps(scenario.schema(), indent=2, ensure_ascii=not utf8), flush=True)


@app.command()
def evidence(
    name: Annotated[
        str | None, typer.Argument(metavar="[NAME]", help="a parameter, or part of its name")
    ] = None,
) -> None:
    """Show the behavioural parameters: default, range, unit, status and source."""
    from takeup.errors import did_you_mean
    from takeup.evidence import PARAMETERS
    from takeup.report.evidence import evidence_report

    exact = [p for p in PARAMETERS.values() if p.name == name]
    found = exact or [p for p in PARAMETERS.values() if name is None or name in p.name]
    if not found:
        raise InputError(f'there is no parameter "{name}"{did_you_mean(name or "", PARAMETERS)}')
    show(*evidence_report(found))


def main() -> None:
    """Run the command line and exit with its code."""
    with guarded():
        code = _code_of_the_command()
    _leave(code)


def _code_of_the_command() -> int:
    try:
        with stopped_alike(), warnings.catch_warnings():
            _say_of_caches_plainly()
            code = app(prog_name="takeup", standalone_mode=False)
            sys.stdout.flush()
    except _WRONG_USAGE as error:
        _show_usage(error)
        return BAD_INPUT
    except NobodyReadsError:
        return DONE
    except KeyboardInterrupt as stop:  # before or after the command itself
        return exit_code(stop)
    except TakeupError as error:
        _tell(error)
        return BAD_INPUT
    except MemoryError:
        say("needs more memory than there is; lower --sample or --replicates")
        return BAD_INPUT
    except Exception:
        _own_up()
        return OUR_FAULT
    return code if isinstance(code, int) else DONE


# ---------------------------------------------------------------- what run and compare share


def _changes(
    sets: list[str] | None,
    replicates: int | None,
    seed: int | None,
    weeks: int | None,
    sample: str | None,
    uncertainty: str | None,
) -> list[str]:
    """Return the overrides that the options stand for."""
    named = {
        "replicates": replicates,
        "seed": seed,
        "weeks": weeks,
        "sample": sample,
        "uncertainty": uncertainty,
    }
    return [
        *(sets or ()),
        *(f"run.{key}={value}" for key, value in named.items() if value is not None),
    ]


def _load_all(paths: list[Path], changes: list[str]) -> list[Scenario]:
    """Load every file, or raise with the problems of all of them."""
    from takeup.scenario import load

    scenarios: list[Scenario] = []
    problems: list[str] = []
    for path in paths:
        try:
            scenarios.append(load(path, changes))
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(list(dict.fromkeys(problems)))
    for index, (path, scenario) in enumerate(zip(paths, scenarios, strict=True)):
        for earlier, other in zip(paths[:index], scenarios[:index], strict=True):
            if path.resolve() == earlier.resolve():
                problems.append(f"{path}: is given twice; compare different files")
            elif scenario.name == other.name:
                problems.append(
                    f'{earlier} and {path}: both have the name "{other.name}"; add a `name` of '
                    "its own to one of them"
                )
    if problems:
        raise InputError(problems)
    return scenarios


def _warn(read: Iterable[tuple[Scenario, Source]]) -> None:
    """Say what is improbable in scenarios; what a plan shares with an earlier file only once."""
    from takeup.scenario.plausible import doubts, first_of

    said: set[str] = set()
    for scenario, source in read:
        found = [doubt for doubt in doubts(scenario, source.layers) if doubt not in said]
        said.update(found)
        for doubt in first_of(found):
            say(f"warning: {source.layers[-1].name}: {doubt}")


def _until(text: str | None, limit: int | None) -> Until | None:
    if text is None:
        if limit is not None:
            raise InputError("--max-replicates: goes with --until-interval, and only with it")
        return None
    from takeup.experiments.enough import Until

    return Until.parse(text, limit)


def _run(
    paths: list[Path],
    changes: list[str],
    workers: int | None,
    folder: Path,
    force: bool,
    until: Until | None = None,
) -> None:
    """Load, simulate, write and show; the first file is the baseline if there are several."""
    scenarios = _load_all(paths, changes)
    from takeup.experiments.provenance import input_files
    from takeup.scenario.load import Source

    inputs = [
        file
        for path, scenario in zip(paths, scenarios, strict=True)
        for file in input_files(path, scenario)
    ]
    with _claimed(folder, force=force, inputs=inputs) as claim:  # before the work, not after it
        _warn(zip(scenarios, map(Source, paths), strict=True))
        _simulate(scenarios, inputs, changes, workers, claim, folder, until)


def _simulate(
    scenarios: list[Scenario],
    inputs: list[Path],
    changes: list[str],
    workers: int | None,
    claim: Claim,
    folder: Path,
    until: Until | None,
) -> None:
    """Simulate, write and show."""
    from takeup.analysis.goals import judge
    from takeup.experiments.enough import simulate_until
    from takeup.experiments.progress import Watch
    from takeup.experiments.runner import simulate
    from takeup.report.results_folder import write_results
    from takeup.report.tables import comparison_tables, goals_tables, level_tables
    from takeup.results.manifest import hash_files
    from takeup.scenario.case import Case

    hashes = hash_files(inputs)
    with Watch(scenarios, console(stderr=True)) as watch:
        if until is None:
            dataset = simulate(scenarios, workers=workers, progress=watch)
        else:
            dataset = simulate_until(
                scenarios, until, workers=workers, progress=watch, tell=watch.reached
            )
    _check_edge_lists(scenarios, hashes)
    verdicts = judge(dataset)
    comparison = None
    if len(scenarios) > 1:
        from takeup.analysis.comparison import compare as compare_results

        comparison = compare_results(dataset)
    written = write_results(
        dataset,
        comparison,
        verdicts,
        claim,
        inputs=hashes,
        parameters=[
            Case.of(scenarios[0], replicate).scenario.parameter_values()
            for replicate in range(dataset.sizes["replicate"])
        ],
        more={
            "command": ["takeup", *sys.argv[1:]],
            "changes": changes,
            "settings": [scenario.model_dump(mode="json") for scenario in scenarios],
            "timings": watch.timings(),
        },
    )
    tables = level_tables(dataset) if comparison is None else comparison_tables(comparison)
    _show([*tables, *goals_tables(verdicts)], folder, written)


def _check_edge_lists(scenarios: list[Scenario], hashes: dict[str, str]) -> None:
    """Refuse results of runs that may have read several versions of an edge list."""
    from takeup.results.manifest import hash_files

    files = {scenario.network.file or "" for scenario in scenarios} & hashes.keys()
    for file, content in hash_files(map(Path, sorted(files))).items():
        if content != hashes[file]:
            raise InputError(f"{file}: has changed while the runs went on; start them again")


@contextmanager
def _claimed(folder: Path, *, force: bool, inputs: Sequence[Path] = ()) -> Iterator[Claim]:
    """Claim a destination; if told to stop once it is complete, say so."""
    from takeup.results.folder import claimed

    claim = None
    try:
        with claimed(folder, force=force, inputs=inputs) as claim:
            yield claim
    except KeyboardInterrupt as stop:
        done = claim is not None and claim.done
        said = f"results are complete in {folder}" if done else "nothing was written"
        raise _stopped(stop, said) from None


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


def _show(parts: Iterable[RenderableType], folder: Path, more: list[str]) -> None:
    """Print tables, and below them a folder with what it holds, or what else is to say of it."""
    try:
        for part in parts:
            show(part, "")
        show(Paragraph((f"{folder}/", *(f"  {line}" for line in more)), wraps=False))
    except NobodyReadsError:
        raise
    except ShownError as error:
        raise ShownError(f"{error}; the results are in {folder}") from None


# ---------------------------------------------------------------- leaving


def _tell(error: TakeupError) -> None:
    """Say what is wrong, one line a problem."""
    for problem in error.problems[:MOST_PROBLEMS]:
        say(problem)
    if len(error.problems) > MOST_PROBLEMS:
        say(f"and {len(error.problems) - MOST_PROBLEMS:,} more problems")


def _show_usage(error: Any) -> None:
    """Say how a command is used and what was wrong, in typer's words."""
    words = StringIO()
    error.show(words)
    for line in words.getvalue().rstrip().split("\n"):
        complain(line)


def _own_up() -> None:
    """Admit a bug: show the traceback if TAKEUP_DEBUG is set, else save it and say where."""
    if os.environ.get("TAKEUP_DEBUG"):
        for line in traceback.format_exc().splitlines():
            complain(line)
        return
    with tempfile.NamedTemporaryFile(
        "w", prefix="takeup-", suffix=".log", delete=False, encoding="utf-8", errors="replace"
    ) as file:
        traceback.print_exc(file=file)
    say(f"this is a bug in takeup, not in your files: {sys.exc_info()[1]!r}")
    say(f"please report it with {file.name} (TAKEUP_DEBUG=1 shows it here)")


def _stopped(stop: KeyboardInterrupt, said: str) -> typer.Exit:
    """Say what there is of what was to be written; return what ends the command."""
    say(f"stopped; {said}")
    return typer.Exit(exit_code(stop))


def _say_of_caches_plainly() -> None:
    """Show a cache that cannot be used as a message of ours; other warnings stay as they are."""
    usual = warnings.showwarning

    def show(message: Warning | str, category: type[Warning], *where: Any, **more: Any) -> None:
        if issubclass(category, places.CacheWarning):
            say(str(message))
        else:
            usual(message, category, *where, **more)

    warnings.showwarning = show


def _leave(code: int) -> None:
    """Exit; at once if runs that were told to stop still hold threads."""
    if code > 128 and threading.active_count() > 1:
        places.tidy()
        os._exit(code)  # whatever was printed has been handed over
    sys.exit(code)


if __name__ == "__main__":
    main()
