"""The start of a run is what the scenario states."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest

import takeup
from examples import small_scenario
from takeup.kpis import CITIZEN, DEPARTMENT, YEAR, Counters
from takeup.model.run.simulation import (
    Simulation,
    beginning_key,
    simulate_counters,
)

RIVERTON = Path(__file__).parents[2] / "scenarios" / "riverton"


def test_just_as_many_staff_have_adopted_as_each_department_states():
    plan = small_scenario(
        departments={"revenues": {"adopted": 0.3}, "environment": {"adopted": 0.85}}
    )
    for replicate in range(3):
        simulation = Simulation(plan, replicate)
        department = simulation.world.posts["department"][:-1]
        adopted = simulation.state.staff["adopted"]
        for d, share in enumerate((0.3, 0.85)):
            posts = (department == d).sum()
            assert abs(int(adopted[department == d].sum()) - share * posts) <= 0.5


def test_colleagues_know_who_has_adopted():
    simulation = Simulation(small_scenario())
    world, staff = simulation.world, simulation.state.staff
    offsets = world.posts["ties"].astype(int)
    counted = [
        int(staff["adopted"][world.post_ties[offsets[j] : offsets[j + 1]]].sum())
        for j in range(len(staff))
    ]
    np.testing.assert_array_equal(simulation.state.peers, counted)


def test_take_up_begins_where_it_is_stated_and_stays_there():
    stated = {"council-tax": 0.3, "waste": 0.55}
    plan = small_scenario(
        place={"residents": 12_000, "trend": "none"},
        run={"sample": "all", "weeks": YEAR},
        services={name: {"take_up": share} for name, share in stated.items()},
    )
    counters = Simulation(plan).run()
    for name in stated:
        k = list(plan.services).index(name)
        online = counters.service[:, k, CITIZEN.index("transactions_online")]
        every = counters.service[:, k, CITIZEN.index("transactions")]
        for weeks in (slice(0, 26), slice(26, 52)):
            assert abs(online[weeks].sum() / every[weeks].sum() - stated[name]) < 0.08


def test_services_to_come_get_the_constant_of_the_place():
    def constant(take_up: float, **parameters: float) -> float:
        live = {name: {"take_up": take_up} for name in ("council-tax", "waste")}
        simulation = Simulation(small_scenario(services=live, parameters=parameters))
        services = simulation.state.services
        assert services["live"].tolist() == [1, 1, 0]
        return float(services["constant_online"][2])

    low, middle, high = (constant(take_up) for take_up in (0.2, 0.4, 0.6))
    assert low < middle < high
    assert constant(0.4, new_service_constant=0.7) == pytest.approx(middle + 0.7)


@pytest.mark.parametrize("plan", ["baseline", "full-plan"])
def test_a_run_from_a_kept_beginning_is_the_same_to_the_last_bit(plan: str):
    scenario = takeup.load(RIVERTON / f"{plan}.toml", ["run.sample=400"])
    world = Simulation(scenario, 3).world
    beginning = Simulation(scenario, 3, world).beginning()
    whole = simulate_counters(scenario, 3, world)
    for _ in range(2):  # a run leaves the beginning as it was
        kept = simulate_counters(scenario, 3, world, beginning)
        for table in fields(Counters):
            np.testing.assert_array_equal(getattr(whole, table.name), getattr(kept, table.name))


def test_plans_share_a_beginning_and_councils_do_not():
    full = takeup.load(RIVERTON / "full-plan.toml")
    key = beginning_key(full, 0)
    for change in (
        "programme.change-team.members=5",
        "goals={}",
        "name=Another",
        "services.planning.usability=0.4",
        "services.waste.go_live=2025-06-09",
        "departments.benefits.hourly_cost=30",
    ):
        assert beginning_key(takeup.load(RIVERTON / "full-plan.toml", [change]), 0) == key
    for change in (
        "parameters.habit_weight=0.2",
        "structure.readiness=product",
        "programme={}",
    ):
        assert beginning_key(takeup.load(RIVERTON / "full-plan.toml", [change]), 0) != key
    for fact in ("services.waste.usability=0.4", "departments.benefits.resistance=0.2"):
        assert beginning_key(takeup.load(RIVERTON / "full-plan.toml", facts=[fact]), 0) != key
    assert beginning_key(full, 1) != key


def test_only_week_0_is_a_beginning():
    simulation = Simulation(small_scenario())
    simulation.advance()
    with pytest.raises(ValueError, match="week 0, not at week 1"):
        simulation.beginning()


def test_staff_stay_as_they_are_without_a_programme():
    plan = small_scenario(
        run={"weeks": 156},
        departments={"revenues": {"adopted": 0.2}, "environment": {"adopted": 0.6}},
    ).model_copy(update={"programme": {}, "shocks": {}})
    shares, unsupported = [], []
    for replicate in range(6):
        simulation = Simulation(plan, replicate)
        assert (simulation.state.departments["support"] > 0.0).all()
        beginning = simulation.beginning()
        shares.append(_adopters_in_year_three(simulation))
        alone = Simulation(plan, replicate, simulation.world, beginning)
        alone.state.departments["support"] = 0.0
        unsupported.append(_adopters_in_year_three(alone))
    assert np.mean(shares, axis=0) == pytest.approx([0.2, 0.6], abs=0.06)
    assert (np.mean(unsupported, axis=0) < [0.16, 0.54]).all()


def _adopters_in_year_three(simulation: Simulation) -> np.ndarray:
    """Return the share of adopters by department."""
    staff = simulation.run().staff[104:].sum(axis=0)
    return staff[:, DEPARTMENT.index("adopted")] / staff[:, DEPARTMENT.index("staff")]
