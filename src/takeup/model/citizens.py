"""A week of residents: every need picks a channel, is tried, and teaches (steps 2, 3 and 5).

Work is proportional to needs. What drifts between needs (skill, habit, trust, campaigns heard) is
brought up to date in closed form when the next need arises; neighbours' states of last week are
read at that moment. Nothing here depends on the order of residents: what they publish is staged.
"""

from __future__ import annotations

from takeup.kpis import CITIZEN, STOCK
from takeup.model import rules
from takeup.model.compiled import Array, integer, kernel, real, rule
from takeup.model.draws import FOLLOW_UP, NEED, SERVICE_SHIFT, philox, uniform, whole
from takeup.model.prefetch import prefetch
from takeup.model.state import YEAR
from takeup.model.weighing import (
    NEVER_CHOSEN,
    acquaintances_using,
    campaign_luck,
    expectation_by_now,
    finds_help,
    gain_by_now,
    has_access,
    offline_weighed,
    online_weighed,
)

ONLINE, PHONE, COUNTER = 0, 1, 2
NEVER, BEFORE = -1, -2
"""Last online transaction: none in a year; some in the year before the warm-up, as assumed."""
GONE = -2
"""Week of the last need of a resident who moved away."""
TRIED_BEFORE = 255
"""Last online attempt: in the year before the warm-up, as assumed."""

_RECORDS_AHEAD, _TIES_AHEAD, _STORIES_AHEAD = 16, 10, 4
"""How many needs ahead memory is asked for: people first, then whom they know, then the stories."""

# Columns of `outcomes`: what a week's needs leave for the departments, by service.
CASES_ONLINE, CASES_PHONE, CASES_COUNTER = 0, 1, 2
STRAIGHT_THROUGH = 3  # online, done without staff
GIVEN_UP = 4  # failed online and not pursued
CALLS_FAILED = 5  # phone cases that follow a failure: longer than others
CALLS_MORE = 6  # further calls after a failure
CALLS_HELP = 7  # calls for help of those who complete
VISITS = 8  # online attempts
VISITS_EXPERIENCE = 9  # and their experience in fixed point: visible success
CALLS_ERROR = 10  # about a case that was handled wrongly
JOINED = 11  # residents who took part in co-design
OUTCOMES = 12

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


@rule
def story(expectation: float) -> int:
    """Return the byte that neighbours see after an online attempt: 1 + 254 · expectation."""
    return 1 + int(expectation * 254.0 + 0.5)


@kernel
def expire(
    week: int,
    calendar: Array,
    need_citizen: Array,
    need_service: Array,
    service_count: int,
    citizens: Array,
    fixed_citizens: Array,
    uses: Array,
    published: Array,
    seen: Array,
    stock_profile: Array,
    stock_ward: Array,
) -> None:
    """Forget what is a year old, by walking the needs of the week a year ago.

    In the first year, what residents are assumed to have done before is forgotten week by week: the
    residents whose number leaves the remainder `week` when divided by 52.
    """
    if week < YEAR:
        for i in range(week, len(citizens), YEAR):
            if citizens[i].online_week == BEFORE:
                citizens[i].online_week = NEVER
            for k in range(service_count):
                use = uses[i * service_count + k]
                row = i * service_count + k
                if published[row] and use.tried_week == TRIED_BEFORE:
                    seen[k, 0] -= 1
                    seen[k, 1] -= published[row] - 1
                    published[row] = 0
        return
    past = week - YEAR
    previous = -1
    end = calendar[past + 1]
    for n in range(calendar[past], end):
        if n + _RECORDS_AHEAD < end:
            ahead = integer(need_citizen[n + _RECORDS_AHEAD])
            row_ahead = ahead * service_count + integer(need_service[n + _RECORDS_AHEAD])
            prefetch(fixed_citizens, ahead)
            prefetch(citizens, ahead)
            prefetch(uses, row_ahead)
            prefetch(published, row_ahead)
        i = need_citizen[n]
        row = i * service_count + need_service[n]
        if published[row] and uses[row].tried_week == (past & 255):
            k = need_service[n]
            seen[k, 0] -= 1
            seen[k, 1] -= published[row] - 1
            published[row] = 0
        if i == previous:
            continue
        previous = i
        profile = fixed_citizens[i].profile
        ward = fixed_citizens[i].ward
        if citizens[i].online_week == past:
            citizens[i].online_week = NEVER
            stock_profile[profile, _ADOPTERS] -= 1
            stock_ward[ward, _ADOPTERS] -= 1
        if citizens[i].week == past:
            stock_profile[profile, _IN_NEED] -= 1
            stock_ward[ward, _IN_NEED] -= 1


@kernel
def meet_needs(
    week: int,
    seed: int,
    replicate: int,
    parameters: Array,
    calendar: Array,
    need_citizen: Array,
    need_service: Array,
    fixed_citizens: Array,
    ties: Array,
    acquaintances: int,
    service_count: int,
    services: Array,
    departments: Array,
    exposure: Array,
    reminder: Array,
    lessons: Array,
    cells: Array | None,
    alarm: float,
    citizens: Array,
    uses: Array,
    took_part: Array,
    published: Array,
    seen: Array,
    staged_row: Array,
    staged_story: Array,
    joined: Array,
    profile_counts: Array,
    ward_counts: Array,
    service_counts: Array,
    stock_profile: Array,
    stock_ward: Array,
    demand: Array,
    outcomes: Array,
) -> tuple[int, int]:
    """Let every need of the week pick a channel, be tried, and teach.

    Args:
        week: week of the calendar.
        seed: key word 0 of the draws.
        replicate: key word 1 of the draws.
        parameters: PARAMETER_RECORD, (1,).
        calendar: first need of every week; see World.
        need_citizen: whose need.
        need_service: which service.
        fixed_citizens: CITIZEN, traits.
        ties: neighbours.
        acquaintances: number of people met in the well-mixed mode, else 0.
        service_count: number of services.
        services: SERVICE_WEEK, (services,).
        departments: DEPARTMENT_WEEK, (departments,), as last week left them.
        exposure: remembered campaign exposure, (PROFILES, wards, services); empty if none ran.
        reminder: the same as it is still on people's minds, fading faster; same shape.
        lessons: cumulative hazard of training by week, and times its gain, (weeks + 1, 2, PROFILES,
            wards); empty if none.
        cells: RESIDENT_LEVERS, (PROFILES, wards); None if no programme may ration places or
            sessions, which compiles to a week without them: `demand` is not counted then.
        alarm: share of trust that an alarm takes away.
        citizens: CITIZEN_STATE, written.
        uses: USE_STATE, written.
        took_part: week in which a resident last took part, written.
        published: what neighbours see, only read.
        seen: its sums by service, only read.
        staged_row: rows of `published` that change at the end of the week, written.
        staged_story: what they change to, written.
        joined: residents who take part this week, written.
        profile_counts: CITIZEN counters by profile, added to.
        ward_counts: the same by ward, added to.
        service_counts: the same by service, added to.
        stock_profile: running STOCK counters by profile, written.
        stock_ward: the same by ward, written.
        demand: what places and sessions are rationed by, (PROFILES, wards, DEMANDS), added to.
        outcomes: what the departments get, (services, OUTCOMES), added to.

    Returns:
        How many rows were staged, and how many residents took part.
    """
    p = parameters[0]
    staged = 0
    participants = 0
    campaigns = exposure.size > 0
    end = calendar[week + 1]
    for n in range(calendar[week], end):
        if n + _RECORDS_AHEAD < end:
            ahead = integer(need_citizen[n + _RECORDS_AHEAD])
            prefetch(fixed_citizens, ahead)
            prefetch(citizens, ahead)
            prefetch(uses, ahead * service_count + integer(need_service[n + _RECORDS_AHEAD]))
        if n + _TIES_AHEAD < end:
            prefetch(ties, integer(fixed_citizens[need_citizen[n + _TIES_AHEAD]].ties))
        if n + _STORIES_AHEAD < end:
            ahead = integer(need_citizen[n + _STORIES_AHEAD])
            asked = integer(need_service[n + _STORIES_AHEAD])
            if services[asked].live:
                for edge in range(fixed_citizens[ahead].ties, fixed_citizens[ahead + 1].ties):
                    prefetch(published, integer(ties[edge]) * service_count + asked)
        i = need_citizen[n]
        k = integer(need_service[n])
        row = i * service_count + k
        person = fixed_citizens[i]
        mine = citizens[i]
        if mine.week == GONE:
            continue
        use = uses[row]
        service = services[k]
        department = departments[service.department]
        profile = integer(person.profile)
        ward = integer(person.ward)
        u_aware, u_channel, u_complete, u_after = philox(
            i, week, NEED | k << SERVICE_SHIFT, 0, seed, replicate
        )

        # What drifted since the last need.
        last = integer(mine.week)
        base_skill = real(person.skill)
        gain = gain_by_now(i, k, week, seed, replicate, p, person, mine, lessons)
        trust = rules.reverted(
            real(mine.trust), real(person.trust), p.trust_reversion, float(week - last)
        )
        since_use = float(week - use.week)
        habit = rules.decayed(real(use.habit), p.habit_forgetting, since_use)
        offline_habit = rules.decayed(real(use.offline_habit), p.habit_forgetting, since_use)
        satisfaction = real(mine.satisfaction)
        skill = base_skill + gain
        reaches = has_access(profile)
        able = skill
        assisted = False
        invited = 0.0
        if cells is not None:
            demand[profile, ward, DEMAND_NEEDS] += 1
            invited = cells[profile, ward].invitation
            # Those who cannot well go online alone may find a free session.
            if service.live and (not reaches or skill < p.assisted_below):
                demand[profile, ward, DEMAND_HELP] += 1
                assisted = finds_help(i, k, week, seed, replicate, cells[profile, ward].assistance)
                if assisted:
                    reaches = True
                    able = rules.moved(skill, 1.0, p.assisted_lift)

        # Asking around, and the choice.
        aware = use.aware > 0
        online = NEVER_CHOSEN
        expectation = real(use.expectation)
        if service.live:
            users, share, told = acquaintances_using(
                k, len(citizens), person.ties, fixed_citizens[i + 1].ties, ties, acquaintances,
                service_count, published, seen,
            )  # fmt: skip
            remembered = rules.decayed(1.0, p.awareness_forgetting, since_use) if aware else 0.0
            found = 0.0
            if has_access(profile):
                found = rules.chance_found(skill, mine.online_week != NEVER, p.search, p.portal)
            aware = uniform(u_aware) < rules.chance_aware(
                remembered, found, users, p.talk_awareness
            )
            reminded = False
            if campaigns and exposure[profile, ward, k] > 0.0:
                luck = campaign_luck(i, k, seed, replicate)
                if luck < rules.chance_of_exposure(exposure[profile, ward, k]):
                    aware = True
                reminded = luck < rules.chance_of_exposure(reminder[profile, ward, k])
            expectation = expectation_by_now(p, use, service, users, told)
            if assisted:
                aware = True
            if aware and reaches:
                felt_trust = rules.trust_felt(trust, alarm)
                online = online_weighed(
                    p, person, service, expectation, share, felt_trust, habit, reminded, assisted
                )
        phone, counter = offline_weighed(p, person, service, department, offline_habit)
        chosen = rules.channel(uniform(u_channel), online, phone, counter)

        # The attempt, and what it teaches.
        v_first, v_second, v_error, v_part = philox(
            i, week, FOLLOW_UP | k << SERVICE_SHIFT, 0, seed, replicate
        )
        completed = 0
        transaction = 1
        contacts_failure = 0
        contacts_other = 0
        by_staff = True
        if chosen == ONLINE:
            ease = rules.ease(service.usability, service.complexity, able)
            outcomes[k, VISITS] += 1
            if uniform(u_complete) < rules.chance_completed(ease, p.retry, service.availability):
                completed = 1
                delay = 0.0
                if uniform(v_first) < service.straight_through:
                    outcomes[k, STRAIGHT_THROUGH] += 1
                    by_staff = False
                else:
                    outcomes[k, CASES_ONLINE] += 1
                    delay = department.delay + p.adoption_lag * (1.0 - department.adopters)
                experience = rules.experience_online(ease, p.effort_weight, delay, p.patience)
                # Staff who have not adopted get some cases wrong; people call about it.
                wrong = p.error_contacts * (1.0 - department.adopters)
                if by_staff and uniform(v_error) < wrong:
                    experience *= p.error_experience
                    outcomes[k, CALLS_ERROR] += 1
                if uniform(v_second) < p.help_rate * (1.0 - ease):
                    contacts_other = 1
                    outcomes[k, CALLS_HELP] += 1
                habit = rules.moved(habit, 1.0, p.habit_learning)
                offline_habit = rules.moved(offline_habit, 0.0, p.habit_learning)
                if mine.online_week < 0:
                    stock_profile[profile, _ADOPTERS] += 1
                    stock_ward[ward, _ADOPTERS] += 1
                mine.online_week = week
            else:
                experience = p.failure_experience
                contacts_failure = whole(p.failure_contacts, uniform(u_after))
                if contacts_failure > 0:
                    outcomes[k, CASES_PHONE] += 1
                    outcomes[k, CALLS_FAILED] += 1
                    outcomes[k, CALLS_MORE] += contacts_failure - 1
                else:
                    outcomes[k, GIVEN_UP] += 1
                    transaction = 0
            outcomes[k, VISITS_EXPERIENCE] += rules.fixed(experience)
            expectation = rules.learned(
                expectation, experience, p.experience_learning, p.negativity
            )
            gain = rules.moved(gain, 1.0 - base_skill, p.skill_learning)
            staged_row[staged] = row
            staged_story[staged] = story(expectation)
            staged += 1
            use.tried_week = week & 255
        else:
            outcomes[k, chosen] += 1
            contacts_other = 1
            if chosen == PHONE and uniform(v_first) < p.abandonment * department.wait:
                contacts_failure = 1
            experience = rules.experience_offline(
                p.offline_experience, department.wait, p.offline_wait_cost, department.delay,
                p.patience,
            )  # fmt: skip
            offline_habit = rules.moved(offline_habit, 1.0, p.habit_learning)
            habit = rules.moved(habit, 0.0, p.habit_learning)
            if service.live and uniform(v_second) < rules.chance_told_by_staff(
                department.adopters, p.staff_steering, service.referral
            ):
                aware = True
        surprise = experience - satisfaction
        trust = rules.trust_updated(trust, surprise, p.trust_learning, p.negativity)
        satisfaction = rules.learned(satisfaction, experience, p.experience_learning, p.negativity)

        # Some take part: invited to help design, or of their own accord by feedback.
        if uniform(v_part) < rules.chance_taking_part(invited, p.feedback):
            if uniform(v_part) < invited:
                outcomes[k, JOINED] += 1
            if took_part[i] < 0:
                stock_profile[profile, _PARTICIPANTS] += 1
                stock_ward[ward, _PARTICIPANTS] += 1
            took_part[i] = week
            joined[participants] = i
            participants += 1

        if last < 0 or last <= week - YEAR:
            stock_profile[profile, _IN_NEED] += 1
            stock_ward[ward, _IN_NEED] += 1
        before = rules.fixed(real(mine.trust))
        mine.gain = gain
        mine.trust = trust
        mine.satisfaction = satisfaction
        mine.week = week
        use.expectation = expectation
        use.habit = habit
        use.offline_habit = offline_habit
        use.week = week
        use.aware = 1 if aware else 0
        change = rules.fixed(real(mine.trust)) - before
        stock_profile[profile, _TRUST] += change
        stock_ward[ward, _TRUST] += change

        felt = rules.fixed(experience)
        started = 1 if chosen == ONLINE else 0
        for counts, group in (
            (profile_counts, profile),
            (ward_counts, ward),
            (service_counts, k),
        ):
            counts[group, _NEEDS] += 1
            counts[group, _STARTED] += started
            counts[group, _COMPLETED] += completed
            counts[group, _TRANSACTIONS] += transaction
            counts[group, _TRANSACTIONS_ONLINE] += completed
            counts[group, _EXPERIENCE] += felt
            counts[group, _CONTACTS_FAILURE] += contacts_failure
            counts[group, _CONTACTS_OTHER] += contacts_other
            if assisted:
                counts[group, _ASSISTED] += completed
    return staged, participants


@kernel
def forget_participants(
    past: int,
    joined: Array,
    fixed_citizens: Array,
    took_part: Array,
    stock_profile: Array,
    stock_ward: Array,
) -> None:
    """Count those no longer who last took part in a week that is a year ago.

    Args:
        past: that week of the calendar.
        joined: residents who took part in it.
        fixed_citizens: CITIZEN, traits.
        took_part: week in which a resident last took part, written.
        stock_profile: running STOCK counters by profile, written.
        stock_ward: the same by ward, written.
    """
    for n in range(len(joined)):
        i = joined[n]
        if took_part[i] == past:
            took_part[i] = NEVER
            stock_profile[fixed_citizens[i].profile, _PARTICIPANTS] -= 1
            stock_ward[fixed_citizens[i].ward, _PARTICIPANTS] -= 1


@kernel
def publish(
    count: int,
    service_count: int,
    staged_row: Array,
    staged_story: Array,
    published: Array,
    seen: Array,
) -> None:
    """Let neighbours see, from next week on, what was staged this week."""
    for n in range(count):
        if n + _RECORDS_AHEAD < count:
            prefetch(published, staged_row[n + _RECORDS_AHEAD])
        row = staged_row[n]
        k = row % service_count
        byte = published[row]
        if byte > 0:
            seen[k, 0] -= 1
            seen[k, 1] -= byte - 1
        seen[k, 0] += 1
        seen[k, 1] += integer(staged_story[n]) - 1
        published[row] = staged_story[n]
