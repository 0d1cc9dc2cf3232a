"""What docs/sweeps.md and docs/clusters.md show does what they say."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import warnings
from functools import partial
from pathlib import Path
from typing import Any

import pytest

import takeup
from takeup.analysis.sensitivity import Sensitivity
from takeup.analysis.sweeps import About, analysis_of
from takeup.experiments.definition import read_experiment
from takeup.experiments.sweep import sweep
from takeup.runs.threads import Threads

ROOT = Path(__file__).parents[1]
SWEEPS = (ROOT / "docs" / "sweeps.md").read_text("utf-8")
CLUSTERS = (ROOT / "docs" / "clusters.md").read_text("utf-8")


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.M | re.S)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as a reader has it, with the sweep of the page's experiment, made small."""
    folder = tmp_path_factory.mktemp("reader")
    (folder / "scenarios").symlink_to(ROOT / "scenarios")
    (folder / "experiments").mkdir()
    text = blocks(SWEEPS, "toml")[0]
    for full, small in (("points = 256", "points = 4"), ("run.sample = 4_000", "run.sample = 200")):
        assert full in text
        text = text.replace(full, small)
    file = folder / "experiments" / "riverton-study.toml"
    file.write_text(text, "utf-8")
    status = sweep(read_experiment(file), folder / "results" / "riverton-study",
                   executor=partial(Threads, 2), cache=False)  # fmt: skip
    assert status.failures == []
    return folder


def test_python_snippets_run(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(place)
    names: dict[str, Any] = {"__name__": "__main__"}
    codes = blocks(SWEEPS, "python")
    assert len(codes) == 5
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of other people's tools
        for code in codes:
            exec(code.replace("range(2)", "range(1)"), names)
    out = capsys.readouterr().out
    assert "structure.readiness" in out
    assert names["rows"]
    assert len(names["weekly"]["week"].unique()) == 156
    found = analysis_of(
        takeup.open_sweep("results/riverton-study"),
        About("Riverton, full plan"),
        ["digital_take_up"],
        over_time=False,
    )
    assert isinstance(found, Sensitivity)
    ours = found.of("digital_take_up")["ST"]
    theirs = dict(zip(names["sweep"].problem["names"], names["indices"]["ST"], strict=True))
    assert ours.to_dict() == pytest.approx(theirs)


def test_queries_run(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    duckdb = pytest.importorskip("duckdb")
    monkeypatch.chdir(place)
    first, second = (duckdb.sql(code).fetchall() for code in blocks(SWEEPS, "sql"))
    outcomes = takeup.open_sweep("results/riverton-study").outcomes(["digital_take_up"])
    design = takeup.open_sweep("results/riverton-study").design
    kinds = outcomes["point"].map(design["structure.readiness"])
    means = outcomes.groupby([kinds, "scenario"])["digital_take_up"].mean()
    assert {(kind, name): take_up for kind, name, take_up, _ in first} == pytest.approx(
        means.to_dict()
    )
    assert len(second) == 2 * 156


def test_what_the_pages_name_is_there() -> None:
    import typer.main

    from takeup.cli import app

    commands = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    for name in ("sweep", "sensitivity", "discover"):
        options = {option for parameter in commands[name].params for option in parameter.opts}
        named = {
            option
            for line in re.findall(rf"takeup {name} [^\n`]*", SWEEPS + CLUSTERS)
            for option in re.findall(r"--[a-z-]+", line)
        }
        assert named <= options, name
    known = {option for name in commands for p in commands[name].params for option in p.opts}
    assert set(re.findall(r"`(--[a-z-]+)", SWEEPS)) <= known


def test_shell_scripts_and_manifests_parse() -> None:
    import yaml

    (script,), (manifest,) = blocks(CLUSTERS, "bash"), blocks(CLUSTERS, "yaml")
    subprocess.run(["bash", "-n"], input=script.encode(), check=True)
    parts = list(yaml.safe_load_all(manifest))
    assert [part["kind"] for part in parts] == ["Service", "Deployment", "Deployment", "Job"]


@pytest.mark.slow
def test_the_slurm_script_runs_where_srun_is_a_shell(place: Path) -> None:
    script = blocks(CLUSTERS, "bash")[0]
    for real, here in (
        ("interface=ib0 ", "interface=lo "),
        ("experiments/sobol.toml", "experiments/riverton-study.toml"),
        ("results/sobol", "results/slurm"),
    ):
        assert real in script
        script = script.replace(real, here)
    tools = place / "tools"
    tools.mkdir()
    (tools / "srun").write_text('#!/bin/sh\nexec "$@"\n')
    (tools / "srun").chmod(0o755)
    (tools / "dask").write_text(f'#!/bin/sh\nexec {sys.executable} -m dask "$@"\n')
    (tools / "dask").chmod(0o755)
    (tools / "takeup").write_text(f'#!/bin/sh\nexec {sys.executable} -m takeup.cli "$@"\n')
    (tools / "takeup").chmod(0o755)
    done = subprocess.run(
        ["bash"], input=script, cwd=place, capture_output=True, text=True, timeout=300,
        env={**os.environ, "PATH": f"{tools}:{os.environ['PATH']}", "SLURM_JOB_ID": "7",
             "SLURM_NNODES": "1", "SLURM_CPUS_PER_TASK": "2",
             "XDG_CACHE_HOME": str(place / "cache")},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    far, near = (takeup.open_sweep(place / "results" / n) for n in ("slurm", "riverton-study"))
    assert far.missing() == 0
    assert far.outcomes().equals(near.outcomes())
    assert not list(place.glob("scheduler-*.json"))
