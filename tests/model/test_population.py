from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from examples import by_age, small_scenario
from takeup.model.world.population import Residents, make_residents
from takeup.model.world.shares import apportioned
from takeup.programme.segments import AGES, INCOMES, profile_table

COUNT = 20_000
PLACE = small_scenario().place


@cache
def residents(replicate: int = 0) -> Residents:
    return make_residents(PLACE, COUNT, 3, replicate)


def trait(name: str) -> np.ndarray:
    return profile_table()[name][residents().profile]


def assert_share(hits: np.ndarray, share: float, design: float = 1.0) -> None:
    """Within 4 standard errors; `design` is the variance relative to independent residents."""
    error = 4 * (max(share * (1 - share), 1e-4) * design / max(1, len(hits))) ** 0.5
    assert abs(hits.mean() - share) < error


@given(
    st.integers(0, 5000),
    st.lists(st.floats(0.001, 1), min_size=1, max_size=40),
)
def test_apportioned_is_exact_in_sum_and_near_in_each_part(total, shares):
    parts = apportioned(total, shares)
    assert parts.sum() == total
    assert np.all(np.abs(parts - total * np.array(shares) / sum(shares)) < 1 + 1e-6)


def test_wards_get_their_exact_numbers_and_are_contiguous():
    ward = residents().ward
    assert np.bincount(ward).tolist() == [7000, 13000]
    assert np.all(np.diff(ward.astype(int)) >= 0)


def test_households_partition_residents_and_stay_in_a_ward():
    starts = residents().household
    assert starts[0] == 0
    assert starts[-1] == COUNT
    assert np.all(np.diff(starts) > 0)
    last = starts[1:] - 1
    assert np.array_equal(residents().ward[starts[:-1]], residents().ward[last])


def test_household_sizes_have_their_shares():
    sizes = np.diff(residents().household)
    for adults, share in enumerate(PLACE.households, start=1):
        assert_share(sizes == adults, share)


def test_everyone_alone_when_households_have_one_adult():
    place = PLACE.model_copy(update={"households": (1.0,)})
    assert np.all(np.diff(make_residents(place, 500, 1, 0).household) == 1)


@pytest.mark.parametrize("ward", [0, 1])
def test_ages_follow_the_ward(ward):
    shares = PLACE.wards[ward].age or PLACE.age
    age = residents().age[residents().ward == ward]
    for code, band in enumerate(AGES):
        assert_share(age == code, shares[band], design=1.6)


def test_incomes_follow_the_place_and_are_a_household_s():
    for code, tier in enumerate(INCOMES):
        assert_share(trait("income") == code, PLACE.income[tier], design=2.7)
    starts = residents().household
    home = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
    assert np.array_equal(trait("income"), trait("income")[starts[home]])


@pytest.mark.parametrize("code", range(len(AGES)))
def test_margins_by_age(code):
    band = AGES[code]
    of_age = residents().age == code
    assert_share(trait("access")[of_age] == 1, PLACE.access[band], design=1.4)
    assert_share(trait("support")[of_age] == 1, PLACE.support_need[band], design=1.4)
    assert_share(residents().skill[of_age] >= 0.5, PLACE.skill[band], design=1.4)


def test_profile_holds_the_age():
    assert np.array_equal(trait("age"), residents().age)


def test_trust_keeps_the_mean_and_spreads():
    trust = residents().trust
    assert abs(trust.mean() - PLACE.trust) < 0.005
    assert 0.13 < trust.std() < 0.16


@pytest.mark.parametrize("mean", [0.05, 0.9])
def test_trust_near_a_bound_keeps_its_mean(mean):
    trust = make_residents(PLACE.model_copy(update={"trust": mean}), 5000, 1, 0).trust
    assert abs(trust.mean() - mean) < 0.006
    assert trust.min() >= 0.0199
    assert trust.max() <= 0.9801


def test_innovativeness_is_uniform():
    observed, _ = np.histogram(residents().innovativeness, bins=16, range=(0, 65536))
    expected = COUNT / 16
    # 15 degrees of freedom; incomes of a household make residents slightly alike.
    assert ((observed - expected) ** 2 / expected).sum() < 60


def within_age(left: np.ndarray, right: np.ndarray) -> float:
    """Return the mean correlation of two traits among people of one age."""
    ages = residents().age
    return float(
        np.mean([np.corrcoef(left[ages == a], right[ages == a])[0, 1] for a in range(len(AGES))])
    )


def test_traits_go_together_as_they_do():
    r = residents()
    assert within_age(r.skill, trait("access")) > 0.3
    assert within_age(r.skill, trait("income")) > 0.15
    assert within_age(r.skill, trait("support")) < -0.1
    assert within_age(trait("access"), trait("income")) > 0.05
    assert within_age(trait("access"), trait("support")) < -0.05
    assert within_age(r.skill, r.innovativeness) > 0.3
    assert abs(within_age(r.trust, r.skill)) < 0.03


def test_people_without_access_are_rarely_skilled():
    without = trait("access") == 0
    assert (residents().skill[without] >= 0.5).mean() < 0.15
    assert residents().skill[without].mean() < 0.5 * residents().skill[~without].mean()


def test_couples_are_of_similar_age():
    starts, age = residents().household, residents().age
    couples = starts[:-1][np.diff(starts) == 2]
    assert 0.35 < np.corrcoef(age[couples], age[couples + 1])[0, 1] < 0.6


@settings(max_examples=20, deadline=None)
@given(st.sampled_from([0.0, 1.0]), st.integers(1, 300))
def test_certain_margins_hold_for_everyone(share, count):
    certain = by_age(*[share] * 7)
    place = PLACE.model_copy(update={"access": certain, "skill": certain, "support_need": certain})
    made = make_residents(place, count, 1, 0)
    table = profile_table()
    assert np.all(table["access"][made.profile] == share)
    assert np.all(table["support"][made.profile] == share)
    assert np.all(made.skill == share)


def test_replicates_differ_and_repeat():
    again = make_residents(PLACE, COUNT, 3, 0)
    assert np.array_equal(again.skill, residents().skill)
    assert np.array_equal(again.household, residents().household)
    assert not np.array_equal(residents(1).skill, residents().skill)
    assert not np.array_equal(make_residents(PLACE, COUNT, 4, 0).skill, residents().skill)
