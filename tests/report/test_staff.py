from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from synthetic import made_up_dataset
from takeup.report.panels import save
from takeup.report.staff import ELEMENTS, staff_figure


def test_areas_add_up_to_all_staff_and_follow_the_barrier_points(tmp_path: Path) -> None:
    dataset = made_up_dataset({"Only": 0.5}, replicates=3)
    figure = staff_figure(dataset, title="Staff")
    barrier = next(a for a in figure.axes if a.get_title("left") == "What blocks staff first")
    edges = [area.get_paths()[0].vertices[:, 1] for area in barrier.collections]
    assert len(edges) == len(ELEMENTS) + 1
    blocked = [
        dataset[f"blocked_at_{element}"].sel(group="all").values[0].mean(axis=0)
        for element in ELEMENTS
    ]
    for edge, top in zip(edges, np.cumsum(blocked, axis=0), strict=False):
        assert edge.max() == pytest.approx(top.max())
    assert edges[-1].max() == pytest.approx(1.0)
    assert all(path.stat().st_size > 10_000 for path in save(figure, tmp_path, "staff"))


def test_levels_and_adoption_are_means_over_replicates() -> None:
    dataset = made_up_dataset({"Only": 0.5}, replicates=3)
    figure = staff_figure(dataset, group="department:welfare")
    levels = next(a for a in figure.axes if a.get_title("left").startswith("Mean levels"))
    names = [*(f"staff_{element}" for element in ELEMENTS), "staff_adoption"]
    assert len(levels.lines) >= len(names)
    for line, name in zip(levels.lines, names, strict=False):
        expected = dataset[name].sel(group="department:welfare").values[0].mean(axis=0)
        np.testing.assert_allclose(line.get_ydata(), expected)


@pytest.mark.parametrize("scenarios", [1, 2, 4, 5])
def test_every_scenario_has_two_panels(scenarios: int) -> None:
    names = {f"Plan {i}": 0.1 * i for i in range(scenarios)}
    titles = [a.get_title("left") for a in staff_figure(made_up_dataset(names)).axes]
    for what in ("What blocks staff first", "Mean levels, and staff who adopted"):
        assert sum(title.endswith(what) for title in titles) == scenarios


def test_a_panel_shows_the_go_lives_of_its_own_scenario_only() -> None:
    dataset = made_up_dataset(replicates=1)
    dataset["services_online"].loc[{"scenario": "Plan", "group": "service:permits"}] = 0.0
    dataset["services_online"].loc[
        {"scenario": "Plan", "group": "service:permits", "week": slice(7, None)}
    ] = 1.0
    dates = dataset["date"].values
    shown = {axes.get_title("left").partition("\n")[0]: axes for axes in staff_figure(dataset).axes}
    for scenario, week in (("Baseline", 2), ("Plan", 7)):
        lines = [line.get_xdata() for line in shown[scenario].lines]
        assert [x[0] for x in lines if len(x) == 2] == [dates[week]]
