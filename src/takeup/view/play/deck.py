"""The cards: what the programme consists of, and the fields of the one that is open."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

import solara

from takeup.programme.words import GROUPS
from takeup.view.answers.outcome import money
from takeup.view.setting.cards import Card
from takeup.view.setting.fields import Field

NAMES = {
    "Lead": "Lead the change",
    "Staff": "Help staff",
    "Residents": "Reach residents",
    "Services": "Improve services",
    "Check": "Check and adjust",
}
"""What the page calls the groups of cards."""


@solara.component_vue("deck.vue")
def Deck(
    groups: Sequence[Mapping[str, Any]],
    opened: str,
    fields: Sequence[Mapping[str, Any]],
    refusals: int,
    event_turn: Callable[[Mapping[str, Any]], None],
    event_open: Callable[[str], None],
    event_set_field: Callable[[Mapping[str, Any]], None],
    event_undo: Callable[[str], None],
    event_copy: Callable[[str], None],
) -> None:
    """Draw the cards.

    Args:
        groups: as `card_groups` makes them.
        opened: key of the card whose fields are shown; empty if none is.
        fields: of that card, as `card_fields` makes them.
        refusals: how many moves could not be made; what is set shows again when it grows.
        event_turn: called with `card` and `on`.
        event_open: called with the key of a card to open, or with nothing to close it.
        event_set_field: called with `card`, `field` and `value`, once a slider is let go.
        event_undo: called with the key of a card that is to be as the council has it.
        event_copy: called with the kind of which there is to be one more.
    """


def card_groups(cards: Sequence[Card]) -> list[dict[str, Any]]:
    """Return what the browser is told of all cards: a few words each."""
    return [
        {
            "name": NAMES[group],
            "on": sum(card.on for card in chosen),
            "cards": [
                {
                    "key": card.key,
                    "kind": card.kind,
                    "title": card.title,
                    "what": card.what,
                    "note": card.note,
                    "on": card.on,
                    "changed": card.changed,
                    "cost": money(card.cost, card.currency),
                }
                for card in chosen
            ],
        }
        for group in GROUPS
        if (chosen := [card for card in cards if card.group == group])
    ]


def card_fields(card: Card) -> list[dict[str, Any]]:
    """Return what the browser is told of the fields of the open card."""
    return [_field(field) for field in card.fields]


def _field(field: Field) -> dict[str, Any]:
    return {
        "name": field.name,
        "label": field.label,
        "help": field.help,
        "kind": field.kind,
        "low": _plain(field.low),
        "high": _plain(field.high),
        "step": field.step,
        "choices": [list(choice) for choice in field.choices],
        "unit": field.unit,
        "value": _plain(field.value),
        "main": field.main,
    }


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value
