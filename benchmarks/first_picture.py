"""From the start of a process to the first figure, with nothing compiled beforehand.

`python benchmarks/first_picture.py SCENARIO SAMPLE` compiles and runs one simulation in this
process and prints the seconds that each kernel took to compile, as JSON.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

Row = dict[str, Any]
ROOT = Path(__file__).parents[1]
CITY = ROOT / "scenarios" / "helsinki"
CASES: list[list[str]] = [[]]  # options of the demo's command line
QUICK = [["--sample", "500", "--replicates", "1"]]
FIGURES = {".png", ".svg", ".pdf"}


def run(cases: list[list[str]]) -> list[Row]:
    """Run the demo with a cold and then with a warm cache of kernels, for every case."""
    rows = []
    for options in cases:
        with tempfile.TemporaryDirectory() as cache:
            rows += [{"cache": state, **_demo(options, cache)} for state in ("cold", "warm")]
    return rows


def compile_seconds(sample: int = 500) -> dict[str, float]:
    """Return the seconds of compilation by kernel, slowest first, in a fresh process."""
    with tempfile.TemporaryDirectory() as cache:
        command = [sys.executable, __file__, str(CITY / "baseline.toml"), str(sample)]
        done = subprocess.run(command, env=_cold(cache), capture_output=True, text=True, check=True)
    seconds: dict[str, float] = json.loads(done.stdout)
    return seconds


def _demo(options: list[str], cache: str) -> Row:
    plans = sorted(map(str, CITY.glob("*-plan.toml")))
    with tempfile.TemporaryDirectory() as out:
        command = [str(Path(sys.executable).with_name("takeup")), "compare"]
        command += [str(CITY / "baseline.toml"), *plans, "--out", f"{out}/demo", *options]
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        start = time.perf_counter()
        process = subprocess.Popen(command, env=_cold(cache), stdout=subprocess.DEVNULL)
        first = None
        while process.poll() is None:
            if first is None and _figures(Path(out)):
                first = time.perf_counter() - start
            time.sleep(0.05)
        end = time.perf_counter() - start
        if process.returncode:
            raise RuntimeError(f"{' '.join(command)}: {process.communicate()[1]}")
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"first_figure_s": first or end, "all_done_s": end, "cpu_s": cpu}


def _figures(folder: Path) -> bool:
    """Return whether a figure has been written, be it to a folder that is not complete yet."""
    return any(file.suffix in FIGURES for file in folder.rglob("*"))


def _cold(cache: str) -> dict[str, str]:
    """Return an environment whose caches are in a folder."""
    ours = {name: value for name, value in os.environ.items() if name != "NUMBA_CACHE_DIR"}
    return {**ours, "XDG_CACHE_HOME": cache, "MPLCONFIGDIR": f"{cache}/matplotlib"}


def _compile(scenario: str, sample: int) -> dict[str, float]:
    from numba.core import event

    from takeup.model.run.simulation import Simulation
    from takeup.scenario import load

    spent: dict[str, float] = {}
    with event.install_recorder("numba:compile") as recorder:
        Simulation(load(scenario, [f"run.sample={sample}", "run.weeks=10"])).run()
    started: list[tuple[str, float]] = []
    for when, what in recorder.buffer:
        if what.is_start:
            started.append((what.data["dispatcher"].__name__, when))
            continue
        name, begin = started.pop()
        if not started:  # what a kernel calls is compiled within it
            spent[name] = spent.get(name, 0.0) + when - begin
    return dict(sorted(spent.items(), key=lambda item: -item[1]))


if __name__ == "__main__":
    print(json.dumps(_compile(sys.argv[1], int(sys.argv[2]))))
