from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from known_functions import as_design, as_outcomes
from takeup.analysis.points import point_means
from takeup.errors import InputError

DESIGN = as_design(np.random.default_rng(0).random((40, 2)), ["a", "b"])


def table(noise: float = 0.0, replicates: int = 3, scenario: str = "Plan") -> pd.DataFrame:
    return as_outcomes(
        DESIGN, replicates, noise, scenario, trust=lambda x: x[:, 0], backlog=lambda x: 9 * x[:, 1]
    )


def test_means_are_in_the_order_of_the_design_whatever_that_of_the_runs() -> None:
    found = point_means(DESIGN.index, table())
    np.testing.assert_allclose(found.means["trust"], DESIGN["a"])
    np.testing.assert_allclose(found.means["backlog"], 9 * DESIGN["b"])
    backwards = point_means(DESIGN.index[::-1], table(), ["trust"])
    np.testing.assert_allclose(backwards.means["trust"], DESIGN["a"][::-1])
    assert found.replicates == 3


@given(row=st.integers(0, 119))
def test_one_missing_run_is_enough_to_refuse(row: int) -> None:
    runs = table()
    point = runs["point"][row]
    with pytest.raises(InputError, match=rf"1 of 40 points of .Plan. lack a run \(point {point}\)"):
        point_means(DESIGN.index, runs.drop(index=row))


def test_a_missing_point_is_refused() -> None:
    runs = table()
    with pytest.raises(InputError, match="2 of 40 points"):
        point_means(DESIGN.index, runs[~runs["point"].isin([7, 9])])


def test_a_plan_is_set_against_a_baseline_within_a_replicate() -> None:
    both = pd.concat([table(noise=5.0), table(scenario="Base")])
    both.loc[both["scenario"] == "Plan", ["trust", "backlog"]] += 2.0
    with pytest.raises(InputError, match="2 scenarios; name one of Plan, Base"):
        point_means(DESIGN.index, both)
    alone = point_means(DESIGN.index, both, scenario="Base")
    np.testing.assert_allclose(alone.means["trust"], DESIGN["a"])
    # The noise of both is the same draw, so it cancels.
    noisy = pd.concat([table(noise=5.0), table(noise=5.0, scenario="Base")])
    against = point_means(DESIGN.index, noisy, scenario="Plan", against="Base")
    np.testing.assert_allclose(against.means, 0.0, atol=1e-12)


def test_chance_is_told_from_what_points_do() -> None:
    assert point_means(DESIGN.index, table()).noise["trust"] == pytest.approx(0, abs=1e-12)
    few = point_means(DESIGN.index, table(noise=0.3, replicates=4)).noise["trust"]
    many = point_means(DESIGN.index, table(noise=0.3, replicates=16)).noise["trust"]
    signal = float(DESIGN["a"].var())
    assert few == pytest.approx(0.09 / 4 / (signal + 0.09 / 4), abs=0.08)
    assert many < few / 2
    assert np.isnan(point_means(DESIGN.index, table(replicates=1)).noise["trust"])


def test_luck_that_all_points_share_is_no_noise() -> None:
    runs = table()
    runs["trust"] += runs["replicate"] * 10.0
    assert point_means(DESIGN.index, runs).noise["trust"] == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"kpis": ["trsut"]}, 'did you mean "trust"'),
        ({"scenario": "Pln"}, 'did you mean "Plan"'),
        ({"against": "Bse"}, 'no scenario "Bse"'),
        ({"scenario": "Plan", "against": "Plan"}, "against itself"),
    ],
)
def test_unknown_names_are_refused(arguments: dict[str, object], says: str) -> None:
    with pytest.raises(InputError, match=says):
        point_means(DESIGN.index, table(), **arguments)  # type: ignore[arg-type]
