"""Many equal residents who all meet: diffusion approaches its mean-field recursion like 1/√N."""

from __future__ import annotations

from itertools import pairwise
from math import exp

import numpy as np
import numpy.typing as npt
import pytest

from limits.plain import NO_LEARNING, plain_scenario, series, with_constant

Floats = npt.NDArray[np.float64]

WEEKS = 90
NEED = 0.15
DEGREE = 10
REPLICATES = 24
POPULATIONS = (1_000, 4_000, 16_000)

CONSTANT = -0.4

DIFFUSION: dict[str, float] = {
    "expectation_weight": 1.5,
    "initial_expectation": 0.6,
    "influence_weight": 1.2,
    "talk_awareness": 0.12,
    "search": 0.04,
    "portal": 0.5,
    "awareness_forgetting": 0.03,
    "staff_steering": 0.02,
}
"""A slow start from search and steering, then talk and influence; what is learned is forgotten."""

ALIKE: dict[str, float] = {
    **NO_LEARNING,
    **dict.fromkeys(
        (
            "talk_expectation", "trust_weight", "habit_weight", "innovativeness_weight",
            "age_weight", "wait_weight", "turnover", "relapse",
        ),
        0.0,
    ),
}  # fmt: skip
"""What differs between residents, or comes to differ, does not count; staff stay as they are."""


def mean_field(p: dict[str, float]) -> Floats:
    """Return the shares (weeks, 2) of transactions online and of users in the last 52 weeks.

    The state of a resident is: aware at the last need and that need's age, or not aware; and the
    age of the last use. Column a − 1 stands for a use a weeks ago, the last column for none in the
    last 52 weeks. In a week everyone has a need with chance NEED. Who does,

    - knows of the service with chance 1 − (1 − kept) (1 − found) exp(−talk · users): `kept` is
      exp(−forgetting · weeks since the last need) for those aware then, `found` is `search`, or
      `portal` for users of the last 51 weeks, `users` the mean number of them among DEGREE people;
    - if so, goes online with the logit of constant + b_pe (E − ½) + b_si · share of users;
    - else becomes aware with the chance of steering.
    """
    unaware = np.zeros(53)
    unaware[-1] = 1.0
    aware = np.zeros((WEEKS + 1, 53))  # by weeks since the last need
    found = np.full(53, p["search"])
    found[:51] = max(p["search"], p["portal"])
    kept = np.exp(-p["awareness_forgetting"] * np.arange(WEEKS + 1))[:, None]
    shares = np.zeros((WEEKS, 2))
    for week in range(WEEKS):
        seen = float(unaware[:51].sum() + aware[:, :51].sum())
        missed = (1.0 - found) * exp(-p["talk_awareness"] * DEGREE * seen)
        knowing = unaware * (1.0 - missed) + (aware * (1.0 - (1.0 - kept) * missed)).sum(axis=0)
        not_knowing = unaware + aware.sum(axis=0) - knowing
        utility = (
            CONSTANT
            + p["expectation_weight"] * (p["initial_expectation"] - 0.5)
            + p["influence_weight"] * seen
        )
        online = knowing / (1.0 + exp(-utility))
        shares[week, 0] = online.sum()
        # Those with a need; everyone's last use, but for today's users, is a week older.
        told = knowing - online + p["staff_steering"] * not_knowing
        untold = (1.0 - p["staff_steering"]) * not_knowing
        aware[1:] = (1.0 - NEED) * aware[:-1]
        aware[0] = 0.0
        aware[1] = NEED * told
        unaware = (1.0 - NEED) * unaware + NEED * untold
        for table in (aware, unaware[None, :]):
            table[:, -1] += table[:, -2]
            table[:, 1:-1] = table[:, :-2].copy()
            table[:, 0] = 0.0
        aware[1, 0] = NEED * online.sum()
        shares[week, 1] = 1.0 - aware[:, -1].sum() - unaware[-1]
    return shares


def simulated(residents: int, p: dict[str, float]) -> Floats:
    """Return the same shares of REPLICATES simulations, (replicates, weeks, 2)."""
    plan = plain_scenario(
        residents,
        NEED,
        run={"weeks": WEEKS, "seed": residents},  # populations share no draws
        network={"kind": "well_mixed", "degree": DEGREE},
        department={"adopted": 1.0},
        service={"go_live": 0},
        parameters={**ALIKE, **p},
    )
    shares = np.zeros((REPLICATES, WEEKS, 2))
    for replicate in range(REPLICATES):
        counters = with_constant(plan, CONSTANT, replicate).run()
        shares[replicate, :, 0] = series(counters, "transactions_online") / series(
            counters, "transactions"
        )
        shares[replicate, :, 1] = series(counters, "adopters") / residents
    return shares


@pytest.fixture(scope="module")
def deviations() -> dict[int, Floats]:
    expected = mean_field(DIFFUSION)
    return {n: simulated(n, DIFFUSION) - expected for n in POPULATIONS}


# Both columns of shares: those of transactions online, and users in the last 52 weeks.
COLUMNS = pytest.mark.parametrize("column", [0, 1], ids=["take-up", "users"])


def test_the_recursion_is_a_diffusion() -> None:
    users = mean_field(DIFFUSION)[:, 1]
    growth = np.diff(users)
    assert users[0] < 0.01
    assert users[-1] > 0.95
    assert 5 < growth.argmax() < 60  # fastest in between: an S
    alone = mean_field({**DIFFUSION, "talk_awareness": 0.0, "influence_weight": 0.0})[:, 1]
    assert (users - alone).max() > 0.2


@COLUMNS
def test_deviations_from_the_mean_field_shrink_like_one_over_root_n(
    deviations: dict[int, Floats], column: int
) -> None:
    size = [float((deviations[n][:, :, column] ** 2).mean() ** 0.5) for n in POPULATIONS]
    # A replicate's deviations last for many weeks, so their size is known to 1 / √(2 · REPLICATES)
    # = 14 % and a ratio of two sizes to 20 %. With a wrong limit the ratio would go to 1.
    for larger, smaller in pairwise(size):
        assert 1.5 < larger / smaller < 2.7
    assert 3.2 < size[0] / size[-1] < 5.2
    assert size[-1] < 0.01


@COLUMNS
@pytest.mark.parametrize("residents", POPULATIONS)
def test_the_mean_field_is_the_mean(
    deviations: dict[int, Floats], residents: int, column: int
) -> None:
    own = deviations[residents][:, :, column]
    for first, end in ((0, 30), (30, 60), (60, WEEKS)):
        mean = own[:, first:end].mean(axis=1)
        error = float(mean.std(ddof=1)) / REPLICATES**0.5
        assert abs(float(mean.mean())) < 4.0 * error
