"""How figures look: colours and lines that tell scenarios apart, axes that read well."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter, num2date
from matplotlib.ticker import Formatter, FuncFormatter, MaxNLocator

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


def looks(scenarios: list[str], baseline: str | None) -> dict[str, Look]:
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


def dress(axes: Axes, *, unit: str, difference: bool = False) -> None:
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


def date_axis(axes: Axes) -> None:
    """Label the x axis with dates, each January and the first label with their year."""
    locator = AutoDateLocator(minticks=3, maxticks=7)  # type: ignore[no-untyped-call]
    axes.xaxis.set_major_locator(locator)
    concise = ConciseDateFormatter(locator, show_offset=False)  # type: ignore[no-untyped-call]

    class WithFirstYear(Formatter):
        def __call__(self, x: float, pos: int | None = None) -> str:
            return str(self.format_ticks([x])[0])

        def format_ticks(self, values: list[float]) -> list[str]:
            labels = list(concise.format_ticks(values))  # type: ignore[no-untyped-call]
            low, high = axes.get_xlim()
            shown = [index for index, value in enumerate(values) if low <= value <= high]
            if shown:
                first = num2date(values[shown[0]])  # type: ignore[no-untyped-call]
                year = str(first.year)
                if year not in labels[shown[0]]:
                    labels[shown[0]] += f"\n{year}"
            return labels

    axes.xaxis.set_major_formatter(WithFirstYear())
