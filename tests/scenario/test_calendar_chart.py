"""The calendar that `takeup check` prints: chart and words of programme, shocks and goals."""

from datetime import date
from pathlib import Path

import pytest

from examples import small_scenario
from takeup.output import to_text
from takeup.programme import KINDS, SHOCKS
from takeup.scenario import Scenario, explain, load
from takeup.scenario.tell.calendar import calendar

FOLDER = Path(__file__).parent


@pytest.fixture(scope="module")
def everything() -> Scenario:
    return load(FOLDER / "everything.toml")


def told(scenario: Scenario) -> list[str]:
    return to_text(*calendar(scenario)).splitlines()


def row(scenario: Scenario, start: str) -> str:
    (found,) = [line for line in told(scenario) if line.startswith(start)]
    return found


def test_the_head_counts_what_there_is(everything: Scenario) -> None:
    assert next(calendar(everything)) == (
        "Programme: 13 interventions, 2 go-lives, 6 shocks, 3 goals"
    )
    assert next(calendar(load(FOLDER / "town.toml"))) == "Programme: 3 interventions, 2 go-lives"
    nothing = small_scenario(services={"permits": {"go_live": "never"}})
    assert list(calendar(nothing)) == ["Programme: none"]


def test_everything_has_a_row_and_words(everything: Scenario) -> None:
    for key, item in everything.programme.items():
        assert row(everything, f"{key} ")
        assert item.describe()[:20] in row(everything, f"{key}: ")
    for key, shock in everything.shocks.items():
        assert shock.describe()[:20] in row(everything, f"shock {key}: ")
    kinds = {event.kind for event in (*everything.programme.values(), *everything.shocks.values())}
    assert kinds == {*KINDS, *SHOCKS}


def test_shocks_stand_on_the_calendar(everything: Scenario) -> None:
    head = next(line for line in told(everything) if " from " in line)
    lockdown = row(everything, "lockdown ")
    assert lockdown.split()[1:3] == ["2025-11-03", "2025-12-28"]
    assert head.index("2025") < lockdown.index("!") < head.index("2026")
    assert row(everything, "crash ").split()[1:] == ["2025-09-01", "2025-09-07", "!"]
    assert set(row(everything, "hackers ").split()[3]) == {"?"}  # by chance
    assert row(everything, "cut ").rindex("!") == 99  # to the end of the run


def test_goals_stand_at_their_date(everything: Scenario) -> None:
    head = next(line for line in told(everything) if " from " in line)
    older = row(everything, "older ")
    assert older.split() == ["older", "2027-01-04", "goal", "due", "+"]
    assert older.index("+") == head.index("2027")
    last = everything.goals["older"].model_copy(update={"by": 156})
    ends = everything.model_copy(update={"goals": {"last": last}})
    assert row(ends, "last ").index("+") == 99
    after = everything.model_copy(update={"goals": {"last": last.model_copy(update={"by": 157})}})
    assert row(after, "last ").split() == ["last", "2028-01-10", "goal", "due"]


@pytest.mark.parametrize(
    ("goal", "words"),
    [
        ({"kpi": "trust", "target": 0.4, "group": "age:75+"}, "of age:75+ (trust) at least 40 %"),
        ({"kpi": "backlog", "target": 120.0}, "Backlog (backlog) at most 120 staff hours by"),
        ({"kpi": "service_cost", "target": 15_000.0}, "(service_cost) at most GBP 15,000 by"),
        ({"kpi": "staff_turnover", "target": 0.1}, "(staff_turnover) at most 10 % a year by"),
        ({"kpi": "inclusion_gap_age", "target": 0.2}, "(inclusion_gap_age) at most 20 % by"),
    ],
)  # fmt: skip
def test_goals_in_words(goal: dict[str, object], words: str) -> None:
    scenario = small_scenario(goals={"aim": {**goal, "by": 20}})
    said = " ".join(row(scenario, "goal aim: ").split())
    assert words in said
    assert said.endswith("by 2025-05-26")


def test_what_moves_go_lives_is_said(everything: Scenario) -> None:
    assert "agency, first-win, playbook can bring them forward" in row(everything, "go-lives are")
    assert "go-lives are" not in explain(load(FOLDER / "town.toml"))


def test_what_is_addressed(everything: Scenario) -> None:
    assert row(everything, "open: ").endswith("the whole place")
    assert row(everything, "playbook: ").endswith("all services")
    assert row(everything, "look: ").endswith("all departments")
    assert row(everything, "team: ").endswith("only departments revenues")
    assert row(everything, "shock new-chief: ").endswith("only departments revenues")
    assert row(everything, "shock cut: ").endswith("the whole place")


def test_what_is_switched_off_is_listed_and_not_drawn() -> None:
    scenario = load(FOLDER / "everything.toml", ["shocks.storm.enabled=false"])
    assert row(scenario, "switched off: ") == "switched off: shock storm"
    assert not any(line.startswith(("storm", "shock storm")) for line in told(scenario))


def test_shocks_and_goals_alone_are_drawn() -> None:
    scenario = small_scenario(
        services={"permits": {"go_live": "never"}},
        shocks={"crash": {"kind": "outage", "start": 3}},
        goals={"aim": {"kpi": "trust", "target": 0.6, "by": 20}},
    )
    head, scale, *_ = told(scenario)
    assert head == "Programme: 0 interventions, 0 go-lives, 1 shock, 1 goal"
    assert "2025" in scale
    assert row(scenario, "crash ").endswith("!")


def test_dates_within_a_week_are_explained() -> None:
    scenario = small_scenario(
        shocks={"crash": {"kind": "outage", "start": date(2025, 2, 5)}},
        goals={"aim": {"kpi": "trust", "target": 0.6, "by": date(2025, 6, 6)}},
    )
    text = " ".join(explain(scenario).split())
    assert "crash starts in the week of 2025-02-03 (stated: 2025-02-05)" in text
    assert "aim is due in the week of 2025-06-02 (stated: 2025-06-06)" in text
