from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Iterator

import numpy as np
import pytest
import xarray as xr

import takeup
from examples import small_scenario
from takeup.errors import TakeupError
from takeup.scenario.schema.scenario import Scenario
from takeup.view.answers.answers import Answer, Answers
from takeup.view.answers.pool import make_pool

GOALS = {"half": {"kpi": "digital_take_up", "target": 0.5, "by": 25, "group": "age:75+"}}
BASELINE = small_scenario(name="Nothing", goals=GOALS)


def plan(intensity: float = 1.0) -> Scenario:
    letters = {"kind": "communication", "intensity": intensity, "weeks": 20}
    return small_scenario(name="Letters", goals=GOALS, programme={"letters": letters})


@pytest.fixture(scope="module")
def answers() -> Iterator[Answers]:
    pool = make_pool(2)
    yield Answers(pool)
    pool.close()


def heard(answers: Answers, plan: Scenario, wanted: int = 5) -> list[Answer]:
    said: list[Answer] = []
    complete = threading.Event()

    def tell(answer: Answer | TakeupError) -> None:
        assert isinstance(answer, Answer), answer
        said.append(answer)
        if answer.complete:
            complete.set()

    answers.ask(BASELINE, plan, tell, wanted)
    assert complete.wait(120)
    return said


def test_answers_grow_and_are_what_simulate_says_to_the_last_bit(answers: Answers) -> None:
    said = heard(answers, plan())
    assert [a.done for a in said] == sorted({a.done for a in said})
    assert {a.done for a in said} <= {1, 2, 4, 5}
    assert said[-1].done == said[-1].wanted == 5
    whole = takeup.simulate([BASELINE, plan()], replicates=5)
    for answer in said:
        groups = answer.dataset["group"].values
        assert [g for g in groups if not g.startswith("age:")] == ["all"]
        xr.testing.assert_identical(
            answer.dataset, whole.sel(group=groups).isel(replicate=slice(answer.done))
        )


def test_a_plan_that_does_nothing_is_its_baseline(answers: Answers) -> None:
    answer = heard(answers, BASELINE)[-1]
    assert list(answer.dataset["scenario"].values) == ["Nothing", "Nothing (2)"]
    assert answer.plan.name == "Nothing (2)"
    one, other = answer.dataset["digital_take_up"].values
    np.testing.assert_array_equal(one, other)


def test_a_programme_that_is_all_switched_off_costs_no_run(answers: Answers) -> None:
    off = plan().programme["letters"].model_copy(update={"enabled": False})
    idle = plan().model_copy(update={"programme": {"letters": off}, "name": "Idle"})
    heard(answers, plan())  # the baseline's runs are there now
    told = threading.Event()
    # Nothing is left to compute, so a pool that is closed answers as well.
    closed = make_pool(1)
    closed.close()
    answers.pool, open_pool = closed, answers.pool
    try:
        answers.ask(BASELINE, idle, lambda _: told.set(), 5)
        assert told.wait(30)
    finally:
        answers.pool = open_pool
    one, other = heard(answers, idle)[-1].dataset["digital_take_up"].values
    np.testing.assert_array_equal(one, other)


def test_who_asks_again_gets_all_at_once(answers: Answers) -> None:
    heard(answers, plan(1.5))
    assert [a.done for a in heard(answers, plan(1.5))] == [5]


def test_nothing_is_told_after_cancelling(answers: Answers) -> None:
    said: list[object] = []
    for number in range(20):
        answers.ask(BASELINE, plan(2.0 + number / 10), said.append, 16).cancel()
    heard(answers, plan(4.0))
    assert len(said) <= 1  # one call could be under way


def test_many_questions_at_once_get_their_own_answers(answers: Answers) -> None:
    plans = [plan(0.2 * number) for number in range(1, 7)]
    found: dict[int, Answer] = {}
    done = threading.Semaphore(0)

    def teller(number: int):  # type: ignore[no-untyped-def]
        def tell(answer: Answer | TakeupError) -> None:
            assert isinstance(answer, Answer)
            if answer.complete:
                found[number] = answer
                done.release()

        return tell

    for number, each in enumerate(plans):
        answers.ask(BASELINE, each, teller(number), 2)
    for _ in plans:
        assert done.acquire(timeout=120)
    for number, each in enumerate(plans):
        alone = takeup.simulate(each, replicates=2)
        np.testing.assert_array_equal(
            found[number].dataset["adoption"].sel(group="all").values[1],
            alone["adoption"].sel(group="all").values[0],
        )


def test_an_error_is_told_once_and_nothing_after_it(answers: Answers) -> None:
    said: list[Answer | TakeupError] = []
    told = threading.Event()

    def tell(answer: Answer | TakeupError) -> None:
        said.append(answer)
        told.set()

    broken = plan().model_copy(update={"parameters": {"no-such-parameter": 1.0}})
    answers.ask(BASELINE, broken, tell, 4)
    assert told.wait(60)
    heard(answers, plan(1.1))
    assert len(said) == 1
    assert isinstance(said[0], TakeupError)


def test_answers_that_nobody_holds_are_forgotten(answers: Answers) -> None:
    kept = [weakref.ref(heard(answers, plan(0.01 * n), wanted=1)[-1]) for n in range(1, 41)]
    gc.collect()
    assert sum(ref() is not None for ref in kept) <= 17
