"""The outside trend: what happens to take-up anyway, whatever the council does.

People get used to being online elsewhere, more of them have access and skill, services are polished
week by week, and now and then a change from outside moves many at once. For every service one path
in log-odds: a drift of its own that fades, jumps, and a walk, all drawn by address, so that plans
that are compared meet the same.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from takeup.kpis import YEAR
from takeup.model.week import rules
from takeup.model.week.compiled import Array, kernel
from takeup.model.week.draws import TREND, normal, philox, uniform
from takeup.scenario.schema.scenario import Scenario

HEAD_START = YEAR // 2
"""Weeks of trend before the run: a stated take-up is the mean of a year, half of which is past."""

_DRIFT, _WEEK, _JUMP = 0, 1, 2  # blocks of draws of a service


def trend_of(
    scenario: Scenario, parameters: npt.NDArray[np.void], seed: int, replicate: int
) -> npt.NDArray[np.float64]:
    """Return by how much every service has moved by a week of the run, in log-odds.

    Args:
        scenario: weeks, services, and `place.trend`.
        parameters: PARAMETER_RECORD, (1,).
        seed: seed of the run.
        replicate: number of the replicate.

    Returns:
        Shape (weeks, services).
    """
    trend = scenario.place.trend
    moved = np.zeros((scenario.run.weeks, len(scenario.services)))
    stated = np.nan if trend.drift == "drawn" else float(trend.drift)
    _move(stated, trend.jumps, trend.walk, parameters, seed, replicate, moved)
    return moved


@kernel
def _move(
    stated: float, jumps: bool, walk: bool, parameters: Array, seed: int, replicate: int,
    moved: Array,
) -> None:  # fmt: skip
    """Fill in `moved`, (weeks, services).

    Args:
        stated: drift, log-odds a year; NaN: drawn for each service.
        jumps: whether there are any.
        walk: whether there is one.
        parameters: PARAMETER_RECORD, (1,).
        seed: seed of the run.
        replicate: number of the replicate.
        moved: written.
    """
    p = parameters[0]
    for k in range(moved.shape[1]):
        drift = stated
        if np.isnan(stated):
            a, b, _, _ = philox(k, 0, TREND, _DRIFT, seed, replicate)
            drift = p.trend_drift + p.trend_spread * normal(uniform(a), uniform(b))
        level = 0.0
        for at in range(moved.shape[0] + HEAD_START):
            level += rules.drift_by(drift, p.trend_fading, at / YEAR) / YEAR
            week = at - HEAD_START
            if week < 0:
                continue
            if walk:
                a, b, _, _ = philox(k, week, TREND, _WEEK, seed, replicate)
                level += p.trend_walk * normal(uniform(a), uniform(b)) / np.sqrt(YEAR)
            if jumps:
                a, b, c, _ = philox(k, week, TREND, _JUMP, seed, replicate)
                if uniform(a) < p.trend_jumps / YEAR:
                    size = -p.trend_jump * np.log(uniform(b))
                    level += -size if uniform(c) < p.trend_setbacks else size
            moved[week, k] = level
