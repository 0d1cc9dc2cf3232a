"""The frames of one run: how the people shown, wards and departments stand after every week.

Made in a worker and sent whole, so that playing asks nobody. Whatever a frame says is read off the
state of the model; nothing is estimated.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from takeup.kpis import STOCK, YEAR
from takeup.model.run.simulation import Simulation
from takeup.model.week import rules
from takeup.model.week.records import NEVER
from takeup.programme import programme_order
from takeup.programme.segments import ACCESSES, AGES, INCOMES, ROLES, SUPPORTS
from takeup.programme.shock import Incident
from takeup.runs.replicate import at_week_0
from takeup.scenario.schema.case import Case
from takeup.scenario.schema.scenario import Scenario
from takeup.view.watch.cast import Cast, choose

Bytes = npt.NDArray[np.uint8]
Shares = npt.NDArray[np.float32]

NO_WAY, UNAWARE, OFFLINE, ONLINE, FAILED, CLOSED = range(6)
"""What a resident is to a service, or to any of them, as `Frames.state` has it.

CLOSED: it is not online yet. FAILED: the last try online failed, in the last `FAILED_WEEKS` weeks.
ONLINE: made a transaction online in the last year. NO_WAY: has no device or connection, and none of
this. UNAWARE: did not know, at the last need, that it is online. OFFLINE: knew, and uses the phone
or the counter.
"""

FAILED_WEEKS = 8
STAGES = 6
"""Of staff: 0 … 4 is the first weak ADKAR element (4 also if none is), 5 works the new way."""
NEW_WAY = 5
WEAK, CHAMPION = 8, 16
"""Bits added to a stage: reinforcement or another element is weak although the person works the new
way; the person was a champion this week."""

ONLINE_DONE, ONLINE_FAILED, BY_STAFF = range(3)
"""How a need was met: online, tried online in vain, or by phone or at the counter."""

NEED = np.dtype([("week", "<i2"), ("resident", "<i2"), ("service", "u1"), ("how", "u1")])
"""A need of a resident who is shown: `resident` counts those shown."""

_ADOPTERS, _CITIZENS = STOCK.index("adopters"), STOCK.index("citizens")
_LEVELS = ("awareness", "desire", "knowledge", "ability", "reinforcement")


@dataclass(frozen=True)
class Happening:
    """Something on the calendar, as it really came.

    Attributes:
        kind: "go-live", "intervention" or "shock".
        name: what to call it.
        what: what it does, in a few words.
        first: first week.
        after: first week without it; for a go-live the week after.
    """

    kind: str
    name: str
    what: str
    first: int
    after: int


@dataclass(frozen=True, eq=False)
class Frames:
    """One replicate of a scenario, week by week. Frame w is the end of week w of the run.

    Attributes:
        scenario: its name.
        start: the Monday of week 0.
        weight: residents of the place that one simulated resident stands for.
        simulated: residents simulated.
        wards: their names.
        services: their names.
        owner: index of the department of every service.
        opened: week in which each went online; −1 if it was before the run, None if never in it.
        departments: their names.
        posts_of: posts simulated, by department.
        cast: whom the picture shows.
        known: how many people each resident shown talks to; −1 if everyone meets everyone.
        profile: age, income, access and support codes of the residents shown, (n, 4).
        ward: ward of each.
        state: NO_WAY … CLOSED, (1 + services, weeks, n): to any service, then to each.
        friends: how many of those they talk to were online in the last year, uint16, (weeks, n).
        trust: felt trust in the council, per cent, (weeks, n).
        skill: digital skill, per cent, (weeks, n).
        aware: bits, packed: services that they knew to be online at the last need, (weeks, n, …).
        needs: NEED records, by week.
        post_department: department of the posts shown, (m,).
        post_role: role of each.
        stage: stage and bits, (weeks, m).
        levels: ADKAR levels, per cent, (weeks, m, 5).
        weak: bit e is set where ADKAR element e is too weak, (weeks, m).
        generation: how many people held the post before, uint16, (weeks, m).
        stages: share of all posts of a department in every stage, (weeks, departments, STAGES).
        queue: weeks of work waiting, (weeks, departments).
        comfortable: weeks of work waiting that nobody feels.
        online_by_ward: share of residents who were online in the last year, (weeks, wards).
        online: the same of the place, (weeks,).
        happenings: go-lives, interventions and shocks, by first week.
    """

    scenario: str
    start: date
    weight: float
    simulated: int
    wards: tuple[str, ...]
    services: tuple[str, ...]
    owner: tuple[int, ...]
    opened: tuple[int | None, ...]
    departments: tuple[str, ...]
    posts_of: tuple[int, ...]
    cast: Cast
    known: npt.NDArray[np.int64]
    profile: Bytes
    ward: Bytes
    state: Bytes
    friends: npt.NDArray[np.uint16]
    trust: Bytes
    skill: Bytes
    aware: Bytes
    needs: npt.NDArray[np.void]
    post_department: Bytes
    post_role: Bytes
    stage: Bytes
    levels: Bytes
    weak: Bytes
    generation: npt.NDArray[np.uint16]
    stages: Shares
    queue: Shares
    comfortable: float
    online_by_ward: Shares
    online: Shares
    happenings: tuple[Happening, ...]

    @property
    def weeks(self) -> int:
        """Number of frames."""
        return int(self.state.shape[1])

    def monday(self, week: int) -> date:
        """Return the Monday of a week."""
        return self.start + timedelta(weeks=week)

    def is_live(self, service: int, week: int) -> bool:
        """Return whether a service is online in a week."""
        opened = self.opened[service]
        return opened is not None and opened <= week

    def label(self, resident: int, dimension: str) -> str:
        """Return the "age", "income", "access" or "support" of a resident shown, by its label."""
        at, labels = _DIMENSIONS[dimension]
        return labels[int(self.profile[resident, at])]

    def role(self, post: int) -> str:
        """Return the role of a post shown."""
        return ROLES[self.post_role[post]]

    def knows(self, resident: int, week: int) -> list[int]:
        """Return the services that a resident knew to be online, as of the last need for each."""
        bits = np.unpackbits(self.aware[week, resident], count=len(self.services))
        return [int(service) for service in np.flatnonzero(bits)]


_DIMENSIONS = {
    name: (at, labels)
    for at, (name, labels) in enumerate(
        (("age", AGES), ("income", INCOMES), ("access", ACCESSES), ("support", SUPPORTS))
    )
}


def frames(
    scenario: Scenario,
    replicate: int = 0,
    names: Mapping[str, str] = MappingProxyType({}),
    sample: int = 160,
    posts: int = 200,
) -> Frames:
    """Run one replicate and return its frames.

    Args:
        scenario: what happens.
        replicate: number of the replicate, as in `takeup.simulate`.
        names: what people call the interventions, by id.
        sample: residents shown, about; at least one of every ward.
        posts: posts shown, about; at least one of every department.
    """
    simulation = at_week_0(Case.of(scenario, replicate))
    adopted = simulation.state.staff["adopted"] > 0
    return _Recorder(simulation, choose(simulation.world, adopted, sample, posts), names).record()


class _Recorder:
    """Runs a simulation and writes down how the cast stands after every week."""

    def __init__(self, simulation: Simulation, cast: Cast, names: Mapping[str, str]) -> None:
        self.simulation = simulation
        self.names = names
        self.cast = cast
        world, weeks = simulation.world, simulation.scenario.run.weeks
        self.services = len(world.segments.services)
        n, m = len(cast.residents), len(cast.posts)
        people = world.citizens[cast.residents]
        self.profile = np.column_stack(
            [world.segments.profiles[name][people["profile"]] for name in _DIMENSIONS]
        ).astype(np.uint8)
        self.access = self.profile[:, list(_DIMENSIONS).index("access")] > 0
        firsts, ends = (
            world.citizens["ties"][cast.residents],
            world.citizens["ties"][cast.residents + 1],
        )
        self.known = ends.astype(np.int64) - firsts
        self.tie_owner = np.repeat(np.arange(n), self.known)
        self.tie_end = np.concatenate(
            [world.ties[a:b] for a, b in zip(firsts, ends, strict=True)]
        ).astype(np.int64)
        self.shown = np.full(len(world.citizens), -1, dtype=np.int64)
        self.shown[cast.residents] = np.arange(n)
        self.department = world.posts["department"][:-1].astype(np.int64)

        self.state = np.zeros((1 + self.services, weeks, n), np.uint8)
        self.friends = np.zeros((weeks, n), np.uint16)
        self.trust = np.zeros((weeks, n), np.uint8)
        self.skill = np.zeros((weeks, n), np.uint8)
        self.aware = np.zeros((weeks, n, -(-self.services // 8)), np.uint8)
        self.needs: list[tuple[int, int, int, int]] = []
        # Week of the calendar of the last success and failure with each service; −YEAR: long ago.
        # What was tried before the run counts as a success if anything was one since.
        tried = self._tried(world.warm_up - 1)
        last = simulation.state.citizens["online_week"][cast.residents]
        self.succeeded = np.where((tried >= 0) & (tried <= last[:, None]), tried, -YEAR)
        self.failed = np.where(tried > last[:, None], tried, -YEAR)
        self.stage = np.zeros((weeks, m), np.uint8)
        self.levels = np.zeros((weeks, m, len(_LEVELS)), np.uint8)
        self.weak = np.zeros((weeks, m), np.uint8)
        self.generation = np.zeros((weeks, m), np.uint16)
        departments = len(world.segments.departments)
        self.stages = np.zeros((weeks, departments, STAGES), np.float32)
        self.queue = np.zeros((weeks, departments), np.float32)
        self.shocks = programme_order(simulation.scenario.shocks)
        self.struck: dict[str, list[int]] = {}

    def record(self) -> Frames:
        """Run every week and return the frames."""
        simulation, cast = self.simulation, self.cast
        scenario, world = simulation.scenario, simulation.world
        for week in range(scenario.run.weeks):
            self._look_out(week)
            before = self._uses().copy()
            simulation.advance()
            self._residents(week, before)
            self._staff(week)
        stock = simulation.counters.stock_ward
        counted = stock[..., [_ADOPTERS, _CITIZENS]].astype(np.float64)
        by_ward = counted[..., 0] / np.maximum(1.0, counted[..., 1])
        everyone = counted.sum(axis=1)
        opened = tuple(
            int(service["opened"]) if service["live"] else None
            for service in simulation.state.services
        )
        parameters = simulation.parameters
        return Frames(
            scenario=scenario.name,
            start=scenario.run.start,
            weight=world.weight,
            simulated=len(world.citizens) - 1,
            wards=world.segments.wards,
            services=tuple(service.name for service in scenario.services.values()),
            owner=tuple(int(d) for d in simulation.state.services["department"]),
            opened=opened,
            departments=tuple(unit.name for unit in scenario.departments.values()),
            posts_of=tuple(int(n) for n in np.bincount(self.department)),
            cast=cast,
            known=np.full_like(self.known, -1) if world.acquaintances else self.known,
            profile=self.profile,
            ward=world.citizens["ward"][cast.residents],
            state=self.state,
            friends=self.friends,
            trust=self.trust,
            skill=self.skill,
            aware=self.aware,
            needs=np.array(self.needs, dtype=NEED),
            post_department=self.department[cast.posts].astype(np.uint8),
            post_role=world.posts["role"][cast.posts],
            stage=self.stage,
            levels=self.levels,
            weak=self.weak,
            generation=self.generation,
            stages=self.stages,
            queue=self.queue,
            comfortable=float(parameters["comfortable_backlog"][0]),
            online_by_ward=by_ward.astype(np.float32),
            online=(everyone[:, 0] / everyone[:, 1]).astype(np.float32),
            happenings=tuple(
                sorted(self._happenings(opened), key=lambda h: (h.first, h.kind, h.name))
            ),
        )

    # ------------------------------------------------------------ residents

    def _uses(self) -> npt.NDArray[np.void]:
        """Return the uses of the residents shown, (n, services)."""
        return self.simulation.state.uses.reshape(-1, self.services)[self.cast.residents]

    def _tried(self, now: int) -> npt.NDArray[np.int64]:
        """Return the week of the calendar of the last online attempts, −1: none in a year."""
        published = self.simulation.state.published.reshape(-1, self.services)[self.cast.residents]
        # What is published is at most a year old, so the week modulo 256 tells when it was tried.
        ago = (now - self._uses()["tried_week"].astype(np.int64)) & 255
        return np.where(published > 0, now - ago, -1)

    def _residents(self, week: int, before: npt.NDArray[np.void]) -> None:
        simulation, cast = self.simulation, self.cast
        state, world = simulation.state, simulation.world
        now = week + world.warm_up
        citizens, uses = state.citizens[cast.residents], self._uses()
        live = state.services["live"] > 0
        aware = (uses["aware"] > 0) & live
        tried = self._tried(now)
        online_week = citizens["online_week"].astype(np.int64)
        self._meet_needs(week, before, uses, tried == now, online_week == now)
        succeeded = np.column_stack((online_week, self.succeeded))
        failed = np.column_stack((tried.max(axis=1), self.failed))
        online = np.column_stack((online_week > NEVER, self.succeeded > now - YEAR))
        self.state[:, week] = np.select(
            [
                np.broadcast_to(~np.append(live.any(), live), online.shape),
                (failed > succeeded) & (failed > now - FAILED_WEEKS),
                online,
                np.broadcast_to(~self.access[:, None], online.shape),
                np.column_stack((aware.any(axis=1), aware)),
            ],
            [CLOSED, FAILED, ONLINE, NO_WAY, OFFLINE],
            UNAWARE,
        ).T
        self.aware[week] = np.packbits(aware, axis=1)
        used = state.citizens["online_week"][self.tie_end] > NEVER
        self.friends[week] = np.bincount(self.tie_owner, used, len(cast.residents))
        alarm = float(state.place["alarm"][0])
        self.trust[week] = _per_cent(citizens["trust"] * rules.trust_felt(1.0, alarm))
        idle = np.maximum(0, now - citizens["week"].astype(np.int64))
        forgetting = float(simulation.parameters["skill_forgetting"][0])
        gain = citizens["gain"] * np.exp(-forgetting * idle)
        self.skill[week] = _per_cent(world.citizens["skill"][cast.residents] + gain)

    def _meet_needs(
        self,
        week: int,
        before: npt.NDArray[np.void],
        uses: npt.NDArray[np.void],
        attempts: npt.NDArray[np.bool_],
        worked: npt.NDArray[np.bool_],
    ) -> None:
        """Note how this week's needs of the residents shown were met.

        Args:
            week: week of the run.
            before: their uses before the week.
            uses: the same after it.
            attempts: which services they tried online this week, (n, services).
            worked: whether any of that worked, (n,).
        """
        world = self.simulation.world
        now = week + world.warm_up
        first, end = world.calendar[now], world.calendar[now + 1]
        people = self.shown[world.need_citizen[first:end]]
        services = world.need_service[first:end]
        forgetting = float(self.simulation.parameters["habit_forgetting"][0])
        for at in np.flatnonzero(people >= 0):
            person, service = int(people[at]), int(services[at])
            if int(uses["week"][person, service]) != now:
                continue  # moved away
            how = BY_STAFF
            if attempts[person, service]:
                done = bool(worked[person])
                if done and attempts[person].sum() > 1:
                    # One of several worked: the habit grows only with what worked.
                    habit, since = before[person, service]["habit"], before[person, service]["week"]
                    left = rules.decayed(float(habit), forgetting, float(now - since))
                    done = float(uses["habit"][person, service]) > left + 1e-6
                how = ONLINE_DONE if done else ONLINE_FAILED
                (self.succeeded if done else self.failed)[person, service] = now
            self.needs.append((week, person, service, how))

    # ------------------------------------------------------------ staff

    def _staff(self, week: int) -> None:
        simulation, posts = self.simulation, self.cast.posts
        staff = simulation.state.staff
        levels = np.column_stack([staff[name] for name in _LEVELS]).astype(np.float64)
        weak = levels < float(simulation.parameters["barrier_threshold"][0])
        first_weak = np.where(weak.any(axis=1), weak.argmax(axis=1), NEW_WAY)
        adopted = staff["adopted"] > 0
        stage = np.where(adopted, NEW_WAY, np.minimum(first_weak, NEW_WAY - 1))
        bits = WEAK * (adopted & (first_weak < NEW_WAY)) + CHAMPION * (
            simulation.levers.champions > 0.0
        )
        self.stage[week] = (stage + bits)[posts]
        self.levels[week] = _per_cent(levels[posts])
        self.weak[week] = weak[posts] @ (1 << np.arange(len(_LEVELS)))
        self.generation[week] = staff["generation"][posts]
        filled = staff["vacant"] == 0
        cells = np.bincount(
            (self.department * STAGES + stage)[filled], minlength=self.stages[week].size
        ).reshape(-1, STAGES)
        self.stages[week] = cells / np.maximum(1, cells.sum(axis=1, keepdims=True))
        self.queue[week] = simulation.state.departments["pressure"]

    # ------------------------------------------------------------ calendar

    def _look_out(self, week: int) -> None:
        """Note which incidents will happen this week: the same address, hence the same draw."""
        simulation = self.simulation
        simulation.observation.week = week
        for name, shock in self.shocks:
            first, after = simulation.scenario.weeks_of(shock)
            if not first <= week < after:
                continue
            if not isinstance(shock, Incident):
                struck = True
            elif shock.per_year is None and week > first:
                struck = name in self.struck  # a single one that goes on
            else:
                struck = shock.happens(week - first, simulation.observation)
            if struck:
                self.struck.setdefault(name, []).append(week)

    def _happenings(self, opened: tuple[int | None, ...]) -> list[Happening]:
        scenario = self.simulation.scenario
        found = [
            Happening("go-live", service.name, "goes online", week, week + 1)
            for service, week in zip(scenario.services.values(), opened, strict=True)
            if week is not None and week >= 0
        ]
        for name, item in programme_order(scenario.programme):
            first, after = scenario.weeks_of(item)
            if first < after:
                called = self.names.get(name) or _said(name)
                found.append(Happening("intervention", called, item.describe(), first, after))
        for name, weeks in self.struck.items():
            what = scenario.shocks[name].describe()
            breaks = np.flatnonzero(np.diff(weeks) > 1) + 1
            found += [
                Happening("shock", _said(name), what, int(run[0]), int(run[-1]) + 1)
                for run in np.split(np.array(weeks), breaks)
            ]
        return found


def _said(name: str) -> str:
    """Return an id as words: "train-education" is "Train education"."""
    return name.replace("-", " ").capitalize()


def _per_cent(levels: npt.NDArray[np.floating]) -> Bytes:
    rounded: Bytes = np.rint(100.0 * np.clip(levels, 0.0, 1.0)).astype(np.uint8)
    return rounded
