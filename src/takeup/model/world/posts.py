"""Posts of staff and who works with whom: teams, and bridges between them that few people keep."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from takeup.model.week.compiled import kernel
from takeup.model.week.draws import (
    SERVICE_SHIFT,
    STAFF_TIES,
    STAFF_TRAITS,
    philox,
    uniform,
)
from takeup.model.world.fields import Floats, uniforms
from takeup.model.world.shares import apportioned
from takeup.model.world.ties import (
    Ends,
    Rows,
    added,
    empty_set,
    rows,
)
from takeup.programme.segments import ROLES
from takeup.scenario.schema.scenario import Department

COLLEAGUES = 8.0
"""Mean number of colleagues whom someone works with closely. Assumption (5–12)."""

TEAM = 8
"""Members of a team. Assumption (5–12)."""

ACROSS_TEAMS = 0.15
"""Share of ties to other teams of the department. Assumption (0.05–0.3)."""

ACROSS_DEPARTMENTS = 0.10
"""Share of ties to other departments. Assumption (0.02–0.2)."""

SOCIABILITY_SPREAD = 1.0
"""Standard deviation of the log of how many ties outside the team someone keeps. Assumption
(0.5–1.3): a few people know many, so that a friend of someone random has more ties than someone
random (Feld 1991)."""

LEAST_FOR_EVERY_ROLE = 5
"""A department with so many posts has at least one in every role that it has staff in."""

_ATTEMPTS = 16
FEWEST = 200
"""Posts that a department has at least, unless its staff are fewer."""
_FRONTLINE, _BACK_OFFICE, _MANAGER = (
    ROLES.index(role) for role in ("frontline", "back-office", "manager")
)


@dataclass(frozen=True)
class Posts:
    """Posts as columns, numbered by department, then managers, frontline and back office.

    Attributes:
        department: index of the department, uint16 (posts,).
        role: code of the role, uint8 (posts,).
        team: number of the team, int32 (posts,); a team lies in one department.
        weight: members of staff that a post stands for, (departments,).
    """

    department: npt.NDArray[np.uint16]
    role: npt.NDArray[np.uint8]
    team: npt.NDArray[np.int32]
    weight: Floats


def make_posts(departments: Sequence[Department], weight: float) -> Posts:
    """Make the posts of all departments.

    Args:
        departments: departments, in order.
        weight: residents that a simulated one stands for. A post stands for as many members of
            staff, or for fewer: a department has at least FEWEST posts, or one for each of its
            staff, since a handful of people is no sample of managers, ties and adopters.
    """
    department: list[int] = []
    role: list[int] = []
    team: list[npt.NDArray[np.int64]] = []
    weights: list[float] = []
    teams_before = 0
    for index, unit in enumerate(departments):
        count = max(min(unit.staff, FEWEST), int(unit.staff / weight + 0.5))
        weights.append(unit.staff / count)
        managers, frontline, back_office = _roles(unit, count)
        department += [index] * count
        role += [_MANAGER] * managers + [_FRONTLINE] * frontline + [_BACK_OFFICE] * back_office
        # Teams are neighbours in the list, and managers are spread over them.
        teams = max(1, round(count / TEAM))
        team += [
            teams_before + np.arange(group) * teams // max(1, group)
            for group in (managers, count - managers)
        ]
        teams_before += teams
    return Posts(
        department=np.array(department, dtype=np.uint16),
        role=np.array(role, dtype=np.uint8),
        team=np.concatenate(team).astype(np.int32),
        weight=np.array(weights),
    )


def _roles(unit: Department, count: int) -> tuple[int, int, int]:
    """Return the numbers of managers, frontline and back-office posts."""
    shares = (unit.managers, unit.frontline, max(0.0, 1.0 - unit.managers - unit.frontline))
    parts = apportioned(count, shares)
    if count >= LEAST_FOR_EVERY_ROLE:
        for part, share in enumerate(shares):
            if share > 0.0 and parts[part] == 0:
                parts[np.argmax(parts)] -= 1
                parts[part] = 1
    return int(parts[0]), int(parts[1]), int(parts[2])


def make_colleagues(posts: Posts, seed: int, replicate: int) -> Rows:
    """Make the ties between posts.

    Members of a team nearly all work together. Ties beyond the team go between people drawn by
    their sociability, which differs much, so some are well connected.

    Args:
        posts: posts of all departments.
        seed: seed of the run.
        replicate: number of the replicate.

    Returns:
        Offsets and colleagues: see `takeup.model.world.ties.rows`.
    """
    count = len(posts.team)
    order = np.argsort(posts.team, kind="stable").astype(np.int32)
    team = np.searchsorted(posts.team[order], np.arange(int(posts.team.max()) + 2))
    department = np.searchsorted(posts.department, np.arange(len(posts.weight) + 1))
    sociability = np.exp(
        SOCIABILITY_SPREAD * ndtri(uniforms(count, STAFF_TRAITS, 0, seed, replicate)[:, 0])
    )
    reach = np.concatenate([[0.0], np.cumsum(sociability[order])])
    left, right = _tie_colleagues(order, team, department, posts.department, reach, seed, replicate)
    return rows(count, left, right)


@kernel
def _tie_colleagues(
    order: npt.NDArray[np.int32],
    team: npt.NDArray[np.int64],
    department: npt.NDArray[np.int64],
    department_of: npt.NDArray[np.uint16],
    reach: Floats,
    seed: int,
    replicate: int,
) -> tuple[Ends, Ends]:
    """Tie posts.

    Args:
        order: posts by team.
        team: first place in that order of every team, and the end.
        department: first place (and post) of every department, and the end.
        department_of: department of every post.
        reach: cumulative sociability in that order, from 0.
        seed: seed of the run.
        replicate: number of the replicate.
    """
    count = len(order)
    across_teams = int(count * COLLEAGUES * ACROSS_TEAMS / 2.0 + 0.5)
    across_departments = int(count * COLLEAGUES * ACROSS_DEPARTMENTS / 2.0 + 0.5)
    capacity = across_teams + across_departments
    for index in range(len(team) - 1):
        size = team[index + 1] - team[index]
        capacity += size * (size - 1) // 2
    table = empty_set(capacity)
    left = np.empty(capacity, dtype=np.int32)
    right = np.empty(capacity, dtype=np.int32)
    made = 0

    for index in range(len(team) - 1):
        first, end = team[index], team[index + 1]
        in_team = COLLEAGUES * (1.0 - ACROSS_TEAMS - ACROSS_DEPARTMENTS)
        chance = in_team / max(1, end - first - 1)
        for a in range(first, end):
            for b in range(a + 1, end):
                i, j = order[a], order[b]
                word, _, _, _ = philox(i, j, STAFF_TIES, 0, seed, replicate)
                if uniform(word) < chance and added(table, i, j):
                    left[made] = i
                    right[made] = j
                    made += 1

    stream = STAFF_TIES | 1 << SERVICE_SHIFT
    for tie in range(across_teams + across_departments):
        for attempt in range(_ATTEMPTS):
            who, whom, _, _ = philox(tie, attempt, stream, 0, seed, replicate)
            i = order[_at(reach, uniform(who) * reach[count])]
            low = reach[department[department_of[i]]]
            high = reach[department[department_of[i] + 1]]
            if tie < across_teams:
                point = low + uniform(whom) * (high - low)
            else:  # the stretch of all other departments
                point = uniform(whom) * (reach[count] - (high - low))
                point += high - low if point >= low else 0.0
            j = order[_at(reach, point)]
            if added(table, i, j):
                left[made] = i
                right[made] = j
                made += 1
                break
    return left[:made].copy(), right[:made].copy()


@kernel
def _at(reach: Floats, point: float) -> int:
    """Return the place whose stretch of the cumulative weights holds a point."""
    place = int(np.searchsorted(reach, point, side="right")) - 1
    return min(place, len(reach) - 2)
