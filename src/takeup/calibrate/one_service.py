"""A council of one service, for a series of take-up whose council is not known."""

from __future__ import annotations

import tomllib
from datetime import date, timedelta
from importlib.resources import files
from typing import Any

from takeup.scenario.schema.scenario import Scenario


def council_of_one(
    take_up: float, start: date, weeks: int, seed: int = 1, *, drift_alone: bool = False
) -> Scenario:
    """Return a council whose only service has a stated take-up.

    Args:
        take_up: share of transactions that are online in the year before the start.
        start: of the run; the Monday on or before it is taken.
        weeks: of the run.
        seed: of the random numbers.
        drift_alone: without jumps and walk.
    """
    text = files("takeup.calibrate").joinpath("council_of_one.toml").read_text(encoding="utf-8")
    data: dict[str, Any] = tomllib.loads(text)
    monday = start - timedelta(days=start.weekday())
    data["run"] |= {"start": monday, "weeks": weeks, "seed": seed}
    data["services"]["service"]["take_up"] = take_up
    data["place"]["trend"] = {"jumps": not drift_alone, "walk": not drift_alone}
    wards = tuple(data["place"]["wards"])
    data["place"] |= {"wards": wards}
    return Scenario.model_validate(data)
