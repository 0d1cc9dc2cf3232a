"""Which runs the parts of a sweep hold, and that each part belongs to the sweep."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NoReturn

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from takeup.errors import OutputError
from takeup.results.runs import KEY_LENGTH, Kept, is_named, is_whole, part_info

LABELS = ["scenario", "point", "replicate"]


def held_runs(
    files: Iterable[Path], sweep: str, scenarios: Sequence[str], points: int, kept: Kept
) -> pd.DataFrame:
    """Return the runs that parts hold, by where they stand in the sweep.

    Args:
        files: the parts.
        sweep: id of the sweep.
        scenarios: names of its scenarios.
        points: how many points its design has.
        kept: what it keeps of every run.

    Returns:
        A row for every run: scenario, point, replicate, key, and the number of its part.

    Raises:
        OutputError: a part is damaged, of another sweep, keeps something else, or holds runs that
            another part holds too. It is named, with what to do.
    """
    found = []
    files = list(files)
    for number, path in enumerate(files):
        if not is_named(path):
            _refuse(path, "has not the name that takeup gave it, or takeup did not write it")
        try:
            info = part_info(path)
            table = pq.read_table(path, columns=["key", *LABELS, "group"], partitioning=None)
            frame = table.to_pandas()
        except Exception as error:  # in damaged bytes a reader stumbles on anything
            _refuse(path, str(error).removeprefix(f"{path}: "))
        if info.sweep != sweep:
            _refuse(path, "is of another sweep")
        if info.kept != kept or info.scenarios != tuple(scenarios):
            _refuse(path, "keeps something else than this sweep")
        frame = frame.astype({"scenario": str, "group": str})
        fits = (
            frame["scenario"].isin(scenarios)
            & frame["point"].between(0, points - 1)
            & (frame["replicate"] >= 0)
            & (frame["key"].str.len() == KEY_LENGTH)
        )
        if not len(frame) or not fits.all() or frame.duplicated([*LABELS, "group"]).any():
            _refuse(path, "holds runs that this sweep has not")
        found.append(frame[[*LABELS, "key"]].drop_duplicates().assign(part=number))
    if not found:
        return pd.DataFrame({**{name: [] for name in (*LABELS, "key")}, "part": np.zeros(0, int)})
    runs = pd.concat(found, ignore_index=True)
    twice = runs[runs.duplicated(LABELS, keep=False)].sort_values(LABELS, kind="stable")
    if len(twice):
        one, other = (files[part] for part in twice["part"].iloc[:2])
        _refuse(other, f"holds runs that {one.name} holds too")
    return runs


def damaged(path: Path) -> str:
    """Return that a part is damaged, and what to do."""
    return (
        f"{path}: is damaged; start `takeup sweep` with the same experiment and folder again, "
        "which does its runs anew"
    )


def _refuse(path: Path, why: str) -> NoReturn:
    if is_named(path) and not is_whole(path):
        raise OutputError(damaged(path))
    raise OutputError(f"{path}: {why}; take it out of the folder")
