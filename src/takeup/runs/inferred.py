"""What is inferred from a scenario's facts so that today's figures last: for those who check it."""

from __future__ import annotations

from math import exp
from typing import Any, NamedTuple

from takeup.kpis import YEAR
from takeup.model.run.rest import MOST_LEVEL, level_of
from takeup.model.run.simulation import Simulation
from takeup.scenario.schema.scenario import Scenario

SAMPLE = 2_000
"""Residents on whom it is inferred, for a quick look."""


class Preference(NamedTuple):
    """What a service's stated take-up says.

    Attributes:
        take_up: stated share of its transactions that are online.
        constant: by how much people prefer it online to phone and counter, log-odds.
        reach: share of what is missing otherwise that helpers, or having no other way, make up for.
        lasts: whether constant and reach can explain the stated take-up at all.
    """

    take_up: float
    constant: float
    reach: float
    lasts: bool


class Inferred(NamedTuple):
    """What is inferred, at the parameters' defaults.

    Attributes:
        services: by id, of those that are online today.
        support: by department, share of those who have not adopted whom everyday support brings to
            the new way of working in a year.
    """

    services: dict[str, Preference]
    support: dict[str, float]


def inferred(scenario: Scenario) -> Inferred:
    """Infer what a scenario's facts say of today: see `Inferred`.

    Raises:
        InputError: the edge list of the network cannot be used.
    """
    today = scenario.root()
    run: dict[str, Any] = {"weeks": 1}
    if today.network.kind != "edge_list":  # which is of so many residents
        run["sample"] = min(SAMPLE, today.simulated())
    nothing: dict[str, Any] = {"programme": {}, "shocks": {}, "goals": {}}
    small = today.model_copy(update={"run": today.run.model_copy(update=run), **nothing})
    state = Simulation(small).state
    services = {
        name: Preference(
            service.take_up,
            float(record["constant_online"]),
            float(record["reach"]),
            level_of(record) < MOST_LEVEL,
        )
        for (name, service), record in zip(today.services.items(), state.services, strict=True)
        if record["live"]
    }
    support = {
        name: 1.0 - exp(-YEAR * float(record["support"]))
        for name, record in zip(today.departments, state.departments, strict=True)
    }
    return Inferred(services, support)
