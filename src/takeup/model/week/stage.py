"""What a week is played on: all that its steps read and write, and what of it is a thread's own."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from takeup.kpis import YEAR, Counters
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
from takeup.model.week.threads import Crew
from takeup.programme import Levers

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
