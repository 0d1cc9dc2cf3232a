"""Points from a CSV file: a column for every dotted key, a row for every point."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from takeup.errors import InputError
from takeup.experiments.variation import Choices, distinct
from takeup.output import shortened, visible
from takeup.scenario.read.files import POINTS_BYTES
from takeup.scenario.read.overrides import key_parts, value_of
from takeup.scenario.read.sheets import csv_rows
from takeup.scenario.read.written import moment, number

_MOST_PROBLEMS = 20  # told of one file


class Listed(NamedTuple):
    """A list of points.

    Attributes:
        name: the file.
        varied: what it varies, by dotted key.
        columns: the values of every key; None where a cell is empty.
        rows: number of every point's row in the file.
        cells: the cells of every key, as they are written.
    """

    name: str
    varied: dict[str, Choices]
    columns: list[list[Any]]
    rows: list[int]
    cells: list[Sequence[str]]

    def place(self, key: str, value: Any) -> str:
        """Return the file and the first row that holds a value, in words."""
        at = self._first(key, value)
        return f"{self.name}, row {1 if at is None else self.rows[at]}"

    def written(self, key: str, value: Any) -> str:
        """Return the first cell that holds a value, as it is written."""
        at = self._first(key, value)
        return "" if at is None else self.cells[list(self.varied).index(key)][at]

    def _first(self, key: str, value: Any) -> int | None:
        column = self.columns[list(self.varied).index(key)]
        return next((at for at, cell in enumerate(column) if _same(cell, value)), None)


def read_points(experiment: Path, file: str) -> Listed:
    """Return what a list of points says.

    Args:
        experiment: the file that names the list.
        file: the list, relative to the experiment; values in TOML syntax, a bare word is a text,
            and an empty cell leaves the scenario as it is.

    Raises:
        InputError: it cannot be read, is empty, or holds what is no key or value.
    """
    path = Path(os.path.normpath(experiment.parent / file))
    name = shortened(visible(str(path)), 300)
    problems: list[str] = []
    try:
        read = csv_rows(path, "a list of points", POINTS_BYTES)
        header_row, header = next(read, (1, []))
        table = [(row, _fitted(cells, len(header))) for row, cells in read]
    except ValueError as error:
        said = str(error)
        where = f"{name}, " if said.startswith("row ") else f"{name}: cannot be read: it "
        raise InputError(f"{where}{said}") from None
    if not table:
        raise InputError(f"{name}: holds no points: give a row of dotted keys and rows of values")
    problems += _of_header(header, table, f"{name}, row {header_row}")
    for row, cells in table:
        if len(cells) != len(header):
            problems.append(f"{name}, row {row}: {_of_width(cells, len(header))}")
        if len(problems) > _MOST_PROBLEMS:
            break
    if problems:
        raise InputError(_first(problems, name))
    varied: dict[str, Choices] = {}
    columns: list[list[Any]] = []
    texts: list[Sequence[str]] = []
    for key, written in zip(header, zip(*(cells for _, cells in table), strict=True), strict=True):
        values = []
        for (row, _), cell in zip(table, written, strict=True):
            try:
                values.append(_value(cell))
            except ValueError as error:
                problems.append(f"{name}, row {row}: {key}: {visible(str(error))}")
        stated = [value for value in values if value is not None]
        if stated:
            varied[key] = Choices(distinct(stated))
            columns.append(values)
            texts.append(written)
    if problems:
        raise InputError(_first(problems, name))
    if not varied:
        raise InputError(f"{name}: all cells are empty")
    return Listed(name, varied, columns, [row for row, _ in table], texts)


def _first(problems: list[str], name: str) -> list[str]:
    more = [f"{name}: has more mistakes; mend these first"]
    return problems[:_MOST_PROBLEMS] + (more if len(problems) > _MOST_PROBLEMS else [])


def _fitted(cells: list[str], width: int) -> list[str]:
    """Return a row without the empty cells that a spreadsheet leaves behind its end."""
    while len(cells) > width and not cells[-1]:
        cells = cells[:-1]
    return cells


def _of_header(header: list[str], table: Sequence[tuple[int, list[str]]], place: str) -> list[str]:
    """Return what is wrong with the keys; columns without a key or a cell are taken off."""
    while (
        header
        and not header[-1]
        and not any("".join(cells[len(header) - 1 :]) for _, cells in table)
    ):
        header.pop()
        for _, cells in table:
            del cells[len(header) :]
    problems = []
    for position, key in enumerate(header):
        shown = shortened(visible(key))
        if not key:
            problems.append(f"{place}: cell {position + 1} is empty; it needs a dotted key")
        elif re.fullmatch(r"[-+]?[\d.,]+%?", key):
            problems.append(
                f"{place}: {shown} is no key; the first row names what the columns hold, such as "
                "place.trust"
            )
        elif key in header[:position]:
            problems.append(f"{place}: {shown} heads two columns; keep one")
        else:
            try:
                key_parts(key)
            except ValueError as error:
                problems.append(f"{place}: {visible(str(error))}")
    return problems[:_MOST_PROBLEMS]


def _of_width(cells: Sequence[str], width: int) -> str:
    said = f"has {len(cells)} cells, and the header has {width}"
    digits = all(cell.lstrip("+-").isdigit() for cell in cells if cell)
    if len(cells) > width and digits:
        return f"{said}; if a comma is a decimal one, write a point (0.5)"
    return f"{said}; give one for each, or leave a cell empty"


def _value(cell: str) -> Any:
    """Return the value of a cell, None if it is empty; ValueError if it is not clear."""
    if not cell:
        return None
    value = value_of(cell)
    if isinstance(value, str) and cell[0] not in "\"'":
        meant = number(cell) or moment(cell)
        if meant is not None:
            raise ValueError(f"{shortened(cell)} {meant.text}")
    return value


def _same(cell: Any, value: Any) -> bool:
    return cell is value or (type(cell) is type(value) and bool(cell == value))
