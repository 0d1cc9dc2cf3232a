"""The state of one page: what it takes, what it asks, and what of the answers it believes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

import pytest

import rooms
from takeup.errors import InputError, TakeupError
from takeup.view.answers.answers import Answer
from takeup.view.session.session import Session
from takeup.view.setting.setting import Setting


class Answers:
    """Remembers what was asked, and tells when it is told to."""

    def __init__(self) -> None:
        self.asked: list[Any] = []

    def ask(self, baseline: Any, plan: Any, tell: Any, browser: str = "") -> Any:
        question = SimpleNamespace(plan=plan, tell=tell, cancelled=False)
        question.cancel = lambda: setattr(question, "cancelled", True)
        self.asked.append(question)
        return question

    @property
    def wanted(self) -> list[Any]:
        return [question for question in self.asked if not question.cancelled]


class Router:
    """The address of a page, and where it has been."""

    def __init__(self, search: str | None = None) -> None:
        self.path, self.search = "/", search
        self.been: list[str] = []

    def push(self, address: str) -> None:
        self.been.append(address)
        self.path, _, search = address.partition("?")
        self.search = search or None


@pytest.fixture
def answers() -> Answers:
    return Answers()


@pytest.fixture
def session(answers: Answers) -> Iterator[Session]:
    session = opened(answers)
    session.arrive(Router())
    yield session
    session.close()


def opened(answers: Answers) -> Session:
    server: Any = SimpleNamespace(councils=rooms.councils(), answers=answers)
    context: Any = nullcontext()
    return Session(server, context)


def whole(question: Any) -> Answer:
    answer = rooms.outcome(rooms.setting()).answer
    return Answer(question.plan, answer.baseline, 3, 3, answer.dataset)


def weeks(session: Session) -> int:
    return int(session.setting.value.entries["letters"]["weeks"])


def test_a_page_asks_once_when_it_opens(session: Session, answers: Answers) -> None:
    (question,) = answers.asked
    assert session.busy.value
    question.tell(whole(question))
    assert not session.busy.value
    assert session.complete()


def test_what_was_asked_before_is_cancelled_and_not_believed_any_more(
    session: Session, answers: Answers
) -> None:
    for number in (5, 6, 7):
        session.change(rooms.setting(weeks=number))
    assert [q.plan.programme["letters"].weeks for q in answers.wanted] == [7]
    answers.asked[-2].tell(whole(answers.asked[-2]))  # it was on its way
    assert session.answer.value is None
    answers.asked[-1].tell(whole(answers.asked[-1]))
    assert session.complete()


def test_after_a_failure_nothing_stands_there_as_the_answer_and_one_can_ask_again(
    session: Session, answers: Answers
) -> None:
    answers.asked[-1].tell(whole(answers.asked[-1]))
    session.change(rooms.setting(weeks=5))
    answers.asked[-1].tell(TakeupError("The part of the server that computes was stopped."))
    assert session.answer.value is None
    assert session.outcome is None
    assert not session.busy.value
    assert "was stopped" in session.problem.value
    asked = len(answers.asked)
    session.change(rooms.setting(weeks=5))
    assert len(answers.asked) == asked + 1
    assert session.problem.value == ""


def test_what_cannot_be_is_refused_and_changes_nothing(session: Session, answers: Answers) -> None:
    session.change(rooms.setting(weeks=5))
    asked, before = len(answers.asked), session.setting.value
    session.change(rooms.setting(weeks=-5))
    session.move(lambda now: now.changed("letters", intensity=[object()]))
    session.move(lambda now: now.changed("letters", kind="audit"))
    session.move(lambda now: now.changed("letters", card=1, self=2))
    session.move(lambda now: now.changed("letters", **{"target.age": ["75+"] * 1000}))
    assert session.refusals.value == 5
    assert session.setting.value == before
    assert len(answers.asked) == asked
    assert session.problem.value


def test_nothing_is_told_after_the_page_is_closed(session: Session, answers: Answers) -> None:
    (question,) = answers.asked
    session.close()
    assert question.cancelled
    question.tell(whole(question))
    assert session.answer.value is None
    session.change(rooms.setting(weeks=5))
    assert answers.wanted == []


def test_the_browsers_way_back_brings_setting_and_budget_back(answers: Answers) -> None:
    session, router = opened(answers), Router()
    session.arrive(router)
    session.change(rooms.setting(weeks=5))
    session.set_budget(200_000)
    session.change(rooms.setting(weeks=6))
    first, second, third = router.been
    assert session.path("/watch") == third.replace("/?", "/watch?")
    for address, length, budget in ((second, 5, 200_000), (first, 5, None), (third, 6, 200_000)):
        router.search = address.partition("?")[2]
        session.arrive(router)
        assert (weeks(session), session.budget.value) == (length, budget)
    router.search = None
    session.arrive(router)
    assert session.setting.value == rooms.setting()
    assert session.budget.value is None
    assert len(router.been) == 3  # whoever goes back does not move on


def test_a_link_opens_as_it_was_sent(answers: Answers) -> None:
    sent = opened(answers)
    sent.arrive(Router())
    sent.change(rooms.setting(weeks=5))
    sent.set_budget(1234.5)
    received = opened(answers)
    received.arrive(Router(sent.path("/").partition("?")[2]))
    assert received.setting.value == sent.setting.value
    assert received.budget.value == 1234.5


@pytest.mark.parametrize(
    "query", [{"s": "nonsense"}, {"b": "much"}, {"b": "nan"}, {"b": "-1"}, {"s": "\0", "b": "1"}]
)
def test_a_bad_link_is_said_and_the_page_works(answers: Answers, query: dict[str, str]) -> None:
    session = opened(answers)
    session.arrive(Router(urlencode(query)))
    assert "link is damaged" in session.problem.value
    assert session.setting.value == Setting(rooms.councils().keys[0])
    assert len(answers.asked) == 1
    session.change(rooms.setting(weeks=5))
    assert session.problem.value == ""


@pytest.mark.parametrize("value", ["1000", [1], {}, float("nan"), -1, 1e300])
def test_a_budget_that_is_none_is_refused(session: Session, value: Any) -> None:
    session.set_budget(500)
    session.set_budget(value)
    assert session.budget.value == 500
    assert "budget" in session.problem.value


def test_a_setting_too_large_for_a_link_is_said_once(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    def too_many(*_: Any) -> str:
        raise InputError("too many")

    monkeypatch.setattr(Setting, "link", too_many)
    session.change(rooms.setting(weeks=5))
    assert "too many changes for a link" in session.problem.value
    session.problem.value = ""
    assert session.path("/watch") == "/watch"
    assert session.problem.value == ""


def test_a_link_can_let_results_wait_for_a_guess(answers: Answers) -> None:
    session = opened(answers)
    session.arrive(Router("p=1"))
    assert session.hidden
    session.prediction.value = session.prediction.value.begun(session.setting.value, None)
    assert not session.hidden
    session.change(rooms.setting(weeks=5))
    assert session.hidden
    again = opened(answers)  # as after a reload
    again.arrive(Router(session.path("/").partition("?")[2]))
    assert (again.hidden, again.setting.value) == (True, session.setting.value)
    again.set_prediction(again.prediction.value.turned(False, again.setting.value))
    assert "p=1" not in again.path("/")


def test_what_the_last_change_is_compared_with(session: Session, answers: Answers) -> None:
    answers.asked[-1].tell(whole(answers.asked[-1]))
    first = session.outcome
    session.change(rooms.setting(weeks=5))
    assert session.before is first
    session.change(rooms.setting(weeks=6))  # before the answer to the one before was whole
    assert session.before is first
    answers.asked[-1].tell(whole(answers.asked[-1]))
    session.change(rooms.setting(weeks=7))
    assert session.before is not first
