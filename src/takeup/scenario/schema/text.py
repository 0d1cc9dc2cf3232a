"""Words for a terminal: numbers with their nouns, and tables of text and numbers."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import ConsoleRenderable

from takeup.output import Paragraph, Sheet

Part = str | ConsoleRenderable
"""What is printed: a line, or something that lays itself out."""


def percent(share: float) -> str:
    """Return a share in per cent, with three digits at most."""
    return f"{100 * share:.3g} %"


def count(number: int, noun: str) -> str:
    """Return a number with its noun, which takes an s."""
    return f"{number} {noun}" + ("" if number == 1 else "s")


def wrapped(text: str) -> Paragraph:
    """Return a paragraph all of whose lines but the first are indented."""
    return Paragraph(text, hang=4)


def aligned(
    header: Sequence[str], rows: Sequence[Sequence[str]], left: Sequence[int] = (0,)
) -> Sheet:
    """Return a table; the columns in `left` are text, the others numbers."""
    sheet = Sheet(indent=2)
    for index, heading in enumerate(header):
        sheet.column(heading, right=index not in left)
    for row in rows:
        sheet.row(*row)
    return sheet
