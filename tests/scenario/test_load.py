"""Loading: extends, overrides, conversions, and the methods that others rely on."""

import os
from datetime import date
from pathlib import Path

import pytest

from takeup.errors import InputError
from takeup.scenario import Scenario, load

EVERYTHING = Path(__file__).parent / "everything.toml"
RIVERTON = sorted((Path(__file__).parents[2] / "scenarios" / "riverton").glob("*.toml"))
TOWN = (Path(__file__).parent / "town.toml").read_text(encoding="utf-8")


@pytest.fixture
def base(tmp_path: Path) -> Path:
    path = tmp_path / "base.toml"
    path.write_text(TOWN, encoding="utf-8")
    return path


def plan(base: Path, text: str, name: str = "plan.toml") -> Path:
    path = base.parent / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_plan_changes_only_what_differs(base: Path) -> None:
    path = plan(
        base,
        'extends = "base.toml"\n[place]\nname = "Elsewhere"\n[programme.champions]\nhours = 3\n',
    )
    original, changed = load(base), load(path)
    assert changed.place.name == "Elsewhere"
    assert changed.place.age == original.place.age
    assert changed.programme["champions"].model_dump() == {
        **original.programme["champions"].model_dump(),
        "hours": 3.0,
    }
    assert set(changed.programme) == set(original.programme)


def test_lists_are_replaced_as_a_whole(base: Path) -> None:
    one = load(base, facts=['place.wards=[{ name = "All of it", share = 1 }]'])
    assert [ward.name for ward in one.place.wards] == ["All of it"]


def test_a_new_end_replaces_the_inherited_one(base: Path) -> None:
    train = load(base, ["programme.train-staff.weeks=3"]).programme["train-staff"]
    assert (train.weeks, train.until) == (3, None)
    tell = load(base, ["programme.tell-residents.until=40"]).programme["tell-residents"]
    assert (tell.weeks, tell.until) == (None, 40)


def test_another_kind_starts_anew(base: Path) -> None:
    changed = load(
        plan(base, 'extends = "base.toml"\n[programme.champions]\nkind = "training"\nseats = 2\n')
    ).programme["champions"]
    assert changed.kind == "training"
    assert changed.start == 0


def test_shocks_are_inherited_and_changed_as_interventions_are(base: Path) -> None:
    shock = '[shocks.closed]\nkind = "counter_closure"\nstart = 2025-11-03\nuntil = 2025-12-29\n'
    base.write_text(f"{TOWN}\n{shock}", encoding="utf-8")
    head = 'extends = "base.toml"\n[shocks.closed]\n'
    closed = load(plan(base, head + "weeks = 3\n")).shocks["closed"]
    assert (closed.kind, closed.weeks, closed.until) == ("counter_closure", 3, None)
    assert closed.start == load(base).shocks["closed"].start
    assert not load(plan(base, head + "enabled = false\n")).shocks["closed"].enabled
    other = load(plan(base, head + 'kind = "outage"\n')).shocks["closed"]
    assert (other.kind, other.start, other.until) == ("outage", 0, None)
    assert not load(plan(base, 'extends = "base.toml"\nshocks = {}\n')).shocks


def test_goals_are_inherited_and_changed_one_key_at_a_time(base: Path) -> None:
    goal = '[goals.take-up]\nkpi = "digital_take_up"\ntarget = 0.5\nby = 100\n'
    base.write_text(f"{TOWN}\n{goal}", encoding="utf-8")
    before = load(base).goals["take-up"]
    path = plan(base, 'extends = "base.toml"\n[goals.take-up]\ntarget = 0.6\n')
    after = load(path, ["goals.take-up.group=ward:Centre"]).goals["take-up"]
    assert after == before.model_copy(update={"target": 0.6, "group": "ward:Centre"})
    assert not load(base, ["goals={}"]).goals


def test_a_go_live_replaces_the_inherited_take_up(base: Path) -> None:
    later = load(base, facts=["services.council-tax.go_live=20"])
    assert later.go_live_week("council-tax") == 20


def test_an_empty_table_takes_away_what_is_inherited(base: Path) -> None:
    path = plan(base, 'extends = "base.toml"\nprogramme.tell-residents.target = {}\n')
    assert load(base).programme["tell-residents"].target.services == ("waste",)
    assert load(path).programme["tell-residents"].target.services == ()


def test_a_chain_is_followed_and_the_nearest_file_wins(base: Path) -> None:
    (base.parent / "deeper").mkdir()
    plan(base, 'extends = "base.toml"\n[run]\nweeks = 100\nseed = 5\n', "middle.toml")
    last = plan(base, 'extends = "../middle.toml"\n[run]\nseed = 6\n', "deeper/last.toml")
    scenario = load(last, ["run.replicates=3"])
    assert (scenario.run.weeks, scenario.run.seed, scenario.run.replicates) == (100, 6, 3)


@pytest.mark.parametrize(
    ("override", "read"),
    [
        ("run.weeks=60", lambda s: s.run.weeks == 60),
        ("run.sample=all", lambda s: s.run.sample == "all"),
        ('place.name="Old Town"', lambda s: s.place.name == "Old Town"),
        ("place.name=Old Town", lambda s: s.place.name == "Old Town"),
        ("structure.readiness=product", lambda s: s.structure.readiness == "product"),
        ("services.waste.go_live=2025-09-01", lambda s: s.go_live_week("waste") == 34),
        ("parameters.turnover=0.1", lambda s: s.parameter_values()["turnover"] == 0.1),
        ("parameters.turnover=.1", lambda s: s.parameter_values()["turnover"] == 0.1),
        ("programme={}", lambda s: not s.programme),
        ("programme.champions.enabled=false", lambda s: not s.programme["champions"].enabled),
        (
            'programme.champions.target={ roles = ["frontline"] }',
            lambda s: s.programme["champions"].target.roles == ("frontline",),
        ),
    ],
)
def test_overrides(base: Path, override: str, read: object) -> None:
    assert callable(read)
    assert not read(load(base))
    assert read(load(base, [override]))


@pytest.mark.parametrize("fact", ['place.access."75+"=0.5', "place.access.75+=0.5"])
def test_facts(base: Path, fact: str) -> None:
    assert load(base, facts=[fact]).place.access["75+"] == 0.5


def test_the_last_override_wins(base: Path) -> None:
    assert load(base, ["run.seed=2", "run.seed=3"]).run.seed == 3


def test_an_edge_list_is_found_beside_the_file_that_states_it(base: Path, tmp_path: Path) -> None:
    ties = base.parent / "ties.csv"
    ties.write_text("from,to\n0,1\n")
    plan(base, 'extends = "base.toml"\n[network]\nkind = "edge_list"\nfile = "ties.csv"\n')
    (tmp_path / "elsewhere").mkdir()
    last = plan(base, 'extends = "../plan.toml"\n', "elsewhere/last.toml")
    assert load(last).network.file == str(ties)


def test_text_from_windows_is_read(base: Path) -> None:
    text = base.read_text(encoding="utf-8").replace("\n", "\r\n")
    base.write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert load(base).place.name == "Newtown"


def test_a_loaded_scenario_survives_dumping_and_json(base: Path) -> None:
    scenario = load(base)
    assert Scenario.model_validate(scenario.model_dump()) == scenario
    assert Scenario.model_validate_json(scenario.model_dump_json()) == scenario
    everything = load(EVERYTHING)
    assert Scenario.model_validate(everything.model_dump()) == everything
    assert Scenario.model_validate_json(everything.model_dump_json()) == everything


@pytest.mark.parametrize("path", RIVERTON, ids=lambda path: path.stem)
def test_riverton_loads_and_keeps_its_balance(path: Path) -> None:
    scenario = load(path)
    volume = sum(service.yearly_volume for service in scenario.services.values())
    minutes = sum(s.yearly_volume * s.minutes.phone for s in scenario.services.values())
    assert volume / scenario.place.residents == pytest.approx(7.0, abs=0.2)
    assert minutes / volume == pytest.approx(29, abs=1.5)
    for key in scenario.departments:
        own = [s for s in scenario.services.values() if s.department == key]
        work = sum(s.yearly_volume * s.minutes.counter for s in own)
        hours = scenario.departments[key].staff * scenario.departments[key].weekly_hours * 52
        assert own
        assert work / 60 < 0.9 * hours, f"{key} is too small for its services"
    assert bool(scenario.programme) == (path.stem not in ("baseline", "no-programme"))


# ---------------------------------------------------------------- methods of a scenario


def test_weeks_of_an_intervention_are_clipped_to_the_run(base: Path) -> None:
    scenario = load(base)
    staff = scenario.programme["train-staff"]
    first, after = scenario.weeks_of(staff)
    assert (first, after) == (8, 52)
    assert (scenario.date_of(first), scenario.date_of(after)) == (staff.start, staff.until)
    assert scenario.weeks_of(scenario.programme["champions"]) == (8, 156)
    shorter = load(base, ["run.weeks=30"])
    assert shorter.weeks_of(shorter.programme["train-staff"]) == (8, 30)


def test_weeks_of_a_shock(base: Path) -> None:
    scenario = load(EVERYTHING)
    weeks = {key: scenario.weeks_of(shock) for key, shock in scenario.shocks.items()}
    assert weeks["storm"] == (39, 45)
    assert weeks["crash"] == (34, 35)  # names no end, and is a single one
    assert weeks["hackers"] == (0, 156)  # by chance, all the time
    assert weeks["cut"] == (65, 156)
    assert scenario.due_week(scenario.goals["older"]) == 104


def test_go_live_weeks(base: Path) -> None:
    scenario = load(base, ["services.waste.go_live=never", "run.weeks=60"])
    assert scenario.go_live_week("council-tax") == -1
    assert scenario.go_live_week("benefits") == 52
    assert scenario.go_live_week("waste") == 60
    assert load(base, ["run.weeks=50"]).go_live_week("benefits") == 50


def test_dates_are_mondays(base: Path) -> None:
    scenario = load(base)
    assert scenario.date_of(0) == date(2025, 1, 6)
    assert scenario.date_of(-52) == date(2024, 1, 8)


def test_simulated_residents(base: Path) -> None:
    assert load(base).simulated() == 10_000
    assert load(base, ["run.sample=all"]).simulated() == 30_000
    small = load(base, facts=["place.residents=4000"])  # the default sample is more than there are
    assert small.simulated() == 4000


def test_parameters_are_defaults_overlaid(base: Path) -> None:
    changed = load(base, ["parameters.retry=0.6"]).parameter_values()
    plain = load(base).parameter_values()
    assert {name for name in plain if plain[name] != changed[name]} == {"retry"}


# ---------------------------------------------------------------- files that cannot be read


def refusal(path: Path, *overrides: str) -> str:
    with pytest.raises(InputError) as caught:
        load(path, overrides)
    return str(caught.value)


@pytest.mark.parametrize(
    ("content", "fragment"),
    [
        (b"", "is empty"),
        (b"# nothing but a comment\n", "is empty"),
        (b'name = "x"\nweeks 3\n', "line 2: weeks: has no `=` between key"),
        (b'name = "x\n', 'line 1: name: "x has an opening quote and none that closes'),
        (b'name = "x"\nname = "y"\n', "line 2: name appears twice"),
        (b"[run]\nseed = 1\n[run]\nweeks = 3\n", "line 3: [run] appears twice"),
        (b"[run]\nseed = [\n1]\nseed=2\n", "line 4: seed appears twice"),
        (b"run = { seed = 1, seed = 2 }\n", "line 1: seed appears twice"),
        (b"\x00\xff\xfe\x80" * 100, "is not text in UTF-8"),
        (b"a = " + b"[" * 100_000, "nested too deeply"),
        (b"#" + b"x" * 5_000_001, "5 MB"),
    ],
)
def test_files_that_are_no_scenario(tmp_path: Path, content: bytes, fragment: str) -> None:
    path = tmp_path / "odd.toml"
    path.write_bytes(content)
    assert fragment in refusal(path)
    assert str(path) in refusal(path)


def test_a_large_file_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "large.toml"
    with path.open("wb") as file:
        file.truncate(50_000_000_000)  # sparse
    assert "50000 MB" in refusal(path)


def test_missing_file_and_folder(tmp_path: Path) -> None:
    assert "no such file" in refusal(tmp_path / "absent.toml")
    assert "is a folder" in refusal(tmp_path)


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.toml")
    assert "not an ordinary file" in refusal(tmp_path / "pipe.toml")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission(base: Path) -> None:
    base.chmod(0)
    assert "permission denied" in refusal(base)


def test_extends_that_leads_nowhere(base: Path) -> None:
    path = plan(base, '# a plan\nextends = "bse.toml"\n')
    assert "plan.toml, line 2: extends names a file that cannot be read" in refusal(path)
    assert "bse.toml: no such file" in refusal(path)
    assert "must be the name of a scenario file" in refusal(plan(base, "extends = 3\n"))
    assert "can only be stated in a file" in refusal(base, "extends=other.toml")


def test_extends_in_a_circle_names_the_chain(base: Path) -> None:
    first = plan(base, 'extends = "second.toml"\n', "first.toml")
    plan(base, 'name = "x"\nextends = "third.toml"\n', "second.toml")
    plan(base, 'extends = "second.toml"\n', "third.toml")
    message = refusal(first)
    assert "third.toml, line 1" in message
    names = [Path(part).name for part in message.partition("circle: ")[2].split(" → ")]
    assert names == ["second.toml", "third.toml", "second.toml"]
    assert "circle" in refusal(plan(base, 'extends = "self.toml"\n', "self.toml"))


def test_an_edge_list_that_is_not_there(base: Path) -> None:
    path = plan(base, 'extends = "base.toml"\n[network]\nkind = "edge_list"\nfile = "absent.csv"\n')
    assert "plan.toml, line 4: network.file: names a file that cannot be read" in refusal(path)
    (base.parent / "absent.csv").mkdir()
    assert "is a folder" in refusal(path)
