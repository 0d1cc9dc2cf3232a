from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from examples import by_age, small_scenario
from takeup.errors import InputError
from takeup.model.world.needs import Surge, make_calendar, need_rates
from takeup.model.world.population import age_shares, make_residents
from takeup.programme.segments import AGES

SCENARIO = small_scenario()
PLACE = SCENARIO.place
PERMITS = 2


def ages(count: int) -> np.ndarray:
    return make_residents(PLACE, count, 1, 0).age


def calendar(count=400, weeks=82, seed=1, replicate=0, rates=None):
    rates = need_rates(PLACE, SCENARIO.services) if rates is None else rates
    return make_calendar(ages(count), rates, weeks, seed, replicate)


def test_the_expected_volume_is_the_one_stated():
    rates = need_rates(PLACE, SCENARIO.services)
    place_ages = np.array([ward.share for ward in PLACE.wards]) @ age_shares(PLACE)
    a_year = 52 * PLACE.residents * ((1 - np.exp(-rates)) @ place_ages)
    stated = [service.yearly_volume for service in SCENARIO.services.values()]
    assert a_year.tolist() == pytest.approx(stated)


def test_ages_need_in_the_stated_relation():
    weekly = 1 - np.exp(-need_rates(PLACE, SCENARIO.services)[PERMITS])
    relative = weekly / weekly[AGES.index("35-44")]
    assert relative.tolist() == pytest.approx([0.5, 1, 1, 1, 1, 1, 0.3])


def test_the_calendar_has_the_volume_and_the_ages():
    count, weeks = 8000, 104
    starts, citizen, service = calendar(count, weeks)
    scale = count / PLACE.residents * weeks / 52
    for code, stated in enumerate(SCENARIO.services.values()):
        needs = (service == code).sum()
        # 5 standard errors of a Poisson count, and the sampled ages.
        assert abs(needs - stated.yearly_volume * scale) < 5 * needs**0.5 + 0.02 * needs
    young = ages(count)[citizen[service == PERMITS]] == 0
    of_young = ages(count) == 0
    everyone = weeks * (1 - np.exp(-need_rates(PLACE, SCENARIO.services)[PERMITS, 0]))
    assert young.sum() == pytest.approx(of_young.sum() * everyone, rel=0.1)
    by_week = np.diff(starts)
    assert abs(np.polyfit(np.arange(weeks), by_week / by_week.mean(), 1)[0]) < 0.001  # no trend


def test_needs_are_sorted_by_week_resident_and_service():
    starts, citizen, service = calendar()
    assert starts[0] == 0
    assert starts[-1] == len(citizen) == len(service)
    week = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
    keys = (week * 400 + citizen) * 3 + service
    assert np.all(np.diff(keys) > 0)  # none twice either


def test_gaps_are_exponential():
    rates = np.full((1, len(AGES)), 0.05)
    weeks = 1000
    starts, citizen, _ = calendar(400, weeks, rates=rates)
    week = np.repeat(np.arange(weeks), np.diff(starts))
    order = np.lexsort((week, citizen))
    gaps = np.diff(week[order])[np.diff(citizen[order]) == 0]
    assert gaps.mean() == pytest.approx(20, rel=0.05)
    assert gaps.std() == pytest.approx(20, rel=0.08)
    assert (gaps > 20).mean() == pytest.approx(np.exp(-1), abs=0.02)


@settings(max_examples=15, deadline=None)
@given(short=st.integers(1, 100), more=st.integers(0, 100), replicate=st.integers(0, 9))
def test_a_longer_calendar_begins_with_the_shorter(short, more, replicate):
    starts, citizen, service = calendar(100, short, replicate=replicate)
    longer, longer_citizen, longer_service = calendar(100, short + more, replicate=replicate)
    assert np.array_equal(longer[: short + 1], starts)
    assert np.array_equal(longer_citizen[: starts[-1]], citizen)
    assert np.array_equal(longer_service[: starts[-1]], service)


def test_more_residents_leave_the_needs_of_the_others():
    rates = np.full((1, len(AGES)), 0.05)  # the same at every age
    starts, citizen, _ = calendar(200, 60, rates=rates)
    more_starts, more_citizen, _ = calendar(300, 60, rates=rates)
    for week in range(60):
        those = more_citizen[more_starts[week] : more_starts[week + 1]]
        expected = citizen[starts[week] : starts[week + 1]]
        assert np.array_equal(those[those < 200], expected)


def test_another_service_leaves_the_needs_of_the_first():
    one = calendar(rates=need_rates(PLACE, SCENARIO.services)[:1])[1]
    _, citizen, service = calendar()
    assert np.array_equal(citizen[service == 0], one)


def test_calendars_repeat_and_replicates_differ():
    first, again, other, reseeded = (
        calendar()[1], calendar()[1], calendar(replicate=1)[1], calendar(seed=2)[1],
    )  # fmt: skip
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)
    assert not np.array_equal(first, reseeded)


def test_who_never_needs_a_service_never_does():
    services = small_scenario(services={"permits": {"by_age": {"16-24": 0.0}}}).services
    _, citizen, service = calendar(rates=need_rates(PLACE, services))
    assert not np.any(ages(400)[citizen[service == PERMITS]] == 0)


def test_frequent_needs_count_once_a_week():
    starts, citizen, _ = calendar(100, 20, rates=np.full((1, len(AGES)), 50.0))
    assert np.diff(starts).tolist() == [100] * 20
    assert citizen.tolist() == list(range(100)) * 20


def test_more_needs_than_weeks_are_told():
    services = dict(small_scenario().services)
    services["waste"] = services["waste"].model_copy(update={"yearly_volume": 52.0 * 4000})
    with pytest.raises(InputError, match=r"services\.waste\.yearly_volume: 208000 a year is more"):
        need_rates(PLACE, services)


def test_a_service_that_no_resident_needs_is_told():
    nobody_old = PLACE.model_copy(
        update={"age": by_age(0.2, 0.2, 0.2, 0.2, 0.2, 0, 0), "wards": PLACE.wards[1:]}
    )
    only_old = {"by_age": dict.fromkeys(AGES[:5], 0.0)}
    services = small_scenario(services={"waste": only_old}).services
    with pytest.raises(InputError, match=r"services\.waste\.by_age: nobody who lives here"):
        need_rates(nobody_old, services)


# ---------------------------------------------------------------- surges of demand

SURGE = Surge(first=20, after=60, factor=np.array([1.0, 3.0, 1.0]), number=7)
WASTE = 1


def keys(starts, citizen, service):
    """Return needs as (week, resident, service)."""
    week = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
    return np.column_stack((week, citizen, service))


def with_surges(*surges, count=400, weeks=82, seed=1, replicate=0):
    rates = need_rates(PLACE, SCENARIO.services)
    return keys(*make_calendar(ages(count), rates, weeks, seed, replicate, surges))


surges = st.builds(
    lambda first, length, factors, number: Surge(first, first + length, np.array(factors), number),
    st.integers(0, 81),
    st.integers(0, 40),
    st.lists(st.floats(1.0, 10.0), min_size=3, max_size=3),
    st.integers(0, 2**32 - 1),
).map(lambda surge: replace(surge, after=min(surge.after, 82)))


@settings(max_examples=25, deadline=None)
@given(some=st.lists(surges, max_size=3), replicate=st.integers(0, 9))
def test_a_surge_adds_needs_where_it_says_and_takes_none(some, replicate):
    usual = with_surges(count=100, replicate=replicate)
    more = with_surges(*some, count=100, replicate=replicate)
    as_before = {tuple(need) for need in usual.tolist()}
    there = [tuple(need) for need in more.tolist()]
    assert there == sorted(set(there))  # by week, resident and service, none twice
    added = set(there) - as_before
    assert len(there) == len(as_before) + len(added)  # all of the usual ones are there
    for week, _, service in added:
        assert any(s.first <= week < s.after and s.factor[service] > 1.0 for s in some)


def test_needs_are_multiplied_by_the_factor_of_a_surge():
    count = 8000
    needs = with_surges(SURGE, count=count)
    hazards = need_rates(PLACE, SCENARIO.services)[WASTE][ages(count)]
    within = needs[(needs[:, 2] == WASTE) & (needs[:, 0] >= 20) & (needs[:, 0] < 60)]
    # Needs of one person that fall into one week count once, in a surge as without one.
    expected = 40 * (1.0 - np.exp(-3.0 * hazards)).sum()
    assert abs(len(within) - expected) < 5 * expected**0.5
    by_week = np.bincount(within[:, 0] - 20, minlength=40)
    assert abs(np.polyfit(np.arange(40), by_week / by_week.mean(), 1)[0]) < 0.005  # no trend


def test_surges_at_the_same_time_add_what_each_adds():
    other = replace(SURGE, factor=np.array([1.0, 2.0, 1.0]), number=8)
    count = 4000
    usual, one, two, both = (
        len(with_surges(*some, count=count)) for some in ((), (SURGE,), (other,), (SURGE, other))
    )
    assert one - usual > 1.8 * (two - usual)
    # A few fall on each other.
    assert 0.97 * (one + two - 2 * usual) < both - usual <= one + two - 2 * usual


def test_the_draws_of_a_surge_are_its_own():
    twin = replace(SURGE, number=8)
    assert not np.array_equal(with_surges(SURGE), with_surges(twin))
    assert np.array_equal(with_surges(SURGE), with_surges(SURGE, SURGE))


@settings(max_examples=15, deadline=None)
@given(end=st.integers(20, 82))
def test_a_surge_that_lasts_longer_begins_with_the_shorter(end):
    usual = with_surges()
    short, long = (with_surges(replace(SURGE, after=after)) for after in (end, 82))
    assert np.array_equal(short[short[:, 0] < end], long[long[:, 0] < end])
    assert np.array_equal(short[short[:, 0] >= end], usual[usual[:, 0] >= end])


def test_a_factor_of_one_is_no_surge():
    assert np.array_equal(with_surges(replace(SURGE, factor=np.ones(3))), with_surges())
