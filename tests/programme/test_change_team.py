from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programme.observing import Council, levers_of, moved
from takeup.programme import Target
from takeup.programme.interventions.change_team import ChangeTeam


@given(st.floats(0, 100))
def test_every_department_of_the_target_has_the_team(members: float):
    levers = levers_of(ChangeTeam(members=members))
    assert levers.department_team.tolist() == [members, members]
    levers = levers_of(ChangeTeam(members=members, target=Target(departments=("e",))))
    assert levers.department_team.tolist() == [0.0, members]


def test_its_hours_come_from_the_staff_of_the_target_once_and_are_paid():
    council = Council()
    levers = levers_of(ChangeTeam(members=2.0, hours=30.0), council=council)
    people = council.staff * council.post_weight[:, None]
    assert (people * levers.staff_hours).sum() == pytest.approx(60.0)
    assert levers.cost == pytest.approx(60 * 30.0)
    levers = levers_of(ChangeTeam(members=2.0, hours=30.0, target=Target(departments=("e",))))
    assert not levers.staff_hours[0].any()
    assert levers.cost == pytest.approx(60 * 40.0)


def test_it_makes_no_change_and_is_none():
    assert set(moved(levers_of(ChangeTeam()))) == {"department_team", "staff_hours", "cost"}


def test_two_teams_add_up():
    council = Council()
    levers = levers_of(ChangeTeam(members=2.0), council=council)
    ChangeTeam(members=1.5, target=Target(departments=("d",))).act(0, council, levers)
    assert levers.department_team.tolist() == [3.5, 2.0]


def test_it_costs_what_was_promised():
    team = ChangeTeam(members=1.5, hours=20.0, fixed_cost=100.0, weekly_cost=11.0)
    hours = team.expected_weekly_hours(600)
    assert hours == 30.0
    assert levers_of(team, 0).cost == pytest.approx(100.0 + 11.0 + hours * 30.0)
    assert levers_of(team, 5).cost == pytest.approx(11.0 + hours * 30.0)
