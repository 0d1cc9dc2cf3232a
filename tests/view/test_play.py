"""Words of the Play page."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import takeup
from takeup.view.answers import Answer
from takeup.view.councils import Councils
from takeup.view.outcome import Outcome
from takeup.view.pages.play import budget_words, calendar

PLAN = Path(__file__).parents[2] / "scenarios" / "riverton" / "full-plan.toml"


@cache
def outcome() -> Outcome:
    council = next(iter(Councils([PLAN])))
    plan = takeup.load(PLAN, ["run.sample=500"])
    baseline = council.baseline.model_copy(update={"run": plan.run})
    return Outcome(Answer(plan, baseline, 2, 2, takeup.simulate([baseline, plan], replicates=2)))


def test_the_calendar_says_when_services_went_online_and_not_when_they_were_planned_to() -> None:
    drawn = calendar(outcome(), {"leadership": "Leaders stand up for it"})
    live = {row["name"]: row["first"] for row in drawn["rows"] if row["kind"] == "go-live"}
    assert live == {m.name: m.first for m in outcome().marks if m.kind == "go-live"}
    plan = outcome().answer.plan
    planned = {s.name: plan.planned_week(key) for key, s in plan.services.items()}
    assert any(live[name] < planned[name] for name in live)  # the agency brings some forward
    assert "Leaders stand up for it" in {row["name"] for row in drawn["rows"]}


def test_what_is_spent_of_a_budget() -> None:
    assert budget_words(2e6, None, "GBP") == "What is on costs up to £2.00M, if all of it is used."
    assert budget_words(4e5, 1e6, "GBP") == "£400.0k of £1.00M spent; £600.0k left."
    assert budget_words(2e6, 1e6, "EUR") == "€2.00M: €1.00M over the budget of €1.00M."
