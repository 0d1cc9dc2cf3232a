from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import takeup
from examples import small_scenario
from takeup.scenario.schema.scenario import Scenario
from takeup.view.explain.contributions import (
    MEASURED,
    MEASURES,
    NET_SAVINGS,
    NOTHING,
    WHOLE,
    Results,
    cards_on,
    contribution,
    contributions,
    leave_one_out,
    levels,
    replicates_done,
    without,
)
from takeup.view.explain.verdicts import (
    contributions_sentence,
    effect,
    much_and_little,
    whole_and_parts,
)

PROGRAMME: dict[str, Any] = {
    "letters": {"kind": "communication", "medium": "letter", "intensity": 5.0},
    "idle": {"kind": "digital_playbook", "start": 6, "enabled": False},
    "helpers": {"kind": "tailored_support", "sessions": 40.0, "start": 2},
}


def plan() -> Scenario:
    return small_scenario(programme=PROGRAMME)


def made_up(effects: dict[str, list[float]], kpi: str) -> Results:
    """Return results in which leaving out a card loses what is given, by replicate."""
    at = MEASURES.index(kpi)
    found = {}
    for replicate in range(len(next(iter(effects.values())))):
        base = np.full(len(MEASURES), 0.5 + 0.1 * replicate)
        found[NOTHING, replicate] = base
        for card, lost in effects.items():
            found[card, replicate] = base.copy()
            found[card, replicate][at] -= lost[replicate]
    return found


def test_every_card_that_is_on_is_left_out_once_a_replicate() -> None:
    scenario = plan()
    jobs = leave_one_out(scenario, small_scenario(), replicates=2)
    assert cards_on(scenario) == ("letters", "helpers")
    assert set(jobs) == {
        (name, r) for name in (NOTHING, WHOLE, "letters", "helpers") for r in range(2)
    }
    left, replicate = jobs["letters", 1]
    assert replicate == 1
    assert cards_on(left) == ("helpers",)


def test_levels_are_those_of_the_comparison_of_two_runs() -> None:
    scenario, baseline = plan(), small_scenario(name="nothing")
    found = levels(scenario, 0) - levels(baseline, 0)
    horizon = takeup.compare(takeup.simulate([baseline, scenario], replicates=1)).horizon
    for kpi in ("digital_take_up", "adoption_in_need", "trust", "processing_time"):
        expected = horizon["difference"].sel(kpi=kpi).item()
        assert found[MEASURES.index(kpi)] == pytest.approx(expected, abs=1e-12)


def test_net_savings_are_those_of_the_comparison_of_two_runs() -> None:
    rate: dict[str, Any] = {"discount_rate": 0.2}
    scenario = small_scenario(programme=PROGRAMME, run=rate)
    baseline = small_scenario(name="nothing", run=rate)
    found = levels(scenario, 0) - levels(baseline, 0)
    money = takeup.compare(takeup.simulate([baseline, scenario], replicates=1)).money[scenario.name]
    assert money is not None
    assert found[MEASURES.index(NET_SAVINGS)] == pytest.approx(money.discounted[0, -1])


def test_a_card_that_does_nothing_contributes_nothing() -> None:
    scenario = plan()
    idle = without(scenario, "idle")
    results = {
        (name, r): levels(which, r)
        for r in range(2)
        for name, which in ((NOTHING, scenario), ("idle", idle))
    }
    for kpi in MEASURED:
        assert contribution(results, "idle", kpi).verdict == "no change"


def test_what_residents_share_with_and_without_a_card_is_not_taken_for_noise() -> None:
    """Levels differ by 0.1 from replicate to replicate, the effect of the card by hardly any."""
    found = contribution(made_up({"a": [0.01, 0.011, 0.009]}, "trust"), "a", "trust")
    assert found.mean == pytest.approx(0.01)
    assert 0.007 < found.low < 0.01 < found.high < 0.013
    assert found.verdict == "helps"


@pytest.mark.parametrize(
    ("kpi", "lost", "verdict"),
    [
        ("trust", [-0.02, -0.021], "hurts"),
        ("processing_time", [-0.02, -0.021], "helps"),
        (NET_SAVINGS, [0.02, 0.021], "helps"),
        ("trust", [0.02, -0.021], "not sure"),
        ("trust", [0.02], "too early"),
    ],
)
def test_a_verdict_needs_a_range_on_one_side_of_zero(
    kpi: str, lost: list[float], verdict: str
) -> None:
    assert contribution(made_up({"a": lost}, kpi), "a", kpi).verdict == verdict


def test_the_most_helpful_card_comes_first_and_is_named() -> None:
    results = made_up({"a": [0.01, 0.011], "b": [0.05, 0.051], "c": [-0.03, -0.031]}, "trust")
    found = contributions(results, ("a", "b", "c"), "trust")
    assert [one.left_out for one in found] == ["b", "a", "c"]
    text = contributions_sentence(found, {"a": "First", "b": "Second", "c": "Third"})
    assert "helps most here: “Second”, “First”" in text
    assert "What hurts: “Third”" in text


def test_nothing_is_said_of_a_range_before_there_is_one() -> None:
    found = contributions(made_up({"a": [0.01], "b": [0.02]}, "trust"), ("a", "b"), "trust")
    assert "too early" in contributions_sentence(found, {"a": "First", "b": "Second"})


def test_a_long_list_sets_aside_what_adds_little() -> None:
    effects = {f"card{n}": [0.001 * n, 0.001 * n + 1e-6] for n in range(12)}
    effects["large"] = [-0.05, -0.05]
    found = contributions(made_up(effects, "trust"), tuple(effects), "trust")
    much, little = much_and_little(found)
    assert {one.left_out for one in little} == {f"card{n}" for n in range(5)}
    assert sorted(much + little, key=found.index) == list(found)
    assert much_and_little(found[:8]) == (list(found[:8]), [])


def test_a_round_is_done_when_every_run_of_it_is() -> None:
    results = dict(made_up({"a": [0.1, 0.1], WHOLE: [0.2, 0.2]}, "trust"))
    assert replicates_done(results, ("a",)) == 2
    del results["a", 1]
    assert replicates_done(results, ("a",)) == 1
    # A card whose run without it has not ended says nothing of that replicate.
    assert contribution(results, "a", "trust").verdict == "too early"


def test_parts_need_not_add_up_to_the_whole_and_the_page_says_so() -> None:
    results = made_up({"a": [0.02, 0.021], "b": [0.02, 0.021], WHOLE: [0.1, 0.101]}, "trust")
    found = contributions(results, ("a", "b"), "trust")
    text = whole_and_parts(contribution(results, WHOLE, "trust"), found, "share")
    assert "All cards together: +10.0" in text.replace("+10 ", "+10.0 ")
    assert "+4" in text
    assert "need not agree" in text


def test_an_effect_is_said_with_its_range() -> None:
    one = contribution(made_up({"a": [0.01, 0.03, 0.02]}, "trust"), "a", "trust")
    assert effect(one, "share").startswith("+2")
    assert "±" in effect(one, "share")
    assert effect(one, "share").endswith("points")
