"""Writing scenarios: what is written is read back as it was, whatever it was."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import takeup
from examples import small_scenario
from takeup.model.world.world import world_key
from takeup.scenario import Scenario, load
from takeup.scenario.tell.write import to_toml

ROOT = Path(__file__).parents[2]
FILES = [
    *sorted((ROOT / "scenarios").glob("[!c]*/*.toml")),
    Path(__file__).parent / "everything.toml",
]

texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40)
names = texts.filter(lambda text: any(c.isprintable() and not c.isspace() for c in text))
shares = st.floats(0, 1)
money = st.floats(0, 1e9) | st.sampled_from([1e-7, 1e14, 0.1 + 0.2])


def written(scenario: Scenario, folder: Path) -> Scenario:
    path = folder / "written.toml"
    path.write_text(to_toml(scenario), encoding="utf-8", newline="")
    return load(path)


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_scenario_of_the_repository_is_read_back_as_it_was(path: Path, tmp_path: Path) -> None:
    scenario = load(path)
    back = written(scenario, tmp_path)
    assert back == scenario
    assert back.model_dump_json() == scenario.model_dump_json()  # in the same order as well
    assert world_key(back, 3) == world_key(scenario, 3)


@given(name=names, description=texts, ward=names, cost=money, worked=shares, trust=shares)
def test_any_text_and_number_is_read_back_as_it_was(
    name: str,
    description: str,
    ward: str,
    cost: float,
    worked: float,
    trust: float,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    scenario = small_scenario(
        name=name,
        description=description,
        place={"wards": ({"name": ward, "share": 1.0},), "trust": 0.1 + 0.8 * trust},
        departments={"revenues": {"adopted": worked}},
        services={"permits": {"go_live": "never"}},
        programme={
            "one": {"kind": "audit", "fixed_cost": cost, "start": 2},
            "two": {"kind": "communication", "target": {"wards": (ward,)}, "enabled": False},
        },
        parameters={"turnover": 0.5 * trust},
    )
    assert written(scenario, tmp_path_factory.getbasetemp()) == scenario


def test_the_text_says_what_its_tables_are_and_extends_nothing() -> None:
    text = to_toml(load(FILES[-1]))
    assert "extends" not in tomllib.loads(text)
    lines = text.splitlines()
    for header in ("[run]", "[place]", "[network]", "[structure]", "[parameters]"):
        assert lines[lines.index(header) - 1].startswith("# ")
    assert "# change team of 2, 30 h a week each" in lines


def test_the_network_file_is_named_with_its_whole_path(tmp_path: Path) -> None:
    (tmp_path / "ties.csv").write_text("from,to\n0,1\n", encoding="utf-8")
    plan = tmp_path / "plan.toml"
    town = ROOT / "tests" / "scenario" / "town.toml"
    plan.write_text(
        f'extends = "{town}"\n[network]\nkind = "edge_list"\nfile = "ties.csv"\n', encoding="utf-8"
    )
    (tmp_path / "elsewhere").mkdir()
    assert written(load(plan), tmp_path / "elsewhere") == load(plan)


def test_what_is_written_runs_to_the_same_numbers(tmp_path: Path) -> None:
    scenario = load(ROOT / "scenarios" / "riverton" / "full-plan.toml", ["run.sample=300"])
    one = takeup.simulate(scenario, replicates=1)
    assert takeup.simulate(written(scenario, tmp_path), replicates=1).identical(one)
