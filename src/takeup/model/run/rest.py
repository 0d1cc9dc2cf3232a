"""Rest: residents who have long been living with the take-up that a scenario states.

A sample of residents lives through one need for every service in each of a few sweeps, however rare
their needs are: the time between needs is drawn, so that habits, memories and stories are those of
lives that have long been going on. After each sweep the constants follow the stated take-up, by the
chances of going online instead of by draws. At last the other residents take over the state of
somebody like them.
"""

from __future__ import annotations

from math import log
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from takeup.kpis import YEAR
from takeup.model.run.bundling import community, council
from takeup.model.run.state import State
from takeup.model.week import rules
from takeup.model.week.attempts import (
    OUTCOMES,
    PHONE,
    attempt_offline,
    attempt_online,
    judge,
    learn_offline,
    learn_online,
    online_prospect,
    story,
)
from takeup.model.week.bundles import Community, Council, Now, Stories
from takeup.model.week.compiled import Array, integer, kernel, kernel_on_bundles, real, step
from takeup.model.week.departments import show_success
from takeup.model.week.draws import CITIZEN_START, SERVICE_SHIFT, philox, uniform
from takeup.model.week.records import BEFORE, NEVER, OLDEST, TRIED_BEFORE
from takeup.model.week.weighing import (
    NEVER_CHOSEN,
    Mind,
    Need,
    acquaintances_using,
    chance_aware_by_now,
    expectation_by_now,
    need_of,
    offline_weighed,
    online_weighed,
    reaches_online,
    untold_by,
)
from takeup.model.world.world import World
from takeup.programme.segments import AGES, PROFILES

SWEEPS = 12
SAMPLED = 1_500
"""Residents who live through the sweeps; in larger places others take over their states."""
HANDED_OVER = 4
"""Last sweeps after each of which a part of the others takes over what a sampled resident is."""

LONG_AGO = 1e6
"""Weeks since what never happened."""

STEEP = 6.0
MOST_CONSTANT, LEAST_CONSTANT = 3.0, -6.0
"""Log-odds that the preference for a service can explain; what is above it, reach makes up for."""
MOST_LEVEL = MOST_CONSTANT + STEEP
"""Constant and reach at their largest: see `put_level`."""
BOLDEST = 1.5
"""Log-odds by which a sweep moves a constant at most."""

_EXACT = 2.0**32
"""Sums that decide a constant are whole numbers of this part, so that no order changes a bit."""

_PROFILES_PER_AGE = PROFILES // len(AGES)
_FIRST, _SECOND, _THIRD, _FOURTH = 1, 2, 3, 4  # blocks of draws of a need; 0 is its start's


class Lives(NamedTuple):
    """Residents who live through the sweeps, and what is remembered of each between them.

    Attributes:
        chosen: their numbers, (sampled,).
        tried: weeks from their last online attempt to their last need, (sampled, services).
        done: weeks from their last online transaction to their last need, (sampled, services).
        age: weeks since that need, (sampled, services).
        told: what neighbours are to see of them after the sweep, (sampled, services).
    """

    chosen: Array
    tried: Array
    done: Array
    age: Array
    told: Array


def level_of(service: npt.NDArray[np.void]) -> float:
    """Return how far a service's constant and reach go, as one number."""
    return float(service["constant_online"] + STEEP * service["reach"])


def put_level(service: npt.NDArray[np.void], level: float) -> None:
    """Set the constant of a service and, from the largest constant on, its reach."""
    level = min(MOST_LEVEL, max(LEAST_CONSTANT, level))
    service["constant_online"] = min(MOST_CONSTANT, level)
    service["reach"] = max(0.0, level - MOST_CONSTANT) / STEEP


def logit(share: float) -> float:
    """Return the log-odds of a share, kept away from 0 and 1 by a millionth."""
    share = min(1.0 - 1e-6, max(1e-6, share))
    return log(share / (1.0 - share))


def live_to_rest(
    world: World,
    state: State,
    parameters: npt.NDArray[np.void],
    rates: npt.NDArray[np.float64],
    take_up: npt.NDArray[np.float64],
    chosen: npt.NDArray[np.int64],
    like: npt.NDArray[np.int64],
) -> None:
    """Let residents live until they are at rest at the stated take-up; constants are found.

    Args:
        world: as made.
        state: as it starts; residents, uses, stories and constants are written.
        parameters: PARAMETER_RECORD, (1,).
        rates: hazards a week of needing a service, (services, ages).
        take_up: stated share of transactions that are online, (services,).
        chosen: who lives through the sweeps, as they start; see `sampled`.
        like: for everyone the position among them of one alike.
    """
    people, services = len(state.citizens), len(state.services)
    lives = Lives(
        chosen,
        tried=np.full((len(chosen), services), LONG_AGO),
        done=np.full((len(chosen), services), LONG_AGO),
        age=np.zeros((len(chosen), services)),
        told=np.zeros((len(chosen), services), np.uint8),
    )
    lives.told[:] = state.published.reshape(people, services)[chosen]
    told = lives.told > 0
    lives.tried[told] = lives.done[told] = YEAR / 2.0
    residents, town = community(world, state), council(world, state, parameters)
    stories = Stories(state.published, state.seen, np.zeros(0, np.int64), np.zeros(0, np.uint8))
    known = _known_to(world, chosen)
    totals, outcomes = np.zeros((services, 2), np.int64), np.zeros((services, OUTCOMES), np.int64)
    live = np.flatnonzero(state.services["live"])
    _publish(lives, like, known, stories, people)
    for number in range(SWEEPS):
        now = Now(number, world.seed, world.replicate)
        totals[:] = 0
        outcomes[:] = 0
        sweep(now, rates, lives, residents, stories, town, outcomes, totals)
        _publish(lives, like, known, stories, people)
        part = number - (SWEEPS - HANDED_OVER)
        if part >= 0:
            hand_over(part, HANDED_OVER, like, chosen, residents, stories)
        for k in live.tolist():
            shown = totals[k, 0] / max(1, totals[k, 1])
            error = logit(take_up[k]) - logit(shown)
            service = state.services[k]
            put_level(service, level_of(service) + min(BOLDEST, max(-BOLDEST, error)))
    show_success(town, outcomes)
    by_service = state.published.reshape(people, services).astype(np.int64)
    state.seen[:, 0] = (by_service > 0).sum(axis=0)
    state.seen[:, 1] = np.maximum(0, by_service - 1).sum(axis=0)


def sampled(
    citizens: npt.NDArray[np.void],
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return who lives through the sweeps, and for everyone the position among them of one alike.

    Residents are put in a row, those of a profile side by side by skill; every so-manieth is taken,
    and the nearest in the row is alike.
    """
    people = len(citizens)
    if people <= SAMPLED:
        everyone = np.arange(people)
        return everyone, everyone
    row = np.lexsort((citizens["skill"], citizens["profile"]))
    at = np.linspace(0, people - 1, SAMPLED).round().astype(np.int64)
    middles = (at[1:] + at[:-1]) / 2.0
    nearest = np.searchsorted(middles, np.arange(people))
    order = np.argsort(row[at])
    rank = np.empty(SAMPLED, np.int64)
    rank[order] = np.arange(SAMPLED)
    like = np.empty(people, np.int64)
    like[row] = rank[nearest]
    return row[at][order], like


def _known_to(world: World, chosen: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return whose stories those who live through the sweeps hear, each once."""
    offsets = world.citizens["ties"].astype(np.int64)
    heard = [world.ties[offsets[i] : offsets[i + 1]] for i in chosen]
    return np.unique(np.concatenate([chosen, *heard])).astype(np.int64)


def _publish(
    lives: Lives,
    like: npt.NDArray[np.int64],
    known: npt.NDArray[np.int64],
    stories: Stories,
    people: int,
) -> None:
    """Let neighbours see what a sweep left; who did not live through it tells as one alike does."""
    services = len(stories.seen)
    stories.published.reshape(people, services)[known] = lives.told[like[known]]
    told = lives.told.astype(np.int64)
    weight = people / len(lives.chosen)
    stories.seen[:, 0] = np.rint(weight * (told > 0).sum(axis=0))
    stories.seen[:, 1] = np.rint(weight * np.maximum(0, told - 1).sum(axis=0))


@kernel
def hand_over(
    part: int, parts: int, like: Array, chosen: Array, residents: Community, stories: Stories
) -> None:
    """Give a part of the residents the state of one alike, as the last sweep left it."""
    services = len(stories.seen)
    for i in range(len(like)):
        j = chosen[like[i]]
        if j == i or i % parts != part:
            continue
        mine, theirs = residents.states[i], residents.states[j]
        mine.gain = theirs.gain
        mine.week = theirs.week
        mine.online_week = theirs.online_week
        mine.satisfaction = theirs.satisfaction
        # How far they are from their own mean goes over, not how much they trust.
        away = real(theirs.trust) - real(residents.traits[j].trust)
        mine.trust = min(1.0, max(0.0, real(residents.traits[i].trust) + away))
        for k in range(services):
            use, other = residents.uses[i * services + k], residents.uses[j * services + k]
            use.expectation = other.expectation
            use.habit = other.habit
            use.offline_habit = other.offline_habit
            use.week = other.week
            use.aware = other.aware
            use.tried_week = other.tried_week
            stories.published[i * services + k] = stories.published[j * services + k]


@kernel_on_bundles
def sweep(
    now: Now,
    rates: Array,
    lives: Lives,
    residents: Community,
    stories: Stories,
    council: Council,
    outcomes: Array,
    totals: Array,
) -> None:
    """Let everyone who lives through it have one need for every service, at their own pace.

    Args:
        now: number of the sweep, as a week.
        rates: hazards a week of needing a service, (services, ages).
        lives: written.
        residents: states and uses are written.
        stories: read only.
        council: at rest.
        outcomes: scratch, (services, OUTCOMES).
        totals: expected transactions online and in all, by service, weighted by need, in units of
            2⁻³² a week, added to.
    """
    largest = 0.0
    for k in range(len(council.services)):
        for age in range(rates.shape[1]):
            largest = max(largest, rates[k, age])
    for n in range(len(lives.chosen)):
        i = lives.chosen[n]
        band = integer(residents.traits[i].profile) // _PROFILES_PER_AGE
        often = 0.0
        for k in range(len(council.services)):
            often += rates[k, band]
        for k in range(len(council.services)):
            rate = rates[k, band]
            if rate > 0.0:
                _live(now, n, need_of(i, k, residents, council), rate, rate / largest, often,
                      lives, residents, stories, council, outcomes, totals)  # fmt: skip
        recent = False
        for k in range(len(council.services)):
            if lives.done[n, k] + lives.age[n, k] < YEAR:
                recent = True
        residents.states[i].online_week = BEFORE if recent else NEVER


@step
def _live(
    now: Now, n: int, need: Need, rate: float, counts: float, often: float, lives: Lives,
    residents: Community, stories: Stories, council: Council, outcomes: Array, totals: Array,
) -> None:  # fmt: skip
    """Let one need arise, be met and teach, and some time pass after it.

    Args:
        now: number of the sweep, as a week.
        n: of the resident among those who live through it.
        need: the need.
        rate: hazard a week of it.
        counts: chance that trust, satisfaction and skill are counted as touched by it: the needs of
            one resident for all services touch them, the frequent ones more often.
        often: hazard a week of any need.
        lives: written.
        residents: whom they know.
        stories: what they tell.
        council: at rest.
        outcomes: scratch.
        totals: added to.
    """
    p = council.parameters[0]
    k, use, mine = need.service, need.use, need.mine
    code = CITIZEN_START | k << SERVICE_SHIFT
    u_gap, u_counts, u_since, u_age = philox(
        need.resident, now.week, code, _FIRST, now.seed, now.replicate
    )
    u_aware, u_channel, u_complete, u_told = philox(
        need.resident, now.week, code, _SECOND, now.seed, now.replicate
    )
    v_first, v_second, v_error, v_after = philox(
        need.resident, now.week, code, _THIRD, now.seed, now.replicate
    )
    gap = -log(uniform(u_gap)) / rate
    touched = uniform(u_counts) < counts
    since = -log(uniform(u_since)) / often if touched else 0.0
    gain = rules.decayed(real(mine.gain), p.skill_forgetting, since)
    mind = Mind(
        gain,
        real(need.person.skill) + gain,
        rules.reverted(real(mine.trust), real(need.person.trust), p.trust_reversion, since),
        rules.kept(p.awareness_forgetting, gap),
        rules.decayed(real(use.habit), p.habit_forgetting, gap),
        rules.decayed(real(use.offline_habit), p.habit_forgetting, gap),
    )
    lives.tried[n, k] += gap
    lives.done[n, k] += gap
    aware = use.aware > 0
    expectation = real(use.expectation)
    online = NEVER_CHOSEN
    known = 0.0
    if need.offer.live:
        reaches = reaches_online(now, need)
        used_any = lives.done[n, k] < YEAR
        for other in range(len(council.services)):
            if other != k and lives.done[n, other] + lives.age[n, other] < YEAR:
                used_any = True
        users, share, told = acquaintances_using(need, residents, stories)
        untold = untold_by(users, p, residents, council)
        known = chance_aware_by_now(p, need, mind, untold, reaches, used_any)
        aware = uniform(u_aware) < known
        expectation = expectation_by_now(p, need, users, told)
        if reaches:
            online = online_weighed(
                p, need, need.offer.constant_online, expectation, share, mind.trust, mind.habit,
                False, False,
            )  # fmt: skip
    phone, counter = offline_weighed(p, need, need.department.wait, mind.offline_habit)
    chance = rules.chance_online(online, phone, counter)
    _, completes = online_prospect(p, need, mind.skill)
    given_up = max(0.0, 1.0 - p.failure_contacts)
    totals[k, 0] += integer(_EXACT * rate * known * chance * completes)
    totals[k, 1] += integer(_EXACT * rate * (1.0 - known * chance * (1.0 - completes) * given_up))

    if aware and uniform(u_channel) < chance:
        attempt = attempt_online(
            p, need, mind.skill, u_complete, v_after, v_first, v_second, v_error, outcomes
        )
        before = real(mine.gain)
        expectation = learn_online(p, need, mind, expectation, attempt)
        if not touched:
            mine.gain = before
        lives.tried[n, k] = 0.0
        if attempt.completed:
            lives.done[n, k] = 0.0
    else:
        attempt = attempt_offline(p, need, PHONE, v_first, outcomes)
        before = real(mine.gain)
        learn_offline(p, need, mind, expectation)
        if not touched:
            mine.gain = before
        if need.offer.live and uniform(u_told) < rules.chance_told_by_staff(
            need.department.adopters, p.staff_steering, need.offer.referral
        ):
            aware = True
    use.aware = 1 if aware else 0
    if touched:
        judge(p, need, mind, attempt.experience)

    # As it is seen at a moment between this need and the next.
    age = -log(uniform(u_age)) / rate
    lives.age[n, k] = age
    use.week = -1 - integer(min(float(OLDEST), age))
    lately = lives.tried[n, k] + age < YEAR
    use.tried_week = TRIED_BEFORE if lately else 0
    lives.told[n, k] = story(real(use.expectation)) if lately else 0
