from __future__ import annotations

from datetime import date

from examples import small_scenario
from takeup.results.info import GoalInfo, Mark
from takeup.runs.describe import marks_of, run_info


def test_goals_travel_as_plain_data() -> None:
    scenario = small_scenario(
        run={"weeks": 30, "discount_rate": 0.05},
        goals={
            "older": {"kpi": "adoption", "target": 0.4, "by": 20, "group": "age:75+"},
            "gap": {"kpi": "inclusion_gap_age", "target": 0.1, "by": date(2025, 6, 4)},
        },
    )
    info = run_info(scenario)
    assert info.goals == (
        GoalInfo("older", "adoption", 0.4, 1, "age:75+", 20),
        GoalInfo("gap", "inclusion_gap_age", 0.1, -1, "all", 21),
    )
    assert info.discount_rate == 0.05
    assert info.service_names["waste"] == "Bulky waste"


def test_the_calendar_holds_what_is_planned_and_what_happens() -> None:
    shocks = {
        "breach": {"kind": "breach", "start": 3},
        "breaches": {"kind": "breach", "start": 3, "per_year": 2.0},
        "cut": {"kind": "budget_cut", "start": 5, "weeks": 9},
        "long": {"kind": "outage", "start": 6, "weeks": 2},
        "off": {"kind": "budget_cut", "start": 5, "enabled": False},
    }
    marks = marks_of(small_scenario(run={"weeks": 30}, shocks=shocks))
    assert [mark for mark in marks if mark.kind == "shock"] == [
        Mark("shock", "breach", 3, 4),  # once, and over
        Mark("shock", "breaches", 3, 30),
        Mark("shock", "cut", 5, 14),
        Mark("shock", "long", 6, 8),
    ]
    assert Mark("go-live", "Parking permits", 10, 10, "permits") in marks
