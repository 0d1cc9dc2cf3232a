"""Which council is played, what it is about, and how much of the budget is spent."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import solara


@solara.component_vue("head.vue")
def Head(
    councils: Sequence[Mapping[str, str]],
    chosen: str,
    about: str,
    challenge: str,
    spent: float,
    budget: float | None,
    fixed: bool,
    words: str,
    currency: str,
    changed: bool,
    doubts: Sequence[str],
    event_choose: Callable[[str], None],
    event_set_budget: Callable[[float | None], None],
    event_reset: Callable[[None], None],
) -> None:
    """Draw the choice of council and the budget.

    Args:
        councils: `key`, `name` and `group` (a heading) of every one.
        chosen: key of the one that is played.
        about: its description.
        challenge: what is to be reached, in words; empty if it is no challenge.
        spent: what the cards that are on cost.
        budget: what they may cost; None if nothing limits them.
        fixed: whether it is the challenge's, which stays as it is.
        words: both, as people read it.
        currency: of both.
        changed: whether anything is not as the council has it.
        doubts: what is improbable of the scenario, a sentence each.
        event_choose: called with the key of another council.
        event_set_budget: called with another budget, None for none.
        event_reset: called when everything is to be as the council has it.
    """
