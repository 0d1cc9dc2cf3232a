"""The run, and who lives in the place: as many, as old and as skilled as elsewhere?"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from math import fsum

from takeup.kpis import YEAR
from takeup.programme.segments import AGES
from takeup.scenario.check.plausible.doubt import MOST_OF_ALL, SLACK, Doubt
from takeup.scenario.schema.scenario import Scenario
from takeup.scenario.schema.text import percent


def run(scenario: Scenario) -> Iterator[Doubt]:
    """A warm-up or a discount rate that nobody uses."""
    run = scenario.run
    if run.warm_up > 5 * YEAR:
        yield Doubt(
            "run.warm_up",
            f"{run.warm_up} weeks before the start are {run.warm_up / YEAR:.3g} years, of which "
            "nothing is shown; a year or two are enough",
        )
    if run.discount_rate > 0.15:
        yield Doubt(
            "run.discount_rate",
            f"{percent(run.discount_rate)} a year is far more than public bodies use; is "
            f"{run.discount_rate / 10:.3g} meant?",
        )


_FEWEST_OF_ALL = 0.02
"""Needs a year of all services together for each resident, below which volumes are doubted."""


def residents(scenario: Scenario) -> Iterator[Doubt]:
    """Residents against the volume of services and against staff."""
    residents = scenario.place.residents
    volume = fsum(service.yearly_volume for service in scenario.services.values())
    staff = sum(department.staff for department in scenario.departments.values())
    each = volume / residents
    meant = f"in thousands? Then write {residents}_000" if residents < 20_000 else "too small?"
    if each > MOST_OF_ALL:
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


def ages(scenario: Scenario) -> Iterator[Doubt]:
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


def people(scenario: Scenario) -> Iterator[Doubt]:
    """Access, skill and support need by age, and trust."""
    place = scenario.place
    for key, shares, falls in (
        ("access", place.access, True),
        ("skill", place.skill, True),
        ("support_need", place.support_need, False),
    ):
        by_age: dict[str, float] = {age: shares[age] for age in AGES}  # type: ignore[index]
        for young, old in combinations(AGES, 2):
            change = by_age[old] - by_age[young]
            if (change if falls else -change) > SLACK + 1e-9:
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
    above = [age for age in place.skill if place.skill[age] > place.access[age] + SLACK + 1e-9]
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
