"""Scenario discovery: under which conditions does a plan miss its goals?

The patient rule induction method (PRIM; Friedman & Fisher 1999, for scenarios Bryant & Lempert
2010), as the EMA workbench implements it: boxes in the space of inputs in which misses crowd.
"""

from __future__ import annotations

import operator
import re
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil, floor
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from takeup.analysis.sensitivity import short_name
from takeup.errors import InputError, did_you_mean

BoolArray = npt.NDArray[np.bool_]

DENSITY = 0.8
"""Share of misses that a box should hold, if misses are not the rule everywhere."""

SURE = 0.05
"""A limit stays only if misses would crowd as much without it with a lower chance than this."""

FEW = 20
"""With fewer misses (or fewer hits) than this, boxes are rough."""

_SIGNS: dict[str, Callable[[Any, Any], Any]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
}


@dataclass(frozen=True)
class Sought:
    """What a KPI should come to.

    Attributes:
        kpi: name of the KPI.
        sign: one of `>=`, `<=`, `>`, `<`.
        value: the bound, in the unit of the KPI; shares are 0 to 1.
    """

    kpi: str
    sign: str
    value: float

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a goal such as `digital_take_up >= 0.6`; `60%` means 0.6.

        Raises:
            InputError: the text is no goal.
        """
        found = re.fullmatch(r"\s*(\w+)\s*(>=|<=|>|<)\s*([-+\d.eE_]+)\s*(%?)\s*", text)
        try:
            if found is None:
                raise ValueError
            value = float(found[3]) / (100.0 if found[4] else 1.0)
        except ValueError:
            raise InputError(
                f'"{text}" is no goal; write a KPI, one of >= <= > <, and a number, such as '
                '"digital_take_up >= 0.6"'
            ) from None
        return cls(found[1], found[2], value)

    def met(self, values: npt.NDArray[np.float64]) -> BoolArray:
        """Return where values reach the goal."""
        return np.asarray(_SIGNS[self.sign](values, self.value), dtype=np.bool_)

    def __str__(self) -> str:
        return f"{self.kpi} {self.sign} {self.value:g}"


@dataclass(frozen=True)
class Limit:
    """A condition of a box on one input.

    Attributes:
        parameter: the input.
        low: lower end, None if the box reaches as far down as the design.
        high: upper end, None if it reaches as far up.
        values: of an input that is not a number: the values in the box; else empty.
        chance: highest chance (quasi-p value of Bryant & Lempert) that misses would crowd as much
            without one of the ends.
    """

    parameter: str
    low: float | None
    high: float | None
    values: tuple[str, ...]
    chance: float

    def __str__(self) -> str:
        name = short_name(self.parameter)
        if self.values:
            return f"{name} is {' or '.join(self.values)}"
        if self.low is None:
            return f"{name} at most {self.high:.3g}"
        if self.high is None:
            return f"{name} at least {self.low:.3g}"
        return f"{name} from {self.low:.3g} to {self.high:.3g}"

    def holds(self, column: pd.Series) -> BoolArray:
        """Return which points keep to the condition."""
        if self.values:
            return np.asarray(column.astype(str).isin(self.values))
        values = column.to_numpy(dtype=np.float64)
        low = -np.inf if self.low is None else self.low
        high = np.inf if self.high is None else self.high
        return np.asarray((values >= low) & (values <= high))


@dataclass(frozen=True)
class Box:
    """Conditions under which goals are missed.

    Attributes:
        limits: the conditions, all of which hold; the surest first.
        coverage: share of all misses that lie in the box and in none before it.
        density: share of misses among the points in the box and in none before it.
        mass: share of all points that lie there.
        points: number of these points.
    """

    limits: tuple[Limit, ...]
    coverage: float
    density: float
    mass: float
    points: int

    def __str__(self) -> str:
        return " and ".join(map(str, self.limits))

    def holds(self, design: pd.DataFrame) -> BoolArray:
        """Return which points of a design lie in the box."""
        inside = np.ones(len(design), dtype=np.bool_)
        for limit in self.limits:
            inside &= limit.holds(design[limit.parameter])
        return inside


@dataclass(frozen=True)
class Discovery:
    """Where a plan misses its goals.

    Attributes:
        goals: all of which a point must reach; else it is a miss.
        design: inputs that vary, one row a point.
        missed: which points miss.
        by_goal: share of points that miss each goal, by its text.
        ranges: lowest and highest value of every KPI in a goal, by its name.
        wanted: density that a box was asked for.
        boxes: the boxes found, the first of highest coverage; empty if there are none.
        trade_off: the steps on the way to the first box, columns `coverage`, `density`, `mass`,
            `limits` (number of inputs with a limit) and `chosen`.
    """

    goals: tuple[Sought, ...]
    design: pd.DataFrame
    missed: BoolArray
    by_goal: dict[str, float]
    ranges: dict[str, tuple[float, float]]
    wanted: float
    boxes: tuple[Box, ...]
    trade_off: pd.DataFrame

    @property
    def share(self) -> float:
        """Share of all points that miss."""
        return float(self.missed.mean())

    @property
    def few(self) -> bool:
        """Whether misses or hits are so few that boxes are rough."""
        misses = int(self.missed.sum())
        return 0 < min(misses, len(self.missed) - misses) < FEW

    def in_words(self) -> str:
        """Say in plain sentences when the plan misses its goals."""
        goals = " and ".join(map(str, self.goals))
        misses, points = int(self.missed.sum()), len(self.missed)
        text = f"{goals} is missed at {misses:,} of {points:,} points ({_percent(self.share)})."
        if len(self.goals) > 1:
            text = f"At least one of {goals} is missed at {misses:,} of {points:,} points "
            text += f"({_percent(self.share)})."
        if misses in (0, points):
            there = ", ".join(
                f"{kpi} from {low:.3g} to {high:.3g}" for kpi, (low, high) in self.ranges.items()
            )
            return f"{text} No conditions tell points apart; they have {there}."
        if not self.boxes:
            return text + (
                f" No conditions were found under which at least {_percent(self.wanted)} of points "
                "miss."
            )
        for number, box in enumerate(self.boxes):
            start = " It is missed mainly if " if number == 0 else " Of the rest, if "
            text += (
                f"{start}{box}: {_percent(box.density)} of such points miss, and they hold "
                f"{_percent(box.coverage)} of all misses."
            )
        if self.few:
            text += f" With fewer than {FEW} misses or hits the limits are rough."
        return text


def discover(
    design: pd.DataFrame,
    outcomes: pd.DataFrame,
    goals: Sequence[Sought],
    *,
    density: float = DENSITY,
    most: int = 3,
) -> Discovery:
    """Find the conditions under which goals are missed.

    PRIM peels thin slices off the space of inputs, each time the one that leaves misses crowding
    most, which gives a trajectory of ever smaller and denser boxes. Limits that are not significant
    are taken off again. Of the boxes that are dense enough the one with the best balance of
    coverage and density (harmonic mean) is taken, and what is outside it is searched again.

    Args:
        design: one row a point, one column an input; an input that is the same everywhere is left
            out.
        outcomes: KPIs of the same points, as in `PointMeans.means`.
        goals: all of which a point must reach.
        density: share of misses that a box should hold. If misses are the rule, at least half of
            the way from their share to 1.
        most: number of boxes.

    Raises:
        InputError: a goal names no KPI, a KPI has no value at a point, or nothing varies.
    """
    known = [str(name) for name in outcomes.columns]
    problems = [
        f'no KPI "{goal.kpi}" in the sweep{did_you_mean(goal.kpi, known)}'
        for goal in goals
        if goal.kpi not in known
    ]
    if not goals:
        problems.append('no goal given; name one, such as "digital_take_up >= 0.6"')
    if not 0 < density <= 1:
        problems.append(f"density: {density:g} is not above 0 and at most 1")
    if most < 1:
        problems.append(f"boxes: {most} is not at least 1")
    if list(outcomes.index) != list(design.index):
        problems.append("the outcomes are not those of the design: their points differ")
    problems += [
        f"{goal.kpi} has no value at {missing:,} of {len(outcomes):,} points: it cannot be a goal"
        for goal in goals
        if goal.kpi in known and (missing := int((~np.isfinite(outcomes[goal.kpi])).sum()))
    ]
    problems += [
        f"{name} is left as it is at {missing:,} of {len(design):,} points: state its value there"
        for name in design.columns
        if (missing := int(design[name].isna().sum()))
    ]
    # In the order of names, so that ties do not hang on the order of a file.
    varied = design[sorted(name for name in design.columns if design[name].nunique() > 1)]
    if not len(varied.columns):
        problems.append("nothing varies in this sweep, so no condition can be found")
    if problems:
        raise InputError(problems)

    met = {str(goal): goal.met(outcomes[goal.kpi].to_numpy(dtype=np.float64)) for goal in goals}
    missed = ~np.logical_and.reduce(list(met.values()))
    share = float(missed.mean())
    wanted = max(density, (1 + share) / 2)
    boxes: tuple[Box, ...] = ()
    trade_off = pd.DataFrame(columns=["coverage", "density", "mass", "limits", "chosen"])
    if 0 < share < 1:
        boxes, trade_off = _boxes(varied, missed, wanted, most)
    return Discovery(
        goals=tuple(goals),
        design=varied,
        missed=missed,
        by_goal={text: float((~reached).mean()) for text, reached in met.items()},
        ranges={
            goal.kpi: (float(outcomes[goal.kpi].min()), float(outcomes[goal.kpi].max()))
            for goal in goals
        },
        wanted=wanted,
        boxes=boxes,
        trade_off=trade_off,
    )


def _boxes(
    design: pd.DataFrame, missed: BoolArray, wanted: float, most: int
) -> tuple[tuple[Box, ...], pd.DataFrame]:
    """Let PRIM find boxes one after another, until one is not dense enough."""
    # Whole numbers become floats: the workbench's peel of integers leaves out ends of the range.
    table = design.apply(
        lambda column: column.astype(float) if _is_number(column) else column.astype(str)
    ).reset_index(drop=True)
    boxes: list[Box] = []
    trade_off = pd.DataFrame()
    with warnings.catch_warnings():
        # The workbench tells what else it would like to have installed, and calls of pandas that
        # pandas will do without some day.
        warnings.simplefilter("ignore")
        try:
            from ema_workbench.analysis import prim
        except ModuleNotFoundError as error:
            raise InputError(
                f'scenario discovery needs {error.name}: pip install "takeup[discovery]"'
            ) from None

        # The threshold is also what the workbench counts as a miss; boxes are chosen here.
        search = prim.Prim(table, missed.astype(int), threshold=0.5 / len(table))
        while len(boxes) < most and (found := search.find_box()) is not None:
            peeled = len(found.peeling_trajectory)
            chosen = _choice(found, search.yi_remaining, wanted)
            steps = found.peeling_trajectory
            if trade_off.empty:
                kept = sorted({*range(peeled), *({chosen} - {None})})
                trade_off = steps.loc[kept, ["coverage", "density", "mass"]].astype(float)
                trade_off["limits"] = steps["res_dim"].astype(int)
                trade_off["chosen"] = trade_off.index == chosen
            if chosen is None:
                break
            found.select(chosen)
            row = steps.loc[chosen]
            boxes.append(
                Box(
                    limits=_limits(found, chosen, design),
                    coverage=float(row["coverage"]),
                    density=float(row["density"]),
                    mass=float(row["mass"]),
                    points=int(row["n"]),
                )
            )
    return tuple(boxes), trade_off


def _choice(found: Any, remaining: Any, wanted: float) -> int | None:
    """Return the step with the best balance of those that are dense enough and significant."""
    best, balance = None, 0.0
    for step in range(1, len(found.peeling_trajectory)):
        if float(found.peeling_trajectory.loc[step, "density"]) < wanted:
            continue
        at: int | None = step
        while at is not None and (end := _least_sure(found, at)):
            at = _without(found, at, end, remaining)
        if at is None:
            continue
        coverage, density = (
            float(found.peeling_trajectory.loc[at, name]) for name in ("coverage", "density")
        )
        if density >= wanted and 2 * coverage * density / (coverage + density) > balance:
            best, balance = at, 2 * coverage * density / (coverage + density)
    return best


def _least_sure(found: Any, step: int) -> tuple[str, int] | None:
    """Return the input and end whose limit is least significant, if any is not significant."""
    chances = {
        (str(name), end): float(chance)
        for name, both in found.qp[step].items()
        for end, chance in enumerate(both)
    }
    least = max(chances, key=lambda end: chances[end], default=None)
    return least if least is not None and chances[least] > SURE else None


def _without(found: Any, step: int, end: tuple[str, int], remaining: Any) -> int | None:
    """Take a limit off a box and append the result to its steps; None if no limit is left."""
    name, side = end
    table, whole = found.prim.x, found.box_lims[0]
    limits = found.box_lims[step].copy()
    numbers = _is_number(table[name])
    for row in (side,) if numbers else (0, 1):
        limits.at[row, name] = whole.at[row, name]
    inside = np.ones(len(remaining), dtype=np.bool_)
    for column in table.columns:
        values, (low, high) = table.loc[remaining, column], limits[column]
        inside &= np.asarray(
            values.between(low, high) if _is_number(table[column]) else values.isin(low)
        )
    if inside.all():
        return None
    found.update(limits, remaining[inside])
    return len(found.peeling_trajectory) - 1


def _limits(found: Any, step: int, design: pd.DataFrame) -> tuple[Limit, ...]:
    """Return the limits of a step; ends that reach as far as the design are None."""
    ends, whole = found.box_lims[step], found.box_lims[0]
    limits = []
    for name, chances in found.qp[step].items():
        values: tuple[str, ...] = ()
        low = high = None
        if _is_number(design[name]):
            low = None if ends[name][0] == whole[name][0] else float(ends[name][0])
            high = None if ends[name][1] == whole[name][1] else float(ends[name][1])
            if pd.api.types.is_integer_dtype(design[name]):
                low = None if low is None else ceil(low)
                high = None if high is None else floor(high)
        else:
            values = tuple(sorted(map(str, ends[name][0])))
        limits.append(Limit(str(name), low, high, values, max(map(float, chances))))
    return tuple(sorted(limits, key=lambda limit: (limit.chance, limit.parameter)))


def _is_number(column: pd.Series) -> bool:
    kinds = pd.api.types
    return bool(kinds.is_numeric_dtype(column) and not kinds.is_bool_dtype(column))


def _percent(share: float) -> str:
    return f"{share * 100:.0f} %"
