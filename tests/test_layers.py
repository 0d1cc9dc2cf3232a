"""Imports between the parts of the package go one way only."""

from __future__ import annotations

import ast
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
    "results": {"kpis"},
    "analysis": {"results", "kpis"},
    "experiments": {"analysis", "results", "model", "scenario", "programme", "kpis", "evidence"},
    "report": {"analysis", "results", "kpis", "evidence"},
    "view": {
        *("report", "analysis", "experiments", "results"),
        *("model", "scenario", "programme", "kpis", "evidence"),
    },
}
FILES = [path for path in SOURCE.rglob("*.py") if path.relative_to(SOURCE).parts[0] != "cli.py"]


def part_of(module: str) -> str:
    return module.split(".")[1] if "." in module else ""


def imported(path: Path) -> set[str]:
    """Return the parts of takeup that a file imports, wherever in the file, types included."""
    parts = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("takeup"):
            parts.add(part_of(node.module or ""))
        elif isinstance(node, ast.Import):
            parts |= {
                part_of(alias.name) for alias in node.names if alias.name.startswith("takeup")
            }
    return parts - {*BELOW, ""}


@pytest.mark.parametrize("part", MAY_IMPORT)
def test_no_part_imports_upward(part: str) -> None:
    files = [p for p in FILES if p.relative_to(SOURCE).with_suffix("").parts[0] == part]
    assert files
    for path in files:
        assert imported(path) <= MAY_IMPORT[part] | {part}, path


def test_every_part_has_its_place() -> None:
    parts = {path.relative_to(SOURCE).with_suffix("").parts[0] for path in FILES}
    assert parts == {*MAY_IMPORT, *BELOW, "__init__"}
