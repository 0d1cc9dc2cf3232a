"""Reading CSV files as spreadsheets save them, row by row."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path

from takeup.output import shortened
from takeup.scenario.read.files import opened_text

_SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "bars"}


def csv_rows(path: Path, noun: str, largest: int) -> Iterator[tuple[int, list[str]]]:
    """Yield every row that is not empty: its number as a spreadsheet shows it, and its cells.

    Args:
        path: the CSV file.
        noun: what it should be, such as `an edge list`, for messages.
        largest: bytes that it can have.

    Raises:
        ValueError: it cannot be read, or its cells are not separated by commas; in words that
            follow the file's name.
    """
    number = 0
    with opened_text(path, noun, largest) as text:
        lines = csv.reader(text, strict=True)
        try:
            for number, cells in enumerate(lines, start=1):
                if number == 1:
                    _check_separator(cells)
                if any(cell.strip() for cell in cells) or len(cells) > 1:
                    yield number, [cell.strip() for cell in cells]
        except csv.Error as error:
            reason = str(error)
            if "end of data" in reason:
                reason = "a quote that is opened is not closed"
            elif "expected after" in reason:
                reason = "something stands behind a closing quote"
            raise ValueError(f"row {number + 1} cannot be read as cells: {reason}") from None


def _check_separator(cells: Sequence[str]) -> None:
    if not cells:
        return
    if cells[0].strip().lower().startswith("sep="):
        raise ValueError(f"row 1: `{shortened(cells[0])}` is for Excel alone; take the row out")
    header = ",".join(cells)
    found = next((mark for mark in _SEPARATORS if mark in header), None)
    if found is not None:
        raise ValueError(
            f"row 1: `{shortened(header)}` has {_SEPARATORS[found]} between its cells; separate "
            "them by commas, and write decimals with a point (0.5)"
        )
