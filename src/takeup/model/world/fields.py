"""Whole columns of addressed draws, for the parts of the world that NumPy makes."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from takeup.model.week.compiled import kernel
from takeup.model.week.draws import philox, uniform

Floats = npt.NDArray[np.float64]


@kernel
def uniforms(count: int, stream: int, event: int, seed: int, replicate: int) -> Floats:
    """Return one block of four uniforms for each of the agents 0 … count − 1.

    Args:
        count: number of agents.
        stream: what the draws are for, a constant of `takeup.model.week.draws`.
        event: number of the block, for agents that need more than one.
        seed: seed of the run.
        replicate: number of the replicate.

    Returns:
        Uniforms in (0, 1), shape (count, 4); row i has the address (i, 0, stream, event).
    """
    field = np.empty((count, 4))
    for agent in range(count):
        a, b, c, d = philox(agent, 0, stream, event, seed, replicate)
        field[agent, 0] = uniform(a)
        field[agent, 1] = uniform(b)
        field[agent, 2] = uniform(c)
        field[agent, 3] = uniform(d)
    return field


@kernel
def uniforms_of(
    agents: npt.NDArray[np.int64], stream: int, event: int, seed: int, replicate: int
) -> Floats:
    """Return one uniform for each of the given agents, shape (agents,); else as `uniforms`."""
    field = np.empty(len(agents))
    for row in range(len(agents)):
        first, _, _, _ = philox(agents[row], 0, stream, event, seed, replicate)
        field[row] = uniform(first)
    return field
