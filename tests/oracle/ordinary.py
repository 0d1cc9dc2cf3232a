"""The model written the ordinary way: Mesa agents that are plain Python objects.

One object per resident, post, service and department; every week all of them are visited in
shuffled order. It calls the same rules with the same draws on the same world and programme as the
kernels, and shares none of their loops: what the kernels keep up to date as running sums is counted
afresh here, and what they expire week by week is a date that has passed.

`mark` notes that a branch was visited, so that the tests can tell that nothing was left out.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from itertools import groupby
from math import exp
from types import SimpleNamespace
from typing import Any

import mesa
import numpy as np

from oracle.expected import expect_of_new
from takeup.kpis import CITIZEN, DEPARTMENT, FIXED_POINT, KPIS, PLACE, SERVICE, STOCK, Counters
from takeup.model.run.start import settle, start
from takeup.model.run.trend import trend_of
from takeup.model.week import rules
from takeup.model.week.draws import (
    CAMPAIGN,
    CASES,
    FOLLOW_UP,
    HELP,
    LESSON,
    NEED,
    SERVICE_SHIFT,
    SESSION,
    STAFF_PROGRAMME,
    STAFF_START,
    STAFF_WEEK,
    SUPPORT,
    philox,
    uniform,
    whole,
)
from takeup.model.week.records import parameter_record
from takeup.model.world.world import World
from takeup.programme import Event, Goal, Levers, programme_order
from takeup.programme.segments import AGES, PROFILES, ROLES, Segments
from takeup.results.summarise import all_groups, summarise
from takeup.runs.describe import run_info
from takeup.scenario.schema.scenario import Scenario

YEAR, QUARTER = 52, 13
ONLINE, PHONE, COUNTER = CHANNELS = ("online", "phone", "counter")
SWEEPS, LONG, LONG_AGO = 30, 8, 65536  # staff's long weeks, how long, and since when
HAZARDS_OF_WORK = (
    "turnover", "relapse", "staff_talk", "adoption_slope_ces", "adoption_slope_product",
    "knowledge_forgetting", "ability_forgetting",
)  # fmt: skip
STEPS_OF_WORK = (
    "staff_forgetting", "desire_rate", "peer_learning", "job_learning", "practice", "recognition",
    "reinforcement_fading",
)  # fmt: skip
PERSON = 2**32  # parts of a person in which is summed up who comes and goes
UNAVAILABLE = -1e9  # utility of a channel that cannot be chosen
NAMES = {
    "profile": CITIZEN, "ward": CITIZEN, "service": CITIZEN, "stock_profile": STOCK,
    "stock_ward": STOCK, "work": SERVICE, "staff": DEPARTMENT, "place": PLACE,
}  # fmt: skip

ADDED_UP = {kpi.name for kpi in KPIS if not kpi.denominator}
"""KPIs that are numbers a week, not ratios."""


def fixed(level: float) -> int:
    """Return a level as the counters add it up."""
    return int(level * FIXED_POINT + 0.5)


def pulled(lever: Any) -> SimpleNamespace:
    """Return a record of levers as plain numbers."""
    return SimpleNamespace(**dict(zip(lever.dtype.names, lever.item(), strict=True)))


def success_after(success: float, felt: int, visits: int) -> float:
    """Return visible success after visits that felt so good in all."""
    return rules.moved(success, max(0.0, 2.0 * felt / (65536.0 * visits) - 1.0), 0.25)


class Level:
    """An attribute that holds what a 32-bit float can hold."""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, holder: Any, owner: type | None = None) -> float:
        level: float = holder.__dict__[self.name]
        return level

    def __set__(self, holder: Any, value: float) -> None:
        holder.__dict__[self.name] = float(np.float32(value))


# ---------------------------------------------------------------- services and departments


class Service:
    """A service: how it works online, and what happened to it this week."""

    def __init__(self, model: Council, number: int, record: Any, planned: float) -> None:
        self.model = model
        self.number = number
        self.planned = planned  # week of the run; negative: online already; infinite: never
        self.online = planned < 0.0
        self.opened: int | None = None
        for name in record.dtype.names:
            if name not in ("live", "department", "opened", "planned", "closed"):
                setattr(self, name, float(record[name]))
        self.has_counter = True
        self.week: Counter[str] = Counter()

    @property
    def lever(self) -> SimpleNamespace:
        """What this week's programme does to it."""
        return pulled(self.model.levers.services[self.number])

    def improve(self) -> None:
        """Let an agency design it, or what it did not hand over erode."""
        p, lever = self.model.parameters, self.lever
        if lever.design > 0.0:
            self.model.mark("an agency improves a service")
            better = rules.usability_designed(self.usability, p.best_usability, lever.design)
            self.own_usability += lever.design_kept / lever.design * (better - self.usability)
            self.usability = better
        elif self.usability > self.own_usability:
            self.model.mark("design erodes")
            self.usability = rules.reverted(
                self.usability, self.own_usability, p.design_erosion, 1.0
            )

    def come_online(self, staff_joined: float) -> None:
        """Get ready for the launch with those who took part last week, and go online if due."""
        p, lever, mark, week = self.model.parameters, self.lever, self.model.mark, self.model.week
        if self.online or week < 0:
            return
        self.codesign += self.joined + staff_joined
        self.ahead += lever.delivery
        if lever.launch > 0.0:
            mark("launched by the programme")
        elif week + self.ahead < self.planned:
            return
        elif week < self.planned:
            mark("online earlier than planned")
        else:
            mark("online as planned")
        self.online, self.opened = True, week
        if self.codesign > 0.0:
            mark("launched with co-design")
        if lever.standard > 0.0:
            mark("launched by a common standard")
        better = rules.usability_at_launch(
            self.usability, p.best_usability, p.codesign_gain, self.codesign, p.codesign_people,
            p.standard_gain, lever.standard,
        )  # fmt: skip
        self.own_usability += better - self.usability
        self.usability = better

    def be_moved(self) -> None:
        """Let the outside trend move it."""
        week = self.model.week
        if week >= 0:
            self.moved = float(self.model.trend[week, self.number])
            self.reach = rules.reach_by_now(self.own_reach, self.moved)

    def be_run(self) -> None:
        """Let the week's levers decide how it is offered and talked about."""
        p, lever, mark = self.model.parameters, self.lever, self.model.mark
        if lever.outage > 0.0:
            mark("outage")
        self.availability = self.uptime * (1.0 - lever.outage)
        if lever.steering > 0.0:
            mark("digital by default")
        self.steering = p.steering_weight * rules.saturated(lever.steering)
        self.referral = lever.referral
        self.has_counter = lever.closed == 0.0
        self.publicity = p.publicity_weight * rules.saturated(lever.publicity)
        if lever.publicity > 0.0:
            self.shown = rules.experience_shown(lever.publicity_shown / lever.publicity)

    def look_back(self) -> None:
        """Keep what the week leaves behind: how its users fared, who took part in co-design."""
        if self.week["visits"] > 0:
            self.success = success_after(
                self.success, self.week["felt online"], self.week["visits"]
            )
        self.joined = self.week["joined"] * self.model.world.weight

    def minutes(self, channel: str, adopters: float) -> float:
        """Return staff minutes of a case."""
        if channel == PHONE:
            return self.minutes_phone
        if channel == COUNTER:
            return self.minutes_counter
        return adopters * self.minutes_digital + (1.0 - adopters) * self.minutes_rekeying


@dataclass
class Cohort:
    """Cases that came in together."""

    service: Service
    channel: str
    week: int
    cases: int


class Department:
    """A department: its services, its staff, its queue, and what others see of it."""

    def __init__(self, model: Council, number: int, record: Any) -> None:
        self.model = model
        self.number = number
        self.services: list[Service] = []
        self.staff: list[StaffMember] = []
        self.queue: deque[Cohort] = deque()
        for name in record.dtype.names:
            if name != "held":
                setattr(self, name, float(record[name]))
        self.digital = False
        self.stated = list(model.plan.departments.values())[number].adopted
        self.adopters = self.managers_adopted = self.stated
        self.support = 0.0
        self.open: list[float] = []  # of the week: chance of each not to adopt by readiness
        self.going: list[float] = []  # chances of adopters to leave or to go back
        self.flows = [0, 0, 0]  # summed up in the warm-up
        self.sponsorship = dict.fromkeys(ROLES, 0.0)
        self.staff_levers: dict[str, SimpleNamespace] = {}  # of the week, by role

    def feel_change(self) -> None:
        """Improve and open services, and say how much has just changed."""
        week, mark = self.model.week, self.model.mark
        self.disruption = 0.0
        for service in self.services:
            service.improve()
            service.come_online(self.joined)
            if service.online:
                self.digital = True
            if service.opened is not None:
                fresh = rules.disruption(
                    float(week - service.opened), self.model.parameters.disruption_weeks
                )
                mark("go-live is felt") if fresh > 0.0 else mark("go-live is over")
                self.disruption = min(1.0, self.disruption + service.work_share * fresh)

    @property
    def held(self) -> int:
        """Posts whose holders have adopted at the start."""
        return int(self.stated * len(self.staff) + 0.5)

    def be_supported(self, weeks: float) -> None:
        """Before the run, let support make up for those who go and those who are missing."""
        sums = [
            len(self.open) * PERSON,
            sum(int(PERSON * chance) for chance in self.open),
            sum(int(PERSON * chance) for chance in self.going),
        ]
        missing = float(self.held - sum(person.adopted for person in self.staff))
        self.support = self.hazard(sums, min(1.0, 0.1 * weeks) * missing)
        if self.model.week > QUARTER - self.model.world.warm_up - 1:
            self.flows = [total + part for total, part in zip(self.flows, sums, strict=True)]
        self.open.clear()
        self.going.clear()

    def hazard(self, sums: list[int], missing: float = 0.0) -> float:
        """Return the hazard of everyday support that makes up for who goes."""
        among, staying, going = (total / PERSON for total in sums)
        hazard = rules.support_at_rest(staying, among, going + missing)
        if hazard == 0.0:
            self.model.mark("adoption needs no support")
        return hazard

    def be_as_stated(self) -> None:
        """Let some, drawn by lot, change until as many have adopted as stated."""
        attempt = 0
        while (adopted := sum(person.adopted for person in self.staff)) != self.held:
            luck = self.model.draws(self.number, SUPPORT, event=attempt)[0]
            attempt += 1
            person = self.staff[int(luck * len(self.staff))]
            if adopted < self.held and not person.adopted:
                self.model.mark("brought to the new way by lot")
                person.adopted = True
            elif adopted > self.held and person.adopted:
                self.model.mark("sent back by lot")
                person.adopted = False

    def be_led(self) -> None:
        """Feel how many changes come at once, and what leaders, audits and others show."""
        p, mark = self.model.parameters, self.model.mark
        lever = pulled(self.model.levers.departments[self.number])
        if lever.audit > 0.0:
            mark("staff are audited")
        self.insight = rules.insight_updated(self.insight, lever.audit, p.insight_ageing)
        load = lever.load + p.go_live_load * self.disruption
        capacity = p.change_capacity + p.team_capacity * lever.team
        if lever.team > 0.0:
            mark("a change team helps")
        mark("too many changes") if load > capacity else mark("changes can be taken in")
        self.focus = rules.focus(load, capacity)
        self.overload = rules.overload(load, capacity)
        self.showcase = rules.saturated(lever.showcase)
        if lever.showcase > 0.0:
            mark("staff are shown a success")
        if lever.turnover > 0.0:
            mark("leaders leave")
        for role, column in zip(ROLES, range(len(ROLES)), strict=True):
            self.staff_levers[role] = pulled(self.model.levers.staff[self.number, column])
            dose = float(self.model.levers.staff_sponsorship[self.number, column])
            if dose > 0.0:
                mark("leaders are missing") if lever.vacancy > 0.0 else mark("leaders are seen")
            self.sponsorship[role] = rules.sponsorship_updated(
                self.sponsorship[role], dose, lever.vacancy, lever.turnover, p.sponsorship_rate
            )

    def work_week(self) -> None:
        """Take in the week's cases, answer, work them off, and publish what citizens feel."""
        p, mark = self.model.parameters, self.model.mark
        if not self.services:
            mark("department without services")
        arriving = self.take_in()
        calls = 0.0
        for service in self.services:
            calls += service.minutes_phone * (
                (p.failure_contact_length - 1.0) * service.week["called after a failure"]
                + p.failure_contact_length * service.week["called again"]
                + p.short_call
                * (service.week["called for help"] + service.week["called about an error"])
            )

        waiting = 0.0
        for cohort in self.by_service():
            waiting += cohort.cases * cohort.service.minutes(cohort.channel, self.adopters)
        if self.pressure > 1.0:
            mark("overtime")
        capacity = self.capacity * rules.overtime(self.pressure - 1.0, p.overtime_limit)
        owed = calls - self.carry
        worked = rules.throughput(max(0.0, waiting + owed), capacity, p.saturation)
        left, rework = self.work_off(worked - owed)
        chasing, backlog = self.lose_patience()
        self.keep_books(worked)

        self.carry = left - rework - chasing
        self.pressure = backlog / max(1.0, self.capacity)
        self.delay = min(52.0, backlog / max(1.0, worked - owed))
        if self.delay == 52.0:
            mark("a year's delay")
        self.stress = rules.load_stress(
            self.pressure, p.comfortable_backlog, p.overwhelming_backlog
        )
        self.wait = rules.phone_wait(self.pressure, p.comfortable_backlog, p.overwhelming_backlog)
        mark("stress") if self.stress > 0.0 else mark("calm")
        self.show_success()
        self.plan_staffing(arriving + calls + rework + chasing)

    def take_in(self) -> float:
        """Queue this week's cases; return the minutes in them."""
        minutes = 0.0
        for service in self.services:
            for channel in CHANNELS:
                minutes += service.week[channel] * service.minutes(channel, self.adopters)
            self.model.count("work", service.number, "decided_online", service.week["done at once"])
            self.model.count("work", service.number, "withdrawn", service.week["given up"])
            errors = service.week["called about an error"]
            self.model.count("work", service.number, "contacts_error", errors)
            self.model.count("work", service.number, "live", int(service.online))
            service.look_back()
        for service in self.services:
            for channel in CHANNELS:
                if service.week[channel] > 0:
                    cohort = Cohort(service, channel, self.model.today, service.week[channel])
                    self.queue.append(cohort)
        return minutes

    def by_service(self) -> Iterator[Cohort]:
        """Yield what waits by service and channel, the oldest first."""
        for service in self.services:
            for channel in CHANNELS:
                for cohort in self.queue:
                    if cohort.service is service and cohort.channel == channel:
                        yield cohort

    def work_off(self, budget: float) -> tuple[float, float]:
        """Work off whole cases in order of arrival.

        Returns:
            Minutes left or overdrawn, and minutes of cases that must be handled again.
        """
        mark = self.model.mark
        rework = 0.0
        part = 1.0
        for _, group in groupby(self.queue, key=lambda cohort: cohort.week):
            if part < 1.0:
                mark("cases behind others")
                break
            cohorts = list(group)
            due = 0.0
            for cohort in cohorts:
                due += cohort.cases * cohort.service.minutes(cohort.channel, self.adopters)
            if due > 0.0:
                part = rules.part_worked(budget, due)
            if part == 0.0:
                mark("no time for cases")
            elif part < 1.0:
                mark("some of a week's cases are handled")
            before = passed = 0
            for cohort in cohorts:
                before += cohort.cases
                done = int(before * part + 1e-9) - passed
                if done == 0:
                    continue
                passed += done
                minutes = cohort.service.minutes(cohort.channel, self.adopters)
                budget -= done * minutes
                cohort.cases -= done
                rework += self.decide(cohort, done) * minutes
        self.queue = deque(cohort for cohort in self.queue if cohort.cases > 0)
        if part >= 1.0:
            mark("all cases are handled")
            budget = min(budget, 0.0)
        return budget, rework

    def decide(self, cohort: Cohort, done: int) -> int:
        """Close cases; return how many must be done again."""
        p, service, count = self.model.parameters, cohort.service.number, self.model.count
        age = float(self.model.today - cohort.week)
        again = 0
        if cohort.channel == ONLINE:
            age += p.adoption_lag * (1.0 - self.adopters)
            drawn, _, _, _ = self.model.draws(service, CASES, 2, cohort.week)
            again = whole(done * (1.0 - self.adopters) * p.rework, drawn)
            if again > 0:
                self.model.mark("rework")
        count("work", service, f"decided_{cohort.channel}", done)
        count("work", service, "handled", done)
        count("work", service, "reworked", again)
        count("work", service, "waiting", int(done * age * 1024.0 + 0.5))
        return again

    def lose_patience(self) -> tuple[float, float]:
        """Let those who wait long give up or ask; return minutes of asking and of what waits."""
        p, model = self.model.parameters, self.model
        for cohort in self.queue:
            if model.today - cohort.week >= p.old_case:
                row = cohort.service.number * len(CHANNELS) + CHANNELS.index(cohort.channel)
                drawn, _, _, _ = model.draws(row, CASES, 0, cohort.week)
                gone = min(cohort.cases, whole(cohort.cases * p.withdrawal, drawn))
                if gone > 0:
                    model.mark("withdrawn")
                cohort.cases -= gone
                model.count("work", cohort.service.number, "withdrawn", gone)
        chasing = backlog = 0.0
        for service in self.services:
            asking = minutes = 0.0
            queued = 0
            for cohort in self.by_service():
                if cohort.service is service:
                    queued += cohort.cases
                    minutes += cohort.cases * service.minutes(cohort.channel, self.adopters)
                    if model.today - cohort.week >= p.chasing_age:
                        asking += cohort.cases * p.chasing
            drawn, _, _, _ = model.draws(service.number, CASES, 1)
            asked = whole(asking, drawn)
            if asked > 0:
                model.mark("progress chasing")
            chasing += asked * p.short_call * service.minutes_phone
            backlog += minutes
            model.count("work", service.number, "contacts_chasing", asked)
            model.count("work", service.number, "queued", queued)
            model.count("work", service.number, "queued_minutes", int(minutes + 0.5))
        return chasing, backlog

    def keep_books(self, worked: float) -> None:
        """Record what the week cost, at list price and as paid."""
        count, prices = self.model.count, self.model.plan.place.prices
        visits = 0
        for service in self.services:
            week = service.week
            calls = (
                week[PHONE]
                + week["called again"]
                + week["called for help"]
                + week["called about an error"]
                + self.model.book["work", service.number, "contacts_chasing"]
            )
            cost = (
                prices.online * week["visits"]
                + prices.phone * calls
                + prices.counter * week[COUNTER]
            )
            count("work", service.number, "list_cost", int(cost * 100.0 + 0.5))
            visits += week["visits"]
        overtime = max(0.0, worked - self.capacity)
        if overtime > 0.0:
            self.model.mark("paid overtime")
        cost = (self.paid + overtime) * self.minute_cost + visits * prices.online
        count("staff", self.number, "capacity_minutes", int(self.capacity + 0.5))
        count("staff", self.number, "paid_minutes", int(self.paid + 0.5))
        count("staff", self.number, "worked_minutes", int(worked + 0.5))
        count("staff", self.number, "service_cost", int(cost * 100.0 + 0.5))

    def show_success(self) -> None:
        """Let staff see how this week's online users fared."""
        tried = sum(service.week["visits"] for service in self.services)
        felt = sum(service.week["felt online"] for service in self.services)
        if tried == 0:
            self.model.mark("nobody tried online")
            return
        good = felt > 0.5 * 65536.0 * tried
        self.model.mark("success is seen") if good else self.model.mark("no success")
        self.wins = success_after(self.wins, felt, tried)

    def plan_staffing(self, inflow: float) -> None:
        """Follow demand with staff time: at once in the warm-up unless given, slowly after it."""
        p, mark = self.model.parameters, self.model.mark
        if self.model.week >= 0:
            memory, speed = 0.05, p.release
            mark("time is released slowly") if speed > 0.0 else mark("time is never released")
        else:
            memory, speed = 1.0 / (self.model.today + 1.0), self.settles
            mark("staffing follows demand") if speed > 0.0 else mark("staffing is given")
        self.inflow = rules.moved(self.inflow, inflow, memory)
        self.handles = rules.handled_share(
            self.handles, self.inflow, self.gross, p.target_utilisation, speed
        )

    def count_staff(self) -> None:
        """Publish what its staff are like at the end of the week, and next week's capacity."""
        count = self.model.count
        managers = [person for person in self.staff if person.role == "manager"]
        posts = len(self.staff)
        adopted = sum(person.adopted for person in self.staff)
        # Time is added up in whole 1024ths of a minute.
        productive = sum(
            int(person.productive_minutes * self.handles * 1024 + 0.5) for person in self.staff
        )
        paid = sum(int(self.minutes * self.handles * 1024 + 0.5) for _ in self.staff)
        count("staff", self.number, "staff", posts)
        count("staff", self.number, "adopted", adopted)
        count("staff", self.number, "stress", posts * fixed(self.stress))
        for name in StaffMember.ADKAR:
            levels = sum(fixed(getattr(person, name)) for person in self.staff)
            count("staff", self.number, name, levels)
        for barrier, blocked in Counter(person.barrier for person in self.staff).items():
            if barrier is not None:
                count("staff", self.number, f"blocked_{barrier}", blocked)
        self.adopters = adopted / posts
        self.managers_adopted = sum(person.adopted for person in managers) / max(1, len(managers))
        self.capacity = productive * self.scale / 1024
        self.paid = paid * self.scale / 1024
        self.gross = posts * self.minutes * self.scale
        self.joined = sum(person.joined for person in self.staff) * float(
            self.model.world.post_weight[self.number]
        )


# ---------------------------------------------------------------- residents


@dataclass(frozen=True)
class Story:
    """What a resident tells of a service: an experience of 0 to 254, until it is a year old."""

    experience: int
    until: int


class Use:
    """What a resident remembers of one service."""

    expectation = Level()
    habit = Level()
    offline_habit = Level()

    def __init__(self, record: Any, byte: int, forgotten: int) -> None:
        self.expectation = record["expectation"]
        self.habit = record["habit"]
        self.offline_habit = record["offline_habit"]
        self.aware = bool(record["aware"])
        self.last_need = int(record["week"])  # negative: before the warm-up
        self.last_attempt: int | None = None
        self.assumed = byte > 0  # tried in the year before the warm-up
        self.told = Story(byte - 1, forgotten) if byte else None


class Encounter:
    """One need while it lasts: levels in full precision, remembered when it ends."""

    def __init__(self, person: Resident, service: Service) -> None:
        self.person, self.service, self.use = person, service, person.uses[service.number]
        p, today = person.model.parameters, person.model.today
        idle, unused = float(today - person.last_need), float(today - self.use.last_need)
        self.unused = unused
        self.gain = rules.decayed(person.gain, p.skill_forgetting, idle)
        self.trust = rules.reverted(person.trust, person.own_trust, p.trust_reversion, idle)
        self.habit = rules.decayed(self.use.habit, p.habit_forgetting, unused)
        self.offline_habit = rules.decayed(self.use.offline_habit, p.habit_forgetting, unused)
        self.expectation = self.use.expectation
        self.aware = self.use.aware
        self.reminded = False
        self.assisted = False

    @property
    def skill(self) -> float:
        """Digital skill before any help."""
        return self.person.own_skill + self.gain

    @property
    def able(self) -> float:
        """What the two can do who sit there, or the one."""
        if self.assisted:
            return rules.moved(self.skill, 1.0, self.person.model.parameters.assisted_lift)
        return self.skill

    def remember(self) -> None:
        """Keep what was learned."""
        person, use = self.person, self.use
        person.gain, person.trust = self.gain, self.trust
        use.expectation, use.habit = self.expectation, self.habit
        use.offline_habit, use.aware = self.offline_habit, self.aware
        person.last_need = use.last_need = person.model.today


class Resident(mesa.Agent):
    """A resident: traits, skill gained, trust, satisfaction, and a memory of every service."""

    gain = Level()
    trust = Level()
    satisfaction = Level()

    def __init__(self, model: Council, number: int, traits: Any, record: Any) -> None:
        super().__init__(model)
        self.number = number
        self.profile = int(traits["profile"])
        self.ward = int(traits["ward"])
        codes = model.segments.profiles
        self.age = int(codes["age"][self.profile]) / (len(AGES) - 1.0)
        self.has_access = bool(codes["access"][self.profile])
        self.own_skill = float(traits["skill"])
        self.own_trust = float(traits["trust"])
        self.innovativeness = (float(traits["innovativeness"]) + 0.5) / 65536.0
        self.gain, self.trust = record["gain"], record["trust"]
        self.satisfaction = record["satisfaction"]
        self.last_need = -1
        self.last_online: int | None = None
        self.took_part: int | None = None
        self.assumed_user = int(record["online_week"]) == -2
        self.forgotten = number % YEAR  # week in which what is assumed of the past is forgotten
        self.uses: list[Use] = []
        self.friends: list[Resident] = []

    def reaches(self, service: Service) -> bool:
        """Return whether the resident has access, or somebody who has for a service."""
        if self.has_access:
            return True
        if service.reach <= 0.0:
            self.model.mark("nobody to do it for them")
            return False
        drawn, _, _, _ = self.model.draws(self.number, HELP, service.number, when=0)
        helped = drawn < service.reach
        self.model.mark("done for them") if helped else self.model.mark("nobody to do it for them")
        return helped

    def is_adopter(self) -> bool:
        """Return whether the resident has transacted online in the last 52 weeks."""
        return self.last_online is not None and self.model.today < self.last_online + YEAR

    def is_in_need(self) -> bool:
        """Return whether the resident has had a need in the last 52 weeks."""
        return self.last_need >= 0 and self.model.today < self.last_need + YEAR

    def is_participant(self) -> bool:
        """Return whether the resident has taken part in the last 52 weeks."""
        return self.took_part is not None and self.model.today < self.took_part + YEAR

    def is_known_user(self) -> bool:
        """Return whether the resident used the council online in a year, as assumed or as seen."""
        return self.is_adopter() or (self.assumed_user and self.model.today < self.forgotten)

    def meet_needs(self) -> None:
        """Meet this week's needs, service by service."""
        for service in self.model.needs.get(self.number, ()):
            self.meet_need(service)

    def meet_need(self, service: Service) -> None:
        """Ask around, choose a channel, try it, and learn from it."""
        p, mark = self.model.parameters, self.model.mark
        u_aware, u_channel, u_complete, u_after = self.draws(NEED, service)
        u_first, u_second, u_error, u_part = self.draws(FOLLOW_UP, service)
        need = Encounter(self, service)
        self.recall_course(need)
        self.model.demand["needs", self.profile, self.ward] += 1

        online = UNAVAILABLE
        if service.online:
            self.find_help(need)
            online = self.consider_online(need, u_aware)
        else:
            mark("not online yet")
        counter = UNAVAILABLE
        if service.has_counter:
            counter = self.utility_offline(need, service.constant_counter)
        else:
            mark("no counter")
        phone = self.utility_offline(need, service.constant_phone)
        channel = CHANNELS[rules.channel(u_channel, online, phone, counter)]
        if channel == ONLINE:
            experience, seen = self.go_online(need, u_complete, u_after, u_first, u_second, u_error)
        else:
            experience, seen = self.ask_staff(need, channel, u_first, u_second)

        surprise = experience - self.satisfaction
        mark("bad surprise") if surprise < 0.0 else mark("good surprise")
        need.trust = rules.trust_updated(need.trust, surprise, p.trust_learning, p.negativity)
        self.satisfaction = rules.learned(
            self.satisfaction, experience, p.experience_learning, p.negativity
        )
        self.maybe_take_part(service, u_part)
        need.remember()
        seen.update(needs=1, experience=fixed(experience))
        if need.assisted:
            seen.update(assisted=seen["online_completed"])
        for name, amount in seen.items():
            self.model.count("profile", self.profile, name, amount)
            self.model.count("ward", self.ward, name, amount)
            self.model.count("service", service.number, name, amount)

    def recall_course(self, need: Encounter) -> None:
        """Have been on a course since the last need, or not."""
        seats, gains = (
            float(
                course[-1][self.profile, self.ward]
                - course[self.last_need + 1][self.profile, self.ward]
            )
            for course in (self.model.courses, self.model.course_gains)
        )
        hazard = seats
        if hazard > 0.0:
            drawn, _, _, _ = self.draws(LESSON, need.service)
            if drawn < rules.chance_of_exposure(hazard):
                self.model.mark("went on a course")
                need.gain = rules.moved(need.gain, 1.0 - self.own_skill, gains / hazard)
            else:
                self.model.mark("missed a course")

    def find_help(self, need: Encounter) -> None:
        """Find a session free, or not, if going online alone is hard."""
        p, mark = self.model.parameters, self.model.mark
        if self.reaches(need.service) and need.skill >= p.assisted_below:
            return
        self.model.demand["help", self.profile, self.ward] += 1
        free = float(self.model.levers.resident_assistance[self.profile, self.ward])
        if free > 0.0:
            drawn, _, _, _ = self.draws(SESSION, need.service)
            need.assisted = drawn < free
            mark("finds a session") if need.assisted else mark("finds no session")

    def maybe_take_part(self, service: Service, u_part: float) -> None:
        """Help to design if invited, or leave feedback, or neither."""
        p, mark = self.model.parameters, self.model.mark
        invited = float(self.model.levers.resident_invitation[self.profile, self.ward])
        if u_part >= rules.chance_taking_part(invited, p.feedback):
            return
        if u_part < invited:
            mark("takes part in co-design")
            service.week["joined"] += 1
        else:
            mark("leaves feedback")
        mark("takes part again") if self.is_participant() else mark("takes part at last")
        self.took_part = self.model.today

    def consider_online(self, need: Encounter, u_aware: float) -> float:
        """Ask around; return the utility of the online channel."""
        p, mark, service = self.model.parameters, self.model.mark, need.service
        tellers, users, told, known = self.ask_around(service)
        remembered = 0.0
        if need.aware:
            remembered = rules.decayed(1.0, p.awareness_forgetting, need.unused)
        found = 0.0
        reaches = self.reaches(service)
        if reaches:
            found = rules.chance_found(need.skill, self.is_known_user(), p.search, p.portal)
        untold = rules.untold(users, p.talk_awareness)
        known_of = rules.chance_aware(remembered, found, untold)
        need.aware = u_aware < rules.made_up(known_of, service.reach)
        remembered, reminded = self.heard_campaign(service)
        need.aware = need.aware or remembered
        need.reminded = reminded
        share = 0.0
        if users > 0.0:
            mark("others are users")
            share = users / known
            need.expectation = rules.expectation_heard(
                need.expectation, told / (254.0 * tellers), users, p.talk_expectation
            )
        else:
            mark("no users around")
        if service.publicity > 0.0:
            mark("residents are shown a success")
            need.expectation = rules.expectation_shown(
                need.expectation, service.shown, service.publicity
            )
        need.aware = need.aware or need.assisted
        if not need.aware:
            mark("unaware")
            return UNAVAILABLE
        if not (reaches or need.assisted):
            mark("aware without access")
            return UNAVAILABLE
        return rules.utility_online(
            rules.preferred(service.constant_online, service.moved),
            need.expectation,
            p.expectation_weight,
            share,
            p.influence_weight,
            rules.trust_felt(need.trust, self.model.alarm),
            p.trust_weight,
            need.habit,
            p.habit_weight,
            self.innovativeness,
            p.innovativeness_weight,
            float(need.reminded),
            p.message_weight,
            service.steering,
            p.assistance_weight if need.assisted else 0.0,
        )

    def ask_around(self, service: Service) -> tuple[float, float, float, float]:
        """Return who tells, how many users that makes, what they tell in all, and of how many."""
        if self.model.met > 0:
            self.model.mark("everyone meets everyone")
            stories = self.model.talk_of_the_town[service.number]
            known = float(self.model.met)
            users = known * float(len(stories)) / len(self.model.residents)
            return float(len(stories)), users, float(sum(stories)), known
        stories = []
        for friend in self.friends:
            story = friend.uses[service.number].told
            if story is None:
                continue
            if self.model.today < story.until:
                stories.append(story.experience)
            else:
                self.model.mark("a story is out of date")
        if not self.friends:
            self.model.mark("without friends")
        count = float(len(stories))
        return count, count, float(sum(stories)), float(len(self.friends))

    def heard_campaign(self, service: Service) -> tuple[bool, bool]:
        """Return whether a campaign told of the service, and whether it still is on the mind."""
        cell = self.profile, self.ward, service.number
        exposure, fresh = (float(t[cell]) for t in (self.model.exposure, self.model.reminder))
        if exposure <= 0.0:
            return False, False
        drawn, _, _, _ = self.model.draws(self.number, CAMPAIGN, service.number, when=0)
        if drawn < rules.chance_of_exposure(exposure):
            self.model.mark("campaign is remembered")
            reminded = drawn < rules.chance_of_exposure(fresh)
            self.model.mark("reminded") if reminded else self.model.mark("no longer on the mind")
            return True, reminded
        self.model.mark("campaign passed by")
        return False, False

    def utility_offline(self, need: Encounter, constant: float) -> float:
        """Return the utility of calling or coming."""
        p = self.model.parameters
        return rules.utility_offline(
            constant,
            self.age,
            p.age_weight,
            need.offline_habit,
            p.habit_weight,
            self.model.owner(need.service).wait,
            p.wait_weight,
        )

    def go_online(
        self,
        need: Encounter,
        u_complete: float,
        u_after: float,
        u_case: float,
        u_help: float,
        u_error: float,
    ) -> tuple[float, Counter[str]]:
        """Try it online; return the experience and what is counted."""
        p, mark, service = self.model.parameters, self.model.mark, need.service
        seen = Counter(online_started=1)
        ease = rules.ease(service.usability, service.complexity, need.able)
        completes = rules.chance_completed(ease, p.retry, service.availability)
        if u_complete < rules.made_up(completes, service.reach):
            experience = self.complete(need, ease, u_case, u_error)
            seen.update(online_completed=1, transactions=1, transactions_online=1)
            if u_help < p.help_rate * (1.0 - ease):
                mark("needs help")
                service.week["called for help"] += 1
                seen.update(contacts_other=1)
        else:
            experience = p.failure_experience
            calls = whole(p.failure_contacts, u_after)
            if calls > 0:
                mark("failed and called")
                service.week[PHONE] += 1
                service.week["called after a failure"] += 1
                service.week["called again"] += calls - 1
                if calls > 1:
                    mark("called again after a failure")
                seen.update(transactions=1, contacts_failure=calls)
            else:
                mark("failed and gave up")
                service.week["given up"] += 1
        service.week["visits"] += 1
        service.week["felt online"] += fixed(experience)
        need.expectation = rules.learned(
            need.expectation, experience, p.experience_learning, p.negativity
        )
        need.gain = rules.moved(need.gain, 1.0 - self.own_skill, p.skill_learning)
        story = Story(int(need.expectation * 254.0 + 0.5), self.model.today + YEAR)
        self.model.news.append((need.use, story))
        need.use.last_attempt = self.model.today
        return experience, seen

    def complete(self, need: Encounter, ease: float, u_case: float, u_error: float) -> float:
        """Complete an online attempt; return the experience."""
        p, mark, service = self.model.parameters, self.model.mark, need.service
        delay = 0.0
        by_staff = u_case >= service.straight_through
        if not by_staff:
            mark("done at once")
            service.week["done at once"] += 1
        else:
            mark("online case")
            owner = self.model.owner(service)
            service.week[ONLINE] += 1
            delay = owner.delay + p.adoption_lag * (1.0 - owner.adopters)
        need.habit = rules.moved(need.habit, 1.0, p.habit_learning)
        need.offline_habit = rules.moved(need.offline_habit, 0.0, p.habit_learning)
        mark("online again") if self.is_adopter() else mark("online for the first time in a year")
        self.last_online = self.model.today
        experience = rules.experience_online(ease, p.effort_weight, delay, p.patience)
        owner = self.model.owner(service)
        if by_staff and u_error < p.error_contacts * (1.0 - owner.adopters):
            mark("errors")
            service.week["called about an error"] += 1
            experience *= p.error_experience
        return experience

    def ask_staff(
        self, need: Encounter, channel: str, u_abandon: float, u_steer: float
    ) -> tuple[float, Counter[str]]:
        """Call or come; return the experience and what is counted."""
        p, mark, service = self.model.parameters, self.model.mark, need.service
        owner = self.model.owner(service)
        service.week[channel] += 1
        seen = Counter(transactions=1, contacts_other=1)
        if channel == COUNTER:
            mark("counter")
        elif u_abandon < p.abandonment * owner.wait:
            mark("hung up and called again")
            seen.update(contacts_failure=1)
        else:
            mark("phone")
        experience = rules.experience_offline(
            p.offline_experience, owner.wait, p.offline_wait_cost, owner.delay, p.patience
        )
        need.offline_habit = rules.moved(need.offline_habit, 1.0, p.habit_learning)
        need.habit = rules.moved(need.habit, 0.0, p.habit_learning)
        telling = rules.chance_told_by_staff(owner.adopters, p.staff_steering, service.referral)
        if service.online and u_steer < telling:
            mark("told by order") if service.referral > 0.0 else mark("told by staff")
            need.aware = True
        return experience, seen

    def draws(self, stream: int, service: Service) -> list[float]:
        """Return this week's four uniforms for a service."""
        return self.model.draws(self.number, stream, service.number)


# ---------------------------------------------------------------- staff


class StaffMember(mesa.Agent):
    """The holder of a post: ADKAR levels, adoption, fatigue."""

    ADKAR = ("awareness", "desire", "knowledge", "ability", "reinforcement")

    awareness = Level()
    desire = Level()
    knowledge = Level()
    ability = Level()
    reinforcement = Level()
    fatigue = Level()
    resistance = Level()

    def __init__(self, model: Council, number: int, role: str, department: Department) -> None:
        super().__init__(model)
        self.number, self.role, self.department = number, role, department
        self.generation = 0
        self.arrive()
        self.seen_adopted = False
        self.colleagues: list[StaffMember] = []
        self.productive_minutes = 0.0
        self.joined = False  # took part in co-design this week
        department.staff.append(self)

    @property
    def attention(self) -> float:
        """What champions among colleagues give; each divides hers among her ties."""
        strength = self.model.levers.champions
        total = 0.0
        for colleague in self.colleagues:
            if strength[colleague.number] > 0.0:
                conviction = 1.0
                if not colleague.seen_adopted:
                    self.model.mark("a champion who has not adopted")
                    conviction = self.model.parameters.unconvinced
                given = float(strength[colleague.number]) * conviction
                total += given / float(len(colleague.colleagues))
        return total

    @property
    def barrier(self) -> str | None:
        """The first weak ADKAR element."""
        mark = self.model.mark
        levels = (getattr(self, name) for name in self.ADKAR)
        first = rules.barrier(*levels, self.model.parameters.barrier_threshold)
        if first == len(self.ADKAR):
            mark("no barrier")
            return None
        return self.ADKAR[first]

    def is_untrained(self) -> bool:
        """Return whether the holder knows too little to work the new way."""
        return self.knowledge < self.model.parameters.enough_knowledge

    def live_week(self) -> None:
        """Stay and change, or leave the post to someone new; then give what time is left."""
        p, mark, department = self.model.parameters, self.model.mark, self.department
        u_leave, u_train, u_change, _ = self.model.draws(self.number, STAFF_WEEK, self.generation)
        hours = float(self.model.levers.champion_hours[self.number])
        if hours > 0.0:
            mark("champion's hours")
        lever = department.staff_levers[self.role]
        if lever.hours > 0.0:
            mark("hours for the programme")
        lost = 60.0 * (hours + lever.hours)
        self.joined = False
        leaving = rules.chance_leaving(p.turnover, department.stress, p.turnover_stress)
        was = self.adopted
        if was:
            department.going.append(leaving)
        if u_leave < leaving:
            mark("left")
            self.model.count("staff", department.number, "leavers")
            self.generation += 1
            self.arrive()
        else:
            helped = False
            if lever.engagement > 0.0 or lever.support > 0.0:
                u_join, u_help, _, _ = self.model.draws(
                    self.number, STAFF_PROGRAMME, self.generation
                )
                if u_join < lever.engagement:
                    mark("staff take part in co-design")
                    self.joined = True
                    effect = p.engagement_effect * department.focus
                    self.resistance = rules.moved(self.resistance, 0.0, effect)
                    lost += 60.0 * lever.engagement_hours / lever.engagement
                if u_help < lever.support:
                    mark("works the new way alone") if self.adopted else mark(
                        "is helped on the job"
                    )
                    helped = not self.adopted
            levels, hours = self.learn(lever, u_train, helped)
            lost += 60.0 * hours
            self.decide(levels, u_change)
            for name, level in levels.items():
                setattr(self, name, level)
        productivity = rules.productivity(self.ability, p.dip, department.disruption)
        if lost > department.minutes:
            mark("no time left for work")
        self.productive_minutes = max(0.0, department.minutes - lost) * productivity

    def arrive(self) -> None:
        """Begin as a newcomer: untrained, with a resistance of one's own."""
        p = self.model.parameters
        drawn = self.model.draws(self.number, STAFF_START, when=self.generation)
        a, b, c, d = (u - 0.5 for u in drawn)

        def within(level: float) -> float:
            return min(1.0, max(0.0, level))

        self.resistance = within(self.department.resistance + 0.5 * a)
        self.awareness = within(p.newcomer_awareness + 0.4 * b)
        self.knowledge = within(p.newcomer_knowledge + 0.2 * c)
        self.ability = within(p.newcomer_knowledge + 0.2 * d)
        self.desire = rules.openness(self.resistance, p.unasked_desire)
        self.reinforcement = self.fatigue = 0.0
        self.adopted = False

    def learn(
        self, lever: SimpleNamespace, u_train: float, helped: bool
    ) -> tuple[dict[str, float], float]:
        """Return the levels after the week, in full precision, and hours spent in training."""
        p, mark, department = self.model.parameters, self.model.mark, self.department
        focus = department.focus
        peers = 0.0
        if self.colleagues:
            peers = sum(c.seen_adopted for c in self.colleagues) / len(self.colleagues)
        attention = rules.saturated(self.attention * focus)
        sponsored = department.sponsorship[self.role] * focus
        practising = 1.0
        if not self.adopted:
            practising = min(1.0, p.coaching * attention)
            if practising > 0.0:
                mark("is coached")
            if helped:
                practising = max(practising, p.support_practice * focus)

        self.trained = False
        knowledge, hours = self.train(
            lever, rules.moved(self.knowledge, 1.0, p.peer_learning * peers), u_train
        )
        ability = self.ability
        if self.trained:
            ability = rules.practised(ability, knowledge, p.transfer)
        ability = rules.practised(ability, knowledge, p.practice * practising)
        if department.disruption > 0.0:
            mark("breaks in new tools")
            ability = rules.broken_in(ability, knowledge, p.break_in, department.disruption)
        if not self.adopted:
            idle = max(0.0, 1.0 - practising) * (1.0 - department.disruption)
            ability = rules.decayed(ability, p.ability_forgetting, idle)
        wanted = rules.desire_target(
            rules.openness(self.resistance, p.unasked_desire),
            peers, p.peer_weight,
            attention, p.champion_weight,
            min(1.0, department.wins + department.showcase), p.win_weight,
            department.stress, p.stress_weight,
            self.fatigue, p.fatigue_weight,
            sponsored, p.sponsorship_weight,
        )  # fmt: skip
        if lever.exposure > 0.0:
            mark("is told")
        told = focus * rules.exposure_sponsored(
            lever.exposure, sponsored, p.sponsorship_amplification
        )
        if lever.recognition > 0.0:
            mark("is recognised in a review")
        recognition = rules.recognised(
            department.managers_adopted, p.recognition, sponsored, p.sponsorship_recognition,
            lever.recognition * focus, p.review_recognition,
        )  # fmt: skip
        strain = department.disruption + p.overload_strain * department.overload
        if self.trained:
            strain += hours / 40.0
        return {
            "awareness": rules.awareness_updated(
                self.awareness, told, peers, p.staff_talk, p.staff_forgetting
            ),
            "desire": rules.moved(self.desire, wanted, p.desire_rate),
            "knowledge": knowledge,
            "ability": ability,
            "reinforcement": rules.reinforcement_updated(
                self.reinforcement, recognition, p.reinforcement_fading
            ),
            "fatigue": rules.fatigue_updated(
                self.fatigue, strain, p.fatigue_rate, p.fatigue_recovery
            ),
        }, hours

    def train(
        self, lever: SimpleNamespace, knowledge: float, u_train: float
    ) -> tuple[float, float]:
        """Get a seat if there is one, or forget; return knowledge and hours in training."""
        p, mark = self.model.parameters, self.model.mark
        offered = lever.training + lever.training_focus
        if knowledge < p.enough_knowledge and offered > 0.0:
            chance = lever.training
            if lever.training_focus > 0.0 and self.barrier == "knowledge":
                mark("seats first for those whom knowledge blocks")
                chance = offered
            if u_train < chance:
                mark("got a seat")
                self.trained = True
                gain = lever.training_gain / offered * self.department.focus
                return rules.moved(knowledge, 1.0, gain), lever.training_hours / offered
            mark("got no seat")
        if self.adopted:
            mark("keeps knowledge by using it")
            return rules.learned_on_the_job(knowledge, p.adopter_level, p.job_learning), 0.0
        return rules.decayed(knowledge, p.knowledge_forgetting, 1.0), 0.0

    def decide(self, levels: dict[str, float], u_change: float) -> None:
        """Adopt, go back, or stay."""
        p, mark = self.model.parameters, self.model.mark
        if self.adopted:
            stress = self.department.stress
            chance = rules.chance_relapsing(levels["reinforcement"], stress, p.relapse)
            self.department.going.append(chance)
            if u_change < chance:
                mark("went back")
                self.adopted = False
            return
        elements = [levels[name] for name in ("awareness", "desire", "knowledge", "ability")]
        if not self.department.digital:
            mark("nothing is online yet")
            readiness = slope = 0.0
        elif self.model.plan.structure.readiness == "ces":
            mark("readiness as a CES mean")
            readiness = rules.readiness_ces(*elements, p.strictness, p.blocking_level)
            slope = p.adoption_slope_ces
        else:
            mark("readiness as a product")
            readiness = rules.readiness_product(*elements)
            slope = p.adoption_slope_product
        self.department.open.append(1.0 - rules.chance_adopting(readiness, 0.0, slope))
        if u_change < rules.chance_adopting(readiness, self.department.support, slope):
            mark("adopted")
            self.adopted = True

    def have_adopted(self) -> None:
        """Begin as someone who has long been working the new way."""
        p = self.model.parameters
        luck = self.model.draws(self.number, STAFF_START, event=1, when=0)[1]
        level = min(1.0, max(0.0, p.adopter_level + 0.2 * (luck - 0.5)))
        self.awareness = 1.0
        self.desire = max(level, self.desire)
        self.knowledge = self.ability = self.reinforcement = level
        self.adopted = True

    def publish(self) -> None:
        """Let colleagues see, from next week on, who works the new way."""
        self.seen_adopted = self.adopted


# ---------------------------------------------------------------- the council


class Observed:
    """What interventions may see, asked of the agents."""

    def __init__(self, model: Council) -> None:
        self.model = model
        self.segments = model.segments
        self.weight = model.world.weight
        self.post_weight = model.world.post_weight
        self.memory: dict[Any, Any] = {}
        self.intensity: dict[str, float] = {}
        self.goals = model.plan.goals
        self.info = run_info(model.plan)
        self.hourly_cost = np.array([d.hourly_cost for d in model.plan.departments.values()])
        self.owner = np.array([unit.number for unit in model.owners])
        self.staff_department = np.array([person.department.number for person in model.staff])
        self.staff_role = np.array([ROLES.index(person.role) for person in model.staff])
        self.residents = np.zeros((PROFILES, len(self.segments.wards)), np.int64)
        for resident in model.residents:
            self.residents[resident.profile, resident.ward] += 1

    @property
    def week(self) -> int:
        return self.model.week

    @property
    def needs(self) -> Any:
        return self.demand("needs")

    @property
    def needing_help(self) -> Any:
        return self.demand("help")

    def demand(self, of: str) -> Any:
        """Return last week's needs of a sort, (PROFILES, wards)."""
        cells = np.zeros_like(self.residents)
        for (sort, profile, ward), amount in self.model.demand.items():
            if sort == of:
                cells[profile, ward] = amount
        return cells

    @property
    def staff(self) -> Any:
        return self.posts(lambda person: True)

    @property
    def staff_untrained(self) -> Any:
        return self.posts(lambda person: person.is_untrained())

    @property
    def staff_blocked(self) -> Any:
        return self.posts(lambda p: p.is_untrained() and p.barrier == "knowledge")

    @property
    def staff_unpractised(self) -> Any:
        return self.posts(lambda person: not person.adopted)

    def posts(self, counts: Callable[[StaffMember], bool]) -> Any:
        """Return how many posts count, by department and role."""
        cells = np.zeros((len(self.model.departments), len(ROLES)), np.int64)
        for person in self.model.staff:
            if counts(person):
                cells[person.department.number, ROLES.index(person.role)] += 1
        return cells

    @property
    def live(self) -> Any:
        return np.array([service.online for service in self.model.services])

    @property
    def success(self) -> Any:
        return np.array([service.success for service in self.model.services])

    @property
    def insight(self) -> float:
        return self.model.insight

    @property
    def staff_insight(self) -> Any:
        return np.array([unit.insight for unit in self.model.departments])

    @property
    def message_fit(self) -> float:
        return 1.0 + self.model.parameters.message_fit * self.model.insight

    @property
    def staff_message_fit(self) -> Any:
        fit = self.model.parameters.message_fit
        return np.array([1.0 + fit * unit.insight for unit in self.model.departments])

    @property
    def prevented(self) -> float:
        return self.model.parameters.incident_prevention * self.model.protection

    @property
    def mitigated(self) -> float:
        return self.model.parameters.incident_mitigation * self.model.protection

    def kpi(self, name: str, group: str = "all", weeks: int = 4) -> float:
        """Return a KPI as results would give it for one long week."""
        first = max(0, self.week - weeks)
        if first == self.week:
            self.model.mark("no week to measure yet")
            return float("nan")
        self.model.mark("a goal is measured")
        recorded = self.model.counters
        tables = {
            field.name: getattr(recorded, field.name)[first : self.week].sum(axis=0)[None]
            for field in fields(recorded)
            if field.name != "post_weight"
        }
        long_week = Counters(**tables, post_weight=recorded.post_weight)
        column = all_groups(self.info).index(group)
        value = float(summarise(long_week, self.info)[name][0, column])
        return value / (self.week - first) if name in ADDED_UP else value

    def due(self, goal: Goal) -> int:
        if isinstance(goal.by, int):
            return goal.by
        return (goal.by - self.model.plan.run.start).days // 7

    def staff_ties(self) -> tuple[Any, Any]:
        offsets = np.cumsum([0, *(len(person.colleagues) for person in self.model.staff)])
        ties = [c.number for person in self.model.staff for c in person.colleagues]
        return offsets, np.array(ties, dtype=np.int64)

    def draw(self, agents: Any, stream: int, event: int = 0) -> Any:
        draws = self.model.draws
        return np.array([draws(int(a), stream, event=event, when=0)[0] for a in agents])

    def betweenness(self) -> Any:
        import igraph

        ties = [
            (person.number, colleague.number)
            for person in self.model.staff
            for colleague in person.colleagues
            if person.number < colleague.number
        ]
        graph = igraph.Graph(len(self.model.staff), ties)
        return np.array(graph.betweenness(directed=False, cutoff=3))


class Council(mesa.Model):
    """A place, its residents and its staff, from the warm-up to the last week.

    Args:
        plan: the scenario.
        world: its world; nothing of it is written.
        rng: seed of the order in which agents are visited, which must not matter.
    """

    def __init__(self, plan: Scenario, world: World, rng: int = 0) -> None:
        super().__init__(rng=rng)
        self.plan, self.world = plan, world
        self.today_plan = plan.root()
        today = self.today_plan.services.values()
        self.stated = [service.take_up for service in today]
        self.yearly = [service.yearly_volume for service in today]
        self.key = world.seed, world.replicate
        self.segments: Segments = world.segments
        self.parameters = SimpleNamespace(**plan.parameter_values())
        self.week = -world.warm_up  # of the run
        self.sweep: int | None = None  # of staff's long weeks before
        self.visited: set[str] = set()
        self.book: Counter[tuple[str, int, str]] = Counter()
        self.counters = self.blank_counters()
        self.met = world.acquaintances
        self.talk_of_the_town: list[list[int]] = []
        self.needs: dict[int, list[Service]] = {}
        self.news: list[tuple[Use, Story]] = []  # of the week
        self.demand: Counter[tuple[str, int, int]] = Counter()  # of the week, by profile and ward
        self.alarm = self.protection = self.insight = 0.0

        self.begin()
        self.levers = Levers(self.segments, len(self.staff))
        self.let_staff_come_and_go()
        self.observed = Observed(self)
        programme = programme_order(plan.programme)
        reviews = [item for item in programme if item[1].kind == "review"]
        # What reviews decide holds from the same week on.
        self.programme = [*reviews, *(item for item in programme if item not in reviews)]
        self.shocks = programme_order(plan.shocks)
        self.exposure = np.zeros_like(self.levers.exposure)
        self.courses = [np.zeros_like(self.levers.lessons)]  # cumulative, by week of the calendar
        self.course_gains = [np.zeros_like(self.levers.lessons)]
        self.reminder = np.zeros_like(self.levers.exposure)
        self.warm_up()

    @property
    def today(self) -> int:
        """Week of the calendar, 0 at the start of the warm-up."""
        if self.sweep is not None:
            return LONG_AGO + self.sweep
        return self.week + self.world.warm_up

    def begin(self) -> None:
        """Make services, departments and agents in the state that the warm-up starts from."""
        plan, world = self.plan, self.world
        values = parameter_record(plan.parameter_values(), plan.structure.readiness)
        state = start(self.today_plan, world, values)
        self.service_records = state.services
        self.trend = trend_of(plan, values, world.seed, world.replicate)
        self.departments = [
            Department(self, number, record) for number, record in enumerate(state.departments)
        ]
        for unit, stated in zip(self.departments, plan.departments.values(), strict=True):
            unit.minute_cost = stated.hourly_cost / 60.0
        self.services = [
            Service(self, number, record, plan.planned_week(name))
            for number, (name, record) in enumerate(zip(plan.services, state.services, strict=True))
        ]
        self.owners = [self.departments[int(d)] for d in state.services["department"]]
        for service in self.services:
            self.owner(service).services.append(service)

        people = world.citizens[:-1]
        self.residents = [
            Resident(self, number, traits, record)
            for number, (traits, record) in enumerate(zip(people, state.citizens, strict=True))
        ]
        for person in self.residents:
            first, last = (int(world.citizens["ties"][person.number + end]) for end in (0, 1))
            person.friends = [self.residents[friend] for friend in world.ties[first:last]]
            row = person.number * len(self.services)
            person.uses = [
                Use(state.uses[row + k], int(state.published[row + k]), person.forgotten)
                for k in range(len(self.services))
            ]
        posts = world.posts[:-1]
        self.staff = [
            StaffMember(self, number, ROLES[post["role"]], self.departments[post["department"]])
            for number, post in enumerate(posts)
        ]
        for holder in self.staff:
            first, last = (int(world.posts["ties"][holder.number + end]) for end in (0, 1))
            holder.colleagues = [self.staff[other] for other in world.post_ties[first:last]]
        # Mesa 3.3 counts agents in a table of its class that keeps every model alive for ever.
        getattr(mesa.Agent, "_ids", {}).pop(self, None)

    def owner(self, service: Service) -> Department:
        """Return the department that owns a service."""
        return self.owners[service.number]

    def warm_up(self) -> None:
        """Run up to week 0, correcting the constants of services every quarter."""
        stated = np.array(self.stated)
        counted = np.zeros((len(self.services), len(CITIZEN)), np.int64)
        quarters = 0
        while self.week < 0:
            self.step()
            for (table, group, name), amount in self.book.items():
                if table == "service":
                    counted[group, CITIZEN.index(name)] += amount
            if self.week % QUARTER == 0:
                if self.week > -self.world.warm_up // 2:
                    quarters += 1
                    settle(self.service_records, stated, counted, 1.0 / quarters)
                    self.read_constants()
                counted[:] = 0
        residents = self.plan.place.residents
        used = sum(
            volume / (52.0 * residents) * share * float(service.online)
            for service, volume, share in zip(self.services, self.yearly, self.stated, strict=True)
        )
        self.recent = 1.0 - exp(-52.0 * used)
        expect_of_new(self)
        for department in self.departments:
            department.support = department.hazard(department.flows)
        for service in self.services:
            service.own_reach = service.reach

    def let_staff_come_and_go(self) -> None:
        """Let staff live some years of long weeks, with adoption held where it is stated."""
        ordinary = vars(self.parameters)
        fast = {name: ordinary[name] * LONG for name in HAZARDS_OF_WORK}
        fast |= {name: min(1.0, ordinary[name] * LONG) for name in STEPS_OF_WORK}
        for department in self.departments:
            department.digital = any(service.online for service in department.services)
            for role, column in zip(ROLES, range(len(ROLES)), strict=True):
                lever = pulled(self.levers.staff[department.number, column])
                department.staff_levers[role] = lever
            lottery = sorted(
                department.staff,
                key=lambda person: self.draws(person.number, STAFF_START, event=1, when=0)[0],
            )
            for person in lottery[: department.held]:
                person.have_adopted()
        staff = self.agents_by_type[StaffMember]
        staff.do("publish")
        self.parameters = SimpleNamespace(**{**ordinary, **fast})
        for self.sweep in range(SWEEPS):
            staff.shuffle_do("live_week")
            for department in self.departments:
                department.be_supported(float(LONG))
            staff.do("publish")
            for department in self.departments:
                department.count_staff()
        self.sweep = None
        self.parameters = SimpleNamespace(**ordinary)

    def read_constants(self) -> None:
        """Let services know what of their preference is found out."""
        for service, record in zip(self.services, self.service_records, strict=True):
            service.constant_online = float(record["constant_online"])
            service.reach = float(record["reach"])

    def run(self) -> Counters:
        """Run the weeks that are left and return what was recorded."""
        while self.week < self.plan.run.weeks:
            self.step()
        return self.counters

    def change(self) -> None:
        """Let what the plan says hold, where until now it was what today's facts say."""
        plan, today = self.plan, self.today_plan
        work: Counter[int] = Counter()
        for service, name in zip(self.services, plan.services, strict=True):
            before, after = today.services[name], plan.services[name]
            for field in ("usability", "own_usability"):
                moved = getattr(service, field) + (after.usability - before.usability)
                setattr(service, field, min(1.0, max(0.0, moved)))
            service.complexity, service.straight_through = after.complexity, after.straight_through
            service.uptime = after.availability
            service.constant_phone = float(np.log(after.phone_share))
            service.constant_counter = float(np.log(1.0 - after.phone_share))
            service.minutes_digital, service.minutes_rekeying = (
                after.minutes.digital, after.minutes.rekeying,
            )  # fmt: skip
            service.minutes_phone = after.minutes.phone
            service.minutes_counter = after.minutes.counter
            work[self.owner(service).number] += after.yearly_volume * after.minutes.phone
        for service, name in zip(self.services, plan.services, strict=True):
            after = plan.services[name]
            own = after.yearly_volume * after.minutes.phone
            service.work_share = own / work[self.owner(service).number]
        for unit, department in zip(self.departments, plan.departments.values(), strict=True):
            unit.minutes = department.weekly_hours * 60.0

    def step(self) -> None:
        """Live one week."""
        if self.week == self.plan.change_week() and self.plan != self.today_plan:
            self.mark("a plan changes what holds today")
            self.change()
        self.book.clear()
        self.let_programme_act()
        self.let_needs_arise()
        for department in self.departments:
            department.feel_change()
            department.be_led()
        for service in self.services:
            service.be_moved()
            service.be_run()
        self.build_up()
        residents, staff = self.agents_by_type[Resident], self.agents_by_type[StaffMember]

        residents.shuffle_do("meet_needs")
        for department in self.random.sample(self.departments, len(self.departments)):
            department.work_week()
        staff.shuffle_do("live_week")

        for use, story in self.news:  # friends hear it from next week on
            use.told = story
        self.news.clear()
        for department in self.departments:
            if self.week < 0:
                department.be_supported(1.0)
            if self.week == -1:
                department.be_as_stated()
        staff.do("publish")
        for department in self.departments:
            department.count_staff()
        if self.week >= 0:
            self.take_stock()
            self.close_book()
        self.week += 1

    def let_programme_act(self) -> None:
        """Set this week's levers, and keep what works on later weeks."""
        self.levers.reset()
        if self.week >= 0:
            for _, shock in self.shocks:
                if self.is_on(shock):
                    self.mark("a shock")
                    shock.act(self.week - self.first_week(shock), self.observed, self.levers)
            for name, intervention in self.programme:
                if self.is_on(intervention):
                    factor = self.levers.funding
                    if factor < 1.0:
                        self.mark("money is short")
                    if name in self.observed.intensity:
                        self.mark("a review has changed the dose")
                        factor *= self.observed.intensity[name]
                    week = self.week - self.first_week(intervention)
                    intervention.at(factor).act(week, self.observed, self.levers)
            self.count("place", 0, "programme_cost", round(self.levers.cost * 100.0))
            self.count("place", 0, "incidents", round(self.levers.incidents))
        self.exposure = (
            self.exposure * exp(-self.parameters.awareness_forgetting) + self.levers.exposure
        )
        self.courses.append(self.courses[-1] + self.levers.lessons)
        self.course_gains.append(self.course_gains[-1] + self.levers.lesson_gains)
        self.reminder = (
            self.reminder * exp(-self.parameters.message_forgetting) + self.levers.exposure
        )

    def first_week(self, event: Event) -> int:
        """Return the week of the run in which an intervention or a shock starts."""
        return self.plan.weeks_of(event)[0]

    def is_on(self, event: Event) -> bool:
        """Return whether an intervention or a shock runs this week."""
        first, after = self.plan.weeks_of(event)
        return first <= self.week < after

    def build_up(self) -> None:
        """Let what the council knows, guards against and is feared for build up and fade."""
        p, levers = self.parameters, self.levers
        if levers.audit > 0.0:
            self.mark("residents are audited")
        self.insight = rules.insight_updated(self.insight, levers.audit, p.insight_ageing)
        if levers.protection > 0.0:
            self.mark("threat data are shared")
        self.protection = rules.moved(
            self.protection, rules.saturated(levers.protection), p.protection_rate
        )
        if levers.alarm > 0.0:
            self.mark("alarm")
        elif self.alarm > 0.0:
            calmed = levers.calming > 0.0
            self.mark("alarm is calmed") if calmed else self.mark("alarm fades")
        self.alarm = rules.alarm_updated(
            self.alarm, levers.alarm, p.alarm_fading, p.calming * rules.saturated(levers.calming)
        )

    def let_needs_arise(self) -> None:
        """Read whose needs arise this week, and what the town says of the services."""
        world = self.world
        slots = range(*(int(n) for n in world.calendar[self.today : self.today + 2]))
        self.needs = {}
        for slot in slots:
            service = self.services[world.need_service[slot]]
            self.needs.setdefault(int(world.need_citizen[slot]), []).append(service)
        self.demand.clear()
        for service in self.services:
            service.week.clear()
        if self.met > 0:
            told = [[use.told for use in resident.uses] for resident in self.residents]
            self.talk_of_the_town = [
                [story.experience for story in stories if story and self.today < story.until]
                for stories in zip(*told, strict=True)
            ]

    def take_stock(self) -> None:
        """Count the states that residents are in; an alarm is felt by everyone alike."""
        people = self.residents
        states = {
            "citizens": [1] * len(people),
            "adopters": [person.is_adopter() for person in people],
            "in_need": [person.is_in_need() for person in people],
            "trust": [fixed(person.trust) for person in people],
            "participants": [person.is_participant() for person in people],
        }
        for table, groups, number in (
            ("stock_profile", [person.profile for person in people], PROFILES),
            ("stock_ward", [person.ward for person in people], len(self.segments.wards)),
        ):
            for name, amounts in states.items():
                # Sums of whole numbers below 2⁵³, and so exact.
                for group, amount in enumerate(np.bincount(groups, amounts, number).tolist()):
                    if name == "trust":
                        amount = rules.trust_felt(amount, self.alarm) + 0.5
                    self.count(table, group, name, int(amount))

    def count(self, table: str, group: int, name: str, amount: int = 1) -> None:
        """Count something that happened this week."""
        self.book[table, group, name] += amount

    def close_book(self) -> None:
        """Carry the week's counts over into the tables of the run."""
        for (table, group, name), amount in self.book.items():
            row = getattr(self.counters, table)[self.week]
            cells = row if table == "place" else row[group]
            cells[NAMES[table].index(name)] = amount

    def blank_counters(self) -> Counters:
        """Return tables of zeros."""
        segments, weeks = self.segments, self.plan.run.weeks
        groups: dict[str, tuple[int, ...]] = {
            "profile": (PROFILES,),
            "ward": (len(segments.wards),),
            "service": (len(segments.services),),
            "stock_profile": (PROFILES,),
            "stock_ward": (len(segments.wards),),
            "work": (len(segments.services),),
            "staff": (len(segments.departments),),
            "place": (),
        }
        return Counters(
            **{
                table: np.zeros((weeks, *shape, len(NAMES[table])), np.int64)
                for table, shape in groups.items()
            },
            post_weight=self.world.post_weight,
        )

    def draws(
        self, agent: int, stream: int, code: int = 0, event: int = 0, when: int | None = None
    ) -> list[float]:
        """Return four uniforms, the same whenever they are asked for by the same address.

        All draws of the model are taken here, so that another source can take its place.

        Args:
            agent: number of whom or what they are for.
            stream: what they decide, from `takeup.model.week.draws`.
            code: a service or another small number.
            event: tells apart what happens to an agent at one time.
            when: what stands in the place of the week: 0 for what never changes, or the generation
                of staff on arrival. Without it the draws are this week's.
        """
        time = self.today if when is None else when
        words = philox(agent, time, stream | code << SERVICE_SHIFT, event, *self.key)
        return [uniform(word) for word in words]

    def mark(self, branch: str) -> None:
        """Note that a branch was visited."""
        self.visited.add(branch)
