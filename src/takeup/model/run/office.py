"""Staff at rest: they have long been coming and going, learning and going back.

They live some years in a few long weeks, in which every rate is several times as large, and then
the ordinary weeks of the warm-up, in all of which everyday support is whatever keeps adoption where
their department states it. The warm-up shows its hazard in the run: by it as many are expected to
be brought to the new way of working as to leave or go back.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from takeup.kpis import DEPARTMENT
from takeup.model.run.bundling import council, workforce
from takeup.model.run.state import State
from takeup.model.week import rules
from takeup.model.week.bundles import Now
from takeup.model.week.staff import (
    OPEN_TO,
    PERSON_PARTS,
    leave_behind,
    pull,
    start_staff,
    work_and_change,
)
from takeup.model.world.world import World
from takeup.programme import Levers
from takeup.programme.segments import ROLES

SWEEPS = 30
LONG = 8
"""Ordinary weeks that pass in a sweep: all of them together are four and a half years."""
LONG_AGO = 1 << 16
"""Added to the number of a sweep, it is a week that no calendar has."""

HAZARDS = ("turnover", "relapse", "staff_talk", "adoption_slope_ces", "adoption_slope_product",
           "knowledge_forgetting", "ability_forgetting")  # fmt: skip
SHARES = ("staff_forgetting", "desire_rate", "peer_learning", "job_learning", "practice",
          "recognition", "reinforcement_fading")  # fmt: skip
"""What passes in a week of work without a programme; a share of the way to go is at most 1."""


def faster(parameters: npt.NDArray[np.void]) -> npt.NDArray[np.void]:
    """Return parameters, PARAMETER_RECORD (1,), with which a week does what LONG weeks do."""
    fast = parameters.copy()
    for name in HAZARDS:
        fast[name] *= LONG
    for name in SHARES:
        fast[name] = np.minimum(1.0, LONG * fast[name])
    return fast


def staff_to_rest(
    world: World,
    state: State,
    parameters: npt.NDArray[np.void],
    adopters: npt.NDArray[np.bool_],
) -> None:
    """Let staff live until they are near rest at the stated adoption.

    Args:
        world: as made.
        state: as it starts; staff, peers and departments are written.
        parameters: PARAMETER_RECORD, (1,).
        adopters: who has adopted to begin with, (posts,).
    """
    departments, posts = len(state.departments), len(state.staff)
    open_to = np.zeros((departments, len(ROLES), OPEN_TO), np.int64)
    staff, town = workforce(world, state, open_to), council(world, state, faster(parameters))
    levers = Levers(world.segments, posts)
    counts = np.zeros((departments, len(DEPARTMENT)), np.int64)
    now = Now(0, world.seed, world.replicate)
    start_staff(now, town, adopters, staff)
    for number in range(SWEEPS):
        now = now._replace(week=LONG_AGO + number)
        staff.sums.fill(0)
        counts.fill(0)
        work_and_change(
            now, False, 0, posts, staff, levers.staff, levers.champion_hours, False, town, counts
        )
        pull(float(LONG), staff, town, counts)
        leave_behind(staff, town, counts)


def infer_support(departments: npt.NDArray[np.void], flows: npt.NDArray[np.int64]) -> None:
    """Set the hazard of everyday support by which adoption stays where it is.

    Args:
        departments: DEPARTMENT_WEEK, (departments,), written.
        flows: sums of weeks of the warm-up, (departments, 3): see FLOWS.
    """
    for department, (open_, staying, going) in zip(departments, flows / PERSON_PARTS, strict=True):
        department["support"] = rules.support_at_rest(staying, open_, going)
