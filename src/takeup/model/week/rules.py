"""The equations of the model, each once, as a scalar function.

Kernels call them compiled; the oracle in the tests calls the same functions interpreted. To give
equal bits in both, they use only + − × ÷, comparisons, `exp` and `log`, in float64: no `**`, no
NumPy functions, no fast-math. Symbols are the parameter names of `takeup.evidence`.

Levels (skill, trust, expectation, habit, ADKAR …) are shares in [0, 1]; time is in weeks.
"""

from __future__ import annotations

from math import exp, log

from takeup.kpis import FIXED_POINT
from takeup.model.week.compiled import rule

LOG_4 = log(4.0)


@rule
def fixed(level: float) -> int:
    """Return a level in fixed point, in units of 1 / 65536: exact sums whatever the order."""
    return int(level * FIXED_POINT + 0.5)


@rule
def saturated(dose: float) -> float:
    """Return the effect of a dose as a share of the full effect: 1 − exp(−dose)."""
    return 1.0 - exp(-dose)


# ---------------------------------------------------------------- citizens: what they bring


@rule
def kept(rate: float, weeks: float) -> float:
    """Return the share that is kept after a time: exp(−rate · weeks); rate per week."""
    return exp(-rate * weeks)


@rule
def decayed(level: float, rate: float, weeks: float) -> float:
    """Return what is left of a level after a time without use.

    level · exp(−rate · weeks); rate per week. Source: exponential forgetting (Tatel & Ackerman).
    """
    return level * kept(rate, weeks)


@rule
def reverted(level: float, mean: float, rate: float, weeks: float) -> float:
    """Return a level that drifts back to the person's mean.

    mean + (level − mean) · exp(−rate · weeks)
    """
    return drifted(level, mean, kept(rate, weeks))


@rule
def drifted(level: float, mean: float, kept: float) -> float:
    """Return a level of whose distance to the person's mean a share is kept.

    mean + (level − mean) · kept
    """
    return mean + (level - mean) * kept


@rule
def chance_of_exposure(exposure: float) -> float:
    """Return the chance of at least one hit at a cumulative exposure: 1 − exp(−exposure)."""
    return 1.0 - exp(-exposure)


@rule
def chance_aware(remembered: float, found: float, untold: float) -> float:
    """Return the chance of knowing at the moment of need that a service is online.

    1 − (1 − remembered) · (1 − found) · untold: from memory, by looking it up, or from people
    asked.

    Args:
        remembered: chance that earlier awareness is not forgotten, 0 to 1.
        found: chance of finding it by looking it up, 0 to 1.
        untold: chance that nobody tells of it: see `untold`.
    """
    return 1.0 - (1.0 - remembered) * (1.0 - found) * untold


@rule
def untold(users: float, talk: float) -> float:
    """Return the chance that none of the users known tells of a service: exp(−talk · users).

    Args:
        users: number of neighbours seen using it online in the last year.
        talk: hazard of hearing of it, per using neighbour and need.
    """
    return exp(-talk * users)


@rule
def chance_found(skill: float, user: bool, search: float, portal: float) -> float:
    """Return the chance that someone who looks for a service finds it online.

    search · skill for others; at least `portal` for those who used any online service of the
    council in the last year, since one account and one site lead from one to the next.
    """
    found = search * skill
    return max(found, portal) if user else found


@rule
def habit_at_rest(need_rate: float, learning: float, forgetting: float) -> float:
    """Return the level at which the habit of someone who always takes the channel settles.

    m·l / (1 − m·(1 − l)) with m = need_rate / (need_rate + forgetting), the part that survives the
    time between needs.
    """
    kept = need_rate / (need_rate + forgetting)
    return kept * learning / (1.0 - kept * (1.0 - learning))


@rule
def expectation_heard(expectation: float, told: float, users: float, weight: float) -> float:
    """Return the expectation after asking around: it moves to the mean experience told.

    E + weight · users / (users + 1) · (told − E): more tellers, more weight, with saturation.
    """
    return expectation + weight * (users / (users + 1.0)) * (told - expectation)


@rule
def experience_shown(success: float) -> float:
    """Return the experience that a visible success tells of: ½ · (1 + success)."""
    return 0.5 * (1.0 + success)


@rule
def expectation_shown(expectation: float, shown: float, publicity: float) -> float:
    """Return the expectation after news of a success: E + publicity · max(0, shown − E)."""
    return expectation + publicity * max(0.0, shown - expectation)


@rule
def trust_felt(trust: float, alarm: float) -> float:
    """Return the trust that counts while people are alarmed: trust · (1 − alarm)."""
    return trust * (1.0 - alarm)


# ---------------------------------------------------------------- citizens: choice


@rule
def utility_online(
    constant: float,
    expectation: float,
    expectation_weight: float,
    share: float,
    influence_weight: float,
    trust: float,
    trust_weight: float,
    habit: float,
    habit_weight: float,
    innovativeness: float,
    innovativeness_weight: float,
    message: float,
    message_weight: float,
    steering: float,
    assistance: float,
) -> float:
    """Return the utility of the online channel: UTAUT2 as a logit, with trust.

    constant + b_pe·(E − ½) + b_si·share + b_tr·(T − ½) + b_hb·H + b_in·(I − ½) + b_ms·message
    + steering + assistance

    Effort expectancy is not a term of its own: ease is what expectation learns, and the two cannot
    be told apart in choices. `message` is 1 while a campaign for the service is remembered;
    `steering` and `assistance` are log-odds, 0 without a digital-first default or a helper.
    Source: Venkatesh, Thong & Xu 2012 (UTAUT2) for the determinants.
    """
    return (
        constant
        + expectation_weight * (expectation - 0.5)
        + influence_weight * share
        + trust_weight * (trust - 0.5)
        + habit_weight * habit
        + innovativeness_weight * (innovativeness - 0.5)
        + message_weight * message
        + steering
        + assistance
    )


@rule
def utility_offline(
    constant: float,
    age: float,
    age_weight: float,
    offline_habit: float,
    habit_weight: float,
    wait: float,
    wait_weight: float,
) -> float:
    """Return the utility of phone or counter.

    constant + age preference · (age − ½) + b_hb·offline habit − b_wait·wait

    Args:
        constant: log-odds of the channel against the others.
        age: age band as a number from 0 (16–24) to 1 (75+).
        age_weight: preference of the old for people over screens.
        offline_habit: level of the habit of calling or coming.
        habit_weight: weight of that habit.
        wait: wait for an answer, as a share of the longest (0 to 1).
        wait_weight: weight of the wait.
    """
    return constant + age_weight * (age - 0.5) + habit_weight * offline_habit - wait_weight * wait


@rule
def drift_by(drift: float, fading: float, years: float) -> float:
    """Return a drift that fades, log-odds a year: drift · exp(−fading · years)."""
    return drift * exp(-fading * years)


@rule
def preferred(constant: float, moved: float) -> float:
    """Return the constant of the online channel after a move from outside.

    constant + moved / 2 after a move up: habits and neighbours add about as much again, and reach
    grows too, so that log-odds of take-up rise by about what the trend says. After a move down, for
    which there is no reach to take away, constant + moved.
    """
    return constant + (0.5 * moved if moved > 0.0 else moved)


@rule
def reach_by_now(reach: float, moved: float) -> float:
    """Return the reach after a move from outside: 1 − (1 − reach) · exp(−moved), at least 0."""
    return max(0.0, 1.0 - (1.0 - reach) * exp(-moved))


@rule
def chance_online(online: float, phone: float, counter: float) -> float:
    """Return the chance that online is picked: the softmax that `channel` draws from."""
    top = max(online, phone, counter)
    a = exp(online - top)
    return a / (a + exp(phone - top) + exp(counter - top))


@rule
def channel(uniform: float, online: float, phone: float, counter: float) -> int:
    """Return the channel (0 online, 1 phone, 2 counter) that one uniform draw picks.

    Softmax of the three utilities; the online part of [0, 1) comes first, so that a rise in the
    utility of online turns some draws to online and none away from it.
    """
    top = max(online, phone, counter)
    a = 1.0 if online == top else exp(online - top)
    b = 1.0 if phone == top else exp(phone - top)
    c = 1.0 if counter == top else exp(counter - top)
    x = uniform * (a + b + c)
    if x < a:
        return 0
    return 1 if x < a + b else 2


# ---------------------------------------------------------------- citizens: the attempt


@rule
def made_up(chance: float, reach: float) -> float:
    """Return a chance of which a share of what is missing is made up for.

    chance + (1 − chance) · reach: by people who do it for others or with them, and because
    somebody who has no other way finds one.
    """
    return chance + (1.0 - chance) * reach


@rule
def ease(usability: float, complexity: float, skill: float) -> float:
    """Return how easy a service is for someone: usability · (1 − complexity · (1 − skill))."""
    return usability * (1.0 - complexity * (1.0 - skill))


@rule
def chance_completed(ease: float, retry: float, availability: float) -> float:
    """Return the chance that an online attempt is completed, one retry included.

    (ease + (1 − ease) · retry · ease) · availability
    """
    return (ease + (1.0 - ease) * retry * ease) * availability


@rule
def experience_online(ease: float, effort_weight: float, delay: float, patience: float) -> float:
    """Return the experience of a completed online transaction, 0 to 1.

    (1 − effort_weight · (1 − ease)) · patience / (patience + delay)

    Args:
        ease: see `ease`.
        effort_weight: what the hardest completed transaction costs.
        delay: promised weeks to decision.
        patience: weeks of delay that halve the experience.
    """
    return (1.0 - effort_weight * (1.0 - ease)) * patience / (patience + delay)


@rule
def experience_offline(
    base: float, wait: float, wait_cost: float, delay: float, patience: float
) -> float:
    """Return the experience of a transaction by phone or at the counter, 0 to 1.

    (base − wait_cost · wait) · patience / (patience + delay)
    """
    return (base - wait_cost * wait) * patience / (patience + delay)


@rule
def chance_told_by_staff(adopters: float, steering: float, referral: float) -> float:
    """Return the chance that someone who calls or comes is told of the online way.

    1 − (1 − steering · adopters) · (1 − referral): by staff who work it themselves, or because a
    playbook asks everyone to.
    """
    return 1.0 - (1.0 - steering * adopters) * (1.0 - referral)


@rule
def chance_taking_part(invited: float, feedback: float) -> float:
    """Return the chance of taking part in co-design or of leaving feedback.

    1 − (1 − invited) · (1 − feedback)
    """
    return 1.0 - (1.0 - invited) * (1.0 - feedback)


# ---------------------------------------------------------------- citizens: what they learn


@rule
def learned(level: float, experience: float, rate: float, negativity: float) -> float:
    """Return a level moved toward an experience; bad news weighs `negativity` times as much.

    level + min(1, rate · (negativity if experience < level else 1)) · (experience − level)
    Source: negativity bias, direction from Kampen, De Walle & Bouckaert 2006.
    """
    step = rate * negativity if experience < level else rate
    return level + min(1.0, step) * (experience - level)


@rule
def trust_updated(trust: float, surprise: float, rate: float, negativity: float) -> float:
    """Return trust after a surprise (experience − expected), kept in [0, 1]."""
    step = rate * negativity if surprise < 0.0 else rate
    return min(1.0, max(0.0, trust + step * surprise))


@rule
def moved(level: float, target: float, rate: float) -> float:
    """Return a level moved a share of the way to another: level + rate · (target − level)."""
    return level + rate * (target - level)


# ---------------------------------------------------------------- services


@rule
def usability_at_launch(
    usability: float,
    best: float,
    codesign_gain: float,
    people: float,
    codesign_people: float,
    standard_gain: float,
    standard: float,
) -> float:
    """Return the usability with which a service goes online.

    U + (1 − (1 − g_c · (1 − exp(−people / codesign_people))) · (1 − g_s · (1 − exp(−standard))))
    · max(0, best − U): co-design and a common standard each close a share of what is missing.
    """
    by_people = codesign_gain * saturated(people / codesign_people)
    by_standard = standard_gain * saturated(standard)
    closed = 1.0 - (1.0 - by_people) * (1.0 - by_standard)
    return usability + closed * max(0.0, best - usability)


@rule
def usability_designed(usability: float, best: float, effort: float) -> float:
    """Return the usability after a week of design: U + min(1, effort) · max(0, best − U)."""
    return usability + min(1.0, effort) * max(0.0, best - usability)


# ---------------------------------------------------------------- what a council builds up


@rule
def alarm_updated(alarm: float, lost: float, fading: float, calming: float) -> float:
    """Return the share of trust that an alarm takes away, after a week.

    1 − (1 − alarm · exp(−fading · (1 + calming))) · (1 − lost)

    Args:
        alarm: before the week.
        lost: share of trust lost this week through an incident or worrying news.
        fading: rate of fading by itself.
        calming: how much faster it fades, as a ratio.
    """
    return 1.0 - (1.0 - alarm * exp(-fading * (1.0 + calming))) * (1.0 - lost)


@rule
def insight_updated(insight: float, audit: float, ageing: float) -> float:
    """Return what audits tell after a week: max(insight · exp(−ageing), audit finished now)."""
    return max(insight * exp(-ageing), audit)


@rule
def focus(load: float, capacity: float) -> float:
    """Return how much of each change staff take in: min(1, capacity / load).

    Change saturation: changes beyond the capacity dilute all that run at the same time.
    """
    return capacity / load if load > capacity else 1.0


@rule
def overload(load: float, capacity: float) -> float:
    """Return changes beyond the capacity, as a ratio to it: max(0, load − capacity) / capacity."""
    return max(0.0, load - capacity) / capacity


@rule
def sponsorship_updated(
    sponsorship: float, dose: float, vacancy: float, turnover: float, rate: float
) -> float:
    """Return the level of visible sponsorship after a week.

    S' + rate · ((1 − exp(−dose)) · (1 − vacancy) − S'), S' = S · (1 − turnover): it builds while
    leaders are seen, fades when they are not, and leaves with them.
    """
    return moved(sponsorship * (1.0 - turnover), saturated(dose) * (1.0 - vacancy), rate)


# ---------------------------------------------------------------- departments


@rule
def throughput(work: float, capacity: float, saturation: float) -> float:
    """Return the minutes worked off in a week: min(work, work · c / (work + saturation · c)).

    Saturates smoothly, so that waiting responds below full use of the capacity.

    Args:
        work: minutes waiting and arriving.
        capacity: productive minutes of the week (c).
        saturation: weeks; 0 is a server that never idles while work waits.
    """
    if work <= 0.0 or capacity <= 0.0:
        return 0.0
    return min(work, work * capacity / (work + saturation * capacity))


@rule
def delay_at_rest(saturation: float, utilisation: float) -> float:
    """Return the weeks of waiting at which throughput settles: saturation / (1 − utilisation) − 1.

    What is worked is the utilisation of the capacity; the backlog is what is not (`throughput`).
    """
    return max(0.0, saturation / max(1e-6, 1.0 - utilisation) - 1.0)


@rule
def part_worked(budget: float, due: float) -> float:
    """Return the part of a week's cases for which the minutes left suffice, 0 to 1.

    min(1, budget / due), with a hair of tolerance, so that 3 × 0.1 minutes pay for three cases.
    """
    return min(1.0, max(0.0, budget / due + 1e-12))


@rule
def overtime(pressure: float, limit: float) -> float:
    """Return the factor on capacity under backlog: 1 + limit · min(1, pressure).

    Args:
        pressure: weeks of work waiting beyond the first.
        limit: most extra work people do, as a share.
    """
    return 1.0 + limit * min(1.0, max(0.0, pressure))


@rule
def handled_share(
    handles: float, inflow: float, gross: float, target: float, speed: float
) -> float:
    """Return the share of staff time for the services after a week.

    It moves toward what the work needs, min(1, inflow / (target · gross)): time that is no longer
    needed is redeployed at the speed of the organisation, and called back likewise.

    Args:
        handles: present share of staff time.
        inflow: minutes of work arriving in a week, smoothed.
        gross: productive minutes of a week if all time went to the services.
        target: utilisation that staffing aims at.
        speed: share of the way in a week; 0 releases time on paper only.
    """
    needed = min(1.0, inflow / max(1.0, target * gross))
    return handles + speed * (needed - handles)


@rule
def load_stress(backlog: float, comfortable: float, overwhelming: float) -> float:
    """Return the stress of a backlog: 0 up to `comfortable`, 1 from `overwhelming` weeks."""
    return min(1.0, max(0.0, (backlog - comfortable) / (overwhelming - comfortable)))


@rule
def phone_wait(backlog: float, comfortable: float, overwhelming: float) -> float:
    """Return the wait for an answer, 0 to 1: the square of the stress, late and then fast."""
    x = load_stress(backlog, comfortable, overwhelming)
    return x * x


@rule
def disruption(weeks: float, constant: float) -> float:
    """Return how much of a go-live's disruption is left after some weeks: exp(−weeks / constant).

    Below 1 % it counts as over, so that a department comes to rest.
    """
    left = exp(-weeks / constant)
    return left if left > 0.01 else 0.0


@rule
def productivity(ability: float, dip: float, disruption: float) -> float:
    """Return the productivity of someone at work during a change of tools (the J-curve).

    1 − dip · disruption · (1 − ability)

    Args:
        ability: ADKAR ability.
        dip: loss of someone without ability on the day everything changes (δ).
        disruption: share of the department's work that has just changed, 0 to 1.
    """
    return 1.0 - dip * disruption * (1.0 - ability)


# ---------------------------------------------------------------- staff (ADKAR)


@rule
def exposure_sponsored(exposure: float, sponsorship: float, amplification: float) -> float:
    """Return the hazard of taking in a message: exposure · (1 + amplification · sponsorship)."""
    return exposure * (1.0 + amplification * sponsorship)


@rule
def recognised(
    managers: float,
    recognition: float,
    sponsorship: float,
    sponsorship_recognition: float,
    reviews: float,
    review_recognition: float,
) -> float:
    """Return the recognition of a week.

    recognition · managers + sponsorship_recognition · S + review_recognition · reviews

    Args:
        managers: share of managers who adopted.
        recognition: weight of that.
        sponsorship: level of visible sponsorship.
        sponsorship_recognition: weight of that.
        reviews: reviews this week in which what was achieved is recognised.
        review_recognition: weight of one.
    """
    return (
        recognition * managers
        + sponsorship_recognition * sponsorship
        + review_recognition * reviews
    )


@rule
def awareness_updated(
    awareness: float, exposure: float, peers: float, talk: float, forgetting: float
) -> float:
    """Return staff awareness after a week: told by communication and by adopters among peers.

    A + (1 − A) · (1 − exp(−exposure − talk · peers)) − forgetting · A
    """
    told = 1.0 - exp(-(exposure + talk * peers))
    return awareness + (1.0 - awareness) * told - forgetting * awareness


@rule
def openness(resistance: float, unasked: float) -> float:
    """Return what someone wants when nobody asks: unasked · (1 − resistance)."""
    return unasked * (1.0 - resistance)


@rule
def fatigue_updated(fatigue: float, strain: float, rate: float, recovery: float) -> float:
    """Return change fatigue after a week: F + (1 − F) · min(1, rate · strain) − recovery · F.

    Args:
        fatigue: level before the week.
        strain: share of the work that has just changed, plus the share of the week in training,
            plus the strain of too many changes at once.
        rate: fatigue of a wholly changed week.
        recovery: share that wears off in a week.
    """
    return fatigue + (1.0 - fatigue) * min(1.0, rate * strain) - recovery * fatigue


@rule
def desire_target(
    openness: float,
    peers: float,
    peer_weight: float,
    champions: float,
    champion_weight: float,
    wins: float,
    win_weight: float,
    stress: float,
    stress_weight: float,
    fatigue: float,
    fatigue_weight: float,
    sponsorship: float,
    sponsorship_weight: float,
) -> float:
    """Return the level to which desire drifts, in [0, 1].

    openness + b_peer·peers + b_ch·champions + b_win·wins − b_st·stress − b_fa·fatigue + b_sp·S

    Args:
        openness: what someone wants unasked: see `openness`.
        peers: share of colleagues in touch who adopted.
        peer_weight: weight of peers.
        champions: attention received from champions (each divides hers among her ties).
        champion_weight: weight of champions.
        wins: visible success, as the department's online satisfaction above one half.
        win_weight: weight of wins.
        stress: 0 to 1.
        stress_weight: weight of stress.
        fatigue: change fatigue, 0 to 1.
        fatigue_weight: weight of fatigue.
        sponsorship: level of visible sponsorship by leaders (S), 0 to 1.
        sponsorship_weight: weight of sponsorship.
    """
    target = (
        openness
        + peer_weight * peers
        + champion_weight * champions
        + win_weight * wins
        - stress_weight * stress
        - fatigue_weight * fatigue
        + sponsorship_weight * sponsorship
    )
    return min(1.0, max(0.0, target))


@rule
def practised(ability: float, knowledge: float, rate: float) -> float:
    """Return ability after a week of practice: it approaches knowledge, never from above.

    ability + rate · max(0, knowledge − ability)
    """
    return ability + rate * max(0.0, knowledge - ability)


@rule
def broken_in(ability: float, knowledge: float, rate: float, disruption: float) -> float:
    """Return ability after a week in which new tools had to be used, willing or not.

    ability + rate · disruption · (¼ + knowledge) · (1 − ability)
    """
    return ability + min(1.0, rate * disruption * (0.25 + knowledge)) * (1.0 - ability)


@rule
def reinforcement_updated(level: float, recognition: float, fading: float) -> float:
    """Return reinforcement after a week: R + (1 − R) · recognition − fading · R."""
    return level + (1.0 - level) * min(1.0, recognition) - fading * level


@rule
def readiness_product(awareness: float, desire: float, knowledge: float, ability: float) -> float:
    """Return G as a product of the four elements: any missing one blocks adoption."""
    return awareness * desire * knowledge * ability


@rule
def readiness_ces(
    awareness: float,
    desire: float,
    knowledge: float,
    ability: float,
    strictness: float,
    blocking: float,
) -> float:
    """Return G as a CES mean above the level that blocks.

    max(0, (M − blocking) / (1 − blocking)), M = (mean of level^−s)^(−1/s): s = 1 is the harmonic
    mean, a large s the minimum.
    """
    low = min(awareness, desire, knowledge, ability)
    # M is at most low · 4^(1/s), so most of those who are blocked need no powers.
    if low <= 1e-6 or low * exp(LOG_4 / strictness) <= blocking:
        return 0.0
    # Relative to the smallest, so that no power overflows.
    total = (
        exp(-strictness * log(awareness / low))
        + exp(-strictness * log(desire / low))
        + exp(-strictness * log(knowledge / low))
        + exp(-strictness * log(ability / low))
    )
    mean = low * exp(-log(total / 4.0) / strictness)
    return max(0.0, mean - blocking) / max(1e-6, 1.0 - blocking)


@rule
def chance_adopting(readiness: float, base: float, slope: float) -> float:
    """Return the weekly chance of adopting: 1 − exp(−(base + slope · readiness))."""
    return 1.0 - exp(-(base + slope * readiness))


@rule
def support_at_rest(staying: float, open: float, going: float) -> float:
    """Return the hazard a week of everyday support that makes up for adopters who go.

    ln(staying / (open − going)), from 0 to 1: then as many are expected to adopt as to go, for
    open − staying · exp(−hazard) = going.

    Args:
        staying: those who have not adopted and are expected not to by themselves; persons.
        open: all who have not adopted and stay in their post; persons.
        going: adopters expected to leave or to go back; persons.
    """
    left = open - going
    if staying <= 0.0:
        return 0.0
    if left <= 0.0:
        return 1.0
    return min(1.0, max(0.0, log(staying / left)))


@rule
def learned_on_the_job(knowledge: float, level: float, rate: float) -> float:
    """Return the knowledge of someone after a week of working the new way.

    knowledge + rate · max(0, level − knowledge); level is that of those who have long done so.
    """
    return knowledge + rate * max(0.0, level - knowledge)


@rule
def chance_relapsing(reinforcement: float, stress: float, rate: float) -> float:
    """Return the weekly chance of going back.

    1 − exp(−rate · (1 − reinforcement) · (0.3 + stress))
    """
    return 1.0 - exp(-rate * (1.0 - reinforcement) * (0.3 + stress))


@rule
def chance_leaving(yearly: float, stress: float, stress_factor: float) -> float:
    """Return the weekly chance of leaving: 1 − exp(−yearly · (1 + stress_factor · stress) / 52)."""
    return 1.0 - exp(-yearly * (1.0 + stress_factor * stress) / 52.0)


@rule
def barrier(
    awareness: float, desire: float, knowledge: float, ability: float, reinforcement: float,
    threshold: float,
) -> int:  # fmt: skip
    """Return the barrier point: the first ADKAR element below the threshold (0 … 4), or 5 if none.

    Source: Hiatt 2006, ADKAR: the first weak element blocks those after it.
    """
    if awareness < threshold:
        return 0
    if desire < threshold:
        return 1
    if knowledge < threshold:
        return 2
    if ability < threshold:
        return 3
    return 4 if reinforcement < threshold else 5
