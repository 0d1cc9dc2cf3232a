"""A week of departments: cases queue, are worked off first in first out, or are given up.

Cases are counted in whole numbers, as cohorts of (service, channel, week of arrival), so that
needs = decided + withdrawn + change in queued holds exactly, every week.
"""

from __future__ import annotations

from takeup.kpis import DEPARTMENT, SERVICE
from takeup.model.week import rules
from takeup.model.week.attempts import (
    CALLS_ERROR,
    CALLS_FAILED,
    CALLS_HELP,
    CALLS_MORE,
    COUNTER,
    GIVEN_UP,
    JOINED,
    ONLINE,
    PHONE,
    STRAIGHT_THROUGH,
    VISITS,
    VISITS_EXPERIENCE,
)
from takeup.model.week.bundles import Backlog, Council, Now
from takeup.model.week.compiled import (
    Array,
    integer,
    kernel_on_bundles,
    rule,
    step,
)
from takeup.model.week.draws import (
    CASES,
    SERVICE_SHIFT,
    philox,
    uniform,
    whole,
)

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
def success_at_rest(felt: int, visits: int) -> float:
    """Return the visible success of a mean experience: max(0, 2 · mean − 1), so none of one half.

    Args:
        felt: experience of the visits, fixed point.
        visits: how many, at least one.
    """
    return max(0.0, 2.0 * felt / (65536.0 * visits) - 1.0)


@rule
def success_seen(success: float, felt: int, visits: int) -> float:
    """Return visible success after a week of online visits: it follows their mean experience.

    success + ¼ · (success at rest − success)

    Args:
        success: before the week, 0 to 1.
        felt: experience of the visits, fixed point.
        visits: how many, at least one.
    """
    return rules.moved(success, success_at_rest(felt, visits), 0.25)


@kernel_on_bundles
def move_services(moved: Array, council: Council) -> None:
    """Let the outside trend move services: how much they are preferred, and how far they reach.

    Args:
        moved: log-odds by this week, (services,).
        council: its services are written.
    """
    for k in range(len(council.services)):
        service = council.services[k]
        service.moved = moved[k]
        service.reach = rules.reach_by_now(service.own_reach, moved[k])


@kernel_on_bundles
def open_services(week: int, levers: Array, council: Council) -> None:
    """Improve services, put them online in their week, and say how much of the work just changed.

    A service goes online when the weeks of the run and those by which it was brought forward reach
    its plan, or at once if the programme launches it.

    Args:
        week: week of the run (negative in the warm-up).
        levers: SERVICE_LEVERS, (services,).
        council: services and departments are written.
    """
    p = council.parameters[0]
    for d in range(len(council.departments)):
        council.departments[d].disruption = 0.0
    for k in range(len(council.services)):
        service = council.services[k]
        department = council.departments[service.department]
        _improve(p, service, levers[k])
        if service.live == 0 and week >= 0:
            service.codesign += service.joined + department.joined
            service.ahead += levers[k].delivery
            if levers[k].launch > 0.0 or week + service.ahead >= service.planned:
                _launch(week, p, service, levers[k])
                if department.digital == 0:
                    department.support = max(department.support, p.adoption_base)
        if service.live:
            department.digital = 1
        if service.opened >= 0:
            fresh = rules.disruption(float(week - service.opened), p.disruption_weeks)
            department.disruption = min(1.0, department.disruption + service.work_share * fresh)


@step
def _improve(p: Array, service: Array, lever: Array) -> None:
    """Let designers improve a service, or what they improved erode without them."""
    if lever.design > 0.0:
        better = rules.usability_designed(service.usability, p.best_usability, lever.design)
        kept = lever.design_kept / lever.design
        service.own_usability += kept * (better - service.usability)
        service.usability = better
    elif service.usability > service.own_usability:
        service.usability = rules.reverted(
            service.usability, service.own_usability, p.design_erosion, 1.0
        )


@step
def _launch(week: int, p: Array, service: Array, lever: Array) -> None:
    """Put a service online, better for those who took part and for a design standard."""
    service.live = 1
    service.opened = week
    better = rules.usability_at_launch(
        service.usability, p.best_usability, p.codesign_gain, service.codesign,
        p.codesign_people, p.standard_gain, lever.standard,
    )  # fmt: skip
    service.own_usability += better - service.usability
    service.usability = better


# ---------------------------------------------------------------- a week's work


@kernel_on_bundles
def work_off(
    now: Now, recording: bool, council: Council, backlog: Backlog, work: Array, accounts: Array
) -> None:
    """Take in the week's cases, work them off, and leave behind what next week sees.

    Args:
        now: when.
        recording: true from week 0 of the run on; before, staffing still follows demand.
        council: services and departments are written: what residents and staff see next week.
        backlog: written; its outcomes are what this week's needs left.
        work: SERVICE counters of the week, (services, …), written.
        accounts: DEPARTMENT counters of the week, (departments, …), written.
    """
    p = council.parameters[0]
    minutes = backlog.minutes
    for d in range(len(council.departments)):
        department = council.departments[d]
        arriving, calls = _take_in(d, now, p, council, backlog, minutes, work)
        _see_success(d, council, backlog.outcomes)

        # Calls are answered as they come and minutes owed are worked first; then whole cases, in
        # order of arrival.
        waiting = _minutes_waiting(d, now, council, backlog, minutes)
        capacity = department.capacity * rules.overtime(department.pressure - 1.0, p.overtime_limit)
        owed = calls - department.carry
        worked = rules.throughput(max(0.0, waiting + owed), capacity, p.saturation)
        budget, rework = _decide(d, worked - owed, now, p, council, backlog, minutes, work)
        chasing, left = _ask_or_give_up(d, now, p, council, backlog, minutes, work)
        _account(d, worked, council, backlog, accounts)

        # What next week sees.
        department.carry = budget - rework - chasing
        department.pressure = left / max(1.0, department.capacity)
        department.delay = min(LONGEST_DELAY, left / max(1.0, worked - owed))
        department.stress = rules.load_stress(
            department.pressure, p.comfortable_backlog, p.overwhelming_backlog
        )
        department.wait = rules.phone_wait(
            department.pressure, p.comfortable_backlog, p.overwhelming_backlog
        )
        inflow = arriving + calls + rework + chasing
        memory = INFLOW_MEMORY if recording else 1.0 / (now.week + 1.0)
        department.inflow = rules.moved(department.inflow, inflow, memory)
        department.handles = rules.handled_share(
            department.handles, department.inflow, department.gross, p.target_utilisation,
            p.release if recording else department.settles,
        )  # fmt: skip


@step
def _take_in(
    d: int, now: Now, p: Array, council: Council, backlog: Backlog, minutes: Array, work: Array
) -> tuple[float, float]:
    """Put the week's cases of a department into its queue.

    Returns:
        Minutes of the cases that arrive, and of calls.
    """
    department, outcomes = council.departments[d], backlog.outcomes
    arriving = 0.0
    calls = 0.0
    for k in range(len(council.services)):
        service = council.services[k]
        if service.department != d:
            continue
        for c in range(CHANNELS):
            cases = outcomes[k, c]
            backlog.queue[k, c, now.week] = cases
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
        service.joined = outcomes[k, JOINED] * backlog.weight
        work[k, _LIVE] = service.live
        work[k, _DECIDED_ONLINE] += outcomes[k, STRAIGHT_THROUGH]
        work[k, _WITHDRAWN] += outcomes[k, GIVEN_UP]
        work[k, _ERROR] += outcomes[k, CALLS_ERROR]
    return arriving, calls


@kernel_on_bundles
def show_success(council: Council, outcomes: Array) -> None:
    """Let services and departments begin with the success that visits have long been showing.

    Args:
        council: services and departments are written.
        outcomes: of visits that are typical, (services, OUTCOMES).
    """
    for d in range(len(council.departments)):
        visits = 0
        felt = 0
        for k in range(len(council.services)):
            service = council.services[k]
            if service.department == d and outcomes[k, VISITS] > 0:
                visits += outcomes[k, VISITS]
                felt += outcomes[k, VISITS_EXPERIENCE]
                service.success = success_at_rest(
                    outcomes[k, VISITS_EXPERIENCE], outcomes[k, VISITS]
                )
        if visits > 0:
            council.departments[d].wins = success_at_rest(felt, visits)


@step
def _see_success(d: int, council: Council, outcomes: Array) -> None:
    """Let everyone see how online users of a department's services fared."""
    department = council.departments[d]
    visits = 0
    felt = 0
    for k in range(len(council.services)):
        service = council.services[k]
        if service.department == d and outcomes[k, VISITS] > 0:
            visits += outcomes[k, VISITS]
            felt += outcomes[k, VISITS_EXPERIENCE]
            service.success = success_seen(
                service.success, outcomes[k, VISITS_EXPERIENCE], outcomes[k, VISITS]
            )
    if visits > 0:
        department.wins = success_seen(department.wins, felt, visits)


@step
def _minutes_waiting(d: int, now: Now, council: Council, backlog: Backlog, minutes: Array) -> float:
    """Return the minutes of the cases that wait, this week's included."""
    waiting = 0.0
    for k in range(len(council.services)):
        if council.services[k].department == d:
            for c in range(CHANNELS):
                for w in range(backlog.oldest[d], now.week + 1):
                    waiting += backlog.queue[k, c, w] * minutes[k, c]
    return waiting


@step
def _decide(
    d: int, budget: float, now: Now, p: Array, council: Council, backlog: Backlog, minutes: Array,
    work: Array,
) -> tuple[float, float]:  # fmt: skip
    """Work off whole cases of a department in order of arrival, as far as the budget goes.

    Args:
        d: the department.
        budget: minutes for cases.
        now: when.
        p: PARAMETER_RECORD.
        council: services and departments.
        backlog: its queue is written.
        minutes: of a case, (services, channels).
        work: SERVICE counters of the week, written.

    Returns:
        Minutes of the budget that are left (negative: owed), and minutes of rework.
    """
    rework = 0.0
    part = 1.0
    for w in range(backlog.oldest[d], now.week + 1):
        # Cases of one week came mixed, so what there is time for is spread over all of them.
        due = 0.0
        for k in range(len(council.services)):
            if council.services[k].department == d:
                for c in range(CHANNELS):
                    due += backlog.queue[k, c, w] * minutes[k, c]
        if due > 0.0:
            part = rules.part_worked(budget, due)
        if part >= 1.0:
            backlog.oldest[d] = w + 1
        budget, rework = _decide_cohort(
            d, w, part, budget, rework, now, p, council, backlog, minutes, work
        )
        if part < 1.0:
            break
    if part >= 1.0:
        budget = min(budget, 0.0)  # nobody works ahead on cases that have not come
    return budget, rework


@step
def _decide_cohort(
    d: int, w: int, part: float, budget: float, rework: float, now: Now, p: Array,
    council: Council, backlog: Backlog, minutes: Array, work: Array,
) -> tuple[float, float]:  # fmt: skip
    """Decide a part of the cases that came in week w; return what `_decide` returns, so far."""
    department = council.departments[d]
    lag = p.adoption_lag * (1.0 - department.adopters)
    before = 0
    passed = 0
    for k in range(len(council.services)):
        if council.services[k].department != d:
            continue
        for c in range(CHANNELS):
            cases = backlog.queue[k, c, w]
            before += cases
            done = integer(before * part + 1e-9) - passed
            if done == 0:
                continue
            passed += done
            budget -= done * minutes[k, c]
            backlog.queue[k, c, w] = cases - done
            work[k, _DECIDED_ONLINE + c] += done
            work[k, _HANDLED] += done
            age = float(now.week - w)
            if c == ONLINE:
                age += lag
                again = whole(
                    done * (1.0 - department.adopters) * p.rework,
                    _luck(k, w, _ROUND_REWORK, now),
                )
                work[k, _REWORKED] += again
                rework += again * minutes[k, c]
            work[k, _WAITING] += integer(done * age * 1024.0 + 0.5)
    return budget, rework


@step
def _luck(agent: int, event: int, rounding: int, now: Now) -> float:
    """Return the uniform by which an expected number of cases is rounded."""
    drawn, _, _, _ = philox(
        agent, now.week, CASES | rounding << SERVICE_SHIFT, event, now.seed, now.replicate
    )
    return uniform(drawn)


@step
def _ask_or_give_up(
    d: int, now: Now, p: Array, council: Council, backlog: Backlog, minutes: Array, work: Array
) -> tuple[float, float]:
    """Let those who wait long ask, or give up, and count what is left and what contacts cost.

    Returns:
        Minutes of calls of those who ask, and of the cases left in the queue.
    """
    outcomes, prices = backlog.outcomes, backlog.prices
    chasing = 0.0
    left = 0.0
    for k in range(len(council.services)):
        service = council.services[k]
        if service.department != d:
            continue
        asking, queued, queued_minutes = _wait(k, d, now, p, backlog, minutes, work)
        asked = whole(asking, _luck(k, 0, _ROUND_CHASING, now))
        chasing += asked * p.short_call * service.minutes_phone
        left += queued_minutes
        work[k, _CHASING] += asked
        work[k, _QUEUED] = queued
        work[k, _QUEUED_MINUTES] = integer(queued_minutes + 0.5)
        calls_made = (
            outcomes[k, PHONE]
            + outcomes[k, CALLS_MORE]
            + outcomes[k, CALLS_HELP]
            + outcomes[k, CALLS_ERROR]
            + asked
        )
        cost = (
            prices[ONLINE] * outcomes[k, VISITS]
            + prices[PHONE] * calls_made
            + prices[COUNTER] * outcomes[k, COUNTER]
        )
        work[k, _LIST_COST] += integer(cost * 100.0 + 0.5)
    return chasing, left


@step
def _wait(
    k: int, d: int, now: Now, p: Array, backlog: Backlog, minutes: Array, work: Array
) -> tuple[float, int, float]:
    """Let some of those who wait for a service give up.

    Returns:
        How many are expected to ask, how many cases wait, and their minutes.
    """
    queued = 0
    queued_minutes = 0.0
    asking = 0.0
    for c in range(CHANNELS):
        for w in range(backlog.oldest[d], now.week + 1):
            cases = backlog.queue[k, c, w]
            if cases == 0:
                continue
            age = float(now.week - w)
            if age >= p.old_case:
                luck = _luck(k * CHANNELS + c, w, _ROUND_WITHDRAWN, now)
                gone = min(cases, whole(cases * p.withdrawal, luck))
                work[k, _WITHDRAWN] += gone
                cases -= gone
                backlog.queue[k, c, w] = cases
            if age >= p.chasing_age:
                asking += cases * p.chasing
            queued += cases
            queued_minutes += cases * minutes[k, c]
    return asking, queued, queued_minutes


@step
def _account(d: int, worked: float, council: Council, backlog: Backlog, accounts: Array) -> None:
    """Count the minutes of a department and what they cost."""
    department = council.departments[d]
    visits = 0
    for k in range(len(council.services)):
        if council.services[k].department == d:
            visits += backlog.outcomes[k, VISITS]
    overtime = max(0.0, worked - department.capacity)
    cost = (department.paid + overtime) * department.minute_cost + visits * backlog.prices[ONLINE]
    accounts[d, _CAPACITY] = integer(department.capacity + 0.5)
    accounts[d, _PAID] = integer(department.paid + 0.5)
    accounts[d, _WORKED] = integer(worked + 0.5)
    accounts[d, _SERVICE_COST] = integer(cost * 100.0 + 0.5)
