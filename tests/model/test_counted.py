"""Nothing that is counted wraps: limits of a scenario, and sums that would not fit."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from examples import small_scenario
from takeup.errors import InputError
from takeup.kpis import (
    CITIZEN,
    DEPARTMENT,
    MOST_COUNTED,
    PLACE,
    SERVICE,
    STOCK,
    Counters,
    totals,
)
from takeup.model.run.simulation import Simulation, simulate_counters
from takeup.programme.limits import MOST_MONEY, MOST_PRICE
from takeup.results.summarise import all_groups, summarise
from takeup.runs.describe import run_info
from takeup.scenario import Scenario, load
from takeup.scenario.tell.starter import starter

DEAREST = {"online": 1e8, "phone": 1e8, "counter": 1e8}
COSTLY = {
    "kind": "training", "seats": 1_000_000.0, "hours": 40.0, "seat_cost": 1e8,
    "fixed_cost": 1e14, "weekly_cost": 1e14,
}  # fmt: skip


def dearest(**changes: Any) -> Scenario:
    """Return a scenario in which every price is at its limit."""
    departments = {
        name: {"hourly_cost": 1e8, "weekly_hours": 60.0, "staff": 10_000}
        for name in ("revenues", "environment")
    }
    minutes = dict.fromkeys(("digital", "rekeying", "phone", "counter"), 10_000.0)
    services = {name: {"minutes": minutes} for name in ("council-tax", "waste", "permits")}
    return small_scenario(
        run={"weeks": 12}, place={"prices": DEAREST}, departments=departments, services=services,
        **changes,
    )  # fmt: skip


def test_the_dearest_place_costs_what_it_costs() -> None:
    scenario = dearest(programme={"train": COSTLY})
    counters = simulate_counters(scenario)
    for table in (counters.work, counters.staff, counters.place):
        assert table.min() >= 0
        assert table.max() < MOST_COUNTED
    staff = dict(zip(DEPARTMENT, counters.staff[-1].sum(axis=0).tolist(), strict=True))
    minutes = max(staff["paid_minutes"], staff["worked_minutes"])
    visits = counters.service[-1, :, CITIZEN.index("online_started")].sum()
    assert staff["service_cost"] == pytest.approx(minutes * 1e10 / 60 + visits * 1e10, rel=1e-2)
    assert counters.place[0, PLACE.index("programme_cost")] >= 2e14 * 100
    for name, values in summarise(counters, run_info(scenario)).items():
        there = values[np.isfinite(values)]
        assert not np.isinf(values).any(), name
        assert name.startswith("inclusion_gap") or (there >= 0).all(), name


def test_prices_do_not_change_what_is_done() -> None:
    ordinary, dear = small_scenario(run={"weeks": 8}), dearest_prices(1e8)
    one, other = simulate_counters(ordinary), simulate_counters(dear)
    cost = SERVICE.index("list_cost")
    assert np.array_equal(np.delete(one.work, cost, -1), np.delete(other.work, cost, -1))
    half = simulate_counters(dearest_prices(5e7))
    assert np.array_equal(half.work[..., cost] * 2, other.work[..., cost])


def dearest_prices(price: float) -> Scenario:
    prices = dict.fromkeys(DEAREST, price)
    return small_scenario(run={"weeks": 8}, place={"prices": prices})


def test_a_programme_that_cannot_be_counted_is_refused() -> None:
    most = {"kind": "leadership", "weekly_cost": MOST_MONEY, "fixed_cost": MOST_MONEY}
    many = {f"lead-{n}": {**most, "start": 3} for n in range(240)}
    run = Simulation(small_scenario(programme=many))
    with pytest.raises(
        InputError, match=r"programme: costs 4\.8e\+16 GBP in the week of 2025-01-27"
    ):
        run.run()
    few = {name: many[name] for name in list(many)[:20]}
    counted = simulate_counters(small_scenario(programme=few))
    assert counted.place[3, PLACE.index("programme_cost")] > 20 * 2e16 * 0.999


def test_list_prices_are_limited_where_millions_are_simulated() -> None:
    everyone = {"run": {"sample": "all", "weeks": 1040, "warm_up": 520}}
    big = {"residents": 20_000_000}
    assert small_scenario(**everyone, place={**big, "prices": {"counter": 1e6}})
    text = r"place\.prices\.counter: must be at most 1,3\d\d,\d\d\d, not 2,000,000, for costs"
    with pytest.raises(ValueError, match=text):
        small_scenario(**everyone, place={**big, "prices": {"counter": 2e6}})
    sampled = {"run": {"sample": 10_000, "weeks": 1040, "warm_up": 520}}
    assert small_scenario(**sampled, place={**big, "prices": {"counter": MOST_PRICE}})


def test_sums_of_large_counters_are_right() -> None:
    scenario = small_scenario()
    small = simulate_counters(scenario)
    info = run_info(scenario)
    large = replace(small, work=np.full_like(small.work, 4 * 10**18))
    weeks, services = large.work.shape[:2]
    found = totals(large, slice(0, weeks))
    assert found["list_cost"] == pytest.approx(4e18 * weeks * services)
    cost = summarise(large, info)["list_cost_per_transaction"]
    every = cost[:, all_groups(info).index("all")]
    assert every == pytest.approx(np.full(weeks, 0.01 / 3))  # of one list cost, three channels
    backlog = summarise(large, info)["backlog"]
    theirs = backlog[:, all_groups(info).index("department:environment")]
    assert theirs == pytest.approx(np.full(weeks, 2 * 4e18 / 60 * info.weight))


def test_citizens_of_the_largest_place_can_be_counted() -> None:
    """20 million residents, each with a need of each of 60 services in every week of the run."""
    needs = 20_000_000 * 60
    table = np.zeros((1_040, 1, len(CITIZEN)), np.int64)
    table[:, :, CITIZEN.index("experience")] = needs * 65_536
    empty = np.zeros((1_040, 1, len(STOCK)), np.int64)
    counters = Counters(
        profile=table, ward=table, service=table, stock_profile=empty, stock_ward=empty,
        work=empty, staff=empty, place=empty, post_weight=np.zeros(0),
    )  # fmt: skip
    found = totals(counters, slice(None), profiles=np.array([True]))
    assert found["experience"] == needs * 65_536 * 1_040 < MOST_COUNTED


def test_the_limits_stand_in_messages(tmp_path: Any) -> None:
    file = tmp_path / "here.toml"
    file.write_text(starter("Here"), encoding="utf-8")
    for change, words in (
        ("place.prices.counter=1e30", "must be a number from 0 to 100,000,000, not 1e+30"),
        ("departments.revenues.hourly_cost=1e9", "above 0 and of at most 100,000,000"),
        ("services.waste.yearly_volume=1e10", "above 0 and of at most 1,000,000,000"),
        ("services.waste.minutes.phone=20_000", "above 0 and of at most 10000"),
        ("services.waste.go_live=6000", "a whole number from 0 to 5200"),
    ):
        with pytest.raises(InputError) as refused:
            load(file, facts=[change])
        (problem,) = refused.value.problems
        assert words in problem
