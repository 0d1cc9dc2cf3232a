"""Budget cut: the programme gets less money than was planned.

While it runs every intervention is paid for, and done, at what is left: dose and weekly cost shrink
by the same share, so half the money buys half the seats. Two cuts at once multiply. What is spread
thin may do less than half, since doses saturate and some things come in lumps; that is up to the
interventions. Staff and services are not cut: this is about the programme, and without one it moves
nothing.
"""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from takeup.programme.levers import Levers, Observed
from takeup.programme.limits import Share
from takeup.programme.shock import Shock
from takeup.programme.target import Addressed


class BudgetCut(Shock):
    """A share of the programme is no longer paid for."""

    AUDIENCE: ClassVar[Addressed] = "place"

    kind: Literal["budget_cut"] = "budget_cut"
    share: Share = Field(0.2, description="share of the programme that is cut")

    @property
    def reprices(self) -> bool:
        """It changes what every intervention costs."""
        return True

    def describe(self) -> str:
        return f"budget cut of {100 * self.share:.3g} % of the programme"

    def act(self, week: int, observed: Observed, levers: Levers) -> None:
        """Lower what is paid for."""
        levers.funding *= 1.0 - self.share
