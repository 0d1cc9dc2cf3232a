"""What is allowed in a scenario but improbable, and what was probably meant.

Figures that come from a spreadsheet are often wrong by a thousand, by the weeks of a year or by a
hundred, or stand in each other's place. Nothing here is an error: a real place may be odd. So the
bounds are wide, and judge figures by each other rather than by themselves, in whatever currency.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from math import fsum, log, prod
from statistics import median_low
from typing import Any, NamedTuple

from takeup.evidence import PARAMETERS, Parameter
from takeup.programme import Event, Intervention
from takeup.programme.segments import AGES
from takeup.scenario.estimates import (
    audience_of,
    full_time_staff_needed,
    programme_costs,
    residents_addressed,
    staff_addressed,
)
from takeup.scenario.goals import BY_NAME
from takeup.scenario.lines import key_lines
from takeup.scenario.problems import Layer
from takeup.scenario.schema import Department, Scenario, Service
from takeup.scenario.text import percent

MOST_SHOWN = 10
"""Doubts that are shown of a scenario; of the others it is said how many there are."""

_YEAR = 52


class Doubt(NamedTuple):
    """Something improbable.

    Attributes:
        key: dotted key of the value, or of the table.
        text: what it is, why that is improbable, and what was probably meant.
    """

    key: str
    text: str

    def __str__(self) -> str:
        return f"{self.key}: {self.text}"


def doubts(scenario: Scenario, layers: Sequence[Layer] = ()) -> list[str]:
    """Return a sentence for everything improbable, one for a key at most, in order of the schema.

    Args:
        scenario: what is looked at.
        layers: the files that it was read from, for figures that TOML reads in another way than
            a spreadsheet; see `takeup.scenario.load.Source`.
    """
    found: dict[str, Doubt] = {}
    for doubt in (*_written(scenario, layers), *_all(scenario)):
        found.setdefault(doubt.key, doubt)
    return [str(doubt) for doubt in found.values()]


def first_of(sentences: Sequence[str]) -> list[str]:
    """Return the first sentences, and how many more there are."""
    more = len(sentences) - MOST_SHOWN
    return [*sentences[:MOST_SHOWN], *([f"and {more} more"] if more > 0 else [])]


def _all(scenario: Scenario) -> Iterator[Doubt]:
    for part in (
        _run, _residents, _ages, _people, _prices, _departments, _hourly_costs, _services,
        _events, _sizes, _costs, _goals, _parameters,
    ):  # fmt: skip
        yield from part(scenario)


# ---------------------------------------------------------------- as it is written

_THOUSANDS = re.compile(r"\s*=\s*(\d{1,3}(?:\.\d{3}))(?![\d_.eE])")
_LARGE = ("yearly_volume", "fixed_cost", "weekly_cost", "weekly_fee", "seats", "sessions", "places")
"""Keys of figures that are often thousands and hardly ever have three decimals."""


def _written(scenario: Scenario, layers: Sequence[Layer]) -> Iterator[Doubt]:
    """A point that stands before thousands, as in `620.000`."""
    data = scenario.model_dump()
    for layer in layers:
        lines = layer.text.split("\n")
        for path, number in key_lines(layer.text).items():
            key = str(path[-1])
            if key not in _LARGE or not all(isinstance(part, str) for part in path):
                continue
            stated = re.search(rf"\b{key}{_THOUSANDS.pattern}", lines[number - 1])
            if stated and _value(data, path) == float(stated[1]) >= 1:
                value, meant = float(stated[1]), stated[1].replace(".", "_")
                yield Doubt(
                    ".".join(map(str, path)),
                    f"{stated[1]} is {value:g} in TOML, where a point stands before decimals; "
                    f"write {meant} if thousands are meant",
                )


def _value(data: Any, path: Sequence[str | int]) -> Any:
    for part in path:
        data = data.get(part) if isinstance(data, Mapping) else None
    return data


# ---------------------------------------------------------------- run and place


def _run(scenario: Scenario) -> Iterator[Doubt]:
    run = scenario.run
    if run.warm_up > 5 * _YEAR:
        yield Doubt(
            "run.warm_up",
            f"{run.warm_up} weeks before the start are {run.warm_up / _YEAR:.3g} years, of which "
            "nothing is shown; a year or two are enough",
        )
    if run.discount_rate > 0.15:
        yield Doubt(
            "run.discount_rate",
            f"{percent(run.discount_rate)} a year is far more than public bodies use; is "
            f"{run.discount_rate / 10:.3g} meant?",
        )


_MOST_NEEDS, _FEWEST_NEEDS = 30.0, 0.001
"""Needs a year of one service for each resident, beyond which a figure is doubted."""

_MOST_OF_ALL, _FEWEST_OF_ALL = 40.0, 0.02
"""The same of all services together."""


def _residents(scenario: Scenario) -> Iterator[Doubt]:
    """Residents against the volume of services and against staff."""
    residents = scenario.place.residents
    volume = fsum(service.yearly_volume for service in scenario.services.values())
    staff = sum(department.staff for department in scenario.departments.values())
    each = volume / residents
    meant = f"in thousands? Then write {residents}_000" if residents < 20_000 else "too small?"
    if each > _MOST_OF_ALL:
        yield Doubt(
            "place.residents",
            f"{residents:,} residents with {volume:,.0f} needs a year are {each:,.0f} each, and a "
            f"few a year are usual; is it {meant}",
        )
    elif staff > residents / 4:
        yield Doubt(
            "place.residents",
            f"{staff:,} members of staff for {residents:,} residents are far more than usual; is "
            f"it {meant}",
        )
    if each < _FEWEST_OF_ALL:
        yield Doubt(
            "services",
            f"{volume:,.0f} needs a year of all services are {each:.2g} for each of {residents:,} "
            "residents, and a few are usual; are volumes in thousands, or of a week?",
        )


def _ages(scenario: Scenario) -> Iterator[Doubt]:
    """Ages of wards against those of the place."""
    place = scenario.place
    mean = {age: fsum(w.share * (w.age or place.age)[age] for w in place.wards) for age in AGES}  # type: ignore[index]
    # Where some wards have no ages of their own, the place's are those of the others.
    bound = 0.02 if all(ward.age for ward in place.wards) else 0.04
    worst = max(AGES, key=lambda age: abs(mean[age] - place.age[age]))  # type: ignore[index]
    stated = place.age[worst]  # type: ignore[index]
    if abs(mean[worst] - stated) > bound:
        yield Doubt(
            "place.age",
            f"says that {percent(stated)} are {worst}, and the wards together have "
            f"{percent(mean[worst])}, which is what counts; do the ages of wards belong to this "
            "place, and are they in the right order?",
        )
    if any(place.age[age] > 0.6 for age in place.age):
        most = max(place.age, key=lambda age: place.age[age])
        yield Doubt("place.age", f"{percent(place.age[most])} of residents are {most}")


_SLACK = 0.1
"""By how much a share may go against what is usual with age."""


def _people(scenario: Scenario) -> Iterator[Doubt]:
    place = scenario.place
    for key, shares, falls in (
        ("access", place.access, True),
        ("skill", place.skill, True),
        ("support_need", place.support_need, False),
    ):
        by_age: dict[str, float] = {age: shares[age] for age in AGES}  # type: ignore[index]
        for young, old in combinations(AGES, 2):
            change = by_age[old] - by_age[young]
            if (change if falls else -change) > _SLACK + 1e-9:
                yield Doubt(
                    f"place.{key}",
                    f"{'rises' if falls else 'falls'} with age, from {percent(by_age[young])} at "
                    f"{young} to {percent(by_age[old])} at {old}; usually it "
                    f"{'falls' if falls else 'rises'}; are the age bands in the right order?",
                )
                break
        if falls and max(by_age.values()) < 0.2:
            most = max(by_age.values())
            yield Doubt(
                f"place.{key}",
                f"is at most {percent(most)} at any age; shares go from 0 to 1, so that 85 % is "
                "0.85",
            )
    above = [age for age in place.skill if place.skill[age] > place.access[age] + _SLACK + 1e-9]
    if above:
        age = above[0]
        yield Doubt(
            "place.skill",
            f"{percent(place.skill[age])} at {age} have basic digital skills, and only "
            f"{percent(place.access[age])} online access; are access and skill swapped?",
        )
    if not 0.1 < place.trust < 0.9:
        yield Doubt(
            "place.trust",
            f"a mean trust of {place.trust:g} is rare (surveys: 0.3 to 0.8); it goes from 0 to 1",
        )


# ---------------------------------------------------------------- money of contacts and hours


def _prices(scenario: Scenario) -> Iterator[Doubt]:
    """List prices against each other, and against the staff time that contacts take."""
    prices = scenario.place.prices
    if prices.online > max(prices.phone, prices.counter) > 0.0:
        yield Doubt(
            "place.prices.online",
            f"a web visit ({prices.online:g}) costs more than a call ({prices.phone:g}) and a "
            f"visit to the counter ({prices.counter:g}); are the prices in the right order?",
        )
    elif prices.phone > 3.0 * prices.counter > 0.0:
        yield Doubt(
            "place.prices.phone",
            f"a call ({prices.phone:g}) costs far more than a visit to the counter "
            f"({prices.counter:g}); are they swapped?",
        )
    if prices.phone == 0.0:
        return
    hours = prices.phone / _usual_hour(scenario)
    if not _FEWEST_HOURS <= hours <= _MOST_HOURS:
        time = f"{hours:,.3g} hours" if hours > 1.0 else f"{3600 * hours:.2g} seconds"
        yield Doubt(
            "place.prices",
            f"a call is listed at {prices.phone:g}, which is what {time} of staff time cost; are "
            f"prices and hourly_cost both in {scenario.place.currency}? (Prices that are left out "
            "are those of Socitm 2012, in GBP.)",
        )


_FEWEST_HOURS, _MOST_HOURS = 0.005, 3.0
"""Hours of staff time, 18 seconds to 3 hours, that a call may be listed at."""

_UNITS: Mapping[str, float] = {
    **dict.fromkeys(("USD", "EUR", "GBP", "CHF", "CAD", "AUD", "NZD", "SGD"), 1.0),
    **dict.fromkeys(("BGN", "BAM", "GEL", "ILS", "MYR", "PEN", "PLN", "RON", "BRL"), 4.0),
    **dict.fromkeys(("CNY", "DKK", "NOK", "SEK", "HKD"), 8.0),
    **dict.fromkeys(("CZK", "MXN", "TWD", "ZAR", "TRY", "THB"), 25.0),
    **dict.fromkeys(("INR", "PHP", "ISK", "JPY", "RUB", "RSD"), 110.0),
    **dict.fromkeys(("HUF", "CLP", "KRW"), 800.0),
    **dict.fromkeys(("COP", "IDR", "VND"), 12_000.0),
}
"""About how many of a currency go to a dollar, for orders of magnitude; others are not judged."""

_LEAST_HOUR, _MOST_HOUR = 0.5, 250.0
"""Dollars that an hour of a council's staff may cost, anywhere."""


def _hourly_costs(scenario: Scenario) -> Iterator[Doubt]:
    """Hourly costs against each other, and against what an hour costs in the currency."""
    currency, usual = scenario.place.currency, _usual_hour(scenario)
    for name, department in scenario.departments.items():
        cost = department.hourly_cost
        differs = not 0.2 <= cost / usual <= 5.0
        if differs or not _likely(cost, currency):
            why = f"is {_money(cost)} {currency}"
            if differs:
                why += f", and {_money(usual)} in other departments"
            yield Doubt(f"departments.{name}.hourly_cost", why + _meant(cost, usual, currency))


def _likely(cost: float, currency: str) -> bool:
    """Return whether an hour may cost so much; of a currency that is not known, anything."""
    unit = _UNITS.get(currency)
    return unit is None or _LEAST_HOUR * unit <= cost <= _MOST_HOUR * unit


def _usual_hour(scenario: Scenario) -> float:
    """Return what an hour costs in most departments, of those where it is likely."""
    costs = [department.hourly_cost for department in scenario.departments.values()]
    likely = [cost for cost in costs if _likely(cost, scenario.place.currency)]
    return median_low(likely or costs)


def _meant(cost: float, usual: float, currency: str) -> str:
    """Say what a cost of an hour may be instead: of a year, of a month, in hundredths."""
    typical = usual if _likely(usual, currency) else 25.0 * _UNITS[currency]
    factor, what = min(_INSTEAD, key=lambda entry: abs(log(cost / entry[0] / typical)))
    if 1 / 3 < cost / factor / typical < 3.0:
        return f"; is it {what}: about {_money(cost / factor)}"
    return "; it is the cost of one hour of one member of staff"


_PAID_HOURS = 1_640.0
"""Working hours that a year's pay is for."""

_INSTEAD = (
    (_PAID_HOURS, "a year's pay? As an hour"),
    (_PAID_HOURS / 12, "a month's pay? As an hour"),
    (7.4, "a day's pay? As an hour"),
    (100.0, "in hundredths? In whole units"),
    (0.01, "in hundreds? In whole units"),
)
"""What a cost of an hour may be instead, and by what to divide it."""


def _money(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


# ---------------------------------------------------------------- departments


def _departments(scenario: Scenario) -> Iterator[Doubt]:
    owners = {service.department for service in scenario.services.values()}
    idle = [name for name in scenario.departments if name not in owners]
    if idle:
        verb = "own" if len(idle) > 1 else "owns"
        yield Doubt(
            "departments",
            f"{', '.join(idle)} {verb} none of the services, so that nothing goes online there; "
            "is the `department` of a service another one?",
        )
    needed = full_time_staff_needed(scenario)
    for name, department in scenario.departments.items():
        where = f"departments.{name}"
        yield from _capacity(scenario, name, department, needed[name])
        if not 15.0 <= department.weekly_hours <= 45.0:
            meant = "; is it of a day?" if department.weekly_hours < 10.0 else ""
            yield Doubt(
                f"{where}.weekly_hours",
                f"{department.weekly_hours:g} productive hours a week of a member of staff, where "
                f"25 to 38 are usual{meant}",
            )
        if department.managers > 0.4:
            yield Doubt(
                f"{where}.managers",
                f"{percent(department.managers)} of staff manage others; is "
                f"{_tenth(department.managers)} meant?",
            )
        for key in ("resistance", "adopted"):
            share = getattr(department, key)
            if share > 0.95:
                yield Doubt(f"{where}.{key}", f"{percent(share)}, so that it is true of all staff")


def _tenth(share: float) -> str:
    return f"{share / 10:.3g}"


def _capacity(
    scenario: Scenario, name: str, department: Department, needed: float
) -> Iterator[Doubt]:
    """Staff against the work of their services."""
    if needed > department.staff:
        yield Doubt(
            f"departments.{name}.staff",
            f"{name} needs {needed:,.0f} full-time staff and has {department.staff:,}: queues will "
            "grow without end; are volumes of a year and minutes of one case?",
        )
        return
    share = department.handles_share
    at_most = needed * scenario.parameter_values()["target_utilisation"]
    if share is not None and at_most > department.staff * share:
        yield Doubt(
            f"departments.{name}.handles_share",
            f"{percent(share)} of {department.staff:,} staff are {department.staff * share:,.3g}, "
            f"and the services need {at_most:,.3g}: queues will grow without end; leave it out, "
            "and it is as much as they need",
        )


# ---------------------------------------------------------------- services


def _services(scenario: Scenario) -> Iterator[Doubt]:
    volume = fsum(service.yearly_volume for service in scenario.services.values())
    doubtful = volume / scenario.place.residents > _MOST_OF_ALL  # of the residents, then
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


# ---------------------------------------------------------------- programme and shocks


def _events(scenario: Scenario) -> Iterator[Doubt]:
    run, longer = scenario.run, []
    after = [
        f"services.{name}.go_live"
        for name, service in scenario.services.items()
        if service.go_live not in (None, "never") and scenario.go_live_week(name) >= run.weeks
    ]
    tables: tuple[tuple[str, Mapping[str, Event]], ...] = (
        ("programme", scenario.programme),
        ("shocks", scenario.shocks),
    )
    for part, events in tables:
        for name, event in events.items():
            if not event.enabled:
                continue
            if event.weeks is not None and event.weeks > run.weeks:
                longer.append(f"{part}.{name}.weeks")
            if part == "shocks" and getattr(event, "factor", 1.0) > 5.0:
                yield Doubt(
                    f"{part}.{name}.factor",
                    f"{event.factor:g} times the usual needs; a surge by half is 1.5",  # type: ignore[attr-defined]
                )
            if part == "shocks" and (getattr(event, "per_year", None) or 0.0) > 12.0:
                yield Doubt(
                    f"{part}.{name}.per_year",
                    f"{event.per_year:g} a year is more than one a month; is it of ten years?",  # type: ignore[attr-defined]
                )

    ends = f"the end of the run ({run.weeks} weeks, to {scenario.date_of(run.weeks)})"
    for keys, text in (
        (after, f"after {ends}, so that only what hurries it puts it online; is the year right?"),
        (longer, f"longer than the run of {run.weeks} weeks; are they days?"),
    ):
        if keys:
            yield Doubt(", ".join(keys), text)


_TEAM = 20
"""People so few that they may all take part every week."""

_A_WEEK = ("seats", "sessions", "places")
"""Fields that say how many people take part in a week."""

_HOURS = ("hours", "staff_hours")
"""Fields of working hours in the whole place, of kinds that have no seats."""


def _sizes(scenario: Scenario) -> Iterator[Doubt]:
    """Doses against the people whom they address."""
    for name, item in scenario.programme.items():
        first, after = scenario.weeks_of(item)
        if not item.enabled or after == first:
            continue
        where = f"programme.{name}"
        staff = staff_addressed(scenario, item)
        members = fsum(staff.values())
        residents = audience_of(item) == "residents"
        people = residents_addressed(scenario, item) if residents else members
        for key in _A_WEEK:
            yield from _seats(item, where, key, people, residents, after - first)
        if item.kind == "champions":
            yield from _champions(item, where, members)
        elif item.kind not in ("training", "digital_agency", "engagement", "tailored_support"):
            available = fsum(staff[key] * scenario.departments[key].weekly_hours for key in staff)
            key = next((k for k in _HOURS if getattr(item, k, 0.0) > 0.0), "hours")
            hours = item.expected_weekly_hours(members)
            if hours > available / 4:
                yield Doubt(
                    f"{where}.{key}",
                    f"takes {hours:,.0f} hours a week of the {available:,.0f} that those addressed "
                    "work; are they of a year, or of all staff?",
                )


def _seats(
    item: Intervention, where: str, key: str, people: float, residents: bool, weeks: int
) -> Iterator[Doubt]:
    """Seats, sessions and places are of a week, and not of all weeks."""
    number = getattr(item, key, 0.0)
    whom = "residents" if residents else "staff"
    if not number or people <= 0.0:
        return
    at_once = number > people + _TEAM
    often = number > 0.15 * people and number * weeks > 1.5 * people and people > _TEAM
    if at_once or often:
        once = people / weeks
        yield Doubt(
            f"{where}.{key}",
            f"{number:,.6g} {key} are of one week, and {number * weeks:,.6g} in its {weeks} weeks, "
            f"for {people:,.0f} {whom}; for one each write about {_money(once)}",
        )


def _champions(item: Any, where: str, members: float) -> Iterator[Doubt]:
    if item.share > 0.3:
        yield Doubt(
            f"{where}.share",
            f"{percent(item.share)} of staff as champions; usual are 2 to 10 %; is "
            f"{_tenth(item.share)} meant?",
        )
    elif 0.0 < item.share * members < 0.5:
        yield Doubt(
            f"{where}.share",
            f"{percent(item.share)} of {members:,.0f} staff are less than one champion; 5 % is "
            "0.05",
        )
    if item.hours > 10.0:
        yield Doubt(
            f"{where}.hours",
            f"{item.hours:g} hours a week of each champion; is it of all, or of a month?",
        )


def _costs(scenario: Scenario) -> Iterator[Doubt]:
    """Costs against the pay of the staff: none at all, or more than is likely."""
    costs = programme_costs(scenario)
    hourly = _usual_hour(scenario)
    pay = fsum(d.staff * d.weekly_hours * d.hourly_cost for d in scenario.departments.values())
    for key in costs:
        item, where = scenario.programme[key], f"programme.{key}"
        for field, most in (("seat_cost", 200.0), ("session_cost", 100.0)):
            price = getattr(item, field, 0.0)
            if price > most * hourly:
                yield Doubt(
                    f"{where}.{field}",
                    f"{price:,.0f} is what {price / hourly:,.0f} hours of staff cost; it is the "
                    f"price of one {field.removesuffix('_cost')}, not of all",
                )
        for field in ("weekly_cost", "weekly_fee"):
            price = getattr(item, field, 0.0)
            if price > pay / 4:
                yield Doubt(
                    f"{where}.{field}",
                    f"{price:,.0f} a week is {percent(price / pay)} of what all staff cost in a "
                    f"week; is it of a year? As a week: {price / _YEAR:,.0f}",
                )
        run = pay * scenario.run.weeks
        if item.fixed_cost > run / 4:
            yield Doubt(
                f"{where}.fixed_cost",
                f"{item.fixed_cost:,.0f} is {percent(item.fixed_cost / run)} of what all staff "
                "cost in the whole run; is it in whole units of the currency?",
            )
    free = [
        key
        for key, cost in costs.items()
        if cost.total == 0.0 and scenario.programme[key].dose > 0.0 and _runs(scenario, key)
    ]
    if free:
        verb = "cost" if len(free) > 1 else "costs"
        yield Doubt(
            "programme",
            f"{', '.join(free)} {verb} nothing, neither money nor staff hours; is that meant? "
            "Costs are stated by fixed_cost, weekly_cost, prices and hours",
        )


def _runs(scenario: Scenario, key: str) -> bool:
    first, after = scenario.weeks_of(scenario.programme[key])
    return first < after


# ---------------------------------------------------------------- goals and parameters


_NEVER_NONE = ("currency", "contacts", "weeks", "staff hours", "share a year")
"""Units of KPIs that no programme makes 0."""


def _goals(scenario: Scenario) -> Iterator[Doubt]:
    for name, goal in scenario.goals.items():
        where, kpi = f"goals.{name}.target", BY_NAME[goal.kpi]
        now = _today(scenario, goal.kpi, goal.group)
        if kpi.unit == "share" and kpi.better == 1 and goal.target >= 0.99:
            yield Doubt(
                where,
                f"{percent(goal.target)} is beyond the reach of any programme; a share of 1 is "
                "everyone",
            )
        elif goal.target == 0.0 and kpi.unit in _NEVER_NONE:
            yield Doubt(where, f"{kpi.title} of 0 is beyond the reach of any programme")
        elif now is not None and kpi.better == 1 and goal.target <= now:
            yield Doubt(
                where,
                f"{percent(goal.target)} is met at the start already, so that nothing is asked of "
                "the programme",
            )
        elif 0.0 < goal.target < 0.01 and kpi.unit == "share" and kpi.better == 1:
            yield Doubt(
                where, f"{percent(goal.target)} is hardly any; shares go from 0 to 1: 42 % is 0.42"
            )


def _today(scenario: Scenario, kpi: str, group: str) -> float | None:
    """Return what the scenario itself says of a KPI at the start, if it does."""
    family, _, label = group.partition(":")
    if kpi == "trust" and group == "all":
        return scenario.place.trust - _SLACK  # to keep trust as it is asks something too
    if kpi == "digital_take_up" and family in ("all", "service"):
        return _mean(
            (s.yearly_volume, s.take_up if s.go_live is None else 0.0)
            for key, s in scenario.services.items()
            if family == "all" or key == label
        )
    if kpi == "staff_adoption" and family in ("all", "department"):
        return _mean(
            (d.staff, d.adopted)
            for key, d in scenario.departments.items()
            if family == "all" or key == label
        )
    return None


def _mean(weighted: Iterator[tuple[float, float]]) -> float | None:
    pairs = list(weighted)
    total = fsum(weight for weight, _ in pairs)
    return fsum(map(prod, pairs)) / total if total else None


def _parameters(scenario: Scenario) -> Iterator[Doubt]:
    outside = [
        f"{name} = {value:g} ({PARAMETERS[name].low:g} to {PARAMETERS[name].high:g})"
        for name, value in scenario.parameters.items()
        if _far_outside(value, PARAMETERS[name])
    ]
    if outside:
        yield Doubt("parameters", f"far outside of what is plausible: {', '.join(outside)}")


def _far_outside(value: float, parameter: Parameter) -> bool:
    """Return whether a value lies further outside of the range than that is wide."""
    width = parameter.high - parameter.low
    return not parameter.low - width <= value <= parameter.high + width
