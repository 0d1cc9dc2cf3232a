"""Leadership change: who stood behind the change leaves, and the place stays empty for a while.

In its first week the departments lose what sponsorship had built up, but for the part that is
carried over (`continuity`: a deputy takes on, it was written down, the successor was part of it).
While it runs there is nobody to sponsor: leaders' efforts come to nothing, so messages to staff
weigh less, desire drifts down and what was achieved is less held up. Afterwards sponsorship builds
again, at the pace of the model, if the programme still has any. Where there was no sponsorship
there is none to lose and the shock moves nothing. Size of the effect: assumption.
"""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from takeup.programme.levers import Levers, Observed
from takeup.programme.limits import Share
from takeup.programme.shock import Shock
from takeup.programme.target import Addressed


class LeadershipChange(Shock):
    """Sponsors leave, and their place is empty while it runs."""

    AUDIENCE: ClassVar[Addressed] = "departments"

    kind: Literal["leadership_change"] = "leadership_change"
    continuity: Share = Field(
        0.3, description="share of the sponsorship built up that is carried over"
    )

    def describe(self) -> str:
        return f"leadership change, {100 * self.continuity:.3g} % carried over"

    def act(self, week: int, observed: Observed, levers: Levers) -> None:
        """Leave the place empty, and lose in the first week what is not carried over."""
        hit = self.target.departments_mask(observed.segments).astype(np.float64)
        np.maximum(levers.department_vacancy, hit, out=levers.department_vacancy)
        if week == 0:
            lost = hit * (1.0 - self.continuity)
            np.maximum(levers.department_turnover, lost, out=levers.department_turnover)
