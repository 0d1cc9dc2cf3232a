"""What is said of files by people who live in spreadsheets: what was found, and how to write it."""

import os
import re
import tomllib
from pathlib import Path

import pytest

from effort import calls_in
from takeup.errors import InputError
from takeup.scenario import load
from takeup.scenario.read.files import SCENARIO_BYTES

TOWN = (Path(__file__).parent / "town.toml").read_text(encoding="utf-8")
VOLUME = 'department = "environment"\nyearly_volume = 60_000'


def problems(path: Path, *overrides: str) -> tuple[str, ...]:
    with pytest.raises(InputError) as caught:
        load(path, overrides)
    return caught.value.problems


def of_text(folder: Path, text: str | bytes) -> tuple[str, ...]:
    path = folder / "town.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return problems(path)


def changed(old: str, new: str) -> tuple[str, int]:
    """Return the town with a piece of it changed, and the line of the change."""
    assert old in TOWN, old
    return TOWN.replace(old, new, 1), TOWN[: TOWN.index(old)].count("\n") + 1


# ---------------------------------------------------------------- what TOML cannot read

GO_LIVE = "go_live = 2026-01-05"
TRUST = "trust = 0.6"
RESIDENTS = "residents = 30_000"
NAME = 'name = "Newtown"'
TRAINING = 'kind = "training"'
HOUSEHOLDS = "[0.40, 0.34, 0.14, 0.09, 0.03]"

UNREADABLE = [
    # dates
    (GO_LIVE, "go_live = 01/06/2026", "write 2026-06-01 (1 June) or 2026-01-06 (6 January)"),
    (GO_LIVE, "go_live = 13/06/2026", "write 2026-06-13"),
    (GO_LIVE, "go_live = 06/13/2026", "write 2026-06-13"),
    (GO_LIVE, "go_live = 2026-6-1", "write 2026-06-01"),
    (GO_LIVE, "go_live = 2026/06/01", "write 2026-06-01"),
    (GO_LIVE, "go_live = 1.6.2026", "write 2026-06-01"),
    (GO_LIVE, "go_live = 1 June 2026", "write 2026-06-01"),
    (GO_LIVE, "go_live = June 1st, 2026", "write 2026-06-01"),
    (GO_LIVE, "go_live = Mon 1-Jun-26", "write 2026-06-01"),
    (GO_LIVE, "go_live = June 2027", "lacks a day; write a date as 2027-06-01"),
    (GO_LIVE, "go_live = 5 June", "lacks a year; write a date as 2026-06-05"),
    (GO_LIVE, "go_live = 2026-06-01 00:00", "write the day alone, 2026-06-01"),
    (GO_LIVE, "go_live = 01.06.2026 09:30", "write 2026-06-01"),
    (GO_LIVE, "go_live = 2026-06", "is a month"),
    (GO_LIVE, "go_live = Q3 2026", "write the first day of it"),
    (GO_LIVE, "go_live = 2026-02-30", "is no day that there is"),
    # numbers
    (RESIDENTS, "residents = 30,000", "write 30_000"),
    (RESIDENTS, "residents = 30 000", "write 30_000"),
    (RESIDENTS, "residents = 30\u00a0000", "write 30_000"),
    (RESIDENTS, "residents = 30'000", "write 30_000"),
    (RESIDENTS, "residents = +30,000", "write 30_000"),
    (RESIDENTS, "residents = 1.234.567", "write 1_234_567"),
    (RESIDENTS, "residents = 1,234", "write 1_234 (or 1.234, if the comma is a decimal one)"),
    (RESIDENTS, "residents = 30k", "write 30_000"),
    (RESIDENTS, "residents = (30000)", "write 30000, or -30000"),
    (RESIDENTS, "residents = ３０００", "digits of another script"),
    (RESIDENTS, "residents = 30000 // of 16 and over", "a comment begins with `#`"),
    (RESIDENTS, "residents = 30000 seats = 4", "another key, seats; give it a line of its own"),
    (RESIDENTS, "residents = ~30000", "is not one number"),
    (RESIDENTS, "residents = 30000 people", "write the number alone, 30_000"),
    (RESIDENTS, "residents = 0030000", "write 30000"),
    (RESIDENTS, "residents = =15000*2", "is a calculation"),
    (RESIDENTS, "residents = 25000-30000", "is a range"),
    (RESIDENTS, "residents = " + "1" * 5000, "5,000 digits"),
    (TRUST, "trust = 0,6", "write 0.6"),
    (TRUST, "trust = 60%", "write 0.6"),
    (TRUST, "trust = 60 %", "write 0.6"),
    (TRUST, "trust = 60 percent", "write 0.6"),
    (TRUST, "trust = 62,5 %", "write 0.625"),
    (TRUST, "trust = 3/5", "write 0.6"),
    (TRUST, "trust = 60 %;", "write 0.6"),
    (TRUST, "trust = 0.6 (survey)", "write the number alone, 0.6"),
    (TRUST, "trust = .6", "write 0.6"),
    (TRUST, "trust = 00.6", "write 0.6"),
    ("hours = 6", "hours = £6", "write 6"),
    ("hours = 6", "hours = € 6", "write 6"),
    ("hours = 6", "hours = 6 GBP", "write 6"),
    ("hours = 6", "hours = £1,234.50", "write 1_234.5"),
    ("hours = 6", "hours = 6 months", "time is counted in weeks: that would be 26"),
    # texts
    (NAME, "name = “Newtown”", 'write straight ones, "Newtown"'),
    (NAME, "name = ‘Newtown’", 'write straight ones, "Newtown"'),
    (NAME, "name = „Newtown“", 'write straight ones, "Newtown"'),
    (NAME, 'name = "Newtown”', 'write "Newtown"'),
    (NAME, "name = Newtown", 'write "Newtown"'),
    (NAME, 'name = "Newtown', "an opening quote and none that closes"),
    (NAME, 'name = ""Newtown""', 'write "Newtown"'),
    (NAME, 'name = "New "old" town"', "quotes within quotes"),
    (NAME, r'name = "C:\data\new.csv"', '"C:/data/new.csv"'),
    (NAME, r'name = "C:\Users\x"', '"C:/Users/x"'),
    ('kind = "training"', "kind = training", 'write "training"'),
    ('choice = "nomination"', "choice = nomination", 'write "nomination"'),
    ('currency = "GBP"', "currency = £", "is no value"),
    # true, false, nothing
    ('kind = "training"', 'kind = "training"\nenabled = True', "write true"),
    ('kind = "training"', 'kind = "training"\nenabled = FALSE', "write false"),
    ('kind = "training"', 'kind = "training"\nenabled = yes', "write true"),
    (TRUST, "trust = n/a", "leave the whole line out"),
    (TRUST, "trust = ", "has no value"),
    (TRUST, "trust = #REF!", "errors of a spreadsheet"),
    # the form of a line
    (TRUST, "trust: 0.6", "has `:` between key and value: write trust = ..."),
    (TRUST, "trust 0.6", "has no `=`"),
    (TRUST, "trust\t0.6", "has no `=`"),
    (TRUST, "trust,0.6", "has `,` between key and value: write trust = ..."),
    (TRUST, "trust;0.6", "has `;` between key and value: write trust = ..."),
    (TRUST, "- trust = 0.6", "begins with `-`: write trust = ..."),
    (TRUST, "trust == 0.6", "has `==`"),
    (TRUST, "trust := 0.6", "has `:=`"),
    (TRUST, "trust = 0.6;", "ends in `;`"),
    (TRUST, "trust = 0.6,", "ends in `,`"),
    (TRUST, "trust =\u00a00.6", "non-breaking space"),
    (TRUST, "trust = 0.6  # a \x1b mark", "has a control character"),
    (NAME, 'name = "New\x7ftown"', "has a control character"),
    (TRUST, "// how much they trust\ntrust = 0.6", "a comment begins with `#`"),
    (TRUST, "-- how much they trust\ntrust = 0.6", "a comment begins with `#`"),
    (TRUST, "] \ntrust = 0.6", "closes what nothing has opened"),
    (TRUST, "they trust us a lot\ntrust = 0.6", "is neither a key with a value"),
    ("\nseats = 3", "\nseats a week = 18", "write seats = ..."),
    (TRAINING, f"{TRAINING}\nfancy pants = 18", "and none is called so"),
    ("staff = 60", "hourly cost = 3\nstaff = 60", "write hourly_cost = ..."),
    ("staff = 60", "“staff” = 60", "write staff = ..."),
    ('"16-24" = 0.13', "16–24 = 0.13", 'write "16-24" = ...'),
    ('"75+" = 0.11', r'"75+\x" = 0.11', 'needs quotes: write "75+" = ...'),
    ('"75+" = 0.11', "75+ = 0.11", 'write "75+" = ...'),
    ("= 60_000\n", "= 60_000\n= 5\n", "has no key before its `=`"),
    # heads, lists, tables in braces
    ("[run]", "[run", "no closing bracket: write [run]"),
    ("[run]", "[run];", "keys stand in the lines below"),
    ("[departments.revenues]", "[departments.reve nues]", "write [departments.reve-nues]"),
    ("[departments.revenues]", "[departments revenues]", "write [departments.revenues]"),
    ("[departments.revenues]", "departments.revenues", "of a table: [departments.revenues]"),
    ("[departments.revenues]", "(departments.revenues):", "of a table: [departments.revenues]"),
    ("[place.age]", "[place.]", "holds no name of a table"),
    ('{ name = "Centre", share = 0.6 },', '{ name = "Centre", share = 0,6 },', "write 0.6"),
    ('{ name = "Centre", share = 0.6 },', '{ name = “Centre”, share = 0.6 },', "straight ones"),
    ('{ name = "Centre", share = 0.6 },', '{ name: "Centre", share = 0.6 },', "write name = ..."),
    ('{ name = "Centre", share = 0.6 },', '{ name = "Centre" share = 0.6 },', "no comma between"),
    ('{ name = "Centre", share = 0.6 },', '{ name = "Centre", share = 0.6, },', "leave that out"),
    ('{ name = "Centre", share = 0.6 },', '{ name = "Centre", share = 0.6 }', "no comma between"),
    ('{ name = "Centre", share = 0.6 },', '{ name = "Centre", share = 60% },', "write 0.6"),
    ('{ name = "Centre", share = 0.6 },', '{ name = "Centre", share = 0.6 },,', "a comma without"),
    ("0.09, 0.03]", "0.09, 0.03", "no `]` that closes it"),
    ("0.09, 0.03]", "0.09, 0.03}", "ends with `}`; write `]`"),
    ("0.09, 0.03]", "0.09; 0.03]", "has `;` between items"),
    (HOUSEHOLDS, "[0,40; 0,34; 0,14; 0,09; 0,03]", f"has decimal commas: write {HOUSEHOLDS}"),
    (HOUSEHOLDS, "[0,40, 0,34, 0,14, 0,09, 0,03]", f"has decimal commas: write {HOUSEHOLDS}"),
    (HOUSEHOLDS, "0.40, 0.34, 0.14, 0.09, 0.03", f"write a list, {HOUSEHOLDS}"),
    (HOUSEHOLDS, "0,40; 0,34; 0,14; 0,09; 0,03", "write a list, [0.4, 0.34, 0.14, 0.09, 0.03]"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "words"), UNREADABLE, ids=[row[1] for row in UNREADABLE])
def test_what_cannot_be_read_is_told_once_with_how_to_write_it(
    tmp_path: Path, old: str, new: str, words: str
) -> None:
    text, line = changed(old, new)
    found = of_text(tmp_path, text)
    assert len(found) == 1, found
    assert words in found[0]
    where = re.search(r"town\.toml, line (\d+): ", found[0])
    assert where
    assert abs(int(where[1]) - line) <= 1
    assert len(found[0]) < 2000


def test_all_mistakes_are_told_at_once_and_nothing_follows_from_them(tmp_path: Path) -> None:
    changes = {
        NAME: "name = “Newtown”",
        RESIDENTS: "residents = 30.000",
        TRUST: "trust = 60",
        '"75+" = 0.11': '"75+" = 11%',
        GO_LIVE: "go_live = 1/6/2026",
        VOLUME: 'department = "enviroment"\nyearly_volume = 60,000',
        'kind = "champions"': "kind = champions",
        "seats = 3": "seats = 3 per week",
    }
    text = TOWN
    for old, new in changes.items():
        assert old in text, old
        text = text.replace(old, new, 1)
    found = of_text(tmp_path, text)
    keys = [re.sub(r".*?, line \d+: ([^:]+): .*", r"\1", problem) for problem in found]
    assert sorted(keys) == sorted(
        ["name", "place.residents", "place.trust", 'place.age."75+"', "services.benefits.go_live",
         "services.waste.department", "services.waste.yearly_volume", "programme.champions.kind",
         "programme.train-staff.seats"]
    )  # fmt: skip


def test_a_lost_table_hides_what_would_follow_but_not_the_rest(tmp_path: Path) -> None:
    text, _ = changed("[departments.environment]", "[departments.]")
    (head,) = of_text(tmp_path, text)  # not: "environment" does not exist
    assert "holds no name" in head
    found = of_text(tmp_path, text.replace(TRUST, "trust = 6"))
    assert len(found) == 2


@pytest.mark.parametrize(
    "key", ['"16-24" = 0.13', "low = 0.3\n", '{ name = "Centre", share = 0.6 }']
)
def test_what_is_lost_of_shares_is_not_said_to_be_missing(tmp_path: Path, key: str) -> None:
    text, _ = changed(key, "{ ??? }" if "{" in key else "???\n")
    (found,) = of_text(tmp_path, text)  # not: has no value for 16-24, must add up to 1
    assert "???" in found


def test_shares_that_are_all_per_cent_are_not_also_too_few(tmp_path: Path) -> None:
    text, _ = changed(HOUSEHOLDS, "[40, 34, 14, 9, 3]")
    found = of_text(tmp_path, text)
    assert [re.sub(r".*(\[\d\]).* mean ([\d.]+)\?.*", r"\1 \2", problem) for problem in found] == [
        "[1] 0.4", "[2] 0.34", "[3] 0.14", "[4] 0.09", "[5] 0.03"
    ]  # fmt: skip


@pytest.mark.parametrize("head", ["Programme", "interventions"])
def test_a_table_that_is_stated_by_its_entries_has_a_line(tmp_path: Path, head: str) -> None:
    text, line = changed("[programme.", f"[{head}.")
    found = of_text(tmp_path, text.replace("[programme.", f"[{head}."))
    assert any(f"line {line}: {head}: is not a known key" in problem for problem in found), found


def test_mistakes_of_all_files_of_a_chain_come_together(tmp_path: Path) -> None:
    (tmp_path / "base.toml").write_text(TOWN.replace(TRUST, "trust = 60%"))
    (tmp_path / "plan.toml").write_text(
        "extends = base.toml\n[programme.champions]\nhours = 2h\nstart = 2025-13-01\n"
    )
    found = problems(tmp_path / "plan.toml")
    assert [re.sub(r".*/(\w+)\.toml, line (\d+): .*", r"\1 \2", text) for text in found] == [
        "plan 1", "plan 3", "plan 4", f"base {1 + TOWN[: TOWN.index(TRUST)].count(chr(10))}",
    ]  # fmt: skip


def test_a_plan_without_its_baseline_is_told_that_alone(tmp_path: Path) -> None:
    plan = 'name = "A plan"\n[programme.champions]\nhours = 3\n[goals.older]\ntarget = 0.5\n'
    (found,) = of_text(tmp_path, plan)
    assert "place: is missing, and so are departments and services" in found
    assert 'extends = "baseline.toml"' in found


def test_a_file_of_nothing_but_mistakes_is_told_in_part(tmp_path: Path) -> None:
    found = of_text(tmp_path, "".join(f"k{number} 4 5 6 x\n" for number in range(5000)))
    assert len(found) < 60
    assert "there is more that cannot be read" in found[-1]


# ---------------------------------------------------------------- values of the wrong form

OWNER, PARAMETERS = 'department = "revenues"', "[parameters]"
OWNER_NAME = tomllib.loads(TOWN)["departments"]["revenues"]["name"]


def goal(keys: str) -> str:
    return f"[goals.aim]\ntarget = 0.5\nby = 2027-12-27\n{keys}\n[parameters]"


FORMS = [
    (TRUST, "trust = 60", "did you mean 0.6?"),
    ("usability = 0.8", "usability = 80", "did you mean 0.8?"),
    ("managers = 0.08", "managers = 8", "did you mean 0.08?"),
    (TRUST, 'trust = "0.6"', "a number has no quotes: write 0.6"),
    (TRUST, 'trust = "60%"', "write 0.6, without quotes"),
    (TRUST, 'trust = "0,6"', "write 0.6, without quotes"),
    (TRUST, 'trust = "60"', "did you mean 0.6?"),
    (RESIDENTS, 'residents = "30,000"', "write 30_000, without quotes"),
    (RESIDENTS, 'residents = "30000"', "write 30000"),
    (RESIDENTS, "residents = 30.000", "did you mean 30_000? A dot is the decimal point here"),
    (RESIDENTS, "residents = 655.000", "write 655, or 655_000"),
    ("weeks = 156", "weeks = 156.0", "write 156"),
    ("hours = 6", 'hours = "£6"', "write 6, without quotes"),
    (GO_LIVE, 'go_live = "2026-03-02"', "a date has no quotes: write 2026-03-02"),
    (GO_LIVE, 'go_live = "01/06/2026"', "write 2026-06-01 (1 June) or 2026-01-06"),
    (GO_LIVE, "go_live = 20260302", "did you mean 2026-03-02?"),
    (GO_LIVE, "go_live = 46083", "did you mean 2026-03-02, a spreadsheet's day 46083?"),
    (GO_LIVE, "go_live = 2026-03-02T09:00:00", "write the day alone: 2026-03-02"),
    (NAME, "name = 42", 'a text has quotes: write "42"'),
    ('kind = "training"', 'kind = "training"\nenabled = "yes"', "write true without quotes"),
    ('kind = "training"', 'kind = "training"\nenabled = 1', "did you mean true?"),
    ('services = ["waste"]', 'services = "waste"', 'did you mean ["waste"]?'),
    ('services = ["waste"]', 'services = "waste, benefits"', '["waste", "benefits"]?'),
    ("weeks = 156", "weeks = [156]", "without brackets: 156"),
    ('currency = "GBP"', 'currency = "£"', 'did you mean "GBP"?'),
    ('currency = "GBP"', 'currency = "gbp"', 'did you mean "GBP"?'),
    ("0.40, 0.34", "0,40, 0,34", "did you mean 0.4?"),
    (OWNER, f'department = "{OWNER_NAME.title()}"', 'did you mean "revenues"?'),
    (PARAMETERS, goal('kpi = "take-up"'), 'did you mean "digital_take_up"?'),
    (PARAMETERS, goal('kpi = "Digital take-up"'), 'did you mean "digital_take_up"?'),
    (PARAMETERS, goal('kpi = "trust"\ngroup = "75+"'), "did you mean age:75+?"),
    (TRAINING, f'{TRAINING}\ntarget = {{ wards = ["nowhere"] }}', "does not apply"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "words"), FORMS, ids=[row[1] for row in FORMS])
def test_a_value_of_the_wrong_form_is_asked_about(
    tmp_path: Path, old: str, new: str, words: str
) -> None:
    text, _ = changed(old, new)
    found = of_text(tmp_path, text)
    assert sum(words in problem for problem in found) == 1, found
    assert len(found) == 1 or "0,40" in new, found


# ---------------------------------------------------------------- keys that there are not

INVENTED = [
    (TRAINING, f"{TRAINING}\nmonths = 6", "write weeks = 26"),
    (TRAINING, f"{TRAINING}\nyears = 1", "write weeks = 52"),
    (TRAINING, f'{TRAINING}\n"seats a week" = 18', 'did you mean "seats"?'),
    (TRAINING, f"{TRAINING}\ncost_per_week = 18", "or weekly_cost (in every week it runs)"),
    (TRAINING, f"{TRAINING}\nduration = 6", "write weeks = ..."),
    (TRAINING, f"{TRAINING}\ncost = 5", "fixed_cost (once) or weekly_cost (in every week it runs)"),
    (TRAINING, f"{TRAINING}\nbudget = 5", "fixed_cost (once)"),
    (TRAINING, f"{TRAINING}\nprice = 5", "fixed_cost (once)"),
    (TRAINING, f"{TRAINING}\nstart_date = 5", "did you mean start?"),
    (TRAINING, f"{TRAINING}\nend = 5", "did you mean until?"),
    (TRAINING, f'{TRAINING}\ndepartments = ["x"]', "write target = { departments = [...] }"),
    (TRAINING, f"{TRAINING}\nSeatCost = 5", 'did you mean "seat_cost"?'),
    (TRAINING, f"{TRAINING}\nSEAT-COST = 5", 'did you mean "seat_cost"?'),
    ("weeks = 156", "years = 3", "write weeks = 156"),
    ("weeks = 156", "Weeks = 156", 'did you mean "weeks"?'),
    (RESIDENTS, "population = 30_000", "did you mean residents?"),
    ("yearly_volume = 90_000", "volume = 90_000", "did you mean yearly_volume?"),
    ("yearly_volume = 90_000", "yearlyVolume = 90_000", 'did you mean "yearly_volume"?'),
    (GO_LIVE, "go-live = 2026-03-02", 'did you mean "go_live"?'),
    (GO_LIVE, "launch = 2026-03-02", "did you mean go_live?"),
    ("staff = 60", "headcount = 60", "did you mean staff?"),
    ("staff = 60", "staff = 60\nsalary = 9", "did you mean hourly_cost?"),
    ("[programme.champions]", "[champions]", "write [programme.champions]"),
    ("[programme.champions]", "[interventions.champions]", "write [programme...]"),
    ("[services.waste]", "[service.waste]", "write [services...]"),
    ("[departments.revenues]", "[revenues]", "write [departments.revenues]"),
    ("[run]", "[simulation]", "write [run...]"),
    ("[services.waste]", '[services."Waste & Recycling"]', 'did you mean "waste-recycling"?'),
    ('"75+" = 0.11', '"75+" = 0.11\ntrust = 0.5', "it belongs under [place]"),
    ("[run]", "residents = 3\n[run]", "it belongs under [place]"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "words"), INVENTED, ids=[row[1] for row in INVENTED])
def test_an_invented_key_is_told_what_there_is_instead(
    tmp_path: Path, old: str, new: str, words: str
) -> None:
    text, _ = changed(old, new)
    found = of_text(tmp_path, text)
    said = ("is not a known key", "is not a usable id")
    told = [p for p in found if words in p and any(text in p for text in said)]
    assert len(told) == 1, found


# ---------------------------------------------------------------- files that are something else


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (TOWN.encode("utf-16"), "is in UTF-16"),
        (TOWN.encode("utf-16-le"), "is in UTF-16"),
        ('name = "Größe"\n'.encode("latin-1"), "in line 1 it has “"),
        (b"PK\x03\x04 and so on", "is an Excel, Word or zip file"),
        (b"\xd0\xcf\x11\xe0 and so on", "is an old Excel or Word file"),
        (b"%PDF-1.7", "is a PDF file"),
        (b"{\\rtf1 name}", "is a Word file (RTF)"),
        (b'{"name": "Leeds"}', "looks like JSON"),
        (b"# x\na" + b".b" * 200_000 + b" = 1", "in line 2 a key of 200,001 parts"),
        (b'a . "b" . c' * 40 + b" = 1", "parts, which is too many"),
        (b"a = " + b"[" * 100_000, "nested too deeply"),
        (b"a = " + b"[" * 40 + b"]" * 40, "nested too deeply"),
        (b"a = " + b"{a=" * 40 + b"1" + b"}" * 40, "nested too deeply"),
        (b"[[[[{{{{" * 30_000, "characters in one line"),
        (b"a = {" + b"1," * 100_000, "characters in one line"),
        (b"x" * (SCENARIO_BYTES + 1), "at most 0.5 MB"),
        (b'name = "' + b"x" * 5_000_000 + b'"', "at most 0.5 MB"),
        (b"[run]\nweeks = 1e999", "run.weeks: must be a whole number from 1 to 1040, not inf"),
        (b"[run]\nweeks = " + b"9" * 4000, "4,000 digits"),
        (b"[run]\nseed = 0x" + b"f" * 4000, "run.seed: 0xf"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_file_that_is_something_else_is_refused_shortly(
    tmp_path: Path, data: bytes, words: str
) -> None:
    found: list[str] = []
    effort = calls_in(lambda: found.extend(of_text(tmp_path, data)))
    assert any(words in problem for problem in found), found
    assert all(len(problem) < 2000 for problem in found)
    assert effort < 1_000_000


def test_what_is_no_ordinary_file_is_refused_before_it_is_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    (tmp_path / "dangling").symlink_to("nowhere")
    (tmp_path / "zero").symlink_to("/dev/zero")
    told = {
        "pipe": "is not an ordinary file",
        "zero": "is not an ordinary file",
        "folder": "is a folder",
        "dangling": "is a link to a file that is not there",
        "x" * 300: "name too long",
    }
    for name, words in told.items():
        assert words in problems(tmp_path / name)[0]
        plan = tmp_path / "plan.toml"
        plan.write_text(f'extends = "{name}"\n')
        assert words in problems(plan)[0]
        plan.write_text(f'{TOWN}\n[network]\nkind = "edge_list"\nfile = "{name}"\n')
        assert words in problems(plan)[0]


def test_control_characters_of_a_name_are_shown(tmp_path: Path) -> None:
    path = tmp_path / "plan.toml"
    path.write_text(r'extends = "\u001b]0;title\u0007\u001b[31mx"')
    (found,) = problems(path)
    assert found.isprintable()
    assert r"\x1b]0;title\x07" in found


def test_a_windows_path_that_toml_misreads_is_told(tmp_path: Path) -> None:
    path = tmp_path / "plan.toml"
    path.write_text(r'extends = "..\base.toml"')
    assert "a backslash means something else" in problems(path)[0]
    path.write_text(
        rf'{TOWN}{chr(10)}[network]{chr(10)}kind = "edge_list"{chr(10)}file = "a\new.csv"'
    )
    assert "a backslash means something else" in problems(path)[0]


@pytest.mark.parametrize(
    ("override", "words"),
    [
        ("a." * 500 + "b=1", "has too many parts"),
        ("run.weeks=" + "[" * 400 + "]" * 400, "nested too deeply"),
        ("run.weeks=" + "1" * 5000, "more digits than a figure can have"),
        ("run.weeks=1e999", "must be a whole number"),
        ("run.weeks=" + "x" * 100_000, "must be a whole number"),
        ("place.trust=60", "did you mean 0.6?"),
        ("place.trust=60%", "write 0.6"),
        ("place.trust=0,6", "write 0.6"),
    ],
    ids=lambda value: value[:30],
)
def test_overrides_are_bounded_and_asked_about(tmp_path: Path, override: str, words: str) -> None:
    path = tmp_path / "town.toml"
    path.write_text(TOWN)
    found = problems(path, override)
    assert any(words in problem for problem in found), found
    assert all(len(problem) < 2000 for problem in found)


def test_targets_do_not_complain_of_departments_that_are_missing(tmp_path: Path) -> None:
    text = TOWN.replace(
        'audience = "staff"',
        'audience = "staff"\ntarget = { departments = ["revenues"], roles = ["manager"] }',
    )
    cut = (
        text[: text.index("[departments.revenues]")] + text[text.index("[services.council-tax]") :]
    )
    (found,) = of_text(tmp_path, cut)
    assert "departments: is missing" in found


def test_thousands_of_unknown_keys_are_told_without_looking_long_for_what_each_meant(
    tmp_path: Path,
) -> None:
    def calls(count: int) -> int:
        more = "".join(f"key_{n} = 1\n" for n in range(count))
        text = TOWN.replace("[parameters]\n", f"[parameters]\n{more}")
        return calls_in(lambda: of_text(tmp_path, text))

    assert calls(2000) - calls(1000) < 400 * 1000
