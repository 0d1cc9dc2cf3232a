"""What residents would do if they needed a service now.

Weighed as the model weighs a need of that week (`model.weighing`), with its draws, campaigns and
helpers, but nothing is chosen and nobody learns from it. A test holds it to the model's choices.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from takeup.model import rules
from takeup.model.citizens import GONE
from takeup.model.compiled import Array, integer, kernel, real
from takeup.model.simulation import Simulation
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
        trust = rules.reverted(
            real(mine.trust), real(person.trust), p.trust_reversion, float(week - last)
        )
        for k in range(service_count):
            row = i * service_count + k
            use = uses[row]
            service = services[k]
            if not service.live or use.week <= week - YEAR:
                continue
            skill = real(person.skill) + gain_by_now(
                i, k, week, seed, replicate, p, person, mine, lessons
            )
            able = skill
            reaches = has_access(profile)
            assisted = False
            if not reaches or skill < p.assisted_below:
                assisted = finds_help(i, k, week, seed, replicate, cells[profile, ward].assistance)
                if assisted:
                    reaches = True
                    able = rules.moved(skill, 1.0, p.assisted_lift)
            since_use = float(week - use.week)
            habit = rules.decayed(real(use.habit), p.habit_forgetting, since_use)
            offline_habit = rules.decayed(real(use.offline_habit), p.habit_forgetting, since_use)

            lean[row].online = NEVER_CHOSEN
            if reaches:
                ease = rules.ease(service.usability, service.complexity, able)
                completes = rules.chance_completed(ease, p.retry, service.availability)
                if completes >= 0.5 and (assisted or skill >= p.assisted_below):
                    lean[row].able = 1
                users, share, told = acquaintances_using(
                    k, len(citizens), person.ties, fixed_citizens[i + 1].ties, ties, acquaintances,
                    service_count, published, seen,
                )  # fmt: skip
                reminded = (
                    exposure.size > 0
                    and exposure[profile, ward, k] > 0.0
                    and campaign_luck(i, k, seed, replicate)
                    < rules.chance_of_exposure(reminder[profile, ward, k])
                )
                lean[row].online = online_weighed(
                    p, person, service, expectation_by_now(p, use, service, users, told), share,
                    rules.trust_felt(trust, alarm), habit, reminded, assisted,
                )  # fmt: skip
            department = departments[service.department]
            lean[row].phone, lean[row].counter = offline_weighed(
                p, person, service, department, offline_habit
            )
