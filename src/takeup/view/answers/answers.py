"""What the model says of a setting: after one run at once, then of more and more."""

from __future__ import annotations

import logging
import pickle
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import xarray as xr
from cachetools import LRUCache

from takeup.errors import TakeupError
from takeup.experiments.runner import unique_names
from takeup.kpis import FAMILIES, KPI_NAMES, Family
from takeup.programme import programme_order
from takeup.results.dataset import blank, groups_of
from takeup.results.summarise import FloatArray, all_groups
from takeup.runs.describe import run_info
from takeup.runs.executor import Executor, never
from takeup.runs.replicate import run
from takeup.scenario.schema.case import Case
from takeup.scenario.schema.fitted import digest_of, require_rows
from takeup.scenario.schema.scenario import Scenario

logger = logging.getLogger(__name__)

WANTED = 16
"""Runs of a whole answer."""

KEPT_BASELINES = 32
"""Councils whose runs without a programme are kept."""

KEPT_ANSWERS = 16
"""Whole answers that are kept: a room opens the same page, and goes back to it."""

TELLERS = 4
"""Threads that bring answers to pages."""

OPENED = "opened"
"""When services went online, beside the KPIs of a run."""

Values = dict[str, FloatArray]


@dataclass(frozen=True, eq=False)
class Answer:
    """What so many runs say of a plan.

    Attributes:
        plan: what was asked about.
        baseline: what it is compared with.
        done: runs so far.
        wanted: runs in the end.
        dataset: as `takeup.simulate` returns it for both, to the last bit, with `done` replicates,
            but only of the place as a whole and of families of groups that goals are about. Not to
            be written.
        opened: week from which every service was online with the plan, NaN if it never was,
            (done, services); None if that is to be read off the dataset.
    """

    plan: Scenario
    baseline: Scenario
    done: int
    wanted: int
    dataset: xr.Dataset
    opened: FloatArray | None = None

    @property
    def complete(self) -> bool:
        """Whether this is all there will be."""
        return self.done == self.wanted


Tell = Callable[[Answer | TakeupError], None]


class Answers:
    """Asks the pool, and keeps what pages share; methods may be called from any thread.

    Args:
        pool: what computes.
    """

    def __init__(self, pool: Executor) -> None:
        self.pool = pool
        self.tellers = ThreadPoolExecutor(TELLERS, thread_name_prefix="takeup-tell")
        self._lock = threading.Lock()
        self._baselines: LRUCache[str, dict[int, Future[Values]]] = LRUCache(KEPT_BASELINES)
        self._whole: LRUCache[tuple[str, str], Answer] = LRUCache(KEPT_ANSWERS)

    def ask(
        self,
        baseline: Scenario,
        plan: Scenario,
        tell: Tell,
        wanted: int = WANTED,
        browser: str = "",
    ) -> Asked:
        """Ask what a plan leads to, compared with a baseline of the same place and seed.

        Args:
            baseline: its runs are done once and kept.
            plan: its runs are done once for the first, then the others.
            tell: called after 1, 4, 16 … runs, unless more have ended meanwhile, and after the
                last; with an error instead if a run fails, and never again then. One call at a
                time, from a thread of the server, and none begins after `cancel`.
            wanted: runs in the end.
            browser: whose share of computing it takes; empty for the server itself.
        """
        return Asked(self, baseline, plan, tell, wanted, browser)

    def earlier(self, key: tuple[str, str]) -> Answer | None:
        """Return the whole answer that was kept."""
        with self._lock:
            return self._whole.get(key)

    def keep(self, key: tuple[str, str], answer: Answer) -> None:
        """Keep a whole answer."""
        with self._lock:
            self._whole[key] = answer

    def baseline_run(
        self,
        key: str,
        baseline: bytes,
        replicate: int,
        families: tuple[Family, ...],
        browser: str,
    ) -> Future[Values]:
        """Return a run of a baseline, which all who ask share; a browser asks first."""
        key = f"{key} {families}"
        with self._lock:
            runs = self._baselines.setdefault(key, {})
            if replicate in runs:
                return runs[replicate]
            future = runs[replicate] = self.run(baseline, replicate, families, never, browser)

        def settle(run: Future[Values]) -> None:
            """Keep the values, and not those who waited for them, whom the future holds on to."""
            kept: Future[Values] = Future()
            with self._lock:
                if run.cancelled() or run.exception():
                    del runs[replicate]
                else:
                    kept.set_result(run.result())
                    runs[replicate] = kept

        future.add_done_callback(settle)
        return future

    def run(
        self,
        scenario: bytes,
        replicate: int,
        families: tuple[Family, ...],
        cancelled: Callable[[], bool],
        browser: str,
    ) -> Future[Values]:
        """Return a run to come: first ones before second ones, and both before the others.

        Args:
            scenario: pickled, once for all its runs.
            replicate: number of the replicate.
            families: families of groups that are wanted.
            cancelled: says that nobody wants it any more.
            browser: whose share of computing it takes.
        """
        return self.pool.submit(
            _values, scenario, replicate, families,
            priority=(min(replicate, 2),), cancelled=cancelled, owner=browser,
        )  # fmt: skip

    def close(self) -> None:
        """Tell nothing more."""
        self.tellers.shutdown(wait=False, cancel_futures=True)


class Asked:
    """A question under way; made by `Answers.ask`."""

    def __init__(
        self,
        answers: Answers,
        baseline: Scenario,
        plan: Scenario,
        tell: Tell,
        wanted: int,
        browser: str,
    ) -> None:
        _, name = unique_names([baseline, plan])
        self._plan = plan if name == plan.name else plan.model_copy(update={"name": name})
        self._answers, self._baseline, self._wanted, self._hear = answers, baseline, wanted, tell
        self._browser = browser
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._problem: TakeupError | None = None
        self._missing = dict.fromkeys(range(wanted), 2)  # runs of either
        self._whole: Answer | None = None
        self._runs: dict[tuple[int, int], Values] = {}  # by place in the answer
        self._told = 0
        self._telling = False
        self._families = _families(baseline, self._plan)
        try:
            require_rows([baseline, plan], wanted)
            key = _said(baseline), _said(self._plan)
        except TakeupError as error:  # what it draws from has gone, or has changed
            self._problem = error
            self._tell_soon()
            return
        self._key = key
        earlier = answers.earlier(key)
        if earlier is not None and earlier.wanted == wanted:
            self._whole = earlier
            self._missing = {}
            self._tell_soon()
            return
        self._packed = pickle.dumps(self._plan), pickle.dumps(baseline)
        self._nothing_differs = _does_as(self._plan, baseline)
        # The others only when the first is done: beside them it would take half as long again.
        self._run(0).add_done_callback(self._run_others)

    def _run_others(self, first: Future[Values]) -> None:
        for replicate in range(1, self._wanted):
            if not self._over.is_set():
                self._run(replicate)

    def _run(self, replicate: int) -> Future[Values]:
        """Ask for a run of both; return that of the plan."""
        answers, (packed, packed_baseline) = self._answers, self._packed
        without = answers.baseline_run(
            self._key[0], packed_baseline, replicate, self._families, self._browser
        )
        run = (
            without
            if self._nothing_differs
            else answers.run(packed, replicate, self._families, self._over.is_set, self._browser)
        )
        run.add_done_callback(self._taker(1, replicate))
        without.add_done_callback(self._taker(0, replicate))
        return run

    def cancel(self) -> None:
        """Drop what has not begun, and tell no more, but for a call that is under way."""
        self._over.set()
        with self._lock:  # jobs that wait for their turn to be dropped hold on to this
            self._runs = {}

    def _taker(self, scenario: int, replicate: int) -> Callable[[Future[Values]], None]:
        def take(run: Future[Values]) -> None:
            if self._over.is_set() or self._problem is not None:
                return
            try:
                values = run.result()
            except CancelledError:
                return
            except TakeupError as error:
                self._problem = error
            except Exception:
                logger.exception("a run failed")
                self._problem = TakeupError("A run failed, which is our fault; try another change.")
            else:
                with self._lock:
                    self._runs[scenario, replicate] = values
                    self._missing[replicate] -= 1
            self._tell_soon()

        return take

    # ------------------------------------------------------------ telling

    def _tell_soon(self) -> None:
        """Let a thread tell, if there is something new and none is at it."""
        with self._lock:
            if self._telling or (self._worth_telling() <= self._told and self._problem is None):
                return
            self._telling = True
        try:
            self._answers.tellers.submit(self._tell)
        except RuntimeError:  # the server ends
            self._over.set()

    def _worth_telling(self) -> int:
        """Return the largest number of runs, of those to tell after, that have ended."""
        done = next((r for r in range(self._wanted) if self._missing.get(r)), self._wanted)
        return max((count for count in _counts(self._wanted) if count <= done), default=0)

    def _tell(self) -> None:
        while not self._over.is_set():
            with self._lock:
                count, problem = self._worth_telling(), self._problem
                if problem is None and count <= self._told:
                    self._telling = False
                    return
                self._told = count
            try:
                if problem is not None:
                    self._over.set()
                    self._hear(problem)
                else:
                    answer = self._answer(count)
                    if self._over.is_set():  # which may have left it incomplete
                        return
                    if answer.complete:
                        self._answers.keep(self._key, answer)
                    self._hear(answer)
            except Exception:
                logger.exception("an answer could not be told")

    def _answer(self, done: int) -> Answer:
        if self._whole is not None:
            return replace(self._whole, plan=self._plan, baseline=self._baseline)
        with self._lock:
            runs = dict(self._runs)
        opened = np.array([runs[1, run][OPENED] for run in range(done) if (1, run) in runs])
        dataset = self._side_by_side(runs, done)
        return Answer(self._plan, self._baseline, done, self._wanted, dataset, opened)

    def _side_by_side(self, runs: Mapping[tuple[int, int], Values], done: int) -> xr.Dataset:
        infos = run_info(self._baseline), run_info(self._plan)
        dataset = blank(infos, done, self._families)
        for name in KPI_NAMES:
            array = dataset.variables[name].values
            for place, values in runs.items():
                if place[1] < done:
                    array[place] = values[name]
        return dataset


def _values(scenario: bytes, replicate: int, families: tuple[Family, ...]) -> Values:
    """Return KPIs of such groups, and when services opened, in a run of a pickled scenario."""
    ran = run(Case.of(pickle.loads(scenario), replicate), families)
    wanted = set(groups_of([ran.info], families))
    at = [index for index, group in enumerate(all_groups(ran.info)) if group in wanted]
    return {**{name: array[:, at] for name, array in ran.values.items()}, OPENED: ran.opened}


def _said(scenario: Scenario) -> str:
    """Return all that decides what is answered of a scenario."""
    return scenario.model_dump_json() + digest_of(scenario)


def _does_as(plan: Scenario, baseline: Scenario) -> bool:
    """Return whether two scenarios differ in no more than what they are called."""
    same: dict[str, Any] = {"name": baseline.name, "description": baseline.description}
    if not programme_order(plan.programme) and not programme_order(baseline.programme):
        same["programme"] = baseline.programme  # all of it is switched off
    return plan.model_copy(update=same) == baseline


def _counts(wanted: int) -> Iterator[int]:
    """Yield the numbers of runs to tell after: 1, 4, 16 … and the last."""
    count = 1
    while count < wanted:
        yield count
        count *= 4
    yield wanted


def _families(*scenarios: Scenario) -> tuple[Family, ...]:
    """Return the families of groups that goals are about, and the place as a whole."""
    named: set[Any] = {"all"}
    for scenario in scenarios:
        named |= {goal.group.partition(":")[0] for goal in scenario.goals.values()}
    return tuple(family for family in FAMILIES if family in named)
