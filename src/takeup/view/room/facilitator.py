"""Facilitator: everyone's attempts and guesses, as they come in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import solara

from takeup.errors import TakeupError
from takeup.view.answers.outcome import TILES
from takeup.view.room.attempts import Ranking, ranking_rows, when
from takeup.view.room.board import Board, GuessTable
from takeup.view.room.page import opener
from takeup.view.say.chart import Chart
from takeup.view.say.room_charts import (
    guess_words,
    guesses_chart,
    guesses_height,
    guesses_words,
    model_words,
)
from takeup.view.say.text import Words
from takeup.view.session.hooks import use_room
from takeup.view.session.ranking import (
    NO_GOALS,
    RULE,
    by_council,
    ranked,
)
from takeup.view.session.records import Guess
from takeup.view.session.session import Session, use_session

MOST_SHOWN = 24
"""Guesses in one picture; the latest."""


@solara.component
def Facilitator() -> None:
    """Show the room to its facilitator: attempts and guesses by council, as they come in."""
    session = use_session()
    if not session.facilitates:
        Words(text="This page is the facilitator's: its address was shown when the server started.")
        return
    Everyone(session)


@solara.component
def Everyone(session: Session) -> None:
    """Show what everyone did."""
    room = use_room(session)
    attempts, guesses = by_council(room.attempts), guesses_by_council(room.guesses)
    there = list(dict.fromkeys((*attempts, *guesses)))
    names = {key: place(session, key) for key in there}
    only, show_only = solara.use_state("")
    shown = [only] if only in there else there
    teams = {a.team for a in room.attempts} | {g.team for g in room.guesses if g.team}

    with solara.Div(classes=["room"]):
        Board(
            teams=len(teams),
            attempts=len(room.attempts),
            guesses=len(room.guesses),
            choices=[[key, names[key]] for key in there],
            chosen=only if only in there else "",
            event_choose=lambda key: show_only(str(key)),
            event_clear=lambda _: safely(session, room.clear),
        )
        for key in shown:
            mine = attempts.get(key, [])
            councils = session.server.councils
            fingerprint = councils[key].fingerprint if key in councils.keys else None
            if mine:
                Ranking(
                    title=f"Attempts: {names[key]}",
                    rule=RULE if any(a.goals for a in mine) else NO_GOALS,
                    rows=ranking_rows(ranked(mine, fingerprint), fingerprint),
                    removable=True,
                    event_open=opener(session, room),
                    event_remove=lambda number: safely(session, lambda: room.remove(int(number))),
                ).key(f"attempts {key}")
            for kpi, some in by_kpi(guesses.get(key, ())).items():
                Guesses(names[key], kpi, some).key(f"guesses {key} {kpi}")


@solara.component
def Guesses(council: str, kpi: str, guesses: Sequence[Guess]) -> None:
    """Show all guesses about one KPI against what the model said."""
    latest = list(reversed(guesses))[:MOST_SHOWN]
    words = guesses_words(guesses)
    title = TILES[kpi].title
    with solara.Div(classes=["tk", "sheet", "room-guesses"]):
        GuessTable(
            title=f"Guesses: {title}",
            council=council,
            words=words,
            more=f"The picture shows the latest {MOST_SHOWN}." if len(guesses) > MOST_SHOWN else "",
            rows=[
                {
                    "team": guess.team or "no name",
                    "guess": guess_words(guess),
                    "model": model_words(guess),
                    "at": when(guess.at),
                }
                for guess in latest
            ],
        )
        Chart(
            guesses_chart(latest),
            f"{title}: {words} The table holds the numbers.",
            height=guesses_height(len(latest)),
            name=f"guesses-{kpi}",
        )


def place(session: Session, key: str) -> str:
    """Return what a council is called; one that is not offered any more by its attempts."""
    councils = session.server.councils
    if key in councils.keys:
        return councils[key].title
    return next((a.place for a in session.server.room.attempts if a.council == key), key)


def guesses_by_council(guesses: Iterable[Guess]) -> dict[str, list[Guess]]:
    """Return guesses by the key of their council."""
    found: dict[str, list[Guess]] = {}
    for guess in guesses:
        found.setdefault(guess.council, []).append(guess)
    return found


def by_kpi(guesses: Iterable[Guess]) -> dict[str, list[Guess]]:
    """Return guesses by KPI, in the order of the tiles; those in another unit than the latest's go.

    A council whose file has changed may have another currency than when a room was last open.
    """
    found: dict[str, list[Guess]] = {}
    for kpi in TILES:
        some = [guess for guess in guesses if guess.kpi == kpi]
        if some:
            found[kpi] = [guess for guess in some if guess.unit == some[-1].unit]
    return found


def safely(session: Session, change: Callable[[], Any]) -> None:
    """Change the room, or say on the page why that cannot be."""
    try:
        change()
    except TakeupError as error:
        session.problem.value = str(error)
