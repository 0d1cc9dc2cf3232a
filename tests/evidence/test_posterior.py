"""Files of draws that fit data: written, read back, refused, and resampled to equal weight."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from takeup.errors import InputError
from takeup.evidence import PARAMETERS, read_posterior, write_posterior

KEY = "services.waste.usability"


def written(folder: Path, weights: Any, **draws: Any) -> Path:
    """Write rows of a parameter that counts them, unless draws are given."""
    file = folder / "posterior.parquet"
    rows = np.arange(len(weights)) / 1000
    write_posterior(file, draws or {"trust_weight": rows}, weights)
    return file


def rows_used(file: Path, seed: int = 1) -> list[int]:
    posterior = read_posterior(file)
    return [posterior.row(seed, replicate) for replicate in range(len(posterior))]


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    file = tmp_path / "posterior.parquet"
    draws = {"trust_weight": [0.3, 0.9], KEY: [0.7, 0.8]}
    write_posterior(file, draws, [3.0, 1.0], scenario="A town", stated={KEY: 0.8})
    found = read_posterior(file)
    assert found.columns == ("trust_weight", KEY)
    np.testing.assert_array_equal(found.values, [[0.3, 0.7], [0.9, 0.8]])
    np.testing.assert_allclose(found.weights, [0.75, 0.25])
    assert found.effective_sample == pytest.approx(1 / (0.75**2 + 0.25**2))
    assert found.about["scenario"] == "A town"
    assert found.about["effective_sample"] == pytest.approx(1.6)
    assert found.stated == {KEY: 0.8}
    assert list(tmp_path.iterdir()) == [file]


def test_a_file_of_another_program_will_do(tmp_path: Path) -> None:
    file = tmp_path / "own.parquet"
    pq.write_table(pa.table({"trust_weight": [0.3, 0.9], "weight": [1, 1]}), file)
    found = read_posterior(file)
    assert (len(found), found.about) == (2, {})


def test_equal_weights_use_every_row_once(tmp_path: Path) -> None:
    for count in (1, 7, 100, 1000):
        file = written(tmp_path, np.full(count, 0.1))
        assert sorted(rows_used(file)) == list(range(count))


def test_rows_are_used_as_often_as_their_weights_say(tmp_path: Path) -> None:
    weights = np.random.default_rng(3).exponential(size=200) ** 2
    weights[::5] = 0.0
    file = written(tmp_path, weights)
    for seed in range(20):
        counts = Counter(rows_used(file, seed))
        wanted = 200 * weights / weights.sum()
        assert all(abs(counts[row] - wanted[row]) < 1 for row in range(200))
        assert not any(counts[row] for row in range(0, 200, 5))


def test_the_mean_of_the_first_replicates_is_that_of_the_weights(tmp_path: Path) -> None:
    """Over seeds, the first four replicates are a fair sample: no end of the file comes first."""
    weights = np.linspace(0.0, 1.0, 50)
    file = written(tmp_path, weights)
    posterior = read_posterior(file)
    first = [posterior.row(seed, r) for seed in range(500) for r in range(4)]
    mean = np.average(np.arange(50), weights=weights)
    spread = np.sqrt(np.average((np.arange(50) - mean) ** 2, weights=weights))
    assert np.mean(first) == pytest.approx(mean, abs=4 * spread / len(first) ** 0.5)


def test_the_order_hangs_on_the_seed(tmp_path: Path) -> None:
    file = written(tmp_path, np.ones(40))
    assert rows_used(file, 1) == rows_used(file, 1) != rows_used(file, 2)


def test_more_replicates_than_rows_are_refused(tmp_path: Path) -> None:
    posterior = read_posterior(written(tmp_path, np.ones(8)))
    posterior.require(8)
    with pytest.raises(InputError, match=r"has 8 rows, too few for 9 replicates"):
        posterior.row(1, 8)


def test_a_changed_file_is_read_anew(tmp_path: Path) -> None:
    first = read_posterior(written(tmp_path, np.ones(8)))
    second = read_posterior(written(tmp_path, np.arange(8.0)))
    assert first.digest != second.digest
    assert second.weights[0] == 0


def test_how_much_the_data_narrowed(tmp_path: Path) -> None:
    parameter = PARAMETERS["trust_weight"]
    centre = np.linspace(parameter.low, parameter.high, 1000)
    height = np.where(
        centre < parameter.default,
        (centre - parameter.low) / (parameter.default - parameter.low),
        (parameter.high - centre) / (parameter.high - parameter.default),
    )
    file = tmp_path / "p.parquet"
    draws = {"trust_weight": centre, KEY: 0.7 + 0.01 * np.sin(centre), "place.trust": centre / 2}
    write_posterior(file, draws, height, prior_spread={KEY: 1.0})
    found = read_posterior(file).narrowed()
    assert found["trust_weight"] == pytest.approx(1.0, abs=0.005)
    assert found[KEY] < 0.01
    assert np.isnan(found["place.trust"])


GOOD: dict[str, Any] = {"weight": [1.0, 2.0, 1.0], "trust_weight": [0.3, 0.4, 0.5]}


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"weight": None}, "has no column `weight`"),
        ({"weight": [0.0, 0.0, 0.0]}, "column weight: is 0 in every row"),
        ({"weight": [1.0, -0.5, 1.0]}, "column weight, row 1: must be at least 0, not -0.5"),
        ({"weight": [1.0, 1.0, None]}, r"column weight, row 2: must be .*missing \(NaN\)"),
        ({"weight": [1.0, float("inf"), 1.0]}, "column weight, row 1: .* infinite"),
        ({"weight": ["a", "b", "c"]}, "column weight: must hold numbers, not string"),
        ({"weight": [], "trust_weight": []}, "has no rows"),
        ({"trust_weight": None}, "has no column but `weight`"),
        ({"trust_weigth": [1.0] * 3}, 'trust_weigth: is no behav.*did you mean "trust_weight"'),
        ({"trust_weight": [0.3, float("nan"), 0.1]}, r"trust_weight, row 1: .*missing \(NaN\)"),
        ({"trust_weight": [0.3, -1.0, -2.0]}, r"row 1: must be at least .*-1 \(and 1 other"),
        ({"patience": [1.0, 2.0, 0.0]}, "column patience, row 2: must be above 0"),
        ({"turnover": [0.1, 0.2, 9.0]}, "column turnover, row 2: must be at least 0 and at most"),
        ({KEY: [0.1, None, 9.0]}, f"column {KEY}, row 1: must be a number"),
        ({"trust_weight": [True, True, False]}, "trust_weight: must hold numbers, not bool"),
    ],
)
def test_what_cannot_be_used_is_told(tmp_path: Path, columns: dict[str, Any], said: str) -> None:
    file = tmp_path / "bad.parquet"
    table = {name: value for name, value in {**GOOD, **columns}.items() if value is not None}
    if table.get("weight") == []:
        table = {name: pa.array([], pa.float64()) for name in table}
    pq.write_table(pa.table(table), file)
    with pytest.raises(InputError, match=said) as raised:
        read_posterior(file)
    assert all(problem.startswith(f"{file}: ") for problem in raised.value.problems)


def test_what_is_no_such_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nowhere.parquet: cannot be read: no such file"):
        read_posterior(tmp_path / "nowhere.parquet")
    with pytest.raises(InputError, match="is not a file"):
        read_posterior(tmp_path)
    text = tmp_path / "text.parquet"
    text.write_text("weight,trust_weight\n1,0.3\n")
    with pytest.raises(InputError, match=r"text.parquet: is not a Parquet file"):
        read_posterior(text)
    later = tmp_path / "later.parquet"
    table = pa.table(GOOD).replace_schema_metadata({"takeup": '{"format": 2}'})
    pq.write_table(table, later)
    with pytest.raises(InputError, match="has format 2"):
        read_posterior(later)


def test_nothing_is_written_that_could_not_be_read(tmp_path: Path) -> None:
    file = tmp_path / "bad.parquet"
    for draws, weights, said in (
        ({"trust_weight": [0.3]}, [1.0, 1.0], "must have 2 values, one a row, not 1"),
        ({"trust": [0.3, 0.3]}, [1.0, 1.0], "is no behavioural parameter"),
        ({"trust_weight": [0.3, 0.3]}, [0.0, 0.0], "is 0 in every row"),
    ):
        with pytest.raises(InputError, match=said):
            write_posterior(file, draws, weights)
    assert not list(tmp_path.iterdir())
