"""The order of a week, and nothing else.

Everyone reads what last week published; what a step counts, it counts in the week's own row.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from takeup.kpis import STOCK, YEAR, Counters
from takeup.model.week import rules
from takeup.model.week.bundles import (
    Backlog,
    Community,
    Council,
    Messages,
    Needs,
    Now,
    Stories,
    Tally,
    Workforce,
)
from takeup.model.week.citizens import (
    expire,
    expire_assumed,
    forget_participants,
    meet_needs,
    publish,
)
from takeup.model.week.departments import move_services, open_services, work_off
from takeup.model.week.effects import take_effect
from takeup.model.week.staff import leave_behind, work_and_change
from takeup.model.week.threads import Crew
from takeup.programme import Levers

_TRUST = STOCK.index("trust")

Made = TypeVar("Made")


class Own(NamedTuple):
    """What a thread writes that is of no resident and no post; added up when a step is done.

    Attributes:
        stories: the arrays in which changes are staged are the thread's own.
        tally: where it counts residents.
        workforce: sums, `open_to` and what is worked out for departments are the thread's own.
        staff: where it counts staff: DEPARTMENT counters, (departments, …).
    """

    stories: Stories
    tally: Tally
    workforce: Workforce
    staff: npt.NDArray[np.int64]

    @property
    def counted(self) -> tuple[npt.NDArray[np.int64], ...]:
        """All that is added up."""
        return (*self.tally[:-1], self.workforce.sums, self.workforce.open_to, self.staff)


@dataclass
class Stage:
    """What the steps of a week work on; one for all weeks of a run.

    Attributes:
        needs: the calendar of needs.
        residents: the community.
        stories: what residents tell.
        messages: what campaigns have told.
        council: services, departments and the council as a whole.
        workforce: posts and their holders.
        backlog: cases.
        levers: what the programme does this week.
        trend: what happens anyway, log-odds, (weeks, services).
        act: lets shocks happen and the programme move the levers.
        rationed: whether there is a programme, which may ration seats and sessions.
        now: when, by the calendar.
        of_run: week of the run; negative in the warm-up.
        counts: what is counted.
        tally: the same as kernels see it this week.
        row: row of `counts`.
        alarm: share of trust that an alarm takes away this week.
        staged: how many stories change at the end of the week, by thread.
        crew: the threads; each has a stretch of the week's needs and of posts.
        posts: stretches of posts, one a thread: first, and first after it.
        others: what is of threads other than the first, whose own is the stage's.
        joined: who took part, by week of the last year.
        seconds: CPU time of this thread by step; None if nobody wants to know.
    """

    needs: Needs
    residents: Community
    stories: Stories
    messages: Messages
    council: Council
    workforce: Workforce
    backlog: Backlog
    levers: Levers
    trend: npt.NDArray[np.float64]
    act: Callable[[], None]
    rationed: bool
    now: Now
    of_run: int
    counts: Counters
    tally: Tally
    crew: Crew
    posts: list[tuple[int, int]]
    row: int = 0
    alarm: float = 0.0
    staged: list[int] = field(default_factory=list)
    others: list[Own] = field(default_factory=list)
    joined: deque[npt.NDArray[np.int32]] = field(default_factory=lambda: deque(maxlen=YEAR))
    seconds: dict[str, float] | None = None

    @property
    def recording(self) -> bool:
        """Whether it is a week of the run, not of the warm-up."""
        return self.of_run >= 0

    def turn_to(self, of_run: int, counts: Counters, row: int) -> None:
        """Make it another week's: which week of the run it is, and where it is counted."""
        self.now = self.now._replace(week=self.now.week + of_run - self.of_run)
        self.of_run, self.counts, self.row = of_run, counts, row
        self.tally = self.tally._replace(
            profile=counts.profile[row], ward=counts.ward[row], service=counts.service[row]
        )

    def needs_of(self, week: int) -> list[tuple[int, int]]:
        """Cut the needs of a week into a stretch a thread; those of one resident stay together."""
        citizen = self.needs.citizen
        first, after = self.needs.first[week : week + 2].tolist()
        if not self.others:
            return [(first, after)]
        cuts = [first]
        for _, end in self.crew.stretches(after - first):
            cut = max(cuts[-1], first + end)
            while first < cut < after and citizen[cut] == citizen[cut - 1]:
                cut += 1
            cuts.append(cut)
        return list(pairwise(cuts))

    def each(self, work: Callable[..., Made], given: Sequence[Any]) -> list[Made]:
        """Let every thread do some work: work(own, given), with what is its own and given to it.

        What they count is added up.
        """
        own = Own(self.stories, self.tally, self.workforce, self.counts.staff[self.row])
        if not self.others:
            return [work(own, given[0])]
        made = self.crew.each(work, list(zip((own, *self.others), given, strict=True)))
        for other in self.others:
            for total, part in zip(own.counted, other.counted, strict=True):
                total += part
                part.fill(0)
        return made


def programme(stage: Stage) -> None:
    """Shocks happen, and interventions set this week's levers."""
    stage.act()


def outside(stage: Stage) -> None:
    """What happens anyway moves services."""
    if stage.recording:
        move_services(stage.trend[stage.of_run], stage.council)


def services(stage: Stage) -> None:
    """Services are improved and go online."""
    open_services(stage.of_run, stage.levers.services, stage.council)


def effects(stage: Stage) -> None:
    """Levers take effect on services, departments and the council as a whole."""
    levers = stage.levers
    take_effect(
        levers.staff, levers.services, levers.departments, levers.audit, levers.protection,
        levers.alarm, levers.calming, stage.council,
    )  # fmt: skip
    stage.alarm = float(stage.council.place["alarm"][0])


def oblivion(stage: Stage) -> None:
    """What is a year old is forgotten."""
    past = stage.now.week - YEAR

    def forget(own: Own, needs: tuple[int, int]) -> None:
        expire(past, stage.needs, *needs, stage.residents, own.stories, own.tally)

    if past < 0:
        expire_assumed(stage.now, stage.residents, stage.stories, stage.tally)
    else:
        stage.each(forget, stage.needs_of(past))
    if len(stage.joined) == YEAR:
        forget_participants(past, stage.joined.popleft(), stage.residents, stage.tally)


def residents(stage: Stage) -> None:
    """Needs arise, pick a channel, are tried, and teach; some residents take part."""
    cells = None
    if stage.rationed:
        cells = stage.levers.cells
        stage.tally.demand.fill(0)
    stage.tally.outcomes.fill(0)

    def live(own: Own, needs: tuple[int, int]) -> tuple[int, npt.NDArray[np.int32]]:
        staged, joined = meet_needs(
            stage.now, stage.needs, *needs, stage.residents, own.stories, stage.messages,
            stage.council, cells, stage.alarm, own.tally,
        )  # fmt: skip
        return staged, own.tally.joined[:joined].copy()

    lived = stage.each(live, stage.needs_of(stage.now.week))
    stage.staged = [staged for staged, _ in lived]
    joined = [joined for _, joined in lived]
    stage.joined.append(np.concatenate(joined) if stage.others else joined[0])


def departments(stage: Stage) -> None:
    """Departments take in the cases and work them off."""
    work_off(
        stage.now, stage.recording, stage.council, stage.backlog, stage.counts.work[stage.row],
        stage.counts.staff[stage.row],
    )  # fmt: skip


def staff(stage: Stage) -> None:
    """Staff learn, adopt, go back, leave."""
    workforce, levers = stage.workforce, stage.levers
    workforce.sums.fill(0)
    workforce.open_to.fill(0)

    def work(own: Own, posts: tuple[int, int]) -> None:
        work_and_change(
            stage.now, stage.recording, *posts, own.workforce, levers.staff, levers.champion_hours,
            stage.rationed, stage.council, own.staff,
        )  # fmt: skip

    stage.each(work, stage.posts)
    leave_behind(workforce, stage.council, stage.counts.staff[stage.row])


def talk(stage: Stage) -> None:
    """What happened is told: neighbours see it next week."""

    def tell(own: Own, staged: int) -> None:
        publish(staged, own.stories, own.tally.seen)

    stage.each(tell, stage.staged)


def stocks(stage: Stage) -> None:
    """Stocks are counted as they stand; an alarm is felt by everyone."""
    for counted, running in (
        (stage.counts.stock_profile[stage.row], stage.tally.stock_profile),
        (stage.counts.stock_ward[stage.row], stage.tally.stock_ward),
    ):
        counted[:] = running
        if stage.alarm > 0.0:
            counted[:, _TRUST] = rules.trust_felt(counted[:, _TRUST], stage.alarm) + 0.5


STEPS: tuple[Callable[[Stage], None], ...] = (
    programme,
    outside,
    services,
    effects,
    oblivion,
    residents,
    departments,
    staff,
    talk,
    stocks,
)
"""What happens in a week, in this order."""


def live_through(stage: Stage) -> None:
    """Run a week; time its steps if anybody wants to know."""
    if stage.seconds is None:
        for step in STEPS:
            step(stage)
        return
    for step in STEPS:
        start = time.thread_time()
        step(stage)
        spent = time.thread_time() - start
        stage.seconds[step.__name__] = stage.seconds.get(step.__name__, 0.0) + spent
