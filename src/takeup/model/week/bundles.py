"""What kernels are given: arrays that belong together, bundled once a run.

A bundle is a named tuple, which numba passes as it passes its arrays one by one; its fields are
documented where the arrays are made (`World`, `State`, `Counters`, `Levers`).
"""

from __future__ import annotations

from typing import NamedTuple

from takeup.model.week.compiled import Array

KEPT = ("skill_forgetting", "trust_reversion", "habit_forgetting", "awareness_forgetting")
"""Rates of what is kept between needs: rows of `Council.kept`."""
SKILL_KEPT, TRUST_KEPT, HABIT_KEPT, AWARENESS_KEPT = range(len(KEPT))


class Now(NamedTuple):
    """Where in time and among replicates a draw is made.

    Attributes:
        week: week of the calendar; the warm-up comes first.
        seed: key word 0 of the draws.
        replicate: key word 1 of the draws.
    """

    week: int
    seed: int
    replicate: int


class Needs(NamedTuple):
    """The calendar of needs: see World.

    Attributes:
        first: first need of every week, (weeks + 1,).
        citizen: whose need; within a week they stand in the order of residents.
        service: which service.
    """

    first: Array
    citizen: Array
    service: Array


class Community(NamedTuple):
    """Residents: what they bring, whom they know, and what changes.

    Attributes:
        traits: TRAITS, (residents + 1,).
        ties: neighbours, concatenated.
        acquaintances: number of people met in the well-mixed mode, else 0.
        states: CITIZEN_STATE, (residents,).
        uses: USE_STATE, (residents × services,).
        took_part: week in which a resident last took part, (residents,).
    """

    traits: Array
    ties: Array
    acquaintances: int
    states: Array
    uses: Array
    took_part: Array


class Stories(NamedTuple):
    """What residents tell each other of services; all read last week's.

    Attributes:
        published: what neighbours see, a byte for each resident and service.
        seen: its sums by service: people, then bytes − 1; `Tally.seen` is where it is changed.
        staged_row: rows of `published` that change at the end of the week.
        staged_story: what they change to.
    """

    published: Array
    seen: Array
    staged_row: Array
    staged_story: Array


class Messages(NamedTuple):
    """What campaigns and courses have told residents, by where and who they are.

    Attributes:
        exposure: remembered exposure to campaigns, (PROFILES, wards, services); empty if none ran.
        reminder: the same as it is still on people's minds, fading faster; same shape.
        lessons: cumulative hazard of training by week, and times its gain, (weeks + 1, 2, PROFILES,
            wards); empty if none.
    """

    exposure: Array
    reminder: Array
    lessons: Array


class Council(NamedTuple):
    """The council as residents and staff meet it.

    Attributes:
        parameters: PARAMETER_RECORD, (1,).
        services: SERVICE_WEEK, (services,).
        departments: DEPARTMENT_WEEK, (departments,).
        place: PLACE_WEEK, (1,).
        sponsorship: level of visible sponsorship, (departments, roles).
        kept: share that is kept after 0, 1, 2, … weeks, (KEPT, weeks): time passes in whole weeks,
            so that exponentials are worked out once.
        untold: chance that nobody tells of a service, by the number of users known, up to the most
            that anyone could know.
    """

    parameters: Array
    services: Array
    departments: Array
    place: Array
    sponsorship: Array
    kept: Array
    untold: Array


class Workforce(NamedTuple):
    """Posts and their holders.

    Attributes:
        posts: POST, (posts + 1,).
        ties: colleagues of posts, concatenated.
        weight: members of staff that a post stands for, (departments,).
        states: STAFF_STATE, (posts,).
        peers: adopters among a post's colleagues, (posts,).
        attention: what a post receives from champions, (posts,).
        open_to: whom seats and sessions are rationed by, (departments, roles, OPEN_TO).
        changed: scratch: who adopted (1) or went back (−1) this week, int8, (posts,).
        sums: scratch: what a week adds up by department, (departments, SUMS).
        shared: scratch: what is the same for everyone in a department, (departments, 2).
    """

    posts: Array
    ties: Array
    weight: Array
    states: Array
    peers: Array
    attention: Array
    open_to: Array
    changed: Array
    sums: Array
    shared: Array


class Backlog(NamedTuple):
    """Cases between residents and departments.

    Attributes:
        queue: cases waiting, (services, channels, weeks of arrival).
        oldest: first week of arrival that may have waiting cases, (departments,).
        outcomes: what this week's needs leave for the departments, (services, OUTCOMES).
        minutes: scratch: staff minutes of a case, (services, channels).
        prices: list price of a web visit, a call and a visit to the counter, (3,).
        weight: residents that one simulated resident stands for.
    """

    queue: Array
    oldest: Array
    outcomes: Array
    minutes: Array
    prices: Array
    weight: float


class Tally(NamedTuple):
    """Where a week's residents are counted.

    Attributes:
        profile: CITIZEN counters by profile, added to.
        ward: the same by ward.
        service: the same by service.
        stock_profile: running STOCK counters by profile.
        stock_ward: the same by ward.
        demand: what places and sessions are rationed by, (PROFILES, wards, DEMANDS).
        outcomes: what this week's needs leave for the departments, (services, OUTCOMES).
        seen: sums of what neighbours see by service: see Stories.
        joined: residents who take part this week; all others are added to.
    """

    profile: Array
    ward: Array
    service: Array
    stock_profile: Array
    stock_ward: Array
    demand: Array
    outcomes: Array
    seen: Array
    joined: Array
