"""The most that a file can state: what passes it is a slip, in any currency."""

from __future__ import annotations

MOST_WEEKS = 5_200
"""Weeks, a hundred years: no run is as long, and a date so far on still exists."""

MOST_MONEY = 100_000_000_000_000
"""The most that one thing can cost at once or in a week: a hundred trillion, in any currency."""

MOST_PRICE = 100_000_000
"""The highest price of an hour, a contact, a seat or a session: a hundred million, in any
currency (an hour costs about 100,000 where the units are smallest)."""

MOST_A_WEEK = 1_000_000
"""The most seats, sessions, places or working hours that a week can have."""
