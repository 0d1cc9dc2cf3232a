"""The bundles of a run: its world and its state as kernels see them; nothing is copied."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from takeup.model.run.state import State
from takeup.model.week import rules
from takeup.model.week.bundles import (
    KEPT,
    Community,
    Council,
    Messages,
    Stories,
    Workforce,
)
from takeup.model.week.compiled import Array, kernel
from takeup.model.week.records import OLDEST
from takeup.model.week.staff import SUMS
from takeup.model.world.world import World

NO_MESSAGES = Messages(np.zeros((0, 0, 0)), np.zeros((0, 0, 0)), np.zeros((0, 0, 0, 0)))
"""What campaigns and courses have told before the first of them."""


def community(world: World, state: State) -> Community:
    """Return residents, their ties and what they remember."""
    return Community(
        world.citizens, world.ties, world.acquaintances, state.citizens, state.uses, state.took_part
    )


def stories(state: State, most: int) -> Stories:
    """Return what residents tell; at most `most` stories change in a week."""
    return Stories(state.published, state.seen, np.zeros(most, np.int64), np.zeros(most, np.uint8))


def council(world: World, state: State, parameters: npt.NDArray[np.void]) -> Council:
    """Return services, departments and the council as a whole."""
    rates = np.array([float(parameters[rate][0]) for rate in KEPT])
    kept = np.empty((len(KEPT), len(world.calendar) + 1 + OLDEST))
    keep(rates, kept)
    most = int(np.diff(world.citizens["ties"].astype(np.int64)).max(initial=0))
    untold = np.empty(most + 1)
    tell(float(parameters["talk_awareness"][0]), untold)
    return Council(
        parameters, state.services, state.departments, state.place, state.sponsorship, kept, untold
    )


@kernel
def keep(rates: Array, kept: Array) -> None:
    """Fill in the share that is kept at every rate after 0, 1, 2, … weeks."""
    for r in range(len(rates)):
        for weeks in range(kept.shape[1]):
            kept[r, weeks] = rules.kept(rates[r], float(weeks))


@kernel
def tell(talk: float, untold: Array) -> None:
    """Fill in the chance that nobody tells of a service for 0, 1, 2, … users known."""
    for users in range(len(untold)):
        untold[users] = rules.untold(float(users), talk)


def workforce(world: World, state: State, open_to: npt.NDArray[np.int64]) -> Workforce:
    """Return posts and their holders; `open_to` is whom seats are rationed by."""
    return Workforce(
        world.posts, world.post_ties, world.post_weight, state.staff, state.peers, state.attention,
        open_to, np.zeros(len(state.staff), np.int8),
        np.zeros((len(state.departments), SUMS), np.int64), np.zeros((len(state.departments), 2)),
    )  # fmt: skip
