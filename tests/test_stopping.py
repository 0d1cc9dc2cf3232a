"""Being told to stop, or not being let: nothing half-written, nobody left behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from studies import study
from takeup.stopping import Stopped, exit_code, stopped_alike
from test_kills import interruptible, members, parts_in

SIGNALS = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]
LONG = ("--weeks", "1040", "--replicates", "500", "--workers", "2")


def start(folder: Path, *arguments: str) -> subprocess.Popen[bytes]:
    """Start a command in a session of its own; what it says goes to `said.txt`."""
    with (folder / "said.txt").open("wb") as said:
        return subprocess.Popen(
            [sys.executable, "-m", "takeup.cli", *arguments],
            cwd=folder,
            preexec_fn=interruptible,
            stdout=subprocess.DEVNULL,
            stderr=said,
            start_new_session=True,
        )


def wait_for(what: str, met: object) -> None:
    deadline = time.monotonic() + 240
    while not met():  # type: ignore[operator]
        assert time.monotonic() < deadline, what
        time.sleep(0.02)


def said(folder: Path) -> str:
    return (folder / "said.txt").read_text("utf-8")


def files(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()} - {"said.txt"}


@pytest.mark.parametrize("number", SIGNALS)
def test_every_request_to_stop_runs_what_cleans_up(number: int) -> None:
    own = signal.getsignal(number)
    # What is ignored stays so, as in the background of a shell: here it is not.
    before = signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL
    signal.signal(number, before)
    cleaned = []

    def asked() -> None:
        with stopped_alike():
            try:
                os.kill(os.getpid(), number)
            finally:
                os.kill(os.getpid(), number)  # a terminal that closes asks twice
                cleaned.append(number)

    try:
        with pytest.raises(Stopped) as stop:
            asked()
        assert exit_code(stop.value) == 128 + number
        assert cleaned == [number]
        assert signal.getsignal(number) is before
    finally:
        signal.signal(number, own)


def test_what_is_ignored_is_still_ignored() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)  # as nohup has it
    try:
        with stopped_alike():
            os.kill(os.getpid(), signal.SIGHUP)
    finally:
        signal.signal(signal.SIGHUP, before)


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc").is_dir(), reason="reads /proc")
@pytest.mark.parametrize("number", SIGNALS)
@pytest.mark.parametrize("command", ["run", "compare", "sweep"])
def test_a_command_that_is_told_to_stop_leaves_nothing_half_written(
    tmp_path: Path, command: str, number: signal.Signals
) -> None:
    file = study(tmp_path, "services.waste.complexity = { low = 0.3, high = 0.7 }",
                 design='kind = "latin_hypercube"\npoints = 12000')  # fmt: skip
    (tmp_path / "plan.toml").write_text(
        'extends = "town.toml"\nname = "Plan"\nservices.waste.complexity = 0.7\n'
    )
    there = files(tmp_path)
    out = tmp_path / "new" / "out"
    if command == "sweep":
        process = start(tmp_path, "sweep", str(file), "--out", str(out), "--no-cache")
        wait_for("parts", lambda: parts_in(out) > 1)
    else:
        given = ("town.toml",) if command == "run" else ("town.toml", "plan.toml")
        process = start(tmp_path, command, *given, *LONG, "--out", str(out))
        wait_for("the claim", lambda: "replicates ×" in said(tmp_path))
        assert {path.name for path in out.parent.iterdir()} == {".out.takeup"}
    os.killpg(process.pid, number)
    os.killpg(process.pid, number)
    assert process.wait(60) == 128 + number
    wait_for("workers end", lambda: not members(process.pid))
    if command == "sweep":
        assert f"stopped; what was done is kept in {out}" in said(tmp_path)
        assert not list(out.rglob("*.new"))
        assert {path.name for path in out.iterdir()} == {"design.parquet", "units.parquet",
                                                         "manifest.json", "runs"}  # fmt: skip
    else:
        assert "stopped; nothing was written" in said(tmp_path)
        assert files(tmp_path) == there
    assert "Traceback" not in said(tmp_path)


@pytest.mark.slow
def test_a_second_run_into_a_folder_is_refused_until_the_first_is_gone(tmp_path: Path) -> None:
    study(tmp_path)
    first = start(tmp_path, "run", "town.toml", *LONG, "--out", "new/out")
    try:
        wait_for("the claim", lambda: "replicates ×" in said(tmp_path))
        for _ in range(2):
            second = start(tmp_path, "run", "town.toml", *LONG, "--out", "new/out", "--force")
            assert second.wait(120) == 2
            assert f"another takeup is writing into it (process {first.pid} on" in said(tmp_path)
        sweep = start(tmp_path, "sweep", "study.toml", "--out", "new/out")
        assert sweep.wait(120) == 2
        assert f"(process {first.pid} on" in said(tmp_path)
    finally:
        first.kill()
        first.wait()
    assert files(tmp_path / "new") == {".out.takeup"}  # which keeps nobody out
    short = ("--weeks", "4", "--sample", "100", "--replicates", "1", "--set", "programme={}")
    assert start(tmp_path, "run", "town.toml", *short, "--out", "new/out").wait(240) == 0
    assert files(tmp_path / "new") == {"out"}
    assert json.loads((tmp_path / "new" / "out" / "manifest.json").read_text("utf-8"))["inputs"]
