"""Jobs that belong together, computed in the pool while the page is used."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from concurrent.futures import CancelledError, Executor, Future
from functools import partial
from typing import Any, Generic, Protocol, TypeVar

from takeup.errors import TakeupError

logger = logging.getLogger(__name__)

Key = TypeVar("Key")
Value = TypeVar("Value")


class Submits(Protocol):
    """What takes jobs: a browser's share of the server's pool."""

    def submit(
        self,
        function: Callable[..., Any],
        *args: Any,
        priority: tuple[int, ...] = (0,),
        cancelled: Callable[[], bool] = ...,
    ) -> Future[Any]:
        """Compute `function(*args)` in a worker when its turn comes, lower priorities first."""


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
    """

    def __init__(
        self,
        pool: Submits,
        function: Callable[..., Value],
        jobs: Mapping[Key, tuple[Any, ...]],
        tellers: Executor,
        *,
        priority: tuple[int, ...],
        tell: Callable[[dict[Key, Value]], None],
        failed: Callable[[TakeupError], None],
        every: int = 1,
    ) -> None:
        self._tellers, self._every = tellers, every
        self._hear, self._failed = tell, failed
        self._wanted = len(jobs)
        self._results: dict[Key, Value] = {}
        self._lock, self._telling = threading.Lock(), threading.Lock()
        self._told = 0
        self._over = threading.Event()
        for key, args in jobs.items():
            future = pool.submit(function, *args, priority=priority, cancelled=self._over.is_set)
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


class Kept(Generic[Key, Value]):
    """The latest results that all pages share, so that whoever comes back finds them.

    Args:
        most: how many are kept; those that nobody asked for longest go first.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._values: OrderedDict[Key, Value] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Key) -> Value | None:
        """Return what is kept under a key, or None."""
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
            return self._values.get(key)

    def put(self, key: Key, value: Value) -> None:
        """Keep a result."""
        with self._lock:
            self._values[key] = value
            self._values.move_to_end(key)
            while len(self._values) > self._most:
                self._values.popitem(last=False)
