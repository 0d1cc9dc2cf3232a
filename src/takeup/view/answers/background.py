"""Jobs that belong together, computed in the pool while the page is used."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from functools import partial
from typing import Any, Generic, TypeVar

from takeup.errors import TakeupError
from takeup.runs.executor import Executor

logger = logging.getLogger(__name__)

Key = TypeVar("Key")
Value = TypeVar("Value")


class Background(Generic[Key, Value]):
    """Jobs of one question, told of as they end, until it is cancelled.

    Args:
        pool: what computes them.
        function: the job, which the pool can pickle.
        jobs: its arguments, by a key that names the result.
        tellers: threads that tell; those of the pool have to go on with other jobs.
        priority: of all of them; they are handed over in their order.
        tell: called with all results so far, by key, whenever `every` more are there, and when the
            last is; one call at a time.
        failed: called once, instead, when a job fails; the others are cancelled.
        every: how many results are worth telling of.
        owner: whose share of computing they take.
    """

    def __init__(
        self,
        pool: Executor,
        function: Callable[..., Value],
        jobs: Mapping[Key, tuple[Any, ...]],
        tellers: ThreadPoolExecutor,
        *,
        priority: tuple[int, ...],
        tell: Callable[[dict[Key, Value]], None],
        failed: Callable[[TakeupError], None],
        every: int = 1,
        owner: str = "",
    ) -> None:
        self._tellers, self._every = tellers, every
        self._hear, self._failed = tell, failed
        self._wanted = len(jobs)
        self._results: dict[Key, Value] = {}
        self._lock, self._telling = threading.Lock(), threading.Lock()
        self._told = 0
        self._over = threading.Event()
        for key, args in jobs.items():
            future = pool.submit(
                function, *args, priority=priority, cancelled=self._over.is_set, owner=owner
            )
            future.add_done_callback(partial(self._ended, key))

    def cancel(self) -> None:
        """Drop jobs that have not begun, and tell no more, but for a call that is under way.

        It waits for nothing, since that call may itself wait for who cancels.
        """
        self._over.set()

    def _ended(self, key: Key, future: Future[Value]) -> None:
        if self._over.is_set():
            return
        try:
            result = future.result()
        except CancelledError:
            return
        except TakeupError as error:
            self._fail(error)
            return
        except Exception:
            logger.exception("a job in the background broke")
            self._fail(TakeupError("this could not be computed, which is our fault"))
            return
        with self._lock:
            self._results[key] = result
            count = len(self._results)
        if count % self._every == 0 or count == self._wanted:
            self._submit(self._tell)

    def _fail(self, error: TakeupError) -> None:
        with self._lock:
            first = not self._over.is_set()
            self._over.set()
        if first:
            self._submit(partial(self._failed, error))

    def _submit(self, call: Callable[[], None]) -> None:
        try:
            self._tellers.submit(call)
        except RuntimeError:  # the server ends
            self._over.set()

    def _tell(self) -> None:
        with self._telling:
            with self._lock:
                results = dict(self._results)
            # An earlier call may have told of these already.
            if len(results) > self._told and not self._over.is_set():
                self._told = len(results)
                self._hear(results)
