from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from programme.observing import Council
from takeup.programme import Levers, Target
from takeup.programme.training import Training


def act(intervention: Training, council: Council | None = None) -> Levers:
    council = council or Council()
    levers = Levers(council.segments, 60)
    intervention.act(0, council, levers)
    return levers


@given(st.floats(0, 10_000))
def test_seats_are_shared_by_lottery_among_the_untrained(seats: float):
    levers = act(Training(seats=seats, target=Target(departments=("d",))))
    untrained = 3 * 10
    expected = min(1.0, seats / 10.0 / untrained)
    assert levers.staff_training[0] == pytest.approx([expected] * 3)
    assert not levers.staff_training[1].any()


def test_hours_and_gain_come_only_with_seats():
    assert not act(Training(seats=0.0, hours=6.0)).staff_training_hours.any()
    levers = act(Training(seats=3.0, hours=6.0, gain=0.4, target=Target(roles=("manager",))))
    seat = levers.staff_training[:, 2]
    assert (levers.staff_training_hours[:, 2] / seat).tolist() == pytest.approx([6.0, 6.0])
    assert (levers.staff_training_gain[:, 2] / seat).tolist() == pytest.approx([0.4, 0.4])
    assert not levers.staff_training_hours[:, :2].any()


def test_nobody_left_to_train_costs_no_seats():
    council = Council()
    council.staff_untrained[:] = 0
    levers = act(Training(seats=50.0, seat_cost=100.0, weekly_cost=7.0), council)
    assert not levers.staff_training.any()
    assert levers.cost == 7.0


def test_cost_counts_the_seats_taken_and_their_hours():
    # 60 simulated posts stand for 600; 20 seats go to departments that cost 20 and 40 an hour.
    levers = act(Training(seats=20.0, hours=5.0, seat_cost=100.0))
    assert levers.cost == pytest.approx(20 * 100.0 + 20 * 5.0 * 30.0)


def test_two_courses_at_once_give_the_mean_of_their_seats():
    council = Council()
    levers = Levers(council.segments, 60)
    Training(seats=100.0, hours=4.0, gain=0.2).act(0, council, levers)
    Training(seats=50.0, hours=10.0, gain=0.5).act(0, council, levers)
    seat = levers.staff_training
    assert seat == pytest.approx(np.full((2, 3), 150.0 / 600))
    assert levers.staff_training_hours / seat == pytest.approx(np.full((2, 3), 6.0))
    assert levers.staff_training_gain / seat == pytest.approx(np.full((2, 3), 0.3))


def test_residents_are_trained_where_they_are_addressed():
    target = Target(wards=("a",))
    council = Council()
    levers = act(Training(audience="residents", seats=84.0, gain=0.3, target=target), council)
    addressed = council.residents[:, 0].sum()
    reached = 1.0 - np.exp(-levers.lessons[:, 0])
    assert reached == pytest.approx([8.4 / addressed] * len(levers.lessons))
    assert not levers.lessons[:, 1].any()
    assert levers.lesson_gains[:, 0] == pytest.approx(0.3 * levers.lessons[:, 0])
    assert not levers.staff_training.any()
