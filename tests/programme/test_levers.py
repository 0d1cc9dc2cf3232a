from __future__ import annotations

import numpy as np

from takeup.programme import Intervention, Levers, programme_order
from takeup.programme.interventions.communication import Communication
from takeup.programme.interventions.training import Training
from takeup.programme.segments import (
    ACCESSES,
    AGES,
    INCOMES,
    PROFILES,
    SUPPORTS,
    Segments,
    profile_code,
    profile_table,
)

SEGMENTS = Segments(wards=("a", "b"), services=("x", "y", "z"), departments=("d", "e"))


def test_profiles_are_coded_both_ways():
    table = profile_table()
    codes = [
        profile_code(age, income, access, support)
        for age in range(len(AGES))
        for income in range(len(INCOMES))
        for access in range(len(ACCESSES))
        for support in range(len(SUPPORTS))
    ]
    assert codes == list(range(PROFILES))
    assert profile_code(3, 2, 1, 0) == next(
        p
        for p in range(PROFILES)
        if [table[d][p] for d in ("age", "income", "access", "support")] == [3, 2, 1, 0]
    )


def test_reset_puts_every_lever_to_rest():
    levers = Levers(SEGMENTS, posts=7)
    rest = {
        name: np.copy(value) for name, value in vars(levers).items() if not name.startswith("_")
    }
    for name in rest:
        value = getattr(levers, name)
        if isinstance(value, np.ndarray):
            if value.dtype.names is None:  # the record arrays move with their fields
                value += 1.0
        else:
            setattr(levers, name, 1.0)
    assert all((levers.staff[field] == 1.0).all() for field in levers.staff.dtype.names)
    levers.reset()
    assert rest
    for name, value in rest.items():
        np.testing.assert_array_equal(getattr(levers, name), value)


def test_the_end_of_one_does_not_reorder_the_others():
    def order(weeks: int) -> list[float]:
        several = {
            str(cost): Communication(weekly_cost=cost, weeks=30)
            for cost in (1.572, 3.21, 3.511, 3.361)
        }
        several["short"] = Communication(weekly_cost=3.911, weeks=weeks)
        return [item.weekly_cost for _, item in programme_order(several)]

    assert len({tuple(order(weeks)) for weeks in range(10, 40)}) == 1


def test_order_does_not_depend_on_the_file_or_the_names_and_leaves_out_what_is_off():
    one = Communication(intensity=0.3)
    two = Communication(intensity=0.7)
    off = Communication(enabled=False)
    course = Training(seats=4.0)

    def order(**programme: Intervention) -> list[Intervention]:
        return [intervention for _, intervention in programme_order(programme)]

    assert (
        order(one=one, course=course, two=two, off=off)
        == order(two=two, one=one, course=course)
        == order(a=course, z=off, y=one, b=two)
    )
    assert [kind.kind for kind in order(course=course, one=one)] == ["communication", "training"]
    assert programme_order({"first": course}) == (("first", course),)
