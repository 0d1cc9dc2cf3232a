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
    "assisted",
    "participation",
    "services_online",
    "incidents",
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


IF_MOVED = frozenset({"assisted", "participation", "services_online", "incidents"})
"""Of these a table tells nothing by default unless something moves them."""


def with_values(
    dataset: xr.Dataset, kpis: Sequence[str] | None, default: Sequence[str], group: str = "all"
) -> list[str]:
    """Return those of the wanted KPIs that have a value for a group.

    Args:
        dataset: results.
        kpis: the wanted; left out: those of the default that are in the results and, if they are
            among `IF_MOVED`, not the same in all scenarios, runs and weeks.
        default: a reader's first choice.
        group: the group.

    Raises:
        InputError: a KPI is not in the results.
    """
    known = [str(name) for name in dataset.data_vars]
    if kpis is None:
        part = dataset.sel(group=group)
        there = [name for name in default if name in known]
        wanted = [k for k in there if k not in IF_MOVED or np.ptp(part[k].values) > 0]
    else:
        wanted = list(kpis)
    problems = [
        f'no KPI "{name}" in the results{did_you_mean(name, known)}'
        for name in wanted
        if name not in known
    ]
    if problems:
        raise InputError(problems)
    part = dataset.sel(group=group)
    return [name for name in wanted if np.isfinite(part[name].values).any()]
