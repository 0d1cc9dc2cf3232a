"""Points from a CSV file: a column for every dotted key, a row for every point."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pandas as pd

from takeup.errors import InputError
from takeup.experiments.variation import Choices, distinct
from takeup.scenario.overrides import key_parts, value_of


def read_points(experiment: Path, file: str) -> tuple[dict[str, Choices], list[list[Any]]]:
    """Return what a list of points varies, by dotted key, and its columns.

    Args:
        experiment: the file that names the list.
        file: the list, relative to the experiment; values in TOML syntax, a bare word is a text,
            and an empty cell leaves the scenario as it is.

    Raises:
        InputError: it cannot be read, is empty, or holds what is no key or value.
    """
    name = os.path.normpath(experiment.parent / file)
    try:
        text = pd.read_csv(name, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError, ValueError) as error:
        reason = (isinstance(error, OSError) and error.strerror) or str(error)
        raise InputError(f"{name}: cannot be read as a CSV file ({reason.strip()})") from None
    if text.empty:
        raise InputError(f"{name}: holds no points: give a row of dotted keys and rows of values")
    problems: list[str] = []
    varied: dict[str, Choices] = {}
    columns: list[list[Any]] = []
    for header in text.columns:
        key = str(header).strip()
        try:
            key_parts(key)
        except ValueError as error:
            problems.append(f"{name}: {error}")
        cells = []
        for row, cell in enumerate(text[header]):
            try:
                cells.append(value_of(cell.strip()) if cell.strip() else None)
            except ValueError as error:
                problems.append(f"{name}, row {row + 2}: {key}: {error}")
        stated = [cell for cell in cells if cell is not None]
        if stated:
            varied[key] = Choices(distinct(stated))
            columns.append(cells)
    if not varied and not problems:
        problems.append(f"{name}: all cells are empty")
    if problems:
        raise InputError(problems)
    return varied, columns
