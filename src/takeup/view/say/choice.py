"""A choice of one among several, which browsers know, and keyboards and readers with them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import solara


@solara.component_vue("choice.vue")
def Choice(
    label: str, values: Sequence[str], value: str, event_choose: Callable[[str], None]
) -> None:
    """Draw the choice.

    Args:
        label: what is chosen.
        values: what there is.
        value: what is chosen now.
        event_choose: called with what is chosen.
    """
