from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from programme.observing import POSTS, Council, levers_of, moved
from takeup.programme import Levers, Target
from takeup.programme.interventions.digital_playbook import DigitalPlaybook

PLAYBOOKS = st.builds(
    DigitalPlaybook,
    intensity=st.floats(0, 3),
    compliance=st.floats(0, 1),
    acceleration=st.floats(0, 2),
    hours=st.floats(0, 500),
    weekly_cost=st.floats(0, 1e4),
    target=st.sampled_from([Target(), Target(services=("x",)), Target(services=("y",))]),
)


def test_it_steers_refers_and_sets_a_standard_for_its_services():
    levers = levers_of(
        DigitalPlaybook(intensity=2.0, compliance=0.4, target=Target(services=("x",)))
    )
    assert levers.service_steering.tolist() == [2.0, 0.0]
    assert levers.service_standard.tolist() == [2.0, 0.0]
    assert levers.service_referral == pytest.approx([0.4 * (1 - np.exp(-2.0)), 0.0])
    assert levers.department_load == pytest.approx([1 - np.exp(-4.0), 0.0])  # d owns x


def test_phone_and_counter_stay_open():
    assert not levers_of(DigitalPlaybook(intensity=3.0, compliance=1.0)).service_closed.any()


def test_only_what_is_not_online_yet_comes_sooner():
    levers = levers_of(DigitalPlaybook(intensity=2.0, acceleration=0.5))
    assert levers.service_delivery.tolist() == [0.0, 1.0]  # x is online


def test_staff_who_do_not_comply_tell_nobody():
    assert not levers_of(DigitalPlaybook(compliance=0.0)).service_referral.any()


@given(st.lists(st.tuples(st.floats(0, 3), st.floats(0, 1)), min_size=1, max_size=5))
def test_several_together_tell_whom_one_at_least_tells(books: list[tuple[float, float]]):
    levers = Levers(Council.segments, POSTS)
    untold = 1.0
    for intensity, compliance in books:
        DigitalPlaybook(intensity=intensity, compliance=compliance).act(0, Council(), levers)
        untold *= 1 - compliance * (1 - np.exp(-intensity))
    assert levers.service_referral == pytest.approx([1 - untold] * 2, abs=1e-12)
    assert (levers.service_referral <= 1.0).all()


@given(PLAYBOOKS)
def test_without_intensity_nothing_moves(playbook: DigitalPlaybook):
    none = playbook.at(0.0)
    assert moved(levers_of(none)) == {}
    assert none.expected_weekly_hours(600) == 0.0


def test_where_there_is_no_service_only_the_stated_costs_are_paid():
    nowhere = DigitalPlaybook(hours=9.0, weekly_cost=7.0, target=Target(services=("elsewhere",)))
    assert moved(levers_of(nowhere)) == {"cost": 7.0}


@given(PLAYBOOKS, st.integers(1, 60))
def test_two_halves_back_to_back_are_one(playbook: DigitalPlaybook, week: int):
    np.testing.assert_equal(moved(levers_of(playbook, week)), moved(levers_of(playbook, week=0)))


def test_its_hours_leave_the_owners_capacity_and_are_paid():
    playbook = DigitalPlaybook(
        hours=60.0, fixed_cost=500.0, weekly_cost=10.0, target=Target(services=("y",))
    )
    levers = levers_of(playbook)
    assert levers.cost == pytest.approx(500.0 + 10.0 + 60.0 * 40.0)
    assert levers.staff_hours[1] * 300.0 == pytest.approx([60.0] * 3)  # 300 people in e
    assert not levers.staff_hours[0].any()
    assert playbook.expected_weekly_hours(300) == 60.0
