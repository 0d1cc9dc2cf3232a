"""Predict, then reveal: what do you expect, before the model says anything?"""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite
from typing import Any

import solara

from takeup.errors import InputError, TakeupError
from takeup.results.levels import mean_without_nan
from takeup.results.units import is_share
from takeup.view.answers.outcome import TILES, Outcome, value_in_words
from takeup.view.play.guess import GuessForm
from takeup.view.say.chart import Chart
from takeup.view.say.charts import describe
from takeup.view.say.room_charts import guess_words, model_words, with_guess
from takeup.view.say.text import Heading
from takeup.view.session.prediction import QUESTIONS, beside, value_of
from takeup.view.session.records import guessed, tidy_name
from takeup.view.session.session import Session, use_session


@solara.component
def Predict() -> None:
    """Ask for a guess before results are shown, if the page is to do so."""
    session = use_session()
    setting, outcome = session.setting.value, session.outcome
    now, stage = session.prediction.value, session.prediction.value.stage(session.setting.value)
    problem, set_problem = solara.use_state("")
    ready = outcome if session.complete() else None
    solara.use_effect(lambda: _compare(session, ready), [ready, stage])

    def reveal(form: Mapping[str, Any]) -> None:
        session.team.value = tidy_name(str(form.get("team", "")))
        try:
            value = value_of(str(form.get("text", "")), _unit(session, now.kpi))
        except InputError as error:
            set_problem(str(error))
            return
        set_problem("")
        session.prediction.value = now.begun(setting, value)

    def ask(kpi: str) -> None:
        if kpi in QUESTIONS:
            set_problem("")
            session.prediction.value = now.about(kpi)

    unit = _unit(session, now.kpi)
    guess = now.guess_of(setting)
    with solara.Div(classes=["at-guess"]):
        GuessForm(
            first=now.first,
            stage=stage,
            choices=[[kpi, TILES[kpi].title] for kpi in QUESTIONS],
            kpi=now.kpi,
            question=QUESTIONS[now.kpi],
            unit=beside(unit),
            slider=is_share(unit),
            team=session.team.value,
            problem=problem,
            guess=guess_words(guess) if guess else "",
            model=model_words(guess) if guess else "",
            side=guess.side if guess else 0,
            before=_before(session, now.kpi),
            event_turn=lambda on: session.set_prediction(now.turned(bool(on), setting)),
            event_ask=lambda kpi: ask(str(kpi)),
            event_reveal=reveal,
            event_skip=lambda _: session.prediction.set(now.begun(setting, None)),
        )
        if now.first and guess is not None and ready is not None:
            with solara.Div(classes=["chart"]):
                Heading(text=TILES[guess.kpi].title, level=3)
                label = f"{describe(ready, guess.kpi)} The guess was {guess_words(guess)}."
                Chart(with_guess(ready, guess), label, name="guess")


def _before(session: Session, kpi: str) -> str:
    """Say what the setting before the last change led to; empty if there was none."""
    if session.before is None:
        return ""
    value = float(mean_without_nan(session.before.ends(kpi), 0))
    return value_in_words(kpi, value, session.before.unit(kpi)) if isfinite(value) else ""


def _unit(session: Session, kpi: str) -> str:
    """Return the unit of a KPI in the council, whether there is an answer yet or not."""
    currency = session.council.scenario.place.currency
    return currency if kpi in ("cost_per_transaction", "net_savings") else "share"


def _compare(session: Session, ready: Outcome | None) -> None:
    """Put a guess beside the whole answer and into the room, as soon as there is one."""
    setting, now = session.setting.value, session.prediction.value
    if ready is None or now.value is None or now.stage(setting) != "waiting":
        return
    guess = guessed(session.team.value, setting.council, now.kpi, now.value, ready)
    if guess is None:
        session.problem.value = "The model has no value for this question here; ask another."
        session.prediction.value = now.about(now.kpi)
        return
    session.prediction.value = now.found(guess)
    try:
        session.server.room.guess(guess, session.browser)
    except TakeupError as error:
        session.problem.value = str(error)
