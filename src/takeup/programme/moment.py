"""Moments of a run: a date, or the number of a week."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from takeup.programme.limits import MOST_WEEKS

Week = Annotated[int, Field(ge=0, le=MOST_WEEKS)]
Moment = Annotated[date | Week, Field(description="a date (2026-03-02) or a week of the run (8)")]


def week_of(moment: date | int, run_start: date) -> int:
    """Return the week of the run (0 at its start) of a date or a week."""
    if isinstance(moment, int):
        return moment
    return (moment - run_start).days // 7
