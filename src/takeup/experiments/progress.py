"""What someone who waits for runs gets to see, and how long things took."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import AbstractContextManager
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from takeup.scenario.schema import Scenario


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

    def timings(self) -> dict[str, float]:
        """Return seconds until the first run was done, and until all were."""
        return {
            "first run, s": round(self._first or 0.0, 3),
            "all runs, s": round(self._total or 0.0, 3),
        }

    def _show(self, line: str) -> None:
        self._console.print(line, style="dim", highlight=False, markup=False, soft_wrap=True)
