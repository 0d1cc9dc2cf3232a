"""What each intervention contributes: the setting without it, replicate by replicate.

Replicates run on the same residents, needs and random numbers with and without it, so the
difference is taken within a replicate, where most of the noise cancels, and then averaged.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from takeup.analysis.intervals import LEVEL, mean_interval
from takeup.analysis.money import worth
from takeup.kpis import BY_NAME, KPI_NAMES, YEAR
from takeup.results.levels import HORIZON_WEEKS, mean_without_nan
from takeup.results.summary import is_yearly
from takeup.results.units import number, shows
from takeup.runs.replicate import run
from takeup.scenario.schema.case import Case
from takeup.scenario.schema.scenario import Scenario
from takeup.view.answers.outcome import NET_SAVINGS, better

FloatArray = npt.NDArray[np.float64]

WHOLE, NOTHING = "the whole programme", "nothing"
"""What is left out of a setting: an intervention by its id, or one of these. NOTHING is the setting
itself, WHOLE leaves its baseline. Ids have no spaces, so none is called so."""

MEASURES: tuple[str, ...] = (*KPI_NAMES, NET_SAVINGS)
"""Net savings are less spent on services and programme together, over the whole run and discounted:
the difference between two runs is what the one saves on the other."""

MEASURED = {
    "digital_take_up": "Digital take-up (share of transactions made online)",
    "adoption_in_need": "Residents with a need who use a service online",
    "inclusion_gap_age": "Gap between young and old (smaller is better)",
    "inclusion_gap_access": "Gap between those with and without access (smaller is better)",
    "staff_adoption": "Staff who work the new way",
    "user_satisfaction": "Satisfaction of residents",
    "trust": "Trust in the council",
    "avoidable_contact": "Avoidable contact (less is better)",
    "processing_time": "Weeks until a case is decided (fewer are better)",
    "cost_per_transaction": "Cost per transaction (less is better)",
    NET_SAVINGS: "Net savings over the whole run",
}
"""Those of MEASURES that cards can be judged by, and what the page calls them."""

Key = tuple[str, int]
Results = Mapping[Key, FloatArray]
"""Levels of MEASURES at the horizon, of every (what is left out, replicate) that has run."""

Verdict = Literal["helps", "hurts", "not sure", "no change", "too early"]


@dataclass(frozen=True)
class Contribution:
    """What a KPI at the horizon owes to one intervention at this setting.

    Attributes:
        left_out: id of the intervention, or WHOLE.
        mean: KPI with it minus KPI without it, mean over replicates; NaN before there is one.
        low: lower end of its 90 % interval; NaN before there are two replicates.
        high: upper end.
        verdict: whether the interval leaves out zero, and on which side.
    """

    left_out: str
    mean: float
    low: float
    high: float
    verdict: Verdict


def without(scenario: Scenario, card: str) -> Scenario:
    """Return a scenario with one of its interventions switched off."""
    off = scenario.programme[card].model_copy(update={"enabled": False})
    return scenario.model_copy(update={"programme": {**scenario.programme, card: off}})


def cards_on(scenario: Scenario) -> tuple[str, ...]:
    """Return the ids of interventions that do something within the run, in their order."""
    active = []
    for card, item in scenario.programme.items():
        first, after = scenario.weeks_of(item)
        if item.enabled and first < after:
            active.append(card)
    return tuple(active)


def leave_one_out(
    plan: Scenario, baseline: Scenario, replicates: int
) -> dict[Key, tuple[Scenario, int]]:
    """Return the runs that tell what each intervention contributes, replicate after replicate.

    Args:
        plan: the setting.
        baseline: the same without any programme.
        replicates: number of replicates.

    Returns:
        Arguments of `levels`, by (what is left out, replicate).
    """
    left = {
        NOTHING: plan,
        WHOLE: baseline,
        **{card: without(plan, card) for card in cards_on(plan)},
    }
    return {
        (name, replicate): (scenario, replicate)
        for replicate in range(replicates)
        for name, scenario in left.items()
    }


def levels(scenario: Scenario, replicate: int) -> FloatArray:
    """Run one replicate and return the levels of MEASURES at the horizon for the place, (…,)."""
    values = run(Case.of(scenario, replicate), ("all",)).values
    found = [
        mean_without_nan(
            values[kpi][-(YEAR if is_yearly(BY_NAME[kpi].unit) else HORIZON_WEEKS) :, 0], 0
        )
        for kpi in KPI_NAMES
    ]
    spent = values["service_cost"][:, 0] + values["programme_cost"][:, 0]
    present = spent * worth(np.arange(len(spent)), scenario.run.discount_rate)
    return np.array([*found, -present.sum()])


def contribution(results: Results, left_out: str, kpi: str) -> Contribution:
    """Return what a measure owes to what is left out, from the replicates that have run so far."""
    at = MEASURES.index(kpi)
    differences = [
        float(results[NOTHING, replicate][at] - found[at])
        for (name, replicate), found in results.items()
        if name == left_out and (NOTHING, replicate) in results
    ]
    mean, low, high = (float(x) for x in mean_interval(np.array(differences, dtype=float), LEVEL))
    return Contribution(left_out, mean, low, high, _verdict(differences, low, high, kpi))


def _verdict(differences: Sequence[float], low: float, high: float, kpi: str) -> Verdict:
    if not np.isfinite(low):
        return "too early"
    unit = "currency" if kpi == NET_SAVINGS else BY_NAME[kpi].unit
    if not any(shows(number(end, unit)) for end in (low, high)):
        return "no change"  # that anyone could see
    if low <= 0.0 <= high:
        return "not sure"
    return "helps" if (low > 0.0) == (better(kpi) > 0) else "hurts"


def contributions(results: Results, cards: Sequence[str], kpi: str) -> tuple[Contribution, ...]:
    """Return what a KPI owes to each intervention, the most helpful first."""
    found = [contribution(results, card, kpi) for card in cards]
    known = [one for one in found if np.isfinite(one.mean)]
    return tuple(sorted(known, key=lambda one: -better(kpi) * one.mean))


def replicates_done(results: Results, cards: Sequence[str]) -> int:
    """Return in how many replicates every run has ended."""
    wanted = {NOTHING, WHOLE, *cards}
    done: dict[int, set[str]] = {}
    for name, replicate in results:
        done.setdefault(replicate, set()).add(name)
    return sum(wanted <= names for names in done.values())


def unit_of(kpi: str, currency: str) -> str:
    """Return the unit of a measure, as `takeup.results.units` knows it."""
    unit = "currency" if kpi == NET_SAVINGS else BY_NAME[kpi].unit
    return currency if unit == "currency" else unit
