"""Words of the Play page."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import takeup
from takeup.view.answers.answers import Answer
from takeup.view.answers.outcome import Outcome
from takeup.view.play.page import (
    budget_words,
    calendar_shown,
    charts,
    default_charts,
    doubtful,
    since,
)
from takeup.view.setting.councils import Councils
from takeup.view.setting.setting import Setting

PLAN = Path(__file__).parents[2] / "scenarios" / "riverton" / "full-plan.toml"


@cache
def outcome() -> Outcome:
    council = next(iter(Councils([PLAN])))
    plan = takeup.load(PLAN, ["run.sample=500"])
    baseline = council.baseline.model_copy(update={"run": plan.run})
    return Outcome(Answer(plan, baseline, 2, 2, takeup.simulate([baseline, plan], replicates=2)))


def test_the_calendar_says_when_services_went_online_and_not_when_they_were_planned_to() -> None:
    drawn = calendar_shown(outcome(), {"leadership": "Leaders stand up for it"})
    live = {row["name"]: row["first"] for row in drawn["rows"] if row["kind"] == "go-live"}
    assert live == {m.name: m.first for m in outcome().marks if m.kind == "go-live"}
    plan = outcome().answer.plan
    planned = {s.name: plan.planned_week(key) for key, s in plan.services.items()}
    assert any(live[name] < planned[name] for name in live)  # the agency brings some forward
    assert "Leaders stand up for it" in {row["name"] for row in drawn["rows"]}


def test_charts_are_those_of_the_goals_first() -> None:
    there = charts(outcome())
    goals = [(v.goal.kpi, v.goal.group) for v in outcome().verdicts]
    shown = [there[name] for name in default_charts(outcome(), there)]
    assert set(goals) <= set(shown)
    assert len(shown) % 2 == 0
    assert ("net_savings", "all") in there.values()


def test_the_last_change_is_told_run_by_run() -> None:
    now = outcome()
    assert since(None, now, "trust") == since(now, None, "trust") == ""
    assert since(now, now, "digital_take_up") == "no difference"
    other = Outcome(replace(now.answer, dataset=now.answer.dataset.copy(deep=True)))
    at = list(other.answer.dataset["scenario"].values).index(now.answer.plan.name)
    other.answer.dataset["digital_take_up"].values[at] += 0.02
    assert since(now, other, "digital_take_up") == "+2.0 points"
    assert since(other, now, "digital_take_up") == "−2.0 points"


def test_what_is_spent_of_a_budget() -> None:
    assert budget_words(2e6, None, "GBP") == "What is on costs up to £2.00M, if all of it is used."
    assert budget_words(4e5, 1e6, "GBP") == "Up to £400.0k of £1.00M planned; £600.0k left."
    assert (
        budget_words(2e6, 1e6, "EUR") == "Up to €2.00M planned: €1.00M over the budget of €1.00M."
    )


def test_what_is_improbable_of_a_setting_is_told() -> None:
    councils = Councils([PLAN])
    setting = Setting(next(iter(councils)).key)
    assert doubtful(setting, councils) == []
    (found,) = doubtful(setting.changed("leadership", hours=9_000), councils)
    assert found.startswith("programme.leadership.hours: takes 9,000 hours a week")
