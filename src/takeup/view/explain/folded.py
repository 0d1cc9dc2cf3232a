"""What is read only by those who open it."""

from __future__ import annotations

import solara


@solara.component_vue("folded.vue")
def Folded(title: str, html: str) -> None:
    """Draw it folded; it stays open when it changes.

    Args:
        title: what it is.
        html: what it says.
    """
