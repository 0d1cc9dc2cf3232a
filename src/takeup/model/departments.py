"""A week of departments: cases queue, are worked off first in first out, or are given up (step 4).

Cases are counted in whole numbers, as cohorts of (service, channel, week of arrival), so that
needs = decided + withdrawn + change in queued holds exactly, every week.
"""

from __future__ import annotations

import numpy as np

from takeup.kpis import DEPARTMENT, SERVICE
from takeup.model import rules
from takeup.model.citizens import (
    CALLS_ERROR,
    CALLS_FAILED,
    CALLS_HELP,
    CALLS_MORE,
    GIVEN_UP,
    JOINED,
    ONLINE,
    STRAIGHT_THROUGH,
    VISITS,
    VISITS_EXPERIENCE,
)
from takeup.model.compiled import Array, integer, kernel, rule
from takeup.model.draws import CASES, SERVICE_SHIFT, philox, uniform, whole

_DECIDED_ONLINE = SERVICE.index("decided_online")
_WITHDRAWN = SERVICE.index("withdrawn")
_QUEUED = SERVICE.index("queued")
_QUEUED_MINUTES = SERVICE.index("queued_minutes")
_WAITING = SERVICE.index("waiting")
_HANDLED = SERVICE.index("handled")
_CHASING = SERVICE.index("contacts_chasing")
_ERROR = SERVICE.index("contacts_error")
_REWORKED = SERVICE.index("reworked")
_LIST_COST = SERVICE.index("list_cost")
_LIVE = SERVICE.index("live")

_CAPACITY = DEPARTMENT.index("capacity_minutes")
_PAID = DEPARTMENT.index("paid_minutes")
_WORKED = DEPARTMENT.index("worked_minutes")
_SERVICE_COST = DEPARTMENT.index("service_cost")

CHANNELS = 3
INFLOW_MEMORY = 0.05
"""Weight of a week in the work that staffing follows: about the last twenty weeks."""
LONGEST_DELAY = 52.0
"""Weeks; a delay is promised for a year at most."""

# Events in the addresses of the draws that round expected numbers to whole cases.
_ROUND_WITHDRAWN, _ROUND_CHASING, _ROUND_REWORK = 0, 1, 2


@rule
def case_minutes(
    channel: int, digital: float, rekeying: float, phone: float, counter: float, adopters: float
) -> float:
    """Return staff minutes of a case: an online one costs less in the hands of those who adopted.

    online: adopters · digital + (1 − adopters) · rekeying; by phone and at the counter as given.
    """
    if channel == 0:
        return adopters * digital + (1.0 - adopters) * rekeying
    return phone if channel == 1 else counter


@rule
def success_seen(success: float, felt: int, visits: int) -> float:
    """Return visible success after a week of online visits: it follows their mean experience.

    success + ¼ · (max(0, 2 · mean − 1) − success): a mean of one half is no success.

    Args:
        success: before the week, 0 to 1.
        felt: experience of the visits, fixed point.
        visits: how many, at least one.
    """
    return rules.moved(success, max(0.0, 2.0 * felt / (65536.0 * visits) - 1.0), 0.25)


@kernel
def open_services(
    week: int,
    parameters: Array,
    levers: Array,
    services: Array,
    departments: Array,
) -> None:
    """Improve services, put them online in their week, and say how much of the work just changed.

    A service goes online when the weeks of the run and those by which it was brought forward reach
    its plan, or at once if the programme launches it.

    Args:
        week: week of the run (negative in the warm-up).
        parameters: PARAMETER_RECORD, (1,).
        levers: SERVICE_LEVERS, (services,).
        services: SERVICE_WEEK, written.
        departments: DEPARTMENT_WEEK, written.
    """
    p = parameters[0]
    for d in range(len(departments)):
        departments[d].disruption = 0.0
    for k in range(len(services)):
        service = services[k]
        lever = levers[k]
        department = departments[service.department]
        if lever.design > 0.0:
            better = rules.usability_designed(service.usability, p.best_usability, lever.design)
            kept = lever.design_kept / lever.design
            service.own_usability += kept * (better - service.usability)
            service.usability = better
        elif service.usability > service.own_usability:
            service.usability = rules.reverted(
                service.usability, service.own_usability, p.design_erosion, 1.0
            )
        if service.live == 0 and week >= 0:
            service.codesign += service.joined + department.joined
            service.ahead += lever.delivery
            if lever.launch > 0.0 or week + service.ahead >= service.planned:
                service.live = 1
                service.opened = week
                better = rules.usability_at_launch(
                    service.usability, p.best_usability, p.codesign_gain, service.codesign,
                    p.codesign_people, p.standard_gain, lever.standard,
                )  # fmt: skip
                service.own_usability += better - service.usability
                service.usability = better
        if service.live:
            department.digital = 1
        if service.opened >= 0:
            fresh = rules.disruption(float(week - service.opened), p.disruption_weeks)
            department.disruption = min(1.0, department.disruption + service.work_share * fresh)


@kernel
def work_off(
    week: int,
    recording: int,
    seed: int,
    replicate: int,
    weight: float,
    parameters: Array,
    prices: Array,
    services: Array,
    departments: Array,
    queue: Array,
    oldest: Array,
    outcomes: Array,
    work: Array,
    accounts: Array,
) -> None:
    """Take in the week's cases, work them off, and leave behind what next week sees.

    Args:
        week: week of the calendar.
        recording: 1 from week 0 of the run on; before, staffing still follows demand.
        seed: key word 0 of the draws.
        replicate: key word 1 of the draws.
        weight: residents that one simulated resident stands for.
        parameters: PARAMETER_RECORD, (1,).
        prices: list price of a web visit, a call and a visit to the counter.
        services: SERVICE_WEEK, (services,), written: what residents left behind.
        departments: DEPARTMENT_WEEK, (departments,), written.
        queue: cases waiting, (services, channels, weeks), written.
        oldest: first week that may have waiting cases, by department, written.
        outcomes: what this week's needs left, (services, OUTCOMES).
        work: SERVICE counters of the week, (services, …), written.
        accounts: DEPARTMENT counters of the week, (departments, …), written.
    """
    p = parameters[0]
    minutes = np.empty((len(services), CHANNELS))  # of a case, by the department that owns it
    for d in range(len(departments)):
        department = departments[d]
        lag = p.adoption_lag * (1.0 - department.adopters)
        arriving = 0.0
        calls = 0.0
        visible = 0
        felt = 0
        for k in range(len(services)):
            service = services[k]
            if service.department != d:
                continue
            for c in range(CHANNELS):
                cases = outcomes[k, c]
                queue[k, c, week] = cases
                minutes[k, c] = case_minutes(
                    c, service.minutes_digital, service.minutes_rekeying, service.minutes_phone,
                    service.minutes_counter, department.adopters,
                )  # fmt: skip
                arriving += cases * minutes[k, c]
            calls += service.minutes_phone * (
                (p.failure_contact_length - 1.0) * outcomes[k, CALLS_FAILED]
                + p.failure_contact_length * outcomes[k, CALLS_MORE]
                + p.short_call * (outcomes[k, CALLS_HELP] + outcomes[k, CALLS_ERROR])
            )
            visible += outcomes[k, VISITS]
            felt += outcomes[k, VISITS_EXPERIENCE]
            if outcomes[k, VISITS] > 0:
                service.success = success_seen(
                    service.success, outcomes[k, VISITS_EXPERIENCE], outcomes[k, VISITS]
                )
            service.joined = outcomes[k, JOINED] * weight
            work[k, _LIVE] = service.live
            work[k, _DECIDED_ONLINE] += outcomes[k, STRAIGHT_THROUGH]
            work[k, _WITHDRAWN] += outcomes[k, GIVEN_UP]
            work[k, _ERROR] += outcomes[k, CALLS_ERROR]

        # The work waiting, this week's included.
        waiting = 0.0
        for k in range(len(services)):
            service = services[k]
            if service.department != d:
                continue
            for c in range(CHANNELS):
                for w in range(oldest[d], week + 1):
                    waiting += queue[k, c, w] * minutes[k, c]

        # Calls are answered as they come and minutes owed are worked first; then whole cases, in
        # order of arrival.
        capacity = department.capacity * rules.overtime(department.pressure - 1.0, p.overtime_limit)
        owed = calls - department.carry
        total = max(0.0, waiting + owed)
        worked = rules.throughput(total, capacity, p.saturation)
        budget = worked - owed
        rework = 0.0
        part = 1.0
        for w in range(oldest[d], week + 1):
            # Cases of one week came mixed, so what there is time for is spread over all of them.
            due = 0.0
            for k in range(len(services)):
                service = services[k]
                if service.department == d:
                    for c in range(CHANNELS):
                        due += queue[k, c, w] * minutes[k, c]
            if due > 0.0:
                part = rules.part_worked(budget, due)
            if part >= 1.0:
                oldest[d] = w + 1
            before = 0
            passed = 0
            for k in range(len(services)):
                service = services[k]
                if service.department != d:
                    continue
                for c in range(CHANNELS):
                    cases = queue[k, c, w]
                    before += cases
                    done = integer(before * part + 1e-9) - passed
                    if done == 0:
                        continue
                    passed += done
                    budget -= done * minutes[k, c]
                    queue[k, c, w] = cases - done
                    work[k, _DECIDED_ONLINE + c] += done
                    work[k, _HANDLED] += done
                    age = float(week - w)
                    if c == ONLINE:
                        age += lag
                        drawn, _, _, _ = philox(
                            k, week, CASES | _ROUND_REWORK << SERVICE_SHIFT, w, seed, replicate
                        )
                        by_others = done * (1.0 - department.adopters)
                        again = whole(by_others * p.rework, uniform(drawn))
                        work[k, _REWORKED] += again
                        rework += again * minutes[k, c]
                    work[k, _WAITING] += integer(done * age * 1024.0 + 0.5)
            if part < 1.0:
                break
        if part >= 1.0:
            budget = min(budget, 0.0)  # nobody works ahead on cases that have not come

        # Those who wait long ask, or give up.
        chasing = 0.0
        backlog = 0.0
        for k in range(len(services)):
            service = services[k]
            if service.department != d:
                continue
            queued = 0
            queued_minutes = 0.0
            asking = 0.0
            for c in range(CHANNELS):
                for w in range(oldest[d], week + 1):
                    cases = queue[k, c, w]
                    if cases == 0:
                        continue
                    age = float(week - w)
                    if age >= p.old_case:
                        drawn, _, _, _ = philox(
                            k * CHANNELS + c, week, CASES | _ROUND_WITHDRAWN << SERVICE_SHIFT, w,
                            seed, replicate,
                        )  # fmt: skip
                        gone = min(cases, whole(cases * p.withdrawal, uniform(drawn)))
                        work[k, _WITHDRAWN] += gone
                        cases -= gone
                        queue[k, c, w] = cases
                    if age >= p.chasing_age:
                        asking += cases * p.chasing
                    queued += cases
                    queued_minutes += cases * minutes[k, c]
            drawn, _, _, _ = philox(
                k, week, CASES | _ROUND_CHASING << SERVICE_SHIFT, 0, seed, replicate
            )
            asked = whole(asking, uniform(drawn))
            chasing += asked * p.short_call * service.minutes_phone
            backlog += queued_minutes
            work[k, _CHASING] += asked
            work[k, _QUEUED] = queued
            work[k, _QUEUED_MINUTES] = integer(queued_minutes + 0.5)
            calls_made = (
                outcomes[k, 1]
                + outcomes[k, CALLS_MORE]
                + outcomes[k, CALLS_HELP]
                + outcomes[k, CALLS_ERROR]
                + asked
            )
            cost = (
                prices[0] * outcomes[k, VISITS]
                + prices[1] * calls_made
                + prices[2] * outcomes[k, 2]
            )
            work[k, _LIST_COST] += integer(cost * 100.0 + 0.5)
        visits = 0
        for k in range(len(services)):
            if services[k].department == d:
                visits += outcomes[k, VISITS]
        overtime = max(0.0, worked - department.capacity)
        cost = (department.paid + overtime) * department.minute_cost + visits * prices[0]
        accounts[d, _CAPACITY] = integer(department.capacity + 0.5)
        accounts[d, _PAID] = integer(department.paid + 0.5)
        accounts[d, _WORKED] = integer(worked + 0.5)
        accounts[d, _SERVICE_COST] = integer(cost * 100.0 + 0.5)

        # What next week sees.
        department.carry = budget - rework - chasing
        department.pressure = backlog / max(1.0, department.capacity)
        department.delay = min(LONGEST_DELAY, backlog / max(1.0, worked - owed))
        department.stress = rules.load_stress(
            department.pressure, p.comfortable_backlog, p.overwhelming_backlog
        )
        department.wait = rules.phone_wait(
            department.pressure, p.comfortable_backlog, p.overwhelming_backlog
        )
        if visible > 0:
            department.wins = success_seen(department.wins, felt, visible)
        inflow = arriving + calls + rework + chasing
        memory = INFLOW_MEMORY if recording else 1.0 / (week + 1.0)
        department.inflow = rules.moved(department.inflow, inflow, memory)
        department.handles = rules.handled_share(
            department.handles, department.inflow, department.gross, p.target_utilisation,
            p.release if recording else department.settles,
        )  # fmt: skip
