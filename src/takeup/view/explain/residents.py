"""Where residents stop on the way to a service online.

Read off the state of a run with the rules of the model itself. For every service that a resident
needed in the last year it is asked what would happen if the need arose in the week just ended: the
same draws, campaigns and helpers as the model would give it in that week, but the channel is chosen
at even odds, so that "would choose it" means "more likely than not".
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt

from takeup.kpis import Family
from takeup.model import rules
from takeup.model.citizens import (
    GONE,
    NEVER,
    NEVER_CHOSEN,
    ONLINE,
    age_of,
    has_access,
)
from takeup.model.compiled import Array, integer, kernel, real
from takeup.model.draws import CAMPAIGN, LESSON, SERVICE_SHIFT, SESSION, philox, uniform
from takeup.model.simulation import Simulation
from takeup.model.state import YEAR
from takeup.programme.segments import ACCESSES, AGES, INCOMES
from takeup.scenario.schema import Scenario

IntArray = npt.NDArray[np.int64]

Step = Literal["needed", "offered", "aware", "able", "willing", "using"]
STEPS: tuple[Step, ...] = ("needed", "offered", "aware", "able", "willing", "using")
"""Steps of the funnel; who takes one has taken all before it. Of a service or of any of them:

needed: had a need for it in the last 52 weeks. offered: it is online. aware: knew so at the last
need. able: has a device, a connection and the skill above which people go online well alone
(`assisted_below`), or a free helper, and would complete an attempt more likely than not. willing:
would choose it over phone and counter more likely than not. using: transacted online in the last 52
weeks; for a single service, tried it. Whoever is using has evidently taken all steps, whatever was
forgotten since.
"""
NEEDED, OFFERED, AWARE, ABLE, WILLING, USING = range(len(STEPS))
NOT_NEEDED = -1

FUNNEL_FAMILIES: tuple[Family, ...] = ("all", "age", "income", "access", "ward", "service")

LEANING = np.dtype(
    [
        ("able", "u1"),  # see STEPS
        ("online", "<f8"),  # utilities of the channels
        ("phone", "<f8"),
        ("counter", "<f8"),
    ]
)
"""What a resident who knows that a service is online would do if it were needed now."""


def groups(scenario: Scenario) -> tuple[str, ...]:
    """Return the rows of `funnel`: groups of residents as results name them, and `service:ID`."""
    labels = {
        "age": AGES,
        "income": INCOMES,
        "access": ACCESSES,
        "ward": tuple(ward.name for ward in scenario.place.wards),
        "service": tuple(scenario.services),
    }
    return (
        "all",
        *(f"{family}:{label}" for family in FUNNEL_FAMILIES[1:] for label in labels[family]),
    )


def funnel(simulation: Simulation) -> IntArray:
    """Return who takes each step, (groups, STEPS)."""
    world = simulation.world
    rows = depths(simulation)
    people = world.citizens[:-1]
    of_person = rows.max(axis=1)
    of_person[simulation.state.citizens["online_week"] > NEVER] = USING
    # Of a service, the model remembers who tried it online, not who got it done.
    tried = simulation.state.published.reshape(rows.shape) > 0
    rows[tried & (rows >= OFFERED)] = USING
    codes = world.segments.profiles
    profile = people["profile"]
    found = [_taken(of_person)]
    for family, labels in (("age", AGES), ("income", INCOMES), ("access", ACCESSES)):
        code = codes[family][profile]
        found += [_taken(of_person[code == label]) for label in range(len(labels))]
    found += [
        _taken(of_person[people["ward"] == ward]) for ward in range(len(world.segments.wards))
    ]
    found += [_taken(column) for column in rows.T]
    return np.array(found)


def _taken(depth: npt.NDArray[np.int8]) -> IntArray:
    """Return how many take each step, (STEPS,), from the last step that each takes."""
    return np.array([int((depth >= step).sum()) for step in range(len(STEPS))])


def depths(simulation: Simulation) -> npt.NDArray[np.int8]:
    """Return the last step short of using that residents take, (residents, services).

    NOT_NEEDED where there was no need in the last 52 weeks.
    """
    world, state = simulation.world, simulation.state
    now = simulation.week + world.warm_up - 1
    lean = leanings(simulation, now)
    rows = np.empty(len(state.uses), np.int8)
    _last_steps(now, len(state.services), state.services, state.citizens, state.uses, lean, rows)
    return rows.reshape(len(state.citizens), len(state.services))


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


@kernel
def _last_steps(
    now: int,
    service_count: int,
    services: Array,
    citizens: Array,
    uses: Array,
    lean: Array,
    rows: Array,
) -> None:
    """Fill in the last step of every resident and service at the end of a week: see `depths`."""
    for row in range(len(uses)):
        use = uses[row]
        rows[row] = NOT_NEEDED
        if citizens[row // service_count].week == GONE or use.week < 0 or use.week <= now - YEAR:
            continue
        rows[row] = NEEDED
        if not services[row % service_count].live:
            continue
        rows[row] = OFFERED
        if use.aware == 0:
            continue
        rows[row] = AWARE
        mind = lean[row]
        if mind.able == 0:
            continue
        rows[row] = ABLE
        if rules.channel(0.5, mind.online, mind.phone, mind.counter) == ONLINE:
            rows[row] = WILLING
