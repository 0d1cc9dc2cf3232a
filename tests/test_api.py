"""The public functions: what is meant is done, and what cannot be is refused in our words."""

from __future__ import annotations

import copy
import itertools
import pickle
from collections.abc import Callable
from functools import reduce
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr

import takeup
from examples import small_scenario
from synthetic import made_up_dataset
from takeup.kpis import BY_NAME, KPI_NAMES, not_measured
from takeup.results.store import write
from takeup.scenario.tell.write import to_toml

SHORT = {"weeks": 4, "sample": 150, "replicates": 2}


def plan(**changes: Any) -> takeup.Scenario:
    return small_scenario(**{"run": SHORT, **changes})


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("plans") / "plan.toml"
    path.write_text(to_toml(plan()), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def results() -> xr.Dataset:
    return made_up_dataset()


class Folder:
    """A path that is neither a text nor a `pathlib.Path`."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __fspath__(self) -> str:
        return str(self._path)


# ---------------------------------------------------------------- what is refused

MODEL = takeup.TakeupModel
Bad = tuple[str, Callable[[], object], str]


def broken(**update: object) -> takeup.Scenario:
    return plan().model_copy(update=update)


def with_run(**update: object) -> takeup.Scenario:
    return broken(run=plan().run.model_copy(update=update))


BAD: tuple[Bad, ...] = (
    # load
    ("load None", lambda: takeup.load(None), "path of a scenario file"),
    ("load a number", lambda: takeup.load(3), "not 3"),
    ("load bytes", lambda: takeup.load(b"plan.toml"), "not bytes"),
    ("load nothing", lambda: takeup.load(""), 'not ""'),
    ("load a null byte", lambda: takeup.load("a\0b"), r"a\x00b"),
    ("load a list", lambda: takeup.load(["a.toml"]), "not a list"),
    ("load overrides None", lambda: takeup.load("a.toml", None), "overrides: must be a list"),
    ("load overrides dict", lambda: takeup.load("a.toml", {"run.weeks": 3}), "not a dict"),
    ("load overrides numbers", lambda: takeup.load("a.toml", [3]), "3 is none"),
    # simulate: scenarios
    ("no scenario", lambda: takeup.simulate([]), "no scenario"),
    ("an empty generator", lambda: takeup.simulate(p for p in ()), "no scenario"),
    ("scenarios None", lambda: takeup.simulate(None), "not None"),
    ("scenarios a number", lambda: takeup.simulate(3), "not 3"),
    ("scenarios a dict", lambda: takeup.simulate({"a": plan()}), "not a dict"),
    ("scenarios a set", lambda: takeup.simulate({"a.toml"}), "not a set"),
    ("scenarios bytes", lambda: takeup.simulate(b"a.toml"), "not bytes"),
    ("a TOML text", lambda: takeup.simulate(to_toml(plan())), "save it in a file"),
    ("one line of TOML", lambda: takeup.simulate(['name = "x"']), "scenarios[0]: is the text"),
    ("None among others", lambda: takeup.simulate([plan(), None]), "scenarios[1]: must be"),
    ("a list in a list", lambda: takeup.simulate([[plan()]]), "not a list"),
    ("tables", lambda: takeup.simulate([{"name": "x"}]), "takeup.load(path).changed"),
    ("not side by side", lambda: takeup.simulate([plan(), with_run(weeks=5)]), "run.weeks"),
    # simulate: numbers and the rest
    *(
        (f"{name}={value!r:.20}", lambda n=name, v=value: takeup.simulate(plan(), **{n: v}), name)
        for name in ("replicates", "workers")
        for value in (2.0, "2", True, -1, 0, 10**30, 10**6, [2], np.float64(2), np.bool_(True))
    ),
    ("progress no function", lambda: takeup.simulate(plan(), progress=3), "progress: must be"),
    ("earlier no results", lambda: takeup.simulate(plan(), earlier=3), "earlier: must be"),
    ("earlier of others", lambda: takeup.simulate(plan(), earlier=made_up_dataset()), "earlier:"),
    # scenarios that nobody checked
    ("weeks below 0", lambda: takeup.simulate(with_run(weeks=-5)), "run.weeks: must be a whole"),
    ("weeks of many digits", lambda: MODEL(with_run(weeks=10**5000)), "thousands of digits"),
    ("weeks 52.0", lambda: MODEL(with_run(weeks=52.0)), "not 52.0"),
    ("a key with a dot", lambda: MODEL(broken(**{"run.weeks": 52})), '"run.weeks": is not a known'),
    ("a name that is none", lambda: takeup.simulate(broken(name=3)), "name: must be a text"),
    ("a table for a run", lambda: MODEL(broken(run={"weeks": 0})), "run.weeks"),
    ("no services", lambda: MODEL(broken(services={})), "services"),
    ("shares that do not add up",
     lambda: MODEL(broken(place=plan().place.model_copy(update={"income": {"low": 1.0}}))),
     "place.income"),
    ("made of nothing", lambda: MODEL(takeup.Scenario.model_construct()), "place: is missing"),
    # TakeupModel
    *(
        (f"plan={value!r:.20}", lambda v=value: MODEL(v), "plan: ")
        for value in (None, 3, b"a.toml", {"name": "x"}, ["a.toml"], "name = 'x'\n")
    ),
    *(
        (f"rng={value!r:.20}", lambda v=value: MODEL(plan(), rng=v), "rng: must be a whole")
        for value in (1.5, np.random.default_rng(1), np.random.SeedSequence(1), -1, 2**32, True,
                      "1", [1], float("nan"))
    ),
    *(
        (f"replicate={value!r:.20}", lambda v=value: MODEL(plan(), v), "replicate: must be a whole")
        for value in (-1, True, 1.0, None, "0", 100_000, 10**30)
    ),
    ("world no world", lambda: MODEL(plan(), world=3), "world: must be"),
    ("world of others", lambda: MODEL(plan(), world=MODEL(with_run(weeks=3)).simulation.world),
     "another place, run or replicate"),
    ("no such service", lambda: plan().go_live_week("wast"), 'did you mean "waste"'),
    # reporters
    ("reporters a list", lambda: MODEL(plan(), model_reporters=["trust"]), "must be a mapping"),
    ("a reporter None", lambda: MODEL(plan(), agent_reporters={"a": 3}), "not 3"),
    ("a column of None", lambda: MODEL(plan(), model_reporters={"trust": None}), "not None"),
    ("a column 3", lambda: MODEL(plan(), agent_reporters={3: "trust"}), "a column is a text"),
    ("an unknown KPI", lambda: MODEL(plan(), model_reporters={"a": "digital_takeup"}),
     '(did you mean "digital_take_up"?)'),
    ("an unknown group", lambda: MODEL(plan(), model_reporters={"a": "trust[age:75]"}),
     '(did you mean "age:75+"?)'),
    ("a group of no KPI", lambda: MODEL(plan(), model_reporters={"a": "week[all]"}), "no KPI"),
    ("a method of the model", lambda: MODEL(plan(), model_reporters={"a": "kpi"}), "is a method"),
    ("an unknown attribute", lambda: MODEL(plan(), agent_reporters={"a": "trust_level"}),
     '(did you mean "trust"?)'),
    ("a method of agents", lambda: MODEL(plan(), agent_reporters={"a": "remove"}), "is a method"),
    ("a list of no call", lambda: MODEL(plan(), agent_reporters={"a": ["x"]}), "not a list"),
    ("a class of no agents", lambda: MODEL(plan(), agenttype_reporters={int: {}}), "class int"),
    ("the name of a class", lambda: MODEL(plan(), agenttype_reporters={"Citizen": {}}), "Citizen"),
    ("an attribute of others",
     lambda: MODEL(plan(), agenttype_reporters={takeup.mesa.agents.Citizen: {"a": "desire"}}),
     'no attribute "desire"'),
    # results
    *(
        (f"{name} of {value!r:.20}", lambda o=name, v=value: getattr(takeup, o)(v), "folder: must")
        for name in ("open_results", "open_sweep")
        for value in (None, 3, b"results", "", ["results"], "a\0b")
    ),
)  # fmt: skip


@pytest.mark.parametrize(("call", "words"), [pytest.param(c, w, id=t) for t, c, w in BAD])
def test_a_bad_call_is_refused_in_our_words(call: Callable[[], object], words: str) -> None:
    with pytest.raises(takeup.InputError) as raised:
        call()
    assert words in str(raised.value)
    assert str(raised.value).isprintable() or "\n" in str(raised.value)
    assert len(str(raised.value)) < 2000


# ---------------------------------------------------------------- what is as good as a scenario


def test_paths_are_as_good_as_scenarios(file: Path) -> None:
    loaded = takeup.load(file)
    expected = takeup.simulate([loaded, loaded], workers=1)
    assert expected["scenario"].values.tolist() == ["small", "small (2)"]
    for mixed in (
        [str(file), file],
        (loaded, Folder(file)),
        (each for each in (file, loaded)),
        np.array([str(file), str(file)]),
    ):
        assert takeup.simulate(mixed, workers=1).identical(expected)
    assert takeup.simulate(Folder(file)).identical(takeup.simulate(loaded))
    assert takeup.load(Folder(file)) == loaded


def test_whole_numbers_of_numpy_are_as_good_as_pythons() -> None:
    expected = takeup.simulate(plan(), replicates=1, workers=1)
    for one in (np.int64(1), np.uint8(1), np.array(1)):
        assert takeup.simulate(plan(), replicates=one, workers=one).identical(expected)
        assert takeup.TakeupModel(plan(), replicate=one, rng=one).plan.run.seed == 1


def test_a_changed_copy_that_is_valid_is_run() -> None:
    copied = with_run(weeks=3)
    assert takeup.simulate(copied).sizes["week"] == 3
    assert takeup.simulate(broken(run={**SHORT, "weeks": 3})).sizes["week"] == 3


def test_earlier_results_are_not_run_again() -> None:
    whole = takeup.simulate(plan(), replicates=3)
    ran: list[tuple[int, int]] = []
    more = takeup.simulate(
        plan(),
        replicates=3,
        progress=lambda *at: ran.append(at),
        earlier=whole.isel(replicate=slice(2)).transpose(),
    )
    assert more.identical(whole)
    assert ran == [(1, 1)]
    with pytest.raises(takeup.InputError, match="another replicate"):
        takeup.simulate(plan(), replicates=2, earlier=whole)
    with pytest.raises(takeup.InputError, match="another seed"):
        takeup.simulate(plan().changed("run.seed", 3), replicates=3, earlier=whole)
    with pytest.raises(takeup.InputError, match="has no trust"):
        takeup.simulate(plan(), replicates=4, earlier=whole.drop_vars("trust"))


# ---------------------------------------------------------------- Scenario.changed

TRAIN = {"kind": "training", "audience": "staff", "seats": 5.0, "start": 1}


def test_changed_is_what_set_is_for_a_file(tmp_path: Path) -> None:
    path = tmp_path / "plan.toml"
    path.write_text(to_toml(plan(run={"weeks": 30}, programme={"train": TRAIN})), encoding="utf-8")
    before = takeup.load(path)
    for changes in (
        ("run.weeks", 52, "programme.train.seats", 10.0),
        ("run.sample", "all"),
        ("programme.train.until", 9),
        ("programme.train.weeks", 3, "programme.train.until", 9, "name", "other")[:2],
        ("services.permits.go_live", 4),
        ("services.permits.take_up", 0.5, "services.permits.go_live", "never")[2:],
        ("programme.train.enabled", False),
        ("services.waste.usability", 1 / 3, "services.waste.complexity", 0.5),
    ):
        pairs = dict(zip(changes[::2], changes[1::2], strict=True))
        words = [f"{k}={str(v).lower() if v is False else v}" for k, v in pairs.items()]
        expected = takeup.load(path, words)
        assert before.changed(*changes) == expected != before
        assert before.changed(pairs) == expected
    assert before == takeup.load(path)


def test_changed_takes_tables_arrays_and_what_the_schema_makes() -> None:
    before = plan(programme={"train": TRAIN})
    assert before.changed() == before.changed({}) == before
    assert before.changed("run", {"seed": 3}, "run.weeks", np.int32(9)).run.weeks == 9
    assert before.with_facts("place.households", np.array([0.5, 0.5])).place.households == (
        0.5,
        0.5,
    )
    assert before.changed("programme.train", before.programme["train"]) == before
    assert before.changed("services.waste", before.services["waste"]) == before
    assert before.changed("programme", {}).programme == {}
    assert before.changed("services.permits.go_live", None).services["permits"].go_live is None
    other = before.changed("programme.train", {"kind": "review", "every": 13}).programme["train"]
    assert other.kind == "review"
    assert takeup.simulate(before.changed("run.weeks", 2)).sizes["week"] == 2


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (("run.weks", 52), '"weeks"?'),
        (("run.weeks", 52.0), "Scenario.changed: run.weeks: must be a whole number"),
        (("run.weeks", True), "not true"),
        (("run.weeks", "52"), 'not "52"'),
        (("run.weeks", None), "not None"),
        (("run.weeks", 10**5000), "thousands of digits"),
        (("place.trust", -(10**5000)), "thousands of digits"),
        (("run.weeks",), "pairs of a key and a value"),
        (("run.weeks", 3, "run.seed"), '"run.seed" stands alone'),
        ((3, 4), 'a key is a text such as "run.weeks", not 3'),
        (("run..weeks", 4), "not a dotted key"),
        (("", 4), "not a dotted key"),
        (("." * 5000, 4), "not a dotted key"),
        (("a." * 5000 + "a", 4), "parts"),
        (("run", reduce(lambda inner, _: {"a": inner}, range(5000), 4)), "nested too deeply"),
        (("run", {3: 4}), "a key is a text, not 3"),
        (("run", 4), "run: must be a table, not 4"),
        (("extends", "other.toml"), "can only be stated in a file"),
        (("programme.train", {"seats": 4}), "has no kind"),
        (("services.permits.take_up", 0.5), "online already"),
        (("place.trust", float("nan")), "not nan"),
        (("place.trust", {0.5}), "place.trust: must be a number"),
        (("run.start", "2026-03-02"), "a date such as"),
        (("network", {"kind": "edge_list", "file": "nowhere.csv"}), "cannot be read"),
        (("parameters.trust_speed", 1.0), "is not a known parameter"),
    ],
)
def test_a_bad_change_is_refused_as_in_a_file(changes: tuple[Any, ...], words: str) -> None:
    with pytest.raises(takeup.InputError) as raised:
        plan().changed(*changes)
    assert words in str(raised.value)
    assert len(str(raised.value)) < 2000


def test_every_mistake_of_a_change_is_said_at_once() -> None:
    with pytest.raises(takeup.InputError) as raised:
        plan().changed("run.weeks", 0, "run.sample", 2, "run.seed", -1)
    assert len(raised.value.problems) == 3


# ---------------------------------------------------------------- comparing selections

SELECTIONS: dict[str, Callable[[xr.Dataset], Any]] = {
    "a replicate": lambda d: d.isel(replicate=0),
    "a replicate, dropped": lambda d: d.isel(replicate=0, drop=True),
    "some replicates": lambda d: d.isel(replicate=[3, 1]),
    "replicates without numbers": lambda d: d.drop_vars("replicate"),
    "the last weeks": lambda d: d.isel(week=slice(6, None)),
    "one week": lambda d: d.isel(week=-1),
    "weeks backwards": lambda d: d.isel(week=slice(None, None, -1)),
    "a group": lambda d: d.sel(group="age:75+"),
    "some groups": lambda d: d.sel(group=["ward:North", "all"]),
    "one KPI": lambda d: d[["digital_take_up"]],
    "one KPI as an array": lambda d: d["digital_take_up"],
    "a rate a year alone": lambda d: d["incidents"],
    "another order": lambda d: d.transpose("group", "week", "replicate", "scenario"),
    "no date": lambda d: d.drop_vars("date"),
    "more coordinates": lambda d: d.assign_coords(run=("replicate", list("abcde")), place="X"),
    "no attributes of KPIs": lambda d: d.map(lambda v: v.drop_attrs(), keep_attrs=False)
    .assign_attrs(d.attrs),
    "a KPI of one's own": lambda d: d.assign(
        mine=d["trust"].assign_attrs(long_name="Mine", units="share", better=1)
    ),
    "weeks as decimals": lambda d: d.assign_coords(week=d["week"].astype(float)),
    "single precision": lambda d: d.astype("float32"),
}  # fmt: skip


@pytest.mark.parametrize("selection", SELECTIONS)
def test_any_selection_is_compared(results: xr.Dataset, selection: str) -> None:
    part = SELECTIONS[selection](results)
    before = part.copy(deep=True)
    comparison = takeup.compare(part)
    assert "Plan against Baseline" in str(comparison)
    assert part.identical(before)
    name = str(comparison.horizon["kpi"].values[0])
    values = (part if isinstance(part, xr.DataArray) else part[name]).astype(float)
    if "group" in values.dims:
        values = values.sel(group=comparison.group)
    if "week" in values.dims:
        weeks = 52 if name == "incidents" else 4
        values = values.sortby("week").isel(week=slice(-weeks, None)).mean("week")
    difference = values.isel(scenario=1) - values.isel(scenario=0)
    cell = comparison.horizon.sel(plan="Plan", kpi=name)
    assert float(cell["difference"]) == pytest.approx(float(difference.mean()), rel=1e-5)


def test_what_a_selection_leaves_out_is_not_made_up(results: xr.Dataset) -> None:
    whole = takeup.compare(results)
    assert takeup.compare(results.isel(week=slice(6, None))).money == {}  # not from the start
    assert takeup.compare(results[["service_cost"]]).money == {}
    assert takeup.compare(results.isel(replicate=0)).replicates == 1
    assert takeup.compare(results.sel(group="age:75+")).group == "age:75+"
    same = takeup.compare(results.isel(week=slice(None, None, -1)).transpose())
    assert same.summary() == whole.summary()
    np.testing.assert_array_equal(
        same.money["Plan"].discounted, whole.money["Plan"].discounted, strict=True
    )


def test_names_of_plans_and_baseline() -> None:
    results = made_up_dataset({"A": 0.0, "B": 0.3, "C": 0.8})
    assert takeup.compare(results, "C", "A").plans == ("A",)
    assert takeup.compare(results, plans=("C", "C")).plans == ("C",)
    assert takeup.compare(results, baseline=np.str_("B"), window=np.int64(2)).plans == ("A", "C")


@pytest.mark.parametrize(
    ("select", "words"),
    [
        (lambda d: None, "must be the Dataset"),
        (lambda d: "results", "takeup.open_results"),
        (lambda d: [d], "not a list"),
        (lambda d: d["trust"].rename(None), "without the name"),
        (lambda d: d.isel(scenario=[0]), "at least one plan"),
        (lambda d: d.isel(scenario=0), "at least one plan"),
        (lambda d: d.isel(scenario=0, drop=True), "which scenario they are"),
        (lambda d: d.isel(group=0, drop=True), "which group they are"),
        (lambda d: d.isel(week=0, drop=True), "which week they are"),
        (lambda d: d.drop_vars("week"), "name every week"),
        (lambda d: d.drop_vars("world"), "`world`"),
        (lambda d: d.isel(week=[0, 5]), "from week 0 to week 5"),
        (lambda d: d.isel(week=[]), "no week"),
        (lambda d: d.isel(replicate=[]), "no replicate"),
        (lambda d: d.isel(scenario=[]), "no scenario"),
        (lambda d: d.isel(week=[0, 0]), "from week 0 to week 0"),
        (lambda d: d.isel(scenario=[0, 1, 1]), "occurs twice"),
        (lambda d: d.isel(replicate=[0, 0, 1]), "replicate that occurs twice"),
        (lambda d: d.assign_coords(week=d["week"] + 0.5), "no whole numbers"),
        (lambda d: d.expand_dims("town"), "a further axis"),
        (lambda d: d.mean("week", keep_attrs=True), "which week they are"),
        (lambda d: d.assign(mine=d["trust"].drop_attrs()), "`long_name`"),
        (lambda d: d.assign(mine=d["trust"].isel(week=0, drop=True)), "without the axis week"),
        (lambda d: d.drop_attrs(), "`units`"),
        (lambda d: d.drop_attrs(deep=False), "`currency`"),
        (lambda d: d.where(False), "no KPI has a value"),
        (lambda d: d.assign_coords(week=list("abcdefghijkl")), "no whole numbers"),
    ],
)  # fmt: skip
def test_what_is_missing_for_a_comparison_is_named(
    results: xr.Dataset, select: Callable[[xr.Dataset], Any], words: str
) -> None:
    with pytest.raises(takeup.InputError) as raised:
        takeup.compare(select(results))
    assert words in str(raised.value)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"baseline": 0}, "no scenario 0"),
        ({"baseline": "Base"}, "no scenario"),
        ({"baseline": ["Plan"]}, "no scenario a list"),
        ({"plans": 1}, "plans: must be a list"),
        ({"plans": [1]}, "1 is none"),
        ({"plans": []}, "at least one plan"),
        ({"plans": {"Plan": 1}}, "not a dict"),
        ({"group": 3}, "no group 3"),
        ({"group": "age:75"}, 'did you mean "age:75+"'),
        ({"window": 0}, "window: must be a whole number"),
        ({"window": 4.0}, "not 4.0"),
        ({"window": True}, "not True"),
        ({"window": None}, "not None"),
    ],
)
def test_a_bad_comparison_is_refused(
    results: xr.Dataset, arguments: dict[str, Any], words: str
) -> None:
    with pytest.raises(takeup.InputError) as raised:
        takeup.compare(results, **arguments)
    assert words in str(raised.value)


def test_what_a_comparison_does_not_hold_is_named(results: xr.Dataset) -> None:
    comparison = takeup.compare(results[["trust"]])
    for call, words in (
        (lambda: comparison.verdict("Plann", "trust"), 'did you mean "Plan"'),
        (lambda: comparison.verdict("Plan", "trusty"), 'did you mean "trust"'),
        (lambda: comparison.in_short("Baseline"), 'no "Baseline"'),
        (lambda: comparison.money_line("Plan"), "no costs"),
    ):
        with pytest.raises(takeup.InputError, match=words):
            call()


def test_results_from_disk_are_compared_alike(results: xr.Dataset, tmp_path: Path) -> None:
    folder = write(results, tmp_path / "results")
    expected = takeup.compare(results).summary()
    for path in (folder, str(folder), Folder(folder), folder / "trajectories.parquet"):
        assert takeup.compare(takeup.open_results(path)).summary() == expected
    with pytest.raises(takeup.OutputError, match="no results"):
        takeup.open_results(tmp_path)
    with pytest.raises(takeup.OutputError, match="sweep"):
        takeup.open_sweep(folder)


# ---------------------------------------------------------------- copies of everything else


def test_what_the_functions_return_can_be_pickled_and_copied(results: xr.Dataset) -> None:
    comparison = takeup.compare(results)
    for again in (copy.copy, copy.deepcopy, lambda it: pickle.loads(pickle.dumps(it))):
        assert again(plan()) == plan()
        assert again(results).identical(results)
        assert again(comparison).summary() == comparison.summary()
        assert str(again(comparison)) == str(comparison)
    problem = takeup.InputError(["one", "two"])
    assert str(pickle.loads(pickle.dumps(problem))) == str(problem)


# ---------------------------------------------------------------- every KPI, of every group


def test_the_model_has_every_kpi_of_every_group_as_results_have() -> None:
    chosen = plan(
        run={"weeks": 12, "sample": 150, "replicates": 2},
        programme={
            "train": TRAIN,
            "tell": {"kind": "communication", "medium": "letter", "start": 3},
        },
        shocks={"down": {"kind": "outage", "start": 2}},
    )
    results = takeup.simulate(chosen, replicates=2).isel(scenario=0, replicate=1)
    model = takeup.TakeupModel(chosen, replicate=1)
    assert model.groups == tuple(results["group"].values)
    assert set(results.data_vars) == set(KPI_NAMES) == set(BY_NAME)
    compared = 0
    while model.running:
        model.step()
        week = results.isel(week=model.week - 1)
        for name, (at, group) in itertools.product(KPI_NAMES, enumerate(model.groups)):
            there = float(week[name].values[at])
            if not_measured(name, group):
                assert np.isnan(there), (name, group)
                continue
            assert model.kpi(name, group) == there or (
                np.isnan(there) and np.isnan(model.kpi(name, group))
            ), (name, group, model.week)
            compared += bool(np.isfinite(there))
    assert compared > 12 * 200
    frame = model.datacollector.get_model_vars_dataframe()
    assert list(frame.columns) == list(KPI_NAMES)
    np.testing.assert_array_equal(
        frame.to_numpy(float), np.stack([results[name].values[:, 0] for name in KPI_NAMES], axis=1)
    )
