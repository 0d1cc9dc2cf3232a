"""The changing half of a run: arrays of records."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True)
class State:
    """The changing half of a run.

    Attributes:
        citizens: CITIZEN_STATE, (residents,).
        uses: USE_STATE, (residents × services,), a resident's services side by side.
        published: what neighbours see, uint8, same shape as uses: 0 is no online attempt in the
            last year, else 1 + 254 · expectation after it.
        seen: sums of the above by service, for the well-mixed mode: people, then bytes − 1.
        staff: STAFF_STATE, (posts,).
        peers: adopters among a post's colleagues, int32.
        attention: what a post receives from champions among its colleagues, float64.
        services: SERVICE_WEEK, (services,).
        departments: DEPARTMENT_WEEK, (departments,).
        place: PLACE_WEEK, (1,).
        sponsorship: level of visible sponsorship, float64, (departments, roles).
        took_part: week in which a resident last took part, int16, −1: not in a year.
        demand: last week's needs, and those of residents who could do with help online, int64,
            (PROFILES, wards, 2).
        queue: cases waiting, int64, (services, channels, weeks of arrival).
        oldest: first week of arrival that may still have waiting cases, by department.
        stock_profile: running STOCK counters by profile.
        stock_ward: the same by ward.
    """

    citizens: npt.NDArray[np.void]
    uses: npt.NDArray[np.void]
    published: npt.NDArray[np.uint8]
    seen: npt.NDArray[np.int64]
    staff: npt.NDArray[np.void]
    peers: npt.NDArray[np.int32]
    attention: npt.NDArray[np.float64]
    services: npt.NDArray[np.void]
    departments: npt.NDArray[np.void]
    place: npt.NDArray[np.void]
    sponsorship: npt.NDArray[np.float64]
    took_part: npt.NDArray[np.int16]
    demand: npt.NDArray[np.int64]
    queue: npt.NDArray[np.int64]
    oldest: npt.NDArray[np.int64]
    stock_profile: npt.NDArray[np.int64]
    stock_ward: npt.NDArray[np.int64]

    def copy(self) -> State:
        """Return a copy that shares no memory."""
        return State(**{each.name: getattr(self, each.name).copy() for each in fields(self)})

    @property
    def nbytes(self) -> int:
        """Memory of all arrays."""
        return sum(getattr(self, each.name).nbytes for each in fields(self))
