"""What an experiment varies: values one by one, or a range."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import exp, log
from typing import Any, Literal

import numpy as np
import pandas as pd

from takeup.evidence import Parameter, triangular

Shape = Literal["linear", "log", "evidence"]


@dataclass(frozen=True)
class Choices:
    """Values that are tried one by one; when sampled, each is as likely as the others.

    Attributes:
        values: as they stand in the file.
    """

    values: tuple[Any, ...]

    def at(self, position: float) -> Any:
        """Return the value at a position from 0 to 1."""
        return self.values[min(int(position * len(self.values)), len(self.values) - 1)]

    def levels(self, count: int | None) -> tuple[Any, ...]:
        """Return all values, whatever the number of levels."""
        return self.values

    def column(self, values: Sequence[Any]) -> pd.Series:
        """Return values as a column of the design; None is a missing value.

        Numbers, texts and truth values stand for themselves; dates, lists and tables, and values
        of several types, are shown as JSON.
        """
        kinds = {type(value) for value in self.values}
        if kinds == {int}:
            return pd.Series(pd.array(values, dtype="Int64"))
        if kinds <= {int, float}:
            return pd.Series([np.nan if value is None else float(value) for value in values])
        if kinds == {bool}:
            return pd.Series(pd.array(values, dtype="boolean"))
        return pd.Series(
            [None if value is None else self._cell(value) for value in values], dtype=str
        )

    def value(self, cell: Any) -> Any:
        """Return the value that a cell of the column stands for."""
        return self._by_cell[cell]

    @cached_property
    def _by_cell(self) -> dict[Any, Any]:
        return {self._cell(value): value for value in self.values}

    def _cell(self, value: Any) -> Any:
        return value if self._plain else _as_json(value)

    @cached_property
    def _plain(self) -> bool:
        """Whether values can stand in a column as they are."""
        kinds = {type(value) for value in self.values}
        return kinds <= {int, float} or kinds in ({bool}, {str})

    def stated(self) -> dict[str, Any]:
        """Return it as plain data, to be written down and compared."""
        return {"values": json.loads(json.dumps(self.values, default=str))}


@dataclass(frozen=True)
class Range:
    """A range of numbers.

    Attributes:
        low: lower end.
        high: upper end.
        shape: how samples spread: evenly, evenly in the logarithm, or as the evidence has it
            (triangular, with its mode at the parameter's default).
        mode: of the triangular distribution.
        whole: only whole numbers.
    """

    low: float
    high: float
    shape: Shape = "linear"
    mode: float | None = None
    whole: bool = False

    @classmethod
    def of_evidence(cls, parameter: Parameter) -> Range:
        """Return the range that the evidence leaves to a behavioural parameter."""
        return cls(parameter.low, parameter.high, "evidence", parameter.default)

    def at(self, position: float) -> float | int:
        """Return the value at a position from 0 to 1: its quantile."""
        if self.whole:
            low, count = int(self.low), int(self.high) - int(self.low) + 1
            if self.shape == "log":
                value = round(exp(_between(log(low), log(self.high), position)))
                return min(max(value, low), int(self.high))
            return low + min(int(position * count), count - 1)
        if self.shape == "log":
            return min(
                max(exp(_between(log(self.low), log(self.high), position)), self.low), self.high
            )
        if self.shape == "evidence" and self.mode is not None:
            return triangular(position, self.low, self.mode, self.high)
        return _between(self.low, self.high, position)

    def levels(self, count: int | None) -> tuple[Any, ...]:
        """Return values from end to end, without repetition.

        Args:
            count: how many, at least 2.
        """
        steps = [step / (max(count or 2, 2) - 1) for step in range(max(count or 2, 2))]
        if self.whole and self.shape == "linear":
            values: list[Any] = [round(_between(self.low, self.high, step)) for step in steps]
        else:
            values = [self.at(step) for step in steps]
        return tuple(dict.fromkeys(values))

    def column(self, values: Sequence[Any]) -> pd.Series:
        """Return values as a column of the design; None is a missing value."""
        if self.whole:
            return pd.Series(pd.array(values, dtype="Int64"))
        return pd.Series([np.nan if value is None else float(value) for value in values])

    def value(self, cell: Any) -> Any:
        """Return the value that a cell of the column stands for."""
        return int(cell) if self.whole else float(cell)

    def stated(self) -> dict[str, Any]:
        """Return it as plain data, to be written down and compared."""
        mode = {} if self.mode is None else {"mode": self.mode}
        return {"low": self.low, "high": self.high, "scale": self.shape, **mode}


Variation = Choices | Range


def distinct(values: Sequence[Any]) -> tuple[Any, ...]:
    """Return values without repetition; 1, 1.0 and true are three values."""
    return tuple({(type(value), _as_json(value)): value for value in values}.values())


def _as_json(value: Any) -> str:
    return json.dumps(value, default=str, ensure_ascii=False)


def _between(low: float, high: float, position: float) -> float:
    return low + (high - low) * position
