"""For how long what an intervention does to the levers stands, so that it is not asked every week.

Most of what a council does is the same from one week to the next. An intervention that knows so
says it (`Intervention.holds`); what it does is then noted once and done again, to the same bits,
until the hold ends.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import NamedTuple

from takeup.programme.levers import NUMBERS, Contribution, Levers


class Hold(NamedTuple):
    """A promise: in the weeks for which it is given, an intervention would do the same again.

    Who gives it adds to every lever once at most (`+=`), pays by `Levers.spend`, and reads of what
    changes in a run nothing but what it names here. What never changes in a run need not be named:
    names, sizes, residents and staff and what their hours cost, ties, owners of services, draws.

    Attributes:
        until: first week, counted from its start, in which it may do something else.
        observed: arrays of `Observed` that it reads; a change of one ends the hold.
        levers: arrays of `Levers` that it looks at before it moves them, however it does; another
            value of one, as those before it left it, ends the hold.
    """

    until: int = sys.maxsize
    observed: tuple[str, ...] = ()
    levers: tuple[str, ...] = ()


class Notepad(Levers):
    """Levers at rest, on which one intervention acts alone, so that it is seen what it does."""

    _payments: list[float]

    def spend(self, amount: float) -> None:
        """Note a payment."""
        super().spend(amount)
        self._payments.append(amount)

    def note(
        self, act: Callable[[Levers], None], levers: Levers, looked_at: tuple[str, ...]
    ) -> Contribution:
        """Return what an intervention would do to levers, which it does not touch.

        Args:
            act: lets it act.
            levers: as those before it left them.
            looked_at: names of the levers that it looks at, see `Hold`.
        """
        self.reset()
        self._payments = []
        for name in looked_at:
            getattr(self, name)[...] = getattr(levers, name)
        self.funding = levers.funding
        act(self)
        return Contribution(
            tuple((n, part.copy()) for n, part in enumerate(self._parts) if part.any()),
            tuple((name, getattr(self, name).copy()) for name in looked_at),
            tuple((name, getattr(self, name)) for name in NUMBERS if getattr(self, name)),
            tuple(self._payments),
        )
