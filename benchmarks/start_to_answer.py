"""From start to answer: whole commands, as a user types them, with all caches warm."""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

Row = dict[str, Any]
TOWN = Path(__file__).parents[1] / "scenarios" / "riverton"
BASELINE, PLAN = str(TOWN / "baseline.toml"), str(TOWN / "full-plan.toml")
CASES = {
    "version": ["--version"],
    "run": ["run", PLAN, "--replicates", "1"],
    "compare": ["compare", BASELINE, PLAN, "--replicates", "16"],
}
QUICK = {"run": ["run", PLAN, "--replicates", "1", "--sample", "500", "--weeks", "20"]}


def run(cases: dict[str, list[str]], times: int = 5) -> list[Row]:
    """Return the medians of CPU seconds, children's included, and of the clock on the wall.

    The commands take turns, so that all meet the same machine. Each runs once more before, which
    compiles kernels, lists fonts, and leaves bytecode behind as an installation does.

    Args:
        cases: options by name.
        times: runs of each that count.
    """
    spent: dict[str, list[tuple[float, float]]] = {name: [] for name in cases}
    for _ in range(times + 1):
        for name, options in cases.items():
            spent[name].append(_once(options))
    rows = []
    for name, rounds in spent.items():
        cpu, wall = (statistics.median(column) for column in zip(*rounds[1:], strict=True))
        rows.append({"command": name, "cpu_s": cpu, "start_to_answer_s": wall})
    return rows


def _once(options: list[str]) -> tuple[float, float]:
    """Run a command in a process of its own; return CPU seconds, and those on the wall."""
    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    with tempfile.TemporaryDirectory() as folder:
        where = ["--out", f"{folder}/answer"] if len(options) > 1 else []
        command = [sys.executable, "-m", "takeup.cli", *options, *where]
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        start = time.perf_counter()
        subprocess.run(command, env=env, check=True, capture_output=True)
        wall = time.perf_counter() - start
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, wall
