from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import CancelledError, wait
from pathlib import Path
from typing import Any

import pytest

from takeup.errors import InputError, TakeupError
from takeup.runs import processes
from takeup.runs.executor import WorkerLost
from takeup.runs.hands import LOOK_AFTER
from takeup.runs.processes import Processes
from takeup.runs.shares import Shares
from takeup.stopping import ASKED


def processes_of(workers: int, **more: Any) -> Processes:
    return Processes(workers, loads="takeup.errors", **more)  # which is there at once


@pytest.fixture
def pool() -> Iterator[Processes]:
    pool = processes_of(1, tries=2, lost="gone; try again")
    yield pool
    pool.close()


def wait_for(file: str) -> None:
    while not Path(file).exists():
        time.sleep(0.005)


def die_once(file: str) -> str:
    """Kill the worker that this runs in, the first time."""
    if not Path(file).exists():
        Path(file).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return "alive"


def kill_myself() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def refuse() -> None:
    raise InputError("no such thing")


def not_to_be_pickled() -> object:
    return lambda: None


def test_the_most_urgent_goes_first_and_equals_in_their_order(
    pool: Processes, tmp_path: Path
) -> None:
    gate, ended = tmp_path / "gate", []
    futures = [pool.submit(wait_for, str(gate))]
    for priority in (2, 1, 2, 0, 1):
        number = len(futures)
        future = pool.submit(abs, number, priority=(priority,))
        future.add_done_callback(lambda done: ended.append(done.result()))
        futures.append(future)
    gate.touch()
    wait(futures)
    assert ended == [4, 2, 5, 1, 3]


def test_what_nobody_wants_any_more_is_not_done(pool: Processes, tmp_path: Path) -> None:
    gate, mark = tmp_path / "gate", tmp_path / "mark"
    held = pool.submit(wait_for, str(gate))
    unwanted = pool.submit(Path.touch, mark, cancelled=lambda: True)
    also = pool.submit(Path.touch, mark)
    also.cancel()
    last = pool.submit(abs, -1, priority=(9,))
    gate.touch()
    assert held.result(30) is None
    assert last.result(30) == 1
    assert not mark.exists()
    with pytest.raises(CancelledError):
        unwanted.result(30)


def test_what_nobody_wants_is_let_go_of_before_its_turn(pool: Processes, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    held = pool.submit(wait_for, str(gate))
    unwanted = [
        pool.submit(abs, -1, priority=(9,), cancelled=lambda: True) for _ in range(LOOK_AFTER + 1)
    ]
    wanted = pool.submit(abs, -2, priority=(9,))
    assert all(future.cancelled() for future in unwanted[: LOOK_AFTER - 1])
    assert not held.done()
    gate.touch()
    assert wanted.result(30) == 2


def test_errors_come_back_and_the_worker_goes_on(pool: Processes) -> None:
    before = pool.pids
    with pytest.raises(InputError, match="no such thing"):
        pool.submit(refuse).result(30)
    with pytest.raises((AttributeError, pickle.PicklingError), match="pickle"):
        pool.submit(not_to_be_pickled).result(30)
    assert pool.submit(abs, -2).result(30) == 2
    assert pool.pids == before


def test_a_worker_that_is_killed_is_replaced_and_its_job_done_again(
    pool: Processes, tmp_path: Path
) -> None:
    before = pool.pids
    assert pool.submit(die_once, str(tmp_path / "mark")).result(60) == "alive"
    assert pool.pids != before


def test_a_job_that_kills_workers_fails_alone(pool: Processes) -> None:
    deadly, other = pool.submit(kill_myself), pool.submit(abs, -3)
    with pytest.raises(WorkerLost, match="try again"):
        deadly.result(60)
    assert other.result(60) == 3


def test_idle_workers_that_are_killed_are_not_missed() -> None:
    pool = processes_of(2, tries=2)
    wait([pool.submit(abs, -3) for _ in range(8)])
    for pid in pool.pids:
        os.kill(pid, signal.SIGKILL)
    assert [pool.submit(abs, -4).result(60) for _ in range(4)] == [4, 4, 4, 4]
    pool.close()


def test_a_closed_pool_leaves_nobody_waiting(tmp_path: Path) -> None:
    pool = processes_of(1, tries=2)
    pids = pool.pids
    held = pool.submit(wait_for, str(tmp_path / "never"))
    waiting = pool.submit(abs, -1)
    while not held.running():
        time.sleep(0.005)
    pool.close()
    with pytest.raises(WorkerLost):
        held.result(10)
    assert waiting.cancelled()
    assert pool.submit(abs, -1).cancelled()
    assert not any(_alive(pid) for pid in pids)


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="reads /proc")
def test_workers_end_when_the_server_is_killed() -> None:
    code = (
        "import time\nfrom takeup.runs.processes import Processes\nif __name__ == '__main__':\n"
        "    pool = Processes(2)\n    pool.submit(abs, -1).result()\n"
        "    pool.submit(time.sleep, 60)\n"
        "    print(*pool.pids, flush=True)\n    time.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout is not None
        pids = [int(word) for word in server.stdout.readline().split()]
        assert len(pids) == 2
        server.kill()
    deadline = time.monotonic() + 30
    while any(map(_alive, pids)):
        assert time.monotonic() < deadline, "workers outlive the server"
        time.sleep(0.05)


def test_who_forgets_to_close_it_ends_all_the_same() -> None:
    code = (
        "import time\nfrom takeup.runs.processes import Processes\nif __name__ == '__main__':\n"
        "    pool = Processes(1)\n    pool.submit(abs, -1).result()\n"
        "    pool.submit(time.sleep, 600)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def _alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


def test_a_worker_that_cannot_be_started_fails_a_job_and_not_those_after_it(
    pool: Processes, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert pool.submit(abs, -1).result(60) == 1

    def no_memory(*_: object) -> None:
        raise OSError(12, "Cannot allocate memory")

    with monkeypatch.context() as short_of_memory:
        short_of_memory.setattr(processes._SPAWN.Process, "start", no_memory)
        with pytest.raises(WorkerLost):
            pool.submit(kill_myself).result(60)
        with pytest.raises(WorkerLost):
            pool.submit(abs, -2).result(60)
    assert pool.submit(abs, -3).result(60) == 3


def test_an_owner_who_had_too_much_waits_whatever_they_ask(tmp_path: Path) -> None:
    now = [0.0]
    pool = processes_of(1, shares=Shares(10), clock=lambda: now[0])
    ended: list[str] = []
    try:
        for browser, seconds in (("script", 100.0), ("person", 1.0)):
            gate = tmp_path / browser
            held = pool.submit(wait_for, str(gate), owner=browser)
            while not held.running():
                time.sleep(0.001)
            now[0] += seconds
            gate.touch()
            held.result(30)
        gate = tmp_path / "gate"
        held = pool.submit(wait_for, str(gate))
        while not held.running():
            time.sleep(0.001)
        waiting = [held]
        for browser, priority in (("script", 0), ("script", 0), ("person", 2), ("new", 9)):
            future = pool.submit(abs, -1, priority=(priority,), owner=browser)
            future.add_done_callback(lambda _, whose=browser: ended.append(whose))
            waiting.append(future)
        gate.touch()
        wait(waiting)
    finally:
        pool.close()
    assert ended == ["person", "new", "script", "script"]


def test_an_owner_has_only_so_many_jobs_waiting(tmp_path: Path) -> None:
    pool = processes_of(1, shares=Shares(jobs=5, too_many="waits for 5 runs"))
    gate = tmp_path / "gate"
    held = pool.submit(wait_for, str(gate))
    while not held.running():
        time.sleep(0.001)
    mine = [pool.submit(abs, -1, owner="mine") for _ in range(6)]
    theirs = pool.submit(abs, -2, owner="theirs")
    with pytest.raises(TakeupError, match="waits for 5 runs"):
        mine[5].result(1)
    gate.touch()
    assert [future.result(30) for future in (*mine[:5], theirs)] == [1, 1, 1, 1, 1, 2]
    pool.close()


def test_a_job_costs_no_more_workers_than_it_may(tmp_path: Path) -> None:
    pool = processes_of(1)
    before = pool.pids
    with pytest.raises(WorkerLost):
        pool.submit(die_once, str(tmp_path / "mark")).result(60)
    assert pool.submit(abs, -1).result(60) == 1
    assert pool.pids != before
    pool.close()


def test_requests_to_stop_are_the_parents_to_deal_with(pool: Processes) -> None:
    before = pool.pids
    assert pool.submit(abs, -1).result(60) == 1
    for asked in ASKED:
        os.kill(pool.pids[0], asked)
    assert pool.submit(abs, -2).result(60) == 2
    assert pool.pids == before
