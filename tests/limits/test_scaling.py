"""A sample stands for the place: shares agree between samples, absolute numbers are the place's."""

from __future__ import annotations

from dataclasses import fields
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from examples import small_scenario
from takeup.kpis import KPIS, Counters, place_totals
from takeup.model.run.simulation import Simulation, simulate_counters
from takeup.scenario.schema.scenario import Scenario

RESIDENTS = 80_000
WEEKS = 52
REPLICATES = 12
SMALL, LARGE = 2_000, 8_000

PROGRAMME: dict[str, Any] = {
    "letters": {"kind": "communication", "medium": "letter", "weeks": 20, "start": 4},
    "briefing": {"kind": "communication", "audience": "staff", "weekly_cost": 200.0},
    "courses": {"kind": "training", "seats": 60.0, "seat_cost": 50.0},
    "lessons": {
        "kind": "training", "audience": "residents", "seats": 400.0, "seat_cost": 20.0, "start": 8,
    },
    "champions": {"kind": "champions", "share": 0.1, "start": 12},
}  # fmt: skip

# Absolute numbers, and by how much they may differ. A backlog is noisy, and some 5 % smaller in the
# small sample: its weekly ups and downs are larger, and only the ups are met by overtime.
ABSOLUTE = {"service_cost": 0.02, "contacts": 0.02, "programme_cost": 0.01, "backlog": 0.12}


def town(sample: int) -> Scenario:
    """Return a place of 80,000 residents with 4,000 staff and three services."""
    return small_scenario(
        run={"weeks": WEEKS, "sample": sample, "seed": sample},  # samples share no draws
        place={"residents": RESIDENTS, "trend": "none"},  # a trend is as large in every sample
        departments={"revenues": {"staff": 2_400}, "environment": {"staff": 1_600}},
        services={
            "council-tax": {"yearly_volume": 180_000.0},
            "waste": {"yearly_volume": 120_000.0},
            "permits": {"yearly_volume": 80_000.0},
        },
        programme=PROGRAMME,
    )


@cache
def yearly(sample: int) -> dict[str, npt.NDArray[np.float64]]:
    """Return every KPI of the year, by replicate (replicates,); stocks are summed over weeks."""
    values: dict[str, list[float]] = {kpi.name: [] for kpi in KPIS}
    for replicate in range(REPLICATES):
        simulation = Simulation(town(sample), replicate)
        counters = simulation.run()
        weeks = [place_totals(counters, week) for week in range(WEEKS)]
        totals = {name: sum(week[name] for week in weeks) for name in weeks[0]}
        for kpi in KPIS:
            values[kpi.name].append(kpi.value(totals, simulation.world.weight))
    return {name: np.array(column) for name, column in values.items()}


@pytest.mark.parametrize("kpi", [kpi.name for kpi in KPIS])
def test_kpis_agree_between_samples_within_their_sampling_error(kpi: str) -> None:
    small, large = yearly(SMALL)[kpi], yearly(LARGE)[kpi]
    error = np.sqrt((small.var(ddof=1) + large.var(ddof=1)) / REPLICATES)
    assert small.mean() == pytest.approx(large.mean(), rel=1e-9, abs=5.0 * error)


@pytest.mark.parametrize("kpi", ABSOLUTE)
def test_absolute_numbers_are_those_of_the_place(kpi: str) -> None:
    small, large = yearly(SMALL)[kpi].mean(), yearly(LARGE)[kpi].mean()
    assert large > 0.0
    assert small == pytest.approx(large, rel=ABSOLUTE[kpi])


def test_four_times_the_sample_has_half_the_noise() -> None:
    small, large = yearly(SMALL), yearly(LARGE)
    noisy = [kpi.name for kpi in KPIS if min(small[kpi.name].std(), large[kpi.name].std()) > 0.0]
    assert len(noisy) > 20
    # One ratio is rough: each spread is known to about 1 / √(2 · REPLICATES).
    ratios = [small[name].std() / large[name].std() for name in noisy]
    assert 1.5 < np.median(ratios) < 2.7


@pytest.mark.parametrize("sample", [SMALL, LARGE])
def test_needs_and_pay_are_those_stated(sample: int) -> None:
    plan = town(sample)
    simulation = Simulation(plan)
    counters = simulation.run()
    totals = [place_totals(counters, week) for week in range(WEEKS)]
    weight = simulation.world.weight
    assert weight == RESIDENTS / sample
    needs = sum(week["needs"] for week in totals)
    volume = sum(service.yearly_volume for service in plan.services.values())
    assert abs(needs * weight - volume) < 4.0 * weight * needs**0.5
    # If all staff time were paid for it would be the wages of 4,000 people.
    departments = simulation.state.departments
    hours = departments["gross"].sum() * weight / 60.0
    assert hours == pytest.approx(4_000 * 30.0)


def test_a_sample_of_everyone_is_everyone() -> None:
    one, other = (
        simulate_counters(small_scenario(run={"sample": sample}, place={"residents": 400}))
        for sample in (400, "all")
    )
    assert one.profile.any()
    for field in fields(Counters):
        assert np.array_equal(getattr(one, field.name), getattr(other, field.name))
