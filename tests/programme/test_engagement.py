from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from programme.observing import Council, levers_of, moved
from takeup.programme import Levers, Target
from takeup.programme.interventions.engagement import Engagement

PLACES = st.floats(0, 50_000)


@given(PLACES)
def test_places_go_by_lot_to_residents_in_need(places: float):
    council = Council()
    target = Target(wards=("a",), age=("75+",))
    levers = levers_of(Engagement(places=places, target=target), council=council)
    addressed = target.residents(council.segments)
    needs = council.needs[addressed].sum() * council.weight
    assert levers.resident_invitation[addressed] == pytest.approx(min(1.0, places / needs))
    assert not levers.resident_invitation[~addressed].any()


@given(PLACES, PLACES)
def test_no_more_take_part_than_there_are_places_or_people(one: float, other: float):
    council = Council()
    levers = Levers(council.segments, 60)
    for places in (one, other):
        Engagement(places=places, session_cost=1.0).act(0, council, levers)
    total = council.needs.sum() * council.weight
    taken = (council.needs * levers.resident_invitation).sum() * council.weight
    assert taken == pytest.approx(min(one + other, total))
    assert levers.cost == pytest.approx(taken)
    assert levers.resident_invitation.max() <= 1.0


@given(PLACES, PLACES)
def test_staff_lose_the_hours_of_the_places_they_take(one: float, other: float):
    council = Council()
    levers = Levers(council.segments, 60)
    for places, hours in ((one, 2.0), (other, 5.0)):
        Engagement(audience="staff", places=places, hours=hours).act(0, council, levers)
    first = min(one, 600.0)
    second = min(other, 600.0 - first)
    people = council.staff * council.post_weight[:, None]
    assert (people * levers.staff_engagement).sum() == pytest.approx(first + second)
    hours = 2.0 * first + 5.0 * second
    assert (people * levers.staff_engagement_hours).sum() == pytest.approx(hours)
    assert levers.cost == pytest.approx(hours * 30.0)


def test_staff_are_addressed_by_department_and_role():
    target = Target(departments=("d",), roles=("frontline",))
    levers = levers_of(Engagement(audience="staff", places=25.0, hours=4.0, target=target))
    assert levers.staff_engagement.tolist() == [[0.25, 0.0, 0.0], [0.0] * 3]
    assert levers.staff_engagement_hours.tolist() == [[1.0, 0.0, 0.0], [0.0] * 3]
    assert levers.cost == pytest.approx(25 * 4.0 * 20.0)


def test_where_nobody_was_in_need_nobody_takes_part_and_nothing_is_paid():
    council = Council()
    council.needs[:] = 0
    levers = levers_of(Engagement(places=5.0, session_cost=80.0), council=council)
    assert levers.cost == 0.0
    # Whoever turns up after all has a place.
    assert (levers.resident_invitation == 1.0).all()


def test_residents_burden_no_staff_and_staff_do():
    assert set(moved(levers_of(Engagement(places=5.0)))) == {"resident_invitation"}
    levers = levers_of(Engagement(audience="staff", places=5.0))
    assert (levers.department_load > 0.0).all()
    assert not levers.resident_invitation.any()


@pytest.mark.parametrize("audience", ["residents", "staff"])
def test_it_costs_what_was_promised(audience: str):
    engagement = Engagement(
        audience=audience, places=20.0, hours=3.0, session_cost=50.0, fixed_cost=900.0,
        weekly_cost=7.0,
    )  # fmt: skip
    hours = 20.0 * 3.0 if audience == "staff" else 0.0
    assert engagement.expected_weekly_hours(600) == hours
    assert engagement.expected_weekly_cost(600) == 7.0 + 20 * 50.0
    weekly = 7.0 + 20 * 50.0 + hours * 30.0
    assert levers_of(engagement, 0).cost == pytest.approx(900.0 + weekly)
    assert levers_of(engagement, 4).cost == pytest.approx(weekly)


def test_invitations_of_two_programmes_to_different_people_do_not_mix():
    council = Council()
    levers = Levers(council.segments, 60)
    for ward in ("a", "b"):
        Engagement(places=84.0, target=Target(wards=(ward,))).act(0, council, levers)
    np.testing.assert_allclose(levers.resident_invitation, 84.0 / (84 * 2 * 10))
