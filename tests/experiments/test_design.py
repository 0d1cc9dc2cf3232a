from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from studies import experiment_in
from takeup.errors import InputError
from takeup.experiments.design import Points, make_points

TWO = """services.waste.complexity = { low = 0.3, high = 0.7 }
parameters.influence_weight.evidence = true"""


def points(folder: Path, vary: str, design: str) -> Points:
    return make_points(experiment_in(folder, vary, design=design))


def test_a_grid_has_every_combination(tmp_path: Path) -> None:
    found = points(
        tmp_path,
        "programme.train-staff.seats = [1, 4]\n"
        "services.waste.complexity = { low = 0.3, high = 0.7 }",
        'kind = "grid"\nlevels = 3',
    )
    assert len(found) == 6
    assert found.table.index.name == "point"
    rows = {tuple(row) for row in found.table.itertuples(index=False)}
    assert rows == {(seats, trust) for seats in (1, 4) for trust in (0.3, 0.5, 0.7)}
    assert found.values(0) == {"programme.train-staff.seats": 1, "services.waste.complexity": 0.3}
    assert found.units is None


def test_one_at_a_time_begins_with_the_scenario_as_it_is(tmp_path: Path) -> None:
    found = points(tmp_path, TWO, 'kind = "one_at_a_time"')
    assert [found.values(point) for point in range(len(found))] == [
        {},
        {"services.waste.complexity": 0.3},
        {"services.waste.complexity": 0.7},
        {"parameters.influence_weight": 0.0},
        {"parameters.influence_weight": 1.4},
    ]


def test_a_list_is_a_csv_file_whose_empty_cells_change_nothing(tmp_path: Path) -> None:
    (tmp_path / "points.csv").write_text(
        "services.waste.complexity,network.kind,programme.train-staff.target\n"
        '0.4,well_mixed,\n.5,,"{ departments = [""revenues""] }"\n'
    )
    found = points(tmp_path, "", 'kind = "list"\nfile = "points.csv"')
    assert found.values(0) == {"services.waste.complexity": 0.4, "network.kind": "well_mixed"}
    assert found.values(1) == {
        "services.waste.complexity": 0.5,
        "programme.train-staff.target": {"departments": ["revenues"]},
    }


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "holds no points"),
        ("services.waste.complexity\n", "holds no points"),
        ("services.waste.complexity,run.seed\n,\n", "all cells are empty"),
        ("services.waste.complexity,a b\n0.3,4\n", '"a b" is not a dotted key'),
        ("services.waste.complexity\n[1\n", "row 2: services.waste.complexity"),
        ("services.waste.complexity\n7\n", "services.waste.complexity"),
    ],
)
def test_a_list_that_cannot_be_used_is_refused(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "points.csv").write_text(text)
    with pytest.raises(InputError) as raised:
        points(tmp_path, "", 'kind = "list"\nfile = "points.csv"')
    assert words in str(raised.value)


@pytest.mark.parametrize(
    ("design", "count"),
    [
        ('kind = "latin_hypercube"\npoints = 12', 12),
        ('kind = "sobol"\npoints = 8', 8 * 4),
        ('kind = "sobol"\npoints = 8\nsecond_order = true', 8 * 6),
        ('kind = "morris"\ntrajectories = 5', 5 * 3),
    ],
)
def test_sampled_points_lie_within_their_ranges_and_repeat(
    tmp_path: Path, design: str, count: int
) -> None:
    found = points(tmp_path, TWO, design)
    assert len(found) == count
    assert found.units is not None
    assert found.units.shape == (count, 2)
    assert ((found.units >= 0) & (found.units <= 1)).all(axis=None)
    assert found.table["services.waste.complexity"].between(0.3, 0.7).all()
    assert found.table["parameters.influence_weight"].between(0.0, 1.4).all()
    again = points(tmp_path, TWO, design)
    np.testing.assert_array_equal(found.units, again.units)
    other = points(tmp_path, TWO, f"{design}\nseed = 2")
    assert not np.array_equal(found.units, other.units)


def test_a_latin_hypercube_has_one_point_in_every_layer(tmp_path: Path) -> None:
    found = points(tmp_path, TWO, 'kind = "latin_hypercube"\npoints = 20')
    assert found.units is not None
    for name in found.units:
        assert sorted((found.units[name] * 20).astype(int)) == list(range(20))


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ('kind = "sobol"\npoints = 4', 'kind = "sobol"\npoints = 16'),
        ('kind = "morris"\ntrajectories = 3', 'kind = "morris"\ntrajectories = 7'),
    ],
)
def test_a_longer_design_begins_as_a_shorter_one(tmp_path: Path, short: str, long: str) -> None:
    few, many = points(tmp_path, TWO, short), points(tmp_path, TWO, long)
    assert few.units is not None
    assert many.units is not None
    np.testing.assert_array_equal(few.units, many.units.iloc[: len(few)])
    assert few.table.equals(many.table.iloc[: len(few)])


def test_morris_moves_one_key_at_a_time(tmp_path: Path) -> None:
    found = points(tmp_path, TWO, 'kind = "morris"\ntrajectories = 6')
    assert found.units is not None
    for trajectory in found.units.to_numpy().reshape(6, 3, 2):
        moved = np.diff(trajectory, axis=0) != 0
        assert (moved.sum(axis=1) == 1).all()
        assert (moved.sum(axis=0) == 1).all()


def test_a_design_without_end_is_refused(tmp_path: Path) -> None:
    vary = "\n".join(f"parameters.{name}.evidence = true" for name in (
        "influence_weight", "habit_weight", "trust_weight", "expectation_weight"))  # fmt: skip
    with pytest.raises(InputError, match="at most 5,000,000"):
        points(tmp_path, vary, 'kind = "grid"\nlevels = 100')
