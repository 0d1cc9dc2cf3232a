"""The form of a guess: the switch, the question, and in the end the guess beside the answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import solara


@solara.component_vue("guess.vue")
def GuessForm(
    first: bool,
    stage: str,
    choices: Sequence[Sequence[str]],
    kpi: str,
    question: str,
    unit: str,
    slider: bool,
    team: str,
    problem: str,
    guess: str,
    model: str,
    side: int,
    before: str,
    event_turn: Callable[[bool], None],
    event_ask: Callable[[str], None],
    event_reveal: Callable[[Mapping[str, Any]], None],
    event_skip: Callable[[None], None],
) -> None:
    """Draw the switch, the question, and in the end the guess beside the answer.

    Args:
        first: whether results wait for a guess.
        stage: as `Prediction.stage`.
        choices: name and title of every KPI that can be guessed.
        kpi: the one that is asked for.
        question: about it.
        unit: what stands beside the field.
        slider: whether there is a slider from 0 to 100 as well.
        team: who guesses.
        problem: what is wrong with the guess; empty if nothing is.
        guess: the guess in words, once it is revealed.
        model: what the model says, likewise.
        side: whether the guess is too high (1), too low (−1) or within the range (0).
        before: what the setting before the last change led to; empty if nobody knows.
        event_turn: called with whether results are to wait for a guess.
        event_ask: called with the name of another KPI.
        event_reveal: called with `text` and `team`.
        event_skip: called to see the results without a guess.
    """
