"""What charts draw, by its numbers."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from takeup.view.say.charts import trajectory

RUNS = np.arange(21.0)[:, None]
"""Of 21 runs the second lies at 5 %, the middle one at 50 and the last but one at 95 %."""


def columns(unit: str, plan: np.ndarray, ghost: np.ndarray) -> dict[str, list[float | None]]:
    outcome: Any = SimpleNamespace(
        series=lambda kpi, group: (plan, ghost),
        unit=lambda kpi: unit,
        days=np.datetime64("2025-01-06") + 7 * np.arange(plan.shape[1]),
        marks=(),
        verdicts=(),
    )
    source: dict[str, list[float | None]] = trajectory(outcome, "kpi")["dataset"]["source"]
    return source


def test_the_band_lies_where_nine_of_ten_runs_do() -> None:
    weeks = np.array([1.0, 2.0, 4.0])
    found = columns("hours", RUNS * weeks, 100.0 + RUNS * weeks)
    assert found["plan"] == pytest.approx([10.0, 20.0, 40.0])
    assert found["plan_low"] == pytest.approx([1.0, 2.0, 4.0])
    # What is stacked on the lower end is the way to the upper one.
    assert found["plan_width"] == pytest.approx([18.0, 36.0, 72.0])
    assert found["ghost_low"] == pytest.approx([101.0, 102.0, 104.0])
    assert found["ghost_width"] == pytest.approx([18.0, 36.0, 72.0])


def test_shares_are_drawn_in_per_cent_and_money_in_thousands() -> None:
    shares = columns("share", 0.01 * RUNS * np.ones(2), 0.02 * RUNS * np.ones(2))
    assert shares["plan"] == pytest.approx([10.0, 10.0])
    assert shares["ghost_low"] == pytest.approx([2.0, 2.0])
    assert shares["ghost_width"] == pytest.approx([36.0, 36.0])
    money = columns("GBP", 1_000.0 * RUNS * np.ones(2), 2_000.0 * RUNS * np.ones(2))
    assert money["plan_low"] == pytest.approx([1.0, 1.0])
    assert money["plan_width"] == pytest.approx([18.0, 18.0])


def test_weeks_without_a_value_have_no_band() -> None:
    values = RUNS * np.array([1.0, np.nan])
    found = columns("hours", values, values)
    assert found["plan_low"] == [1.0, None]
    assert found["plan_width"] == [18.0, None]


def test_a_single_run_has_no_band() -> None:
    found = columns("hours", np.ones((1, 3)), np.ones((1, 3)))
    assert set(found) == {"day", "plan", "ghost"}
