"""What a run was, as far as its results need to know."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

import numpy as np
import numpy.typing as npt

from takeup.kpis import Family

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Mark:
    """Something on the calendar of a scenario that explains its curves.

    Attributes:
        kind: a service that goes online, an intervention that runs, or a shock.
        name: what figures call it.
        first: first week.
        last: first week after it; equal to `first` for a go-live.
        service: of a go-live: id of the service.
    """

    kind: Literal["go-live", "intervention", "shock"]
    name: str
    first: int
    last: int
    service: str = ""


@dataclass(frozen=True)
class GoalInfo:
    """What a scenario means to reach.

    Attributes:
        name: id of the goal.
        kpi: name of the KPI.
        target: value to reach, in the KPI's unit.
        sign: 1 if the KPI is to be at least the target, −1 if at most.
        group: for whom, as results name groups.
        due: week of the run by which it is to be met; it may lie after the run.
    """

    name: str
    kpi: str
    target: float
    sign: int
    group: str
    due: int

    def met(self, values: FloatArray) -> npt.NDArray[np.bool_]:
        """Return which values meet it; one that is not there (NaN) does not."""
        reached: npt.NDArray[np.bool_] = self.sign * values >= self.sign * self.target
        return reached


@dataclass(frozen=True)
class RunInfo:
    """The names, the weight and the calendar behind a scenario's counters.

    Attributes:
        scenario: name of the scenario.
        start: the day on which week 0 begins.
        weeks: weeks of the run.
        weight: residents of the place that one simulated resident stands for.
        currency: ISO 4217 code.
        profiles: by family (age, income, access, support) the labels, and the code that every
            profile has among them.
        wards: ward names, in array order.
        services: service ids, in array order.
        departments: department ids, in array order.
        owner: for every service the index of its department.
        seed: seed of the random numbers.
        world: what tells apart residents, needs, random numbers and the posterior that is drawn
            from: scenarios with equal ones are compared without most of the noise.
        marks: planned go-lives, interventions and shocks.
        goals: what it means to reach.
        service_names: what figures call the services, by id.
        discount_rate: a year's discount on money that comes later.
    """

    scenario: str
    start: date
    weeks: int
    weight: float
    currency: str
    profiles: Mapping[Family, tuple[tuple[str, ...], IntArray]]
    wards: tuple[str, ...]
    services: tuple[str, ...]
    departments: tuple[str, ...]
    owner: tuple[int, ...]
    seed: int = 0
    world: str = ""
    marks: tuple[Mark, ...] = ()
    goals: tuple[GoalInfo, ...] = ()
    service_names: Mapping[str, str] = field(default_factory=dict)
    discount_rate: float = 0.0

    def labels(self, family: Family) -> tuple[str, ...]:
        """Return the labels of a family's groups, in array order."""
        if family == "all":
            return ("all",)
        if family in self.profiles:
            return self.profiles[family][0]
        named = {"ward": self.wards, "service": self.services, "department": self.departments}
        return named[family]

    def groups(self, family: Family) -> tuple[str, ...]:
        """Return a family's groups as results name them: `family:label`, or `all`."""
        if family == "all":
            return ("all",)
        return tuple(f"{family}:{label}" for label in self.labels(family))
