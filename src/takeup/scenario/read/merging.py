"""Laying what one file states over what another does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from takeup.scenario.read.problems import Layer

_INSTEAD = {"weeks": "until", "until": "weeks", "go_live": "take_up"}
"""Keys that, stated anew, take the place of another that is inherited."""


def merged(
    base: Mapping[str, Any], changes: Mapping[str, Any], path: tuple[str, ...] = ()
) -> dict[str, Any]:
    """Return `base` with `changes`: tables merged, all else replaced; an empty table empties it."""
    result = dict(base)
    for key, value in changes.items():
        known = result.get(key)
        if isinstance(known, Mapping) and isinstance(value, Mapping) and value:
            here = (*path, key)
            result[key] = merged(_carried_over(known, value, here), value, here)
        else:
            result[key] = value
    result.pop("extends", None)
    return result


def _carried_over(
    known: Mapping[str, Any], changes: Mapping[str, Any], path: tuple[str, ...]
) -> Mapping[str, Any]:
    """Return what is inherited of a service, an intervention or a shock that a plan changes.

    Of a run, all but a posterior where something else than that is to differ between replicates.
    """
    if path == ("run",) and changes.get("uncertainty", "posterior") != "posterior":
        return {key: value for key, value in known.items() if key != "posterior"}
    if len(path) != 2 or path[0] not in ("services", "programme", "shocks"):
        return known
    if changes.get("kind", known.get("kind")) != known.get("kind"):
        return {}  # another kind has other fields
    replaced = {old for new, old in _INSTEAD.items() if new in changes}
    return {key: value for key, value in known.items() if key not in replaced}


def all_merged(layers: Sequence[Layer]) -> dict[str, Any]:
    """Return what layers say together; later ones win."""
    data: dict[str, Any] = {}
    for layer in layers:
        data = merged(data, layer.data)
    return data
