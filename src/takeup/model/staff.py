"""A week of staff: ADKAR levels, adoption and relapse, workload, turnover (step 6).

Everyone reads last week's colleagues; changes of adoption are passed on to colleagues at the end.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from takeup.kpis import DEPARTMENT
from takeup.model import rules
from takeup.model.compiled import Array, integer, kernel, real, rule
from takeup.model.draws import (
    SERVICE_SHIFT,
    STAFF_PROGRAMME,
    STAFF_START,
    STAFF_WEEK,
    philox,
    uniform,
)

_STAFF = DEPARTMENT.index("staff")
_ADOPTED = DEPARTMENT.index("adopted")
_AWARENESS = DEPARTMENT.index("awareness")
_BLOCKED = DEPARTMENT.index("blocked_awareness")
_STRESS = DEPARTMENT.index("stress")
_LEAVERS = DEPARTMENT.index("leavers")
MANAGER = 2
MINUTE_PARTS = 1024
KNOWLEDGE_BLOCKS = 2
"""Barrier point of someone who is aware and willing, and does not know how."""

# Columns of `open_to`: whom seats and sessions are rationed by, by department and role.
UNTRAINED, BLOCKED, UNPRACTISED = 0, 1, 2
OPEN_TO = 3


@rule
def spread(mean: float, width: float, uniform: float) -> float:
    """Return a level drawn evenly within ± width / 2 of its mean, kept in [0, 1]."""
    return min(1.0, max(0.0, mean + width * (uniform - 0.5)))


@kernel
def arrive(
    j: int,
    seed: int,
    replicate: int,
    parameters: Array,
    resistance: float,
    staff: Array,
) -> None:
    """Let the present generation of post j begin: untrained, with a resistance of their own."""
    p = parameters[0]
    person = staff[j]
    generation = integer(person.generation)
    a, b, c, d = philox(j, generation, STAFF_START, 0, seed, replicate)
    person.resistance = spread(resistance, 0.5, uniform(a))
    person.awareness = spread(p.newcomer_awareness, 0.4, uniform(b))
    person.knowledge = spread(p.newcomer_knowledge, 0.2, uniform(c))
    person.ability = spread(p.newcomer_knowledge, 0.2, uniform(d))
    person.desire = rules.openness(real(person.resistance), p.unasked_desire)
    person.reinforcement = 0.0
    person.fatigue = 0.0
    person.adopted = 0


@kernel
def tell_colleagues(
    j: int,
    step: int,
    posts: Array,
    post_ties: Array,
    peers: Array,
) -> None:
    """Add to the number of adopters among the colleagues of post j."""
    for edge in range(posts[j].ties, posts[j + 1].ties):
        peers[post_ties[edge]] += step


@kernel
def spread_attention(
    parameters: Array,
    champions: Array,
    posts: Array,
    post_ties: Array,
    staff: Array,
    attention: Array,
) -> None:
    """Divide every champion's attention among her colleagues: attention[j] = Σ strength / ties.

    One who has not adopted herself convinces less.
    """
    attention[:] = 0.0
    for j in range(len(champions)):
        if champions[j] > 0.0:
            first, last = posts[j].ties, posts[j + 1].ties
            if last > first:
                conviction = 1.0 if staff[j].adopted > 0 else parameters[0].unconvinced
                part = champions[j] * conviction / float(last - first)
                for edge in range(first, last):
                    attention[post_ties[edge]] += part


@kernel
def start_staff(
    seed: int,
    replicate: int,
    parameters: Array,
    departments: Array,
    adopters: Array,
    posts: Array,
    post_ties: Array,
    staff: Array,
    peers: Array,
) -> None:
    """Fill every post; those in `adopters` (posts,) have adopted."""
    p = parameters[0]
    for j in range(len(staff)):
        d = posts[j].department
        arrive(j, seed, replicate, parameters, departments[d].resistance, staff)
        _, other, _, _ = philox(j, 0, STAFF_START, 1, seed, replicate)
        if adopters[j]:
            person = staff[j]
            person.adopted = 1
            person.awareness = 1.0
            level = spread(p.adopter_level, 0.2, uniform(other))
            person.desire = max(level, real(person.desire))
            person.knowledge = level
            person.ability = level
            person.reinforcement = level
            tell_colleagues(j, 1, posts, post_ties, peers)


@rule
def blocked_by_knowledge(person: Any, threshold: float) -> bool:
    """Return whether knowledge is the first weak element of someone, as of last week."""
    levels = rules.barrier(
        real(person.awareness), real(person.desire), real(person.knowledge), real(person.ability),
        real(person.reinforcement), threshold,
    )  # fmt: skip
    return levels == KNOWLEDGE_BLOCKS


@kernel
def work_and_change(
    week: int,
    recording: int,
    seed: int,
    replicate: int,
    parameters: Array,
    posts: Array,
    post_ties: Array,
    levers: Array,
    rationed: bool,
    champion_hours: Array,
    post_weight: Array,
    sponsorship: Array,
    staff: Array,
    peers: Array,
    attention: Array,
    departments: Array,
    counts: Array,
    open_to: Array,
    changed: Array,
) -> None:
    """Let every member of staff live through the week.

    Args:
        week: week of the calendar.
        recording: 1 from week 0 of the run on; before, nobody leaves, adopts or goes back, so that
            the run begins with the adopters that the departments state.
        seed: key word 0 of the draws.
        replicate: key word 1 of the draws.
        parameters: PARAMETER_RECORD, (1,).
        posts: POST records; see World.
        post_ties: colleagues of posts.
        levers: STAFF_LEVERS, (departments, roles).
        rationed: whether a programme may ration seats or sessions next week: if not, `open_to` need
            not be counted.
        champion_hours: hours a week away from work, (posts,).
        post_weight: members of staff that a post stands for, (departments,).
        sponsorship: level of visible sponsorship, (departments, roles).
        staff: STAFF_STATE, written.
        peers: adopters among colleagues, written at the end.
        attention: from champions.
        departments: DEPARTMENT_WEEK, written: adopters, managers, capacity for next week.
        counts: DEPARTMENT counters of the week, written.
        open_to: staff whom seats and sessions are rationed by, (departments, roles, OPEN_TO),
            written.
        changed: scratch, int8 (posts,).
    """
    p = parameters[0]
    open_to[:] = 0
    managers = np.zeros((len(departments), 2), dtype=np.int64)
    parts = np.zeros((len(departments), 2), dtype=np.int64)
    # What is the same for everyone in a department is worked out once.
    joined = np.zeros(len(departments), dtype=np.int64)
    leaving = np.empty(len(departments))
    ability_kept = np.empty(len(departments))
    for d in range(len(departments)):
        leaving[d] = rules.chance_leaving(p.turnover, departments[d].stress, p.turnover_stress)
        ability_kept[d] = rules.decayed(1.0, p.ability_forgetting, 1.0 - departments[d].disruption)
    knowledge_kept = rules.decayed(1.0, p.knowledge_forgetting, 1.0)
    for j in range(len(staff)):
        post = posts[j]
        person = staff[j]
        if person.vacant > 0:
            changed[j] = 0
            continue
        d = integer(post.department)
        role = integer(post.role)
        department = departments[d]
        was = integer(person.adopted)
        u_leave, u_train, u_change, _ = philox(
            j, week, STAFF_WEEK | integer(person.generation) << SERVICE_SHIFT, 0, seed, replicate
        )
        lever = levers[d, role]
        focus = department.focus
        minutes_lost = 60.0 * (champion_hours[j] + lever.hours)
        if recording and uniform(u_leave) < leaving[d]:
            person.generation += 1
            arrive(j, seed, replicate, parameters, department.resistance, staff)
            counts[d, _LEAVERS] += 1
        else:
            ties = posts[j + 1].ties - post.ties
            share = peers[j] / float(ties) if ties > 0 else 0.0
            knowledge = real(person.knowledge)
            ability = real(person.ability)
            fatigue = real(person.fatigue)
            adopted = was > 0

            helped = False
            if lever.engagement > 0.0 or lever.support > 0.0:
                u_join, u_help, _, _ = philox(
                    j, week, STAFF_PROGRAMME | integer(person.generation) << SERVICE_SHIFT, 0,
                    seed, replicate,
                )  # fmt: skip
                if uniform(u_join) < lever.engagement:
                    person.resistance = rules.moved(
                        real(person.resistance), 0.0, p.engagement_effect * focus
                    )
                    minutes_lost += 60.0 * lever.engagement_hours / lever.engagement
                    joined[d] += 1
                helped = not adopted and uniform(u_help) < lever.support

            sponsored = sponsorship[d, role] * focus
            cared_for = 0.0
            if attention[j] > 0.0:
                cared_for = rules.saturated(attention[j] * focus)
            told = focus * rules.exposure_sponsored(
                lever.exposure, sponsored, p.sponsorship_amplification
            )
            awareness = rules.awareness_updated(
                real(person.awareness), told, share, p.staff_talk, p.staff_forgetting
            )
            target = rules.desire_target(
                rules.openness(real(person.resistance), p.unasked_desire),
                share,
                p.peer_weight,
                cared_for,
                p.champion_weight,
                min(1.0, department.wins + department.showcase),
                p.win_weight,
                department.stress,
                p.stress_weight,
                fatigue,
                p.fatigue_weight,
                sponsored,
                p.sponsorship_weight,
            )
            desire = rules.moved(real(person.desire), target, p.desire_rate)

            strain = department.disruption + p.overload_strain * department.overload
            knowledge = rules.moved(knowledge, 1.0, p.peer_learning * share)
            offered = lever.training + lever.training_focus
            seat = 0.0
            if offered > 0.0 and knowledge < p.enough_knowledge:
                seat = lever.training
                if lever.training_focus > 0.0 and blocked_by_knowledge(person, p.barrier_threshold):
                    seat = offered
            if uniform(u_train) < seat:
                hours = lever.training_hours / offered
                gain = lever.training_gain / offered
                knowledge = rules.moved(knowledge, 1.0, gain * focus)
                ability = rules.practised(ability, knowledge, p.transfer)
                minutes_lost += 60.0 * hours
                strain += hours / 40.0
            elif not adopted:
                knowledge = knowledge * knowledge_kept
            # Adopters practise all the time, others as far as they are coached or helped.
            practising = 1.0
            if not adopted:
                practising = min(1.0, p.coaching * cared_for)
                if helped:
                    practising = max(practising, p.support_practice * focus)
            ability = rules.practised(ability, knowledge, p.practice * practising)
            if department.disruption > 0.0:
                ability = rules.broken_in(ability, knowledge, p.break_in, department.disruption)
            if not adopted and practising == 0.0:
                ability = ability * ability_kept[d]
            elif not adopted:
                idle = max(0.0, 1.0 - practising) * (1.0 - department.disruption)
                ability = rules.decayed(ability, p.ability_forgetting, idle)
            fatigue = rules.fatigue_updated(fatigue, strain, p.fatigue_rate, p.fatigue_recovery)
            reinforcement = rules.reinforcement_updated(
                real(person.reinforcement),
                rules.recognised(
                    department.managers_adopted,
                    p.recognition,
                    sponsored,
                    p.sponsorship_recognition,
                    lever.recognition * focus,
                    p.review_recognition,
                ),
                p.reinforcement_fading,
            )

            person.awareness = awareness
            person.desire = desire
            person.knowledge = knowledge
            person.ability = ability
            person.reinforcement = reinforcement
            person.fatigue = fatigue
            if not recording:
                pass
            elif adopted:
                if uniform(u_change) < rules.chance_relapsing(
                    reinforcement, department.stress, p.relapse
                ):
                    person.adopted = 0
            elif department.digital > 0:
                if p.ces > 0.0:
                    readiness = rules.readiness_ces(
                        awareness, desire, knowledge, ability, p.strictness, p.blocking_level
                    )
                    slope = p.adoption_slope_ces
                else:
                    readiness = rules.readiness_product(awareness, desire, knowledge, ability)
                    slope = p.adoption_slope_product
                if uniform(u_change) < rules.chance_adopting(readiness, p.adoption_base, slope):
                    person.adopted = 1

        changed[j] = integer(person.adopted) - was
        productive = rules.productivity(real(person.ability), p.dip, department.disruption)
        free = max(0.0, department.minutes - minutes_lost)
        counts[d, _STAFF] += 1
        counts[d, _ADOPTED] += person.adopted
        counts[d, _AWARENESS] += rules.fixed(real(person.awareness))
        counts[d, _AWARENESS + 1] += rules.fixed(real(person.desire))
        counts[d, _AWARENESS + 2] += rules.fixed(real(person.knowledge))
        counts[d, _AWARENESS + 3] += rules.fixed(real(person.ability))
        counts[d, _AWARENESS + 4] += rules.fixed(real(person.reinforcement))
        barrier = rules.barrier(
            real(person.awareness), real(person.desire), real(person.knowledge),
            real(person.ability), real(person.reinforcement), p.barrier_threshold,
        )  # fmt: skip
        if barrier < 5:
            counts[d, _BLOCKED + barrier] += 1
        counts[d, _STRESS] += rules.fixed(department.stress)
        # In whole parts of a minute, so that the sum does not depend on the order of staff.
        parts[d, 0] += integer(free * productive * department.handles * MINUTE_PARTS + 0.5)
        parts[d, 1] += integer(department.minutes * department.handles * MINUTE_PARTS + 0.5)
        if rationed and real(person.knowledge) < p.enough_knowledge:
            open_to[d, role, UNTRAINED] += 1
            if barrier == KNOWLEDGE_BLOCKS:
                open_to[d, role, BLOCKED] += 1
        if rationed and not person.adopted:
            open_to[d, role, UNPRACTISED] += 1
        if role == MANAGER:
            managers[d, 0] += 1
            managers[d, 1] += person.adopted

    for j in range(len(staff)):
        if changed[j] != 0:
            tell_colleagues(j, changed[j], posts, post_ties, peers)
    for d in range(len(departments)):
        department = departments[d]
        posted = max(1, counts[d, _STAFF])
        department.adopters = counts[d, _ADOPTED] / float(posted)
        department.managers_adopted = managers[d, 1] / float(max(1, managers[d, 0]))
        department.capacity = parts[d, 0] * department.scale / MINUTE_PARTS
        department.paid = parts[d, 1] * department.scale / MINUTE_PARTS
        department.gross = posted * department.minutes * department.scale
        department.joined = joined[d] * post_weight[d]
