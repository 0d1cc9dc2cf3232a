"""A scenario in plain words."""

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from examples import by_age, small_scenario
from takeup import simulate
from takeup.model.world.posts import make_posts
from takeup.scenario import Scenario, explain, load
from takeup.scenario.check.estimates import full_time_staff_needed, posts, programme_costs

RIVERTON = sorted((Path(__file__).parents[2] / "scenarios" / "riverton").glob("*.toml"))
TOWN = (Path(__file__).parent / "town.toml").read_text(encoding="utf-8")


@pytest.fixture
def scenario(tmp_path: Path) -> Scenario:
    path = tmp_path / "new.toml"
    path.write_text(TOWN, encoding="utf-8")
    return load(path)


def line(text: str, start: str, number: int = 0) -> list[str]:
    return [row.split() for row in text.splitlines() if row.strip().startswith(start)][number]


@pytest.mark.parametrize("path", RIVERTON, ids=lambda path: path.stem)
def test_everything_fits_the_terminal(path: Path) -> None:
    text = explain(load(path))
    assert max(map(len, text.splitlines())) <= 100
    assert all(row == row.rstrip() for row in text.splitlines())


def test_place_and_sample(scenario: Scenario) -> None:
    text = explain(scenario)
    assert "10,000 of 30,000 residents are simulated, each with weight 3" in text
    assert line(text, "16-24") == ["16-24", "3,900", "13", "%", "99", "%", "92", "%", "7", "%"]
    assert "156 weeks, 2025-01-06 to 2028-01-02" in text
    assert "Centre 18,000, Villages 12,000" in text


def test_ages_follow_from_the_wards() -> None:
    old = {"name": "Old", "share": 0.5, "age": by_age(0, 0, 0, 0, 0, 0, 1)}
    young = {"name": "Young", "share": 0.5, "age": by_age(1, 0, 0, 0, 0, 0, 0)}
    text = explain(small_scenario(place={"wards": (old, young)}))
    assert line(text, "75+")[1] == line(text, "16-24")[1] == "2,000"
    assert line(text, "45-54")[1] == "0"


def test_everyone_is_simulated() -> None:
    text = explain(small_scenario(run={"sample": "all"}))
    assert "all 4,000 residents are simulated, one by one" in text


def test_staff_by_role_add_up(scenario: Scenario) -> None:
    text = explain(scenario)
    assert "Staff: 150 in 2 departments" in text
    *_, frontline, back, managers, total = line(text, "revenues")[:5]
    assert (frontline, back, managers, total) == ("31", "52", "7", "90")


def test_services(scenario: Scenario) -> None:
    text = explain(scenario)
    assert "180,000 transactions a year, 6.0 for each resident" in text
    assert line(text, "council-tax")[2:4] == ["90,000", "35"]
    assert line(text, "council-tax")[-4:] == ["12", "22", "24", "32"]
    assert line(text, "waste", 0)[3:5] == ["from", "2025-06-02"]
    assert "not in this run" in explain(small_scenario(services={"waste": {"go_live": "never"}}))


def test_the_calendar_is_aligned_with_dates(scenario: Scenario) -> None:
    rows = explain(scenario).splitlines()
    head = next(row for row in rows if " from " in row and " to " in row)
    launch = next(row for row in rows if "go-live " in row and row.startswith("benefits"))
    train = next(row for row in rows if row.startswith("train-staff "))
    ever = next(row for row in rows if row.startswith("champions "))
    assert train.split()[1:3] == ["2025-03-03", "2026-01-04"]  # the last day, not the day after
    assert launch.index("*") == head.index("2026")
    assert ever.rindex("=") == 99  # to the end of the run


def numbers(text: str, start: str) -> list[float]:
    """Return the figures of a row of costs: money, hours, their value, all."""
    (cells,) = [cells for cells in map(str.split, text.splitlines()) if cells[:1] == [start]][-1:]
    return [float(cell.replace(",", "")) for cell in cells[1:]]


def test_costs_count_money_and_hours(scenario: Scenario) -> None:
    text = explain(scenario)
    tell = 2000 + 0.015 * 1.0 * 30_000 * 26
    seats, hours = 3 * 40 * 44, 3 * 6 * 44
    champions = 0.05 * 150 * 2 * (156 - 8)
    assert numbers(text, "tell-residents") == [tell, 0, 0, tell]
    assert numbers(text, "train-staff") == [seats, hours, hours * 25, seats + hours * 25]
    assert numbers(text, "champions") == [0, champions, champions * 25, champions * 25]
    total = tell + seats + (hours + champions) * 25
    assert numbers(text, "all")[-1] == total
    assert f"about GBP {total:,.0f} at most, as if every seat were taken" in text


def test_hours_cost_what_the_targets_departments_pay() -> None:
    departments = {"revenues": {"hourly_cost": 40.0}, "environment": {"hourly_cost": 10.0}}
    told = {"kind": "communication", "audience": "staff", "staff_hours": 10.0, "weeks": 2}
    some = {**told, "target": {"departments": ("environment",)}}
    text = explain(small_scenario(departments=departments, programme={"told": told, "some": some}))
    mean = (120 * 40 + 80 * 10) / 200
    assert numbers(text, "told")[1:3] == [20, 20 * mean]
    assert numbers(text, "some")[1:3] == [20, 20 * 10]


def test_staff_cannot_take_more_seats_than_there_are_people() -> None:
    train = {
        "kind": "training", "seats": 1e6, "hours": 2.0, "weeks": 1,
        "target": {"roles": ("manager",), "departments": ("revenues",)},
    }  # fmt: skip
    text = explain(small_scenario(programme={"train": train}))
    assert numbers(text, "train")[1] == pytest.approx(120 * 0.08 * 2, abs=1)


def test_the_cost_of_a_run_is_near_what_was_said_before() -> None:
    programme = {
        "helpers": {"kind": "champions", "share": 0.1},
        "told": {"kind": "communication", "audience": "staff", "staff_hours": 10.0},
        "press": {"kind": "communication", "weeks": 10, "fixed_cost": 100.0},
        "lessons": {"kind": "training", "audience": "residents", "seats": 5.0, "seat_cost": 9.0},
    }
    scenario = small_scenario(programme=programme)
    spent = simulate(scenario, replicates=1)["programme_cost"].sel(group="all").sum()
    said = sum(cost.total for cost in programme_costs(scenario).values())
    assert float(spent) == pytest.approx(said, rel=0.1)


def test_as_many_posts_as_the_model_makes() -> None:
    scenario = small_scenario(
        departments={"revenues": {"staff": 7}, "environment": {"staff": 90_000}}
    )
    made = make_posts(tuple(scenario.departments.values()), 4000 / 400)
    assert tuple(posts(scenario).values()) == tuple(np.bincount(made.department))


def test_staff_needed_and_a_warning_where_there_are_too_few() -> None:
    minutes = {"digital": 10.0, "rekeying": 10.0, "phone": 20.0, "counter": 20.0}
    changes = {
        "departments": {"environment": {"weekly_hours": 30.0}},
        "services": {
            "waste": {"yearly_volume": 80_000.0, "minutes": minutes, "straight_through": 0.5,
                      "take_up": 0.4},
            "permits": {"yearly_volume": 20_000.0, "minutes": minutes},
        },
        "parameters": {"target_utilisation": 0.8},
    }  # fmt: skip
    needed = (80_000 * (0.4 * 0.5 * 10 + 0.6 * 20) + 20_000 * 20) / (30 * 52 * 60 * 0.8)
    enough = small_scenario(**changes)
    assert full_time_staff_needed(enough)["environment"] == pytest.approx(needed)
    assert "warning" not in explain(enough)
    changes["departments"]["environment"]["staff"] = 5
    text = explain(small_scenario(**changes))
    assert f"environment needs {needed:.0f} full-time staff and has 5: queues will" in text
    assert text.count("full-time staff and has") == 1


def test_a_campaign_for_what_is_never_online() -> None:
    about = {"kind": "communication", "target": {"services": ("permits",)}}
    never = {"permits": {"go_live": "never"}}
    text = explain(small_scenario(programme={"tell": about}, services=never))
    assert "warning: tell is about permits only, and that is not online in this run" in text
    assert "warning" not in explain(small_scenario(programme={"tell": about}))


def test_dates_within_a_week(scenario: Scenario) -> None:
    assert "weeks begin on Mondays" not in explain(scenario)
    service = scenario.services["waste"].model_copy(update={"go_live": date(2025, 6, 4)})
    later = scenario.model_copy(update={"services": {**scenario.services, "waste": service}})
    said = "waste goes live in the week of 2025-06-02 (stated: 2025-06-04)"
    assert said in explain(later)


@pytest.mark.parametrize(
    ("uncertainty", "said"),
    [
        ("both", "random numbers and parameters differ between them (run.uncertainty)"),
        ("seed", "random numbers differ between them"),
        ("parameters", "; parameters differ between them"),
    ],
)
def test_what_differs_between_replicates(uncertainty: str, said: str) -> None:
    text = explain(small_scenario(run={"uncertainty": uncertainty}))
    assert said in text
    assert ("drawn from their ranges" in text) == (uncertainty != "seed")


def test_the_cost_of_a_campaign_follows_its_target() -> None:
    def cost(**target: object) -> float:
        letters = {
            "kind": "communication", "medium": "letter", "weeks": 2, "start": 0, "target": target,
        }  # fmt: skip
        text = explain(small_scenario(programme={"letters": letters}))
        return float(line(text, "letters", 2)[1].replace(",", ""))

    everyone = cost()
    assert everyone == 0.15 * 4000 * 2
    assert cost(income=("low",)) == pytest.approx(0.3 * everyone, abs=1)
    assert cost(wards=("New Town",)) == pytest.approx(0.65 * everyone, abs=1)
    assert cost(access=("with",)) + cost(access=("without",)) == pytest.approx(everyone, abs=1)


def test_residents_cannot_take_more_seats_than_there_are_people() -> None:
    lessons = {
        "kind": "training", "audience": "residents", "seats": 1e6, "seat_cost": 1.0, "weeks": 1,
    }  # fmt: skip
    assert "about GBP 4,000 at most" in explain(small_scenario(programme={"lessons": lessons}))


def test_what_is_switched_off_costs_nothing() -> None:
    off = {"kind": "champions", "enabled": False, "fixed_cost": 5000.0}
    text = explain(small_scenario(programme={"helpers": off}))
    assert "switched off: helpers" in text
    assert "Programme cost: none" in text


def test_no_programme_and_no_go_live() -> None:
    assert "Programme: none" in explain(small_scenario(services={"permits": {"go_live": "never"}}))


def test_changed_parameters_are_listed_with_their_default() -> None:
    text = explain(
        small_scenario(parameters={"retry": 0.5, "turnover": 0.12}, run={"uncertainty": "seed"})
    )
    assert line(text, "retry")[:3] == ["retry", "0.5", "0.7"]
    assert "turnover" not in text  # stated, but as by default
    assert "Parameters: all at their defaults" in explain(
        small_scenario(run={"uncertainty": "seed"})
    )


def test_parameters_that_are_set_stay_fixed_where_others_are_drawn() -> None:
    text = explain(small_scenario(parameters={"turnover": 0.12}))
    assert "Set here, and so the same in all replicates:" in text
    assert line(text, "turnover")[:3] == ["turnover", "0.12", "0.12"]


@pytest.mark.parametrize("width", [40, 60, 80, 100])
def test_long_names_are_wrapped_neither_cut_nor_spilled(width: int) -> None:
    name = "q" * 40
    scenario = small_scenario(
        name="word " * 60,
        departments={name: {"name": "Long", "staff": 1_000_000}},
        services={"x" * 40: {
            "name": "Long", "department": name, "yearly_volume": 1e5, "go_live": 3,
            "minutes": {"digital": 1000.5, "rekeying": 1000.5, "phone": 1000.5,
                        "counter": 1000.5},
        }},
        programme={"z" * 40: {"kind": "champions"}},
    )  # fmt: skip
    text, whole = explain(scenario, width=width), explain(scenario, width=1000)
    assert max(map(len, text.splitlines())) <= width
    assert "…" not in text
    for letter in "qxz":
        assert letter * 40 in whole
        assert text.count(letter) == whole.count(letter)
    for value in ("1,000,000", "100,000", "1000.5", "2025-01-27"):
        assert value in text
