"""A place where everyone is alike, so that the model can be compared with textbook limits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from examples import by_age
from takeup.kpis import CITIZEN, DEPARTMENT, SERVICE, STOCK, Counters
from takeup.model.run.simulation import Simulation
from takeup.scenario.schema.scenario import Scenario

NO_LEARNING: dict[str, float] = dict.fromkeys(
    ("experience_learning", "trust_learning", "skill_learning", "habit_learning"), 0.0
)
"""Experience teaches nothing: expectation, trust, skill and habit stay as they are."""

ONLY_CONSTANT: dict[str, float] = dict.fromkeys(
    (
        "expectation_weight", "influence_weight", "trust_weight", "habit_weight",
        "innovativeness_weight", "age_weight", "message_weight", "wait_weight",
    ),
    0.0,
)  # fmt: skip
"""Nothing weighs in the choice of a channel but the channels' constants."""

STILL_STAFF: dict[str, float] = dict.fromkeys(
    (
        "staff_talk", "staff_forgetting", "desire_rate", "peer_learning", "knowledge_forgetting",
        "practice", "ability_forgetting", "break_in", "recognition", "reinforcement_fading",
        "adoption_base", "adoption_slope_product", "adoption_slope_ces", "relapse", "turnover",
    ),
    0.0,
)  # fmt: skip
"""Staff neither learn nor forget, adopt nor relapse, and nobody leaves."""

_TABLES: tuple[tuple[tuple[str, ...], str], ...] = (
    (CITIZEN, "service"),
    (STOCK, "stock_ward"),
    (SERVICE, "work"),
    (DEPARTMENT, "staff"),
)


def plain_scenario(
    residents: int,
    weekly_need: float,
    *,
    place: Mapping[str, Any] | None = None,
    department: Mapping[str, Any] | None = None,
    service: Mapping[str, Any] | None = None,
    **tables: Mapping[str, Any],
) -> Scenario:
    """Return one ward, one department and one service; residents of one age, able and connected.

    All are simulated and everyone meets everyone. The service is as easy as can be, and nothing
    moves take-up from outside.

    Args:
        residents: number of residents.
        weekly_need: chance that a resident needs the service in a week.
        place: fields of the place that differ.
        department: fields of the department that differ.
        service: fields of the service that differ.
        **tables: other tables of the scenario that differ: run, network, parameters …
    """
    everyone = by_age(*[1.0] * 7)
    run = {"weeks": 100, "sample": "all", **tables.pop("run", {})}
    return Scenario.model_validate(
        {
            "name": "plain",
            "run": run,
            "network": {"kind": "well_mixed"},
            "place": {
                "name": "Plainfield",
                "residents": residents,
                "age": by_age(0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0),
                "access": everyone,
                "skill": everyone,
                "support_need": by_age(*[0.0] * 7),
                "trend": "none",
                "wards": ({"name": "Plainfield", "share": 1.0},),
                **(place or {}),
            },
            "departments": {"office": {"name": "Office", "staff": 100, **(department or {})}},
            "services": {
                "permit": {
                    "name": "Permit",
                    "department": "office",
                    "yearly_volume": 52.0 * weekly_need * residents,
                    "usability": 1.0,
                    "complexity": 0.0,
                    "availability": 1.0,
                    "minutes": {"digital": 20.0, "rekeying": 20.0, "phone": 20.0, "counter": 20.0},
                    **(service or {}),
                }
            },
            **tables,
        }
    )


def with_constant(plan: Scenario, constant: float, replicate: int = 0) -> Simulation:
    """Return a run at week 0 whose services have a constant and no reach, whatever is expected."""
    simulation = Simulation(plan, replicate)
    services = simulation.state.services
    services["constant_online"] = constant
    services["reach"] = services["own_reach"] = 0.0
    return simulation


def series(counters: Counters, name: str) -> npt.NDArray[np.int64]:
    """Return a counter of the place as a whole by week, (weeks,)."""
    for names, table in _TABLES:
        if name in names:
            total: npt.NDArray[np.int64] = getattr(counters, table)[..., names.index(name)].sum(1)
            return total
    raise KeyError(name)
