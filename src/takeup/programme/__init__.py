"""What a council does: interventions, each in one file, acting on the model through levers only."""

from takeup.programme.champions import Champions
from takeup.programme.communication import Communication
from takeup.programme.intervention import Intervention, Target
from takeup.programme.levers import Levers, Observed, programme_order
from takeup.programme.training import Training

KINDS: dict[str, type[Intervention]] = {
    "champions": Champions,
    "communication": Communication,
    "training": Training,
}
"""Every kind of intervention by the name that scenario files use."""

__all__ = [
    "KINDS",
    "Champions",
    "Communication",
    "Intervention",
    "Levers",
    "Observed",
    "Target",
    "Training",
    "programme_order",
]
