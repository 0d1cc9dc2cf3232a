"""What happens to a council and what it does, as levers of one week after another.

Here alone it is kept what of a programme holds from week to week (`takeup.programme.hold`), so that
only those interventions are asked again of which something may have changed.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import NamedTuple

from takeup.programme import Intervention, Levers, Observed, Shock, programme_order
from takeup.programme.hold import Hold, Notepad
from takeup.programme.levers import Contribution
from takeup.programme.segments import Segments
from takeup.scenario.schema.scenario import Scenario


class _Held(NamedTuple):
    """What an intervention does as long as it holds.

    Attributes:
        hold: what it promised.
        until: first week of the run in which it is over.
        seen: what the hold depends on, as it was.
        given: what it does.
    """

    hold: Hold
    until: int
    seen: tuple[bytes, ...]
    given: Contribution


@dataclass
class _Scheduled:
    """An intervention on the calendar of the run.

    Attributes:
        name: its id.
        first: its first week.
        after: the first week after it.
        planned: as the scenario has it.
        factor: on its dose and cost, by budgets and reviews.
        dosed: the same with that dose.
        held: what holds of it, if anything does.
    """

    name: str
    first: int
    after: int
    planned: Intervention
    factor: float
    dosed: Intervention
    held: _Held | None = None


class _Looming(NamedTuple):
    """A shock with its first week and the first week after it."""

    first: int
    after: int
    shock: Shock


class Acting:
    """The shocks and the programme of one run.

    Args:
        scenario: what happens.
        segments: names of wards, services and departments.
        posts: number of posts.

    Attributes:
        plans: whether there is a programme.
        eventful: whether there is one, or a shock.
    """

    def __init__(self, scenario: Scenario, segments: Segments, posts: int) -> None:
        # Reviews act before what they adjust.
        self._programme = sorted(
            (
                _Scheduled(name, *scenario.weeks_of(item), item, 1.0, item)
                for name, item in programme_order(scenario.programme)
            ),
            key=lambda scheduled: not scheduled.planned.SETS_DOSES,
        )
        self._shocks = [
            _Looming(*scenario.weeks_of(shock), shock)
            for _, shock in programme_order(scenario.shocks)
        ]
        self._notepad = Notepad(segments, posts)
        self._running: list[_Scheduled] = []
        self._known_until = 0  # first week in which others may be running
        self.plans = bool(self._programme)
        self.eventful = self.plans or bool(self._shocks)

    def act(self, week: int, observed: Observed, levers: Levers) -> None:
        """Let shocks happen and interventions act in a week of the run, the next one.

        Args:
            week: of the run.
            observed: what the council can see.
            levers: at rest; moved.
        """
        for first, after, shock in self._shocks:
            if first <= week < after:
                shock.act(week - first, observed, levers)
        for item in self._on_in(week):
            factor = levers.funding * observed.intensity.get(item.name, 1.0)
            if factor != item.factor:
                item.factor, item.dosed, item.held = factor, item.planned.at(factor), None
            held = item.held
            if held and week < held.until and held.seen == _seen(held.hold, observed, levers):
                levers.add(held.given)
            else:
                self._ask(item, week, observed, levers)

    def _on_in(self, week: int) -> list[_Scheduled]:
        """Return the interventions that run in a week, in the order in which they act."""
        if week >= self._known_until:
            self._running = [item for item in self._programme if item.first <= week < item.after]
            turns = (turn for item in self._programme for turn in (item.first, item.after))
            self._known_until = min((turn for turn in turns if turn > week), default=sys.maxsize)
        return self._running

    def _ask(self, item: _Scheduled, week: int, observed: Observed, levers: Levers) -> None:
        """Let an intervention act, and keep what it does if it says that it holds."""
        own = week - item.first
        hold = item.dosed.holds(own) if own > 0 else None
        if hold is None:
            item.held = None
            item.dosed.act(own, observed, levers)
            return
        seen = _seen(hold, observed, levers)
        given = self._notepad.note(
            lambda notepad: item.dosed.act(own, observed, notepad), levers, hold.levers
        )
        item.held = _Held(hold, item.first + hold.until, seen, given)
        levers.add(given)


def _seen(hold: Hold, observed: Observed, levers: Levers) -> tuple[bytes, ...]:
    """Return what a hold depends on."""
    if not (hold.observed or hold.levers):
        return ()
    return (
        *(getattr(observed, name).tobytes() for name in hold.observed),
        *(getattr(levers, name).tobytes() for name in hold.levers),
    )
