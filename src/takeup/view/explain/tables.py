"""Tables and the funnel of the Explain page as HTML: for those who do not see the pictures too."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape

from takeup.results.units import NOTHING
from takeup.view.charts import GHOST, PLAN
from takeup.view.explain.charts import RESIDENT_PARTS, STAFF_PARTS, stands, stops
from takeup.view.explain.contributions import Contribution
from takeup.view.explain.explained import Explained, FloatArray
from takeup.view.explain.residents import ABLE, AWARE, OFFERED, USING, WILLING
from takeup.view.explain.verdicts import CardNames, effect, worth_naming
from takeup.view.explain.words import STEP_TITLES

_LONGER = {
    OFFERED: "what they needed was online",
    AWARE: "they knew that it is",
    ABLE: "they could do it online",
    WILLING: "they would rather do so",
    USING: "they did it online",
}


def funnel(plan: Explained, ghost: Explained, week: int) -> str:
    """Return the steps of everyone as a list, each with its bar, the baseline's beside it.

    Args:
        plan: of the setting.
        ghost: of its baseline.
        week: weeks of the run that are done.
    """
    shares, without = 100 * plan.shares(week)[0], 100 * ghost.shares(week)[0]
    steps = []
    for step in STEP_TITLES:
        mine, other = shares[step], without[step]
        if mine != mine:
            continue
        steps.append(
            f'<li><span class="big">{mine:.0f}</span>'
            f'<span class="bar" aria-hidden="true"><i style="width:{mine:.1f}%"></i>'
            f'<b style="width:{other:.1f}%"></b></span>'
            f"<span>{_LONGER[step]}</span>"
            f'<span class="other">{GHOST.lower()}: {other:.0f}</span></li>'
        )
    return (
        f'<p class="lead">Of 100 residents who needed a service in the last year, with your plan …'
        f'</p><ol class="funnel">{"".join(steps)}</ol>'
    )


def residents_table(
    plan: Explained, ghost: Explained, week: int, rows: Sequence[tuple[str, str]]
) -> str:
    """Return where the residents of some groups stop, as `residents_chart` shows it."""
    pairs = ((PLAN, plan), (GHOST, ghost))
    return _shares_table(
        "Group",
        [part.name for part in RESIDENT_PARTS],
        (
            (title, which, stops(run.shares(week))[run.groups.index(group)])
            for group, title in rows
            for which, run in pairs
        ),
    )


def staff_table(plan: Explained, ghost: Explained, week: int, titles: Mapping[str, str]) -> str:
    """Return where the staff of every department stand, as `staff_chart` shows it."""
    pairs = ((PLAN, plan), (GHOST, ghost))
    return _shares_table(
        "Department",
        [part.name for part in STAFF_PARTS],
        (
            (titles[key], which, stands(run.standings(week))[at])
            for at, key in enumerate(plan.departments)
            for which, run in pairs
        ),
    )


def effects(
    shown: Sequence[Contribution], found: Sequence[Contribution], names: CardNames, unit: str
) -> str:
    """Return a list of cards, each with its bar and its interval.

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

    def place(a: float, b: float) -> str:
        left = 100 * (min(a, b) - lowest) / width
        return f"left:{left:.2f}%;width:{100 * abs(b - a) / width:.2f}%"

    rows = []
    for one in shown:
        verdict = _VERDICTS[one.verdict]
        if one.verdict in ("helps", "hurts") and abs(one.mean) < worth:
            verdict += ", a little"
        bar = f'<i style="{place(0.0, one.mean)}"></i><u style="{place(0.0, 0.0)}"></u>'
        if one.low == one.low:
            bar += f'<b style="{place(one.low, one.high)}"></b>'
        rows.append(
            f'<li class="{one.verdict.replace(" ", "-")}">'
            f'<span class="name">{escape(names.titles[one.left_out])}</span>'
            f'<span class="value">{effect(one, unit)}</span>'
            f'<span class="verdict">{verdict}</span>'
            f'<span class="cost">costs {escape(names.costs[one.left_out])}</span>'
            f'<span class="plot" aria-hidden="true">{bar}</span></li>'
        )
    return f'<ol class="effects">{"".join(rows)}</ol>'


_VERDICTS = {
    "helps": "helps",
    "hurts": "hurts",
    "not sure": "not sure",
    "too early": "too early to say",
    "no change": "",
}


def _shares_table(
    what: str, columns: Sequence[str], rows: Iterable[tuple[str, str, FloatArray]]
) -> str:
    head = "".join(f'<th scope="col">{escape(title)}</th>' for title in (what, "Run", *columns))
    body = "".join(
        f'<tr><th scope="row">{escape(title)}</th><td>{which}</td>'
        + "".join(
            f"<td>{NOTHING if share != share else f'{100 * share:.0f} %'}</td>" for share in shares
        )
        + "</tr>"
        for title, which, shares in rows
    )
    return f'<div class="scroll" tabindex="0"><table><tr>{head}</tr>{body}</table></div>'
