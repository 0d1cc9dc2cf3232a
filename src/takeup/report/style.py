"""How figures look: colours and lines that tell scenarios apart, axes that read well."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from matplotlib.axes import Axes
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter, date2num, num2date
from matplotlib.ticker import FixedFormatter, FixedLocator, FuncFormatter, MaxNLocator

from takeup.results.units import is_share

INK = "#222222"
QUIET = "#8a8a8a"
GRID = "#e6e6e6"

# Okabe & Ito's palette, told apart by colour-blind readers too; line styles differ besides.
_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
_LINES: tuple[Any, ...] = (
    "-",
    (0, (5, 1.6)),
    (0, (6, 1.5, 1.2, 1.5)),
    (0, (1.4, 1.2)),
    (0, (9, 2)),
    "-",
)


@dataclass(frozen=True)
class Look:
    """Colour and line style of a scenario."""

    colour: str
    line: Any


def line_styles(scenarios: list[str], baseline: str | None) -> dict[str, Look]:
    """Return a look for every scenario; the baseline is dashed grey."""
    result: dict[str, Look] = {}
    plan = 0
    for name in scenarios:
        if name == baseline:
            result[name] = Look("#4d4d4d", (0, (2.2, 1.4)))
        else:
            result[name] = Look(_COLOURS[plan % len(_COLOURS)], _LINES[plan % len(_LINES)])
            plan += 1
    return result


def set_axes(axes: Axes, *, unit: str, difference: bool = False) -> None:
    """Give a panel its grid and a y axis in the KPI's unit."""
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(QUIET)
    axes.grid(axis="y", color=GRID, linewidth=0.7)
    axes.set_axisbelow(True)
    axes.tick_params(colors=INK, labelsize=8, length=2.5, color=QUIET)
    widen(axes, 0.04 if is_share(unit) else 0.0, floor=None if difference else 0.0)
    axes.yaxis.set_major_locator(MaxNLocator(nbins=4, steps=[1, 2, 2.5, 5, 10]))
    places = axes.yaxis.get_majorticklocs()
    step = float(places[1] - places[0]) if len(places) > 1 else 1.0
    largest = float(abs(places).max(initial=0.0))
    axes.yaxis.set_major_formatter(
        FuncFormatter(lambda value, _: tick(value, unit, step, largest, signed=difference))
    )


def widen(axes: Axes, least: float, floor: float | None) -> None:
    """Keep the y range from being so narrow that it shows noise as if it were news.

    Args:
        axes: the panel.
        least: least height of the range, in the unit of the axis; at least 4 % of the level.
        floor: do not reach below this only because of the widening.
    """
    low, high = axes.get_ylim()
    least = max(least, 0.04 * max(abs(low), abs(high)), 1e-9)
    if high - low < least:
        middle = (low + high) / 2
        lowest = middle - least / 2
        if floor is not None and low >= floor:
            lowest = max(lowest, floor)
        axes.set_ylim(lowest, lowest + least)


def tick(value: float, unit: str, step: float, largest: float, *, signed: bool = False) -> str:
    """Return the label of a tick: shares in per cent, large numbers with k or M.

    Args:
        value: where the tick is.
        unit: unit of the KPI.
        step: distance between ticks; decides on the digits.
        largest: largest absolute tick; decides between plain numbers, k and M.
        signed: write a plus before positive values (a difference, in points if it is of shares).
    """
    factor, suffix = 1.0, ""
    if is_share(unit):
        factor, suffix = 100.0, "" if signed else " %"
    elif largest >= 1e6:
        factor, suffix = 1e-6, "M"
    elif largest >= 1e4:
        factor, suffix = 1e-3, "k"
    if abs(value) < step * 1e-6:
        return f"0{suffix}" if is_share(unit) else "0"
    digits = 0
    while digits < 4 and abs(step * factor * 10**digits % 1 - 0.5) < 0.499:
        digits += 1
    sign = "−" if value < 0 else "+" if signed else ""
    return f"{sign}{abs(value * factor):.{digits}f}{suffix}"


def date_axis(axes: Axes, dates: Any) -> None:
    """Let the x axis reach over all weeks, each January and the first label with their year.

    Args:
        axes: what is drawn over the weeks.
        dates: the Monday of every week.
    """
    first, last = (float(end) for end in date2num(dates[[0, -1]]))  # type: ignore[no-untyped-call]
    places, words = _dates(first, last)
    axes.xaxis.set_major_locator(FixedLocator(places))
    axes.xaxis.set_major_formatter(FixedFormatter(words))
    axes.set_xlim(first, last)


@cache
def _dates(first: float, last: float) -> tuple[list[float], list[str]]:
    """Return where ticks are and what they say: found once, for they are the same in all panels."""
    ends = num2date((first, last))  # type: ignore[no-untyped-call]
    locator = AutoDateLocator(minticks=3, maxticks=7)  # type: ignore[no-untyped-call]
    found = [float(place) for place in locator.tick_values(*ends)]  # type: ignore[no-untyped-call]
    concise = ConciseDateFormatter(locator, show_offset=False)  # type: ignore[no-untyped-call]
    labels = zip(found, concise.format_ticks(found), strict=True)  # type: ignore[no-untyped-call]
    shown = [(place, str(word)) for place, word in labels if first <= place <= last]
    places, words = [place for place, _ in shown], [word for _, word in shown]
    if places:
        year = str(num2date(places[0]).year)  # type: ignore[no-untyped-call]
        if year not in words[0]:
            words[0] += f"\n{year}"
    return places, words
