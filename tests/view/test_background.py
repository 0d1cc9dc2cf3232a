from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import Any

import pytest

from takeup.errors import TakeupError
from takeup.view.answers.background import Background


class ByHand:
    """Takes jobs as the pool does, and does each when it is told to."""

    def __init__(self) -> None:
        self.jobs: list[tuple[Callable[..., Any], tuple[Any, ...], Callable[[], bool]]] = []
        self.futures: list[Future[Any]] = []

    def submit(
        self,
        function: Callable[..., Any],
        *args: Any,
        priority: tuple[int, ...] = (0,),
        cancelled: Callable[[], bool] = lambda: False,
        owner: str = "",
    ) -> Future[Any]:
        assert owner == "mine"
        self.jobs.append((function, args, cancelled))
        self.futures.append(Future())
        return self.futures[-1]

    def do(self, at: int) -> None:
        function, args, cancelled = self.jobs[at]
        if cancelled():
            self.futures[at].cancel()
            return
        try:
            self.futures[at].set_result(function(*args))
        except Exception as error:
            self.futures[at].set_exception(error)


class AtOnce(Executor):
    """Does what it is given before it returns."""

    def submit(self, call: Callable[..., Any], /, *args: Any, **named: Any) -> Future[Any]:
        future: Future[Any] = Future()
        future.set_result(call(*args, **named))
        return future


class Later(Executor):
    """Does what it is given when it is told to."""

    def __init__(self) -> None:
        self.calls: list[Callable[[], Any]] = []

    def submit(self, call: Callable[..., Any], /, *args: Any, **named: Any) -> Future[Any]:
        self.calls.append(lambda: call(*args, **named))
        return Future()


def half(number: int) -> float:
    if number < 0:
        raise TakeupError("negative")
    return {0: 0.0, 2: 1.0, 4: 2.0}[number]


def started(
    numbers: list[int], every: int = 1, tellers: Executor | None = None
) -> tuple[ByHand, list[dict[int, float]], list[str], Background[int, float]]:
    pool, told, failed = ByHand(), [], []  # type: ignore[var-annotated]
    background = Background(
        pool, half, {n: (n,) for n in numbers}, tellers or AtOnce(), priority=(9,),
        every=every, tell=told.append, failed=lambda error: failed.append(str(error)), owner="mine",
    )  # fmt: skip
    return pool, told, failed, background


def test_it_tells_of_all_results_so_far_and_of_the_last() -> None:
    pool, told, _, _ = started([0, 2, 4], every=2)
    for at in (2, 0, 1):
        pool.do(at)
    assert told == [{4: 2.0, 0: 0.0}, {4: 2.0, 0: 0.0, 2: 1.0}]


def test_whoever_is_slow_to_hear_is_told_of_the_latest_only() -> None:
    tellers = Later()
    pool, told, _, _ = started([0, 2], tellers=tellers)
    pool.do(0)
    pool.do(1)
    assert not told
    for call in tellers.calls:
        call()
    assert told == [{0: 0.0, 2: 1.0}]


def test_what_waits_to_be_told_is_not_after_it_was_cancelled() -> None:
    tellers = Later()
    pool, told, _, background = started([0], tellers=tellers)
    pool.do(0)
    background.cancel()
    for call in tellers.calls:
        call()
    assert not told


def test_nothing_is_done_or_told_after_it_was_cancelled() -> None:
    pool, told, failed, background = started([0, 2])
    pool.do(0)
    background.cancel()
    pool.do(1)
    assert len(told) == 1
    assert pool.futures[1].cancelled()
    assert not failed


@pytest.mark.parametrize("bad", [-1, 3])
def test_a_failure_is_told_once_and_drops_the_others(
    bad: int, caplog: pytest.LogCaptureFixture
) -> None:
    pool, told, failed, _ = started([bad, 2])
    pool.do(0)
    pool.do(1)
    assert len(failed) == 1
    assert not told
    assert pool.futures[1].cancelled()
    assert bool(caplog.records) == (bad == 3)  # only what nobody expected goes to the log
