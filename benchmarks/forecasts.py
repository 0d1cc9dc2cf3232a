"""Do the bands hold what came? Forecasts of real series of take-up, and what came of them.

`python benchmarks/forecasts.py SERIES.csv [--out DIR] [--most N]` forecasts every usable series of
a CSV twice, each by a council of one service:

- default: from its first value alone, by parameters as uncertain as their evidence leaves them;
- calibrated: its last 30 % of points (at least three) from those before, by runs of a bank that are
  fitted to them, with what they leave unexplained; beside it the same with a plain trend in the
  place of runs, the last value, a damped trend, logistic growth and Bass.

DIR then has `forecasts.json` (shares from 0 to 1, errors in points of take-up, a series counting
once), `forecasts.csv` (a row a series) and `forecasts.png`. Nothing is learnt here: what is
uncertain was learnt by `learn_trend.py` from other series.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from takeup.calibrate.bank import forecast, make_bank
from takeup.calibrate.filtering import Fitted, fit_all
from takeup.calibrate.observed import Floats, Series, read_series, usable
from takeup.calibrate.one_service import council_of_one
from takeup.calibrate.rivals import RIVALS, log_odds
from takeup.calibrate.trends import trends
from takeup.errors import InputError
from takeup.evidence.parameters import PARAMETERS
from takeup.kpis import CITIZEN, YEAR
from takeup.model.run.simulation import simulate_counters
from takeup.runs.executor import Executor
from takeup.runs.processes import Processes
from takeup.scenario.schema.case import Case

HELD_OUT = 0.3
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
LONGEST = 76  # quarters of a series: a run has at most twenty years
SHOWN = 12


@dataclass(frozen=True)
class Forecast:
    """A series, its forecasts, and what came of them.

    Attributes:
        series: the series.
        known: points from which the calibrated forecast is made.
        default: quantiles of forecasts from the first value, (QUANTILES, points after it).
        calibrated: quantiles of those of the points held out, (QUANTILES, points held out).
        errors: mean absolute error on the points held out, by who made the forecast, in points.
    """

    series: Series
    known: int
    default: Floats
    calibrated: Floats
    errors: dict[str, float]

    def row(self) -> dict[str, Any]:
        """Return its measures, by name."""
        share = self.series.share
        later, held = share[1:], share[self.known :]
        return {
            "series": self.series.name,
            "points": len(share),
            "held_out": len(held),
            "default_coverage50": covered(self.default, later, 1),
            "default_coverage90": covered(self.default, later, 0),
            "default_error": error(self.default[2], later),
            "no_change_error": error(np.full(len(later), share[0]), later),
            "coverage50": covered(self.calibrated, held, 1),
            "coverage90": covered(self.calibrated, held, 0),
            "error": error(self.calibrated[2], held),
            **{f"{name}_error": value for name, value in self.errors.items()},
        }


def covered(quantiles: Floats, came: Floats, inside: int) -> float:
    """Return the share of points in a band: 0 that of 90 %, 1 that of 50 %."""
    return float(np.mean((came >= quantiles[inside]) & (came <= quantiles[-1 - inside])))


def error(said: Floats, came: Floats) -> float:
    """Return the mean absolute error, in points."""
    return 100.0 * float(np.mean(np.abs(said - came)))


def of_half(found: Sequence[Series], halves: Path, half: str) -> list[Series]:
    """Return the series of a half, as a CSV with `series` and `half` says."""
    with halves.open(newline="", encoding="utf-8") as file:
        kept = {row["series"] for row in csv.DictReader(file) if row["half"] == half}
    return [series for series in found if series.name in kept]


def from_first_value(series: Series, replicates: int) -> Floats:
    """Return take-up at the points after the first, by run of the model, (replicates, points)."""
    weeks = np.array([(end - series.ends[0]).days // 7 for end in series.ends[1:]])
    # Were the luck of the draws the same for all series, it would not even out over them.
    seed = crc32(series.name.encode())
    scenario = council_of_one(float(series.share[0]), series.ends[0], int(weeks[-1]) + 1, seed)
    return np.array([rolling(Case.of(scenario, r), weeks) for r in range(replicates)])


def rolling(case: Case, weeks: np.ndarray[Any, np.dtype[np.int64]]) -> Floats:
    """Return take-up over the 52 weeks before each week of a run, and before it as stated."""
    counted = simulate_counters(case.scenario, case.key).service[:, 0]
    stated = float(case.scenario.services["service"].take_up or 0.0)
    every = counted[:, CITIZEN.index("transactions")]
    online = counted[:, CITIZEN.index("transactions_online")]
    before = np.full(YEAR, every.mean())
    summed = np.cumsum([np.r_[0.0, before, every], np.r_[0.0, stated * before, online]], axis=1)
    all_, share = summed[:, weeks + YEAR] - summed[:, weeks]
    return np.asarray(share / np.maximum(all_, 1e-9))


def without_agents(series: Series, known: int) -> Fitted:
    """Forecast the later points of a series by a plain trend and what is unexplained."""
    trend = [PARAMETERS[f"trend_{name}"].default for name in ("drift", "spread", "fading")]
    first = float(log_odds(series.share[0]))
    return fit_all(series, known, trends(first, int(series.quarter[-1]), *trend))


def held_out(series: Series, bank: Floats) -> tuple[int, Floats, dict[str, float]]:
    """Forecast the last points of a series.

    Returns:
        How many points were known, quantiles, and errors of others' forecasts: see `Forecast`.
    """
    known = series.known_without(HELD_OUT)
    years, came = series.quarter / 4.0, series.share[known:]
    said = {
        name: rival(years[:known], series.share[:known], years[known:])
        for name, rival in RIVALS.items()
    }
    said["agent_free"] = np.median(without_agents(series, known).forecast, axis=0)
    draws = forecast(series, known, bank).forecast
    errors = {name: error(values, came) for name, values in said.items()}
    return known, np.quantile(draws, QUANTILES, axis=0), errors


def run(executor: Executor, found: Sequence[Series], replicates: int, runs: int) -> list[Forecast]:
    """Forecast series: see the module.

    Args:
        executor: does the work.
        found: the series, usable ones.
        replicates: runs of a default forecast.
        runs: of the bank.
    """
    defaults = [executor.submit(from_first_value, series, replicates) for series in found]
    bank = make_bank(executor, runs, max(int(series.quarter[-1]) for series in found))
    fitted = [executor.submit(held_out, series, bank) for series in found]
    forecasts = []
    for series, default, calibrated in zip(found, defaults, fitted, strict=True):
        known, quantiles, errors = calibrated.result()
        bands = np.quantile(default.result(), QUANTILES, axis=0)
        forecasts.append(Forecast(series, known, bands, quantiles, errors))
    return forecasts


def summary(rows: Sequence[dict[str, Any]]) -> dict[str, dict[str, float]]:
    """Return what `forecasts.json` says: means over series, and medians where the name says so."""

    def mean(name: str) -> float:
        return float(np.mean([row[name] for row in rows]))

    def median(name: str) -> float:
        return float(np.median([row[name] for row in rows]))

    calibrated: dict[str, float] = {
        "series": len(rows),
        "coverage50": mean("coverage50"),
        "coverage90": mean("coverage90"),
        "mae_mean": mean("error"),
        "mae_median": median("error"),
    }
    for name in ("bass", "logistic", "damped", "last", "agent_free"):
        calibrated[f"{name}_mean"] = mean(f"{name}_error")
        calibrated[f"{name}_median"] = median(f"{name}_error")
    return {
        "default": {
            "series": len(rows),
            "coverage50": mean("default_coverage50"),
            "coverage90": mean("default_coverage90"),
            "mae": mean("default_error"),
            "mae_no_change": mean("no_change_error"),
        },
        "calibrated": calibrated,
    }


def figure(forecasts: Sequence[Forecast]) -> Figure:
    """Return small multiples of up to twelve series, spread over all."""
    wanted = np.unique(np.linspace(0, len(forecasts) - 1, min(SHOWN, len(forecasts))).astype(int))
    columns = min(4, len(wanted))
    rows = -(-len(wanted) // columns)
    drawn = Figure(figsize=(3.0 * columns, 2.3 * rows + 0.5), layout="constrained")
    panels = drawn.subplots(rows, columns, squeeze=False, sharey=True).flat
    for panel, number in zip(panels, wanted, strict=False):
        _draw(panel, forecasts[number])
    for panel in list(panels):
        panel.set_visible(False)
    handles, labels = drawn.axes[0].get_legend_handles_labels()
    drawn.legend(handles, labels, loc="outside lower center", ncols=len(labels), fontsize=8)
    return drawn


def _draw(panel: Axes, made: Forecast) -> None:
    """Draw a series and its forecasts."""
    series = made.series
    years = np.array([end.year + (end.month - 1) / 12.0 for end in series.ends])
    default, calibrated = 100.0 * made.default, 100.0 * made.calibrated
    for inside, alpha, label in ((0, 0.15, "default 90 %"), (1, 0.3, "default 50 %")):
        low, high = default[inside], default[-1 - inside]
        panel.fill_between(years[1:], low, high, color="#0072B2", alpha=alpha, lw=0, label=label)
    later = years[made.known :]
    low, high = calibrated[0], calibrated[-1]
    panel.fill_between(
        later, low, high, color="#D55E00", alpha=0.35, lw=0, label="held-out forecast, 90 %"
    )
    panel.plot(later, calibrated[2], color="#D55E00", label="its median")
    panel.plot(years, 100.0 * series.share, color="#222222", marker=".", lw=1, label="data")
    panel.axvline(years[made.known - 1], color="#8a8a8a", lw=0.7, ls=":")
    panel.set_title(f"series {series.name}", fontsize=9)
    panel.set_ylim(0, 100)
    panel.tick_params(labelsize=7)
    panel.set_ylabel("digital take-up, %", fontsize=7)


def write(out: Path, forecasts: Sequence[Forecast]) -> dict[str, dict[str, float]]:
    """Write table, figure and summary into a folder, and return the summary."""
    out.mkdir(parents=True, exist_ok=True)
    rows = [made.row() for made in forecasts]
    with (out / "forecasts.csv").open("w", newline="", encoding="utf-8") as file:
        table = csv.DictWriter(file, rows[0].keys())
        table.writeheader()
        for row in rows:
            table.writerow({k: round(v, 4) if isinstance(v, float) else v for k, v in row.items()})
    found = summary(rows)
    (out / "forecasts.json").write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    figure(forecasts).savefig(out / "forecasts.png", dpi=130)
    return found


def show(found: dict[str, dict[str, float]]) -> None:
    """Print the summary."""
    default, fitted = found["default"], found["calibrated"]
    print(f"{default['series']} series")
    print(f"{'':28}{'50 % band':>10}{'90 % band':>10}{'error':>8}{'median':>8}")
    for label, part in (("default", default), ("calibrated, held out", fitted)):
        print(f"{label:28}{part['coverage50']:10.0%}{part['coverage90']:10.0%}", end="")
        errors = [part[name] for name in ("mae", "mae_mean", "mae_median") if name in part]
        print("".join(f"{value:8.2f}" for value in errors))
        if part is default:
            print(f"{'  no change':48}{default['mae_no_change']:8.2f}")
    for name in ("agent_free", "last", "damped", "logistic", "bass"):
        mean, median = fitted[f"{name}_mean"], fitted[f"{name}_median"]
        print(f"{'  ' + name.replace('_', '-'):48}{mean:8.2f}{median:8.2f}")


def chosen(path: Path, most: int | None, halves: Path | None, half: str | None) -> list[Series]:
    """Return the usable series of a file.

    Raises:
        InputError: it cannot be read, or has none.
    """
    found = [series for series in read_series(path) if usable(series)]
    if halves and half:
        found = of_half(found, halves, half)
    found = [series.first(int(np.sum(series.quarter <= LONGEST))) for series in found][:most]
    if not found:
        raise InputError(
            f"{path}: has no usable series (at least 12 quarters, a first share of 2 to 97 %,"
            " a median volume of 1,000)"
        )
    return found


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", type=Path, help="CSV: series, period_end, volume, digital_pct, …")
    parser.add_argument("--out", type=Path, default=Path("forecasts"), help="folder to write")
    parser.add_argument("--most", type=int, help="only the first N usable series")
    parser.add_argument("--only", type=Path, help="CSV of series and half, with --half")
    parser.add_argument("--half", help="only series of this half")
    parser.add_argument("--replicates", type=int, default=128, help="runs of a default forecast")
    parser.add_argument("--runs", type=int, default=1_000, help="runs of the bank")
    parser.add_argument("--jobs", type=int, help="processes; one for every processor")
    given = parser.parse_args(arguments)
    if (given.only is None) != (given.half is None):
        parser.error("--only and --half go together")
    try:
        found = chosen(given.file, given.most, given.only, given.half)
    except InputError as wrong:
        sys.exit(f"error: {wrong}")
    executor = Processes(given.jobs)
    try:
        forecasts = run(executor, found, given.replicates, given.runs)
    finally:
        executor.close()
    show(write(given.out, forecasts))


if __name__ == "__main__":
    main()
