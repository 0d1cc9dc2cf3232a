from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from synthetic import made_up_dataset, made_up_info
from takeup.errors import OutputError
from takeup.results.dataset import blank, discount_rate, goals_of, marks_of, service_names
from takeup.results.manifest import hash_files
from takeup.results.store import open_results, write


def test_results_come_back_bit_for_bit(tmp_path: Path) -> None:
    dataset = made_up_dataset({"Baseline": 0.0, "Größer": 0.5, "Plan, two": 0.9}, replicates=3)
    dataset["trust"][1, 0, 3] = np.nan
    write(dataset, tmp_path / "out")
    assert open_results(tmp_path / "out").identical(dataset)
    for read in (marks_of, goals_of, service_names, discount_rate):
        assert read(open_results(tmp_path / "out")) == read(dataset)
    assert goals_of(dataset)["Baseline"][0].due == 9
    assert service_names(dataset)["bins"] == "Bulky waste"


def test_groups_that_only_one_scenario_has_survive(tmp_path: Path) -> None:
    infos = [made_up_info("a"), made_up_info("b", wards=("North", "West"))]
    dataset = blank(infos, 1)
    assert "ward:South" in dataset["group"].values
    assert "ward:West" in dataset["group"].values
    write(dataset, tmp_path / "out")  # and not a single value
    assert open_results(tmp_path / "out").identical(dataset)


def test_the_table_is_tidy_and_has_no_empty_rows(tmp_path: Path) -> None:
    dataset = made_up_dataset(replicates=2, weeks=5)
    write(dataset, tmp_path / "out")
    table = pq.read_table(tmp_path / "out" / "trajectories.parquet").to_pandas()
    assert list(table) == ["scenario", "replicate", "week", "date", "kpi", "group", "value"]
    assert table["value"].notna().all()
    row = table.query(
        "scenario == 'Plan' and replicate == 1 and week == 3 and kpi == 'adoption' "
        "and group == 'ward:North'"
    )
    expected = dataset["adoption"].sel(scenario="Plan", replicate=1, week=3, group="ward:North")
    assert row["value"].item() == expected.item()
    assert row["date"].item().isoformat() == "2025-01-27"


def test_the_manifest_says_what_ran_on_what(tmp_path: Path) -> None:
    source = tmp_path / "plan.toml"
    source.write_text("name = 'x'\n")
    write(made_up_dataset(), tmp_path / "out", manifest={"inputs": hash_files([source])})
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert len(manifest["inputs"][str(source)]) == 64
    assert manifest["scenarios"]["Plan"]["seed"] == 1
    assert manifest["scenarios"]["Plan"]["goals"][0]["kpi"] == "digital_take_up"
    assert manifest["discount rate"] == 0.035
    assert {"takeup", "python", "platform", "libraries", "replicates", "weeks"} <= set(manifest)
    assert json.loads((tmp_path / "out" / "summary.json").read_text())["replicates"] == 5


def test_results_without_goals_and_discount_are_still_read(tmp_path: Path) -> None:
    dataset = made_up_dataset()
    for name in ("goals", "services", "discount_rate"):
        del dataset.attrs[name]
    write(dataset, tmp_path / "out")
    assert open_results(tmp_path / "out").identical(dataset)
    assert goals_of(dataset) == {}
    assert discount_rate(dataset) == 0.0


def test_equal_results_give_equal_files(tmp_path: Path) -> None:
    for name in ("a", "b"):
        write(made_up_dataset(), tmp_path / name)
    for file in ("trajectories.parquet", "summary.json", "manifest.json"):
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes()


@pytest.mark.parametrize("content", [None, b"no parquet at all"])
def test_what_is_not_results_is_refused(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "trajectories.parquet").write_bytes(content)
    with pytest.raises(OutputError):
        open_results(tmp_path)


def test_a_parquet_file_of_someone_else_is_refused(tmp_path: Path) -> None:
    import pyarrow as pa

    pq.write_table(pa.table({"x": [1, 2]}), tmp_path / "trajectories.parquet")
    with pytest.raises(OutputError, match="not readable as takeup results"):
        open_results(tmp_path)
