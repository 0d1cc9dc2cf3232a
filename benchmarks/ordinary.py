"""The same model as an ordinary user of Mesa would write it: plain objects, Mesa's own generator.

One agent per resident and per member of staff, activated with `shuffle_do` every week, on the same
world, equations and programme as the kernels. It is meant to be good Python: neighbours are cached
lists, what fades between needs is computed at the need, weekly tables are lists before they are
read, news is passed on by those who have some. It leaves out what would only slow it down, such as
addressed draws and counters by group, so it is not equal to the kernels in any bit, only in what it
describes; `ordinary_take_up` of `speed.py` checks that.

Without counters by group there are no KPIs that reviews could read: here they recognise what was
achieved, and leave the doses of a programme as they are.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby
from math import exp
from types import SimpleNamespace
from typing import Any

import mesa
import numpy as np
from mesa.agent import AgentSet

from takeup.model.run.start import expect_of_new, settle, start
from takeup.model.week import rules
from takeup.model.week.records import parameter_record
from takeup.model.world.world import World
from takeup.programme import Goal, Levers, programme_order
from takeup.programme.segments import AGES, PROFILES, ROLES
from takeup.scenario.schema.scenario import Scenario

YEAR, QUARTER = 52, 13
ONLINE, PHONE, COUNTER = 0, 1, 2
MANAGER = ROLES.index("manager")
UNAVAILABLE = -1e9  # utility of a channel that cannot be chosen
KNOWLEDGE_BLOCKS = 2


def pulled(levers: Any) -> Any:
    """Return records of levers as plain objects, quick to read."""
    if levers.ndim:
        return [pulled(lever) for lever in levers]
    return SimpleNamespace(**dict(zip(levers.dtype.names, levers.item(), strict=True)))


def seen(success: float, felt: float, visits: int) -> float:
    """Return visible success after a week of online visits."""
    return rules.moved(success, max(0.0, 2.0 * felt / visits - 1.0), 0.25)


class Service:
    """A service, and what happened to it this week."""

    def __init__(self, number: int, record: Any, department: Department) -> None:
        self.number, self.department = number, department
        for name in record.dtype.names:
            if name not in ("department", "opened"):
                setattr(self, name, float(record[name]))
        self.opened: int | None = None
        self.begin_week()

    def begin_week(self) -> None:
        """Put the counts of the week to zero."""
        self.needs = self.transactions = self.online = self.given_up = 0
        self.cases = [0, 0, 0]
        self.long_calls = self.more_calls = self.help_calls = self.error_calls = self.visits = 0
        self.felt = 0.0
        self.takers_part = 0

    def improve(self, lever: Any) -> None:
        """Let an agency design it, or what it did not hand over erode."""
        p = self.department.model.parameters
        if lever.design > 0.0:
            better = rules.usability_designed(self.usability, p.best_usability, lever.design)
            self.own_usability += lever.design_kept / lever.design * (better - self.usability)
            self.usability = better
        elif self.usability > self.own_usability:
            self.usability = rules.reverted(
                self.usability, self.own_usability, p.design_erosion, 1.0
            )

    def come_online(self, lever: Any, week: int) -> None:
        """Get on towards the launch, and go online if it is due."""
        p = self.department.model.parameters
        self.codesign += self.joined + self.department.joined
        self.ahead += lever.delivery
        if lever.launch > 0.0 or week + self.ahead >= self.planned:
            self.live, self.opened = True, week
            better = rules.usability_at_launch(
                self.usability, p.best_usability, p.codesign_gain, self.codesign,
                p.codesign_people, p.standard_gain, lever.standard,
            )  # fmt: skip
            self.own_usability += better - self.usability
            self.usability = better

    def be_run(self, lever: Any) -> None:
        """Let the levers decide how it is offered and talked about this week."""
        p = self.department.model.parameters
        self.availability = self.uptime * (1.0 - lever.outage)
        self.steering = p.steering_weight * rules.saturated(lever.steering)
        self.referral = lever.referral
        self.closed = lever.closed
        self.publicity = p.publicity_weight * rules.saturated(lever.publicity)
        if lever.publicity > 0.0:
            self.shown = rules.experience_shown(lever.publicity_shown / lever.publicity)

    def minutes(self, channel: int) -> float:
        """Return staff minutes of a case."""
        if channel == ONLINE:
            adopters = self.department.adopters
            return adopters * self.minutes_digital + (1.0 - adopters) * self.minutes_rekeying
        return self.minutes_phone if channel == PHONE else self.minutes_counter


@dataclass(slots=True)
class Cohort:
    """Cases that came in together."""

    service: Service
    channel: int
    week: int
    cases: int


@dataclass(slots=True)
class Use:
    """What a resident remembers of a service, and what neighbours hear of it."""

    expectation: float
    habit: float
    offline_habit: float
    aware: bool
    luck: float  # who hears of a campaign
    last_need: int = -1
    told: float = 0.0
    told_until: int = -1


class Citizen(mesa.Agent):
    """A resident: traits, skill gained, trust, satisfaction, and a memory of every service."""

    def __init__(self, model: Council, row: int, traits: Any, state: Any) -> None:
        super().__init__(model)
        codes = model.world.segments.profiles
        self.row = row
        self.profile, self.ward = int(traits["profile"]), int(traits["ward"])
        self.age = int(codes["age"][self.profile]) / (len(AGES) - 1.0)
        self.has_access = bool(codes["access"][self.profile])
        self.own_skill, self.own_trust = float(traits["skill"]), float(traits["trust"])
        self.innovativeness = (float(traits["innovativeness"]) + 0.5) / 65536.0
        self.gain = 0.0
        self.trust = self.own_trust
        self.satisfaction = float(state["satisfaction"])
        self.last_need = -1
        self.last_online = self.took_part = -YEAR
        # What is assumed of the year before the start is forgotten in the course of the first.
        self.user_until = row % YEAR if int(state["online_week"]) == -2 else -1
        self.friends: list[Citizen] = []
        self.uses: list[Use] = []

    def step(self) -> None:
        """Meet the needs of the week."""
        for service in self.model.needs.get(self.row, ()):
            self.meet(service)

    def meet(self, service: Service) -> None:
        """Ask around, choose a channel, try it, and learn from it."""
        model, p, random = self.model, self.model.parameters, self.random.random
        use, week = self.uses[service.number], self.model.today
        weeks = float(week - self.last_need)
        unused = float(week - use.last_need)
        self.gain = rules.decayed(self.gain, p.skill_forgetting, weeks)
        self.trust = rules.reverted(self.trust, self.own_trust, p.trust_reversion, weeks)
        if model.lessons:
            self.recall_lessons()
        use.habit = rules.decayed(use.habit, p.habit_forgetting, unused)
        use.offline_habit = rules.decayed(use.offline_habit, p.habit_forgetting, unused)

        model.asking[self.profile][self.ward] += 1
        assisted = bool(service.live) and self.finds_help()
        online = counter = UNAVAILABLE
        if service.live:
            online = self.consider_online(service, use, unused, assisted)
        wait = service.department.wait
        offline = (
            self.age, p.age_weight, use.offline_habit, p.habit_weight, wait, p.wait_weight,
        )  # fmt: skip
        phone = rules.utility_offline(service.constant_phone, *offline)
        if not service.closed:
            counter = rules.utility_offline(service.constant_counter, *offline)
        channel = rules.channel(random(), online, phone, counter)
        service.needs += 1
        if channel == ONLINE:
            experience = self.go_online(service, use, assisted)
            use.expectation = rules.learned(
                use.expectation, experience, p.experience_learning, p.negativity
            )
            self.gain = rules.moved(self.gain, 1.0 - self.own_skill, p.skill_learning)
            model.news.append((use, use.expectation))
        else:
            experience = self.ask_staff(service, use, channel)
        surprise = experience - self.satisfaction
        self.trust = rules.trust_updated(self.trust, surprise, p.trust_learning, p.negativity)
        self.satisfaction = rules.learned(
            self.satisfaction, experience, p.experience_learning, p.negativity
        )
        self.last_need = use.last_need = week
        invited = model.invitation[self.profile][self.ward]
        drawn = random()
        if drawn < rules.chance_taking_part(invited, p.feedback):
            self.took_part = week
            service.takers_part += drawn < invited

    def finds_help(self) -> bool:
        """Return whether someone who cannot well go online alone finds a session free."""
        model = self.model
        if self.has_access and self.own_skill + self.gain >= model.parameters.assisted_below:
            return False
        model.asking_help[self.profile][self.ward] += 1
        free = model.assistance[self.profile][self.ward]
        return free > 0.0 and self.random.random() < free

    def recall_lessons(self) -> None:
        """Have been trained since the last need, or not."""
        now, then = self.model.lessons[-1], self.model.lessons[self.last_need + 1]
        profile, ward = self.profile, self.ward
        hazard = now[0][profile][ward] - then[0][profile][ward]
        if hazard > 0.0 and self.random.random() < rules.chance_of_exposure(hazard):
            gain = (now[1][profile][ward] - then[1][profile][ward]) / hazard
            self.gain = rules.moved(self.gain, 1.0 - self.own_skill, gain)

    def consider_online(self, service: Service, use: Use, unused: float, assisted: bool) -> float:
        """Ask around, and return the utility of the online channel."""
        model, p, k, week = self.model, self.model.parameters, service.number, self.model.today
        users, told = 0, 0.0
        for friend in self.friends:
            theirs = friend.uses[k]
            if theirs.told_until > week:
                users += 1
                told += theirs.told
        remembered = rules.decayed(1.0, p.awareness_forgetting, unused) if use.aware else 0.0
        found = 0.0
        if self.has_access:
            skill = self.own_skill + self.gain
            found = rules.chance_found(skill, self.user_until > week, p.search, p.portal)
        use.aware = self.random.random() < rules.chance_aware(
            remembered, found, users, p.talk_awareness
        )
        message = 0.0
        if model.exposure:
            exposure = model.exposure[self.profile][self.ward][k]
            if exposure > 0.0 and use.luck < rules.chance_of_exposure(exposure):
                use.aware = True
                if use.luck < rules.chance_of_exposure(model.reminder[self.profile][self.ward][k]):
                    message = 1.0
        share = 0.0
        if users:
            share = users / len(self.friends)
            use.expectation = rules.expectation_heard(
                use.expectation, told / users, users, p.talk_expectation
            )
        if service.publicity > 0.0:
            use.expectation = rules.expectation_shown(
                use.expectation, service.shown, service.publicity
            )
        use.aware = use.aware or assisted
        if not (use.aware and (self.has_access or assisted)):
            return UNAVAILABLE
        return rules.utility_online(
            service.constant_online, use.expectation, p.expectation_weight, share,
            p.influence_weight, rules.trust_felt(self.trust, model.alarm), p.trust_weight,
            use.habit, p.habit_weight, self.innovativeness, p.innovativeness_weight, message,
            p.message_weight, service.steering, p.assistance_weight if assisted else 0.0,
        )  # fmt: skip

    def go_online(self, service: Service, use: Use, assisted: bool) -> float:
        """Try it online and return the experience."""
        p, random, department = self.model.parameters, self.random.random, service.department
        skill = self.own_skill + self.gain
        if assisted:
            skill = rules.moved(skill, 1.0, p.assisted_lift)
        ease = rules.ease(service.usability, service.complexity, skill)
        service.visits += 1
        if random() < rules.chance_completed(ease, p.retry, service.availability):
            delay = 0.0
            by_staff = random() >= service.straight_through
            if by_staff:
                service.cases[ONLINE] += 1
                delay = department.delay + p.adoption_lag * (1.0 - department.adopters)
            if random() < p.help_rate * (1.0 - ease):
                service.help_calls += 1
            experience = rules.experience_online(ease, p.effort_weight, delay, p.patience)
            if by_staff and random() < p.error_contacts * (1.0 - department.adopters):
                experience *= p.error_experience
                service.error_calls += 1
            use.habit = rules.moved(use.habit, 1.0, p.habit_learning)
            use.offline_habit = rules.moved(use.offline_habit, 0.0, p.habit_learning)
            self.last_online = self.model.today
            self.user_until = self.model.today + YEAR
            service.transactions += 1
            service.online += 1
        else:
            experience = p.failure_experience
            calls = int(p.failure_contacts + random())
            if calls:
                service.cases[PHONE] += 1
                service.long_calls += 1
                service.more_calls += calls - 1
                service.transactions += 1
            else:
                service.given_up += 1
        service.felt += experience
        return experience

    def ask_staff(self, service: Service, use: Use, channel: int) -> float:
        """Call or come, and return the experience."""
        p, department = self.model.parameters, service.department
        service.cases[channel] += 1
        service.transactions += 1
        use.offline_habit = rules.moved(use.offline_habit, 1.0, p.habit_learning)
        use.habit = rules.moved(use.habit, 0.0, p.habit_learning)
        if service.live and self.random.random() < rules.chance_told_by_staff(
            department.adopters, p.staff_steering, service.referral
        ):
            use.aware = True
        return rules.experience_offline(
            p.offline_experience, department.wait, p.offline_wait_cost, department.delay, p.patience
        )


class StaffMember(mesa.Agent):
    """The holder of a post: ADKAR levels, adoption, fatigue."""

    def __init__(self, model: Council, row: int, post: Any, state: Any) -> None:
        super().__init__(model)
        self.row = row
        self.role = int(post["role"])
        self.department = model.departments[int(post["department"])]
        self.department.staff.append(self)
        for name in ("awareness", "desire", "knowledge", "ability", "reinforcement"):
            setattr(self, name, float(state[name]))
        self.fatigue, self.resistance = float(state["fatigue"]), float(state["resistance"])
        self.generation = 0
        self.adopted = self.seen_adopted = bool(state["adopted"])
        self.colleagues: list[StaffMember] = []
        self.attention = 0.0
        self.productive_minutes = 0.0
        self.joined = False

    def is_untrained(self) -> bool:
        """Return whether the holder knows too little to work the new way."""
        return self.knowledge < self.model.parameters.enough_knowledge

    def is_blocked(self) -> bool:
        """Return whether knowledge is the first weak ADKAR element."""
        first = rules.barrier(
            self.awareness, self.desire, self.knowledge, self.ability, self.reinforcement,
            self.model.parameters.barrier_threshold,
        )  # fmt: skip
        return first == KNOWLEDGE_BLOCKS

    def step(self) -> None:
        """Learn, adopt or go back, or leave the post to someone new; then work."""
        model, p, department = self.model, self.model.parameters, self.department
        lever = model.staff_levers[department.number][self.role]
        lost = 60.0 * (model.champion_hours[self.row] + lever.hours)
        self.joined = False
        leaving = rules.chance_leaving(p.turnover, department.stress, p.turnover_stress)
        recording = model.week >= 0  # before, staff stay as the departments state them
        if recording and self.random.random() < leaving:
            self.be_replaced()
        else:
            lost += 60.0 * self.learn(lever)
            if recording:
                self.decide()
        productivity = rules.productivity(self.ability, p.dip, department.disruption)
        self.productive_minutes = max(0.0, department.minutes - lost) * productivity

    def be_replaced(self) -> None:
        """Begin as a newcomer."""
        p, random = self.model.parameters, self.random.random
        self.generation += 1
        self.resistance = clipped(self.department.resistance + 0.5 * (random() - 0.5))
        self.awareness = clipped(p.newcomer_awareness + 0.4 * (random() - 0.5))
        self.knowledge = clipped(p.newcomer_knowledge + 0.2 * (random() - 0.5))
        self.ability = clipped(p.newcomer_knowledge + 0.2 * (random() - 0.5))
        self.desire = rules.openness(self.resistance, p.unasked_desire)
        self.reinforcement = self.fatigue = 0.0
        self.adopted = False

    def learn(self, lever: Any) -> float:
        """Let the ADKAR levels change; return hours in training and in co-design."""
        p, department, random = self.model.parameters, self.department, self.random.random
        focus, hours = department.focus, 0.0
        if lever.engagement > 0.0 and random() < lever.engagement:
            self.joined = True
            self.resistance = rules.moved(self.resistance, 0.0, p.engagement_effect * focus)
            hours = lever.engagement_hours / lever.engagement
        peers = 0.0
        if self.colleagues:
            peers = sum(c.seen_adopted for c in self.colleagues) / len(self.colleagues)
        attention = rules.saturated(self.attention * focus)
        sponsored = department.sponsorship[self.role] * focus
        practising = 1.0
        if not self.adopted:
            practising = min(1.0, p.coaching * attention)
            if lever.support > 0.0 and random() < lever.support:
                practising = max(practising, p.support_practice * focus)
        strain = department.disruption + p.overload_strain * department.overload
        offered = lever.training + lever.training_focus
        seat = offered if lever.training_focus > 0.0 and self.is_blocked() else lever.training
        self.awareness = rules.awareness_updated(
            self.awareness,
            focus
            * rules.exposure_sponsored(lever.exposure, sponsored, p.sponsorship_amplification),
            peers, p.staff_talk, p.staff_forgetting,
        )  # fmt: skip
        wanted = rules.desire_target(
            rules.openness(self.resistance, p.unasked_desire), peers, p.peer_weight, attention,
            p.champion_weight, min(1.0, department.wins + department.showcase), p.win_weight,
            department.stress, p.stress_weight, self.fatigue, p.fatigue_weight, sponsored,
            p.sponsorship_weight,
        )  # fmt: skip
        self.desire = rules.moved(self.desire, wanted, p.desire_rate)
        knowledge = rules.moved(self.knowledge, 1.0, p.peer_learning * peers)
        if knowledge < p.enough_knowledge and random() < seat:
            gain = lever.training_gain / offered
            knowledge = rules.moved(knowledge, 1.0, gain * focus)
            self.ability = rules.practised(self.ability, knowledge, p.transfer)
            hours += lever.training_hours / offered
            strain += lever.training_hours / offered / 40.0
        elif not self.adopted:
            knowledge = rules.decayed(knowledge, p.knowledge_forgetting, 1.0)
        self.knowledge = knowledge
        ability = rules.practised(self.ability, knowledge, p.practice * practising)
        if department.disruption > 0.0:
            ability = rules.broken_in(ability, knowledge, p.break_in, department.disruption)
        if not self.adopted:
            idle = max(0.0, 1.0 - practising) * (1.0 - department.disruption)
            ability = rules.decayed(ability, p.ability_forgetting, idle)
        self.ability = ability
        self.fatigue = rules.fatigue_updated(
            self.fatigue, strain, p.fatigue_rate, p.fatigue_recovery
        )
        recognition = rules.recognised(
            department.managers_adopted, p.recognition, sponsored, p.sponsorship_recognition,
            lever.recognition * focus, p.review_recognition,
        )  # fmt: skip
        self.reinforcement = rules.reinforcement_updated(
            self.reinforcement, recognition, p.reinforcement_fading
        )
        return hours

    def decide(self) -> None:
        """Adopt, go back, or stay."""
        model, p, department = self.model, self.model.parameters, self.department
        if self.adopted:
            chance = rules.chance_relapsing(self.reinforcement, department.stress, p.relapse)
            self.adopted = self.random.random() >= chance
        elif department.digital:
            elements = self.awareness, self.desire, self.knowledge, self.ability
            if model.ces:
                ready = rules.readiness_ces(*elements, p.strictness, p.blocking_level)
                slope = p.adoption_slope_ces
            else:
                ready, slope = rules.readiness_product(*elements), p.adoption_slope_product
            chance = rules.chance_adopting(ready, p.adoption_base, slope)
            self.adopted = self.random.random() < chance


def clipped(level: float) -> float:
    """Return a level kept in [0, 1]."""
    return min(1.0, max(0.0, level))


class Department:
    """A department: its services, its staff, its queue, and what others see of it."""

    def __init__(self, model: Council, number: int, record: Any) -> None:
        self.model, self.number = model, number
        self.services: list[Service] = []
        self.staff: list[StaffMember] = []
        self.queue: deque[Cohort] = deque()
        for name in record.dtype.names:
            setattr(self, name, float(record[name]))
        self.sponsorship = [0.0] * len(ROLES)

    def open_services(self, levers: Any) -> None:
        """Improve services, put them online in their week, and feel how much has just changed."""
        week, p = self.model.week, self.model.parameters
        self.disruption = 0.0
        for service in self.services:
            lever = levers[service.number]
            service.improve(lever)
            if not service.live and week >= 0:
                service.come_online(lever, week)
            service.be_run(lever)
            if service.live:
                self.digital = 1.0
            if service.opened is not None:
                fresh = rules.disruption(float(week - service.opened), p.disruption_weeks)
                self.disruption = min(1.0, self.disruption + service.work_share * fresh)

    def take_on(self, lever: Any) -> None:
        """Feel how many changes come at the same time, and what leaders and audits give."""
        p = self.model.parameters
        load = lever.load + p.go_live_load * self.disruption
        capacity = p.change_capacity + p.team_capacity * lever.team
        self.focus, self.overload = rules.focus(load, capacity), rules.overload(load, capacity)
        self.insight = rules.insight_updated(self.insight, lever.audit, p.insight_ageing)
        self.showcase = rules.saturated(lever.showcase)
        for role, staff in enumerate(self.model.staff_levers[self.number]):
            self.sponsorship[role] = rules.sponsorship_updated(
                self.sponsorship[role], staff.sponsorship, lever.vacancy, lever.turnover,
                p.sponsorship_rate,
            )  # fmt: skip

    def step(self) -> None:
        """Take in the week's cases, work them off, and show what next week sees."""
        p, today = self.model.parameters, self.model.today
        arriving = calls = 0.0
        for service in self.services:
            for channel, cases in enumerate(service.cases):
                if cases:
                    self.queue.append(Cohort(service, channel, today, cases))
                    arriving += cases * service.minutes(channel)
            calls += service.minutes_phone * (
                (p.failure_contact_length - 1.0) * service.long_calls
                + p.failure_contact_length * service.more_calls
                + p.short_call * (service.help_calls + service.error_calls)
            )
        waiting = sum(c.cases * c.service.minutes(c.channel) for c in self.queue)
        owed = calls - self.carry
        capacity = self.capacity * rules.overtime(self.pressure - 1.0, p.overtime_limit)
        worked = rules.throughput(max(0.0, waiting + owed), capacity, p.saturation)
        left, new_work = self.work_off(worked - owed)
        asked, backlog = self.lose_patience()
        new_work += asked
        self.carry = left - new_work
        self.pressure = backlog / max(1.0, self.capacity)
        self.delay = min(52.0, backlog / max(1.0, worked - owed))
        load = self.pressure, p.comfortable_backlog, p.overwhelming_backlog
        self.stress, self.wait = rules.load_stress(*load), rules.phone_wait(*load)
        visits = sum(service.visits for service in self.services)
        if visits:
            felt = sum(service.felt for service in self.services)
            self.wins = seen(self.wins, felt, visits)
        for service in self.services:
            if service.visits:
                service.success = seen(service.success, service.felt, service.visits)
            service.joined = service.takers_part * self.model.world.weight
        self.plan_staffing(arriving + calls + new_work)

    def work_off(self, budget: float) -> tuple[float, float]:
        """Work off cases, the oldest week first; return minutes left and those of rework."""
        p, random = self.model.parameters, self.model.random.random
        rework, part = 0.0, 1.0
        for _, cohorts in groupby(list(self.queue), key=lambda cohort: cohort.week):
            batch = [(cohort, cohort.service.minutes(cohort.channel)) for cohort in cohorts]
            due = sum(cohort.cases * minutes for cohort, minutes in batch)
            if due > 0.0:
                part = rules.part_worked(budget, due)
            before = passed = 0
            for cohort, minutes in batch:
                before += cohort.cases
                done = int(before * part + 1e-9) - passed
                passed += done
                budget -= done * minutes
                cohort.cases -= done
                if cohort.channel == ONLINE:
                    by_others = done * (1.0 - self.adopters)
                    rework += int(by_others * p.rework + random()) * minutes
            if part < 1.0:
                break
        while self.queue and self.queue[0].cases == 0:
            self.queue.popleft()
        return (budget if part < 1.0 else min(budget, 0.0)), rework

    def lose_patience(self) -> tuple[float, float]:
        """Let those who wait long give up or ask; return minutes of asking and of all that waits.

        The queue is short while the department keeps up.
        """
        p, random, today = self.model.parameters, self.model.random.random, self.model.today
        backlog = minutes_asked = 0.0
        asking: Counter[Service] = Counter()
        for cohort in self.queue:
            age = today - cohort.week
            if age >= p.old_case:
                cohort.cases -= min(cohort.cases, int(cohort.cases * p.withdrawal + random()))
            if age >= p.chasing_age:
                asking[cohort.service] += cohort.cases * p.chasing
            backlog += cohort.cases * cohort.service.minutes(cohort.channel)
        for service, expected in asking.items():
            minutes_asked += int(expected + random()) * p.short_call * service.minutes_phone
        return minutes_asked, backlog

    def plan_staffing(self, inflow: float) -> None:
        """Follow demand with staff time."""
        p = self.model.parameters
        recording = self.model.week >= 0
        memory = 0.05 if recording else 1.0 / (self.model.today + 1.0)
        self.inflow = rules.moved(self.inflow, inflow, memory)
        self.handles = rules.handled_share(
            self.handles, self.inflow, self.gross, p.target_utilisation,
            p.release if recording else self.settles,
        )  # fmt: skip

    def count_staff(self) -> None:
        """Show what the staff are like at the end of the week, and next week's capacity."""
        managers = [person for person in self.staff if person.role == MANAGER]
        posts = max(1, len(self.staff))
        self.adopters = sum(person.adopted for person in self.staff) / posts
        self.managers_adopted = sum(m.adopted for m in managers) / max(1, len(managers))
        productive = sum(person.productive_minutes for person in self.staff)
        self.capacity = productive * self.handles * self.scale
        self.gross = posts * self.minutes * self.scale
        joined = sum(person.joined for person in self.staff)
        self.joined = joined * float(self.model.world.post_weight[self.number])


class Observed:
    """What interventions may see, asked of the agents."""

    def __init__(self, model: Council) -> None:
        self.model = model
        self.segments, self.weight = model.world.segments, model.world.weight
        self.post_weight = model.world.post_weight
        self.hourly_cost = np.array([d.minute_cost * 60.0 for d in model.departments])
        self.staff_department = np.array([person.department.number for person in model.staff])
        self.staff_role = np.array([person.role for person in model.staff])
        self.residents = np.zeros((PROFILES, len(self.segments.wards)), np.int64)
        for citizen in model.citizens:
            self.residents[citizen.profile, citizen.ward] += 1
        self.staff = np.zeros((len(model.departments), len(ROLES)), np.int64)
        np.add.at(self.staff, (self.staff_department, self.staff_role), 1)
        self.owner = np.array([service.department.number for service in model.services])
        self.goals = model.plan.goals
        self.intensity: dict[str, float] = {}
        self.memory: dict[Any, Any] = {}
        self.drawn: dict[tuple[int, int, int], float] = {}

    @property
    def week(self) -> int:
        """Week of the run."""
        return self.model.week

    @property
    def needs(self) -> Any:
        """Last week's needs, by profile and ward."""
        return np.array(self.model.asking)

    @property
    def needing_help(self) -> Any:
        """Last week's needs of those who cannot well go online alone."""
        return np.array(self.model.asking_help)

    @property
    def staff_untrained(self) -> Any:
        """Staff who know too little, by department and role."""
        return self.posts(StaffMember.is_untrained)

    @property
    def staff_blocked(self) -> Any:
        """Those of them whom knowledge blocks."""
        return self.posts(lambda person: person.is_untrained() and person.is_blocked())

    @property
    def staff_unpractised(self) -> Any:
        """Staff who have not adopted."""
        return self.posts(lambda person: not person.adopted)

    def posts(self, counts: Callable[[StaffMember], bool]) -> Any:
        """Return how many posts count, by department and role."""
        found = np.zeros((len(self.model.departments), len(ROLES)), np.int64)
        for person in self.model.staff:
            if counts(person):
                found[person.department.number, person.role] += 1
        return found

    @property
    def live(self) -> Any:
        """Which services are online."""
        return np.array([bool(service.live) for service in self.model.services])

    @property
    def success(self) -> Any:
        """How well online users of every service fared of late."""
        return np.array([service.success for service in self.model.services])

    @property
    def insight(self) -> float:
        """What audits tell of residents."""
        return self.model.insight

    @property
    def staff_insight(self) -> Any:
        """What audits tell of staff, by department."""
        return np.array([department.insight for department in self.model.departments])

    @property
    def message_fit(self) -> float:
        """Factor on the reach of a tailored message."""
        return 1.0 + self.model.parameters.message_fit * self.insight

    @property
    def staff_message_fit(self) -> Any:
        """The same among staff, by department."""
        return 1.0 + self.model.parameters.message_fit * self.staff_insight

    @property
    def prevented(self) -> float:
        """Share of incidents that shared threat data prevent."""
        return self.model.parameters.incident_prevention * self.model.protection

    @property
    def mitigated(self) -> float:
        """Share of an incident's harm that they take off."""
        return self.model.parameters.incident_mitigation * self.model.protection

    def kpi(self, name: str, group: str = "all", weeks: int = 4) -> float:
        """Return that nothing is known: KPIs by group are not counted here."""
        return float("nan")

    def due(self, goal: Goal) -> int:
        """Return the week of the run by which a goal is to be met."""
        return self.model.plan.due_week(goal)

    def staff_ties(self) -> tuple[Any, Any]:
        """Return who works with whom, as CSR (offsets, posts)."""
        offsets = np.cumsum([0, *(len(person.colleagues) for person in self.model.staff)])
        ends = [c.row for person in self.model.staff for c in person.colleagues]
        return offsets, np.array(ends, dtype=np.int64)

    def draw(self, agents: Any, stream: int, event: int = 0) -> Any:
        """Return uniforms that are the same in every week."""
        drawn, random = self.drawn, self.model.random.random
        for agent in agents.tolist():
            if (agent, stream, event) not in drawn:
                drawn[agent, stream, event] = random()
        return np.array([drawn[agent, stream, event] for agent in agents.tolist()])

    def betweenness(self) -> Any:
        """Not needed here."""
        raise NotImplementedError("no benchmark chooses champions by betweenness")


class Council(mesa.Model):
    """A place, its residents and its staff, from the warm-up to the last week.

    Args:
        plan: the scenario; residents talk along ties (`well_mixed` is not supported).
        world: its world; nothing of it is written.
        rng: seed of Mesa's generators.
        everyone: activate every resident every week, as Mesa users do, whether they have a need or
            not; if false, only those in need, which takes knowing all needs beforehand.
    """

    def __init__(
        self, plan: Scenario, world: World, rng: int = 0, *, everyone: bool = True
    ) -> None:
        super().__init__(rng=rng)
        if world.acquaintances:
            raise NotImplementedError("residents talk along ties here")
        self.plan, self.world, self.everyone = plan, world, everyone
        self.parameters = SimpleNamespace(**plan.parameter_values())
        self.ces = plan.structure.readiness == "ces"
        self.week = -world.warm_up
        self.needs: dict[int, list[Service]] = {}
        self.news: list[tuple[Use, float]] = []
        self.exposure: list[Any] = []
        self.reminder: list[Any] = []
        self.lessons: list[Any] = []
        self.alarm = self.protection = self.insight = 0.0
        self.begin()
        self.levers = Levers(world.segments, len(self.staff))
        self.observed = Observed(self)
        self.shocks = [(*plan.weeks_of(shock), shock) for _, shock in programme_order(plan.shocks)]
        self.programme = [
            (*plan.weeks_of(intervention), intervention)
            for _, intervention in programme_order(plan.programme)
        ]
        self.asking = self.no_needs()
        self.asking_help = self.no_needs()
        self.remembered = np.zeros_like(self.levers.exposure)
        self.on_the_mind = np.zeros_like(self.levers.exposure)
        self.taught = np.zeros((2, *self.levers.lessons.shape))
        self.collector = mesa.DataCollector(
            model_reporters={
                "needs": lambda m: sum(s.needs for s in m.services),
                "transactions": lambda m: sum(s.transactions for s in m.services),
                "transactions_online": lambda m: sum(s.online for s in m.services),
                "adoption": lambda m: m.share_since("last_online"),
                "trust": lambda m: (
                    rules.trust_felt(sum(c.trust for c in m.citizens), m.alarm) / len(m.citizens)
                ),
                "participation": lambda m: m.share_since("took_part"),
                "staff_adoption": lambda m: np.average(
                    [d.adopters for d in m.departments],
                    weights=m.world.post_weight * [len(d.staff) for d in m.departments],
                ),
                "backlog": lambda m: sum(c.cases for d in m.departments for c in d.queue),
            }
        )
        self.settle_down()

    @property
    def today(self) -> int:
        """Week of the calendar, 0 at the start of the warm-up."""
        return self.week + self.world.warm_up

    def begin(self) -> None:
        """Make services, departments and agents as the kernels' warm-up starts from them."""
        plan, world = self.plan, self.world
        values = parameter_record(plan.parameter_values(), plan.structure.readiness)
        state = start(plan, world, values)
        self.service_records = state.services
        self.departments = [
            Department(self, number, record) for number, record in enumerate(state.departments)
        ]
        self.services = [
            Service(number, record, self.departments[record["department"]])
            for number, record in enumerate(state.services)
        ]
        for service in self.services:
            service.department.services.append(service)
        self.citizens = [
            Citizen(self, row, traits, record)
            for row, (traits, record) in enumerate(
                zip(world.citizens[:-1], state.citizens, strict=True)
            )
        ]
        offsets, ties = world.citizens["ties"].tolist(), world.ties.tolist()
        uses, published = state.uses, state.published.tolist()
        for citizen in self.citizens:
            row = citizen.row
            citizen.friends = [self.citizens[j] for j in ties[offsets[row] : offsets[row + 1]]]
            for k in range(row * len(self.services), (row + 1) * len(self.services)):
                use = Use(
                    float(uses[k]["expectation"]), float(uses[k]["habit"]),
                    float(uses[k]["offline_habit"]), bool(uses[k]["aware"]), self.random.random(),
                )  # fmt: skip
                if published[k]:
                    use.told, use.told_until = (published[k] - 1) / 254.0, row % YEAR
                citizen.uses.append(use)
        self.staff = [
            StaffMember(self, row, post, record)
            for row, (post, record) in enumerate(zip(world.posts[:-1], state.staff, strict=True))
        ]
        offsets, ties = world.posts["ties"].tolist(), world.post_ties.tolist()
        for person in self.staff:
            first, last = offsets[person.row : person.row + 2]
            person.colleagues = [self.staff[j] for j in ties[first:last]]
        # Mesa 3.3 counts agents in a table of its class that keeps every model alive for ever.
        getattr(mesa.Agent, "_ids", {}).pop(self, None)

    def settle_down(self) -> None:
        """Run up to week 0, correcting the constants of services every quarter."""
        stated = np.array([service.take_up for service in self.plan.services.values()])
        counted = np.zeros((len(self.services), 5), np.int64)
        while self.week < 0:
            self.step()
            for k, service in enumerate(self.services):
                # The columns of transactions in takeup.kpis.CITIZEN.
                counted[k, 3] += service.transactions
                counted[k, 4] += service.online
            if self.week % QUARTER == 0:
                settle(self.service_records, stated, counted)
                self.read_constants()
                counted[:] = 0
        expect_of_new(self.service_records, self.parameters.new_service_constant)
        self.read_constants()

    def read_constants(self) -> None:
        """Take over the constants of services that were solved."""
        for service, record in zip(self.services, self.service_records, strict=True):
            service.constant_online = float(record["constant_online"])

    def run(self) -> None:
        """Run the weeks that are left."""
        while self.week < self.plan.run.weeks:
            self.step()

    def step(self) -> None:
        """Live one week."""
        self.let_programme_act()
        for service in self.services:
            service.begin_week()
        for department in self.departments:
            department.open_services(self.service_levers)
            department.take_on(self.department_levers[department.number])
        self.build_up()
        self.let_needs_arise()
        if self.everyone:
            self.agents_by_type[Citizen].shuffle_do("step")
        else:
            in_need = [self.citizens[row] for row in self.needs]
            AgentSet(in_need, random=self.random).shuffle_do("step")
        for department in self.departments:
            department.step()
        self.agents_by_type[StaffMember].shuffle_do("step")

        for use, told in self.news:
            use.told, use.told_until = told, self.today + YEAR
        self.news.clear()
        for person in self.staff:
            person.seen_adopted = person.adopted
        for department in self.departments:
            department.count_staff()
        if self.week >= 0:
            self.collector.collect(self)
        self.week += 1

    def let_needs_arise(self) -> None:
        """Read whose needs arise this week."""
        world = self.world
        first, last = world.calendar[self.today : self.today + 2].tolist()
        self.needs = {}
        self.asking, self.asking_help = self.no_needs(), self.no_needs()
        for row, k in zip(
            world.need_citizen[first:last].tolist(),
            world.need_service[first:last].tolist(),
            strict=True,
        ):
            self.needs.setdefault(row, []).append(self.services[k])

    def let_programme_act(self) -> None:
        """Let the interventions act, and turn what they did into lists, quick to read."""
        levers = self.levers
        if self.week >= 0 and (self.programme or self.shocks):
            levers.reset()
            for first, after, shock in self.shocks:
                if first <= self.week < after:
                    shock.act(self.week - first, self.observed, levers)
            for first, after, intervention in self.programme:
                if first <= self.week < after:
                    paid_for = intervention.at(levers.funding)
                    paid_for.act(self.week - first, self.observed, levers)
            self.remembered *= exp(-self.parameters.awareness_forgetting)
            self.remembered += levers.exposure
            self.on_the_mind *= exp(-self.parameters.message_forgetting)
            self.on_the_mind += levers.exposure
            self.exposure = self.remembered.tolist() if self.remembered.any() else []
            self.reminder = self.on_the_mind.tolist()
            self.remember_lessons()
        self.staff_levers, self.service_levers, self.department_levers = (
            pulled(records) for records in (levers.staff, levers.services, levers.departments)
        )
        self.invitation = levers.resident_invitation.tolist()
        self.assistance = levers.resident_assistance.tolist()
        self.champion_hours = levers.champion_hours.tolist()
        for person in self.staff:
            person.attention = 0.0
        for row in np.flatnonzero(levers.champions).tolist():
            champion = self.staff[row]
            conviction = 1.0 if champion.adopted else self.parameters.unconvinced
            for colleague in champion.colleagues:
                strength = float(levers.champions[row]) * conviction
                colleague.attention += strength / len(champion.colleagues)

    def build_up(self) -> None:
        """Let what the council knows, guards against and is feared for build up and fade."""
        p, levers = self.parameters, self.levers
        self.insight = rules.insight_updated(self.insight, levers.audit, p.insight_ageing)
        self.protection = rules.moved(
            self.protection, rules.saturated(levers.protection), p.protection_rate
        )
        self.alarm = rules.alarm_updated(
            self.alarm, levers.alarm, p.alarm_fading, p.calming * rules.saturated(levers.calming)
        )

    def remember_lessons(self) -> None:
        """Keep the cumulative hazard of training, by week of the calendar."""
        levers = self.levers
        if not self.lessons and not levers.lessons.any():
            return
        if not self.lessons:
            self.lessons = [self.taught.tolist()] * (self.today + 1)
        self.taught += (levers.lessons, levers.lesson_gains)
        self.lessons.append(self.taught.tolist())

    def share_since(self, when: str) -> float:
        """Return the share of residents for whom something lies less than 52 weeks back."""
        since = self.today - YEAR
        return sum(getattr(citizen, when) > since for citizen in self.citizens) / len(self.citizens)

    def no_needs(self) -> list[list[int]]:
        """Return counts of needs by profile and ward, all zero."""
        return [[0] * len(self.world.segments.wards) for _ in range(PROFILES)]

    def digital_take_up(self, weeks: int) -> float:
        """Return the share of transactions of the last weeks that were online."""
        recorded = self.collector.model_vars
        return sum(recorded["transactions_online"][-weeks:]) / sum(
            recorded["transactions"][-weeks:]
        )
