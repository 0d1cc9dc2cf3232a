"""The facilitator's board: how much there is, what is shown, and a room to clear."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import solara


@solara.component_vue("board.vue")
def Board(
    teams: int,
    attempts: int,
    guesses: int,
    choices: Sequence[Sequence[str]],
    chosen: str,
    event_choose: Callable[[str], None],
    event_clear: Callable[[None], None],
) -> None:
    """Draw the head of the board.

    Args:
        teams: how many have saved or guessed.
        attempts: how many there are.
        guesses: how many there are.
        choices: key and name of every council that somebody played.
        chosen: key of the one that is shown; empty: all.
        event_choose: called with the key of the one to show.
        event_clear: called when everything is to go.
    """


@solara.component_vue("guesses.vue")
def GuessTable(
    title: str, council: str, words: str, more: str, rows: Sequence[Mapping[str, str]]
) -> None:
    """Draw guesses as a table that can be opened.

    Args:
        title: heading.
        council: where.
        words: how the room guessed.
        more: what else is to be said; empty if nothing is.
        rows: `team`, `guess`, `model` and `at` of each.
    """
