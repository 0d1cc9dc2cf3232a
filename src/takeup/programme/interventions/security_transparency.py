"""Security transparency: the council shares threat data as they come, as the LA Cyber Lab does.

Residents, firms and other councils learn of attacks while they can still do something about them.
Two things follow. Protection builds up slowly: fewer incidents (`breach`, `outage`) happen and
those that do are milder. And people who are used to plain words about threats calm down sooner
after one, since it is owned up to at once (a breach that is announced late costs more trust:
Muzatko and Bansal 2023).

It does not persuade. The direct effect of transparency on trust is subdued and sometimes negative
(Grimmelikhuijsen et al. 2013), so here it is nil, but for the first week, in which the news that
there are threats at all alarms some (`worry`). A place without incidents pays for it and gets that
alarm only. It does nothing against outages or losses of trust that are nobody's attack, except as
far as the scenario calls them incidents. What the Los Angeles platform achieved has not been
measured to our knowledge: strengths are assumptions, and protection and calm are parameters of the
model.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import expm1
from typing import Any, ClassVar, Literal

from pydantic import Field

from takeup.programme.chances import either
from takeup.programme.context import Context
from takeup.programme.hold import Hold
from takeup.programme.intervention import Intervention
from takeup.programme.levers import Levers, Observed
from takeup.programme.limits import Dose
from takeup.programme.target import Addressed
from takeup.programme.words import Name, Words


class SecurityTransparency(Intervention):
    """Threat data are shared with residents and firms."""

    AUDIENCE: ClassVar[Addressed] = "place"
    MEMORYLESS: ClassVar[bool] = False  # it worries people in its first week

    WORDS: ClassVar[Words] = Words(
        "Openness about security",
        "Threats are shared with residents and firms: fewer and milder incidents, some worry.",
        "Services",
    )
    NAMES: ClassVar[Mapping[str, Name]] = {"worry": Name("Trust that the first news costs")}

    kind: Literal["security_transparency"] = "security_transparency"
    intensity: Dose = Field(
        1.0, description="1 is a platform that many use and that is kept up to date"
    )
    worry: float = Field(
        0.01, ge=0, le=0.05, description="share of trust that the first news of threats costs"
    )

    @classmethod
    def starting(cls, context: Context) -> dict[str, Any]:
        return {
            "start": context.monday(8),
            "fixed_cost": context.money(60_000, context.larger),
            "weekly_cost": context.money(1_000, context.larger**0.5),
        }

    def describe(self) -> str:
        return f"security transparency, intensity {self.intensity:g}"

    def holds(self, week: int) -> Hold:
        """Return that every week after the first is like the others."""
        return Hold()

    def act(self, week: int, observed: Observed, levers: Levers) -> None:
        """Protect and calm; in the first week, worry."""
        levers.protection += self.intensity
        levers.calming += self.intensity
        if week == 0:
            levers.alarm = either(levers.alarm, -self.worry * expm1(-self.intensity))
        self.pay(week, levers)
