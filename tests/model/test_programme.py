"""What a programme does to a council as a whole: it works, and only where it should."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from examples import small_scenario
from takeup.experiments.runner import simulate
from takeup.kpis import STOCK, Counters
from takeup.model.run.simulation import Simulation, simulate_counters
from takeup.model.world.ties import rows
from takeup.model.world.world import World, make_world
from takeup.programme import KINDS, Intervention
from takeup.programme.interventions.training import Training
from takeup.programme.segments import AGES
from takeup.scenario.schema.scenario import Scenario

# Every kind at an ordinary dose, and the KPI that it should move in a year and a half, upward.
DOSES: dict[str, dict[str, Any]] = {
    "communication": {"medium": "letter"},
    "training": {"seats": 6.0},
    "champions": {"share": 0.3},
    "leadership": {"intensity": 2.0},
    "engagement": {"places": 20.0},
    "tailored_support": {"sessions": 60.0},
    "digital_agency": {"intensity": 2.0},
    "quick_win": {"service": "permits", "publicity": 3.0, "lead": 2},
    "audit": {"takes": 4},
    "change_team": {"members": 4.0},
    "digital_playbook": {"intensity": 2.0},
    "security_transparency": {"intensity": 2.0},
    "review": {"every": 4, "intensity": 3.0},
}

MOVES = {
    "communication": "digital_take_up",
    "training": "staff_knowledge",
    "champions": "staff_desire",
    "leadership": "staff_desire",
    "engagement": "participation",
    "tailored_support": "assisted",
    "digital_agency": "completion_rate",
    "quick_win": "services_online",
    "digital_playbook": "digital_take_up",
    "review": "staff_reinforcement",
}

BREACHES = {"b": {"kind": "breach", "per_year": 12.0, "trust_loss": 0.1}}
COURSE = {"kind": "training", "seats": 3.0}
CAMPAIGN = {"kind": "communication", "audience": "staff"}


def scenario(programme: dict[str, Any], **changes: Any) -> Scenario:
    """Return the small council for 70 weeks with a late go-live."""
    return small_scenario(
        run={"weeks": 70, "sample": 1000},
        services={"permits": {"go_live": 40}},
        programme=programme,
        **changes,
    )


@cache
def world() -> World:
    return make_world(scenario({}), 0)


def same(one: Counters, other: Counters) -> bool:
    return all(np.array_equal(a, b) for a, b in zip(tables(one), tables(other), strict=True))


def tables(counters: Counters) -> list[Any]:
    return [
        counters.profile, counters.ward, counters.service, counters.stock_profile,
        counters.stock_ward, counters.work, counters.staff, counters.place,
    ]  # fmt: skip


def test_every_kind_is_tried() -> None:
    assert set(DOSES) == set(KINDS)


@pytest.mark.parametrize("kind", sorted(MOVES))
def test_it_moves_a_kpi_that_it_should_beyond_noise(kind: str) -> None:
    plans = [scenario({}), scenario({"it": {"kind": kind, **DOSES[kind]}})]
    values = simulate(plans, replicates=6).sel(group="all")[MOVES[kind]].values
    difference = np.nanmean(values[1, :, 10:] - values[0, :, 10:], axis=1)
    spread = difference.std(ddof=1) / len(difference) ** 0.5
    assert difference.mean() > 3.0 * spread
    assert difference.mean() > 0.002


def test_an_audit_moves_what_is_tailored_to_it() -> None:
    tailored = {"tell": {**CAMPAIGN, "start": 6, "tailored": True}}
    audit = {"audit": {"kind": "audit", **DOSES["audit"], "hours": 0.0}}
    plans = [scenario(tailored), scenario({**tailored, **audit})]
    values = simulate(plans, replicates=4).sel(group="all")["staff_awareness"].values
    more = (values[1] - values[0])[:, 20:40].mean(axis=1)
    assert (more > 0.0).all()
    assert more.mean() > 0.01


def test_an_audit_that_nothing_uses_does_nothing() -> None:
    audit = {"audit": {"kind": "audit", **DOSES["audit"], "hours": 0.0}}
    told = {"tell": {**CAMPAIGN, "start": 6}}
    assert same(
        simulate_counters(scenario(told), 0, world()),
        simulate_counters(scenario({**told, **audit}), 0, world()),
    )


def test_a_change_team_helps_where_there_are_too_many_changes() -> None:
    many = {f"c{n}": {**CAMPAIGN, "staff_reach": 0.02 + 0.001 * n, "start": 1} for n in range(12)}
    team = {"team": {"kind": "change_team", "members": 20.0, "hours": 0.0}}
    plans = [scenario(many), scenario({**many, **team})]
    values = simulate(plans, replicates=4).sel(group="all")["staff_awareness"].values
    more = (values[1] - values[0])[:, 3:20].mean(axis=1)
    assert (more > 0.0).all()
    assert more.mean() > 0.01


def test_a_change_team_does_nothing_where_there_is_little_to_change() -> None:
    team = {"team": {"kind": "change_team", "members": 20.0, "hours": 0.0}}
    assert same(
        simulate_counters(scenario({"t": COURSE}), 0, world()),
        simulate_counters(scenario({"t": COURSE, **team}), 0, world()),
    )


def test_shared_threat_data_prevent_incidents_and_spare_trust() -> None:
    lab = {"lab": {"kind": "security_transparency", **DOSES["security_transparency"]}}
    plans = [scenario({}, shocks=BREACHES), scenario(lab, shocks=BREACHES)]
    whole = simulate(plans, replicates=6).sel(group="all")
    incidents = whole["incidents"].values.sum(axis=2)
    assert (incidents[1] <= incidents[0]).all()
    assert incidents[1].sum() < incidents[0].sum()
    assert (whole["trust"].values[1] - whole["trust"].values[0])[:, 40:].mean() > 0.01


def test_champions_do_nothing_without_peer_influence() -> None:
    deaf = {"champion_weight": 0.0, "coaching": 0.0}
    champions = {"c": {"kind": "champions", "share": 0.3, "hours": 0.0}}
    assert same(
        simulate_counters(scenario({}, parameters=deaf), 0, world()),
        simulate_counters(scenario(champions, parameters=deaf), 0, world()),
    )


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_no_dose_is_absence_bit_for_bit(kind: str) -> None:
    fields = {**DOSES[kind], KINDS[kind].DOSE: 0.0}
    with_it = scenario({"t": COURSE, "it": {"kind": kind, **fields}})
    assert same(
        simulate_counters(with_it, 0, world()),
        simulate_counters(scenario({"t": COURSE}), 0, world()),
    )


@pytest.mark.parametrize(
    "kind", sorted(kind for kind in KINDS if KINDS[kind].MEMORYLESS and kind != "champions")
)
@pytest.mark.parametrize("week", [1, 17])
def test_two_halves_of_what_has_no_memory_are_the_whole(kind: str, week: int) -> None:
    fields = {"kind": kind, **DOSES[kind]}
    whole = scenario({"it": {**fields, "start": 5, "weeks": 30}})
    halves = scenario(
        {
            "one": {**fields, "start": 5, "weeks": week},
            "two": {**fields, "start": 5 + week, "weeks": 30 - week},
        }
    )
    assert same(simulate_counters(whole, 0, world()), simulate_counters(halves, 0, world()))


# ---------------------------------------------------------------- where it cannot reach


OLD = dict.fromkeys(AGES[:3], 0.0)
YOUNG = dict.fromkeys(AGES[3:], 0.0)


def apart(programme: dict[str, Any]) -> Scenario:
    """Return two departments whose residents and staff have nothing to do with each other."""
    return small_scenario(
        run={"weeks": 50, "sample": 1000},
        network={"degree": 0},
        services={
            "council-tax": {"by_age": OLD},
            "waste": {"by_age": YOUNG},
            "permits": {"by_age": YOUNG},
        },
        programme=programme,
    )


def apart_world() -> World:
    """Return their world, without the ties of staff between departments."""
    full = make_world(apart({}), 0)
    department = full.posts["department"][:-1].astype(np.int64)
    starts = np.repeat(np.arange(len(department)), np.diff(full.posts["ties"].astype(np.int64)))
    inside = (department[starts] == department[full.post_ties]) & (starts < full.post_ties)
    offsets, ties = rows(
        len(department), starts[inside].astype(np.int32), full.post_ties[inside].astype(np.int32)
    )
    posts = full.posts.copy()
    posts["ties"] = offsets
    return replace(full, posts=posts, post_ties=ties)


TARGETED = {
    **{
        kind: {"target": {"departments": ("environment",)}}
        for kind in ("training", "champions", "leadership", "change_team", "review")
    },
    **{
        kind: {"target": {"services": ("waste", "permits")}}
        for kind in ("digital_agency", "digital_playbook", "communication")
    },
    "engagement": {"audience": "staff", "target": {"departments": ("environment",)}},
    "tailored_support": {"target": {"age": tuple(AGES[:3])}},
}


@pytest.mark.parametrize("kind", sorted(TARGETED))
def test_what_it_cannot_reach_keeps_its_bits(kind: str) -> None:
    isolated = apart_world()
    without = simulate_counters(apart({}), 0, isolated)
    plan = apart({"it": {"kind": kind, **DOSES[kind], **TARGETED[kind]}})
    with_it = simulate_counters(plan, 0, isolated)
    assert not same(without, with_it)
    old = Simulation(plan, 0, isolated).world.segments.profiles["age"] >= 3
    for one, other in (
        (without.profile[:, old], with_it.profile[:, old]),
        (without.stock_profile[:, old], with_it.stock_profile[:, old]),
        (without.service[:, 0], with_it.service[:, 0]),
        (without.work[:, 0], with_it.work[:, 0]),
        (without.staff[:, 0], with_it.staff[:, 0]),
    ):
        assert np.array_equal(one, other)


# ---------------------------------------------------------------- money and ranges


def test_the_cost_of_a_programme_is_the_sum_over_its_calendar() -> None:
    programme: dict[str, Any] = {
        "letters": {"kind": "communication", "medium": "letter", "start": 3, "weeks": 7,
                    "fixed_cost": 900.0, "weekly_cost": 20.0},
        "lead": {"kind": "leadership", "hours": 5.0, "start": 10},
        "desk": {"kind": "tailored_support", "sessions": 12.0, "session_cost": 9.0, "weeks": 30},
        "agency": {"kind": "digital_agency", "weekly_fee": 700.0, "start": 5, "weeks": 20},
        "audit": {"kind": "audit", "takes": 6, "hours": 10.0, "fixed_cost": 5000.0},
        "team": {"kind": "change_team", "members": 2.0, "hours": 30.0, "start": 20, "weeks": 10},
        "off": {"kind": "training", "seats": 5.0, "seat_cost": 1e6, "enabled": False},
    }  # fmt: skip
    plan = scenario(programme)
    paid = simulate_counters(plan, 0, world()).place[:, 0].sum() / 100.0
    rate = next(iter(plan.departments.values())).hourly_cost
    expected = (
        900.0 + 7 * (20.0 + 0.15 * plan.place.residents)
        + 60 * 5.0 * rate
        + 30 * 12.0 * 9.0
        + 20 * 700.0
        + 5000.0 + 6 * 10.0 * rate
        + 10 * 2.0 * 30.0 * rate
    )  # fmt: skip
    assert paid == pytest.approx(expected, abs=0.5)


def largest(kind: type[Intervention]) -> float:
    field = kind.model_fields[kind.DOSE]
    return min([getattr(limit, "le", 1e6) for limit in field.metadata], default=1e6)


@settings(max_examples=15, deadline=None)
@given(
    kinds=st.lists(st.sampled_from(sorted(KINDS)), min_size=1, max_size=13, unique=True),
    part=st.sampled_from([0.1, 1.0]),
)
def test_no_kpi_leaves_its_range_at_any_dose(kinds: list[str], part: float) -> None:
    programme = {
        kind.replace("_", "-"): {
            "kind": kind, **DOSES[kind], KINDS[kind].DOSE: part * largest(KINDS[kind]),
        }
        for kind in kinds
    }  # fmt: skip
    shocks = {"b": {"kind": "breach", "per_year": 52.0, "trust_loss": 0.6}}
    plan = scenario(programme, shocks=shocks)
    plan = plan.model_copy(update={"run": plan.run.model_copy(update={"weeks": 70})})
    results = simulate(plan, replicates=1)
    shares = {
        name: kpi.values[np.isfinite(kpi.values)]
        for name, kpi in results.data_vars.items()
        if kpi.attrs["units"] == "share" and not str(name).startswith("inclusion_gap")
    }
    assert len(shares) > 15
    for name, there in shares.items():
        assert there.size, name
        assert (there >= 0.0).all(), name
        assert (there <= 1.0 + 1e-12).all(), name


def test_training_where_desire_is_missing_makes_no_adopters() -> None:
    closed = {
        "departments": {
            name: {"resistance": 1.0, "adopted": 0.0} for name in ("revenues", "environment")
        },
        "parameters": {"adoption_base": 0.0, "unasked_desire": 0.1},
    }
    course = {"t": Training(seats=20.0).model_dump(exclude_defaults=True)}
    course["t"]["kind"] = "training"
    plans = [scenario({}, **closed), scenario(course, **closed)]
    adoption = simulate(plans, replicates=2).sel(group="all")["staff_adoption"].values
    assert adoption[1].max() < 0.02


def test_participants_are_counted_for_a_year() -> None:
    asked = scenario({"e": {"kind": "engagement", "places": 50.0, "weeks": 4}})
    counters = simulate_counters(asked, 0, world())
    without = simulate_counters(scenario({}), 0, world())
    column = STOCK.index("participants")
    more = (counters.stock_profile - without.stock_profile)[:, :, column].sum(axis=1)
    assert more[3] > 10
    assert more[45] > 0.5 * more[3]
    assert more[60:].max() <= 0.05 * more[3] + 1
