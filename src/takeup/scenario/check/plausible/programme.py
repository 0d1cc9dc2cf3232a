"""Interventions and shocks: their dates, whom they address, and what they cost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import fsum

from takeup.kpis import YEAR
from takeup.programme.event import Event
from takeup.programme.intervention import Size
from takeup.programme.shock import Shock
from takeup.scenario.check.estimates import programme_costs, residents_addressed, staff_addressed
from takeup.scenario.check.plausible.doubt import Doubt
from takeup.scenario.check.plausible.money import usual_hour
from takeup.scenario.schema.scenario import Scenario
from takeup.scenario.schema.text import percent


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
            for key, text in event.doubts() if isinstance(event, Shock) else ():
                yield Doubt(f"{part}.{name}.{key}", text)

    ends = f"the end of the run ({run.weeks} weeks, to {scenario.date_of(run.weeks)})"
    for keys, text in (
        (after, f"after {ends}, so that only what hurries it puts it online; is the year right?"),
        (longer, f"longer than the run of {run.weeks} weeks; are they days?"),
    ):
        if keys:
            yield Doubt(", ".join(keys), text)


def sizes(scenario: Scenario) -> Iterator[Doubt]:
    """Doses against the people whom they address."""
    for name, item in scenario.programme.items():
        first, after = scenario.weeks_of(item)
        if not item.enabled or after == first:
            continue
        staff = staff_addressed(scenario, item)
        members = fsum(staff.values())
        residents = item.addressed == "residents"
        size = Size(
            people=residents_addressed(scenario, item) if residents else members,
            members=members,
            available=fsum(staff[key] * scenario.departments[key].weekly_hours for key in staff),
            weeks=after - first,
        )
        for key, text in item.doubts(size):
            yield Doubt(f"programme.{name}.{key}", text)


def costs(scenario: Scenario) -> Iterator[Doubt]:
    """Costs against the pay of the staff: none at all, or more than is likely."""
    costs = programme_costs(scenario)
    hourly = usual_hour(scenario)
    pay = fsum(d.staff * d.weekly_hours * d.hourly_cost for d in scenario.departments.values())
    for key in costs:
        item, where = scenario.programme[key], f"programme.{key}"
        for field, most in item.PRICES.items():
            price = float(getattr(item, field))
            if price > most * hourly:
                yield Doubt(
                    f"{where}.{field}",
                    f"{price:,.0f} is what {price / hourly:,.0f} hours of staff cost; it is the "
                    f"price of one {field.removesuffix('_cost')}, not of all",
                )
        for field in item.FEES:
            price = float(getattr(item, field))
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
