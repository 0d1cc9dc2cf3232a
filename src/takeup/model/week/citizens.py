"""A week of residents: every need picks a channel, is tried, and teaches.

Work is proportional to needs. What drifts between needs (skill, habit, trust, campaigns heard) is
brought up to date in closed form when the next need arises; neighbours' states of last week are
read at that moment. Nothing here depends on the order of residents: what they publish is staged.
"""

from __future__ import annotations

from takeup.kpis import CITIZEN, STOCK, YEAR
from takeup.model.week import rules
from takeup.model.week.attempts import (
    JOINED,
    ONLINE,
    Attempt,
    attempt_offline,
    attempt_online,
    judge,
    learn_offline,
    learn_online,
    story,
)
from takeup.model.week.bundles import (
    Community,
    Council,
    Messages,
    Needs,
    Now,
    Stories,
    Tally,
)
from takeup.model.week.compiled import (
    Array,
    integer,
    kernel_on_bundles,
    real,
    step,
)
from takeup.model.week.draws import (
    FOLLOW_UP,
    NEED,
    SERVICE_SHIFT,
    philox,
    uniform,
)
from takeup.model.week.prefetch import prefetch
from takeup.model.week.records import (
    BEFORE,
    GONE,
    NEVER,
    TRIED_BEFORE,
)
from takeup.model.week.weighing import (
    NEVER_CHOSEN,
    Need,
    acquaintances_using,
    campaigns_reach,
    chance_aware_by_now,
    could_do_with_help,
    expectation_by_now,
    means_of,
    mind_by_now,
    need_of,
    offline_weighed,
    online_weighed,
    preference,
    reaches_online,
    untold_by,
)

_RECORDS_AHEAD, _TIES_AHEAD, _STORIES_AHEAD = 16, 10, 4
"""How many needs ahead memory is asked for: people first, then whom they know, then the stories."""

# Columns of `demand`: what a week's needs tell those who ration places and sessions.
DEMAND_NEEDS, DEMAND_HELP = 0, 1
DEMANDS = 2

_NEEDS = CITIZEN.index("needs")
_STARTED = CITIZEN.index("online_started")
_COMPLETED = CITIZEN.index("online_completed")
_TRANSACTIONS = CITIZEN.index("transactions")
_TRANSACTIONS_ONLINE = CITIZEN.index("transactions_online")
_EXPERIENCE = CITIZEN.index("experience")
_CONTACTS_FAILURE = CITIZEN.index("contacts_failure")
_CONTACTS_OTHER = CITIZEN.index("contacts_other")
_ASSISTED = CITIZEN.index("assisted")
_ADOPTERS = STOCK.index("adopters")
_IN_NEED = STOCK.index("in_need")
_TRUST = STOCK.index("trust")
_PARTICIPANTS = STOCK.index("participants")


# ---------------------------------------------------------------- the week's needs


@kernel_on_bundles
def meet_needs(
    now: Now,
    needs: Needs,
    first: int,
    end: int,
    residents: Community,
    stories: Stories,
    messages: Messages,
    council: Council,
    cells: Array | None,
    alarm: float,
    tally: Tally,
) -> tuple[int, int]:
    """Let every need of a stretch of the week pick a channel, be tried, and teach.

    Args:
        now: when.
        needs: the calendar of needs.
        first: need of the week to begin with.
        end: need to end before; nobody has one before it and one after.
        residents: states, uses and participation are written.
        stories: what changes at the end of the week is staged.
        messages: what campaigns and courses have told.
        council: as last week left it.
        cells: RESIDENT_LEVERS, (PROFILES, wards); None if no programme may ration places or
            sessions, which compiles to a week without them: demand is not counted then.
        alarm: share of trust that an alarm takes away.
        tally: added to.

    Returns:
        How many stories were staged, and how many residents took part.
    """
    p = council.parameters[0]
    staged = 0
    participants = 0
    for n in range(first, end):
        _look_ahead(n, end, needs, residents, stories, council)
        need = need_of(needs.citizen[n], integer(needs.service[n]), residents, council)
        if need.mine.week == GONE:
            continue
        code = need.service << SERVICE_SHIFT
        u_aware, u_channel, u_complete, u_after = philox(
            need.resident, now.week, NEED | code, 0, now.seed, now.replicate
        )
        v_first, v_second, v_error, v_part = philox(
            need.resident, now.week, FOLLOW_UP | code, 0, now.seed, now.replicate
        )

        # What someone brings to it, and can do; who asks for help is counted.
        mind = mind_by_now(now, need, council, messages.lessons)
        reaches = reaches_online(now, need)
        means = means_of(now, p, need, mind.skill, reaches, cells)
        invited = _observe(p, need, mind.skill, reaches, cells, tally.demand)

        # They ask around, and choose.
        aware = need.use.aware > 0
        expectation = real(need.use.expectation)
        online = NEVER_CHOSEN
        if need.offer.live:
            users, share, told = acquaintances_using(need, residents, stories)
            heard, reminded = campaigns_reach(now, need, messages)
            known = chance_aware_by_now(
                p, need, mind, untold_by(users, p, residents, council), reaches,
                need.mine.online_week != NEVER,
            )  # fmt: skip
            aware = uniform(u_aware) < known or heard or means.assisted
            expectation = expectation_by_now(p, need, users, told)
            if aware and means.reaches:
                online = online_weighed(
                    p, need, preference(need), expectation, share,
                    rules.trust_felt(mind.trust, alarm), mind.habit, reminded, means.assisted,
                )  # fmt: skip
        phone, counter = offline_weighed(p, need, need.department.wait, mind.offline_habit)
        channel = rules.channel(uniform(u_channel), online, phone, counter)

        # The attempt, and what it teaches.
        if channel == ONLINE:
            attempt = attempt_online(
                p, need, means.able, u_complete, u_after, v_first, v_second, v_error, tally.outcomes
            )
            expectation = learn_online(p, need, mind, expectation, attempt)
            stories.staged_row[staged] = need.row
            stories.staged_story[staged] = story(expectation)
            staged += 1
            need.use.tried_week = now.week & 255
        else:
            attempt = attempt_offline(p, need, channel, v_first, tally.outcomes)
            learn_offline(p, need, mind, expectation)
            if need.offer.live and uniform(v_second) < rules.chance_told_by_staff(
                need.department.adopters, p.staff_steering, need.offer.referral
            ):
                aware = True
        need.use.aware = 1 if aware else 0
        trusted = rules.fixed(real(need.mine.trust))
        judge(p, need, mind, attempt.experience)

        # Some take part: invited to help design, or of their own accord by feedback.
        if uniform(v_part) < rules.chance_taking_part(invited, p.feedback):
            _take_part(now, need, uniform(v_part) < invited, residents.took_part, tally)
            tally.joined[participants] = need.resident
            participants += 1

        _count(need, channel, attempt, means.assisted, tally)
        _keep_stocks(now, need, attempt.completed, trusted, tally)
    return staged, participants


@step
def _look_ahead(
    n: int, end: int, needs: Needs, residents: Community, stories: Stories, council: Council
) -> None:
    """Ask for the memory of needs that come soon."""
    services = len(council.services)
    if n + _RECORDS_AHEAD < end:
        ahead = integer(needs.citizen[n + _RECORDS_AHEAD])
        prefetch(residents.traits, ahead)
        prefetch(residents.states, ahead)
        prefetch(residents.uses, ahead * services + integer(needs.service[n + _RECORDS_AHEAD]))
    if n + _TIES_AHEAD < end:
        prefetch(residents.ties, integer(residents.traits[needs.citizen[n + _TIES_AHEAD]].ties))
    if n + _STORIES_AHEAD < end:
        ahead = integer(needs.citizen[n + _STORIES_AHEAD])
        asked = integer(needs.service[n + _STORIES_AHEAD])
        if council.services[asked].live:
            first, last = residents.traits[ahead].ties, residents.traits[ahead + 1].ties
            for edge in range(first, last):
                prefetch(stories.published, integer(residents.ties[edge]) * services + asked)


@step
def _observe(
    p: Array, need: Need, skill: float, reaches: bool, cells: Array | None, demand: Array
) -> float:
    """Count what places and sessions are rationed by; return the chance of an invitation."""
    if cells is None:
        return 0.0
    demand[need.profile, need.ward, DEMAND_NEEDS] += 1
    if need.offer.live and could_do_with_help(reaches, skill, p.assisted_below):
        demand[need.profile, need.ward, DEMAND_HELP] += 1
    invited: float = cells[need.profile, need.ward].invitation
    return invited


@step
def _take_part(now: Now, need: Need, invited: bool, took_part: Array, tally: Tally) -> None:
    """Let a resident take part."""
    if invited:
        tally.outcomes[need.service, JOINED] += 1
    if took_part[need.resident] < 0:
        tally.stock_profile[need.profile, _PARTICIPANTS] += 1
        tally.stock_ward[need.ward, _PARTICIPANTS] += 1
    took_part[need.resident] = now.week


@step
def _count(need: Need, channel: int, attempt: Attempt, assisted: bool, tally: Tally) -> None:
    """Count a need and what came of it by profile, ward and service."""
    started = 1 if channel == ONLINE else 0
    felt = rules.fixed(attempt.experience)
    helped = attempt.completed if assisted else 0
    _add(tally.profile[need.profile], started, felt, helped, attempt)
    _add(tally.ward[need.ward], started, felt, helped, attempt)
    _add(tally.service[need.service], started, felt, helped, attempt)


@step
def _add(counts: Array, started: int, felt: int, helped: int, attempt: Attempt) -> None:
    """Add a need to the CITIZEN counters of a group; in their order, so that one addition does."""
    counts[_NEEDS] += 1
    counts[_STARTED] += started
    counts[_COMPLETED] += attempt.completed
    counts[_TRANSACTIONS] += attempt.transaction
    counts[_TRANSACTIONS_ONLINE] += attempt.completed
    counts[_EXPERIENCE] += felt
    counts[_CONTACTS_FAILURE] += attempt.contacts_failure
    counts[_CONTACTS_OTHER] += attempt.contacts_other
    if helped:
        counts[_ASSISTED] += helped


@step
def _keep_stocks(now: Now, need: Need, completed: int, trusted: int, tally: Tally) -> None:
    """Remember when a resident last had a need and went online, and keep the stocks.

    Args:
        now: when.
        need: the need.
        completed: 1 if it was completed online.
        trusted: trust before, in fixed point.
        tally: its stocks are written.
    """
    mine = need.mine
    if mine.week < 0 or mine.week <= now.week - YEAR:
        tally.stock_profile[need.profile, _IN_NEED] += 1
        tally.stock_ward[need.ward, _IN_NEED] += 1
    if completed:
        if mine.online_week < 0:
            tally.stock_profile[need.profile, _ADOPTERS] += 1
            tally.stock_ward[need.ward, _ADOPTERS] += 1
        mine.online_week = now.week
    change = rules.fixed(real(mine.trust)) - trusted
    tally.stock_profile[need.profile, _TRUST] += change
    tally.stock_ward[need.ward, _TRUST] += change
    mine.week = now.week
    need.use.week = now.week


# ---------------------------------------------------------------- what is a year old


@kernel_on_bundles
def expire(
    past: int,
    needs: Needs,
    first: int,
    end: int,
    residents: Community,
    stories: Stories,
    tally: Tally,
) -> None:
    """Forget what is a year old, by walking the needs of the week a year ago.

    Args:
        past: that week of the calendar.
        needs: the calendar of needs.
        first: need of that week to begin with.
        end: need to end before; nobody has one before it and one after.
        residents: written.
        stories: what is told no longer is written.
        tally: its stocks are written.
    """
    services = len(stories.seen)
    previous = -1
    for n in range(first, end):
        if n + _RECORDS_AHEAD < end:
            ahead = integer(needs.citizen[n + _RECORDS_AHEAD])
            row_ahead = ahead * services + integer(needs.service[n + _RECORDS_AHEAD])
            prefetch(residents.traits, ahead)
            prefetch(residents.states, ahead)
            prefetch(residents.uses, row_ahead)
            prefetch(stories.published, row_ahead)
        i = needs.citizen[n]
        k = needs.service[n]
        row = i * services + k
        if stories.published[row] and residents.uses[row].tried_week == (past & 255):
            _withdraw(row, k, stories, tally.seen)
        if i == previous:
            continue
        previous = i
        person = residents.traits[i]
        mine = residents.states[i]
        if mine.online_week == past:
            mine.online_week = NEVER
            tally.stock_profile[person.profile, _ADOPTERS] -= 1
            tally.stock_ward[person.ward, _ADOPTERS] -= 1
        if mine.week == past:
            tally.stock_profile[person.profile, _IN_NEED] -= 1
            tally.stock_ward[person.ward, _IN_NEED] -= 1


@kernel_on_bundles
def expire_assumed(now: Now, residents: Community, stories: Stories, tally: Tally) -> None:
    """Forget, in the first year, what residents are assumed to have done before the warm-up.

    Week by week: the residents whose number leaves the remainder `week` when divided by 52.
    """
    services = len(stories.seen)
    for i in range(now.week, len(residents.states), YEAR):
        if residents.states[i].online_week == BEFORE:
            residents.states[i].online_week = NEVER
        for k in range(services):
            row = i * services + k
            if stories.published[row] and residents.uses[row].tried_week == TRIED_BEFORE:
                _withdraw(row, k, stories, tally.seen)


@step
def _withdraw(row: int, k: int, stories: Stories, seen: Array) -> None:
    """Let neighbours see a story no longer."""
    seen[k, 0] -= 1
    seen[k, 1] -= stories.published[row] - 1
    stories.published[row] = 0


@kernel_on_bundles
def forget_participants(past: int, joined: Array, residents: Community, tally: Tally) -> None:
    """Count those no longer who last took part in a week that is a year ago.

    Args:
        past: that week of the calendar.
        joined: residents who took part in it.
        residents: their participation is written.
        tally: its stocks are written.
    """
    for n in range(len(joined)):
        i = joined[n]
        if residents.took_part[i] == past:
            residents.took_part[i] = NEVER
            tally.stock_profile[residents.traits[i].profile, _PARTICIPANTS] -= 1
            tally.stock_ward[residents.traits[i].ward, _PARTICIPANTS] -= 1


@kernel_on_bundles
def publish(count: int, stories: Stories, seen: Array) -> None:
    """Let neighbours see, from next week on, what was staged this week; add it to the sums."""
    services = len(stories.seen)
    for n in range(count):
        if n + _RECORDS_AHEAD < count:
            prefetch(stories.published, stories.staged_row[n + _RECORDS_AHEAD])
        row = stories.staged_row[n]
        k = row % services
        byte = stories.published[row]
        if byte > 0:
            seen[k, 0] -= 1
            seen[k, 1] -= byte - 1
        seen[k, 0] += 1
        seen[k, 1] += integer(stories.staged_story[n]) - 1
        stories.published[row] = stories.staged_story[n]
