"""Designs of functions whose answers are known, as tables of a sweep."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

ISHIGAMI: dict[str, Any] = {
    "num_vars": 3,
    "names": ["x1", "x2", "x3"],
    "bounds": [[-np.pi, np.pi]] * 3,
}

# With a = 7 and b = 0.1: first and total order (Ishigami & Homma 1990).
ISHIGAMI_FIRST = {"x1": 0.3139, "x2": 0.4424, "x3": 0.0}
ISHIGAMI_TOTAL = {"x1": 0.5576, "x2": 0.4424, "x3": 0.2437}


def ishigami(x: np.ndarray) -> np.ndarray:
    return np.asarray(
        np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])
    )


def as_design(points: np.ndarray, names: list[str]) -> pd.DataFrame:
    return pd.DataFrame(points, columns=names, index=pd.RangeIndex(len(points), name="point"))


def as_outcomes(
    design: pd.DataFrame,
    replicates: int = 1,
    noise: float = 0.0,
    scenario: str = "Plan",
    **kpis: Callable[[np.ndarray], np.ndarray],
) -> pd.DataFrame:
    """Return the runs of functions of a design, in no particular order, with noise on top."""
    rng = np.random.default_rng(3)
    inputs = design.to_numpy(dtype=float)
    parts = []
    for replicate in range(replicates):
        luck = noise * rng.standard_normal(len(design))
        part = {name: function(inputs) + luck for name, function in kpis.items()}
        parts.append(
            pd.DataFrame(
                {"point": design.index, "replicate": replicate, "scenario": scenario, **part}
            )
        )
    return pd.concat(parts).sample(frac=1.0, random_state=5).reset_index(drop=True)
