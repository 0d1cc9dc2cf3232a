"""Champions: colleagues who show, answer and encourage, chosen in one of four ways.

A champion's attention is divided among the people she works with, so the most-connected give each
tie less; that is why choosing them need not beat chance, while asking random colleagues to name a
friend does (Kim et al. 2015: 74 % of nominated friends' villages, 66 % of random, 61 % of the
most-connected). Champions act on the desire of their ties and coach their ability, and lose hours.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from pydantic import Field

from takeup.programme.intervention import Intervention
from takeup.programme.levers import Levers, Observed
from takeup.programme.segments import IntArray

_STREAM = 32  # CHAMPIONS in takeup.model.draws


class Champions(Intervention):
    """A network of champions among staff."""

    kind: Literal["champions"] = "champions"
    share: float = Field(0.05, ge=0, le=1, description="champions as a share of the target's staff")
    choice: Literal["random", "nomination", "degree", "betweenness"] = Field(
        "nomination",
        description="at random; a friend of a random colleague; most ties; most short paths",
    )
    strength: float = Field(
        1.0, ge=0, le=3, description="attention of a champion; 1 is a trained, willing colleague"
    )
    hours: float = Field(2.0, ge=0, le=20, description="hours a week that a champion gives to it")

    def describe(self) -> str:
        """Return what it does in a few plain words."""
        return (
            f"champions among staff, {100 * self.share:.3g} % chosen by {self.choice}, "
            f"{self.hours:g} h a week each"
        )

    def act(self, week: int, observed: Observed, levers: Levers) -> None:
        """Make the chosen posts champions, take their hours, and pay."""
        chosen = self.choose(observed)
        np.maximum.at(levers.champions, chosen, self.strength)
        np.maximum.at(levers.champion_hours, chosen, self.hours)
        hourly = float(observed.hourly_cost[observed.staff_department[chosen]].sum())
        levers.spend(self.hours * hourly * observed.weight)
        self.pay(week, levers)

    def choose(self, observed: Observed) -> IntArray:
        """Return the posts of the champions, sorted; those who leave make room for others."""
        where = self.target.staff(observed.segments)
        pool = np.flatnonzero(where[observed.staff_department, observed.staff_role])
        count = round(self.share * len(pool))
        if count == 0:
            return np.empty(0, dtype=np.int64)
        person = observed.staff_person
        lottery = observed.draw(person[pool], _STREAM)
        if self.choice == "random":
            return np.sort(pool[np.argsort(lottery, kind="stable")[:count]])
        if self.choice == "nomination":
            return self._nominated(observed, pool[np.argsort(lottery, kind="stable")], count)
        if self.choice == "degree":
            offsets, _ = observed.staff_ties()
            rank = np.diff(offsets)[pool].astype(np.float64)
        else:
            rank = observed.betweenness()[pool]
        order = np.lexsort((lottery, -rank))
        return np.sort(pool[order[:count]])

    def _nominated(self, observed: Observed, askers: IntArray, count: int) -> IntArray:
        """Return friends named by randomly ordered colleagues until there are enough.

        A friend must be in the target; where an asker has no such friend left, the next is asked,
        and when all have been asked, the askers fill the rest.
        """
        offsets, ties = observed.staff_ties()
        pool = set(askers.tolist())
        which = observed.draw(observed.staff_person[askers], _STREAM, 1)
        chosen: dict[int, None] = {}
        for asker, u in zip(askers.tolist(), which.tolist(), strict=True):
            friends = [int(f) for f in ties[offsets[asker] : offsets[asker + 1]] if int(f) in pool]
            if friends:
                chosen[friends[int(u * len(friends))]] = None
            if len(chosen) == count:
                break
        for asker in askers.tolist():
            if len(chosen) == count:
                break
            chosen.setdefault(asker)
        return np.array(sorted(chosen), dtype=np.int64)
