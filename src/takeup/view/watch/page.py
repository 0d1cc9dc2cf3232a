"""Watch: one run of the setting, week by week, to see why it goes as it goes."""

from __future__ import annotations

from typing import Any

import solara
from cachetools import LRUCache

from takeup.errors import TakeupError
from takeup.scenario.schema.scenario import Scenario
from takeup.view.say.choice import Choice
from takeup.view.say.text import Heading, Trouble, Words
from takeup.view.session.hooks import use_background
from takeup.view.session.session import Session, use_session
from takeup.view.setting.cards import card_titles
from takeup.view.setting.setting import Setting
from takeup.view.watch.frames import Frames, frames
from takeup.view.watch.theatre import Theatre

WITH, WITHOUT = "with the programme", "with no programme"
REPLICATE = 0

PRIORITY = (10,)
"""Behind every first answer, before what Explain asks for."""

_runs: LRUCache[tuple[str, Setting, str], dict[int, Frames]] = LRUCache(16)


@solara.component
def Watch() -> None:
    """Play one replicate of the session's setting, or of its council without a programme."""
    session = use_session()
    which, set_which = solara.use_state(WITH)
    setting = session.setting.value
    # What was there stays while the next is made, with a word that it is not the next one yet.
    last: Any = solara.use_ref(None)

    def asked() -> tuple[Scenario, dict[str, str]] | TakeupError:
        try:
            return _asked(session, setting, which)
        except TakeupError as error:
            return error

    wanted = solara.use_memo(asked, [setting, which])
    failed = isinstance(wanted, TakeupError)
    jobs = {} if isinstance(wanted, TakeupError) else {REPLICATE: (wanted[0], REPLICATE, wanted[1])}
    about = (session.council.fingerprint, setting, which)
    runs, problem = use_background(session, about, frames, jobs, _runs, priority=PRIORITY)
    if REPLICATE in runs:
        last.current = runs[REPLICATE]

    with solara.Column(gap="6px"):
        with solara.Div(classes=["watch-head"]):
            Heading(text=session.called, level=1, look="takeup-title")
            Choice(label="Watch a run", values=[WITH, WITHOUT], value=which, event_choose=set_which)
            Words(
                text="one possible course of events, with the same people and shocks in both; Play "
                "has the average of many"
            )
        if failed or problem:
            Trouble(text=problem or str(wanted))
        elif REPLICATE not in runs:
            with solara.Row(style={"align-items": "center"}):
                solara.SpinnerSolara(size="28px")
                Words(text="Working out every week of this run …")
        if last.current is not None and not (failed or problem):
            Theatre(last.current).key("theatre")  # it stays where it is while the next is made


def _asked(session: Session, setting: Setting, which: str) -> tuple[Scenario, dict[str, str]]:
    """Return the scenario to run, and what people call its interventions."""
    councils = session.server.councils
    if which == WITHOUT:
        return councils[setting.council].baseline, {}
    return setting.scenario(councils), card_titles(setting, councils)
