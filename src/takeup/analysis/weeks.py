"""When something happens: the week in every run, and the week by which a share of runs is done."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

import numpy as np
import numpy.typing as npt


def first_weeks(happened: npt.NDArray[np.bool_]) -> tuple[int | None, ...]:
    """Return for every replicate the first week in which something holds, None if it never does.

    Args:
        happened: (replicates, weeks).
    """
    return tuple(int(row.argmax()) if row.any() else None for row in happened)


def by_when(weeks: Sequence[int | None], share: float) -> int | None:
    """Return the first week by which at least that share of runs is done; None if never.

    Args:
        weeks: when every run is done; None if it is not within the run.
        share: from 0 to 1.
    """
    done = sorted(week for week in weeks if week is not None)
    needed = max(1, ceil(share * len(weeks) - 1e-9))
    return done[needed - 1] if needed <= len(done) else None
