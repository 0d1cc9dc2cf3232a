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
from typing import TypeVar

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

OUTSIDE: dict[str, EntryPoint] = {}
"""Kinds that other packages add, and where they are from."""


def _loaded(point: EntryPoint) -> tuple[str, type[Event]]:
    """Return the kind that an entry point names.

    Raises:
        InputError: it cannot be loaded, or is none that can be used.
    """
    package = point.dist.name if point.dist else point.module
    where = f"package {package}: its kind `{point.name}` ({point.value})"
    remedy = "mend or remove the package"
    try:
        cls = point.load()
    except Exception as error:
        said = " ".join(f"{type(error).__name__}: {error}".split())
        raise InputError(f"{where} cannot be loaded ({said}); {remedy}") from error
    if not (isinstance(cls, type) and issubclass(cls, Intervention | Shock)):
        raise InputError(
            f"{where} must be a class derived from takeup.programme.Intervention or Shock; {remedy}"
        )
    kind = cls.model_fields["kind"].default
    if kind != point.name:
        raise InputError(f"{where} calls itself {kind!r}: entry point and `kind` must be equal")
    if kind in KINDS or kind in SHOCKS:
        raise InputError(f"{where} is there already, under the same name; {remedy}")
    return kind, cls


def _add_from_outside() -> None:
    for point in sorted(entry_points(group=GROUP), key=lambda point: (point.name, point.value)):
        kind, cls = _loaded(point)
        if issubclass(cls, Intervention):
            KINDS[kind] = cls
        elif issubclass(cls, Shock):
            SHOCKS[kind] = cls
        OUTSIDE[kind] = point


def outside_sources() -> Iterator[tuple[str, Path]]:
    """Yield the files of the packages that add kinds, by a name that is the same everywhere."""
    for package in sorted({point.module.partition(".")[0] for point in OUTSIDE.values()}):
        module = sys.modules[package]
        for root in map(Path, getattr(module, "__path__", ())):
            for path in sorted(root.rglob("*")):
                if path.is_file() and "__pycache__" not in path.parts:
                    yield f"{package}/{path.relative_to(root).as_posix()}", path
        if not hasattr(module, "__path__"):
            yield f"{package}.py", Path(str(module.__file__))


_add_from_outside()
