from __future__ import annotations

import numpy as np
import pytest

from takeup.evidence import PARAMETERS, drawn


def test_draws_lie_in_their_ranges_and_around_the_default():
    points = [drawn(1, r, {}) for r in range(512)]
    assert points[0].keys() == PARAMETERS.keys() != set()
    for name, parameter in PARAMETERS.items():
        values = np.array([point[name] for point in points])
        assert values.min() >= parameter.low
        assert values.max() <= parameter.high
        mean = (parameter.low + parameter.default + parameter.high) / 3
        assert values.mean() == pytest.approx(mean, abs=0.02 * (parameter.high - parameter.low))


def test_points_depend_on_seed_and_number_only():
    assert drawn(1, 300, {}) == drawn(1, 300, {})
    assert drawn(1, 300, {}) != drawn(1, 301, {})
    assert drawn(1, 300, {}) != drawn(2, 300, {})


def test_what_is_fixed_stays_and_changes_nothing_else():
    free, fixed = drawn(1, 5, {}), drawn(1, 5, {"turnover": 0.5})
    assert fixed["turnover"] == 0.5
    assert {k: v for k, v in free.items() if k != "turnover"} == {
        k: v for k, v in fixed.items() if k != "turnover"
    }
