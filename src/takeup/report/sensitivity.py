"""What moves the KPIs of a sweep, as tables, figures and a folder."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from rich.console import RenderableType
from rich.text import Text

from takeup.analysis.response import Response, what_responds
from takeup.analysis.sensitivity import Sensitivity, cautions, in_words, short_name, what_matters
from takeup.kpis import BY_NAME
from takeup.output import Paragraph, Sheet
from takeup.report.panels import save
from takeup.report.sensitivity_figures import (
    MOST_INPUTS,
    Units,
    over_time_figure,
    response_figure,
    sensitivity_figure,
)
from takeup.report.tables import plain_table
from takeup.results.folder import Claim, complete_folder
from takeup.results.units import NOTHING, is_share, number, unit_word

_TITLES = {name: kpi.title for name, kpi in BY_NAME.items()}

MOST_COLUMNS = 5
"""KPIs side by side in a table."""


# ---------------------------------------------------------------- in words


def findings(found: Sensitivity | Response) -> list[str]:
    """Return what matters most, first over all KPIs and then by KPI, in plain sentences."""
    if isinstance(found, Response):
        return list(what_responds(found, _TITLES))
    sentences = list(in_words(found, _TITLES))
    return [what_matters(found), *sentences] if len(sentences) > 1 else [what_matters(found)]


def warnings_of(found: Sensitivity | Response) -> list[str]:
    """Return what a reader must know before trusting the ranks."""
    if isinstance(found, Sensitivity):
        return list(cautions(found))
    if found.replicates == 1:
        return ["One replicate a point: chance cannot be told from effects."]
    return [
        "The interval is of the difference between the two values that turned out lowest and "
        "highest, so that small differences look surer than they are."
    ]


# ---------------------------------------------------------------- tables


def sensitivity_tables(
    found: Sensitivity | Response, units: Units, detailed: Sequence[str] = ()
) -> Iterator[RenderableType]:
    """Yield the ranked tables, and what they say.

    Args:
        found: the analysis.
        units: of KPIs.
        detailed: KPIs with a table of their own.
    """
    kpis = list(found.kpis)
    if isinstance(found, Sensitivity):
        weight = found.weight()
        tables = -(-len(kpis) // MOST_COLUMNS)
        for part in np.array_split(np.array(kpis), tables):
            yield _overview(found, weight, [str(kpi) for kpi in part])
        for kpi in detailed or (kpis if len(kpis) <= 2 else ()):
            if kpi in kpis:
                yield _detail(found, kpi, units(kpi))
    else:
        for kpi in kpis:
            yield _responses(found, kpi, units(kpi))
    yield Paragraph(findings(found))
    caution = warnings_of(found)
    if caution:
        yield Paragraph(caution, style="dim")


def _overview(found: Sensitivity, weight: pd.DataFrame, kpis: Sequence[str]) -> Sheet:
    sobol = found.method == "sobol"
    what = (
        "Total Sobol' index: % of the variance in which the input has a part"
        if sobol
        else "Morris: mean absolute effect, as % of the KPI's largest"
    )
    table = plain_table((what, f"{found.points:,} points, each with {_runs(found.replicates)}"))
    table.column("input")
    for kpi in kpis:
        table.column(BY_NAME[kpi].title, right=True)
    for name in weight.index[:MOST_INPUTS]:
        cells = [weight.loc[name, kpi] for kpi in kpis]
        table.row(
            short_name(str(name)),
            *(
                _strong(f"{cell * 100:.0f}" if np.isfinite(cell) else NOTHING, cell)
                for cell in cells
            ),
        )
    more = len(weight) - MOST_INPUTS
    if more > 0:
        largest = float(weight.iloc[MOST_INPUTS:][list(kpis)].max(axis=None))
        table.row(Text(f"{more} more, each at most {largest * 100:.0f}", style="dim"))
    return table


def _runs(replicates: int) -> str:
    return f"{replicates} run{'s' * (replicates != 1)}"


def _strong(text: str, share: float) -> Text:
    return Text(text, style="bold" if share >= 0.25 else "dim" if share < 0.05 else "")


def _detail(found: Sensitivity, kpi: str, unit: str) -> Sheet:
    table = found.of(kpi).head(MOST_INPUTS)
    title = BY_NAME[kpi].title
    if found.method == "sobol":
        shares = {"ST": "total, %", "S1": "alone, %"}
        result = plain_table(f"{title}: Sobol' indices with 90 % intervals")
        result.column("input")
        for heading in shares.values():
            result.column(heading, right=True)
        for name, row in table.iterrows():
            result.row(
                short_name(str(name)),
                *(
                    f"{number(row[key], 'share')} ± {number(row[f'{key}_half'], 'share')}"
                    for key in shares
                ),
            )
        return result
    points = "points" if is_share(unit) else unit_word(unit)
    result = plain_table(f"{title}: Morris' effects over the whole range of an input, {points}")
    result.column("input")
    for heading in ("mean size μ* ± 90 %", "mean μ", "spread σ"):
        result.column(heading, right=True)
    largest = float(table["mu_star"].max())
    for name, row in table.iterrows():
        result.row(
            short_name(str(name)),
            f"{number(row['mu_star'], unit)} ± {number(row['mu_star_half'], unit, like=largest)}",
            number(row["mu"], unit, signed=True),
            number(row["sigma"], unit, like=largest),
        )
    return result


def _responses(found: Response, kpi: str, unit: str) -> Sheet:
    points = "points" if is_share(unit) else unit_word(unit)
    table = plain_table(f"{BY_NAME[kpi].title}: largest difference that an input makes, {points}")
    table.column("input")
    for heading in ("difference", "90 % interval", "lowest at", "highest at"):
        table.column(heading, right=True, wraps=heading != "difference")
    for name, row in found.of(kpi).head(MOST_INPUTS).iterrows():
        ends = [number(row[end], unit, signed=True, like=row["effect"]) for end in ("low", "high")]
        known = found.replicates > 1
        table.row(
            short_name(str(name)),
            number(row["effect"], unit),
            f"{ends[0]} to {ends[1]}" if known else NOTHING,
            row["lowest"],
            row["highest"],
        )
    return table


# ---------------------------------------------------------------- the folder


def write_sensitivity(
    found: Sensitivity | Response,
    folder: Path | Claim,
    *,
    units: Units,
    title: str,
    about: Mapping[str, Any],
) -> list[str]:
    """Write tables, sentences and figures into a folder, complete or not at all.

    What an earlier call wrote there is replaced.

    Args:
        found: the analysis.
        folder: destination, claimed already or claimed here.
        units: of KPIs.
        title: headline of figures.
        about: what the manifest says of the analysis: sweep, scenario, summary, command.

    Returns:
        The names of the files in it.

    Raises:
        OutputError: the destination holds something else, or cannot be written.
    """
    with complete_folder(folder, force=True) as fresh:
        tables = {"sensitivity": found.table}
        if isinstance(found, Response):
            tables["levels"] = found.levels
            save(response_figure(found, units, title), fresh, "sensitivity")
        else:
            save(sensitivity_figure(found, units, title), fresh, "sensitivity")
            if len(found.weekly):
                tables["weekly"] = found.weekly
            if set(found.weekly["kpi"]) & set(found.clear):
                save(over_time_figure(found, units, f"{title}, over time"), fresh, "over-time")
        for name, table in tables.items():
            table.to_parquet(fresh / f"{name}.parquet", index=False)
        write_json(
            fresh / "summary.json", {"findings": findings(found), "cautions": warnings_of(found)}
        )
        write_json(fresh / "manifest.json", about)
        return sorted(file.name for file in fresh.iterdir())


def write_json(path: Path, content: Mapping[str, Any]) -> None:
    """Write a JSON file as people read it."""
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
