from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from rich.console import Console

from known_functions import as_design
from takeup.analysis.discovery import Discovery, Sought, discover
from takeup.report.discovery import discovery_figure, discovery_tables, write_discovery


def found_in(points: int = 400) -> Discovery:
    rng = np.random.default_rng(1)
    design = as_design(rng.random((points, 3)), ["parameters.a", "parameters.b", "c"])
    design = design.assign(network=rng.choice(["ring", "random"], points))
    inside = (design["parameters.a"] < 0.5) & (design["network"] == "ring")
    table = pd.DataFrame(
        {"trust": np.where(inside, 0.4, 0.7), "backlog": design["c"]}, index=design.index
    )
    return discover(design, table, [Sought("trust", ">=", 0.6), Sought("backlog", "<=", 0.99)])


@pytest.fixture(scope="module")
def found() -> Discovery:
    return found_in()


def test_the_table_shows_limits_coverage_and_density(found: Discovery) -> None:
    console = Console(file=io.StringIO(), width=100, highlight=False)
    for part in discovery_tables(found):
        console.print(part)
    text = console.file.getvalue()  # type: ignore[attr-defined]
    assert max(map(len, text.splitlines())) <= 100
    box = found.boxes[0]
    assert f"{box.coverage * 100:.0f} %" in text
    assert "ring" in text
    assert "trust >= 0.6: " in text
    assert "Coverage: share of all misses" in text


def test_the_figure_outlines_the_box_in_its_own_units(found: Discovery) -> None:
    figure = discovery_figure(found, "T")
    limits = {limit.parameter: limit for limit in found.boxes[0].limits}
    panel = figure.axes[1]
    outline = panel.patches[0]
    along = panel.xaxis if panel.get_xlabel() == "a" else panel.yaxis
    right = outline.get_bbox().x1 if along is panel.xaxis else outline.get_bbox().y1
    assert right == pytest.approx(limits["parameters.a"].high)
    assert figure.axes[-1].get_xlabel().startswith("coverage")


def test_the_folder_holds_boxes_and_words(found: Discovery, tmp_path: Path) -> None:
    names = write_discovery(found, tmp_path / "out", title="T", about={"takeup": "0"})
    assert names == [
        "boxes.parquet",
        "discovery.png",
        "discovery.svg",
        "manifest.json",
        "summary.json",
    ]
    boxes = pd.read_parquet(tmp_path / "out/boxes.parquet")
    assert len(boxes) == sum(len(box.limits) for box in found.boxes)
    assert write_discovery(found, tmp_path / "out", title="T", about={"takeup": "0"}) == names
