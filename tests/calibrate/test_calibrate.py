"""Series, rivals and the filter, where what is right is known."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from takeup.calibrate.filtering import LEARNT, fit
from takeup.calibrate.observed import Floats, Series, read_series, usable
from takeup.calibrate.rivals import RIVALS, log_odds, logistic_of
from takeup.calibrate.trends import trends
from takeup.errors import InputError

HEAD = "series,period_end,volume,digital,digital_pct\n"


def series_of(share: Floats) -> Series:
    """Return a series with a point a quarter."""
    ends = tuple(date(2012 + q // 4, 1 + 3 * (q % 4), 1) for q in range(len(share)))
    return Series("made up", ends, share, np.full(len(share), 5_000.0))


def written(folder: Path, rows: str, head: str = HEAD) -> Path:
    path = folder / "series.csv"
    path.write_text(head + rows, encoding="utf-8")
    return path


def test_rows_are_sorted_gaps_skipped_and_months_made_quarters(tmp_path: Path) -> None:
    rows = "a,2014-06,10,5,50\na,2013-12,10,2,20\na,2014-03,10,,\na,2014-05,10,4,40\n"
    (found,) = read_series(written(tmp_path, rows))
    assert found.ends == (date(2014, 1, 1), date(2014, 7, 1))
    assert found.share.tolist() == [0.2, 0.5]
    assert found.quarter.tolist() == [0, 2]


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ("a,2014,10,5,50\n", "row 2"),
        ("a,2014-03,10,5,101\n", "0 to 100"),
        ("a,2014-03,10,5,nan\n", "0 to 100"),
        ("a,2014-03,-1,5,50\n", "0 to 100"),
        ("a,2014-03,10,5,50\na,2014-03,10,5,51\n", "two rows"),
    ],
)
def test_a_wrong_row_is_named(tmp_path: Path, rows: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        read_series(written(tmp_path, rows))


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="digital_pct"):
        read_series(written(tmp_path, "", "series,period_end,volume,digital\n"))


def test_what_is_usable_and_what_is_held_out() -> None:
    assert usable(series_of(np.full(12, 0.5)))
    assert not usable(series_of(np.full(11, 0.5)))
    assert not usable(series_of(np.full(12, 0.98)))
    assert series_of(np.full(20, 0.5)).known_without(0.3) == 14
    assert series_of(np.full(5, 0.5)).known_without(0.3) == 2


@pytest.mark.parametrize("name", ["damped", "logistic", "bass"])
def test_a_curve_finds_itself(name: str) -> None:
    years = np.arange(24) / 4.0
    share = {
        "damped": logistic_of(-1.0 + 0.8 * (1.0 - np.exp(-0.4 * years)) / 0.4),
        "logistic": 0.8 * logistic_of(-1.5 + 0.7 * years),
        "bass": 0.85 * (1 - np.exp(-0.5 * (years + 1))) / (1 + 9.0 * np.exp(-0.5 * (years + 1))),
    }[name]
    said = RIVALS[name](years[:16], share[:16], years[16:])
    assert said == pytest.approx(share[16:], abs=0.01)


def test_the_filter_follows_a_trend_on_and_says_how_sure_it_is() -> None:
    log = -1.0 + 0.4 * np.arange(20) / 4.0
    series = series_of(logistic_of(log))
    bank = trends(float(log_odds(series.share[0])), 19, 0.4, 0.3, 0.0, runs=500)
    calm = LEARNT[0]._replace(walk=0.05, unlike=0.1, jumps=0.02, carried=1.0, onward=1.0)
    fitted = fit(series, 14, bank, calm, particles=1_000)
    assert fitted.forecast.shape == (1_000, 6)
    assert np.median(fitted.forecast, axis=0) == pytest.approx(series.share[14:], abs=0.02)
    low, high = np.quantile(fitted.forecast, [0.05, 0.95], axis=0)
    assert np.all((low < series.share[14:]) & (series.share[14:] < high))
    assert np.all(np.diff(high - low) > 0.0)
    again = fit(series, 14, bank, calm, particles=1_000)
    assert np.array_equal(again.forecast, fitted.forecast)


def test_what_comes_later_does_not_move_a_forecast() -> None:
    share = np.linspace(0.3, 0.6, 16)
    bank = trends(float(log_odds(0.3)), 15, 0.3, 0.2, 0.1, runs=200)
    other = np.r_[share[:11], np.full(5, 0.1)]
    one, two = (
        fit(series_of(values), 11, bank, LEARNT[0], particles=300).forecast
        for values in (share, other)
    )
    assert np.array_equal(one, two)
