"""Plain text for a terminal: at most 100 characters a line, no markup."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

WIDTH = 100


def percent(share: float) -> str:
    """Return a share in per cent, with three digits at most."""
    return f"{100 * share:.3g} %"


def count(number: int, noun: str) -> str:
    """Return a number with its noun, which takes an s."""
    return f"{number} {noun}" + ("" if number == 1 else "s")


def cut(text: str, width: int) -> str:
    """Return a text, cut where it is too long."""
    return text if len(text) <= width else text[: width - 1] + "…"


def wrapped(text: str) -> list[str]:
    """Return a text as lines; all but the first are indented."""
    return textwrap.wrap(text, WIDTH, subsequent_indent="    ", break_on_hyphens=False)


def aligned(
    header: Sequence[str], rows: Sequence[Sequence[str]], left: Sequence[int] = (0,)
) -> Iterator[str]:
    """Yield aligned lines; the columns in `left` are text, cut where needed, the others numbers."""
    lines = [header, *rows]
    widths = [max(len(line[c]) for line in lines) for c in range(len(header))]
    for _ in range(sum(widths) + 2 * len(widths) - WIDTH):
        widest = max(left, key=lambda column: widths[column])
        widths[widest] -= 1
    for line in lines:
        cells = [
            f"{cut(cell, width):<{width}}" if column in left else f"{cell:>{width}}"
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        ]
        yield ("  " + "  ".join(cells)).rstrip()
