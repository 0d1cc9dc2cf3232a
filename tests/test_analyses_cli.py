"""`takeup sensitivity` and `takeup discover` on sweeps of the real model."""

from __future__ import annotations

import json
import sys
from functools import partial
from pathlib import Path

import pandas as pd
import pytest

from takeup.experiments.definition import read_experiment
from takeup.experiments.sweep import sweep
from takeup.runs.threads import Threads
from takeup.scenario import starter
from test_cli import call


def made(folder: Path, design: str, scenarios: str = '"town.toml"') -> Path:
    (folder / "town.toml").write_text(starter("Town"), "utf-8")
    (folder / "plan.toml").write_text(
        'extends = "town.toml"\nname = "Plan"\nservices.waste.complexity = 0.7\n'
    )
    (folder / "study.toml").write_text(
        f"""
        scenario = {scenarios}
        replicates = 2
        [design]
        {design}
        [set]
        run.uncertainty = "seed"
        run.weeks = 16
        run.sample = 200
        parameters.habit_weight.evidence = true
        parameters.trust_weight.evidence = true
        [record]
        kpis = ["digital_take_up", "trust"]
        """,
        "utf-8",
    )
    sweep(read_experiment(folder / "study.toml"), folder / "out", executor=partial(Threads, 2),
          cache=False)  # fmt: skip
    return folder / "out"


@pytest.fixture(scope="module")
def sobol(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("sobol"), 'kind = "sobol"\npoints = 8')


@pytest.fixture(scope="module")
def cube(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cube")
    return made(folder, 'kind = "latin_hypercube"\npoints = 40', '["town.toml", "plan.toml"]')


@pytest.fixture(autouse=True)
def _arguments(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", sys.argv)


def test_sensitivity_says_and_writes_what_matters(
    capsys: pytest.CaptureFixture[str], sobol: Path
) -> None:
    code, out, err = call(capsys, "sensitivity", sobol)
    assert (code, err) == (0, "")
    assert "Total Sobol' index" in out
    assert max(map(len, out.replace(str(sobol), "").splitlines())) <= 100
    table = pd.read_parquet(sobol / "sensitivity" / "sensitivity.parquet")
    assert set(table["kpi"]) == {"digital_take_up", "trust"}
    assert set(table["parameter"]) == {"parameters.habit_weight", "parameters.trust_weight"}
    manifest = json.loads((sobol / "sensitivity" / "manifest.json").read_text("utf-8"))
    assert manifest["experiment"]["design"]["kind"] == "sobol"
    assert call(capsys, "sensitivity", sobol, "--kpi", "trust", "--summary", "mean")[0] == 0
    table = pd.read_parquet(sobol / "sensitivity" / "sensitivity.parquet")
    assert set(table["kpi"]) == {"trust"}


def test_a_sweep_with_holes_is_refused(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    folder = made(tmp_path, 'kind = "sobol"\npoints = 2')
    parts = sorted((folder / "runs").iterdir())
    parts[0].unlink()
    code, _, err = call(capsys, "sensitivity", folder)
    assert code == 2
    assert "Start the sweep again" in err
    assert not (folder / "sensitivity").exists()


def test_discover_says_and_writes_conditions(
    capsys: pytest.CaptureFixture[str], cube: Path, tmp_path: Path
) -> None:
    code, _, err = call(capsys, "discover", cube, "--goal", "trust >= 60%")
    assert code == 2
    assert "choose one with --scenario" in err
    names = ("--scenario", "Plan", "--against", "Town", "--out", tmp_path / "found")
    code, out, err = call(capsys, "discover", cube, "--goal", "trust >= 1 %", *names)
    assert (code, err) == (0, "")
    assert "trust >= 0.01" in out
    assert json.loads((tmp_path / "found" / "summary.json").read_text())["goals"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("sensitivity", "CUBE"), "choose one with --scenario"),
        (("sensitivity", "CUBE", "--scenario", "Pln"), 'did you mean "Plan"'),
        (("sensitivity", "CUBE", "--scenario", "Plan"), "designs that do: sobol"),
        (("sensitivity", "nowhere"), "no sweep there"),
        (("sensitivity", "CUBE", "--summary", "last"), "must be final, mean or peak"),
        (("discover", "CUBE", "--scenario", "Plan", "--goal", "trust"), "is no goal"),
        (("discover", "CUBE", "--scenario", "Plan", "--goal", "trst > 1"), 'mean "trust"'),
    ],
)
def test_what_cannot_be_done_is_said(
    capsys: pytest.CaptureFixture[str], cube: Path, arguments: tuple[str, ...], says: str
) -> None:
    code, out, err = call(capsys, *[str(cube) if word == "CUBE" else word for word in arguments])
    assert (code, out) == (2, "")
    assert says in " ".join(err.replace("│", " ").split())


def test_dask_needs_an_address(capsys: pytest.CaptureFixture[str], cube: Path) -> None:
    study = cube.parent / "study.toml"
    for options in (("--executor", "dask"), ("--scheduler", "tcp://127.0.0.1:9")):
        code, _, err = call(capsys, "sweep", study, "--out", cube, *options)
        assert code == 2
        assert "go together" in err
