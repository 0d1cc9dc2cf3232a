from __future__ import annotations

from pathlib import Path

from studies import experiment_in, run
from takeup.output import to_text
from takeup.report.sweep_tables import sweep_tables
from takeup.results.sweep import open_sweep


def test_tables_name_the_points_at_both_ends(tmp_path: Path) -> None:
    run(experiment_in(tmp_path, "services.waste.complexity = [0.2, 0.5, 0.8]"), tmp_path / "out")
    sweep = open_sweep(tmp_path / "out")
    text = to_text(*sweep_tables(sweep))
    means = sweep.outcomes().groupby("point")["digital_take_up"].mean()
    line = next(line for line in text.splitlines() if "Digital take-up" in line)
    cells = line.removeprefix("Digital take-up").split()
    assert cells[1:3] == [f"{100 * means.min():.1f}", str(means.idxmin())]
    assert cells[4:] == [f"{100 * means.max():.1f}", str(means.idxmax())]
    assert "3 points" in text
