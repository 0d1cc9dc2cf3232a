"""What residents would do if they needed a service now.

Weighed as the model weighs a need of that week, with its rules, draws, campaigns and helpers, but
nothing is chosen and nobody learns from it: `meet_needs` without consequences. A test holds the two
together.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from takeup.model import rules
from takeup.model.citizens import GONE, NEVER_CHOSEN, age_of, has_access
from takeup.model.compiled import Array, integer, kernel, real
from takeup.model.draws import CAMPAIGN, LESSON, SERVICE_SHIFT, SESSION, philox, uniform
from takeup.model.simulation import Simulation
from takeup.model.state import YEAR

LEANING = np.dtype(
    [
        ("able", "u1"),  # 1: has what it takes, and would more likely finish than fail
        ("online", "<f8"),  # utilities of the channels
        ("phone", "<f8"),
        ("counter", "<f8"),
    ]
)
"""What a resident who knows that a service is online would do if it were needed now."""


def leanings(simulation: Simulation, week: int) -> npt.NDArray[np.void]:
    """Return what residents would do about services that are online and needed in the last year.

    Args:
        simulation: a run under way; it is not changed.
        week: the week of the calendar in which the needs would arise.

    Returns:
        LEANING, (residents × services,); zero where a service is offline or was not needed.
    """
    world, state = simulation.world, simulation.state
    lean = np.zeros(len(state.uses), LEANING)
    _lean(
        week, world.seed, world.replicate, simulation.parameters, world.citizens, world.ties,
        world.acquaintances, len(state.services), state.services, state.departments,
        simulation.exposure, simulation.reminder, simulation.lessons, simulation.levers.cells,
        float(state.place["alarm"][0]), state.citizens, state.uses, state.published, state.seen,
        lean,
    )  # fmt: skip
    return lean


@kernel
def _lean(
    week: int,
    seed: int,
    replicate: int,
    parameters: Array,
    fixed_citizens: Array,
    ties: Array,
    acquaintances: int,
    service_count: int,
    services: Array,
    departments: Array,
    exposure: Array,
    reminder: Array,
    lessons: Array,
    cells: Array,
    alarm: float,
    citizens: Array,
    uses: Array,
    published: Array,
    seen: Array,
    lean: Array,
) -> None:
    """Fill in LEANING as `meet_needs` would weigh each need; its arguments are named as there."""
    p = parameters[0]
    for i in range(len(citizens)):
        person = fixed_citizens[i]
        mine = citizens[i]
        if mine.week == GONE:
            continue
        profile = integer(person.profile)
        ward = integer(person.ward)
        last = integer(mine.week)
        weeks = float(week - last)
        base_skill = real(person.skill)
        decayed = rules.decayed(real(mine.gain), p.skill_forgetting, weeks)
        trust = rules.reverted(real(mine.trust), real(person.trust), p.trust_reversion, weeks)
        for k in range(service_count):
            row = i * service_count + k
            use = uses[row]
            service = services[k]
            if not service.live or use.week <= week - YEAR:
                continue
            department = departments[service.department]
            gain = decayed
            if lessons.size > 0:
                hazard = lessons[week + 1, 0, profile, ward] - lessons[last + 1, 0, profile, ward]
                if hazard > 0.0:
                    drawn, _, _, _ = philox(
                        i, week, LESSON | k << SERVICE_SHIFT, 0, seed, replicate
                    )
                    if uniform(drawn) < rules.chance_of_exposure(hazard):
                        gains = (
                            lessons[week + 1, 1, profile, ward]
                            - lessons[last + 1, 1, profile, ward]
                        )
                        gain = rules.moved(gain, 1.0 - base_skill, gains / hazard)
            skill = base_skill + gain
            able = skill
            reaches = has_access(profile)
            assisted = False
            if not reaches or skill < p.assisted_below:
                free = cells[profile, ward].assistance
                if free > 0.0:
                    drawn, _, _, _ = philox(
                        i, week, SESSION | k << SERVICE_SHIFT, 0, seed, replicate
                    )
                    if uniform(drawn) < free:
                        assisted = True
                        reaches = True
                        able = rules.moved(skill, 1.0, p.assisted_lift)

            since_use = float(week - use.week)
            habit = rules.decayed(real(use.habit), p.habit_forgetting, since_use)
            offline_habit = rules.decayed(real(use.offline_habit), p.habit_forgetting, since_use)
            expectation = real(use.expectation)
            if acquaintances > 0:
                people = float(seen[k, 0])
                known = float(acquaintances)
                users = known * people / len(citizens)
                told = float(seen[k, 1])
            else:
                count = 0
                total = 0
                for edge in range(person.ties, fixed_citizens[i + 1].ties):
                    byte = integer(published[ties[edge] * service_count + k])
                    if byte > 0:
                        count += 1
                        total += byte - 1
                people = float(count)
                users = people
                told = float(total)
                known = float(fixed_citizens[i + 1].ties - person.ties)
            told_by_council = 0.0
            if exposure.size > 0 and exposure[profile, ward, k] > 0.0:
                drawn, _, _, _ = philox(i, 0, CAMPAIGN | k << SERVICE_SHIFT, 0, seed, replicate)
                if uniform(drawn) < rules.chance_of_exposure(reminder[profile, ward, k]):
                    told_by_council = 1.0
            share = 0.0
            if users > 0.0:
                share = users / known
                expectation = rules.expectation_heard(
                    expectation, told / (254.0 * people), users, p.talk_expectation
                )
            if service.publicity > 0.0:
                expectation = rules.expectation_shown(expectation, service.shown, service.publicity)

            lean[row].online = NEVER_CHOSEN
            if reaches:
                ease = rules.ease(service.usability, service.complexity, able)
                completes = rules.chance_completed(ease, p.retry, service.availability)
                if completes >= 0.5 and (assisted or skill >= p.assisted_below):
                    lean[row].able = 1
                lean[row].online = rules.utility_online(
                    service.constant_online,
                    expectation,
                    p.expectation_weight,
                    share,
                    p.influence_weight,
                    rules.trust_felt(trust, alarm),
                    p.trust_weight,
                    habit,
                    p.habit_weight,
                    (real(person.innovativeness) + 0.5) / 65536.0,
                    p.innovativeness_weight,
                    told_by_council,
                    p.message_weight,
                    service.steering,
                    p.assistance_weight if assisted else 0.0,
                )
            age = age_of(profile)
            lean[row].phone = rules.utility_offline(
                service.constant_phone, age, p.age_weight, offline_habit, p.habit_weight,
                department.wait, p.wait_weight,
            )  # fmt: skip
            lean[row].counter = rules.utility_offline(
                service.constant_counter, age, p.age_weight, offline_habit, p.habit_weight,
                department.wait, p.wait_weight,
            )  # fmt: skip
            if service.closed:
                lean[row].counter = NEVER_CHOSEN
