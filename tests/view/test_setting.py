"""Settings: changes by value, links and uploads that survive anything, and what they stand for."""

import json
import string
from contextlib import suppress
from datetime import date, timedelta
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from effort import calls_in
from takeup.errors import InputError
from takeup.scenario import load
from takeup.scenario.tell.write import to_toml
from takeup.view.setting.cards import cards
from takeup.view.setting.councils import Councils
from takeup.view.setting.fields import Field
from takeup.view.setting.links import packed, unpacked
from takeup.view.setting.setting import Setting
from takeup.view.setting.upload import from_upload

ROOT = Path(__file__).parents[2]
FULL = "riverton/full-plan"
COUNCILS = Councils(sorted((ROOT / "scenarios").glob("*/*.toml")))
PLAN = COUNCILS[FULL].scenario
URL_SAFE = set(string.ascii_letters + string.digits + "-_")


def link_of(council: str, entries: Any, fingerprint: str | None = None) -> str:
    """Return a well-made link that says anything."""
    known = COUNCILS[council].fingerprint if council in COUNCILS.keys else ""
    return packed(json.dumps([council, fingerprint or known, entries]))


def values(field: Field) -> st.SearchStrategy[Any]:
    """Return values that a control on the page can give a field."""
    if field.kind == "switch":
        return st.booleans()
    if field.kind == "choice":
        return st.sampled_from([value for value, _ in field.choices])
    if field.kind == "choices":
        names = [value for value, _ in field.choices]
        return st.lists(st.sampled_from(names), max_size=2, unique=True) if names else st.just([])
    if field.kind == "date":
        assert isinstance(field.low, date)
        assert isinstance(field.high, date)
        weeks = (field.high - field.low).days // 7
        low = field.low
        return st.integers(0, weeks).map(lambda week: low + timedelta(weeks=week))
    if field.kind == "integer":
        return st.integers(int(field.low), int(field.high))  # type: ignore[arg-type]
    return st.floats(field.low, field.high)  # type: ignore[arg-type]


@st.composite
def settings_of(draw: st.DrawFn, council: str) -> Setting:
    """Return settings as a player makes them: moves of cards, some switched, added or removed."""
    setting = Setting(council)
    there = cards(setting, COUNCILS)
    for card in draw(st.lists(st.sampled_from(there), max_size=4, unique_by=lambda c: c.key)):
        moved = draw(st.lists(st.sampled_from(card.fields), max_size=3, unique_by=lambda f: f.name))
        fields = {field.name: draw(values(field)) for field in moved}
        setting = setting.changed(card.key, enabled=draw(st.booleans()), **fields)
    if draw(st.booleans()):
        setting = setting.added("one-more", "audit", {"start": draw(st.integers(0, 100))})
    if draw(st.booleans()):
        setting = setting.removed(draw(st.sampled_from(there)).key)
    return setting


def scenario_of(setting: Setting) -> Any:
    try:
        return setting.scenario(COUNCILS)
    except InputError:
        return None


# ---------------------------------------------------------------- changes


def test_an_unchanged_setting_is_the_council() -> None:
    assert len(COUNCILS.keys) > 1
    for key in COUNCILS.keys:
        assert Setting(key).scenario(COUNCILS) == COUNCILS[key].scenario


def test_settings_are_equal_by_value() -> None:
    one = Setting(FULL).changed("leadership", intensity=2.0).changed("audit", enabled=False)
    other = Setting(FULL).changed("audit", enabled=False).changed("leadership", intensity=2)
    assert one == other
    assert hash(one) == hash(other)


def test_a_change_moves_one_field_and_names_the_scenario_changed() -> None:
    changed = Setting(FULL).changed("leadership", intensity=2.5).scenario(COUNCILS)
    assert changed.name == f"{PLAN.name} (changed)"
    assert changed.programme["leadership"].dose == 2.5
    apart = {"name": True, "programme": {"leadership": {"intensity"}}}
    assert changed.model_dump(exclude=apart) == PLAN.model_dump(exclude=apart)


def test_what_is_as_the_council_has_it_is_no_change() -> None:
    moved = Setting(FULL).changed("leadership", intensity=2.0)
    back = moved.changed("leadership", intensity=1.0).changed("tell-waste", start=date(2025, 5, 5))
    back = back.changed("train-benefits", weeks=14).removed("no-such-card")
    assert back.tidy(COUNCILS) == Setting(FULL)
    assert back.scenario(COUNCILS) == PLAN
    on_and_off = Setting(FULL).changed("digital-playbook", enabled=True)
    assert on_and_off.changed("digital-playbook", enabled=False).scenario(COUNCILS) == PLAN


def test_a_new_start_keeps_the_length_and_a_new_length_the_start() -> None:
    was = PLAN.programme["train-benefits"]  # from 2025-11-24 until 2026-03-02
    later = Setting(FULL).changed("train-benefits", start=date(2026, 2, 2)).scenario(COUNCILS)
    assert PLAN.weeks_of(later.programme["train-benefits"]) == (56, 70)
    longer = Setting(FULL).changed("train-benefits", weeks=20).scenario(COUNCILS)
    assert longer.programme["train-benefits"].start == was.start
    assert PLAN.weeks_of(longer.programme["train-benefits"]) == (46, 66)
    until = Setting(FULL).changed("train-benefits", start=date(2026, 2, 2), until=date(2026, 3, 2))
    assert PLAN.weeks_of(until.scenario(COUNCILS).programme["train-benefits"]) == (56, 60)
    endless = Setting(FULL).changed("train-benefits", weeks=None).scenario(COUNCILS)
    assert PLAN.weeks_of(endless.programme["train-benefits"]) == (46, 156)


def test_another_audience_has_another_target() -> None:
    setting = Setting(FULL).changed(
        "train-benefits", audience="residents", **{"target.age": ["75+"]}
    )
    target = setting.scenario(COUNCILS).programme["train-benefits"].target
    assert (target.age, target.departments) == (("75+",), ())
    whole = Setting(FULL).changed("tell-claimants", target={"age": ["75+"]})
    target = whole.scenario(COUNCILS).programme["tell-claimants"].target
    assert (target.age, target.income, target.services) == (("75+",), (), ())


def test_cards_can_be_added_and_removed() -> None:
    setting = Setting(FULL).added("second", "audit", {"start": 60, "hours": 10.0})
    setting = setting.changed("second", quality=0.5).removed("tell-waste")
    programme = setting.scenario(COUNCILS).programme
    assert set(programme) == {*PLAN.programme, "second"} - {"tell-waste"}
    assert programme["second"].model_dump(exclude_defaults=True) == {
        "start": 60,
        "hours": 10.0,
        "quality": 0.5,
    }
    assert "tell-waste" in setting.changed("tell-waste", enabled=True).scenario(COUNCILS).programme


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        (Setting(FULL).changed("leadership", intensity=9), "Leaders stand up for it (leadership)"),
        (Setting(FULL).changed("leadership", intensity=9), "from 0 to 3, not 9"),
        (Setting(FULL).changed("leadership", speed=1), "not a known key"),
        (Setting(FULL).changed("leadership", start=date(2030, 1, 7)), "after the end of the run"),
        (Setting(FULL).changed("nothing", enabled=True), 'has no card "nothing"'),
        (Setting(FULL).added("new", "lottery", {}), "not a kind of intervention"),
        (Setting(FULL).added("New!", "audit", {}), "not a usable id"),
        (Setting(FULL).removed("train-newcomers"), "Measures that follow the goals"),
        (Setting("riverton/full"), "no council"),
    ],
)
def test_what_cannot_be_is_said_with_card_and_field(setting: Setting, said: str) -> None:
    with pytest.raises(InputError) as caught:
        setting.scenario(COUNCILS)
    assert said in str(caught.value)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 10**400, object(), {"a": 1}])
def test_a_setting_holds_plain_values_only(value: object) -> None:
    with pytest.raises(InputError, match="not a value"):
        Setting(FULL).changed("leadership", intensity=value)


def test_there_is_a_bound_on_cards() -> None:
    setting = Setting(FULL, json.dumps({f"c{i}": {"kind": "audit"} for i in range(101)}))
    with pytest.raises(InputError, match="at most 100"):
        setting.scenario(COUNCILS)


def test_a_setting_becomes_a_scenario_while_a_slider_is_dragged() -> None:
    settings = [Setting(FULL).changed("leadership", intensity=i / 50) for i in range(50)]
    settings[0].scenario(COUNCILS)
    efforts = [calls_in(partial(setting.scenario, COUNCILS)) for setting in settings]
    assert 0 < max(efforts) < 15_000  # to read the file again takes 39,000


# ---------------------------------------------------------------- links


@given(st.sampled_from(COUNCILS.keys).flatmap(settings_of))
def test_a_link_brings_the_same_setting_back(setting: Setting) -> None:
    link = setting.link(COUNCILS)
    assert set(link) <= URL_SAFE
    if scenario_of(setting) is None:
        with pytest.raises(InputError):
            Setting.from_link(link, COUNCILS)
    else:
        assert Setting.from_link(link, COUNCILS) == setting


def test_a_link_is_short() -> None:
    setting = Setting(FULL).changed("leadership", intensity=2).changed("champions", enabled=False)
    assert len(setting.link(COUNCILS)) < 120


@given(setting=settings_of(FULL), data=st.data())
def test_a_damaged_link_is_refused_in_words(setting: Setting, data: st.DataObject) -> None:
    link = setting.link(COUNCILS)
    at = data.draw(st.integers(0, len(link)))
    other = data.draw(st.text(max_size=4) | st.sampled_from(sorted(URL_SAFE)))
    cut = data.draw(st.integers(0, 5))
    damaged = link[:at] + other + link[at + cut :]
    with suppress(InputError):
        assert Setting.from_link(damaged, COUNCILS) == setting  # nothing of it was changed


@given(
    st.text(max_size=60) | st.text(st.sampled_from(sorted(URL_SAFE)), max_size=60).map("1".__add__)
)
def test_a_text_that_is_no_link_is_refused_in_words(text: str) -> None:
    with pytest.raises(InputError, match="damaged"):
        Setting.from_link(text, COUNCILS)


junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)
names = st.sampled_from([*PLAN.programme, "digital-playbook", "new"]) | st.text(max_size=5)
fields = st.sampled_from(
    [
        "kind",
        "start",
        "until",
        "weeks",
        "target",
        "target.age",
        "target.x",
        "audience",
        "intensity",
        "enabled",
        "seats",
        "service",
        "adjust",
        "goals",
        "takes",
        "every",
        "lead",
        "medium",
    ]
)
likely = st.sampled_from(["audit", "training", "residents", "staff", "2025-06-02", "75+", "waste"])


@given(
    st.dictionaries(names, st.dictionaries(fields, junk | likely, max_size=4) | junk, max_size=3)
)
def test_a_foreign_link_is_a_setting_or_is_refused_in_words(entries: Any) -> None:
    with suppress(InputError):
        setting = Setting.from_link(link_of(FULL, entries), COUNCILS)
        assert setting.scenario(COUNCILS).name.startswith(PLAN.name)
        assert Setting.from_link(setting.link(COUNCILS), COUNCILS) == setting


@given(junk)
def test_a_link_to_anything_else_is_refused_in_words(data: Any) -> None:
    with pytest.raises(InputError):
        Setting.from_link(packed(json.dumps(data)), COUNCILS)


def test_links_say_why_they_cannot_be_used() -> None:
    for link, said in (
        (link_of("atlantis/plan", {}), "not offered here"),
        (link_of(FULL, {}, "00000000"), "has changed since"),
        (link_of(FULL, {"leadership": {"intensity": 70}}), "from 0 to 3, not 70"),
        (link_of(FULL, {"leadership": {"intensity": 10**300}}), "not a value"),
        (packed('["riverton/full-plan", "", {"a": {"b": NaN}}]'), "damaged"),
        (packed("[" * 50_000), "damaged"),
        (packed('["\\ud800", "", {"\\ud800": null}]'), "damaged"),
        (packed("[" + "9" * 20_000 + "]"), "damaged"),
        ("1" + "A" * 10_000_000, "damaged"),
    ):
        with pytest.raises(InputError) as caught:
            Setting.from_link(link, COUNCILS)
        assert said in str(caught.value)


def test_a_link_that_would_become_huge_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValueError, match="too long"):
        packed(" " * 5_000_000)
    monkeypatch.setattr("takeup.view.setting.links._LARGEST", 10_000_000)
    bomb = packed(" " * 5_000_000)
    monkeypatch.undo()
    assert len(bomb) < 8_000
    with pytest.raises(ValueError, match="damaged"):
        unpacked(bomb)
    with pytest.raises(InputError, match="damaged"):
        Setting.from_link(bomb, COUNCILS)


def test_a_setting_too_large_for_a_link_says_what_to_do() -> None:
    setting = Setting(FULL)
    for number in range(400):
        name = sha256(bytes(number)).hexdigest()[:39]
        setting = setting.added(f"x{name}", "audit", {"hours": number / 7})
    with pytest.raises(InputError, match="Download it as a file"):
        setting.link(COUNCILS)


# ---------------------------------------------------------------- uploads


@given(st.sampled_from(COUNCILS.keys).flatmap(settings_of))
def test_an_exported_setting_can_be_brought_back(setting: Setting) -> None:
    scenario = scenario_of(setting)
    if scenario is None:
        return
    back = from_upload("mine.toml", to_toml(scenario).encode(), COUNCILS)
    assert back.council == setting.council
    assert back.scenario(COUNCILS) == scenario


def test_a_plan_of_the_same_place_is_found_by_its_programme() -> None:
    plan = load(ROOT / "scenarios" / "riverton" / "digital-inclusion-first.toml")
    upload = to_toml(plan.model_copy(update={"name": "Something else"})).encode()
    assert from_upload("x.toml", upload, COUNCILS) == Setting("riverton/digital-inclusion-first")
    for other in ("baseline", "full-plan"):
        one = Councils([ROOT / "scenarios" / "riverton" / f"{other}.toml"])
        assert from_upload("x.toml", upload, one).scenario(one).programme == plan.programme


EXPORTED = to_toml(PLAN)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"x" * 100_000_000, "too large"),
        (b"", "is empty"),
        (b"\xff\xfe\x00", "UTF-16"),
        (b"name = ", "has no value"),
        (b'extends = "../../secret.toml"', "builds on another file"),
        (
            EXPORTED.replace("[network]", '[network]\nfile = "/etc/passwd"'),
            "no other file is opened",
        ),
        (EXPORTED.replace("[network]", '[network]\nfile = "ties.csv"'), "no other file is opened"),
        (EXPORTED.replace("residents = 120000", "residents = 99000"), "place.residents"),
        (EXPORTED.replace("seed = 1", "seed = 2"), "run.seed"),
        (EXPORTED.replace("intensity = 1.0", "intensity = 99"), "must be a number from 0 to 3"),
        (EXPORTED.replace("seats = 30.0", f"seats = 1{'0' * 400}"), "seats"),
        (EXPORTED.replace("target = 0.4\n", f"target = 1{'0' * 400}\n"), "goals.take-up.target"),
        ('name = "Elsewhere"', "is missing"),
        ("a" + ".b" * 50_000 + " = 1", "parts, which is too many"),
        ("x = " + "[" * 100_000, "nested too deeply"),
        ('x = """' + '\\"""' * 48_000, "characters in one line"),
        ('\\"""' * 48_000, "characters in one line"),
        (EXPORTED.replace("[network]", "[network]\nfile = []"), "no other file is opened"),
        (
            EXPORTED + "".join(f"[programme.p{i}]\nkind = 1\n" for i in range(2000)),
            "too many entries",
        ),
    ],
)
def test_what_is_no_export_of_this_server_is_refused_in_words(
    data: bytes | str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def opened(*_: Any, **__: Any) -> Any:
        raise AssertionError("a file was opened")

    monkeypatch.setattr("builtins.open", opened)
    words: list[str] = []

    def refused() -> None:
        with pytest.raises(InputError) as caught:
            from_upload("mine.toml", data.encode() if isinstance(data, str) else data, COUNCILS)
        words.append(str(caught.value))

    assert calls_in(refused) < 500_000
    assert said in words[0]
    assert len(words[0]) < 5_000


def test_dots_in_texts_and_comments_do_not_count() -> None:
    dotted = "." * 500
    head = f'# it\'s {dotted} """\n'
    text = head + EXPORTED.replace('description = "', f'description = "{dotted}', 1)
    assert from_upload("x.toml", text.encode(), COUNCILS) == Setting(FULL)


def test_another_council_is_refused_with_what_differs() -> None:
    helsinki = to_toml(COUNCILS["helsinki/baseline"].scenario).encode()
    only = Councils([ROOT / "scenarios" / "riverton" / "full-plan.toml"])
    with pytest.raises(InputError, match=r"differs in: place\.name, place\.residents"):
        from_upload("helsinki.toml", helsinki, only)


@given(start=st.integers(0, len(EXPORTED)), length=st.integers(0, 60), new=st.binary(max_size=20))
def test_any_damage_to_an_upload_is_survived(start: int, length: int, new: bytes) -> None:
    data = EXPORTED.encode()
    with suppress(InputError):
        from_upload("x.toml", data[:start] + new + data[start + length :], COUNCILS)
