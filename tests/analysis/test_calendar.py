from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

from synthetic import made_up_dataset
from takeup.analysis.calendar import calendar_of
from takeup.results.dataset import marks_of


def go_lives(dataset: xr.Dataset, scenario: str = "Plan") -> dict[str, int]:
    marks = calendar_of(dataset)[scenario]
    return {mark.name: mark.first for mark in marks if mark.kind == "go-live"}


def online(dataset: xr.Dataset, service: str, weeks: list[int]) -> xr.Dataset:
    """Put a service online in those weeks, one for every replicate of the plan."""
    cells = {"scenario": "Plan", "group": f"service:{service}"}
    values = np.arange(dataset.sizes["week"]) >= np.array(weeks)[:, None]
    dataset["services_online"].loc[cells] = values.astype(float)
    return dataset


def test_planned_go_lives_stand_where_the_run_says_nothing() -> None:
    dataset = made_up_dataset().drop_vars("services_online")
    assert calendar_of(dataset) == marks_of(dataset)
    dataset = made_up_dataset()
    dataset["services_online"][:] = np.nan
    assert calendar_of(dataset) == marks_of(dataset)


def test_what_runs_as_planned_is_marked_as_planned() -> None:
    assert calendar_of(made_up_dataset()) == marks_of(made_up_dataset())


@pytest.mark.parametrize(
    ("weeks", "expected"),
    [
        ([5, 5, 5], 5),
        ([1, 4, 9], 4),  # by which half of the runs had it
        ([0, 0, 0], 0),  # planned, and brought forward to the first week
        ([4, 99, 99], None),
    ],
)
def test_a_go_live_stands_where_it_happened(weeks: list[int], expected: int | None) -> None:
    dataset = online(made_up_dataset(replicates=3), "permits", weeks)
    assert go_lives(dataset).get("Parking permits") == expected
    assert go_lives(dataset, "Baseline") == {"Parking permits": 2}


def test_what_was_not_planned_within_the_run_may_be_brought_forward_into_it() -> None:
    dataset = online(made_up_dataset(replicates=3), "bins", [8, 7, 9])
    assert go_lives(dataset) == {"Parking permits": 2, "Bulky waste": 8}


def test_what_was_online_already_is_not_marked() -> None:
    assert "Benefits" not in go_lives(made_up_dataset())
