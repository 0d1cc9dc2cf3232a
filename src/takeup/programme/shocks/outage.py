"""Outage: online services are down for a part of the week.

Who tries to use the service while it is down fails, and mostly calls instead. That is a bad
experience like any other: it lowers expectation and trust, colleagues and neighbours hear of it,
and it loads the telephones just then. Phone and counter go on working.

Without `per_year` it is one outage, which lasts as long as the calendar says, a week if that says
nothing. With `per_year` every week of the calendar may have one, by a draw that is the same in
every plan. Shared threat data (`security_transparency`) prevent some outages and shorten others, as
far as those are attacks; the model's parameters say how far.

It matters little where few use the services online, and not at all while they are not online.
Frequency and length are up to the scenario: no general figures are known to us.
"""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from takeup.programme.chances import either
from takeup.programme.levers import Levers, Observed
from takeup.programme.limits import MOST_WEEKS, Share
from takeup.programme.shock import Incident
from takeup.programme.target import Addressed


class Outage(Incident):
    """Online services are down, once or again and again."""

    AUDIENCE: ClassVar[Addressed] = "services"
    NEEDS_ONLINE: ClassVar[bool] = True

    kind: Literal["outage"] = "outage"
    weeks: int | None = Field(
        None,
        ge=1,
        le=MOST_WEEKS,
        description="how many weeks it lasts; left out: one or, with `per_year`, outages come by "
        "chance to the end of the run",
    )
    severity: Share = Field(0.8, description="share of the week that services are down")

    def describe(self) -> str:
        often = "" if self.per_year is None else f", {self.per_year:g} a year by chance"
        return f"outage, {100 * self.severity:.3g} % of the week{often}"

    def act(self, week: int, observed: Observed, levers: Levers) -> None:
        """Take the services down if an outage happens, or goes on, this week."""
        down = self.happens(week, observed)
        if down:
            levers.incidents += 1.0
        if self.per_year is None and (self.weeks is not None or self.until is not None):
            # A single outage that was not prevented goes on for as long as its calendar says.
            if week == 0:
                observed.memory[self] = down
            down = observed.memory[self]
        if down:
            share = self.severity * (1.0 - observed.mitigated)
            hit = self.target.services_mask(observed.segments) * share
            levers.service_outage[:] = either(levers.service_outage, hit)
