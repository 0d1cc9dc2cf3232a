"""What is improbable, and words for it."""

from __future__ import annotations

from typing import NamedTuple


class Doubt(NamedTuple):
    """Something improbable.

    Attributes:
        key: dotted key of the value, or of the table.
        text: what it is, why that is improbable, and what was probably meant.
    """

    key: str
    text: str

    def __str__(self) -> str:
        return f"{self.key}: {self.text}"


MOST_OF_ALL = 40.0
"""Needs a year of all services for each resident, above which residents are doubted."""

SLACK = 0.1
"""By how much a share may go against what is usual with age."""


def tenth(share: float) -> str:
    """Return a tenth of a share, which may be what was meant."""
    return f"{share / 10:.3g}"
