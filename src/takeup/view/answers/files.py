"""Files to keep: a scenario that anyone can run, a picture, and the report of a comparison.

Figures take seconds and memory, so they are made in a process of their own that ends with them; one
at a time, since all pages share two hands, and behind what the pages compute.
"""

from __future__ import annotations

import hashlib
import io
import logging
import re
import tempfile
import threading
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

import xarray as xr
from rich.console import RenderableType

from takeup.errors import TakeupError
from takeup.runs.processes import Processes
from takeup.scenario.schema.scenario import Scenario
from takeup.scenario.tell.write import to_toml
from takeup.view.answers.answers import Answer
from takeup.view.answers.pool import NICE

logger = logging.getLogger(__name__)

MOST_WAITING = 10
"""Files that are made or wait to be; a room has some twenty pages."""


class NotMadeError(TakeupError):
    """A file could not be made."""


@dataclass(frozen=True)
class File:
    """Something to download: a name, its type and its bytes."""

    name: str
    mime: str
    content: bytes


def scenario_file(scenario: Scenario) -> File:
    """Return a scenario as TOML, which `takeup run` runs to the same numbers."""
    return File(_stem(scenario) + ".toml", "application/toml", to_toml(scenario).encode())


def picture(answer: Answer, wanted: Callable[[], bool]) -> File:
    """Return the trajectories of an answer as PNG; takes seconds.

    Args:
        answer: what is drawn.
        wanted: says whether anybody still waits for it; asked when its turn comes.

    Raises:
        NotMadeError: it could not be drawn.
    """
    content = _elsewhere(wanted, _picture, answer.dataset, answer.baseline.name)
    return File(_stem(answer.plan) + ".png", "image/png", content)


def report(baseline: Scenario, plan: Scenario, wanted: Callable[[], bool]) -> File:
    """Return what `takeup compare` writes, and both scenarios, as ZIP; takes half a minute.

    Args:
        baseline: without a programme.
        plan: what is compared with it.
        wanted: as for `picture`.

    Raises:
        NotMadeError: it could not be made.
    """
    content = _elsewhere(wanted, _report, baseline, plan)
    return File(_stem(plan) + ".zip", "application/zip", content)


def _stem(scenario: Scenario) -> str:
    """Return what a file about a scenario is called; other programmes have other names."""
    name = re.sub(r"[^a-z0-9]+", "-", scenario.name.lower()).strip("-")[:60] or "scenario"
    return f"{name}-{hashlib.sha256(scenario.model_dump_json().encode()).hexdigest()[:4]}"


# ---------------------------------------------------------------- in the other process


def _picture(dataset: xr.Dataset, baseline: str) -> bytes:
    from takeup.report.figures import trajectories_figure
    from takeup.report.panels import DPI

    title = "KPIs week by week"
    figure = trajectories_figure(dataset, title=title, baseline=baseline)
    target = io.BytesIO()
    figure.savefig(target, format="png", dpi=DPI)
    return target.getvalue()


def _report(baseline: Scenario, plan: Scenario) -> bytes:
    from takeup.analysis.comparison import compare
    from takeup.analysis.goals import judge
    from takeup.experiments.runner import simulate
    from takeup.report.results_folder import write_results
    from takeup.report.tables import comparison_tables, goals_tables
    from takeup.scenario.schema.case import Case

    dataset = simulate([baseline, plan], workers=1)
    drawn = [
        Case.of(baseline, replicate).scenario.parameter_values()
        for replicate in range(dataset.sizes["replicate"])
    ]
    with tempfile.TemporaryDirectory(prefix="takeup-") as parent:
        folder = Path(parent, "report")
        comparison, verdicts = compare(dataset), judge(dataset)
        write_results(
            dataset,
            comparison,
            verdicts,
            folder,
            inputs={},
            parameters=drawn,
            more={"settings": [item.model_dump(mode="json") for item in (baseline, plan)]},
        )
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            tables = [*comparison_tables(comparison), *goals_tables(verdicts)]
            archive.writestr("read-me-first.html", _page(plan.name, tables, folder))
            for path in sorted(folder.iterdir()):
                archive.write(path, path.name)
            archive.writestr("baseline.toml", to_toml(baseline))
            archive.writestr("plan.toml", to_toml(plan))
        return target.getvalue()


def _page(title: str, tables: Sequence[RenderableType], folder: Path) -> str:
    """Return a page with the tables that `takeup compare` prints and the pictures of a folder."""
    from takeup.output import console

    paper = console(record=True, file=io.StringIO())
    for table in tables:
        paper.print(table)
        paper.print()
    pictures = [
        f'<p><img src="{escape(path.name)}" alt="{escape(path.stem)}" style="max-width: 100%"></p>'
        for path in sorted(folder.glob("*.png"))
    ]
    body = paper.export_html(inline_styles=True, code_format="<pre>{code}</pre>")
    return (
        f'<!doctype html><html lang="en-GB"><meta charset="utf-8"><title>{escape(title)}</title>'
        f'<body style="font-family: system-ui, sans-serif; margin: 2em auto; max-width: 1100px">'
        f"<h1>{escape(title)}</h1>{body}{''.join(pictures)}"
        "<p>plan.toml and baseline.toml hold both scenarios, trajectories.parquet every number."
        "</p></body></html>"
    )


# ---------------------------------------------------------------- the other process

_one_at_a_time = threading.Lock()
_places = threading.Semaphore(MOST_WAITING)


def _elsewhere(wanted: Callable[[], bool], function: Callable[..., bytes], *args: Any) -> bytes:
    """Return what a function returns in a process of its own, which ends with this one."""
    if not _places.acquire(blocking=False):
        raise NotMadeError("Many files are being made just now; try again in a minute.")
    try:
        with _one_at_a_time:
            if not wanted():
                raise NotMadeError("Nobody waits for this file any more.")
            return _made(function, args)
    finally:
        _places.release()


def _made(function: Callable[..., bytes], args: tuple[Any, ...]) -> bytes:
    stopped = "The part of the server that makes it was stopped; try again."
    try:
        process = Processes(1, loads=__name__, nice=NICE, lost=stopped)
    except OSError as error:
        raise NotMadeError(f"This file could not be made ({error.strerror or error}).") from None
    try:
        content: bytes = process.submit(function, *args).result()
    except TakeupError as error:
        raise NotMadeError(str(error)) from None
    except MemoryError:
        raise NotMadeError("This file needs more memory than there is.") from None
    except Exception:
        logger.exception("a file could not be made")
        raise NotMadeError(stopped) from None
    finally:
        process.close()
    return content
