from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from programme.observing import Council, moved
from takeup.programme import Levers, Target
from takeup.programme.interventions.training import Training


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


def audited(untrained: list[int], blocked: list[int], insight: list[float]) -> Council:
    """Return a council with untrained posts, at most so many of them blocked, and an audit."""
    council = Council()
    council.staff_untrained = np.array(untrained).reshape(2, 3)
    council.staff_blocked = np.minimum(council.staff_untrained, np.array(blocked).reshape(2, 3))
    council.staff_insight = np.array(insight)
    council.post_weight = np.array([10.0, 3.5])
    return council


POSTS = st.lists(st.integers(0, 10), min_size=6, max_size=6)
INSIGHT = st.lists(st.floats(0, 1), min_size=2, max_size=2)
SEATS = st.floats(0, 700)


def seats_given(levers: Levers, council: Council) -> np.ndarray:
    """Return the seats expected to be taken, by department."""
    of_posts = (
        levers.staff_training * council.staff_untrained
        + levers.staff_training_focus * council.staff_blocked
    )
    return of_posts.sum(axis=1) * council.post_weight


@given(POSTS, POSTS, SEATS)
def test_aimed_without_an_audit_is_the_lottery_to_the_last_bit(
    untrained: list[int], blocked: list[int], seats: float
):
    council = audited(untrained, blocked, [0.0, 0.0])
    plain, aimed = (
        moved(act(Training(seats=seats, seat_cost=3.0, aim=aim), council))
        for aim in ("untrained", "barrier")
    )
    assert plain.keys() == aimed.keys()
    for lever, value in plain.items():
        np.testing.assert_array_equal(value, aimed[lever], lever)


@given(POSTS, POSTS, INSIGHT, SEATS)
def test_aimed_or_not_a_seat_is_given_once(
    untrained: list[int], blocked: list[int], insight: list[float], seats: float
):
    council = audited(untrained, blocked, insight)
    plain, aimed = (
        act(Training(seats=seats, hours=5.0, gain=0.4, seat_cost=3.0, aim=aim), council)
        for aim in ("untrained", "barrier")
    )
    candidates = (council.staff_untrained.sum(axis=1) * council.post_weight).sum()
    given = seats_given(aimed, council)
    # Departments keep their seats, whoever takes them, and no seat is given twice.
    assert given == pytest.approx(seats_given(plain, council))
    assert given.sum() == pytest.approx(min(seats, candidates))
    assert aimed.cost == plain.cost
    chance = aimed.staff_training + aimed.staff_training_focus
    assert (aimed.staff_training >= -1e-12).all()
    assert (aimed.staff_training_focus >= 0.0).all()
    assert (chance <= 1.0 + 1e-12).all()
    # Those whom knowledge blocks are not worse off.
    assert (chance >= plain.staff_training - 1e-12)[council.staff_blocked > 0].all()
    assert aimed.staff_training_hours == pytest.approx(5.0 * chance)
    assert aimed.staff_training_gain == pytest.approx(0.4 * chance)


def test_a_perfect_audit_sends_scarce_seats_to_those_whom_knowledge_blocks():
    council = audited([10] * 6, [5] * 6, [1.0, 0.0])
    council.post_weight = np.array([10.0, 10.0])
    levers = act(Training(seats=60.0, aim="barrier"), council)
    # A tenth of 600; in the audited department the 30 seats go to the 150 who are blocked.
    assert levers.staff_training[0] == pytest.approx([0.0] * 3, abs=1e-12)
    assert levers.staff_training_focus[0] == pytest.approx([0.2] * 3)
    assert levers.staff_training[1] == pytest.approx([0.1] * 3)
    assert not levers.staff_training_focus[1].any()


def test_where_knowledge_blocks_nobody_aiming_changes_nothing():
    council = audited([10] * 6, [0] * 6, [1.0, 1.0])
    levers = act(Training(seats=60.0, aim="barrier"), council)
    np.testing.assert_array_equal(
        levers.staff_training, act(Training(seats=60.0), council).staff_training
    )
    assert not levers.staff_training_focus.any()


@given(SEATS, st.booleans())
def test_residents_seats_are_conserved(seats: float, one_ward: bool):
    council = Council()
    target = Target(wards=("a",)) if one_ward else Target()
    levers = act(Training(audience="residents", seats=seats, target=target), council)
    reached = -np.expm1(-levers.lessons)
    taken = (council.residents * reached).sum() * council.weight
    assert taken == pytest.approx(seats)
