"""A scenario as kinds of interventions and shocks see it."""

from __future__ import annotations

from takeup.programme.context import Context, PlannedItem, PlannedService
from takeup.scenario.schema.scenario import Scenario


def context_of(scenario: Scenario) -> Context:
    """Return what a kind may know of a scenario."""
    return Context(
        start=scenario.run.start,
        weeks=scenario.run.weeks,
        residents=scenario.place.residents,
        visit=scenario.place.prices.counter,
        departments={key: unit.staff for key, unit in scenario.departments.items()},
        services={
            key: PlannedService(
                service.department,
                scenario.planned_week(key),
                _online_by(scenario, key),
                service.complexity,
            )
            for key, service in scenario.services.items()
        },
        goals=tuple(scenario.goals),
        programme={
            key: PlannedItem(item.enabled, *scenario.weeks_of(item), item.uses_findings)
            for key, item in scenario.programme.items()
        },
    )


def _online_by(scenario: Scenario, service: str) -> bool:
    """Return whether a service may be online at some time of the run; nothing hurries "never"."""
    planned = scenario.planned_week(service)
    return planned < scenario.run.weeks or any(
        item.enabled and item.hurries(service, planned) for item in scenario.programme.values()
    )
