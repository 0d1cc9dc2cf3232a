"""Addressed randomness: a draw is a pure function of where it is used.

Philox4x32-10 (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3") with the counter
(agent, week, stream, event) and the key (seed, replicate) gives one block of four draws per
decision point. Nothing is consumed, so the order of agents, threads and plans cannot matter, and
two plans that differ in one thing differ only because of it.
"""

from __future__ import annotations

from math import cos, log, pi, sqrt

from takeup.model.week.compiled import rule

# Streams: the third word of the address. Services and other small codes go into its upper bits.
NEED = 1  # a need: awareness, channel, completion, follow-up
FOLLOW_UP = 2  # the same need, later decisions
CAMPAIGN = 3  # who hears of a campaign: fixed for a citizen and a service
LESSON = 4  # whether a citizen was reached by training between two needs
STAFF_WEEK = 5  # a staff member's week: adopt or relapse, leave, training
STAFF_START = 6  # a staff member on arrival
CASES = 7  # rounding of expected numbers of cases to whole ones
SESSION = 8  # whether an assisted session is free for a need
STAFF_PROGRAMME = 9  # whether a member of staff takes part in co-design or is helped on the job
HELP = 10  # who has somebody to do a service online for them: fixed for a citizen and a service
SUPPORT = 11  # whom everyday support brings to the new way of working before the run
CITIZEN_TRAITS = 16  # world: see takeup.model.world.population
CITIZEN_START = 17
HOUSEHOLDS = 18
TIES = 19
NEEDS_CALENDAR = 20
STAFF_TRAITS = 21
STAFF_TIES = 22
NEEDS_SURGE = 23
TREND = 24  # what moves a service from outside
# From 32 on: takeup.programme.levers.

SERVICE_SHIFT = 8
"""A stream's lower 8 bits name it; the bits above hold a service or another small code."""

_MASK = 0xFFFFFFFF


@rule
def philox(c0: int, c1: int, c2: int, c3: int, k0: int, k1: int) -> tuple[int, int, int, int]:
    """Return the four 32-bit words of a Philox4x32-10 block.

    Written with masks so that Python's unbounded integers and compiled 64-bit ones agree: a
    product that wraps to negative still has the right lower 64 bits after the shift and the mask.

    Args:
        c0: counter word (0 … 2³² − 1), as are c1, c2, c3.
        c1: counter word.
        c2: counter word.
        c3: counter word.
        k0: key word, as is k1.
        k1: key word.
    """
    for _ in range(10):
        p0 = c0 * 0xD2511F53
        p1 = c2 * 0xCD9E8D57
        c0, c1, c2, c3 = (
            ((p1 >> 32) & _MASK) ^ c1 ^ k0,
            p1 & _MASK,
            ((p0 >> 32) & _MASK) ^ c3 ^ k1,
            p0 & _MASK,
        )
        k0 = (k0 + 0x9E3779B9) & _MASK
        k1 = (k1 + 0xBB67AE85) & _MASK
    return c0, c1, c2, c3


@rule
def uniform(word: int) -> float:
    """Return a uniform in (0, 1), never 0 or 1, from a 32-bit word: (word + ½) / 2³²."""
    return (word + 0.5) * 2.3283064365386963e-10


@rule
def normal(first: float, second: float) -> float:
    """Return a standard normal from two uniforms: √(−2 ln u) · cos(2π v) (Box & Muller 1958)."""
    return sqrt(-2.0 * log(first)) * cos(2.0 * pi * second)


@rule
def whole(expected: float, uniform: float) -> int:
    """Return an integer with the given mean: floor(expected + uniform)."""
    return int(expected + uniform)
