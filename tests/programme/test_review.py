from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from programme.observing import Council, levers_of, moved
from takeup.programme import Goal, Levers, Target
from takeup.programme.interventions.review import Review

TAKE_UP = Goal(kpi="digital_take_up", target=0.8, by=100)
BACKLOG = Goal(kpi="backlog", target=100.0, by=100)


def lived_through(
    review: Review,
    goals: dict[str, Goal],
    course: Callable[[int], dict[str, float]],
    weeks: int = 60,
    start: int = 10,
) -> Council:
    """Return the council after reviews that saw a course of KPIs, by week of the run."""
    council = Council()
    council.goals = goals
    levers = Levers(council.segments, 60)
    for week in range(weeks):
        council.week = start + week
        council.kpis = {(kpi, "all"): value for kpi, value in course(council.week).items()}
        levers.reset()
        review.act(week, council, levers)
    return council


def test_staff_are_recognised_at_every_review_and_managers_give_the_hours():
    review = Review(every=4, intensity=1.5, hours=10.0, target=Target(departments=("e",)))
    for week in range(20):
        levers = levers_of(review, week)
        if week in (4, 8, 12, 16):
            assert levers.staff_recognition.tolist() == [[0.0] * 3, [1.5] * 3]
            assert levers.staff_hours.tolist() == [[0.0] * 3, [0.0, 0.0, pytest.approx(0.15)]]
            assert levers.cost == pytest.approx(15 * 40.0)
            assert not levers.department_load.any()
        else:
            assert moved(levers) == {}


def test_behind_the_path_doses_grow_up_to_the_most():
    review = Review(every=13, adjust=("courses", "letters"), step=0.25, most=1.5)
    stuck = lived_through(review, {"online": TAKE_UP}, lambda week: {"digital_take_up": 0.3}, 14)
    assert stuck.intensity == {"courses": 1.25, "letters": 1.25}
    stuck = lived_through(review, {"online": TAKE_UP}, lambda week: {"digital_take_up": 0.3}, 60)
    assert stuck.intensity == {"courses": 1.5, "letters": 1.5}


def test_ahead_of_the_path_doses_shrink_down_to_the_least():
    review = Review(every=13, adjust=("courses",), step=0.25, least=0.6)

    def fast(week: int) -> dict[str, float]:
        return {"digital_take_up": 0.3 + 0.01 * (week - 10)}

    assert lived_through(review, {"online": TAKE_UP}, fast, 14).intensity == {"courses": 0.75}
    assert lived_through(review, {"online": TAKE_UP}, fast, 27).intensity == {"courses": 0.6}


def test_on_the_path_nothing_changes():
    review = Review(every=10, adjust=("courses",))

    def on_path(week: int) -> dict[str, float]:
        return {"digital_take_up": 0.35 + (0.8 - 0.35) * (week - 10) / 90}

    assert lived_through(review, {"online": TAKE_UP}, on_path).intensity == {}


def test_lower_is_better_where_the_kpi_says_so():
    review = Review(every=10, adjust=("courses",))
    goals = {"queue": BACKLOG}
    grows = lived_through(review, goals, lambda week: {"backlog": 500.0 + week}, 11)
    assert grows.intensity == {"courses": 1.25}
    falls = lived_through(review, goals, lambda week: {"backlog": 900.0 - 20.0 * week}, 11)
    assert falls.intensity == {"courses": 0.75}


def test_one_goal_behind_is_enough_for_more_and_all_must_be_ahead_for_less():
    review = Review(every=10, adjust=("courses",))
    goals = {"online": TAKE_UP, "queue": BACKLOG}

    def mixed(week: int) -> dict[str, float]:
        return {"digital_take_up": 0.9, "backlog": 500.0}

    assert lived_through(review, goals, mixed, 11).intensity == {"courses": 1.25}
    only = review.model_copy(update={"goals": ("online",)})
    assert lived_through(only, goals, mixed, 11).intensity == {"courses": 0.75}


def test_what_cannot_be_told_is_neither_ahead_nor_behind():
    review = Review(every=10, adjust=("courses",))
    goals = {"online": TAKE_UP, "queue": BACKLOG}
    assert lived_through(review, goals, lambda week: {}).intensity == {}
    # The other goal is met, but there is no telling about the queue.
    assert lived_through(review, goals, lambda week: {"digital_take_up": 0.9}).intensity == {}
    behind = lived_through(review, goals, lambda week: {"digital_take_up": 0.3}, 11)
    assert behind.intensity == {"courses": 1.25}


def test_the_path_begins_at_the_first_review_where_nothing_was_measured_before():
    review = Review(every=10, adjust=("courses",))

    def course(week: int) -> dict[str, float]:
        return {} if week == 0 else {"digital_take_up": 0.3}

    council = lived_through(review, {"online": TAKE_UP}, course, 11, start=0)
    assert council.intensity == {}
    council = lived_through(review, {"online": TAKE_UP}, course, 21, start=0)
    assert council.intensity == {"courses": 1.25}


def test_a_goal_that_is_met_is_not_behind_whatever_its_path():
    review = Review(every=10, adjust=("courses",))

    def falling(week: int) -> dict[str, float]:
        return {"digital_take_up": 0.95 - 0.005 * (week - 10)}

    # 0.90, then 0.85: below the line from 0.95 to 0.80 in 90 weeks, but more than was asked.
    council = lived_through(review, {"online": TAKE_UP}, falling, 21)
    assert council.intensity == {"courses": 0.75**2}


@pytest.mark.parametrize("by", [5, 10, 15])
def test_after_its_date_a_goal_is_the_target_itself(by: int):
    review = Review(every=10, adjust=("courses",))
    goals = {"online": TAKE_UP.model_copy(update={"by": by})}
    late = lived_through(review, goals, lambda week: {"digital_take_up": 0.2 + 0.01 * week}, 11)
    assert late.intensity == {"courses": 1.25}
    met = lived_through(review, goals, lambda week: {"digital_take_up": 0.8}, 11)
    assert met.intensity == {"courses": 0.75}


def test_a_budget_cut_does_not_move_the_path():
    """A factor on the dose makes another object; where the path began must be remembered."""
    council = Council()
    council.goals = {"online": TAKE_UP}
    levers = Levers(council.segments, 60)
    review = Review(every=10, adjust=("courses",))
    for week, factor, value in ((0, 1.0, 0.3), (10, 0.8, 0.3)):
        council.week = week
        council.kpis = {("digital_take_up", "all"): value}
        review.at(factor).act(week, council, levers)
    assert council.intensity == {"courses": 1.25}


@given(
    values=st.lists(st.floats(0, 1) | st.just(float("nan")), min_size=8, max_size=8),
    step=st.floats(0, 1),
    least=st.floats(0.1, 1),
    most=st.floats(1, 10),
)
def test_factors_stay_between_the_least_and_the_most(
    values: list[float], step: float, least: float, most: float
):
    review = Review(every=1, adjust=("courses",), step=step, least=least, most=most)
    council = lived_through(
        review, {"online": TAKE_UP}, lambda week: {"digital_take_up": values[week]}, 8, start=0
    )
    assert least <= council.intensity.get("courses", 1.0) <= most


def test_without_intensity_there_is_no_review():
    review = Review(every=10, intensity=0.0, adjust=("courses",))
    council = lived_through(review, {"online": TAKE_UP}, lambda week: {"digital_take_up": 0.3})
    assert council.intensity == {}
    assert council.memory == {}


def test_without_goals_or_interventions_to_adjust_it_only_recognises():
    behind = {"online": TAKE_UP}
    assert lived_through(Review(), behind, lambda week: {"digital_take_up": 0.3}).intensity == {}
    assert lived_through(Review(adjust=("courses",)), {}, lambda week: {}).intensity == {}


def test_it_costs_what_was_promised():
    review = Review(every=13, intensity=2.0, hours=20.0, fixed_cost=50.0, weekly_cost=9.0)
    cost = [levers_of(review, week).cost for week in range(53)]
    assert np.sum(cost) == pytest.approx(50.0 + 53 * 9.0 + 4 * 2 * 20.0 * 30.0)
    assert np.sum(cost) <= 50.0 + 53 * (9.0 + review.expected_weekly_hours(600) * 30.0)


def test_a_calendar_must_leave_room_for_a_review():
    with pytest.raises(ValidationError, match=r"every must be less than .*\(13\), not 13"):
        Review(weeks=13)
    assert Review(weeks=14).every == 13
