"""What is said of a scenario that cannot be run: all of it at once, in words, with its place."""

import re
from pathlib import Path

import pytest

from takeup.errors import InputError
from takeup.scenario import load

TOWN = (Path(__file__).parent / "town.toml").read_text(encoding="utf-8")


@pytest.fixture
def base(tmp_path: Path) -> Path:
    path = tmp_path / "base.toml"
    path.write_text(TOWN, encoding="utf-8")
    return path


def problems(path: Path, *overrides: str) -> tuple[str, ...]:
    with pytest.raises(InputError) as caught:
        load(path, overrides)
    return caught.value.problems


WEEKS = "run.weeks: must be a whole number from 1 to 1040, not "
MOMENT = "must be a date such as 2026-03-02 (no quotes, no time) or a whole number from 0 to 5200"

BAD = [
    # wrong keys
    ("run.weks=3", 'run.weks: is not a known key (did you mean "weeks"?)'),
    ("rum.weeks=3", 'rum: is not a known key (did you mean "run"?)'),
    ("place.age.80+=0.1", "place.age.80+: is not a known key"),
    ("services.waste.minutes.email=3", "services.waste.minutes.email: is not a known key"),
    ("programme.champions.seats=3", "programme.champions.seats: is not a known key"),
    ("programme.champions.target.ages=x", '(did you mean "age"?)'),
    ('departments."Big One".name=x', 'departments."Big One": is not a usable id'),
    # wrong types and ranges
    ("run.weeks=-3", WEEKS + "-3"),
    ("run.weeks=2.5", WEEKS + "2.5"),
    ("run.weeks=many", WEEKS + '"many"'),
    ("run.weeks=true", WEEKS + "true"),
    ("run.weeks=[1, 2]", WEEKS + "a list of 2"),
    ("run=3", "run: must be a table, not 3"),
    ("run.replicates=0", "run.replicates: must be a whole number from 1 to 100000, not 0"),
    ("run.sample=99", 'run.sample: must be a whole number of at least 100 or "all", not 99'),
    ("run.sample=some", 'run.sample: must be a whole number of at least 100 or "all", not "some"'),
    ("place.trust=high", 'place.trust: must be a number from 0.05 to 0.95, not "high"'),
    ("place.access.75+=1.5", "place.access.75+: must be a number from 0 to 1, not 1.5"),
    ("place.access.75+=nan", "place.access.75+: must be a number from 0 to 1, not nan"),
    ("place.currency=pound", "place.currency: must be three capital letters"),
    ("departments.revenues.staff=-5", "departments.revenues.staff: must be a whole number"),
    ("services.waste.yearly_volume=0", "services.waste.yearly_volume: must be a number above 0"),
    ("services.waste.yearly_volume=inf", "above 0 and of at most 1,000,000,000, not inf"),
    ("services.waste.take_up=1", "must be a number above 0 and below 1, not 1"),
    ("network.kind=small", 'network.kind: must be one of "neighbourhood", "watts_strogatz"'),
    ("programme.champions.choice=best", 'must be one of "random", "nomination"'),
    ("programme.champions.share=2", "programme.champions.share: must be a number from 0 to 1"),
    ("programme.champions.enabled=1", "programme.champions.enabled: must be true or false, not 1"),
    ('programme.champions.target.roles="manager"', "must be a list in square brackets"),
    ("programme.champions.start=soon", f'programme.champions.start: {MOMENT}, not "soon"'),
    ("services.waste.go_live=2025-06-02T08:00:00", f'{MOMENT} or "never", not 2025-06-02T08:00'),
    ("departments=3", "departments: must be a table"),
    ("place.wards=[]", "place.wards: must be a list in square brackets with 1 to 255 items"),
    # names
    ('name="  "', "name: holds nothing that can be seen; give it letters or digits"),
    ('departments.revenues.name="\\t"', "departments.revenues.name: holds nothing that can be"),
    ('services.waste.name="\\u200b "', "services.waste.name: holds nothing that can be seen"),
    ('place.wards=[{name=" ", share=1}]', "holds nothing that can be seen"),
    # shares and completeness
    ("place.age.75+=0.2", "place.age: must add up to 1, but the shares add up to 1.09"),
    ("place.income.low=0.2", "place.income: must add up to 1, but the shares add up to 0.9"),
    ("place.households=[0.5, 0.4]", "place.households: must add up to 1"),
    ('place.wards=[{name="A", share=0.5}]', "place.wards: must add up to 1"),
    (
        'place.wards=[{name="A", share=0.5}, {name="A", share=0.5}]',
        "place.wards: has more than one ward named A",
    ),
    ('place.wards=[{name="A", share=1, age={"16-24"=1}}]', "place.wards[A].age: has no value for"),
    ('place.wards=[{name="A"}]', "place.wards[A].share: is missing"),
    ("place.wards=[3]", "place.wards[1]: must be a table, not 3"),
    ("departments.revenues.frontline=0.95", "they add up to 1.03"),
    ('services.waste.by_age={"16-24"=-1}', "services.waste.by_age.16-24: must be a number from"),
    # references
    (
        "services.waste.department=revenue",
        'names a department that does not exist, "revenue" (did you mean "revenues"?)',
    ),
    ('programme.tell-residents.target={services=["wast"]}', '"wast" (did you mean "waste"?)'),
    ('programme.tell-residents.target={wards=["Center"]}', '(did you mean "Centre"?)'),
    ('programme.train-staff.target={departments=["x"]}', "(known: environment, revenues)"),
    ("services.wast.go_live=never", 'services.wast is new here (did you mean "waste"?)'),
    ("programme.champion.share=0.1", "has no kind; add `kind = ...` with one of: audit, ch"),
    (
        "programme.new.kind=trainning",
        'programme.new.kind: "trainning" is not a kind of intervention '
        '(did you mean "training"?); the kinds are: audit, champions, change_team, ',
    ),
    # dates
    ("run.start=2025-01-07", "run.start: must be a Monday, such as 2025-01-06, not 2025-01-07"),
    ("run.start=2025-01-06T00:00:00", "run.start: must be a date such as 2026-03-02"),
    ("run.start=0001-01-01", "run.start: must lie between 1900 and 2200"),
    ("services.waste.go_live=2024-12-30", "leave it out if the service is online already"),
    ("services.waste.take_up=0.5", "services.waste.take_up: is for services that are online alre"),
    ("services.waste.yearly_volume=2e6", "services.waste.yearly_volume: must be below 1,560,000"),
    ("services.waste.go_live=-1", f"services.waste.go_live: {MOMENT}"),
    ("programme.champions.start=2024-12-30", "is before the run starts (2025-01-06)"),
    ("programme.champions.start=-1", f"programme.champions.start: {MOMENT}, not -1"),
    ("programme.champions.start=400", "is after the end of the run, which has 156 weeks and ends"),
    ("programme.train-staff.until=2025-03-03", "must come after the start (2025-03-03)"),
    ("programme.train-staff.until=8", "must be in a later week than the start: that is week 8"),
    ("programme.train-staff.until=2025-03-05", "must be in a later week than the start"),
    # targets
    ('programme.train-staff.target={age=["75+"]}', "target.age: does not apply, because this addr"),
    ('programme.champions.target={services=["waste"]}', "target.services: does not apply"),
    ('programme.tell-residents.target={roles=["manager"]}', "target.roles: does not apply"),
    ("programme.champions.target={roles=[]}", "roles: is empty; leave it out for everyone"),
    ('programme.champions.target={roles=["boss"]}', 'target.roles[1]: must be one of "frontline"'),
    # sample, network, parameters
    ("run.sample=40000", "run.sample: must be at most the number of residents (30000), not 40000"),
    ("network.kind=edge_list", "network.file: must name a file"),
    ("network.file=ties.csv", 'network.file: is used only when network.kind is "edge_list"'),
    ("parameters.turnovr=0.1", 'is not a known parameter (did you mean "turnover"?)'),
    ("parameters.turnover=lots", 'parameters.turnover: must be a number, not "lots"'),
    ("parameters.turnover=-0.1", "parameters.turnover: must be at least 0 and at most 1.4, not"),
    ("parameters.turnover=1e300", "(plausible: 0.1 to 0.14 per year)"),
    ("parameters.turnover=inf", "parameters.turnover: must be a number, not inf"),
    ("parameters.retry=1.01", "parameters.retry: must be at least 0 and at most 1, not 1.01"),
    ("parameters.patience=0", "parameters.patience: must be above 0"),
    ("parameters.overwhelming_backlog=0.5", "0.8 against 0.5"),
    ("parameters.turnovr=lots", 'is not a known parameter (did you mean "turnover"?)'),
    # the form of an override
    ("run.weeks", "--set run.weeks: must have the form key=value"),
    ("run.weeks=", "must have the form key=value"),
    ("=3", "is not a dotted key"),
    ("run..weeks=3", "is not a dotted key"),
    ("place.name='x", "is not a value in TOML syntax"),
    ("run.weeks=3\nrun.seed = 4", "must be a single value"),
]


@pytest.mark.parametrize(("override", "fragment"), BAD, ids=[override for override, _ in BAD])
def test_each_problem_is_named_once(base: Path, override: str, fragment: str) -> None:
    found = problems(base, override)
    key = fragment.partition(":")[0]
    assert sum(fragment in problem for problem in found) == 1, found
    assert all(problem.startswith("--set") for problem in found if key in problem)
    assert "Input should" not in str(found)
    assert all("\n" not in problem or "\n" in override for problem in found)


EVERYTHING = Path(__file__).parent / "everything.toml"

BAD_EVENTS = [
    # shocks, as interventions
    ("shocks.storm.facter=2", 'shocks.storm.facter: is not a known key (did you mean "factor"?)'),
    ("shocks.storm.factor=11", "shocks.storm.factor: must be a number from 1 to 10, not 11"),
    ("shocks.storm.start=soon", f'shocks.storm.start: {MOMENT}, not "soon"'),
    ("shocks.storm.start=400", "shocks.storm.start: is after the end of the run, which has 156"),
    ("shocks.storm.start=2024-12-30", "shocks.storm.start: is before the run starts (2025-01-06)"),
    ("shocks.lockdown.until=2025-11-03", "shocks.lockdown.until: must come after the start"),
    ("shocks.lockdown.until=43", "shocks.lockdown.until: must be in a later week than the start"),
    ("shocks.storm.enabled=0", "shocks.storm.enabled: must be true or false, not 0"),
    ("shocks.strom.factor=2", "shocks.strom: has no kind; add `kind = ...` with one of: breach"),
    ("shocks.strom.factor=2", 'shocks.strom is new here (did you mean "storm"?)'),
    (
        "shocks.new.kind=outrage",
        'shocks.new.kind: "outrage" is not a kind of shock (did you mean "outage"?); the kinds',
    ),
    ("shocks.new.kind=audit", '"audit" is a kind of intervention; state it under [programme]'),
    ("programme.new.kind=outage", '"outage" is a kind of shock; state it under [shocks]'),
    ("shocks.Storm.kind=outage", "shocks.Storm: is not a usable id"),
    ("shocks=3", "shocks: must be a table, not 3"),
    # targets of whatever is addressed
    ('shocks.storm.target.services=["wast"]', '"wast" (did you mean "waste"?)'),
    ('shocks.storm.target={wards=["Centre"]}', "target.wards: does not apply, because this addr"),
    ('shocks.cut.target={services=["waste"]}', "this addresses the whole place; leave the target"),
    ('shocks.new-chief.target.departments=["x"]', "(known: environment, revenues)"),
    ("shocks.storm.target.services=[]", "services: is empty; leave it out for everything"),
    ('programme.team.target={roles=["manager"]}', "this addresses departments; what can be given"),
    ('programme.agency.target.services=["benefit"]', '"benefit" (did you mean "benefits"?)'),
    ('programme.study.target={age=["75+"]}', "this addresses the whole place; leave the targ"),
    # a surge cannot make a need of every week
    (
        "services.waste.yearly_volume=1e6",
        "shocks.storm.factor: must be below 1.56 for waste, not 2, surges of the same weeks",
    ),
    # reviews, quick wins, audits
    ('programme.look.adjust=["help", "helb"]', "programme.look.adjust[2]: names an intervent"),
    ('programme.look.adjust=["helb"]', '"helb" (did you mean "help"?)'),
    ('programme.look.adjust=["look"]', "names look, a review; it can adjust all but reviews"),
    ('programme.look.adjust=["help", "help"]', "adjust[2]: names help twice; once is enough"),
    ('programme.look.adjust="help"', "programme.look.adjust: must be a list in square brackets"),
    ("programme.look.adjust=[3]", "programme.look.adjust[1]: must be a text in quotes, not 3"),
    ('programme.look.goals=["takeup"]', 'does not exist, "takeup" (did you mean "take-up"?)'),
    ("programme.first-win.service=wasted", '"wasted" (did you mean "waste"?)'),
    ("programme.first-win.service=council-tax", "names council-tax, which is online already; name"),
    (
        "programme.first-win.start=2025-05-05",
        "names waste, which goes online as planned in week 21 of the run, before this would "
        "launch it (week 23); start earlier or shorten `lead`",
    ),
    ("programme.new.kind=quick_win", "programme.new.service: is missing (the service that is brou"),
    ("programme.study.start=150", "takes: is so long that it is finished after the end of the run"),
    ("programme.study.until=5", "takes: is so long that it is not finished in the 5 weeks for whi"),
    # goals
    ("goals.older.kpi=adopton", 'KPI that does not exist, "adopton" (did you mean "adoption"?)'),
    ("goals.older.kpi=happiness", '"happiness"; docs/results.md lists them'),
    ("goals.older.kpi=3", "goals.older.kpi: must be a text in quotes, not 3"),
    ("goals.take-up.kpi=utilisation", "names utilisation, which is good neither when high"),
    ("goals.older.group=age:75", 'names an age that does not exist, "75" (did you mean "75+"?)'),
    ("goals.older.group=ward:Center", 'that does not exist, "Center" (did you mean "Centre"?)'),
    ("goals.older.group=75+", 'is not a group, "75+"; did you mean age:75+?'),
    ("goals.older.group=age", 'goals.older.group: is not a group, "age"; groups have the form'),
    ("goals.older.group=all:75+", 'is not a group, "all:75+"'),
    ("goals.older.group=service:waste", "and adoption is not measured by service; it is known for"),
    ("goals.take-up.group=service:wast", 'that does not exist, "wast" (did you mean "waste"?)'),
    ("goals.older.target=40", "be a share from 0 to 1, as adoption is, not 40 (40 % is 0.4)"),
    ("goals.older.target=-0.1", "be a share from 0 to 1, as adoption is, not -0.1"),
    ("goals.cheaper.target=-1", "must be at least 0, as cost_per_transaction is, not -1"),
    ("goals.older.by=2025-01-08", "goals.older.by: must be in a later week than the start"),
    ("goals.older.by=5201", "goals.older.by: must be a date such as 2026-03-02"),
    ("goals.older.by=soon", f'goals.older.by: {MOMENT}, not "soon"'),
    ("goals.oldr.target=0.5", "goals.oldr.kpi: is missing"),
    ("goals.oldr.target=0.5", 'goals.oldr is new here (did you mean "older"?)'),
    ("goals.older.until=50", "goals.older.until: is not a known key"),
    ("goals=3", "goals: must be a table, not 3"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("override", "fragment"), BAD_EVENTS, ids=[override for override, _ in BAD_EVENTS]
)
def test_each_problem_of_events_and_goals_is_named_once(override: str, fragment: str) -> None:
    found = problems(EVERYTHING, override)
    assert sum(fragment in problem for problem in found) == 1, found
    assert "Input should" not in str(found)


@pytest.mark.parametrize(
    "override",
    [
        "goals.older.by=2028-01-03",  # the day after the run
        "goals.older.by=1",
        "goals.older.by=5200",
        "run.weeks=70",  # what remains is cut short, and goals are due after it
        "goals.take-up.group=ward:Villages",
        "goals.take-up.group=service:waste",
        "goals.cheaper.group=department:revenues",
        "shocks.storm.factor=10",
        "programme.first-win.lead=17",  # on the very week that was planned
        "services.benefits.go_live=never",
        "programme.look.adjust=[]",
    ],
)
def test_usual_changes_of_events_and_goals_are_accepted(override: str) -> None:
    load(EVERYTHING, [override])


@pytest.mark.parametrize(
    "override",
    [
        "parameters.turnover=0.5",  # outside the plausible range, inside what has a meaning
        "parameters.new_service_constant=-2",
        "parameters.saturation=0",
        "programme.champions.start=2027-12-31",
        'programme.tell-residents.target={access=["without"], age=["75+"]}',
        "services.benefits.go_live=400",
    ],
)
def test_unusual_values_are_accepted(base: Path, override: str) -> None:
    load(base, [override])


@pytest.mark.parametrize(
    "fact", ["place.age.75+=0.1100000001", "departments.revenues.frontline=0.92"]
)
def test_unusual_facts_are_accepted(base: Path, fact: str) -> None:
    load(base, facts=[fact])


def test_what_is_switched_off_may_lie_after_the_run(base: Path) -> None:
    late = "programme.champions.start=400"
    assert problems(base, late)
    load(base, [late, "programme.champions.enabled=false"])


def test_targets_that_match_nobody(base: Path) -> None:
    everyone = [f"place.access.{age}=1" for age in ("65-74", "75+")]
    nobody = 'programme.tell-residents.target={access=["without"], age=["65-74", "75+"]}'
    load(base, [nobody])
    assert "programme.tell-residents.target: matches nobody" in problems(base, nobody, *everyone)[0]
    managers = 'programme.champions.target={roles=["manager"], departments=["revenues"]}'
    found, _ = problems(base, managers, "departments.revenues.managers=0")
    assert "programme.champions.target.roles: matches nobody" in found


def test_a_duration_given_twice(base: Path) -> None:
    twice = ["programme.train-staff.weeks=3", "programme.train-staff.until=90"]
    (found,) = problems(base, *twice)
    assert "programme.train-staff.until: cannot be given together with `weeks`" in found


def test_everything_is_reported_at_once_with_its_line(base: Path) -> None:
    text = base.read_text(encoding="utf-8")
    changes = {
        "weeks = 156": "weks = 156",
        '"75+" = 0.11': '"75+" = 0.12',
        "managers = 0.08": "managers = 0.8",
        'department = "environment"': 'department = "enviroment"',
        "usability = 0.8": "usability = 8",
        "weeks = 26": "weeks = -26",
        'services = ["waste"]': 'services = ["wate"]',
        'kind = "champions"': 'kind = "champion"',
        "until = 2026-01-05": "until = 2025-01-06",
        "seats = 3": 'seats = "3"',
    }
    for old, new in changes.items():
        assert text.count(old) >= 1
        text = text.replace(old, new, 1)
    base.write_text(text, encoding="utf-8")
    found = problems(base)
    wrong = {
        "run.weks": "weks",
        "place.age": "[place.age]",
        "departments.revenues.frontline": "frontline",
        "services.waste.department": 'department = "enviroment"',
        "services.council-tax.usability": "usability",
        "programme.tell-residents.weeks": "weeks = -26",
        "programme.tell-residents.target.services": "target = ",
        "programme.champions.kind": "kind = ",
        "programme.train-staff.until": "until",
        "programme.train-staff.seats": "seats",
    }
    lines = text.splitlines()
    named = {}
    for problem in found:
        match = re.fullmatch(rf"{re.escape(str(base))}, line (\d+): (\S+): .+", problem)
        assert match, problem
        named[match[2]] = lines[int(match[1]) - 1]
    assert named.keys() == wrong.keys()
    for key, start in wrong.items():
        assert named[key].startswith(start), (key, named[key])
    numbers = [int(re.findall(r"line (\d+)", problem)[0]) for problem in found]
    assert numbers == sorted(numbers)


def test_each_problem_names_the_file_that_states_the_key(base: Path) -> None:
    text = base.read_text(encoding="utf-8").replace("trust = 0.6", "trust = 6")
    base.write_text(text, encoding="utf-8")
    plan = base.parent / "plan.toml"
    plan.write_text('extends = "base.toml"\n\n[run]\nweeks = 0\n', encoding="utf-8")
    in_override, in_plan, in_base = problems(plan, "run.seed=-1")
    assert in_override.startswith("--set: run.seed: ")
    assert in_plan.startswith(f"{plan}, line 4: run.weeks: ")
    line = text.splitlines().index(next(x for x in text.splitlines() if "trust = 6" in x)) + 1
    assert in_base.startswith(f"{base}, line {line}: place.trust: ")


def test_a_replaced_list_is_blamed_on_the_file_that_replaced_it(base: Path) -> None:
    plan = base.parent / "plan.toml"
    plan.write_text(
        'extends = "base.toml"\n[place]\nwards = [\n  { name = "A", share = 0.5 },\n'
        '  { name = "B" },\n]\n',
        encoding="utf-8",
    )
    assert any(
        found.startswith(f"{plan}, line 5: place.wards[B].share: is missing")
        for found in problems(plan)
    )


def test_missing_tables_are_listed(tmp_path: Path) -> None:
    path = tmp_path / "short.toml"
    path.write_text('name = "short"\n[place]\nname = "X"\n[place.access]\n"16-24" = 1\n')
    found = problems(path)
    missing = {p.split(": ")[1] for p in found if "is missing" in p}
    assert missing >= {"place.residents", "place.age", "place.wards", "departments", "services"}
    assert any("place.access: has no value for 25-34, 35-44" in problem for problem in found)


def test_control_characters_do_not_reach_the_terminal(base: Path) -> None:
    found = problems(base, 'network.kind="\\u001b[31mred"', '"\x1b[31mx"=1')
    assert "\x1b" not in "".join(found)
    assert "\x1b" not in "".join(problems(base, 'services.waste.department="\\u001b[31mred"'))


def test_what_is_switched_off_need_not_fit_the_calendar() -> None:
    late = {
        "programme.study": "start=150",
        "programme.first-win": "service=council-tax",
        "shocks.storm": "start=400",
    }
    for key, change in late.items():
        assert problems(EVERYTHING, f"{key}.{change}")
        load(EVERYTHING, [f"{key}.{change}", f"{key}.enabled=false"])


def test_events_of_a_file_are_named_with_their_line(tmp_path: Path, base: Path) -> None:
    text = EVERYTHING.read_text(encoding="utf-8").replace('"town.toml"', f'"{base.name}"')
    changes = {
        "factor = 2": "factor = 20",
        "until = 2025-12-29": "until = 2025-10-06",
        'group = "age:75+"': 'group = "age:80+"',
        'goals = ["older"]': 'goals = ["elder"]',
        "lead = 6": "lead = 60",
        'kind = "breach"': 'kind = "breech"',
    }
    for old, new in changes.items():
        assert text.count(old) == 1
        text = text.replace(old, new)
    path = tmp_path / "all.toml"
    path.write_text(text, encoding="utf-8")
    lines = text.splitlines()
    found = [
        (lines[int(match[1]) - 1], match[2])
        for problem in problems(path)
        if (match := re.fullmatch(rf"{re.escape(str(path))}, line (\d+): (\S+): .+", problem))
    ]
    assert dict(found) == {
        "factor = 20": "shocks.storm.factor",
        "until = 2025-10-06": "shocks.lockdown.until",
        'group = "age:80+"': "goals.older.group",
        'goals = ["elder"]': "programme.look.goals[1]",
        "lead = 60": "programme.first-win.lead",
        'service = "waste"': "programme.first-win.service",
        'kind = "breech"': "shocks.hackers.kind",
    }
