"""Whatever a file says, the answer is a scenario or an InputError, never another exception."""

import random
import shutil
import sys
import tomllib
from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path as FilePath
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mutations import mutated
from takeup import cli
from takeup.cli.leaving import BAD_INPUT, DONE
from takeup.errors import InputError
from takeup.kpis import CITIZEN, KPIS, SERVICE, place_totals
from takeup.model.run.simulation import Simulation
from takeup.programme import KINDS, SHOCKS
from takeup.runs.describe import run_info
from takeup.scenario import Scenario, explain, load
from takeup.scenario.read.lines import Path, key_lines

FOLDER = FilePath(__file__).parent
EVERYTHING = FOLDER / "everything.toml"
TOWN = (FOLDER / "town.toml").read_text(encoding="utf-8")
PLAN = EVERYTHING.read_text(encoding="utf-8")


def toml(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return '"' + "".join(f"\\U{ord(c):08X}" for c in value) + '"'
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{toml(k)} = {toml(v)}" for k, v in value.items()) + " }"
    return value.isoformat() if isinstance(value, date) else repr(value)


def keys(data: Any, path: Path = ()) -> list[Path]:
    found = [path] if path else []
    if isinstance(data, dict):
        entries = list(data.items())
    elif isinstance(data, list):
        entries = list(enumerate(data))
    else:
        entries = []
    return found + [key for name, item in entries for key in keys(item, (*path, name))]


def attempt(path: FilePath, overrides: Sequence[str] = ()) -> Scenario | InputError:
    try:
        return load(path, overrides)
    except InputError as error:
        return error


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
words = st.sampled_from(
    ["waste", "revenues", "75+", "16-24", "Centre", "staff", "manager", "all", "never", "help"]
) | st.sampled_from(["age:75+", "ward:Centre", "adoption", "backlog", "take-up", "residents"])
kinds = st.sampled_from([*KINDS, *SHOCKS])
values = st.recursive(
    st.booleans()
    | st.integers()
    | st.integers(-3, 200)
    | st.floats()
    | texts
    | words
    | st.dates()
    | st.just(datetime(2025, 1, 6, 12)),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(words | texts, inner, max_size=3)
        | st.fixed_dictionaries({"kind": kinds})
    ),
    max_leaves=4,
)
places = st.sampled_from(
    [
        ".".join(f'"{part}"' for part in path)
        for path in keys(tomllib.loads(TOWN))
        if all(isinstance(part, str) for part in path)
    ]
    + [
        "network.file",
        "network.kind",
        "parameters.patience",
        "programme.champions.target",
        "programme.train-staff.target",
        "programme.tell-residents.target.access",
        "programme.train-staff.weeks",
        "extra",
    ]
)


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(changes=st.dictionaries(places, values, min_size=1, max_size=3))
def test_any_change_of_a_file_loads_or_is_refused_in_words(
    changes: dict[str, Any], tmp_path_factory: Any
) -> None:
    path = tmp_path_factory.getbasetemp() / "fuzzed.toml"
    path.write_text(TOWN, encoding="utf-8")
    loaded = attempt(path, [f"{key}={toml(value)}" for key, value in changes.items()])
    if isinstance(loaded, InputError):
        assert loaded.problems
        assert all(problem.isprintable() for problem in loaded.problems)
    else:
        assert 0 < max(map(len, explain(loaded).splitlines())) <= 100


STATED = {
    ".".join(f'"{part}"' for part in path): path
    for path in keys(tomllib.loads(PLAN))
    if path[0] != "extends" and all(isinstance(part, str) for part in path)
}
extras = st.sampled_from(
    [f"{part}.extra" for part in ("programme", "shocks", "goals", "goals.older")]
    + ["programme.look.every", "shocks.storm.target", "shocks.crash.per_year", "shocks.crash.until"]
    + ["run.weeks", "services.waste.go_live", "services.waste.yearly_volume", "place.wards"]
)
similar: dict[type, st.SearchStrategy[Any]] = {
    date: st.dates(date(2025, 1, 6), date(2028, 1, 9)) | st.integers(0, 160),
    int: st.integers(0, 100),
    float: st.floats(0, 2).map(lambda value: round(value, 2)),
    bool: st.booleans(),
    str: words | kinds,
    list: st.lists(words, max_size=2, unique=True),
}


@st.composite
def changes_of_events(draw: st.DrawFn) -> dict[str, Any]:
    """Return overrides: often of the type that was there, sometimes anything at all."""
    stated = draw(st.lists(st.sampled_from(sorted(STATED)), max_size=3, unique=True))
    changes = draw(st.dictionaries(extras, values, max_size=1))
    for key in stated:
        old: Any = tomllib.loads(PLAN)
        for part in STATED[key]:
            old = old[part]
        alike = similar.get(type(old))
        changes[key] = draw(values if alike is None or draw(st.integers(0, 4)) == 4 else alike)
    return changes


@settings(max_examples=150, deadline=None)
@given(changes=changes_of_events())
def test_any_change_of_events_and_goals_loads_or_is_refused_in_words(
    changes: dict[str, Any],
) -> None:
    loaded = attempt(EVERYTHING, [f"{key}={toml(value)}" for key, value in changes.items()])
    if isinstance(loaded, InputError):
        assert loaded.problems
        assert all(problem.isprintable() for problem in loaded.problems)
        assert "Input should" not in str(loaded)
    else:
        assert 0 < max(map(len, explain(loaded).splitlines())) <= 100


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(start=st.integers(0, 3000), length=st.integers(1, 40), new=texts)
def test_any_damage_to_a_plan_is_survived(
    start: int, length: int, new: str, tmp_path_factory: Any
) -> None:
    folder = tmp_path_factory.getbasetemp()
    (folder / "town.toml").write_text(TOWN, encoding="utf-8")
    path = folder / "damaged-plan.toml"
    path.write_text(PLAN[:start] + new + PLAN[start + length :], encoding="utf-8")
    loaded = attempt(path)
    if isinstance(loaded, InputError):
        assert loaded.problems


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(start=st.integers(0, 3000), length=st.integers(1, 40), new=texts)
def test_any_damage_to_the_text_is_survived(
    start: int, length: int, new: str, tmp_path_factory: Any
) -> None:
    path = tmp_path_factory.getbasetemp() / "damaged.toml"
    path.write_text(TOWN[:start] + new + TOWN[start + length :], encoding="utf-8")
    loaded = attempt(path)
    if isinstance(loaded, InputError):
        assert loaded.problems
        assert all(str(path) in problem for problem in loaded.problems)


tables = st.dictionaries(texts | words, values, max_size=4)


@settings(max_examples=100, deadline=None)
@given(tables)
def test_every_key_of_a_document_has_a_line(data: dict[str, Any]) -> None:
    text = "".join(f"# [x]\n{toml(key)} = {toml(value)} # a = '\n" for key, value in data.items())
    parsed = tomllib.loads(text)
    lines = key_lines(text)
    assert set(lines) == set(keys(parsed))
    for number, key in enumerate(parsed):
        assert {line for path, line in lines.items() if path[0] == key} == {2 * number + 2}


# ---------------------------------------------------------------- damaged files to `takeup check`

ROOT = FOLDER.parents[1]
LONGEST = 2000  # characters of a message


@pytest.fixture
def shipped(tmp_path: FilePath, monkeypatch: pytest.MonkeyPatch) -> list[FilePath]:
    """Copies of all files that come with takeup, in their folders, so that they find each other."""
    for name in ("scenarios", "experiments"):
        shutil.copytree(ROOT / name, tmp_path / name)
    (tmp_path / "tests").mkdir()
    for path in (EVERYTHING, FOLDER / "town.toml"):
        shutil.copy(path, tmp_path / "tests")
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(sys, "argv", sys.argv)
    monkeypatch.setattr("takeup.experiments.estimate._TRIED_RESIDENTS", 200)
    found = sorted(tmp_path.glob("**/*.toml"))
    return [path for path in found if "challenges" not in path.parts]


def check(path: FilePath, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    """Run `takeup check` in this process: exit code, and what it says on stderr."""
    sys.argv = ["takeup", "check", str(path)]
    with pytest.raises(SystemExit) as stop:
        cli.main()
    err = capsys.readouterr().err
    return (stop.value.code if isinstance(stop.value.code, int) else 0), err


def try_damaged(
    files: list[FilePath], count: int, seed: int, capsys: pytest.CaptureFixture[str]
) -> tuple[Counter[str], list[FilePath]]:
    """Check damaged copies of files; return how many were what, and the scenarios accepted."""
    rng = random.Random(seed)
    told: Counter[str] = Counter()
    accepted = []
    for number in range(count):
        original = rng.choice(files)
        path = original.with_name(f"damaged-{number}.toml")
        path.write_bytes(mutated(rng, original.read_text(encoding="utf-8")))
        code, err = check(path, capsys)
        case = f"{number} of {original.name}: exit {code}\n{err}"
        assert code in (DONE, BAD_INPUT), case
        assert "Traceback" not in err, case
        assert max(map(len, err.split("takeup: ")), default=0) <= LONGEST + len(str(path)), case
        assert "\x1b" not in err, case
        told["tried"] += 1
        told["accepted" if code == DONE else "refused"] += 1
        if code == DONE and "experiments" not in path.parts:
            accepted.append(path)
        else:
            path.unlink()
    return told, accepted


def sound(scenario: Scenario) -> None:
    """Hold a run to what holds of every run."""
    simulation = Simulation(scenario)
    before = simulation.state.queue.sum(axis=(1, 2))
    counters = simulation.run()
    needs = counters.service[..., CITIZEN.index("needs")]
    work = {name: counters.work[..., SERVICE.index(name)] for name in SERVICE}
    ended = sum(work[f"decided_{c}"] for c in ("online", "phone", "counter")) + work["withdrawn"]
    assert np.array_equal(needs, ended + np.diff(work["queued"], axis=0, prepend=before[None, :]))
    for table in (counters.profile, counters.ward, counters.service, counters.work, counters.place):
        assert (table >= 0).all()
    assert np.isfinite(counters.post_weight).all()
    info = run_info(scenario)
    for week in range(scenario.run.weeks):
        totals = place_totals(counters, week)
        assert all(np.isfinite(value) for value in totals.values())
        for kpi in KPIS:
            value = kpi.value(totals, info.weight)
            empty = bool(kpi.denominator) and not sum(totals[name] for name in kpi.denominator)
            assert np.isnan(value) == empty, (kpi.name, week)
            assert not np.isinf(value), (kpi.name, week)
            if kpi.unit == "share" and not empty:
                assert -1e-9 <= value <= 1 + 1e-9, (kpi.name, week, value)


def test_damaged_files_are_checked_or_refused_in_words(
    shipped: list[FilePath], capsys: pytest.CaptureFixture[str]
) -> None:
    small = [path for path in shipped if path.parent.name in ("tests", "riverton")]
    told, accepted = try_damaged(small, 60, 3, capsys)
    assert told["refused"] > 20
    assert accepted


@pytest.mark.slow
def test_thousands_of_damaged_files_and_what_is_accepted_runs(
    shipped: list[FilePath], capsys: pytest.CaptureFixture[str]
) -> None:
    told, accepted = try_damaged(shipped, 4_000, 16, capsys)
    for path in accepted:
        if told["run"] == 200:
            break
        try:
            scenario = load(path, ["run.sample=150", "run.uncertainty=both"])
        except InputError:
            continue  # a segment that so small a sample cannot hold
        if scenario.network.kind == "edge_list" or scenario.run.weeks > 300:
            continue
        sound(scenario)
        told["run"] += 1
    with capsys.disabled():
        print(f"\ndamaged files: {dict(told)}")
    assert told["run"] == 200
