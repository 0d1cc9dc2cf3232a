"""Where the time of a week goes, and that looking changes nothing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from examples import small_scenario
from takeup.experiments.profile import profile
from takeup.model.run.simulation import Simulation
from takeup.model.week.week import STEPS
from takeup.model.world.world import make_world

TRAINING = {"train": {"kind": "training", "seats": 5.0}}


def test_every_step_is_named_said_and_timed() -> None:
    scenario = small_scenario(programme=TRAINING)
    found = profile(scenario)
    assert list(found.steps) == list(found.seconds) == [step.__name__ for step in STEPS]
    assert all(found.steps.values())
    assert found.seconds["residents"] > 0.0
    world = make_world(scenario, 0)
    assert found.weeks == 30
    assert found.needs == world.calendar[-1] - world.calendar[world.warm_up] > 0


def test_time_is_taken_without_changing_a_bit() -> None:
    scenario = small_scenario(programme=TRAINING)
    plain, timed = Simulation(scenario), Simulation(scenario)
    timed.stage.seconds = {}
    np.testing.assert_array_equal(plain.run().profile, timed.run().profile)
    assert plain.counters.profile.any()


@pytest.mark.parametrize("residents", [400, 150])
def test_a_network_from_a_file_is_timed_at_its_size(tmp_path: Path, residents: int) -> None:
    file = tmp_path / "net.csv"
    ties = "".join(f"{i},{(i + 1) % residents}\n" for i in range(residents))
    file.write_text(f"from,to\n{ties}", encoding="utf-8")
    scenario = small_scenario(
        run={"sample": residents}, network={"kind": "edge_list", "file": str(file)}
    )
    assert profile(scenario).needs > 0
