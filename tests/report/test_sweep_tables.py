from __future__ import annotations

import io
from pathlib import Path

from rich.console import Console

from studies import experiment_in, run
from takeup.report.sweep_tables import sweep_tables
from takeup.results.sweep import open_sweep


def test_tables_name_the_points_at_both_ends(tmp_path: Path) -> None:
    run(experiment_in(tmp_path, "place.trust = [0.2, 0.5, 0.8]"), tmp_path / "out")
    sweep = open_sweep(tmp_path / "out")
    console = Console(width=100, record=True, file=io.StringIO())
    for table in sweep_tables(sweep):
        console.print(table)
    text = console.export_text()
    means = sweep.outcomes().groupby("point")["digital_take_up"].mean()
    line = next(line for line in text.splitlines() if "Digital take-up" in line)
    cells = [cell.strip() for cell in line.strip("│ ").split("│")]
    assert cells[2:4] == [f"{100 * means.min():.1f}", str(means.idxmin())]
    assert cells[5:] == [f"{100 * means.max():.1f}", str(means.idxmax())]
    assert "3 points" in text
