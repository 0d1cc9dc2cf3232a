"""What files, links and people say, as text: the browser is given no HTML that holds any of it.

Nor is it given as a child of a widget, as Solara gives its own texts: one that begins with
`IPY_MODEL_` would be looked for among the widgets.
"""

from __future__ import annotations

from collections.abc import Sequence

import solara


@solara.component_vue("heading.vue")
def Heading(text: str, level: int, quiet: str = "", look: str = "") -> None:
    """Draw a heading.

    Args:
        text: what it says.
        level: 1 is the page's own.
        quiet: what else is said, less loud.
        look: class of the style.
    """


@solara.component_vue("words.vue")
def Words(text: str, look: str = "") -> None:
    """Say something.

    Args:
        text: what.
        look: class of the style.
    """


@solara.component_vue("table.vue")
def Table(heads: Sequence[str], rows: Sequence[Sequence[str]], caption: str = "") -> None:
    """Draw a table.

    Args:
        heads: of the columns.
        rows: cells, the first of which is the row's name.
        caption: what it shows; may be empty.
    """


@solara.component_vue("trouble.vue")
def Trouble(text: str) -> None:
    """Say what keeps something from being shown."""
