"""What results need to know of a scenario."""

from __future__ import annotations

import hashlib

from takeup.model.world.world import world_key
from takeup.programme.segments import ACCESSES, AGES, INCOMES, SUPPORTS, profile_table
from takeup.results.info import GoalInfo, Mark, RunInfo
from takeup.scenario.schema.fitted import digest_of
from takeup.scenario.schema.scenario import Scenario


def run_info(scenario: Scenario, name: str | None = None) -> RunInfo:
    """Describe a scenario for its results.

    Args:
        scenario: the scenario.
        name: what results call it; left out: its own name.
    """
    departments = tuple(scenario.departments)
    codes = profile_table()
    return RunInfo(
        scenario=name or scenario.name,
        start=scenario.run.start,
        weeks=scenario.run.weeks,
        weight=scenario.place.residents / scenario.simulated(),
        currency=scenario.place.currency,
        profiles={
            "age": (AGES, codes["age"]),
            "income": (INCOMES, codes["income"]),
            "access": (ACCESSES, codes["access"]),
            "support": (SUPPORTS, codes["support"]),
        },
        wards=tuple(ward.name for ward in scenario.place.wards),
        services=tuple(scenario.services),
        departments=departments,
        owner=tuple(
            departments.index(service.department) for service in scenario.services.values()
        ),
        seed=scenario.run.seed,
        world=_world(scenario),
        marks=marks_of(scenario),
        goals=tuple(
            GoalInfo(name, g.kpi, g.target, g.sign, g.group, scenario.due_week(g))
            for name, g in scenario.goals.items()
        ),
        service_names={key: service.name for key, service in scenario.services.items()},
        discount_rate=scenario.run.discount_rate,
    )


def _world(scenario: Scenario) -> str:
    """Return what tells residents, needs and draws apart; replicates of equal ones are pairs."""
    world, posterior = world_key(scenario, 0, with_surges=False), digest_of(scenario)
    return hashlib.sha256(f"{world} {posterior}".encode()).hexdigest() if posterior else world


def marks_of(scenario: Scenario) -> tuple[Mark, ...]:
    """Return the planned go-lives, interventions and shocks within the run, by first week."""
    weeks = scenario.run.weeks
    marks: list[Mark] = []
    for key, service in scenario.services.items():
        week = scenario.go_live_week(key)
        if 0 <= week < weeks:
            marks.append(Mark("go-live", service.name, week, week, key))
    for key, intervention in scenario.programme.items():
        first, last = scenario.weeks_of(intervention)
        if intervention.enabled and first < last:
            marks.append(Mark("intervention", key, first, last))
    for key, shock in scenario.shocks.items():
        first, last = scenario.weeks_of(shock)
        if shock.enabled and first < last:
            marks.append(Mark("shock", key, first, last))
    return tuple(sorted(marks, key=lambda mark: (mark.first, mark.kind, mark.name)))
