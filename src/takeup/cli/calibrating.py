"""The command that fits a model to data: `calibrate`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from takeup.cli.leaving import stopped
from takeup.cli.options import ExecutorKind, Force, NoCache, Processes, Scheduler, workers_of
from takeup.cli.results import claimed_for, show_results
from takeup.output import console

if TYPE_CHECKING:
    from takeup.experiments.definition import Experiment

SHOWN = 12
"""Rows of what is identified that are printed; the file has them all."""


def calibrate(
    experiment: Annotated[
        Path, typer.Argument(metavar="CALIBRATION", help="what was observed, what is free (TOML)")
    ],
    out: Annotated[
        Path | None, typer.Option(help="folder of results  [default: results/CALIBRATION]")
    ] = None,
    runs: Annotated[
        int, typer.Option(min=20, max=100_000, help="runs of the first wave")
    ] = 2_000,
    workers: Processes = None,
    executor: ExecutorKind = "local",
    scheduler: Scheduler = None,
    no_cache: NoCache = False,
    force: Force = False,
) -> None:  # fmt: skip
    """Fit parameters and facts to observed series; write draws that fit, and a forecast.

    Runs are kept in a folder beside the results, FOLDER-runs: the same command again goes on.
    """
    from takeup.calibrate.definition import read_calibration
    from takeup.calibrate.fitting import fit_data
    from takeup.calibrate.writing import by_what_is_known, sentences, write_fit
    from takeup.experiments.progress import SweepWatch
    from takeup.experiments.sweep import sweep
    from takeup.scenario.schema.text import aligned

    asked = read_calibration(experiment)
    folder = out or Path("results", experiment.stem)
    banks = folder.with_name(f"{folder.name}-runs")
    with claimed_for(folder, force=force, inputs=asked.inputs) as claim:
        try:
            with (
                workers_of(executor, scheduler, workers) as (make, jobs),
                SweepWatch(console(stderr=True)) as watch,
            ):

                def run_all(bank: Experiment, place: Path) -> None:
                    sweep(
                        bank, place, workers=jobs, executor=make, cache=not no_cache,
                        progress=watch,
                    )  # fmt: skip

                found = fit_data(asked, banks, runs, run_all)
        except KeyboardInterrupt as stop:
            kept = f"runs that were done are kept in {banks}: the same command again goes on"
            raise stopped(stop, kept if banks.exists() else "nothing was written") from None
        with claim.filling() as place:
            files = write_fit(found, place)
    rows = [
        (one.name, f"{one.prior_mean:.3g} ± {one.prior_spread:.2g}",
         f"{one.mean:.3g} ± {one.spread:.2g}", f"{one.ratio:.2f}",
         "yes" if one.identified else "no")
        for one in by_what_is_known(found)[:SHOWN]
    ]  # fmt: skip
    table = aligned(("free", "before the data", "after", "ratio", "identified"), rows)
    show_results([table], folder, files, list(sentences(found)))
