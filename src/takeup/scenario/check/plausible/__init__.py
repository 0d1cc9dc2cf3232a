"""What is allowed in a scenario but improbable, and what was probably meant.

Figures that come from a spreadsheet are often wrong by a thousand, by the weeks of a year or by a
hundred, or stand in each other's place. Nothing here is an error: a real place may be odd. So the
bounds are wide, and judge figures by each other rather than by themselves, in whatever currency.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from takeup.programme.plain import table
from takeup.scenario.check.plausible import (
    goals,
    money,
    place,
    programme,
    services,
    staff,
)
from takeup.scenario.check.plausible.doubt import Doubt
from takeup.scenario.check.plausible.written import written
from takeup.scenario.read.problems import Layer
from takeup.scenario.schema.scenario import Run, Scenario

MOST_SHOWN = 10
"""Doubts that are shown of a scenario; of the others it is said how many there are."""


def doubts(
    scenario: Scenario, layers: Sequence[Layer] = (), changes: Sequence[str] = ()
) -> list[str]:
    """Return a sentence for everything improbable, one for a key at most, in order of the schema.

    Args:
        scenario: what is looked at.
        layers: the files that it was read from, for figures that TOML reads in another way than
            a spreadsheet; see `takeup.scenario.read.load.Source`.
        changes: what was changed on the command line, likewise.
    """
    found: dict[str, Doubt] = {}
    for doubt in (*written(scenario, layers, changes), *_all(_as_planned(scenario, layers))):
        found.setdefault(doubt.key, doubt)
    return [str(doubt) for doubt in found.values()]


def _as_planned(scenario: Scenario, layers: Sequence[Layer]) -> Scenario:
    """Return it with as many weeks as its files have: who cuts a run short leaves out the rest."""
    run = scenario.run
    stated = [weeks for x in layers if type(weeks := table(x.data, "run").get("weeks")) is int]
    planned = stated[-1] if stated else Run.model_fields["weeks"].default if layers else run.weeks
    if planned <= run.weeks:
        return scenario
    return scenario.model_copy(update={"run": run.model_copy(update={"weeks": planned})})


def first_of(sentences: Sequence[str]) -> list[str]:
    """Return the first sentences, and how many more there are."""
    more = len(sentences) - MOST_SHOWN
    return [*sentences[:MOST_SHOWN], *([f"and {more} more"] if more > 0 else [])]


def _all(scenario: Scenario) -> Iterator[Doubt]:
    for part in (
        place.run, place.residents, place.ages, place.people, money.prices, staff.departments,
        money.hourly_costs, services.services, programme.events, programme.sizes, programme.costs,
        goals.goals, goals.parameters,
    ):  # fmt: skip
        yield from part(scenario)
