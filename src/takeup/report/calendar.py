"""The strip below the panels: when services go online, when interventions run, and shocks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from rich.cells import cell_len

from takeup.report.lettering import fit, inches
from takeup.report.style import INK, QUIET, Look
from takeup.results.info import Mark

Dates = npt.NDArray[np.datetime64]

_CHARACTER = 0.062
"""Width of a character of a label, inches: enough to keep labels apart."""

_SIZE, _BESIDE = 7.5, 0.2
"""Size of letters, points, and what a label takes besides them, inches."""

_ORDER = {"go-live": 0, "shock": 1, "intervention": 2}
"""Sections of the strip, from the top."""

_GAP = 0.06
"""Least distance between marks on a row, inches."""


@dataclass(frozen=True)
class Entry:
    """One mark on one row of the strip.

    Attributes:
        mark: what it is.
        scenario: whose it is; None if every scenario has it, or every one with a programme.
        row: row of the strip, from the top; the first, if its label takes two.
    """

    mark: Mark
    scenario: str | None
    row: int


@dataclass(frozen=True)
class Strip:
    """The laid-out strip.

    Attributes:
        entries: every mark with its row.
        rows: number of rows.
        heads: names that head a group of interventions, each with its row.
    """

    entries: tuple[Entry, ...]
    rows: int
    heads: tuple[tuple[str, int], ...] = ()

    @property
    def height(self) -> float:
        """Height in inches."""
        return 0.19 * self.rows + 0.12

    def go_lives(self) -> list[Entry]:
        """Return the entries of services that go online."""
        return [entry for entry in self.entries if entry.mark.kind == "go-live"]


def caption(strip: Strip) -> str:
    """Return what stands above the strip: which marks mean what."""
    kinds = {entry.mark.kind for entry in strip.entries}
    words = {
        "go-live": "go-lives (◆)",
        "intervention": "interventions (bars)",
        "shock": "shocks (hatched)",
    }
    return "Calendar: " + ", ".join(text for kind, text in words.items() if kind in kinds)


def lay_out(
    marks: Mapping[str, Sequence[Mark]], scenarios: Sequence[str], weeks: int, width: float
) -> Strip:
    """Put every mark on the first row on which it touches nothing.

    Args:
        marks: by scenario.
        scenarios: those that the figure shows, in order.
        weeks: weeks of the run.
        width: of the strip, inches.
    """
    heads: list[tuple[str, int]] = []
    plans = [
        name for name in scenarios if any(m.kind == "intervention" for m in marks.get(name, ()))
    ]
    shared = "all scenarios" if len(plans) == len(scenarios) else "all plans"
    owners: dict[Mark, list[str]] = {}
    for name in scenarios:
        for mark in marks.get(name, ()):
            owners.setdefault(mark, []).append(name)
    pieces: list[tuple[Mark, str | None]] = []
    for mark, names in owners.items():
        everyone = plans if mark.kind == "intervention" else scenarios
        if len(names) == len(everyone) > 1:
            pieces.append((mark, None))
        else:
            pieces += [(mark, name) for name in names]
    order = {name: index for index, name in enumerate(scenarios)}
    pieces.sort(
        key=lambda piece: (
            _ORDER[piece[0].kind],
            -1 if piece[1] is None else order[piece[1]],
            piece[0].first,
            piece[0].name,
        )
    )
    entries: list[Entry] = []
    taken: list[list[tuple[float, float]]] = []
    first_row, section = 0, None
    for mark, scenario in pieces:
        if (mark.kind, scenario) != section:
            # Every section (go-lives, shocks, the interventions of each scenario) begins a row.
            section, first_row = (mark.kind, scenario), len(taken)
            if mark.kind == "intervention" and len(scenarios) > 1:
                heads.append((scenario or shared, first_row))
                taken.append([])
                first_row += 1
        label = _label(mark, weeks, width)
        start, end = label.start, label.end
        row = first_row
        gap = _GAP * weeks / width
        while any(start < b + gap and a < end + gap for a, b in _on(taken, row, label.rows)):
            row += 1
        while len(taken) < row + label.rows:
            taken.append([])
        for own in taken[row : row + label.rows]:
            own.append((start, end))
        entries.append(Entry(mark, scenario, row))
    return Strip(tuple(entries), len(taken), tuple(heads))


def _on(
    taken: Sequence[Sequence[tuple[float, float]]], row: int, rows: int
) -> list[tuple[float, float]]:
    """Return what is taken on some rows."""
    return [extent for own in taken[row : row + rows] for extent in own]


@dataclass(frozen=True)
class _Label:
    """The name of a mark as it is drawn.

    Attributes:
        text: in one line or two.
        size: of its letters, points.
        left: it stands left of the mark, for want of room at the right.
        start: first week that mark and label take up.
        end: week after the last.
    """

    text: str
    size: float
    left: bool
    start: float
    end: float

    @property
    def rows(self) -> int:
        return self.text.count("\n") + 1


def _label(mark: Mark, weeks: int, width: float) -> _Label:
    week = width / weeks
    room = {False: (weeks - mark.first) * week - _BESIDE, True: mark.first * week - _BESIDE}
    text, size = fit(mark.name, width, _SIZE)
    wide = max(cell_len(text) * _CHARACTER, inches(text, size))
    left = wide > room[False]
    if left and wide > room[True]:  # neither side has room for it in one line
        left = room[True] > room[False]
        text, size = fit(mark.name, room[left] / 1.05, _SIZE, lines=2)
        wide = room[left]
    taken = (wide + _BESIDE) / week
    if left:
        return _Label(text, size, left, mark.first - taken, mark.last)
    return _Label(text, size, left, mark.first, max(mark.last, mark.first + taken))


def draw(axes: Axes, strip: Strip, looks: Mapping[str, Look], dates: Dates, width: float) -> None:
    """Draw the strip: diamonds for go-lives, bars for the rest (shocks hatched), and names."""
    axes.set_ylim(strip.rows - 0.3, -0.7)
    axes.set_yticks([])
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.spines["bottom"].set_color(QUIET)
    axes.tick_params(colors=INK, labelsize=8, length=2.5, color=QUIET)
    weeks = len(dates)
    begin = dates[0]
    for name, row in strip.heads:
        text, size = fit(name, width, _SIZE, bold=True)
        axes.annotate(
            text,
            (begin, row),
            va="center_baseline",
            fontsize=size,
            fontweight="bold",
            color=looks[name].colour if name in looks else INK,
        )
    for entry in strip.entries:
        mark = entry.mark
        colour = looks[entry.scenario].colour if entry.scenario else INK
        first = begin + np.timedelta64(7 * mark.first, "D")
        length = np.timedelta64(7 * (mark.last - mark.first), "D")
        label = _label(mark, weeks, width)
        left = label.left
        if mark.kind == "go-live":
            axes.plot([first], [entry.row], marker="D", markersize=4, color=colour, clip_on=False)
        else:
            axes.barh(entry.row, length, left=first, height=0.78, color=colour, alpha=0.25)
            if mark.kind == "shock":
                axes.barh(
                    entry.row, length, left=first, height=0.78, facecolor="none",
                    edgecolor=colour, linewidth=0.7, hatch="////", alpha=0.6,
                )  # fmt: skip
        axes.annotate(
            label.text,
            (first, entry.row + (label.rows - 1) / 2),
            xytext=((-5 if mark.kind == "go-live" else -3) if left else 5, 0),
            textcoords="offset points",
            ha="right" if left else "left",
            va="center_baseline",
            fontsize=label.size,
            color=INK,
        )
