import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from takeup.model.world.posts import (
    COLLEAGUES,
    FEWEST,
    make_colleagues,
    make_posts,
)
from takeup.programme.segments import ROLES
from takeup.scenario.schema.scenario import Department

MANAGER, FRONTLINE, BACK_OFFICE = (
    ROLES.index(role) for role in ("manager", "frontline", "back-office")
)


def department(staff: int, **fields: float) -> Department:
    return Department(name="D", staff=staff, **fields)


def pairs(posts, seed=1, replicate=0):
    offsets, ties = make_colleagues(posts, seed, replicate)
    return np.repeat(np.arange(len(posts.role)), np.diff(offsets.astype(int))), ties


BIG = make_posts([department(600), department(400)], 1.0)


@given(st.lists(st.integers(1, 3000), min_size=1, max_size=6), st.floats(1, 200))
def test_posts_stand_for_all_the_staff(staff, weight):
    posts = make_posts([department(number) for number in staff], weight)
    counts = np.bincount(posts.department)
    assert (counts * posts.weight).tolist() == pytest.approx(staff)
    assert np.all(counts >= 1)
    assert np.all(counts >= np.minimum(staff, FEWEST))
    larger = np.array(staff) / weight > FEWEST
    assert np.all(np.abs(counts - np.array(staff) / weight)[larger] <= 0.5)


def test_posts_are_numbered_by_department_and_role():
    assert np.all(np.diff(BIG.department.astype(int)) >= 0)
    first = BIG.role[BIG.department == 0]
    assert first.tolist() == [MANAGER] * 48 + [FRONTLINE] * 210 + [BACK_OFFICE] * 342


@pytest.mark.parametrize(
    ("staff", "managers", "frontline", "back_office"), [(1, 0, 0, 1), (5, 1, 2, 2), (25, 2, 9, 14)]
)
def test_small_departments_have_sensible_roles(staff, managers, frontline, back_office):
    role = make_posts([department(staff)], 1.0).role
    assert [(role == code).sum() for code in (MANAGER, FRONTLINE, BACK_OFFICE)] == [
        managers, frontline, back_office,
    ]  # fmt: skip


def test_a_role_without_staff_has_no_post():
    role = make_posts([department(20, managers=0.0, frontline=1.0)], 1.0).role
    assert set(role.tolist()) == {FRONTLINE}


def test_teams_lie_in_one_department_and_share_out_the_managers():
    for team in np.unique(BIG.team):
        members = team == BIG.team
        assert len(set(BIG.department[members])) == 1
        assert 6 <= members.sum() <= 10
    managed = {int(team) for team in BIG.team[BIG.role == MANAGER]}
    assert len(managed) == (BIG.role == MANAGER).sum()  # one each, as there are fewer than teams


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(1, 60), min_size=1, max_size=5), st.integers(0, 20))
def test_ties_go_both_ways_once(staff, replicate):
    posts = make_posts([department(number) for number in staff], 1.0)
    person, colleague = pairs(posts, replicate=replicate)
    count = len(posts.role)
    assert np.all(person != colleague)
    keys = person * count + colleague
    assert np.all(np.diff(keys) > 0)
    assert np.array_equal(np.sort(colleague * np.int64(count) + person), keys)


def test_most_ties_are_in_the_team_and_some_beyond():
    person, colleague = pairs(BIG)
    assert len(person) / len(BIG.role) == pytest.approx(COLLEAGUES, rel=0.05)
    in_department = BIG.department[person] == BIG.department[colleague]
    in_team = BIG.team[person] == BIG.team[colleague]
    assert in_team.mean() == pytest.approx(0.75, abs=0.03)
    assert (~in_department).mean() == pytest.approx(0.10, abs=0.02)


def test_a_friend_has_more_ties_than_someone_random():
    person, colleague = pairs(BIG)
    degree = np.bincount(person)
    assert degree[colleague].mean() > 1.1 * degree.mean()
    assert degree.max() > 2 * degree.mean()


def test_colleagues_repeat_and_replicates_differ():
    assert np.array_equal(pairs(BIG)[1], pairs(BIG)[1])
    assert not np.array_equal(pairs(BIG)[1], pairs(BIG, replicate=1)[1])
    assert not np.array_equal(pairs(BIG)[1], pairs(BIG, seed=2)[1])
