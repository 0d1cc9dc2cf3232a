"""How things are measured here: CPU time, medians, side by side, and on which machine."""

from __future__ import annotations

import os
import platform
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version
from typing import Any

Row = dict[str, Any]
LIBRARIES = ("numpy", "numba", "mesa", "xarray")


def cpu_seconds(work: Callable[[], Any]) -> float:
    """Return the CPU seconds that this thread spends on some work."""
    start = time.thread_time()
    work()
    return time.thread_time() - start


def medians(
    contestants: Mapping[str, Callable[[], Callable[[], Any]]], times: int
) -> dict[str, float]:
    """Return the median CPU seconds of each contestant, measured in turn so that all meet alike.

    Args:
        contestants: by name, functions that prepare a run (untimed) and return what to time.
        times: rounds in which every contestant runs once.
    """
    seconds: dict[str, list[float]] = {name: [] for name in contestants}
    for _ in range(times):
        for name, prepare in contestants.items():
            seconds[name].append(cpu_seconds(prepare()))
    return {name: statistics.median(all_rounds) for name, all_rounds in seconds.items()}


def slope(sizes: Sequence[float], costs: Sequence[float]) -> float:
    """Return the exponent b of costs = a · sizes^b, fitted by least squares to the logarithms."""
    import numpy as np

    return float(np.polyfit(np.log(sizes), np.log(costs), 1)[0])


def machine() -> Row:
    """Describe the machine and what runs on it, with its load at this moment."""
    return {
        "cpu": _cpu_model(),
        "cores": os.cpu_count(),
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9, 1),
        "system": platform.platform(),
        "python": platform.python_version(),
        **{name: version(name) for name in LIBRARIES},
        "load_average": round(os.getloadavg()[0], 2),
    }


def _cpu_model() -> str:
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as lines:
            for line in lines:
                if line.startswith("model name"):
                    return line.partition(":")[2].strip()
    except OSError:  # not Linux
        pass
    return platform.processor() or platform.machine()
