"""TakeupModel as users of Mesa use it, on whichever Mesa is installed."""

from __future__ import annotations

import copy
import gc
import inspect
import multiprocessing
import pickle
import weakref

import mesa
import numpy as np
import pandas as pd
import pytest

import takeup
from examples import small_scenario
from takeup.errors import InputError
from takeup.kpis import KPI_NAMES, STOCK
from takeup.mesa.agents import Citizen, StaffMember
from takeup.mesa.model import TakeupModel
from takeup.model.run.simulation import simulate_counters
from takeup.scenario.schema.case import Case


@pytest.fixture
def model() -> TakeupModel:
    made = TakeupModel(small_scenario(run={"weeks": 20}))
    for _ in range(5):
        made.step()
    return made


@pytest.mark.parametrize("uncertainty", ["both", "seed", "parameters"])
def test_steps_give_what_a_headless_run_gives(uncertainty):
    plan = small_scenario(run={"weeks": 20, "uncertainty": uncertainty})
    model = TakeupModel(plan, replicate=2)
    while model.running:
        model.step()
    headless = simulate_counters(*Case.of(plan, 2))
    results = takeup.simulate(plan, replicates=3)
    assert model.kpi("trust") == results["trust"].sel(group="all").values[0, 2, -1]
    for name in vars(headless):
        np.testing.assert_array_equal(
            getattr(model.simulation.counters, name), getattr(headless, name)
        )
    assert model.week == model.steps == 20


def test_headless_steps_make_no_agents(model):
    assert not model._all_agents
    assert len(model.agents) == len(model.simulation.state.citizens) + len(
        model.simulation.state.staff
    )


def test_looking_at_agents_changes_nothing():
    plan = small_scenario(run={"weeks": 20})
    watched = TakeupModel(plan, agent_reporters={"trust": lambda a: getattr(a, "trust", None)})
    while watched.running:
        watched.step()
    headless = simulate_counters(*Case.of(plan, 0))
    np.testing.assert_array_equal(watched.simulation.counters.profile, headless.profile)


def test_agents_by_type(model):
    assert set(model.agent_types) == {Citizen, StaffMember}
    assert len(model.agents_by_type[Citizen]) == len(model.simulation.state.citizens)


def test_unique_ids_follow_the_rows(model):
    assert [a.unique_id for a in model.agents_by_type[Citizen]][:3] == [1, 2, 3]
    ids = [agent.unique_id for agent in model.agents]
    assert len(set(ids)) == len(ids)


def test_agentset_vocabulary(model):
    citizens = model.agents_by_type[Citizen]
    staff = model.agents_by_type[StaffMember]
    old = citizens.select(lambda a: a.age in ("65-74", "75+"))
    assert 0 < len(old) < len(citizens)
    assert all(isinstance(value, float) for value in citizens.get("trust"))
    assert citizens.agg("trust", np.mean) == pytest.approx(
        model.simulation.state.citizens["trust"].mean(), rel=1e-6
    )
    groups = staff.groupby("department")
    assert {key for key, _ in groups} == set(model.plan.departments)
    top = citizens.sort("trust").get("trust")
    assert top == sorted(top, reverse=True)
    assert staff.map(lambda a: a.role in ("frontline", "back-office", "manager")) == [True] * len(
        staff
    )
    citizens.set("satisfaction", 0.25)
    assert set(model.simulation.state.citizens["satisfaction"].tolist()) == {0.25}
    citizens.do(lambda a: setattr(a, "trust", 0.5))
    staff.shuffle_do(lambda a: setattr(a, "desire", 1.0))
    assert set(model.simulation.state.staff["desire"].tolist()) == {1.0}


def test_attributes_are_plain_python(model):
    citizen, member = model.citizen(3), model.staff_member(0)
    for name in ("trust", "satisfaction", "skill", "innovativeness"):
        assert type(getattr(citizen, name)) is float
    for name in ("age", "income", "access", "support_need", "ward"):
        assert type(getattr(citizen, name)) is str
    assert type(citizen.online) is bool
    assert type(member.adopted) is bool
    assert type(member.manager) is bool
    assert member.barrier in (None, "awareness", "desire", "knowledge", "ability", "reinforcement")
    service = next(iter(model.plan.services))
    assert 0.0 <= citizen.expectation(service) <= 1.0
    assert 0.0 <= citizen.habit(service) <= 1.0
    assert type(citizen.aware(service)) is bool
    for bad in ("nonsense", 3, None):
        with pytest.raises(InputError, match="no service"):
            citizen.aware(bad)
    for bad in (-1, 400, 1.0, True, None):
        with pytest.raises(InputError, match="row: must be a whole number from 0 to 399"):
            model.citizen(bad)
    with pytest.raises(InputError, match="row: must be"):
        model.staff_member(-1)
    for bad in (1.5, -0.1, float("nan"), "0.5", None, True):
        with pytest.raises(InputError, match="trust: must be a number from 0 to 1"):
            citizen.trust = bad
    citizen.trust = np.float32(0.25)
    assert citizen.trust == 0.25


def test_ties_are_mutual(model):
    for row in (0, 10, 50):
        citizen = model.citizen(row)
        assert citizen.neighbours
        assert all(citizen in other.neighbours for other in citizen.neighbours)
    member = model.staff_member(1)
    assert member.colleagues
    assert all(member in other.colleagues for other in member.colleagues)


def test_setting_adoption_tells_colleagues(model):
    member = next(a for a in model.agents_by_type[StaffMember] if not a.adopted and a.colleagues)
    peers = model.simulation.state.peers
    before = [int(peers[other.row]) for other in member.colleagues]
    member.adopted = True
    assert [int(peers[other.row]) for other in member.colleagues] == [n + 1 for n in before]
    member.adopted = True
    assert [int(peers[other.row]) for other in member.colleagues] == [n + 1 for n in before]


def test_removed_citizens_have_no_more_needs_and_are_not_counted(model):
    for citizen in list(model.agents_by_type[Citizen])[::2]:
        citizen.remove()
    left = len(model.agents_by_type[Citizen])
    model.step()
    week = model.week - 1
    counters = model.simulation.counters
    stocks = dict(zip(STOCK, counters.stock_profile[week].sum(axis=0).tolist(), strict=True))
    assert stocks["citizens"] == left
    assert 0 <= stocks["adopters"] <= left
    assert 0 <= stocks["in_need"] <= left
    assert stocks["participants"] == (model.simulation.state.took_part >= 0).sum() > 0
    assert not (model.simulation.state.took_part[::2] >= 0).any()
    gone = model.simulation.state.citizens["week"][::2]
    assert set(gone.tolist()) == {-2}
    published = model.simulation.state.published.reshape(2 * left, -1)[::2]
    assert not published.any()
    while model.running:
        model.step()
    assert (counters.stock_profile >= 0).all()


def test_what_neighbours_see_stays_in_step_with_its_sums(model):
    model.citizen(0).remove()
    while model.running:
        model.step()
    state = model.simulation.state
    seen = state.published.reshape(-1, len(state.services)).astype(np.int64)
    np.testing.assert_array_equal(state.seen[:, 0], (seen > 0).sum(axis=0))
    np.testing.assert_array_equal(state.seen[:, 1], np.maximum(seen - 1, 0).sum(axis=0))


def test_removed_staff_leave_a_vacant_post(model):
    member = model.staff_member(0)
    posts = len(model.agents_by_type[StaffMember])
    member.remove()
    model.step()
    assert model.simulation.counters.staff[model.week - 1, :, 0].sum() == posts - 1


def test_data_collector_has_every_kpi_by_default(model):
    frame = model.datacollector.get_model_vars_dataframe()
    assert list(frame.columns) == list(KPI_NAMES)
    assert len(frame) == 5
    assert frame["digital_take_up"].iloc[-1] == model.kpi("digital_take_up")


def test_agent_reporters():
    model = TakeupModel(
        small_scenario(run={"weeks": 3}),
        agenttype_reporters={StaffMember: {"desire": "desire"}, Citizen: {"trust": "trust"}},
    )
    model.step()
    frame = model.datacollector.get_agenttype_vars_dataframe(StaffMember)
    assert len(frame) == len(model.simulation.state.staff)


def test_unknown_kpi_and_too_early():
    model = TakeupModel(small_scenario())
    with pytest.raises(InputError, match="no KPI"):
        model.kpi("happiness")
    with pytest.raises(InputError, match="no KPI 3"):
        model.kpi(3)
    with pytest.raises(InputError, match='did you mean "age:75'):
        model.kpi("trust", "age:75")
    with pytest.raises(InputError, match="no group a list"):
        model.kpi("trust", ["age:75+"])
    with pytest.raises(InputError, match="step"):
        model.kpi("trust")


def test_a_kpi_of_a_group_of_which_it_is_not_measured_is_refused():
    model = TakeupModel(small_scenario())
    model.step()
    assert model.kpi("backlog", "department:revenues") >= 0
    of_gaps = r"inclusion_gap_age is not measured of age:75\+, only of the place as a whole \(all\)"
    with pytest.raises(InputError, match=of_gaps):
        model.kpi("inclusion_gap_age", "age:75+")
    of_work = r"backlog is not measured of age:75\+, .* \(all\) and of service:..., department:"
    with pytest.raises(InputError, match=of_work):
        model.kpi("backlog", "age:75+")
    with pytest.raises(InputError, match=f'model_reporters: "old": {of_work}'):
        TakeupModel(small_scenario(), model_reporters={"old": "backlog[age:75+]"})


def test_rng_is_the_seed():
    first = TakeupModel(small_scenario(run={"weeks": 4}), rng=7)
    second = TakeupModel(small_scenario(run={"weeks": 4, "seed": 7}))
    first.step()
    second.step()
    assert first.kpi("trust") == second.kpi("trust")


@pytest.mark.parametrize("processes", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_a_batch_run_of_mesa_has_the_bits_of_our_own(processes):
    plan = small_scenario(run={"weeks": 6})
    rows = mesa.batch_run(
        TakeupModel,
        {"plan": [plan], "replicate": [0, 1]},
        number_processes=processes,
        max_steps=6,
        data_collection_period=-1,
        display_progress=False,
    )
    own = takeup.simulate(plan, replicates=2).isel(scenario=0, week=-1).sel(group="all")
    for replicate in (0, 1):
        row = next(row for row in rows if row["replicate"] == replicate)
        for kpi in ("digital_take_up", "trust", "service_cost", "staff_adoption"):
            assert row[kpi] == own[kpi].sel(replicate=replicate).item(), kpi


@pytest.mark.parametrize("rng", [[1, 2], [np.int64(7)]])
def test_a_batch_run_takes_seeds_as_mesa_fills_them_in(rng):
    plans = {"plan": [small_scenario(run={"weeks": 2})]}
    own = "rng" in inspect.signature(mesa.batch_run).parameters  # since Mesa 3.4
    rows = mesa.batch_run(
        TakeupModel,
        plans if own else {**plans, "rng": rng},
        display_progress=False,
        **({"rng": rng} if own else {}),
    )
    assert len({row["trust"] for row in rows}) == len(rng)
    alone = TakeupModel(small_scenario(run={"weeks": 2}), rng=rng[0])
    alone.run_model()
    assert rows[0]["trust"] == alone.kpi("trust")


def test_reporters_by_name_record_what_they_name():
    def rows(model):
        return len(model.simulation.state.citizens)

    model = TakeupModel(
        small_scenario(run={"weeks": 3}),
        model_reporters={
            "gap": "inclusion_gap_age",
            "old": "trust[age:75+]",
            "waste": "contacts[service:waste]",
            "week": "week",
            "done": "steps",
            "rows": rows,
            "sum": [sum, [[1, 2]]],
        },
        agent_reporters={"trust": "trust", "id": "unique_id", "plus": [plus, [1]]},
        agenttype_reporters={mesa.Agent: {"row": "row"}, StaffMember: {"desire": "desire"}},
    )
    model.step()
    [record] = model.datacollector.get_model_vars_dataframe().to_dict("records")
    people = len(model.simulation.state.citizens)
    assert record == {
        "gap": model.kpi("inclusion_gap_age"),
        "old": model.kpi("trust", "age:75+"),
        "waste": model.kpi("contacts", "service:waste"),
        "week": 1,
        "done": 1,
        "rows": people,
        "sum": 3,
    }
    frame = model.datacollector.get_agent_vars_dataframe()
    assert frame["trust"].count() == people < len(frame)  # staff have none
    assert (frame["plus"] == frame["id"] + 1).all()
    assert len(model.datacollector.get_agenttype_vars_dataframe(mesa.Agent)) == len(frame)


def plus(agent, more):
    return agent.unique_id + more


def test_nothing_is_recorded_if_nothing_is_asked_for():
    model = TakeupModel(small_scenario(run={"weeks": 2}), model_reporters={})
    model.step()
    assert model.datacollector.model_vars == {}


class Visitor(mesa.Agent):
    """An agent of a user's own."""

    def __init__(self, model):
        super().__init__(model)
        self.calls = 3


class Counting(TakeupModel):
    """A model of a user's own, with an attribute, an agent and a step of its own."""

    def __init__(self, plan, reported="counted", of_agents="calls"):
        super().__init__(
            plan, model_reporters={"n": reported}, agent_reporters={"calls": of_agents}
        )
        self.counted = 0
        self.visitor = Visitor(self)

    def step(self):
        self.counted += 1
        self.visitor.calls += 1
        super().step()


def test_a_model_of_ones_own_reports_what_it_adds():
    model = Counting(small_scenario(run={"weeks": 3}))
    model.run_model()
    assert model.datacollector.get_model_vars_dataframe()["n"].tolist() == [1, 2, 3]
    assert model.datacollector.get_agent_vars_dataframe()["calls"].dropna().tolist() == [4, 5, 6]
    for wrong, words in (
        ({"reported": "count"}, 'did you mean "counted"'),
        ({"of_agents": "call"}, 'did you mean "calls"'),
    ):
        with pytest.raises(InputError, match=words):
            Counting(small_scenario(run={"weeks": 3}), **wrong).step()


# ---------------------------------------------------------------- copies


def again(model):
    return pickle.loads(pickle.dumps(model))


EVENTFUL = {
    "run": {"weeks": 24, "sample": 300},
    "programme": {
        "train": {"kind": "training", "audience": "staff", "seats": 9.0, "start": 0},
        "pupils": {"kind": "training", "audience": "residents", "seats": 9.0, "start": 2},
        "tell": {"kind": "communication", "medium": "letter", "start": 1},
        "champions": {"kind": "champions", "start": 1},
        "help": {"kind": "tailored_support", "audience": "staff", "sessions": 5.0, "start": 4},
    },
    "shocks": {"down": {"kind": "outage", "per_year": 6.0, "start": 1}},
}


def same(one, other):
    for part in ("counters", "state"):
        here, there = (vars(getattr(each.simulation, part)) for each in (one, other))
        for name in here:
            np.testing.assert_array_equal(here[name], there[name], err_msg=name, strict=True)
    assert [one.kpi(name) for name in KPI_NAMES if np.isfinite(one.kpi(name))] == [
        other.kpi(name) for name in KPI_NAMES if np.isfinite(other.kpi(name))
    ]
    pd.testing.assert_frame_equal(
        one.datacollector.get_model_vars_dataframe(), other.datacollector.get_model_vars_dataframe()
    )
    assert (one.week, one.steps, one.running) == (other.week, other.steps, other.running)
    assert one.random.getstate() == other.random.getstate()
    assert one.rng.bit_generator.state == other.rng.bit_generator.state


@pytest.mark.parametrize("copied", [again, copy.copy, copy.deepcopy])
@pytest.mark.parametrize("weeks", [0, 5])
@pytest.mark.parametrize("looked_at", [False, True])
def test_a_copy_goes_on_with_the_bits_of_the_original(copied, weeks, looked_at):
    model = TakeupModel(small_scenario(**EVENTFUL))
    for _ in range(weeks):
        model.step()
    if looked_at:
        model.citizen(3).remove()
    other = copied(model)
    assert other is not model
    assert other.simulation.world.citizens.flags.writeable is False
    assert other.simulation.parameters.flags.writeable is False
    for _ in range(9):
        other.step()
    assert model.week == weeks  # the original stays where it is
    while model.week < other.week:
        model.step()
    same(model, other)
    assert len(model.agents) == len(other.agents)
    assert all(agent.model is other for agent in other.agents)
    other.citizen(5).trust = 0.125
    assert model.citizen(5).trust != 0.125


@pytest.mark.parametrize("copied", [again, copy.deepcopy])
def test_agents_and_frames_survive_a_copy(copied):
    model = TakeupModel(
        small_scenario(run={"weeks": 8}),
        agent_reporters={"trust": "trust", "plus": [plus, [1]]},
        agenttype_reporters={StaffMember: {"desire": "desire"}},
    )
    model.step()
    model.citizen(0).remove()
    old = model.agents_by_type[Citizen].select(lambda agent: agent.age == "75+")
    other, ours = copied((model, old))
    for each in (model, other):
        for _ in range(2):
            each.step()
    assert [a.unique_id for a in ours] == [a.unique_id for a in old]
    assert ours.get("trust") == old.get("trust")
    assert all(agent.model is other for agent in ours)
    assert set(other.agent_types) == {Citizen, StaffMember}
    assert [a.unique_id for a in other.agents] == [a.unique_id for a in model.agents]
    for frame in (
        lambda each: each.datacollector.get_agent_vars_dataframe(),
        lambda each: each.datacollector.get_agenttype_vars_dataframe(StaffMember),
    ):
        pd.testing.assert_frame_equal(frame(model), frame(other))
    same(model, other)


def test_a_model_of_ones_own_can_be_pickled():
    model = Counting(small_scenario(run={"weeks": 6}))
    model.step()
    other = again(model)
    other.run_model()
    model.run_model()
    assert (other.counted, other.visitor.calls) == (6, 9)
    assert other.visitor in other.agents
    same(model, other)


@pytest.mark.slow
def test_models_travel_to_other_processes_and_back():
    models = [Counting(small_scenario(run={"weeks": 6, "seed": seed})) for seed in (1, 2)]
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        back = pool.map(run_through, models)
    for model, other in zip(models, back, strict=True):
        model.run_model()
        same(model, other)


def run_through(model):
    model.run_model()
    return model


def test_models_with_agents_are_freed():
    model = TakeupModel(small_scenario(run={"weeks": 3}))
    assert len(model.agents) > 0
    watch = weakref.ref(model)
    del model
    gc.collect()
    assert watch() is None
