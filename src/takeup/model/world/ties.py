"""Ties between people: a set without doubles, and neighbours in compressed rows (CSR)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from takeup.model.week.compiled import kernel, rule, step
from takeup.model.week.threads import Crew

Ends = npt.NDArray[np.int32]
Rows = tuple[npt.NDArray[np.uint32], npt.NDArray[np.int32]]


@rule
def empty_set(ties: int) -> npt.NDArray[np.int64]:
    """Return a set with room for so many ties: a hash table that stays at most half full."""
    size = 16
    while size < 2 * ties:
        size *= 2
    return np.zeros(size, dtype=np.int64)


@step
def key_of(a: int, b: int) -> int:
    """Return what a tie stands as in a set; 0 marks an empty slot."""
    return (min(a, b) << 32 | max(a, b)) + 1


@step
def slot_of(table: npt.NDArray[np.int64], key: int) -> int:
    """Return the slot in which the search for a tie begins."""
    return (key * 0x2545F4914F6CDD1D >> 32) & (len(table) - 1)


@rule
def added(table: npt.NDArray[np.int64], a: int, b: int) -> bool:
    """Add the tie between a and b to a set; return False if it is there or a is b."""
    if a == b:
        return False
    key = key_of(a, b)
    slot = slot_of(table, key)
    while table[slot] != 0:
        if table[slot] == key:
            return False
        slot = (slot + 1) & (len(table) - 1)
    table[slot] = key
    return True


def rows(count: int, left: Ends, right: Ends, crew: Crew | None = None) -> Rows:
    """Return every person's neighbours, both ways and in ascending order.

    Args:
        count: number of people.
        left: one end of every tie; no tie twice, none with oneself.
        right: the other end.
        crew: the threads that work on it; left out: this one.

    Returns:
        Offsets, uint32 (count + 1,): the neighbours of i are from offsets[i] to offsets[i + 1].
        Neighbours, int32 (2 · ties,).
    """
    crew = crew or Crew()
    offsets, neighbours = _gather(count, left, right)
    crew.each(
        lambda first, end: _put_in_order(first, end, offsets, neighbours), crew.stretches(count)
    )
    return offsets, neighbours


@kernel
def _gather(count: int, left: Ends, right: Ends) -> Rows:
    """Return the rows with neighbours in the order of the ties."""
    offsets = np.zeros(count + 1, dtype=np.uint32)
    for tie in range(len(left)):
        offsets[left[tie] + 1] += np.uint32(1)
        offsets[right[tie] + 1] += np.uint32(1)
    for person in range(count):
        offsets[person + 1] += offsets[person]
    cursor = offsets[:-1].astype(np.int64)
    neighbours = np.empty(2 * len(left), dtype=np.int32)
    for tie in range(len(left)):
        a, b = left[tie], right[tie]
        neighbours[cursor[a]] = b
        neighbours[cursor[b]] = a
        cursor[a] += 1
        cursor[b] += 1
    return offsets, neighbours


@kernel
def _put_in_order(first: int, end: int, offsets: npt.NDArray[np.uint32], neighbours: Ends) -> None:
    """Sort the neighbours of a stretch of people."""
    for person in range(first, end):
        neighbours[offsets[person] : offsets[person + 1]].sort()
