from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from synthetic import made_up_dataset
from takeup.analysis.comparison import compare
from takeup.analysis.intervals import mean_interval, share_interval
from takeup.analysis.money import payback_week
from takeup.errors import InputError
from takeup.results.summary import at_horizon


def test_a_scenario_against_itself_is_exactly_equal() -> None:
    result = compare(made_up_dataset({"A": 0.4, "B": 0.4}))
    horizon = result.horizon.sel(plan="B")
    for name in ("difference", "low", "high", "band_low", "band_high"):
        assert (horizon[name].values == 0).all()
    judged = horizon["better"].values != 0
    assert (horizon["chance_better"].values[judged] == 0.5).all()
    assert np.isnan(horizon["chance_better"].values[~judged]).all()
    assert result.verdict("B", "adoption") == "no change"
    assert result.money["B"].net == 0


def test_the_difference_is_paired_by_replicate() -> None:
    dataset = made_up_dataset(replicates=7)
    level = at_horizon(dataset)["staff_adoption"].sel(group="all").values
    difference = level[1] - level[0]
    cell = compare(dataset).horizon.sel(plan="Plan", kpi="staff_adoption")
    assert float(cell["difference"]) == pytest.approx(difference.mean())
    low, high = stats.t.interval(0.9, 6, difference.mean(), stats.sem(difference))
    assert (float(cell["low"]), float(cell["high"])) == pytest.approx((low, high))
    assert float(cell["band_high"]) == pytest.approx(np.quantile(difference, 0.95))


def test_better_follows_the_direction_of_the_kpi() -> None:
    result = compare(made_up_dataset())
    chance = result.horizon["chance_better"].sel(plan="Plan")
    assert float(chance.sel(kpi="digital_take_up")) == 1  # rose, and more is better
    assert float(chance.sel(kpi="processing_time")) == 1  # fell, and less is better
    assert result.verdict("Plan", "processing_time") == "better"
    swapped = compare(made_up_dataset(), baseline="Plan")
    assert swapped.verdict("Baseline", "processing_time") == "worse"
    assert float(swapped.horizon["chance_better"].sel(plan="Baseline", kpi="adoption")) == 0


def test_net_savings_are_service_cost_saved_minus_programme_cost_added() -> None:
    dataset = made_up_dataset().sel(group="all")
    service = dataset["service_cost"].values.cumsum(axis=-1)
    programme = dataset["programme_cost"].values.cumsum(axis=-1)
    money = compare(made_up_dataset()).money["Plan"]
    expected = (service[0] + programme[0]) - (service[1] + programme[1])
    np.testing.assert_allclose(money.net_savings, expected)
    assert money.net == pytest.approx(expected[:, -1].mean())
    assert money.net == pytest.approx(money.saved - money.added)
    assert len(money.payback_by_replicate) == 5


def test_money_that_comes_later_is_worth_less() -> None:
    dataset = made_up_dataset(weeks=105)
    whole = dataset.sel(group="all")
    weekly = (whole["service_cost"] + whole["programme_cost"]).values
    money = compare(dataset).money["Plan"]
    by_week = (weekly[0] - weekly[1]) / 1.035 ** (np.arange(105) / 52)
    np.testing.assert_allclose(money.discounted, by_week.cumsum(axis=-1))
    assert money.rate == 0.035
    year = (weekly[0] - weekly[1])[:, [0, 52, 104]]
    worth = np.diff(money.discounted, axis=-1, prepend=0.0)[:, [0, 52, 104]]
    np.testing.assert_allclose(worth / year, [[1.0, 1 / 1.035, 1 / 1.035**2]] * 5)
    text = str(compare(dataset))
    assert "discounted at 3.5 % a year" in text


def test_without_a_rate_nothing_is_discounted() -> None:
    dataset = made_up_dataset()
    del dataset.attrs["discount_rate"]  # as in results of old
    money = compare(dataset).money["Plan"]
    np.testing.assert_array_equal(money.discounted, money.net_savings)
    assert (money.low, money.high) == (money.discounted_low, money.discounted_high)


def test_a_higher_rate_never_brings_payback_forward() -> None:
    weeks: list[int] = []
    for rate in (0.0, 0.035, 0.2, 0.5):
        dataset = made_up_dataset({"Baseline": 0.0, "Plan": 0.8}, weeks=104)
        dataset["programme_cost"][1, :, :60] += 15_000.0  # spent first, saved afterwards
        dataset.attrs["discount_rate"] = rate
        week = compare(dataset).money["Plan"].payback_week
        weeks.append(1000 if week is None else week)
    assert weeks == sorted(weeks)
    assert 60 < weeks[0] < weeks[-1]


def test_payback_is_told_over_single_runs() -> None:
    money = compare(made_up_dataset()).money["Plan"]
    some = replace(money, payback_by_replicate=(40, None, 60, 50, None))
    assert some.payback_by() == {"5 %": 40, "50 %": 60, "95 %": None}
    chance, low, high = some.payback_chance()
    assert chance == 0.6
    assert (low, high) == pytest.approx(tuple(stats.beta(3.5, 2.5).ppf([0.05, 0.95])))
    text = some.payback_of_runs()
    assert text.startswith("60 % pay back (")
    assert text.endswith("5 % by week 40, 50 % by week 60")
    never = replace(money, payback_by_replicate=(None, None))
    assert never.payback_of_runs().startswith("0 % pay back (0 to ")
    assert "by week" not in never.payback_of_runs()


def test_where_no_money_moves_nothing_is_paid_back() -> None:
    money = compare(made_up_dataset({"A": 0.4, "B": 0.4})).money["B"]
    assert money.payback() == "nothing to pay back"


@given(st.lists(st.floats(-10, 10), min_size=1, max_size=30))
def test_from_the_payback_week_on_savings_never_fall_short_again(series: list[float]) -> None:
    values = np.array(series)
    week = payback_week(values)
    if week is None:
        assert values[-1] < 0
    else:
        assert (values[week:] >= 0).all()
        assert week == 0 or values[week - 1] < 0


def test_savings_that_are_unknown_never_pay_back() -> None:
    assert payback_week(np.array([1.0, np.nan])) is None


def test_one_replicate_gives_levels_but_no_intervals_and_says_so() -> None:
    result = compare(made_up_dataset(replicates=1))
    cell = result.horizon.sel(plan="Plan", kpi="adoption")
    assert np.isfinite(float(cell["difference"]))
    assert np.isnan([float(cell["low"]), float(cell["high"])]).all()
    assert result.verdict("Plan", "adoption") == ""
    assert "One replicate only" in str(result)


def test_missing_values_are_left_out() -> None:
    dataset = made_up_dataset(replicates=4)
    dataset["adoption"][1, 0] = np.nan
    rest = made_up_dataset(replicates=4).isel(replicate=slice(1, None))
    with_gap = compare(dataset).horizon.sel(plan="Plan", kpi="adoption")
    without = compare(rest).horizon.sel(plan="Plan", kpi="adoption")
    for name in ("difference", "low", "high", "chance_better", "chance_low"):
        assert float(with_gap[name]) == pytest.approx(float(without[name])), name


def test_a_kpi_without_any_value_is_left_out() -> None:
    result = compare(made_up_dataset(), group="age:75+")
    assert "adoption" in result.horizon["kpi"].values
    assert "staff_adoption" not in result.horizon["kpi"].values
    assert result.money == {}


def test_everything_wrong_is_said_at_once() -> None:
    with pytest.raises(InputError) as raised:
        compare(made_up_dataset(), baseline="Basline", plans=["Plan", "Nope"], group="age:99")
    assert len(raised.value.problems) == 3
    assert 'did you mean "Baseline"?' in raised.value.problems[0]
    with pytest.raises(InputError, match="at least one plan"):
        compare(made_up_dataset({"Baseline": 0.1}))


def test_it_prints_within_100_columns() -> None:
    text = str(compare(made_up_dataset({"Baseline": 0.0, "A": 0.3, "B": 0.8})))
    assert "B against Baseline" in text
    assert max(map(len, text.splitlines())) <= 100


def test_a_seed_of_its_own_is_pointed_out() -> None:
    dataset = made_up_dataset()
    dataset["world"][1] = "another"
    assert "noise does not cancel" in str(compare(dataset))


def test_what_shows_as_zero_is_no_change() -> None:
    dataset = made_up_dataset({"A": 0.4, "B": 0.4})
    dataset["adoption"][1] += 0.0002
    assert compare(dataset).verdict("B", "adoption") == "no change"
    dataset["adoption"][1] += 0.001
    assert compare(dataset).verdict("B", "adoption") == "better"


def test_a_rate_per_year_is_judged_over_a_year() -> None:
    dataset = made_up_dataset(weeks=60)
    expected = dataset["staff_turnover"].sel(group="all").values[:, :, -52:].mean(axis=-1)
    np.testing.assert_allclose(
        at_horizon(dataset)["staff_turnover"].sel(group="all").values, expected
    )


def test_it_pays_back_only_if_the_interval_lies_above_zero() -> None:
    money = compare(made_up_dataset()).money["Plan"]

    def payback(low: float, high: float) -> str:
        ends = {"discounted_low": low, "discounted_high": high}
        return replace(money, payback_week=4, **ends).payback()

    assert payback(1.0, 3.0) == "paid back from week 4"
    assert "not certain" in payback(-1.0, 3.0)
    assert "not certain" in payback(np.nan, np.nan)
    assert payback(-3.0, -1.0) == "not paid back within the run"


def test_few_replicates_are_pointed_out() -> None:
    assert "verdicts are rough" in str(compare(made_up_dataset(replicates=5)))
    assert "verdicts are rough" not in str(compare(made_up_dataset(replicates=8)))


def test_a_mean_interval_needs_two_values() -> None:
    values = np.array([[1.0, np.nan, np.nan], [3.0, 5.0, np.nan]])
    mean, low, high = mean_interval(values, 0.9)
    np.testing.assert_array_equal(mean, [2.0, 5.0, np.nan])
    assert low[0] < 2 < high[0]
    assert np.isnan([*low[1:], *high[1:]]).all()


def test_a_share_interval_is_jeffreys() -> None:
    low, high = share_interval(np.array([0.0, 3.0, 8.0]), np.array([8.0, 8.0, 8.0]), 0.9)
    assert low[0] == 0
    assert high[2] == 1
    expected = stats.beta(3.5, 5.5).ppf([0.05, 0.95])
    assert (low[1], high[1]) == pytest.approx(tuple(expected))
