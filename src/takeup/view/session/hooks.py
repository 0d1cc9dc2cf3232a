"""What several pages do alike: follow the room, have something computed while they are shown."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable, Mapping
from typing import Any, TypeVar

import solara
from cachetools import LRUCache

from takeup.errors import TakeupError
from takeup.view.answers.background import Background
from takeup.view.session.room import Room
from takeup.view.session.session import Session

Key = TypeVar("Key", bound=Hashable)
About = TypeVar("About", bound=Hashable)
Value = TypeVar("Value")

_keeping = threading.Lock()


def use_room(session: Session) -> Room:
    """Return the room; the component is drawn anew whenever it changes, as long as it is there."""
    room = session.server.room
    _, seen = solara.use_state(room.version)

    def listen() -> Any:
        stop = room.listen(lambda: session.show(lambda: seen(room.version)))
        seen(room.version)  # of what happened since this was drawn
        return stop

    solara.use_effect(listen, [])
    return room


def use_background(
    session: Session,
    about: About,
    function: Callable[..., Value],
    jobs: Mapping[Key, tuple[Any, ...]],
    kept: LRUCache[About, dict[Key, Value]],
    *,
    priority: tuple[int, ...],
    every: int = 1,
) -> tuple[dict[Key, Value], str]:
    """Compute jobs in the background until something else is asked about or the page is left.

    Args:
        session: of the page.
        about: what the jobs are about; others are asked for when it changes.
        function: what is computed.
        jobs: its arguments by key.
        kept: where complete results are kept for whoever comes back.
        priority: of the jobs.
        every: how many results are worth a redraw.

    Returns:
        The results so far, and what went wrong in words; empty if nothing did.
    """
    # By what they are about, so that what still arrives of an earlier one is not taken for these.
    found: Any = solara.use_ref({})
    _, redraw = solara.use_state(object())
    problem, set_problem = solara.use_state((about, ""))

    def start() -> Callable[[], None] | None:
        set_problem((about, ""))
        with _keeping:
            found.current = {about: kept.get(about, {})}
        redraw(object())
        if len(found.current[about]) == len(jobs):
            return None

        def tell(results: dict[Key, Value]) -> None:
            if len(results) == len(jobs):
                with _keeping:
                    kept[about] = results
            found.current[about] = results
            session.show(lambda: redraw(object()))

        def failed(error: TakeupError) -> None:
            session.show(lambda: set_problem((about, str(error))))

        server = session.server
        return Background(
            server.pool, function, jobs, server.answers.tellers,
            priority=priority, tell=tell, failed=failed, every=every, owner=session.browser,
        ).cancel  # fmt: skip

    solara.use_effect(start, [about])
    whose, text = problem
    return found.current.get(about, {}), text if whose == about else ""
