"""The pages of the room, without a browser: what they show and what they do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
import solara

import rooms
from rooms import eventually
from takeup.view.answers.outcome import Outcome
from takeup.view.play import predict
from takeup.view.room import facilitator
from takeup.view.room import page as room_page
from takeup.view.session.prediction import Prediction
from takeup.view.session.room import Room
from takeup.view.setting.setting import Setting


class Page:
    """A session with an answer, as far as these pages need it."""

    def __init__(self, room: Room) -> None:
        self.server = SimpleNamespace(room=room, councils=rooms.councils())
        self.setting = solara.reactive(rooms.setting(weeks=20))
        self.team, self.problem = solara.reactive(""), solara.reactive("")
        self.prediction = solara.reactive(Prediction())
        self.budget = solara.reactive(None)
        self.whole, self.facilitates, self.before = solara.reactive(True), True, None
        self.went: list[Any] = []
        self.browser = "mine"

    @property
    def council(self) -> Any:
        return rooms.councils()[self.setting.value.council]

    @property
    def outcome(self) -> Outcome | None:
        return rooms.outcome(self.setting.value)

    @property
    def hidden(self) -> bool:
        return self.prediction.value.hides(self.setting.value)

    def complete(self) -> bool:
        return self.whole.value

    def change(self, setting: Setting) -> None:
        self.went.append(setting)

    def set_budget(self, budget: float | None) -> None:
        self.budget.value = budget

    def set_prediction(self, prediction: Prediction) -> None:
        self.prediction.value = prediction

    def go(self, path: str) -> None:
        self.went.append(path)

    def show(self, update: Callable[[], None]) -> None:
        update()


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch) -> Page:
    page = Page(Room())
    for module in (room_page, facilitator, predict):
        monkeypatch.setattr(module, "use_session", lambda: page)
    return page


def drawn(component: Any) -> Iterator[Any]:
    box, rendered = solara.render(component(), handle_error=False)
    yield box
    rendered.close()


@pytest.fixture
def attempts(page: Page) -> Iterator[Any]:
    yield from drawn(room_page.Attempts)


@pytest.fixture
def board(page: Page) -> Iterator[Any]:
    yield from drawn(facilitator.Facilitator)


@pytest.fixture
def prediction(page: Page) -> Iterator[Any]:
    yield from drawn(predict.Predict)


def having(box: Any, trait: str) -> list[Any]:
    """Return the widgets below one that have a trait of that name, in their order."""
    mine = [box] if getattr(box, "has_trait", lambda _: False)(trait) else []
    return mine + [w for c in getattr(box, "children", ()) or () for w in having(c, trait)]


def one(box: Any, trait: str) -> Any:
    (widget,) = having(box, trait)
    return widget


def test_a_setting_is_saved_and_listed(page: Page, attempts: Any) -> None:
    form = one(attempts, "saved")
    form.vue_save({"team": "<script>alert(1)</script>", "name": "ours"})
    (kept,) = page.server.room.attempts
    assert (kept.team, kept.setting) == ("<script>alert(1)</script>", page.setting.value)
    eventually(lambda: len(one(attempts, "removable").rows) == 1)
    (row,) = one(attempts, "removable").rows
    assert (row["rank"], row["team"], row["ours"]) == (1, "<script>alert(1)</script>", True)
    eventually(lambda: "no. 1" in one(attempts, "saved").saved)
    assert page.team.value == kept.team


def test_what_is_not_there_yet_or_has_no_name_is_not_saved(page: Page, attempts: Any) -> None:
    one(attempts, "saved").vue_save({"team": "Reds", "name": " "})
    assert "name first" in page.problem.value
    page.whole.value = False
    assert not one(attempts, "saved").ready
    one(attempts, "saved").vue_save({"team": "Reds", "name": "ours"})
    assert page.server.room.attempts == ()


def test_two_are_put_side_by_side(page: Page, attempts: Any) -> None:
    assert not having(attempts, "differences")
    room = page.server.room
    for weeks in (20, 10, 5):
        room.save(rooms.attempt(name=f"{weeks} weeks", weeks=weeks))
    eventually(lambda: {row["number"] for row in one(attempts, "removable").rows} == {1, 2, 3})
    eventually(lambda: bool(having(attempts, "differences")))
    versus = one(attempts, "differences")
    versus.vue_choose({"side": "left", "number": 2})
    versus.vue_choose({"side": "right", "number": 3})
    eventually(lambda: (versus.left, versus.right) == (2, 3))
    (card,) = versus.differences
    assert {"what": "How long", "left": "10 weeks", "right": "5 weeks"} in [
        {**row, "what": "How long"} for row in card["rows"]
    ]
    assert len(versus.tiles) == len(rooms.attempt().measures)
    assert len(having(attempts, "option")) == len(rooms.attempt().measures)
    room.remove(3)  # what is shown gives way to what is there
    eventually(lambda: {versus.left, versus.right} == {1, 2})
    versus.vue_choose({"side": "right", "number": versus.left})
    eventually(lambda: versus.same == "Nothing: both have the same cards.")


def test_an_attempt_is_opened_on_the_play_page(page: Page, attempts: Any) -> None:
    kept = page.server.room.save(rooms.attempt(weeks=10))
    eventually(lambda: bool(one(attempts, "removable").rows))
    one(attempts, "removable").vue_open(kept.number)
    assert page.went == [rooms.setting(weeks=10), "/"]
    one(attempts, "removable").vue_open(99)
    assert "not in the room any more" in page.problem.value


def test_the_board_is_live_and_lets_remove_and_clear(page: Page, board: Any) -> None:
    room = page.server.room
    assert one(board, "attempts").attempts == 0
    room.save(rooms.attempt("Reds"))
    room.save(rooms.attempt("Blues"))
    room.guess(rooms.guess("Greens"))
    eventually(lambda: one(board, "attempts").guesses == 1)
    head = one(board, "attempts")
    assert (head.teams, head.attempts) == (3, 2)
    assert len(head.choices) == 2  # the guess is about another council
    eventually(lambda: len(having(board, "removable")) == 1)
    one(board, "removable").vue_remove(1)
    eventually(lambda: [row["number"] for row in one(board, "removable").rows] == [2])
    eventually(lambda: len(having(board, "option")) == 1)
    head.vue_choose(rooms.setting().council)
    eventually(lambda: not having(board, "option"))
    head.vue_clear(None)
    eventually(lambda: not having(board, "removable"))
    assert (room.attempts, room.guesses) == ((), ())


def test_the_board_is_the_facilitators(page: Page) -> None:
    page.facilitates = False
    page.server.room.save(rooms.attempt())
    box = next(shown := drawn(facilitator.Facilitator))
    assert not having(box, "attempts")
    assert not having(box, "removable")
    shown.close()


def test_an_attempt_keeps_the_budget_that_its_team_had(page: Page, attempts: Any) -> None:
    page.budget.value = 123.0
    one(attempts, "saved").vue_save({"team": "Reds", "name": "ours"})
    (kept,) = page.server.room.attempts
    assert (kept.budget, kept.within) == (123.0, False)
    page.budget.value = None
    eventually(lambda: bool(one(attempts, "removable").rows))
    one(attempts, "removable").vue_open(kept.number)
    assert page.budget.value == 123.0


def test_what_waits_for_a_guess_is_not_saved(page: Page, attempts: Any) -> None:
    page.prediction.value = Prediction(first=True)
    form = one(attempts, "saved")
    assert (form.ready, form.hidden) == (False, True)
    form.vue_save({"team": "Reds", "name": "ours"})
    assert page.server.room.attempts == ()


def test_pages_that_close_do_not_listen(page: Page) -> None:
    room = page.server.room
    for component in (room_page.Attempts, facilitator.Facilitator):
        for _ in drawn(component):
            assert room.listeners == 1
        assert room.listeners == 0


def test_a_guess_is_revealed_once_the_answer_is_whole(page: Page, prediction: Any) -> None:
    form = one(prediction, "question")
    form.vue_turn(True)
    page.setting.value = rooms.setting(weeks=10)
    assert form.stage == "open"
    page.whole.value = False
    form.vue_reveal({"text": "nothing", "team": "Reds"})
    assert form.problem.startswith("Type your guess")
    form.vue_reveal({"text": "1", "team": "Reds"})
    assert form.stage == "waiting"
    assert page.server.room.guesses == ()
    page.whole.value = True
    eventually(lambda: form.stage == "revealed")
    (kept,) = page.server.room.guesses
    assert (kept.team, kept.value, kept.side) == ("Reds", 0.01, -1)
    assert "too low by" in form.guess
    assert "guess" in one(prediction, "option").option
    page.setting.value = rooms.setting(weeks=20)
    assert form.stage == "open"
    form.vue_skip(None)
    assert form.stage == "skipped"
    assert len(page.server.room.guesses) == 1
