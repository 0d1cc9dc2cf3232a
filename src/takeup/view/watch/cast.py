"""Whom the picture shows: residents with some of those they talk to, staff, and where they stand.

Nothing is drawn by chance: the same world gives the same people at the same places, so that two
settings of one council can be watched on the same faces.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from takeup.model.world.world import World

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

SEEDS = 0.25
"""Share of the residents shown who are spread evenly; the others are people whom those know."""


@dataclass(frozen=True, eq=False)
class Cast:
    """The residents and posts of one world that the picture shows.

    Attributes:
        residents: row of every resident shown, ascending, (n,).
        ties: pairs of them who talk to each other, as indices into `residents`, (ties, 2).
        places: where each stands within the ward, 0 to 1, (n, 2).
        posts: row of every post shown, by department, (m,).
    """

    residents: IntArray
    ties: IntArray
    places: FloatArray
    posts: IntArray


def choose(world: World, adopted: BoolArray, residents: int, posts: int) -> Cast:
    """Choose whom to show.

    Wards, and people with and without access in them, have as many as their share of the place, so
    that the picture can be read as the place. Within that, people who know each other come first.
    Departments have as many posts as their share, and in them those who work the new way when the
    run begins.

    Args:
        world: the world.
        adopted: which posts work the new way when the run begins, (posts,).
        residents: how many residents; all if there are fewer.
        posts: how many posts.
    """
    people = world.citizens[:-1]
    access = world.segments.profiles["access"][people["profile"]]
    rows = _acquainted(world, people["ward"].astype(np.int64) * 2 + access, residents)
    ties = _ties_among(world, rows)
    departments = world.posts["department"][:-1].astype(np.int64)
    return Cast(
        residents=rows,
        ties=ties,
        places=_places(people["ward"][rows].astype(np.int64), ties),
        posts=np.sort(_evenly(2 * departments + adopted, posts)),
    )


def shared_out(sizes: IntArray, total: int) -> IntArray:
    """Share a number out among groups by their size, at least one to each that is not empty.

    Largest remainders; no group gets more than it has.
    """
    if sizes.sum() <= total:
        return sizes
    exact = sizes / sizes.sum() * total
    parts: IntArray = np.minimum(np.maximum(np.floor(exact).astype(np.int64), sizes > 0), sizes)
    order = np.argsort(-(exact - np.floor(exact)), kind="stable")
    for group in order[parts[order] < sizes[order]][: max(0, total - int(parts.sum()))]:
        parts[group] += 1
    return parts


def _evenly(groups: IntArray, total: int) -> IntArray:
    """Return rows that are evenly spread over each group."""
    sizes = np.bincount(groups)
    found = []
    for group, part in enumerate(shared_out(sizes, total)):
        rows = np.flatnonzero(groups == group)
        found.append(rows[(np.arange(part) * len(rows)) // max(1, part)])
    return np.concatenate(found)


def _acquainted(world: World, groups: IntArray, total: int) -> IntArray:
    """Return rows: evenly spread ones, and then whoever knows most of those who are there."""
    wanted = shared_out(np.bincount(groups), total)
    first = _evenly(groups, max(1, round(SEEDS * total)))
    chosen = np.zeros(len(groups), dtype=bool)
    chosen[first] = True
    known = np.zeros(len(groups), dtype=np.int64)
    left = wanted - np.bincount(groups[first], minlength=len(wanted))
    for row in first:
        known[_neighbours(world, int(row))] += 1
    for _ in range(int(left.clip(0).sum())):
        open_to = np.where(chosen | (left[groups] <= 0), -1, known)
        row = int(open_to.argmax())
        if known[row] == 0:  # nobody whom they know is left: again evenly spread ones
            rows = np.flatnonzero(open_to >= 0)
            row = int(rows[len(rows) // 2])
        chosen[row] = True
        left[groups[row]] -= 1
        known[_neighbours(world, row)] += 1
    return np.flatnonzero(chosen)


def _neighbours(world: World, row: int) -> npt.NDArray[np.int32]:
    return world.ties[world.citizens["ties"][row] : world.citizens["ties"][row + 1]]


def _ties_among(world: World, rows: IntArray) -> IntArray:
    index = np.full(len(world.citizens), -1, dtype=np.int64)
    index[rows] = np.arange(len(rows))
    pairs = [
        (mine, other)
        for mine, row in enumerate(rows)
        for other in index[_neighbours(world, int(row))]
        if other > mine
    ]
    return np.array(pairs, dtype=np.int64).reshape(-1, 2)


def _places(wards: IntArray, ties: IntArray) -> FloatArray:
    """Give everyone a place of their own within the ward, near those whom they know."""
    places = np.zeros((len(wards), 2))
    for ward in np.unique(wards):
        members = np.flatnonzero(wards == ward)
        index = np.full(len(wards), -1, dtype=np.int64)
        index[members] = np.arange(len(members))
        inside = index[ties][(index[ties] >= 0).all(axis=1)]
        places[members] = _short_ties(len(members), inside)
    return places


def _short_ties(count: int, ties: IntArray) -> FloatArray:
    """Return places of so many people on a honeycomb that makes their ties short.

    Two people change places as long as that shortens the ties, the best exchange first.
    """
    columns = int(np.ceil(np.sqrt(1.3 * count)))
    rows = -(-count // columns)
    slots = np.arange(columns * rows)
    row, column = slots // columns, slots % columns
    x = (column + 0.25 + 0.5 * (row % 2)) / columns
    y = (row + 0.5) / rows
    spots = np.column_stack((x, y))
    # Slots that stay empty are people without ties.
    tied = np.zeros((len(slots), len(slots)))
    tied[ties[:, 0], ties[:, 1]] = tied[ties[:, 1], ties[:, 0]] = 1.0
    apart = np.hypot(x[:, None] - x, (y[:, None] - y) / 1.3)
    at = slots.copy()
    for _ in range(2 * len(slots)):
        now = apart[at][:, at]
        moved = tied @ now  # length of i's ties if i stood where j stands
        own = moved.diagonal()
        gain = own[:, None] + own - moved - moved.T - 2.0 * tied * now
        best = int(gain.argmax())
        if gain.flat[best] < 1e-9:
            break
        i, j = divmod(best, len(slots))
        at[i], at[j] = at[j], at[i]
    placed: FloatArray = spots[at[:count]]
    return placed
