"""What common random numbers buy: the variance of a difference, unpaired over paired.

Two plans are compared in digital take-up at the end. With independent seeds the difference has the
variance of the one plus that of the other; with paired runs (same residents, needs and draws) only
what the plan changes is left. If the plan flips a share e of n transactions, the paired variance is
about e / n at least, while a level varies by p(1 − p) / n: the ratio can be about 2·p(1 − p) / e at
most (`ceiling`). The effect is the least that e can be. The larger the effect, the smaller the
ratio: a full plan cannot have that of a gentle lever.

Levels vary by more than p(1 − p) / n, since populations differ and residents influence each other,
and most of that cancels in pairs. `ceiling_seen` sets the variance of levels as it was seen against
e / n: a ratio close to it says that pairing leaves nothing but the flips.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from measure import Row

from takeup.kpis import CITIZEN
from takeup.model.run.simulation import simulate_counters
from takeup.model.world.world import make_world
from takeup.programme.interventions.communication import Communication
from takeup.scenario import load
from takeup.scenario.schema.scenario import Scenario

RIVERTON = Path(__file__).parents[1] / "scenarios" / "riverton"
REPLICATES, QUICK = 200, 20
ENDS = {"last week": 1, "last 4 weeks": 4}
LEVER: dict[str, Any] = {"medium": "local-press", "start": 104, "intensity": 0.8}
RESAMPLES = 2_000


def run(replicates: int, overrides: tuple[str, ...] = ()) -> list[Row]:
    """Run the baseline, one lever and the full plan; return a row for every plan and end."""
    baseline = load(RIVERTON / "baseline.toml", overrides)
    lever = Communication(**LEVER)
    plans = {
        "one lever": baseline.model_copy(update={"programme": {"tell": lever}}),
        "full plan": load(RIVERTON / "full-plan.toml", overrides),
    }
    counted = _counted([baseline, *plans.values()], replicates)
    rows = []
    for number, name in enumerate(plans, start=1):
        for end, weeks in ENDS.items():
            online, every = counted[:, :, -weeks:].sum(axis=2).transpose(2, 0, 1)
            take_up = online / every
            found = compare(take_up[0], take_up[number], float(every.mean()))
            rows.append({"plan": name, "end": end, **found})
    return rows


def _counted(scenarios: list[Scenario], replicates: int) -> npt.NDArray[np.int64]:
    """Return transactions online and in all, (scenarios, replicates, weeks, 2)."""
    wanted = [CITIZEN.index("transactions_online"), CITIZEN.index("transactions")]
    weeks = scenarios[0].run.weeks
    counted = np.zeros((len(scenarios), replicates, weeks, 2), np.int64)
    for replicate in range(replicates):
        world = make_world(scenarios[0], replicate)  # all plans share the place and the needs
        for s, scenario in enumerate(scenarios):
            service = simulate_counters(scenario, replicate, world).service
            counted[s, replicate] = service[:, :, wanted].sum(axis=1)
    return counted


def compare(
    base: npt.NDArray[np.float64], plan: npt.NDArray[np.float64], transactions: float
) -> Row:
    """Return the effect, the ratio of variances with its 90 % interval, and its ceilings.

    Args:
        base: take-up by replicate.
        plan: take-up of the same replicates with the plan.
        transactions: how many there are in a replicate.
    """
    difference = plan - base
    chance = np.random.default_rng(1)
    drawn = chance.integers(0, len(base), (RESAMPLES, len(base)))
    resampled = _unpaired(base[drawn], plan[drawn]) / difference[drawn].var(axis=1, ddof=1)
    low, high = np.quantile(resampled, (0.05, 0.95))
    effect = abs(float(difference.mean()))
    level = float(base.mean() + plan.mean()) / 2.0
    unpaired = float(_unpaired(base, plan))
    return {
        "effect": float(difference.mean()),
        "sd_level": float(base.std(ddof=1)),
        "sd_paired": float(difference.std(ddof=1)),
        "ratio": unpaired / float(difference.var(ddof=1)),
        "ratio_low": float(low),
        "ratio_high": float(high),
        "ceiling": 2.0 * level * (1.0 - level) / effect,
        "ceiling_seen": unpaired * transactions / effect,
    }


def _unpaired(
    base: npt.NDArray[np.float64], plan: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """Return the variance of the difference of two independent runs."""
    return np.asarray(base.var(axis=-1, ddof=1) + plan.var(axis=-1, ddof=1))
