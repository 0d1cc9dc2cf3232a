"""What a room keeps: attempts and guesses, with what the model said at the time."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from math import isfinite

import numpy as np
import numpy.typing as npt

from takeup.errors import InputError
from takeup.results.levels import mean_without_nan
from takeup.results.summary import ENDS, quantiles_without_nan
from takeup.view.answers.outcome import (
    TILES,
    Outcome,
    Tile,
    chance_words,
    goal_said,
    level_words,
)
from takeup.view.setting.cards import cost
from takeup.view.setting.councils import Councils
from takeup.view.setting.setting import Setting

FloatArray = npt.NDArray[np.float64]

LONGEST = 40
"""Characters of a name."""

ROWS = ("mean", "low", "high", "ghost")
"""What is kept of every week: mean and band of the plan, and the mean with no programme."""


@dataclass(frozen=True)
class Measure:
    """What the model said of one KPI.

    Attributes:
        tile: as the page showed it.
        ends: with the plan at the end of every run.
        weekly: float32, row by row (`ROWS`), a value a week.
    """

    tile: Tile
    ends: tuple[float, ...]
    weekly: bytes

    def __post_init__(self) -> None:
        """Check what may come from a file.

        Raises:
            ValueError: the KPI is not known, or the weeks are not whole.
        """
        if self.tile.kpi not in TILES:
            raise ValueError(f"there is no tile for {self.tile.kpi!r}")
        if len(self.weekly) % (4 * len(ROWS)) or not self.weekly or not self.ends:
            raise ValueError("the weeks are not whole")

    @property
    def rows(self) -> dict[str, FloatArray]:
        """Values by row, (weeks,) each."""
        values = np.frombuffer(self.weekly, np.dtype("<f4")).astype(float)
        return dict(zip(ROWS, values.reshape(len(ROWS), -1), strict=True))


@dataclass(frozen=True)
class Reached:
    """How an attempt does on a goal.

    Attributes:
        words: the goal.
        due: by when.
        level: where the attempt stands then.
        chance: share of runs that meet it; None if it is due after the end of the run.
        says: the chance in words.
    """

    words: str
    due: str
    level: str
    chance: float | None
    says: str


@dataclass(frozen=True)
class Guess:
    """What someone thought before they saw what the model says.

    Attributes:
        team: who; may be empty.
        council: key of the council.
        kpi: of what.
        unit: of all values.
        value: the guess.
        mean: what the model says of the setting that the guess was about.
        low: 1 of 20 runs ends lower.
        high: 1 of 20 runs ends higher.
        at: when it was revealed.
    """

    team: str
    council: str
    kpi: str
    unit: str
    value: float
    mean: float
    low: float
    high: float
    at: datetime

    def __post_init__(self) -> None:
        """Check what may come from a file; ValueError if the KPI or a number cannot be."""
        if self.kpi not in TILES:
            raise ValueError(f"there is no tile for {self.kpi!r}")
        if not all(isfinite(x) for x in (self.value, self.mean, self.low, self.high)):
            raise ValueError("a number is missing")

    @property
    def side(self) -> int:
        """1 if it lies above where 9 of 10 runs lie, −1 if below, 0 if among them."""
        return (self.value > self.high) - (self.value < self.low)


@dataclass(frozen=True)
class Attempt:
    """A setting that a team saved, with what the model said of it.

    Attributes:
        number: given by the room; 0 before.
        team: who.
        name: what they call it.
        setting: the setting.
        link: the same as a link, which notices when the council has changed.
        fingerprint: of the council as it was; empty if that was not kept.
        place: what the council is called.
        cost: of all cards that are on, at most.
        currency: of the cost.
        budget: that it should keep to; None if there is none.
        runs: on which it rests.
        start: Monday of the first week.
        measures: the tiles.
        goals: how it does on the goals.
        guess: of the same setting, if there was one.
        saved: when.
    """

    number: int
    team: str
    name: str
    setting: Setting
    link: str
    place: str
    cost: float
    currency: str
    budget: float | None
    runs: int
    start: date
    measures: tuple[Measure, ...]
    goals: tuple[Reached, ...]
    guess: Guess | None
    saved: datetime
    fingerprint: str = ""

    def __post_init__(self) -> None:
        """Check what may come from a file; ValueError if the setting cannot be read."""
        if not isinstance(json.loads(self.setting.changes), dict):
            raise ValueError("the setting cannot be read")

    @property
    def council(self) -> str:
        """Key of the council."""
        return self.setting.council

    def same_runs(self, other: Attempt) -> bool:
        """Return whether run 1 of both had the same residents and chances, run 2 likewise, …."""

        def runs(one: Attempt) -> tuple[object, ...]:
            return one.council, one.fingerprint, one.start, one.runs

        return runs(self) == runs(other)

    @property
    def within(self) -> bool:
        """Whether it keeps to the budget."""
        return self.budget is None or self.cost <= self.budget


def attempted(
    team: str,
    name: str,
    setting: Setting,
    councils: Councils,
    outcome: Outcome,
    guess: Guess | None = None,
    budget: float | None = None,
) -> Attempt:
    """Return what is to be saved of a setting.

    Args:
        team: who.
        name: what they call it.
        setting: the setting.
        councils: what the server offers.
        outcome: what the model says of it.
        guess: of the same setting.
        budget: that the team kept to; None if it had none. That of a challenge goes before it.

    Raises:
        InputError: a name is missing, or the setting has too many changes to be kept.
    """
    team, name = tidy_name(team), tidy_name(name)
    if not team:
        raise InputError("Give your team a name first, so that the room knows whose attempt it is.")
    if not name:
        raise InputError("Give the attempt a name first.")
    council = councils[setting.council]
    runs = outcome.answer.done
    return Attempt(
        number=0,
        team=team,
        name=name,
        setting=setting,
        link=setting.link(councils),
        place=council.title,
        cost=cost(setting, councils),
        currency=council.scenario.place.currency,
        budget=council.challenge.budget if council.challenge else budget,
        runs=runs,
        start=date.fromisoformat(str(outcome.days[0].astype("datetime64[D]"))),
        measures=tuple(_measures(outcome)),
        goals=tuple(
            Reached(
                words=goal_said(verdict),
                due=f"by {verdict.due:%b %Y}",
                level=level_words(verdict),
                chance=verdict.chance if isfinite(verdict.chance) else None,
                says=chance_words(verdict, runs),
            )
            for verdict in outcome.verdicts
        ),
        guess=guess,
        saved=datetime.now(UTC),
        fingerprint=council.fingerprint,
    )


def guessed(team: str, council: str, kpi: str, value: float, outcome: Outcome) -> Guess | None:
    """Return a guess beside what the model says; None if the KPI has no value at the end."""
    ends = outcome.ends(kpi)
    if not np.isfinite(ends).any():
        return None
    low, high = quantiles_without_nan(ends, ENDS).tolist()
    mean = float(mean_without_nan(ends, 0))
    unit, now = outcome.unit(kpi), datetime.now(UTC)
    return Guess(tidy_name(team), council, kpi, unit, value, mean, low, high, now)


def tidy_name(text: str) -> str:
    """Return a name without anything unprintable, not too long; may be empty."""
    seen = "".join(c if c.isprintable() else " " for c in text)
    return " ".join(seen.split())[:LONGEST].strip()


def _measures(outcome: Outcome) -> Iterator[Measure]:
    for tile in outcome.tiles:
        plan, ghost = outcome.series(tile.kpi)
        low, high = quantiles_without_nan(plan, ENDS)
        rows = [mean_without_nan(plan, 0), low, high, mean_without_nan(ghost, 0)]
        weekly = np.stack(rows).astype("<f4").tobytes()
        yield Measure(tile, tuple(outcome.ends(tile.kpi).tolist()), weekly)
