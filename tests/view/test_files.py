"""Files to keep: one at a time, bounded, for those who still wait, and a message if one fails."""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path

import pytest

import rooms
import takeup
from takeup.view.answers import files


def die() -> bytes:
    os.kill(os.getpid(), signal.SIGKILL)
    return b""


def hold(gate: str) -> bytes:
    while not Path(gate).exists():
        pass
    return b"done"


def test_a_process_that_is_killed_gets_a_message() -> None:
    with pytest.raises(files.NotMadeError, match="stopped; try again"):
        files._elsewhere(lambda: True, die)


def test_what_nobody_waits_for_is_not_made() -> None:
    with pytest.raises(files.NotMadeError, match="Nobody waits"):
        files._elsewhere(lambda: False, die)


def test_only_so_many_wait(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "_places", threading.Semaphore(1))
    gate, made = tmp_path / "gate", []

    def make() -> None:
        made.append(files._elsewhere(lambda: True, hold, str(gate)))

    thread = threading.Thread(target=make)
    thread.start()
    while files._places.acquire(blocking=False):  # until the thread has the place
        files._places.release()
    with pytest.raises(files.NotMadeError, match="try again in a minute"):
        files._elsewhere(lambda: True, die)
    gate.touch()
    thread.join()
    assert made == [b"done"]
    assert files._places.acquire(blocking=False)


def test_a_scenario_file_has_a_name_of_its_own_for_every_programme(tmp_path: Path) -> None:
    names = set()
    for weeks in (5, 6, 20):
        plan = rooms.setting(weeks=weeks).scenario(rooms.councils())
        file = files.scenario_file(plan)
        names.add(file.name)
        (tmp_path / file.name).write_bytes(file.content)
        again = takeup.load(tmp_path / file.name)
        assert again == plan
    assert len(names) == 3
