"""What a council does and what happens to it: each in one file, acting on the model by levers."""

from takeup.programme.catalogue import KINDS, SHOCKS
from takeup.programme.event import Event
from takeup.programme.goal import Goal
from takeup.programme.intervention import Intervention
from takeup.programme.levers import Levers, Observed
from takeup.programme.order import programme_order
from takeup.programme.shock import Shock
from takeup.programme.target import Target

__all__ = [
    "KINDS",
    "SHOCKS",
    "Event",
    "Goal",
    "Intervention",
    "Levers",
    "Observed",
    "Shock",
    "Target",
    "programme_order",
]
