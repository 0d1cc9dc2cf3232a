"""Every kind of intervention and of shock there is: those whose files lie in their folders."""

from __future__ import annotations

import importlib
import pkgutil
from types import ModuleType
from typing import TypeVar

from takeup.programme import interventions, shocks
from takeup.programme.event import Event
from takeup.programme.intervention import Intervention
from takeup.programme.shock import Shock

Kind = TypeVar("Kind", bound=Event)


def _found(folder: ModuleType, base: type[Kind]) -> dict[str, type[Kind]]:
    """Import the files of a folder and return the kinds of events in them, by kind."""
    kinds: dict[str, type[Kind]] = {}
    for file in pkgutil.iter_modules(folder.__path__):
        module = importlib.import_module(f"{folder.__name__}.{file.name}")
        for cls in vars(module).values():
            if (
                isinstance(cls, type)
                and issubclass(cls, base)
                and cls.__module__ == module.__name__
            ):
                kinds[cls.model_fields["kind"].default] = cls
    return dict(sorted(kinds.items()))


KINDS: dict[str, type[Intervention]] = _found(interventions, Intervention)
"""Every kind of intervention by the name that scenario files use."""

SHOCKS: dict[str, type[Shock]] = _found(shocks, Shock)
"""Every kind of shock by the name that scenario files use."""
