"""Pieces of the page that the browser itself knows, and keyboards and readers with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import solara


@solara.component_vue("choice.vue")
def Choice(
    label: str, values: Sequence[str], value: str, event_choose: Callable[[str], None]
) -> None:
    """Draw a choice of one among several.

    Args:
        label: what is chosen.
        values: what there is.
        value: what is chosen now.
        event_choose: called with what is chosen.
    """


@solara.component_vue("folded.vue")
def Folded(title: str, html: str) -> None:
    """Draw what is read only by those who open it; it stays open when it changes.

    Args:
        title: what it is.
        html: what it says.
    """
