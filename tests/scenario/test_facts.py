"""Facts of a root and changes of its plans: which is which, and where each belongs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import takeup
from examples import small_scenario
from takeup.errors import InputError
from takeup.experiments.definition import read_experiment
from takeup.kpis import CITIZEN
from takeup.model.run.simulation import Simulation, beginning_key, simulate_counters
from takeup.scenario.schema.case import Case
from takeup.scenario.tell.write import to_toml

TOWN = (Path(__file__).parent / "town.toml").read_text(encoding="utf-8")
ONLINE = CITIZEN.index("transactions_online")
USABILITY = "services.council-tax.usability"


@pytest.fixture
def base(tmp_path: Path) -> Path:
    path = tmp_path / "base.toml"
    path.write_text(TOWN, encoding="utf-8")
    return path


def plan(base: Path, text: str) -> Path:
    path = base.parent / "plan.toml"
    path.write_text(f'extends = "base.toml"\nname = "plan"\n{text}', encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("[services.council-tax]\ntake_up = 0.5\n", "services.council-tax.take_up"),
        ("[run]\nwarm_up = 60\n", "run.warm_up"),
        ("[departments.revenues]\nadopted = 0.3\n", "departments.revenues.adopted"),
        ("[place]\nresidents = 40_000\n", "place.residents"),
        ("[services.council-tax]\ngo_live = 20\n", "services.council-tax.go_live"),
    ],
)
def test_a_plan_that_restates_a_fact_is_told_where_it_belongs(
    base: Path, text: str, key: str
) -> None:
    path = plan(base, text)
    with pytest.raises(InputError) as caught:
        takeup.load(path)
    (found,) = caught.value.problems
    assert found.startswith(f"{path}, line 4: {key}: is a fact about today")
    assert f"state it in {base}" in found
    assert "--fact" in found


def test_set_on_a_root_names_fact_and_changed_names_with_facts(base: Path) -> None:
    with pytest.raises(InputError, match=r"--set: services.council-tax.take_up: .*--fact"):
        takeup.load(base, ["services.council-tax.take_up=0.5"])
    with pytest.raises(InputError, match=r"Scenario.with_facts"):
        takeup.load(base).changed("services.council-tax.take_up", 0.5)
    with pytest.raises(InputError, match=r"--fact: run.weeks: is no fact"):
        takeup.load(base, facts=["run.weeks=60"])


def test_changes_are_kept_apart_from_facts_and_come_back_from_a_file(base: Path) -> None:
    root = takeup.load(base)
    was = root.services["council-tax"].usability
    changed = root.changed(USABILITY, 0.95, "changes_from", 10)
    assert changed.facts.services["council-tax"].usability == was
    assert changed.root().services["council-tax"].usability == was
    assert changed.changed(USABILITY, was).facts == root.facts
    other = changed.with_facts(USABILITY, 0.5)
    assert (other.services["council-tax"].usability, other.change_week()) == (0.95, 10)
    assert other.root().services["council-tax"].usability == 0.5
    file = base.with_name("alone.toml")
    file.write_text(to_toml(changed), encoding="utf-8")
    assert takeup.load(file) == changed
    assert beginning_key(takeup.load(file), 0) == beginning_key(changed, 0)


def test_plans_share_the_beginning_and_changes_have_their_sign() -> None:
    root = small_scenario(run={"weeks": 52, "sample": 2000, "uncertainty": "seed"})
    live = next(k for k, service in root.services.items() if service.go_live is None)
    key = f"services.{live}.usability"
    online = []
    for usability in (0.5, 0.95):
        change = root.changed(key, usability)
        assert beginning_key(change, 0) == beginning_key(root, 0)
        assert beginning_key(root.with_facts(key, usability), 0) != beginning_key(root, 0)
        begun, plain = Simulation(change, 0).state.services, Simulation(root, 0).state.services
        assert begun["constant_online"].tolist() == plain["constant_online"].tolist()
        online.append(simulate_counters(change, 0).service[..., ONLINE].sum())
    assert online[0] < online[1]


def test_what_is_inferred_is_drawn_alike_in_all_plans() -> None:
    root = small_scenario(run={"uncertainty": "both"})
    live = next(k for k, service in root.services.items() if service.go_live is None)
    change = root.changed(f"services.{live}.usability", 0.9)
    for replicate in (0, 1):
        one, two = (Case.of(each, replicate).scenario for each in (root, change))
        assert one.root().services == two.root().services
        new = [facts.take_up for facts in one.facts.services.values()]
        assert new == [two.facts.services[k].take_up for k in one.facts.services]
    assert Case.of(root, 0).scenario.facts != Case.of(root, 1).scenario.facts


def test_experiments_have_facts(base: Path) -> None:
    file = base.with_name("experiment.toml")
    head = 'scenario = "base.toml"\nreplicates = 1\n[design]\nkind = "grid"\n'
    sets = f"[set]\n{USABILITY} = [0.7, 0.9]\n"
    file.write_text(f"{head}{sets}[facts]\n{USABILITY} = [0.5, 0.6]\n", encoding="utf-8")
    found = read_experiment(file)
    (name,) = found.base
    assert set(found.varied) == {USABILITY, f"facts.{USABILITY}"}
    scenario = found.scenario(name, {USABILITY: 0.9, f"facts.{USABILITY}": 0.5})
    assert scenario.services["council-tax"].usability == 0.9
    assert scenario.root().services["council-tax"].usability == 0.5
    file.write_text(f"{head}{sets}place.trust = 0.5\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"line 7: place.trust: .*under \[facts\]"):
        read_experiment(file)


def test_the_command_line_refuses_with_file_line_and_key(base: Path) -> None:
    path = plan(base, "[services.council-tax]\ntake_up = 0.5\n")
    command = [sys.executable, "-m", "takeup.cli", "check", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "plan.toml, line 4: services.council-tax.take_up" in done.stderr
