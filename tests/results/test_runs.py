from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from synthetic import made_up_counters, made_up_info
from takeup.errors import OutputError
from takeup.kpis import FAMILIES, KPI_NAMES
from takeup.results.dataset import blank, record
from takeup.results.runs import (
    SUMMARIES,
    Kept,
    Label,
    Parts,
    RunRows,
    encoded,
    is_whole,
    part_info,
    part_of,
    relabelled,
    rows_of,
    write_whole,
)
from takeup.results.summarise import all_groups, summarise
from takeup.results.summary import at_horizon, level

SOME = Kept(("trust", "backlog"), ("all", "age:75+"))


def rows(seed: int = 1, weeks: int = 60, kept: Kept = SOME) -> RunRows:
    info = made_up_info(weeks=weeks)
    return rows_of(summarise(made_up_counters(seed, weeks), info), info, kept)


def part(kept: Kept = SOME, runs: int = 3, scenarios: tuple[str, ...] = ("A", "B")) -> bytes:
    made = [(f"{n:032x}", Label("A", n, 7), rows(n, 60 + n, kept)) for n in range(runs)]
    return part_of(made, kept, scenarios, "model-1")


def table_of(content: bytes) -> pa.Table:
    return pq.read_table(pa.BufferReader(content))


@pytest.mark.parametrize("weeks", [3, 30, 60])
def test_summaries_are_those_of_results(weeks: int) -> None:
    info = made_up_info(weeks=weeks)
    values = summarise(made_up_counters(4, weeks), info)
    dataset = blank([info], 1)
    record(dataset, 0, 0, info, values)
    everything = rows_of(values, info, Kept((), None))
    assert everything.groups == all_groups(info)
    final, mean = at_horizon(dataset), level(dataset, 0, weeks)
    for index, name in enumerate(KPI_NAMES):
        found = dict(zip(SUMMARIES, everything.summaries[index], strict=True))
        np.testing.assert_allclose(found["final"], final[name].values[0, 0], 1e-12, err_msg=name)
        np.testing.assert_allclose(found["mean"], mean[name].values[0, 0], 1e-12, err_msg=name)
        there = ~np.isnan(values[name]).all(axis=0)
        np.testing.assert_array_equal(found["peak"][there], np.nanmax(values[name][:, there], 0))
        assert np.isnan(found["peak"][~there]).all()


@pytest.mark.parametrize("groups", [("all",), ("all", "ward:North", "service:bins")])
def test_families_that_are_not_kept_change_no_bit_of_those_that_are(
    groups: tuple[str, ...],
) -> None:
    kept, info = Kept(("trust",), groups), made_up_info(weeks=83)
    counters = made_up_counters(2, 83)
    whole = rows_of(summarise(counters, info), info, Kept(("trust",), None))
    at = [whole.groups.index(group) for group in groups]
    few = rows_of(summarise(counters, info, kept.families()), info, kept)
    many = rows_of(summarise(counters, info), info, kept)
    np.testing.assert_array_equal(few.summaries, many.summaries)
    np.testing.assert_array_equal(few.summaries, whole.summaries[:, :, at])
    np.testing.assert_array_equal(few.weekly, whole.weekly[:, at])
    assert kept.families() != FAMILIES
    assert Kept((), None).families() == FAMILIES


def test_a_part_holds_a_row_per_run_and_group() -> None:
    table = table_of(part())
    assert len(table) == 6
    assert table["group"].to_pylist() == ["all", "age:75+"] * 3
    assert table["point"].to_pylist() == [0, 0, 1, 1, 2, 2]
    first = rows(1, 61)
    one = KPI_NAMES.index("trust")
    assert table["trust_mean"][2].as_py() == first.summaries[one, 1, 0]
    assert table["trust_weekly"][3].as_py() == first.weekly[0, 1].tolist()
    assert len(table["backlog_weekly"][2]) == 61
    assert table["backlog_mean"][3].as_py() is None  # has no meaning for an age


def test_equal_runs_give_equal_bytes() -> None:
    assert part() == part()


@pytest.mark.parametrize(
    ("other", "covered"),
    [
        (SOME, True),
        (Kept(("trust",), ("all",)), True),
        (Kept(("trust", "contacts"), ("all",)), False),
        (Kept(("trust",), ("all", "ward:North")), False),
        (Kept(("trust",), None), False),
    ],
)
def test_what_covers_what(other: Kept, covered: bool) -> None:
    assert SOME.covers(other) == covered
    assert Kept(KPI_NAMES, None).covers(other)


def test_runs_of_another_sweep_are_put_where_they_stand_in_this_one() -> None:
    fewer = Kept(("backlog",), ("all",))
    labels = {f"{1:032x}": [Label("X", 5, 0), Label("Y", 6, 0)], f"{2:032x}": [Label("X", 9, 1)]}
    table = relabelled(table_of(part()), labels, fewer, ("X", "Y"), "model-1")
    placed = zip(*(table[name].to_pylist() for name in ("scenario", "point", "replicate")),
                 strict=True)  # fmt: skip
    assert list(placed) == [("X", 5, 0), ("Y", 6, 0), ("X", 9, 1)]
    assert set(table["group"].to_pylist()) == {"all"}
    assert "trust_weekly" not in table.column_names
    original = table_of(part())
    assert table["backlog_weekly"][2].as_py() == original["backlog_weekly"][4].as_py()
    # A second time, from what was reused: labels of equal runs do not multiply.
    again = relabelled(table_of(encoded(table)), {f"{1:032x}": [Label("Z", 0, 0)]}, fewer, ("Z",),
                       "model-1")  # fmt: skip
    assert len(again) == 1


def test_parts_are_named_by_their_bytes(tmp_path: Path) -> None:
    parts = Parts(tmp_path / "runs")
    assert parts.files() == []
    assert parts.clean() == []
    path = parts.add(part())
    assert parts.files() == [path]
    assert is_whole(path)
    assert part_info(path)[::3] == ("model-1", SOME)
    damaged = parts.add(part(runs=2))
    damaged.write_bytes(damaged.read_bytes()[:-1])
    (tmp_path / "runs" / "x.parquet.17.new").write_bytes(b"half")
    assert parts.clean() == [damaged]
    assert parts.files() == [path]


def test_what_is_no_part_is_told(tmp_path: Path) -> None:
    path = tmp_path / "other.parquet"
    pq.write_table(pa.table({"a": [1]}), path)
    with pytest.raises(OutputError, match="is not a part of takeup"):
        part_info(path)
    assert not is_whole(path)
    assert not is_whole(tmp_path / "nothing.parquet")


def test_a_file_is_replaced_whole_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "manifest.json"
    write_whole(path, b"before")

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write_whole(path, b"after")
    assert path.read_bytes() == b"before"
    assert [file.name for file in tmp_path.iterdir()] == ["manifest.json"]
