"""What a server's workers say to browsers."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest

from takeup.errors import TakeupError
from takeup.runs.processes import Processes
from takeup.view.answers.pool import make_pool
from takeup.view.server.bounds import JOBS_OF_BROWSER


@pytest.fixture
def pool() -> Iterator[Processes]:
    pool = make_pool(1)
    yield pool
    pool.close()


def kill_myself() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def test_whose_worker_died_twice_is_asked_to_try_again(pool: Processes) -> None:
    with pytest.raises(TakeupError, match="The part of the server that computes was stopped"):
        pool.submit(kill_myself).result(60)
    assert pool.submit(abs, -3).result(60) == 3


def test_a_browser_that_waits_for_too_many_runs_is_told(pool: Processes) -> None:
    many = [
        pool.submit(abs, -1, priority=(9,), owner="mine") for _ in range(JOBS_OF_BROWSER.most + 99)
    ]
    with pytest.raises(TakeupError, match="waits for 3,000 runs of the model already"):
        many[-1].result(1)
    assert many[0].result(60) == 1


@pytest.mark.skipif(not hasattr(os, "nice"), reason="asks how nice a process is")
def test_workers_stand_back_behind_the_server(pool: Processes) -> None:
    assert pool.submit(os.nice, 0).result(60) > os.nice(0)
