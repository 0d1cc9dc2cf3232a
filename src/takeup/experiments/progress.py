"""What someone who waits for runs gets to see, and how long things took."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import AbstractContextManager
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from takeup.experiments.enough import Reached
from takeup.experiments.jobs import Failure
from takeup.experiments.work import Status
from takeup.output import LONGEST, Paragraph, shortened, visible
from takeup.scenario.schema.scenario import Scenario

_LINES_EVERY = 30.0
"""Seconds between lines where there is no terminal to draw a bar on."""

_FAILURES_SHOWN = 20


class Watch(AbstractContextManager["Watch"]):
    """Shows runs as they end; called with (done, total).

    On a terminal a bar with the time left; elsewhere a few lines.

    Args:
        scenarios: what is going to run.
        console: where to show it.
    """

    def __init__(self, scenarios: Sequence[Scenario], console: Console) -> None:
        self._scenarios = scenarios
        self._console = console
        self._started = time.perf_counter()
        self._first: float | None = None
        self._total: float | None = None
        self._runs = 0
        self._bar = Progress(
            TextColumn("runs"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            TextColumn("left"),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._task = self._bar.add_task("runs", total=None)

    def __enter__(self) -> Watch:
        run, first = self._scenarios[0].run, self._scenarios[0]
        weight = first.place.residents / first.simulated()
        who = f"{first.simulated():,} residents" + (
            f" (each stands for {weight:.3g})" if weight > 1 else ""
        )
        plural = "s" * (len(self._scenarios) != 1)
        self._show(
            f"{len(self._scenarios)} scenario{plural} × {run.replicates} "
            f"replicate{'s' * (run.replicates != 1)} × "
            f"{run.weeks} weeks, {who}"
        )
        self._bar.start()
        return self

    def __call__(self, done: int, total: int) -> None:
        """Take note of a run that ended."""
        now = time.perf_counter() - self._started
        self._runs = total
        if self._first is None:
            self._first = now
            self._show(f"first run done after {now:.1f} s")
        self._bar.update(self._task, completed=done, total=total)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._bar.stop()
        self._total = time.perf_counter() - self._started
        if kind is None:
            self._show(f"{self._runs} runs in {self._total:.1f} s")

    def reached(self, reached: Reached) -> None:
        """Take note of how narrow an interval became."""
        self._show(reached.sentence())

    def timings(self) -> dict[str, float]:
        """Return seconds until the first run was done, and until all were."""
        return {
            "first run, s": round(self._first or 0.0, 3),
            "all runs, s": round(self._total or 0.0, 3),
        }

    def _show(self, line: str) -> None:
        _tell(self._console, line)


class SweepWatch(AbstractContextManager["SweepWatch"]):
    """Shows how a sweep gets on: done, rate, time left, and a line for every failure.

    Args:
        console: where to show it.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._told = 0.0
        self._failures = 0
        self._began = False
        self._bar = Progress(
            TextColumn("runs"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[rate]}"),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._task = self._bar.add_task("runs", total=None, rate="")

    def __enter__(self) -> SweepWatch:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def __call__(self, status: Status) -> None:
        """Take note of how far the sweep is."""
        if not self._began:
            self._began = True
            for path in status.damaged:
                self._show(f"{path}: was damaged; its runs are done anew")
            if status.earlier:
                self._show(f"{status.earlier:,} of {status.total:,} runs are there already")
        for failure in status.failures[self._failures :]:
            self._failures += 1
            if self._failures <= _FAILURES_SHOWN:
                self._show(_failed(failure))
            elif self._failures == _FAILURES_SHOWN + 1:
                self._show("more failures are in failures.parquet, not shown here")
        there = status.total - status.left
        self._bar.update(self._task, completed=there, total=status.total, rate=pace(status))
        if not self._console.is_terminal and status.seconds - self._told >= _LINES_EVERY:
            self._told = status.seconds
            self._show(f"{there:,} of {status.total:,} runs; {pace(status)}")

    def _show(self, line: str) -> None:
        _tell(self._console, line)


def _tell(console: Console, line: str) -> None:
    """Print a line as a terminal breaks it; a failure may quote anything, so it is shortened."""
    said = Paragraph(shortened(visible(line), LONGEST, middle=True), style="dim", wraps=False)
    console.print(said, crop=False)


def pace(status: Status) -> str:
    """Return the rate of a sweep and the time that is left, in words."""
    if not status.done or status.seconds <= 0:
        return ""
    rate = status.done / status.seconds
    return f"{rate:,.3g} runs a second, {duration(status.left / rate)} left"


def duration(seconds: float) -> str:
    """Return a time in words, rounded to what matters."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 5400:
        return f"{seconds / 60:.0f} min"
    if seconds < 48 * 3600:
        return f"{seconds / 3600:.1f} h"
    return f"{seconds / 86400:.1f} days"


def _failed(failure: Failure) -> str:
    where = failure.label
    return (
        f"failed: {where.scenario}, point {where.point}, replicate {where.replicate}: "
        f"{failure.error}"
    )
