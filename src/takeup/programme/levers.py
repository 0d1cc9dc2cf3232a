"""What interventions may read and what they may move, and nothing else.

`Observed` is what a council can see at the start of a week; `Levers` is what it can move in it. The
model implements the first and reads the second; interventions never touch the model's state.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import numpy.typing as npt

from takeup.programme.segments import PROFILES, ROLES, IntArray, Segments

if TYPE_CHECKING:
    from takeup.programme.intervention import Intervention

# Streams of draws that interventions take through `Observed.draw`; those of the model lie below 32.
CHAMPION_LOTTERY = 32

FloatArray = npt.NDArray[np.float64]


class Observed(Protocol):
    """What a council can see at the start of a week (last week's published state)."""

    @property
    def week(self) -> int:
        """Week of the run, 0 at its start."""

    @property
    def segments(self) -> Segments:
        """Names of wards, services and departments."""

    @property
    def weight(self) -> float:
        """Residents that one simulated resident stands for."""

    @property
    def post_weight(self) -> FloatArray:
        """Members of staff that one simulated post stands for, by department."""

    @property
    def residents(self) -> IntArray:
        """Simulated residents by profile and ward, shape (PROFILES, wards)."""

    @property
    def staff_department(self) -> IntArray:
        """Department of every post."""

    @property
    def staff_role(self) -> IntArray:
        """Role of every post."""

    @property
    def staff_untrained(self) -> IntArray:
        """Staff who know too little to work the new way, by department and role."""

    @property
    def hourly_cost(self) -> FloatArray:
        """Cost of an hour of staff time by department, in the place's currency."""

    @property
    def memory(self) -> dict[Any, Any]:
        """What an intervention need not work out anew every week; empty when a run begins."""

    def staff_ties(self) -> tuple[IntArray, IntArray]:
        """Return who works with whom, as CSR (offsets, posts)."""

    def draw(self, agents: IntArray, stream: int, event: int = 0) -> FloatArray:
        """Return uniforms addressed by agent, stream and event: the same in every week and plan."""

    def betweenness(self) -> FloatArray:
        """Return how often every post lies on short paths between others."""


class Levers:
    """What this week's programme does, as arrays that the model's kernels read.

    Attributes:
        exposure: hazard of hearing of an online service, (PROFILES, wards, services).
        lessons: hazard of a resident's being trained, (PROFILES, wards).
        lesson_gains: hazard times the share of the missing skill that a lesson gives, same shape.
        staff_exposure: hazard of becoming aware of the new way of working, (departments, roles).
        staff_training: chance of a training seat for an untrained member of staff, same shape.
        staff_training_hours: that chance times the hours away from work that a seat takes.
        staff_training_gain: that chance times the share of the missing knowledge that it gives.
        staff_hours: hours a week away from work for something else, same shape.
        champions: strength of every post as a champion, (posts,); 0 is not a champion.
        champion_hours: hours a week away from work, (posts,).
        cost: money spent this week in the place's currency, unscaled by the sample.
    """

    def __init__(self, segments: Segments, posts: int) -> None:
        wards, services = len(segments.wards), len(segments.services)
        departments, roles = len(segments.departments), len(ROLES)
        self.exposure: FloatArray = np.zeros((PROFILES, wards, services))
        self.lessons: FloatArray = np.zeros((PROFILES, wards))
        self.lesson_gains: FloatArray = np.zeros((PROFILES, wards))
        self.staff_exposure: FloatArray = np.zeros((departments, roles))
        self.staff_training: FloatArray = np.zeros((departments, roles))
        self.staff_training_hours: FloatArray = np.zeros((departments, roles))
        self.staff_training_gain: FloatArray = np.zeros((departments, roles))
        self.staff_hours: FloatArray = np.zeros((departments, roles))
        self.champions: FloatArray = np.zeros(posts)
        self.champion_hours: FloatArray = np.zeros(posts)
        self.cost = 0.0

    def reset(self) -> None:
        """Put every lever back to rest."""
        for array in vars(self).values():
            if isinstance(array, np.ndarray):
                array.fill(0.0)
        self.cost = 0.0

    def spend(self, amount: float) -> None:
        """Add to the week's cost, in the place's currency, for the whole place."""
        self.cost += amount


def programme_order(interventions: Iterable[Intervention]) -> tuple[Intervention, ...]:
    """Return interventions in the order in which they act: by kind, then by a hash of the fields.

    Adding floats does not commute to the last bit, so the order in a file must not decide; nor may
    the end of one decide the order of others, so the calendar comes last.
    """

    def key(intervention: Intervention) -> tuple[str, str, str, str]:
        what = intervention.model_dump_json(exclude={"start", "weeks", "until", "enabled"})
        digest = hashlib.sha256(what.encode()).hexdigest()
        return intervention.kind, digest, str(intervention.start), intervention.model_dump_json()

    return tuple(sorted((i for i in interventions if i.enabled), key=key))
