"""Every kind of intervention there is: those whose files lie in this folder."""

from __future__ import annotations

import importlib
import pkgutil
from pathlib import Path

from takeup.programme.intervention import Intervention


def _found() -> dict[str, type[Intervention]]:
    """Import the files of this folder and return the interventions in them, by kind."""
    for module in pkgutil.iter_modules([str(Path(__file__).parent)]):
        if module.name != Path(__file__).stem:
            importlib.import_module(f"{__package__}.{module.name}")
    kinds = {cls.model_fields["kind"].default: cls for cls in Intervention.__subclasses__()}
    return dict(sorted(kinds.items()))


KINDS: dict[str, type[Intervention]] = _found()
"""Every kind of intervention by the name that scenario files use."""
