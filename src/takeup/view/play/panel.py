"""What a setting leads to: the tiles, the goals, and how sure all of it is yet."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import solara

from takeup.view.answers.outcome import (
    NET_SAVINGS,
    Outcome,
    Tile,
    chance_words,
    goal_said,
    level_words,
)
from takeup.view.session.ranking import MET

SAYS = {
    "better": "better",
    "worse": "worse",
    "no change": "hardly any change",
    "unclear": "may be chance",
    "": "first impression",
}
"""What the page says for a verdict."""

PAYS = {"better": "saves more than it costs", "worse": "costs more than it saves"}
"""The same for net savings."""


@solara.component_vue("tiles.vue")
def Tiles(
    tiles: Sequence[Mapping[str, Any]],
    end: str,
    done: int,
    wanted: int,
    busy: bool,
    summary: str,
) -> None:
    """Draw the tiles.

    Args:
        tiles: as `tile_words` makes them.
        end: when the run ends; empty before it is known.
        done: runs so far.
        wanted: runs in the end.
        busy: whether what is shown is not the last word yet.
        summary: for screen readers, once the last run is in.
    """


@solara.component_vue("goals.vue")
def Goals(goals: Sequence[Mapping[str, Any]]) -> None:
    """Draw the goals, as `goal_words` makes them."""


@solara.component_vue("calendar.vue")
def Calendar(
    rows: Sequence[Mapping[str, Any]], years: Sequence[Mapping[str, Any]], weeks: int
) -> None:
    """Draw what runs when.

    Args:
        rows: `name`, `kind`, `first`, `last` (weeks) and `words` of every mark.
        years: `name` and `week` of every January.
        weeks: weeks of the run.
    """


@solara.component_vue("chooser.vue")
def Chooser(
    choices: Sequence[Sequence[str]],
    chosen: Sequence[str],
    event_choose: Callable[[Sequence[str]], None],
) -> None:
    """Draw the choice of charts.

    Args:
        choices: name and title of every KPI.
        chosen: names of those that have a chart.
        event_choose: called with the names of those that are to have one.
    """


def tile_words(tile: Tile, since: str = "") -> dict[str, Any]:
    """Return what the browser is told of a tile.

    Args:
        tile: the tile.
        since: what the last change did, in words; empty if nobody knows.
    """
    direction = {"▲": "up", "▼": "down"}.get(tile.arrow, "no change")
    return {
        "kpi": tile.kpi,
        "title": tile.title,
        "meaning": tile.meaning,
        "value": tile.shown.removesuffix(f" {tile.of}"),
        "of": tile.of,
        "since": since,
        "arrow": tile.arrow,
        "direction": direction,
        "change": "" if tile.kpi == NET_SAVINGS else tile.change_shown,
        "says": (PAYS if tile.kpi == NET_SAVINGS else SAYS).get(tile.verdict, SAYS[tile.verdict]),
        "verdict": tile.verdict,
        "range": tile.range_shown,
    }


def goal_words(outcome: Outcome) -> list[dict[str, Any]]:
    """Return what the browser is told of the goals."""
    runs = outcome.answer.done
    return [
        {
            "name": goal_said(verdict),
            "due": f"by {verdict.due:%b %Y}",
            "level": level_words(verdict),
            "met": verdict.chance >= MET,
            "chance": verdict.chance if verdict.chance == verdict.chance else None,
            "words": chance_words(verdict, runs),
        }
        for verdict in outcome.verdicts
    ]


def summary(tiles: Sequence[Tile]) -> str:
    """Say the tiles in a sentence each."""
    return " ".join(f"{t.title} {t.shown}, {t.change_shown}: {SAYS[t.verdict]}." for t in tiles)
