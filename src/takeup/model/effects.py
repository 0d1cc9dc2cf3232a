"""From doses to effects: what this week's levers make of services, departments and the place.

What builds up and fades by itself (sponsorship, insight, protection, alarm) moves here, once a
week; so an intervention says only what it does this week.
"""

from __future__ import annotations

from takeup.model import rules
from takeup.model.compiled import Array, kernel


@kernel
def take_effect(
    parameters: Array,
    staff_levers: Array,
    service_levers: Array,
    department_levers: Array,
    audit: float,
    protection: float,
    lost: float,
    calming: float,
    services: Array,
    departments: Array,
    place: Array,
    sponsorship: Array,
) -> None:
    """Let the levers of a week take effect.

    Args:
        parameters: PARAMETER_RECORD, (1,).
        staff_levers: STAFF_LEVERS, (departments, roles).
        service_levers: SERVICE_LEVERS, (services,).
        department_levers: DEPARTMENT_LEVERS, (departments,).
        audit: quality of an audit of residents that is finished this week.
        protection: dose of shared threat data.
        lost: share of trust that is lost this week.
        calming: dose of what makes an alarm pass faster.
        services: SERVICE_WEEK, written.
        departments: DEPARTMENT_WEEK, written.
        place: PLACE_WEEK, (1,), written.
        sponsorship: level of visible sponsorship, (departments, roles), written.
    """
    p = parameters[0]
    for k in range(len(services)):
        service = services[k]
        lever = service_levers[k]
        service.availability = service.uptime * (1.0 - lever.outage)
        service.steering = p.steering_weight * rules.saturated(lever.steering)
        service.referral = lever.referral
        service.closed = 1 if lever.closed > 0.0 else 0
        service.publicity = p.publicity_weight * rules.saturated(lever.publicity)
        if lever.publicity > 0.0:
            service.shown = rules.experience_shown(lever.publicity_shown / lever.publicity)
    for d in range(len(departments)):
        department = departments[d]
        lever = department_levers[d]
        department.insight = rules.insight_updated(
            department.insight, lever.audit, p.insight_ageing
        )
        load = lever.load + p.go_live_load * department.disruption
        capacity = p.change_capacity + p.team_capacity * lever.team
        department.focus = rules.focus(load, capacity)
        department.overload = rules.overload(load, capacity)
        department.showcase = lever.showcase
        for r in range(staff_levers.shape[1]):
            sponsorship[d, r] = rules.sponsorship_updated(
                sponsorship[d, r], staff_levers[d, r].sponsorship, lever.vacancy, lever.turnover,
                p.sponsorship_rate,
            )  # fmt: skip
    council = place[0]
    council.insight = rules.insight_updated(council.insight, audit, p.insight_ageing)
    council.protection = rules.moved(
        council.protection, rules.saturated(protection), p.protection_rate
    )
    council.alarm = rules.alarm_updated(
        council.alarm, lost, p.alarm_fading, p.calming * rules.saturated(calming)
    )
