"""Commands that run scenarios: `run`, with `--profile`, and `compare`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from takeup.cli.options import (
    Facts,
    Force,
    MaxReplicates,
    Replicates,
    Sample,
    ScenarioFile,
    Seed,
    Sets,
    Uncertainty,
    UntilInterval,
    Weeks,
    Workers,
    changes_of,
    until_of,
)
from takeup.cli.results import claimed_for, show_results, warn
from takeup.errors import InputError
from takeup.output import console, show

if TYPE_CHECKING:
    from takeup.experiments.enough import Until
    from takeup.results.folder import Claim
    from takeup.scenario.schema.scenario import Scenario


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
    facts: Facts = None,
) -> None:
    """Run a scenario and show its KPIs."""
    changes = changes_of(
        sets, replicates=replicates, seed=seed, weeks=weeks, sample=sample, uncertainty=uncertainty
    )
    if profile:
        _profile(scenario, changes, facts or [])
        return
    _run([scenario], changes, facts or [], workers, out or Path("results", scenario.stem), force)


def _profile(scenario: Path, changes: list[str], facts: list[str]) -> None:
    from takeup.experiments.profile import profile
    from takeup.report.profile import profile_table
    from takeup.scenario import load

    found = profile(load(scenario, changes, facts))
    show(*profile_table(found.weeks, found.needs, found.steps, found.seconds))


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
    facts: Facts = None,
) -> None:
    """Compare plans with a baseline on the same random numbers; options apply to every file."""
    changes = changes_of(
        sets, replicates=replicates, seed=seed, weeks=weeks, sample=sample, uncertainty=uncertainty
    )
    folder = out or Path("results", f"{baseline.stem}-compared")
    until = until_of(until_interval, max_replicates)
    _run([baseline, *plans], changes, facts or [], workers, folder, force, until)


def _load_all(paths: list[Path], changes: list[str], facts: list[str]) -> list[Scenario]:
    """Load every file, or raise with the problems of all of them."""
    from takeup.scenario import load

    scenarios: list[Scenario] = []
    problems: list[str] = []
    for path in paths:
        try:
            scenarios.append(load(path, changes, facts))
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


def _run(
    paths: list[Path],
    changes: list[str],
    facts: list[str],
    workers: int | None,
    folder: Path,
    force: bool,
    until: Until | None = None,
) -> None:
    """Load, simulate, write and show; the first file is the baseline if there are several."""
    scenarios = _load_all(paths, changes, facts)
    from takeup.experiments.provenance import input_files
    from takeup.scenario.read.load import Source

    inputs = [
        file
        for path, scenario in zip(paths, scenarios, strict=True)
        for file in input_files(path, scenario)
    ]
    with claimed_for(folder, force=force, inputs=inputs) as claim:  # before the work, not after it
        warn(zip(scenarios, map(Source, paths), strict=True), [*changes, *facts])
        _simulate(scenarios, inputs, changes, facts, workers, claim, folder, until)


def _simulate(
    scenarios: list[Scenario],
    inputs: list[Path],
    changes: list[str],
    facts: list[str],
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
    from takeup.scenario.schema.case import Case

    hashes = hash_files(inputs)
    with Watch(scenarios, console(stderr=True)) as watch:
        if until is None:
            dataset = simulate(scenarios, workers=workers, progress=watch)
        else:
            dataset = simulate_until(
                scenarios, until, workers=workers, progress=watch, tell=watch.reached
            )
    _check_files(scenarios, hashes)
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
            "facts": facts,
            "settings": [scenario.model_dump(mode="json") for scenario in scenarios],
            "timings": watch.timings(),
        },
    )
    tables = level_tables(dataset) if comparison is None else comparison_tables(comparison)
    show_results([*tables, *goals_tables(verdicts)], folder, written)


def _check_files(scenarios: list[Scenario], hashes: dict[str, str]) -> None:
    """Refuse results of runs that may have read several versions of a file that they name."""
    from takeup.results.manifest import hash_files

    named = {file for s in scenarios for file in (s.network.file, s.run.posterior) if file}
    files = named & hashes.keys()
    for file, content in hash_files(map(Path, sorted(files))).items():
        if content != hashes[file]:
            raise InputError(f"{file}: has changed while the runs went on; start them again")
