"""Limits across tables that hold for surges and goals, whatever the figures."""

import re
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from examples import by_age, small_scenario
from takeup.kpis import FAMILIES, GAPS, KPIS
from takeup.programme.target import Addressed

RESIDENTS = 4000
SURGE = {"kind": "demand_surge", "start": 2, "weeks": 5}
LABELS = {
    "all": "all", "age": "age:75+", "income": "income:low", "access": "access:without",
    "support": "support:needs-support", "ward": "ward:Old Town", "service": "service:waste",
    "department": "department:revenues",
}  # fmt: skip


def refused(**changes: Any) -> str:
    with pytest.raises(ValidationError) as caught:
        small_scenario(**changes)
    return str(caught.value)


@settings(max_examples=30, deadline=None)
@given(volume=st.floats(100, 200_000), factor=st.floats(1, 10))
def test_a_surge_is_refused_just_where_that_volume_would_be(volume: float, factor: float) -> None:
    def accepted(yearly: float, **surge: Any) -> bool:
        waste = {"yearly_volume": yearly, "by_age": {}}
        try:
            small_scenario(services={"waste": waste}, **surge)
        except ValidationError:
            return False
        return True

    if abs(volume * factor / (RESIDENTS * 52) - 1) < 1e-9:
        return
    surge = {**SURGE, "factor": factor, "target": {"services": ("waste",)}}
    assert accepted(volume, shocks={"surge": surge}) == accepted(volume * factor)


def test_surges_of_the_same_weeks_multiply_and_others_do_not() -> None:
    volume = {"waste": {"yearly_volume": 40_000.0}}  # at most 208,000
    one = {**SURGE, "factor": 3.0}
    two = {**SURGE, "factor": 2.0}
    small_scenario(services=volume, shocks={"one": one})
    assert "shocks.two.factor: must be below 1.733 for waste, not 2" in refused(
        services=volume, shocks={"one": one, "two": two}
    )
    small_scenario(services=volume, shocks={"one": one, "two": {**two, "start": 7}})
    small_scenario(services=volume, shocks={"one": one, "two": {**two, "enabled": False}})
    elsewhere = {**two, "target": {"services": ("permits",)}}
    small_scenario(services=volume, shocks={"one": one, "two": elsewhere})


def test_a_surge_for_which_most_of_the_place_has_no_need() -> None:
    young = {"permits": {"by_age": by_age(1, 0, 0, 0, 0, 0, 0)}}
    assert "resident of age 16-24" in refused(
        services=young, shocks={"surge": {**SURGE, "factor": 9.0}}
    )


@pytest.mark.parametrize("kpi", KPIS, ids=lambda kpi: kpi.name)
def test_a_goal_can_be_set_for_a_group_just_if_the_kpi_is_measured_for_it(kpi: Any) -> None:
    for family in FAMILIES:
        goal = {"kpi": kpi.name, "target": 0.5, "by": 20, "group": LABELS[family]}
        if kpi.better == 0:
            assert "neither when high nor when low" in refused(goals={"aim": goal})
        elif family in kpi.families:
            small_scenario(goals={"aim": goal})
        else:
            assert f"is not measured by {family}" in refused(goals={"aim": goal})


@pytest.mark.parametrize("gap", GAPS, ids=lambda gap: gap.name)
def test_a_gap_is_known_for_the_place_as_a_whole(gap: Any) -> None:
    goal = {"kpi": gap.name, "target": 0.1, "by": 20}
    small_scenario(goals={"aim": goal})
    assert "is known for all" in refused(goals={"aim": {**goal, "group": "age:75+"}})


NOBODY: dict[Addressed, dict[str, Any]] = {
    "residents": {
        "kind": "engagement",
        "target": {"age": ("75+",), "access": ("without",)},
    },
    "staff": {"kind": "leadership", "target": {"roles": ("manager",)}},
    "services": {"kind": "digital_playbook", "target": {"services": ("no-such",)}},
    "departments": {"kind": "change_team", "target": {"departments": ("no-such",)}},
    "place": {"kind": "security_transparency", "target": {"wards": ("Old Town",)}},
}


@pytest.mark.parametrize("addressed", get_args(Addressed))
def test_a_target_that_hits_nothing_is_refused(addressed: Addressed) -> None:
    found = refused(
        programme={"it": NOBODY[addressed]},
        place={"access": {"75+": 1.0}},
        departments={key: {"managers": 0.0} for key in ("revenues", "environment")},
    )  # fmt: skip
    assert re.search(r"programme\.it\S*\s+target|programme\.it\.target", found)
    people = addressed in ("residents", "staff")
    assert ("matches nobody" in found) == people
