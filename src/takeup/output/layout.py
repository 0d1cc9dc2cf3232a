"""Paragraphs and tables that fit the width there is: nothing is cut, and nothing is markup."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import TYPE_CHECKING

from rich.cells import cell_len, chop_cells
from rich.text import Text

from takeup.output.characters import readable, visible

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions

WIDTH = 100
"""Columns of what is not printed on a terminal, and of paragraphs at most."""

_GAP = 2
"""Blanks between columns, and before the lines of a stacked row."""

_PIECE = re.compile(r"\s*\S+(?: %)?(?: to(?= [-+−\d]))?")
"""What is not broken: a word, a number and its sign, and the beginning of a range with its `to`."""

_TEXT, _WORD = 12, 20
"""A column of text is not made narrower than the first, nor its words broken below the second."""


def folded(text: str, width: int, hang: int = 0) -> list[str]:
    """Return a text as lines of a width, broken between words where that is possible.

    Args:
        text: one line; blanks before it indent all its lines.
        width: columns; a wide character takes two.
        hang: by how much lines after the first are indented further.
    """
    if cell_len(text) <= width:
        return [text.rstrip()]
    start = min(len(text) - len(text.lstrip()), width // 2)
    lines: list[str] = []
    line, blank = " " * start, True
    for word in _PIECE.findall(text.strip()):
        if not blank and cell_len(line + word) > width:
            lines.append(line)
            line, blank = " " * min(start + hang, width // 2), True
        word = word.lstrip() if blank else word
        while blank and cell_len(line + word) > width:
            piece = chop_cells(word, max(2, width - cell_len(line)))[0]
            lines.append(line + piece)
            line, word = " " * min(start + hang, width // 2), word[len(piece) :]
        line, blank = line + word, blank and not word
    return lines if blank else [*lines, line]


@dataclass(frozen=True)
class Paragraph:
    """Lines of text, each wrapped on its own.

    Attributes:
        text: a line, or several.
        hang: by how much lines that go on are indented.
        style: of rich.
        wraps: break long lines; what people copy, such as paths, must stay in one piece.
    """

    text: str | Sequence[str]
    hang: int = 0
    style: str = ""
    wraps: bool = True

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Text]:
        """Yield what rich prints."""
        width = min(options.max_width, WIDTH)
        for line in (self.text,) if isinstance(self.text, str) else self.text:
            text = clean(line, options)
            for part in folded(text, width, self.hang) if self.wraps else [text]:
                yield line_of(part, self.style)


@dataclass(frozen=True)
class _Column:
    heading: str
    right: bool
    wraps: bool


@dataclass
class Sheet:
    """A table without lines: side by side where that fits, else one block a row.

    Attributes:
        title: stands above; a line, or several.
        indent: blanks before every line.
        fill: widen the first column so that the table is as wide as a paragraph.
    """

    title: str | Sequence[str] = ()
    indent: int = 0
    fill: bool = False
    _columns: list[_Column] = field(default_factory=list)
    _rows: list[list[Text]] = field(default_factory=list)

    def column(self, heading: str, *, right: bool = False, wraps: bool | None = None) -> None:
        """Add a column.

        Args:
            heading: its name.
            right: aligned at the right, as numbers are.
            wraps: cells may take several lines; left out: those that are aligned at the left.
        """
        self._columns.append(_Column(heading, right, not right if wraps is None else wraps))

    def row(self, *cells: str | Text, style: str = "") -> None:
        """Add a row: texts, or rich texts where one has a style of its own; missing are empty."""
        texts = [cell if isinstance(cell, Text) else Text(cell, style=style) for cell in cells]
        self._rows.append(texts + [Text("")] * (len(self._columns) - len(texts)))

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Text]:
        """Yield what rich prints."""
        yield from Paragraph(self.title, style="bold").__rich_console__(console, options)
        headings = [clean(column.heading, options) for column in self._columns]
        rows = [[clean(cell.plain, options) for cell in row] for row in self._rows]
        room = max(options.max_width - self.indent, 1)
        widths = self._widths(headings, rows, room)
        if widths is None:
            yield from self._stacked(headings, rows, room)
            return
        if any(headings):
            yield from self._line(headings, ["dim"] * len(headings), widths)
        for texts, row in zip(self._rows, rows, strict=True):
            yield from self._line(row, [str(text.style) for text in texts], widths)

    def _widths(
        self, headings: Sequence[str], rows: Sequence[Sequence[str]], room: int
    ) -> list[int] | None:
        """Return the widths of columns; None if they do not fit side by side."""
        widths, least, flat = [], [], []
        for index, column in enumerate(self._columns):
            cells = [row[index] for row in rows]
            natural = min(room, max(map(cell_len, [headings[index], *cells])))
            words = _longest_word([headings[index]])
            if not column.wraps:
                small = max([words, *map(cell_len, cells)])
            elif column.right:
                small = max(words, _longest_word(cells))
            else:
                small = max(_TEXT, words, min(_WORD, _longest_word(cells)))
            widths.append(natural)
            least.append(min(natural, small))
            flat.append(min(natural, max([words, *map(cell_len, cells)])))  # only headings wrap
        room -= _GAP * (len(widths) - 1)
        if sum(least) > room:
            return None
        texts = [i for i, column in enumerate(self._columns) if column.wraps and not column.right]
        ease = [max(small, min(width, _WORD)) for small, width in zip(least, widths, strict=True)]
        others = [i for i in range(len(widths)) if i not in texts]
        _narrow(widths, others, flat, room)
        _narrow(widths, texts, ease, room)
        _narrow(widths, others, least, room)
        _narrow(widths, texts, least, room)
        if self.fill:
            wanted = min(room, WIDTH - self.indent - _GAP * (len(widths) - 1))
            widths[0] += max(0, wanted - sum(widths))
        return widths

    def _line(
        self, cells: Sequence[str], styles: Sequence[str], widths: Sequence[int]
    ) -> Iterator[Text]:
        """Yield the lines of a row whose cells stand side by side."""
        parts = [folded(cell, width) for cell, width in zip(cells, widths, strict=True)]
        for pieces in zip_longest(*parts, fillvalue=""):
            line = line_of(" " * self.indent)
            for index, (piece, width) in enumerate(zip(pieces, widths, strict=True)):
                gap = " " * (_GAP * (index > 0))
                pad = " " * (width - cell_len(piece))
                right = self._columns[index].right
                line.append(gap + (pad if right else ""))
                line.append(piece, styles[index] or None)
                line.append("" if right else pad)
            line.rstrip()
            yield line

    def _stacked(
        self, headings: Sequence[str], rows: Sequence[Sequence[str]], room: int
    ) -> Iterator[Text]:
        """Yield a block a row: its first cell, and below it the others, each after its heading."""
        indent = " " * self.indent
        for row in rows:
            filled = [i for i, cell in enumerate(row) if cell.strip()]
            for line in folded(row[filled[0]] if filled else "", room, 2 * _GAP):
                yield line_of(indent + line, "bold")
            pairs = [" ".join(f"{headings[i]} {row[i]}".split()) for i in filled[1:]]
            for line in _joined(pairs, room - _GAP):
                yield line_of(indent + " " * _GAP + line)


def _narrow(widths: list[int], which: Sequence[int], least: Sequence[int], room: int) -> None:
    """Make the widest of some columns narrower, again and again, until all fit or none can."""
    while sum(widths) > room:
        wide = [i for i in which if widths[i] > least[i]]
        if not wide:
            return
        widest = max(wide, key=lambda i: widths[i])
        widths[widest] -= 1


def _joined(pairs: Iterable[str], width: int) -> Iterator[str]:
    """Yield pairs of heading and value in lines, broken between pairs where that is possible."""
    line = ""
    for pair in pairs:
        if line and cell_len(f"{line}; {pair}") > width - 1:
            yield from folded(f"{line};", width, _GAP)
            line = pair
        else:
            line = f"{line}; {pair}" if line else pair
    if line:
        yield from folded(line, width, _GAP)


def _longest_word(texts: Iterable[str]) -> int:
    return max((cell_len(w.strip()) for text in texts for w in _PIECE.findall(text)), default=0)


def clean(text: str, options: ConsoleOptions) -> str:
    """Return a text as it can be printed: controls visible, in characters that there are."""
    return readable(visible(text), options.encoding)


def line_of(text: str, style: str = "") -> Text:
    """Return a line that is printed as it is."""
    return Text(text, style=style, no_wrap=True, overflow="ignore")
