"""A need from the choice of a channel on: how it is tried, and what that teaches."""

from __future__ import annotations

from typing import NamedTuple

from takeup.model.week import rules
from takeup.model.week.compiled import (
    Array,
    real,
    rule,
    step,
)
from takeup.model.week.draws import uniform, whole
from takeup.model.week.weighing import Mind, Need

ONLINE, PHONE, COUNTER = 0, 1, 2

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


class Attempt(NamedTuple):
    """What came of a need.

    Attributes:
        experience: 0 to 1.
        completed: 1 if it was completed online.
        transaction: 1 if it became a case, 0 if it was given up.
        contacts_failure: contacts that a failure caused.
        contacts_other: all other contacts.
    """

    experience: float
    completed: int
    transaction: int
    contacts_failure: int
    contacts_other: int


@step
def online_prospect(p: Array, need: Need, able: float) -> tuple[float, float]:
    """Return how easy a service is online for someone, and the chance that they complete it."""
    offer = need.offer
    ease = rules.ease(offer.usability, offer.complexity, able)
    completes = rules.chance_completed(ease, p.retry, offer.availability)
    return ease, rules.made_up(completes, offer.reach)


@step
def attempt_online(
    p: Array, need: Need, able: float, complete: int, after: int, first: int, second: int,
    error: int, outcomes: Array,
) -> Attempt:  # fmt: skip
    """Try a service online, and count what it leaves for the department.

    Args:
        p: PARAMETER_RECORD.
        need: the need.
        able: skill, a helper's included.
        complete: drawn word that decides whether it is completed; the next four likewise.
        after: whether someone who failed gets in touch.
        first: whether staff are needed.
        second: whether someone who completes asks for help.
        error: whether staff get it wrong.
        outcomes: (services, OUTCOMES), added to.
    """
    k, offer, department = need.service, need.offer, need.department
    ease, completes = online_prospect(p, need, able)
    outcomes[k, VISITS] += 1
    if uniform(complete) < completes:
        delay = 0.0
        by_staff = uniform(first) >= offer.straight_through
        if by_staff:
            outcomes[k, CASES_ONLINE] += 1
            delay = department.delay + p.adoption_lag * (1.0 - department.adopters)
        else:
            outcomes[k, STRAIGHT_THROUGH] += 1
        experience = rules.experience_online(ease, p.effort_weight, delay, p.patience)
        # Staff who have not adopted get some cases wrong; people call about it.
        if by_staff and uniform(error) < p.error_contacts * (1.0 - department.adopters):
            experience *= p.error_experience
            outcomes[k, CALLS_ERROR] += 1
        helped = 1 if uniform(second) < p.help_rate * (1.0 - ease) else 0
        outcomes[k, CALLS_HELP] += helped
        outcomes[k, VISITS_EXPERIENCE] += rules.fixed(experience)
        return Attempt(experience, 1, 1, 0, helped)
    contacts = whole(p.failure_contacts, uniform(after))
    if contacts > 0:
        outcomes[k, CASES_PHONE] += 1
        outcomes[k, CALLS_FAILED] += 1
        outcomes[k, CALLS_MORE] += contacts - 1
    else:
        outcomes[k, GIVEN_UP] += 1
    outcomes[k, VISITS_EXPERIENCE] += rules.fixed(p.failure_experience)
    return Attempt(p.failure_experience, 0, 1 if contacts > 0 else 0, contacts, 0)


@step
def attempt_offline(p: Array, need: Need, channel: int, first: int, outcomes: Array) -> Attempt:
    """Phone or go to the counter, and count what it leaves for the department.

    Args:
        p: PARAMETER_RECORD.
        need: the need.
        channel: PHONE or COUNTER.
        first: drawn word that decides whether a call is given up and made again.
        outcomes: (services, OUTCOMES), added to.
    """
    department = need.department
    outcomes[need.service, channel] += 1
    again = 0
    if channel == PHONE and uniform(first) < p.abandonment * department.wait:
        again = 1
    experience = rules.experience_offline(
        p.offline_experience, department.wait, p.offline_wait_cost, department.delay, p.patience
    )
    return Attempt(experience, 0, 1, again, 1)


@rule
def story(expectation: float) -> int:
    """Return the byte that neighbours see after an online attempt: 1 + 254 · expectation."""
    return 1 + int(expectation * 254.0 + 0.5)


@step
def learn_online(p: Array, need: Need, mind: Mind, expectation: float, attempt: Attempt) -> float:
    """Let an online attempt change what someone expects, can do and is used to.

    Returns:
        What they expect from now on, and tell.
    """
    use = need.use
    expected = rules.learned(expectation, attempt.experience, p.experience_learning, p.negativity)
    use.expectation = expected
    need.mine.gain = rules.moved(mind.gain, 1.0 - real(need.person.skill), p.skill_learning)
    if attempt.completed:
        use.habit = rules.moved(mind.habit, 1.0, p.habit_learning)
        use.offline_habit = rules.moved(mind.offline_habit, 0.0, p.habit_learning)
    else:
        use.habit = mind.habit
        use.offline_habit = mind.offline_habit
    return expected


@step
def learn_offline(p: Array, need: Need, mind: Mind, expectation: float) -> None:
    """Let a call or a visit to the counter change what someone is used to."""
    use = need.use
    use.expectation = expectation
    need.mine.gain = mind.gain
    use.offline_habit = rules.moved(mind.offline_habit, 1.0, p.habit_learning)
    use.habit = rules.moved(mind.habit, 0.0, p.habit_learning)


@step
def judge(p: Array, need: Need, mind: Mind, experience: float) -> None:
    """Let an experience change trust in the council and satisfaction with it."""
    mine = need.mine
    satisfaction = real(mine.satisfaction)
    surprise = experience - satisfaction
    mine.trust = rules.trust_updated(mind.trust, surprise, p.trust_learning, p.negativity)
    mine.satisfaction = rules.learned(satisfaction, experience, p.experience_learning, p.negativity)
