"""Peak memory of a city simulated one-to-one, in a process of its own.

`python benchmarks/memory.py SAMPLE WEEKS` runs it in this process and prints the figures as JSON.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

Row = dict[str, float]
CITY = Path(__file__).parents[1] / "scenarios" / "helsinki" / "baseline.toml"
CASES = [("all", 156)]
QUICK = [("2000", 26)]


def run(cases: list[tuple[str, int]]) -> list[Row]:
    """Measure every case (sample, weeks) in a fresh process."""
    return [_in_a_process(sample, weeks) for sample, weeks in cases]


def _in_a_process(sample: str, weeks: int) -> Row:
    command = [sys.executable, __file__, sample, str(weeks)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    row: Row = json.loads(done.stdout)
    return row


def _measure(sample: str, weeks: int) -> Row:
    import takeup

    start = time.perf_counter()
    scenario = takeup.load(CITY, [f"run.sample={sample}", f"run.weeks={weeks}"])
    imported = time.perf_counter()
    results = takeup.simulate(scenario, replicates=1, workers=1)
    return {
        "residents": scenario.simulated(),
        "weeks": weeks,
        "peak_mb": _peak_bytes() / 1e6,
        "results_mb": results.nbytes / 1e6,
        "wall_s": time.perf_counter() - imported,
        "cpu_s": time.process_time(),
        "load_s": imported - start,
    }


def _peak_bytes() -> float:
    """Return the largest resident set of this process so far.

    Linux hands `ru_maxrss` of a parent down to its children, so its status file is asked first.
    """
    try:
        for line in Path("/proc/self/status").read_text(encoding="utf-8").splitlines():
            if line.startswith("VmHWM:"):
                return float(line.split()[1]) * 1024.0
    except OSError:
        pass
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return float(peak if sys.platform == "darwin" else peak * 1024)


if __name__ == "__main__":
    print(json.dumps(_measure(sys.argv[1], int(sys.argv[2]))))
