from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from programme.observing import POSTS, Council, levers_of, moved
from takeup.programme import Levers, Target
from takeup.programme.shock import Incident
from takeup.programme.shocks.breach import Breach
from takeup.programme.shocks.outage import Outage

INCIDENTS = st.one_of(
    st.builds(Breach, per_year=st.floats(0, 52), trust_loss=st.floats(0, 0.6)),
    st.builds(Outage, per_year=st.floats(0, 52), severity=st.floats(0, 1)),
)
SHARES = st.floats(0, 1)


def weeks_with(
    incident: Incident, weeks: int = 104, prevented: float = 0.0, replicate: int = 0
) -> set[int]:
    """Return the weeks in which an incident happens, in a run of its own."""
    council = Council(replicate)
    council.prevented = prevented
    found = set()
    for week in range(weeks):
        council.week = week
        if levers_of(incident, week, council).incidents:
            found.add(week)
    return found


@given(incident=INCIDENTS, some=SHARES, more=SHARES)
def test_prevention_leaves_a_part_of_the_same_incidents(
    incident: Incident, some: float, more: float
):
    some, more = sorted((some, more))
    none = weeks_with(incident)
    assert weeks_with(incident) == none
    assert weeks_with(incident, prevented=more) <= weeks_with(incident, prevented=some) <= none
    assert not weeks_with(incident, prevented=1.0)


@given(incident=INCIDENTS, start=st.integers(0, 60))
def test_a_later_start_takes_away_what_came_before_and_changes_nothing_else(
    incident: Incident, start: int
):
    council = Council()
    late = incident.model_copy(update={"start": start})
    found = set()
    for week in range(start, 104):
        council.week = week
        if levers_of(late, week - start, council).incidents:
            found.add(week)
    assert found == {week for week in weeks_with(incident) if week >= start}


@pytest.mark.parametrize("kind", [Breach, Outage])
@pytest.mark.parametrize(("per_year", "prevented"), [(1.0, 0.0), (26.0, 0.0), (26.0, 0.4)])
def test_as_many_a_year_as_stated(kind: type[Incident], per_year: float, prevented: float):
    years = 400
    incident = kind(per_year=per_year)
    counts = [len(weeks_with(incident, 52, prevented, replicate)) for replicate in range(years)]
    expected = per_year * (1 - prevented)
    chance = expected / 52
    error = np.sqrt(52 * chance * (1 - chance) / years)
    assert np.mean(counts) == pytest.approx(expected, abs=4 * error)


def test_once_a_week_is_every_week_and_never_is_never():
    assert weeks_with(Breach(per_year=52.0)) == set(range(104))
    assert weeks_with(Outage(per_year=0.0)) == set()


def test_a_single_one_happens_in_its_first_week():
    assert weeks_with(Breach()) == weeks_with(Outage()) == weeks_with(Outage(weeks=5)) == {0}


@given(loss=st.floats(0, 0.6), before=SHARES, mitigated=SHARES)
def test_a_breach_costs_a_share_of_the_trust_that_is_left(
    loss: float, before: float, mitigated: float
):
    council = Council()
    council.mitigated = mitigated
    levers = Levers(council.segments, POSTS)
    levers.alarm = before
    Breach(trust_loss=loss).act(0, council, levers)
    assert levers.alarm == pytest.approx(1 - (1 - before) * (1 - loss * (1 - mitigated)))
    assert before <= levers.alarm <= 1.0


def test_a_breach_that_is_wholly_mitigated_alarms_nobody_but_counts():
    council = Council()
    council.mitigated = 1.0
    assert moved(levers_of(Breach(), council=council)) == {"incidents": 1.0}


def test_an_outage_takes_down_only_its_services():
    council = Council()
    council.mitigated = 0.25
    outage = Outage(severity=0.8, target=Target(services=("x",)))
    assert levers_of(outage, council=council).service_outage == pytest.approx([0.6, 0.0])


@given(st.lists(SHARES, min_size=1, max_size=4))
def test_outages_at_the_same_time_take_down_no_more_than_the_whole_week(severities: list[float]):
    levers = Levers(Council.segments, POSTS)
    for severity in severities:
        Outage(severity=severity).act(0, Council(), levers)
    up = np.prod([1 - severity for severity in severities])
    assert levers.service_outage == pytest.approx([1 - up] * 2, abs=1e-12)
    assert (levers.service_outage <= 1.0).all()
    assert levers.incidents == len(severities)


@pytest.mark.parametrize(
    ("outage", "lasts"),
    [(Outage(weeks=3), 3), (Outage(until=4), 4), (Outage(weeks=1), 1), (Outage(), 1)],
)
def test_a_single_outage_lasts_as_long_as_its_calendar_says_and_counts_once(
    outage: Outage, lasts: int
):
    council = Council()
    weeks = [levers_of(outage, week, council) for week in range(lasts)]
    assert all(levers.service_outage.all() for levers in weeks)
    assert sum(levers.incidents for levers in weeks) == 1
    if outage.weeks is None and outage.until is None:
        assert moved(levers_of(outage, lasts, council)) == {}


@given(replicate=st.integers(0, 10_000), prevented=SHARES)
def test_a_single_outage_is_prevented_as_a_whole_or_not_at_all(replicate: int, prevented: float):
    council = Council(replicate)
    weeks = []
    for week in range(6):
        council.week = week
        # Protection that comes later does not end what has begun, nor does its end bring it on.
        council.prevented = prevented if week == 0 else 1.0 - prevented
        weeks.append(levers_of(Outage(weeks=6), week, council))
    happens = sum(levers.incidents for levers in weeks)
    assert happens == 0 or prevented < 1.0
    assert [levers.service_outage.all() for levers in weeks] == [happens == 1] * 6
