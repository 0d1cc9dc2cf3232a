"""Attempts as pages draw them: the form that saves one, the list, and two of them side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import solara

from takeup.results.units import percent
from takeup.view.answers.outcome import money
from takeup.view.session.ranking import goals_met, mean_chance
from takeup.view.session.records import Attempt


@solara.component_vue("save.vue")
def SaveForm(
    team: str,
    about: str,
    ready: bool,
    hidden: bool,
    saved: str,
    event_save: Callable[[Mapping[str, str]], None],
    event_call: Callable[[str], None],
) -> None:
    """Draw the form.

    Args:
        team: name of the team, as far as it is known.
        about: what is to be saved, in words.
        ready: whether it can be.
        hidden: whether it cannot be since its results wait for a guess.
        saved: what was saved last, in words; empty before.
        event_save: called with `team` and `name`.
        event_call: called with the name of the team that the browser remembers.
    """


@solara.component_vue("ranking.vue")
def Ranking(
    title: str,
    rule: str,
    rows: Sequence[Mapping[str, Any]],
    removable: bool,
    event_open: Callable[[int], None],
    event_remove: Callable[[int], None],
) -> None:
    """Draw the list.

    Args:
        title: heading.
        rule: how it is ordered, in words.
        rows: as `ranking_rows` makes them.
        removable: whether attempts can be removed here.
        event_open: called with the number of an attempt that is to be played on.
        event_remove: called with the number of one that is to go.
    """


@solara.component_vue("versus.vue")
def Versus(
    choices: Sequence[Sequence[Any]],
    left: int,
    right: int,
    same: str,
    differences: Sequence[Mapping[str, Any]],
    tiles: Sequence[Mapping[str, str]],
    goals: Sequence[Mapping[str, str]],
    event_choose: Callable[[Mapping[str, Any]], None],
) -> None:
    """Draw the choice of two attempts, what they do differently, and what comes of it.

    Args:
        choices: number and name of every attempt.
        left: number of the first.
        right: number of the second.
        same: what is said instead if nothing differs or cannot be told; empty otherwise.
        differences: `card` and its `rows`: `what`, `left`, `right`.
        tiles: `title`, `left`, `left_range`, `right`, `right_range`, `apart`, `says`.
        goals: `words`, `left`, `right`.
        event_choose: called with `side` and `number`.
    """


def ranking_rows(
    ranked: Iterable[tuple[int | None, Attempt]], fingerprint: str | None, ours: str = ""
) -> list[dict[str, Any]]:
    """Return what the browser is told of attempts.

    Args:
        ranked: attempts with their ranks.
        fingerprint: of the council as it is; None if it is not offered any more.
        ours: name of the team whose attempts are marked.
    """
    return [
        {
            "number": attempt.number,
            "rank": rank,
            "team": attempt.team,
            "name": attempt.name,
            "ours": bool(ours) and attempt.team == ours,
            "cost": money(attempt.cost, attempt.currency),
            "budget": budget_words(attempt),
            "within": attempt.within,
            "met": f"{goals_met(attempt)} of {len(attempt.goals)}" if attempt.goals else "–",
            "chance": f"{percent(mean_chance(attempt))} %" if attempt.goals else "–",
            "goals": [[f"{goal.words} {goal.due}", goal.says] for goal in attempt.goals],
            "saved": when(attempt.saved),
            "link": attempt.link,
            "note": note(attempt, fingerprint),
        }
        for rank, attempt in ranked
    ]


def budget_words(attempt: Attempt) -> str:
    """Say how the cost compares with the budget; empty if there is none."""
    if attempt.budget is None:
        return ""
    apart = money(abs(attempt.budget - attempt.cost), attempt.currency)
    return f"within budget, {apart} left" if attempt.within else f"over budget by {apart}"


def note(attempt: Attempt, fingerprint: str | None) -> str:
    """Say why an attempt cannot be played on; empty if it can."""
    if fingerprint is None:
        return "its council is not offered here"
    return "" if attempt.fingerprint == fingerprint else "its council has changed since"


def when(moment: datetime) -> str:
    """Return the time of day of a moment where the server is, with the day unless it is today."""
    there = moment.astimezone()
    today = datetime.now().astimezone().date() == there.date()
    return f"{there:%H:%M}" if today else f"{there.day} {there:%b %H:%M}"
