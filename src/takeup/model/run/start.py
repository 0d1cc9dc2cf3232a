"""The state in which a run begins: as near to rest as can be told, so that year one is no artefact.

A service that is online already states its present take-up. Its constant in the choice is solved so
that residents, with the habits, expectations and awareness that such a take-up leaves behind, make
that share of their transactions online. What is left to settle, the warm-up settles.
"""

from __future__ import annotations

from math import exp
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from takeup.kpis import CITIZEN, STOCK
from takeup.model.run.bundling import (
    community,
    council,
    stories,
)
from takeup.model.run.office import staff_to_rest
from takeup.model.run.rest import (
    LEAST_CONSTANT,
    MOST_CONSTANT,
    STEEP,
    level_of,
    live_to_rest,
    logit,
    put_level,
    sampled,
)
from takeup.model.run.state import State
from takeup.model.week import rules
from takeup.model.week.attempts import online_prospect, story
from takeup.model.week.bundles import (
    Community,
    Council,
    Now,
    Stories,
)
from takeup.model.week.citizens import DEMANDS
from takeup.model.week.compiled import (
    Array,
    kernel_on_bundles,
    real,
    step,
)
from takeup.model.week.draws import (
    CITIZEN_START,
    SERVICE_SHIFT,
    STAFF_START,
    philox,
    uniform,
)
from takeup.model.week.records import (
    BEFORE,
    CITIZEN_STATE,
    DEPARTMENT_WEEK,
    NEVER,
    PLACE_WEEK,
    SERVICE_WEEK,
    STAFF_STATE,
    TRIED_BEFORE,
    USE_STATE,
)
from takeup.model.week.threads import Crew
from takeup.model.week.weighing import (
    Need,
    has_access,
    need_of,
    offline_weighed,
    online_weighed,
)
from takeup.model.world.fields import uniforms_of
from takeup.model.world.needs import need_rates
from takeup.model.world.world import World
from takeup.programme.segments import ROLES
from takeup.scenario.schema.scenario import Scenario

SOLVED_ON = 100
"""Residents, evenly spread over the place, on whom a first guess of a constant is solved."""

FEW_TRANSACTIONS = 3_000.0
"""Transactions at which a correction in the warm-up counts half: as sure as the sweeps are."""

_CITIZENS = STOCK.index("citizens")
_TRUST = STOCK.index("trust")


class Rest(NamedTuple):
    """What holds of a service at rest.

    Attributes:
        take_up: share of its transactions that are online.
        need_rate: needs a week of an average resident.
        recent: share of residents who used any online service in the last year.
    """

    take_up: float
    need_rate: float
    recent: float


class Leaning(NamedTuple):
    """Where a resident stands towards a service at rest.

    Attributes:
        chance: of choosing online.
        completes: chance of completing it.
        expectation: of the online channel.
        aware: chance of knowing that it is online.
    """

    chance: float
    completes: float
    expectation: float
    aware: float


@step
def online_at_rest(
    p: Array, need: Need, residents: Community, share: float, constant: float, rest: Rest
) -> Leaning:
    """Return where a resident stands towards a service at rest.

    Args:
        p: PARAMETER_RECORD.
        need: of that resident for that service.
        residents: whom they know.
        share: chance of choosing online that habit and expectation have settled at.
        constant: constant of the online channel.
        rest: what holds of the service.
    """
    completes, settled = _experience_at_rest(p, need)
    habit = rules.habit_at_rest(rest.need_rate, p.habit_learning, p.habit_forgetting)
    tried = 1.0 - exp(-52.0 * rest.need_rate * rest.take_up)
    users = tried * float(residents.traits[need.resident + 1].ties - need.person.ties)
    heard = share + (1.0 - share) * users / (users + 1.0)
    expectation = heard * settled + (1.0 - heard) * p.initial_expectation
    access = rules.made_up(1.0 if has_access(need.profile) else 0.0, need.offer.reach)
    aware = _awareness_at_rest(p, need, users, access, rest)
    if access <= 0.0:
        return Leaning(0.0, completes, expectation, aware)
    online = online_weighed(
        p, need, constant, expectation, tried, real(need.person.trust), habit * share, False, False
    )
    phone, counter = offline_weighed(p, need, 0.0, habit * (1.0 - share))
    chance = access * aware * rules.chance_online(online, phone, counter)
    return Leaning(chance, completes, expectation, aware)


@step
def _experience_at_rest(p: Array, need: Need) -> tuple[float, float]:
    """Return the chance of completing a service online, and what its users come to expect.

    At rest good and bad news balance: completes · (good − E) = negativity · failures · (E − bad).
    """
    ease, completes = online_prospect(p, need, real(need.person.skill))
    handled = 1.0 - need.offer.straight_through
    by_others = 1.0 - need.department.adopters
    delay = rules.delay_at_rest(p.saturation, p.target_utilisation) + p.adoption_lag * by_others
    good = rules.experience_online(ease, p.effort_weight, handled * delay, p.patience)
    good *= 1.0 - handled * by_others * p.error_contacts * (1.0 - p.error_experience)
    bad_weight = p.negativity * (1.0 - completes)
    return completes, (completes * good + bad_weight * p.failure_experience) / (
        completes + bad_weight
    )


@step
def _awareness_at_rest(p: Array, need: Need, users: float, access: float, rest: Rest) -> float:
    """Return the chance that a resident knows that a service is online.

    Args:
        p: PARAMETER_RECORD.
        need: of that resident for that service.
        users: of those known who used it in the last year.
        access: chance of having access, or somebody who has.
        rest: what holds of the service.
    """
    skill = real(need.person.skill)
    found = rules.chance_found(skill, False, p.search, p.portal)
    found += rest.recent * (rules.chance_found(skill, True, p.search, p.portal) - found)
    told = rules.chance_aware(0.0, access * found, rules.untold(users, p.talk_awareness))
    told = rules.made_up(told, need.offer.reach)
    memory = rest.need_rate / (rest.need_rate + p.awareness_forgetting)
    aware: float = told / max(1e-9, 1.0 - memory * (1.0 - told))
    return aware


@kernel_on_bundles
def solve_level(k: int, rest: Rest, stride: int, residents: Community, council: Council) -> float:
    """Return a first guess of the level (see `put_level`) of the present take-up of service k.

    Bisection, with everyone's own share of online use iterated to rest, on every `stride`-th
    resident. The service's reach is written on the way.
    """
    low, high = LEAST_CONSTANT, MOST_CONSTANT + STEEP
    for _ in range(12):
        level = 0.5 * (low + high)
        council.services[k].reach = max(0.0, level - MOST_CONSTANT) / STEEP
        online, all_channels = _transactions_at_rest(
            k, min(level, MOST_CONSTANT), rest, stride, residents, council
        )
        if online < rest.take_up * all_channels:
            low = level
        else:
            high = level
    return 0.5 * (low + high)


@step
def _transactions_at_rest(
    k: int, constant: float, rest: Rest, stride: int, residents: Community, council: Council
) -> tuple[float, float]:
    """Return how many transactions of service k are made online at rest, and how many in all."""
    p = council.parameters[0]
    given_up = max(0.0, 1.0 - p.failure_contacts)
    online = 0.0
    all_channels = 0.0
    for i in range(0, len(residents.states), stride):
        need = need_of(i, k, residents, council)
        share = rest.take_up
        completes = 1.0
        for _ in range(3):
            share, completes, _, _ = online_at_rest(p, need, residents, share, constant, rest)
        online += share * completes
        all_channels += 1.0 - share * (1.0 - completes) * given_up
    return online, all_channels


@kernel_on_bundles
def start_citizens(
    now: Now,
    chosen: Array,
    rests: Array,
    residents: Community,
    stories: Stories,
    council: Council,
) -> None:
    """Give some residents a first guess of the habits, expectations and awareness at rest.

    Args:
        now: before the first week.
        chosen: which residents.
        rests: take-up, need rate and recent use of every service, (services, 3): see Rest.
        residents: written.
        stories: written.
        council: as it begins.
    """
    p = council.parameters[0]
    satisfaction = rules.experience_offline(
        p.offline_experience, 0.0, p.offline_wait_cost,
        rules.delay_at_rest(p.saturation, p.target_utilisation), p.patience,
    )  # fmt: skip
    for n in range(len(chosen)):
        i = chosen[n]
        mine = residents.states[i]
        mine.trust = residents.traits[i].trust
        mine.satisfaction = satisfaction
        mine.week = -1
        mine.online_week = NEVER
        for k in range(len(council.services)):
            rest = Rest(rests[k, 0], rests[k, 1], rests[k, 2])
            _start_use(now, p, need_of(i, k, residents, council), rest, residents, stories)


@step
def _start_use(
    now: Now, p: Array, need: Need, rest: Rest, residents: Community, stories: Stories
) -> None:
    """Let a resident have used a service as often as the present take-up says."""
    use = need.use
    use.week = -1
    use.expectation = p.initial_expectation
    habit = rules.habit_at_rest(rest.need_rate, p.habit_learning, p.habit_forgetting)
    use.offline_habit = habit
    if not need.offer.live:
        return
    share = rest.take_up
    expectation = 0.0
    aware = 0.0
    for _ in range(3):
        share, _, expectation, aware = online_at_rest(
            p, need, residents, share, need.offer.constant_online, rest
        )
    code = CITIZEN_START | need.service << SERVICE_SHIFT
    a, b, _, _ = philox(need.resident, 0, code, 0, now.seed, now.replicate)
    use.expectation = expectation
    use.habit = habit * share
    use.offline_habit = habit * (1.0 - share)
    use.aware = 1 if uniform(a) < aware else 0
    if uniform(b) < 1.0 - exp(-52.0 * rest.need_rate * share):
        stories.published[need.row] = story(expectation)
        use.tried_week = TRIED_BEFORE
        need.mine.online_week = BEFORE


@kernel_on_bundles
def count_stocks(residents: Community, stock_profile: Array, stock_ward: Array) -> None:
    """Count residents and their trust into the running STOCK counters."""
    for i in range(len(residents.states)):
        person = residents.traits[i]
        trust = rules.fixed(real(residents.states[i].trust))
        for table, group in ((stock_profile, person.profile), (stock_ward, person.ward)):
            table[group, _CITIZENS] += 1
            table[group, _TRUST] += trust


def settle(
    services: npt.NDArray[np.void],
    take_up: npt.NDArray[np.float64],
    counted: npt.NDArray[np.int64],
    gain: float = 1.0,
) -> None:
    """Correct the constants of services by what a part of the warm-up shows of their take-up.

    By the difference in log-odds, at most 1, and less where few transactions were counted.

    Args:
        services: SERVICE_WEEK, (services,), written where live.
        take_up: stated share of transactions that are online, (services,).
        counted: CITIZEN counters of that part of the warm-up, (services, …).
        gain: share of the difference that is made up for.
    """
    online = counted[:, CITIZEN.index("transactions_online")].astype(np.float64)
    every = counted[:, CITIZEN.index("transactions")].astype(np.float64)
    for k in np.flatnonzero(services["live"]):
        seen = (online[k] + 0.5) / (every[k] + 1.0)
        error = min(1.0, max(-1.0, logit(take_up[k]) - logit(seen)))
        error *= every[k] / (every[k] + FEW_TRANSACTIONS)
        put_level(services[k], level_of(services[k]) + gain * error)


def rests_of(scenario: Scenario, take_up: npt.NDArray[np.float64]) -> list[Rest]:
    """Return what holds of every service at rest.

    Args:
        scenario: as it is today.
        take_up: share of the transactions of each that are online at rest, (services,).
    """
    services = scenario.services.values()
    live = np.array([service.go_live is None for service in services])
    rates = np.array([service.yearly_volume for service in services])
    rates = rates / (52.0 * scenario.place.residents)
    today = np.array([service.take_up for service in services])
    recent = 1.0 - float(np.exp(-52.0 * (rates * today * live).sum()))
    return [Rest(share, rate, recent) for share, rate in zip(take_up, rates, strict=True)]


def first_guess(k: int, rest: Rest, citizens: int, residents: Community, council: Council) -> float:
    """Return `solve_level` of service k on SOLVED_ON of the residents."""
    return solve_level(k, rest, max(1, citizens // SOLVED_ON), residents, council)


def start(
    scenario: Scenario,
    world: World,
    parameters: npt.NDArray[np.void],
    crew: Crew | None = None,
) -> State:
    """Return the state before the first week of the warm-up; without a crew, this thread does."""
    crew = crew or Crew()
    people, posts = len(world.citizens) - 1, len(world.posts) - 1
    departments = _departments(scenario, world)
    departments["delay"] = rules.delay_at_rest(
        float(parameters["saturation"][0]), float(parameters["target_utilisation"][0])
    )
    services = _services(scenario)
    departments["digital"][services["department"][services["live"] > 0]] = 1
    service_count = len(services)
    profiles = len(world.segments.profiles["age"])
    state = State(
        citizens=np.zeros(people, CITIZEN_STATE),
        uses=np.zeros(people * service_count, USE_STATE),
        published=np.zeros(people * service_count, np.uint8),
        seen=np.zeros((service_count, 2), np.int64),
        staff=np.zeros(posts, STAFF_STATE),
        peers=np.zeros(posts, np.int32),
        attention=np.zeros(posts),
        services=services,
        departments=departments,
        place=np.zeros(1, PLACE_WEEK),
        sponsorship=np.zeros((len(departments), len(ROLES))),
        took_part=np.full(people, NEVER, np.int16),
        demand=np.zeros((profiles, len(world.segments.wards), DEMANDS), np.int64),
        queue=np.zeros((service_count, 3, len(world.calendar) - 1), np.int64),
        oldest=np.zeros(len(departments), np.int64),
        stock_profile=np.zeros((profiles, len(STOCK)), np.int64),
        stock_ward=np.zeros((len(world.segments.wards), len(STOCK)), np.int64),
    )
    take_up = np.array([s.take_up for s in scenario.services.values()])
    rested = rests_of(scenario, take_up)
    now = Now(0, world.seed, world.replicate)
    residents, town = community(world, state), council(world, state, parameters)
    for k in np.flatnonzero(services["live"]).tolist():
        put_level(services[k], first_guess(k, rested[k], people, residents, town))
    rests = np.array(rested)
    chosen, like = sampled(world.citizens[:people])
    start_citizens(now, chosen, rests, residents, stories(state, 0), town)
    hazards = need_rates(scenario.place, scenario.services)
    live_to_rest(world, state, parameters, hazards, take_up, chosen, like)
    count_stocks(residents, state.stock_profile, state.stock_ward)
    staff_to_rest(world, state, parameters, _adopters(scenario, world))
    return state


def _adopters(scenario: Scenario, world: World) -> npt.NDArray[np.bool_]:
    """Draw who has adopted at the start: in each department just as many as it states, (posts,)."""
    owner = world.posts["department"][:-1]
    adopters = np.zeros(len(owner), dtype=bool)
    for d, department in enumerate(scenario.departments.values()):
        posts = np.flatnonzero(owner == d)
        lottery = uniforms_of(posts, STAFF_START, 1, world.seed, world.replicate)
        count = _held(department.adopted, len(posts))
        adopters[posts[np.argsort(lottery, kind="stable")[:count]]] = True
    return adopters


def _held(adopted: float, posts: int) -> int:
    """Return how many posts are held by adopters where a department states a share of them."""
    return int(adopted * posts + 0.5)


def _services(scenario: Scenario) -> npt.NDArray[np.void]:
    ids = list(scenario.departments)
    records = np.zeros(len(scenario.services), SERVICE_WEEK)
    for record, (name, service) in zip(records, scenario.services.items(), strict=True):
        record["live"] = scenario.go_live_week(name) < 0
        record["department"] = ids.index(service.department)
        record["opened"] = -1
        record["planned"] = scenario.planned_week(name)
        record["own_usability"], record["usability"] = service.usability, service.usability
        record["availability"] = service.availability
    offer(records, scenario)
    return records


def offer(records: npt.NDArray[np.void], scenario: Scenario) -> None:
    """Write how services are offered, but for how easy they are, into SERVICE_WEEK, (services,)."""
    for record, service in zip(records, scenario.services.values(), strict=True):
        record["complexity"], record["straight_through"] = (
            service.complexity,
            service.straight_through,
        )
        record["uptime"] = service.availability
        record["constant_phone"] = np.log(service.phone_share)
        record["constant_counter"] = np.log(1.0 - service.phone_share)
        for field in ("digital", "rekeying", "phone", "counter"):
            record[f"minutes_{field}"] = getattr(service.minutes, field)
    work = np.array([s.yearly_volume * s.minutes.phone for s in scenario.services.values()])
    for d in range(len(scenario.departments)):
        own = records["department"] == d
        records["work_share"][own] = work[own] / work[own].sum() if own.any() else 0.0


def _departments(scenario: Scenario, world: World) -> npt.NDArray[np.void]:
    records = np.zeros(len(scenario.departments), DEPARTMENT_WEEK)
    posted = np.bincount(world.posts["department"][:-1], minlength=len(records))
    for d, department in enumerate(scenario.departments.values()):
        record = records[d]
        record["resistance"] = department.resistance
        record["minutes"] = department.weekly_hours * 60.0
        record["scale"] = world.post_weight[d] / world.weight
        record["adopters"] = department.adopted
        record["held"] = _held(department.adopted, posted[d])
        record["managers_adopted"] = department.adopted
        given = department.handles_share
        record["focus"] = 1.0
        record["settles"] = float(given is None)
        record["handles"] = 1.0 if given is None else given
        record["gross"] = posted[d] * record["minutes"] * record["scale"]
        record["capacity"] = record["paid"] = record["gross"] * record["handles"]
    return records
