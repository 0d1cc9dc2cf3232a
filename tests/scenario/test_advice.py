"""Warnings: what is allowed and may well be in vain; silent where it is not."""

from pathlib import Path
from typing import Any

import pytest

from examples import small_scenario
from takeup.scenario import explain, load
from takeup.scenario.check.advice import advice

EVERYTHING = Path(__file__).parent / "everything.toml"

GOAL = {"kpi": "adoption", "target": 0.5, "by": 30}
AUDIT = {"kind": "audit", "takes": 5}
NEVER = {"permits": {"go_live": "never"}}


def warnings(**changes: Any) -> list[str]:
    return list(advice(small_scenario(**changes)))


def programme(**interventions: dict[str, Any]) -> list[str]:
    return warnings(programme=interventions)


def test_a_plan_in_which_everything_is_used_gives_no_warning() -> None:
    assert list(advice(load(EVERYTHING))) == []
    assert "warning" not in explain(load(EVERYTHING))


def test_an_audit_that_nothing_uses() -> None:
    told = {"kind": "communication", "tailored": True}
    assert "study is an audit that nothing uses" in programme(study=AUDIT)[0]
    assert programme(study=AUDIT, told={**told, "start": 5}) == []
    (unused, early) = programme(study=AUDIT, told={**told, "weeks": 5})
    assert "nothing uses" in unused
    assert early.startswith("told: ")
    assert early.endswith("as far as audits tell, but none is finished before it ends")


@pytest.mark.parametrize(
    "use",
    [
        {"kind": "communication", "tailored": True},
        {"kind": "training", "seats": 2.0, "aim": "barrier"},
    ],
)
def test_what_uses_an_audit_before_there_is_one(use: dict[str, Any]) -> None:
    assert "none is finished before it ends" in programme(use=use)[0]
    assert "before it starts (2025-02-10); until then" in programme(use=use, study=AUDIT)[0]
    late = {**use, "start": 5}
    assert programme(use=late, study=AUDIT) == []
    useless = {**AUDIT, "quality": 0.0}
    assert any("none is finished" in words for words in programme(use=late, study=useless))
    off = {**AUDIT, "enabled": False}
    assert any("none is finished" in words for words in programme(use=late, study=off))
    assert programme(one=use, two=use)[0].startswith("one, two: ")


def test_a_review_without_goals_or_with_nothing_to_adjust() -> None:
    tell = {"kind": "communication"}
    look = {"kind": "review", "adjust": ("tell",)}
    assert programme(look=look, tell=tell) == [
        "look is to adjust tell, and there are no goals to compare with"
    ]
    with_goal = {"goals": {"more": GOAL}}
    assert warnings(programme={"look": look, "tell": tell}, **with_goal) == []
    assert programme(look={"kind": "review"}) == []
    off = {"look": look, "tell": {**tell, "enabled": False}}
    assert "tell, which is switched off" in warnings(programme=off, **with_goal)[0]


def test_a_review_that_is_never_held() -> None:
    late = {"kind": "review", "start": 20}
    assert programme(look=late) == ["look ends before its first review, on 2025-08-25"]
    assert programme(look={**late, "every": 9}) == []


def test_a_goal_that_is_due_after_the_run() -> None:
    (found,) = warnings(goals={"late": {**GOAL, "by": 31}, "in-time": GOAL})
    assert found.startswith("due after the end of the run")
    assert found.endswith("goal late")


def test_a_take_up_that_may_be_too_high() -> None:
    (found,) = warnings(services={"waste": {"take_up": 0.8}})
    assert found.startswith("the take-up today of waste (80 %) may be more")
    assert warnings(services={"waste": {"take_up": 0.75}}) == []


@pytest.mark.parametrize("audience", ["residents", "staff"])
def test_engagement_when_nothing_is_left_to_launch(audience: str) -> None:
    design = {"kind": "engagement", "audience": audience, "places": 5.0}
    assert programme(design=design) == []
    assert programme(design={**design, "start": 9}) == []
    assert "left to go online" in programme(design={**design, "start": 10})[0]
    assert "left to go online" in warnings(programme={"design": design}, services=NEVER)[0]
    win = {"kind": "quick_win", "service": "permits"}
    assert warnings(programme={"design": design, "win": win}, services=NEVER) == []


def test_staff_design_the_services_of_their_department() -> None:
    design = {"kind": "engagement", "audience": "staff", "places": 5.0}
    theirs = {**design, "target": {"departments": ("environment",)}}
    others = {**design, "target": {"departments": ("revenues",)}}
    assert programme(design=theirs) == []
    assert "none of their services is left to go online" in programme(design=others)[0]


def test_a_department_whose_services_never_go_online() -> None:
    services: dict[str, Any] = {**NEVER, "waste": {"go_live": "never"}}
    team = {"kind": "change_team", "target": {"departments": ("environment",)}}
    (found,) = warnings(programme={"team": team}, services=services)
    assert found.startswith("team addresses environment only, and no service of theirs is online")
    both = {**team, "target": {"departments": ("environment", "revenues")}}
    assert warnings(programme={"team": both}, services=services) == []
    win = {"kind": "quick_win", "service": "permits"}
    assert warnings(programme={"team": team, "win": win}, services=services) == []


def test_services_that_are_brought_into_the_run() -> None:
    tell = {"kind": "communication", "target": {"services": ("permits",)}}
    agency = {"kind": "digital_agency", "target": {"services": ("permits",)}}
    after = {"permits": {"go_live": 40}}
    assert len(warnings(programme={"tell": tell}, services=after)) == 1
    assert warnings(programme={"tell": tell, "agency": agency}, services=after) == []
    assert len(warnings(programme={"tell": tell, "agency": agency}, services=NEVER)) == 2
    slow = {**agency, "acceleration": 0.0}
    assert len(warnings(programme={"tell": tell, "agency": slow}, services=after)) == 2
    elsewhere = {**agency, "target": {"services": ("waste",)}}
    assert len(warnings(programme={"tell": tell, "agency": elsewhere}, services=after)) == 1


def test_an_outage_of_what_is_not_online() -> None:
    crash = {"kind": "outage", "target": {"services": ("permits",)}}
    (found,) = warnings(shocks={"crash": crash}, services=NEVER)
    assert found.startswith("shock crash is about permits only")
    assert warnings(shocks={"crash": crash}) == []
    assert warnings(shocks={"crash": {**crash, "enabled": False}}, services=NEVER) == []
    closed = {"kind": "counter_closure", "target": {"services": ("permits",)}}
    assert warnings(shocks={"closed": closed}, services=NEVER) == []


def test_no_dose_no_effect() -> None:
    assert programme(train={"kind": "training"}) == ["train does nothing, because its `seats` is 0"]
    assert programme(train={"kind": "training", "enabled": False}) == []
