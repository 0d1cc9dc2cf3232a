"""What residents would do if they needed a service now.

Weighed as the model weighs a need of that week (`model.weighing`), with its draws, campaigns and
helpers, but nothing is chosen and nobody learns from it. A test holds it to the model's choices.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from takeup.kpis import YEAR
from takeup.model.run.simulation import Simulation
from takeup.model.week import rules
from takeup.model.week.attempts import online_prospect
from takeup.model.week.bundles import (
    Community,
    Council,
    Messages,
    Now,
    Stories,
)
from takeup.model.week.compiled import Array, kernel, step
from takeup.model.week.records import GONE
from takeup.model.week.weighing import (
    NEVER_CHOSEN,
    Need,
    acquaintances_using,
    campaigns_reach,
    expectation_by_now,
    means_of,
    mind_by_now,
    need_of,
    offline_weighed,
    online_weighed,
    preference,
    reaches_online,
)

LEANING = np.dtype(
    [
        ("able", "u1"),  # 1: has what it takes, and would more likely finish than fail
        ("online", "<f8"),  # utilities of the channels
        ("phone", "<f8"),
        ("counter", "<f8"),
    ]
)
"""What a resident who knows that a service is online would do if it were needed now."""


def leanings(simulation: Simulation, week: int) -> npt.NDArray[np.void]:
    """Return what residents would do about services that are online and needed in the last year.

    Args:
        simulation: a run under way; it is not changed.
        week: the week of the calendar in which the needs would arise.

    Returns:
        LEANING, (residents × services,); zero where a service is offline or was not needed.
    """
    stage = simulation.stage
    lean = np.zeros(len(simulation.state.uses), LEANING)
    _lean_all(
        stage.now._replace(week=week), stage.residents, stage.stories, stage.messages,
        stage.council, simulation.levers.cells, lean,
    )  # fmt: skip
    return lean


@kernel
def _lean_all(
    now: Now, residents: Community, stories: Stories, messages: Messages, council: Council,
    cells: Array, lean: Array,
) -> None:  # fmt: skip
    """Fill in LEANING; arguments as of `meet_needs`."""
    for i in range(len(residents.states)):
        if residents.states[i].week == GONE:
            continue
        for k in range(len(council.services)):
            need = need_of(i, k, residents, council)
            if need.offer.live and need.use.week > now.week - YEAR:
                _lean(now, need, residents, stories, messages, council, cells, lean[need.row])


@step
def _lean(
    now: Now, need: Need, residents: Community, stories: Stories, messages: Messages,
    council: Council, cells: Array, lean: Array,
) -> None:  # fmt: skip
    """Weigh one need."""
    p = council.parameters[0]
    mind = mind_by_now(now, need, council, messages.lessons)
    means = means_of(now, p, need, mind.skill, reaches_online(now, need), cells)
    lean.online = NEVER_CHOSEN
    if means.reaches:
        _, completes = online_prospect(p, need, means.able)
        if completes >= 0.5 and (means.assisted or mind.skill >= p.assisted_below):
            lean.able = 1
        users, share, told = acquaintances_using(need, residents, stories)
        _, reminded = campaigns_reach(now, need, messages)
        lean.online = online_weighed(
            p, need, preference(need), expectation_by_now(p, need, users, told), share,
            rules.trust_felt(mind.trust, council.place[0].alarm), mind.habit, reminded,
            means.assisted,
        )  # fmt: skip
    lean.phone, lean.counter = offline_weighed(p, need, need.department.wait, mind.offline_habit)
