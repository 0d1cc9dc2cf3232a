"""Demand surge: residents need some services more often, as after a storm or a new entitlement.

Needs of these services are multiplied by `factor` while it runs. Queues grow where there was little
room, delays make bad stories, and those who have not yet been in need meet the service for the
first time. Where there is room it means only more transactions at the same shares: a surge as such
makes nobody choose the online channel. After it the needs are what they were, the queues not at
once.
"""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from takeup.programme.levers import Levers, Observed
from takeup.programme.shock import Shock
from takeup.programme.target import Addressed


class DemandSurge(Shock):
    """Services are needed more often than usual."""

    ADDRESSED: ClassVar[Addressed] = "services"

    kind: Literal["demand_surge"] = "demand_surge"
    factor: float = Field(
        1.5, ge=1, le=10, description="needs while it runs, as a multiple of the usual"
    )

    def describe(self) -> str:
        """Return what happens in a few plain words."""
        return f"demand surge, {self.factor:g} times the needs"

    def act(self, week: int, observed: Observed, levers: Levers) -> None:
        """Move no lever: it acts on the world.

        Who needs what in which week is drawn before the first week, the same for every plan, and a
        surge is part of that calendar; in the week itself there is nothing left to do.
        """
