"""What the Play page says of an answer: tiles, goals and series, all beside the baseline."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from takeup.analysis.calendar import as_it_was, calendar_of
from takeup.analysis.goals import Verdict, judge
from takeup.analysis.money import net_savings, worth
from takeup.analysis.verdicts import change_of, verdict_of
from takeup.kpis import BY_NAME
from takeup.results.dataset import discount_rate, group_words, marks_of, service_names
from takeup.results.info import Mark
from takeup.results.levels import HORIZON_WEEKS, mean_without_nan
from takeup.results.units import NOTHING, is_share, number, percent, shows, unit_word
from takeup.scenario.schema.scenario import Scenario
from takeup.view.answers.answers import Answer

FloatArray = npt.NDArray[np.float64]

NET_SAVINGS = "net_savings"
"""What the plan has saved so far, less what it has cost; not a KPI of one run but of a pair."""


class TileWords(NamedTuple):
    """What a tile says of its number: a short title, one sentence, and what it is a share of."""

    title: str
    meaning: str
    of: str = ""


TILES: dict[str, TileWords] = {
    "digital_take_up": TileWords(
        "Digital take-up",
        "Transactions that were made online, of all transactions. Most people use some service "
        "online in a year, and still phone for others, so this is far below their share.",
        "of transactions",
    ),
    "staff_adoption": TileWords(
        "Staff working the new way", "Of all staff who handle these services.", "of staff"
    ),
    "user_satisfaction": TileWords(
        "Satisfaction", "How residents found their contacts, in all channels, from 0 to 100 %."
    ),
    "inclusion_gap_age": TileWords(
        "Gap between young and old",
        "Online users among residents with a need: per cent of those aged 25–44 minus per cent of "
        "those aged 65 and over.",
        "points",
    ),
    "cost_per_transaction": TileWords(
        "Cost per transaction",
        "What the council really spends on a case; falls only when staff time is released.",
    ),
    NET_SAVINGS: TileWords(
        "Net savings",
        "Service cost saved minus cost of the programme, added up over all weeks, discounted.",
    ),
}
"""What the tiles show, in their order."""

GAPS = ("inclusion_gap_age", "inclusion_gap_access")
"""KPIs that are differences of shares, in points."""


SIGNS = {"GBP": "£", "EUR": "€", "USD": "$"}
"""What people write for a currency; others by their code."""


@dataclass(frozen=True)
class Tile:
    """One number at the end of the run, beside the baseline's.

    Attributes:
        kpi: name of the KPI, or `NET_SAVINGS`.
        title: short, for people.
        meaning: one sentence.
        unit: unit of value and change.
        value: mean over the runs.
        change: value minus the baseline's, run by run, mean.
        low: lower end of what 9 of 10 runs change by; NaN with one run.
        high: upper end, likewise.
        verdict: `better`, `worse`, `no change`, `unclear`; empty with one run.
        of: what the value is a share of; empty if it is none.
    """

    kpi: str
    title: str
    meaning: str
    unit: str
    value: float
    change: float
    low: float
    high: float
    verdict: str
    of: str = ""

    @property
    def shown(self) -> str:
        """The value with its unit."""
        return value_in_words(self.kpi, self.value, self.unit)

    @property
    def change_shown(self) -> str:
        """The change with its sign; of shares in points."""
        text = number(self.change, self.unit, signed=True)
        return f"{text} points" if is_share(self.unit) else with_unit(text, self.unit)

    @property
    def arrow(self) -> str:
        """Which way the value moved against the baseline: ▲, ▼, or = if nothing shows."""
        text = number(self.change, self.unit, signed=True)
        return {"+": "▲", "−": "▼"}.get(text[0], "=")

    @property
    def range_shown(self) -> str:
        """What 9 of 10 runs change by; empty with one run."""
        if not np.isfinite([self.low, self.high]).all():
            return ""
        like = max(abs(self.low), abs(self.high))
        low, high = (
            number(end, self.unit, signed=True, like=like) for end in (self.low, self.high)
        )
        return f"{low} to {high}"


@dataclass(frozen=True, eq=False)
class Outcome:
    """Everything that a page shows of an answer; computed when first asked for.

    Two are equal only if they are the same, so that no page compares arrays to see what is new.
    """

    answer: Answer

    @cached_property
    def tiles(self) -> tuple[Tile, ...]:
        """The tiles, in the order of `TILES`; those that have no value here are left out."""
        made = (self._tile(kpi) for kpi in TILES)
        return tuple(tile for tile in made if tile is not None)

    @cached_property
    def verdicts(self) -> tuple[Verdict, ...]:
        """How the plan does on its goals, with the titles that tiles have."""
        return tuple(
            replace(v, title=TILES[v.goal.kpi].title if v.goal.kpi in TILES else v.title)
            for v in judge(self.answer.dataset)
            if v.scenario == self.answer.plan.name
        )

    @cached_property
    def marks(self) -> tuple[Mark, ...]:
        """What happens when with the plan, go-lives as they turned out."""
        dataset, opened, plan = self.answer.dataset, self.answer.opened, self.answer.plan
        if opened is None:
            return calendar_of(dataset).get(plan.name, ())
        weeks = {
            service: [None if np.isnan(week) else int(week) for week in column]
            for service, column in zip(plan.services, opened.T, strict=True)
        }
        return as_it_was(marks_of(dataset).get(plan.name, ()), service_names(dataset), weeks)

    @cached_property
    def days(self) -> npt.NDArray[np.datetime64]:
        """The Monday of every week, (weeks,)."""
        days: npt.NDArray[np.datetime64] = self.answer.dataset["date"].values
        return days

    @property
    def last_day(self) -> date:
        """The Monday of the last week."""
        return date.fromisoformat(str(self.days[-1].astype("datetime64[D]")))

    def _tile(self, kpi: str) -> Tile | None:
        # As `takeup.compare` has it, which takes ten times as long; a test holds the two together.
        plan, baseline = (at_the_end(kpi, series) for series in self.series(kpi))
        if not np.isfinite(plan - baseline).any():
            return None
        change = change_of(plan - baseline)
        several = self.answer.done > 1
        unit = self.unit(kpi)
        return Tile(
            kpi,
            TILES[kpi].title,
            TILES[kpi].meaning,
            unit=unit,
            value=float(mean_without_nan(plan, 0)),
            change=change.mean,
            low=change.band_low if several else float("nan"),
            high=change.band_high if several else float("nan"),
            verdict=verdict_of(change, unit, better(kpi)),
            of=TILES[kpi].of,
        )

    def ends(self, kpi: str) -> FloatArray:
        """Return where a KPI ends with the plan, as tiles have it, (runs,)."""
        return at_the_end(kpi, self.series(kpi)[0])

    def series(self, kpi: str, group: str = "all") -> tuple[FloatArray, FloatArray]:
        """Return a KPI week by week with the plan and in the baseline, each (runs, weeks)."""
        if kpi == NET_SAVINGS:
            net = self._net_savings
            return net, np.zeros_like(net)
        dataset = self.answer.dataset
        at = int(dataset.get_index("group").get_loc(group))
        values = dataset[kpi].values[..., at]
        return values[self._at(self.answer.plan)], values[self._at(self.answer.baseline)]

    @cached_property
    def _net_savings(self) -> FloatArray:
        """Money saved up to and with each week, discounted, (runs, weeks)."""
        service, programme = self.series("service_cost"), self.series("programme_cost")
        plan, baseline = (service[which] + programme[which] for which in (0, 1))
        rate = discount_rate(self.answer.dataset)
        return net_savings(baseline, plan, worth(np.arange(plan.shape[1]), rate))

    def _at(self, scenario: Scenario) -> int:
        return int(self.answer.dataset.get_index("scenario").get_loc(scenario.name))

    def title(self, kpi: str, group: str = "all") -> str:
        """Return what a chart of a KPI is called."""
        title = TILES[kpi].title if kpi in TILES else BY_NAME[kpi].title
        return title if group == "all" else f"{title} ({group_words(self.answer.dataset, group)})"

    def unit(self, kpi: str) -> str:
        """Return the unit of a KPI; a currency is its code."""
        dataset = self.answer.dataset
        if kpi == NET_SAVINGS:
            return str(dataset.attrs["currency"])
        return str(dataset[kpi].attrs["units"])


def better(kpi: str) -> int:
    """Return 1 if more of a KPI is better, −1 if less is, 0 if neither."""
    return 1 if kpi == NET_SAVINGS else BY_NAME[kpi].better


def at_the_end(kpi: str, series: FloatArray) -> FloatArray:
    """Return where a KPI ends in every run, (runs,), from its weeks, (runs, weeks)."""
    if kpi == NET_SAVINGS:  # a sum, of which the last week is what counts
        return series[:, -1]
    return mean_without_nan(series[:, -HORIZON_WEEKS:], 1)


def difference(kpi: str, unit: str, change: FloatArray) -> tuple[str, str]:
    """Return in words by how much something ends above something else, and the verdict on it.

    Args:
        kpi: of what.
        unit: its unit.
        change: the one less the other, run by run, (runs,).
    """
    found = change_of(change)
    verdict = verdict_of(found, unit, better(kpi))
    if verdict == "no change":
        return "no difference", verdict
    text = number(found.mean, unit, signed=True)
    if verdict != "unclear" and not shows(text):
        return "hardly any", "no change"  # sure, and too small to be written
    return f"{text} points" if is_share(unit) else with_unit(text, unit), verdict


def value_in_words(kpi: str, value: float, unit: str) -> str:
    """Return the value of a KPI with its unit."""
    text = number(value, unit)
    return f"{text} points" if kpi in GAPS and text != NOTHING else with_unit(text, unit)


def goal_said(verdict: Verdict) -> str:
    """Return a goal in words, without its date."""
    words = verdict.words()
    return words.replace(" %", " points") if verdict.goal.kpi in GAPS else words


def with_unit(text: str, unit: str) -> str:
    """Return a number as people write it: per cent after it, money with its code before it."""
    if text == NOTHING:
        return text
    if unit.isupper():  # a currency stands before the number
        sign = text[0] if text[0] in "+−" else ""
        return f"{sign}{SIGNS.get(unit, unit + ' ')}{text.removeprefix(sign)}"
    return f"{text} {unit_word(unit)}".rstrip()


def money(value: float, currency: str) -> str:
    """Return an amount with its currency."""
    return with_unit(number(value, currency), currency)


def chance_words(verdict: Verdict, runs: int) -> str:
    """Say how sure a goal is: in how many of the runs it is met."""
    if not np.isfinite(verdict.chance):
        return "due after the end of the run"
    met = round(verdict.chance * runs)
    if runs == 1:
        return "met in the first run" if met else "missed in the first run"
    return f"met in {met} of {runs} runs ({percent(verdict.chance)} %)"


def level_words(verdict: Verdict) -> str:
    """Say where the plan stands when a goal is due."""
    return value_in_words(verdict.goal.kpi, verdict.level, verdict.unit)
