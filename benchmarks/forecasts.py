"""Do the bands hold what came? Forecasts of real series of take-up, and what came of them."""

from __future__ import annotations

import argparse
import csv
from collections import defaultdict
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import numpy.typing as npt

from takeup.calibrate.one_service import council_of_one
from takeup.kpis import CITIZEN
from takeup.model.run.simulation import simulate_counters
from takeup.scenario.schema.case import Case

Floats = npt.NDArray[np.float64]
YEAR = 52


@dataclass(frozen=True)
class Series:
    """A series of take-up."""

    name: str
    dates: tuple[date, ...]
    share: Floats
    volume: Floats

    @property
    def weeks(self) -> npt.NDArray[np.int64]:
        """Return weeks since the first point."""
        return np.array([(d - self.dates[0]).days // 7 for d in self.dates])


def read(path: Path) -> list[Series]:
    rows: dict[str, list[tuple[date, float, float]]] = defaultdict(list)
    with path.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            year, month = map(int, row["period_end"].split("-")[:2])
            end = date(year + month // 12, month % 12 + 1, 1)
            rows[row["series"]].append((end, float(row["digital_pct"]) / 100, float(row["volume"])))
    found = []
    for name, points in rows.items():
        points.sort()
        dates, share, volume = zip(*points, strict=True)
        if len(points) >= 12 and 0.02 <= share[0] <= 0.97 and np.median(volume) >= 1000:
            found.append(Series(name, dates, np.array(share), np.array(volume)))
    return found


def rolling(scenario, replicate, weeks):
    case = Case.of(scenario, replicate)
    counts = simulate_counters(case.scenario, case.key).service[:, 0]
    online = np.concatenate([[0], counts[:, CITIZEN.index("transactions_online")].cumsum()])
    every = np.concatenate([[0], counts[:, CITIZEN.index("transactions")].cumsum()])
    y0 = scenario.services["service"].take_up
    out = []
    for w in weeks:
        lo = max(0, w - YEAR)
        n = every[w] - every[lo]
        before = max(0, YEAR - w) * every[-1] / len(counts)
        out.append((online[w] - online[lo] + y0 * before) / max(1e-9, n + before))
    return out


def bands(args):
    series, replicates = args
    weeks = series.weeks
    scenario = council_of_one(float(series.share[0]), series.dates[0], int(weeks[-1]) + 1)
    return np.array([rolling(scenario, r, weeks[1:]) for r in range(replicates)])


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("file", type=Path)
    parser.add_argument("--only", type=Path)
    parser.add_argument("--half")
    parser.add_argument("--replicates", type=int, default=48)
    parser.add_argument("--jobs", type=int, default=2)
    args = parser.parse_args()
    found = read(args.file)
    if args.half:
        with args.only.open() as f:
            keep = {r["series"] for r in csv.DictReader(f) if r["half"] == args.half}
        found = [s for s in found if s.name in keep]
    with ProcessPoolExecutor(args.jobs) as pool:
        results = list(pool.map(bands, [(s, args.replicates) for s in found]))
    c50, c90, mae, nc = [], [], [], []
    for s, b in zip(found, results, strict=True):
        q = np.quantile(b, [0.05, 0.25, 0.5, 0.75, 0.95], axis=0)
        y = s.share[1:]
        c50.append(np.mean((y >= q[1]) & (y <= q[3])))
        c90.append(np.mean((y >= q[0]) & (y <= q[4])))
        mae.append(100 * np.mean(np.abs(y - q[2])))
        nc.append(100 * np.mean(np.abs(y - s.share[0])))
    print(
        len(found),
        np.mean(c50),
        np.mean(c90),
        np.mean(mae),
        np.median(mae),
        np.mean(nc),
        np.median(nc),
    )


main()
