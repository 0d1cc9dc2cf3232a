"""Tables, funnel and bars of the Explain page, for those who do not see the pictures too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from takeup.results.units import NOTHING
from takeup.view.explain.charts import RESIDENT_PARTS, STAFF_PARTS, stands, stops
from takeup.view.explain.contributions import Contribution
from takeup.view.explain.explained import Explained, FloatArray
from takeup.view.explain.residents import ABLE, AWARE, OFFERED, USING, WILLING
from takeup.view.explain.verdicts import CardNames, effect, worth_naming
from takeup.view.explain.words import STEP_TITLES
from takeup.view.say.charts import GHOST, PLAN

Cells = tuple[list[str], list[list[str]]]
"""Heads of columns, and rows of cells."""

_LONGER = {
    OFFERED: "what they needed was online",
    AWARE: "they knew that it is",
    ABLE: "they could do it online",
    WILLING: "they would rather do so",
    USING: "they did it online",
}


def funnel(plan: Explained, ghost: Explained, week: int) -> list[dict[str, Any]]:
    """Return the steps of everyone: `words`, and of 100 residents those of `plan` and `ghost`.

    Args:
        plan: of the setting.
        ghost: of its baseline.
        week: weeks of the run that are done.
    """
    shares, without = (100 * run.shares(week)[0] for run in (plan, ghost))
    return [
        {
            "words": _LONGER[step],
            "plan": round(float(shares[step]), 1),
            "ghost": round(float(without[step]), 1),
        }
        for step in STEP_TITLES
        if shares[step] == shares[step]
    ]


def residents_table(
    plan: Explained, ghost: Explained, week: int, rows: Sequence[tuple[str, str]]
) -> Cells:
    """Return where the residents of some groups stop, as `residents_chart` shows it."""
    pairs = ((PLAN, plan), (GHOST, ghost))
    return ["Group", "Run", *(part.name for part in RESIDENT_PARTS)], [
        _row(title, which, stops(run.shares(week))[run.groups.index(group)])
        for group, title in rows
        for which, run in pairs
    ]


def staff_table(plan: Explained, ghost: Explained, week: int, titles: Mapping[str, str]) -> Cells:
    """Return where the staff of every department stand, as `staff_chart` shows it."""
    pairs = ((PLAN, plan), (GHOST, ghost))
    return ["Department", "Run", *(part.name for part in STAFF_PARTS)], [
        _row(titles[key], which, stands(run.standings(week))[at])
        for at, key in enumerate(plan.departments)
        for which, run in pairs
    ]


def effects(
    shown: Sequence[Contribution], found: Sequence[Contribution], names: CardNames, unit: str
) -> list[dict[str, Any]]:
    """Return cards as the browser is told of them, each with its bar and its interval.

    Args:
        shown: in the order of the list.
        found: of every card: bars are drawn on one scale.
        names: of the cards.
        unit: of the measure, as `takeup.results.units` knows it.
    """
    ends = [0.0, *(end for one in found for end in (one.mean, one.low, one.high) if end == end)]
    lowest, highest = min(ends), max(ends)
    width = (highest - lowest) or 1.0
    worth = worth_naming(found)

    def place(a: float, b: float) -> list[float]:
        """Return left end and width, in per cent of what there is."""
        left = 100 * (min(a, b) - lowest) / width
        return [round(left, 2), round(100 * abs(b - a) / width, 2)]

    cards = []
    for one in shown:
        verdict = _VERDICTS[one.verdict]
        if one.verdict in ("helps", "hurts") and abs(one.mean) < worth:
            verdict += ", a little"
        cards.append(
            {
                "key": one.left_out,
                "look": one.verdict.replace(" ", "-"),
                "title": names.titles[one.left_out],
                "effect": effect(one, unit),
                "verdict": verdict,
                "cost": names.costs[one.left_out],
                "bar": place(0.0, one.mean),
                "zero": place(0.0, 0.0),
                "range": place(one.low, one.high) if one.low == one.low else None,
            }
        )
    return cards


_VERDICTS = {
    "helps": "helps",
    "hurts": "hurts",
    "not sure": "not sure",
    "too early": "too early to say",
    "no change": "",
}


def _row(title: str, which: str, shares: FloatArray) -> list[str]:
    return [title, which, *(NOTHING if s != s else f"{100 * s:.0f} %" for s in shares)]
