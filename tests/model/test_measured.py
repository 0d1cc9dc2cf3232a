"""What a council reads off during a run is what results say of it afterwards."""

from __future__ import annotations

from dataclasses import fields
from math import isnan

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synthetic import made_up_counters, made_up_info
from takeup.kpis import GAPS, KPI_NAMES, KPIS, Counters
from takeup.model.run.measured import measured
from takeup.programme.segments import Segments
from takeup.results.summarise import all_groups, summarise

WEEKS = 6
INFO = made_up_info(weeks=WEEKS)
GROUPS = all_groups(INFO)
SEGMENTS = Segments(INFO.wards, INFO.services, INFO.departments)
OWNER = np.array(INFO.owner)


def read_off(name: str, group: str, weeks: slice, counters: Counters) -> float:
    return measured(name, group, weeks, counters, SEGMENTS, OWNER, INFO.weight)


def together(counters: Counters, weeks: slice) -> Counters:
    """Return counters of one week that holds all that some weeks hold."""
    tables = {
        field.name: getattr(counters, field.name)[weeks].sum(axis=0, keepdims=True)
        for field in fields(counters)
        if field.name != "post_weight"
    }
    return Counters(**tables, post_weight=counters.post_weight)


def applicable(name: str) -> list[str]:
    families = {kpi.name: kpi.families for kpi in KPIS}.get(name, ("all",))
    found = [group for group in GROUPS if group.split(":")[0] in families]
    assert "all" in found
    return found


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 10_000), week=st.integers(0, WEEKS - 1))
def test_a_week_reads_as_results_say_for_every_kpi_and_group(seed: int, week: int) -> None:
    counters = made_up_counters(seed, WEEKS)
    values = summarise(counters, INFO)
    for name in KPI_NAMES:
        for group in applicable(name):
            value = read_off(name, group, slice(week, week + 1), counters)
            said = values[name][week, GROUPS.index(group)]
            assert np.array_equal(value, said, equal_nan=True), (name, group)


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 10_000), first=st.integers(0, WEEKS - 2), more=st.integers(2, WEEKS))
def test_weeks_are_taken_together_and_not_averaged(seed: int, first: int, more: int) -> None:
    counters = made_up_counters(seed, WEEKS)
    weeks = slice(first, min(WEEKS, first + more))
    pooled = summarise(together(counters, weeks), INFO)
    weekly = summarise(counters, INFO)
    ratios = {kpi.name for kpi in KPIS if kpi.denominator} | {gap.name for gap in GAPS}
    for name in KPI_NAMES:
        for group in applicable(name):
            column = GROUPS.index(group)
            said = pooled[name][0, column] if name in ratios else weekly[name][weeks, column].mean()
            assert read_off(name, group, weeks, counters) == pytest.approx(said, nan_ok=True)


def test_without_a_week_there_is_nothing_to_read() -> None:
    counters = made_up_counters(1, WEEKS)
    found = [read_off(name, "all", slice(0, 0), counters) for name in KPI_NAMES]
    assert np.isnan(found).tolist() == [True] * len(KPI_NAMES) != []


def test_a_share_of_nothing_is_no_number() -> None:
    counters = made_up_counters(1, WEEKS)
    counters.profile[:] = 0
    assert isnan(read_off("digital_take_up", "age:75+", slice(0, 3), counters))
    assert read_off("digital_take_up", "ward:North", slice(0, 3), counters) > 0.0
