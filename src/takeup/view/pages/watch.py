"""Watch: one run of the setting, week by week, to see why it goes as it goes."""

from __future__ import annotations

import asyncio
from typing import Any

import solara
import solara.lab

from takeup.errors import TakeupError
from takeup.scenario.schema import Scenario
from takeup.view.session import Session, use_session
from takeup.view.watch.frames import Frames, frames
from takeup.view.watch.theatre import Theatre

WITH, WITHOUT = "With programme", "No programme"
REPLICATE = 0


@solara.component
def Watch() -> None:
    """Play one replicate of the session's setting, or of its council without a programme."""
    session = use_session()
    which, set_which = solara.use_state(WITH)
    setting = session.setting.value

    async def run() -> Frames:
        future = session.server.pool.submit(
            frames, _scenario(session, which), REPLICATE, priority=(0,)
        )
        return await asyncio.wrap_future(future)

    task: Any = solara.lab.use_task(run, dependencies=[setting, which], raise_error=False)
    # What was there stays while the next is made, with a word that it is not the next one yet.
    last: Any = solara.use_ref(None)
    if task.finished and task.value is not None:
        last.current = task.value

    with solara.Column(gap="6px"):
        with solara.Row(style={"align-items": "center", "flex-wrap": "wrap"}):
            solara.ToggleButtonsSingle(
                which, values=[WITH, WITHOUT], on_value=set_which, dense=True
            )
            solara.Text(
                "One possible course of events, with the same people and the same shocks in both; "
                "Play shows the average of many."
            )
        if task.error:
            solara.Error(_said(task.exception))
        elif task.pending:
            with solara.Row(style={"align-items": "center"}):
                solara.SpinnerSolara(size="28px")
                solara.Text("Working out every week of this run …")
        if last.current is not None and not task.error:
            Theatre(last.current)


def _scenario(session: Session, which: str) -> Scenario:
    councils = session.server.councils
    setting = session.setting.value
    return setting.scenario(councils) if which == WITH else councils[setting.council].baseline


def _said(error: BaseException | None) -> str:
    if isinstance(error, TakeupError):
        return str(error)
    return "The run could not be worked out. Change the setting, or reload the page."
