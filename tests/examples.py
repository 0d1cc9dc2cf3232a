"""Small valid scenarios that tests share, built without files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from takeup.programme.segments import AGES
from takeup.scenario.schema.scenario import Scenario


def by_age(*shares: float) -> dict[str, float]:
    """Return shares by age band, youngest first."""
    return dict(zip(AGES, shares, strict=True))


_MINUTES = {"digital": 8.0, "rekeying": 20.0, "phone": 22.0, "counter": 35.0}

_SMALL: dict[str, Any] = {
    "name": "small",
    "run": {"weeks": 30, "sample": 400, "replicates": 2, "seed": 11},
    "place": {
        "name": "Smallbridge",
        "residents": 4000,
        "age": by_age(0.12, 0.17, 0.17, 0.16, 0.15, 0.13, 0.10),
        "access": by_age(0.99, 0.98, 0.97, 0.96, 0.92, 0.85, 0.62),
        "skill": by_age(0.92, 0.92, 0.89, 0.84, 0.74, 0.58, 0.32),
        "support_need": by_age(0.07, 0.07, 0.08, 0.10, 0.14, 0.20, 0.35),
        "wards": (
            {"name": "Old Town", "share": 0.35,
             "age": by_age(0.06, 0.10, 0.12, 0.15, 0.18, 0.20, 0.19)},
            {"name": "New Town", "share": 0.65},
        ),
    },
    "departments": {
        "revenues": {"name": "Revenues", "staff": 120},
        "environment": {"name": "Environment", "staff": 80},
    },
    "services": {
        "council-tax": {
            "name": "Council tax", "department": "revenues", "yearly_volume": 9000.0,
            "minutes": _MINUTES,
        },
        "waste": {
            "name": "Bulky waste", "department": "environment", "yearly_volume": 6000.0,
            "minutes": _MINUTES,
        },
        "permits": {
            "name": "Parking permits", "department": "environment", "yearly_volume": 4000.0,
            "by_age": {"16-24": 0.5, "75+": 0.3}, "go_live": 10, "minutes": _MINUTES,
        },
    },
}  # fmt: skip


def small_scenario(**changes: Any) -> Scenario:
    """Return 4,000 residents (400 simulated) in two wards, two departments and three services.

    Two services are online already, `permits` goes live in week 10 of 30.

    Args:
        **changes: tables or values that differ. A mapping is merged into the table of that name,
            at any depth: `small_scenario(run={"seed": 2})`; anything else takes its place.
    """
    return Scenario.model_validate(_merged(_SMALL, changes))


def _merged(base: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, value in changes.items():
        if isinstance(value, Mapping) and isinstance(merged.get(key), Mapping):
            merged[key] = _merged(merged[key], value)
        else:
            merged[key] = value
    return merged


_HOSTILE_PLACE = """
name = "[x] [/y] − 北京 and a name of sixty characters, which is long"
description = "[bold]$a_b$[/bold] \\u001b[31m _x"
run = { start = 2025-01-06, weeks = 8, warm_up = 52, sample = 100, replicates = 2, seed = 1 }
[place]
name = "[phase 1] 京都 −"
residents = 4000
age = { "16-24" = 0.12, "25-34" = 0.17, "35-44" = 0.17, "45-54" = 0.16, "55-64" = 0.15, "65-74" = 0.13, "75+" = 0.10 }
access = { "16-24" = 0.99, "25-34" = 0.98, "35-44" = 0.97, "45-54" = 0.96, "55-64" = 0.92, "65-74" = 0.85, "75+" = 0.62 }
skill = { "16-24" = 0.92, "25-34" = 0.92, "35-44" = 0.89, "45-54" = 0.84, "55-64" = 0.74, "65-74" = 0.58, "75+" = 0.32 }
support_need = { "16-24" = 0.07, "25-34" = 0.07, "35-44" = 0.08, "45-54" = 0.10, "55-64" = 0.14, "65-74" = 0.20, "75+" = 0.35 }
wards = [
    { name = "_$ward_1$ [/red] 北京 😀", share = 0.4 },
    { name = "Ward [/red] with a name of sixty characters − as long as ever", share = 0.6 },
]
[departments.a-department-whose-id-is-of-forty-chars]
name = "_Dept [/x] $a_b$ 北京"
staff = 100
[services.a-service-whose-id-is-of-forty-chars]
name = "_Svc [x] $a_b$ − 北京 a service of sixty characters as they get"
department = "a-department-whose-id-is-of-forty-chars"
yearly_volume = 9000
minutes = { digital = 8, rekeying = 20, phone = 22, counter = 35 }
[services.permits]
name = "北京上海北京上海北京上海北京上海北京上海北京上海北京上海北京上海北京上海北京上海北京上海北京上海北京上海"
department = "a-department-whose-id-is-of-forty-chars"
yearly_volume = 4000
go_live = 5
minutes = { digital = 8, rekeying = 20, phone = 22, counter = 35 }
[goals.a-goal-whose-id-is-of-forty-chars]
kpi = "digital_take_up"
target = 0.5
group = "service:a-service-whose-id-is-of-forty-chars"
by = 7
"""  # noqa: E501

_HOSTILE_PLAN = """
extends = "base.toml"
name = "_$a_b$ [phase 2] 😀 a plan whose name is of sixty characters"
[programme.a-measure-whose-id-is-of-forty-chars]
kind = "training"
seats = 10
hours = 2
start = 3
weeks = 3
[shocks.a-shock-whose-id-is-of-forty-chars]
kind = "outage"
start = 6
"""

_HOSTILE_STUDY = """
scenario = ["base.toml", "plan.toml"]
replicates = 2
[design]
kind = "sobol"
points = 8
[set]
run.uncertainty = "seed"
parameters.habit_weight.evidence = true
parameters.trust_weight.evidence = true
[record]
kpis = ["digital_take_up", "trust"]
"""


def hostile_files(folder: Path) -> tuple[Path, Path]:
    """Write a baseline, a plan and an experiment whose names are markup, long, and not Latin.

    Returns:
        `base.toml` and `plan.toml`; `study.toml` lies beside them.
    """
    texts = {"base": _HOSTILE_PLACE, "plan": _HOSTILE_PLAN, "study": _HOSTILE_STUDY}
    for name, text in texts.items():
        (folder / f"{name}.toml").write_text(text, encoding="utf-8")
    return folder / "base.toml", folder / "plan.toml"
