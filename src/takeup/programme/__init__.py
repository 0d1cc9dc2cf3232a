"""What a council does: interventions, each in one file, acting on the model through levers only."""

from takeup.programme.catalogue import KINDS
from takeup.programme.intervention import Intervention, Target
from takeup.programme.levers import Levers, Observed, programme_order

__all__ = ["KINDS", "Intervention", "Levers", "Observed", "Target", "programme_order"]
