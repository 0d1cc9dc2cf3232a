"""Commands that read or write files and run nothing: `check`, `new`, `schema`, `evidence`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from takeup.cli.options import Facts, Sets
from takeup.cli.results import warn_of
from takeup.errors import InputError
from takeup.output import Paragraph, show

if TYPE_CHECKING:
    from takeup.scenario.schema.scenario import Scenario
    from takeup.scenario.schema.text import Part


def check(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="a scenario, experiment or calibration (TOML)")
    ],
    sets: Sets = None,
    facts: Facts = None,
) -> None:
    """Check a scenario, an experiment or a calibration: what it means, how many runs it has."""
    from takeup.calibrate.definition import is_calibration
    from takeup.experiments.definition import is_experiment

    if is_calibration(file):
        _check_calibration(file, sets, facts)
    elif is_experiment(file):
        _check_experiment(file, sets, facts)
    else:
        _check_scenario(file, sets or [], facts or [])


def _check_scenario(scenario: Path, sets: list[str], facts: list[str]) -> None:
    from takeup.scenario import explained, load
    from takeup.scenario.read.load import Source
    from takeup.scenario.schema.fitted import require_rows

    loaded = load(scenario, sets, facts)
    if loaded.network.kind == "edge_list":
        from takeup.model.world.network import read_edge_list

        read_edge_list(Path(loaded.network.file or ""), loaded.simulated())
    require_rows([loaded], loaded.run.replicates)
    show(*explained(loaded, Source(scenario).layers, [*sets, *facts]), "", *_inferred(loaded))


def _inferred(scenario: Scenario) -> Iterator[Part]:
    """Yield what is inferred from the facts, and which of them cannot last."""
    from takeup.runs.inferred import inferred
    from takeup.scenario.schema.text import aligned, percent, wrapped

    found = inferred(scenario)
    yield "Inferred from what holds today, at the parameters' defaults"
    if found.services:
        yield aligned(
            ("service", "online today", "preference", "helped"),
            [
                (name, percent(each.take_up), f"{each.constant:+.1f}", percent(each.reach))
                for name, each in found.services.items()
            ],
        )
        yield wrapped(
            "preference: of online over phone and counter, in log-odds, with which the stated "
            "take-up lasts; helped: of those who could not, or did not know, the share who are "
            "helped or have no other way"
        )
    support = ", ".join(f"{name} {percent(share)}" for name, share in found.support.items())
    yield wrapped(
        "everyday support: of staff who do not work the new way yet, it brings so many to it in a "
        f"year, which makes up for those who leave or go back: {support}"
    )
    for name, each in found.services.items():
        if not each.lasts:
            yield wrapped(
                f"services.{name}.take_up: {percent(each.take_up)} cannot last: even if everyone "
                "preferred it and were helped, fewer transactions would be completed online; see "
                "its usability and availability"
            )
    for name, share in found.support.items():
        if share > 1.0 - 1e-9:
            yield wrapped(
                f"departments.{name}.adopted: cannot last: more leave or go back than can be "
                "brought to the new way"
            )


def _check_calibration(file: Path, sets: list[str] | None, facts: list[str] | None) -> None:
    from takeup.calibrate.definition import read_calibration

    if sets or facts:
        raise InputError("--set and --fact are for scenarios; a calibration has a table [free]")
    asked = read_calibration(file)
    whose = "a council of one service" if asked.scenario is None else asked.scenario.name
    show(f"{asked.name}: fits {whose}, {len(asked.free)} free")
    for one in asked.observed:
        show(
            f"  {one.name}: {one.known} values of {one.kpi} from {one.ends[0]} are fitted, "
            f"{len(one.value) - one.known} later ones held out"
        )


def _check_experiment(file: Path, sets: list[str] | None, facts: list[str] | None) -> None:
    from takeup.experiments.definition import read_experiment
    from takeup.experiments.estimate import estimate
    from takeup.experiments.progress import duration

    if sets:
        raise InputError("--set: is for scenarios; an experiment has a table [set]")
    if facts:
        raise InputError("--fact: is for scenarios; an experiment has a table [facts]")
    experiment = read_experiment(file)
    warn_of(experiment)
    found = estimate(experiment)
    show(
        f"{experiment.name}: {experiment.design.kind}, {len(experiment.varied)} varied",
        f"  {found.points:,} points × {found.scenarios} scenarios × {found.replicates} replicates "
        f"= {found.runs:,} runs",
        f"  about {duration(found.seconds)} on {found.workers} processors "
        f"({found.seconds_per_run:.2g} s a run)",
    )


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


def schema() -> None:
    """Print the JSON Schema of scenarios, for editors."""
    import json

    from takeup import scenario

    utf8 = (sys.stdout.encoding or "").lower().startswith("utf")
    print(json.dumps(scenario.schema(), indent=2, ensure_ascii=not utf8), flush=True)


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
