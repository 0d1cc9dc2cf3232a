"""Predict, then reveal: what a page hides until someone has said what they expect."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from takeup.errors import InputError
from takeup.results.units import is_share
from takeup.view.answers.outcome import SIGNS
from takeup.view.session.records import Guess
from takeup.view.setting.setting import Setting

QUESTIONS = {
    "digital_take_up": "Out of 100 transactions in the last month, how many are made online?",
    "staff_adoption": "Out of 100 staff at the end, how many work the new way?",
    "user_satisfaction": "How satisfied are residents in the last month, from 0 to 100?",
    "inclusion_gap_age": (
        "At the end, by how many points are online users more common among residents aged 25–44 "
        "than among those aged 65 and over?"
    ),
    "cost_per_transaction": "What does a transaction cost the council in the last month?",
    "net_savings": (
        "By the end, what has the plan saved, less what it cost? A loss is below zero."
    ),
}
"""What is asked, by KPI; the last month is the last four weeks."""

_LARGEST = 1e12

_THOUSANDS = re.compile(r"-?[1-9]\d{0,2}(,\d{3})+(\.\d*)?")
"""A number whose commas part thousands; any other single comma is a decimal point."""


@dataclass(frozen=True)
class Prediction:
    """Where a page is between guess and reveal.

    Attributes:
        first: results are hidden until there is a guess.
        kpi: what is asked for.
        setting: what `value` and `guess` are about; None before the first.
        value: what was guessed; None if the results are shown without.
        guess: the same beside what the model says, once it is complete.
    """

    first: bool = False
    kpi: str = "digital_take_up"
    setting: Setting | None = None
    value: float | None = None
    guess: Guess | None = None

    def stage(self, setting: Setting) -> str:
        """Return `open`, `waiting` (for the model), `revealed` or `skipped`."""
        if self.setting != setting:
            return "open"
        if self.value is None:
            return "skipped"
        return "waiting" if self.guess is None else "revealed"

    def hides(self, setting: Setting) -> bool:
        """Return whether the results of a setting are to be hidden."""
        return self.first and self.stage(setting) in ("open", "waiting")

    def guess_of(self, setting: Setting) -> Guess | None:
        """Return the guess about a setting, if there was one."""
        return self.guess if self.setting == setting else None

    def begun(self, setting: Setting, value: float | None) -> Prediction:
        """Return what follows when a value is guessed, or None: show without."""
        return replace(self, setting=setting, value=value, guess=None)

    def found(self, guess: Guess) -> Prediction:
        """Return what follows when the model has answered."""
        return replace(self, guess=guess)

    def about(self, kpi: str) -> Prediction:
        """Return what follows when another KPI is asked for."""
        return replace(self, kpi=kpi, setting=None, value=None, guess=None)

    def turned(self, first: bool, setting: Setting) -> Prediction:
        """Return what follows when results are to wait for a guess from now on, or not any more.

        The present setting has been seen already, so that guesses begin with the next.
        """
        return replace(self.begun(setting, None), first=first)


def value_of(text: str, unit: str) -> float:
    """Return the value that someone typed for a KPI, shares in per cent.

    Raises:
        InputError: it is no number, or none that could be.
    """
    plain = text.strip().replace("−", "-").rstrip("%").strip()
    if _THOUSANDS.fullmatch(plain):
        plain = plain.replace(",", "")
    try:
        value = float(plain.replace(",", "."))  # as half of Europe writes it
    except ValueError:
        value = float("nan")
    if not abs(value) <= _LARGEST:  # so that NaN is caught as well
        raise InputError("Type your guess as a number, for example 35.")
    if not is_share(unit):
        return value
    if not -100 <= value <= 100:
        raise InputError("Type a guess of at most 100.")
    return value / 100


def beside(unit: str) -> str:
    """Return what stands beside the field of a guess."""
    return "%" if is_share(unit) else SIGNS.get(unit, unit)
