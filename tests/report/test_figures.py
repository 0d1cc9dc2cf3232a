from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure

from synthetic import made_up_dataset
from takeup.analysis.comparison import compare
from takeup.errors import InputError
from takeup.report.calendar import caption, lay_out
from takeup.report.figures import difference_figure, trajectories_figure
from takeup.report.panels import save
from takeup.report.style import line_styles, tick
from takeup.results.info import Mark


def test_trajectories_draw_one_panel_a_kpi_and_one_line_a_scenario(tmp_path: Path) -> None:
    dataset = made_up_dataset({"Baseline": 0.0, "Plan": 0.8}, replicates=3)
    figure = trajectories_figure(dataset, ["adoption", "trust"], title="T", baseline="Baseline")
    panels = {axes.get_title("left"): axes for axes in figure.axes}
    adoption = panels["Residents using a digital service"]
    medians = [line for line in adoption.lines if line.get_linewidth() > 1]
    expected = dataset["adoption"].sel(group="all").median("replicate").values
    for line, series in zip(medians, expected, strict=True):
        np.testing.assert_allclose(line.get_ydata(), series)
    paths = save(figure, tmp_path, "x")
    assert all(path.stat().st_size > 10_000 for path in paths)
    assert paths[0].read_bytes().startswith(b"\x89PNG")


def test_a_figure_is_drawn_once_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drawings: list[object] = []
    usual = Figure.draw

    def draw(figure: Figure, renderer: object) -> None:
        drawings.append(renderer)
        usual(figure, renderer)

    monkeypatch.setattr(Figure, "draw", draw)
    save(trajectories_figure(made_up_dataset(replicates=2), ["trust"]), tmp_path, "x")
    assert len(drawings) == len(list(tmp_path.iterdir())) == 2


def test_differences_are_drawn_around_zero() -> None:
    comparison = compare(made_up_dataset(replicates=3))
    figure = difference_figure(comparison, title="D")
    savings = next(a for a in figure.axes if a.get_title("left").startswith("Cumulative net"))
    series = savings.lines[1].get_ydata()
    assert series[-1] == pytest.approx(comparison.money["Plan"].net_discounted)
    assert "discounted" in savings.get_title("left")


def test_a_goal_is_drawn_at_its_target_up_to_its_date() -> None:
    dataset = made_up_dataset(replicates=2)
    goals = (
        {"kpi": "adoption", "target": 0.9, "group": "age:75+", "due": 12},
        {"kpi": "trust", "target": 0.7, "group": "all", "due": 5},
        {"kpi": "backlog", "target": 3.0, "group": "service:permits", "due": 99, "sign": -1},
    )
    both = [{"name": f"g{i}", "sign": 1} | goal for i, goal in enumerate(goals)]
    dataset.attrs["goals"] = json.dumps({"Baseline": both[:2], "Plan": both})
    figure = trajectories_figure(dataset)
    panels = {axes.get_title("left"): axes for axes in figure.axes}
    last = dataset["date"].values[-1]
    for title, target, until, marker in (
        ("Residents using a digital service (age 75+)", 0.9, last, "^"),
        ("Trust in the council", 0.7, dataset["date"].values[5], "^"),
        ("Backlog (Parking permits), staff hours", 3.0, last, ""),
    ):
        line = next(x for x in panels[title].lines if list(x.get_ydata()) == [target] * 2)
        assert line.get_xdata()[1] == until
        assert line.get_marker() == marker
    trust_lines = panels["Trust in the council"].lines
    assert sum(list(line.get_ydata()) == [0.7, 0.7] for line in trust_lines) == 1  # of both
    only = trajectories_figure(dataset, ["staff_stress"])
    assert sum("Trust" in axes.get_title("left") for axes in only.axes) == 0


def test_one_replicate_has_no_bands() -> None:
    figure = trajectories_figure(made_up_dataset({"Only": 0.5}, replicates=1), ["adoption"])
    panel = next(a for a in figure.axes if a.get_title("left").startswith("Residents"))
    assert not panel.collections


def test_an_unknown_kpi_is_refused() -> None:
    with pytest.raises(InputError, match="no KPI"):
        trajectories_figure(made_up_dataset(), ["nonsense"])


def test_scenarios_differ_in_colour_and_the_baseline_is_grey() -> None:
    names = ["a", "b", "c", "d", "e", "f", "g"]
    styles = line_styles(names, "c")
    assert len({(look.colour, look.line) for look in styles.values()}) == len(names)
    assert styles["c"].colour == "#4d4d4d"


def test_nothing_overlaps_in_the_calendar() -> None:
    marks = [Mark("intervention", f"number-{i}", i % 7, i % 7 + 1 + i) for i in range(12)]
    marks += [Mark("go-live", f"service {i}", 3 * i, 3 * i) for i in range(5)]
    strip = lay_out({"Plan": marks}, ["Plan"], 40, 8.0)
    assert len(strip.entries) == len(marks)
    by_row: dict[int, list[Mark]] = {}
    for entry in strip.entries:
        by_row.setdefault(entry.row, []).append(entry.mark)
    for row in by_row.values():
        assert len({mark.kind for mark in row}) == 1
        ordered = sorted(row, key=lambda mark: mark.first)
        for left, right in pairwise(ordered):
            assert left.last < right.first or left.kind == "go-live"


def test_what_all_scenarios_share_is_drawn_once() -> None:
    live = Mark("go-live", "Permits", 3, 3)
    strip = lay_out({"A": [live], "B": [live]}, ["A", "B"], 20, 8.0)
    assert [entry.scenario for entry in strip.entries] == [None]


def test_plans_share_their_common_interventions_below_their_name() -> None:
    why, own = Mark("intervention", "why", 0, 5), Mark("intervention", "own", 2, 9)
    strip = lay_out({"A": [why], "B": [why, own]}, ["None", "A", "B"], 20, 8.0)
    assert [(e.mark.name, e.scenario, e.row) for e in strip.entries] == [
        ("why", None, 1),
        ("own", "B", 3),
    ]
    assert strip.heads == (("all plans", 0), ("B", 2))


def test_shocks_have_rows_of_their_own_and_are_told_in_the_caption() -> None:
    live, shock = Mark("go-live", "Permits", 3, 3), Mark("shock", "outage", 4, 5)
    why = Mark("intervention", "why", 0, 5)
    strip = lay_out({"A": [live, shock], "B": [live, shock, why]}, ["A", "B"], 20, 8.0)
    assert [(e.mark.kind, e.scenario, e.row) for e in strip.entries] == [
        ("go-live", None, 0),
        ("shock", None, 1),
        ("intervention", "B", 3),
    ]
    assert caption(strip).endswith("go-lives (◆), interventions (bars), shocks (hatched)")


@pytest.mark.parametrize(
    ("value", "unit", "step", "largest", "signed", "text"),
    [
        (0.4, "share", 0.2, 0.6, False, "40 %"),
        (0.025, "share", 0.025, 0.1, False, "2.5 %"),
        (-0.05, "share", 0.05, 0.1, True, "−5"),
        (0.0, "GBP", 1000.0, 4000.0, False, "0"),
        (25_000.0, "GBP", 5000.0, 30_000.0, False, "25k"),
        (1_500_000.0, "GBP", 500_000.0, 2e6, True, "+1.5M"),
        (-0.75, "weeks", 0.25, 1.0, True, "−0.75"),
    ],
)
def test_ticks_have_the_digits_that_their_distance_needs(
    value: float, unit: str, step: float, largest: float, signed: bool, text: str
) -> None:
    assert tick(value, unit, step, largest, signed=signed) == text
