from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from known_functions import as_outcomes
from takeup.analysis.points import point_means
from takeup.analysis.response import Response, response, what_responds
from takeup.errors import InputError

GRID = (
    pd.MultiIndex.from_product([[1, 2, 10], ["a", "b"]])
    .to_frame(index=False)
    .set_axis(["seats", "kind"], axis=1)
    .rename_axis(index="point")
)
ONE = pd.DataFrame(
    {"seats": [None, 1, 10, None], "kind": [None, None, None, "b"]},
    index=pd.RangeIndex(4, name="point"),
).astype({"seats": "Int64"})


def found(layout: str, design: pd.DataFrame, values: np.ndarray, **more: float) -> Response:
    numbers = pd.DataFrame({"value": values}, index=design.index)
    outcomes = as_outcomes(numbers, trust=lambda x: x[:, 0], **more)  # type: ignore[arg-type]
    return response(layout, design, point_means(design.index, outcomes))  # type: ignore[arg-type]


def test_effects_of_a_grid_are_those_on_the_mean_over_the_others() -> None:
    values = GRID["seats"].to_numpy() + 3.0 * (GRID["kind"] == "b")
    result = found("grid", GRID, values)
    table = result.of("trust")
    assert table["effect"].to_dict() == pytest.approx({"seats": 9.0, "kind": 3.0})
    assert (table.loc["seats", "lowest"], table.loc["seats", "highest"]) == ("1", "10")
    levels = result.levels.set_index(["parameter", "value"])["difference"]
    assert levels["kind", "b"] == pytest.approx(1.5)
    assert levels["kind", "a"] == pytest.approx(-1.5)
    assert result.grid["mean"].tolist() == pytest.approx(list(values))


def test_one_at_a_time_is_set_against_the_scenario_as_it_is() -> None:
    result = found("one_at_a_time", ONE, np.array([5.0, 4.0, 8.0, 5.5]))
    levels = result.levels.set_index(["parameter", "value"])["difference"]
    assert levels.to_dict() == pytest.approx(
        {("seats", "1"): -1.0, ("seats", "10"): 3.0, ("kind", "b"): 0.5}
    )
    table = result.of("trust")
    assert table["effect"].to_dict() == pytest.approx({"seats": 4.0, "kind": 0.5})
    assert table.loc["kind", "lowest"] == "as it is"


def test_intervals_are_over_replicates() -> None:
    values = np.array([5.0, 4.0, 8.0, 5.5])
    table = found("one_at_a_time", ONE, values, replicates=12, noise=0.5).of("trust")
    assert table.loc["seats", "low"] < 4.0 < table.loc["seats", "high"]
    assert table.loc["kind", "low"] < 0.5 < table.loc["kind", "high"]
    assert np.isnan(found("one_at_a_time", ONE, values).of("trust")["low"]).all()


def test_what_is_sure_is_told_from_what_may_be_chance() -> None:
    values = np.array([5.0, 5.0, 5.0, 5.001])
    sure = found("one_at_a_time", ONE, values, replicates=12)
    assert list(what_responds(sure)) == [
        "trust: kind moves it most, from as it is (lowest) to b (highest)."
    ]
    noisy = found("one_at_a_time", ONE, values, replicates=4, noise=0.001)
    assert "may be chance" in next(what_responds(noisy))
    nothing = found("one_at_a_time", ONE, np.full(4, 5.0), replicates=2)
    assert "nothing that was varied" in next(what_responds(nothing, {"trust": "Trust"}))


def test_points_that_do_not_fit_the_layout_are_refused() -> None:
    with pytest.raises(InputError, match="exactly one point"):
        found("one_at_a_time", ONE.iloc[1:], np.ones(3))
    with pytest.raises(InputError, match="no value open"):
        found("grid", ONE, np.ones(4))
    with pytest.raises(InputError, match="nothing varies"):
        found("grid", ONE[[]], np.ones(4))
