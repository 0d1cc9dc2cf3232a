"""Imports go one way: between the parts of the package, inside the model, and from file to file."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import takeup

SOURCE = Path(takeup.__file__).parent

BELOW = {"errors", "arguments", "output", "places", "stopping"}

# What every part may import besides itself and what lies below all of them.
MAY_IMPORT = {
    "kpis": set(),
    "evidence": set(),
    "programme": {"kpis", "evidence"},
    "scenario": {"programme", "kpis", "evidence"},
    "model": {"scenario", "programme", "kpis", "evidence"},
    "mesa": {"runs", "model", "scenario", "programme", "kpis", "evidence"},
    "results": {"kpis"},
    "analysis": {"results", "kpis"},
    "runs": {"results", "model", "scenario", "programme", "kpis", "evidence"},
    "experiments": {
        "runs",
        "analysis",
        "results",
        "model",
        "scenario",
        "programme",
        "kpis",
        "evidence",
    },
    "calibrate": {
        *("report", "experiments", "runs", "analysis", "results"),
        *("model", "scenario", "programme", "kpis", "evidence"),
    },
    "report": {"analysis", "results", "kpis", "evidence"},
    "view": {
        *("report", "analysis", "experiments", "runs", "results"),
        *("mesa", "model", "scenario", "programme", "kpis", "evidence"),
    },
}
# The folders inside a part, from the lowest up: each may import itself and those before it.
FOLDERS = {
    "model": ("week", "world", "run"),
    "scenario": ("schema", "read", "check", "tell"),
    "view": ("server", "setting", "answers", "session", "say", "watch", "play", "explain", "room"),
}
PAGES = {"watch", "play", "explain", "room"}


def name_of(path: Path) -> str:
    """Return the dotted name of a module."""
    parts = path.relative_to(SOURCE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {name_of(path): path for path in SOURCE.rglob("*.py")}


def imported(path: Path) -> Iterator[str]:
    """Yield the modules of takeup that a file imports, wherever in the file, types included."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            for alias in node.names:
                module = f"{node.module}.{alias.name}"
                yield module if module in MODULES else str(node.module)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


GRAPH = {
    name: {module for module in imported(path) if module in MODULES and module != name}
    for name, path in MODULES.items()
}


def part_of(module: str) -> str:
    return module.split(".")[1] if "." in module else ""


def test_the_graph_is_read() -> None:
    assert "takeup.model.week.rules" in GRAPH["takeup.model.week.citizens"]
    assert "takeup.view.serving" in GRAPH["takeup.cli.viewing"]
    assert sum(map(len, GRAPH.values())) > 500


@pytest.mark.parametrize("part", MAY_IMPORT)
def test_no_part_imports_upward(part: str) -> None:
    modules = [module for module in GRAPH if part_of(module) == part]
    assert modules
    for module in modules:
        parts = {part_of(name) for name in GRAPH[module]} - {*BELOW, ""}
        assert parts <= MAY_IMPORT[part] | {part}, module


@pytest.mark.parametrize("part", sorted(BELOW))
def test_what_lies_below_all_imports_nothing_above(part: str) -> None:
    modules = [module for module in GRAPH if part_of(module) == part]
    assert modules
    for module in modules:
        assert {part_of(name) for name in GRAPH[module]} <= {*BELOW, ""}, module


def folder_of(module: str) -> str:
    """Return the folder inside its part that a module lies in, "" if in none."""
    parts = module.split(".")
    return parts[2] if len(parts) > 2 and (SOURCE / parts[1] / parts[2]).is_dir() else ""


@pytest.mark.parametrize(("part", "folder"), [(p, f) for p in FOLDERS for f in FOLDERS[p]])
def test_no_folder_of_a_part_imports_upward(part: str, folder: str) -> None:
    modules = [m for m in GRAPH if part_of(m) == part and folder_of(m) == folder]
    assert len(modules) > 1
    below = set(FOLDERS[part][: FOLDERS[part].index(folder)]) - (
        PAGES if folder in PAGES else set()
    )
    for module in modules:
        inside = {folder_of(name) for name in GRAPH[module] if part_of(name) == part}
        assert inside <= below | {folder}, module


@pytest.mark.parametrize("part", FOLDERS)
def test_every_folder_of_a_part_has_its_place(part: str) -> None:
    assert {folder_of(m) for m in MODULES if part_of(m) == part} - {""} == set(FOLDERS[part])


@pytest.mark.parametrize("command", ["running", "sweeping", "calibrating", "looking", "viewing"])
def test_no_command_stands_on_another_or_on_what_puts_them_together(command: str) -> None:
    shared = {f"takeup.cli.{name}" for name in ("options", "leaving", "garbage", "results")}
    own = {name for name in GRAPH[f"takeup.cli.{command}"] if part_of(name) == "cli"}
    assert own <= shared


def test_nothing_stands_on_the_command_line() -> None:
    for module in (module for module in MODULES if part_of(module) != "cli"):
        assert "cli" not in {part_of(name) for name in GRAPH[module]}, module


def test_every_part_has_its_place() -> None:
    parts = {part_of(module) for module in MODULES}
    assert parts == {*MAY_IMPORT, *BELOW, "cli", ""}


def test_nothing_imports_in_a_circle() -> None:
    """Neither eagerly, nor lazily, nor for types; what a folder offers comes from its files."""
    done: set[str] = set()

    def follow(module: str, way: tuple[str, ...]) -> None:
        assert module not in way, " → ".join((*way[way.index(module) :], module))
        if module in done:
            return
        for name in sorted(GRAPH[module]):
            if not (module.startswith(f"{name}.") and name.count(".") < module.count(".")):
                follow(name, (*way, module))
        done.add(module)

    for module in sorted(GRAPH):
        follow(module, ())
    assert done == set(GRAPH)
