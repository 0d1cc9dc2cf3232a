"""A scenario in plain words."""

from pathlib import Path

import pytest

from examples import by_age, small_scenario
from takeup.scenario import Scenario, explain, load, starter

RIVERTON = sorted((Path(__file__).parents[2] / "scenarios" / "riverton").glob("*.toml"))


@pytest.fixture
def scenario(tmp_path: Path) -> Scenario:
    path = tmp_path / "new.toml"
    path.write_text(starter("Newtown"), encoding="utf-8")
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


def test_costs_are_those_known_before_a_run(scenario: Scenario) -> None:
    text = explain(scenario)
    tell = 2000 + 0.015 * 1.0 * 30_000 * 26
    train = 3 * 40 * 44
    assert line(text, "tell-residents", 2)[1] == f"{tell:,.0f}"
    assert line(text, "train-staff", 2)[1] == f"{train:,}"
    assert f"about GBP {tell + train:,.0f}; staff hours come on top" in text


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
    assert "about GBP 4,000;" in explain(small_scenario(programme={"lessons": lessons}))


def test_what_is_switched_off_costs_nothing() -> None:
    off = {"kind": "champions", "enabled": False, "fixed_cost": 5000.0}
    text = explain(small_scenario(programme={"helpers": off}))
    assert "switched off: helpers" in text
    assert "Programme cost: none" in text


def test_no_programme_and_no_go_live() -> None:
    assert "Programme: none" in explain(small_scenario(services={"permits": {"go_live": "never"}}))


def test_changed_parameters_are_listed_with_their_default() -> None:
    text = explain(small_scenario(parameters={"retry": 0.5, "turnover": 0.12}))
    assert line(text, "retry")[:3] == ["retry", "0.5", "0.7"]
    assert "turnover" not in text  # stated, but as by default
    assert "Parameters: all at their defaults" in explain(small_scenario())


def test_long_names_are_cut_not_spilled() -> None:
    name = "a" * 40
    text = explain(
        small_scenario(
            name="word " * 60,
            departments={name: {"name": "Long", "staff": 1_000_000}},
            services={"b" * 40: {
                "name": "Long", "department": name, "yearly_volume": 1e9, "go_live": 3,
                "minutes": {"digital": 1000.5, "rekeying": 1000.5, "phone": 1000.5,
                            "counter": 1000.5},
            }},
            programme={"c" * 40: {"kind": "champions"}},
        )
    )  # fmt: skip
    assert max(map(len, text.splitlines())) <= 100
    assert "…" in text
