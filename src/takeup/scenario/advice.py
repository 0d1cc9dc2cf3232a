"""What is allowed in a scenario but may well be in vain: the warnings of `takeup check`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import isfinite
from typing import Any

from takeup.programme import Event, Intervention
from takeup.scenario.calendar import brings_forward
from takeup.scenario.schema import Scenario
from takeup.scenario.text import percent

_HIGH_TAKE_UP = 0.75
"""Take-up today above which too few may have access and know of a service for it to be so."""

_NEEDS_ONLINE = ("outage",)
"""Shocks that move nothing unless the service is online; interventions about services all do."""


def advice(scenario: Scenario) -> Iterator[str]:
    """Yield a sentence for everything that may not do what its author expects."""
    programme = {key: item for key, item in scenario.programme.items() if item.enabled}
    yield from _take_up(scenario)
    yield from _goals(scenario)
    yield from _audits(scenario, programme)
    yield from _uninformed(scenario, programme)
    for key, item in programme.items():
        yield from _offline(scenario, key, item)
        if item.kind == "review":
            yield from _review(scenario, key, item)
        if item.dose == 0.0:
            yield f"{key} does nothing, because its `{item.DOSE}` is 0"
        elif item.kind == "engagement":
            yield from _engagement(scenario, key, item)
    for key, shock in scenario.shocks.items():
        if shock.enabled and shock.kind in _NEEDS_ONLINE:
            yield from _offline(scenario, f"shock {key}", shock)


def _take_up(scenario: Scenario) -> Iterator[str]:
    high = [
        f"{key} ({percent(service.take_up)})"
        for key, service in scenario.services.items()
        if service.go_live is None and service.take_up > _HIGH_TAKE_UP
    ]
    if high:
        yield (
            f"the take-up today of {', '.join(high)} may be more than those with access who know "
            "of it can make; then it starts lower"
        )


def _goals(scenario: Scenario) -> Iterator[str]:
    due = {key: scenario.due_week(goal) for key, goal in scenario.goals.items()}
    late = [key for key, week in due.items() if week > scenario.run.weeks]
    if late:
        yield (
            f"due after the end of the run, so that it cannot tell whether they are met: goal "
            f"{', '.join(late)}"
        )


# ---------------------------------------------------------------- audits and what uses them


def _audits(scenario: Scenario, programme: Mapping[str, Intervention]) -> Iterator[str]:
    users = [item for item in programme.values() if _uses_audits(item)]
    for key, item in programme.items():
        if item.kind == "audit":
            _, finished = scenario.weeks_of(item)
            if not any(scenario.weeks_of(user)[1] > finished for user in users):
                yield (
                    f"{key} is an audit that nothing uses: after it no communication is tailored "
                    "and no training aims at a barrier"
                )


def _uninformed(scenario: Scenario, programme: Mapping[str, Intervention]) -> Iterator[str]:
    """Warn of what uses the findings of audits before there are any."""
    audits = [item for item in programme.values() if item.kind == "audit" and item.dose > 0.0]
    finished = min((scenario.weeks_of(audit)[1] for audit in audits), default=scenario.run.weeks)
    spans = {key: scenario.weeks_of(item) for key, item in programme.items() if _uses_audits(item)}
    never = [key for key, (_, after) in spans.items() if after <= finished]
    early = [key for key, (first, after) in spans.items() if first < finished < after]
    for names, then in (
        (never, "ends"),
        (early, f"starts ({scenario.date_of(finished)}); until then it works as if it did not"),
    ):
        if names:
            yield (
                f"{', '.join(names)}: is tailored or aims at a barrier as far as audits tell, but "
                f"none is finished before it {then}"
            )


def _uses_audits(item: Intervention) -> bool:
    return getattr(item, "tailored", False) or getattr(item, "aim", None) == "barrier"


# ---------------------------------------------------------------- services that are not online


def _offline(scenario: Scenario, key: str, event: Event) -> Iterator[str]:
    """Warn of what is only about services that are not online in the run."""
    target: Any = getattr(event, "target", None)
    services, departments = target.services, target.departments
    if services and not any(_online_by(scenario, service) for service in services):
        yield f"{key} is about {', '.join(services)} only, and that is not online in this run"
    owned = [k for k, service in scenario.services.items() if service.department in departments]
    if departments and not any(_online_by(scenario, service) for service in owned):
        yield (
            f"{key} addresses {', '.join(departments)} only, and no service of theirs is online "
            "in this run"
        )


def _online_by(scenario: Scenario, service: str) -> bool:
    """Return whether a service may be online at some time of the run."""
    return scenario.planned_week(service) < scenario.run.weeks or bool(_hurried(scenario, service))


def _hurried(scenario: Scenario, service: str) -> list[Intervention]:
    """Return what may make a service go online sooner than planned; nothing hurries "never"."""
    planned = scenario.planned_week(service)
    hurrying = []
    for item in scenario.programme.values():
        if brings_forward(item):
            about = item.target.services
            launches = getattr(item, "service", None) == service
            speeds = item.kind != "quick_win" and (not about or service in about)
            if launches or (speeds and isfinite(planned)):
                hurrying.append(item)
    return hurrying


def _engagement(scenario: Scenario, key: str, item: Intervention) -> Iterator[str]:
    first, _ = scenario.weeks_of(item)
    of_staff = getattr(item, "audience", None) == "staff"
    left = [
        key
        for key, service in scenario.services.items()
        if scenario.planned_week(key) > first and _online_by(scenario, key)
        if not (of_staff and item.target.departments)
        or service.department in item.target.departments
    ]
    if not left:
        also = "; staff who take part still lose resistance" if of_staff else ""
        yield (
            f"{key} lets {'staff' if of_staff else 'residents'} take part in design, and once it "
            f"has begun none of their services is left to go online{also}"
        )


# ---------------------------------------------------------------- reviews


def _review(scenario: Scenario, key: str, review: Intervention) -> Iterator[str]:
    adjusted: tuple[str, ...] = getattr(review, "adjust", ())
    if adjusted and not scenario.goals:
        yield f"{key} is to adjust {', '.join(adjusted)}, and there are no goals to compare with"
    off = [name for name in adjusted if not scenario.programme[name].enabled]
    if off:
        yield f"{key} is to adjust {', '.join(off)}, which is switched off"
    first, after = scenario.weeks_of(review)
    held = first + int(getattr(review, "every", 0))
    if held >= after:
        yield f"{key} ends before its first review, on {scenario.date_of(held)}"
