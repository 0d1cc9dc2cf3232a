from __future__ import annotations

import json
from pathlib import Path

import pytest

from synthetic import made_up_dataset
from takeup.analysis.comparison import compare
from takeup.analysis.goals import judge
from takeup.report.results_folder import write_results
from takeup.results.folder import WRITTEN


@pytest.mark.parametrize("plans", [0, 1])
def test_the_folder_holds_data_summary_and_figures(tmp_path: Path, plans: int) -> None:
    dataset = made_up_dataset({"Baseline": 0.0, "Plan": 0.9} if plans else {"Only": 0.9})
    comparison = compare(dataset) if plans else None
    files = write_results(
        dataset, comparison, judge(dataset), tmp_path / "out", inputs={}, parameters=[{}], more={}
    )
    figures = {"trajectories", "staff", *(["difference"] if plans else [])}
    drawn = {f"{figure}.{kind}" for figure in figures for kind in ("png", "svg")}
    data = {"manifest.json", "summary.json", "trajectories.parquet", "parameters.parquet"}
    assert set(files) == data | drawn
    assert set(files) <= WRITTEN
    summary = json.loads((tmp_path / "out" / "summary.json").read_text())
    goal = summary["goals"]["Plan" if plans else "Only"]["half"]
    assert goal["chance"] == 1.0
    assert goal["mean meets it from week"] <= goal["due week"] == 9
    assert ("comparisons" in summary) == bool(plans)
    if plans:
        money = summary["comparisons"]["plans"]["Plan"]["money"]
        assert money["discounted net savings"] < money["net savings"]
        assert money["share of runs that pay back"] == 1.0
        assert set(money["weeks by which runs have paid back"]) == {"5 %", "50 %", "95 %"}
