from __future__ import annotations

import numpy as np
import pytest

from synthetic import made_up_dataset
from takeup.results.summary import at_horizon, at_start, quantiles_without_nan, summary, trailing


def test_the_horizon_is_the_mean_of_the_last_four_weeks_and_the_start_of_the_first() -> None:
    dataset = made_up_dataset()
    series = dataset["adoption"].sel(scenario="Plan", replicate=2, group="all").values
    end = at_horizon(dataset)["adoption"].sel(scenario="Plan", replicate=2, group="all")
    start = at_start(dataset)["adoption"].sel(scenario="Plan", replicate=2, group="all")
    assert float(end) == pytest.approx(series[-4:].mean())
    assert float(start) == pytest.approx(series[:4].mean())


def test_the_summary_holds_quantiles_in_order_and_null_for_what_is_not_there() -> None:
    dataset = made_up_dataset()
    dataset["trust"][:] = np.nan
    result = summary(dataset)
    levels = result["scenarios"]["Plan"]["staff_stress"]["horizon"]
    assert list(levels) == ["5 %", "25 %", "median", "75 %", "95 %"]
    assert list(levels.values()) == sorted(levels.values())
    assert result["scenarios"]["Plan"]["trust"]["horizon"]["median"] is None
    assert result["scenarios"]["Plan"]["trust"]["mean of last year"] is None


def test_quantiles_are_those_that_their_names_say() -> None:
    dataset = made_up_dataset(replicates=21)
    # Of 21 runs at 0, 1, … 20 the second lies at 5 %, the sixth at 25 %, the middle one at 50 %.
    dataset["backlog"].values[1, :, :, 0] = np.arange(21.0)[::-1, None]
    horizon = summary(dataset)["scenarios"]["Plan"]["backlog"]["horizon"]
    assert horizon == pytest.approx(
        {"5 %": 1.0, "25 %": 5.0, "median": 10.0, "75 %": 15.0, "95 %": 19.0}
    )


def test_weeks_without_a_value_are_left_out_of_the_mean() -> None:
    dataset = made_up_dataset(replicates=1)
    dataset["adoption"][0, 0, -1] = np.nan
    series = dataset["adoption"].isel(scenario=0, replicate=0).sel(group="all").values
    level = at_horizon(dataset)["adoption"].isel(scenario=0, replicate=0).sel(group="all")
    assert float(level) == pytest.approx(series[-4:-1].mean())


@pytest.mark.parametrize("window", [1, 4, 52])
def test_a_trailing_mean_takes_the_weeks_that_end_with_each(window: int) -> None:
    values = np.random.default_rng(2).random((3, 10))
    values[1, 4:6] = np.nan
    values[2] = np.nan
    expected = np.full(values.shape, np.nan)
    for replicate, week in np.ndindex(2, 10):
        part = values[replicate, max(0, week - window + 1) : week + 1]
        if np.isfinite(part).any():
            expected[replicate, week] = np.nanmean(part)
    np.testing.assert_allclose(trailing(values, window), expected)


def test_a_gap_elsewhere_changes_no_bit_of_a_quantile() -> None:
    values = np.random.default_rng(5).lognormal(sigma=9, size=(13, 400))
    gap = values.copy()
    gap[3, 0] = np.nan
    shares = (0.05, 0.5, 0.95)
    whole, other = quantiles_without_nan(values, shares), quantiles_without_nan(gap, shares)
    assert whole[:, 1:].tobytes() == other[:, 1:].tobytes()
    assert (whole[:, 0] != other[:, 0]).any()
