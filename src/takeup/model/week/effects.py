"""From doses to effects: what this week's levers make of services, departments and the place.

What builds up and fades by itself (sponsorship, insight, protection, alarm) moves here, once a
week; so an intervention says only what it does this week.
"""

from __future__ import annotations

from takeup.model.week import rules
from takeup.model.week.bundles import Council
from takeup.model.week.compiled import Array, kernel, kernel_on_bundles, step


@kernel_on_bundles
def take_effect(
    staff_levers: Array,
    service_levers: Array,
    department_levers: Array,
    audit: float,
    protection: float,
    lost: float,
    calming: float,
    council: Council,
) -> None:
    """Let the levers of a week take effect.

    Args:
        staff_levers: STAFF_LEVERS, (departments, roles).
        service_levers: SERVICE_LEVERS, (services,).
        department_levers: DEPARTMENT_LEVERS, (departments,).
        audit: quality of an audit of residents that is finished this week.
        protection: dose of shared threat data.
        lost: share of trust that is lost this week.
        calming: dose of what makes an alarm pass faster.
        council: all but the parameters is written.
    """
    p = council.parameters[0]
    for k in range(len(council.services)):
        _on_service(p, council.services[k], service_levers[k])
    for d in range(len(council.departments)):
        lever = department_levers[d]
        _on_department(p, council.departments[d], lever)
        for r in range(staff_levers.shape[1]):
            council.sponsorship[d, r] = rules.sponsorship_updated(
                council.sponsorship[d, r], staff_levers[d, r].sponsorship, lever.vacancy,
                lever.turnover, p.sponsorship_rate,
            )  # fmt: skip
    place = council.place[0]
    place.insight = rules.insight_updated(place.insight, audit, p.insight_ageing)
    place.protection = rules.moved(place.protection, rules.saturated(protection), p.protection_rate)
    place.alarm = rules.alarm_updated(
        place.alarm, lost, p.alarm_fading, p.calming * rules.saturated(calming)
    )


@kernel
def remember(
    exposure: Array, reminder: Array, told: Array, forgetting: float, fading: float
) -> None:
    """Add what residents are told this week to what they remember of it.

    Args:
        exposure: remembered exposure, in one dimension; written.
        reminder: the same as it is still on people's minds; written.
        told: exposure of this week.
        forgetting: share of the exposure that is kept.
        fading: share of the reminder that is kept.
    """
    for n in range(len(told)):
        exposure[n] = exposure[n] * forgetting + told[n]
        reminder[n] = reminder[n] * fading + told[n]


@step
def _on_service(p: Array, service: Array, lever: Array) -> None:
    service.availability = service.uptime * (1.0 - lever.outage)
    service.steering = p.steering_weight * rules.saturated(lever.steering)
    service.referral = lever.referral
    service.closed = 1 if lever.closed > 0.0 else 0
    service.publicity = p.publicity_weight * rules.saturated(lever.publicity)
    if lever.publicity > 0.0:
        service.shown = rules.experience_shown(lever.publicity_shown / lever.publicity)


@step
def _on_department(p: Array, department: Array, lever: Array) -> None:
    department.insight = rules.insight_updated(department.insight, lever.audit, p.insight_ageing)
    load = lever.load + p.go_live_load * department.disruption
    capacity = p.change_capacity + p.team_capacity * lever.team
    department.focus = rules.focus(load, capacity)
    department.overload = rules.overload(load, capacity)
    department.showcase = rules.saturated(lever.showcase)
