"""Parts of the Explain page: what is read only by those who open it, steps and bars."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import solara
from reacton.core import Element

from takeup.view.say.text import Table


@solara.component
def Folded(title: str, children: Sequence[Element[Any]]) -> None:
    """Draw it folded; it stays open when it changes.

    Args:
        title: what it is.
        children: what is to be read.
    """
    summary = solara.v.Html(tag="summary", children=[title])
    solara.v.Html(tag="details", class_="words", children=[summary, *children])


def folded_table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Draw the numbers of a picture as a folded table."""
    Folded("The same as a table", [Table(heads=heads, rows=rows)])


@solara.component_vue("funnel.vue")
def Funnel(steps: Sequence[Mapping[str, Any]]) -> None:
    """Draw the steps of everyone, each with its bar, the baseline's beside it.

    Args:
        steps: as `tables.funnel` returns them.
    """


@solara.component_vue("effects.vue")
def Effects(cards: Sequence[Mapping[str, Any]]) -> None:
    """Draw cards, each with its bar and its interval.

    Args:
        cards: as `tables.effects` returns them.
    """


@solara.component_vue("resident_words.vue")
def ResidentWords() -> None:
    """Say what the words for residents mean."""


@solara.component_vue("staff_words.vue")
def StaffWords() -> None:
    """Say what the words for staff mean."""


@solara.component_vue("card_words.vue")
def CardWords(cards: int, replicates: int) -> None:
    """Say how it is worked out what cards add."""
