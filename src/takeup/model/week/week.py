"""The order of a week, and nothing else.

Everyone reads what last week published; what a step counts, it counts in the week's own row.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from takeup.kpis import STOCK, YEAR
from takeup.model.week import rules
from takeup.model.week.citizens import (
    expire,
    expire_assumed,
    forget_participants,
    meet_needs,
    publish,
)
from takeup.model.week.departments import move_services, open_services, work_off
from takeup.model.week.effects import take_effect
from takeup.model.week.staff import hold, leave_behind, pull, work_and_change
from takeup.model.week.stage import Own, Stage

_TRUST = STOCK.index("trust")


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
    """Staff learn, adopt, go back, leave; before the run as many adopters are held as stated."""
    workforce, levers = stage.workforce, stage.levers
    workforce.sums.fill(0)
    workforce.open_to.fill(0)

    def work(own: Own, posts: tuple[int, int]) -> None:
        work_and_change(
            stage.now, stage.recording, *posts, own.workforce, levers.staff, levers.champion_hours,
            stage.rationed, stage.council, own.staff,
        )  # fmt: skip

    stage.each(work, stage.posts)
    if not stage.recording:
        pull(1.0, workforce, stage.council, stage.counts.staff[stage.row])
        if stage.of_run == -1:
            hold(stage.now, workforce, stage.council, stage.counts.staff[stage.row])
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
