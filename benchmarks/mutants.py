"""Do the tests notice? Plant faults, one at a time, and run the tests that should see each.

`python benchmarks/mutants.py` goes through `mutants.toml`, prints a line for every fault and exits
with 1 if one survives. Every fault stands in a copy of the package of its own, with a kernel cache
of its own; the sources are not touched. First the tests run on a copy without a fault, since tests
that fail anyway see nothing.
"""

from __future__ import annotations

import argparse
import ast
import os
import re
import shutil
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

REPOSITORY = Path(__file__).resolve().parents[1]
PACKAGE = REPOSITORY / "src" / "takeup"
LIST = Path(__file__).with_suffix(".toml")
PATIENCE = 1800.0
"""Seconds after which tests are stopped; a fault with which they never end is seen."""

SURVIVED = "SURVIVED"


class UnfitError(Exception):
    """A fault that cannot be planted, or tests that cannot judge it."""


@dataclass(frozen=True)
class Mutant:
    """A fault.

    Attributes:
        name: what goes wrong.
        file: file of the package.
        function: where in it: a function, `Class.method` or a constant of the module.
        old: text that stands there exactly once.
        new: what takes its place.
        tests: what should see it, as pytest takes it.
    """

    name: str
    file: str
    function: str
    old: str
    new: str
    tests: tuple[str, ...]

    def planted(self, source: str) -> str:
        """Return the file's text with the fault.

        Raises:
            UnfitError: the text does not stand exactly once in the function.
        """
        span = _span(source, self.function)
        if span is None or source[slice(*span)].count(self.old) != 1 or self.old == self.new:
            raise UnfitError(
                f'mutant "{self.name}" no longer applies: {self.file}, {self.function}'
            )
        first, after = span
        return source[:first] + source[first:after].replace(self.old, self.new) + source[after:]


@dataclass(frozen=True)
class Verdict:
    """What became of a fault: the test that saw it (or SURVIVED), and how long that took."""

    seen_by: str
    seconds: float


def mutants() -> list[Mutant]:
    """Return all faults of the list."""
    groups = tomllib.loads(LIST.read_text(encoding="utf-8"))["group"]
    return [
        Mutant(name, group["file"], function, old, new, tuple(group["tests"]))
        for group in groups
        for name, function, old, new in group["faults"]
    ]


def _span(source: str, name: str) -> tuple[int, int] | None:
    """Return where the text of a function, method or constant begins and ends."""
    nodes = _parsed(source).body
    found: ast.stmt | None = None
    for part in name.split("."):
        found = next((node for node in nodes if part in _names(node)), None)
        nodes = getattr(found, "body", [])
    if found is None:
        return None
    lines = source.splitlines(keepends=True)
    first, after = found.lineno - 1, found.end_lineno
    return len("".join(lines[:first])), len("".join(lines[:after]))


@cache
def _parsed(source: str) -> ast.Module:
    return ast.parse(source)


def _names(node: ast.stmt) -> list[str]:
    """Return what a statement defines."""
    if isinstance(node, ast.Assign):
        return [target.id for target in node.targets if isinstance(target, ast.Name)]
    if isinstance(node, ast.AnnAssign):
        return [node.target.id] if isinstance(node.target, ast.Name) else []
    return [getattr(node, "name", "")]


def fit(chosen: Sequence[Mutant]) -> None:
    """Plant every fault once, without running a test.

    Raises:
        UnfitError: some no longer apply; all of them are named.
    """
    unfit = []
    for mutant in chosen:
        try:
            mutant.planted((PACKAGE / mutant.file).read_text(encoding="utf-8"))
        except (UnfitError, OSError) as error:
            unfit.append(str(error))
    if unfit:
        raise UnfitError("\n".join(unfit))


def judge(mutant: Mutant) -> Verdict:
    """Plant a fault and run its tests.

    Raises:
        UnfitError: it no longer applies, or its tests can neither pass nor fail.
    """
    planted = mutant.planted((PACKAGE / mutant.file).read_text(encoding="utf-8"))
    began = time.perf_counter()
    seen_by = _failing(mutant.tests, {mutant.file: planted}, mutant.name)
    return Verdict(seen_by, time.perf_counter() - began)


def _failing(tests: Sequence[str], changed: dict[str, str], what: str) -> str:
    """Return the first test that fails on a copy of the package, or SURVIVED if all pass."""
    with TemporaryDirectory(prefix="takeup-mutant-") as folder:
        copy, cache = Path(folder) / "src", Path(folder) / "cache"
        shutil.copytree(PACKAGE, copy / "takeup", ignore=shutil.ignore_patterns("__pycache__"))
        for name, text in changed.items():
            (copy / "takeup" / name).write_text(text, encoding="utf-8")
        environment = {k: v for k, v in os.environ.items() if k != "NUMBA_CACHE_DIR"}
        environment |= {
            "PYTHONPATH": str(copy),
            "XDG_CACHE_HOME": str(cache),
            "HYPOTHESIS_STORAGE_DIRECTORY": str(cache / "hypothesis"),
        }
        command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "-m"]
        try:
            done = subprocess.run(
                [*command, "not slow", *tests], cwd=REPOSITORY, env=environment, text=True,
                capture_output=True, timeout=PATIENCE, check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return "no end"
    if done.returncode == 0:
        return SURVIVED
    failed = re.search(r"^FAILED (\S+)", done.stdout, re.MULTILINE)
    if done.returncode != 1 or failed is None:
        end = (done.stdout + done.stderr).strip()[-800:]
        raise UnfitError(f"{what}: the tests cannot be run:\n{end}")
    return failed[1]


def baseline(chosen: Sequence[Mutant]) -> None:
    """Run all tests without a fault.

    Raises:
        UnfitError: one fails.
    """
    every = dict.fromkeys(test for mutant in chosen for test in mutant.tests)
    if (failing := _failing(list(every), {}, "without a fault")) != SURVIVED:
        raise UnfitError(f"{failing} fails without a fault")


def sampled(chosen: Sequence[Mutant], count: int) -> list[Mutant]:
    """Return so many faults, evenly over the list."""
    count = min(count, len(chosen))
    return [chosen[index * len(chosen) // count] for index in range(count)]


def verdicts(chosen: Sequence[Mutant], jobs: int) -> Iterator[tuple[Mutant, Verdict]]:
    """Yield what became of every fault, in the order of the list."""
    pool = ThreadPoolExecutor(jobs)
    try:
        yield from zip(chosen, pool.map(judge, chosen), strict=True)
    finally:  # one that is unfit, or Ctrl-C: the others are not begun
        pool.shutdown(cancel_futures=True)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", metavar="NAME", help="faults whose name or file holds this")
    parser.add_argument("--sample", metavar="N", type=int, help="only so many, for a quick look")
    parser.add_argument("--jobs", metavar="N", type=int, default=1, help="at the same time")
    parser.add_argument("--list", action="store_true", help="only show them")
    asked = parser.parse_args(arguments)
    chosen = [m for m in mutants() if asked.only is None or asked.only in f"{m.name} {m.file}"]
    if asked.sample is not None:
        chosen = sampled(chosen, asked.sample)
    if not chosen:
        parser.error(f'no mutant "{asked.only}"; --list shows them')
    try:
        fit(chosen)
        if asked.list:
            for mutant in chosen:
                print(f"{mutant.file} {mutant.function}: {mutant.name}")
            return 0
        baseline(chosen)
        survivors, began = [], time.perf_counter()
        print(f"{'':>9}{'seconds':>7}  {'mutant':<46}seen by")
        for number, (mutant, verdict) in enumerate(verdicts(chosen, asked.jobs), 1):
            print(
                f"{number:>4}/{len(chosen):<4}{verdict.seconds:7.1f}  {mutant.name:<46.45}"
                f"{verdict.seen_by.removeprefix('tests/')}",
                flush=True,
            )
            if verdict.seen_by == SURVIVED:
                survivors.append(mutant)
    except UnfitError as error:
        print(f"mutants.py: {error}", file=sys.stderr)
        return 2
    print(
        f"{len(chosen)} planted, {len(chosen) - len(survivors)} seen, {len(survivors)} survived, "
        f"in {time.perf_counter() - began:.0f} s"
    )
    for mutant in survivors:
        print(f"  {mutant.name} ({mutant.file}, {mutant.function}): {' '.join(mutant.tests)}")
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main())
