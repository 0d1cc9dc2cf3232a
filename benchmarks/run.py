"""Run the benchmarks: print tables, write results/benchmarks.json.

    python benchmarks/run.py [--quick] [--only PART ...] [--out FILE]

Every ratio compares things measured side by side in this one run. Seconds are CPU seconds of the
weeks alone, medians of five; making worlds, compiling and the warm-up are done before. The parts
`memory`, `picture`, `start` and `threads` measure whole processes, and their clock on the wall.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import first_picture
import memory
import start_to_answer
from measure import Row, machine
from rich.console import Console
from rich.table import Table

RESULTS = Path(__file__).parents[1] / "results" / "benchmarks.json"
Part = dict[str, Any]


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description="Measure takeup on this machine.")
    parser.add_argument("--quick", action="store_true", help="small sizes: does it work at all")
    parser.add_argument("--only", nargs="+", choices=PARTS, metavar="PART", default=list(PARTS),
                        help=f"some of {', '.join(PARTS)}")  # fmt: skip
    parser.add_argument("--out", type=Path, default=RESULTS, help="file to write (JSON)")
    chosen = parser.parse_args()
    report = measure(chosen.only, chosen.quick)
    chosen.out.parent.mkdir(parents=True, exist_ok=True)
    chosen.out.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    print(f"{chosen.out} written")


def measure(parts: list[str], quick: bool) -> dict[str, Any]:
    """Run some parts, print their tables, and return everything."""
    console = Console()
    report: dict[str, Any] = {"machine": machine(), "quick": quick}
    console.print("; ".join(f"{name} {value}" for name, value in report["machine"].items()))
    for name in parts:
        start = time.perf_counter()
        part = PARTS[name](quick)
        part["wall_s"] = time.perf_counter() - start
        part["load_average"] = machine()["load_average"]
        report[name] = part
        console.print(_table(name, part["rows"]))
        for key, value in part.items():
            if key != "rows":
                console.print(f"  {key}: {_text(value)}")
    return report


def _picture(quick: bool) -> Part:
    return {
        "rows": first_picture.run(first_picture.QUICK if quick else first_picture.CASES),
        "compile_s": first_picture.compile_seconds(),
    }


def _memory(quick: bool) -> Part:
    return {"rows": memory.run(memory.QUICK if quick else memory.CASES)}


def _start(quick: bool) -> Part:
    if quick:
        return {"rows": start_to_answer.run(start_to_answer.QUICK, 1)}
    return {"rows": start_to_answer.run(start_to_answer.CASES)}


# The others load the model, which those above must not have done: a child process starts with
# the peak memory of its parent.


def _speed(quick: bool) -> Part:
    import speed

    return {"rows": speed.run(speed.QUICK, 1) if quick else speed.run(speed.CASES)}


def _scaling(quick: bool) -> Part:
    import scaling

    rows = scaling.run(scaling.QUICK, 26, 1) if quick else scaling.run(scaling.SIZES)
    return {
        "rows": rows,
        "exponent": scaling.exponent(rows),
        "exponent_of_needs": scaling.exponent_of_needs(rows),
    }


def _variance(quick: bool) -> Part:
    import variance

    if quick:
        return {"rows": variance.run(variance.QUICK, ("run.sample=500",))}
    return {"rows": variance.run(variance.REPLICATES)}


def _throughput(quick: bool) -> Part:
    import throughput

    if quick:
        return {"rows": throughput.run(throughput.QUICK, 1)}
    return {"rows": throughput.run(throughput.CASES)}


def _threads(quick: bool) -> Part:
    import threads

    return {"rows": threads.run(threads.QUICK, 26, 1) if quick else threads.run(threads.CASES)}


def _view(quick: bool) -> Part:
    import view

    return {"rows": view.run(quick)}


PARTS: dict[str, Callable[[bool], Part]] = {
    "picture": _picture,
    "memory": _memory,
    "start": _start,
    "speed": _speed,
    "scaling": _scaling,
    "variance": _variance,
    "throughput": _throughput,
    "threads": _threads,
    "view": _view,
}


def _table(title: str, rows: list[Row]) -> Table:
    """Return a table with a line for every quantity and a column for every case."""
    table = Table(title=title, title_justify="left", show_header=False)
    table.add_column()
    for _ in rows:
        table.add_column(justify="right")
    for key in rows[0]:
        table.add_row(key, *(_text(row[key]) for row in rows))
    return table


def _text(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, dict):
        return ", ".join(f"{name} {_text(item)}" for name, item in value.items())
    return str(value)


if __name__ == "__main__":
    main()
