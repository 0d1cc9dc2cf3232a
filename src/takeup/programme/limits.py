"""The most that a file can state: what passes it is a slip, in any currency."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

MOST_WEEKS = 5_200
"""Weeks, a hundred years: no run is as long, and a date so far on still exists."""

MOST_MONEY = 100_000_000_000_000
"""The most that one thing can cost at once or in a week: a hundred trillion, in any currency."""

MOST_PRICE = 100_000_000
"""The highest price of an hour, a contact, a seat or a session: a hundred million, in any
currency (an hour costs about 100,000 where the units are smallest)."""

MOST_A_WEEK = 1_000_000
"""The most seats, sessions, places or working hours that a week can have."""

Share = Annotated[float, Field(ge=0, le=1)]
Dose = Annotated[float, Field(ge=0, le=3)]
PerWeek = Annotated[float, Field(ge=0, le=MOST_A_WEEK)]
Price = Annotated[float, Field(ge=0, le=MOST_PRICE)]
Money = Annotated[float, Field(ge=0, le=MOST_MONEY)]
