"""The oracle of the tests with Mesa's own generator: the model as an ordinary Mesa program.

One plain Python object an agent, activated with `shuffle_do` every week, on the same world,
equations, programme and counters as the kernels. Draws by address would cost an interpreted Philox
each, which no user of Mesa pays: here they are the next numbers of `random.Random`. So it equals
the kernels in no bit, only in what it describes; `ordinary_take_up` of `speed.py` says how well.

It is written to be checked, not to be fast: it counts KPIs by group, takes stock of every resident
every week, as the kernels' results want it, and rounds levels to 32 bits as they do. A Mesa program
that keeps fewer books is faster: ratios to this one are at the upper end.
"""

from __future__ import annotations

import sys
from pathlib import Path

from takeup.kpis import CITIZEN, Counters
from takeup.model.world.world import World
from takeup.scenario.schema.scenario import Scenario

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from oracle.ordinary import Council


class PlainCouncil(Council):
    """A council that takes its draws from the generator of its Mesa model."""

    def __init__(self, plan: Scenario, world: World, rng: int = 0) -> None:
        self.lasting: dict[tuple[int, int, int, int, int], list[float]] = {}
        super().__init__(plan, world, rng)

    def draws(
        self, agent: int, stream: int, code: int = 0, event: int = 0, when: int | None = None
    ) -> list[float]:
        """Return the next four uniforms, kept if they are to last longer than a week."""
        random = self.random.random
        drawn = [random(), random(), random(), random()]
        if when is None:
            return drawn
        return self.lasting.setdefault((agent, stream, code, event, when), drawn)

    def mark(self, branch: str) -> None:
        """Note nothing: only the tests ask which branches were visited."""


def take_up(counters: Counters, weeks: int) -> float:
    """Return the share of transactions of the last weeks that were online."""
    counted = counters.service[-weeks:].sum(axis=(0, 1))
    online, every = CITIZEN.index("transactions_online"), CITIZEN.index("transactions")
    return float(counted[online] / counted[every])
