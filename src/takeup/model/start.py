"""The state in which a run begins: as near to rest as can be told, so that year one is no artefact.

A service that is online already states its present take-up. Its constant in the choice is solved so
that residents, with the habits, expectations and awareness that such a take-up leaves behind, make
that share of their transactions online. What is left to settle, the warm-up settles.
"""

from __future__ import annotations

from math import exp, log

import numpy as np
import numpy.typing as npt

from takeup.kpis import CITIZEN, STOCK
from takeup.model import rules
from takeup.model.citizens import BEFORE, DEMANDS, NEVER, TRIED_BEFORE, story
from takeup.model.compiled import Array, integer, kernel, real
from takeup.model.draws import CITIZEN_START, SERVICE_SHIFT, STAFF_START, philox, uniform
from takeup.model.fields import uniforms_of
from takeup.model.staff import start_staff
from takeup.model.state import (
    CITIZEN_STATE,
    DEPARTMENT_WEEK,
    PLACE_WEEK,
    SERVICE_WEEK,
    STAFF_STATE,
    USE_STATE,
    State,
)
from takeup.model.weighing import NEVER_CHOSEN, age_of, has_access
from takeup.model.world import World
from takeup.programme.segments import ROLES
from takeup.scenario.schema import Scenario

SOLVED_ON = 1_500
"""Residents, evenly spread over the place, on whom a service's constant is solved."""

LARGEST_CONSTANT = 6.0
"""Log-odds; where even this does not reach the stated take-up, awareness and access limit it."""
FEW_TRANSACTIONS = 100.0
"""Transactions at which a correction in the warm-up counts half."""

_CITIZENS = STOCK.index("citizens")
_TRUST = STOCK.index("trust")


@kernel
def online_at_rest(
    i: int,
    k: int,
    share: float,
    constant: float,
    take_up: float,
    need_rate: float,
    recent: float,
    parameters: Array,
    fixed_citizens: Array,
    services: Array,
    departments: Array,
) -> tuple[float, float, float, float]:
    """Return (chance of choosing online, of completing it, expectation, awareness) at rest.

    Args:
        i: resident.
        k: service.
        share: chance of choosing online that habit and expectation have settled at.
        constant: constant of the online channel.
        take_up: present take-up of the service, for what neighbours do.
        need_rate: needs a week of an average resident.
        recent: share of residents who used any online service in the last year.
        parameters: PARAMETER_RECORD, (1,).
        fixed_citizens: CITIZEN, see World.
        services: SERVICE_WEEK, see State.
        departments: DEPARTMENT_WEEK, see State.
    """
    p = parameters[0]
    person = fixed_citizens[i]
    service = services[k]
    profile = integer(person.profile)
    ease = rules.ease(service.usability, service.complexity, real(person.skill))
    completes = rules.chance_completed(ease, p.retry, service.availability)
    handled = 1.0 - service.straight_through
    by_others = 1.0 - departments[service.department].adopters
    delay = rules.delay_at_rest(p.saturation, p.target_utilisation) + p.adoption_lag * by_others
    good = rules.experience_online(ease, p.effort_weight, handled * delay, p.patience)
    good *= 1.0 - handled * by_others * p.error_contacts * (1.0 - p.error_experience)
    # At rest good and bad news balance: completes · (good − E) = negativity · failures · (E − bad).
    bad_weight = p.negativity * (1.0 - completes)
    settled = (completes * good + bad_weight * p.failure_experience) / (completes + bad_weight)
    expectation = share * settled + (1.0 - share) * p.initial_expectation
    habit = rules.habit_at_rest(need_rate, p.habit_learning, p.habit_forgetting)
    tried = 1.0 - exp(-52.0 * need_rate * take_up)
    users = tried * float(fixed_citizens[i + 1].ties - person.ties)
    found = 0.0
    if has_access(profile):
        skill = real(person.skill)
        found = rules.chance_found(skill, False, p.search, p.portal)
        found += recent * (rules.chance_found(skill, True, p.search, p.portal) - found)
    told = rules.chance_aware(0.0, found, users, p.talk_awareness)
    memory = need_rate / (need_rate + p.awareness_forgetting)
    aware = told / max(1e-9, 1.0 - memory * (1.0 - told))
    aware = aware + (1.0 - aware) * share
    if not has_access(profile):
        return 0.0, completes, expectation, aware
    online = rules.utility_online(
        constant, expectation, p.expectation_weight, tried, p.influence_weight,
        real(person.trust), p.trust_weight, habit * share, p.habit_weight,
        (real(person.innovativeness) + 0.5) / 65536.0, p.innovativeness_weight, 0.0,
        p.message_weight, 0.0, 0.0,
    )  # fmt: skip
    age = age_of(profile)
    offline_habit = habit * (1.0 - share)
    phone = rules.utility_offline(
        service.constant_phone, age, p.age_weight, offline_habit, p.habit_weight, 0.0, p.wait_weight
    )
    counter = rules.utility_offline(
        service.constant_counter, age, p.age_weight, offline_habit, p.habit_weight, 0.0,
        p.wait_weight,
    )  # fmt: skip
    top = max(online, phone, counter, NEVER_CHOSEN)
    a = exp(online - top)
    chance = aware * a / (a + exp(phone - top) + exp(counter - top))
    return chance, completes, expectation, aware


@kernel
def solve_constant(
    k: int,
    take_up: float,
    need_rate: float,
    recent: float,
    stride: int,
    parameters: Array,
    fixed_citizens: Array,
    services: Array,
    departments: Array,
) -> float:
    """Return the constant of the online channel of service k that explains its present take-up.

    Bisection over the constant, with everyone's own share of online use iterated to rest.
    """
    low, high = -LARGEST_CONSTANT, LARGEST_CONSTANT
    people = len(fixed_citizens) - 1
    for _ in range(18):
        constant = 0.5 * (low + high)
        online = 0.0
        all_channels = 0.0
        for i in range(0, people, stride):
            share = take_up
            completes = 1.0
            for _ in range(3):
                share, completes, _, _ = online_at_rest(
                    i, k, share, constant, take_up, need_rate, recent, parameters,
                    fixed_citizens, services, departments,
                )  # fmt: skip
            online += share * completes
            all_channels += 1.0 - share * (1.0 - completes) * max(
                0.0, 1.0 - parameters[0].failure_contacts
            )
        if online < take_up * all_channels:
            low = constant
        else:
            high = constant
    return 0.5 * (low + high)


@kernel
def start_citizens(
    seed: int,
    replicate: int,
    parameters: Array,
    need_rates: Array,
    take_up: Array,
    recent: float,
    fixed_citizens: Array,
    services: Array,
    departments: Array,
    citizens: Array,
    uses: Array,
    published: Array,
    seen: Array,
    stock_profile: Array,
    stock_ward: Array,
) -> None:
    """Give every resident the habits, expectations and awareness of the present take-up."""
    p = parameters[0]
    service_count = len(services)
    satisfaction = rules.experience_offline(
        p.offline_experience, 0.0, p.offline_wait_cost,
        rules.delay_at_rest(p.saturation, p.target_utilisation), p.patience,
    )  # fmt: skip
    for i in range(len(citizens)):
        person = fixed_citizens[i]
        mine = citizens[i]
        mine.trust = person.trust
        mine.satisfaction = satisfaction
        mine.week = -1
        mine.online_week = NEVER
        trust = rules.fixed(real(person.trust))
        for table, group in ((stock_profile, person.profile), (stock_ward, person.ward)):
            table[group, _CITIZENS] += 1
            table[group, _TRUST] += trust
        for k in range(service_count):
            use = uses[i * service_count + k]
            use.week = -1
            use.expectation = p.initial_expectation
            habit = rules.habit_at_rest(need_rates[k], p.habit_learning, p.habit_forgetting)
            use.offline_habit = habit
            if not services[k].live:
                continue
            share = take_up[k]
            expectation = 0.0
            aware = 0.0
            for _ in range(3):
                share, _, expectation, aware = online_at_rest(
                    i, k, share, services[k].constant_online, take_up[k], need_rates[k],
                    recent, parameters, fixed_citizens, services, departments,
                )  # fmt: skip
            a, b, _, _ = philox(i, 0, CITIZEN_START | k << SERVICE_SHIFT, 0, seed, replicate)
            use.expectation = expectation
            use.habit = habit * share
            use.offline_habit = habit * (1.0 - share)
            use.aware = 1 if uniform(a) < aware else 0
            if uniform(b) < 1.0 - exp(-52.0 * need_rates[k] * share):
                byte = story(expectation)
                published[i * service_count + k] = byte
                use.tried_week = TRIED_BEFORE
                mine.online_week = BEFORE
                seen[k, 0] += 1
                seen[k, 1] += byte - 1


def settle(
    services: npt.NDArray[np.void],
    take_up: npt.NDArray[np.float64],
    counted: npt.NDArray[np.int64],
) -> None:
    """Correct the constants of services by what a part of the warm-up shows of their take-up.

    By the difference in log-odds, at most 1, and less where few transactions were counted.

    Args:
        services: SERVICE_WEEK, (services,), written where live.
        take_up: stated share of transactions that are online, (services,).
        counted: CITIZEN counters of that part of the warm-up, (services, …).
    """
    online = counted[:, CITIZEN.index("transactions_online")].astype(np.float64)
    every = counted[:, CITIZEN.index("transactions")].astype(np.float64)
    for k in np.flatnonzero(services["live"]):
        seen = (online[k] + 0.5) / (every[k] + 1.0)
        step = log(take_up[k] / (1.0 - take_up[k])) - log(seen / (1.0 - seen))
        step = min(1.0, max(-1.0, step)) * every[k] / (every[k] + FEW_TRANSACTIONS)
        constant = services[k]["constant_online"] + step
        services[k]["constant_online"] = min(LARGEST_CONSTANT, max(-LARGEST_CONSTANT, constant))


def expect_of_new(services: npt.NDArray[np.void], offset: float) -> None:
    """Give services that are not online yet the constant that those of the same place have.

    The mean over the services that are online and whose take-up their constant explains, plus an
    offset; the offset alone where there is none.

    Args:
        services: SERVICE_WEEK, (services,), written where not live.
        offset: the parameter `new_service_constant`.
    """
    constants = services["constant_online"]
    known = (services["live"] > 0) & (np.abs(constants) < LARGEST_CONSTANT)
    shown = float(constants[known].mean()) if known.any() else 0.0
    constants[services["live"] == 0] = shown + offset


def start(scenario: Scenario, world: World, parameters: npt.NDArray[np.void]) -> State:
    """Return the state before the first week of the warm-up."""
    people, posts = len(world.citizens) - 1, len(world.posts) - 1
    departments = _departments(scenario, world)
    services = _services(scenario)
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
    rates = np.array([s.yearly_volume for s in scenario.services.values()])
    rates = rates / (52.0 * scenario.place.residents)
    take_up = np.array([s.take_up for s in scenario.services.values()])
    recent = 1.0 - float(np.exp(-52.0 * (rates * take_up * services["live"]).sum()))
    stride = max(1, people // SOLVED_ON)
    for k, service in enumerate(services):
        if service["live"]:
            service["constant_online"] = solve_constant(
                k,
                take_up[k],
                rates[k],
                recent,
                stride,
                parameters,
                world.citizens,
                services,
                departments,
            )
    start_citizens(
        world.seed, world.replicate, parameters, rates, take_up, recent, world.citizens, services,
        departments, state.citizens, state.uses, state.published, state.seen, state.stock_profile,
        state.stock_ward,
    )  # fmt: skip
    start_staff(
        world.seed, world.replicate, parameters, departments, _adopters(scenario, world),
        world.posts, world.post_ties, state.staff, state.peers,
    )  # fmt: skip
    return state


def _adopters(scenario: Scenario, world: World) -> npt.NDArray[np.bool_]:
    """Draw who has adopted at the start: in each department just as many as it states, (posts,)."""
    owner = world.posts["department"][:-1]
    adopters = np.zeros(len(owner), dtype=bool)
    for d, department in enumerate(scenario.departments.values()):
        posts = np.flatnonzero(owner == d)
        lottery = uniforms_of(posts, STAFF_START, 1, world.seed, world.replicate)
        count = int(department.adopted * len(posts) + 0.5)
        adopters[posts[np.argsort(lottery, kind="stable")[:count]]] = True
    return adopters


def _services(scenario: Scenario) -> npt.NDArray[np.void]:
    ids = list(scenario.departments)
    records = np.zeros(len(scenario.services), SERVICE_WEEK)
    for record, (name, service) in zip(records, scenario.services.items(), strict=True):
        record["live"] = scenario.go_live_week(name) < 0
        record["department"] = ids.index(service.department)
        record["opened"] = -1
        record["planned"] = scenario.planned_week(name)
        for field in ("usability", "complexity", "availability", "straight_through"):
            record[field] = getattr(service, field)
        record["own_usability"], record["uptime"] = service.usability, service.availability
        record["constant_phone"] = np.log(service.phone_share)
        record["constant_counter"] = np.log(1.0 - service.phone_share)
        for field in ("digital", "rekeying", "phone", "counter"):
            record[f"minutes_{field}"] = getattr(service.minutes, field)
    work = np.array([s.yearly_volume * s.minutes.phone for s in scenario.services.values()])
    for d in range(len(ids)):
        own = records["department"] == d
        records["work_share"][own] = work[own] / work[own].sum() if own.any() else 0.0
    return records


def _departments(scenario: Scenario, world: World) -> npt.NDArray[np.void]:
    records = np.zeros(len(scenario.departments), DEPARTMENT_WEEK)
    posted = np.bincount(world.posts["department"][:-1], minlength=len(records))
    for d, department in enumerate(scenario.departments.values()):
        record = records[d]
        record["resistance"] = department.resistance
        record["minutes"] = department.weekly_hours * 60.0
        record["scale"] = world.post_weight[d] / world.weight
        record["minute_cost"] = department.hourly_cost / 60.0
        record["adopters"] = department.adopted
        record["managers_adopted"] = department.adopted
        given = department.handles_share
        record["focus"] = 1.0
        record["settles"] = float(given is None)
        record["handles"] = 1.0 if given is None else given
        record["gross"] = posted[d] * record["minutes"] * record["scale"]
        record["capacity"] = record["paid"] = record["gross"] * record["handles"]
    return records
