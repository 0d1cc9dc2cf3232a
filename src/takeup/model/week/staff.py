"""A week of staff: ADKAR levels, adoption and relapse, workload, turnover.

Everyone reads last week's colleagues; changes of adoption are passed on to colleagues at the end.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from takeup.kpis import DEPARTMENT
from takeup.model.week import rules
from takeup.model.week.bundles import Council, Now, Workforce
from takeup.model.week.compiled import (
    Array,
    integer,
    kernel_on_bundles,
    lookup,
    real,
    rule,
    step,
)
from takeup.model.week.draws import (
    SERVICE_SHIFT,
    STAFF_PROGRAMME,
    STAFF_START,
    STAFF_WEEK,
    SUPPORT,
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

# What a week adds up by department: in whole parts of a minute or of a person, so that no sum
# depends on the order of staff.
_PRODUCTIVE, _PAID, _MANAGERS, _MANAGERS_ADOPTED, _JOINED = 0, 1, 2, 3, 4
_OPEN, _STAYING, _GOING = 5, 6, 7
SUMS = 8
FLOWS = slice(_OPEN, _GOING + 1)
"""Sums of a week of the warm-up, in units of 2⁻³² persons: who had not adopted and stayed in their
post; those of them who are expected not to adopt by themselves; adopters expected to leave or to go
back."""
PERSON_PARTS = 2.0**32
PULL = 0.1
"""Share of the adopters missing that everyday support makes up for in a week before the run."""


class Post(NamedTuple):
    """A post, its holder, and what this week does to them.

    Attributes:
        number: of the post.
        department: number of its department.
        role: its role.
        person: STAFF_STATE of the holder.
        unit: DEPARTMENT_WEEK.
        lever: STAFF_LEVERS of department and role.
    """

    number: int
    department: int
    role: int
    person: Array
    unit: Array
    lever: Array


class Around(NamedTuple):
    """What the holder of a post sees around them.

    Attributes:
        share: of colleagues who adopted.
        sponsored: visible sponsorship, as far as it is taken in.
        cared_for: attention of champions, 0 to 1.
    """

    share: float
    sponsored: float
    cared_for: float


@rule
def spread(mean: float, width: float, uniform: float) -> float:
    """Return a level drawn evenly within ± width / 2 of its mean, kept in [0, 1]."""
    return min(1.0, max(0.0, mean + width * (uniform - 0.5)))


# ---------------------------------------------------------------- the week


@kernel_on_bundles
def work_and_change(
    now: Now,
    recording: bool,
    first: int,
    end: int,
    workforce: Workforce,
    levers: Array,
    champion_hours: Array,
    rationed: bool,
    council: Council,
    counts: Array,
) -> None:
    """Let the staff of a stretch of posts live through the week.

    Args:
        now: when.
        recording: true from week 0 of the run on; before, it is summed up by which hazard everyday
            support would have to make up for those who leave or go back (see FLOWS).
        first: post to begin with.
        end: post to end before.
        workforce: written; sums and `open_to` are added to, and `leave_behind` does the rest.
        levers: STAFF_LEVERS, (departments, roles).
        champion_hours: hours a week away from work, (posts,).
        rationed: whether a programme may ration seats or sessions next week: if not, `open_to` need
            not be counted.
        council: as last week left it.
        counts: DEPARTMENT counters of the week, (departments, …), added to.
    """
    p = council.parameters[0]
    sums, leaving, ability_kept = workforce.sums, workforce.shared[:, 0], workforce.shared[:, 1]
    # What is the same for everyone in a department is worked out once.
    for d in range(len(council.departments)):
        unit = council.departments[d]
        leaving[d] = rules.chance_leaving(p.turnover, unit.stress, p.turnover_stress)
        ability_kept[d] = rules.decayed(1.0, p.ability_forgetting, 1.0 - unit.disruption)
    knowledge_kept = rules.decayed(1.0, p.knowledge_forgetting, 1.0)
    for j in range(first, end):
        if workforce.states[j].vacant > 0:
            workforce.changed[j] = 0
            continue
        post = _post(j, workforce, levers, council)
        person = post.person
        was = integer(person.adopted)
        u_leave, u_train, u_change, _ = philox(
            j, now.week, STAFF_WEEK | integer(person.generation) << SERVICE_SHIFT, 0, now.seed,
            now.replicate,
        )  # fmt: skip
        minutes_lost = 60.0 * (champion_hours[j] + post.lever.hours)
        if not recording and was > 0:
            sums[post.department, _GOING] += integer(PERSON_PARTS * leaving[post.department])
        if uniform(u_leave) < leaving[post.department]:
            person.generation += 1
            arrive(j, now, p, post.unit.resistance, workforce)
            counts[post.department, _LEAVERS] += 1
        else:
            around = _around(j, post, council.sponsorship, workforce)
            away, helped = _take_part(now, p, post, sums)
            minutes_lost += away
            awareness, desire = _want(p, post, around)
            hours, knowledge, ability = _be_trained(
                p, post, around, uniform(u_train), knowledge_kept
            )
            minutes_lost += 60.0 * hours
            ability = _practise(
                p, post, around, helped, knowledge, ability, ability_kept[post.department]
            )
            reinforcement = _reinforced(p, post, around)
            person.fatigue = _tired(p, post, hours)
            person.awareness = awareness
            person.desire = desire
            person.knowledge = knowledge
            person.ability = ability
            person.reinforcement = reinforcement
            if was > 0:
                chance = _relapse(p, post, reinforcement, uniform(u_change))
                if not recording:
                    sums[post.department, _GOING] += integer(PERSON_PARTS * chance)
            else:
                alone = _adopt(p, post, awareness, desire, knowledge, ability, uniform(u_change))
                if not recording:
                    sums[post.department, _OPEN] += integer(PERSON_PARTS)
                    sums[post.department, _STAYING] += integer(PERSON_PARTS * (1.0 - alone))

        workforce.changed[j] = integer(person.adopted) - was
        barrier = _barrier(person, p.barrier_threshold)
        _count(post, barrier, counts)
        _add_work(p, post, minutes_lost, sums)
        if rationed:
            _observe(p, post, barrier, workforce.open_to)


@kernel_on_bundles
def leave_behind(workforce: Workforce, council: Council, counts: Array) -> None:
    """Tell colleagues of this week's changes, and departments what their staff can do next week.

    Args:
        workforce: sums and changes of the week are read; peers are written.
        council: its departments are written: adopters, managers, capacity for next week.
        counts: DEPARTMENT counters of the week, (departments, …).
    """
    for j in range(len(workforce.states)):
        if workforce.changed[j] != 0:
            tell_colleagues(j, workforce.changed[j], workforce)
    for d in range(len(council.departments)):
        _staff_next_week(council.departments[d], counts[d], workforce.sums[d], workforce.weight[d])


@kernel_on_bundles
def pull(weeks: float, workforce: Workforce, council: Council, counts: Array) -> None:
    """Let everyday support next week make up for those who go, and for what is missing by now.

    Nobody is made to go back: those would know how, adopt again, and seem to need no support.

    Args:
        weeks: ordinary weeks that a week stands for.
        workforce: sums of the week are read.
        council: departments are written.
        counts: DEPARTMENT counters of the week, (departments, …).
    """
    for d in range(len(council.departments)):
        unit, sums = council.departments[d], workforce.sums[d]
        missing = float(unit.held - counts[d, _ADOPTED])
        unit.support = rules.support_at_rest(
            sums[_STAYING] / PERSON_PARTS,
            sums[_OPEN] / PERSON_PARTS,
            sums[_GOING] / PERSON_PARTS + min(1.0, PULL * weeks) * missing,
        )


@kernel_on_bundles
def hold(now: Now, workforce: Workforce, council: Council, counts: Array) -> None:
    """Let just as many have adopted as every department states: some, drawn by lot, change.

    Args:
        now: when; the week before the run.
        workforce: states, changes and sums of the week are written.
        council: how many are stated.
        counts: DEPARTMENT counters of the week, (departments, …), written.
    """
    first = 0
    for d in range(len(council.departments)):
        posts = counts[d, _STAFF]
        missing = council.departments[d].held - counts[d, _ADOPTED]
        change = 1 if missing > 0 else -1
        event = 0
        while missing != 0:
            drawn, _, _, _ = philox(d, now.week, SUPPORT, event, now.seed, now.replicate)
            event += 1
            j = first + integer(uniform(drawn) * posts)
            person = workforce.states[j]
            if (person.adopted > 0) == (change < 0):
                person.adopted = 1 if change > 0 else 0
                workforce.changed[j] += change
                counts[d, _ADOPTED] += change
                if workforce.posts[j].role == MANAGER:
                    workforce.sums[d, _MANAGERS_ADOPTED] += change
                missing -= change
        first += posts


@lookup
def _post(j: int, workforce: Workforce, levers: Array, council: Council) -> Post:
    post = workforce.posts[j]
    d, role = integer(post.department), integer(post.role)
    return Post(j, d, role, workforce.states[j], council.departments[d], levers[d, role])


@step
def _around(j: int, post: Post, sponsorship: Array, workforce: Workforce) -> Around:
    """Return what the holder of a post sees of colleagues, leaders and champions."""
    focus = post.unit.focus
    ties = workforce.posts[j + 1].ties - workforce.posts[j].ties
    share = workforce.peers[j] / float(ties) if ties > 0 else 0.0
    cared_for = 0.0
    if workforce.attention[j] > 0.0:
        cared_for = rules.saturated(workforce.attention[j] * focus)
    return Around(share, sponsorship[post.department, post.role] * focus, cared_for)


@step
def _take_part(now: Now, p: Array, post: Post, sums: Array) -> tuple[float, bool]:
    """Let someone take part in co-design or be helped on the job.

    Returns:
        Minutes away from work, and whether help is at hand; who adopted has no use for it.
    """
    lever, person = post.lever, post.person
    if lever.engagement <= 0.0 and lever.support <= 0.0:
        return 0.0, False
    u_join, u_help, _, _ = philox(
        post.number, now.week, STAFF_PROGRAMME | integer(person.generation) << SERVICE_SHIFT, 0,
        now.seed, now.replicate,
    )  # fmt: skip
    minutes = 0.0
    if uniform(u_join) < lever.engagement:
        person.resistance = rules.moved(
            real(person.resistance), 0.0, p.engagement_effect * post.unit.focus
        )
        minutes = 60.0 * lever.engagement_hours / lever.engagement
        sums[post.department, _JOINED] += 1
    return minutes, uniform(u_help) < lever.support


@step
def _want(p: Array, post: Post, around: Around) -> tuple[float, float]:
    """Return how aware someone is of the new way of working by now, and how much they want it."""
    unit, person = post.unit, post.person
    told = unit.focus * rules.exposure_sponsored(
        post.lever.exposure, around.sponsored, p.sponsorship_amplification
    )
    awareness = rules.awareness_updated(
        real(person.awareness), told, around.share, p.staff_talk, p.staff_forgetting
    )
    target = rules.desire_target(
        rules.openness(real(person.resistance), p.unasked_desire),
        around.share,
        p.peer_weight,
        around.cared_for,
        p.champion_weight,
        min(1.0, unit.wins + unit.showcase),
        p.win_weight,
        unit.stress,
        p.stress_weight,
        real(person.fatigue),
        p.fatigue_weight,
        around.sponsored,
        p.sponsorship_weight,
    )
    return awareness, rules.moved(real(person.desire), target, p.desire_rate)


@step
def _be_trained(
    p: Array, post: Post, around: Around, luck: float, kept: float
) -> tuple[float, float, float]:
    """Let someone learn from colleagues and, if they get a seat, on a course.

    Returns:
        Hours on a course, knowledge, and ability before any practice.
    """
    lever, person = post.lever, post.person
    ability = real(person.ability)
    knowledge = rules.moved(real(person.knowledge), 1.0, p.peer_learning * around.share)
    offered = lever.training + lever.training_focus
    seat = 0.0
    if offered > 0.0 and knowledge < p.enough_knowledge:
        seat = lever.training
        if lever.training_focus > 0.0 and blocked_by_knowledge(person, p.barrier_threshold):
            seat = offered
    if luck < seat:
        gain = lever.training_gain / offered
        knowledge = rules.moved(knowledge, 1.0, gain * post.unit.focus)
        return (
            lever.training_hours / offered,
            knowledge,
            rules.practised(ability, knowledge, p.transfer),
        )
    if person.adopted > 0:
        knowledge = rules.learned_on_the_job(knowledge, p.adopter_level, p.job_learning)
    else:
        knowledge = knowledge * kept
    return 0.0, knowledge, ability


@step
def _practise(
    p: Array, post: Post, around: Around, helped: bool, knowledge: float, ability: float,
    kept: float,
) -> float:  # fmt: skip
    """Return ability after a week at work.

    Adopters practise all the time, others as far as they are coached or helped.
    """
    disruption = post.unit.disruption
    adopted = post.person.adopted > 0
    practising = 1.0
    if not adopted:
        practising = min(1.0, p.coaching * around.cared_for)
        if helped:
            practising = max(practising, p.support_practice * post.unit.focus)
    ability = rules.practised(ability, knowledge, p.practice * practising)
    if disruption > 0.0:
        ability = rules.broken_in(ability, knowledge, p.break_in, disruption)
    if adopted:
        return ability
    if practising == 0.0:
        return ability * kept
    idle = max(0.0, 1.0 - practising) * (1.0 - disruption)
    return rules.decayed(ability, p.ability_forgetting, idle)


@step
def _tired(p: Array, post: Post, hours: float) -> float:
    """Return fatigue after a week: change and courses tire, and rest restores."""
    strain = post.unit.disruption + p.overload_strain * post.unit.overload
    if hours > 0.0:
        strain += hours / 40.0
    return rules.fatigue_updated(
        real(post.person.fatigue), strain, p.fatigue_rate, p.fatigue_recovery
    )


@step
def _reinforced(p: Array, post: Post, around: Around) -> float:
    """Return reinforcement after managers, leaders and reviews recognised what was achieved."""
    return rules.reinforcement_updated(
        real(post.person.reinforcement),
        rules.recognised(
            post.unit.managers_adopted,
            p.recognition,
            around.sponsored,
            p.sponsorship_recognition,
            post.lever.recognition * post.unit.focus,
            p.review_recognition,
        ),
        p.reinforcement_fading,
    )


@step
def _relapse(p: Array, post: Post, reinforcement: float, luck: float) -> float:
    """Let someone who adopted go back to the old way of working, by chance; return the chance."""
    chance: float = rules.chance_relapsing(reinforcement, post.unit.stress, p.relapse)
    if luck < chance:
        post.person.adopted = 0
    return chance


@step
def _adopt(
    p: Array, post: Post, awareness: float, desire: float, knowledge: float, ability: float,
    luck: float,
) -> float:  # fmt: skip
    """Let someone adopt the new way of working, by everyday support or readiness.

    Without a service online only everyday support brings someone to it.

    Returns:
        The chance of it by readiness alone.
    """
    readiness = 0.0
    slope = 0.0
    if post.unit.digital == 0:
        if post.unit.support == 0.0:
            return 0.0
    elif p.ces > 0.0:
        readiness = rules.readiness_ces(
            awareness, desire, knowledge, ability, p.strictness, p.blocking_level
        )
        slope = p.adoption_slope_ces
    else:
        readiness = rules.readiness_product(awareness, desire, knowledge, ability)
        slope = p.adoption_slope_product
    if luck < rules.chance_adopting(readiness, post.unit.support, slope):
        post.person.adopted = 1
    alone: float = rules.chance_adopting(readiness, 0.0, slope) if readiness > 0.0 else 0.0
    return alone


@rule
def _barrier(person: Any, threshold: float) -> int:
    """Return the first weak ADKAR element of someone, 0 to 4; 5 if there is none."""
    return rules.barrier(
        real(person.awareness), real(person.desire), real(person.knowledge), real(person.ability),
        real(person.reinforcement), threshold,
    )  # fmt: skip


@rule
def blocked_by_knowledge(person: Any, threshold: float) -> bool:
    """Return whether knowledge is the first weak element of someone, as of last week."""
    return _barrier(person, threshold) == KNOWLEDGE_BLOCKS


# ---------------------------------------------------------------- counting


@step
def _count(post: Post, barrier: int, counts: Array) -> None:
    """Count the holder of a post: adoption, ADKAR levels, where they are blocked, stress."""
    d, person = post.department, post.person
    counts[d, _STAFF] += 1
    counts[d, _ADOPTED] += person.adopted
    counts[d, _AWARENESS] += rules.fixed(real(person.awareness))
    counts[d, _AWARENESS + 1] += rules.fixed(real(person.desire))
    counts[d, _AWARENESS + 2] += rules.fixed(real(person.knowledge))
    counts[d, _AWARENESS + 3] += rules.fixed(real(person.ability))
    counts[d, _AWARENESS + 4] += rules.fixed(real(person.reinforcement))
    if barrier < 5:
        counts[d, _BLOCKED + barrier] += 1
    counts[d, _STRESS] += rules.fixed(post.unit.stress)


@step
def _add_work(p: Array, post: Post, minutes_lost: float, sums: Array) -> None:
    """Add the minutes that someone works for the services next week, and count managers."""
    d, person, unit = post.department, post.person, post.unit
    productive = rules.productivity(real(person.ability), p.dip, unit.disruption)
    free = max(0.0, unit.minutes - minutes_lost)
    sums[d, _PRODUCTIVE] += integer(free * productive * unit.handles * MINUTE_PARTS + 0.5)
    sums[d, _PAID] += integer(unit.minutes * unit.handles * MINUTE_PARTS + 0.5)
    if post.role == MANAGER:
        sums[d, _MANAGERS] += 1
        sums[d, _MANAGERS_ADOPTED] += person.adopted


@step
def _observe(p: Array, post: Post, barrier: int, open_to: Array) -> None:
    """Count whom seats and sessions are rationed by."""
    d, role, person = post.department, post.role, post.person
    if real(person.knowledge) < p.enough_knowledge:
        open_to[d, role, UNTRAINED] += 1
        if barrier == KNOWLEDGE_BLOCKS:
            open_to[d, role, BLOCKED] += 1
    if not person.adopted:
        open_to[d, role, UNPRACTISED] += 1


@step
def _staff_next_week(unit: Array, counts: Array, sums: Array, weight: float) -> None:
    """Leave behind what residents and the department see of its staff next week."""
    posted = max(1, counts[_STAFF])
    unit.adopters = counts[_ADOPTED] / float(posted)
    unit.managers_adopted = sums[_MANAGERS_ADOPTED] / float(max(1, sums[_MANAGERS]))
    unit.capacity = sums[_PRODUCTIVE] * unit.scale / MINUTE_PARTS
    unit.paid = sums[_PAID] * unit.scale / MINUTE_PARTS
    unit.gross = posted * unit.minutes * unit.scale
    unit.joined = sums[_JOINED] * weight


# ---------------------------------------------------------------- who comes, whom they tell


@kernel_on_bundles
def start_staff(now: Now, council: Council, adopters: Array, workforce: Workforce) -> None:
    """Fill every post; those in `adopters` (posts,) have adopted."""
    p = council.parameters[0]
    for j in range(len(workforce.states)):
        d = workforce.posts[j].department
        arrive(j, now, p, council.departments[d].resistance, workforce)
        _, other, _, _ = philox(j, 0, STAFF_START, 1, now.seed, now.replicate)
        if adopters[j]:
            person = workforce.states[j]
            person.adopted = 1
            person.awareness = 1.0
            level = spread(p.adopter_level, 0.2, uniform(other))
            person.desire = max(level, real(person.desire))
            person.knowledge = level
            person.ability = level
            person.reinforcement = level
            tell_colleagues(j, 1, workforce)


@step
def arrive(j: int, now: Now, p: Array, resistance: float, workforce: Workforce) -> None:
    """Let the present generation of post j begin: untrained, with a resistance of their own."""
    person = workforce.states[j]
    generation = integer(person.generation)
    a, b, c, d = philox(j, generation, STAFF_START, 0, now.seed, now.replicate)
    person.resistance = spread(resistance, 0.5, uniform(a))
    person.awareness = spread(p.newcomer_awareness, 0.4, uniform(b))
    person.knowledge = spread(p.newcomer_knowledge, 0.2, uniform(c))
    person.ability = spread(p.newcomer_knowledge, 0.2, uniform(d))
    person.desire = rules.openness(real(person.resistance), p.unasked_desire)
    person.reinforcement = 0.0
    person.fatigue = 0.0
    person.adopted = 0


@kernel_on_bundles
def tell_colleagues(j: int, change: int, workforce: Workforce) -> None:
    """Add to the number of adopters among the colleagues of post j."""
    for edge in range(workforce.posts[j].ties, workforce.posts[j + 1].ties):
        workforce.peers[workforce.ties[edge]] += change


@kernel_on_bundles
def spread_attention(council: Council, champions: Array, workforce: Workforce) -> None:
    """Divide every champion's attention among her colleagues: attention[j] = Σ strength / ties.

    One who has not adopted herself convinces less.
    """
    workforce.attention[:] = 0.0
    for j in range(len(champions)):
        if champions[j] > 0.0:
            first, last = workforce.posts[j].ties, workforce.posts[j + 1].ties
            if last > first:
                adopted = workforce.states[j].adopted > 0
                conviction = 1.0 if adopted else council.parameters[0].unconvinced
                part = champions[j] * conviction / float(last - first)
                for edge in range(first, last):
                    workforce.attention[workforce.ties[edge]] += part
