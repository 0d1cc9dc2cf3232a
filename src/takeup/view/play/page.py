"""Play: change the programme and see at once what it leads to, against no programme."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import solara

from takeup.errors import TakeupError
from takeup.report.selection import FIGURE_KPIS
from takeup.results.info import Mark
from takeup.scenario.check.plausible import doubts, first_of
from takeup.view.answers.answers import WANTED
from takeup.view.answers.files import (
    File,
    NotMadeError,
    picture,
    report,
    scenario_file,
)
from takeup.view.answers.outcome import (
    NET_SAVINGS,
    Outcome,
    difference,
    money,
)
from takeup.view.play.deck import Deck, card_fields, card_groups
from takeup.view.play.head import Head
from takeup.view.play.panel import (
    Calendar,
    Chooser,
    Goals,
    Tiles,
    goal_words,
    summary,
    tile_words,
)
from takeup.view.play.predict import Predict
from takeup.view.say.chart import Chart
from takeup.view.say.charts import describe, heading, trajectory
from takeup.view.say.keep import Keep
from takeup.view.say.text import Heading
from takeup.view.session.session import Session, use_session
from takeup.view.setting.cards import another, card_titles, cards
from takeup.view.setting.councils import Councils
from takeup.view.setting.setting import Setting, canonical
from takeup.view.setting.upload import from_upload

logger = logging.getLogger(__name__)

CHART_KPIS = (
    *FIGURE_KPIS,
    "contacts",
    "backlog",
    NET_SAVINGS,
)
"""KPIs that can have a chart, in the order in which they stand."""

DEFAULT_CHARTS = ("digital_take_up", "staff_adoption", "processing_time", NET_SAVINGS)
"""KPIs that have a chart until others are chosen, after those of goals."""


@solara.component
def Play() -> None:
    """Show the cards beside what they lead to."""
    session = use_session()
    stale = " stale" if session.busy.value else ""
    with solara.Div(classes=["play" + stale]):
        with solara.Div(classes=["left"]):
            Programme()
        with solara.Div(classes=["right"]):
            Predict()
            if not session.hidden:
                Results()
            Kept()


@solara.component
def Programme() -> None:
    """Show council, budget and cards of the setting."""
    session = use_session()
    setting, budget = session.setting.value, session.budget.value
    councils = session.server.councils
    deck = solara.use_memo(lambda: cards(setting, councils), [setting])
    improbable = solara.use_memo(lambda: doubtful(setting, councils), [setting])
    spent = sum(card.cost for card in deck if card.on)
    council = session.council
    opened = next((card for card in deck if card.key == session.open_card.value), None)
    currency = council.scenario.place.currency

    with solara.Div(classes=["parts"]):
        with solara.Div(classes=["at-head"]):
            Head(
                councils=[
                    {
                        "key": c.key,
                        "name": c.title,
                        "group": "Challenges" if c.challenge else "Councils",
                    }
                    for c in councils
                ],
                chosen=council.key,
                about=council.description,
                challenge=council.challenge.text if council.challenge else "",
                spent=spent,
                budget=budget,
                fixed=council.challenge is not None,
                words=budget_words(spent, budget, currency),
                currency=currency,
                changed=setting.changes != "{}",
                doubts=improbable,
                event_choose=lambda key: session.change(Setting(str(key))),
                event_set_budget=session.set_budget,
                event_reset=lambda _: session.change(Setting(council.key)),
            )
        with solara.Div(classes=["at-cards"]):
            Deck(
                groups=card_groups(deck),
                opened=opened.key if opened else "",
                fields=card_fields(opened) if opened else [],
                refusals=session.refusals.value,
                event_turn=lambda move: turn(session, move),
                event_open=lambda key: session.open_card.set(str(key or "")),
                event_set_field=lambda move: set_field(session, move),
                event_undo=lambda key: undo(session, str(key)),
                event_copy=lambda kind: session.move(lambda now: another(now, councils, str(kind))),
            )


@solara.component
def Results() -> None:
    """Show tiles, goals, charts and calendar of the latest answer."""
    session = use_session()
    outcome, busy = session.outcome, session.busy.value
    tiles = outcome.tiles if outcome else ()
    with solara.Div(classes=["parts"]):
        with solara.Div(classes=["at-tiles"]):
            Tiles(
                tiles=[
                    tile_words(tile, since(session.before, outcome, tile.kpi)) for tile in tiles
                ],
                end=f"{outcome.last_day:%B %Y}" if outcome else "",
                done=outcome.answer.done if outcome else 0,
                wanted=outcome.answer.wanted if outcome else WANTED,
                busy=busy,
                summary=summary(tiles),
            )
        if outcome is not None:
            Charts(outcome)


@solara.component
def Charts(outcome: Outcome) -> None:
    """Show goals, the chosen charts and the calendar; drawn anew only for another outcome."""
    session = use_session()
    there = charts(outcome)
    picked = session.charts.value
    chosen = default_charts(outcome, there) if picked is None else picked
    names = solara.use_memo(
        lambda: card_titles(session.setting.value, session.server.councils),
        [session.setting.value],
    )
    with solara.Div(classes=["parts"]):
        with solara.Div(classes=["at-goals"]):
            Goals(goals=goal_words(outcome))
        with solara.Div(classes=["at-charts"]):
            Chooser(
                choices=[[name, outcome.title(*what)] for name, what in there.items()],
                chosen=chosen,
                event_choose=lambda found: session.charts.set(tuple(map(str, found))),
            )
            with solara.Div(classes=["charts"]):
                for name, what in there.items():
                    if name in chosen:
                        Trajectory(outcome, name, what, names).key(name)
            Calendar(**calendar_shown(outcome, names))


@solara.component
def Trajectory(
    outcome: Outcome, name: str, what: tuple[str, str], names: Mapping[str, str]
) -> None:
    """Show one KPI of one group over time."""
    title, word = heading(outcome, *what)
    with solara.Div(classes=["chart"]):
        Heading(text=title, level=3, quiet=word)
        Chart(trajectory(outcome, *what, names=names), describe(outcome, *what), name=name)


@solara.component
def Kept() -> None:
    """Offer what is to be kept: link, files, and the way back from a file."""
    session = use_session()
    file = session.file.value
    with solara.Div(classes=["at-keep"]):
        Keep(
            path=session.path("/"),
            file=None if file is None else vars(file),
            making=session.making.value,
            event_make=lambda kind: make(session, str(kind)),
            event_saved=lambda _: session.file.set(None),
            event_upload=lambda found: upload(session, found),
            event_save=lambda _: session.go("/attempts"),
        )


# ---------------------------------------------------------------- moves


def turn(session: Session, move: Mapping[str, Any]) -> None:
    """Switch a card on or off."""
    session.move(lambda now: now.changed(str(move["card"]), enabled=bool(move["on"])))


def set_field(session: Session, move: Mapping[str, Any]) -> None:
    """Set a field of a card; a card that was off stays off."""
    card, field, value = str(move["card"]), str(move["field"]), move["value"]
    session.move(lambda now: now.changed(card, **{field: value}))


def undo(session: Session, card: str) -> None:
    """Make a card what the council has; one that was added goes."""
    session.move(
        lambda now: Setting(
            now.council, canonical({k: v for k, v in now.entries.items() if k != card})
        )
    )


def make(session: Session, kind: str) -> None:
    """Make a file in a thread of its own, so that the page can be used meanwhile."""

    def work() -> None:
        try:
            made = _made(session, kind)
        except TakeupError as error:
            session.report(str(error))
        except Exception:
            logger.exception("a file could not be made")
            session.report("This file could not be made, which is our fault.")
        else:
            session.show(lambda: session.file.set(made))
        session.show(lambda: session.making.set(""))

    if kind in ("scenario", "picture", "report") and not session.making.value:
        session.making.value = kind
        threading.Thread(target=work, name=f"takeup-{kind}", daemon=True).start()


def upload(session: Session, found: Mapping[str, str]) -> None:
    """Take the setting of a file from the player's machine."""
    if "problem" in found:
        session.problem.set(str(found["problem"]))
        return
    name, text = str(found["name"]), str(found["text"])
    session.move(lambda _: from_upload(name, text.encode(), session.server.councils))


def _made(session: Session, kind: str) -> File:
    if kind == "scenario":
        return scenario_file(session.scenario())
    if session.hidden:
        raise NotMadeError("Make your guess first: this file would tell what comes of it.")
    if kind == "report":
        return report(session.council.baseline, session.scenario(), lambda: not session.closed)
    answer = session.answer.value
    if answer is None or not session.complete():
        raise NotMadeError("The model is still at work; ask for the picture once it is done.")
    return picture(answer, lambda: not session.closed)


# ---------------------------------------------------------------- words


def charts(outcome: Outcome) -> dict[str, tuple[str, str]]:
    """Return what can have a chart, by name: a KPI and a group, those of goals first."""
    there = [(v.goal.kpi, v.goal.group) for v in outcome.verdicts]
    there += [(k, "all") for k in CHART_KPIS if k == NET_SAVINGS or k in outcome.answer.dataset]
    return {kpi if group == "all" else f"{kpi} {group}": (kpi, group) for kpi, group in there}


def default_charts(outcome: Outcome, there: Iterable[str]) -> tuple[str, ...]:
    """Return what has a chart until others are chosen: goals, and what else is worth a look."""
    goals = len({(v.goal.kpi, v.goal.group) for v in outcome.verdicts})
    names = list(there)
    first = dict.fromkeys([*names[:goals], *DEFAULT_CHARTS])
    return tuple(first)[: max(len(DEFAULT_CHARTS), goals + goals % 2)]


def since(before: Outcome | None, now: Outcome | None, kpi: str) -> str:
    """Say by how much a KPI ends above what it did before the last change; empty if none knows."""
    if before is None or now is None:
        return ""
    runs = min(before.answer.done, now.answer.done)
    change = now.ends(kpi)[:runs] - before.ends(kpi)[:runs]
    if not np.isfinite(change).any():
        return ""
    text, verdict = difference(kpi, now.unit(kpi), change)
    return f"{text}, may be chance" if verdict == "unclear" else text


def doubtful(setting: Setting, councils: Councils) -> list[str]:
    """Return what is improbable of the council's files and of what the player changed."""
    layers = councils[setting.council].source.layers
    return first_of(doubts(setting.scenario(councils), layers))


def budget_words(spent: float, budget: float | None, currency: str) -> str:
    """Say what is spent of the budget, and by how much it is exceeded."""
    cost = money(spent, currency)
    if budget is None:
        return f"What is on costs up to {cost}, if all of it is used."
    if spent > budget:
        over = money(spent - budget, currency)
        return f"Up to {cost} planned: {over} over the budget of {money(budget, currency)}."
    left = money(budget - spent, currency)
    return f"Up to {cost} of {money(budget, currency)} planned; {left} left."


def calendar_shown(outcome: Outcome, names: Mapping[str, str]) -> dict[str, Any]:
    """Return what happens when, as the calendar draws it, with what people call the cards."""
    answer = outcome.answer
    days = [day.astype("datetime64[D]").item() for day in answer.dataset["date"].values]
    weeks = len(days)

    def words(mark: Mark) -> str:
        first = days[min(mark.first, weeks - 1)]
        if mark.kind == "go-live":
            return f"goes online on {first:%d %b %Y}"
        if mark.last >= weeks:
            return f"from {first:%d %b %Y} to the end"
        return f"from {first:%d %b %Y} to {days[mark.last]:%d %b %Y}"

    marks = outcome.marks
    order = {"go-live": 0, "shock": 1, "intervention": 2}
    return {
        "rows": [
            {
                "name": names.get(mark.name, mark.name),
                "kind": mark.kind,
                "first": mark.first,
                "last": min(mark.last, weeks),
                "words": words(mark),
            }
            for mark in sorted(marks, key=lambda m: (order[m.kind], m.first, m.last, m.name))
            if mark.first < weeks
        ],
        "years": [
            {"name": str(day.year), "week": week}
            for week, day in enumerate(days)
            if day.month == 1 and day.day <= 7
        ],
        "weeks": weeks,
    }
