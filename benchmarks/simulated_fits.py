"""Does a fit find what is known? Series that runs of the model made are fitted by the other runs.

`python benchmarks/simulated_fits.py [--runs 2000] [--fits 100]` takes runs of a bank one by one,
adds what is unexplained as fits assume it, and fits the series by the rest of the bank. If fits are
right, the rank of the true value among the weighted draws is even from 0 to 1 for everything that
was free (simulation-based calibration: Talts et al. 2018), and 90 % intervals hold it in 90 % of
fits. Printed are the Kolmogorov-Smirnov p-value and the share held, of all that was free and of
what is identified, corrected for how many are tested (Bonferroni).
"""

from __future__ import annotations

import argparse
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
from scipy.stats import binomtest, kstest

from takeup.calibrate import weighing
from takeup.calibrate.definition import Calibration, read_calibration
from takeup.calibrate.filtering import LEARNT, WINDOW
from takeup.calibrate.fitting import IDENTIFIED, ends_of, paths_of, prior_of
from takeup.calibrate.observed import Floats, Series
from takeup.calibrate.rivals import log_odds, logistic_of
from takeup.calibrate.waves import Bank, experiment_of, first_wave
from takeup.experiments.sweep import sweep

QUARTERS = 20
LEVEL = 0.01


def asked(folder: Path) -> Calibration:
    """Return a calibration of a series of five years, whose values do not matter."""
    rows = [f"{2015 + n // 4}-{3 * (n % 4) + 3:02d},{30 + n}" for n in range(QUARTERS)]
    (folder / "data.csv").write_text("\n".join(["date,digital_pct", *rows]), encoding="utf-8")
    file = folder / "fit.toml"
    file.write_text('[[observe]]\nfile = "data.csv"\n', encoding="utf-8")
    return read_calibration(file)


def ranks(asked: Calibration, bank: Bank, fits: int) -> tuple[Floats, Floats]:
    """Return ranks of true values, (fits, free), and spreads after ÷ before, likewise."""
    rng = np.random.default_rng(1)
    (one,) = asked.observed
    ends = ends_of(one)[: len(one.value)]
    series = Series(one.name, ends, one.value, np.empty(0))
    names = list(bank.free)
    values = np.column_stack([bank.free[name] for name in names])
    before = np.array([prior_of(asked.free[name])[1] for name in names])
    found, narrowed = [], []
    for own in rng.choice(len(bank), fits, replace=False):
        alone = Bank(
            {}, bank.units[[own]], [w[[own]] for w in bank.weekly], bank.start, bank.stated[[own]]
        )
        begin = replace(one, value=np.full(len(one.value), bank.stated[own]))
        path = windows(*paths_of(alone, None, series, begin)[:1], series)[0]
        setting = LEARNT[rng.integers(len(LEARNT))]
        unexplained = weighing.discrepancy(one, ends, setting).known
        size = rng.choice(len(unexplained), p=weighing.LIKELY)
        made = rng.multivariate_normal(path, unexplained[size], method="cholesky")
        data = replace(one, value=logistic_of(made))
        paths, runs, _ = paths_of(bank, None, series, data)
        other = runs != own
        weights = weighing.pooled(data, windows(paths[other], series), ends, LEARNT)
        drawn = values[runs[other]]
        below = weights @ (drawn < values[own])
        found.append(below + rng.random(len(names)) * (weights @ (drawn == values[own])))
        mean = weights @ drawn
        narrowed.append(np.sqrt(weights @ (drawn - mean) ** 2) / before)
    return np.array(found), np.array(narrowed)


def windows(paths: Floats, series: Series) -> Floats:
    """Return log-odds of the means over the windows of a series, (paths, points)."""
    means = [logistic_of(paths[:, q : q + WINDOW]).mean(axis=1) for q in series.quarter]
    return log_odds(np.column_stack(means))


def main() -> None:
    """Make the bank, fit, and say how ranks and intervals come out."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=2_000, help="runs of the bank")
    parser.add_argument("--fits", type=int, default=100, help="series that are fitted")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        calibration = asked(folder)
        bank = first_wave(
            calibration, experiment_of(calibration, given.runs), folder / "runs", sweep, given.runs
        )
    found, narrowed = ranks(calibration, bank, given.fits)
    names = [name.removeprefix("parameters.") for name in bank.free]
    ratio = narrowed.mean(axis=0)
    tests = np.array([kstest(column, "uniform").pvalue for column in found.T])
    held = ((found > 0.05) & (found < 0.95)).sum(axis=0)
    shares = np.array([binomtest(int(count), given.fits, 0.9).pvalue for count in held])
    identified = np.flatnonzero(ratio < IDENTIFIED)
    for label, chosen in (("all", np.arange(len(names))), ("identified", identified)):
        level = LEVEL / max(1, len(chosen))
        print(
            f"{label}: {len(chosen)}; ranks uneven at 1 %: {(tests[chosen] < level).sum()}; "
            f"share held not 90 %: {(shares[chosen] < level).sum()}; "
            f"held in all {held[chosen].sum() / max(1, len(chosen)) / given.fits:.1%}"
        )
    for at in np.argsort(ratio)[:8]:
        print(
            f"  {names[at]:28s} spread after ÷ before {ratio[at]:.2f}, "
            f"held {held[at] / given.fits:.0%}, p of ranks {tests[at]:.3f}"
        )


if __name__ == "__main__":
    main()
