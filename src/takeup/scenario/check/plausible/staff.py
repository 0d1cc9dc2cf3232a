"""Departments: their staff, and whether these are enough."""

from __future__ import annotations

from collections.abc import Iterator

from takeup.scenario.check.estimates import full_time_staff_needed
from takeup.scenario.check.plausible.doubt import Doubt, tenth
from takeup.scenario.schema.scenario import Department, Scenario
from takeup.scenario.schema.text import percent

_SOONEST = 13.0
"""Weeks in which everyday support can bring newcomers to the new way of working."""


def departments(scenario: Scenario) -> Iterator[Doubt]:
    """Departments without services or staff enough; odd hours and shares."""
    owners = {service.department for service in scenario.services.values()}
    idle = [name for name in scenario.departments if name not in owners]
    if idle:
        verb = "own" if len(idle) > 1 else "owns"
        yield Doubt(
            "departments",
            f"{', '.join(idle)} {verb} none of the services, so that nothing goes online there; "
            "is the `department` of a service another one?",
        )
    needed = full_time_staff_needed(scenario)
    for name, department in scenario.departments.items():
        where = f"departments.{name}"
        yield from _capacity(scenario, name, department, needed[name])
        if not 15.0 <= department.weekly_hours <= 45.0:
            meant = "; is it of a day?" if department.weekly_hours < 10.0 else ""
            yield Doubt(
                f"{where}.weekly_hours",
                f"{department.weekly_hours:g} productive hours a week of a member of staff, where "
                f"25 to 38 are usual{meant}",
            )
        if department.managers > 0.4:
            yield Doubt(
                f"{where}.managers",
                f"{percent(department.managers)} of staff manage others; is "
                f"{tenth(department.managers)} meant?",
            )
        yield from _turnover(scenario, name, department)
        for key in ("resistance", "adopted"):
            share = getattr(department, key)
            if share > 0.95:
                yield Doubt(f"{where}.{key}", f"{percent(share)}, so that it is true of all staff")


def _turnover(scenario: Scenario, name: str, department: Department) -> Iterator[Doubt]:
    """Adopters whom everyday support can hardly replace as fast as they leave."""
    others = 1.0 - department.adopted
    leaving = department.adopted * scenario.parameter_values()["turnover"] / 52.0
    if 0.0 < others < _SOONEST * leaving:
        yield Doubt(
            f"departments.{name}.adopted",
            f"{percent(department.adopted)} can last only if newcomers work the new way within "
            f"{others / leaving:.0f} weeks; without a programme it may fall",
        )


def _capacity(
    scenario: Scenario, name: str, department: Department, needed: float
) -> Iterator[Doubt]:
    """Staff against the work of their services."""
    if needed > department.staff:
        yield Doubt(
            f"departments.{name}.staff",
            f"{name} needs {needed:,.0f} full-time staff and has {department.staff:,}: queues will "
            "grow without end; are volumes of a year and minutes of one case?",
        )
        return
    share = department.handles_share
    at_most = needed * scenario.parameter_values()["target_utilisation"]
    if share is not None and at_most > department.staff * share:
        yield Doubt(
            f"departments.{name}.handles_share",
            f"{percent(share)} of {department.staff:,} staff are {department.staff * share:,.3g}, "
            f"and the services need {at_most:,.3g}: queues will grow without end; leave it out, "
            "and it is as much as they need",
        )
