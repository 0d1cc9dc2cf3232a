"""Residents at rest: a stated take-up lasts, wherever it is and however rare needs are."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from takeup.calibrate.one_service import council_of_one
from takeup.kpis import CITIZEN, YEAR
from takeup.model.run.rest import SAMPLED, level_of, put_level, sampled
from takeup.model.run.simulation import Simulation
from takeup.model.week.records import SERVICE_WEEK
from takeup.scenario.schema.scenario import Scenario

YEARS = 3
REPLICATES = 4


def still(take_up: float, needs: float = 2.0) -> Scenario:
    """Return a council of one service that nothing moves, with so many needs a resident a year."""
    one = council_of_one(take_up, date(2025, 1, 6), YEARS * YEAR).model_dump()
    one["place"]["trend"] = "none"
    one["services"]["service"]["yearly_volume"] = needs * one["place"]["residents"]
    one["departments"]["department"]["adopted"] = 1.0
    one["parameters"] = {**one["parameters"], "turnover": 0.0, "relapse": 0.0}
    return Scenario.model_validate(one)


def yearly(scenario: Scenario, replicate: int) -> npt.NDArray[np.float64]:
    """Return the take-up of every year of a run, (years,)."""
    counted = Simulation(scenario, replicate).run().service[:, 0]
    by_year = counted.reshape(YEARS, YEAR, -1).sum(axis=1)
    online = by_year[:, CITIZEN.index("transactions_online")]
    shares: npt.NDArray[np.float64] = online / by_year[:, CITIZEN.index("transactions")]
    return shares


@pytest.mark.parametrize("needs", [0.5, 4.0])
@pytest.mark.parametrize("stated", [0.03, 0.5, 0.8, 0.96])
def test_a_stated_take_up_lasts(stated: float, needs: float) -> None:
    found = np.mean([yearly(still(stated, needs), r) for r in range(REPLICATES)], axis=0)
    assert np.abs(found - stated).max() < 0.015, found


def test_what_a_constant_cannot_do_reach_does() -> None:
    low, high = (Simulation(still(share), 0).state.services[0] for share in (0.3, 0.97))
    assert low["reach"] == 0.0
    assert 0.0 < high["reach"] < 1.0
    assert low["constant_online"] < high["constant_online"]


def test_a_level_is_a_constant_and_then_a_reach() -> None:
    service: Any = np.zeros(1, SERVICE_WEEK)[0]
    for level, constant, reach in (
        (-1.5, -1.5, 0.0), (3.0, 3.0, 0.0), (6.0, 3.0, 0.5), (-99.0, -6.0, 0.0), (99.0, 3.0, 1.0),
    ):  # fmt: skip
        put_level(service, level)
        assert (service["constant_online"], service["reach"]) == (constant, reach)
        assert level_of(service) == constant + 6.0 * reach


def test_others_take_over_from_one_of_their_profile() -> None:
    rng = np.random.default_rng(1)
    citizens: Any = np.zeros(5_000, [("profile", "i4"), ("skill", "f8")])
    citizens["profile"] = rng.integers(0, 4, 5_000)
    citizens["skill"] = rng.random(5_000)
    chosen, like = sampled(citizens)
    assert len(chosen) == SAMPLED == len(set(chosen.tolist()))
    theirs = citizens[chosen[like]]
    assert (theirs["profile"] == citizens["profile"]).mean() > 0.99
    assert np.abs(theirs["skill"] - citizens["skill"]).mean() < 0.002
    np.testing.assert_array_equal(like[chosen], np.arange(SAMPLED))


def test_in_a_small_place_everyone_lives_for_themselves() -> None:
    chosen, like = sampled(np.zeros(700, [("profile", "i4"), ("skill", "f8")]))
    np.testing.assert_array_equal(chosen, np.arange(700))
    np.testing.assert_array_equal(like, np.arange(700))
