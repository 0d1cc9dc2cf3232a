"""Counter closure: nobody can come to the counter, as in a lockdown.

While it lasts those who would have come must phone or go online. Who has access and hears of the
online service tries it, learns it and forms a habit, and part of that stays when the counters open
again: e-government use in Italian regions sat on a plateau for years and jumped with a shock (2011
to 2021). The others phone, so the same shock lengthens the queues on the telephone, and where the
online service is unknown, poor or not there at all it makes nobody digital. Residents without
access and with support needs bear it most. It moves nothing for services that nobody brings to a
counter.
"""

from __future__ import annotations

from typing import ClassVar, Literal

from takeup.programme.levers import Levers, Observed
from takeup.programme.shock import Shock
from takeup.programme.target import Addressed


class CounterClosure(Shock):
    """The counters of services are closed."""

    AUDIENCE: ClassVar[Addressed] = "services"

    kind: Literal["counter_closure"] = "counter_closure"

    def describe(self) -> str:
        return "counter closure: nobody can come in"

    def act(self, week: int, observed: Observed, levers: Levers) -> None:
        """Close the counters of the services it hits."""
        levers.service_closed[self.target.services_mask(observed.segments)] = 1.0
