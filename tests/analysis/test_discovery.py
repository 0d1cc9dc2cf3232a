from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

from known_functions import as_design
from takeup.analysis.discovery import Sought, discover
from takeup.errors import InputError

POINTS = 1500
DESIGN = as_design(np.random.default_rng(2).random((POINTS, 4)), ["a", "b", "c", "d"])


def outcomes(inside: np.ndarray, level: float = 0.4) -> pd.DataFrame:
    return pd.DataFrame({"trust": np.where(inside, level, 0.7)}, index=DESIGN.index)


def test_a_box_that_is_there_is_found() -> None:
    inside = np.asarray((DESIGN["a"] < 0.4) & (DESIGN["c"] > 0.5))
    found = discover(DESIGN, outcomes(inside), [Sought.parse("trust >= 0.6")])
    box = found.boxes[0]
    assert {limit.parameter for limit in box.limits} == {"a", "c"}
    limits = {limit.parameter: limit for limit in box.limits}
    assert limits["a"].low is None
    assert limits["a"].high == pytest.approx(0.4, abs=0.03)
    assert limits["c"].low == pytest.approx(0.5, abs=0.03)
    assert box.density > 0.9
    assert box.coverage > 0.9
    assert found.share == pytest.approx(inside.mean())


def test_coverage_and_density_are_what_they_say() -> None:
    rng = np.random.default_rng(4)
    inside = np.asarray((DESIGN["a"] < 0.4) & (DESIGN["c"] > 0.5)) ^ (rng.random(POINTS) < 0.03)
    found = discover(DESIGN, outcomes(inside), [Sought.parse("trust>=60%")])
    box = found.boxes[0]
    members = box.holds(DESIGN)
    assert members.sum() == box.points
    assert found.missed[members].mean() == pytest.approx(box.density)
    assert found.missed[members].sum() / found.missed.sum() == pytest.approx(box.coverage)
    assert members.mean() == pytest.approx(box.mass)
    assert found.trade_off["chosen"].sum() == 1


def test_two_boxes_are_found_one_after_the_other() -> None:
    one = (DESIGN["a"] < 0.3) & (DESIGN["c"] < 0.5)
    two = (DESIGN["b"] > 0.8) & (DESIGN["a"] > 0.6)
    found = discover(DESIGN, outcomes(np.asarray(one | two)), [Sought("trust", ">=", 0.6)])
    assert len(found.boxes) >= 2
    assert {limit.parameter for limit in found.boxes[0].limits} == {"a", "c"}
    assert {limit.parameter for limit in found.boxes[1].limits} == {"a", "b"}
    assert sum(box.coverage for box in found.boxes) > 0.8


def test_chance_alone_makes_no_box() -> None:
    luck = np.random.default_rng(8).random(POINTS) < 0.2
    found = discover(DESIGN, outcomes(luck), [Sought("trust", ">=", 0.6)])
    assert found.boxes == ()
    assert "No conditions were found" in found.in_words()


def test_what_may_be_luck_is_no_limit() -> None:
    rng = np.random.default_rng(2)
    design = as_design(rng.random((250, 8)), list("abcdefgh"))
    inside = np.asarray(design["a"] < 0.35) & (rng.random(250) < 0.9)
    table = pd.DataFrame({"trust": np.where(inside, 0.4, 0.7)}, index=design.index)
    found = discover(design, table, [Sought("trust", ">=", 0.6)])
    # With so few points, thin slices off the other inputs always leave misses a bit denser.
    assert [limit.parameter for limit in found.boxes[0].limits] == ["a"]
    assert all(limit.chance <= 0.05 for box in found.boxes for limit in box.limits)


def test_four_of_five_points_of_a_box_miss_unless_asked_otherwise() -> None:
    rng = np.random.default_rng(4)
    inside = np.asarray(DESIGN["a"] < 0.3) & (rng.random(POINTS) < 0.7)
    goals = [Sought("trust", ">=", 0.6)]
    found = discover(DESIGN, outcomes(inside), goals)
    assert found.wanted == 0.8
    assert not found.boxes  # seven of ten miss inside, so no box is dense enough
    easier = discover(DESIGN, outcomes(inside), goals, density=0.65)
    assert easier.wanted == 0.65
    assert easier.boxes[0].density == pytest.approx(0.7, abs=0.05)


def test_words_and_whole_numbers_are_inputs_too() -> None:
    rng = np.random.default_rng(6)
    design = DESIGN.assign(
        network=rng.choice(["homophily", "random", "ring"], POINTS),
        seats=rng.integers(5, 15, POINTS),
    )
    inside = np.asarray((design["network"] == "ring") & (design["seats"] <= 9))
    found = discover(design, outcomes(inside), [Sought("trust", ">=", 0.6)])
    box = found.boxes[0]
    limits = {limit.parameter: limit for limit in box.limits}
    assert limits["network"].values == ("ring",)
    assert 9 <= limits["seats"].high < 10
    assert str(limits["network"]) == "network is ring"
    assert found.missed[box.holds(design)].mean() == pytest.approx(box.density)


def test_a_point_must_reach_every_goal() -> None:
    table = outcomes(np.asarray(DESIGN["a"] < 0.3))
    table["backlog"] = 100.0 * DESIGN["b"]
    goals = [Sought("trust", ">=", 0.6), Sought("backlog", "<", 70.0)]
    found = discover(DESIGN, table, goals)
    expected = (DESIGN["a"] < 0.3) | (DESIGN["b"] >= 0.7)
    np.testing.assert_array_equal(found.missed, expected)
    assert found.by_goal == pytest.approx(
        {
            "trust >= 0.6": float((DESIGN["a"] < 0.3).mean()),
            "backlog < 70": float((DESIGN["b"] >= 0.7).mean()),
        }
    )


@pytest.mark.parametrize("value", [0.1, 0.9])
def test_all_or_nothing_is_said(value: float) -> None:
    found = discover(
        DESIGN, outcomes(np.asarray(DESIGN["a"] < 0.3)), [Sought("trust", ">=", value)]
    )
    assert found.boxes == ()
    assert "No conditions tell points apart; they have trust from 0.4 to 0.7" in found.in_words()


def test_where_missing_is_the_rule_boxes_are_denser_than_that() -> None:
    inside = np.asarray(DESIGN["a"] < 0.9)
    found = discover(DESIGN, outcomes(inside), [Sought("trust", ">=", 0.6)])
    assert found.wanted > 0.94
    assert found.boxes[0].density >= found.wanted


def test_the_order_of_columns_changes_nothing() -> None:
    inside = np.asarray((DESIGN["a"] < 0.4) & (DESIGN["c"] > 0.5))
    goals = [Sought("trust", ">=", 0.6)]
    one = discover(DESIGN, outcomes(inside), goals)
    other = discover(DESIGN[["d", "c", "b", "a"]], outcomes(inside), goals)
    assert one.boxes == other.boxes


def test_the_finding_is_said_in_plain_words() -> None:
    inside = np.asarray((DESIGN["a"] < 0.4) & (DESIGN["c"] > 0.5))
    design = DESIGN.rename(columns={"a": "parameters.trust_weight"})
    text = discover(design, outcomes(inside), [Sought("trust", ">=", 0.6)]).in_words()
    assert text.startswith("trust >= 0.6 is missed at ")
    assert re.search(r"mainly if trust_weight at most 0\.\d+ and c at least 0\.\d+: 100 % of", text)
    assert "of all misses" in text


@pytest.mark.parametrize(
    ("goal", "says"),
    [
        ("trust", "is no goal"),
        ("trust >= high", "is no goal"),
        ("trust = 3", "is no goal"),
        ("trsut >= 0.3", 'did you mean "trust"'),
        ("holed > 1", "has no value at 1,500 of 1,500 points"),
    ],
)
def test_what_is_no_goal_is_refused(goal: str, says: str) -> None:
    table = outcomes(np.zeros(POINTS, dtype=bool)).assign(holed=np.nan)
    with pytest.raises(InputError, match=says):
        discover(DESIGN, table, [Sought.parse(goal)])


def test_a_design_in_which_nothing_varies_is_refused() -> None:
    with pytest.raises(InputError, match="nothing varies"):
        discover(
            DESIGN[["a"]] * 0.0, outcomes(np.zeros(POINTS, dtype=bool)), [Sought("trust", ">", 0.5)]
        )
