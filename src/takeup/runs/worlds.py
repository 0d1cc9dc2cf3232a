"""Worlds and beginnings, which runs share: made once, kept while there is room for them.

They are immutable, so any number of runs can be on one at a time; no result is kept.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar
from weakref import WeakValueDictionary

from cachetools import LRUCache

from takeup.errors import OutputError
from takeup.model.run.simulation import Beginning, Simulation, beginning_key
from takeup.model.world.world import World, make_world, world_key
from takeup.scenario.schema.case import Case

MOST_BYTES = 150_000_000
"""Of worlds, and as much of beginnings; 10,000 residents take 2 MB and 1.3 MB of them."""


Value = TypeVar("Value", World, Beginning)


class Shelf(Generic[Value]):
    """Values by key: the latest that there is room for, and any that somebody still holds.

    Args:
        most: bytes of what is kept though nobody holds it; a value that is larger is not.
    """

    def __init__(self, most: int) -> None:
        self._latest: LRUCache[str, Value] = LRUCache(most, getsizeof=lambda value: value.nbytes)
        self._held: WeakValueDictionary[str, Value] = WeakValueDictionary()
        self._gates: WeakValueDictionary[str, threading.Lock] = WeakValueDictionary()
        self._lock = threading.Lock()

    def get(self, key: str, make: Callable[[], Value]) -> Value:
        """Return a value, made only if it is not there; who wants the same one meanwhile waits."""
        with self._lock:
            gate = self._gates.setdefault(key, threading.Lock())
        with gate:
            with self._lock:
                value = self._held.get(key)
            if value is None:
                value = make()
            with self._lock:
                self._held[key] = value
                if value.nbytes <= self._latest.maxsize:
                    self._latest[key] = value
        return value


_worlds: Shelf[World] = Shelf(MOST_BYTES)
_beginnings: Shelf[Beginning] = Shelf(MOST_BYTES)
_mine = threading.local()


def world_of(case: Case, key: str, threads: int = 1) -> World:
    """Return the world of a case.

    Every thread holds on to its latest one, however large it is.

    Args:
        case: the case.
        key: its `world_key`, as it was when the run was planned.
        threads: how many make it together.

    Raises:
        OutputError: the edge list is no longer what it was then.
    """

    def make() -> World:
        _mine.world = None  # a large one has to go before there is room for another
        world = make_world(*case, threads)
        network = case.scenario.network
        if network.kind == "edge_list" and world_key(*case) != key:
            raise OutputError(
                f"{network.file}: has changed since the runs were planned; "
                "what was done with it as it was is kept: put it back and start again"
            )
        return world

    world: World = _worlds.get(key, make)
    _mine.world = world
    return world


def begun(case: Case, key: str, threads: int = 1) -> Simulation:
    """Return the run of a case at week 0, after a warm-up that runs share.

    Args:
        case: the case.
        key: its `world_key`.
        threads: how many work on it together.
    """
    world = world_of(case, key, threads)
    if world.nbytes > MOST_BYTES:  # there is no room for its beginning either
        return Simulation(*case, world, threads=threads)
    own: list[Simulation] = []

    def make() -> Beginning:
        own.append(Simulation(*case, world, threads=threads))
        return own[0].beginning()

    beginning = _beginnings.get(beginning_key(*case, key), make)
    return own[0] if own else Simulation(*case, world, beginning, threads)
