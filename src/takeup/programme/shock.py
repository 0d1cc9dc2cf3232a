"""What every shock has: a calendar, a target, and an action on the levers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import ClassVar
from zlib import crc32

import numpy as np
from pydantic import Field

from takeup.programme.event import Event
from takeup.programme.levers import INCIDENT, Observed
from takeup.programme.target import Target


class Shock(Event):
    """Base of all shocks: what happens to a council, whatever it plans. Nothing of it is paid."""

    NEEDS_ONLINE: ClassVar[bool] = False

    target: Target = Field(Target(), description="what it hits; left out: everything")

    @property
    def by_chance(self) -> bool:
        """Whether it is left to chance in which weeks of its calendar it hits."""
        return False

    @property
    def surge(self) -> float | None:
        """What it multiplies the needs of the services that it hits by; None: no surge at all."""
        return None

    def doubts(self) -> Iterator[tuple[str, str]]:
        """Yield fields that are improbable, and what was probably meant."""
        yield from ()


class Incident(Shock):
    """Base of shocks that may happen once, or again and again by chance.

    Whether an incident happens in a week is drawn by address, the same draw in every plan, so that
    what prevents some of them prevents a part of the same ones.
    """

    per_year: float | None = Field(
        None,
        ge=0,
        le=52,
        description="incidents a year while it runs, by chance; left out: one, in its first week",
    )

    @property
    def by_chance(self) -> bool:
        """Whether it is left to chance in which weeks of its calendar it hits."""
        return self.per_year is not None

    def doubts(self) -> Iterator[tuple[str, str]]:
        """Yield what is improbable: see `Shock.doubts`."""
        if (self.per_year or 0.0) > 12.0:
            text = f"{self.per_year:g} a year is more than one a month; is it of ten years?"
            yield "per_year", text

    def last_week(self, run_start: date, weeks: int) -> int:
        """Return the first week in which it is over; a single one without end lasts a week."""
        if self.per_year is None and self.weeks is None and self.until is None:
            return min(weeks, self.first_week(run_start) + 1)
        return super().last_week(run_start, weeks)

    def happens(self, week: int, observed: Observed) -> bool:
        """Return whether an incident happens this week; shared threat data prevent some."""
        if self.per_year is None and week > 0:
            return False
        chance = 1.0 if self.per_year is None else min(1.0, self.per_year / 52.0)
        what = self.model_dump_json(include={"kind", "target"})  # not how often, nor how bad
        agent = np.array([crc32(what.encode())], dtype=np.int64)
        drawn = float(observed.draw(agent, INCIDENT, observed.week)[0])
        return drawn < chance * (1.0 - observed.prevented)
