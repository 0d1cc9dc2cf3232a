"""Observed take-up: shares of transactions that were online, in windows that end on some days."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from math import ceil
from pathlib import Path

import numpy as np
import numpy.typing as npt

from takeup.errors import InputError

Floats = npt.NDArray[np.float64]

QUARTER = 13
"""Weeks in a step of the calendar on which series lie."""

COLUMNS = ("series", "period_end", "volume", "digital", "digital_pct")


@dataclass(frozen=True)
class Series:
    """A series of take-up, each point over the twelve months that end with its quarter.

    Attributes:
        name: what it is called.
        ends: first day after each window, (points,).
        share: of transactions that were online, 0 to 1, (points,).
        volume: transactions in each window, (points,).
    """

    name: str
    ends: tuple[date, ...]
    share: Floats
    volume: Floats

    @property
    def quarter(self) -> npt.NDArray[np.int64]:
        """Quarters since the first point, (points,)."""
        first = self.ends[0]
        months = [(end.year - first.year) * 12 + end.month - first.month for end in self.ends]
        return np.rint(np.array(months) / 3.0).astype(np.int64)

    def first(self, points: int) -> Series:
        """Return the series as it was when only its first points were known."""
        return Series(self.name, self.ends[:points], self.share[:points], self.volume[:points])

    def known_without(self, held_out: float) -> int:
        """Return how many points are known if a share of them, at least three, is held out."""
        points = len(self.ends)
        return points - max(3, ceil(held_out * points - 1e-9))


def read_series(path: Path) -> tuple[Series, ...]:
    """Return the series of a CSV, each sorted by time, in the order in which they come first.

    A row without a share is a gap. Of several points in a quarter the last is kept.

    Args:
        path: a CSV with the columns `series`, `period_end` (2014-03: the month with which the
            window ends), `volume`, `digital` and `digital_pct` (0 to 100).

    Raises:
        InputError: it cannot be read, or a row of it, or a series has two points of one month.
    """
    rows: dict[str, list[tuple[date, float, float]]] = defaultdict(list)
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file)
            missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
            if missing:
                raise InputError(f"{path}: has no column {', '.join(missing)}")
            for number, row in enumerate(reader, start=2):
                if (row["digital_pct"] or "").strip():
                    rows[row["series"]].append(_point(row, f"{path}, row {number}"))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{path}: cannot be read ({error})") from error
    found = []
    for name, points in rows.items():
        ends, share, volume = zip(*sorted(points), strict=True)
        twice = [end for end, after in pairwise(ends) if end == after]
        if twice:
            raise InputError(f"{path}: series {name} has two rows for one period_end")
        found.append(_by_quarter(Series(name, ends, np.array(share), np.array(volume))))
    return tuple(found)


def _by_quarter(series: Series) -> Series:
    """Return a series with the last point of each quarter."""
    kept = np.flatnonzero(np.diff(series.quarter, append=-1))
    ends = tuple(series.ends[point] for point in kept)
    return Series(series.name, ends, series.share[kept], series.volume[kept])


def _point(row: Mapping[str, str], where: str) -> tuple[date, float, float]:
    try:
        year, month = (int(part) for part in row["period_end"].split("-")[:2])
        end = date(year + month // 12, month % 12 + 1, 1)
        share, volume = float(row["digital_pct"]) / 100.0, float(row["volume"])
    except (TypeError, ValueError):
        raise InputError(
            f"{where}: needs period_end as 2014-03, and numbers for digital_pct and volume"
        ) from None
    if not 0.0 <= share <= 1.0 or not 0.0 <= volume < float("inf"):
        raise InputError(
            f"{where}: digital_pct is a share from 0 to 100, and volume is not below 0"
        )
    return end, share, volume


def usable(series: Series) -> bool:
    """Return whether a series can be learnt from: long, moving, and not of a handful of people."""
    long = len(series.ends) >= 12
    return long and 0.02 <= series.share[0] <= 0.97 and float(np.median(series.volume)) >= 1000.0
