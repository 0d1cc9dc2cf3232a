"""Sentences on why it happened say what the numbers say, and nothing where there is nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from examples import small_scenario
from takeup.view.explain.explained import Explained
from takeup.view.explain.reasons import residents_sentence, staff_sentence
from takeup.view.explain.residents import groups
from takeup.view.explain.staff import STANDINGS

SCENARIO = small_scenario()
WEEK = 30
STEADY = (100, 100, 90, 80, 70, 60)
"""Residents of a group who take each step."""


def made_up(residents: dict[str, Any] = {}, staff: dict[str, dict[str, int]] = {}) -> Explained:  # noqa: B006
    """Return a run in which all groups and departments are alike but for those given."""
    names = groups(SCENARIO)
    blocked = {"knowledge": 60, "firm": 40}
    return Explained(
        (WEEK,),
        names,
        tuple(SCENARIO.departments),
        np.array([[residents.get(group, STEADY) for group in names]]),
        np.array(
            [[
                [staff.get(key, blocked).get(standing, 0) for standing in STANDINGS]
                for key in SCENARIO.departments
            ]]
        ),
    )  # fmt: skip


def residents(plan: Explained) -> str:
    return residents_sentence(plan, made_up(), WEEK, SCENARIO)


def staff(plan: Explained) -> str:
    return staff_sentence(plan, made_up(), WEEK, SCENARIO)


def test_who_is_furthest_behind_is_named_with_the_step_that_loses_most() -> None:
    text = residents(made_up({"age:75+": (100, 100, 95, 40, 35, 30), "ward:Old Town": [50] * 6}))
    assert "residents aged 75+: 30 of 100 did it online (60 with no programme)" in text
    assert "“could”" in text
    assert "(55 of 100)" in text


def test_what_the_plan_wins_is_said_with_the_step_where_it_wins_most() -> None:
    better = made_up({"all": (100, 100, 92, 88, 80, 70)})
    assert "10 more of 100 did it online" in residents(better)
    assert "fewer stop before “could”." in residents(better)
    worse = residents_sentence(made_up(), better, WEEK, SCENARIO)
    assert "10 fewer of 100 did it online" in worse
    assert "more stop before “could”." in worse
    assert "About as many" in residents(made_up())


def test_where_nobody_is_far_behind_nobody_is_named() -> None:
    text = residents(made_up({"age:75+": (100, 100, 90, 80, 70, 58)}))
    assert "No age group, ward or income group is far behind" in text
    assert "75+" not in text


def test_a_group_of_a_few_is_not_spoken_of() -> None:
    text = residents(made_up({"age:75+": (20, 20, 0, 0, 0, 0), "access:without": [20] * 6}))
    assert "75+" not in text
    assert "without a device" not in text


def test_those_without_access_are_spoken_of() -> None:
    text = residents(made_up({"access:without": (100, 100, 90, 10, 10, 10)}))
    assert "without a device or connection, 10 of 100 did, with a helper" in text


def test_no_help_is_claimed_where_there_was_none() -> None:
    text = residents(made_up({"access:without": (100, 100, 90, 0, 0, 0)}))
    assert "hardly anyone did" in text
    assert "helper." not in text


def test_no_need_yet_is_said() -> None:
    assert "Nobody has needed" in residents(made_up({group: [0] * 6 for group in groups(SCENARIO)}))


def test_the_slowest_department_is_named_with_what_it_lacks() -> None:
    text = staff(made_up(staff={"environment": {"desire": 70, "ability": 20, "firm": 10}}))
    assert "Environment is the slowest department: 10 of 100" in text
    assert "(40 with no programme)" in text
    assert "lacks desire" in text
    assert "(70 of 100)" in text


def test_where_most_have_changed_no_department_is_stuck() -> None:
    done = {key: {"firm": 98, "desire": 2} for key in SCENARIO.departments}
    text = staff(made_up(staff=done))
    assert text.startswith("No department is stuck.")
    assert "lacks" not in text


def test_who_may_slip_back_is_counted_among_those_who_changed() -> None:
    slipping = {key: {"slipping": 30, "firm": 10, "desire": 60} for key in SCENARIO.departments}
    text = staff(made_up(staff=slipping))
    assert "40 of 100 of its staff work the new way" in text
    assert "30 of 100 may slip back" in text


def test_staff_cannot_begin_before_a_service_of_theirs_is_online() -> None:
    offline = (100, 0, 0, 0, 0, 0)
    slow = {"environment": {"ready": 100}}
    plan = made_up({"service:waste": offline, "service:permits": offline}, slow)
    assert "None of its services is online yet" in staff(plan)
    assert "lacks" not in staff(plan)
    assert "None of its" not in staff(made_up({"service:waste": offline}, slow))


def test_vacant_departments_are_passed_over() -> None:
    vacant = made_up(staff={"environment": {}})
    assert staff(vacant).startswith("Revenues is the slowest")
    assert staff(replace(vacant, staff=vacant.staff * 0)) == "Every post is vacant."
    alone = staff_sentence(made_up(), replace(vacant, staff=vacant.staff * 0), WEEK, SCENARIO)
    assert "(– with no programme)" in alone
