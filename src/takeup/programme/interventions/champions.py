"""Champions: colleagues who show, answer and encourage, chosen in one of four ways.

A champion's attention is divided among the people she works with, so the most-connected give each
tie less; that is why choosing them need not beat chance, while asking random colleagues to name a
friend does (Kim et al. 2015: 74 % of nominated friends' villages, 66 % of random, 61 % of the
most-connected). A champion who has not adopted herself
convinces less. Champions act on the desire of their ties and coach their ability, and lose hours.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Literal

import numpy as np
from pydantic import Field

from takeup.programme.context import Context
from takeup.programme.hold import Hold
from takeup.programme.intervention import Intervention, Size
from takeup.programme.levers import CHAMPION_LOTTERY, Levers, Observed
from takeup.programme.limits import Dose, Share
from takeup.programme.segments import BoolArray, IntArray
from takeup.programme.words import Name, Words

ORDINARY_SHARE = 0.05
"""Share of champions at which they ask as much of their colleagues as an ordinary programme."""


class Champions(Intervention):
    """A network of champions among staff."""

    DOSE: ClassVar[str] = "share"

    WORDS: ClassVar[Words] = Words(
        "Champions among staff",
        "A few trained colleagues show, answer and encourage the others.",
        "Staff",
    )
    NAMES: ClassVar[Mapping[str, Name]] = {
        "share": Name("Champions, as a share of staff", wide=True),
        "choice": Name(
            "How they are chosen",
            choices={
                "random": "At random",
                "nomination": "A colleague names a friend",
                "degree": "Those with most contacts",
                "betweenness": "Those who link groups",
            },
        ),
        "strength": Name("Attention of a champion", "1 = ordinary"),
        "hours": Name("Time of a champion", "hours a week", wide=True),
    }

    kind: Literal["champions"] = "champions"
    share: Share = Field(0.05, description="champions as a share of the target's staff")
    choice: Literal["random", "nomination", "degree", "betweenness"] = Field(
        "nomination",
        description="at random; a friend of a random colleague; most ties; most short paths",
    )
    strength: Dose = Field(
        1.0, description="attention of a champion; 1 is a trained, willing colleague"
    )
    hours: float = Field(2.0, ge=0, le=20, description="hours a week that a champion gives to it")

    @classmethod
    def starting(cls, context: Context) -> dict[str, Any]:
        share = max(0.005, round(0.05 / max(1.0, context.staffed) ** 0.5 * 200.0) / 200.0)
        return {
            "start": context.monday(13),
            "weeks": 78,
            "share": share,
            "hours": 1.0,
            "fixed_cost": context.money(150.0, share * sum(context.departments.values())),
        }

    def doubts(self, size: Size) -> Iterator[tuple[str, str]]:
        share = f"{100 * self.share:.3g} %"
        if self.share > 0.3:
            yield (
                "share",
                f"{share} of staff as champions; usual are 2 to 10 %; is {self.share / 10:.3g} "
                "meant?",
            )
        elif 0.0 < self.share * size.members < 0.5:
            yield (
                "share",
                f"{share} of {size.members:,.0f} staff are less than one champion; 5 % is 0.05",
            )
        if self.hours > 10.0:
            yield (
                "hours",
                f"{self.hours:g} hours a week of each champion; is it of all, or of a month?",
            )

    def describe(self) -> str:
        return (
            f"champions among staff, {100 * self.share:.3g} % chosen by {self.choice}, "
            f"{self.hours:g} h a week each"
        )

    def expected_weekly_hours(self, addressed: float) -> float:
        """Return the hours that all champions give together."""
        return self.share * addressed * self.hours

    def holds(self, week: int) -> Hold:
        """Return that it stands as long as other programmes have the same champions."""
        return Hold(levers=("champions", "champion_hours"))

    def act(self, week: int, observed: Observed, levers: Levers) -> None:
        """Make the chosen posts champions, take their hours, and pay."""
        taken = levers.champions > 0.0
        key = (self, taken.tobytes())
        if key not in observed.memory:
            observed.memory[key] = self.choose(observed, taken)
        chosen = observed.memory[key]
        if len(chosen) > 0:
            self.burden(observed, levers, self.share / ORDINARY_SHARE)
        levers.champions[chosen] = self.strength
        levers.champion_hours[chosen] = self.hours
        department = observed.staff_department[chosen]
        hourly = observed.hourly_cost[department] * observed.post_weight[department]
        levers.spend(self.hours * float(hourly.sum()))
        self.pay(week, levers)

    def choose(self, observed: Observed, taken: BoolArray | None = None) -> IntArray:
        """Return the posts of the champions, sorted; who follows on a post follows as champion.

        Args:
            observed: what the council can see.
            taken: posts whose holders are champions already, by another programme, (posts,).
        """
        where = self.target.staff(observed.segments)
        pool = np.flatnonzero(where[observed.staff_department, observed.staff_role])
        # At least one, where there are to be any, however small the sample.
        count = max(round(self.share * len(pool)), int(self.share > 0.0 and len(pool) > 0))
        if taken is not None:
            pool = pool[~taken[pool]]
        count = min(count, len(pool))
        if count == 0:
            return np.empty(0, dtype=np.int64)
        lottery = observed.draw(pool, CHAMPION_LOTTERY)
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
        which = observed.draw(askers, CHAMPION_LOTTERY, 1)
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
