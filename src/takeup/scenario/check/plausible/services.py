"""Services: volume, minutes, dates, and shares."""

from __future__ import annotations

from collections.abc import Iterator
from math import fsum

from takeup.scenario.check.plausible.doubt import MOST_OF_ALL, Doubt
from takeup.scenario.schema.scenario import Scenario, Service
from takeup.scenario.schema.text import percent

_MOST_NEEDS, _FEWEST_NEEDS = 30.0, 0.001
"""Needs a year of one service for each resident, beyond which a figure is doubted."""


def services(scenario: Scenario) -> Iterator[Doubt]:
    """Volume, minutes and quality of every service."""
    volume = fsum(service.yearly_volume for service in scenario.services.values())
    doubtful = volume / scenario.place.residents > MOST_OF_ALL  # of the residents, then
    for name, service in scenario.services.items():
        where = f"services.{name}"
        if not doubtful:
            yield from _volume(scenario, where, service)
        yield from _minutes(where, service)
        yield from _quality(scenario, where, name, service)
        large = {age: need for age, need in service.by_age.items() if need > 20}
        if large:
            age, need = next(iter(large.items()))
            yield Doubt(
                f"{where}.by_age",
                f"{need:g} times the usual need at {age}; it is relative, 1 being usual, and not a "
                "number of needs or per cent",
            )


def _volume(scenario: Scenario, where: str, service: Service) -> Iterator[Doubt]:
    volume, residents = service.yearly_volume, scenario.place.residents
    each = volume / residents
    if each < _FEWEST_NEEDS:
        meant = ""
        if volume < 1_000:
            meant = (
                f"; {volume:.3f} is {volume:g} in TOML, write {volume * 1000:_.0f} if thousands "
                "are meant"
            )
        yield Doubt(
            f"{where}.yearly_volume",
            f"{volume:,.4g} needs a year among {residents:,} residents are one for every "
            f"{1 / each:,.0f}{meant}",
        )
    elif each > _MOST_NEEDS:
        yield Doubt(
            f"{where}.yearly_volume",
            f"{volume:,.0f} needs a year are {each:.0f} for each of {residents:,} residents; is it "
            "of several years, or are residents too few?",
        )


def _minutes(where: str, service: Service) -> Iterator[Doubt]:
    m = service.minutes
    shown = (
        f"digital {m.digital:g}, rekeying {m.rekeying:g}, phone {m.phone:g}, counter {m.counter:g}"
    )
    by_staff = 1.0 - service.straight_through  # only the harder online cases may need staff
    swapped = (
        m.digital > 1.1 * m.rekeying
        or m.digital * by_staff > 1.1 * min(m.phone, m.counter)
        or m.rekeying * by_staff > 1.5 * max(m.phone, m.counter)
        or m.phone > 1.5 * m.counter
    )
    each = (m.digital, m.rekeying, m.phone, m.counter)
    if min(m.phone, m.counter) < 1.0 or min(each) < 0.2:
        yield Doubt(
            f"{where}.minutes",
            f"{shown}: seconds of staff time for a case; are they hours? 0.25 hours are 15 minutes",
        )
    elif max(each) >= 600.0:
        hours = max(each) / 60.0
        yield Doubt(
            f"{where}.minutes",
            f"{shown}: {hours:.3g} hours of staff time for a case; are they seconds, or of many "
            "cases?",
        )
    elif swapped:
        yield Doubt(
            f"{where}.minutes",
            f"{shown}: usually digital takes least, then rekeying, phone and counter; are they in "
            "another order?",
        )


def _quality(scenario: Scenario, where: str, name: str, service: Service) -> Iterator[Doubt]:
    if service.go_live is None:
        access = _with_access(scenario, service)
        if service.take_up > access > 0.2:
            yield Doubt(
                f"{where}.take_up",
                f"{percent(service.take_up)} online today, and only {percent(access)} of its users "
                "have access",
            )
        elif service.take_up < 0.01:
            yield Doubt(
                f"{where}.take_up",
                f"{percent(service.take_up)} online today; shares go from 0 to 1, so that 42 % is "
                "0.42",
            )
    elif scenario.go_live_week(name) == 0:
        yield Doubt(
            f"{where}.go_live",
            f"{service.go_live} is the first week of the run; if it is online already, leave "
            "go_live out and state its take_up",
        )
    for key, low, high, meant in (
        ("availability", 0.8, 1.0, "share of the time it works, about 0.995"),
        ("usability", 0.3, 1.0, "ease for a skilled user, usually 0.6 to 0.9"),
        ("complexity", 0.0, 0.95, "ease lost without skill, usually 0.2 to 0.7"),
        ("straight_through", 0.0, 0.98, "share of online cases that need no staff at all"),
    ):
        value = getattr(service, key)
        if not low <= value <= high:
            yield Doubt(f"{where}.{key}", f"{value:g} is improbable: {meant}")


def _with_access(scenario: Scenario, service: Service) -> float:
    """Return the share of a service's needs that come from people with access."""
    place = scenario.place
    weights = {age: place.age[age] * service.by_age.get(age, 1.0) for age in place.age}
    total = fsum(weights.values())
    if total == 0.0:
        return 1.0
    return fsum(weights[age] * place.access[age] for age in weights) / total
