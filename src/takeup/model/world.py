"""The world: what no plan changes. Made once per place, seed and replicate, and shared by all runs.

Residents, their ties, the calendar of their needs, and the posts of the staff with theirs. Nothing
in it depends on behavioural parameters, go-lives or the programme, so two plans compared on it
differ only by what differs in them. All arrays are read-only.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from takeup.programme.segments import Segments

CITIZEN = np.dtype(
    [
        ("ties", "<u4"),  # offset of the first tie; those of the next record end the list
        ("skill", "<f4"),  # digital skill without practice, 0 to 1
        ("trust", "<f4"),  # trust in the council that the person returns to
        ("innovativeness", "<u2"),  # personal innovativeness: (value + ½) / 65536 is a share
        ("profile", "u1"),  # age, income, access and support need: takeup.programme.segments
        ("ward", "u1"),
    ]
)
"""A resident's fixed traits: 16 bytes, so that four share a cache line."""

POST = np.dtype(
    [
        ("ties", "<u4"),
        ("department", "<u2"),
        ("role", "u1"),
        ("spare", "u1"),
    ]
)
"""A post's fixed traits. What the holder brings (resistance) is drawn anew for every newcomer."""


@dataclass(frozen=True)
class World:
    """Everything that a run reads and never writes.

    Attributes:
        seed: seed of the random numbers (key word 0).
        replicate: number of the replicate (key word 1).
        weight: residents of the place that one simulated resident stands for.
        segments: names of wards, services and departments.
        citizens: CITIZEN records, (residents + 1,): the last holds the end of the ties only.
        ties: neighbours of residents, int32, concatenated.
        acquaintances: 0, or in the well-mixed mode the number of people whom everyone meets.
        calendar: first need of every week, int64 (warm_up + weeks + 1,).
        need_citizen: whose need, int32, sorted by week, then resident, then service.
        need_service: which service, uint8.
        posts: POST records, (posts + 1,): the last holds the end of the ties only.
        post_ties: colleagues of posts, int32, concatenated.
        post_weight: members of staff of the place that a post stands for, by department.
        warm_up: weeks of the calendar that lie before week 0 of the run.
    """

    seed: int
    replicate: int
    weight: float
    segments: Segments
    citizens: npt.NDArray[np.void]
    ties: npt.NDArray[np.int32]
    acquaintances: int
    calendar: npt.NDArray[np.int64]
    need_citizen: npt.NDArray[np.int32]
    need_service: npt.NDArray[np.uint8]
    posts: npt.NDArray[np.void]
    post_ties: npt.NDArray[np.int32]
    post_weight: npt.NDArray[np.float64]
    warm_up: int
