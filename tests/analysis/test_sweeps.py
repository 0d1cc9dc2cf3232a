"""Analyses of sweeps on disk: from an experiment file to indices, nothing in between left out."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import takeup
from known_functions import ISHIGAMI_FIRST, ISHIGAMI_TOTAL, ishigami
from takeup.analysis.discovery import Sought
from takeup.analysis.response import Response
from takeup.analysis.sensitivity import Sensitivity
from takeup.analysis.sweeps import About, analysis_of, discovery_of, period_means, scenario_of
from takeup.errors import InputError
from takeup.experiments import jobs
from takeup.experiments.definition import read_experiment
from takeup.experiments.sweep import sweep
from takeup.kpis import KPI_NAMES
from takeup.results.summarise import all_groups
from takeup.results.sweep import Sweep
from takeup.runs.describe import run_info
from takeup.runs.replicate import Ran
from takeup.runs.threads import Threads
from takeup.scenario import starter
from takeup.scenario.schema.case import Case

INPUTS = {"x1": "expectation_weight", "x2": "trust_weight", "x3": "habit_weight"}
WEEKS = 12


@pytest.fixture
def run_of_function(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a run be a known function of three parameters, in place of weeks and residents.

    Take-up is Ishigami's function; adoption is its week times x2 before week 8 and x1 after it;
    the second scenario's trust is x1 higher than the first's.
    """

    def known(case: Case, *_: object) -> Ran:
        given = case.scenario.parameter_values()
        x = np.array([[2 * np.pi * (given[name] - 0.5) for name in INPUTS.values()]])
        second = case.scenario.services["waste"].complexity > 0.6
        info = run_info(case.scenario)
        series = np.zeros((WEEKS, len(all_groups(info))))
        values = dict.fromkeys(KPI_NAMES, series + 1.0)
        values["digital_take_up"] = series + ishigami(x)[0]
        late = (np.arange(WEEKS) >= 8)[:, None]
        values["adoption"] = series + np.where(late, x[0, 0], x[0, 1])
        values["trust"] = series + x[0, 1] + second * x[0, 0]
        return Ran(info, values, np.zeros(0), 0.0)

    monkeypatch.setattr(jobs, "run_case", known)


def swept(folder: Path, design: str, *, plan: bool = False, replicates: int = 1) -> Sweep:
    """Run an experiment of three parameters from 0 to 1."""
    (folder / "base.toml").write_text(starter("Town"), "utf-8")
    (folder / "plan.toml").write_text(
        'extends = "base.toml"\nname = "Plan"\nservices.waste.complexity = 0.7\n', "utf-8"
    )
    (folder / "study.toml").write_text(
        f"""
        scenario = {["base.toml", "plan.toml"] if plan else "base.toml"!r}
        replicates = {replicates}
        [design]
        {design}
        [set]
        run.uncertainty = "seed"
        run.weeks = {WEEKS}
        run.sample = 100
        parameters.{INPUTS["x1"]} = {{ low = 0.0, high = 1.0 }}
        parameters.{INPUTS["x2"]} = {{ low = 0.0, high = 1.0 }}
        parameters.{INPUTS["x3"]} = {{ low = 0.0, high = 1.0 }}
        [record]
        kpis = ["digital_take_up", "adoption", "trust"]
        """,
        "utf-8",
    )
    experiment = read_experiment(folder / "study.toml")
    sweep(experiment, folder / "out", executor=partial(Threads, 2), cache=False)
    return takeup.open_sweep(folder / "out")


@pytest.mark.usefixtures("run_of_function")
def test_ishigami_through_the_whole_pipeline(tmp_path: Path) -> None:
    found = analysis_of(swept(tmp_path, 'kind = "sobol"\npoints = 512'), About())
    assert isinstance(found, Sensitivity)
    table = found.of("digital_take_up").rename(index=lambda name: name.split(".")[1])
    for x, name in INPUTS.items():
        for index, known in (("S1", ISHIGAMI_FIRST[x]), ("ST", ISHIGAMI_TOTAL[x])):
            assert table.loc[name, index] == pytest.approx(known, abs=0.04)
            assert (
                abs(table.loc[name, index] - known) <= 2 * table.loc[name, f"{index}_half"] + 0.01
            )
    weekly = found.weekly[(found.weekly["kpi"] == "adoption") & (found.weekly["rank"] == 1)]
    assert dict(zip(weekly["week"], weekly["parameter"], strict=True)) == {
        3: f"parameters.{INPUTS['x2']}",
        7: f"parameters.{INPUTS['x2']}",
        11: f"parameters.{INPUTS['x1']}",
    }


@pytest.mark.usefixtures("run_of_function")
def test_a_plan_is_analysed_against_a_baseline(tmp_path: Path) -> None:
    made = swept(tmp_path, 'kind = "morris"\ntrajectories = 8', plan=True, replicates=2)
    base, plan = made.scenarios
    with pytest.raises(InputError, match="holds 2 scenarios"):
        scenario_of(made, None)
    alone = analysis_of(made, About(base), ["trust"])
    against = analysis_of(made, About(plan, base), ["trust"])
    assert isinstance(alone, Sensitivity)
    assert isinstance(against, Sensitivity)
    assert alone.of("trust")["mu_star"].idxmax() == f"parameters.{INPUTS['x2']}"
    effects = against.of("trust")["mu_star"]
    assert effects.idxmax() == f"parameters.{INPUTS['x1']}"
    assert effects.iloc[1:].max() == pytest.approx(0, abs=1e-9)
    assert set(against.weekly["week"]) == {3, 7, 11}


@pytest.mark.usefixtures("run_of_function")
def test_grids_latin_hypercubes_and_goals(tmp_path: Path) -> None:
    (tmp_path / "grid").mkdir()
    made = swept(tmp_path / "grid", 'kind = "grid"\nlevels = 3')
    found = analysis_of(made, About(), ["trust"])
    assert isinstance(found, Response)
    assert found.of("trust").index[0] == f"parameters.{INPUTS['x2']}"

    (tmp_path / "cube").mkdir()
    made = swept(tmp_path / "cube", 'kind = "latin_hypercube"\npoints = 200')
    with pytest.raises(InputError, match="takeup discover"):
        analysis_of(made, About())
    box = discovery_of(made, About(), [Sought("trust", ">=", 0.0)]).boxes[0]
    assert [limit.parameter for limit in box.limits] == [f"parameters.{INPUTS['x2']}"]
    assert box.limits[0].high == pytest.approx(0.5, abs=0.03)


@pytest.mark.usefixtures("run_of_function")
def test_reading_week_by_week_in_blocks_gives_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = swept(tmp_path, 'kind = "latin_hypercube"\npoints = 23', replicates=2)
    whole = period_means(made, About(), ["adoption"])
    monkeypatch.setattr("takeup.analysis.sweeps._ROWS", 5 * WEEKS * 2)
    in_blocks = period_means(made, About(), ["adoption"])
    assert list(in_blocks) == list(whole) == [3, 7, 11]
    for week, table in in_blocks.items():
        pd.testing.assert_frame_equal(table, whole[week])
