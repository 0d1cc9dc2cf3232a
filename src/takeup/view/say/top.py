"""What stands above every page: the name, and the way to the other pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import solara


@solara.component_vue("top.vue")
def Top(
    tabs: Sequence[Mapping[str, str]],
    here: str,
    event_go: Callable[[str], None],
) -> None:
    """Draw the bar of pages.

    Args:
        tabs: `path`, `label` and `href` (the path with the setting in it) of every page.
        here: path of the page that is shown.
        event_go: called with the path of another page.
    """
