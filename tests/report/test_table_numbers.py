"""What tables and `summary.json` say, number by number, from results known by hand."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from rich.console import Console

from drawn import MEAN, RUNS, T3, cells, dataset_of, row
from takeup.analysis.comparison import compare
from takeup.analysis.goals import judge
from takeup.evidence import Parameter
from takeup.report.evidence import evidence_report
from takeup.report.results_folder import write_results
from takeup.report.sweep_tables import sweep_tables
from takeup.report.tables import comparison_tables, goals_tables, level_tables
from takeup.results.info import GoalInfo

STEPS = np.array([1.0] * 4 + [9.0] + [2.0] * 4)
"""Nine weeks: the level of the first four is 1, of the last four 2, and what lies between counts
for neither."""


def test_levels_are_means_and_the_spread_holds_90_per_cent_of_the_runs() -> None:
    values = {
        "One": {"trust": 0.001 * RUNS * STEPS, "backlog": 10 * RUNS * STEPS},
        "Two": {"trust": 0.0005 * RUNS * STEPS, "backlog": 1_000 * RUNS * STEPS},
    }
    one, two, note = level_tables(dataset_of(values), ["trust", "backlog"])
    # KPI, unit, first and last four weeks, 5 and 95 % of the runs in the last.
    assert row([one], "Trust in the council") == ["%", "13.7", "27.3", "0.2 to 72.2"]
    assert row([one], "Backlog") == ["staff hours", "1,367", "2,733", "20.00 to 7,220"]
    assert row([two], "Trust in the council") == ["%", "6.8", "13.7", "0.1 to 36.1"]
    assert row([two], "Backlog") == ["staff hours", "136.7k", "273.3k", "2,000 to 722.0k"]
    assert [line[0] for line in cells([one, two]) if len(line) == 1] == ["One", "Two"]
    assert cells([one])[1] == ["KPI", "unit", "first 4 weeks", "last 4 weeks", "90 % of runs"]
    assert cells([note]) == [["Means over 21 replicates. Of rates per year the mean of 52 weeks."]]


def test_levels_of_one_run_have_no_spread() -> None:
    table, _ = level_tables(dataset_of({"One": {"trust": [[0.25] * 5]}}), ["trust"])
    assert row([table], "Trust in the council") == ["%", "25.0", "25.0", "–"]


ADDED = RUNS - 100.0
"""What a plan adds to a run: from −100 to 300, its mean is 410 / 3 − 100 = 36.7; 5 and 95 % lie at
−99 and 261, half of the runs get more than nothing (10 above, one tie)."""
AFTER = {"trust": 0.5 + 0.001 * ADDED, "backlog": 1_000 + ADDED, "contacts": 900 + 0 * ADDED}
BEFORE = {"trust": 0.5 + 0 * ADDED, "backlog": 1_000 + 0 * ADDED, "contacts": 900 + 0 * ADDED}


def test_a_comparison_shows_mean_difference_spread_and_chance() -> None:
    weeks = np.ones(5)
    values = {
        "Before": {kpi: runs * weeks for kpi, runs in BEFORE.items()},
        "After": {kpi: runs * weeks for kpi, runs in AFTER.items()},
    }
    values["Before"]["staff_stress"] = np.full((21, 5), 0.4)
    values["After"]["staff_stress"] = 0.4 - 0.0005 * (10 + RUNS) * weeks
    table, note = comparison_tables(compare(dataset_of(values)))
    assert cells([table])[:2] == [
        ["After against Before"],
        ["KPI", "unit", "baseline", "plan", "difference", "90 % of runs", "plan is"],
    ]
    trust = ["%", "50.0", "53.7", "+3.7", "−9.9 to +26.1", "unclear", "50 %"]
    assert row([table], "Trust in the council") == trust
    backlog = ["staff hours", "1,000", "1,037", "+36.67", "−99 to +261", "unclear", "50 %"]
    assert row([table], "Backlog") == backlog
    contacts = ["contacts", "900", "900", "0.00", "0.00 to 0.00", "no change"]
    assert row([table], "Contacts a week") == contacts
    stress = ["%", "40.0", "32.7", "−7.3", "−18.6 to −0.6", "better", "100 %"]
    assert row([table], "Staff stress") == stress
    assert "over 21 paired replicates" in cells([note])[0][0]


def test_the_way_that_is_better_decides_the_verdict_and_its_colour() -> None:
    up = np.array([[0.01], [0.02], [0.03]]) * np.ones(5)
    values = {
        "Before": {"trust": 0.5 + 0 * up, "staff_stress": 0.5 + 0 * up},
        "After": {"trust": 0.5 + up, "staff_stress": 0.5 + up},
    }
    dataset = dataset_of(values)
    (table, _) = comparison_tables(compare(dataset))
    assert row([table], "Trust in the council")[-2:] == ["better", "100 %"]
    assert row([table], "Staff stress")[-2:] == ["worse", "0 %"]
    (table, _) = comparison_tables(compare(dataset, "After", ["Before"]))
    assert row([table], "Trust in the council")[-2:] == ["worse", "0 %"]
    assert row([table], "Staff stress")[-2:] == ["better", "100 %"]
    found = [(part.text.strip(), str(part.style)) for part in Console(width=100).render(table)]
    inks = [(text, style) for text, style in found if style in ("green", "red", "dim")][-4:]
    assert inks == [
        *(("−2.0", "red"), ("worse     0 %", "red")),
        *(("−2.0", "green"), ("better  100 %", "green")),
    ]


MONEY = np.array([[1_000.0], [2_000.0], [3_000.0]])
"""Saved a week in three runs: a plan that costs 3,000 in week 0 has paid back in weeks 2, 1 and
0."""


def test_money_is_what_is_saved_less_what_is_spent() -> None:
    weeks = np.ones(4)
    spent = np.array([3_000.0, 0.0, 0.0, 0.0])
    values = {
        "Before": {"service_cost": 10_000 * weeks + 0 * MONEY, "programme_cost": 0 * MONEY * weeks},
        "After": {"service_cost": 10_000 - MONEY * weeks, "programme_cost": spent + 0 * MONEY},
    }
    dataset = dataset_of(values)
    dataset.attrs["discount_rate"] = 0.0
    found = compare(dataset)
    text = "\n".join(line[0] for line in cells(comparison_tables(found)))
    assert "service cost saved 8,000, programme cost added 3,000" in text
    half = f"{4_000 * T3 / 3**0.5:,.0f}"  # of 1,000, 5,000 and 9,000
    assert f"net savings +5,000 ± {half}; discounted at 0 % a year +5,000 ± {half}" in text
    assert "100 % pay back" in text
    assert "5 % by week 0, 50 % by week 1, 95 % by week 2" in text
    money = found.summary()["plans"]["After"]["money"]
    assert money["service cost saved"] == 8_000
    assert money["programme cost added"] == 3_000
    assert money["net savings"] == money["discounted net savings"] == 5_000
    ends = [5_000 - 4_000 * T3 / 3**0.5, 5_000 + 4_000 * T3 / 3**0.5]
    assert money["interval of the mean"] == pytest.approx(ends, rel=1e-5)
    assert money["interval of the discounted mean"] == pytest.approx(ends, rel=1e-5)
    assert money["weeks by which runs have paid back"] == {"5 %": 0, "50 %": 1, "95 %": 2}


def test_goals_are_shown_with_their_level_chance_and_weeks() -> None:
    # Twenty weeks in which four runs climb to 5, 6, 7 and 8; from week 10 on they stand there.
    climb = np.minimum(np.arange(20.0), 10.0) / 10
    runs = np.array([[5.0], [6.0], [7.0], [8.0]]) * climb
    goals = [
        GoalInfo("low", "backlog", 6.5, -1, "all", 15),
        GoalInfo("high", "backlog", 5.9, 1, "all", 15),
        GoalInfo("late", "backlog", 6.0, 1, "all", 30),
    ]
    values = {"Only": {"backlog": runs}}
    table, _ = goals_tables(judge(dataset_of(values, goals={"Only": goals})))
    shown = {line[0].split(":")[0]: line[1:] for line in cells([table]) if len(line) > 6}
    # By (the Monday of week 15), level, chance and its interval, half met by, stays from.
    assert shown["low"] == [
        "2025-04-21",
        "6.50",
        "50 %",
        "17 to 83",
        "from the start",
        "from the start",
    ]
    assert shown["high"] == ["2025-04-21", "6.50", "75 %", "35 to 95", "2025-03-17", "2025-03-24"]
    assert shown["late"][:3] == ["2025-08-04", "–", "–"]


def test_a_sweep_shows_its_lowest_and_highest_points() -> None:
    # Three points of two runs: their means are 20, 10 and 45 %; the other scenario turns them over.
    take_up = [0.1, 0.3, 0.05, 0.15, 0.4, 0.5]
    outcomes = pd.DataFrame(
        {
            "scenario": ["A"] * 6 + ["B"] * 6,
            "point": [4, 4, 7, 7, 9, 9] * 2,
            "digital_take_up": [*take_up, *(1 - share for share in take_up)],
            "backlog": [1.0, 3.0, 4.0, 4.0, 9.0, 9.0] + [np.nan] * 6,
        }
    )
    sweep: Any = SimpleNamespace(
        weekly=["digital_take_up", "backlog"],
        scenarios=["A", "B"],
        outcomes=lambda kpis: outcomes,
        unit_of={"digital_take_up": "share", "backlog": "staff hours"}.__getitem__,
    )
    first, second = sweep_tables(sweep)
    assert cells([first])[0] == ["A: at the horizon, means over replicates of 3 points"]
    assert row([first], "Digital take-up") == ["%", "10.0", "7", "20.0", "45.0", "9"]
    assert row([first], "Backlog") == ["staff hours", "2.00", "4", "4.00", "9.00", "9"]
    assert row([second], "Digital take-up") == ["%", "55.0", "9", "80.0", "90.0", "7"]
    assert row([second], "Backlog") == ["staff hours", *["–"] * 5]


def test_parameters_are_shown_with_their_default_and_range() -> None:
    def one(name: str, status: str) -> Parameter:
        given = {"default": 0.25, "low": 0.125, "high": 0.5, "unit": "a week", "source": "S"}
        return Parameter(name=name, status=status, **given)

    some = [one("a", "measured"), *(one(name, "assumption") for name in "bcd")]
    table, counted = evidence_report(some)
    assert row([table], "a") == ["0.25", "0.125", "0.5", "a week", "measured"]
    assert "4 parameters: 1 measured, 0 derived, 3 assumption." in cells([counted])[0][0]
    full = cells(evidence_report(some[:1]))
    assert full[1] == ["default 0.25, plausible from 0.125 to 0.5 (a week); measured"]


def test_the_folder_s_summary_holds_the_same_numbers(tmp_path: Path) -> None:
    values = {
        "Before": {"trust": 0.001 * RUNS * STEPS},
        "After": {"trust": 0.002 * RUNS * STEPS + 0.001},
    }
    goals = {"After": [GoalInfo("half", "trust", 0.4, 1, "all", 9)]}
    dataset = dataset_of(values, goals=goals)
    write_results(
        dataset, compare(dataset), judge(dataset), tmp_path / "out", inputs={}, parameters=[{}],
        more={},
    )  # fmt: skip
    written = json.loads((tmp_path / "out" / "summary.json").read_text(encoding="utf-8"))
    trust = written["scenarios"]["Before"]["trust"]
    assert trust["horizon"] == pytest.approx(
        {"5 %": 0.002, "25 %": 0.05, "median": 0.2, "75 %": 0.45, "95 %": 0.722}
    )
    assert trust["mean of last year"] == pytest.approx(0.001 * MEAN * STEPS.mean())
    compared = written["comparisons"]["plans"]["After"]["kpis"]["trust"]
    assert compared["baseline"] == pytest.approx(0.002 * MEAN)
    assert compared["plan"] == pytest.approx(0.004 * MEAN + 0.001)
    assert compared["difference"] == pytest.approx(0.002 * MEAN + 0.001)
    # The runs' deviation is that of k², k = 0 … 20; t of 20 degrees of freedom.
    half = 1.724718 * 0.002 * np.std(RUNS, ddof=1) / 21**0.5
    assert compared["interval of the mean"] == pytest.approx(
        [0.002 * MEAN + 0.001 - half, 0.002 * MEAN + 0.001 + half], rel=1e-5
    )
    assert compared["90 % of runs"] == pytest.approx([0.003, 0.723])
    assert (compared["chance better"], compared["verdict"]) == (1.0, "better")
    goal = written["goals"]["After"]["half"]
    # 0.004 k² + 0.001 reaches 0.4 from k = 10 on: in 11 of 21 runs.
    assert goal["level"] == pytest.approx(0.004 * MEAN + 0.001)
    assert goal["chance"] == pytest.approx(11 / 21)
    assert (goal["by"], goal["due week"], goal["target"]) == ("2025-03-10", 9, 0.4)
