"""What a server offers: scenarios, challenges, and what is wrong with those that are not."""

from pathlib import Path

import pytest

from takeup.errors import InputError
from takeup.scenario import load
from takeup.view.setting.councils import Councils, offered

ROOT = Path(__file__).parents[2]
SCENARIOS = ROOT / "scenarios"
TOWN = ROOT / "tests" / "scenario" / "town.toml"
CHALLENGES = sorted((SCENARIOS / "challenges").glob("*.toml"))

CHALLENGE = f"""
title = "Fewer calls"
text = "Everyone calls. What helps?"
scenario = "{TOWN}"
budget = 50_000
[goals.older]
kpi = "adoption"
group = "age:75+"
target = 0.3
by = 2026-12-28
"""


def challenge(folder: Path, text: str = CHALLENGE) -> Path:
    path = folder / "calls.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_scenarios_of_the_repository_are_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    councils = offered(None)
    assert len(councils.keys) == len([*SCENARIOS.glob("*/*.toml")])
    assert councils.keys[0] == "riverton/baseline"  # the smallest place, without a programme
    ends = [council.challenge is not None for council in councils]
    assert ends == sorted(ends)
    assert any(ends)


def test_a_file_comes_first_and_its_neighbours_follow(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    councils = offered(SCENARIOS / "helsinki" / "playbook-plan.toml")
    assert councils.keys[0] == "helsinki/playbook-plan"
    assert councils.keys.count("helsinki/playbook-plan") == 1
    assert "riverton/baseline" in councils.keys
    assert offered(TOWN).keys == ("scenario/town",)


def test_the_folder_of_where_one_stands_comes_before_that_of_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "scenarios" / "here").mkdir(parents=True)
    (tmp_path / "scenarios" / "here" / "one.toml").write_bytes(TOWN.read_bytes())
    monkeypatch.chdir(tmp_path)
    assert offered(SCENARIOS / "riverton" / "baseline.toml").keys == (
        "riverton/baseline",
        "here/one",
    )


def test_without_any_file_it_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match="name a scenario file"):
        offered(None)
    with pytest.raises(InputError, match="name a file"):
        Councils([])


def test_a_baseline_has_no_programme_and_all_else() -> None:
    council = Councils([SCENARIOS / "los-angeles" / "cyber-lab-plan.toml"])[
        "los-angeles/cyber-lab-plan"
    ]
    assert not council.baseline.programme
    assert council.baseline.name != council.scenario.name
    apart = {"name", "programme"}
    assert council.baseline.model_dump(exclude=apart) == council.scenario.model_dump(exclude=apart)
    assert council.scenario == load(SCENARIOS / "los-angeles" / "cyber-lab-plan.toml")


def test_files_of_one_name_have_keys_of_their_own(tmp_path: Path) -> None:
    files = []
    for name in ("one", "two"):
        (tmp_path / name / "town").mkdir(parents=True)
        files.append(tmp_path / name / "town" / "plan.toml")
        files[-1].write_bytes(TOWN.read_bytes())
    assert Councils([*files, files[0]]).keys == ("town/plan", "town/plan-2")


def test_a_council_that_is_not_there_is_named_with_those_that_are() -> None:
    councils = Councils([SCENARIOS / "riverton" / "full-plan.toml"])
    with pytest.raises(InputError, match="did you mean"):
        councils["riverton/ful-plan"]


def test_all_that_is_wrong_is_told(tmp_path: Path) -> None:
    broken = tmp_path / "broken.toml"
    broken.write_text("name = 3\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        Councils([broken, tmp_path / "missing.toml", TOWN])
    assert any("broken.toml" in problem for problem in caught.value.problems)
    assert any("missing.toml" in problem for problem in caught.value.problems)


# ---------------------------------------------------------------- challenges


def test_a_challenge_replaces_the_goals_and_keeps_all_else(tmp_path: Path) -> None:
    council = next(iter(Councils([challenge(tmp_path)])))
    assert council.challenge is not None
    assert (council.challenge.title, council.challenge.budget) == ("Fewer calls", 50_000.0)
    assert list(council.scenario.goals) == ["older"]
    assert council.scenario.goals["older"].group == "age:75+"
    assert council.baseline.goals == council.scenario.goals
    town = load(TOWN)
    assert council.scenario.programme == town.programme
    assert council.scenario.place == town.place


def test_a_challenge_can_change_the_run_and_the_programme(tmp_path: Path) -> None:
    text = CHALLENGE + "[run]\nsample = 500\n[programme.champions]\nenabled = false\n"
    council = next(iter(Councils([challenge(tmp_path, text)])))
    assert council.scenario.run.sample == 500
    assert not council.scenario.programme["champions"].enabled


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("budget = 50_000", "budget = -1", "line 5: budget: must be a number above 0"),
        ("budget = 50_000", "budget = true", "budget: must be a number"),
        ("budget = 50_000", "budgett = 1", "budgett: is not a known key"),
        ('title = "Fewer calls"', "", "title: must be a text in quotes"),
        ('title = "Fewer calls"', f'title = "{"x" * 81}"', "title: must have at most 80"),
        ('kpi = "adoption"', 'kpi = "happiness"', "line 7: goals.older.kpi: names a KPI that"),
        ('group = "age:75+"', 'group = "age:99"', "goals.older.group"),
        (f'scenario = "{TOWN}"', 'scenario = "nowhere.toml"', "nowhere.toml: no such file"),
        (f'scenario = "{TOWN}"', "scenario = 4", "scenario: must be a text"),
    ],
)
def test_what_is_wrong_in_a_challenge_is_named(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    with pytest.raises(InputError) as caught:
        Councils([challenge(tmp_path, CHALLENGE.replace(old, new))])
    assert said in str(caught.value)


def test_a_challenge_needs_a_goal(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="at least one goal"):
        Councils([challenge(tmp_path, CHALLENGE.partition("[goals")[0])])


@pytest.mark.parametrize("path", CHALLENGES, ids=lambda path: path.stem)
def test_every_challenge_of_the_repository_asks_for_something(path: Path) -> None:
    council = next(iter(Councils([path])))
    assert council.challenge is not None
    assert len(council.scenario.goals) >= 3
    for goal in council.scenario.goals.values():
        assert 0 < council.scenario.due_week(goal) <= council.scenario.run.weeks
