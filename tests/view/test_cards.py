"""Cards: every kind can be added in every council, is valid, and moves something when it is on."""

from datetime import date
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

import takeup
from takeup.errors import InputError
from takeup.programme import KINDS
from takeup.programme.words import GROUPS
from takeup.scenario import Scenario, load
from takeup.scenario.check.estimates import programme_costs
from takeup.scenario.tell.write import to_toml
from takeup.view.setting.cards import (
    Card,
    another,
    cards,
    cost,
)
from takeup.view.setting.councils import Councils
from takeup.view.setting.fields import Field
from takeup.view.setting.setting import Setting

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / "scenarios").glob("*/*.toml"))
COUNCILS = Councils([*FILES, ROOT / "tests" / "scenario" / "everything.toml"])
FULL, BASELINE = "riverton/full-plan", "riverton/baseline"


def card(key: str, setting: Setting) -> Card:
    return next(card for card in cards(setting, COUNCILS) if card.key == key)


def field(name: str, of: Card) -> Field:
    return next(field for field in of.fields if field.name == name)


@pytest.mark.parametrize("key", COUNCILS.keys)
def test_every_kind_has_a_card_that_can_be_read(key: str) -> None:
    found = cards(Setting(key), COUNCILS)
    programme = COUNCILS[key].scenario.programme
    assert {card.kind for card in found} == set(KINDS)
    assert {card.key for card in found} >= set(programme)
    assert len({card.title for card in found}) == len(found)
    groups = [GROUPS.index(card.group) for card in found]
    assert groups == sorted(groups)
    for card in found:
        assert card.on == (card.key in programme and programme[card.key].enabled)
        assert bool(card.note) == (card.key not in programme)
        assert not card.changed
        assert card.cost >= 0
        assert card.currency == COUNCILS[key].scenario.place.currency
        assert card.what.endswith(".")


@pytest.mark.parametrize("key", COUNCILS.keys)
def test_every_field_has_a_label_and_a_range_that_its_value_lies_in(key: str) -> None:
    there = cards(Setting(key), COUNCILS)
    assert there
    for card in there:
        assert card.fields
        assert len({field.name for field in card.fields}) == len(card.fields)
        assert len({field.label for field in card.fields}) == len(card.fields)
        for field in card.fields:
            assert field.label
            assert field.help
            if field.kind in ("number", "integer", "date"):
                assert field.low <= field.value <= field.high  # type: ignore[operator]
                assert field.step > 0
            if field.kind == "number":  # a slider would move it by itself otherwise
                steps = (field.value - field.low) / field.step  # type: ignore[operator]
                assert steps == pytest.approx(round(steps), abs=1e-6)
            if field.kind in ("choice", "choices"):
                offered = [value for value, _ in field.choices]
                chosen = [field.value] if field.kind == "choice" else field.value
                assert set(chosen) <= set(offered)


def test_the_dose_comes_first_and_every_field_of_a_kind_can_be_reached() -> None:
    assert COUNCILS[FULL].starting
    for item in COUNCILS[FULL].starting.values():
        cls, reached, dose = type(item), set(), ""
        for audience in ("residents", "staff") if "audience" in cls.model_fields else ("",):
            fields = {"audience": audience} if audience else {}
            setting = another(Setting(FULL), COUNCILS, item.kind)
            key = setting.tidy(COUNCILS).entries.popitem()[0]
            names = [f.name for f in card(key, setting.changed(key, **fields)).fields]
            reached |= {name.partition(".")[0] for name in names}
            dose = names[0]
        assert dose in (cls.DOSE, "service")
        apart = {"kind", "enabled", "until"} | ({"target"} - reached)
        assert reached == set(cls.model_fields) - apart


@pytest.mark.parametrize("key", COUNCILS.keys)
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_can_be_added_in_every_council(key: str, kind: str) -> None:
    setting = another(Setting(key), COUNCILS, kind)
    scenario = setting.scenario(COUNCILS)
    (new,) = set(scenario.programme) - set(COUNCILS[key].scenario.programme)
    assert scenario.programme[new].kind == kind
    assert scenario.programme[new].enabled
    assert cost(setting, COUNCILS) >= cost(Setting(key), COUNCILS)
    assert Setting.from_link(setting.link(COUNCILS), COUNCILS) == setting


SMALL = {"sample": 1_000, "replicates": 1}


def run(scenario: Scenario) -> xr.Dataset:
    small = scenario.run.model_copy(update=SMALL)
    return takeup.simulate(scenario.model_copy(update={"run": small}), replicates=1)


@cache
def unchanged(key: str) -> xr.Dataset:
    return run(COUNCILS[key].scenario)


@pytest.mark.parametrize("key", [BASELINE, FULL, "helsinki/baseline", "los-angeles/baseline"])
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_moves_something_as_it_starts(key: str, kind: str) -> None:
    results = run(another(Setting(key), COUNCILS, kind).scenario(COUNCILS))
    moved = [
        name
        for name, variable in results.data_vars.items()
        if not np.array_equal(variable.values, unchanged(key)[name].values, equal_nan=True)
    ]
    assert moved
    # A few hundred places among half a million residents may find nobody in a small sample.
    assert kind == "engagement" or set(moved) != {"programme_cost"}


def test_a_card_to_start_from_is_on_by_one_move_and_stays_in_its_place() -> None:
    before = cards(Setting(BASELINE), COUNCILS)
    setting = Setting(BASELINE).changed("digital-playbook", enabled=True, intensity=2)
    after = cards(setting, COUNCILS)
    assert [card.key for card in before] == [card.key for card in after]
    playbook = card("digital-playbook", setting)
    assert playbook.on
    assert playbook.changed
    assert field("intensity", playbook).value == 2
    assert not any(card.changed for card in after if card.key != "digital-playbook")


def test_what_is_off_says_what_it_would_cost() -> None:
    off = Setting(FULL).changed("agency", enabled=False)
    assert card("agency", off).cost == card("agency", Setting(FULL)).cost == 351_000
    assert cost(off, COUNCILS) == pytest.approx(cost(Setting(FULL), COUNCILS) - 351_000)


def test_the_cost_is_that_of_the_programme() -> None:
    total = sum(c.total for c in programme_costs(COUNCILS[FULL].scenario).values())
    assert cost(Setting(FULL), COUNCILS) == pytest.approx(total)
    on = [card for card in cards(Setting(FULL), COUNCILS) if card.on]
    assert sum(card.cost for card in on) == pytest.approx(total)


def test_more_of_it_costs_more() -> None:
    more = Setting(FULL).changed("agency", intensity=2)
    assert card("agency", more).cost == 702_000


def test_a_card_shows_what_was_changed_and_hides_what_was_removed() -> None:
    setting = Setting(FULL).changed("champions", share=0.1, start=date(2025, 6, 2), weeks=10)
    champions = card("champions", setting.removed("agency"))
    assert champions.changed
    assert field("share", champions).value == 0.1
    assert field("start", champions).value == date(2025, 6, 2)
    assert field("weeks", champions).value == 10
    assert "agency" not in {card.key for card in cards(setting.removed("agency"), COUNCILS)}


def test_an_end_is_shown_as_a_length() -> None:
    assert field("weeks", card("train-benefits", Setting(FULL))).value == 14


def test_what_goes_on_after_the_run_is_said() -> None:
    late = {"start": "2026-12-21", "weeks": 119}
    within, beyond = Setting(FULL), Setting(FULL).changed("train-benefits", **late)
    assert card("train-benefits", within).note == ""
    assert "after the end of the run in December 2027" in card("train-benefits", beyond).note
    to_the_end = Setting(FULL).changed("train-benefits", start="2026-12-21", weeks=None)
    assert card("train-benefits", to_the_end).note == ""


def test_a_second_card_of_a_kind_has_a_name_of_its_own() -> None:
    setting = another(another(Setting(FULL), COUNCILS, "audit"), COUNCILS, "audit")
    audits = [card for card in cards(setting, COUNCILS) if card.kind == "audit"]
    assert len(audits) == 3
    assert len({card.title for card in audits}) == 3


def test_a_place_where_all_is_online_has_no_quick_win(tmp_path: Path) -> None:
    path = tmp_path / "online.toml"
    plan = load(ROOT / "scenarios" / "riverton" / "baseline.toml")
    online = {key: s.model_copy(update={"go_live": None}) for key, s in plan.services.items()}
    path.write_text(to_toml(plan.model_copy(update={"services": online})), encoding="utf-8")
    councils = Councils([path])
    found = {card.kind for card in cards(Setting(councils.keys[0]), councils)}
    assert found == {*KINDS} - {"quick_win"}
    with pytest.raises(InputError, match="no use for another quick win"):
        another(Setting(councils.keys[0]), councils, "quick_win")


@pytest.mark.parametrize("weeks", [1, 5, 8, 9, 30])
def test_short_runs_have_cards_that_can_be_switched_on(weeks: int, tmp_path: Path) -> None:
    path = tmp_path / "short.toml"
    town = ROOT / "tests" / "scenario" / "town.toml"
    path.write_text(
        f'extends = "{town}"\nprogramme = {{}}\nrun.weeks = {weeks}\n', encoding="utf-8"
    )
    councils = Councils([path])
    key = councils.keys[0]
    offered = cards(Setting(key), councils)
    assert offered
    for card in offered:
        assert Setting(key).changed(card.key, enabled=True).scenario(councils).programme


def test_another_card_under_the_name_of_one_of_the_councils_can_be_shown() -> None:
    council = COUNCILS[FULL]
    for kind in ("audit", "champions", "training"):
        item = council.starting[kind].model_dump(exclude={"kind", "enabled"}, exclude_unset=True)
        shown = card("leadership", Setting(FULL).added("leadership", kind, item))
        assert (shown.kind, shown.changed, shown.note) == (kind, True, "")
