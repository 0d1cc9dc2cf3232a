"""What a programme may read and what it may move, and nothing else.

`Observed` is what a council can see at the start of a week; `Levers` is what it can move in it. The
model implements the first and reads the second; interventions and shocks never touch the model's
state.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import prod
from typing import Any, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from takeup.programme.goal import Goal
from takeup.programme.segments import PROFILES, ROLES, BoolArray, IntArray, Segments

# Streams of draws that a programme takes through `Observed.draw`; those of the model lie below 32.
CHAMPION_LOTTERY = 32
INCIDENT = 33

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
    def needs(self) -> IntArray:
        """Last week's needs of simulated residents, (PROFILES, wards)."""

    @property
    def needing_help(self) -> IntArray:
        """Last week's needs for online services of those who cannot well use them alone."""

    @property
    def staff_department(self) -> IntArray:
        """Department of every post."""

    @property
    def staff_role(self) -> IntArray:
        """Role of every post."""

    @property
    def staff(self) -> IntArray:
        """Posts by department and role."""

    @property
    def staff_untrained(self) -> IntArray:
        """Posts whose holders know too little to work the new way, by department and role."""

    @property
    def staff_blocked(self) -> IntArray:
        """Those of them whom knowledge blocks, since they are aware and willing; same shape."""

    @property
    def staff_unpractised(self) -> IntArray:
        """Posts whose holders have not adopted, by department and role."""

    @property
    def hourly_cost(self) -> FloatArray:
        """Cost of an hour of staff time by department, in the place's currency."""

    @property
    def owner(self) -> IntArray:
        """Department of every service."""

    @property
    def live(self) -> BoolArray:
        """Which services are online, (services,)."""

    @property
    def success(self) -> FloatArray:
        """How well online users of every service fared of late, 0 (no better than half) to 1."""

    @property
    def insight(self) -> float:
        """What audits tell of residents, 0 (nothing, or out of date) to 1."""

    @property
    def staff_insight(self) -> FloatArray:
        """What audits tell of staff, by department."""

    @property
    def message_fit(self) -> float:
        """Factor on the reach of a message that was tailored to what audits tell; 1 without."""

    @property
    def staff_message_fit(self) -> FloatArray:
        """The same among staff, by department."""

    @property
    def prevented(self) -> float:
        """Share of incidents that shared threat data prevent, as of last week."""

    @property
    def mitigated(self) -> float:
        """Share of an incident's harm that they take off, as of last week."""

    @property
    def goals(self) -> Mapping[str, Goal]:
        """What the council means to reach, by name."""

    @property
    def intensity(self) -> dict[str, float]:
        """Factors on the doses of interventions, by their names: reviews set them."""

    @property
    def memory(self) -> dict[Any, Any]:
        """What an intervention need not work out anew every week; empty when a run begins."""

    def kpi(self, name: str, group: str = "all", weeks: int = 4) -> float:
        """Return a KPI of a group over the last weeks; NaN if there is nothing yet."""

    def due(self, goal: Goal) -> int:
        """Return the week of the run by which a goal is to be met."""

    def staff_ties(self) -> tuple[IntArray, IntArray]:
        """Return who works with whom, as CSR (offsets, posts)."""

    def draw(self, agents: IntArray, stream: int, event: int = 0) -> FloatArray:
        """Return uniforms addressed by agent, stream and event: the same in every week and plan."""

    def betweenness(self) -> FloatArray:
        """Return how often every post lies on short paths between others."""


STAFF_LEVERS = np.dtype(
    [
        ("exposure", "<f8"),  # hazard of becoming aware of the new way of working
        ("training", "<f8"),  # chance of a training seat for an untrained member of staff
        ("training_focus", "<f8"),  # and the further chance for one whom knowledge blocks
        ("training_hours", "<f8"),  # those chances times the hours away from work of a seat
        ("training_gain", "<f8"),  # those chances times the share of missing knowledge it gives
        ("hours", "<f8"),  # hours a week away from work for something else
        ("engagement", "<f8"),  # chance of taking part in co-design
        ("engagement_hours", "<f8"),  # that chance times the hours away from work
        ("support", "<f8"),  # chance of being helped on the job, of those who have not adopted
        ("sponsorship", "<f8"),  # dose of visible sponsorship by leaders
        ("recognition", "<f8"),  # occasions on which what was achieved is recognised
    ]
)
"""What a week's programme does to staff, by department and role."""

SERVICE_LEVERS = np.dtype(
    [
        ("delivery", "<f8"),  # further weeks of progress towards its going online
        ("launch", "<f8"),  # 1: goes online this week
        ("design", "<f8"),  # share of the way to the best usability that it is improved
        ("design_kept", "<f8"),  # that share times the part the council can keep up by itself
        ("standard", "<f8"),  # dose of a common design standard, for what goes online
        ("steering", "<f8"),  # dose of steering to the online channel at the choice
        ("referral", "<f8"),  # chance that someone who calls or comes is told of the online way
        ("outage", "<f8"),  # share of the week that it is down
        ("closed", "<f8"),  # 1: no counter this week
        ("publicity", "<f8"),  # dose of news of how well online services work
        ("publicity_shown", "<f8"),  # that dose times the success that is shown
    ]
)
"""What a week's programme does to services."""

DEPARTMENT_LEVERS = np.dtype(
    [
        ("showcase", "<f8"),  # visible success elsewhere, as seen by its staff
        ("load", "<f8"),  # changes that its staff are asked to take in at the same time
        ("team", "<f8"),  # members of a change team who work for it
        ("audit", "<f8"),  # quality of an audit of its staff that is finished this week
        ("vacancy", "<f8"),  # share of sponsorship that is missing because a leader left
        ("turnover", "<f8"),  # share of the sponsorship built up that is lost this week
    ]
)
"""What a week's programme does to departments."""

RESIDENT_LEVERS = np.dtype(
    [
        ("invitation", "<f8"),  # chance that someone in need takes part in co-design
        ("assistance", "<f8"),  # chance that a session is free for someone who needs help
    ]
)
"""What a week's programme does to residents, by profile and ward."""


NUMBERS = ("audit", "protection", "alarm", "calming", "incidents")
"""Levers that are single numbers."""


class Contribution(NamedTuple):
    """What one intervention does to the levers of a week, noted to be done again.

    Attributes:
        arrays: what it adds, by number of the part of the row.
        standing: levers that it looks at before it moves them, by name, as it leaves them; written
            after what is added.
        numbers: what it adds to single numbers, by name.
        payments: what it spends, one after the other.
    """

    arrays: tuple[tuple[int, FloatArray], ...]
    standing: tuple[tuple[str, FloatArray], ...]
    numbers: tuple[tuple[str, float], ...]
    payments: tuple[float, ...]


class Levers:
    """What this week's programme does, as arrays that the model's kernels read.

    Fields of the record arrays are attributes as well: `levers.staff_exposure` is
    `levers.staff["exposure"]`, `levers.service_steering` is `levers.services["steering"]`,
    `levers.department_load` is `levers.departments["load"]`, `levers.resident_assistance` is
    `levers.cells["assistance"]`.

    Attributes:
        exposure: hazard of hearing of an online service, (PROFILES, wards, services).
        lessons: hazard of a resident's being trained, (PROFILES, wards).
        lesson_gains: hazard times the share of the missing skill that a lesson gives, same shape.
        cells: RESIDENT_LEVERS, (PROFILES, wards).
        staff: STAFF_LEVERS, (departments, roles).
        services: SERVICE_LEVERS, (services,).
        departments: DEPARTMENT_LEVERS, (departments,).
        champions: strength of every post as a champion, (posts,); 0 is not a champion.
        champion_hours: hours a week away from work, (posts,).
        audit: quality of an audit of residents that is finished this week.
        protection: dose of shared threat data.
        alarm: share of trust that is lost this week through an incident or worrying news.
        calming: dose of what makes an alarm pass faster.
        incidents: incidents that happen this week.
        funding: share of the programme that is paid for: a cut lowers it.
        cost: money spent this week in the place's currency, unscaled by the sample.
    """

    exposure: FloatArray
    lessons: FloatArray
    lesson_gains: FloatArray
    champions: FloatArray
    champion_hours: FloatArray
    cells: npt.NDArray[np.void]
    staff: npt.NDArray[np.void]
    services: npt.NDArray[np.void]
    departments: npt.NDArray[np.void]
    staff_exposure: FloatArray
    staff_training: FloatArray
    staff_training_focus: FloatArray
    staff_training_hours: FloatArray
    staff_training_gain: FloatArray
    staff_hours: FloatArray
    staff_engagement: FloatArray
    staff_engagement_hours: FloatArray
    staff_support: FloatArray
    staff_sponsorship: FloatArray
    staff_recognition: FloatArray
    service_delivery: FloatArray
    service_launch: FloatArray
    service_design: FloatArray
    service_design_kept: FloatArray
    service_standard: FloatArray
    service_steering: FloatArray
    service_referral: FloatArray
    service_outage: FloatArray
    service_closed: FloatArray
    service_publicity: FloatArray
    service_publicity_shown: FloatArray
    department_showcase: FloatArray
    department_load: FloatArray
    department_team: FloatArray
    department_audit: FloatArray
    department_vacancy: FloatArray
    department_turnover: FloatArray
    resident_invitation: FloatArray
    resident_assistance: FloatArray

    def __init__(self, segments: Segments, posts: int) -> None:
        wards, services = len(segments.wards), len(segments.services)
        departments, roles = len(segments.departments), len(ROLES)
        self._shapes: tuple[tuple[str, tuple[int, ...], np.dtype[Any]], ...] = (
            ("exposure", (PROFILES, wards, services), np.dtype("<f8")),
            ("lessons", (PROFILES, wards), np.dtype("<f8")),
            ("lesson_gains", (PROFILES, wards), np.dtype("<f8")),
            ("champions", (posts,), np.dtype("<f8")),
            ("champion_hours", (posts,), np.dtype("<f8")),
            ("cells", (PROFILES, wards), RESIDENT_LEVERS),
            ("staff", (departments, roles), STAFF_LEVERS),
            ("services", (services,), SERVICE_LEVERS),
            ("departments", (departments,), DEPARTMENT_LEVERS),
        )
        # All of them lie in one row of numbers, which is quick to reset.
        self._row: FloatArray = np.zeros(
            sum(prod(shape) * dtype.itemsize // 8 for _, shape, dtype in self._shapes)
        )
        self._lay_out()
        self.audit = self.protection = self.alarm = self.calming = self.incidents = 0.0
        self.funding = 1.0
        self.cost = 0.0

    def _lay_out(self) -> None:
        """Make every array a view of its part of the row, and every field one of its array."""
        parts, first = [], 0
        for name, shape, dtype in self._shapes:
            after = first + prod(shape) * dtype.itemsize // 8
            parts.append(self._row[first:after])
            setattr(self, name, parts[-1].view(dtype).reshape(shape))
            first = after
        self._parts = tuple(parts)
        for prefix, records in (
            ("resident", self.cells),
            ("staff", self.staff),
            ("service", self.services),
            ("department", self.departments),
        ):
            for field in records.dtype.names or ():
                setattr(self, f"{prefix}_{field}", records[field])  # a view

    def __getstate__(self) -> dict[str, Any]:
        """Return what is pickled or copied: the row, of which all arrays are views."""
        own = {"_row", "_shapes"}
        return {
            name: value
            for name, value in self.__dict__.items()
            if name in own or isinstance(value, float)
        }

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Take over what was pickled or copied."""
        self.__dict__.update(state)
        self._lay_out()

    def reset(self) -> None:
        """Put every lever back to rest."""
        self._row.fill(0.0)
        self.audit = self.protection = self.alarm = self.calming = self.incidents = 0.0
        self.funding = 1.0
        self.cost = 0.0

    def spend(self, amount: float) -> None:
        """Add to the week's cost, in the place's currency, for the whole place."""
        self.cost += amount

    def add(self, given: Contribution) -> None:
        """Add what was noted of an intervention, bit for bit as if it acted again."""
        for part, values in given.arrays:
            own = self._parts[part]
            np.add(own, values, own)
        for name, values in given.standing:
            getattr(self, name)[...] = values
        for name, number in given.numbers:
            setattr(self, name, getattr(self, name) + number)
        for amount in given.payments:
            self.cost += amount
