"""The outside trend: what happens to take-up anyway."""

from __future__ import annotations

from math import exp
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from examples import small_scenario
from takeup import InputError, load
from takeup.kpis import CITIZEN, YEAR
from takeup.model.run.simulation import Simulation
from takeup.model.run.trend import HEAD_START, trend_of
from takeup.model.world.world import world_key
from takeup.scenario.schema.scenario import Scenario

RIVERTON = Path(__file__).parents[2] / "scenarios" / "riverton" / "baseline.toml"

Floats = npt.NDArray[np.float64]


def town(weeks: int = YEAR, parameters: dict[str, float] | None = None, **trend: Any) -> Scenario:
    return small_scenario(run={"weeks": weeks}, place={"trend": trend}, parameters=parameters or {})


def path(scenario: Scenario, replicate: int = 0) -> Floats:
    return Simulation(scenario, replicate).trend


def drawn(scenario: Scenario, replicates: int) -> Floats:
    """Return the paths of many replicates, (replicates, weeks, services)."""
    parameters = Simulation(scenario).parameters
    return np.array([trend_of(scenario, parameters, 1, r) for r in range(replicates)])


def test_a_stated_drift_fades_and_begins_half_a_year_before() -> None:
    found = path(town(drift=0.4, jumps=False, walk=False, parameters={"trend_fading": 0.2}))
    weekly = [0.4 * exp(-0.2 * at / 52) / 52 for at in range(YEAR + HEAD_START)]
    np.testing.assert_allclose(found[:, 0], np.cumsum(weekly)[HEAD_START:], rtol=1e-12)
    assert (found == found[:, :1]).all()


def test_drawn_drifts_have_the_mean_and_spread_of_the_parameters() -> None:
    plan = town(
        1, jumps=False, walk=False,
        parameters={"trend_drift": 0.3, "trend_spread": 0.2, "trend_fading": 0.0},
    )  # fmt: skip
    drifts = drawn(plan, 2_000).ravel() * YEAR / (HEAD_START + 1)
    assert drifts.mean() == pytest.approx(0.3, abs=0.01)
    assert drifts.std() == pytest.approx(0.2, abs=0.01)


def test_a_walk_wanders_by_its_parameter_in_a_year() -> None:
    ends = drawn(town(drift=0.0, jumps=False, parameters={"trend_walk": 0.5}), 700)[:, -1].ravel()
    assert ends.mean() == pytest.approx(0.0, abs=0.04)
    assert ends.std() == pytest.approx(0.5, abs=0.03)


def test_jumps_are_as_frequent_large_and_often_down_as_their_parameters() -> None:
    plan = town(
        drift=0.0, walk=False,
        parameters={"trend_jumps": 0.25, "trend_jump": 0.8, "trend_setbacks": 0.3},
    )  # fmt: skip
    paths = drawn(plan, 700)
    steps = np.diff(paths, axis=1, prepend=0.0).ravel()
    jumps = steps[steps != 0.0]
    assert len(jumps) / (700 * 3) == pytest.approx(0.25, abs=0.04)
    assert np.abs(jumps).mean() == pytest.approx(0.8, abs=0.1)
    assert (jumps < 0.0).mean() == pytest.approx(0.3, abs=0.06)


def test_each_part_can_be_left_out_and_all_of_it() -> None:
    full = path(town())
    for left_out in ({"drift": 0.0}, {"jumps": False}, {"walk": False}):
        assert not np.array_equal(full, path(town(**left_out)))
    none = small_scenario(place={"trend": "none"})
    assert not path(none).any()
    assert none == small_scenario(place={"trend": {"drift": 0, "jumps": False, "walk": False}})


def test_plans_that_are_compared_meet_the_same_trend() -> None:
    letters = {"letters": {"kind": "communication", "medium": "letter", "weeks": 20}}
    without, with_it = small_scenario(), small_scenario(programme=letters)
    np.testing.assert_array_equal(path(without, 3), path(with_it, 3))
    assert not np.array_equal(path(without, 3), path(without, 4))


def test_a_longer_run_begins_with_the_trend_of_the_shorter_one() -> None:
    np.testing.assert_array_equal(path(town(20)), path(town(60))[:20])


def test_worlds_do_not_know_of_it() -> None:
    assert world_key(town(30), 0) == world_key(small_scenario(place={"trend": "none"}), 0)


def test_take_up_rises_by_about_the_drift() -> None:
    years = 4

    def log_odds(drift: float) -> Floats:
        plan = small_scenario(
            run={"weeks": years * YEAR, "sample": "all"},
            place={"trend": {"drift": drift, "jumps": False, "walk": False}},
            parameters={"trend_fading": 0.0},
        )
        counted = Simulation(plan).run().service[:, :2].sum(axis=1)
        by_year = counted.reshape(years, YEAR, -1).sum(axis=1)
        online = by_year[:, CITIZEN.index("transactions_online")]
        every = by_year[:, CITIZEN.index("transactions")]
        return np.asarray(np.log(online / (every - online)))

    risen = log_odds(0.4) - log_odds(0.0)
    slopes = np.diff(risen)
    assert (slopes > 0.6 * 0.4).all()
    assert (slopes < 1.5 * 0.4).all()


@pytest.mark.parametrize("stated", ['"never"', "true", '{ drift = "fast" }', "{ speed = 1 }"])
def test_other_trends_are_refused(stated: str, tmp_path: Path) -> None:
    file = tmp_path / "plan.toml"
    file.write_text(f'extends = "{RIVERTON}"\n[place]\ntrend = {stated}\n')
    with pytest.raises(InputError, match=r"plan\.toml, line 3.*trend"):
        load(file)
