"""Staff alone: waves of adoption, relapse, turnover and forgetting against their closed forms."""

from __future__ import annotations

from math import exp, log, prod, sqrt

import numpy as np
import numpy.typing as npt
import pytest

from limits.plain import STILL_STAFF, plain_scenario, series
from takeup.evidence import PARAMETERS
from takeup.kpis import FIXED_POINT
from takeup.mesa.model import TakeupModel
from takeup.model.run.simulation import Simulation
from takeup.scenario.schema.scenario import Scenario

POSTS = 4_000
WEEKS = 78


def staffed(
    adopted: float, parameters: dict[str, float], *, go_live: int | None = 0, readiness: str = "ces"
) -> Scenario:
    """Return a council with many staff, little work, and no change but that of `parameters`.

    Args:
        adopted: share of staff who work the new way at the start.
        parameters: what differs from staff who stay as they are.
        go_live: week in which there is something to adopt, None for already.
        readiness: form of readiness.
    """
    return plain_scenario(
        100,
        0.1,
        run={"weeks": WEEKS},
        department={"staff": POSTS, "adopted": adopted, "handles_share": 1.0},
        service={"go_live": go_live},
        structure={"readiness": readiness},
        parameters={**STILL_STAFF, "turnover_stress": 0.0, **parameters},
    )


def recorded(
    plan: Scenario, name: str, support: float = 0.0, **levels: npt.NDArray[np.float64]
) -> npt.NDArray[np.int64]:
    """Return a counter by week.

    Args:
        plan: as `staffed` makes it.
        name: of the counter.
        support: hazard of everyday support from week 0 on, in the place of what is inferred.
        **levels: levels of staff at week 0, (posts,).
    """
    simulation = Simulation(plan)
    simulation.state.departments["support"] = support
    for level, value in levels.items():
        simulation.state.staff[level] = value
    return series(simulation.run(), name)


def assert_binomial(count: float, n: float, p: float) -> None:
    """Check a count of n trials of chance p; with a fixed seed this passes or fails for good."""
    assert abs(count - n * p) <= 4.0 * sqrt(n * p * (1.0 - p)) + 1e-9


# ---------------------------------------------------------------- adoption and relapse


@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
@pytest.mark.parametrize("readiness", ["ces", "product"])
def test_without_a_hazard_of_adoption_nobody_adopts(share: float, readiness: str) -> None:
    # All else is as it is by default: staff talk, learn, forget, fall back and leave.
    none = dict.fromkeys(("adoption_base", "adoption_slope_product", "adoption_slope_ces"), 0.0)
    usual = {name: PARAMETERS[name].default for name in STILL_STAFF}
    adopted = recorded(staffed(share, {**usual, **none}, readiness=readiness), "adopted")
    assert np.all(np.diff(adopted) <= 0)
    assert (adopted[-1] < adopted[0]) == (share > 0.0)
    still = recorded(staffed(share, none, readiness=readiness), "adopted")
    assert np.all(still == still[0])
    assert_binomial(still[0], POSTS, share)


@pytest.mark.parametrize("hazard", [0.002, 0.02, 0.2])
def test_a_constant_hazard_adopts_one_minus_its_survival(hazard: float) -> None:
    adopted = recorded(staffed(0.0, {"adoption_base": hazard}, go_live=10), "adopted")
    assert not adopted[:10].any()  # nothing to adopt yet
    for week in (10, 14, 30, WEEKS - 1):
        assert_binomial(adopted[week], POSTS, 1.0 - exp(-hazard * (week - 9)))


LEVELS = {"awareness": 0.9, "desire": 0.75, "knowledge": 0.8, "ability": 0.5}
HARMONIC = 4.0 / sum(1.0 / level for level in LEVELS.values())
NEARLY_LEAST = min(LEVELS.values()) * 4.0**0.01  # the others vanish at the power of −100


@pytest.mark.parametrize(
    ("readiness", "parameters", "expected"),
    [
        ("product", {"adoption_slope_product": 0.1}, 0.1 * prod(LEVELS.values())),
        ("ces", {"strictness": 1.0, "blocking_level": 0.0}, 0.05 * HARMONIC),
        ("ces", {"strictness": 1.0, "blocking_level": 0.2}, 0.05 * (HARMONIC - 0.2) / 0.8),
        ("ces", {"strictness": 100.0, "blocking_level": 0.0}, 0.05 * NEARLY_LEAST),
        ("ces", {"strictness": 100.0, "blocking_level": 0.6}, 0.0),
    ],
    ids=["product", "harmonic mean", "above the blocking level", "nearly the least", "blocked"],
)
def test_constant_readiness_is_a_constant_hazard(
    readiness: str, parameters: dict[str, float], expected: float
) -> None:
    base = 0.003
    hazards = {"adoption_base": base, "adoption_slope_ces": 0.05, **parameters}
    model = TakeupModel(staffed(0.0, hazards, readiness=readiness))
    for j in range(POSTS):
        person = model.staff_member(j)
        for level, value in LEVELS.items():
            setattr(person, level, value)
    adopted = series(model.simulation.run(), "adopted")
    for week in (0, 9, 29, WEEKS - 1):
        assert_binomial(adopted[week], POSTS, 1.0 - exp(-(base + expected) * (week + 1)))


def test_relapse_without_reinforcement_is_a_decay() -> None:
    # Reinforcement that fades wholly in a week leaves rate · 0.3 where there is no stress.
    rate = 0.1
    adopted = recorded(staffed(1.0, {"relapse": rate, "reinforcement_fading": 1.0}), "adopted")
    for week in (10, 40, WEEKS - 1):
        assert_binomial(adopted[week], adopted[0], exp(-0.3 * rate * week))


def test_adoption_and_turnover_come_to_a_balance() -> None:
    adopting, leaving = 0.03, 1.0
    # Of those who stay (s), adopters still are and others become so with chance p:
    # a = s (a + (1 − a) p).
    s, p = exp(-leaving / 52.0), 1.0 - exp(-adopting)
    rest = s * p / (1.0 - s * (1.0 - p))
    plan = staffed(rest, {"turnover": leaving}, go_live=None)
    adopted = recorded(plan, "adopted", support=adopting)
    weeks = adopted[26::26]  # far enough apart to be nearly independent
    assert_binomial(weeks.sum(), len(weeks) * POSTS, rest)


# ---------------------------------------------------------------- turnover


@pytest.mark.parametrize("yearly", [0.02, 0.12, 1.0])
def test_turnover_is_a_yearly_rate(yearly: float) -> None:
    plan = staffed(0.5, {"turnover": yearly})
    simulation = Simulation(plan)
    before = simulation.state.staff["generation"].astype(int)
    leavers = series(simulation.run(), "leavers")
    assert_binomial(leavers.sum(), WEEKS * POSTS, 1.0 - exp(-yearly / 52.0))
    assert leavers.sum() == (simulation.state.staff["generation"] - before).sum()


def test_newcomers_have_not_adopted() -> None:
    yearly = 1.0
    adopted = recorded(staffed(1.0, {"turnover": yearly}), "adopted")
    for week in (10, 40, WEEKS - 1):
        assert_binomial(adopted[week], adopted[0], exp(-yearly * week / 52.0))


# ---------------------------------------------------------------- knowledge

LEARNT = np.linspace(0.3, 0.5, POSTS)  # not all alike, so that rounding is at random


@pytest.mark.parametrize("half_life", [13, 26])
def test_knowledge_without_use_halves_at_its_half_life(half_life: int) -> None:
    forgetting = {"knowledge_forgetting": log(2.0) / half_life}
    unused = recorded(staffed(0.0, forgetting), "knowledge", knowledge=LEARNT)
    ratio = unused[half_life:] / unused[:-half_life]
    # Levels are summed in whole parts of FIXED_POINT: half a part each, at random.
    rounding = POSTS**0.5 / unused[half_life:]
    assert unused[0] == pytest.approx(0.4 * POSTS * FIXED_POINT, rel=0.06)
    assert np.all(np.abs(ratio - 0.5) < 3.0 * rounding + 1e-5)
    used = recorded(
        staffed(1.0, {**forgetting, "job_learning": 0.0}), "knowledge", knowledge=LEARNT
    )
    assert np.all(used == used[0])


def test_knowledge_of_adopters_comes_by_the_job() -> None:
    rate, level = 0.05, PARAMETERS["adopter_level"].default
    knowledge = recorded(staffed(1.0, {"job_learning": rate}), "knowledge", knowledge=LEARNT)
    gap = level - knowledge / (POSTS * FIXED_POINT)
    assert gap[0] > 0.2
    np.testing.assert_allclose(gap[1:] / gap[:-1], 1.0 - rate, rtol=1e-3)


def test_ability_without_practice_halves_at_its_half_life() -> None:
    half_life = 26
    ability = recorded(
        staffed(0.0, {"ability_forgetting": log(2.0) / half_life}, go_live=None),
        "ability",
        ability=LEARNT,
    )
    assert ability[half_life] / ability[0] == pytest.approx(0.5, abs=1e-3)
