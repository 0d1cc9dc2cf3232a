from __future__ import annotations

from pathlib import Path

import pytest

from studies import experiment_in, study
from takeup.errors import InputError
from takeup.evidence import PARAMETERS
from takeup.experiments.definition import is_experiment, read_experiment, tables
from takeup.experiments.variation import Choices, Range


def problems(folder: Path, *given: str, **changes: str) -> str:
    with pytest.raises(InputError) as raised:
        experiment_in(folder, *given, **changes)
    return str(raised.value)


def test_a_list_is_varied_and_anything_else_is_set(tmp_path: Path) -> None:
    found = experiment_in(
        tmp_path,
        """
        services.waste.complexity = [0.4, 0.6]
        "programme.train-staff".hours = 7
        network.degree = { low = 4, high = 12 }
        parameters.influence_weight.evidence = true
        parameters.habit_weight = { low = 1.0, high = 3.0, scale = "log" }
        network.kind = { values = ["well_mixed"] }
        """,
    )
    assert found.varied == {
        "services.waste.complexity": Choices((0.4, 0.6)),
        "network.degree": Range(4, 12, whole=True),
        "parameters.influence_weight": Range.of_evidence(PARAMETERS["influence_weight"]),
        "parameters.habit_weight": Range(1.0, 3.0, "log"),
    }
    assert found.constants["network.kind"] == "well_mixed"
    base = found.base["Newtown"]
    assert base.network.kind == "well_mixed"
    assert base.run.weeks == 24
    varied = found.scenario("Newtown", {"services.waste.complexity": 0.4, "network.degree": 5})
    assert varied.services["waste"].complexity == 0.4
    assert varied.network.degree == 5
    assert varied.programme["train-staff"].model_dump()["hours"] == 7


def test_the_evidence_of_all_parameters_is_one_line(tmp_path: Path) -> None:
    found = experiment_in(
        tmp_path, "parameters.evidence = true\nparameters.turnover = 0.1",
        design='kind = "latin_hypercube"\npoints = 4',
    )  # fmt: skip
    assert set(found.varied) == {f"parameters.{name}" for name in PARAMETERS if name != "turnover"}
    assert found.base["Newtown"].parameters == {"turnover": 0.1}


def test_several_scenarios_are_run_at_every_point(tmp_path: Path) -> None:
    study(tmp_path)
    (tmp_path / "plan.toml").write_text('extends = "town.toml"\nname = "Plan"\n')
    found = experiment_in(tmp_path, head='scenario = ["town.toml", "plan.toml"]')
    assert list(found.base) == ["Newtown", "Plan"]
    assert found.replicates == 16  # as the first scenario says
    assert found.record.kept().groups == ("all",)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"vary": "place.trsut = [0.1, 0.2]"}, ("line", "trsut", 'did you mean "trust"')),
        (
            {"vary": "services.waste.complexity = [0.4, 1.4]"},
            ("services.waste.complexity", "from 0 to 1", "1.4"),
        ),
        ({"vary": "services.waste.complexity = [0.4, 0.4]"}, ("holds a value twice",)),
        (
            {"vary": "services.waste.complexity = [0,4, 0,6]"},
            ("decimal commas", "write [0.4, 0.6]"),
        ),
        ({"vary": "services.waste.complexity = { values = [0,4,0,6] }"}, ("write [0.4, 0.6]",)),
        ({"vary": "departments.revenues.hourly_cost = [22,5, 25,5]"}, ("write [22.5, 25.5]",)),
        ({"vary": "departments.revenues.hourly_cost = [22,5,25,5]"}, ("holds a value twice",)),
        ({"head": "run.weeks = 52"}, ("run: is not a known key", "belongs under [set]")),
        ({"design": 'kind = "grid"\nrun.weeks = 52'}, ("design.run: ", "belongs under [set]")),
        ({"head": '"services.waste.take_up" = 0.4'}, ("belongs under [set]",)),
        ({"head": 'name = " \\t"'}, ("name: holds nothing that can be seen",)),
        ({"vary": "services.waste.complexity = []"}, ("empty list",)),
        ({"vary": "services.waste.complexity = { low = 0.5 }"}, ("high is missing",)),
        ({"vary": "services.waste.complexity = { low = 0.5, hgih = 1 }"}, ('did you mean "high"',)),
        (
            {"vary": "services.waste.complexity = { low = 0.5, high = 0.2 }"},
            ("low must be below high",),
        ),
        ({"vary": 'services.waste.complexity = { low = "a", high = 0.2 }'}, ("must be a number",)),
        (
            {"vary": 'services.waste.complexity = { low = 0.0, high = 0.2, scale = "log" }'},
            ("above 0",),
        ),
        (
            {"vary": 'services.waste.complexity = { low = 0.1, high = 0.2, scale = "ln" }'},
            ('"linear" or "log"',),
        ),
        ({"vary": "services.waste.complexity.evidence = true"}, ("only behavioural parameters",)),
        ({"vary": "parameters.influence_wieght.evidence = true"}, ('"influence_weight"',)),
        ({"vary": "run.weeks = { low = 20.5, high = 30 }", "set_": ""}, ("whole numbers",)),
        ({"vary": ""}, ("varies nothing",)),
        ({"design": 'kind = "gird"'}, ("design.kind", 'did you mean "grid"')),
        ({"design": "points = 3"}, ("design.kind: is missing", "latin_hypercube")),
        ({"design": 'kind = "grid"\npoints = 3'}, ("design.points", "not a known key")),
        ({"design": 'kind = "sobol"\npoints = 12'}, ("power of 2, such as 8 or 16",)),
        ({"design": 'kind = "sobol"'}, ("design.points: is missing",)),
        ({"design": 'kind = "morris"\ntrajectories = 4\nlevels = 5'}, ("must be even",)),
        ({"design": 'kind = "list"\nfile = "no.csv"', "vary": ""}, ("no.csv", "cannot be read")),
        ({"record": 'kpis = ["digital_takeup"]'}, ('did you mean "digital_take_up"',)),
        ({"record": 'groups = ["age:75"]'}, ('did you mean "age:75+"',)),
        ({"record": "kpis = 3"}, ("record.kpis", "must be")),
        ({"head": "replicates = 0"}, ("replicates", "from 1 to")),
        ({"head": "replicats = 3"}, ('did you mean "replicates"',)),
        ({"head": 'scenario = "nowhere.toml"'}, ("nowhere.toml", "scenario")),
        ({"head": 'scenario = ["town.toml", "town.toml"]'}, ("twice",)),
    ],
)
def test_mistakes_are_named_with_their_place(
    tmp_path: Path, changes: dict[str, str], words: tuple[str, ...]
) -> None:
    text = problems(tmp_path, **changes)
    assert str(tmp_path / "study.toml") in text or "no.csv" in text
    for word in words:
        assert word in text


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    text = problems(
        tmp_path,
        "services.waste.complexity = []\nplace.trsut = 3",
        design='kind = "no"',
        head="replicates = -1",
    )
    assert "empty list" in text
    assert "design.kind" in text
    assert "replicates" in text
    text = problems(tmp_path, "services.waste.complexity = []\nplace.households = { low = 1 }")
    assert "services.waste.complexity" in text
    assert "place.households" in text


def test_what_is_set_in_vain_is_told_with_all_else(tmp_path: Path) -> None:
    text = problems(
        tmp_path,
        'services.waste.complexity = [0.4, 6]\nrun.seed = "x"\nrun.weks = 52',
        design='kind = "no"', head="replicats = -1",
    )  # fmt: skip
    assert 'line 15: run.weks: is not a known key (did you mean "weeks"?)' in text
    assert "line 14: run.seed: must be a whole number" in text
    assert "line 13: services.waste.complexity: must be a number from 0 to 1, not 6" in text
    assert "design.kind" in text
    assert "replicats" in text
    assert len(text.splitlines()) == 5


def test_scenarios_that_cannot_be_compared_are_refused(tmp_path: Path) -> None:
    study(tmp_path)
    (tmp_path / "plan.toml").write_text('extends = "town.toml"\nname = "Plan"\nrun.seed = 9\n')
    text = problems(tmp_path, head='scenario = ["town.toml", "plan.toml"]')
    assert "run.seed (1, 9)" in text


def test_experiments_are_told_from_scenarios(tmp_path: Path) -> None:
    assert is_experiment(study(tmp_path))
    assert not is_experiment(tmp_path / "town.toml")
    assert not is_experiment(tmp_path / "nothing.toml")


def test_files_that_are_no_experiment_are_refused_in_words(tmp_path: Path) -> None:
    path = tmp_path / "e.toml"
    with pytest.raises(InputError, match=r"no such file"):
        read_experiment(path)
    path.write_text("a = [")
    with pytest.raises(InputError, match="no `]` that closes it"):
        read_experiment(path)
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(InputError, match="UTF-8"):
        read_experiment(path)
    path.write_text("")
    with pytest.raises(InputError, match=r"\[design\] is missing"):
        read_experiment(path)


def test_what_an_experiment_says_is_plain_data(tmp_path: Path) -> None:
    found = experiment_in(tmp_path)
    said = found.stated()
    assert said["vary"] == {"programme.train-staff.seats": {"values": [1, 3, 9]}}
    assert said["design"] == {"kind": "grid", "levels": 3}
    assert said == read_experiment(found.file).stated()


def test_dotted_keys_become_tables() -> None:
    assert tables({"a.b": 1, "a.c.d": 2, "e": {}}) == {"a": {"b": 1, "c": {"d": 2}}, "e": {}}
    assert tables({"a.b": 1, "a": {"c": 2}}) == {"a": {"c": 2, "b": 1}}
