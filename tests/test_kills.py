"""Sweeps that are killed at random moments and gone on with: not a bit is lost or changed."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest

from studies import experiment_in, outcomes, run, study
from takeup.results.sweep import open_sweep

VARY = "services.waste.complexity = { low = 0.3, high = 0.7 }\nprogramme.train-staff.seats = [1, 9]"


def sweep_in_a_process(file: Path, folder: Path, workers: int = 2) -> subprocess.Popen[bytes]:
    """Start a sweep; what it says on stderr goes to `said.txt` beside its folder."""
    command = [sys.executable, "-m", "takeup.cli", "sweep", str(file), "--out", str(folder)]
    with (folder.parent / "said.txt").open("wb") as said:
        return subprocess.Popen(
            [*command, "--workers", str(workers), "--no-cache"],
            preexec_fn=interruptible,
            stdout=subprocess.DEVNULL,
            stderr=said,
            start_new_session=True,
        )


def parts_in(folder: Path) -> int:
    return len(list((folder / "runs").glob("*.parquet")))


def interruptible() -> None:
    """Let the process be stopped even if these tests run in the background, or under nohup."""
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


def members(session: int) -> list[int]:
    """Return the processes of a session that are alive: a sweep and its workers."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
        except (OSError, ValueError):
            continue
        if int(fields[3]) == session and fields[0] != "Z":
            found.append(int(entry.name))
    return found


def kill_at_a_random_moment(
    process: subprocess.Popen[bytes], out: Path, moments: random.Random
) -> bool:
    """Kill a sweep, at its start or after some parts; return false if it ended before."""
    before, parts = parts_in(out), moments.randrange(6)
    deadline = time.monotonic() + 120
    while parts_in(out) < before + parts:
        if process.poll() is not None:
            return False
        assert time.monotonic() < deadline, "it does not get on"
        time.sleep(0.002)
    time.sleep(moments.uniform(0.0, 0.4 if parts else 4.0))
    if process.poll() is not None:
        return False
    process.kill()
    process.wait()
    deadline = time.monotonic() + 20
    while members(process.pid):
        assert time.monotonic() < deadline, "workers outlive their sweep"
        time.sleep(0.05)
    return True


def kill_again_and_again(folder: Path, points: int, kills: int) -> None:
    """Kill a sweep so many times, each at a random moment, then let it end, and compare bits.

    Args:
        folder: a new folder.
        points: points of a design with two replicates.
        kills: how often it is killed.
    """
    seed = time.time_ns()
    print(f"random moments from seed {seed}")  # shown if the test fails
    moments = random.Random(seed)
    design = f'kind = "latin_hypercube"\npoints = {points}'
    file = study(folder, VARY, design=design)
    run(experiment_in(folder, VARY, design=design), folder / "reference")

    out, there = folder / "out", [0]
    for kill in range(kills):
        process = sweep_in_a_process(file, out)
        killed = kill_at_a_random_moment(process, out, moments)
        assert killed or process.returncode == 0, (folder / "said.txt").read_text()
        assert killed, f"the sweep was done after {kill} kills: give it more points"
        there.append(len(open_sweep(out).outcomes()) if (out / "manifest.json").exists() else 0)
        assert there[-1] >= there[-2], "runs that were done are lost"

    process = sweep_in_a_process(file, out)
    assert process.wait() == 0, (folder / "said.txt").read_text()
    print(f"{kills} kills; runs there after each: {there[1:]}")
    assert open_sweep(out).missing() == 0
    assert not list(out.rglob("*.new"))
    pd.testing.assert_frame_equal(outcomes(out), outcomes(folder / "reference"), check_exact=True)


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc").is_dir(), reason="reads /proc")
def test_two_kills(tmp_path: Path) -> None:
    kill_again_and_again(tmp_path, points=250, kills=2)


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc").is_dir(), reason="reads /proc")
def test_twenty_kills(tmp_path: Path) -> None:
    kill_again_and_again(tmp_path, points=3000, kills=20)


def test_a_second_sweep_into_the_folder_is_refused_and_an_interrupt_keeps_what_is_done(
    tmp_path: Path,
) -> None:
    file = study(tmp_path, VARY, design='kind = "latin_hypercube"\npoints = 12000')
    first = sweep_in_a_process(file, tmp_path / "out")
    try:
        deadline = time.monotonic() + 120
        while not parts_in(tmp_path / "out"):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        second = sweep_in_a_process(file, tmp_path / "out")
        assert second.wait(120) == 2
        said = (tmp_path / "said.txt").read_text()
        assert "another `takeup sweep` is writing into it" in said
        assert "Traceback" not in said
        os.killpg(first.pid, signal.SIGINT)  # as a terminal does
        assert first.wait(60) == 130
    finally:
        first.kill()
        first.wait()
    assert 0 < len(open_sweep(tmp_path / "out").outcomes()) < 24_000
