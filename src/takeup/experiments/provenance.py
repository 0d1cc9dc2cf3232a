"""Which files a scenario or an experiment was made of."""

from __future__ import annotations

import tomllib
from pathlib import Path

from takeup.experiments.definition import Experiment, PointList
from takeup.scenario.schema.scenario import Scenario


def input_files(path: Path, scenario: Scenario) -> list[Path]:
    """Return every file that shaped a scenario: its own, those it extends and those they name.

    Args:
        path: the file that the scenario was loaded from.
        scenario: what was loaded.
    """
    files: list[Path] = []
    following: Path | None = path
    while following is not None and following not in files:
        files.append(following)
        extends = tomllib.loads(following.read_text(encoding="utf-8-sig")).get("extends")
        following = following.parent / extends if extends else None
    if scenario.network.kind == "edge_list" and scenario.network.file:
        files.append(Path(scenario.network.file))
    if scenario.run.posterior:
        files.append(Path(scenario.run.posterior))
    return files


def experiment_files(experiment: Experiment) -> list[Path]:
    """Return every file that shaped an experiment.

    Its own, its scenarios and those that they extend, its list of points, edge lists, posteriors.
    """
    files = [experiment.file]
    for source in experiment.sources.values():
        files += [Path(layer.name) for layer in reversed(source.layers)]
    if isinstance(experiment.design, PointList):
        files.append(experiment.file.parent / experiment.design.file)
    return list(dict.fromkeys([*files, *experiment.edge_lists(), *experiment.posteriors()]))
