"""What is allowed but improbable is told, and what was meant; odd places are left alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from examples import by_age, small_scenario
from takeup.scenario import Scenario, explain, load
from takeup.scenario.check.plausible import MOST_SHOWN, doubts, first_of
from takeup.scenario.read.load import Source
from takeup.scenario.tell.starter import plan_starter, starter
from takeup.view.setting.councils import Councils

ROOT = Path(__file__).parents[2]
SHIPPED = sorted((ROOT / "scenarios").rglob("*.toml"))

TRAIN = {"kind": "training", "start": 2, "weeks": 10, "seats": 4.0, "seat_cost": 30.0}


def services(**changes: Any) -> dict[str, Any]:
    """Return changes of one service, whose field is named with underscores for hyphens."""
    return {"services": {"waste": changes}}


def minutes(digital: float, rekeying: float, phone: float, counter: float) -> dict[str, Any]:
    return services(minutes=dict(zip(
        ("digital", "rekeying", "phone", "counter"), (digital, rekeying, phone, counter),
        strict=True,
    )))  # fmt: skip


def revenues(**changes: Any) -> dict[str, Any]:
    return {"departments": {"revenues": changes}}


def measure(**changes: Any) -> dict[str, Any]:
    return {"programme": {"train": {**TRAIN, **changes}}}


def lead(**changes: Any) -> dict[str, Any]:
    return {"programme": {"lead": {"kind": "leadership", **changes}}}


def goal(kpi: str, target: float, group: str = "all") -> dict[str, Any]:
    return {"goals": {"aim": {"kpi": kpi, "target": target, "by": 20, "group": group}}}


def hourly(first: float, second: float, currency: str = "GBP") -> dict[str, Any]:
    return {
        "place": {"currency": currency},
        "departments": {"revenues": {"hourly_cost": first}, "environment": {"hourly_cost": second}},
    }


YOUNG = by_age(0.40, 0.30, 0.10, 0.08, 0.06, 0.04, 0.02)

IMPROBABLE: list[tuple[dict[str, Any], str, str]] = [
    # residents and volumes
    ({"place": {"residents": 450}}, "place.residents", "is it in thousands? Then write 450_000"),
    (revenues(staff=3_000), "place.residents", "members of staff for 4,000 residents"),
    (services(yearly_volume=0.62), "services.waste.yearly_volume", "write 620 if thousands"),
    (services(yearly_volume=130_000.0), "services.waste.yearly_volume", "32 for each of 4,000"),
    # ages and people
    (
        {"place": {"wards": ({"name": "A", "share": 1.0, "age": YOUNG},)}},
        "place.age",
        "12 % are 16-24, and the wards together have 40 %, which is what counts",
    ),
    ({"place": {"age": by_age(0.7, 0.05, 0.05, 0.05, 0.05, 0.05, 0.05)}}, "place.age", "16-24"),
    (
        {"place": {"access": by_age(0.62, 0.85, 0.92, 0.96, 0.97, 0.98, 0.99)}},
        "place.access",
        "rises with age, from 62 % at 16-24 to 85 % at 25-34",
    ),
    (
        {"place": {"skill": by_age(0.32, 0.4, 0.5, 0.6, 0.7, 0.8, 0.6)}},
        "place.skill",
        "are the age bands in the right order?",
    ),
    ({"place": {"skill": by_age(*[0.88] * 7)}}, "place.skill", "only 62 % online access"),
    (
        {"place": {"support_need": by_age(0.35, 0.2, 0.14, 0.1, 0.08, 0.07, 0.07)}},
        "place.support_need",
        "falls with age",
    ),
    (
        {"place": {"access": by_age(*[0.0099] * 7), "skill": by_age(*[0.009] * 7)}},
        "place.access",
        "so that 85 % is 0.85",
    ),
    ({"place": {"trust": 0.06}}, "place.trust", "goes from 0 to 1"),
    # money of hours and contacts
    (hourly(34_000.0, 25.0), "departments.revenues.hourly_cost", "a year's pay? As an hour: about"),
    (hourly(34_000.0, 34_000.0), "departments.environment.hourly_cost", "a year's pay?"),
    (hourly(2_500.0, 25.0), "departments.revenues.hourly_cost", "in hundredths? In whole units"),
    (hourly(0.25, 25.0), "departments.revenues.hourly_cost", "25 in other departments"),
    (hourly(3_000.0, 3_000.0), "departments.revenues.hourly_cost", "is 3,000 GBP"),
    (hourly(5_000_000.0, 2_500.0, "JPY"), "departments.revenues.hourly_cost", "a year's pay?"),
    (hourly(2_500.0, 2_500.0, "JPY"), "place.prices", "4.1 seconds of staff time"),
    ({"place": {"prices": {"online": 9.0}}}, "place.prices.online", "costs more than a call"),
    ({"place": {"prices": {"phone": 30.0}}}, "place.prices.phone", "are they swapped?"),
    ({"place": {"prices": {"phone": 283.0, "counter": 862.0}}}, "place.prices", "listed at 283"),
    # departments
    (
        {"departments": {"idle": {"name": "Idle", "staff": 9}}},
        "departments",
        "idle owns none of the services",
    ),
    (
        {**revenues(staff=2), "services": {"council-tax": {"yearly_volume": 60_000.0}}},
        "departments.revenues.staff",
        "queues will grow without end",
    ),
    (revenues(handles_share=0.001), "departments.revenues.handles_share", "grow without end"),
    (revenues(weekly_hours=7.5), "departments.revenues.weekly_hours", "is it of a day?"),
    (revenues(weekly_hours=52.0), "departments.revenues.weekly_hours", "25 to 38 are usual"),
    (revenues(managers=0.5), "departments.revenues.managers", "is 0.05 meant?"),
    (revenues(resistance=1.0), "departments.revenues.resistance", "true of all staff"),
    # services
    (minutes(16, 5, 10, 11), "services.waste.minutes", "are they in another order?"),
    (minutes(30, 30, 10, 11), "services.waste.minutes", "are they in another order?"),
    (minutes(5, 10, 40, 11), "services.waste.minutes", "are they in another order?"),
    (minutes(0.01, 0.02, 0.02, 0.05), "services.waste.minutes", "are they hours?"),
    (minutes(300, 600, 660, 960), "services.waste.minutes", "are they seconds"),
    (services(take_up=0.99), "services.waste.take_up", "of its users have access"),
    (services(take_up=0.0042), "services.waste.take_up", "so that 42 % is 0.42"),
    (services(availability=0.005), "services.waste.availability", "about 0.995"),
    (services(usability=0.08), "services.waste.usability", "usually 0.6 to 0.9"),
    (services(by_age={"75+": 150.0}), "services.waste.by_age", "it is relative"),
    (services(go_live=40), "services.waste.go_live", "after the end of the run (30 weeks, to"),
    (services(go_live=0), "services.waste.go_live", "if it is online already, leave"),
    # measures
    (measure(seats=120.0), "programme.train.seats", "120 seats a week are 1,200 in its 10 weeks"),
    (measure(seats=120.0), "programme.train.seats", "for one each write about 20"),
    (measure(weeks=70), "programme.train.weeks", "longer than the run of 30 weeks"),
    (measure(seat_cost=9_000.0), "programme.train.seat_cost", "the price of one seat, not of all"),
    (measure(weekly_cost=1e6), "programme.train.weekly_cost", "is it of a year? As a week: 19,231"),
    (measure(fixed_cost=3e6), "programme.train.fixed_cost", "of what all staff cost"),
    (measure(seat_cost=0.0, hours=0.0), "programme", "train costs nothing"),
    (lead(hours=400.0), "programme.lead.hours", "are they of a year"),
    (
        {"programme": {"help": {"kind": "champions", "share": 0.5}}},
        "programme.help.share",
        "is 0.05 meant?",
    ),
    (
        {"programme": {"help": {"kind": "champions", "share": 0.0005}}},
        "programme.help.share",
        "less than one champion; 5 % is 0.05",
    ),
    (
        {"programme": {"help": {"kind": "champions", "hours": 20.0}}},
        "programme.help.hours",
        "of each champion",
    ),
    (
        {"shocks": {"rush": {"kind": "demand_surge", "factor": 9.0, "weeks": 3}}},
        "shocks.rush.factor",
        "a surge by half is 1.5",
    ),
    (
        {"shocks": {"hack": {"kind": "breach", "per_year": 30.0}}},
        "shocks.hack.per_year",
        "more than one a month",
    ),
    # goals, run, parameters
    (goal("adoption", 1.0), "goals.aim.target", "beyond the reach"),
    (goal("digital_take_up", 0.1), "goals.aim.target", "is met at the start already"),
    (goal("digital_take_up", 0.25, "service:waste"), "goals.aim.target", "is met at the start"),
    (goal("staff_adoption", 0.15), "goals.aim.target", "is met at the start already"),
    (goal("contacts", 0.0), "goals.aim.target", "beyond the reach"),
    (goal("adoption", 0.0042), "goals.aim.target", "42 % is 0.42"),
    ({"run": {"warm_up": 520}}, "run.warm_up", "a year or two are enough"),
    ({"run": {"discount_rate": 0.35}}, "run.discount_rate", "is 0.035 meant?"),
    ({"parameters": {"turnover": 1.2}}, "parameters", "turnover = 1.2"),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "key", "words"), IMPROBABLE)
def test_what_is_improbable_is_told_once_with_its_key(
    changes: dict[str, Any], key: str, words: str
) -> None:
    found = [doubt for doubt in doubts(small_scenario(**changes)) if doubt.startswith(f"{key}: ")]
    assert len(found) == 1
    assert words in found[0]


def test_a_slip_in_one_place_is_told_in_few_lines() -> None:
    for changes, *_ in IMPROBABLE:
        assert len(doubts(small_scenario(**changes))) <= 3, changes


def tiny() -> Scenario:
    """Return an island of 150 residents, one by one."""
    return small_scenario(
        run={"sample": "all"},
        place={"residents": 150},
        departments={"revenues": {"staff": 3}, "environment": {"staff": 2}},
        services={
            "council-tax": {"yearly_volume": 160.0},
            "waste": {"yearly_volume": 300.0},
            "permits": {"yearly_volume": 40.0},
        },
        programme={"train": {**TRAIN, "seats": 1.0}},
    )


def abroad(currency: str, hour: float, **changes: Any) -> Scenario:
    """Return the small place with all its money in another currency."""
    prices = {"online": hour / 150, "phone": hour / 8, "counter": hour / 3}
    programme = {"train": {**TRAIN, "seat_cost": hour * 2, "fixed_cost": hour * 400}}
    return small_scenario(
        **{**hourly(hour, hour * 1.2), **changes},
        programme=programme,
    ).model_copy(
        update={
            "place": small_scenario(place={"currency": currency, "prices": prices}).place,
        }
    )


QUIET = {
    "small": small_scenario(),
    "tiny": tiny(),
    "yen": abroad("JPY", 2_800.0),
    "won": abroad("KRW", 24_000.0),
    "forint": abroad("HUF", 4_500.0),
    "rupiah": abroad("IDR", 60_000.0),
    "dong": abroad("VND", 90_000.0),
    "franc": abroad("CHF", 85.0),
    "of-no-known-size": abroad("XOF", 2_000.0),
    "rare-service": small_scenario(**services(yearly_volume=40.0)),
    "long-hours": small_scenario(**revenues(weekly_hours=40.0)),
    "intense": small_scenario(**measure(seats=40.0, weeks=3)),
    "until-later": small_scenario(programme={"train": {
        "kind": "training", "start": 2, "until": 60, "seats": 2.0, "seat_cost": 30.0}}),
    "hold-trust": small_scenario(**goal("trust", 0.58)),
    "no-more-gap": small_scenario(**goal("inclusion_gap_age", 0.0)),
    "never": small_scenario(**services(go_live="never")),
    "straight": small_scenario(services={"waste": {
        "straight_through": 0.9,
        "minutes": {"digital": 15.0, "rekeying": 22.0, "phone": 7.0, "counter": 12.0}}}),
}  # fmt: skip


@pytest.mark.parametrize("name", QUIET)
def test_odd_but_valid_places_are_left_alone(name: str) -> None:
    assert doubts(QUIET[name]) == []
    assert "Improbable" not in explain(QUIET[name])


def test_what_ships_is_plausible(tmp_path: Path) -> None:
    councils = list(Councils(SHIPPED))
    assert len(councils) == len(SHIPPED) > 15
    for council in councils:
        assert doubts(council.scenario, council.source.layers) == [], council.key
    base = tmp_path / "base.toml"
    base.write_text(starter("Here"), encoding="utf-8")
    plan = tmp_path / "plan.toml"
    plan.write_text(plan_starter("base.toml"), encoding="utf-8")
    everything = Path(__file__).parent / "everything.toml"
    for path in (base, plan, everything):
        assert doubts(load(path), Source(path).layers) == [], path


# ---------------------------------------------------------------- as it is written


def written(folder: Path, old: str, new: str) -> tuple[Path, Scenario]:
    text = starter("Here")
    assert old in text
    path = folder / "here.toml"
    path.write_text(text.replace(old, new), encoding="utf-8")
    return path, load(path)


def test_a_point_before_thousands(tmp_path: Path) -> None:
    path, scenario = written(tmp_path, "yearly_volume = 90_000", "yearly_volume = 90.000")
    (found,) = doubts(scenario, Source(path).layers)
    assert found == (
        "services.council-tax.yearly_volume: 90.000 is 90 in TOML, where a point stands before "
        "decimals; write 90_000 if thousands are meant"
    )
    assert found in " ".join(explain(scenario, Source(path).layers).split())


def test_three_decimals_where_they_are_usual(tmp_path: Path) -> None:
    path, scenario = written(tmp_path, "take_up = 0.35", "take_up = 0.350")
    assert doubts(scenario, Source(path).layers) == []


def test_another_fact_takes_the_doubt_away(tmp_path: Path) -> None:
    path, _ = written(tmp_path, "yearly_volume = 90_000", "yearly_volume = 90.000")
    assert len(doubts(load(path), Source(path).layers)) == 1
    other = load(path, facts=["services.council-tax.yearly_volume=90_000"])
    assert doubts(other, Source(path).layers) == []


def test_a_run_that_is_cut_short_is_judged_as_its_file_has_it(tmp_path: Path) -> None:
    path, _ = written(tmp_path, "go_live = 2026-03-02", "go_live = 2036-03-03")
    (late,) = doubts(load(path), Source(path).layers)
    assert late.startswith("services.benefit-claims.go_live: after the end of the run (156 weeks")
    path, _ = written(tmp_path, "weeks = 156", "weeks = 156")
    short = load(path, ["run.weeks=10"])
    assert doubts(short, Source(path).layers) == []
    assert len(doubts(short)) == 1


def test_at_most_ten_are_shown_and_the_rest_counted() -> None:
    many = {
        f"lead-{n}": {"kind": "leadership", "weekly_cost": 1e7 + n} for n in range(MOST_SHOWN + 5)
    }
    found = doubts(small_scenario(programme=many))
    assert len(found) == MOST_SHOWN + 5
    assert first_of(found) == [*found[:MOST_SHOWN], "and 5 more"]
    assert first_of(found[:3]) == found[:3]
    assert explain(small_scenario(programme=many)).count("warning: ") == MOST_SHOWN + 1
