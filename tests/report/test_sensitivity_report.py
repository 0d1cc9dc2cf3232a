from __future__ import annotations

import io
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from rich.console import Console
from SALib.sample import morris, sobol

from known_functions import as_design, as_outcomes
from takeup.analysis.points import point_means
from takeup.analysis.response import Response, response
from takeup.analysis.sensitivity import Sensitivity, sensitivity
from takeup.errors import OutputError
from takeup.report.sensitivity import sensitivity_tables, write_sensitivity
from takeup.report.sensitivity_figures import (
    over_time_figure,
    response_figure,
    sensitivity_figure,
)

NAMES = [
    "parameters.expectation_weight",
    "programme.a-training-with-a-long-name.seats",
    *(f"parameters.number_{number}" for number in range(13)),
]
PROBLEM = {"num_vars": len(NAMES), "names": NAMES, "bounds": [[0.0, 1.0]] * len(NAMES)}
KPIS = ("digital_take_up", "adoption", "trust", "backlog", "contacts", "staff_adoption")


def unit_of(kpi: str) -> str:
    return {"backlog": "staff hours", "contacts": "contacts"}.get(kpi, "share")


def first_two(x: np.ndarray) -> np.ndarray:
    return np.asarray(0.3 + 0.3 * x[:, 0] + 0.1 * x[:, 1] + 0.001 * x.sum(axis=1))


def found_by(method: str) -> Sensitivity:
    points = (
        sobol.sample(PROBLEM, 16, calc_second_order=False, seed=1)
        if method == "sobol"
        else morris.sample(PROBLEM, 6, seed=1)
    )
    design = as_design(points, NAMES)
    outcomes = as_outcomes(design, 2, 0.001, **dict.fromkeys(KPIS, first_two))
    weekly = {
        week: pd.DataFrame({"trust": (1 + week) * first_two(points)}, index=design.index)
        for week in (3, 7, 11)
    }
    means = point_means(design.index, outcomes)
    return sensitivity(method, PROBLEM, design, means, weekly)  # type: ignore[arg-type]


def grid(inputs: int = 2) -> Response:
    values = pd.MultiIndex.from_product([[0, 3, 6], [0.0, 0.5], [1, 2]]).to_frame(index=False)
    design = values.set_axis(["seats", "reach", "third"], axis=1).rename_axis(index="point")
    if inputs == 2:
        design = design[["seats", "reach"]].drop_duplicates(ignore_index=True)
        design = design.rename_axis(index="point")
    outcomes = as_outcomes(design, 3, 0.0, trust=lambda x: 0.01 * x[:, 0] * (1 + x[:, 1]))
    return response("grid", design, point_means(design.index, outcomes))


def printed(found: Sensitivity | Response, *detailed: str) -> str:
    console = Console(file=io.StringIO(), width=100, highlight=False)
    for part in sensitivity_tables(found, unit_of, detailed):
        console.print(part)
    return console.file.getvalue()  # type: ignore[attr-defined]


@pytest.mark.parametrize("method", ["sobol", "morris"])
def test_tables_rank_inputs_and_fit_100_columns(method: str) -> None:
    text = printed(found_by(method), "trust", "backlog")
    assert max(map(len, text.splitlines())) <= 100
    ranks = [line.split()[0] for line in text.splitlines() if line.startswith(("expect", "a-tra"))]
    assert ranks[:2] == ["expectation_weight", "a-training-with-a-long-name.seats"]
    assert "3 more, each at most" in text
    assert "expectation_weight matters most" in text
    assert text.count(" ± ") >= 24


def test_responses_show_what_every_value_does() -> None:
    text = printed(grid())
    assert max(map(len, text.splitlines())) <= 100
    # 0.01 × 6 × (1 + 0.25), in points
    assert " 7.5 " in next(line for line in text.splitlines() if line.startswith("seats"))
    assert "seats moves it most, from 0 (lowest) to 6 (highest)" in text


def test_bars_have_the_length_of_the_indices(tmp_path: Path) -> None:
    found = found_by("sobol")
    figure = sensitivity_figure(found, unit_of, "T")
    panel = next(axes for axes in figure.axes if axes.get_title("left") == "Digital take-up")
    widths = [bar.get_width() for bar in panel.containers[1].patches]
    np.testing.assert_allclose(widths, found.of("digital_take_up")["ST"][:12])
    assert len(figure.axes) == 1 + len(KPIS)


def test_lines_show_indices_over_time() -> None:
    found = found_by("morris")
    figure = over_time_figure(found, unit_of)
    panel = next(axes for axes in figure.axes if axes.get_title("left").startswith("Trust"))
    lines = [line for line in panel.lines if line.get_linewidth() > 1]
    assert len(lines) == 6
    highest = max(lines, key=lambda line: line.get_ydata()[-1])
    np.testing.assert_allclose(highest.get_ydata(), 0.301 * np.array([4, 8, 12]), rtol=1e-6)


def test_a_grid_of_two_is_a_heat_map_and_of_three_is_not() -> None:
    two = response_figure(grid(2), unit_of)
    assert two.axes[1].images[0].get_array().shape == (2, 3)
    assert not response_figure(grid(3), unit_of).axes[1].images


@pytest.mark.parametrize("found", [found_by("sobol"), grid()], ids=["sobol", "grid"])
def test_the_folder_is_replaced_by_the_next_analysis_only(
    found: Sensitivity | Response, tmp_path: Path
) -> None:
    about = {"takeup": "0", "of": "Plan"}
    for _ in range(2):
        names = write_sensitivity(found, tmp_path / "out", units=unit_of, title="T", about=about)
    assert {"sensitivity.parquet", "sensitivity.png", "summary.json", "manifest.json"} < set(names)
    table = pd.read_parquet(tmp_path / "out" / "sensitivity.parquet")
    pd.testing.assert_frame_equal(table, found.table, check_dtype=False)
    assert "moves it most" in (text := (tmp_path / "out/summary.json").read_text()) or (
        "matters most" in text
    )
    assert json.loads(text)["cautions"]
    (tmp_path / "out" / "mine.txt").touch()
    with pytest.raises(OutputError, match=r"mine\.txt"):
        write_sensitivity(found, tmp_path / "out", units=unit_of, title="T", about=about)
