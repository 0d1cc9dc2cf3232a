"""The world: what no plan changes. Made once per place, seed and replicate, and shared by all runs.

Residents, their ties, the calendar of their needs, and the posts of the staff with theirs. Nothing
in it depends on behavioural parameters, go-lives or the programme, so two plans compared on it
differ only by what differs in them. All arrays are read-only.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
import numpy.typing as npt

from takeup.errors import InputError
from takeup.model.week.threads import Crew
from takeup.model.world.needs import Surge, make_calendar, need_rates
from takeup.model.world.network import make_ties
from takeup.model.world.population import make_residents
from takeup.model.world.posts import make_colleagues, make_posts
from takeup.programme.segments import Segments
from takeup.scenario.schema.scenario import Scenario

TRAITS = np.dtype(
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
        citizens: TRAITS records, (residents + 1,): the last holds the end of the ties only.
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

    @property
    def nbytes(self) -> int:
        """Memory of all arrays."""
        return sum(each.nbytes for each in vars(self).values() if isinstance(each, np.ndarray))

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Take over what was pickled; arrays that are read-only are so again."""
        self.__dict__.update(state)
        for each in state.values():
            if isinstance(each, np.ndarray):
                _read_only(each)

    def __deepcopy__(self, memo: dict[int, Any]) -> World:
        """Return the same world: what nobody writes can be shared."""
        return self


def make_world(scenario: Scenario, replicate: int, threads: int = 1) -> World:
    """Make the world of a replicate.

    Args:
        scenario: place, network, staff numbers, volumes of services and run; nothing else counts.
        replicate: number of the replicate, from 0.
        threads: how many work on it together; changes no bit.

    Raises:
        InputError: the edge list of the network cannot be used, or there are more needs than weeks.
    """
    place, run, seed = scenario.place, scenario.run, scenario.run.seed
    count = scenario.simulated()
    weight = place.residents / count
    crew = Crew(threads)

    residents = make_residents(place, count, seed, replicate)
    offsets, ties = make_ties(scenario.network, residents, seed, replicate, crew)
    citizens = np.zeros(count + 1, dtype=TRAITS)
    citizens["ties"] = offsets
    for trait in ("skill", "trust", "innovativeness", "profile", "ward"):
        citizens[trait][:count] = getattr(residents, trait)

    calendar, need_citizen, need_service = make_calendar(
        residents.age,
        need_rates(place, scenario.services),
        run.warm_up + run.weeks,
        seed,
        replicate,
        surges(scenario),
        crew,
    )

    staff = make_posts(list(scenario.departments.values()), weight)
    staff_offsets, post_ties = make_colleagues(staff, seed, replicate)
    posts = np.zeros(len(staff.role) + 1, dtype=POST)
    posts["ties"] = staff_offsets
    posts["department"][:-1] = staff.department
    posts["role"][:-1] = staff.role

    return World(
        seed=seed,
        replicate=replicate,
        weight=weight,
        segments=Segments(
            wards=tuple(ward.name for ward in place.wards),
            services=tuple(scenario.services),
            departments=tuple(scenario.departments),
        ),
        citizens=_read_only(citizens),
        ties=_read_only(ties),
        acquaintances=(
            min(scenario.network.degree, count - 1) if scenario.network.kind == "well_mixed" else 0
        ),
        calendar=_read_only(calendar),
        need_citizen=_read_only(need_citizen),
        need_service=_read_only(need_service),
        posts=_read_only(posts),
        post_ties=_read_only(post_ties),
        post_weight=_read_only(staff.weight),
        warm_up=run.warm_up,
    )


_ELSEWHERE = {"name", "currency", "prices", "trend"}
"""Keys of a place that shape runs, or what is told of them, but no world."""


def surges(scenario: Scenario) -> list[Surge]:
    """Return the times in which the shocks of a scenario make residents need services more."""
    found = []
    for shock in scenario.shocks.values():
        if shock.enabled and (factor := shock.surge) is not None:
            first, after = scenario.weeks_of(shock)
            names = shock.target.services or tuple(scenario.services)
            what = shock.model_dump_json(exclude={"weeks", "until", "factor"})
            found.append(
                Surge(
                    first=scenario.run.warm_up + first,
                    after=scenario.run.warm_up + after,
                    factor=np.array([factor if k in names else 1.0 for k in scenario.services]),
                    number=crc32(what.encode()),
                )
            )
    return found


def world_key(scenario: Scenario, replicate: int, *, with_surges: bool = True) -> str:
    """Return a hash of exactly what shapes a world: scenarios with one key can share it.

    Args:
        scenario: the scenario.
        replicate: number of the replicate, from 0.
        with_surges: whether surges of demand count; without them, scenarios with one key have the
            same residents and the same needs but for those that surges add.

    Raises:
        InputError: the edge list of the network cannot be read.
    """
    shape: dict[str, Any] = {
        "replicate": replicate,
        "seed": scenario.run.seed,
        "weeks": scenario.run.weeks,
        "warm_up": scenario.run.warm_up,
        "simulated": scenario.simulated(),
        "place": scenario.place.model_dump(
            mode="json", exclude={"name", "currency", "prices", "trend"}
        ),
        "network": scenario.network.model_dump(mode="json", exclude={"file"}),
        # Pairs, since their order numbers them.
        "departments": [
            (name, unit.model_dump(mode="json", include={"staff", "managers", "frontline"}))
            for name, unit in scenario.departments.items()
        ],
        "services": [
            (name, service.model_dump(mode="json", include={"yearly_volume", "by_age"}))
            for name, service in scenario.services.items()
        ],
    }
    if with_surges:
        shape["surges"] = sorted(
            (s.number, s.first, s.after, s.factor.tolist()) for s in surges(scenario)
        )
    if scenario.network.kind == "edge_list":
        file = Path(scenario.network.file or "")
        try:
            shape["edges"] = hashlib.sha256(file.read_bytes()).hexdigest()
        except OSError as error:
            raise InputError(f"{file}: cannot be read ({error.strerror})") from error
    return hashlib.sha256(json.dumps(shape, sort_keys=True).encode()).hexdigest()


def _read_only(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    array.setflags(write=False)
    return array
