"""The order in which interventions and shocks act."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import TypeVar

from takeup.programme.event import Event

EventKind = TypeVar("EventKind", bound=Event)


def programme_order(
    events: Mapping[str, EventKind],
) -> tuple[tuple[str, EventKind], ...]:
    """Return interventions or shocks with their names in the order in which they act.

    By kind, then by a hash of the fields: adding floats does not commute to the last bit, so
    neither the order in a file nor the names must decide; nor may the end of one decide the order
    of others, so the calendar comes last. Those that are switched off are left out.
    """

    def key(item: tuple[str, EventKind]) -> tuple[str, str, str, str]:
        event = item[1]
        what = event.model_dump_json(exclude={"start", "weeks", "until", "enabled"})
        digest = hashlib.sha256(what.encode()).hexdigest()
        return event.kind, digest, str(event.start), event.model_dump_json()

    return tuple(sorted((item for item in events.items() if item[1].enabled), key=key))
