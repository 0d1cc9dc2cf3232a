"""How KPIs respond to values tried one by one: one at a time, or all combinations of a grid."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from takeup.analysis.intervals import LEVEL, mean_interval
from takeup.analysis.points import PointMeans
from takeup.analysis.sensitivity import short_name
from takeup.errors import InputError

Layout = Literal["grid", "one_at_a_time"]


@dataclass(frozen=True)
class Response:
    """How every KPI responds to every varied input.

    Attributes:
        layout: how the points were laid out.
        points: points of the design.
        replicates: runs of every point.
        table: columns `kpi`, `parameter`, `effect` (the largest difference between two values of
            the input), its 90 % interval `low`, `high` over replicates (NaN with one), the values
            `lowest` and `highest` at which the KPI is lowest and highest, and `rank` (1 moves the
            KPI most); sorted by KPI and rank.
        levels: columns `kpi`, `parameter`, `value`, `mean`, and `difference`, `low`, `high`: from
            the scenario as it is (one at a time), or from the mean of all points (grid).
        grid: columns `kpi`, the two varied inputs, `mean`; empty unless a grid varies exactly two.
        noise: by KPI, the share of the variance between points that is chance.
    """

    layout: Layout
    points: int
    replicates: int
    table: pd.DataFrame
    levels: pd.DataFrame
    grid: pd.DataFrame
    noise: dict[str, float]

    @property
    def kpis(self) -> tuple[str, ...]:
        """The KPIs."""
        return tuple(str(name) for name in pd.unique(self.table["kpi"]))

    def of(self, kpi: str) -> pd.DataFrame:
        """Return the ranked inputs of a KPI, indexed by parameter."""
        return self.table[self.table["kpi"] == kpi].drop(columns="kpi").set_index("parameter")


def response(layout: Layout, design: pd.DataFrame, outcomes: PointMeans) -> Response:
    """Work out how every KPI responds to every input.

    Args:
        layout: how the points are laid out. Of a grid, an input's effect is that on the mean over
            all values of the others; one at a time, that against the scenario as it is.
        design: one row a point, one column an input; a missing value leaves the scenario as it is.
        outcomes: the runs of the same points.

    Raises:
        InputError: nothing varies, or the points do not fit the layout.
    """
    names = [str(name) for name in design.columns]
    rows_of = {name: _rows(design[name]) for name in names}
    if not names:
        raise InputError("nothing varies in this sweep, so there is no response to show")
    base = np.flatnonzero(design.isna().all(axis=1).to_numpy())
    if layout == "one_at_a_time" and len(base) != 1:
        raise InputError("one at a time needs exactly one point with the scenario as it is")
    if layout == "grid" and design.isna().any(axis=None):
        raise InputError("a grid leaves no value open")

    ranks: list[pd.DataFrame] = []
    levels: list[pd.DataFrame] = []
    for column, kpi in enumerate(outcomes.means.columns):
        runs = outcomes.values[:, :, column]
        reference = runs[base[0]] if layout == "one_at_a_time" else runs.mean(axis=0)
        found = []
        for name in names:
            # (values of the input, replicates)
            by_value = np.stack([runs[rows].mean(axis=0) for rows in rows_of[name].values()])
            words = list(rows_of[name])
            mean, low, high = mean_interval((by_value - reference).T, LEVEL)
            levels.append(
                pd.DataFrame(
                    {
                        "kpi": str(kpi),
                        "parameter": name,
                        "value": words,
                        "mean": by_value.mean(axis=1),
                        "difference": mean,
                        "low": low,
                        "high": high,
                    }
                )
            )
            if layout == "one_at_a_time":
                by_value, words = np.vstack([by_value, reference]), [*words, "as it is"]
            least, most = int(by_value.mean(axis=1).argmin()), int(by_value.mean(axis=1).argmax())
            effect, low, high = mean_interval(by_value[most] - by_value[least], LEVEL)
            found.append((name, float(effect), float(low), float(high), words[least], words[most]))
        table = pd.DataFrame(
            found, columns=["parameter", "effect", "low", "high", "lowest", "highest"]
        ).sort_values("effect", ascending=False, kind="stable", ignore_index=True)
        table.insert(0, "kpi", str(kpi))
        table["rank"] = np.arange(1, len(table) + 1)
        ranks.append(table)
    return Response(
        layout=layout,
        points=len(design),
        replicates=outcomes.replicates,
        table=pd.concat(ranks, ignore_index=True),
        levels=pd.concat(levels, ignore_index=True),
        grid=_grid(design, outcomes.means) if layout == "grid" and len(names) == 2 else _no_grid(),
        noise=outcomes.noise,
    )


def _rows(column: pd.Series) -> dict[str, np.ndarray]:
    """Return the rows of every value of an input, by the value as text, in its order."""
    stated = column.dropna()
    values = pd.unique(stated)
    if pd.api.types.is_numeric_dtype(stated):
        values = np.sort(values)
    return {shown(value): np.flatnonzero((column == value).fillna(False)) for value in values}


def shown(value: object) -> str:
    """Return a value of an input as tables and figures show it."""
    return f"{value:.4g}" if isinstance(value, float | np.floating) else str(value)


def _no_grid() -> pd.DataFrame:
    return pd.DataFrame({"kpi": pd.Series(dtype=str), "mean": pd.Series(dtype=float)})


def _grid(design: pd.DataFrame, means: pd.DataFrame) -> pd.DataFrame:
    return pd.concat(
        [
            design.assign(mean=means[kpi].to_numpy()).assign(kpi=str(kpi))[
                ["kpi", *design.columns, "mean"]
            ]
            for kpi in means.columns
        ],
        ignore_index=True,
    )


def what_responds(found: Response, titles: Mapping[str, str] | None = None) -> Iterator[str]:
    """Yield a plain sentence for every KPI: which input moves it most, and whether that is sure.

    Args:
        found: the responses.
        titles: what to call KPIs; left out: their names.
    """
    for kpi in found.kpis:
        table, title = found.of(kpi), (titles or {}).get(kpi, kpi)
        first = table.iloc[0]
        if float(first["effect"]) == 0.0:
            yield f"{title}: nothing that was varied moves it."
            continue
        sure = "" if found.replicates > 1 and float(first["low"]) > 0 else ", which may be chance"
        yield (
            f"{title}: {short_name(str(table.index[0]))} moves it most, from {first['lowest']} "
            f"(lowest) to {first['highest']} (highest){sure}."
        )
