from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from examples import small_scenario
from studies import experiment_in, run, study
from takeup.analysis.intervals import mean_interval
from takeup.errors import InputError
from takeup.experiments.enough import FEWEST, Reached, Until, simulate_until, width_in
from takeup.experiments.runner import simulate
from takeup.results.summary import at_horizon
from takeup.results.sweep import open_sweep
from takeup.scenario.schema.scenario import Scenario


def short(name: str, **changes: object) -> Scenario:
    run_ = {"weeks": 14, "sample": 150, "replicates": 2, "seed": 5}
    return small_scenario(name=name, run=run_, **changes)


@given(st.integers(1, 2000), st.floats(1e-6, 1.0), st.integers(2, 1000))
def test_more_replicates_are_never_fewer_and_keep_to_the_limit(
    replicates: int, width: float, limit: int
) -> None:
    until = Until("trust", 0.01, limit)
    more = until.next(replicates, width)
    assert replicates <= more <= max(replicates, limit)
    assert more <= max(2 * replicates, FEWEST)
    enough = replicates >= limit or (replicates >= FEWEST and width <= 0.01)
    assert (more == replicates) == enough


@pytest.mark.parametrize(
    ("replicates", "width", "more"),
    [
        (20, 0.011, 25),  # 20 · 1.1², rounded up
        (100, 0.012, 144),
        (16, 0.05, 32),  # 400 by the formula, but no more than twice as many at once
        (900, 0.02, 1024),  # the limit
        (20, 0.01, 20),
        (3, 0.0, 8),
    ],
)
def test_the_width_shrinks_with_the_root_of_the_replicates(
    replicates: int, width: float, more: int
) -> None:
    assert Until("trust", 0.01).next(replicates, width) == more


def outcomes_of(**by_scenario: list[float]) -> Any:
    """Return a sweep of one point with the values of replicates."""
    rows = [
        {"scenario": name, "point": 0, "replicate": replicate, "trust": value}
        for name, values in by_scenario.items()
        for replicate, value in enumerate(values)
    ]
    return SimpleNamespace(outcomes=lambda kpis: pd.DataFrame(rows), scenarios=tuple(by_scenario))


def test_intervals_hold_90_percent() -> None:
    # Of 0 and 2 the mean has a standard error of 1; Student's t for 90 % is 6.314 with two values.
    assert width_in(outcomes_of(one=[0.0, 2.0]), "trust") == pytest.approx(2 * 6.3137515)
    # Of -1, 0 and 1 it is the root of a third; with three values t is 2.920.
    pair = outcomes_of(one=[5.0, 7.0, 3.0], two=[4.0, 7.0, 4.0])
    assert width_in(pair, "trust") == pytest.approx(2 * 2.9199856 / 3**0.5)


def test_a_kpi_without_a_value_does_not_run_for_ever() -> None:
    until = Until("trust", 0.01)
    assert until.next(8, float("nan")) == 8
    assert "no value" in Reached(until, 8, float("nan")).sentence()


@pytest.mark.slow
def test_replicates_are_added_until_the_difference_is_known() -> None:
    scenarios = [short("a"), short("b", place={"trust": 0.2})]
    told: list[Reached] = []
    found = simulate_until(scenarios, Until("digital_take_up", 0.012, 64), tell=told.append)
    count = found.sizes["replicate"]
    assert told[0].replicates == 2
    assert told[-1].replicates == count
    level = at_horizon(found.sel(group="all"))["digital_take_up"].values
    _, low, high = mean_interval(level[1] - level[0], 0.9)
    assert told[-1].width == pytest.approx(float(high - low))
    assert 0.0 < told[-1].width <= 0.012
    assert count > FEWEST
    assert all(earlier.replicates < FEWEST or earlier.width > 0.012 for earlier in told[:-1])
    assert found.identical(simulate(scenarios, replicates=count))  # nothing is lost by the rounds


def test_the_width_of_a_sweep_is_that_of_its_widest_difference(tmp_path: Path) -> None:
    study(tmp_path)
    (tmp_path / "plan.toml").write_text(
        'extends = "town.toml"\nname = "Plan"\nservices.waste.complexity = 0.4\n', encoding="utf-8"
    )
    experiment = experiment_in(
        tmp_path, head='scenario = ["town.toml", "plan.toml"]\nreplicates = 3'
    )
    run(experiment, tmp_path / "out")
    sweep = open_sweep(tmp_path / "out")
    table = sweep.outcomes(["backlog"]).set_index(["scenario", "point", "replicate"])["backlog"]
    widths = []
    for point in sweep.design.index:
        _, low, high = mean_interval(
            table["Plan", point].to_numpy() - table["Newtown", point].to_numpy(), 0.9
        )
        widths.append(high - low)
    assert width_in(sweep, "backlog") == pytest.approx(float(np.max(widths)))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("trust", "KPI=WIDTH"),
        ("turst=0.1", 'did you mean "trust"'),
        ("trust=narrow", "number above 0"),
        ("trust=-1", "number above 0"),
        ("trust=nan", "number above 0"),
    ],
)
def test_what_makes_no_sense_is_refused(text: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        Until.parse(text)
    assert Until.parse(" trust = 0.1 ") == Until("trust", 0.1)
