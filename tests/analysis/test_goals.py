from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date

import numpy as np
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from synthetic import made_up_dataset
from takeup.analysis.goals import Verdict, goals_summary, judge
from takeup.results.info import GoalInfo

WEEKS = 20


def with_goal(series: object, scenario: str = "Plan", **changes: object) -> xr.Dataset:
    """Make results in which take-up is `series`, (replicates, weeks), and has a goal."""
    values = np.atleast_2d(np.asarray(series, dtype=float))
    kpi = str(changes.get("kpi", "digital_take_up"))
    dataset = made_up_dataset(replicates=len(values), weeks=values.shape[1])
    goal = GoalInfo("g", kpi, 0.5, 1, "all", 10)
    goals = [asdict(goal) | changes]
    dataset.attrs["goals"] = json.dumps({scenario: goals})
    dataset[kpi].loc[{"scenario": scenario, "group": goals[0]["group"]}] = values
    return dataset


def verdict(series: object, **changes: object) -> Verdict:
    (only,) = judge(with_goal(series, **changes))
    return only


def rising(at: int, weeks: int = WEEKS) -> np.ndarray:
    """Return 0 before a week and 1 from it on: the mean of four weeks is 0.5 a week later."""
    return (np.arange(weeks) >= at).astype(float)


def test_the_level_is_the_mean_of_the_four_weeks_that_end_with_the_due_week() -> None:
    series = np.random.default_rng(1).random((6, WEEKS))
    found = verdict(series)
    levels = series[:, 7:11].mean(axis=1)
    assert found.level == pytest.approx(levels.mean())
    met = int((levels >= 0.5).sum())
    assert found.chance == met / 6
    expected = stats.beta(met + 0.5, 6 - met + 0.5).ppf([0.05, 0.95])
    assert (found.chance_low, found.chance_high) == pytest.approx(tuple(expected))


def test_a_rate_per_year_is_judged_over_a_year() -> None:
    series = np.random.default_rng(1).random((3, 80))
    found = verdict(series, kpi="staff_turnover", due=70, sign=-1)
    assert found.level == pytest.approx(series[:, 19:71].mean())
    assert found.window == 52


def test_when_it_is_met_is_the_first_whole_window() -> None:
    found = verdict([rising(8), rising(12), rising(30)])
    assert found.first_met == (9, 13, None)
    assert found.half_met == 13
    assert found.chance == pytest.approx(1 / 3)
    assert verdict(rising(0)).first_met == (3,)
    assert verdict([rising(8), rising(30), rising(30)]).half_met is None


def test_it_stays_met_only_from_where_the_mean_never_falls_short_again() -> None:
    series = rising(5)
    series[12:14] = 0.0
    assert verdict(series, target=0.6).first_met == (7,)
    assert verdict(series, target=0.6).stays_from == 16
    series[-4:] = 0.0
    assert verdict(series, target=0.6).stays_from is None
    assert verdict(np.ones(WEEKS)).stays_from == 3


@given(st.lists(st.floats(0, 1), min_size=5, max_size=30), st.floats(0, 1))
def test_at_most_is_the_mirror_image_of_at_least(series: list[float], target: float) -> None:
    up = verdict(series, target=target, due=4)
    down = verdict(-np.array(series), target=-target, due=4, sign=-1)
    assert (up.chance, up.first_met, up.stays_from) == (
        down.chance,
        down.first_met,
        down.stays_from,
    )


@given(st.floats(0, 1), st.floats(0, 1))
def test_a_higher_target_is_never_met_more_often_or_sooner(one: float, other: float) -> None:
    series = np.random.default_rng(3).random((5, WEEKS)).cumsum(axis=1) / WEEKS * 2
    easy, hard = (verdict(series, target=t) for t in sorted((one, other)))
    assert easy.chance >= hard.chance
    for sooner, later in zip(easy.first_met, hard.first_met, strict=True):
        assert later is None or (sooner is not None and sooner <= later)


def test_what_has_no_value_does_not_meet_a_goal() -> None:
    series = np.ones((2, WEEKS))
    series[0] = np.nan
    found = verdict(series)
    assert found.chance == 0.5
    assert found.level == 1.0
    assert found.first_met == (None, 3)


def test_a_goal_due_as_the_run_ends_is_judged_by_its_last_weeks_one_due_later_not() -> None:
    series = rising(WEEKS - 4)
    assert verdict(series, due=WEEKS).level == 1.0
    after = verdict(series, due=WEEKS + 1)
    assert np.isnan([after.level, after.chance, after.chance_low]).all()
    assert after.stays_from is not None


def test_every_scenario_is_judged_by_its_own_goals() -> None:
    dataset = with_goal(rising(3), scenario="Baseline", group="age:75+")
    assert [v.scenario for v in judge(dataset)] == ["Baseline"]
    assert [v.scenario for v in judge(made_up_dataset())] == ["Baseline", "Plan"]
    del dataset.attrs["goals"]  # as in results of old
    assert judge(dataset) == ()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "Digital take-up at least 50 %"),
        ({"target": 0.125, "group": "age:75+"}, "Digital take-up (age 75+) at least 12.5 %"),
        ({"group": "service:bins"}, "Digital take-up (Bulky waste) at least 50 %"),
        (
            {"kpi": "cost_per_transaction", "target": 14.0, "sign": -1},
            "Cost per transaction at most GBP 14",
        ),
        ({"kpi": "processing_time", "target": 1.5}, "Processing time at least 1.50 weeks"),
        ({"kpi": "services_online", "target": 3.0}, "Services online at least 3"),
        (
            {"kpi": "staff_turnover", "target": 0.1, "sign": -1},
            "Staff turnover at most 10 % a year",
        ),
    ],
)
def test_goals_are_told_in_words(changes: dict[str, object], words: str) -> None:
    assert verdict(rising(3), **changes).words() == words


def test_the_summary_can_be_written_as_json() -> None:
    dataset = with_goal([rising(3), rising(30)], due=WEEKS + 5)
    found = goals_summary(judge(dataset))["Plan"]["g"]
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    assert found["level"] is None
    assert found["half of runs met it by week"] == 4
    assert found["by"] == date(2025, 6, 30).isoformat()
