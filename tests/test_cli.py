from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import takeup
from takeup import cli
from takeup.errors import InputError


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
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.delenv("TAKEUP_DEBUG", raising=False)


@pytest.fixture
def files(capsys: pytest.CaptureFixture[str]) -> tuple[Path, Path]:
    """A baseline made by `takeup new`, and a plan that extends it."""
    assert call(capsys, "new", "base.toml")[0] == 0
    plan = Path("plan.toml")
    plan.write_text('extends = "base.toml"\nname = "The plan"\nservices.waste.complexity = 0.5\n')
    return Path("base.toml"), plan


SMALL = ("--weeks", 30, "--sample", 200, "--replicates", 2)


def test_a_new_scenario_passes_the_check_and_is_never_overwritten(
    capsys: pytest.CaptureFixture[str], files: tuple[Path, Path]
) -> None:
    before = files[0].read_bytes()
    code, out, err = call(capsys, "check", files[0], "--set", "run.weeks=77")
    assert (code, err) == (0, "")
    assert "77 weeks" in out
    code, _, err = call(capsys, "new", files[0])
    assert code == 2
    assert err == "takeup: base.toml: already exists; choose another name\n"
    assert files[0].read_bytes() == before


def test_the_evidence_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = call(capsys, "evidence")
    assert code == 0
    assert "turnover_stress" in out
    assert "assumption" in out
    code, out, _ = call(capsys, "evidence", "skill_forgetting")
    assert code == 0
    assert "Tatel" in out
    assert call(capsys, "evidence", "turnover")[1].count("default") == 1
    code, _, err = call(capsys, "evidence", "turnovr")
    assert code == 2
    assert 'did you mean "turnover"' in err


def test_the_schema_is_json(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = call(capsys, "schema")
    assert code == 0
    assert "properties" in json.loads(out)


def test_a_profile_shows_the_steps_of_a_week_and_writes_nothing(
    capsys: pytest.CaptureFixture[str], files: tuple[Path, Path]
) -> None:
    code, out, _ = call(capsys, "run", files[0], *SMALL, "--profile")
    assert code == 0
    for step in ("programme", "residents", "staff", "stocks"):
        assert re.search(rf"^  {step} +[\d,.]+ +\d+ %", out, re.M), step
    assert not Path("results").exists()


def test_run_writes_a_folder_and_shows_a_table(
    capsys: pytest.CaptureFixture[str], files: tuple[Path, Path]
) -> None:
    code, out, err = call(capsys, "run", files[0], *SMALL)
    assert code == 0
    assert "Digital take-up" in out
    assert max(map(len, out.splitlines())) <= 100
    assert "2 runs in" in err
    assert sorted(path.name for path in Path("results/base").iterdir()) == [
        "manifest.json",
        "parameters.parquet",
        "staff.png",
        "staff.svg",
        "summary.json",
        "trajectories.parquet",
        "trajectories.png",
        "trajectories.svg",
    ]
    assert takeup.open_results("results/base").sizes["week"] == 30


def test_compare_shows_what_a_plan_changes_and_records_its_inputs(
    capsys: pytest.CaptureFixture[str], files: tuple[Path, Path]
) -> None:
    code, out, _ = call(capsys, "compare", *files, *SMALL, "--out", "here", "--seed", 9)
    assert code == 0
    assert "The plan against" in out
    assert "net savings" in out
    assert Path("here/difference.png").is_file()
    manifest = json.loads(Path("here/manifest.json").read_text())
    assert sorted(manifest["inputs"]) == ["base.toml", "plan.toml"]
    assert manifest["replicates"] == 2
    assert {scenario["seed"] for scenario in manifest["scenarios"].values()} == {9}


def test_what_is_improbable_is_said_before_the_work_and_once(
    capsys: pytest.CaptureFixture[str], files: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def begun(*_: object, **__: object) -> None:
        raise InputError("begun")

    monkeypatch.setattr("takeup.experiments.runner.simulate", begun)
    base, plan = files
    text = base.read_text(encoding="utf-8")
    base.write_text(text.replace("hourly_cost = 25.0", "hourly_cost = 34_000"), encoding="utf-8")
    more = "\n[programme.lead]\nkind = 'leadership'\nhours = 5_000\n"
    plan.write_text(plan.read_text() + more)
    code, out, _ = call(capsys, "check", plan)
    assert code == 0
    assert out.count("warning: departments.revenues.hourly_cost: is 34,000 GBP") == 1
    code, _, err = call(capsys, "compare", base, plan)
    assert (code, err.splitlines()[-1]) == (2, "takeup: begun")
    said = [line for line in err.splitlines() if "warning" in line]
    assert [line.split(": ")[1:4] for line in said] == [
        ["warning", "base.toml", "departments.revenues.hourly_cost"],
        ["warning", "plan.toml", "programme.lead.hours"],
    ]


def test_thousands_with_a_point_are_doubted_on_the_command_line_too(
    capsys: pytest.CaptureFixture[str], files: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def begun(*_: object, **__: object) -> None:
        raise InputError("begun")

    monkeypatch.setattr("takeup.experiments.runner.simulate", begun)
    base, plan = files
    change = ("--fact", "services.waste.yearly_volume=60.000")
    told = "services.waste.yearly_volume: 60.000 is 60 in TOML"
    for command in (("check", base), ("run", base), ("compare", base, plan)):
        _, out, err = call(capsys, *command, *change)
        assert (out + err).count(told) == 1, command
    _, out, _ = call(capsys, "check", base, "--fact", "services.waste.yearly_volume=60_000.0")
    assert "Improbable" not in out


def test_an_edge_list_is_named_as_other_files_are(
    capsys: pytest.CaptureFixture[str], files: tuple[Path, Path]
) -> None:
    Path("town").mkdir()
    Path("town/ties.csv").write_text("from;to\n0;1\n")
    Path("town/plan.toml").write_text(
        'extends = "../base.toml"\n[network]\nkind = "edge_list"\nfile = "ties.csv"\n'
    )
    code, _, err = call(capsys, "check", "town/plan.toml")
    assert code == 2
    assert err.startswith("takeup: town/ties.csv, row 1: `from;to` has semicolons")
    Path("town/ties.csv").unlink()
    _, _, err = call(capsys, "check", "town/plan.toml")
    assert 'names a file that cannot be read, "town/ties.csv": no such file' in err


def test_a_folder_with_results_is_refused_before_anything_runs(
    capsys: pytest.CaptureFixture[str], files: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("out").mkdir()
    Path("out/precious").write_text("1")
    code, out, err = call(capsys, "run", files[0], *SMALL, "--out", "out")
    assert (code, out) == (2, "")
    assert err.startswith("takeup: out: already holds something")
    assert "runs" not in err
    code, _, err = call(capsys, "run", files[0], *SMALL, "--out", "out", "--force")
    assert code == 2
    assert "precious" in err
    assert Path("out/precious").read_text() == "1"


def test_force_replaces_earlier_results_only(
    capsys: pytest.CaptureFixture[str], files: tuple[Path, Path]
) -> None:
    arguments = ("compare", *files, *SMALL, "--out", "out")
    assert call(capsys, *arguments)[0] == 0
    assert call(capsys, *arguments)[0] == 2
    assert call(capsys, *arguments, "--force")[0] == 0
    for place in ("", ".", "..", "/", Path.home(), "file/out"):
        Path("file").touch()
        code, out, err = call(capsys, *arguments[:-1], place, "--force")
        assert (code, out) == (2, ""), place
        assert "runs" not in err
    Path("inputs").mkdir()
    Path("inputs/base.toml").write_bytes(files[0].read_bytes())
    code, _, err = call(capsys, "run", "inputs/base.toml", *SMALL, "--out", "inputs", "--force")
    assert code == 2
    assert "inputs/base.toml" in err


def test_what_was_drawn_and_what_came_out_is_on_disk(
    capsys: pytest.CaptureFixture[str], files: tuple[Path, Path]
) -> None:
    import pandas as pd

    assert call(capsys, "compare", *files, *SMALL, "--out", "out")[0] == 0
    table = pd.read_parquet("out/parameters.parquet")
    assert list(table) == ["replicate", "parameter", "value"]
    assert set(table["replicate"]) == {0, 1}
    assert (table.groupby("parameter")["value"].nunique() == 2).all()
    manifest = json.loads(Path("out/manifest.json").read_text())
    assert sorted(manifest["parameters"]["drawn"]) == sorted(set(table["parameter"]))
    plan = json.loads(Path("out/summary.json").read_text())["comparisons"]["plans"]["The plan"]
    cell = plan["kpis"]["trust"]
    assert cell["difference"] == pytest.approx(cell["plan"] - cell["baseline"])
    money = plan["money"]
    assert money["net savings"] == pytest.approx(
        money["service cost saved"] - money["programme cost added"]
    )
    assert call(capsys, "run", files[0], *SMALL, "--out", "seed", "--uncertainty", "seed")[0] == 0
    assert pd.read_parquet("seed/parameters.parquet").empty


def test_files_that_cannot_be_told_apart_are_refused(
    capsys: pytest.CaptureFixture[str], files: tuple[Path, Path]
) -> None:
    code, _, err = call(capsys, "compare", files[0], files[0])
    assert code == 2
    assert "base.toml: is given twice" in err
    files[1].write_text('extends = "base.toml"\n')
    code, _, err = call(capsys, "compare", *files)
    assert code == 2
    assert "base.toml and plan.toml" in err
    assert "`name`" in err


@pytest.mark.parametrize(
    ("option", "value"),
    [("--sample", "10"), ("--sample", "many"), ("--uncertainty", "none"), ("--weeks", "5000")],
)
def test_a_wrong_option_is_named_as_typed(
    capsys: pytest.CaptureFixture[str], files: tuple[Path, Path], option: str, value: str
) -> None:
    code, _, err = call(capsys, "run", files[0], option, value)
    assert code == 2
    assert option in err


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert call(capsys, "--version") == (0, f"takeup {takeup.__version__}\n", "")


def test_too_little_memory_is_bad_input(
    capsys: pytest.CaptureFixture[str], files: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr("takeup.runs.replicate.begun", full)
    code, _, err = call(capsys, "run", files[0], *SMALL)
    assert code == 2
    assert "more memory than there is" in err


def test_every_problem_of_every_file_is_said_without_a_traceback(
    capsys: pytest.CaptureFixture[str], files: tuple[Path, Path]
) -> None:
    files[1].write_text('extends = "base.toml"\nnam = "x"\nrun.wekes = 3\n')
    code, out, err = call(capsys, "compare", "missing.toml", files[1])
    assert (code, out) == (2, "")
    lines = err.splitlines()
    assert len(lines) == 3
    assert all(line.startswith("takeup: ") for line in lines)
    assert not Path("results").exists()


@pytest.mark.parametrize(
    "arguments",
    [("nonsense",), ("run",), ("run", "base.toml", "--replicates", "0"), ("compare", "one.toml")],
)
def test_wrong_usage_is_bad_input(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]
) -> None:
    code, _, err = call(capsys, *arguments)
    assert code == 2
    assert err


def test_a_bug_is_owned_up_to_and_its_traceback_saved(
    capsys: pytest.CaptureFixture[str], files: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("oops")

    monkeypatch.setattr("takeup.runs.replicate.summarise", broken)
    code, _, err = call(capsys, "run", files[0], *SMALL)
    assert code == 1
    assert "bug in takeup" in err
    assert "Traceback" not in err
    saved = next(word for word in err.split() if word.endswith(".log"))
    assert "ZeroDivisionError: oops" in Path(saved).read_text()
    Path(saved).unlink()
    assert not Path("results/base").exists()
    monkeypatch.setenv("TAKEUP_DEBUG", "1")
    assert "Traceback" in call(capsys, "run", files[0], *SMALL)[2]


def test_an_interrupt_says_so_and_leaves_nothing(files: tuple[Path, Path]) -> None:
    command = [sys.executable, "-m", "takeup.cli", "run", str(files[0]), "--sample", "500"]
    process = subprocess.Popen(
        [*command, "--weeks", "300", "--replicates", "200", "--out", "out"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        # In the background of a shell interrupts are ignored, and children inherit that.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    assert process.stderr is not None
    while "first run done" not in process.stderr.readline():
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert out == ""
    assert err.strip().splitlines()[-1] == "takeup: stopped; nothing was written"
    assert not Path("out").exists()
