"""Demand surge: residents need some services more often, as after a storm or a new entitlement.

Needs of these services are multiplied by `factor` while it runs. Queues grow where there was little
room, delays make bad stories, and those who have not yet been in need meet the service for the
first time. Where there is room it means only more transactions at the same shares: a surge as such
makes nobody choose the online channel. After it the needs are what they were, the queues not at
once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import prod
from typing import ClassVar, Literal

from pydantic import Field

from takeup.programme.levers import Levers, Observed
from takeup.programme.needs import most_needs
from takeup.programme.plain import Problem, Table, is_number, items, table, week
from takeup.programme.shock import Shock
from takeup.programme.target import Addressed


class DemandSurge(Shock):
    """Services are needed more often than usual."""

    AUDIENCE: ClassVar[Addressed] = "services"

    kind: Literal["demand_surge"] = "demand_surge"
    factor: float = Field(
        1.5, ge=1, le=10, description="needs while it runs, as a multiple of the usual"
    )

    @classmethod
    def problems(cls, fields: Table, scenario: Table) -> Iterator[Problem]:
        """Yield what is too much: residents have at most one need of a service a week, always."""
        span = _span(fields, scenario)
        if span is None or not is_number(fields["factor"]):
            return
        limits = []
        for name, service in table(scenario, "services").items():
            if not (isinstance(service, Mapping) and _hits(fields, name)):
                continue
            volume, most = (
                service.get("yearly_volume"),
                most_needs(service, table(scenario, "place")),
            )
            if most is None or not is_number(volume) or not 0 < volume < most.volume:
                continue  # wrong without a surge
            together = prod(cls._factors(name, span[0], scenario))
            if volume * together >= most.volume:
                limits.append((most.volume / volume * fields["factor"] / together, name, most.age))
        if limits:
            limit, name, age = min(limits)
            yield Problem(
                ("factor",),
                f"must be below {max(limit, 1.0):.4g} for {name}, not {fields['factor']:g}, surges "
                "of the same weeks together: more would be one need a week and more for every "
                f"resident of age {age}",
            )

    @classmethod
    def _factors(cls, service: str, when: int, scenario: Table) -> Iterator[float]:
        """Yield the factors of all surges of a service's needs that run in a week."""
        for fields in table(scenario, "shocks").values():
            if (
                isinstance(fields, Mapping)
                and fields.get("kind") == cls.model_fields["kind"].default
            ):
                span, factor = _span(fields, scenario), fields.get("factor")
                factor = cls.model_fields["factor"].default if factor is None else factor
                hit = span and span[0] <= when < span[1] and _hits(fields, service)
                if hit and is_number(factor):
                    yield factor

    @property
    def surge(self) -> float | None:
        return self.factor

    def doubts(self) -> Iterator[tuple[str, str]]:
        if self.factor > 5.0:
            yield "factor", f"{self.factor:g} times the usual needs; a surge by half is 1.5"

    def describe(self) -> str:
        return f"demand surge, {self.factor:g} times the needs"

    def act(self, week: int, observed: Observed, levers: Levers) -> None:
        """Move no lever: it acts on the world.

        Who needs what in which week is drawn before the first week, the same for every plan, and a
        surge is part of that calendar; in the week itself there is nothing left to do.
        """


def _hits(fields: Table, service: str) -> bool:
    named = items(table(fields, "target").get("services"))
    return not named or service in named


def _span(fields: Table, scenario: Table) -> tuple[int, int] | None:
    """Return the first week of an event and the first after it, in the run; None if it has none."""
    run = table(scenario, "run")
    first = week(fields.get("start", 0), run.get("start"))
    until, weeks = week(fields.get("until"), run.get("start")), fields.get("weeks")
    last = run.get("weeks")
    if first is None or type(last) is not int or fields.get("enabled") is False:
        return None
    if until is not None:
        return first, min(last, until)
    return first, min(last, first + weeks) if type(weeks) is int else last
