import pickle
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields

import numpy as np
import pytest

from examples import by_age, small_scenario
from takeup.errors import InputError
from takeup.model.world.world import World, make_world, world_key
from takeup.programme.segments import profile_table

SCENARIO = small_scenario()
WORLD = make_world(SCENARIO, 0)


def same(left: World, right: World) -> bool:
    return all(
        np.array_equal(getattr(left, field.name), getattr(right, field.name))
        if isinstance(getattr(left, field.name), np.ndarray)
        else getattr(left, field.name) == getattr(right, field.name)
        for field in fields(World)
    )


def test_a_world_has_the_sizes_of_its_scenario():
    assert len(WORLD.citizens) == 401
    assert WORLD.weight == 10.0
    assert len(WORLD.calendar) == 30 + 52 + 1
    assert WORLD.warm_up == 52
    assert WORLD.calendar[-1] == len(WORLD.need_citizen) == len(WORLD.need_service)
    assert WORLD.citizens["ties"][-1] == len(WORLD.ties)
    assert WORLD.posts["ties"][-1] == len(WORLD.post_ties)
    assert np.bincount(WORLD.posts["department"][:-1]).tolist() == [120, 80]
    assert WORLD.post_weight.tolist() == [1.0, 1.0]
    assert WORLD.segments.wards == ("Old Town", "New Town")
    assert WORLD.segments.services == ("council-tax", "waste", "permits")
    assert WORLD.segments.departments == ("revenues", "environment")


def test_needs_follow_the_ages_of_the_residents():
    services = {"permits": {"by_age": dict.fromkeys(by_age(*[0] * 7), 0.0) | {"75+": 1.0}}}
    world = make_world(small_scenario(services=services), 0)
    old = world.need_citizen[world.need_service == 2]
    assert len(old) > 0
    assert set(profile_table()["age"][world.citizens["profile"][old]]) == {6}


def test_every_array_is_read_only():
    arrays = [value for value in vars(WORLD).values() if isinstance(value, np.ndarray)]
    assert len(arrays) == 8
    assert not any(array.flags.writeable for array in arrays)


def test_well_mixed_worlds_have_acquaintances_instead_of_ties():
    world = make_world(small_scenario(network={"kind": "well_mixed", "degree": 7}), 0)
    assert world.acquaintances == 7
    assert len(world.ties) == 0
    assert WORLD.acquaintances == 0


def test_one_to_one():
    world = make_world(small_scenario(run={"sample": "all"}), 0)
    assert world.weight == 1.0
    assert len(world.citizens) == 4001
    assert len(world.posts) == 201


def test_worlds_repeat_in_threads_and_replicates_differ():
    with ThreadPoolExecutor(2) as threads:
        made = list(threads.map(lambda replicate: make_world(SCENARIO, replicate), [0, 1, 0, 1]))
    assert same(made[0], WORLD)
    assert same(made[2], WORLD)
    assert same(made[1], made[3])
    for name in ("citizens", "ties", "need_citizen", "post_ties"):
        assert not np.array_equal(getattr(made[0], name), getattr(made[1], name))


def test_a_world_can_be_pickled():
    assert same(pickle.loads(pickle.dumps(WORLD)), WORLD)


PLANS = [
    {"name": "another", "description": "plan"},
    {"run": {"start": SCENARIO.date_of(1), "replicates": 9}},
    {"place": {"name": "Elsewhere", "currency": "EUR", "prices": {"phone": 3.0}}},
    {"departments": {"revenues": {"resistance": 0.1, "adopted": 0.9, "handles_share": 0.5}}},
    {"services": {"waste": {"usability": 0.1, "go_live": 3, "take_up": 0.7}}},
    {"structure": {"readiness": "product"}},
    {"programme": {"news": {"kind": "communication"}}},
    {"shocks": {"closed": {"kind": "counter_closure"}}},
    {"goals": {"most": {"kpi": "digital_take_up", "target": 0.5, "by": 20}}},
]

SHAPES = [
    {"run": {"seed": 12}},
    {"run": {"weeks": 31}},
    {"run": {"warm_up": 60}},
    {"run": {"sample": 399}},
    {"place": {"residents": 4001}},
    {"place": {"trust": 0.5}},
    {"place": {"skill": {"75+": 0.4}}},
    {"network": {"degree": 8}},
    {"departments": {"revenues": {"staff": 130}}},
    {"departments": {"revenues": {"managers": 0.3}}},
    {"services": {"waste": {"yearly_volume": 9000.0}}},
    {"services": {"waste": {"by_age": {"16-24": 3.0}}}},
    {"shocks": {"storm": {"kind": "demand_surge", "weeks": 5}}},
]


@pytest.mark.parametrize("changes", PLANS, ids=str)
def test_plans_share_the_world_and_its_key(changes):
    plan = small_scenario(**changes)
    assert plan != SCENARIO
    assert world_key(plan, 0) == world_key(SCENARIO, 0)
    assert same(make_world(plan, 0), WORLD)


@pytest.mark.parametrize("changes", SHAPES, ids=str)
def test_what_shapes_the_world_changes_it_and_its_key(changes):
    other = small_scenario(**changes)
    assert world_key(other, 0) != world_key(SCENARIO, 0)
    assert not same(make_world(other, 0), WORLD)


def test_the_key_tells_replicates_and_the_order_of_services():
    assert world_key(SCENARIO, 0) != world_key(SCENARIO, 1)
    turned = SCENARIO.model_copy(
        update={"services": dict(reversed(list(SCENARIO.services.items())))}
    )
    assert world_key(turned, 0) != world_key(SCENARIO, 0)


def test_the_key_follows_the_content_of_the_edge_list(tmp_path):
    first, copy = tmp_path / "first.csv", tmp_path / "copy.csv"
    first.write_text("from,to\n0,1\n")
    copy.write_text("from,to\n0,1\n")
    keys = [
        world_key(small_scenario(network={"kind": "edge_list", "file": str(file)}), 0)
        for file in (first, copy)
    ]
    assert keys[0] == keys[1]
    first.write_text("from,to\n0,2\n")
    changed = small_scenario(network={"kind": "edge_list", "file": str(first)})
    assert world_key(changed, 0) != keys[0]
    assert make_world(changed, 0).ties.tolist() == [2, 0]


def test_the_key_of_a_missing_edge_list_is_told():
    with pytest.raises(InputError, match=r"nowhere\.csv: cannot be read"):
        world_key(small_scenario(network={"kind": "edge_list", "file": "nowhere.csv"}), 0)


# ---------------------------------------------------------------- surges of demand

STORM = {"kind": "demand_surge", "start": 10, "weeks": 5, "factor": 4.0}
TO_WASTE = {**STORM, "target": {"services": ("waste",)}}


def needs(world: World, service: int) -> set[tuple[int, int]]:
    """Return (week of the calendar, resident) of every need for a service."""
    week = np.repeat(np.arange(len(world.calendar) - 1), np.diff(world.calendar))
    of_it = world.need_service == service
    return set(zip(week[of_it].tolist(), world.need_citizen[of_it].tolist(), strict=True))


def test_a_surge_adds_needs_for_its_services_in_its_weeks_and_nothing_else():
    world = make_world(small_scenario(shocks={"storm": TO_WASTE}), 0)
    more = needs(world, 1) - needs(WORLD, 1)
    assert needs(WORLD, 1) < needs(world, 1)
    assert {week for week, _ in more} == {52 + week for week in range(10, 15)}  # after the warm-up
    for service in (0, 2):
        assert needs(world, service) == needs(WORLD, service)
    calendar = ("calendar", "need_citizen", "need_service")
    for field in fields(World):
        if field.name not in calendar and isinstance(getattr(WORLD, field.name), np.ndarray):
            assert np.array_equal(getattr(world, field.name), getattr(WORLD, field.name)), field


def test_a_surge_without_a_target_is_one_of_every_service():
    world = make_world(small_scenario(shocks={"storm": STORM}), 0)
    for service in range(3):
        assert needs(WORLD, service) < needs(world, service)


def test_the_key_tells_surges_unless_it_is_to_leave_them_out():
    keys = [
        world_key(small_scenario(shocks=shocks), 0)
        for shocks in (
            {}, {"storm": STORM}, {"storm": TO_WASTE}, {"storm": {**STORM, "start": 11}},
            {"storm": {**STORM, "factor": 2.0}}, {"storm": STORM, "again": {**STORM, "start": 20}},
        )
    ]  # fmt: skip
    assert len(set(keys)) == len(keys)
    storm = small_scenario(shocks={"storm": STORM})
    assert world_key(storm, 0, with_surges=False) == world_key(SCENARIO, 0, with_surges=False)
    # Neither its name nor that it is switched off makes a world of its own.
    assert world_key(small_scenario(shocks={"other": STORM}), 0) == world_key(storm, 0)
    off = small_scenario(shocks={"storm": {**STORM, "enabled": False}})
    assert world_key(off, 0) == world_key(SCENARIO, 0)
