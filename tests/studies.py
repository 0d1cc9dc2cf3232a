"""Small experiments that tests share, as files in a folder."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from takeup.experiments.definition import Experiment, read_experiment
from takeup.experiments.sweep import sweep
from takeup.experiments.work import Status
from takeup.results.sweep import open_sweep
from takeup.runs.threads import Threads

TOWN = Path(__file__).parent / "scenario" / "town.toml"

SET = """
run.sample = 120
run.weeks = 24
run.uncertainty = "seed"
"""


def study(
    folder: Path,
    vary: str = "programme.train-staff.seats = [1, 3, 9]",
    *,
    design: str = 'kind = "grid"',
    head: str = "replicates = 2",
    set_: str = SET,
    record: str = 'kpis = ["digital_take_up", "backlog"]',
    name: str = "study.toml",
) -> Path:
    """Write an experiment about a small town.

    Args:
        folder: where to write it.
        vary: lines of [set] that vary something.
        design: lines of [design].
        head: lines above all tables, beside the scenario.
        set_: lines of [set] that vary nothing.
        record: lines of [record].
        name: name of the file.
    """
    folder.mkdir(parents=True, exist_ok=True)
    town = folder / "town.toml"
    if not town.exists():
        town.write_text(TOWN.read_text(encoding="utf-8"), encoding="utf-8")
    scenario = "" if "scenario" in head else 'scenario = "town.toml"\n'
    path = folder / name
    path.write_text(
        f"{scenario}{head}\n\n[design]\n{design}\n\n[set]\n{set_}\n{vary}\n\n[record]\n{record}\n",
        encoding="utf-8",
    )
    return path


def experiment_in(folder: Path, *given: Any, **changes: Any) -> Experiment:
    """Write an experiment and read it; see `study`."""
    return read_experiment(study(folder, *given, **changes))


def run(experiment: Experiment, folder: Path, **options: Any) -> Status:
    """Sweep with one thread of this process, without the cache of the user."""
    workers = options.pop("workers", 1)
    chosen = {"executor": partial(Threads, workers), "cache": False, **options}
    return sweep(experiment, folder, workers=workers, **chosen)


def outcomes(folder: Path) -> pd.DataFrame:
    """Return all that a sweep kept, in order: equal tables mean equal bits."""
    opened = open_sweep(folder)
    parts = [opened.outcomes(summary=summary) for summary in ("final", "mean", "peak")]
    return pd.concat([*parts, opened.trajectories()], axis=1)
