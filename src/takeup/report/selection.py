"""Which KPIs a reader sees first; files always hold all of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import xarray as xr

from takeup.errors import InputError, did_you_mean

FIGURE_KPIS: tuple[str, ...] = (
    "digital_take_up",
    "adoption",
    "completion_rate",
    "user_satisfaction",
    "trust",
    "inclusion_gap_age",
    "inclusion_gap_access",
    "avoidable_contact",
    "processing_time",
    "staff_adoption",
    "staff_stress",
    "cost_per_transaction",
)

TABLE_KPIS: tuple[str, ...] = (
    "digital_take_up",
    "adoption",
    "completion_rate",
    "user_satisfaction",
    "trust",
    "inclusion_gap_age",
    "inclusion_gap_access",
    "avoidable_contact",
    "contacts",
    "processing_time",
    "backlog",
    "staff_adoption",
    "staff_readiness",
    "staff_stress",
    "staff_turnover",
    "cost_per_transaction",
    "service_cost",
    "programme_cost",
)


def with_values(
    dataset: xr.Dataset, kpis: Sequence[str] | None, default: Sequence[str], group: str = "all"
) -> list[str]:
    """Return those of the wanted KPIs that have a value for a group.

    Raises:
        InputError: a KPI is not in the results.
    """
    wanted = list(default if kpis is None else kpis)
    known = [str(name) for name in dataset.data_vars]
    problems = [
        f'no KPI "{name}" in the results{did_you_mean(name, known)}'
        for name in wanted
        if name not in known
    ]
    if problems:
        raise InputError(problems)
    part = dataset.sel(group=group)
    return [name for name in wanted if np.isfinite(part[name].values).any()]
