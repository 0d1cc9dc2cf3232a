"""Which inputs move the KPIs: Sobol' indices and Morris' elementary effects, computed by SALib."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import pandas as pd

from takeup.analysis.intervals import LEVEL
from takeup.analysis.points import FloatArray, PointMeans
from takeup.errors import InputError

Method = Literal["sobol", "morris"]

Indices = Callable[[FloatArray], dict[str, FloatArray]]
"""From the values of a KPI at all points to measures by input."""

MEASURES: Mapping[Method, tuple[str, ...]] = {
    "sobol": ("ST", "ST_half", "S1", "S1_half"),
    "morris": ("mu_star", "mu_star_half", "mu", "sigma"),
}
"""Columns of a table of indices, the one that ranks first; `_half` is half its 90 % interval."""

HARDLY = 0.05
"""An input hardly matters if its total index, or its share of the largest effect, is below this."""

ROUGH = 0.1
"""Sobol' indices whose interval is wider than this on either side are called rough."""

DROWNED = 0.5
"""A KPI whose variance between points is chance by more than this is not ranked in words."""

SEED = 1
"""Of the resampling behind intervals, so that the same sweep always gets the same interval."""


@dataclass(frozen=True)
class Sensitivity:
    """How much every varied input moves every KPI.

    Attributes:
        method: `sobol` or `morris`.
        points: points of the design.
        replicates: runs of every point.
        table: columns `kpi`, `parameter`, the measures of the method, and `rank` (1 moves the KPI
            most); sorted by KPI and rank. Sobol' indices are shares of the variance between points;
            Morris' effects are in the unit of the KPI, over the whole range of the input.
        weekly: the same week by week, with a column `week`; empty if weeks were not recorded. KPIs
            that all points agree on in a week have no row for it.
        noise: by KPI, the share of the variance that is chance (see `PointMeans`).
        left_out: KPIs without indices, and why.
    """

    method: Method
    points: int
    replicates: int
    table: pd.DataFrame
    weekly: pd.DataFrame
    noise: Mapping[str, float]
    left_out: Mapping[str, str] = field(default_factory=dict)

    @property
    def measure(self) -> str:
        """The measure that ranks: total index, or mean absolute effect."""
        return MEASURES[self.method][0]

    @property
    def kpis(self) -> tuple[str, ...]:
        """The KPIs that have indices."""
        return tuple(str(name) for name in pd.unique(self.table["kpi"]))

    @property
    def clear(self) -> tuple[str, ...]:
        """The KPIs that what was varied moves by more than chance does."""
        return tuple(kpi for kpi in self.kpis if not self.noise.get(kpi, 0.0) > DROWNED)

    def of(self, kpi: str) -> pd.DataFrame:
        """Return the ranked inputs of a KPI, indexed by parameter."""
        return self.table[self.table["kpi"] == kpi].drop(columns="kpi").set_index("parameter")

    def weight(self, kpis: Sequence[str] | None = None) -> pd.DataFrame:
        """Return how much inputs (rows) matter for KPIs (columns), comparable across KPIs.

        Total indices as they are; Morris' effects as shares of the KPI's largest. Inputs that
        matter most on average come first.
        """
        wide = self.table.pivot_table(index="parameter", columns="kpi", values=self.measure)
        wide = wide[list(kpis or self.kpis)]
        if self.method == "morris":
            wide = wide / wide.max(axis=0)
        order = wide.mean(axis=1).sort_values(ascending=False, kind="stable").index
        return wide.loc[order]


def sensitivity(
    method: Method,
    problem: Mapping[str, Any],
    design: pd.DataFrame,
    outcomes: PointMeans,
    weekly: Mapping[int, pd.DataFrame] | None = None,
    *,
    levels: int = 4,
) -> Sensitivity:
    """Work out the indices of every KPI, and of every KPI week by week.

    Args:
        method: how the design was sampled.
        problem: SALib's description of the inputs: `num_vars`, `names`, `bounds`.
        design: what SALib sampled, one row a point in its order, one column an input: the positions
            in the inputs' ranges, before anything was rounded or made a word.
        outcomes: the means of the same points.
        weekly: by week, a table like `outcomes.means`; left out: none.
        levels: of a Morris design.

    Raises:
        InputError: the number of points is none that the method samples, or no KPI is left.
    """
    names = [str(name) for name in problem["names"]]
    if list(outcomes.means.index) != list(design.index):
        raise InputError("the outcomes are not those of the design: their points differ")
    positions = design[names].astype(float)
    prepared = (
        _sobol(problem, positions) if method == "sobol" else _morris(problem, positions, levels)
    )

    parts: list[pd.DataFrame] = []
    left_out: dict[str, str] = {}
    for kpi in outcomes.means.columns:
        values = outcomes.means[kpi].to_numpy(dtype=np.float64)
        reason = _unusable(values)
        if reason:
            left_out[str(kpi)] = reason
        else:
            parts.append(_ranked(prepared(values), names, method, kpi=str(kpi)))
    if not parts:
        reasons = "; ".join(f"{kpi} {reason}" for kpi, reason in left_out.items())
        raise InputError(f"no KPI has indices: {reasons}")
    series = [
        _ranked(prepared(values), names, method, kpi=str(kpi), week=week)
        for week, table in (weekly or {}).items()
        for kpi in table.columns
        if str(kpi) not in left_out
        and not _unusable(values := table.loc[design.index, kpi].to_numpy(dtype=np.float64))
    ]
    columns = ["kpi", "week", "parameter", *MEASURES[method], "rank"]
    return Sensitivity(
        method=method,
        points=len(design),
        replicates=outcomes.replicates,
        table=pd.concat(parts, ignore_index=True),
        weekly=pd.concat(series, ignore_index=True) if series else pd.DataFrame(columns=columns),
        noise={kpi: share for kpi, share in outcomes.noise.items() if kpi not in left_out},
        left_out=left_out,
    )


def _unusable(values: FloatArray) -> str:
    """Say why a KPI has no indices; empty if it has."""
    missing = int((~np.isfinite(values)).sum())
    if missing == len(values):
        return "has no value at any point"
    if missing:
        return f"has no value at {missing:,} of {len(values):,} points"
    # Rounding alone must not pass for an effect: floats of equal runs averaged differ by so much.
    if np.ptp(values) <= 1e-12 * float(np.abs(values).max()):
        return "is the same at every point"
    return ""


def _ranked(
    measures: Mapping[str, FloatArray], names: Sequence[str], method: Method, **keys: object
) -> pd.DataFrame:
    table = pd.DataFrame({**keys, "parameter": list(names), **measures})
    table = table.sort_values(
        MEASURES[method][0], ascending=False, kind="stable", ignore_index=True
    )
    table["rank"] = np.arange(1, len(table) + 1)
    return table


# ---------------------------------------------------------------- the two methods


def _sobol(problem: Mapping[str, Any], design: pd.DataFrame) -> Indices:
    """Return a function from values of the points to Sobol' indices."""
    second = _has_second_order(design)

    def indices(values: FloatArray) -> dict[str, FloatArray]:
        from SALib.analyze import sobol

        with warnings.catch_warnings():
            # SALib says so if a resample of few points holds equal values; its index is then 0.
            warnings.filterwarnings("ignore", message="Constant values encountered")
            found = sobol.analyze(
                dict(problem), values, calc_second_order=second, conf_level=LEVEL, seed=SEED
            )
        return {
            "ST": found["ST"],
            "ST_half": found["ST_conf"],
            "S1": found["S1"],
            "S1_half": found["S1_conf"],
        }

    return indices


def _has_second_order(design: pd.DataFrame) -> bool:
    """Return whether a Sobol' design holds the points of second-order indices too.

    It consists of blocks: a point of A, for every input the same point with that input from B, with
    second order then B's point with one input from A each, and last the point of B.

    Raises:
        InputError: the points are no such blocks.
    """
    table, inputs = design.to_numpy(), len(design.columns)
    for second, block in ((False, inputs + 2), (True, 2 * inputs + 2)):
        if len(table) % block:
            continue
        a, b = table[0::block], table[block - 1 :: block]
        taken = [np.where(np.arange(inputs) == column, b, a) for column in range(inputs)]
        if all((table[1 + column :: block] == taken[column]).all() for column in range(inputs)):
            return second
    raise InputError(
        f"{len(table):,} points of {inputs} inputs are no Sobol' design in the order in which it "
        "was sampled"
    )


def _morris(problem: Mapping[str, Any], design: pd.DataFrame, levels: int) -> Indices:
    """Return a function from values of the points to Morris' measures."""
    inputs, points = len(design.columns), len(design)
    if points % (inputs + 1):
        raise InputError(
            f"{points:,} points of {inputs} inputs are no Morris design: its trajectories have "
            f"{inputs + 1} points"
        )
    for first in range(0, points, inputs + 1):
        moved = np.diff(design.to_numpy()[first : first + inputs + 1], axis=0) != 0
        if (moved.sum(axis=1) != 1).any() or (moved.sum(axis=0) != 1).any():
            raise InputError(
                f"the points from {design.index[first]} on are no Morris trajectory: in each step "
                "exactly one input moves, and each input once"
            )

    def effects(values: FloatArray) -> dict[str, FloatArray]:
        from SALib.analyze import morris

        found = morris.analyze(
            dict(problem),
            design.to_numpy(dtype=np.float64),
            values,
            num_levels=levels,
            conf_level=LEVEL,
            num_resamples=1000,
            seed=SEED,
        )
        return {
            "mu_star": np.asarray(found["mu_star"], dtype=np.float64),
            "mu_star_half": np.asarray(found["mu_star_conf"], dtype=np.float64),
            "mu": np.asarray(found["mu"], dtype=np.float64),
            "sigma": np.asarray(found["sigma"], dtype=np.float64),
        }

    return effects


# ---------------------------------------------------------------- in words


def short_name(parameter: str) -> str:
    """Return an input as people call it: without the table that most inputs are in."""
    return parameter.removeprefix("parameters.").removeprefix("programme.")


def what_matters(found: Sensitivity) -> str:
    """Say in one or two plain sentences what matters most over all KPIs, and what hardly does."""
    if not found.clear:
        return "What was varied moves no KPI by more than chance does."
    if len(found.clear) == 1:
        return f"{found.clear[0]}: {_of_one(found, found.clear[0])}{_idle(found)}"
    weight = found.weight(found.clear)
    first = weight.index[0]
    leads = found.table[(found.table["rank"] == 1) & found.table["kpi"].isin(found.clear)]
    leads = leads["parameter"].value_counts()
    kpis = len(found.clear)
    mean = weight.mean(axis=1)
    unit = (
        f"on average it has a part in {min(1.0, mean[first]):.0%} of the variance"
        if found.method == "sobol"
        else f"on average its effect is {mean[first]:.0%} of the largest"
    ).replace("%", " %")
    text = (
        f"Over {kpis} KPIs {short_name(first)} matters most: {unit}, and it ranks first for "
        f"{int(leads.get(first, 0))} of them."
    )
    others = [str(name) for name in leads.index if name != first]
    if others:
        text += f" Other KPIs are led by {_listed([short_name(name) for name in others])}."
    return text + _idle(found)


def _idle(found: Sensitivity) -> str:
    weight = found.weight(found.clear)
    names = [short_name(str(name)) for name in weight.index if (weight.loc[name] < HARDLY).all()]
    if not names or len(names) == len(weight):
        return ""
    any_of = " for any of them" if len(found.clear) > 1 else ""
    return f" {_listed(names)} hardly matter{'s' * (len(names) == 1)}{any_of}."


def in_words(found: Sensitivity, titles: Mapping[str, str] | None = None) -> Iterator[str]:
    """Yield a plain sentence for every KPI: what moves it most.

    Args:
        found: the indices.
        titles: what to call KPIs; left out: their names.
    """
    for kpi in found.kpis:
        title = (titles or {}).get(kpi, kpi)
        if kpi in found.clear:
            yield f"{title}: {_of_one(found, kpi)}"
        else:
            yield f"{title}: what was varied moves it less than chance does."


def _of_one(found: Sensitivity, kpi: str) -> str:
    table = found.of(kpi)
    first = table.iloc[0]
    name = short_name(str(table.index[0]))
    if found.method == "sobol":
        alone, total = (min(1.0, max(0.0, float(first[index]))) for index in ("S1", "ST"))
        text = f"{name} matters most, {alone:.0%} of the variance alone and {total:.0%} with others"
        if alone >= total - 0.02:
            text = f"{name} matters most, {total:.0%} of the variance"
        follows = [
            f"{short_name(str(row))} ({table.loc[row, 'ST']:.0%})"
            for row in table.index[1:3]
            if table.loc[row, "ST"] >= HARDLY
        ]
        largest = 1.0
    else:
        text = f"{name} matters most"
        largest = float(first["mu_star"])
        if float(first["sigma"]) > largest:
            text += ", but its effect depends on the others or is not straight"
        follows = [
            f"{short_name(str(row))} ({table.loc[row, 'mu_star'] / largest:.0%} of that)"
            for row in table.index[1:3]
            if table.loc[row, "mu_star"] >= HARDLY * largest
        ]
    if follows:
        text += f"; then {_listed(follows)}"
    return text.replace("%", " %") + "."


def _listed(names: Sequence[str], most: int = 4) -> str:
    if len(names) > most:
        return f"{', '.join(names[: most - 1])} and {len(names) - most + 1} others"
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def cautions(found: Sensitivity) -> Iterator[str]:
    """Yield what a reader must know before trusting the ranks."""
    if found.method == "sobol":
        rough = [kpi for kpi in found.kpis if float(found.of(kpi)["ST_half"].max()) > ROUGH]
        if rough:
            yield (
                f"Rough: some total indices of {_listed(rough)} have intervals wider than "
                f"± {ROUGH:g}. More points make them narrower."
            )
    noisy = {kpi: share for kpi, share in found.noise.items() if share > 0.1}
    if noisy:
        worst = max(noisy, key=lambda kpi: noisy[kpi])
        yield (
            f"Chance is {noisy[worst] * 100:.0f} % of the variance of {worst}"
            + (f" and over 10 % of {len(noisy) - 1} more" if len(noisy) > 1 else "")
            + "; it passes for interaction. More replicates make it smaller."
        )
    if found.replicates == 1:
        yield "One replicate a point: chance cannot be told from effects."
    for kpi, reason in found.left_out.items():
        yield f"{kpi} {reason}: left out."
