"""Taking a resident or a post out of a run that is under way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from takeup.kpis import STOCK, YEAR
from takeup.model.week import rules
from takeup.model.week.records import GONE, NEVER
from takeup.model.week.staff import tell_colleagues

if TYPE_CHECKING:
    from takeup.model.run.simulation import Simulation


def move_away(simulation: Simulation, row: int) -> None:
    """Let a resident have no further needs, and be seen and counted no more."""
    state, world = simulation.state, simulation.world
    resident = state.citizens[row]
    if resident["week"] == GONE:
        return
    now = simulation.week + world.warm_up
    stocks = {
        "citizens": 1,
        "adopters": int(resident["online_week"] > NEVER),
        "in_need": int(resident["week"] >= 0 and resident["week"] >= now - YEAR),
        "trust": rules.fixed(float(resident["trust"])),
        "participants": int(state.took_part[row] != NEVER),
    }
    person = world.citizens[row]
    for name, amount in stocks.items():
        state.stock_profile[person["profile"], STOCK.index(name)] -= amount
        state.stock_ward[person["ward"], STOCK.index(name)] -= amount
    resident["week"] = GONE
    resident["online_week"] = NEVER
    state.took_part[row] = NEVER
    count = len(state.services)
    for service, byte in enumerate(state.published[row * count : (row + 1) * count].tolist()):
        if byte:
            state.seen[service] -= (1, byte - 1)
    state.published[row * count : (row + 1) * count] = 0


def vacate(simulation: Simulation, row: int) -> None:
    """Let a post stay vacant for the rest of the run."""
    holder = simulation.state.staff[row]
    if holder["adopted"]:
        tell_colleagues(row, -1, simulation.stage.workforce)
    holder["adopted"] = 0
    holder["vacant"] = 1
