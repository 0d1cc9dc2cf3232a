"""What is expected of new services, written the ordinary way: people who have long been at rest."""

from __future__ import annotations

from math import exp, fsum, log
from typing import TYPE_CHECKING

from takeup.model.week import rules

if TYPE_CHECKING:
    from oracle.ordinary import Council, Resident, Service

LOWEST, HIGHEST, STEEP = -6.0, 3.0, 6.0  # a constant, and how steep reach is above it
ASKED = 100


def odds(share: float) -> float:
    """Return log-odds."""
    return log(share / (1.0 - share))


def level(service: Service) -> float:
    """Return constant and reach as one number."""
    return service.constant_online + STEEP * service.reach


def put(service: Service, level: float) -> None:
    """Set constant and reach."""
    level = min(HIGHEST + STEEP, max(LOWEST, level))
    service.constant_online = min(HIGHEST, level)
    service.reach = max(0.0, level - HIGHEST) / STEEP


def expect_of_new(council: Council) -> None:
    """Give services that are not online yet the preference of a typical one in their place."""
    live = [service for service in council.services if service.online]
    today = council.today_plan
    stated = [s.take_up for s in today.services.values() if s.go_live is None]
    centre = fsum(map(odds, stated)) / len(stated) if stated else odds(0.3)
    council.mark("others to learn from") if live else council.mark("nobody to learn from")
    errors = 0.0
    for service in live:
        errors += level(service) - solved(council, service, council.stated[service.number])
    for service, name in zip(council.services, today.services, strict=True):
        if service.online:
            continue
        held = today.facts.services.get(name)
        take_up = held.take_up if held else None
        if take_up is None:
            take_up = 1.0 / (1.0 + exp(-centre))
        own = service.usability, service.complexity
        service.usability, service.complexity = 0.8, 0.4
        found = solved(council, service, take_up)
        service.usability, service.complexity = own
        offset = council.parameters.new_service_constant
        put(service, found + errors / max(1, len(live)) + offset)


def solved(council: Council, service: Service, take_up: float) -> float:
    """Return the level at which a share of some residents' transactions is online at rest."""
    kept = service.constant_online, service.reach
    asked = council.residents[:: max(1, len(council.residents) // ASKED)]
    given_up = max(0.0, 1.0 - council.parameters.failure_contacts)
    low, high = LOWEST, HIGHEST + STEEP
    for _ in range(12):
        middle = 0.5 * (low + high)
        put(service, middle)
        online = every = 0.0
        for person in asked:
            share, completes = take_up, 1.0
            for _ in range(3):
                share, completes = leaning(council, person, service, share, take_up)
            online += share * completes
            every += 1.0 - share * (1.0 - completes) * given_up
        if online < take_up * every:
            low = middle
        else:
            high = middle
    service.constant_online, service.reach = kept
    return 0.5 * (low + high)


def leaning(
    council: Council, person: Resident, service: Service, share: float, take_up: float
) -> tuple[float, float]:
    """Return the chances of choosing online and of completing it, once at rest."""
    p = council.parameters
    need = council.yearly[service.number] / (52.0 * council.plan.place.residents)
    ease = rules.ease(service.usability, service.complexity, person.own_skill)
    completes = rules.made_up(
        rules.chance_completed(ease, p.retry, service.availability), service.reach
    )
    by_staff = 1.0 - service.straight_through
    old_way = 1.0 - council.owner(service).adopters
    wait = rules.delay_at_rest(p.saturation, p.target_utilisation) + p.adoption_lag * old_way
    good = rules.experience_online(ease, p.effort_weight, by_staff * wait, p.patience)
    good *= 1.0 - by_staff * old_way * p.error_contacts * (1.0 - p.error_experience)
    bad = p.negativity * (1.0 - completes)
    settled = (completes * good + bad * p.failure_experience) / (completes + bad)

    habit = rules.habit_at_rest(need, p.habit_learning, p.habit_forgetting)
    tried = 1.0 - exp(-52.0 * need * take_up)
    users = tried * float(len(person.friends))
    heard = share + (1.0 - share) * users / (users + 1.0)
    expectation = heard * settled + (1.0 - heard) * p.initial_expectation
    access = rules.made_up(1.0 if person.has_access else 0.0, service.reach)
    if access <= 0.0:
        return 0.0, completes

    alone = rules.chance_found(person.own_skill, False, p.search, p.portal)
    found = alone + council.recent * (
        rules.chance_found(person.own_skill, True, p.search, p.portal) - alone
    )
    told = rules.chance_aware(0.0, access * found, rules.untold(users, p.talk_awareness))
    told = rules.made_up(told, service.reach)
    memory = need / (need + p.awareness_forgetting)
    aware = told / max(1e-9, 1.0 - memory * (1.0 - told))

    online = rules.utility_online(
        service.constant_online, expectation, p.expectation_weight, tried, p.influence_weight,
        person.own_trust, p.trust_weight, habit * share, p.habit_weight,
        person.innovativeness, p.innovativeness_weight, 0.0, p.message_weight,
        service.steering, 0.0,
    )  # fmt: skip
    phone, counter = (
        rules.utility_offline(
            constant, person.age, p.age_weight, habit * (1.0 - share), p.habit_weight, 0.0,
            p.wait_weight,
        )
        for constant in (service.constant_phone, service.constant_counter)
    )  # fmt: skip
    return access * aware * rules.chance_online(online, phone, counter), completes
