"""Two attempts side by side: what they do differently, and what comes of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from takeup.results.summary import ENDS, quantiles_without_nan
from takeup.results.units import number
from takeup.view.answers.outcome import difference, money, with_unit
from takeup.view.session.records import Attempt, Measure
from takeup.view.setting.cards import Card, cards
from takeup.view.setting.councils import Councils
from takeup.view.setting.fields import Field
from takeup.view.setting.setting import Setting

SLIGHT = 0.1
"""Part of the range of 9 of 10 runs below which a difference is slight: what nobody knows of people
moves the result ten times as far as the choice between the two."""

NOT_THERE = "not in the plan"
"""What stands for a field of a card that only the other has."""


@dataclass(frozen=True)
class Difference:
    """Something that two settings have differently, in words.

    Attributes:
        card: title of the card.
        what: the field; empty: the card as a whole.
        left: of the first.
        right: of the second.
    """

    card: str
    what: str
    left: str
    right: str


def differences(left: Setting, right: Setting, councils: Councils) -> list[Difference]:
    """Return what two settings of the same council have differently, card by card.

    A card that is off has no effect, so that nothing is said of its fields.

    Raises:
        InputError: one of them cannot be.
    """
    ours, theirs = ({c.key: c for c in cards(s, councils)} for s in (left, right))
    found = []
    for key in dict.fromkeys((*ours, *theirs)):
        pair = ours.get(key), theirs.get(key)
        title = next(card.title for card in pair if card is not None)
        one, other = (card if card is not None and card.on else None for card in pair)
        if one is None and other is None:
            continue
        if one is None or other is None:
            found.append(Difference(title, "", _whole(one), _whole(other)))
        else:
            found += _fields(one, other)
    return found


def _whole(card: Card | None) -> str:
    return "off" if card is None else f"on, {money(card.cost, card.currency)}"


def _fields(one: Card, other: Card) -> list[Difference]:
    ours, theirs = ({f.name: f for f in card.fields} for card in (one, other))
    found = []
    for name in dict.fromkeys((*ours, *theirs)):
        pair = ours.get(name), theirs.get(name)
        left, right = (NOT_THERE if field is None else field_in_words(field) for field in pair)
        if left != right:
            label = next(field.label for field in pair if field is not None)
            found.append(Difference(one.title, label, left, right))
    if found:
        left, right = (money(card.cost, card.currency) for card in (one, other))
        if left != right:
            found.append(Difference(one.title, "Cost", left, right))
    return found


def field_in_words(field: Field) -> str:
    """Return the value of a field in words."""
    value, names = field.value, dict(field.choices)
    if field.kind == "switch":
        return "yes" if value else "no"
    if field.kind == "choice":
        return names.get(value, str(value))
    if field.kind == "choices":
        return ", ".join(names.get(item, str(item)) for item in value) or "everyone"
    if isinstance(value, date):
        return f"{value.day} {value:%b %Y}"
    if value is None:
        return "–"
    return with_unit(f"{value:,.10g}", field.unit)


# ---------------------------------------------------------------- what comes of it


@dataclass(frozen=True)
class Side:
    """One of two attempts on a KPI: its value at the end and where 9 of 10 runs lie."""

    value: str
    range: str


@dataclass(frozen=True)
class Row:
    """Two attempts on a KPI.

    Attributes:
        kpi: its name.
        title: its title.
        left: of the first.
        right: of the second.
        apart: the second less the first, run by run; empty if their runs are not the same.
        says: which is better, as far as the runs tell; empty likewise.
    """

    kpi: str
    title: str
    left: Side
    right: Side
    apart: str
    says: str


def rows(left: Attempt, right: Attempt) -> list[Row]:
    """Return what two attempts lead to, for every KPI that both have."""
    theirs = {measure.tile.kpi: measure for measure in right.measures}
    return [
        _row(measure, theirs[measure.tile.kpi], left.same_runs(right))
        for measure in left.measures
        if measure.tile.kpi in theirs
    ]


def _row(left: Measure, right: Measure, paired: bool) -> Row:
    tile = left.tile
    apart, says = "", ""
    if paired and len(left.ends) == len(right.ends):
        change = np.subtract(right.ends, left.ends)
        apart, verdict = difference(tile.kpi, tile.unit, change)
        says = _SAYS[verdict]
        if abs(np.nanmean(change)) < SLIGHT * max(_range(left), _range(right)):
            says = says.replace("is better", "is slightly better")
    return Row(tile.kpi, tile.title, _side(left), _side(right), apart, says)


def _range(measure: Measure) -> float:
    """Return how wide the range is in which 9 of 10 runs lie."""
    low, high = quantiles_without_nan(np.array(measure.ends), ENDS).tolist()
    return float(high - low)


_SAYS = {
    "better": "B is better",
    "worse": "A is better",
    "no change": "the same",
    "unclear": "may be chance",
    "": "",
}
"""What the page says for a verdict on B less A."""


def _side(measure: Measure) -> Side:
    tile = measure.tile
    low, high = quantiles_without_nan(np.array(measure.ends), ENDS).tolist()
    like = max(abs(low), abs(high))
    shown = " to ".join(number(end, tile.unit, like=like) for end in (low, high))
    return Side(tile.shown, shown)
