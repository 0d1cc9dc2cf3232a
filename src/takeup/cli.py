"""The command line: one thin function per command; heavy libraries load when a command needs them.

Exit codes: 0 done, 2 bad input (or a destination that is taken), 130 interrupted, 1 our fault.
"""

from __future__ import annotations

import os
import sys
import tempfile
import threading
import traceback
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from takeup.errors import InputError, TakeupError

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from takeup.analysis.sweeps import About
    from takeup.experiments.enough import Until
    from takeup.experiments.executors import MakeExecutor
    from takeup.results.sweep import Sweep
    from takeup.scenario.schema import Scenario

DONE, OUR_FAULT, BAD_INPUT, INTERRUPTED = 0, 1, 2, 130


class _Commands(TyperGroup):
    """Commands that say what happened when they are interrupted."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            _say("stopped; nothing was written")
            raise typer.Exit(INTERRUPTED) from None


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

        typer.echo(f"takeup {takeup.__version__}")
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
    from takeup.scenario import explain, load

    loaded = load(scenario, sets or ())
    if loaded.network.kind == "edge_list":
        from takeup.model.network import read_edge_list

        read_edge_list(Path(loaded.network.file or ""), loaded.simulated())
    typer.echo(explain(loaded), nl=False)


def _check_experiment(file: Path, sets: list[str] | None) -> None:
    from takeup.experiments.definition import read_experiment
    from takeup.experiments.estimate import estimate
    from takeup.experiments.progress import duration

    if sets:
        raise InputError("--set: is for scenarios; an experiment has a table [set]")
    experiment = read_experiment(file)
    found = estimate(experiment)
    typer.echo(
        f"{experiment.name}: {experiment.design.kind}, {len(experiment.varied)} varied\n"
        f"  {found.points:,} points × {found.scenarios} scenarios × {found.replicates} replicates "
        f"= {found.runs:,} runs\n"
        f"  about {duration(found.seconds)} on {found.workers} processors "
        f"({found.seconds_per_run:.2g} s a run)"
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
    sets: Sets = None,
) -> None:
    """Run a scenario and show its KPIs."""
    changes = _changes(sets, replicates, seed, weeks, sample, uncertainty)
    _run([scenario], changes, workers, out or Path("results", scenario.stem), force)


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
    from rich.console import Console

    from takeup.experiments.definition import read_experiment
    from takeup.experiments.progress import SweepWatch
    from takeup.experiments.sweep import sweep as run_sweep
    from takeup.report.sweep_tables import sweep_tables
    from takeup.results.sweep import open_sweep

    until = _until(until_interval, max_replicates)
    loaded = read_experiment(experiment)
    folder = out or Path("results", experiment.stem)
    try:
        with (
            _workers(executor, scheduler, workers) as (make, jobs),
            SweepWatch(Console(stderr=True)) as watch,
        ):
            status = run_sweep(
                loaded, folder, workers=jobs, executor=make, extend=extend, cache=not no_cache,
                until=until, progress=watch, more={"command": ["takeup", *sys.argv[1:]]},
            )  # fmt: skip
    except KeyboardInterrupt:
        _say(f"stopped; what was done is kept in {folder}: start the same command again to go on")
        raise typer.Exit(INTERRUPTED) from None
    console = _console()
    for table in sweep_tables(open_sweep(folder)):
        console.print(table)
        console.print()
    console.print(f"{folder}/", markup=False, highlight=False)
    typer.echo(
        f"  {status.total:,} runs: {status.done:,} done now, {status.earlier:,} before, "
        f"{status.reused:,} from the cache, {len(status.failures):,} failed; "
        f"{status.seconds:.1f} s"
    )
    if status.reached is not None:
        typer.echo(f"  {status.reached.sentence()}")


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
    typer.echo(f"{cache_folder()}{'' if entries else ': empty'}")
    for entry in entries:
        version = " (this version)" if entry.model == model_version() else ""
        typer.echo(
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
    typer.echo(f"{count:,} files removed, {size / 1e6:,.1f} MB")


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
    found = analysis_of(sweep, about, kpi)
    target = out or folder / "sensitivity"
    written = write_sensitivity(
        found, target, units=sweep.unit_of, title=f"What moves the KPIs: {note['of']}", about=note
    )
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
    found = discovery_of(sweep, about, goals, density=density, most=boxes)
    target = out or folder / "discovery"
    title = f"Where goals are missed: {note['of']}"
    written = write_discovery(found, target, title=title, about=note)
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
        _say("stopped")


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
    for path, text in texts.items():
        try:
            with path.open("x", encoding="utf-8") as target:
                target.write(text)
        except OSError as error:
            raise InputError(f"{path}: cannot be written ({error.strerror})") from None
    typer.echo(f"{file} and {plan} written; next: takeup check {plan}")
    typer.echo(f"                              then: takeup compare {file} {plan}")


@app.command()
def schema() -> None:
    """Print the JSON Schema of scenarios, for editors."""
    import json

    from takeup import scenario

    typer.echo(json.dumps(scenario.schema(), indent=2, ensure_ascii=False))


@app.command()
def evidence(
    name: Annotated[
        str | None, typer.Argument(metavar="[NAME]", help="a parameter, or part of its name")
    ] = None,
) -> None:
    """Show the behavioural parameters: default, range, unit, status and source."""
    from rich.console import Console

    from takeup.errors import did_you_mean
    from takeup.evidence import PARAMETERS
    from takeup.report.evidence import evidence_report

    exact = [p for p in PARAMETERS.values() if p.name == name]
    found = exact or [p for p in PARAMETERS.values() if name is None or name in p.name]
    if not found:
        raise InputError(f'there is no parameter "{name}"{did_you_mean(name or "", PARAMETERS)}')
    console = Console()
    for part in evidence_report(found):
        console.print(part)


def main() -> None:
    """Run the command line and exit with its code."""
    try:
        app(prog_name="takeup")
    except SystemExit as stop:
        _leave(stop.code if isinstance(stop.code, int) else DONE)
    except TakeupError as error:
        for problem in error.problems if isinstance(error, InputError) else (str(error),):
            _say(problem)
        _leave(BAD_INPUT)
    except MemoryError:
        _say("needs more memory than there is; lower --sample or --replicates")
        _leave(BAD_INPUT)
    except Exception:
        _own_up()
        _leave(OUR_FAULT)


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
    from takeup.results.folder import check_free

    inputs = [
        file
        for path, scenario in zip(paths, scenarios, strict=True)
        for file in input_files(path, scenario)
    ]
    check_free(folder, force=force, inputs=inputs)  # before the work, not after it

    from rich.console import Console

    from takeup.analysis.goals import judge
    from takeup.experiments.enough import simulate_until
    from takeup.experiments.progress import Watch
    from takeup.experiments.runner import simulate
    from takeup.report.results_folder import write_results
    from takeup.report.tables import comparison_tables, goals_tables, level_tables
    from takeup.scenario.case import Case

    with Watch(scenarios, Console(stderr=True)) as watch:
        if until is None:
            dataset = simulate(scenarios, workers=workers, progress=watch)
        else:
            dataset = simulate_until(
                scenarios, until, workers=workers, progress=watch, tell=watch.reached
            )
    verdicts = judge(dataset)
    comparison = None
    if len(scenarios) > 1:
        from takeup.analysis.comparison import compare as compare_results

        comparison = compare_results(dataset)
    written = write_results(
        dataset,
        comparison,
        verdicts,
        folder,
        inputs=inputs,
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
        force=force,
    )
    tables = level_tables(dataset) if comparison is None else comparison_tables(comparison)
    _show([*tables, *goals_tables(verdicts)], folder, written)


def _of_sweep(
    folder: Path, scenario: str | None, against: str | None, summary: str, group: str
) -> tuple[Sweep, About, dict[str, Any]]:
    """Open a sweep; return it, whose outcomes are wanted, and what a manifest says of that."""
    from typing import cast

    import takeup
    from takeup.analysis.sweeps import About, scenario_of
    from takeup.results.sweep import RunSummary, open_sweep

    sweep = open_sweep(folder)
    name = scenario_of(sweep, scenario)
    note = {
        "takeup": takeup.__version__,
        "of": name if against is None else f"{name} against {against}",
        "sweep": str(folder),
        "experiment": sweep.experiment,
        "summary": summary,
        "group": group,
        "command": ["takeup", *sys.argv[1:]],
    }
    return sweep, About(name, against, cast(RunSummary, summary), group), note


def _show(parts: Iterable[RenderableType], folder: Path, written: list[str]) -> None:
    """Print tables, and which files lie in a folder."""
    console = _console()
    for part in parts:
        console.print(part)
        console.print()
    console.print(f"{folder}/", markup=False, highlight=False)
    for name in written:
        console.print(f"  {name}", markup=False, highlight=False)


def _console() -> Console:
    from rich.console import Console

    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = 100
    return console


# ---------------------------------------------------------------- leaving


def _say(message: str) -> None:
    print(f"takeup: {message}", file=sys.stderr)


def _own_up() -> None:
    """Admit a bug: show the traceback if TAKEUP_DEBUG is set, else save it and say where."""
    if os.environ.get("TAKEUP_DEBUG"):
        traceback.print_exc()
        return
    with tempfile.NamedTemporaryFile(
        "w", prefix="takeup-", suffix=".log", delete=False, encoding="utf-8"
    ) as file:
        traceback.print_exc(file=file)
    _say(f"this is a bug in takeup, not in your files: {sys.exc_info()[1]!r}")
    _say(f"please report it with {file.name} (TAKEUP_DEBUG=1 shows it here)")


def _leave(code: int) -> None:
    """Exit; at once if runs that were interrupted still hold threads."""
    if code == INTERRUPTED and threading.active_count() > 1:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    sys.exit(code)


if __name__ == "__main__":
    main()
