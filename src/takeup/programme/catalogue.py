"""Every kind of intervention and of shock there is: those in their folders, and from outside.

Another package adds one by an entry point of the group `takeup.kinds` that names its class. It is
loaded when the catalogue is, not with `takeup.programme`, so that what it is built on is there.
"""

from __future__ import annotations

import importlib
import pkgutil
import sys
from collections.abc import Iterator
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import ModuleType
from typing import Any, TypeVar

from takeup.errors import InputError
from takeup.programme import interventions, shocks
from takeup.programme.event import Event
from takeup.programme.intervention import Intervention
from takeup.programme.shock import Shock

Kind = TypeVar("Kind", bound=Event)

GROUP = "takeup.kinds"
"""Group of the entry points by which other packages add kinds."""


def _in_folder(folder: ModuleType, base: type[Kind]) -> dict[str, type[Kind]]:
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
    return kinds


KINDS: dict[str, type[Intervention]] = _in_folder(interventions, Intervention)
"""Every kind of intervention by the name that scenario files use."""

SHOCKS: dict[str, type[Shock]] = _in_folder(shocks, Shock)
"""Every kind of shock by the name that scenario files use."""

OUTSIDE: set[str] = set()
"""Top-level packages and modules that add kinds."""


def _add(point: EntryPoint) -> None:
    """Add the kind that an entry point names.

    Raises:
        InputError: it cannot be loaded, or is none that can be used.
    """
    package = point.dist.name if point.dist else point.module
    where = f"the installed package {package} adds a kind `{point.name}` ({point.value}), which"
    try:
        cls: Any = point.load()
    except Exception as error:
        said = " ".join(f"{type(error).__name__}: {error}".split())
        wrong = f"cannot be loaded ({said})"
    else:
        wrong = _wrong_with(cls, point.name)
    if wrong:
        raise InputError(f"{where} {wrong}; mend the package, or remove it")
    (KINDS if issubclass(cls, Intervention) else SHOCKS)[point.name] = cls
    OUTSIDE.add(point.module.partition(".")[0])


def _wrong_with(cls: Any, name: str) -> str:
    """Return why something cannot be a kind of that name; empty if it can."""
    if not (isinstance(cls, type) and issubclass(cls, Intervention | Shock)):
        return "must be a class derived from takeup.programme.Intervention or Shock"
    if cls.model_fields["kind"].default != name:
        return f'must have the field `kind: Literal["{name}"] = "{name}"`'
    if name in KINDS or name in SHOCKS:
        return "has a name that is taken; give it another"
    if issubclass(cls, Intervention) and cls.DOSE not in cls.model_fields:
        return f"must have the field `{cls.DOSE}` that its DOSE names"
    return ""


def outside_sources() -> Iterator[tuple[str, Path]]:
    """Yield the files of the packages that add kinds, by names that are the same everywhere."""
    for package in sorted(OUTSIDE):
        module = sys.modules[package]
        roots = [Path(path) for path in getattr(module, "__path__", ())]
        found = [(root, path) for root in roots for path in sorted(root.rglob("*"))]
        for root, path in found or [
            (Path(str(module.__file__)).parent, Path(str(module.__file__)))
        ]:
            if path.is_file() and "__pycache__" not in path.parts:
                yield f"{package}/{path.relative_to(root).as_posix()}", path


for _point in sorted(entry_points(group=GROUP), key=lambda point: (point.name, point.value)):
    _add(_point)
