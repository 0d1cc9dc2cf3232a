"""Quick win: a simple service is brought forward, and its success is shown.

`lead` weeks after its start the named service goes online, whatever its plan says. From then on,
while it runs, the council tells how well that went: staff of all departments see that the new way
works, which raises their desire, and residents hear how users fared, which moves what they expect
of online services. News ages, with half its weight gone after a quarter of a year.

What is shown is what there is: the success of those who used it online of late. A service that is
poor, slow or not used has none, and then nothing is shown; brought forward too early it does harm
like any launch of a poor service, with failures, calls and a dip in the department that owns it.
One that is online already is not launched again, only shown. With `publicity = 0` there is no quick
win at all: the service stays on its plan, so that no dose means no effect. To bring a service
forward without telling anyone, change its `go_live`. Strength and half-life: assumptions.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import exp, log
from typing import Any, ClassVar, Literal

import numpy as np
from pydantic import Field

from takeup.programme.context import Context
from takeup.programme.event import duration, too_late
from takeup.programme.hold import Hold
from takeup.programme.intervention import Intervention, burden
from takeup.programme.levers import Levers, Observed
from takeup.programme.limits import Dose
from takeup.programme.owners import owning_staff
from takeup.programme.plain import Problem, Table, nearest_id, table, week
from takeup.programme.target import Addressed
from takeup.programme.words import Name, Words

HALF_LIFE = 13.0
"""Weeks after which news of a success weighs half."""

_LEAD = 6


class QuickWin(Intervention):
    """One service is launched early, and what it achieves is told."""

    AUDIENCE: ClassVar[Addressed] = "services"
    DOSE: ClassVar[str] = "publicity"
    MEMORYLESS: ClassVar[bool] = False  # it prepares, launches, and its news ages

    WORDS: ClassVar[Words] = Words(
        "A quick win",
        "One simple service goes online early, and its success is shown to staff and residents.",
        "Services",
    )
    NAMES: ClassVar[Mapping[str, Name]] = {
        "service": Name("The service", names="services"),
        "publicity": Name("How much is made of it", "1 = ordinary"),
        "lead": Name("Time to get it ready", "weeks"),
    }

    kind: Literal["quick_win"] = "quick_win"
    service: str = Field(description="the service that is brought forward, by its id")
    publicity: Dose = Field(
        1.0, description="how much is made of it; 0: it is not brought forward either"
    )
    lead: int = Field(_LEAD, ge=0, le=104, description="weeks from its start to the launch")

    @classmethod
    def inconsistencies(cls, fields: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        yield from super().inconsistencies(fields)
        target = fields.get("target")
        if isinstance(target, Mapping) and target.get("services"):
            yield "target.services", "does not apply here; name the one service in `service`"
        lead, weeks = fields.get("lead", _LEAD), duration(fields)
        if type(lead) is int and weeks is not None and weeks <= lead:
            yield (
                "lead",
                f"must be less than the weeks for which it runs ({weeks}), not {lead}, or the "
                "service is never brought forward",
            )

    @classmethod
    def problems(cls, fields: Table, scenario: Table) -> Iterator[Problem]:
        """Yield where it cannot launch the service: see `Event.problems`."""
        name, lead, services = fields.get("service"), fields["lead"], table(scenario, "services")
        if type(lead) is int:
            yield from too_late(fields, scenario, "lead", lead + 1, "launched")
        if not isinstance(name, str):
            return
        if name not in services:
            text = f'names a service that does not exist, "{name}"'
            yield Problem(("service",), text + nearest_id(name, services))
            return
        if not isinstance(services[name], Mapping) or fields["enabled"] is False:
            return
        planned = services[name].get("go_live")
        if planned is None:
            yield Problem(
                ("service",),
                f"names {name}, which is online already; name one that is still to go online",
            )
        start = table(scenario, "run").get("start")
        first, live = week(fields["start"], start), week(planned, start)
        if (
            first is not None
            and live is not None
            and type(lead) is int
            and 0 <= live < first + lead
        ):
            yield Problem(
                ("service",),
                f"names {name}, which goes online as planned in week {live} of the run, before "
                f"this would launch it (week {first + lead}); start earlier or shorten `lead`",
            )

    @classmethod
    def target_keys(cls, addressed: str) -> tuple[str, ...]:
        """Return no key: it names the one service that it is about."""
        return ()

    @classmethod
    def starting(cls, context: Context) -> dict[str, Any] | None:
        """Bring the simplest service forward by a quarter of its wait; None if there is none."""
        lead, half = 6, context.weeks // 2  # when one comes that otherwise never would
        coming = {
            key: int(service.week) if service.week < context.weeks else half
            for key, service in context.services.items()
            if service.week >= 0
        }
        coming = {key: week for key, week in coming.items() if week > lead}
        if not coming:
            return None
        name = min(coming, key=lambda key: (context.services[key].complexity, coming[key]))
        weeks = coming[name]
        return {
            "service": name,
            "start": context.monday(max(0, weeks - weeks // 4 - lead - 1)),
            "lead": lead,
            "fixed_cost": context.money(10_000, context.larger**0.5),
        }

    @property
    def about(self) -> tuple[str, ...]:
        """The one service."""
        return (self.service,)

    @property
    def brings_forward(self) -> bool:
        return self.publicity > 0.0

    def hurries(self, service: str, planned: float) -> bool:
        """Return whether it makes a service go online, even one that never would."""
        return self.brings_forward and service == self.service

    def describe(self) -> str:
        return f"quick win: {self.service} online after {self.lead} weeks and shown"

    def holds(self, week: int) -> Hold | None:
        """Return that preparing is the same every week; what is shown is not."""
        return Hold(until=self.lead) if week < self.lead else None

    def act(self, week: int, observed: Observed, levers: Levers) -> None:
        """Prepare, launch, then show what there is to show; and pay."""
        if self.publicity > 0.0:
            service = observed.segments.services.index(self.service)
            if week <= self.lead:
                mine = np.arange(len(observed.live)) == service
                burden(observed, levers, owning_staff(observed, mine), self.publicity)
            if week >= self.lead:
                if not observed.live[service]:
                    levers.service_launch[service] = 1.0
                self._show(week - self.lead, float(observed.success[service]), levers)
        self.pay(week, levers)

    def _show(self, since: int, success: float, levers: Levers) -> None:
        """Tell staff and residents of a success, if it is one."""
        if success > 0.0:
            told = self.publicity * exp(-log(2.0) * since / HALF_LIFE)
            levers.department_showcase += told * success
            levers.service_publicity += told
            levers.service_publicity_shown += told * success
