"""The starter, and the JSON Schema that its comments come from."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from takeup.programme import KINDS, SHOCKS
from takeup.scenario import explain, load, plan_starter, schema, starter
from takeup.scenario.read.json_schema import node


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    (tmp_path / "new town.toml").write_text(starter("Ashford upon Ouse"), encoding="utf-8")
    path = tmp_path / "plan.toml"
    path.write_text(plan_starter("new town.toml"), encoding="utf-8")
    return path


def test_the_starter_is_a_valid_baseline(plan: Path) -> None:
    scenario = load(plan.parent / "new town.toml")
    assert scenario.name == scenario.place.name == "Ashford upon Ouse"
    assert (len(scenario.departments), len(scenario.services)) == (3, 3)
    assert not scenario.programme
    assert "warning" not in explain(scenario)


def test_the_starter_shows_a_goal_that_plans_share(plan: Path) -> None:
    (goal,) = load(plan.parent / "new town.toml").goals.values()
    assert (goal.kpi, goal.target) == ("digital_take_up", 0.5)
    assert list(load(plan).goals.values()) == [goal]


def test_the_plan_starter_extends_it_and_names_every_kind(plan: Path) -> None:
    scenario = load(plan)
    assert scenario.place.name == "Ashford upon Ouse"
    assert len(scenario.programme) == 3
    assert "warning" not in explain(scenario)
    assert set(KINDS) <= set(re.findall(r"\w+", plan.read_text(encoding="utf-8")))


def test_both_starters_are_small() -> None:
    assert len(starter("X").splitlines()) < 160
    assert len(plan_starter("x.toml").splitlines()) < 60


def test_required_keys_are_marked() -> None:
    marked = [x for x in starter("X").splitlines() if x.endswith("(required)")]
    assert any(x.startswith("residents = ") for x in marked)
    assert not any(x.startswith(("trust", "seed")) for x in marked)
    lines = plan_starter("b.toml").splitlines()
    (kind,) = [n for n, x in enumerate(lines) if x == 'kind = "training"']
    assert lines[kind - 1].endswith("(required)")


@settings(max_examples=50)
@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_name_gives_valid_toml(name: str) -> None:
    read = tomllib.loads(starter(name))
    assert read["name"] == read["place"]["name"] != ""


def test_comments_are_the_descriptions_of_the_schema() -> None:
    lines = (starter("Newtown") + plan_starter("newtown.toml")).splitlines()
    assert max(map(len, lines)) <= 100
    for path, kind in (
        (("run", "sample"), None),
        (("place", "access"), None),
        (("services", "waste", "minutes"), None),
        (("programme", "champions", "share"), "champions"),
        (("goals", "take-up", "by"), None),
    ):
        assert any(f"# {node(path, kind)['description']}" in line for line in lines), path


def test_every_key_has_a_description() -> None:
    whole = schema()
    tables = {"Scenario": whole, **whole["$defs"]}
    bare = [
        f"{table}.{key}"
        for table, content in tables.items()
        for key, value in content["properties"].items()
        if key != "kind" and not value.get("description")
    ]
    assert bare == []


def walk(part: Any) -> Any:
    yield part
    for below in part.values() if isinstance(part, dict) else part:
        if isinstance(below, dict | list):
            yield from walk(below)


def test_the_schema_accepts_plans_and_has_no_null() -> None:
    whole = schema()
    assert whole["$schema"].startswith("https://json-schema.org/")
    assert whole["title"] == "takeup scenario"
    assert whole["properties"]["extends"]["type"] == "string"
    assert {"required": ["extends"]} in whole["anyOf"]
    assert "required" not in whole["$defs"]["Place"]
    assert whole["$defs"]["Ward"]["required"] == ["name", "share"]
    for part in walk(whole):
        if isinstance(part, dict):
            assert part.get("type") != "null"
            assert part.get("default", 0) is not None


@pytest.mark.parametrize(("part", "kinds"), [("programme", KINDS), ("shocks", SHOCKS)])
def test_the_schema_knows_every_kind_and_lets_a_plan_leave_it_out(
    part: str, kinds: dict[str, Any]
) -> None:
    whole = schema()
    (events,) = whole["properties"][part]["patternProperties"].values()
    branches = [branch["$ref"].rpartition("/")[2] for branch in events["anyOf"]]
    found = {}
    for name in branches:
        content = whole["$defs"][name]
        assert "required" not in content
        assert content["additionalProperties"] is False
        found[content["properties"]["kind"]["const"]] = content["properties"].keys()
    assert found == {kind: cls.model_fields.keys() for kind, cls in kinds.items()}
    assert "oneOf" not in events


def test_the_schema_of_a_key_depends_on_the_kind() -> None:
    assert node(("shocks", "x", "severity"), "outage")["maximum"] == 1
    assert not node(("shocks", "x", "severity"), "breach")
    assert not node(("shocks", "x", "kind"), "training")
    assert node(("goals", "x", "target"))["type"] == "number"


def test_the_schema_is_a_copy() -> None:
    schema()["properties"].clear()
    assert schema()["properties"]


@pytest.mark.parametrize("path", [("nothing",), ("place", "wards", 0, "nothing"), ("run", "x", 1)])
def test_a_place_that_the_schema_does_not_know(path: tuple[str | int, ...]) -> None:
    assert not node(path)
