"""The folder that a command leaves behind: data, summary, manifest and figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import xarray as xr

from takeup.analysis.calendar import calendar_of
from takeup.analysis.comparison import Comparison
from takeup.analysis.goals import Verdict, goals_summary
from takeup.report.figures import difference_figure, trajectories_figure
from takeup.report.panels import save
from takeup.report.staff import staff_figure
from takeup.results.folder import Claim, complete_folder
from takeup.results.store import PARAMETERS, write_into, write_parameters


def write_results(
    dataset: xr.Dataset,
    comparison: Comparison | None,
    verdicts: Sequence[Verdict],
    folder: Path | Claim,
    *,
    inputs: Mapping[str, str],
    parameters: Sequence[Mapping[str, float]],
    more: Mapping[str, Any],
    force: bool = False,
) -> list[str]:
    """Write a complete results folder, or none.

    Args:
        dataset: results of one or more scenarios.
        comparison: of them, if there are several.
        verdicts: on their goals.
        folder: destination, claimed already or claimed here.
        inputs: SHA-256 of the files that went into the run, by their paths.
        parameters: behavioural parameters of every replicate; all plans share the draw.
        more: what else the manifest records.
        force: replace what the folder holds.

    Returns:
        The names of the files in it.

    Raises:
        OutputError: the destination is taken or cannot be written.
    """
    baseline = comparison.baseline if comparison else None
    names = [str(name) for name in dataset["scenario"].values]
    findings: dict[str, Any] = {"goals": goals_summary(verdicts)}
    if comparison is not None:
        findings["comparisons"] = comparison.summary()
    with complete_folder(folder, force=force) as fresh:
        drawn = {"file": PARAMETERS, "drawn": write_parameters(parameters, fresh / PARAMETERS)}
        write_into(
            fresh,
            dataset,
            manifest={"inputs": dict(inputs), "parameters": drawn, **more},
            findings=findings,
        )
        headline = f"{names[0]}: " if comparison is None else ""
        save(
            trajectories_figure(dataset, title=f"{headline}KPIs week by week", baseline=baseline),
            fresh,
            "trajectories",
        )
        what = "Staff: how far they are, and what holds them back"
        save(staff_figure(dataset, title=f"{headline}{what}", baseline=baseline), fresh, "staff")
        if comparison is not None:
            figure = difference_figure(
                comparison,
                marks=calendar_of(dataset),
                title=f"What changes against {comparison.baseline}",
            )
            save(figure, fresh, "difference")
        return sorted(file.name for file in fresh.iterdir())
