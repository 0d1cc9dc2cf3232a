"""What each card adds, in plain sentences."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import fsum, isfinite
from typing import NamedTuple

from takeup.results.units import number, unit_word
from takeup.view.explain.contributions import Contribution

WORTH_NAMING = 0.1
"""Effect, as a share of the largest, below which a card is not named in a sentence."""


FEW_CARDS = 8
"""Cards that a list shows all of."""


class CardNames(NamedTuple):
    """What sentences and charts say of the cards: by id their titles, and their costs in words."""

    titles: Mapping[str, str]
    costs: Mapping[str, str]


def worth_naming(found: Sequence[Contribution]) -> float:
    """Return the effect from which a card is named in a sentence."""
    return WORTH_NAMING * max(abs(one.mean) for one in found)


def much_and_little(
    found: Sequence[Contribution],
) -> tuple[list[Contribution], list[Contribution]]:
    """Return those that are worth a look, and the others, both in the order given.

    None is set aside where there are no more than `FEW_CARDS`.
    """
    least = worth_naming(found) if len(found) > FEW_CARDS else 0.0
    much = [one for one in found if abs(one.mean) >= least]
    return much, [one for one in found if one not in much]


def contributions_sentence(found: Sequence[Contribution], titles: Mapping[str, str]) -> str:
    """Say what helps most, what hurts, and of how many nobody can be sure.

    Args:
        found: of every card, the most helpful first.
        titles: of the cards.
    """
    worth = worth_naming(found)

    def named(verdict: str, cards: Iterable[Contribution]) -> list[str]:
        chosen = [one for one in cards if one.verdict == verdict and abs(one.mean) >= worth]
        return [f"“{titles[one.left_out]}”" for one in chosen[:3]]

    if all(one.verdict == "too early" for one in found):
        return "One run each so far: too early to say what helps."
    unsure = sum(one.verdict not in ("helps", "hurts") for one in found)
    if unsure == len(found):
        return "No card surely helps or hurts so far: every range crosses zero."
    parts = []
    if helps := named("helps", found):
        parts.append(f"What helps most here: {', '.join(helps)}.")
    if hurts := named("hurts", reversed(found)):
        parts.append(f"What hurts: {', '.join(hurts)}.")
    if unsure:
        parts.append(
            f"Of {unsure} of the {len(found)} cards the model is not sure: what they do is too "
            "small here to tell from chance, or nothing."
        )
    return " ".join(parts)


def effect(one: Contribution, unit: str) -> str:
    """Return an effect with its interval and its unit: `+1.2 ± 0.4 points`."""
    if one.verdict == "no change":
        return "no change"
    half = (one.high - one.low) / 2
    text = _difference(one.mean, half, unit, signed=True)
    if isfinite(half):
        text += f" ± {_difference(half, half, unit)}"
    return f"{text} {effect_unit(unit)}".rstrip()


def _difference(value: float, half: float, unit: str, *, signed: bool = False) -> str:
    """Return a difference with the digits that its interval is worth."""
    if unit == "share" and half < 0.001:
        sign = "−" if value < 0 else "+" if signed and value > 0 else ""
        return f"{sign}{abs(100 * value):.2f}"
    return number(value, unit, signed=signed, like=value if signed else half)


def effect_unit(unit: str) -> str:
    """Return the unit of a difference in words."""
    return "points" if unit == "share" else unit_word(unit)


def whole_and_parts(whole: Contribution, found: Sequence[Contribution], unit: str) -> str:
    """Say what the whole programme adds beside the sum of its parts, and why they differ.

    Args:
        whole: of the whole programme.
        found: of every card.
        unit: of the measure.
    """
    total = fsum(one.mean for one in found)
    return (
        f"All cards together: {effect(whole, unit)}. The bars added up: "
        f"{number(total, unit, signed=True)}. The two need not agree. Two cards that "
        "do the same job stand in for each other: drop either, and little is lost. Two that need "
        "each other, such as wanting to change and being taught how, lose the same gain whichever "
        "of them goes, so it is counted twice."
    )
