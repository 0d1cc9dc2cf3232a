"""Counters made up for tests: any numbers that a run could have recorded."""

from __future__ import annotations

from datetime import date

import numpy as np
import xarray as xr

from takeup.kpis import CITIZEN, DEPARTMENT, FIXED_POINT, PLACE, SERVICE, STOCK, Counters
from takeup.results.dataset import blank, record
from takeup.results.info import GoalInfo, Mark, RunInfo
from takeup.results.summarise import summarise

AGES = ("16-24", "25-34", "35-44", "45-54", "55-64", "65-74", "75+")
SHAPE = (7, 3, 2, 2)
PROFILES = 84


def made_up_info(name: str = "Baseline", weeks: int = 12, **changes: object) -> RunInfo:
    """Describe a place with two wards, three services and two departments."""
    codes = np.unravel_index(np.arange(PROFILES), SHAPE)
    values: dict[str, object] = {
        "scenario": name,
        "start": date(2025, 1, 6),
        "weeks": weeks,
        "weight": 10.0,
        "currency": "GBP",
        "profiles": {
            "age": (AGES, codes[0]),
            "income": (("low", "middle", "high"), codes[1]),
            "access": (("without", "with"), codes[2]),
            "support": (("none", "needs-support"), codes[3]),
        },
        "wards": ("North", "South"),
        "services": ("permits", "benefits", "bins"),
        "departments": ("planning", "welfare"),
        "owner": (0, 1, 1),
        "seed": 1,
        "service_names": {
            "permits": "Parking permits",
            "benefits": "Benefits",
            "bins": "Bulky waste",
        },
        "discount_rate": 0.035,
        "goals": (GoalInfo("half", "digital_take_up", 0.5, 1, "all", 9),),
        "marks": (
            Mark("intervention", "letters", 1, 6),
            Mark("go-live", "Parking permits", 2, 2, "permits"),
        ),
        **changes,
    }
    return RunInfo(**values)  # type: ignore[arg-type]


def made_up_counters(seed: int, weeks: int = 12, digital: float = 0.0) -> Counters:
    """Draw counters that hang together.

    Args:
        seed: what they are drawn from.
        weeks: weeks of the run.
        digital: how far the place gets, 0 to 1; the draws stay the same.
    """
    rng = np.random.default_rng(seed)
    progress = 0.3 + 0.6 * digital * np.arange(weeks) / max(1, weeks - 1)

    def citizens(groups: int) -> np.ndarray:
        needs = rng.poisson(40, (weeks, groups))
        noise = rng.random((weeks, groups))
        share = np.clip(progress[:, None] + 0.1 * (noise - 0.5), 0, 1)
        started = np.floor(needs * share)
        online = np.floor(started * (0.6 + 0.3 * digital))
        table = {
            "needs": needs,
            "online_started": started,
            "online_completed": online,
            "transactions": needs - np.floor(0.05 * needs),
            "transactions_online": np.minimum(online, needs - np.floor(0.05 * needs)),
            "experience": np.floor(needs * FIXED_POINT * (0.5 + 0.4 * digital)),
            "contacts_failure": started - online,
            "contacts_other": needs - started,
            "assisted": np.floor(0.1 * online),
        }
        return np.stack([table[name] for name in CITIZEN], axis=2).astype(np.int64)

    def stock(groups: int) -> np.ndarray:
        total = np.full((weeks, groups), 50)
        in_need = np.full((weeks, groups), 42)
        share = progress[:, None] + 0.05 * rng.random((weeks, groups))
        table = {
            "citizens": total,
            "adopters": np.floor(in_need * np.clip(share, 0, 1)),
            "in_need": in_need,
            "participants": np.floor(5 * rng.random((weeks, groups))),
            "trust": np.floor(total * FIXED_POINT * (0.6 + 0.05 * rng.random((weeks, groups)))),
        }
        return np.stack([table[name] for name in STOCK], axis=2).astype(np.int64)

    profile = citizens(PROFILES)
    wards = np.stack([profile[:, 0::2].sum(axis=1), profile[:, 1::2].sum(axis=1)], axis=1)
    services = np.stack([profile[:, part::3].sum(axis=1) for part in range(3)], axis=1)
    stock_profile = stock(PROFILES)
    stock_wards = np.stack(
        [stock_profile[:, 0::2].sum(axis=1), stock_profile[:, 1::2].sum(axis=1)], axis=1
    )
    work = rng.integers(20, 60, (weeks, 3, len(SERVICE)))
    work[:, :, SERVICE.index("handled")] = 100
    work[:, :, SERVICE.index("waiting")] = (
        1024 * 100 * (2 - digital + 0.2 * rng.random((weeks, 3)))
    ).astype(np.int64)
    live = np.ones((weeks, 3), dtype=np.int64)
    live[:2, 0] = 0  # permits go online in week 2
    work[:, :, SERVICE.index("live")] = live
    staff = np.empty((weeks, 2, len(DEPARTMENT)), dtype=np.int64)
    posts = 40
    for column, name in enumerate(DEPARTMENT):
        noise = rng.random((weeks, 2))
        if name == "staff":
            staff[:, :, column] = posts
        elif name == "leavers" or name.startswith("blocked"):
            staff[:, :, column] = np.floor(8 * noise)
        elif name == "adopted":
            staff[:, :, column] = np.floor(posts * np.clip(progress[:, None] + 0.1 * noise, 0, 1))
        elif name.endswith("minutes"):
            staff[:, :, column] = 60_000 + np.floor(20_000 * noise)
        elif name == "service_cost":
            level = 400_000 * (1.1 - progress[:, None]) + 40_000 * noise
            staff[:, :, column] = np.floor(level)
        else:
            staff[:, :, column] = np.floor(posts * FIXED_POINT * (0.3 + 0.4 * noise))
    place = np.zeros((weeks, len(PLACE)), dtype=np.int64)
    place[: max(1, weeks // 2), PLACE.index("programme_cost")] = int(2_000_00 * digital)
    place[weeks // 2, PLACE.index("incidents")] = 1
    weights = np.ones(staff.shape[1])
    return Counters(
        profile, wards, services, stock_profile, stock_wards, work, staff, place, weights
    )


def made_up_dataset(
    levels: dict[str, float] | None = None, replicates: int = 5, weeks: int = 12
) -> xr.Dataset:
    """Make a Dataset of scenarios that get so far on the digital way, with common draws."""
    levels = levels or {"Baseline": 0.0, "Plan": 0.8}
    infos = [made_up_info(name, weeks) for name in levels]
    dataset = blank(infos, replicates)
    for scenario, (info, digital) in enumerate(zip(infos, levels.values(), strict=True)):
        for replicate in range(replicates):
            values = summarise(made_up_counters(replicate, weeks, digital), info)
            record(dataset, scenario, replicate, info, values)
    return dataset
