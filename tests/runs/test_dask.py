"""A sweep on a real Dask scheduler with worker processes, all on loopback."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pandas as pd
import pytest

import takeup
from takeup.errors import InputError, OutputError
from takeup.experiments.definition import Experiment, read_experiment
from takeup.experiments.sweep import sweep
from takeup.experiments.work import Status
from takeup.runs.dask import cluster
from takeup.runs.threads import Threads
from takeup.scenario import starter

POINTS = 24


class Cluster:
    """A scheduler and its workers, each a process of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.file = folder, folder / "scheduler.json"
        self.log = (folder / "cluster.log").open("w")
        self.scheduler = self._start("scheduler", "--port", "0", "--no-show")
        self.workers: list[subprocess.Popen[bytes]] = []
        deadline = time.monotonic() + 60
        while not self.file.exists():
            assert self.scheduler.poll() is None, self.said()
            assert time.monotonic() < deadline, self.said()
            time.sleep(0.05)

    def add_worker(self) -> None:
        self.workers.append(
            self._start("worker", "--nthreads", "1", "--no-nanny", "--memory-limit", "0")
        )

    def _start(self, what: str, *more: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", "dask", what, "--host", "127.0.0.1", "--no-dashboard",
             "--scheduler-file", str(self.file), *more],
            stdout=self.log, stderr=self.log, cwd=self.folder,
        )  # fmt: skip

    def wait_for_workers(self, count: int) -> None:
        from distributed import Client

        with Client(scheduler_file=str(self.file), set_as_default=False) as client:
            client.wait_for_workers(count, timeout=60)

    def said(self) -> str:
        return (self.folder / "cluster.log").read_text()

    def close(self) -> None:
        for process in (*self.workers, self.scheduler):
            process.kill()
            process.wait()
        self.log.close()


@pytest.fixture
def started(tmp_path: Path) -> Iterator[Cluster]:
    made = Cluster(tmp_path)
    try:
        yield made
    finally:
        made.close()


@pytest.fixture
def experiment(tmp_path: Path) -> Experiment:
    (tmp_path / "town.toml").write_text(starter("Town"), "utf-8")
    (tmp_path / "study.toml").write_text(
        f"""
        scenario = "town.toml"
        replicates = 2
        [design]
        kind = "latin_hypercube"
        points = {POINTS}
        [set]
        run.weeks = 26
        run.sample = 300
        parameters.trust_weight.evidence = true
        parameters.habit_weight.evidence = true
        """,
        "utf-8",
    )
    return read_experiment(tmp_path / "study.toml")


def everything(folder: Path) -> pd.DataFrame:
    made = takeup.open_sweep(folder)
    assert made.failures.empty
    return made.trajectories().merge(made.outcomes(), on=["scenario", "point", "replicate"])


@pytest.mark.slow
def test_a_worker_is_killed_in_mid_sweep_and_not_a_bit_changes(
    started: Cluster, experiment: Experiment, tmp_path: Path
) -> None:
    started.add_worker()
    started.add_worker()
    started.wait_for_workers(2)
    killed: list[int] = []

    def kill_one(status: Status) -> None:
        if status.done >= 10 and not killed:
            killed.append(status.done)
            os.kill(started.workers[0].pid, signal.SIGKILL)

    with cluster(str(started.file)) as (make, jobs):
        assert jobs == 2
        status = sweep(
            experiment, tmp_path / "far", workers=jobs, executor=make, cache=False, job_runs=2,
            progress=kill_one,
        )  # fmt: skip
    assert killed
    assert killed[0] < 2 * POINTS
    assert started.workers[0].wait() == -signal.SIGKILL
    assert (status.done, status.failures) == (2 * POINTS, [])
    sweep(experiment, tmp_path / "near", executor=partial(Threads, 1), cache=False)
    pd.testing.assert_frame_equal(
        everything(tmp_path / "far"), everything(tmp_path / "near"), check_exact=True
    )


@pytest.mark.slow
def test_a_lost_scheduler_leaves_what_was_done_to_be_gone_on_with(
    started: Cluster, experiment: Experiment, tmp_path: Path
) -> None:
    started.add_worker()
    started.wait_for_workers(1)

    def kill_scheduler(status: Status) -> None:
        if status.done >= 6:
            started.scheduler.kill()
            started.scheduler.wait()

    with (
        pytest.raises(OutputError, match="start the same command again"),
        cluster(str(started.file)) as (make, jobs),
    ):
        sweep(
            experiment, tmp_path / "out", workers=jobs, executor=make, cache=False, job_runs=2,
            progress=kill_scheduler,
        )  # fmt: skip
    left = takeup.open_sweep(tmp_path / "out").missing()
    assert 0 < left <= 2 * POINTS - 6
    status = sweep(experiment, tmp_path / "out", executor=partial(Threads, 2), cache=False)
    assert (status.done, status.earlier) == (left, 2 * POINTS - left)


def test_an_address_where_nothing_is_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("takeup.runs.dask.PATIENCE", "1 s")
    with (
        pytest.raises(InputError, match="no Dask scheduler answers there"),
        cluster("tcp://127.0.0.1:9"),
    ):
        pass
    with (
        pytest.raises(InputError, match="nor a scheduler file"),
        cluster("missing.json"),
    ):
        pass


@pytest.mark.slow
def test_a_cluster_without_workers_or_with_another_version_is_refused(
    started: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("takeup.runs.dask.FIRST_WORKER", "1 s")
    with pytest.raises(InputError, match="has no workers"), cluster(str(started.file)):
        pass
    started.add_worker()
    started.wait_for_workers(1)
    # A version that no two processes share.
    monkeypatch.setattr("takeup.runs.dask.model_version", lambda: str(os.getpid()))
    with pytest.raises(InputError, match="install the same"), cluster(str(started.file)):
        pass
