"""Who stands where: attempts ranked by goals under the budget."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import fsum

from takeup.view.session.records import Attempt

MET = 0.5
"""Share of runs from which on a goal counts as met."""

RULE = (
    "Attempts within their budget come first. Then what counts is the number of goals met (a goal "
    "counts as met if at least half of the runs meet it), then the mean chance of all goals, then "
    "the lower cost."
)
"""How attempts are ranked, in words."""

NO_GOALS = "This council has no goals, so nothing is ranked; the latest comes first."


def goals_met(attempt: Attempt) -> int:
    """Return how many goals at least half of the runs meet."""
    return sum((goal.chance or 0.0) >= MET for goal in attempt.goals)


def mean_chance(attempt: Attempt) -> float:
    """Return the mean chance of the goals; 0 if there are none."""
    chances = [goal.chance or 0.0 for goal in attempt.goals]
    return fsum(chances) / len(chances) if chances else 0.0


def ranked(
    attempts: Iterable[Attempt], fingerprint: str | None = None
) -> list[tuple[int | None, Attempt]]:
    """Return attempts on one council with their ranks, the best first.

    Equals share a rank, and the earlier stands first. Without goals nothing has a rank and the
    latest stands first. Attempts on the council as it was before its file changed come last and
    have none.

    Args:
        attempts: on the council.
        fingerprint: of the council as it is; None if it is not offered any more.
    """
    there = sorted(attempts, key=lambda attempt: attempt.number)
    if fingerprint is not None:
        now = [attempt for attempt in there if attempt.fingerprint == fingerprint]
        before = [attempt for attempt in there if attempt.fingerprint != fingerprint]
        return [*ranked(now), *((None, attempt) for attempt in reversed(before))]
    if not any(attempt.goals for attempt in there):
        return [(None, attempt) for attempt in reversed(there)]
    there.sort(key=_standing)
    standings = [_standing(attempt) for attempt in there]
    return [(standings.index(_standing(attempt)) + 1, attempt) for attempt in there]


def by_council(attempts: Sequence[Attempt]) -> dict[str, list[Attempt]]:
    """Return attempts by the key of their council, in the order in which councils came up."""
    found: dict[str, list[Attempt]] = {}
    for attempt in attempts:
        found.setdefault(attempt.council, []).append(attempt)
    return found


def _standing(attempt: Attempt) -> tuple[bool, int, float, float]:
    """Return what attempts are ordered by, the better the lower."""
    cost = round(attempt.cost, 2)
    return not attempt.within, -goals_met(attempt), -round(mean_chance(attempt), 9), cost
