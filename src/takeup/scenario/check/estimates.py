"""What is known before a run: posts, staff that services need, and what a programme costs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import fsum

from takeup.programme.intervention import Intervention
from takeup.programme.segments import ROLES
from takeup.scenario.schema.scenario import Department, Scenario, Service
from takeup.scenario.schema.targets import addressed_share, staff_shares

_FEWEST_POSTS = 200
"""Posts that a department has at least, unless its staff are fewer (as in the model)."""

_MINUTES_A_YEAR = 52 * 60
"""Minutes a year in one hour a week."""


@dataclass(frozen=True)
class Cost:
    """What an intervention costs in the whole run, at most: as if every seat were taken.

    Attributes:
        money: seats, media, fixed and weekly costs, in the place's currency.
        hours: working hours of staff.
        hours_value: those hours at the departments' hourly cost.
    """

    money: float
    hours: float
    hours_value: float

    @property
    def total(self) -> float:
        """Money and the value of the hours."""
        return self.money + self.hours_value


def programme_costs(scenario: Scenario) -> dict[str, Cost]:
    """Return the cost of every intervention that is switched on, by its id."""
    return {key: _cost(scenario, i) for key, i in scenario.programme.items() if i.enabled}


def _cost(scenario: Scenario, item: Intervention) -> Cost:
    first, after = scenario.weeks_of(item)
    staff = staff_addressed(scenario, item)
    members = fsum(staff.values())
    addressed = residents_addressed(scenario, item) if item.addressed == "residents" else members
    hours = item.expected_weekly_hours(addressed) * (after - first) if members > 0.0 else 0.0
    hourly = fsum(staff[key] * scenario.departments[key].hourly_cost for key in staff)
    weekly = item.expected_weekly_cost(addressed)
    return Cost(
        money=(item.fixed_cost if after > first else 0.0) + weekly * (after - first),
        hours=hours,
        hours_value=hours * hourly / members if members > 0.0 else 0.0,
    )


def uncounted(scenario: Scenario) -> list[str]:
    """Return what changes the cost of a programme in ways that nobody can tell before a run."""
    events = {**scenario.programme, **{f"shock {k}": s for k, s in scenario.shocks.items()}}
    found = [key for key, event in events.items() if event.enabled and event.reprices]
    return found if programme_costs(scenario) else []


def staff_addressed(scenario: Scenario, item: Intervention) -> dict[str, float]:
    """Return the members of staff whose hours it takes, by department.

    Of what is about services: the staff of the departments that own them.
    """
    departments: Iterable[str] = item.target.departments or scenario.departments
    if item.addressed == "services":
        about = item.about or scenario.services
        departments = dict.fromkeys(scenario.services[key].department for key in about)
    staff = {}
    for key in departments:
        department = scenario.departments[key]
        shares = staff_shares(department.model_dump())
        roles = ("manager",) if item.OF_MANAGERS else item.target.roles or ROLES
        staff[key] = department.staff * fsum(shares[role] for role in roles)
    return staff


def residents_addressed(scenario: Scenario, item: Intervention) -> float:
    """Return the residents that an intervention addresses."""
    share = addressed_share(item.target.model_dump(), scenario.place.model_dump())
    return share * scenario.place.residents


def full_time_staff_needed(scenario: Scenario) -> dict[str, float]:
    """Return the full-time staff that the services of every department need at the start.

    Minutes of a year's cases, by the channels of today, over the productive minutes of a member of
    staff at the target utilisation.
    """
    utilisation = scenario.parameter_values()["target_utilisation"]
    needed = {}
    for key, department in scenario.departments.items():
        minutes = fsum(
            service.yearly_volume * _minutes(service, department)
            for service in scenario.services.values()
            if service.department == key
        )
        needed[key] = minutes / (department.weekly_hours * _MINUTES_A_YEAR * utilisation)
    return needed


def _minutes(service: Service, department: Department) -> float:
    """Return the mean staff minutes of a case at the start of the run."""
    minutes = service.minutes
    online = service.take_up if service.go_live is None else 0.0
    new_way = department.adopted
    digital = new_way * minutes.digital + (1.0 - new_way) * minutes.rekeying
    offline = service.phone_share * minutes.phone + (1.0 - service.phone_share) * minutes.counter
    return online * (1.0 - service.straight_through) * digital + (1.0 - online) * offline


def posts(scenario: Scenario) -> Mapping[str, int]:
    """Return how many posts are simulated in every department."""
    weight = scenario.place.residents / scenario.simulated()
    return {
        key: max(min(department.staff, _FEWEST_POSTS), int(department.staff / weight + 0.5))
        for key, department in scenario.departments.items()
    }
