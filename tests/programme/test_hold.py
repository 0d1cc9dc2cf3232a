"""What an intervention says that holds does hold, and what is noted of it is what it would do."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from programme.observing import POSTS, Council, moved
from programme.test_kinds import WITH_DOSE, made
from takeup.programme import Goal, Hold, Intervention, Levers
from takeup.programme.hold import Notepad

WEEKS = 24
HOLDING = [
    "audit", "champions", "change_team", "digital_agency", "digital_playbook", "engagement staff",
    "leadership", "quick_win", "review", "security_transparency",
]  # fmt: skip
FIELDS: dict[str, dict[str, Any]] = {"digital_agency": {"seats": 0.0, "weekly_fee": 1000.07}}
"""What makes one hold that else does not, and pay two amounts that are no binary fractions."""


def holding(name: str) -> Intervention:
    costs = {"fixed_cost": 70.1, "weekly_cost": 3.3}
    return made(name, **{**costs, **FIELDS.get(name, {})})


def council_in(week: int, luck: np.random.Generator) -> Council:
    """Return a council in which all is another week's that is not one council's own for good."""
    council = Council()
    council.week = week
    council.goals = {"online": Goal(kpi="digital_take_up", target=0.9, by=100)}
    council.kpis = {("digital_take_up", "all"): float(luck.random())}
    for name in ("needs", "needing_help", "staff_untrained", "staff_blocked", "staff_unpractised"):
        setattr(council, name, luck.integers(0, 11, getattr(council, name).shape))
    for name in ("success", "staff_insight", "staff_message_fit"):
        setattr(council, name, luck.random(2))
    council.insight, council.message_fit = float(luck.random()), 1.0 + float(luck.random())
    return council


def levers_before(looked_at: tuple[str, ...], luck: np.random.Generator) -> Levers:
    """Return levers as others may have left them; what is looked at is the same every time."""
    levers = Levers(Council.segments, POSTS)
    always = np.random.default_rng(3)
    for name in moved_by_arrays(levers):
        shape = getattr(levers, name).shape
        values = 0.9 * (always if name in looked_at else luck).random(shape)
        if name in ("champions", "champion_hours"):
            values[::2] = 0.0  # posts that are free
        getattr(levers, name)[...] = values
    levers.cost, levers.protection = 1e5 * float(luck.random()), float(luck.random())
    return levers


def moved_by_arrays(levers: Levers) -> list[str]:
    return [
        name
        for name, value in vars(levers).items()
        if isinstance(value, np.ndarray) and value.dtype.names is None and name[0] != "_"
    ]


@pytest.mark.parametrize("name", HOLDING)
def test_what_is_noted_is_what_it_does_in_every_week_that_holds(name: str) -> None:
    luck = np.random.default_rng(7)
    intervention = holding(name)
    held = 0
    week = 1
    while week < WEEKS:
        hold = intervention.holds(week)
        if hold is None:
            week += 1
            continue
        at_rest = levers_before(hold.levers, luck)
        council = council_in(week, luck)
        given = Notepad(council.segments, POSTS).note(
            lambda notepad, week=week, council=council: intervention.act(week, council, notepad),
            at_rest,
            hold.levers,
        )
        for later in range(week, min(hold.until, WEEKS)):
            expected = levers_before(hold.levers, np.random.default_rng(later))
            replayed = levers_before(hold.levers, np.random.default_rng(later))
            intervention.act(later, council_in(later, luck), expected)
            replayed.add(given)
            for lever, value in moved(expected).items():
                assert np.array_equal(getattr(replayed, lever), value), (lever, later)
            held += later > week
        week = min(hold.until, WEEKS)
    assert held > 0


def test_the_kinds_that_hold_are_all_looked_at() -> None:
    asked = {name for name in WITH_DOSE if holding(name).holds(1) is None}
    assert set(WITH_DOSE) - asked == set(HOLDING)


def test_a_kind_that_says_nothing_is_asked_every_week() -> None:
    assert Intervention(kind="festival").holds(5) is None


def test_noting_moves_nothing_of_what_is_there() -> None:
    council, luck = Council(), np.random.default_rng(1)
    levers = levers_before((), luck)
    before = {name: getattr(levers, name).copy() for name in moved_by_arrays(levers)}
    hold = Hold(levers=("champions",))
    lead = holding("leadership")
    given = Notepad(council.segments, POSTS).note(
        lambda notepad: lead.act(3, council, notepad), levers, hold.levers
    )
    assert all(np.array_equal(getattr(levers, name), before[name]) for name in before)
    assert [name for name, _ in given.standing] == ["champions"]
    assert given.payments[-1] == 3.3
