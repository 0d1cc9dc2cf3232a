from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from programme.observing import Council, levers_of, moved
from takeup.programme import Target
from takeup.programme.interventions.leadership import Leadership


@given(st.floats(0.01, 3))
def test_the_staff_of_the_target_see_their_leaders(intensity: float):
    target = Target(departments=("e",), roles=("frontline", "back-office"))
    levers = levers_of(Leadership(intensity=intensity, target=target))
    assert levers.staff_sponsorship.tolist() == [[0.0] * 3, [intensity, intensity, 0.0]]


def test_its_hours_are_the_managers_and_are_paid():
    levers = levers_of(Leadership(intensity=2.0, hours=4.0, target=Target(departments=("e",))))
    # 10 simulated managers stand for 100, who give 8 hours together, at 40 an hour.
    assert levers.staff_hours.tolist() == [[0.0] * 3, [0.0, 0.0, pytest.approx(0.08)]]
    assert levers.cost == pytest.approx(8 * 40.0)


def test_a_department_without_managers_gives_no_hours():
    council = Council()
    council.staff[:, 2] = 0
    levers = levers_of(Leadership(), council=council)
    assert not levers.staff_hours.any()
    assert levers.cost == 0.0
    assert levers.staff_sponsorship.all()


def test_it_tells_and_teaches_nobody():
    assert set(moved(levers_of(Leadership()))) == {
        "staff_sponsorship", "staff_hours", "cost",
    }  # fmt: skip


def test_two_programmes_add_up_in_dose():
    council = Council()
    levers = levers_of(Leadership(intensity=1.0), council=council)
    Leadership(intensity=0.5, target=Target(roles=("manager",))).act(3, council, levers)
    np.testing.assert_allclose(levers.staff_sponsorship, [[1.0, 1.0, 1.5]] * 2)


def test_it_costs_what_was_promised():
    leadership = Leadership(intensity=1.5, hours=6.0, fixed_cost=300.0, weekly_cost=10.0)
    hours = leadership.expected_weekly_hours(600)
    assert hours == 1.5 * 6.0
    weekly = leadership.expected_weekly_cost(600) + hours * 30.0
    assert levers_of(leadership, 0).cost == pytest.approx(300.0 + weekly)
    assert levers_of(leadership, 9).cost == pytest.approx(weekly)
