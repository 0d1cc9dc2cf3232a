from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

import takeup
from studies import experiment_in, run
from takeup.errors import InputError, OutputError
from takeup.results.sweep import Sweep

KEPT = 'kpis = ["digital_take_up", "backlog"]\ngroups = ["age:75+"]'


@pytest.fixture(scope="module")
def sweep(tmp_path_factory: pytest.TempPathFactory) -> Sweep:
    folder = tmp_path_factory.mktemp("sweep")
    (folder / "plan.toml").write_text('extends = "town.toml"\nname = "A plan"\nprogramme = {}\n')
    experiment = experiment_in(
        folder,
        "services.waste.complexity = { low = 0.3, high = 0.7 }\n"
        "network.kind = ['neighbourhood', 'well_mixed']",
        design='kind = "latin_hypercube"\npoints = 5',
        head='name = "Study"\nscenario = ["town.toml", "plan.toml"]\nreplicates = 2',
        record=KEPT,
    )
    run(experiment, folder / "out", job_runs=4)
    return takeup.open_sweep(folder / "out")


def test_the_design_is_a_table(sweep: Sweep) -> None:
    assert sweep.design.index.name == "point"
    assert list(sweep.design) == ["services.waste.complexity", "network.kind"]
    assert sweep.design["services.waste.complexity"].between(0.3, 0.7).all()
    assert set(sweep.design["network.kind"]) == {"neighbourhood", "well_mixed"}
    assert sweep.units is not None
    assert sweep.units.shape == sweep.design.shape
    assert sweep.problem["names"] == list(sweep.design)
    assert sweep.experiment["design"]["kind"] == "latin_hypercube"
    assert sweep.scenarios == ["Newtown", "A plan"]
    assert sweep.replicates == 2
    assert sweep.unit_of("cost_per_transaction") == "GBP"
    assert sweep.unit_of("trust") == "share"
    assert "5 points × 2 scenarios × 2 replicates" in repr(sweep)


def test_outcomes_have_a_row_per_run_in_order(sweep: Sweep) -> None:
    table = sweep.outcomes()
    assert list(table) == ["scenario", "point", "replicate", "digital_take_up", "backlog"]
    assert table["scenario"].tolist() == ["Newtown"] * 10 + ["A plan"] * 10
    assert table["point"].tolist() == [0, 0, 1, 1, 2, 2, 3, 3, 4, 4] * 2
    assert sweep.missing() == 0
    assert sweep.failures.empty


def test_summaries_are_those_of_the_trajectories(sweep: Sweep) -> None:
    series = sweep.trajectories()
    assert len(series) == 20 * 24
    by = ["scenario", "point", "replicate"]
    wide = series.pivot(index=by, columns="week", values="backlog").sort_index()

    def summary(name: str, **options: float) -> pd.Series:
        return sweep.outcomes(["backlog"], name, **options).set_index(by)["backlog"].sort_index()

    np.testing.assert_allclose(summary("mean"), wide.mean(axis=1))
    np.testing.assert_allclose(summary("final"), wide.loc[:, 20:].mean(axis=1))
    np.testing.assert_array_equal(summary("peak"), wide.max(axis=1))
    threshold = float(wide.to_numpy().mean())
    reached = wide <= threshold  # lower is better
    expected = reached.idxmax(axis=1).where(reached.any(axis=1))
    np.testing.assert_array_equal(summary("time_to", threshold=threshold), expected)
    assert summary("time_to", threshold=-1.0).isna().all()


def test_time_to_a_threshold_counts_from_below_where_higher_is_better(sweep: Sweep) -> None:
    week = sweep.outcomes(["digital_take_up"], "time_to", threshold=0.0)["digital_take_up"]
    assert (week == 0).all()
    never = sweep.outcomes(["digital_take_up"], "time_to", threshold=1.01)["digital_take_up"]
    assert never.isna().all()


def test_points_and_groups_are_chosen(sweep: Sweep) -> None:
    some = sweep.trajectories(["digital_take_up"], points=[3, 1], group="age:75+")
    assert sorted(some["point"].unique()) == [1, 3]
    assert len(some) == 2 * 2 * 2 * 24
    old = sweep.outcomes(["digital_take_up"], group="age:75+")["digital_take_up"].mean()
    assert old < sweep.outcomes(["digital_take_up"])["digital_take_up"].mean()
    assert sweep.outcomes(["backlog"], group="age:75+")["backlog"].isna().all()


def test_summaries_of_every_kpi_are_kept(sweep: Sweep) -> None:
    assert sweep.outcomes(["trust"], summary="mean")["trust"].between(0, 1).all()


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda s: s.outcomes(["digital"]), 'did you mean "digital_take_up"'),
        (lambda s: s.outcomes(["trust"], "time_to", threshold=0.5), "record.kpis"),
        (lambda s: s.outcomes(["backlog"], "time_to"), "threshold"),
        (lambda s: s.outcomes(["backlog"], threshold=3.0), "threshold"),
        (lambda s: s.outcomes(["backlog"], "median"), "is not one of final, mean"),
        (lambda s: s.outcomes(group="age:16-24"), "record.groups"),
        (lambda s: s.trajectories(["trust"]), "no weekly values"),
    ],
)
def test_what_was_not_kept_is_told(sweep: Sweep, call: object, words: str) -> None:
    with pytest.raises(InputError, match=words):
        call(sweep)  # type: ignore[operator]


def test_any_parquet_reader_reads_it(sweep: Sweep) -> None:
    whole = pq.ParquetDataset(sweep.folder / "runs").read().to_pandas()
    whole = whole[whole["group"] == "all"].astype({"scenario": str})
    whole = whole.sort_values(["scenario", "point", "replicate"])
    ours = sweep.outcomes().sort_values(["scenario", "point", "replicate"])
    np.testing.assert_array_equal(whole["backlog_final"], ours["backlog"])


def test_what_is_no_sweep_is_told(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="no sweep there"):
        takeup.open_sweep(tmp_path)
    (tmp_path / "manifest.json").write_text('{"takeup": "1"}')
    with pytest.raises(OutputError, match="not readable as that of a sweep"):
        takeup.open_sweep(tmp_path)
