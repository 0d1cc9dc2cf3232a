"""Rows that fit data, in everything that runs a scenario: pairs, workers, sweeps, check, Mesa."""

from __future__ import annotations

import os
import sys
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import takeup
from examples import small_scenario
from studies import experiment_in, outcomes, run
from takeup import cli
from takeup.errors import InputError, OutputError
from takeup.evidence import PARAMETERS, write_posterior
from takeup.mesa.model import TakeupModel
from takeup.runs import replicate as replicate_
from takeup.runs.threads import Threads
from takeup.scenario.schema.case import Case
from takeup.scenario.schema.scenario import Scenario
from takeup.scenario.tell.write import to_toml

KEY = "services.waste.usability"
ROWS = 20


def posterior_in(folder: Path, shift: float = 0.0, rows: int = ROWS, **more: Any) -> Path:
    """Write rows, no two alike, of a parameter and whatever else."""
    file = folder / "posterior.parquet"
    draws = {"trust_weight": 0.3 + shift + np.arange(rows) / 100, **more}
    write_posterior(file, draws, np.ones(rows), stated={KEY: 0.8})
    return file


def fitted(file: Path, **changes: Any) -> Scenario:
    run = {"uncertainty": "posterior", "posterior": str(file), **changes.pop("run", {})}
    return small_scenario(run=run, **changes)


def call(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    sys.argv = ["takeup", *map(str, arguments)]
    with pytest.raises(SystemExit) as stop:
        cli.main()
    out, err = capsys.readouterr()
    return int(stop.value.code or 0), out, err


@pytest.fixture(autouse=True)
def _own_arguments(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", sys.argv)


# ---------------------------------------------------------------- cases


def test_every_replicate_takes_a_row_of_its_own(tmp_path: Path) -> None:
    plan = fitted(posterior_in(tmp_path, **{KEY: 0.6 + np.arange(ROWS) / 100}))
    cases = [Case.of(plan, replicate) for replicate in range(ROWS)]
    assert [case.key for case in cases] == list(range(ROWS))
    rows = [round(100 * (case.scenario.parameters["trust_weight"] - 0.3)) for case in cases]
    assert sorted(rows) == list(range(ROWS))
    facts = [round(100 * (case.scenario.services["waste"].usability - 0.6)) for case in cases]
    assert facts == rows  # a row stays together


def test_what_was_not_fitted_is_drawn_as_without_data(tmp_path: Path) -> None:
    plan = fitted(posterior_in(tmp_path))
    both = small_scenario()
    for replicate in (0, 7):
        with_data, without = (Case.of(s, replicate).scenario.parameters for s in (plan, both))
        assert with_data.keys() == without.keys() == PARAMETERS.keys()
        assert [k for k in without if with_data[k] != without[k]] == ["trust_weight"]


def test_what_the_scenario_sets_itself_stays(tmp_path: Path) -> None:
    file = posterior_in(tmp_path, **{KEY: np.full(ROWS, 0.6)})
    own = fitted(file, parameters={"trust_weight": 0.9}, services={"waste": {"usability": 0.95}})
    case = Case.of(own, 3)
    assert case.scenario.parameters["trust_weight"] == 0.9
    assert case.scenario.services["waste"].usability == 0.95
    assert Case.of(fitted(file), 3).scenario.services["waste"].usability == 0.6


def test_a_case_needs_no_file(tmp_path: Path) -> None:
    file = posterior_in(tmp_path)
    case = Case.of(fitted(file), 1)
    file.unlink()
    replicate_.run(case)
    with pytest.raises(InputError, match="no such file"):
        Case.of(fitted(file), 1)


# ---------------------------------------------------------------- simulate, Mesa


def test_rows_are_the_same_however_many_replicates_and_workers(tmp_path: Path) -> None:
    plan = fitted(posterior_in(tmp_path))
    few = takeup.simulate(plan, replicates=4, workers=1)
    many = takeup.simulate(plan, replicates=16, workers=2)
    for name in few.data_vars:
        np.testing.assert_array_equal(few[name], many[name].isel(replicate=slice(4)))
    more = takeup.simulate(plan, replicates=16, workers=1, earlier=few)
    assert more.equals(many)


def test_mesa_runs_the_same(tmp_path: Path) -> None:
    plan = fitted(posterior_in(tmp_path, **{KEY: 0.6 + np.arange(ROWS) / 100}))
    results = takeup.simulate(plan, replicates=3)
    model = TakeupModel(plan, replicate=2)
    while model.running:
        model.step()
    last = results["digital_take_up"].sel(group="all").isel(week=-1, replicate=2)
    assert model.kpi("digital_take_up") == float(last.squeeze())


def test_too_many_replicates_are_refused(tmp_path: Path) -> None:
    plan = fitted(posterior_in(tmp_path))
    with pytest.raises(InputError, match=rf"has {ROWS} rows, too few for 21 replicates"):
        takeup.simulate(plan, replicates=21)


def test_results_of_other_rows_are_not_gone_on_with(tmp_path: Path) -> None:
    plan = fitted(posterior_in(tmp_path))
    few = takeup.simulate(plan, replicates=2)
    posterior_in(tmp_path, shift=0.1)
    with pytest.raises(InputError, match="earlier: has another world"):
        takeup.simulate(plan, replicates=3, earlier=few)


def test_scenarios_side_by_side_draw_from_the_same_file(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    files = posterior_in(tmp_path), posterior_in(tmp_path / "other")
    with pytest.raises(InputError, match=r"run\.posterior"):
        takeup.simulate([fitted(file) for file in files], replicates=2)


# ---------------------------------------------------------------- files and commands


@pytest.fixture
def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A scenario in a folder of its own, beside its rows, and a plan that extends it elsewhere."""
    folder = tmp_path / "town"
    folder.mkdir()
    posterior_in(folder)
    text = to_toml(small_scenario(run={"weeks": 12, "sample": 150, "replicates": 3}))
    stated = 'uncertainty = "posterior"\nposterior = "posterior.parquet"'
    (folder / "base.toml").write_text(text.replace('uncertainty = "both"', stated))
    (tmp_path / "plan.toml").write_text(
        'extends = "town/base.toml"\nname = "Plan"\nservices.waste.complexity = 0.1\n'
    )
    monkeypatch.chdir(tmp_path)
    return folder / "base.toml"


def test_pairs_stay_pairs_and_the_file_is_told(
    town: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    base, plan = takeup.load(town), takeup.load("plan.toml")
    for replicate in range(3):
        first, second = (Case.of(s, replicate).scenario.parameters for s in (base, plan))
        assert first == second
    assert call(capsys, "compare", town, "plan.toml", "--out", "out")[0] == 0
    drawn = pd.read_parquet("out/parameters.parquet")
    found = drawn[drawn["parameter"] == "trust_weight"].sort_values("replicate")["value"]
    assert found.tolist() == [
        Case.of(base, r).scenario.parameters["trust_weight"] for r in range(3)
    ]
    assert str(town.parent / "posterior.parquet") in Path("out/manifest.json").read_text()


def test_a_scenario_written_down_draws_the_same(town: Path, tmp_path: Path) -> None:
    base = takeup.load(town)
    again = tmp_path / "elsewhere.toml"
    again.write_text(to_toml(base))
    assert takeup.load(again) == base


def test_another_uncertainty_takes_the_place_of_the_file(town: Path) -> None:
    assert takeup.load(town, ["run.uncertainty=seed"]).run.posterior is None


def test_a_file_on_the_command_line_lies_where_it_runs(
    town: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sets = ("--set", "run.posterior=posterior.parquet", "--set", "run.uncertainty=posterior")
    code, _, err = call(capsys, "check", town, *sets)
    assert (code, "posterior.parquet: cannot be read: no such file" in err) == (2, True)
    posterior_in(Path())
    assert call(capsys, "check", town, *sets)[0] == 0


@pytest.mark.parametrize("command", ["run", "check"])
def test_too_many_replicates_end_a_command(
    town: Path, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    code, _, err = call(capsys, command, town, "--set", "run.replicates=21")
    assert code == 2
    assert f"has {ROWS} rows, too few for 21 replicates" in err
    assert not Path("results/base").exists()


def test_check_says_what_the_data_narrowed(town: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = call(capsys, "check", town)
    assert code == 0
    assert f"{ROWS} rows, worth {ROWS} of equal weight" in " ".join(out.split())
    assert "under 50 say little" in " ".join(out.split())
    spread = np.arange(ROWS).std() / 100 / (1.0 / 24) ** 0.5  # triangular, 0.2 to 1.2, mode 0.7
    line = next(line for line in out.splitlines() if "trust_weight" in line)
    assert f"{spread:.2f}" in line.split()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ('uncertainty = "both"', 'run.posterior: is used only when run.uncertainty is "posterior"'),
        ("posterior = 3", "run.posterior: must be"),
        ('posterior = ""', "run.posterior"),
        ('posterior = "base.toml"', "town/base.toml: is not a Parquet file"),
    ],
)
def test_what_is_stated_wrongly_is_told_with_its_line(town: Path, change: str, said: str) -> None:
    key = change.split()[0]
    lines = [
        change if line.startswith(f"{key} =") else line for line in town.read_text().splitlines()
    ]
    town.write_text("\n".join(lines))
    with pytest.raises(InputError) as raised:
        takeup.load(town)
    assert said in str(raised.value)
    assert "base.toml, line " in str(raised.value)


def test_a_posterior_needs_a_file(town: Path) -> None:
    town.write_text(town.read_text().replace('posterior = "posterior.parquet"', ""))
    with pytest.raises(InputError, match=r"run\.posterior: must name a file"):
        takeup.load(town)


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("services.wast.usability", 0.5, 'no fact of the scenario (did you mean "waste"?)'),
        ("services.waste.usabilty", 0.5, 'no fact of the scenario (did you mean "usability"?)'),
        (KEY, 1.5, f"column {KEY}, row 0: 1.5 does not do: "),
        ("service.waste.usability", 0.5, 'did you mean "services"'),
        ("run.seed", 3.0, "is no fact of the scenario"),
        ("parameters.trust_weight", 0.4, "write trust_weight"),
        ("services.waste.name", 0.4, "that is a number"),
        ("place.residents", 500.0, "cannot be fitted"),
    ],
)
def test_what_does_not_fit_the_scenario_is_told(
    town: Path, key: str, value: float, said: str
) -> None:
    posterior_in(town.parent, **{key: np.full(ROWS, value)})
    with pytest.raises(InputError) as raised:
        takeup.load(town)
    assert said in str(raised.value)
    assert "town/posterior.parquet: column" in str(raised.value)


# ---------------------------------------------------------------- sweeps

SET = """
run.sample = 120
run.weeks = 24
run.uncertainty = "posterior"
run.posterior = "posterior.parquet"
"""
VARY = "services.waste.complexity = [0.4, 0.6]"


def test_a_sweep_draws_in_its_parent(tmp_path: Path) -> None:
    """Its workers need no file: what they are given runs without it."""
    file = posterior_in(tmp_path)
    run(experiment_in(tmp_path, VARY, set_=SET), tmp_path / "one")
    done = run(
        experiment_in(tmp_path, VARY, set_=SET), tmp_path / "two", workers=2,
        executor=partial(Threads, 2), job_runs=1,
    )  # fmt: skip
    assert done.total == 4
    pd.testing.assert_frame_equal(
        outcomes(tmp_path / "one"), outcomes(tmp_path / "two"), check_exact=True
    )
    assert file.exists()


def test_a_sweep_is_not_gone_on_with_on_other_rows(tmp_path: Path) -> None:
    file = posterior_in(tmp_path)
    experiment = experiment_in(tmp_path, VARY, set_=SET)
    run(experiment, tmp_path / "out")
    stamp = file.stat()
    posterior_in(tmp_path, shift=0.1)
    os.utime(file, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    with pytest.raises(OutputError, match=r"posterior\.parquet: the posterior has changed"):
        run(experiment_in(tmp_path, VARY, set_=SET), tmp_path / "out")
    posterior_in(tmp_path)
    again = run(experiment_in(tmp_path, VARY, set_=SET), tmp_path / "out")
    assert (again.earlier, again.done) == (4, 0)


def test_the_content_is_part_of_every_run(tmp_path: Path) -> None:
    """Even where a replicate draws the same numbers from a file that is otherwise another."""
    from takeup.experiments.jobs import run_of

    file = posterior_in(tmp_path)
    plan = fitted(file)
    before = run_of(plan, 0, ())
    write_posterior(
        file, {"trust_weight": 0.3 + np.arange(ROWS) / 100}, np.ones(ROWS), scenario="Another"
    )
    after = run_of(plan, 0, ())
    assert after.case == before.case
    assert after.key != before.key
    (tmp_path / "moved").mkdir()
    moved = fitted(file.rename(tmp_path / "moved" / "rows.parquet"))
    assert run_of(moved, 0, ()).key == after.key


def test_an_experiment_with_too_many_replicates_is_refused(tmp_path: Path) -> None:
    posterior_in(tmp_path)
    with pytest.raises(InputError, match=r"replicates: .*has 20 rows, too few for 21 replicates"):
        experiment_in(tmp_path, VARY, set_=SET, head="replicates = 21")
