"""Plans against a baseline, replicate by replicate.

Replicate r of every scenario runs on the same residents, needs and random numbers, so the
difference of two scenarios is taken within a replicate, where most of the noise cancels, and only
then averaged.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import xarray as xr

from takeup.analysis.intervals import LEVEL, FloatArray, mean_interval, share_interval
from takeup.analysis.layout import as_dataset, labels, laid_out
from takeup.analysis.money import Money, money_of
from takeup.analysis.verdicts import Change, verdict_of
from takeup.arguments import near, texts, told, whole
from takeup.errors import InputError
from takeup.results.dataset import discount_rate
from takeup.results.levels import HORIZON_WEEKS, mean_without_nan
from takeup.results.summary import ENDS, at_horizon, quantiles_without_nan
from takeup.results.units import NOTHING, is_share, number, unit_beside

FEW = 8
"""With fewer replicates than this, verdicts are rough, and a reader is told so."""


@dataclass(frozen=True)
class Comparison:
    """Plans against a baseline, for one group; prints as a table.

    Attributes:
        baseline: name of the baseline.
        plans: names of the plans.
        group: the group compared.
        replicates: number of paired replicates.
        window: weeks at the end of the run whose mean is the level at the horizon.
        paired: whether all scenarios ran on the same residents, needs and random numbers; if not,
            no noise cancels.
        horizon: dimensions (plan, kpi). `baseline` and `with_plan` are means over replicates,
            `difference` is plan minus baseline with its interval `low`, `high`; `band_low` and
            `band_high` are the 5 and 95 % quantiles of the difference over replicates;
            `chance_better` is the share of replicates in which the plan is better, ties half, with
            its interval `chance_low`, `chance_high` (NaN where neither direction is better).
            Coordinates `title`, `unit`, `better` by kpi.
        over_time: dimensions (plan, kpi, week): `difference`, `low`, `high`; coordinate `date`, if
            the results have it.
        money: by plan; empty if the results have no costs of the group, or not from week 0.
        currency: ISO 4217 code; empty if the results do not tell it.
    """

    baseline: str
    plans: tuple[str, ...]
    group: str
    replicates: int
    window: int
    paired: bool
    horizon: xr.Dataset
    over_time: xr.Dataset
    money: dict[str, Money]
    currency: str

    def verdict(self, plan: str, kpi: str) -> str:
        """Return `better`, `worse`, `no change` or `unclear`: whether the interval leaves out zero.

        `no change` if difference and spread are zero with the digits that tables show. Empty for
        KPIs that are neither good nor bad, and with a single replicate (no interval).

        Raises:
            InputError: the comparison has no such plan or KPI.
        """
        _check_in(plan, self.plans)
        _check_in(kpi, self.horizon["kpi"].values.tolist())
        cell = self.horizon.sel(plan=plan, kpi=kpi)
        change = Change(
            *(float(cell[name]) for name in ("difference", "low", "high", "band_low", "band_high"))
        )
        return verdict_of(change, str(cell["unit"].item()), int(cell["better"]))

    def table(self) -> str:
        """Return the comparison as plain text, at most 100 columns wide."""
        lines = [self.heading()]
        for plan in self.plans:
            lines += ["", f"{plan} against {self.baseline}"]
            lines.append(
                f"  {'':<43}{'baseline':>10}{'plan':>10}{'difference':>12}  {'± 90 %':<9}better"
            )
            for kpi in self.horizon["kpi"].values:
                cell = self.horizon.sel(plan=plan, kpi=kpi)
                unit = str(cell["unit"].item())
                half = (float(cell["high"]) - float(cell["low"])) / 2
                chance = float(cell["chance_better"])
                title = str(cell["title"].item())
                word = unit_beside(title, unit)
                title = f"{title} ({word})" if is_share(unit) else f"{title}, {word}"
                lines.append(
                    f"  {title.removesuffix(', '):<43.43}"
                    f"{number(float(cell['baseline']), unit):>10}"
                    f"{number(float(cell['with_plan']), unit):>10}"
                    f"{number(float(cell['difference']), unit, signed=True):>12}"
                    f"  {number(half, unit, like=float(cell['difference'])):<9}"
                    f"{NOTHING if np.isnan(chance) else f'{chance:.0%}'.replace('%', ' %')}"
                )
            if plan in self.money:
                lines.append(f"  {self.money_line(plan)}")
        return "\n".join(line.rstrip() for line in lines)

    def heading(self) -> str:
        """Say in one or two lines what the numbers are."""
        paired = "paired " if self.paired else ""
        text = (
            f"Level at the horizon: mean of the last {self.window} weeks, "
            f"over {self.replicates} {paired}replicate{'s' * (self.replicates != 1)};\n"
            "of rates per year the mean of the last 52 weeks."
        )
        if self.replicates == 1:
            text += "\nOne replicate only: no intervals, and no chances worth the name."
        elif self.replicates < FEW:
            text += f" Few runs (under {FEW}): verdicts are rough."
        if not self.paired:
            text += (
                "\nThe scenarios differ in what shapes residents or needs: noise does not cancel."
            )
        return text

    def money_line(self, plan: str) -> str:
        """Say in a few lines what the plan costs, saves, and when it has paid back.

        Raises:
            InputError: the comparison has no such plan, or no money of it.
        """
        _check_in(plan, self.plans)
        if plan not in self.money:
            raise InputError(f"the comparison knows no costs of {told(plan)}")
        money = self.money[plan]

        def net(mean: float, low: float, high: float) -> str:
            half = (high - low) / 2
            within = f" ± {number(half, self.currency, like=mean)}" if np.isfinite(half) else ""
            return number(mean, self.currency, signed=True) + within

        lines = [
            f"Whole run, {self.currency}: service cost saved {number(money.saved, self.currency)}, "
            f"programme cost added {number(money.added, self.currency)},",
            f"  net savings {net(money.net, money.low, money.high)}; "
            f"discounted at {100 * money.rate:g} % a year "
            f"{net(money.net_discounted, money.discounted_low, money.discounted_high)}:",
            f"  {money.payback()}",
        ]
        if self.replicates > 1 and money.discounted.any():
            lines.append(f"  single runs: {money.payback_of_runs()}")
        return "\n".join(lines)

    def in_short(self, plan: str) -> str:
        """Say in one line what a plan changes: take-up, staff, cost and net savings.

        Raises:
            InputError: the comparison has no such plan.
        """
        _check_in(plan, self.plans)
        parts = []
        for kpi, words in (
            ("digital_take_up", "take-up"),
            ("staff_adoption", "staff"),
            ("cost_per_transaction", "cost"),
        ):
            if kpi in self.horizon["kpi"].values:
                cell = self.horizon.sel(plan=plan, kpi=kpi)
                unit = str(cell["unit"].item())
                sure = "" if self.verdict(plan, kpi) in ("better", "worse") else "?"
                text = number(float(cell["difference"]), unit, signed=True)
                parts.append(f"{words} {text}{sure}")
        if plan in self.money:
            money = self.money[plan]
            sure = "" if money.discounted_low > 0 or money.discounted_high < 0 else "?"
            net = number(money.net_discounted, self.currency, signed=True)
            parts.append(f"net savings {net}{sure}")
        return f"{plan}: {', '.join(parts)}"

    def summary(self) -> dict[str, Any]:
        """Return what `summary.json` holds of the comparison, by plan; None where no value is."""

        def plain(value: Any) -> float | None:
            return float(value) if np.isfinite(value) else None

        plans: dict[str, Any] = {}
        for plan in self.plans:
            kpis: dict[str, Any] = {}
            for kpi in map(str, self.horizon["kpi"].values):
                cell = self.horizon.sel(plan=plan, kpi=kpi)
                kpis[kpi] = {
                    "unit": str(cell["unit"].item()),
                    "baseline": plain(cell["baseline"]),
                    "plan": plain(cell["with_plan"]),
                    "difference": plain(cell["difference"]),
                    "interval of the mean": [plain(cell["low"]), plain(cell["high"])],
                    "90 % of runs": [plain(cell["band_low"]), plain(cell["band_high"])],
                    "chance better": plain(cell["chance_better"]),
                    "verdict": self.verdict(plan, kpi) or None,
                }
            plans[plan] = {"kpis": kpis}
            if plan in self.money:
                money = self.money[plan]
                chance, low, high = money.payback_chance()
                plans[plan]["money"] = {
                    "currency": self.currency,
                    "service cost saved": plain(money.saved),
                    "programme cost added": plain(money.added),
                    "net savings": plain(money.net),
                    "interval of the mean": [plain(money.low), plain(money.high)],
                    "discount rate": money.rate,
                    "discounted net savings": plain(money.net_discounted),
                    "interval of the discounted mean": [
                        plain(money.discounted_low),
                        plain(money.discounted_high),
                    ],
                    "payback week": money.payback_week if money.discounted_low > 0 else None,
                    "share of runs that pay back": plain(chance),
                    "interval of that share": [plain(low), plain(high)],
                    "weeks by which runs have paid back": money.payback_by(),
                    "verdict": money.payback(),
                }
        return {"baseline": self.baseline, "interval": LEVEL, "plans": plans}

    def __str__(self) -> str:
        return self.table()


def _check_in(name: object, known: Sequence[str]) -> None:
    if name not in known:
        raise InputError(f"there is no {told(name)} in the comparison{near(name, known)}")


def compare(
    results: xr.Dataset | xr.DataArray,
    baseline: str | None = None,
    plans: str | Sequence[str] | None = None,
    *,
    group: str | None = None,
    window: int = HORIZON_WEEKS,
) -> Comparison:
    """Compare plans with a baseline, paired by replicate.

    Args:
        results: of several scenarios, as `takeup.simulate` or `takeup.open_results` returns them,
            dimensions (scenario, replicate, week, group); or a selection of them, in any order: a
            single replicate, week or group, some of the weeks without a gap, some KPIs or one.
        baseline: name of the baseline; left out: the first scenario.
        plans: names of the plans, or a single one; left out: all other scenarios.
        group: the group to compare, such as `age:75+`; left out: all, or the only one there is.
        window: weeks at the end of the run whose mean is the level at the horizon, 1 or more.

    Returns:
        The comparison; its money is there only if the results begin with week 0.

    Raises:
        InputError: a name or the group is not in the results, something is missing in them, or
            there is nothing to compare.
    """
    dataset = as_dataset(results)
    names, groups = labels(dataset, "scenario"), labels(dataset, "group")
    baseline = names[0] if baseline is None else baseline
    chosen = [name for name in names if name != baseline]
    if plans is not None:
        chosen = list(dict.fromkeys(texts("plans", plans, "names of scenarios")))
    if group is None:
        group = groups[0] if len(groups) == 1 else "all"
    problems = [
        f"no {what} {told(name)} in the results{near(name, known)}"
        for what, known, wanted in (
            ("scenario", names, (baseline, *(name for name in chosen if name != baseline))),
            ("group", groups, (group,)),
        )
        for name in wanted
        if name not in known
    ]
    if not chosen:
        problems.append(
            "nothing to compare: give at least one plan beside the baseline, as in "
            "takeup.simulate([baseline, plan])"
        )
    try:
        window = whole("window", window, 1, 100_000)
    except InputError as error:
        problems += error.problems
    if problems:
        raise InputError(problems)

    part = laid_out(dataset, group)
    window = min(window, part.sizes["week"])
    kpis = [str(name) for name in part.data_vars]
    at = {name: names.index(name) for name in (baseline, *chosen)}
    worlds = np.broadcast_to(part["world"].values, len(names))
    money = {}
    if {"service_cost", "programme_cost"} <= set(kpis) and part["week"].values[0] == 0:
        if "currency" not in dataset.attrs:
            raise InputError(
                "results: have costs and no attribute `currency` (nor `discount_rate`, perhaps); "
                "keep attributes, as with xarray.set_options(keep_attrs=True)"
            )
        rate = discount_rate(dataset)
        money = {plan: money_of(part, at[baseline], at[plan], rate) for plan in chosen}
    return Comparison(
        baseline=baseline,
        plans=tuple(chosen),
        group=group,
        replicates=part.sizes["replicate"],
        window=window,
        paired=len({worlds[index] for index in at.values()}) == 1,
        horizon=_horizon(part, kpis, at, baseline, chosen, window),
        over_time=_over_time(part, kpis, at, baseline, chosen),
        money={plan: found for plan, found in money.items() if found is not None},
        currency=str(dataset.attrs.get("currency", "")),
    )


def _horizon(
    part: xr.Dataset,
    kpis: list[str],
    at: dict[str, int],
    baseline: str,
    plans: list[str],
    window: int,
) -> xr.Dataset:
    levels = at_horizon(part, window)
    by_kpi = np.stack([levels[kpi].values for kpi in kpis], axis=-1)  # scenario, replicate, kpi
    better = np.array([part[kpi].attrs["better"] for kpi in kpis])
    columns: dict[str, list[FloatArray]] = {}
    for plan in plans:
        before, after = by_kpi[at[baseline]], by_kpi[at[plan]]
        difference = after - before
        mean, low, high = mean_interval(difference, LEVEL)
        band_low, band_high = quantiles_without_nan(difference, ENDS)
        trials = np.isfinite(difference).sum(axis=0).astype(float)
        wins = (difference * better > 0).sum(axis=0) + 0.5 * (difference == 0).sum(axis=0)
        chance = np.full(len(kpis), np.nan)
        judged = (better != 0) & (trials > 0)
        chance[judged] = wins[judged] / trials[judged]
        chance_low, chance_high = share_interval(wins, np.where(judged, trials, 0.0), LEVEL)
        for name, column in {
            "baseline": mean_without_nan(before, 0),
            "with_plan": mean_without_nan(after, 0),
            "difference": mean,
            "low": low,
            "high": high,
            "band_low": band_low,
            "band_high": band_high,
            "chance_better": chance,
            "chance_low": chance_low,
            "chance_high": chance_high,
        }.items():
            columns.setdefault(name, []).append(column)
    return xr.Dataset(
        {name: (("plan", "kpi"), np.stack(column)) for name, column in columns.items()},
        coords={"plan": np.array(plans, dtype=object), **_about(part, kpis)},
    )


def _over_time(
    part: xr.Dataset, kpis: list[str], at: dict[str, int], baseline: str, plans: list[str]
) -> xr.Dataset:
    columns: dict[str, list[list[FloatArray]]] = {"difference": [], "low": [], "high": []}
    for plan in plans:
        series: dict[str, list[FloatArray]] = {name: [] for name in columns}
        for kpi in kpis:
            values = part[kpi].values
            difference = values[at[plan]] - values[at[baseline]]
            for name, column in zip(columns, mean_interval(difference, LEVEL), strict=True):
                series[name].append(column)
        for name in columns:
            columns[name].append(series[name])
    return xr.Dataset(
        {name: (("plan", "kpi", "week"), np.array(column)) for name, column in columns.items()},
        coords={
            "plan": np.array(plans, dtype=object),
            **_about(part, kpis),
            **{name: part[name] for name in ("week", "date") if name in part.coords},
        },
    )


def _about(part: xr.Dataset, kpis: list[str]) -> dict[str, object]:
    def column(attribute: str) -> tuple[str, npt.NDArray[np.object_]]:
        return "kpi", np.array([part[kpi].attrs[attribute] for kpi in kpis], dtype=object)

    return {
        "kpi": np.array(kpis, dtype=object),
        "title": column("long_name"),
        "unit": column("units"),
        "better": ("kpi", np.array([part[kpi].attrs["better"] for kpi in kpis])),
    }
