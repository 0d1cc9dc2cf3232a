"""What commands that write a folder share: claiming it, and showing what is in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from takeup.cli.leaving import stopped
from takeup.errors import NobodyReadsError, ShownError
from takeup.output import Paragraph, say, show

if TYPE_CHECKING:
    from rich.console import RenderableType

    from takeup.experiments.definition import Experiment
    from takeup.results.folder import Claim
    from takeup.scenario.read.load import Source
    from takeup.scenario.schema.scenario import Scenario


def warn(read: Iterable[tuple[Scenario, Source]], changes: Sequence[str] = ()) -> None:
    """Say what is improbable in scenarios; what a plan shares with an earlier file only once.

    Args:
        read: scenarios, each with its files.
        changes: what was changed on the command line, `dotted.key=value`.
    """
    from takeup.scenario.check.plausible import doubts, first_of

    said: set[str] = set()
    for scenario, source in read:
        found = [doubt for doubt in doubts(scenario, source.layers, changes) if doubt not in said]
        said.update(found)
        for doubt in first_of(found):
            say(f"warning: {source.layers[-1].name}: {doubt}")


def warn_of(experiment: Experiment) -> None:
    """Say what is improbable in the scenarios of an experiment, and in what it sets and varies."""
    from takeup.experiments.doubtful import doubtful
    from takeup.scenario.check.plausible import first_of

    warn(zip(experiment.base.values(), experiment.sources.values(), strict=True))
    for sentence in first_of(list(doubtful(experiment))):
        say(f"warning: {sentence}")


@contextmanager
def claimed_for(folder: Path, *, force: bool, inputs: Sequence[Path] = ()) -> Iterator[Claim]:
    """Claim a destination; if told to stop once it is complete, say so."""
    from takeup.results.folder import claimed

    claim = None
    try:
        with claimed(folder, force=force, inputs=inputs) as claim:
            yield claim
    except KeyboardInterrupt as stop:
        done = claim is not None and claim.done
        said = f"results are complete in {folder}" if done else "nothing was written"
        raise stopped(stop, said) from None


def show_results(
    parts: Iterable[RenderableType],
    folder: Path,
    files: Sequence[str] = (),
    sentences: Sequence[str] = (),
) -> None:
    """Print tables, and below them a folder, with its files as they are or what is to say of it."""
    try:
        for part in parts:
            show(part, "")
        show(Paragraph((f"{folder}/", *(f"  {file}" for file in files)), wraps=False))
        show(*(Paragraph(f"  {sentence}", hang=4) for sentence in sentences))
    except NobodyReadsError:
        raise
    except ShownError as error:
        raise ShownError(f"{error}; the results are in {folder}") from None
