"""The machinery of the benchmarks, at sizes at which its figures mean nothing."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import mesa
import numpy as np
import pytest

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"


@pytest.fixture
def benchmark_of(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Return the import of benchmarks by name, as `python benchmarks/run.py` finds them."""
    before = set(sys.modules)
    monkeypatch.syspath_prepend(BENCHMARKS)
    yield import_module
    for name in set(sys.modules) - before:
        if str(BENCHMARKS) in str(getattr(sys.modules[name], "__file__", "")):
            del sys.modules[name]


def test_the_ordinary_model_tells_the_story_of_the_kernels(benchmark_of: Any) -> None:
    case = {"scenario": "riverton/baseline.toml", "sample": 500, "weeks": 12}
    (row,) = benchmark_of("speed").run([case], times=1)
    assert row["ordinary_take_up"] == pytest.approx(row["kernels_take_up"], abs=0.06)
    assert row["kernels_s"] < row["ordinary_s"]
    assert row["ratio"] == pytest.approx(row["ordinary_s"] / row["kernels_s"])


def test_the_ordinary_model_runs_in_mesas_batches(benchmark_of: Any) -> None:
    throughput = benchmark_of("throughput")
    rows = mesa.batch_run(
        throughput.BatchCouncil,
        parameters={
            "file": str(throughput.SCENARIO), "sample": 200, "weeks": 6, "replicate": range(2),
        },
        data_collection_period=-1,
        display_progress=False,
    )  # fmt: skip
    assert [row["Step"] for row in rows] == [5, 5]  # the warm-up is no step of the run
    assert all(0.0 < row["take_up"] < 0.5 for row in rows)
    assert rows[0]["take_up"] != rows[1]["take_up"]


def test_the_parts_of_a_week_make_up_its_cost(benchmark_of: Any) -> None:
    scaling = benchmark_of("scaling")
    rows = scaling.run([300, 3_000], weeks=20, times=1)
    assert [row["residents"] for row in rows] == [300, 3_000]
    for row in rows:
        assert 0 < row["gather_ns_per_need"] < row["ns_per_need"]
        assert all(row[f"{part}_ns"] > 0 for part in scaling.PARTS)
    assert rows[0]["weeks_s"] < rows[1]["weeks_s"]
    assert 0.0 < scaling.exponent(rows) < 1.5


def test_threads_are_compared_part_by_part(benchmark_of: Any) -> None:
    threads = benchmark_of("threads")
    (row,) = threads.run(["300"], weeks=5, times=1)
    assert row["residents"] == 300
    assert row["threads"] >= 2
    for part in (*threads.PARTS, "cpu"):
        assert row[f"{part}_s_1"] > 0.0
        assert row[f"{part}_s_{row['threads']}"] > 0.0


def test_the_exponent_of_a_power_law_is_found(benchmark_of: Any) -> None:
    slope = benchmark_of("measure").slope
    assert slope([1, 10, 100], [5, 5 * 10**1.5, 5 * 10**3]) == pytest.approx(1.5)


def test_the_ratio_of_variances_is_that_of_what_was_drawn(benchmark_of: Any) -> None:
    chance = np.random.default_rng(5)
    shared = chance.normal(0.4, 0.03, 1_000)
    plan = shared + chance.normal(0.02, 0.01, 1_000)
    found = benchmark_of("variance").compare(shared, plan, transactions=1_000.0)
    truth = (2 * 0.03**2 + 0.01**2) / 0.01**2
    assert found["ratio"] == pytest.approx(truth, rel=0.2)
    assert found["ratio_low"] < truth < found["ratio_high"]
    assert found["effect"] == pytest.approx(0.02, abs=0.001)
    assert found["ceiling"] == pytest.approx(2 * 0.41 * 0.59 / 0.02, rel=0.05)


def test_plans_are_compared_pair_by_pair(benchmark_of: Any) -> None:
    rows = benchmark_of("variance").run(8, ("run.sample=1500",))
    assert {(row["plan"], row["end"]) for row in rows} == {
        (plan, end) for plan in ("one lever", "full plan") for end in ("last week", "last 4 weeks")
    }
    assert all(row["ratio"] > 1.0 for row in rows)


def test_memory_is_that_of_a_process_of_its_own(benchmark_of: Any) -> None:
    (row,) = benchmark_of("memory").run([("500", 10)])
    assert row["residents"] == 500
    assert row["weeks"] == 10
    assert 50.0 < row["peak_mb"] < 1000.0


def test_the_time_of_a_command_is_that_of_a_process_of_its_own(benchmark_of: Any) -> None:
    (row,) = benchmark_of("start_to_answer").run({"version": ["--version"]}, times=2)
    assert row["command"] == "version"
    assert 0.0 < row["cpu_s"] < 60.0
    assert row["start_to_answer_s"] > 0.0


def test_every_fault_of_the_list_can_be_planted_and_has_its_tests(benchmark_of: Any) -> None:
    mutants = benchmark_of("mutants")
    every = mutants.mutants()
    mutants.fit(every)
    assert len(every) >= 60
    assert len({mutant.name for mutant in every}) == len(every)
    for test in {test for mutant in every for test in mutant.tests}:
        path, _, name = test.partition("::")
        assert f"def {name}" in (BENCHMARKS.parent / path).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("function", "old"),
    [("focus", "capacity / laod"), ("focus", "capacity"), ("nowhere", "load"), ("focus", "load")],
)
def test_a_fault_that_no_longer_applies_is_named(
    benchmark_of: Any, function: str, old: str
) -> None:
    mutants = benchmark_of("mutants")
    lost = mutants.Mutant("lost", "model/week/rules.py", function, old, "1.0", ())
    with pytest.raises(mutants.UnfitError, match='mutant "lost" no longer applies'):
        mutants.fit([lost])


@pytest.mark.slow
def test_what_is_planted_is_seen(benchmark_of: Any, capsys: pytest.CaptureFixture[str]) -> None:
    mutants = benchmark_of("mutants")
    assert mutants.main(["--only", "model/week/rules.py", "--sample", "3"]) == 0
    assert "3 planted, 3 seen, 0 survived" in capsys.readouterr().out


@pytest.mark.slow
def test_what_no_test_sees_survives(
    benchmark_of: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    mutants = benchmark_of("mutants")
    words = mutants.Mutant(
        "words",
        "model/week/rules.py",
        "focus",
        "Change saturation",
        "Too much",
        ("tests/model/test_rules.py",),
    )
    monkeypatch.setattr(mutants, "mutants", lambda: [words])
    assert mutants.main([]) == 1
    assert "1 planted, 0 seen, 1 survived" in capsys.readouterr().out


def test_forecasts_are_made_of_any_file_of_their_form(benchmark_of: Any, tmp_path: Path) -> None:
    head = "series,period_end,volume,digital,digital_pct\n"
    rows = [
        f"{name},{2012 + q // 4}-{3 + 3 * (q % 4):02},5000,0,{min(100, start + 4 * q)}\n"
        for name, start in (("slow", 20), ("full", 70), ("whole", 99))
        for q in reversed(range(13))
        if q != 5
    ]
    file = tmp_path / "series.csv"
    file.write_text(head + "".join(rows), encoding="utf-8")
    small = ["--replicates", "4", "--runs", "8", "--jobs", "1", "--out", str(tmp_path / "out")]
    forecasts = benchmark_of("forecasts")
    forecasts.main([str(file), *small])
    found = json.loads((tmp_path / "out" / "forecasts.json").read_text(encoding="utf-8"))
    assert list(found["default"]) == ["series", "coverage50", "coverage90", "mae", "mae_no_change"]
    assert found["default"]["series"] == found["calibrated"]["series"] == 2
    rivals = ("bass", "logistic", "damped", "last", "agent_free")
    measures = [f"{name}_{of}" for name in rivals for of in ("mean", "median")]
    expected = ["series", "coverage50", "coverage90", "mae_mean", "mae_median", *measures]
    assert list(found["calibrated"]) == expected
    assert (tmp_path / "out" / "forecasts.png").exists()
    with (tmp_path / "out" / "forecasts.csv").open(encoding="utf-8") as table:
        (slow, _) = csv.DictReader(table)
    assert float(slow["last_error"]) == pytest.approx((4 + 8 + 12 + 16) / 4)
    file.write_text(head + rows[0], encoding="utf-8")
    with pytest.raises(SystemExit, match="no usable series"):
        forecasts.main([str(file), *small])
