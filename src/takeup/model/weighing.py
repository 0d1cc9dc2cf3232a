"""What a resident knows, can do and prefers when a need arises; nothing is chosen or learned.

The week of residents (`citizens.meet_needs`) acts on it, the view's explanation only looks at it.
Records are passed whole: person (CITIZEN), mine (CITIZEN_STATE), use (USE_STATE), service
(SERVICE_WEEK), department (DEPARTMENT_WEEK), p (PARAMETER_RECORD).
"""

from __future__ import annotations

from takeup.model import rules
from takeup.model.compiled import Array, integer, real, rule, step
from takeup.model.draws import CAMPAIGN, LESSON, SERVICE_SHIFT, SESSION, philox, uniform
from takeup.programme.segments import ACCESSES, AGES, PROFILES, SUPPORTS

NEVER_CHOSEN = -1e9
"""Utility of a channel that is not in the choice set."""

_PROFILES_PER_AGE = PROFILES // len(AGES)


@rule
def age_of(profile: int) -> float:
    """Return the age band of a profile as a number from 0 (16–24) to 1 (75+)."""
    return (profile // _PROFILES_PER_AGE) / (len(AGES) - 1.0)


@rule
def has_access(profile: int) -> bool:
    """Return whether people of a profile have a device and a connection."""
    return profile // len(SUPPORTS) % len(ACCESSES) == 1


@step
def gain_by_now(
    i: int, k: int, week: int, seed: int, replicate: int,
    p: Array, person: Array, mine: Array, lessons: Array,
) -> float:  # fmt: skip
    """Return what resident i has learned beyond the skill they had, at a need for service k.

    What was gained until the last need fades; courses since then may have added to it.
    """
    last = integer(mine.week)
    gain = rules.decayed(real(mine.gain), p.skill_forgetting, float(week - last))
    if lessons.size > 0:
        cell = integer(person.profile), integer(person.ward)
        hazard = lessons[week + 1, 0, cell[0], cell[1]] - lessons[last + 1, 0, cell[0], cell[1]]
        if hazard > 0.0:
            drawn, _, _, _ = philox(i, week, LESSON | k << SERVICE_SHIFT, 0, seed, replicate)
            if uniform(drawn) < rules.chance_of_exposure(hazard):
                gains = (
                    lessons[week + 1, 1, cell[0], cell[1]] - lessons[last + 1, 1, cell[0], cell[1]]
                )
                gain = rules.moved(gain, 1.0 - real(person.skill), gains / hazard)
    return gain


@rule
def finds_help(i: int, k: int, week: int, seed: int, replicate: int, free: float) -> bool:
    """Return whether resident i finds a session of assisted digital free for service k."""
    if free <= 0.0:
        return False
    drawn, _, _, _ = philox(i, week, SESSION | k << SERVICE_SHIFT, 0, seed, replicate)
    return uniform(drawn) < free


@rule
def campaign_luck(i: int, k: int, seed: int, replicate: int) -> float:
    """Return what decides which campaigns reach resident i: one draw for all the run, 0–1."""
    drawn, _, _, _ = philox(i, 0, CAMPAIGN | k << SERVICE_SHIFT, 0, seed, replicate)
    return uniform(drawn)


@step
def acquaintances_using(
    k: int, residents: int, first_tie: int, end_tie: int, ties: Array, acquaintances: int,
    service_count: int, published: Array, seen: Array,
) -> tuple[float, float, float]:  # fmt: skip
    """Return how many a resident knows who use service k, the share of those known, what they tell.

    In the well-mixed mode (acquaintances > 0) all residents stand for those known.

    Returns:
        Number of users known; their share, 0–1; mean of the experience they tell of, 0–1.
    """
    if acquaintances > 0:
        people = float(seen[k, 0])
        known = float(acquaintances)
        users = known * people / residents
        told = float(seen[k, 1])
    else:
        count = 0
        total = 0
        for edge in range(first_tie, end_tie):
            byte = integer(published[ties[edge] * service_count + k])
            if byte > 0:
                count += 1
                total += byte - 1
        people = float(count)
        users = people
        told = float(total)
        known = float(end_tie - first_tie)
    if users > 0.0:
        return users, users / known, told / (254.0 * people)
    return 0.0, 0.0, 0.0


@step
def expectation_by_now(p: Array, use: Array, service: Array, users: float, told: float) -> float:
    """Return what is expected of a service after hearing others and seeing it succeed."""
    expectation: float = real(use.expectation)
    if users > 0.0:
        expectation = rules.expectation_heard(expectation, told, users, p.talk_expectation)
    if service.publicity > 0.0:
        expectation = rules.expectation_shown(expectation, service.shown, service.publicity)
    return expectation


@step
def online_weighed(
    p: Array, person: Array, service: Array, expectation: float, share: float, trust: float,
    habit: float, reminded: bool, assisted: bool,
) -> float:  # fmt: skip
    """Return the utility of going online, for someone who knows that it is there and has access."""
    return rules.utility_online(
        service.constant_online,
        expectation,
        p.expectation_weight,
        share,
        p.influence_weight,
        trust,
        p.trust_weight,
        habit,
        p.habit_weight,
        (real(person.innovativeness) + 0.5) / 65536.0,
        p.innovativeness_weight,
        1.0 if reminded else 0.0,
        p.message_weight,
        service.steering,
        p.assistance_weight if assisted else 0.0,
    )


@step
def offline_weighed(
    p: Array, person: Array, service: Array, department: Array, offline_habit: float
) -> tuple[float, float]:
    """Return the utilities of phoning and of going to the counter."""
    age = age_of(integer(person.profile))
    phone = rules.utility_offline(
        service.constant_phone, age, p.age_weight, offline_habit, p.habit_weight,
        department.wait, p.wait_weight,
    )  # fmt: skip
    if service.closed:
        return phone, NEVER_CHOSEN
    counter = rules.utility_offline(
        service.constant_counter, age, p.age_weight, offline_habit, p.habit_weight,
        department.wait, p.wait_weight,
    )  # fmt: skip
    return phone, counter
