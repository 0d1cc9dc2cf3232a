"""Sweeps from the command line."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

import takeup
from studies import study
from takeup import cli
from takeup.errors import InputError

EXPERIMENTS = sorted((Path(__file__).parents[1] / "experiments").glob("*.toml"))
ONE = ("--workers", 1)


def call(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    """Run the command line in this process: exit code, stdout, stderr."""
    sys.argv = ["takeup", *map(str, arguments)]
    with pytest.raises(SystemExit) as stop:
        cli.main()
    out, err = capsys.readouterr()
    code = stop.value.code
    return (code if isinstance(code, int) else 0), out, err


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", sys.argv)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.mark.parametrize("file", EXPERIMENTS, ids=lambda file: file.stem)
def test_the_experiments_that_come_with_takeup_are_right(file: Path) -> None:
    from takeup.experiments.definition import read_experiment
    from takeup.experiments.design import make_points

    experiment = read_experiment(file)
    points = make_points(experiment)
    assert len(points) * len(experiment.sources) > 0
    for name in experiment.sources:
        for point in (0, len(points) // 2, len(points) - 1):
            experiment.scenario(name, points.values(point))


def test_there_are_experiments_of_every_sort() -> None:
    text = "".join(file.read_text(encoding="utf-8") for file in EXPERIMENTS)
    for kind in ("one_at_a_time", "grid", "sobol", "morris", "latin_hypercube"):
        assert f'kind = "{kind}"' in text


def test_check_says_how_many_runs_and_how_long(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    code, out, err = call(capsys, "check", study(tmp_path))
    assert (code, err) == (0, "")
    assert "3 points × 1 scenarios × 2 replicates = 6 runs" in out
    assert "about" in out
    code, out, _ = call(capsys, "check", "town.toml")
    assert code == 0
    assert "Newtown" in out
    code, _, err = call(capsys, "check", "study.toml", "--set", "run.weeks=3")
    assert code == 2
    assert "[set]" in err


def test_what_is_improbable_of_an_experiment_is_said_before_the_work(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def begun(*_: object, **__: object) -> None:
        raise InputError("begun")

    monkeypatch.setattr("takeup.experiments.sweep.sweep", begun)
    file = study(tmp_path)
    town = tmp_path / "town.toml"
    text = town.read_text(encoding="utf-8")
    town.write_text(text.replace("hourly_cost = 25.0", "hourly_cost = 34_000"), encoding="utf-8")
    for command, ends in ((("check", file), 0), (("sweep", file, *ONE), 2)):
        code, _, err = call(capsys, *command)
        assert code == ends
        assert err.count("town.toml: departments.revenues.hourly_cost: is 34,000 GBP") == 1


THOUSANDS = "60.000 is 60 in TOML, where a point stands before decimals; write 60_000"
YEARS_PAY = "departments.revenues.hourly_cost: is 34,000 GBP"


@pytest.mark.parametrize(
    ("vary", "told"),
    [
        ("[facts]\nservices.waste.yearly_volume = 60.000\nplace.trust = [0.4, 0.6]",
         [f"line 14: facts.services.waste.yearly_volume: {THOUSANDS}"]),
        ("[facts]\nservices.waste.yearly_volume = [\n  60_000,\n  60.000,\n  61.000,\n]",
         [f"line 14: facts.services.waste.yearly_volume: {THOUSANDS}"]),
        ("departments.revenues.hourly_cost = [25, 34_000, 35_000]", [f"line 13: {YEARS_PAY}"]),
        ("departments.revenues.hourly_cost = { low = 25, high = 34_000 }",
         [f"line 13: {YEARS_PAY}"]),
        ("departments.revenues.hourly_cost = [25, 34_000]\nservices.waste.complexity = [0.4, 0.6]\n"
         "[facts]\nservices.waste.yearly_volume = { low = 60.000, high = 70_000.0 }",
         [f"line 13: {YEARS_PAY}", f"line 16: facts.services.waste.yearly_volume: {THOUSANDS}"]),
        ("departments.revenues.hourly_cost = [25, 30]", []),
    ],
)  # fmt: skip
def test_one_improbable_value_of_what_an_experiment_varies_is_told(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, vary: str, told: list[str]
) -> None:
    code, _, err = call(capsys, "check", study(tmp_path, vary))
    assert code == 0
    said = [line for line in err.splitlines() if "warning" in line]
    assert len(said) == len(told)
    for line, words in zip(said, told, strict=True):
        assert words in line


def test_one_improbable_value_of_every_column_of_a_list_of_points_is_told(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    rows = [(60_000 + n, 25 + n / 100) for n in range(20)]
    rows[6:6] = [("60.000", 34_000), ("61.000", 33_000)]
    lines = ["facts.services.waste.yearly_volume,departments.revenues.hourly_cost", *(
        f"{volume},{cost}" for volume, cost in rows
    )]  # fmt: skip
    (tmp_path / "points.csv").write_text("\n".join(lines))
    code, _, err = call(
        capsys, "check", study(tmp_path, "", design='kind = "list"\nfile = "points.csv"')
    )
    assert code == 0
    said = [line for line in err.splitlines() if "warning" in line]
    assert len(said) == 2
    assert f"points.csv, row 8: facts.services.waste.yearly_volume: {THOUSANDS}" in said[0]
    assert f"points.csv, row 8: {YEARS_PAY}" in said[1]


def test_a_sweep_from_beginning_to_end(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    study(tmp_path)
    code, out, _ = call(capsys, "sweep", "study.toml", *ONE)
    assert code == 0
    assert "6 runs: 6 done now, 0 before, 0 from the cache, 0 failed" in out
    assert "Digital take-up" in out
    assert max(map(len, out.splitlines())) <= 100
    manifest = json.loads(Path("results/study/manifest.json").read_text(encoding="utf-8"))
    assert manifest["complete"]
    assert manifest["command"][:2] == ["takeup", "sweep"]
    assert len(takeup.open_sweep("results/study").outcomes()) == 6

    code, out, err = call(capsys, "sweep", "study.toml", *ONE)
    assert code == 0
    assert "6 of 6 runs are there already" in err
    assert "0 done now, 6 before" in out

    study(tmp_path, head="replicates = 3")
    code, out, err = call(capsys, "sweep", "study.toml", *ONE)
    assert (code, out) == (2, "")
    assert "replicates: was 2, is 3" in err
    assert "Traceback" not in err
    code, out, _ = call(capsys, "sweep", "study.toml", "--extend", *ONE)
    assert code == 0
    assert "9 runs: 3 done now, 6 before" in out

    code, out, _ = call(capsys, "sweep", "study.toml", "--out", "again", *ONE)
    assert code == 0
    assert "0 done now, 0 before, 9 from the cache" in out


def test_failed_runs_are_told_on_a_line_each(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    study(tmp_path, "[facts]\ndepartments.revenues.frontline = [0.3, 0.6]\n"
          "departments.revenues.managers = [0.1, 0.6]")  # fmt: skip
    code, out, err = call(capsys, "sweep", "study.toml", *ONE)
    assert code == 0
    assert "6 done now, 0 before, 0 from the cache, 2 failed" in out
    assert err.count("failed: Newtown, point 3, replicate") == 2


def test_mistakes_in_an_experiment_end_with_code_2(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    study(tmp_path, "place.trsut = [0.1, 0.2]")
    for command in (("check", "study.toml"), ("sweep", "study.toml")):
        code, out, err = call(capsys, *command)
        assert (code, out) == (2, "")
        assert 'did you mean "trust"' in err
    assert not Path("results").exists()


@pytest.mark.slow
def test_replicates_until_an_interval_is_narrow(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    study(tmp_path)
    code, out, _ = call(
        capsys, "sweep", "study.toml", "--until-interval", "digital_take_up=0.04",
        "--max-replicates", 32, *ONE,
    )  # fmt: skip
    assert code == 0
    assert "replicates: the 90 % interval of digital_take_up is at most 0.0" in out
    code, _, err = call(capsys, "sweep", "study.toml", "--until-interval", "digital_take_up")
    assert code == 2
    assert "KPI=WIDTH" in err
    code, _, err = call(capsys, "sweep", "study.toml", "--max-replicates", 32)
    assert code == 2
    assert "--until-interval" in err


def test_a_comparison_until_its_interval_is_narrow(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    study(tmp_path)
    Path("plan.toml").write_text(
        'extends = "town.toml"\nname = "Plan"\nservices.waste.complexity = 0.5\n'
    )
    code, _, err = call(
        capsys, "compare", "town.toml", "plan.toml", "--weeks", 24, "--sample", 120,
        "--set", "programme={}", "--replicates", 2, "--until-interval", "digital_take_up=0.05",
        "--max-replicates", 16, "--out", "out",
    )  # fmt: skip
    assert code == 0, err
    assert "replicates: the 90 % interval of digital_take_up" in err
    assert takeup.open_results("out").sizes["replicate"] in range(8, 17)


def test_the_cache_is_listed_and_cleared(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    study(tmp_path)
    assert "empty" in call(capsys, "cache", "list")[1]
    call(capsys, "sweep", "study.toml", *ONE)
    out = call(capsys, "cache", "list")[1]
    assert "6 runs" in out
    assert "(this version)" in out
    assert "0 files removed" in call(capsys, "cache", "clear", "--stale")[1]
    assert "0 files" not in call(capsys, "cache", "clear")[1]
    assert "empty" in call(capsys, "cache", "list")[1]
    assert len(takeup.open_sweep("results/study").outcomes()) == 6
