"""What a plan changes of services and departments, from its date on.

The beginning of a run is that of the facts alone; what was inferred from them stays.
"""

from __future__ import annotations

import numpy as np

from takeup.model.run.start import offer
from takeup.model.run.state import State
from takeup.scenario.schema.scenario import Scenario


def change(scenario: Scenario, state: State) -> None:
    """Let what a scenario changes of its facts hold from this week on.

    How easy a service is moves by the difference: what a programme has improved by then stays.

    Args:
        scenario: with what it changes.
        state: services and departments are written.
    """
    today = scenario.root()
    for record, before, after in zip(
        state.services, today.services.values(), scenario.services.values(), strict=True
    ):
        for field in ("usability", "own_usability"):
            moved = record[field] + (after.usability - before.usability)
            record[field] = min(1.0, max(0.0, moved))
    offer(state.services, scenario)
    hours = np.array([department.weekly_hours for department in scenario.departments.values()])
    state.departments["minutes"] = hours * 60.0


def plan(scenario: Scenario, state: State) -> None:
    """Let services go online when a scenario plans it, and staff cost what it says.

    Neither touches the beginning, which counts no costs.
    """
    pay = np.array([department.hourly_cost for department in scenario.departments.values()])
    state.departments["minute_cost"] = pay / 60.0
    state.services["planned"] = np.array([scenario.planned_week(k) for k in scenario.services])
