"""The Explain page without a browser: it fills up as runs end, and lets go of what is outdated."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from types import SimpleNamespace
from typing import Any

import pytest
import solara
from cachetools import LRUCache

import rooms
from takeup.errors import TakeupError
from takeup.view.explain import page as explain_page
from takeup.view.explain.contributions import levels


class AtOnce(Executor):
    def submit(self, call: Callable[..., Any], /, *args: Any, **named: Any) -> Future[Any]:
        future: Future[Any] = Future()
        future.set_result(call(*args, **named))
        return future


class Later(Executor):
    def __init__(self) -> None:
        self.calls: list[Callable[[], Any]] = []

    def submit(self, call: Callable[..., Any], /, *args: Any, **named: Any) -> Future[Any]:
        self.calls.append(lambda: call(*args, **named))
        return Future()


class Pool:
    """Takes jobs, and does those that are still wanted when it is told to."""

    def __init__(self) -> None:
        self.waiting: list[tuple[tuple[int, ...], Any, Any, Any, Future[Any]]] = []
        self.broken = False

    def submit(
        self,
        function: Callable[..., Any],
        *args: Any,
        priority: tuple[int, ...] = (0,),
        cancelled: Callable[[], bool] = lambda: False,
        owner: str = "",
    ) -> Future[Any]:
        assert owner == "mine"
        future: Future[Any] = Future()
        self.waiting.append((priority, function, args, cancelled, future))
        return future

    @property
    def wanted(self) -> int:
        return sum(not cancelled() for *_, cancelled, _ in self.waiting)

    def work(self) -> int:
        """Do all that waits; return how many jobs that was."""
        done = 0
        waiting, self.waiting = sorted(self.waiting, key=lambda job: job[0]), []
        for _, function, args, cancelled, future in waiting:
            if cancelled():
                future.cancel()
            elif self.broken:
                future.set_exception(TakeupError("the part that computes was stopped"))
            else:
                future.set_result(function(*args))
                done += 1
        return done


class Page:
    """A session, as far as this page needs it."""

    def __init__(self) -> None:
        self.pool = Pool()
        self.server = SimpleNamespace(
            councils=rooms.councils(), pool=self.pool, answers=SimpleNamespace(tellers=AtOnce())
        )
        self.setting = solara.reactive(rooms.setting())
        self.called, self.browser = "Smallbridge", "mine"

    @property
    def council(self) -> Any:
        return rooms.councils()[self.setting.value.council]

    def scenario(self) -> Any:
        return self.setting.value.scenario(rooms.councils())

    def show(self, update: Callable[[], None]) -> None:
        update()


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch) -> Page:
    page = Page()
    monkeypatch.setattr(explain_page, "use_session", lambda: page)
    monkeypatch.setattr(explain_page, "_runs", LRUCache(4))
    monkeypatch.setattr(explain_page, "_results", LRUCache(4))
    monkeypatch.setattr(explain_page, "RUNS", 1)
    monkeypatch.setattr(explain_page, "REPLICATES", 2)
    return page


@pytest.fixture
def drawn(page: Page) -> Iterator[Any]:
    box, rendered = solara.render(explain_page.Explain(), handle_error=False)
    yield SimpleNamespace(text=lambda: everything(box), close=rendered.close)
    rendered.close()


def everything(widget: Any) -> str:
    """Return all that a widget and those in it say."""
    if isinstance(widget, str):
        return widget
    traits = ("title", "label", "option", "text", "cards", "rows")
    said = [str(getattr(widget, trait, "")) for trait in traits]
    for trait in ("children", "values"):
        inside = getattr(widget, trait, None)
        said += [everything(one) for one in inside] if isinstance(inside, list | tuple) else []
    return "\n".join(said)


def test_it_fills_up_as_runs_end(page: Page, drawn: Any) -> None:
    assert "Following every resident" in drawn.text()
    assert "0 of 2 rounds" in drawn.text()
    assert (
        page.pool.work() == 2 + 2 * 3
    )  # plan and baseline; with all, without the card, without any
    text = drawn.text()
    assert "Following" not in text
    assert "rounds" not in text
    for words in ("did it online", "slowest department", "All cards together", "Mean of 1 runs"):
        assert words in text


def test_a_new_setting_drops_the_old_ones_jobs(page: Page, drawn: Any) -> None:
    before = page.pool.wanted
    page.setting.value = rooms.setting(weeks=10)
    assert page.pool.wanted == before  # those of the new one
    assert len(page.pool.waiting) == 2 * before
    assert page.pool.work() == before
    assert "All cards together" in drawn.text()


def test_leaving_drops_all_jobs(page: Page, drawn: Any) -> None:
    drawn.close()
    assert page.pool.wanted == 0
    assert page.pool.work() == 0


def test_whoever_comes_back_finds_it_all_there(page: Page, drawn: Any) -> None:
    page.pool.work()
    first = page.setting.value
    page.setting.value = rooms.setting(weeks=10)
    page.setting.value = first
    assert page.pool.wanted == 0
    assert "All cards together" in drawn.text()


def test_without_cards_nothing_is_left_out(page: Page, drawn: Any) -> None:
    page.pool.work()
    page.setting.value = rooms.setting(enabled=False)
    assert all(job[1] is not levels for job in page.pool.waiting)
    assert "No card is on" in drawn.text()


def test_a_failure_is_said_until_the_setting_changes(page: Page, drawn: Any) -> None:
    page.pool.broken = True
    page.pool.work()
    assert "was stopped" in drawn.text()
    page.pool.broken = False
    page.setting.value = rooms.setting(weeks=10)
    assert "was stopped" not in drawn.text()
    page.pool.work()
    assert "All cards together" in drawn.text()


def test_what_is_told_too_late_is_not_taken_for_the_new_settings(page: Page, drawn: Any) -> None:
    late = Later()
    page.server.answers.tellers = late
    page.setting.value = rooms.setting(weeks=10)
    page.pool.broken = True
    page.pool.work()
    page.server.answers.tellers = AtOnce()
    page.setting.value = rooms.setting(weeks=15)
    for call in late.calls:
        call()
    assert "was stopped" not in drawn.text()
