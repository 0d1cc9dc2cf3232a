"""Where residents stop on the way to a service online.

Read off the state of a run. For every service that a resident needed in the last year it is asked
what would happen if the need arose in the week just ended, but the channel is chosen at even odds,
so that "would choose it" means "more likely than not".
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from takeup.kpis import YEAR, Family
from takeup.model.run.simulation import Simulation
from takeup.model.week import rules
from takeup.model.week.attempts import ONLINE
from takeup.model.week.compiled import Array, kernel
from takeup.model.week.records import GONE, NEVER
from takeup.programme.segments import ACCESSES, AGES, INCOMES
from takeup.scenario.schema.scenario import Scenario
from takeup.view.explain.leanings import leanings

IntArray = npt.NDArray[np.int64]

STEPS = ("needed", "offered", "aware", "able", "willing", "using")
"""Steps of the funnel; who takes one has taken all before it. Of a service or of any of them:

needed: had a need for it in the last 52 weeks. offered: it is online. aware: knew so at the last
need. able: has a device, a connection and the skill above which people go online well alone
(`assisted_below`), or a free helper, and would complete an attempt more likely than not. willing:
would choose it over phone and counter more likely than not. using: transacted online in the last 52
weeks; for a single service, tried it. Whoever is using has evidently taken all steps, whatever was
forgotten since.
"""
NEEDED, OFFERED, AWARE, ABLE, WILLING, USING = range(len(STEPS))
NOT_NEEDED = -1

FUNNEL_FAMILIES: tuple[Family, ...] = ("all", "age", "income", "access", "ward", "service")


def groups(scenario: Scenario) -> tuple[str, ...]:
    """Return the rows of `funnel`: groups of residents as results name them, and `service:ID`."""
    labels = {
        "age": AGES,
        "income": INCOMES,
        "access": ACCESSES,
        "ward": tuple(ward.name for ward in scenario.place.wards),
        "service": tuple(scenario.services),
    }
    return (
        "all",
        *(f"{family}:{label}" for family in FUNNEL_FAMILIES[1:] for label in labels[family]),
    )


def funnel(simulation: Simulation) -> IntArray:
    """Return who takes each step, (groups, STEPS)."""
    world = simulation.world
    rows = depths(simulation)
    people = world.citizens[:-1]
    of_person = rows.max(axis=1)
    of_person[simulation.state.citizens["online_week"] > NEVER] = USING
    # Of a service, the model remembers for a year who tried it online, not who got it done.
    tried = simulation.state.published.reshape(rows.shape) > 0
    rows[tried] = USING
    codes = world.segments.profiles
    profile = people["profile"]
    found = [_taken(of_person)]
    for family, labels in (("age", AGES), ("income", INCOMES), ("access", ACCESSES)):
        code = codes[family][profile]
        found += [_taken(of_person[code == label]) for label in range(len(labels))]
    found += [
        _taken(of_person[people["ward"] == ward]) for ward in range(len(world.segments.wards))
    ]
    found += [_taken(column) for column in rows.T]
    return np.array(found)


def _taken(depth: npt.NDArray[np.int8]) -> IntArray:
    """Return how many take each step, (STEPS,), from the last step that each takes."""
    return np.array([int((depth >= step).sum()) for step in range(len(STEPS))])


def depths(simulation: Simulation) -> npt.NDArray[np.int8]:
    """Return the last step short of using that residents take, (residents, services).

    NOT_NEEDED where there was no need in the last 52 weeks.
    """
    world, state = simulation.world, simulation.state
    now = simulation.week + world.warm_up - 1
    lean = leanings(simulation, now)
    rows = np.empty(len(state.uses), np.int8)
    _last_steps(now, len(state.services), state.services, state.citizens, state.uses, lean, rows)
    return rows.reshape(len(state.citizens), len(state.services))


@kernel
def _last_steps(
    now: int,
    service_count: int,
    services: Array,
    citizens: Array,
    uses: Array,
    lean: Array,
    rows: Array,
) -> None:
    """Fill in the last step of every resident and service at the end of a week: see `depths`."""
    for row in range(len(uses)):
        use = uses[row]
        rows[row] = NOT_NEEDED
        if citizens[row // service_count].week == GONE or use.week < 0 or use.week <= now - YEAR:
            continue
        rows[row] = NEEDED
        if not services[row % service_count].live:
            continue
        rows[row] = OFFERED
        if use.aware == 0:
            continue
        rows[row] = AWARE
        mind = lean[row]
        if mind.able == 0:
            continue
        rows[row] = ABLE
        if rules.channel(0.5, mind.online, mind.phone, mind.counter) == ONLINE:
            rows[row] = WILLING
