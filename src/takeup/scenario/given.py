"""Scenarios as Python code gives and changes them, checked as those of files are.

Pydantic's `model_copy` and `model_construct` check nothing, so a scenario made by them may hold
anything; what runs a scenario asks for it here first.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import BaseModel, ValidationError

from takeup.arguments import path, told
from takeup.errors import InputError
from takeup.output import quoted, shortened
from takeup.scenario.read.load import CHANGED, WITH_FACTS, Source, load
from takeup.scenario.read.overrides import key_parts, nested
from takeup.scenario.read.problems import (
    Layer,
    described,
    translated,
)
from takeup.scenario.schema.scenario import Scenario, inconsistencies
from takeup.scenario.tell.write import stated, stated_fields


def given(plan: object, name: str = "plan") -> Scenario:
    """Return the scenario that an argument stands for.

    Args:
        plan: a scenario, or the path of its file.
        name: of the argument, for messages.

    Raises:
        InputError: it is neither, or the scenario is not valid, however it was made.
    """
    if isinstance(plan, Scenario):
        return validated(plan)
    if isinstance(plan, str) and ("\n" in plan or "=" in plan) and not _exists(plan):
        raise InputError(
            f"{name}: is the text of a scenario, not the path of its file; save it in a file and "
            "give the path"
        )
    if isinstance(plan, Mapping):
        raise InputError(
            f"{name}: must be a scenario or the path of its file, not {told(plan)}; "
            "`takeup.load(path).changed(...)` takes a mapping of changes"
        )
    return load(path(name, plan, "a scenario or the path of its file"))


def _exists(text: str) -> bool:
    try:
        return Path(text).exists()
    except (OSError, ValueError):  # too long for a path, or with a null byte
        return False


def validated(scenario: Scenario) -> Scenario:
    """Return a scenario that is valid: the same, or one with what it holds in its proper types.

    Args:
        scenario: made in any way.

    Raises:
        InputError: listing every problem found.
    """
    data = _plain(scenario)
    try:
        checked = Scenario.model_validate(data)
    except ValidationError as error:
        problems = [*translated(error.errors(include_url=False), data), *inconsistencies(data)]
        raise InputError(described(problems, [Layer(_name(data), data)], data)) from None
    return scenario if checked == scenario else checked


def changed(scenario: Scenario, changes: tuple[object, ...], facts: bool = False) -> Scenario:
    """Return a scenario with changes on top, or other facts below: see `Scenario.changed`."""
    by = WITH_FACTS if facts else CHANGED
    try:
        tables = nested(_pairs(changes, by))
        base = Source.of([Layer(_name(vars(scenario)), stated(validated(scenario)))])
        if facts:
            return base.scenario({}, CHANGED, facts=tables, facts_by=WITH_FACTS)
        return base.scenario(tables, CHANGED)
    except RecursionError:
        raise InputError(f"{by}: has lists or tables nested too deeply") from None


Scenario.CHANGING = changed


def _pairs(changes: tuple[object, ...], by: str) -> Iterator[tuple[list[str], Any]]:
    """Yield the parts of a key and a plain value for all that `by` was given."""
    if len(changes) == 1 and isinstance(changes[0], Mapping):
        changes = tuple(part for pair in changes[0].items() for part in pair)
    if len(changes) % 2:
        raise InputError(
            f'{by}: takes pairs of a key and a value, such as changed("run.weeks", 52), or '
            f"one mapping of them; {told(changes[-1])} stands alone"
        )
    for key, value in zip(changes[::2], changes[1::2], strict=True):
        if not isinstance(key, str):
            raise InputError(f'{by}: a key is a text such as "run.weeks", not {told(key)}')
        try:
            parts = key_parts(key)
        except ValueError as error:
            raise InputError(f"{by}: {error}") from None
        yield parts, _toml(value, by)


def _toml(value: Any, by: str) -> Any:
    """Return a value of Python, NumPy or the schema as a file states it."""
    if isinstance(value, BaseModel):
        return _toml(stated_fields(_plain(value)), by)
    if isinstance(value, np.generic | np.ndarray):
        return value.tolist()
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    if isinstance(value, Mapping):
        for key in value:
            if not isinstance(key, str):
                raise InputError(f"{by}: a key is a text, not {told(key)}")
        return {str(key): _toml(item, by) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_toml(item, by) for item in value]
    return value


def _plain(value: Any) -> Any:
    """Return everything that a model holds, known or not, as plain data."""
    if isinstance(value, BaseModel):
        return {name: _plain(item) for name, item in vars(value).items()}
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return tuple(_plain(item) for item in value)
    return value


def _name(data: Mapping[str, Any]) -> str:
    """Return what messages call a scenario that no file is known of."""
    name = data.get("name")
    return f"scenario {quoted(shortened(name))}" if isinstance(name, str) else "the scenario"
