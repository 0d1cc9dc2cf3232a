"""How to keep a setting: link, file, picture, report, and the way back from a file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import solara


@solara.component_vue("keep.vue")
def Keep(
    path: str,
    file: Mapping[str, Any] | None,
    making: str,
    event_make: Callable[[str], None],
    event_saved: Callable[[None], None],
    event_upload: Callable[[Mapping[str, str]], None],
    event_save: Callable[[None], None],
) -> None:
    """Draw the buttons.

    Args:
        path: address of the page with the setting in it, without the host.
        file: `name`, `mime` and `content` of a file that the browser is to save; None if there is
            none.
        making: which file is being made; empty if none is.
        event_make: called with `scenario`, `picture` or `report`.
        event_saved: called once the file has arrived.
        event_upload: called with `name` and `text` of a file, or with `problem`.
        event_save: called when it is to be saved as an attempt.
    """


@solara.component_vue("message.vue")
def Message(text: str, event_close: Callable[[None], None]) -> None:
    """Draw what went wrong, if anything did.

    Args:
        text: in words; empty if nothing did.
        event_close: called when it has been read.
    """
