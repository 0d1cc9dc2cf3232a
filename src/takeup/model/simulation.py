"""One run: a scenario on a world, week by week."""

from __future__ import annotations

import hashlib
import json
from collections import deque
from dataclasses import dataclass
from math import exp
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from takeup.errors import InputError
from takeup.kpis import CITIZEN, DEPARTMENT, MOST_COUNTED, PLACE, SERVICE, STOCK, Counters
from takeup.model import rules
from takeup.model.citizens import OUTCOMES, expire, forget_participants, meet_needs, publish
from takeup.model.departments import open_services, work_off
from takeup.model.effects import take_effect
from takeup.model.observation import Observation
from takeup.model.staff import spread_attention, work_and_change
from takeup.model.start import expect_of_new, settle, start
from takeup.model.state import YEAR, State, parameter_record
from takeup.model.world import World, make_world, world_key
from takeup.programme import Intervention, Levers, Shock, programme_order
from takeup.programme.segments import PROFILES
from takeup.scenario.schema import Scenario

QUARTER = 13

_TRUST = STOCK.index("trust")


class _Scheduled(NamedTuple):
    """An intervention with its name, its first week and the first week after it."""

    name: str
    first: int
    after: int
    intervention: Intervention


class _Looming(NamedTuple):
    """A shock with its first week and the first week after it."""

    first: int
    after: int
    shock: Shock


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
        beginning: what `begin` returned for a scenario with the same `beginning_key`: saves the
            warm-up and changes no bit.

    Attributes:
        scenario: as given.
        world: population, ties, needs and posts.
        state: everything that changes.
        levers: what the programme does this week.
        week: weeks of the run that are done; negative in the warm-up.
        counters: what was recorded, rows beyond `week` still zero.
    """

    def __init__(
        self,
        scenario: Scenario,
        replicate: int = 0,
        world: World | None = None,
        beginning: Beginning | None = None,
    ) -> None:
        self.scenario = scenario
        self.world = make_world(scenario, replicate) if world is None else world
        self.parameters = parameter_record(
            scenario.parameter_values(), scenario.structure.readiness
        )
        self.state: State = (
            start(scenario, self.world, self.parameters)
            if beginning is None
            else beginning.state.copy()
        )
        self.levers = Levers(self.world.segments, len(self.state.staff))
        self.counters = _counters(scenario.run.weeks, self.world)
        self.observation = Observation(
            scenario, self.world, self.state, self.counters, self.parameters
        )
        self.week = -self.world.warm_up
        # By week of the calendar; filled in when the first campaign or course for residents runs.
        self.exposure: npt.NDArray[np.float64] = np.zeros((0, 0, 0))
        self.reminder: npt.NDArray[np.float64] = np.zeros((0, 0, 0))
        self.lessons: npt.NDArray[np.float64] = np.zeros((0, 0, 0, 0))
        # Reviews act before what they adjust.
        self._programme = sorted(
            (
                _Scheduled(name, *scenario.weeks_of(item), item)
                for name, item in programme_order(scenario.programme)
            ),
            key=lambda scheduled: scheduled.intervention.kind != "review",
        )
        self._dosed: dict[str, tuple[float, Intervention]] = {}  # as reviews have set them
        self._shocks = [
            _Looming(*scenario.weeks_of(shock), shock)
            for _, shock in programme_order(scenario.shocks)
        ]
        self._rationed = bool(self._programme)
        prices = scenario.place.prices
        self._prices = np.array([prices.online, prices.phone, prices.counter])
        self._forgetting = exp(-float(self.parameters["awareness_forgetting"][0]))
        self._fading = exp(-float(self.parameters["message_forgetting"][0]))
        self._attended = False  # whether there were champions last week
        most = int(np.diff(self.world.calendar).max(initial=0))
        self._staged_row = np.zeros(most, np.int64)
        self._staged_story = np.zeros(most, np.uint8)
        self._changed = np.zeros(len(self.state.staff), np.int8)
        self._joined = np.zeros(most, np.int32)
        self._joined_before: deque[npt.NDArray[np.int32]] = deque(maxlen=YEAR)
        if beginning is None:
            self._warm_up()
        else:
            self.week = 0
            self.observation.open_to[:] = beginning.open_to
            self._joined_before.extend(beginning.joined)

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Take over what was pickled or copied; what is read-only is so again."""
        self.__dict__.update(state)
        self.parameters.setflags(write=False)

    def beginning(self) -> Beginning:
        """Return where the run stands, for others to begin from; only at week 0.

        Raises:
            ValueError: the run is not at week 0.
        """
        if self.week != 0:
            raise ValueError(f"a run can be begun from at week 0, not at week {self.week}")
        return Beginning(
            self.state.copy(), self.observation.open_to.copy(), tuple(self._joined_before)
        )

    def _warm_up(self) -> None:
        """Run up to week 0, correcting the services' constants by what each quarter shows."""
        take_up = np.array([service.take_up for service in self.scenario.services.values()])
        counted = np.zeros_like(self.counters.service[0])
        while self.week < 0:
            counted += self.advance().service[0]
            if self.week % QUARTER == 0:
                settle(self.state.services, take_up, counted)
                counted[:] = 0
        expect_of_new(self.state.services, float(self.parameters["new_service_constant"][0]))

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
        world, state, parameters = self.world, self.state, self.parameters
        week = self.week + world.warm_up
        seed, replicate = world.seed, world.replicate
        service_count = len(state.services)
        recording = self.week >= 0
        counts = self.counters if recording else _counters(1, world)
        row = self.week if recording else 0

        # 1. The programme sets this week's levers; services go online.
        self._set_levers(counts, row)
        levers = self.levers
        open_services(self.week, parameters, levers.services, state.services, state.departments)
        take_effect(
            parameters, levers.staff, levers.services, levers.departments, levers.audit,
            levers.protection, levers.alarm, levers.calming, state.services, state.departments,
            state.place, state.sponsorship,
        )  # fmt: skip
        alarm = float(state.place["alarm"][0])

        # 2, 3 and 5. Needs arise, pick a channel, are tried, and teach.
        expire(
            week, world.calendar, world.need_citizen, world.need_service, service_count,
            state.citizens, world.citizens, state.uses, state.published, state.seen,
            state.stock_profile, state.stock_ward,
        )  # fmt: skip
        if len(self._joined_before) == YEAR:
            forget_participants(
                week - YEAR, self._joined_before.popleft(), world.citizens, state.took_part,
                state.stock_profile, state.stock_ward,
            )  # fmt: skip
        outcomes = np.zeros((service_count, OUTCOMES), np.int64)
        cells = None
        if self._rationed:
            cells = levers.cells
            state.demand.fill(0)
        staged, participants = meet_needs(
            week, seed, replicate, parameters, world.calendar, world.need_citizen,
            world.need_service, world.citizens, world.ties, world.acquaintances, service_count,
            state.services, state.departments, self.exposure, self.reminder, self.lessons,
            cells, alarm, state.citizens, state.uses, state.took_part,
            state.published, state.seen, self._staged_row, self._staged_story, self._joined,
            counts.profile[row], counts.ward[row], counts.service[row], state.stock_profile,
            state.stock_ward, state.demand, outcomes,
        )  # fmt: skip
        self._joined_before.append(self._joined[:participants].copy())

        # 4. Departments take in the cases and work them off.
        work_off(
            week, int(recording), seed, replicate, world.weight, parameters, self._prices,
            state.services, state.departments, state.queue, state.oldest, outcomes,
            counts.work[row], counts.staff[row],
        )  # fmt: skip

        # 6. Staff learn, adopt, relapse, leave.
        work_and_change(
            week, int(recording), seed, replicate, parameters, world.posts, world.post_ties,
            levers.staff, self._rationed, levers.champion_hours, world.post_weight,
            state.sponsorship, state.staff, state.peers, state.attention, state.departments,
            counts.staff[row], self.observation.open_to, self._changed,
        )  # fmt: skip

        # 7. What neighbours see next week, and the stocks.
        publish(
            staged, service_count, self._staged_row, self._staged_story, state.published, state.seen
        )
        counts.stock_profile[row] = state.stock_profile
        counts.stock_ward[row] = state.stock_ward
        if alarm > 0.0:
            for stock in (counts.stock_profile[row], counts.stock_ward[row]):
                stock[:, _TRUST] = rules.trust_felt(stock[:, _TRUST], alarm) + 0.5
        self.week += 1
        return counts

    def _set_levers(self, counts: Counters, row: int) -> None:
        """Let shocks happen and interventions act, and remember what works on later weeks."""
        if self.week < 0 or not (self._programme or self._shocks):
            return
        levers, week, observed = self.levers, self.week, self.observation
        levers.reset()
        observed.week = week
        for first, after, shock in self._shocks:
            if first <= week < after:
                shock.act(week - first, observed, levers)
        for name, first, after, intervention in self._programme:
            if first <= week < after:
                factor = levers.funding * observed.intensity.get(name, 1.0)
                known, dosed = self._dosed.get(name, (1.0, intervention))
                if factor != known:
                    dosed = intervention.at(factor)
                    self._dosed[name] = factor, dosed
                dosed.act(week - first, observed, levers)
        if levers.cost * 100.0 >= MOST_COUNTED:
            raise InputError(
                f"programme: costs {levers.cost:.2g} {self.scenario.place.currency} in the week of "
                f"{self.scenario.date_of(week)}, and at most {MOST_COUNTED / 100:.2g} a week can "
                "be counted; are costs, seats or hours too high?"
            )
        counts.place[row] = round(levers.cost * 100.0), round(levers.incidents)

        if self.exposure.size == 0 and levers.exposure.any():
            self.exposure = np.zeros_like(levers.exposure)
            self.reminder = np.zeros_like(levers.exposure)
        if self.exposure.size:
            self.exposure *= self._forgetting
            self.exposure += levers.exposure
            self.reminder *= self._fading
            self.reminder += levers.exposure
        if self.lessons.size == 0 and levers.lessons.any():
            weeks = len(self.world.calendar)
            self.lessons = np.zeros((weeks, 2, PROFILES, len(self.world.segments.wards)))
        if self.lessons.size:
            now = week + self.world.warm_up
            self.lessons[now + 1, 0] = self.lessons[now, 0] + levers.lessons
            self.lessons[now + 1, 1] = self.lessons[now, 1] + levers.lesson_gains
        if self._attended or levers.champions.any():
            self._attended = bool(levers.champions.any())
            spread_attention(
                self.parameters, levers.champions, self.world.posts, self.world.post_ties,
                self.state.staff, self.state.attention,
            )  # fmt: skip


def begin(scenario: Scenario, replicate: int = 0, world: World | None = None) -> Beginning:
    """Run the warm-up of a replicate and return where it ends."""
    return Simulation(scenario, replicate, world).beginning()


def beginning_key(scenario: Scenario, replicate: int) -> str:
    """Return a hash of all that shapes a beginning: scenarios with one key can share it.

    That is everything but names, goals, shocks and what the programme does; whether there is a
    programme at all counts, since only then is demand observed.

    Raises:
        InputError: the edge list of the network cannot be read.
    """
    shape = [
        world_key(scenario, replicate),
        str(scenario.run.start),
        # Unsorted: the order of departments and services numbers them.
        scenario.model_dump(mode="json", include={"departments", "services", "structure"}),
        sorted(scenario.parameter_values().items()),
        bool(programme_order(scenario.programme)),
    ]
    return hashlib.sha256(json.dumps(shape).encode()).hexdigest()


def simulate_counters(
    scenario: Scenario,
    replicate: int = 0,
    world: World | None = None,
    beginning: Beginning | None = None,
) -> Counters:
    """Return what one replicate of a scenario recorded, weeks 0 … run.weeks − 1."""
    return Simulation(scenario, replicate, world, beginning).run()


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
