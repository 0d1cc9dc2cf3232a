"""What people wrote, drawn as they wrote it: never as mathematics, in fonts that have it, to fit.

A character that no installed font has is drawn as □; installing one of `FAMILIES` shows it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, fontManager, get_font
from matplotlib.text import Text
from matplotlib.textpath import TextToPath
from rich.cells import cell_len

from takeup.output import folded, shortened, visible
from takeup.report.style import INK, QUIET

FAMILIES = (
    "DejaVu Sans",
    *("Noto Sans CJK SC", "Noto Sans CJK JP", "Noto Sans CJK KR", "Noto Sans CJK TC"),
    *("Noto Sans SC", "Noto Sans JP", "Noto Sans KR", "Source Han Sans SC", "WenQuanYi Micro Hei"),
    *("WenQuanYi Zen Hei", "Droid Sans Fallback", "Microsoft YaHei", "Yu Gothic", "MS Gothic"),
    *("Malgun Gothic", "PingFang SC", "Hiragino Sans", "Apple SD Gothic Neo", "Arial Unicode MS"),
    *("Noto Emoji", "Segoe UI Emoji", "Segoe UI Symbol", "Symbola"),
    *("Noto Sans Arabic", "Noto Sans Hebrew", "Noto Sans Devanagari", "Noto Sans Thai"),
)
"""Fonts by preference: the first comes with matplotlib, the others are used where they are
installed, and only for what those before them lack."""

MISSING = "□"
"""Drawn for a character that none of them has."""

LONGEST = 120
"""Characters of a name in a figure; a longer one is drawn without its middle."""


# ---------------------------------------------------------------- fonts


@cache
def _charmaps() -> dict[str, frozenset[int]]:
    """Return the characters of every installed font among ours, by its name."""
    installed = {font.name: font.fname for font in reversed(fontManager.ttflist)}
    found: dict[str, frozenset[int]] = {}
    for name in FAMILIES:
        if name in installed:
            try:
                found[name] = frozenset(get_font(installed[name]).get_charmap())
            except (OSError, RuntimeError):  # such as pictures in colour, which are not outlines
                continue
    return found


def drawn(text: str) -> str:
    """Return a text as it can be drawn: controls visible, a box for what no font has."""
    known = _charmaps().values()
    return "".join(
        c if c == "\n" or any(ord(c) in font for font in known) else MISSING
        for c in "\n".join(map(visible, text.split("\n")))
    )


def font_for(text: str) -> dict[str, Any]:
    """Return the properties of matplotlib that draw a text as it is, and no other."""
    first, *_ = _charmaps().values()
    plain = all(c == "\n" or ord(c) in first for c in text)
    return {"parse_math": False} | ({} if plain else {"family": list(_charmaps())})


def settle(figure: Figure) -> Figure:
    """See to it that every text of a figure is drawn as it is, those of ticks apart (`ticks`)."""
    for text in _texts(figure):
        said = drawn(text.get_text())
        text.set_text(said)
        text.set(**font_for(said))
    if any(MISSING in text.get_text() for text in _texts(figure)):
        figure.set_figheight(figure.get_figheight() + 0.2)
        figure.supxlabel(
            f"{MISSING} is a character that no font here has", x=0.01, ha="left", fontsize=7,
            color=QUIET,
        )  # fmt: skip
    return figure


def _texts(figure: Figure) -> Iterator[Text]:
    yield from figure.texts
    for axes in figure.axes:
        yield from (child for child in axes.get_children() if isinstance(child, Text))
        yield from (axes.xaxis.label, axes.yaxis.label)
        legend = axes.get_legend()
        yield from legend.get_texts() if legend else ()


def ticks(axis: Axis, places: Sequence[float], words: Sequence[str]) -> None:
    """Put words at the ticks of an axis."""
    words = [drawn(word) for word in words]
    axis.set_ticks(places, words, **font_for("".join(words)))


def name_axis(axis: Axis, name: str, room: float) -> None:
    """Name an axis, in two lines at most, where there is room for so many inches."""
    text, size = fit(name, room, 8, lines=2)
    axis.set_label_text(text, fontsize=size, color=INK)


# ---------------------------------------------------------------- room


@cache
def inches(text: str, size: float, *, bold: bool = False) -> float:
    """Return how wide the widest line of a text is drawn.

    Args:
        text: as `drawn` returns it.
        size: of its letters, points.
        bold: whether they are.
    """
    font = FontProperties(family=list(_charmaps()), size=size, weight="bold" if bold else "normal")
    return max(
        float(TextToPath().get_text_width_height_descent(line, font, ismath=False)[0]) / 72
        for line in text.split("\n")
    )


def fit(
    text: str, room: float, size: float, *, lines: int = 1, bold: bool = False
) -> tuple[str, float]:
    """Return a text in lines that fit, and the size of its letters, smaller if they must be.

    Args:
        text: one line.
        room: width, inches.
        size: of letters, points.
        lines: as many at most.
        bold: whether letters are.
    """
    text = drawn(visible(shortened(text, LONGEST, middle=True)))
    whole = inches(text, size, bold=bold)
    if whole <= room:
        return text, size
    columns = max(4, int(0.97 * cell_len(text) * room / whole))
    parts = folded(text, columns)
    while len(parts) > lines:
        columns += 1 + columns // 20
        parts = folded(text, columns)
    said = "\n".join(parts)
    return said, size * min(1.0, room / max(inches(said, size, bold=bold), 1e-9))
