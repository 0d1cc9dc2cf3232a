from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from studies import SET, experiment_in, outcomes, run, study
from takeup.errors import OutputError
from takeup.experiments import jobs
from takeup.experiments.enough import Until
from takeup.experiments.work import Status
from takeup.model.run.simulation import simulate_counters
from takeup.model.world.world import make_world
from takeup.results import runs as stored
from takeup.results.summarise import summarise
from takeup.results.sweep import open_sweep
from takeup.runs import replicate, worlds
from takeup.runs.describe import run_info
from takeup.runs.executor import WorkerLost
from takeup.runs.processes import Processes
from takeup.scenario.schema.case import Case

VARY = "programme.train-staff.seats = [1, 9]\nparameters.influence_weight = [0.2, 1.2]"


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    """What the sweep of VARY gives, done at one go by one worker, run by run."""
    folder = tmp_path_factory.mktemp("reference")
    run(experiment_in(folder, VARY), folder / "out", job_runs=1)
    return outcomes(folder / "out")


def test_every_run_is_the_run_of_its_point_and_replicate(tmp_path: Path) -> None:
    experiment = experiment_in(tmp_path, VARY)
    status = run(experiment, tmp_path / "out")
    assert (status.total, status.done, status.left) == (8, 8, 0)
    found = open_sweep(tmp_path / "out")
    assert found.missing() == 0
    table = found.outcomes(["digital_take_up", "backlog"], summary="mean")
    assert len(table) == 8
    for row in table.itertuples():
        values = {name: found.design.loc[row.point, name] for name in found.design}
        values["programme.train-staff.seats"] = int(values["programme.train-staff.seats"])
        case = Case.of(experiment.scenario("Newtown", values), row.replicate)
        world = make_world(case.scenario, case.key)
        counters = simulate_counters(case.scenario, case.key, world)
        alone = summarise(counters, run_info(case.scenario))
        for kpi in ("digital_take_up", "backlog"):
            assert getattr(row, kpi) == pytest.approx(np.nanmean(alone[kpi][:, 0]), rel=1e-12)


@pytest.mark.parametrize(("workers", "size"), [(1, 3), (2, 2), (2, None), (3, 100)])
def test_neither_workers_nor_jobs_change_a_bit(
    tmp_path: Path, reference: pd.DataFrame, workers: int, size: int | None
) -> None:
    run(experiment_in(tmp_path, VARY), tmp_path / "out", workers=workers, job_runs=size)
    pd.testing.assert_frame_equal(outcomes(tmp_path / "out"), reference, check_exact=True)


def test_processes_give_the_bits_of_threads(tmp_path: Path, reference: pd.DataFrame) -> None:
    run(experiment_in(tmp_path, VARY), tmp_path / "out", workers=2, executor=partial(Processes, 2))
    pd.testing.assert_frame_equal(outcomes(tmp_path / "out"), reference, check_exact=True)


# ---------------------------------------------------------------- going on


def test_what_is_there_is_not_done_again(
    tmp_path: Path, reference: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    experiment = experiment_in(tmp_path, VARY)

    def stop(status: Status) -> None:
        if status.done >= 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(experiment, tmp_path / "out", job_runs=1, progress=stop)
    begun = open_sweep(tmp_path / "out")
    assert begun.missing() == 8 - len(begun.outcomes())
    assert not begun.manifest["complete"]
    status = run(experiment, tmp_path / "out")
    assert status.earlier >= 3
    assert status.done == 8 - status.earlier
    pd.testing.assert_frame_equal(outcomes(tmp_path / "out"), reference, check_exact=True)
    assert open_sweep(tmp_path / "out").manifest["complete"]
    monkeypatch.setattr(jobs, "run_case", lambda *_: pytest.fail("must not run"))
    assert run(experiment, tmp_path / "out").earlier == 8


@pytest.mark.parametrize("harm", ["cut", "flip", "empty", "half-written"])
def test_damaged_parts_are_found_told_and_done_again(
    tmp_path: Path, reference: pd.DataFrame, harm: str
) -> None:
    experiment = experiment_in(tmp_path, VARY)
    run(experiment, tmp_path / "out", job_runs=2)
    part = sorted((tmp_path / "out" / "runs").glob("*.parquet"))[1]
    content = part.read_bytes()
    if harm == "half-written":
        part.with_name("a.parquet.1.new").write_bytes(content[:99])
    else:
        flipped = content[:500] + bytes([content[500] ^ 1]) + content[501:]
        part.write_bytes({"cut": content[:-7], "flip": flipped, "empty": b""}[harm])
        with pytest.raises(OutputError, match="is damaged"):
            open_sweep(tmp_path / "out").outcomes()
    status = run(experiment, tmp_path / "out")
    assert status.done == (0 if harm == "half-written" else 2)
    assert status.damaged == ([] if harm == "half-written" else [part])
    assert not list((tmp_path / "out").rglob("*.new"))
    pd.testing.assert_frame_equal(outcomes(tmp_path / "out"), reference, check_exact=True)


def test_another_experiment_is_refused_with_what_changed(tmp_path: Path) -> None:
    run(experiment_in(tmp_path, VARY), tmp_path / "out")
    for changes, words in (
        ({"set_": SET.replace("24", "25")}, "set.run.weeks: was 24, is 25"),
        ({"head": "replicates = 3"}, "replicates: was 2, is 3"),
        ({"record": ""}, "record.kpis"),
        ({"design": 'kind = "latin_hypercube"\npoints = 4'}, "design.kind: was grid"),
    ):
        with pytest.raises(OutputError) as raised:
            run(experiment_in(tmp_path, VARY, **changes), tmp_path / "out")
        assert words in str(raised.value)
        assert "--extend" in str(raised.value)
    town = tmp_path / "town.toml"
    town.write_text(town.read_text().replace("residents = 30_000", "residents = 30_001"))
    with pytest.raises(OutputError, match=r"Newtown\.place\.residents: was 30000, is 30001"):
        run(experiment_in(tmp_path, VARY), tmp_path / "out")


def test_words_about_an_experiment_can_change(tmp_path: Path) -> None:
    run(experiment_in(tmp_path, VARY), tmp_path / "out")
    changed = experiment_in(tmp_path, VARY, head='replicates = 2\ndescription = "Now with words"')
    assert run(changed, tmp_path / "out").earlier == 8


def test_another_version_of_the_model_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    experiment = experiment_in(tmp_path, VARY)
    run(experiment, tmp_path / "out")
    monkeypatch.setattr("takeup.experiments.sweep.model_version", lambda: "other")
    with pytest.raises(OutputError, match="another version of the model"):
        run(experiment, tmp_path / "out")


EDGES = f'{SET}\nnetwork.kind = "edge_list"\nnetwork.file = "net.csv"'
TRUST = "services.waste.complexity = [0.4, 0.6]"


def edges(folder: Path, step: int, name: str = "net.csv") -> None:
    """Write a network in which everybody knows the one so many numbers on."""
    folder.mkdir(exist_ok=True)
    lines = [f"{i},{(i + step) % 120}" for i in range(120)]
    (folder / name).write_text("\n".join(["from,to", *lines]) + "\n")


@pytest.mark.parametrize("extend", [False, True])
@pytest.mark.parametrize(
    ("set_", "vary"),
    [
        (EDGES, TRUST),
        (SET, 'network.file = ["net.csv", "other.csv"]'),
        (SET, 'network = [{ kind = "edge_list", file = "net.csv" }, { kind = "well_mixed" }]'),
    ],
)
def test_a_changed_edge_list_is_refused_by_name(
    tmp_path: Path, extend: bool, set_: str, vary: str
) -> None:
    edges(tmp_path, 1)
    edges(tmp_path, 5, "other.csv")
    network = "" if "well_mixed" in vary else 'network = { kind = "edge_list", file = "other.csv" }'
    (tmp_path / "ties.toml").write_text(f'extends = "town.toml"\nname = "Ties"\n{network}\n')
    head = 'scenario = "ties.toml"\nreplicates = 2'
    run(experiment_in(tmp_path, vary, set_=set_, head=head), tmp_path / "out")
    before = outcomes(tmp_path / "out")
    stamp = (tmp_path / "net.csv").stat()
    edges(tmp_path, 7)
    os.utime(tmp_path / "net.csv", ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    head = head.replace("2", "3") if extend else head
    with pytest.raises(OutputError) as raised:
        run(experiment_in(tmp_path, vary, set_=set_, head=head), tmp_path / "out", extend=extend)
    assert f"{tmp_path / 'net.csv'}: the edge list has changed" in str(raised.value)
    assert "put it back" in str(raised.value)
    assert str(raised.value).count("net.csv") == 1
    assert all("\n" not in problem for problem in raised.value.problems)  # a line of its own each
    pd.testing.assert_frame_equal(outcomes(tmp_path / "out"), before, check_exact=True)
    edges(tmp_path, 1)
    again = experiment_in(tmp_path, vary, set_=set_, head=head)
    assert run(again, tmp_path / "out", extend=extend).earlier == 4


def test_an_edge_list_that_changes_while_a_sweep_runs_ends_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("takeup.experiments.plan.BATCH", 2)
    edges(tmp_path, 1)
    experiment = experiment_in(tmp_path, "[facts]\nplace.trust = [0.3, 0.4, 0.5, 0.6]", set_=EDGES)

    def change(status: Status) -> None:
        if status.done:
            edges(tmp_path, 7)

    with pytest.raises(OutputError, match=r"net\.csv: has changed"):
        run(experiment, tmp_path / "out", job_runs=1, progress=change)
    edges(tmp_path, 1)
    run(experiment, tmp_path / "out")
    run(experiment, tmp_path / "whole")
    pd.testing.assert_frame_equal(
        outcomes(tmp_path / "out"), outcomes(tmp_path / "whole"), check_exact=True
    )


@pytest.mark.parametrize(
    ("file", "before", "after"),
    [
        ("town.toml", "trust = 0.6", "trust = 0.61"),
        ("points.csv", "0.5", "0.55"),
        ("points.csv", "0.5\n", "0.5\n0.4\n"),
    ],
)
def test_a_changed_file_that_goes_into_it_is_named(
    tmp_path: Path, file: str, before: str, after: str
) -> None:
    (tmp_path / "points.csv").write_text("services.waste.complexity\n0.4\n0.5\n")
    (tmp_path / "plan.toml").write_text('extends = "town.toml"\nname = "Plan"\n')
    design = {
        "vary": "",
        "design": 'kind = "list"\nfile = "points.csv"',
        "head": 'scenario = "plan.toml"\nreplicates = 1',
    }
    run(experiment_in(tmp_path, **design), tmp_path / "out")
    changed = tmp_path / file
    text = changed.read_text("utf-8")
    assert before in text
    changed.write_text(text.replace(before, after, 1), "utf-8")
    with pytest.raises(OutputError, match=f"changed since the sweep began: .*{file}"):
        run(experiment_in(tmp_path, **design), tmp_path / "out")


def test_comments_and_the_order_of_points_can_change(tmp_path: Path) -> None:
    design = {"vary": "", "design": 'kind = "list"\nfile = "points.csv"'}
    (tmp_path / "points.csv").write_text("services.waste.complexity\n0.4\n0.6\n")
    run(experiment_in(tmp_path, **design), tmp_path / "out")
    (tmp_path / "points.csv").write_text("services.waste.complexity\n0.6\n0.4\n")
    town = tmp_path / "town.toml"
    town.write_text(f"# a remark\n{town.read_text('utf-8')}", "utf-8")
    with pytest.raises(OutputError, match=r"vary\.services\.waste"):
        run(experiment_in(tmp_path, **design), tmp_path / "out")
    (tmp_path / "points.csv").write_text("services.waste.complexity\n0.4\n0.6\n")
    assert run(experiment_in(tmp_path, **design), tmp_path / "out").earlier == 4


def test_a_run_that_the_experiment_would_do_otherwise_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    experiment = experiment_in(tmp_path, TRUST)
    run(experiment, tmp_path / "out")
    monkeypatch.setattr(jobs, "world_key", lambda scenario, key: f"another world {key}")
    with pytest.raises(OutputError, match="point 0, replicate 0 is not the one"):
        run(experiment, tmp_path / "out")


def test_the_manifest_names_libraries_and_hashes_inputs(tmp_path: Path) -> None:
    edges(tmp_path, 1)
    (tmp_path / "plan.toml").write_text('extends = "town.toml"\nname = "Plan"\n')
    (tmp_path / "points.csv").write_text("services.waste.complexity\n0.4\n")
    experiment = experiment_in(
        tmp_path, "", set_=EDGES, design='kind = "list"\nfile = "points.csv"',
        head='scenario = "plan.toml"\nreplicates = 1',
    )  # fmt: skip
    run(experiment, tmp_path / "out")
    manifest = open_sweep(tmp_path / "out").manifest
    read = ("study.toml", "plan.toml", "town.toml", "points.csv", "net.csv")
    assert manifest["inputs"] == {
        str(tmp_path / name): sha256((tmp_path / name).read_bytes()).hexdigest() for name in read
    }
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text("utf-8"))
    needed = {re.match(r"[\w-]+", text)[0] for text in project["project"]["dependencies"]}
    assert needed <= set(manifest["libraries"])
    assert all(manifest["libraries"][name] for name in needed)
    assert {"takeup", "python", "platform", "architecture"} <= set(manifest)


# ---------------------------------------------------------------- extending


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"head": "replicates = 1"}, {"head": "replicates = 3"}),
        (
            {"vary": "services.waste.complexity = [0.6, 0.4]"},
            {"vary": "services.waste.complexity = [0.4, 0.5, 0.6]"},
        ),
        (
            {
                "design": 'kind = "sobol"\npoints = 2',
                "vary": "services.waste.complexity = { low=0.3, high=0.7 }",
            },
            {
                "design": 'kind = "sobol"\npoints = 4',
                "vary": "services.waste.complexity = { low=0.3, high=0.7 }",
            },
        ),
        (
            {"design": 'kind = "morris"\ntrajectories = 2', "vary": VARY},
            {"design": 'kind = "morris"\ntrajectories = 3', "vary": VARY},
        ),
    ],
    ids=["replicates", "grid", "sobol", "morris"],
)
def test_an_extension_repeats_nothing_and_ends_as_if_done_at_once(
    tmp_path: Path, before: dict[str, str], after: dict[str, str]
) -> None:
    first = run(experiment_in(tmp_path, **before), tmp_path / "out")
    early = open_sweep(tmp_path / "out").design
    status = run(experiment_in(tmp_path, **after), tmp_path / "out", extend=True)
    assert status.earlier == first.total
    assert status.done == status.total - first.total > 0
    run(experiment_in(tmp_path, **after), tmp_path / "whole")
    one, other = open_sweep(tmp_path / "out"), open_sweep(tmp_path / "whole")
    assert early.equals(one.design.iloc[: len(early)])  # points keep their numbers
    by = [*one.design.columns, "replicate"]
    tables = [
        found.outcomes().join(found.design, on="point").drop(columns="point").sort_values(
            by, ignore_index=True)
        for found in (one, other)
    ]  # fmt: skip
    pd.testing.assert_frame_equal(*tables, check_exact=True)
    assert run(experiment_in(tmp_path, **after), tmp_path / "out").earlier == status.total


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ({"head": "replicates = 2"}, {"head": "replicates = 1"}, "was 2, is 1"),
        (
            {"vary": "services.waste.complexity = [0.4, 0.5]"},
            {"vary": "services.waste.complexity = [0.4, 0.6]"},
            "point 1",
        ),
        (
            {"design": 'kind = "latin_hypercube"\npoints = 4'},
            {"design": 'kind = "latin_hypercube"\npoints = 8'},
            "no",
        ),
        ({}, {"set_": SET.replace("24", "25")}, "run.weeks"),
        ({}, {"vary": "services.waste.complexity = [0.4, 0.6]"}, "what is varied has changed"),
    ],
)
def test_an_extension_only_adds(
    tmp_path: Path, before: dict[str, str], after: dict[str, str], words: str
) -> None:
    vary = {"vary": "parameters.influence_weight = { low = 0.2, high = 0.9 }"}
    latin = "latin" in str(before)
    run(experiment_in(tmp_path, **before, **(vary if latin else {})), tmp_path / "out")
    with pytest.raises(OutputError) as raised:
        run(experiment_in(tmp_path, **after, **(vary if latin else {})), tmp_path / "out",
            extend=True)  # fmt: skip
    assert words in str(raised.value)


def test_replicates_are_added_until_an_interval_is_narrow(tmp_path: Path) -> None:
    experiment = experiment_in(tmp_path, "services.waste.complexity = [0.4, 0.6]")
    status = run(experiment, tmp_path / "out", until=Until("digital_take_up", 0.06, 64))
    assert status.reached is not None
    assert 8 <= status.reached.replicates < 64
    assert status.reached.width <= 0.06
    assert status.done == 2 * status.reached.replicates
    found = open_sweep(tmp_path / "out")
    assert found.replicates == status.reached.replicates
    assert found.missing() == 0
    again = run(experiment, tmp_path / "out", until=Until("digital_take_up", 0.06, 64))
    assert again.done == 0
    assert again.reached == status.reached
    narrower = run(experiment, tmp_path / "out", until=Until("digital_take_up", 1e-6, 40))
    assert narrower.reached is not None
    assert narrower.reached.replicates == 40
    assert "not enough" in narrower.reached.sentence()


# ---------------------------------------------------------------- the cache


def test_runs_of_any_sweep_are_used_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reference: pd.DataFrame
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    part = experiment_in(
        tmp_path, "programme.train-staff.seats = [1, 4]", name="part.toml",
        set_=f"{SET}\nparameters.influence_weight = 1.2",
    )  # fmt: skip
    assert run(part, tmp_path / "part", cache=True).done == 4
    status = run(experiment_in(tmp_path, VARY), tmp_path / "out", cache=True)
    assert (status.reused, status.done) == (2, 6)  # seats 1, influence 1.2, both replicates
    pd.testing.assert_frame_equal(outcomes(tmp_path / "out"), reference, check_exact=True)
    again = run(experiment_in(tmp_path, VARY), tmp_path / "again", cache=True)
    assert (again.reused, again.done) == (8, 0)
    pd.testing.assert_frame_equal(outcomes(tmp_path / "again"), reference, check_exact=True)


def test_the_cache_gives_no_run_that_kept_too_little(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    run(experiment_in(tmp_path), tmp_path / "out", cache=True)
    for number, (record, reused) in enumerate(
        [
            ('kpis = ["backlog"]', 6),
            ('kpis = ["trust"]', 0),
            ('kpis = ["backlog"]\ngroups = ["age:75+"]', 0),
            ('kpis = ["trust"]\ngroups = "all"', 0),
            ('kpis = ["trust"]\ngroups = ["service:waste"]', 6),
        ]
    ):
        experiment = experiment_in(tmp_path, record=record)
        status = run(experiment, tmp_path / f"{number}", cache=True)
        assert status.reused == reused, record
        assert open_sweep(tmp_path / f"{number}").missing() == 0


def test_a_damaged_cache_is_no_harm(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reference: pd.DataFrame
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    experiment = experiment_in(tmp_path, VARY)
    run(experiment, tmp_path / "out", cache=True, job_runs=4)
    good, cut = sorted((tmp_path / "cache").rglob("*.parquet"))
    cut.write_bytes(cut.read_bytes()[:-9])
    status = run(experiment, tmp_path / "again", cache=True)
    assert (status.reused, status.done) == (4, 4)
    assert good.exists()
    pd.testing.assert_frame_equal(outcomes(tmp_path / "again"), reference, check_exact=True)


def test_equal_points_are_run_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "points.csv").write_text("services.waste.complexity\n0.4\n0.5\n0.4\n")
    experiment = experiment_in(tmp_path, "", design='kind = "list"\nfile = "points.csv"')
    done: list[int] = []

    def counting(*given: Any) -> Any:
        done.append(1)
        return replicate.run(*given)

    monkeypatch.setattr(jobs, "run_case", counting)
    status = run(experiment, tmp_path / "out")
    assert (status.done, len(done)) == (6, 4)
    table = open_sweep(tmp_path / "out").outcomes().set_index(["point", "replicate"])
    np.testing.assert_array_equal(table.loc[0]["backlog"], table.loc[2]["backlog"])


@pytest.mark.parametrize("workers", [1, 2])
def test_worlds_are_made_once_for_all_points_that_share_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, workers: int
) -> None:
    made: list[int] = []

    def counting(scenario: Any, replicate: int, threads: int) -> Any:
        made.append(replicate)
        return make_world(scenario, replicate, threads)

    monkeypatch.setattr(worlds, "make_world", counting)
    monkeypatch.setattr(worlds, "_worlds", worlds.Shelf(worlds.MOST_BYTES))
    experiment = experiment_in(tmp_path, f"{VARY}\n[facts]\nplace.residents = 29_000")
    run(experiment, tmp_path / "out", job_runs=1, workers=workers)
    assert sorted(made) == [0, 1]


# ---------------------------------------------------------------- what goes wrong


def test_a_run_that_fails_is_recorded_and_the_rest_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    experiment = experiment_in(tmp_path, "services.waste.complexity = [0.4, 0.5, 0.6]")

    def failing(case: Case, *given: Any) -> Any:
        if case.scenario.services["waste"].complexity == 0.5:
            raise ZeroDivisionError("no trust")
        return replicate.run(case, *given)

    monkeypatch.setattr(jobs, "run_case", failing)
    status = run(experiment, tmp_path / "out")
    assert (status.done, len(status.failures), status.left) == (4, 2, 0)
    found = open_sweep(tmp_path / "out")
    assert found.failures[["scenario", "point", "replicate"]].to_numpy().tolist() == [
        ["Newtown", 1, 0], ["Newtown", 1, 1],
    ]  # fmt: skip
    assert "ZeroDivisionError: no trust" in found.failures["error"][0]
    assert found.missing() == 2
    assert sorted(found.outcomes()["point"].unique()) == [0, 2]
    monkeypatch.undo()
    again = run(experiment, tmp_path / "out")  # what failed is tried again
    assert (again.earlier, again.done) == (4, 2)
    assert open_sweep(tmp_path / "out").failures.empty


def test_points_that_make_no_scenario_fail_on_their_own(tmp_path: Path) -> None:
    # Each value is possible, but not frontline 0.6 together with managers 0.6.
    experiment = experiment_in(
        tmp_path, "[facts]\ndepartments.revenues.frontline = [0.3, 0.6]\n"
        "departments.revenues.managers = [0.1, 0.6]",
    )  # fmt: skip
    status = run(experiment, tmp_path / "out")
    assert (status.done, len(status.failures)) == (6, 2)
    assert "add up to 1.2" in status.failures[0].error


class Deadly:
    """An executor whose workers die of a certain run."""

    def __init__(self, deadly: Callable[[jobs.Run], bool]) -> None:
        self.deadly = deadly

    def submit(self, function: Any, /, *given: Any, **_: Any) -> Future[Any]:
        future: Future[Any] = Future()
        if any(map(self.deadly, given[0].runs)):
            future.set_exception(WorkerLost("a worker died"))
        else:
            future.set_result(function(*given))
        return future

    def close(self) -> None:
        pass


def test_a_run_that_kills_its_worker_is_found_and_the_others_are_done(tmp_path: Path) -> None:
    experiment = experiment_in(tmp_path, "services.waste.complexity = [0.3, 0.4, 0.5, 0.6, 0.7]")
    status = run(
        experiment, tmp_path / "out", job_runs=4, workers=2,
        executor=lambda: Deadly(lambda run: run.labels[0][1:] == (3, 1)),
    )  # fmt: skip
    assert [failure.label for failure in status.failures] == [("Newtown", 3, 1)]
    assert "worker died" in status.failures[0].error
    assert status.done == 9


def test_a_sweep_gives_up_when_every_worker_dies(tmp_path: Path) -> None:
    experiment = experiment_in(tmp_path, "services.waste.complexity = { low = 0.3, high = 0.7 }",
                               design='kind = "latin_hypercube"\npoints = 40')  # fmt: skip
    with pytest.raises(OutputError, match="workers keep dying"):
        run(experiment, tmp_path / "out", executor=lambda: Deadly(lambda _: True))


@pytest.mark.parametrize("at", ["first part", "third part", "manifest"])
def test_a_full_disk_is_told_and_what_was_done_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reference: pd.DataFrame, at: str
) -> None:
    experiment = experiment_in(tmp_path, VARY)
    written = {"first part": 0, "third part": 2, "manifest": 0}[at]
    suffix = ".json" if at == "manifest" else ".parquet"
    really, seen = os.replace, [0]

    def full(source: Any, target: Any) -> None:
        path = Path(target)
        if path.suffix == suffix and (at == "manifest" or path.parent.name == "runs"):
            seen[0] += 1
            if seen[0] > written:
                raise OSError(28, "No space left on device")
        really(source, target)

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OutputError, match="the disk is full; what was done is kept"):
        run(experiment, tmp_path / "out", job_runs=2)
    monkeypatch.undo()
    assert not list((tmp_path / "out").rglob("*.new"))
    status = run(experiment, tmp_path / "out")
    assert status.earlier == 2 * written
    pd.testing.assert_frame_equal(outcomes(tmp_path / "out"), reference, check_exact=True)


def test_two_sweeps_never_share_a_folder(tmp_path: Path) -> None:
    experiment = experiment_in(tmp_path, VARY)
    refused: list[str] = []

    def another(status: Status) -> None:
        if not refused:
            with ThreadPoolExecutor(1) as pool, pytest.raises(OutputError) as raised:
                pool.submit(run, experiment, tmp_path / "out").result()
            refused.append(str(raised.value))

    assert run(experiment, tmp_path / "out", progress=another).done == 8
    assert "another `takeup sweep` is writing into it" in refused[0]
    assert run(experiment, tmp_path / "out").earlier == 8  # the lock is gone


def test_folders_of_something_else_are_left_alone(tmp_path: Path) -> None:
    experiment = experiment_in(tmp_path, VARY)
    other = tmp_path / "other"
    other.mkdir()
    (other / "thesis.doc").write_text("mine")
    with pytest.raises(OutputError, match=r"thesis\.doc, which no sweep wrote"):
        run(experiment, other)
    assert sorted(path.name for path in other.iterdir()) == ["thesis.doc"]
    (other / "manifest.json").write_text('{"takeup": "0.1"}')
    with pytest.raises(OutputError, match="another kind of results"):
        run(experiment, other)
    file = tmp_path / "file"
    file.write_text("")
    with pytest.raises(OutputError, match="is a file"):
        run(experiment, file)


def test_all_series_are_kept_only_on_request(tmp_path: Path) -> None:
    run(experiment_in(tmp_path), tmp_path / "little")
    run(
        experiment_in(tmp_path, record='kpis = "all"\ngroups = "all"', name="all.toml"),
        tmp_path / "much",
    )
    little, much = open_sweep(tmp_path / "little"), open_sweep(tmp_path / "much")
    assert len(much.weekly) > len(little.weekly) == 2
    series = much.trajectories(["staff_stress"], [1], group="department:revenues")
    assert len(series) == 2 * 24
    pd.testing.assert_frame_equal(little.outcomes(), much.outcomes(little.weekly))
    size = [sum(p.stat().st_size for p in (tmp_path / n / "runs").iterdir())
            for n in ("little", "much")]  # fmt: skip
    assert size[1] > 2 * size[0]


def test_progress_tells_of_every_run(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    run(experiment_in(tmp_path, VARY), tmp_path / "out", job_runs=1,
        progress=lambda status: seen.append((status.done, status.left)))  # fmt: skip
    assert seen[0] == (0, 8)
    assert seen[-1] == (8, 0)
    assert all(done + left == 8 for done, left in seen)


def test_the_key_of_a_run_is_what_decides_it(tmp_path: Path) -> None:
    study(tmp_path)
    one = experiment_in(tmp_path).scenario("Newtown", {})
    key = jobs.run_of(one, 3, []).key
    same = one.model_copy(
        update={
            "name": "Other",
            "run": one.run.model_copy(update={"replicates": 9}),
            "parameters": one.parameter_values(),
        }
    )
    assert jobs.run_of(same, 3, []).key == key
    assert len(key) == stored.KEY_LENGTH
    for update in (
        {"place": one.place.model_copy(update={"trust": 0.61})},
        {"parameters": {"turnover": 0.13}},
        {"run": one.run.model_copy(update={"seed": 2})},
        {"run": one.run.model_copy(update={"weeks": 25})},
        {"services": dict(reversed(one.services.items()))},
        {"programme": {}},
    ):
        assert jobs.run_of(one.model_copy(update=update), 3, []).key != key, update
    assert jobs.run_of(one, 4, []).key != key
