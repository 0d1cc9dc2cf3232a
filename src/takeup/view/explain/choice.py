"""A choice of one among several, as the browser itself draws it: keyboards and readers know it."""

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
