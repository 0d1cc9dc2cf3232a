"""Breach: data of residents are lost or stolen, and people hear of it.

Everyone loses a share of the trust she has, at once, and gains it back slowly: alarm fades, sooner
where the council is open about threats (`security_transparency`), and trust reverts to what it was.
Lower trust means fewer who choose the online channel at their next need. Without `per_year` it
happens once, in its first week; with it, every week of the calendar may have one, by a draw that is
the same in every plan, so that what prevents some prevents a part of the same ones.

A breach takes nothing down and costs nothing here: if services are down as well, that is an
`outage`. It matters little where trust weighs little in the choice. How much trust a breach costs
is an assumption: studies of customers find a clear loss, larger where it is owned up to late
(Muzatko and Bansal 2023), but measure on scales of their own.
"""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from takeup.programme.chances import either
from takeup.programme.levers import Levers, Observed
from takeup.programme.shock import Incident
from takeup.programme.target import Addressed


class Breach(Incident):
    """Data are breached, once or again and again."""

    AUDIENCE: ClassVar[Addressed] = "place"

    kind: Literal["breach"] = "breach"
    trust_loss: float = Field(0.15, ge=0, le=0.6, description="share of trust that is lost at once")

    def describe(self) -> str:
        often = "" if self.per_year is None else f", {self.per_year:g} a year by chance"
        return f"breach, costs {100 * self.trust_loss:.3g} % of trust{often}"

    def act(self, week: int, observed: Observed, levers: Levers) -> None:
        """Alarm everyone if a breach happens this week."""
        if self.happens(week, observed):
            levers.incidents += 1.0
            loss = self.trust_loss * (1.0 - observed.mitigated)
            levers.alarm = either(levers.alarm, loss)
