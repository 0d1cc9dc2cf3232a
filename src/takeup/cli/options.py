"""Options that several commands take, and their checks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from takeup.errors import InputError

if TYPE_CHECKING:
    from takeup.experiments.enough import Until
    from takeup.runs.executor import MakeExecutor

ScenarioFile = Annotated[Path, typer.Argument(metavar="SCENARIO", help="a scenario (TOML)")]
Sets = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="KEY=VALUE",
        help="change a value of the scenario, as a plan does; repeatable",
    ),
]
Facts = Annotated[
    list[str] | None,
    typer.Option(
        "--fact",
        metavar="KEY=VALUE",
        help="change what the scenario, or the one that it extends, says of today; repeatable",
    ),
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


def one_of(*words: str) -> Callable[[str | None], str | None]:
    """Return the check of an option that is one of some words, or left out."""

    def checked(value: str | None) -> str | None:
        if value is not None and value not in words:
            listed = f"{', '.join(words[:-1])} or {words[-1]}"
            raise typer.BadParameter(f'must be {listed}, not "{value}"')
        return value

    return checked


Sample = Annotated[
    str | None,
    typer.Option(metavar="N|all", help="residents simulated; run.sample", callback=_checked_sample),
]
Uncertainty = Annotated[
    str | None,
    typer.Option(
        metavar="both|seed|parameters|posterior",
        help="what differs between replicates; run.uncertainty",
        callback=one_of("both", "seed", "parameters", "posterior"),
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
Processes = Annotated[
    int | None,
    typer.Option(min=1, help="runs done at a time; results do not depend on it  "
                 "[default: all processors, here or of the cluster]"),
]  # fmt: skip
ExecutorKind = Annotated[
    str,
    typer.Option(metavar="local|dask", help="this machine, or a Dask cluster",
                 callback=one_of("local", "dask")),
]  # fmt: skip
Scheduler = Annotated[
    str | None,
    typer.Option(metavar="ADDRESS", help="of the Dask cluster: tcp://HOST:PORT, or the path "
                 "of a scheduler file"),
]  # fmt: skip
NoCache = Annotated[
    bool, typer.Option("--no-cache", help="neither use nor keep runs of other sweeps")
]
Force = Annotated[bool, typer.Option("--force", help="replace earlier results of takeup")]


def changes_of(sets: list[str] | None, **named: int | str | None) -> list[str]:
    """Return the overrides that the options stand for."""
    return [
        *(sets or ()),
        *(f"run.{key}={value}" for key, value in named.items() if value is not None),
    ]


def until_of(text: str | None, limit: int | None) -> Until | None:
    """Return what the options of precision stand for, if they are given."""
    if text is None:
        if limit is not None:
            raise InputError("--max-replicates: goes with --until-interval, and only with it")
        return None
    from takeup.experiments.enough import Until

    return Until.parse(text, limit)


@contextmanager
def workers_of(
    executor: str, scheduler: str | None, workers: int | None
) -> Iterator[tuple[MakeExecutor | None, int | None]]:
    """Give what makes the executor of a sweep, and how many runs it does at a time."""
    if (executor == "dask") != (scheduler is not None):
        raise InputError("--executor dask and --scheduler ADDRESS go together")
    if scheduler is None:
        yield None, workers
        return
    from takeup.runs.dask import cluster

    with cluster(scheduler) as (make, jobs):
        yield make, workers or jobs
