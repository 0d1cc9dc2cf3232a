from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from programme.observing import Council, levers_of, moved
from takeup.programme import Target
from takeup.programme.interventions.digital_agency import DigitalAgency
from takeup.programme.interventions.training import Training

CONTRACTS = st.builds(
    DigitalAgency,
    intensity=st.floats(0, 3),
    pace=st.floats(0, 0.2),
    transfer=st.floats(0, 1),
    acceleration=st.floats(0, 2),
    seats=st.floats(0, 900),
    weekly_fee=st.floats(0, 1e5),
    weekly_cost=st.floats(0, 1e4),
    target=st.sampled_from([Target(), Target(services=("x",)), Target(services=("y",))]),
)


def test_it_improves_its_services_and_keeps_what_is_transferred():
    agency = DigitalAgency(pace=0.1, transfer=0.25, target=Target(services=("y",)))
    levers = levers_of(agency)
    assert levers.service_design == pytest.approx([0.0, 1 - np.exp(-0.1)])
    assert levers.service_design_kept == pytest.approx([0.0, 0.25 * (1 - np.exp(-0.1))])
    assert levers.department_load == pytest.approx([0.0, 1 - np.exp(-2.0)])  # e owns y


def test_two_weeks_of_one_team_improve_as_much_as_a_week_of_two():
    left = 1 - levers_of(DigitalAgency(intensity=1.0, pace=0.15)).service_design
    double = 1 - levers_of(DigitalAgency(intensity=2.0, pace=0.15)).service_design
    assert left * left == pytest.approx(double)


def test_only_what_is_not_online_yet_comes_sooner():
    levers = levers_of(DigitalAgency(intensity=2.0, acceleration=0.3))
    assert levers.service_delivery == pytest.approx([0.0, 0.6])  # x is online


def test_staff_of_the_owners_learn_on_the_job_as_in_a_course_of_the_same_seats():
    agency = DigitalAgency(intensity=2.0, seats=5.0, hours=4.0, target=Target(services=("x",)))
    course = Training(seats=10.0, hours=4.0, target=Target(departments=("d",)))
    on_the_job, in_class = levers_of(agency), levers_of(course)
    assert on_the_job.staff_training[0].all()
    np.testing.assert_array_equal(on_the_job.staff, in_class.staff)
    assert on_the_job.cost == in_class.cost
    # An agency that teaches is one change to take in, not two.
    assert on_the_job.department_load == pytest.approx([1 - np.exp(-4.0), 0.0])


def test_nothing_to_learn_nothing_to_deliver_but_the_fee():
    council = Council()
    council.staff_untrained[:] = 0
    council.live[:] = True
    levers = levers_of(DigitalAgency(seats=50.0, pace=0.0, weekly_fee=900.0), council=council)
    assert set(moved(levers)) == {"department_load", "cost"}
    assert levers.cost == 900.0


@given(CONTRACTS)
def test_without_a_contract_nothing_moves(contract: DigitalAgency):
    none = contract.at(0.0)
    assert moved(levers_of(none)) == {}
    assert none.expected_weekly_cost(600) == none.expected_weekly_hours(600) == 0.0


def test_where_there_is_no_service_only_the_stated_costs_are_paid():
    nowhere = DigitalAgency(
        weekly_fee=900.0, seats=5.0, weekly_cost=7.0, target=Target(services=("elsewhere",))
    )
    assert moved(levers_of(nowhere)) == {"cost": 7.0}


@given(CONTRACTS, st.integers(1, 60))
def test_two_halves_back_to_back_are_one(contract: DigitalAgency, week: int):
    np.testing.assert_equal(moved(levers_of(contract, week)), moved(levers_of(contract, week=0)))


@given(CONTRACTS)
def test_it_costs_fee_and_hours_and_no_more_than_expected(contract: DigitalAgency):
    owners = {(): (0, 1), ("x",): (0,), ("y",): (1,)}[contract.target.services]
    taken = min(contract.seats * contract.intensity, 300.0 * len(owners))
    hourly = sum((20.0, 40.0)[owner] for owner in owners) / len(owners)
    fee = contract.weekly_cost + contract.weekly_fee * contract.intensity
    levers = levers_of(contract, week=3)
    assert levers.cost == pytest.approx(fee + taken * contract.hours * hourly)
    assert contract.expected_weekly_cost(600) == pytest.approx(fee)
    hours = float((levers.staff_training_hours * 100.0).sum())  # 100 people in every cell
    assert hours == pytest.approx(taken * contract.hours)
    assert hours <= contract.expected_weekly_hours(600) * (1 + 1e-9) + 1e-9
