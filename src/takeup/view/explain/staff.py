"""Where staff stand: who works the new way, and what blocks the others."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from takeup.model.run.simulation import Simulation
from takeup.model.week import rules
from takeup.model.week.compiled import Array, kernel, real

IntArray = npt.NDArray[np.int64]

STANDINGS = ("awareness", "desire", "knowledge", "ability", "ready", "slipping", "firm")
"""Where a member of staff stands: the first four and `ready` have not adopted, and the first four
name the ADKAR element that blocks them; nothing that adopting asks for is missing in `ready`. Who
has adopted is `slipping` while reinforcement is too weak to hold it, else `firm`."""
_READY, _SLIPPING, _FIRM = (
    STANDINGS.index("ready"), STANDINGS.index("slipping"), STANDINGS.index("firm"),
)  # fmt: skip


def standings(simulation: Simulation) -> IntArray:
    """Return posts by where their holders stand, (departments, STANDINGS)."""
    world = simulation.world
    table = np.zeros((len(world.segments.departments), len(STANDINGS)), np.int64)
    _stand(simulation.parameters, world.posts, simulation.state.staff, table)
    return table


@kernel
def _stand(parameters: Array, posts: Array, staff: Array, table: Array) -> None:
    """Count posts by department and by where their holders stand."""
    threshold = parameters[0].barrier_threshold
    for j in range(len(staff)):
        person = staff[j]
        if person.vacant:
            continue
        if person.adopted:
            standing = _SLIPPING if real(person.reinforcement) < threshold else _FIRM
        else:
            first = rules.barrier(
                real(person.awareness), real(person.desire), real(person.knowledge),
                real(person.ability), real(person.reinforcement), threshold,
            )  # fmt: skip
            standing = min(first, _READY)
        table[posts[j].department, standing] += 1
