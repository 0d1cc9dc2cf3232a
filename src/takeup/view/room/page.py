"""Attempts: save a setting, see who stands where, and put any two side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import solara

from takeup.errors import InputError, TakeupError
from takeup.view.answers.outcome import money
from takeup.view.room.attempts import (
    Ranking,
    SaveForm,
    Versus,
    ranking_rows,
)
from takeup.view.room.versus import Difference, differences, rows
from takeup.view.say.chart import Chart
from takeup.view.say.room_charts import pair_chart, pair_words
from takeup.view.say.text import Heading, Words
from takeup.view.session.hooks import use_room
from takeup.view.session.ranking import (
    NO_GOALS,
    RULE,
    by_council,
    ranked,
)
from takeup.view.session.records import Attempt, attempted, tidy_name
from takeup.view.session.room import Room
from takeup.view.session.session import Session, use_session
from takeup.view.setting.cards import cost
from takeup.view.setting.setting import Setting

OUTDATED = "The council has changed since one of them was saved, so this cannot be told any more."


@solara.component
def Attempts() -> None:
    """Show the room's attempts on the session's council."""
    session = use_session()
    room = use_room(session)
    there = by_council(room.attempts).get(session.setting.value.council, [])
    council = session.council
    order = ranked(there, council.fingerprint)
    with solara.Div(classes=["room"]):
        Save(session)
        Ranking(
            title=f"Attempts: {council.title}",
            rule=RULE if council.scenario.goals else NO_GOALS,
            rows=ranking_rows(order, council.fingerprint, ours=session.team.value),
            removable=False,
            event_open=opener(session, room),
            event_remove=lambda _: None,
        )
        if len(there) > 1:
            Pair(session, [attempt for _, attempt in order])
        elif there:
            Words(text="Save another attempt to put two side by side.", look="room-hint")


@solara.component
def Save(session: Session) -> None:
    """Offer to save the present setting."""
    saved, set_saved = solara.use_state("")
    setting, complete = session.setting.value, session.complete() and not session.hidden

    def save(said: Mapping[str, str]) -> None:
        outcome = session.outcome
        if outcome is None or not session.complete() or session.hidden:
            return
        session.team.value = tidy_name(str(said["team"]))
        guess = session.prediction.value.guess_of(session.setting.value)
        try:
            attempt = attempted(
                session.team.value,
                str(said["name"]),
                session.setting.value,
                session.server.councils,
                outcome,
                guess,
                session.budget.value,
            )
            kept = session.server.room.save(attempt, session.browser)
        except TakeupError as error:
            session.problem.value = str(error)
            return
        session.problem.value = ""
        set_saved(f"Saved as no. {kept.number}.")

    def about() -> str:
        spent = cost(setting, session.server.councils)
        currency = session.council.scenario.place.currency
        what = "with your changes" if setting.changes != "{}" else "as it is, nothing changed"
        return f"{session.council.title}, {what}; costs {money(spent, currency)} at most."

    SaveForm(
        team=session.team.value,
        about=solara.use_memo(about, [setting]),
        ready=complete,
        hidden=session.hidden,
        saved=saved,
        event_save=save,
        event_call=lambda team: session.team.set(tidy_name(str(team))),
    )


@solara.component
def Pair(session: Session, there: Sequence[Attempt]) -> None:
    """Show any two attempts on the same council side by side."""
    chosen, choose = solara.use_state((0, 0))  # 0: whichever comes first
    numbers = {attempt.number: attempt for attempt in there}
    left = numbers.get(chosen[0], there[0])
    right = numbers.get(chosen[1], next(a for a in there if a is not left))
    councils = session.server.councils
    pair = (left.setting, right.setting)
    as_now = all(a.fingerprint == session.council.fingerprint for a in (left, right))
    found, same = solara.use_memo(
        lambda: _differing(*pair, session) if as_now else ([], OUTDATED), [pair, as_now, councils]
    )

    def pick(said: Mapping[str, Any]) -> None:
        number, is_left = int(said["number"]), said["side"] == "left"
        choose(lambda now: (number, now[1]) if is_left else (now[0], number))

    Versus(
        choices=[[a.number, f"{a.name} ({a.team}), no. {a.number}"] for a in there],
        left=left.number,
        right=right.number,
        same=same,
        differences=by_card(found),
        tiles=[
            {
                "title": row.title,
                "left": row.left.value,
                "left_range": row.left.range,
                "right": row.right.value,
                "right_range": row.right.range,
                "apart": row.apart,
                "says": row.says,
            }
            for row in rows(left, right)
        ],
        goals=goal_rows(left, right),
        event_choose=pick,
    )
    if left.same_runs(right):
        PairCharts(left, right)


@solara.component
def PairCharts(left: Attempt, right: Attempt) -> None:
    """Show the KPIs of two attempts over time."""
    theirs = {measure.tile.kpi: measure for measure in right.measures}
    with solara.Div(classes=["charts"]):
        for measure in left.measures:
            other = theirs.get(measure.tile.kpi)
            if other is None or len(other.weekly) != len(measure.weekly):
                continue
            with solara.Div(classes=["chart"]).key(measure.tile.kpi):
                Heading(text=measure.tile.title, level=3)
                Chart(
                    pair_chart(measure, other, np.datetime64(left.start, "D")),
                    pair_words(left, right, measure, other),
                    name=f"pair-{measure.tile.kpi}",
                )


# ---------------------------------------------------------------- the room


def opener(session: Session, room: Room) -> Any:
    """Return what opens an attempt, by its number, on the Play page."""

    def open_attempt(number: int) -> None:
        attempt = next((a for a in room.attempts if a.number == number), None)
        if attempt is None:
            session.problem.value = "This attempt is not in the room any more."
            return
        try:
            setting = Setting.from_link(attempt.link, session.server.councils)
        except InputError as error:
            session.problem.value = str(error)
            return
        session.change(setting)
        if session.council.challenge is None:
            session.set_budget(attempt.budget)
        session.go("/")

    return open_attempt


# ---------------------------------------------------------------- words


def by_card(found: Sequence[Difference]) -> list[dict[str, Any]]:
    """Return differences as the browser is told of them, card by card."""
    cards: dict[str, list[dict[str, str]]] = {}
    for one in found:
        row = {"what": one.what, "left": one.left, "right": one.right}
        cards.setdefault(one.card, []).append(row)
    return [{"card": card, "rows": rows} for card, rows in cards.items()]


def goal_rows(left: Attempt, right: Attempt) -> list[dict[str, str]]:
    """Return how two attempts do on the goals that both have."""
    theirs = {(goal.words, goal.due): goal for goal in right.goals}
    return [
        {
            "words": f"{goal.words} {goal.due}",
            "left": f"{goal.level}: {goal.says}",
            "right": f"{other.level}: {other.says}",
        }
        for goal in left.goals
        if (other := theirs.get((goal.words, goal.due))) is not None
    ]


def _differing(left: Setting, right: Setting, session: Session) -> tuple[list[Difference], str]:
    try:
        found = differences(left, right, session.server.councils)
    except InputError as error:
        return [], f"This cannot be told any more: {error}"
    return found, "" if found else "Nothing: both have the same cards."
