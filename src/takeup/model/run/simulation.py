"""One run: a scenario on a world, week by week."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from math import exp
from typing import Any
from weakref import WeakMethod

import numpy as np
import numpy.typing as npt

from takeup.errors import InputError
from takeup.kpis import CITIZEN, DEPARTMENT, MOST_COUNTED, PLACE, SERVICE, STOCK, Counters
from takeup.model.run.acting import Acting
from takeup.model.run.bundling import (
    NO_MESSAGES,
    community,
    council,
    stories,
    workforce,
)
from takeup.model.run.changes import change, plan
from takeup.model.run.inferred import expect_of_new
from takeup.model.run.observation import Observation
from takeup.model.run.office import infer_support
from takeup.model.run.start import settle, start
from takeup.model.run.state import State
from takeup.model.run.trend import trend_of
from takeup.model.week.attempts import OUTCOMES
from takeup.model.week.bundles import (
    Backlog,
    Needs,
    Now,
    Tally,
)
from takeup.model.week.departments import CHANNELS
from takeup.model.week.effects import remember
from takeup.model.week.records import parameter_record
from takeup.model.week.staff import FLOWS, spread_attention
from takeup.model.week.stage import Own, Stage
from takeup.model.week.threads import Crew
from takeup.model.week.week import live_through
from takeup.model.world.world import World, make_world, world_key
from takeup.programme import Levers, programme_order
from takeup.programme.segments import PROFILES
from takeup.scenario.schema.scenario import Scenario

QUARTER = 13


@dataclass(frozen=True)
class Beginning:
    """Where a run stands at week 0, which the content of its programme has not touched yet.

    Attributes:
        state: everything that changes, as the warm-up left it; not to be written.
        open_to: staff whom seats and sessions are rationed by, as last observed.
        joined: who took part in something, week by week of the year before.
    """

    state: State
    open_to: npt.NDArray[np.int64]
    joined: tuple[npt.NDArray[np.int32], ...]

    @property
    def nbytes(self) -> int:
        """Memory that it takes."""
        return self.state.nbytes + self.open_to.nbytes + sum(j.nbytes for j in self.joined)


class Simulation:
    """One replicate of a scenario, from the warm-up to the last week.

    Making it runs the warm-up; `advance` runs one week; `run` runs all that are left.

    Args:
        scenario: what happens.
        replicate: number of the replicate (0, 1, 2, …): the key of its random numbers.
        world: the world of this scenario and replicate if it is there already; it is not written.
        beginning: where another run stood at week 0, with the same `beginning_key`: saves the
            warm-up and changes no bit.
        threads: how many work on it together; changes no bit.

    Attributes:
        scenario: as given.
        world: population, ties, needs and posts.
        state: everything that changes.
        levers: what the programme does this week.
        counters: what was recorded, rows beyond `week` still zero.
        stage: the same as the steps of a week see it.
    """

    def __init__(
        self,
        scenario: Scenario,
        replicate: int = 0,
        world: World | None = None,
        beginning: Beginning | None = None,
        threads: int = 1,
    ) -> None:
        self.scenario = scenario
        self.threads = threads
        self.world = make_world(scenario, replicate, threads) if world is None else world
        crew = Crew(threads)
        self.parameters = parameter_record(
            scenario.parameter_values(), scenario.structure.readiness
        )
        self.state: State = (
            start(scenario.root(), self.world, self.parameters, crew)
            if beginning is None
            else beginning.state.copy()
        )
        self.levers = Levers(self.world.segments, len(self.state.staff))
        self.counters = _counters(scenario.run.weeks, self.world)
        self.observation = Observation(
            scenario, self.world, self.state, self.counters, self.parameters
        )
        self._acting = Acting(scenario, self.world.segments, len(self.state.staff))
        self.trend = trend_of(scenario, self.parameters, self.world.seed, replicate)
        self._forgetting = exp(-float(self.parameters["awareness_forgetting"][0]))
        self._fading = exp(-float(self.parameters["message_forgetting"][0]))
        self._changes_in = scenario.change_week() if scenario.root() != scenario else None
        self._attended = False  # whether there were champions last week
        self.stage = self._staged(_counters(1, self.world), crew)
        self.week = -self.world.warm_up
        if beginning is None:
            self._warm_up()
        else:
            self.week = 0
            self.observation.open_to[:] = beginning.open_to
            self.stage.joined.extend(beginning.joined)
        plan(scenario, self.state)

    def _staged(self, counts: Counters, crew: Crew) -> Stage:
        """Return what the steps of a week work on, before the first of the warm-up."""
        world, state, prices = self.world, self.state, self.scenario.place.prices
        most = int(np.diff(world.calendar).max(initial=0))
        outcomes = np.zeros((len(state.services), OUTCOMES), np.int64)
        tally = Tally(
            counts.profile[0], counts.ward[0], counts.service[0], state.stock_profile,
            state.stock_ward, state.demand, outcomes, state.seen, np.zeros(most, np.int32),
        )  # fmt: skip
        staff = workforce(world, state, self.observation.open_to)
        return Stage(
            needs=Needs(world.calendar, world.need_citizen, world.need_service),
            residents=community(world, state),
            stories=stories(state, most),
            messages=NO_MESSAGES,
            council=council(world, state, self.parameters),
            workforce=staff,
            backlog=Backlog(
                state.queue, state.oldest, outcomes, np.zeros((len(state.services), CHANNELS)),
                np.array([prices.online, prices.phone, prices.counter]), world.weight,
            ),
            levers=self.levers,
            trend=self.trend,
            act=_without_holding(self._act),
            rationed=self._acting.plans,
            now=Now(0, world.seed, world.replicate),
            of_run=-world.warm_up,
            counts=counts,
            tally=tally,
            crew=crew,
            posts=crew.stretches(len(state.staff)),
            others=[
                Own(
                    stories(state, most), Tally(*map(np.zeros_like, tally)),
                    staff._replace(
                        sums=np.zeros_like(staff.sums), open_to=np.zeros_like(staff.open_to),
                        shared=np.zeros_like(staff.shared),
                    ),
                    np.zeros_like(counts.staff[0]),
                )
                for _ in range(crew.threads - 1)
            ],
        )  # fmt: skip

    def __getstate__(self) -> dict[str, Any]:
        """Return what is pickled or copied: of the stage, only what is nowhere else."""
        return {**self.__dict__, "stage": (self.stage.messages, self.stage.joined)}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Take over what was pickled or copied; what is read-only is so again."""
        self.__dict__.update(state)
        self.parameters.setflags(write=False)
        messages, joined = state["stage"]
        self.stage = self._staged(_counters(1, self.world), Crew(self.threads))
        self.stage.messages, self.stage.joined = messages, joined

    def beginning(self) -> Beginning:
        """Return where the run stands, for others to begin from; only at week 0.

        Raises:
            ValueError: the run is not at week 0.
        """
        if self.week != 0:
            raise ValueError(f"a run can be begun from at week 0, not at week {self.week}")
        return Beginning(
            self.state.copy(), self.observation.open_to.copy(), tuple(self.stage.joined)
        )

    def _warm_up(self) -> None:
        """Run up to week 0, correcting the services' constants by what each quarter shows.

        All but its first quarter shows by how much everyday support makes up for staff who go.
        """
        take_up = np.array([service.take_up for service in self.scenario.services.values()])
        counted = np.zeros_like(self.counters.service[0])
        sums = self.stage.workforce.sums
        flows = np.zeros_like(sums[:, FLOWS])
        settled, half = self.week + QUARTER, self.week // 2
        quarter = 0
        while self.week < 0:
            counted += self.advance().service[0]
            if self.week > settled:
                flows += sums[:, FLOWS]
            if self.week % QUARTER == 0:
                if self.week > half:
                    quarter += 1
                    settle(self.state.services, take_up, counted, 1.0 / quarter)
                counted[:] = 0
        infer_support(self.state.departments, flows)
        expect_of_new(
            self.scenario.root(), self.state.services,
            float(self.parameters["new_service_constant"][0]),
            self.stage.residents, self.stage.council,
        )  # fmt: skip
        self.state.services["own_reach"] = self.state.services["reach"]

    def run(self) -> Counters:
        """Run the weeks that are left and return what was recorded."""
        while self.week < self.scenario.run.weeks:
            self.advance()
        return self.counters

    def advance(self) -> Counters:
        """Run one week: everyone reads what last week published.

        Returns:
            The counters written to: those of the run, or of this one week in the warm-up.
        """
        if self.week >= 0:
            counts, row = self.counters, self.week
        else:
            counts, row = _counters(1, self.world), 0
        if self.week == self._changes_in:
            change(self.scenario, self.state)
        self.stage.turn_to(self.week, counts, row)
        live_through(self.stage)
        self.week += 1
        return counts

    def _act(self) -> None:
        """Let shocks happen and interventions act, and remember what works on later weeks."""
        if self.week < 0 or not self._acting.eventful:
            return
        levers, week = self.levers, self.week
        levers.reset()
        self.observation.week = week
        self._acting.act(week, self.observation, levers)
        if levers.cost * 100.0 >= MOST_COUNTED:
            raise InputError(
                f"programme: costs {levers.cost:.2g} {self.scenario.place.currency} in the week of "
                f"{self.scenario.date_of(week)}, and at most {MOST_COUNTED / 100:.2g} a week can "
                "be counted; are costs, seats or hours too high?"
            )
        self.counters.place[week] = round(levers.cost * 100.0), round(levers.incidents)
        self._remember_messages()
        if self._attended or levers.champions.any():
            self._attended = bool(levers.champions.any())
            spread_attention(self.stage.council, levers.champions, self.stage.workforce)

    def _remember_messages(self) -> None:
        """Add what campaigns and courses tell residents this week to what is remembered."""
        levers, messages = self.levers, self.stage.messages
        if messages.exposure.size == 0 and levers.exposure.any():
            messages = messages._replace(
                exposure=np.zeros_like(levers.exposure), reminder=np.zeros_like(levers.exposure)
            )
        if messages.exposure.size:
            remember(
                messages.exposure.ravel(), messages.reminder.ravel(), levers.exposure.ravel(),
                self._forgetting, self._fading,
            )  # fmt: skip
        if messages.lessons.size == 0 and levers.lessons.any():
            weeks, wards = len(self.world.calendar), len(self.world.segments.wards)
            messages = messages._replace(lessons=np.zeros((weeks, 2, PROFILES, wards)))
        if messages.lessons.size:
            now = self.stage.now.week
            messages.lessons[now + 1, 0] = messages.lessons[now, 0] + levers.lessons
            messages.lessons[now + 1, 1] = messages.lessons[now, 1] + levers.lesson_gains
        self.stage.messages = messages


def _without_holding(method: Callable[[], None]) -> Callable[[], None]:
    """Return a method that does not keep its object alive.

    A run and its stage that held each other would stay, with all their arrays, until somebody
    collects garbage; so they go with the run.
    """
    weak = WeakMethod(method)

    def call() -> None:
        held = weak()
        assert held is not None  # weeks are lived through by the run alone
        held()

    return call


def beginning_key(scenario: Scenario, replicate: int, world: str = "") -> str:
    """Return a hash of all that shapes a beginning: scenarios with one key can share it.

    That is all that holds today; not goals, shocks, prices, what the programme does, what a plan
    changes and when it lets services go online. Whether there is a programme at all counts, since
    only then is demand observed.

    Args:
        scenario: the scenario.
        replicate: number of the replicate, from 0.
        world: its `world_key`, if that is known.

    Raises:
        InputError: the edge list of the network cannot be read.
    """
    today = scenario.root().model_dump(mode="json", include={"departments", "services"})
    for name, service in today["services"].items():
        held = scenario.facts.services.get(name)
        service["go_live"] = service["go_live"] is not None
        service["expected"] = None if held is None else held.take_up
    for department in today["departments"].values():
        del department["hourly_cost"]
    shape = [
        world or world_key(scenario, replicate),
        str(scenario.run.start),
        today,  # unsorted: the order of departments and services numbers them
        scenario.structure.model_dump(mode="json"),
        sorted(scenario.parameter_values().items()),
        bool(programme_order(scenario.programme)),
    ]
    return hashlib.sha256(json.dumps(shape).encode()).hexdigest()


def simulate_counters(
    scenario: Scenario,
    replicate: int = 0,
    world: World | None = None,
    beginning: Beginning | None = None,
    threads: int = 1,
) -> Counters:
    """Return what one replicate of a scenario recorded, weeks 0 … run.weeks − 1."""
    return Simulation(scenario, replicate, world, beginning, threads).run()


def _counters(weeks: int, world: World) -> Counters:
    """Return counters at zero."""
    segments = world.segments
    wards, services = len(segments.wards), len(segments.services)

    def zeros(*shape: int) -> npt.NDArray[np.int64]:
        return np.zeros((weeks, *shape), np.int64)

    return Counters(
        profile=zeros(PROFILES, len(CITIZEN)),
        ward=zeros(wards, len(CITIZEN)),
        service=zeros(services, len(CITIZEN)),
        stock_profile=zeros(PROFILES, len(STOCK)),
        stock_ward=zeros(wards, len(STOCK)),
        work=zeros(services, len(SERVICE)),
        staff=zeros(len(segments.departments), len(DEPARTMENT)),
        place=zeros(len(PLACE)),
        post_weight=world.post_weight,
    )
