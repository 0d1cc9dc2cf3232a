"""What the browser is given to play, what it may ask, and the page that asks for a run."""

from __future__ import annotations

from base64 import b64decode
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import solara
from cachetools import LRUCache

import rooms
from examples import small_scenario
from rooms import eventually
from takeup.view.setting.cards import cards
from takeup.view.setting.setting import Setting
from takeup.view.watch import page as watch
from takeup.view.watch import words
from takeup.view.watch.frames import Frames, frames
from takeup.view.watch.theatre import Theatre, packed, play_bill, read_out


@cache
def shown() -> Frames:
    return frames(small_scenario(), sample=40, posts=20)


def unpacked(text: str, kind: str = "u1") -> np.ndarray:
    return np.frombuffer(b64decode(text), dtype=kind)


def test_the_browser_gets_every_week_at_once() -> None:
    run, made = play_bill(shown()), shown()
    weeks, departments, wards = made.weeks, len(made.departments), len(made.wards)
    assert len(run["dates"]) == len(run["news"]) == len(run["summary"]) == weeks
    assert (unpacked(run["stage"]).reshape(weeks, -1) == made.stage).all()
    assert (unpacked(run["ties"], "<u2").reshape(-1, 2) == made.cast.ties).all()
    queue = unpacked(run["queue"], "<u2").reshape(weeks, departments) / 100
    assert np.allclose(queue, made.queue, atol=0.0051)
    online = unpacked(run["wardOnline"]).reshape(weeks, wards) / 100
    assert np.allclose(online, made.online_by_ward, atol=0.0051)
    for view in made.state:
        assert (unpacked(packed(view)).reshape(weeks, -1) == view).all()


def test_what_holds_a_department_up_is_the_same_in_words_and_picture() -> None:
    made = shown()
    codes = unpacked(play_bill(made)["heldUp"]).reshape(made.weeks, -1)
    assert (codes < 4).any()
    for week in range(made.weeks):
        for department in range(len(made.departments)):
            said = words.held_up(made, department, week)
            code = int(codes[week, department])
            if code < 4:
                assert said == f"most others lack {words.STAGE_NAMES[code].lower()}"
            elif code == 7:
                assert said == ""


def test_somebody_is_read_out_for_the_week_that_was_asked_for() -> None:
    for week in (0, 12, 29):
        answer = read_out(shown(), {"kind": "resident", "index": 3, "week": week})
        title, lines = words.resident(shown(), 3, week)
        assert (answer["title"], answer["lines"]) == (title, list(lines))
        assert answer["when"] == words.day(shown().monday(week))
    answer = read_out(shown(), {"kind": "member", "index": 2, "week": 5})
    assert answer["lines"] == list(words.member(shown(), 2, 5)[1])


@pytest.mark.parametrize(
    "question",
    [
        {},
        {"kind": "resident", "index": 40, "week": 0},
        {"kind": "resident", "index": -1, "week": 0},
        {"kind": "member", "index": 0, "week": 30},
        {"kind": "member", "index": "0", "week": 1},
        {"kind": "mayor", "index": 0, "week": 1},
        {"kind": ["resident"], "index": 1.5, "week": None},
    ],
)
def test_a_question_that_makes_no_sense_gets_no_answer(question: dict[str, Any]) -> None:
    assert read_out(shown(), question) == {}


def test_the_theatre_shows_what_it_is_given() -> None:
    box, rendered = solara.render(Theatre(shown()), handle_error=False)
    widget = box.children[0]
    assert widget.run == play_bill(shown())
    assert widget.state == packed(shown().state[0])
    rendered.close()


class Pool:
    """Runs what it gets in a thread when it is told to, if it is still wanted."""

    def __init__(self) -> None:
        self.threads = ThreadPoolExecutor(1)
        self.asked: list[tuple[Any, ...]] = []
        self.waiting: list[tuple[Any, Future[Any]]] = []

    def submit(
        self, function: Any, *args: Any, priority: tuple[int, ...], cancelled: Any, owner: str
    ) -> Future[Any]:
        assert owner == "mine"
        future: Future[Any] = Future()
        self.asked.append((function, *args))
        assert priority > (2,)  # no first answer waits for it
        self.waiting.append((lambda: function(*args), future, cancelled))
        return future

    @property
    def wanted(self) -> int:
        return sum(not cancelled() for *_, cancelled in self.waiting)

    def work(self) -> None:
        for call, future, _ in self.waiting:
            future.set_result(call())
        self.waiting = []


def rendered_page(monkeypatch: pytest.MonkeyPatch, setting: Setting) -> tuple[Any, Any, Pool, Any]:
    pool = Pool()
    session = SimpleNamespace(
        setting=solara.reactive(setting),
        council=rooms.councils()[setting.council],
        called="Smallbridge",
        browser="mine",
        server=SimpleNamespace(
            pool=pool,
            councils=rooms.councils(),
            answers=SimpleNamespace(tellers=ThreadPoolExecutor(1)),
        ),
        show=lambda update: update(),
    )
    monkeypatch.setattr(watch, "use_session", lambda: session)
    monkeypatch.setattr(watch, "_runs", LRUCache(4))
    box, rendered = solara.render(watch.Watch(), handle_error=False)
    return box, rendered, pool, session


def runs_shown(box: Any) -> list[str]:
    """Return the scenarios that are played in a box."""
    mine = [box.run["scenario"]] if hasattr(box, "run") else []
    return mine + [name for c in getattr(box, "children", ()) or () for name in runs_shown(c)]


def text_of(box: Any) -> str:
    if isinstance(box, str):
        return box
    inside = [text_of(child) for child in getattr(box, "children", ()) or ()]
    return " ".join([str(getattr(box, "text", "")), *inside])


def choice(box: Any) -> Any:
    """Return the widget in a box that lets choose which run is watched."""
    mine = [box] if getattr(box, "label", "") == "Watch a run" else []
    return next(iter([*mine, *filter(None, map(choice, getattr(box, "children", ()) or ()))]), None)


def test_the_page_asks_for_one_run_and_shows_it(monkeypatch: pytest.MonkeyPatch) -> None:
    setting = rooms.setting(weeks=10)
    box, rendered, pool, _ = rendered_page(monkeypatch, setting)
    assert "Working out" in text_of(box)
    pool.work()
    plan = setting.scenario(rooms.councils())
    eventually(lambda: runs_shown(box) == [plan.name])
    assert "Working out" not in text_of(box)
    ((function, scenario, replicate, names),) = pool.asked
    assert (function, scenario, replicate) == (frames, plan, 0)
    assert names["letters"] == next(
        card.title for card in cards(setting, rooms.councils()) if card.key == "letters"
    )
    choice(box).vue_choose(watch.WITHOUT)
    pool.work()
    eventually(lambda: runs_shown(box) == [rooms.councils()[setting.council].baseline.name])
    choice(box).vue_choose(watch.WITH)  # which is there already
    eventually(lambda: runs_shown(box) == [plan.name])
    assert len(pool.asked) == 2
    rendered.close()


def test_a_run_that_nobody_watches_any_more_is_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    _, rendered, pool, session = rendered_page(monkeypatch, rooms.setting(weeks=10))
    session.setting.value = rooms.setting(weeks=5)
    assert (len(pool.waiting), pool.wanted) == (2, 1)
    rendered.close()
    assert pool.wanted == 0


def test_a_setting_that_cannot_be_run_is_said_on_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    box, rendered, pool, _ = rendered_page(monkeypatch, rooms.setting(weeks=-3))
    eventually(lambda: "must be a whole number from 1 to" in text_of(box))
    assert not pool.asked
    rendered.close()


def test_a_card_is_called_in_the_run_as_it_is_on_play() -> None:
    scenario = rooms.setting().scenario(rooms.councils())
    run = frames(scenario, names={"letters": "Letters to residents"}, sample=40, posts=20)
    assert "Begins: Letters to residents." in [words.news(run, w).strip() for w in range(run.weeks)]
