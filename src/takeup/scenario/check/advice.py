"""What is allowed in a scenario but may well be in vain: the warnings of `takeup check`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from takeup.programme.context import Context
from takeup.programme.event import Event
from takeup.programme.intervention import Intervention
from takeup.scenario.schema.context import context_of
from takeup.scenario.schema.scenario import Scenario
from takeup.scenario.schema.text import percent

_HIGH_TAKE_UP = 0.75
"""Take-up today above which too few may have access and know of a service for it to be so."""


def advice(scenario: Scenario) -> Iterator[str]:
    """Yield a sentence for everything that may not do what its author expects."""
    context = context_of(scenario)
    programme = {key: item for key, item in scenario.programme.items() if item.enabled}
    audits = {key: item for key, item in programme.items() if item.FINDS}
    yield from _take_up(scenario)
    yield from _goals(scenario)
    for key, item in audits.items():
        yield from item.advice(key, context)
    yield from _uninformed(context, programme)
    for key, item in programme.items():
        yield from _offline(context, key, item)
        if key not in audits:
            yield from item.advice(key, context)
        if item.dose == 0.0:
            yield f"{key} does nothing, because its `{item.DOSE}` is 0"
    for key, shock in scenario.shocks.items():
        if shock.enabled:
            yield from _offline(context, f"shock {key}", shock)


def _take_up(scenario: Scenario) -> Iterator[str]:
    high = [
        f"{key} ({percent(service.take_up)})"
        for key, service in scenario.services.items()
        if service.go_live is None and service.take_up > _HIGH_TAKE_UP
    ]
    if high:
        yield (
            f"the take-up today of {', '.join(high)} may be more than those with access who know "
            "of it can make; then others help them, or they have no choice"
        )


def _goals(scenario: Scenario) -> Iterator[str]:
    due = {key: scenario.due_week(goal) for key, goal in scenario.goals.items()}
    late = [key for key, week in due.items() if week > scenario.run.weeks]
    if late:
        yield (
            f"due after the end of the run, so that it cannot tell whether they are met: goal "
            f"{', '.join(late)}"
        )


def _uninformed(context: Context, programme: Mapping[str, Intervention]) -> Iterator[str]:
    """Warn of what uses the findings of audits before there are any."""
    plans = context.programme
    found = [plans[key].after for key, item in programme.items() if item.FINDS and item.dose > 0.0]
    finished = min(found, default=context.weeks)
    spans = {key: plans[key] for key, item in programme.items() if item.uses_findings}
    never = [key for key, plan in spans.items() if plan.after <= finished]
    early = [key for key, plan in spans.items() if plan.first < finished < plan.after]
    for names, then in (
        (never, "ends"),
        (early, f"starts ({context.date_of(finished)}); until then it works as if it did not"),
    ):
        if names:
            yield (
                f"{', '.join(names)}: is tailored or aims at a barrier as far as audits tell, but "
                f"none is finished before it {then}"
            )


def _offline(context: Context, key: str, event: Event) -> Iterator[str]:
    """Warn of what is only about services that are not online in the run."""
    if not event.NEEDS_ONLINE:
        return
    services, departments = event.target.services, event.target.departments
    if services and not any(context.services[service].online for service in services):
        yield f"{key} is about {', '.join(services)} only, and that is not online in this run"
    owned = [service for service in context.services.values() if service.department in departments]
    if departments and not any(service.online for service in owned):
        yield (
            f"{key} addresses {', '.join(departments)} only, and no service of theirs is online "
            "in this run"
        )
