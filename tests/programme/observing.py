"""A council for the interventions' tests, made by hand."""

from __future__ import annotations

import numpy as np

from takeup.model.world.fields import uniforms_of
from takeup.programme import Goal, Intervention, Levers, Shock
from takeup.programme.segments import ACCESSES, PROFILES, ROLES, Segments

POSTS = 60


class Council:
    """An `Observed` of 60 posts in two departments on a ring, with one hub (post 0).

    Ten posts in every department and role; department d owns service x, which is online and does
    well, and e owns y, which is not online yet. Tests overwrite what they are about.

    Attributes:
        kpis: value by (name, group); NaN for what is not there.
    """

    week = 0
    weight = 10.0
    segments = Segments(wards=("a", "b"), services=("x", "y"), departments=("d", "e"))
    insight = 0.0
    message_fit = 1.0
    prevented = 0.0
    mitigated = 0.0

    def __init__(self, replicate: int = 0) -> None:
        self.replicate = replicate
        self.memory = {}
        self.goals: dict[str, Goal] = {}
        self.intensity: dict[str, float] = {}
        self.kpis: dict[tuple[str, str], float] = {}
        self.residents = np.full((PROFILES, 2), 5, np.int64)
        self.needs = np.full((PROFILES, 2), 2, np.int64)
        without = self.segments.profiles["access"] == ACCESSES.index("without")
        self.needing_help = np.repeat(without[:, None], 2, axis=1).astype(np.int64)
        self.staff_department = np.repeat([0, 1], 30)
        self.staff_role = np.tile(np.arange(len(ROLES)), 20)
        self.post_weight = np.array([10.0, 10.0])
        self.staff = np.full((2, len(ROLES)), 10, np.int64)
        self.staff_untrained = np.full((2, len(ROLES)), 10, np.int64)
        self.staff_blocked = np.array([[6, 3, 0], [2, 5, 1]])
        self.staff_unpractised = np.array([[9, 8, 4], [10, 6, 7]])
        self.hourly_cost = np.array([20.0, 40.0])
        self.owner = np.array([0, 1])
        self.live = np.array([True, False])
        self.success = np.array([0.6, 0.0])
        self.staff_insight = np.zeros(2)
        self.staff_message_fit = np.ones(2)
        ties = [set() for _ in range(POSTS)]
        for post in range(POSTS):
            for other in ((post + 1) % POSTS, *([0] if post % 3 == 0 and post else [])):
                ties[post].add(other)
                ties[other].add(post)
        self._offsets = np.cumsum([0, *(len(t) for t in ties)])
        self._ends = np.concatenate([sorted(t) for t in ties])
        self.ties = ties

    def kpi(self, name: str, group: str = "all", weeks: int = 4) -> float:
        return self.kpis.get((name, group), float("nan"))

    def due(self, goal: Goal) -> int:
        assert isinstance(goal.by, int)
        return goal.by

    def staff_ties(self):
        return self._offsets, self._ends

    def draw(self, agents, stream, event=0):
        return uniforms_of(agents, stream, event, 1, self.replicate)

    def betweenness(self):
        return np.arange(POSTS, dtype=float)


def levers_of(event: Intervention | Shock, week: int = 0, council: Council | None = None) -> Levers:
    """Return what an event does to the levers in a week of its own, all else at rest."""
    council = council or Council()
    levers = Levers(council.segments, POSTS)
    event.act(week, council, levers)
    return levers


def moved(levers: Levers) -> dict[str, np.ndarray | float]:
    """Return the levers that are not at rest, with the money, by name."""
    rest = vars(Levers(Council.segments, POSTS))
    return {
        name: value
        for name, value in vars(levers).items()
        if name not in ("cells", "staff", "services", "departments")
        and not name.startswith("_")
        and not np.array_equal(value, rest[name])
    }
