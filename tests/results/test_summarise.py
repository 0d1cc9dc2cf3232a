from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from synthetic import made_up_counters, made_up_dataset, made_up_info
from takeup.kpis import CITIZEN, DEPARTMENT, GAPS, KPI_NAMES, KPIS, SERVICE, STOCK, place_totals
from takeup.results.summarise import all_groups, summarise


def value(name: str, group: str, seed: int = 3, **info: object) -> np.ndarray:
    about = made_up_info(**info)
    return summarise(made_up_counters(seed), about)[name][:, all_groups(about).index(group)]


def test_every_kpi_has_a_value_for_every_group_that_it_applies_to_and_no_other() -> None:
    info = made_up_info()
    values = summarise(made_up_counters(1), info)
    assert tuple(values) == KPI_NAMES
    groups = all_groups(info)
    assert groups[:2] == ("all", "age:16-24")
    assert "department:welfare" in groups
    for kpi in KPIS:
        applies = np.array([group.split(":")[0] in kpi.families for group in groups])
        assert np.isfinite(values[kpi.name][:, applies]).all(), kpi.name
        assert np.isnan(values[kpi.name][:, ~applies]).all(), kpi.name
    for gap in GAPS:
        assert np.isfinite(values[gap.name][:, 0]).all()
        assert np.isnan(values[gap.name][:, 1:]).all()


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.floats(0, 1))
def test_shares_lie_between_0_and_1_and_gaps_between_their_negatives(
    seed: int, digital: float
) -> None:
    values = summarise(made_up_counters(seed, 6, digital), made_up_info(weeks=6))
    for kpi in KPIS:
        if kpi.unit == "share":
            there = values[kpi.name][np.isfinite(values[kpi.name])]
            assert there.size, kpi.name
            assert ((there >= 0) & (there <= 1 + 1e-12)).all(), kpi.name
    for gap in GAPS:
        assert (np.abs(values[gap.name][:, 0]) <= 1).all()


def test_take_up_is_the_ratio_of_sums_and_not_the_mean_of_ratios() -> None:
    counters = made_up_counters(3)
    online = counters.profile[:, :, CITIZEN.index("transactions_online")]
    every = counters.profile[:, :, CITIZEN.index("transactions")]
    np.testing.assert_array_equal(
        value("digital_take_up", "all"), online.sum(axis=1) / every.sum(axis=1)
    )
    # Profiles are numbered with age varying slowest: the first twelve are the youngest.
    np.testing.assert_array_equal(
        value("digital_take_up", "age:16-24"),
        online[:, :12].sum(axis=1) / every[:, :12].sum(axis=1),
    )


def test_departments_add_up_their_services() -> None:
    counters = made_up_counters(3)
    owned = [1, 2]  # welfare owns benefits and bins
    decided = [SERVICE.index(f"decided_{channel}") for channel in ("online", "phone", "counter")]
    every = counters.work[:, owned][:, :, decided].sum(axis=(1, 2))
    cost = counters.staff[:, 1, DEPARTMENT.index("service_cost")]
    np.testing.assert_allclose(
        value("cost_per_transaction", "department:welfare"), cost / 100 / every
    )
    waiting = counters.work[:, owned, SERVICE.index("waiting")].sum(axis=1)
    handled = counters.work[:, owned, SERVICE.index("handled")].sum(axis=1)
    np.testing.assert_allclose(
        value("processing_time", "department:welfare"), waiting / 1024 / handled
    )


def test_the_weight_scales_what_grows_with_the_place_and_nothing_else() -> None:
    for kpi in KPIS:
        light, heavy = value(kpi.name, "all", weight=1.0), value(kpi.name, "all", weight=7.5)
        assert np.isfinite(light).any(), kpi.name
        np.testing.assert_allclose(heavy, light * (7.5 if kpi.weighted else 1.0))


def test_posts_count_for_as_many_staff_as_they_stand_for() -> None:
    counters = replace(made_up_counters(3), post_weight=np.array([1.0, 9.0]))
    info = made_up_info()
    values = summarise(counters, info)
    place = all_groups(info).index("all")

    def of_staff(name: str) -> np.ndarray:
        return counters.staff[:, :, DEPARTMENT.index(name)]

    # Both departments have 40 posts: one tenth of the staff in the first, nine in the other.
    adopted = of_staff("adopted") @ [0.1, 0.9] / 40
    np.testing.assert_allclose(values["staff_adoption"][:, place], adopted)
    # Minutes and money are scaled to the place already.
    worked, there = of_staff("worked_minutes").sum(axis=1), of_staff("capacity_minutes").sum(axis=1)
    np.testing.assert_allclose(values["utilisation"][:, place], worked / there)
    np.testing.assert_allclose(
        place_totals(counters, 2)["adopted"], of_staff("adopted")[2] @ [1.0, 9.0]
    )


def test_nothing_to_divide_by_is_nan_without_a_warning() -> None:
    counters = made_up_counters(1)
    counters.profile[4, :, CITIZEN.index("transactions")] = 0
    info = made_up_info()
    series = summarise(counters, info)["digital_take_up"][:, 0]
    assert np.flatnonzero(np.isnan(series)).tolist() == [4]


def test_the_gap_compares_unions_of_groups() -> None:
    counters = made_up_counters(5)
    adopters = counters.stock_profile[:, :, STOCK.index("adopters")]
    in_need = counters.stock_profile[:, :, STOCK.index("in_need")]
    young, old = slice(12, 36), slice(60, 84)  # 25–44 and 65+
    expected = adopters[:, young].sum(axis=1) / in_need[:, young].sum(axis=1)
    expected -= adopters[:, old].sum(axis=1) / in_need[:, old].sum(axis=1)
    np.testing.assert_allclose(value("inclusion_gap_age", "all", seed=5), expected)


def test_a_dataset_names_units_dates_and_definitions() -> None:
    dataset = made_up_dataset()
    assert dataset["cost_per_transaction"].attrs["units"] == "GBP"
    assert dataset["adoption"].attrs["long_name"] == "Residents using a digital service"
    assert all(dataset[name].attrs["definition"] for name in KPI_NAMES)
    assert dataset["date"].values[1] == np.datetime64("2025-01-13")
    assert dataset["adoption"].dims == ("scenario", "replicate", "week", "group")
