"""The room: what is kept, within bounds, by many at once, in a file that is whole or refused."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

import rooms
from takeup.errors import InputError, OutputError
from takeup.view.server.bounds import ATTEMPTS, GUESSES
from takeup.view.session.room import Room


def filled(file: Path) -> Room:
    room = Room(file)
    room.save(rooms.attempt("Reds", "one"))
    room.save(rooms.attempt("<script>alert(1)</script>", "Blå & 日本 👍"))
    room.guess(rooms.guess())
    return room


def test_a_file_brings_a_room_back(tmp_path: Path) -> None:
    room = filled(tmp_path / "room.json")
    room.close()
    again = Room(tmp_path / "room.json")
    assert again.attempts == room.attempts
    assert again.guesses == room.guesses
    assert [a.number for a in again.attempts] == [1, 2]
    again.remove(2)
    assert again.save(rooms.attempt()).number == 3  # no number is given twice
    again.clear()
    again.close()
    with closing(Room(tmp_path / "room.json")) as third:
        assert third.attempts == ()
        assert third.save(rooms.attempt()).number == 4
    assert {path.name for path in tmp_path.iterdir()} == {"room.json", ".room.json.lock"}


def cut(text: str) -> str:
    return text[: len(text) // 2]


def altered(change: Callable[[dict], object]) -> Callable[[str], str]:
    def alter(text: str) -> str:
        content = json.loads(text)
        change(content)
        return json.dumps(content)

    return alter


@pytest.mark.parametrize(
    "damage",
    [
        cut,
        lambda text: "",
        lambda text: "[]",
        lambda text: "name = 'a scenario'",
        lambda text: "[" * 100_000,
        lambda text: text.replace("digital_take_up", "something_else"),
        altered(lambda c: c["attempts"][0].pop("cost")),
        altered(lambda c: c["attempts"][0].update(number=2)),
        altered(lambda c: c["attempts"][0]["setting"].update(changes="{")),
        altered(lambda c: c["attempts"][0]["measures"][0].update(weekly="AAAA")),
        altered(lambda c: c["guesses"][0].update(value="NaN")),
        altered(lambda c: c.update(next=2)),
        altered(lambda c: c.update(takeup_room=2)),
    ],
)
def test_a_damaged_file_is_refused_and_left_alone(
    tmp_path: Path, damage: Callable[[str], str]
) -> None:
    file = tmp_path / "room.json"
    filled(file).close()
    file.write_text(damage(file.read_text("utf-8")), encoding="utf-8")
    before = file.read_bytes()
    with pytest.raises(InputError, match=r"--room .*room\.json: is damaged"):
        Room(file)
    assert file.read_bytes() == before


def test_a_file_that_cannot_be_written_shows_at_the_start(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"--room .*cannot be written"):
        Room(tmp_path / "nowhere" / "room.json")
    with pytest.raises(InputError, match=r"--room .*cannot be read"):
        Room(tmp_path)


def test_two_servers_do_not_share_a_file(tmp_path: Path) -> None:
    first = filled(tmp_path / "room.json")
    with pytest.raises(InputError, match="another server keeps its room there"):
        Room(tmp_path / "room.json")
    first.close()
    with closing(Room(tmp_path / "room.json")) as second:
        assert second.attempts == first.attempts


def test_what_cannot_be_kept_in_the_file_is_not_kept(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    room = filled(folder / "room.json")
    before = room.attempts, room.guesses
    shutil.rmtree(folder)
    for change in (
        lambda: room.save(rooms.attempt()),
        lambda: room.guess(rooms.guess()),
        lambda: room.remove(1),
        room.clear,
    ):
        with pytest.raises(OutputError, match="nothing was changed"):
            change()
    assert (room.attempts, room.guesses) == before


def test_a_room_is_bounded() -> None:
    room = Room()
    for _ in range(ATTEMPTS.most):
        room.save(rooms.attempt())
    with pytest.raises(InputError, match="The room is full"):
        room.save(rooms.attempt())
    room.remove(7)
    assert room.save(rooms.attempt()).number == ATTEMPTS.most + 1
    for at in range(GUESSES.most + 5):
        room.guess(rooms.guess(at=at))
    assert len(room.guesses) == GUESSES.most
    assert room.guesses[0] == rooms.guess(at=5)


def test_many_save_at_once_and_nothing_is_lost(tmp_path: Path) -> None:
    room = Room(tmp_path / "room.json")
    with ThreadPoolExecutor(8) as threads:
        saved = list(threads.map(lambda n: room.save(rooms.attempt(f"team {n}")), range(40)))
    assert sorted(attempt.number for attempt in saved) == list(range(1, 41))
    room.close()
    with closing(Room(tmp_path / "room.json")) as again:
        assert {a.team for a in again.attempts} == {f"team {n}" for n in range(40)}


def test_listeners_hear_of_changes_until_they_stop() -> None:
    room, heard, broken = Room(), threading.Event(), threading.Event()
    threads: set[threading.Thread] = set()

    def breaks() -> None:
        broken.set()
        raise RuntimeError("a page that is gone")

    def listens() -> None:
        threads.add(threading.current_thread())
        heard.set()

    stop_breaking, stop = room.listen(breaks), room.listen(listens)
    assert room.listeners == 2
    for change in (
        lambda: room.save(rooms.attempt()),
        lambda: room.guess(rooms.guess()),
        lambda: room.remove(1),
        room.clear,
    ):
        heard.clear()
        change()
        assert heard.wait(10)
    assert broken.is_set()
    assert threading.current_thread() not in threads
    stop()
    stop()
    stop_breaking()
    assert room.listeners == 0
    heard.clear()
    room.guess(rooms.guess())
    assert not heard.wait(0.1)
    for thread in threads:
        thread.join(10)
        assert not thread.is_alive()


def test_a_listener_may_change_the_room() -> None:
    room, done = Room(), threading.Event()

    def answer() -> None:
        if len(room.guesses) < 3:
            room.guess(rooms.guess())
        else:
            done.set()

    room.listen(answer)
    room.guess(rooms.guess())
    assert done.wait(10)
