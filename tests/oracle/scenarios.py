"""Small scenarios that together visit every branch of the week."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

from examples import by_age, small_scenario
from takeup.evidence import PARAMETERS
from takeup.scenario.schema.case import Case
from takeup.scenario.schema.scenario import Scenario

_RUN: dict[str, Any] = {"weeks": 60, "sample": 400}

_TELL_AND_TEACH: dict[str, Any] = {
    "letters": {
        "kind": "communication", "medium": "letter", "start": 2, "weeks": 20,
        "target": {"services": ("waste", "permits"), "age": ("25-34", "35-44", "65-74")},
        "fixed_cost": 5000.0,
    },
    "posts": {
        "kind": "communication", "medium": "social-media", "start": 5, "intensity": 2.0,
        "target": {"wards": ("Old Town",)},
    },
    "briefing": {
        "kind": "communication", "audience": "staff", "start": 1, "staff_hours": 3.0,
        "target": {"roles": ("frontline", "manager")},
    },
    "courses": {"kind": "training", "seats": 6.0, "start": 4, "weeks": 30, "seat_cost": 40.0},
    "managers": {
        "kind": "training", "seats": 2.0, "start": 6, "weeks": 10, "hours": 40.0, "gain": 0.8,
        "target": {"roles": ("manager",)},
    },
    "lessons": {
        "kind": "training", "audience": "residents", "seats": 40.0, "start": 3, "weeks": 25,
        "target": {"age": ("65-74", "75+"), "access": ("with",)},
    },
    "tablets": {
        "kind": "training", "audience": "residents", "seats": 15.0, "start": 12, "weeks": 30,
        "gain": 0.7,
    },
    "champions": {
        "kind": "champions", "share": 0.15, "choice": "nomination", "start": 8, "weeks": 40,
        "weekly_cost": 100.0,
    },
}  # fmt: skip

_LEAD_AND_DESIGN: dict[str, Any] = {
    "leaders": {"kind": "leadership", "intensity": 2.0, "start": 3, "weeks": 40},
    "directors": {
        "kind": "leadership", "intensity": 0.5, "hours": 1.0, "start": 10,
        "target": {"departments": ("environment",), "roles": ("manager", "back-office")},
    },
    "reviews": {"kind": "review", "every": 6, "adjust": ("letters", "courses"), "step": 0.4},
    "study": {"kind": "audit", "takes": 5, "fixed_cost": 3000.0},
    "next-study": {"kind": "audit", "takes": 3, "start": 18, "quality": 1.0},
    "to-the-point": {
        "kind": "communication", "medium": "in-person", "tailored": True, "start": 6, "weeks": 20,
        "target": {"age": ("75+",)},
    },
    "own-words": {
        "kind": "communication", "audience": "staff", "tailored": True, "start": 4, "weeks": 20,
    },
    "barriers": {"kind": "training", "seats": 9.0, "aim": "barrier", "start": 5, "weeks": 40},
    "design-days": {
        "kind": "engagement", "places": 25.0, "session_cost": 20.0, "weeks": 30,
        "target": {"wards": ("New Town",)},
    },
    "more-design-days": {"kind": "engagement", "places": 300.0, "start": 20, "weeks": 3},
    "workshops": {"kind": "engagement", "audience": "staff", "places": 12.0, "weeks": 35},
    "helpers": {"kind": "tailored_support", "sessions": 25.0, "session_cost": 5.0, "start": 1},
    "more-helpers": {
        "kind": "tailored_support", "sessions": 60.0, "start": 10, "weeks": 20,
        "target": {"access": ("without",)},
    },
    "floor-walkers": {
        "kind": "tailored_support", "audience": "staff", "sessions": 20.0, "start": 9,
    },
    "team": {
        "kind": "change_team", "members": 3.0, "start": 12, "weeks": 30,
        "target": {"departments": ("revenues",)},
    },
    "agency": {
        "kind": "digital_agency", "intensity": 1.5, "pace": 0.05, "transfer": 0.4, "seats": 3.0,
        "weekly_fee": 500.0, "weeks": 25,
    },
    "second-agency": {
        "kind": "digital_agency", "pace": 0.1, "transfer": 1.0, "start": 20, "weeks": 8,
        "target": {"services": ("waste",)},
    },
    "early": {"kind": "quick_win", "service": "permits", "lead": 3, "publicity": 2.0, "start": 1},
    "playbook": {"kind": "digital_playbook", "start": 2, "weeks": 50, "hours": 6.0},
    "threats": {"kind": "security_transparency", "start": 18, "weeks": 35},
}  # fmt: skip

_EVERYTHING: dict[str, Any] = {**_TELL_AND_TEACH, **_LEAD_AND_DESIGN}
"""Every kind of intervention, most of them twice with other targets."""

_SHOCKS: dict[str, Any] = {
    "storm": {"kind": "outage", "start": 20, "weeks": 2},
    "glitches": {
        "kind": "outage", "per_year": 12.0, "severity": 0.5, "target": {"services": ("waste",)},
    },
    "leak": {"kind": "breach", "start": 15, "trust_loss": 0.4},
    "leaks": {"kind": "breach", "per_year": 6.0},
    "closure": {
        "kind": "counter_closure", "start": 17, "weeks": 20, "target": {"services": ("waste",)},
    },
    "election": {"kind": "leadership_change", "start": 14, "weeks": 8},
    "resignation": {
        "kind": "leadership_change", "start": 18, "weeks": 10, "continuity": 0.0,
        "target": {"departments": ("environment",)},
    },
    "austerity": {"kind": "budget_cut", "start": 19, "share": 0.3},
    "winter": {
        "kind": "demand_surge", "start": 12, "weeks": 10, "factor": 3.0,
        "target": {"services": ("waste", "permits")},
    },
    "rumour": {"kind": "demand_surge", "start": 16, "weeks": 3, "factor": 1.2},
}  # fmt: skip
"""Every kind of shock."""

_GOALS: dict[str, Any] = {
    "take-up": {"kpi": "digital_take_up", "target": 0.8, "by": 24},
    "nobody-left-behind": {"kpi": "inclusion_gap_age", "target": 0.1, "by": 15},
    "backlog": {"kpi": "backlog", "target": 20.0, "by": 20, "group": "department:environment"},
}
"""Goals that a small place is now ahead of and now behind."""


def _champions(choice: str, **fields: Any) -> dict[str, Any]:
    return {"kind": "champions", "share": 0.2, "choice": choice, **fields}


def _scenario(**changes: Any) -> Scenario:
    run: Mapping[str, Any] = changes.pop("run", {})
    return small_scenario(run={**_RUN, **run}, **changes)


def everything() -> Scenario:
    """Every kind of intervention and of shock at once, on readiness as a CES mean."""
    return _scenario(programme=_EVERYTHING, shocks=_SHOCKS, goals=_GOALS)


def told_and_taught() -> Scenario:
    """Campaigns, courses and champions in quiet times."""
    return _scenario(programme=_TELL_AND_TEACH)


def ahead_of_plan() -> Scenario:
    """Services that come early or late, with a programme that staff can take in."""
    return _scenario(
        run={"seed": 6},
        services={"waste": {"go_live": 8}, "permits": {"go_live": 300}},
        programme={
            "playbook": {"kind": "digital_playbook", "acceleration": 1.0, "weeks": 20},
            "agency": {
                "kind": "digital_agency", "start": 3, "weeks": 10, "transfer": 0.0,
                "target": {"services": ("permits",)},
            },
            "early": {"kind": "quick_win", "service": "permits", "start": 10, "lead": 0},
            "design-days": {"kind": "engagement", "places": 50.0},
            "team": {"kind": "change_team", "members": 8.0},
            "reviews": {
                "kind": "review", "every": 4, "goals": ("trust",), "adjust": ("design-days",),
                "intensity": 3.0,
            },
        },
        shocks={
            "leak": {"kind": "breach", "start": 10, "trust_loss": 0.6},
            "closure": {"kind": "counter_closure"},
        },
        goals={"trust": {"kpi": "trust", "target": 0.2, "by": 30, "group": "ward:Old Town"}},
    )  # fmt: skip


def overload() -> Scenario:
    """Too few staff for the work, none released, everyone meeting everyone, a strict product."""
    return _scenario(
        network={"kind": "well_mixed", "degree": 8},
        structure={"readiness": "product"},
        departments={
            "revenues": {"name": "Revenues", "staff": 120, "handles_share": 0.004},
            "environment": {"name": "Environment", "staff": 40, "handles_share": 0.045},
            "archive": {"name": "Archive", "staff": 5},
        },
        services={"waste": {"go_live": 20}, "permits": {"go_live": "never"}},
        programme={
            "champions": _champions("random", hours=20.0, strength=3.0),
            "course": {
                "kind": "training", "seats": 30.0, "hours": 40.0,
                "target": {"departments": ("revenues",)},
            },
        },
        parameters={"release": 0.0, "failure_contacts": 0.5, "abandonment": 1.0, "dip": 0.3},
    )  # fmt: skip


def failures() -> Scenario:
    """Poor online services whose users call again and again, many errors, much released time."""
    return _scenario(
        run={"seed": 3, "warm_up": 60},
        network={"kind": "barabasi_albert", "degree": 6},
        departments={"environment": {"managers": 0.4, "adopted": 0.5}},
        services={
            "council-tax": {"usability": 0.5, "complexity": 0.8, "take_up": 0.5},
            "permits": {"usability": 0.35, "go_live": 5, "straight_through": 0.0},
        },
        programme={
            "degree": _champions("degree", target={"departments": ("environment",)}),
            "betweenness": _champions("betweenness", start=20, weeks=20),
            "letters": {"kind": "communication", "medium": "letter", "intensity": 3.0},
        },
        parameters={
            "failure_contacts": 2.6, "error_contacts": 0.9, "rework": 0.5, "release": 0.03,
            "help_rate": 0.6, "negativity": 4.0, "turnover": 0.8, "saturation": 0.0,
        },
    )  # fmt: skip


def nobody_online() -> Scenario:
    """A place without internet access and few ties, where a service goes online at once."""
    return _scenario(
        run={"seed": 8, "weeks": 20},
        place={"access": by_age(*[0.0] * 7)},
        network={"degree": 1, "long_ties": 1.0},
        services={"waste": {"go_live": 0}},
        programme={"letters": {"kind": "communication", "medium": "local-press"}},
        parameters={"search": 0.0},
    )


def strogatz() -> Scenario:
    """A small world without talk, where one service after another goes online."""
    return _scenario(
        run={"seed": 21, "warm_up": 104, "weeks": 80},
        network={"kind": "watts_strogatz", "degree": 4},
        services={
            "council-tax": {"go_live": 0},
            "waste": {"go_live": 30},
            "permits": {"go_live": 31},
        },
        programme={**_EVERYTHING, "champions": _champions("betweenness", start=10)},
        shocks=_SHOCKS,
        goals=_GOALS,
        parameters={"talk_awareness": 0.0, "talk_expectation": 0.0, "peer_weight": 0.0},
    )


def blocks() -> Scenario:
    """Blocks by ward, the harmonic CES mean, tired and restless staff."""
    return _scenario(
        run={"seed": 5, "weeks": 80, "sample": 600},
        network={"kind": "stochastic_block", "ward_mixing": 0.5},
        departments={"environment": {"staff": 30, "managers": 0.0, "handles_share": 0.2}},
        programme={**_EVERYTHING, "champions": _champions("degree", share=1.0)},
        shocks=_SHOCKS,
        goals=_GOALS,
        parameters={
            "strictness": 1.0, "fatigue_rate": 0.8, "turnover": 1.2, "release": 0.2,
            "adopter_level": 0.9,
        },
    )  # fmt: skip


def town() -> Scenario:
    """Three thousand residents for three years."""
    return _scenario(
        run={"weeks": 156, "sample": 3000, "seed": 2},
        programme=_EVERYTHING,
        shocks=_SHOCKS,
        goals=_GOALS,
    )


def changed_later() -> Scenario:
    """A plan that makes services better and worse, and pays staff more, from week 12 on."""
    root = told_and_taught()
    live = next(name for name, service in root.services.items() if service.go_live is None)
    plan = root.changed(
        {
            "changes_from": 12,
            f"services.{live}.usability": 0.95,
            "services.waste.usability": 0.5,
            "services.waste.minutes": {"digital": 4.0, "rekeying": 9.0, "phone": 30.0,
                                       "counter": 31.0},
            "services.waste.phone_share": 0.6,
            "services.waste.availability": 0.9,
            "services.permits.complexity": 0.1,
            "departments.revenues.hourly_cost": 40.0,
            "departments.environment.weekly_hours": 20.0,
        }
    )  # fmt: skip
    return Case.of(plan, 1).scenario


FAST = {
    make.__name__: make
    for make in (
        everything, told_and_taught, ahead_of_plan, overload, failures, nobody_online,
        changed_later,
    )
}  # fmt: skip
SLOW = {make.__name__: make for make in (strogatz, blocks, town)}


@st.composite
def corners(draw: st.DrawFn) -> Scenario:
    """Draw a scenario with every parameter at one end of its range."""
    ends = [st.sampled_from((p.low, p.high)) for p in PARAMETERS.values()]
    programme: dict[str, Any] = draw(st.sampled_from([{}, _TELL_AND_TEACH, _EVERYTHING]))
    shocks: dict[str, Any] = draw(st.sampled_from([{}, _SHOCKS]))
    go_live = draw(st.sampled_from([0, 10, "never", None]))
    if go_live in (0, None):  # nothing is left to bring forward
        programme = {name: item for name, item in programme.items() if name != "early"}
    choice = draw(st.sampled_from(["random", "nomination", "degree", "betweenness"]))
    return _scenario(
        run={"seed": draw(st.integers(0, 2**32 - 1)), "sample": 300, "weeks": 25},
        network={"kind": draw(st.sampled_from(["neighbourhood", "well_mixed"]))},
        structure={"readiness": draw(st.sampled_from(["ces", "product"]))},
        departments={"revenues": {"handles_share": draw(st.sampled_from([None, 0.02, 1.0]))}},
        services={"permits": {"go_live": go_live}},
        programme={**programme, "colleagues": _champions(choice)},
        shocks=shocks,
        goals=_GOALS,
        parameters=dict(zip(PARAMETERS, draw(st.tuples(*ends)), strict=True)),
    )
