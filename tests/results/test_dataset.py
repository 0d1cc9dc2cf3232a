from __future__ import annotations

import numpy as np
import xarray as xr

from synthetic import made_up_counters, made_up_info
from takeup.results.dataset import blank, record
from takeup.results.summarise import summarise


def test_a_dataset_of_fewer_families_holds_the_same_values_of_the_groups_it_has() -> None:
    info = made_up_info()
    values = summarise(made_up_counters(3), info)
    whole, part = blank([info], 1), blank([info], 1, ("all", "ward"))
    for dataset in (whole, part):
        record(dataset, 0, 0, info, values)
    assert list(part["group"].values) == ["all", "ward:North", "ward:South"]
    assert np.isfinite(part["digital_take_up"]).all()
    xr.testing.assert_identical(part, whole.sel(group=part["group"]))
