from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from takeup.analysis.weeks import by_when, first_weeks


def test_the_first_week_is_counted_in_every_run() -> None:
    happened = np.array([[0, 1, 0], [0, 0, 0], [1, 1, 1]], dtype=bool)
    assert first_weeks(happened) == (1, None, 0)


@given(st.lists(st.none() | st.integers(0, 50), min_size=1, max_size=30), st.floats(0, 1))
def test_by_then_at_least_that_share_is_done_and_a_week_before_it_was_not(
    weeks: list[int | None], share: float
) -> None:
    def done(week: int) -> float:
        return sum(w is not None and w <= week for w in weeks) / len(weeks)

    found = by_when(weeks, share)
    if found is None:
        assert done(50) < share or not any(w is not None for w in weeks)
    else:
        assert done(found) >= share - 1e-9
        assert done(found) > 0
        assert done(found - 1) < share or done(found - 1) == 0
