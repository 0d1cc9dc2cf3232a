"""A need up to the choice of a channel: what a resident knows, can do and prefers by then.

The week of residents (`citizens.meet_needs`) acts on it, the view's explanation only looks at it:
nothing is chosen or learned here.
"""

from __future__ import annotations

from typing import NamedTuple

from takeup.model.week import rules
from takeup.model.week.bundles import (
    AWARENESS_KEPT,
    HABIT_KEPT,
    SKILL_KEPT,
    TRUST_KEPT,
    Community,
    Council,
    Messages,
    Now,
    Stories,
)
from takeup.model.week.compiled import (
    Array,
    integer,
    lookup,
    real,
    rule,
    step,
)
from takeup.model.week.draws import (
    CAMPAIGN,
    HELP,
    LESSON,
    SERVICE_SHIFT,
    SESSION,
    philox,
    uniform,
)
from takeup.programme.segments import ACCESSES, AGES, PROFILES, SUPPORTS

NEVER_CHOSEN = -1e9
"""Utility of a channel that is not in the choice set."""

_PROFILES_PER_AGE = PROFILES // len(AGES)


class Need(NamedTuple):
    """A need, and the records of the resident, the service and its department.

    Attributes:
        resident: number of the resident.
        service: number of the service.
        row: of both, in `uses` and `published`.
        profile: of the resident, as is the ward.
        ward: of the resident.
        person: TRAITS.
        mine: CITIZEN_STATE.
        use: USE_STATE.
        offer: SERVICE_WEEK.
        department: DEPARTMENT_WEEK.
    """

    resident: int
    service: int
    row: int
    profile: int
    ward: int
    person: Array
    mine: Array
    use: Array
    offer: Array
    department: Array


class Mind(NamedTuple):
    """What a resident brings to a need, all that drifted since the last one brought up to date.

    Attributes:
        gain: digital skill above the person's own.
        skill: digital skill, 0 to 1.
        trust: in the council, 0 to 1.
        remembered: chance that earlier awareness of the service is not forgotten.
        habit: of the online channel.
        offline_habit: of phone and counter.
    """

    gain: float
    skill: float
    trust: float
    remembered: float
    habit: float
    offline_habit: float


class Means(NamedTuple):
    """What a resident could do online.

    Attributes:
        reaches: has a device and a connection, or a helper's.
        able: skill, a helper's included.
        assisted: found a helper free.
    """

    reaches: bool
    able: float
    assisted: bool


@rule
def age_of(profile: int) -> float:
    """Return the age band of a profile as a number from 0 (16–24) to 1 (75+)."""
    return (profile // _PROFILES_PER_AGE) / (len(AGES) - 1.0)


@rule
def has_access(profile: int) -> bool:
    """Return whether people of a profile have a device and a connection."""
    return profile // len(SUPPORTS) % len(ACCESSES) == 1


@lookup
def need_of(i: int, k: int, residents: Community, council: Council) -> Need:
    """Return the need of resident i for service k."""
    row = i * len(council.services) + k
    person = residents.traits[i]
    offer = council.services[k]
    return Need(
        i, k, row, integer(person.profile), integer(person.ward), person, residents.states[i],
        residents.uses[row], offer, council.departments[offer.department],
    )  # fmt: skip


@step
def mind_by_now(now: Now, need: Need, council: Council, lessons: Array) -> Mind:
    """Return what a resident brings to a need."""
    mine, use = need.mine, need.use
    since_need = now.week - integer(mine.week)
    since_use = now.week - integer(use.week)
    trust = rules.drifted(
        real(mine.trust), real(need.person.trust), council.kept[TRUST_KEPT, since_need]
    )
    gain = real(mine.gain) * council.kept[SKILL_KEPT, since_need]
    if lessons.size > 0:
        gain = _taught(now, need, gain, lessons)
    return Mind(
        gain,
        real(need.person.skill) + gain,
        trust,
        council.kept[AWARENESS_KEPT, since_use],
        real(use.habit) * council.kept[HABIT_KEPT, since_use],
        real(use.offline_habit) * council.kept[HABIT_KEPT, since_use],
    )


@step
def _taught(now: Now, need: Need, gain: float, lessons: Array) -> float:
    """Return what someone has learned beyond their own skill, courses since the last need too."""
    week, last = now.week, integer(need.mine.week)
    profile, ward = need.profile, need.ward
    hazard = lessons[week + 1, 0, profile, ward] - lessons[last + 1, 0, profile, ward]
    if hazard > 0.0:
        drawn, _, _, _ = philox(
            need.resident, week, LESSON | need.service << SERVICE_SHIFT, 0, now.seed,
            now.replicate,
        )  # fmt: skip
        if uniform(drawn) < rules.chance_of_exposure(hazard):
            gains = lessons[week + 1, 1, profile, ward] - lessons[last + 1, 1, profile, ward]
            return rules.moved(gain, 1.0 - real(need.person.skill), gains / hazard)
    return gain


@step
def reaches_online(now: Now, need: Need) -> bool:
    """Return whether a resident has a device and a connection, or somebody who has for them."""
    if has_access(need.profile):
        return True
    if need.offer.reach <= 0.0:
        return False
    drawn, _, _, _ = philox(
        need.resident, 0, HELP | need.service << SERVICE_SHIFT, 0, now.seed, now.replicate
    )
    helped: bool = uniform(drawn) < need.offer.reach
    return helped


@rule
def could_do_with_help(reaches: bool, skill: float, assisted_below: float) -> bool:
    """Return whether someone cannot well go online alone."""
    return not reaches or skill < assisted_below


@step
def means_of(
    now: Now, p: Array, need: Need, skill: float, reaches: bool, cells: Array | None
) -> Means:
    """Return what a resident could do online, if the service is; a helper may be free.

    Args:
        now: when.
        p: PARAMETER_RECORD.
        need: the need.
        skill: digital skill by now.
        reaches: see `reaches_online`.
        cells: RESIDENT_LEVERS, (PROFILES, wards); None if no programme offers help.
    """
    if cells is not None:
        free = cells[need.profile, need.ward].assistance
        if free > 0.0 and need.offer.live and could_do_with_help(reaches, skill, p.assisted_below):
            drawn, _, _, _ = philox(
                need.resident, now.week, SESSION | need.service << SERVICE_SHIFT, 0, now.seed,
                now.replicate,
            )  # fmt: skip
            if uniform(drawn) < free:
                return Means(True, rules.moved(skill, 1.0, p.assisted_lift), True)
    return Means(reaches, skill, False)


@step
def acquaintances_using(
    need: Need, residents: Community, stories: Stories
) -> tuple[float, float, float]:
    """Return how many a resident knows who use a service, the share of those known, what they tell.

    In the well-mixed mode (acquaintances > 0) all residents stand for those known.

    Returns:
        Number of users known; their share, 0–1; mean of the experience they tell of, 0–1.
    """
    k = need.service
    if residents.acquaintances > 0:
        people = float(stories.seen[k, 0])
        known = float(residents.acquaintances)
        users = known * people / len(residents.states)
        told = float(stories.seen[k, 1])
    else:
        services = len(stories.seen)
        first, end = need.person.ties, residents.traits[need.resident + 1].ties
        count = 0
        total = 0
        for edge in range(first, end):
            byte = integer(stories.published[residents.ties[edge] * services + k])
            if byte > 0:
                count += 1
                total += byte - 1
        people = float(count)
        users = people
        told = float(total)
        known = float(end - first)
    if users > 0.0:
        return users, users / known, told / (254.0 * people)
    return 0.0, 0.0, 0.0


@step
def campaigns_reach(now: Now, need: Need, messages: Messages) -> tuple[bool, bool]:
    """Return whether campaigns have told a resident of a service, and whether it is on their mind.

    One draw for all the run decides which campaigns reach someone.
    """
    if messages.exposure.size == 0:
        return False, False
    exposure = messages.exposure[need.profile, need.ward, need.service]
    if exposure <= 0.0:
        return False, False
    drawn, _, _, _ = philox(
        need.resident, 0, CAMPAIGN | need.service << SERVICE_SHIFT, 0, now.seed, now.replicate
    )
    luck = uniform(drawn)
    reminder = messages.reminder[need.profile, need.ward, need.service]
    return luck < rules.chance_of_exposure(exposure), luck < rules.chance_of_exposure(reminder)


@step
def untold_by(users: float, p: Array, residents: Community, council: Council) -> float:
    """Return the chance that none of the users known tells of a service."""
    if residents.acquaintances > 0:  # a share of everyone, no whole number
        chance: float = rules.untold(users, p.talk_awareness)
    else:
        chance = council.untold[integer(users)]
    return chance


@step
def chance_aware_by_now(
    p: Array, need: Need, mind: Mind, untold: float, looks: bool, used_any: bool
) -> float:
    """Return the chance that a resident remembers, finds or is told that a service is online.

    Args:
        p: PARAMETER_RECORD.
        need: the need.
        mind: what the resident brings to it.
        untold: chance that none of those known tells of it.
        looks: whether they can look it up online.
        used_any: whether they used any online service of the council in the last year.
    """
    remembered = mind.remembered if need.use.aware > 0 else 0.0
    found = rules.chance_found(mind.skill, used_any, p.search, p.portal) if looks else 0.0
    aware = rules.chance_aware(remembered, found, untold)
    return rules.made_up(aware, need.offer.reach)


@step
def expectation_by_now(p: Array, need: Need, users: float, told: float) -> float:
    """Return what is expected of a service after hearing others and seeing it succeed."""
    offer = need.offer
    expectation: float = real(need.use.expectation)
    if users > 0.0:
        expectation = rules.expectation_heard(expectation, told, users, p.talk_expectation)
    if offer.publicity > 0.0:
        expectation = rules.expectation_shown(expectation, offer.shown, offer.publicity)
    return expectation


@step
def online_weighed(
    p: Array, need: Need, constant: float, expectation: float, share: float, trust: float,
    habit: float, reminded: bool, assisted: bool,
) -> float:  # fmt: skip
    """Return the utility of going online, for someone who knows that it is there and has access.

    Args:
        p: PARAMETER_RECORD.
        need: the need.
        constant: of the online channel of the service.
        expectation: of the online channel, 0 to 1.
        share: of those known who use it.
        trust: in the council, as it is felt now.
        habit: of the online channel.
        reminded: whether a campaign is on their mind.
        assisted: whether a helper is free.
    """
    return rules.utility_online(
        constant,
        expectation,
        p.expectation_weight,
        share,
        p.influence_weight,
        trust,
        p.trust_weight,
        habit,
        p.habit_weight,
        innovativeness(need.person),
        p.innovativeness_weight,
        1.0 if reminded else 0.0,
        p.message_weight,
        need.offer.steering,
        p.assistance_weight if assisted else 0.0,
    )


@step
def preference(need: Need) -> float:
    """Return the constant of the online channel as the outside trend has moved it."""
    preferred: float = rules.preferred(need.offer.constant_online, need.offer.moved)
    return preferred


@step
def innovativeness(person: Array) -> float:
    """Return a resident's personal innovativeness, a share."""
    share: float = (real(person.innovativeness) + 0.5) / 65536.0
    return share


@step
def offline_weighed(p: Array, need: Need, wait: float, offline_habit: float) -> tuple[float, float]:
    """Return the utilities of phoning and of going to the counter."""
    age = age_of(need.profile)
    offer = need.offer
    phone = rules.utility_offline(
        offer.constant_phone, age, p.age_weight, offline_habit, p.habit_weight, wait, p.wait_weight
    )
    if offer.closed:
        return phone, NEVER_CHOSEN
    counter = rules.utility_offline(
        offer.constant_counter, age, p.age_weight, offline_habit, p.habit_weight, wait,
        p.wait_weight,
    )  # fmt: skip
    return phone, counter
