"""Which files a scenario was made of."""

from __future__ import annotations

import tomllib
from pathlib import Path

from takeup.scenario.schema import Scenario


def input_files(path: Path, scenario: Scenario) -> list[Path]:
    """Return every file that shaped a scenario: its own, those it extends, and its edge list.

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
    return files
