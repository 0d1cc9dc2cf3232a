"""Interventions and shocks: their dates, whom they address, and what they cost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import fsum
from typing import Any

from takeup.programme import Event, Intervention
from takeup.scenario.estimates import (
    audience_of,
    programme_costs,
    residents_addressed,
    staff_addressed,
)
from takeup.scenario.plausible.doubt import YEAR, Doubt, money, tenth
from takeup.scenario.plausible.money import usual_hour
from takeup.scenario.schema import Scenario
from takeup.scenario.text import percent


def events(scenario: Scenario) -> Iterator[Doubt]:
    """Dates and lengths against the run; shocks that are too large or too often."""
    run, longer = scenario.run, []
    after = [
        f"services.{name}.go_live"
        for name, service in scenario.services.items()
        if service.go_live not in (None, "never") and scenario.go_live_week(name) >= run.weeks
    ]
    tables: tuple[tuple[str, Mapping[str, Event]], ...] = (
        ("programme", scenario.programme),
        ("shocks", scenario.shocks),
    )
    for part, events in tables:
        for name, event in events.items():
            if not event.enabled:
                continue
            if event.weeks is not None and event.weeks > run.weeks:
                longer.append(f"{part}.{name}.weeks")
            if part == "shocks" and getattr(event, "factor", 1.0) > 5.0:
                yield Doubt(
                    f"{part}.{name}.factor",
                    f"{event.factor:g} times the usual needs; a surge by half is 1.5",  # type: ignore[attr-defined]
                )
            if part == "shocks" and (getattr(event, "per_year", None) or 0.0) > 12.0:
                yield Doubt(
                    f"{part}.{name}.per_year",
                    f"{event.per_year:g} a year is more than one a month; is it of ten years?",  # type: ignore[attr-defined]
                )

    ends = f"the end of the run ({run.weeks} weeks, to {scenario.date_of(run.weeks)})"
    for keys, text in (
        (after, f"after {ends}, so that only what hurries it puts it online; is the year right?"),
        (longer, f"longer than the run of {run.weeks} weeks; are they days?"),
    ):
        if keys:
            yield Doubt(", ".join(keys), text)


_TEAM = 20
"""People so few that they may all take part every week."""

_A_WEEK = ("seats", "sessions", "places")
"""Fields that say how many people take part in a week."""

_HOURS = ("hours", "staff_hours")
"""Fields of working hours in the whole place, of kinds that have no seats."""


def sizes(scenario: Scenario) -> Iterator[Doubt]:
    """Doses against the people whom they address."""
    for name, item in scenario.programme.items():
        first, after = scenario.weeks_of(item)
        if not item.enabled or after == first:
            continue
        where = f"programme.{name}"
        staff = staff_addressed(scenario, item)
        members = fsum(staff.values())
        residents = audience_of(item) == "residents"
        people = residents_addressed(scenario, item) if residents else members
        for key in _A_WEEK:
            yield from _seats(item, where, key, people, residents, after - first)
        if item.kind == "champions":
            yield from _champions(item, where, members)
        elif item.kind not in ("training", "digital_agency", "engagement", "tailored_support"):
            available = fsum(staff[key] * scenario.departments[key].weekly_hours for key in staff)
            key = next((k for k in _HOURS if getattr(item, k, 0.0) > 0.0), "hours")
            hours = item.expected_weekly_hours(members)
            if hours > available / 4:
                yield Doubt(
                    f"{where}.{key}",
                    f"takes {hours:,.0f} hours a week of the {available:,.0f} that those addressed "
                    "work; are they of a year, or of all staff?",
                )


def _seats(
    item: Intervention, where: str, key: str, people: float, residents: bool, weeks: int
) -> Iterator[Doubt]:
    """Seats, sessions and places are of a week, and not of all weeks."""
    number = getattr(item, key, 0.0)
    whom = "residents" if residents else "staff"
    if not number or people <= 0.0:
        return
    at_once = number > people + _TEAM
    often = number > 0.15 * people and number * weeks > 1.5 * people and people > _TEAM
    if at_once or often:
        once = people / weeks
        yield Doubt(
            f"{where}.{key}",
            f"{number:,.6g} {key} a week are {number * weeks:,.6g} in its {weeks} weeks, for "
            f"{people:,.0f} {whom}; for one each write about {money(once)}",
        )


def _champions(item: Any, where: str, members: float) -> Iterator[Doubt]:
    if item.share > 0.3:
        yield Doubt(
            f"{where}.share",
            f"{percent(item.share)} of staff as champions; usual are 2 to 10 %; is "
            f"{tenth(item.share)} meant?",
        )
    elif 0.0 < item.share * members < 0.5:
        yield Doubt(
            f"{where}.share",
            f"{percent(item.share)} of {members:,.0f} staff are less than one champion; 5 % is "
            "0.05",
        )
    if item.hours > 10.0:
        yield Doubt(
            f"{where}.hours",
            f"{item.hours:g} hours a week of each champion; is it of all, or of a month?",
        )


def costs(scenario: Scenario) -> Iterator[Doubt]:
    """Costs against the pay of the staff: none at all, or more than is likely."""
    costs = programme_costs(scenario)
    hourly = usual_hour(scenario)
    pay = fsum(d.staff * d.weekly_hours * d.hourly_cost for d in scenario.departments.values())
    for key in costs:
        item, where = scenario.programme[key], f"programme.{key}"
        for field, most in (("seat_cost", 200.0), ("session_cost", 100.0)):
            price = getattr(item, field, 0.0)
            if price > most * hourly:
                yield Doubt(
                    f"{where}.{field}",
                    f"{price:,.0f} is what {price / hourly:,.0f} hours of staff cost; it is the "
                    f"price of one {field.removesuffix('_cost')}, not of all",
                )
        for field in ("weekly_cost", "weekly_fee"):
            price = getattr(item, field, 0.0)
            if price > pay / 4:
                yield Doubt(
                    f"{where}.{field}",
                    f"{price:,.0f} a week is {percent(price / pay)} of what all staff cost in a "
                    f"week; is it of a year? As a week: {price / YEAR:,.0f}",
                )
        run = pay * scenario.run.weeks
        if item.fixed_cost > run / 4:
            yield Doubt(
                f"{where}.fixed_cost",
                f"{item.fixed_cost:,.0f} is {percent(item.fixed_cost / run)} of what all staff "
                "cost in the whole run; is it in whole units of the currency?",
            )
    free = [
        key
        for key, cost in costs.items()
        if cost.total == 0.0 and scenario.programme[key].dose > 0.0 and _runs(scenario, key)
    ]
    if free:
        verb = "cost" if len(free) > 1 else "costs"
        yield Doubt(
            "programme",
            f"{', '.join(free)} {verb} nothing, neither money nor staff hours; is that meant? "
            "Costs are stated by fixed_cost, weekly_cost, prices and hours",
        )


def _runs(scenario: Scenario, key: str) -> bool:
    first, after = scenario.weeks_of(scenario.programme[key])
    return first < after
