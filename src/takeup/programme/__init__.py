"""What a council does and what happens to it: each in one file, acting on the model by levers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from takeup.programme.event import Event
from takeup.programme.goal import Goal
from takeup.programme.hold import Hold
from takeup.programme.intervention import Intervention
from takeup.programme.levers import Levers, Observed
from takeup.programme.order import programme_order
from takeup.programme.shock import Shock
from takeup.programme.target import Target

if TYPE_CHECKING:
    from takeup.programme.catalogue import KINDS, SHOCKS

__all__ = [
    "KINDS",
    "SHOCKS",
    "Event",
    "Goal",
    "Hold",
    "Intervention",
    "Levers",
    "Observed",
    "Shock",
    "Target",
    "programme_order",
]


def __getattr__(name: str) -> Any:
    """Load the catalogue when it is asked for: kinds from outside import this package first."""
    if name not in ("KINDS", "SHOCKS"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from takeup.programme import catalogue

    return getattr(catalogue, name)
