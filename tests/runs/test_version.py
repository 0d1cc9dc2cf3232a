from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import takeup
from takeup.model.week.compiled import kernel_version
from takeup.runs import version

LOADED = """
import json, sys
import takeup.experiments.jobs
ours = [m for name, m in sys.modules.items() if name.startswith("takeup.")]
heavy = {"pandas", "xarray", "matplotlib", "SALib"}
print(json.dumps([module.__file__ for module in ours]))
print(json.dumps(sorted(heavy & set(sys.modules))))
"""

PASSIVE = {
    *("arguments.py", "errors.py", "places.py", "stopping.py", "results/manifest.py"),
    *("output/__init__.py", "output/characters.py", "output/layout.py", "output/streams.py"),
    *("experiments/jobs.py", "runs/version.py"),
}
"""What workers load and what decides no bit of a run."""


def test_all_that_shapes_a_run_is_in_the_version() -> None:
    said = subprocess.run(
        [sys.executable, "-c", LOADED], capture_output=True, check=True, text=True
    )
    files, heavy = map(json.loads, said.stdout.splitlines())
    root = Path(takeup.__file__).parent
    for file in files:
        part = Path(file).relative_to(root).as_posix()
        if part not in PASSIVE and not part.endswith("__init__.py"):
            assert part.startswith(version.SHAPES_RUNS), part
    assert heavy == []  # every worker would load them anew


def test_a_change_of_a_source_is_another_version(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for part in version.SHAPES_RUNS:
        target = tmp_path / part / "x.py" if not part.endswith(".py") else tmp_path / part
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text("1")
    monkeypatch.setattr(version.takeup, "__file__", str(tmp_path / "__init__.py"))
    asked = version.model_version.__wrapped__
    before = asked()
    assert before == asked()
    (tmp_path / "model" / "x.py").write_text("2")
    assert asked() != before
    (tmp_path / "model" / "x.py").write_text("1")
    assert asked() == before
    (tmp_path / "evidence" / "more.toml").write_text("")
    assert asked() != before


@pytest.mark.parametrize("place", ["", "week", "week/of/staff"])
def test_a_changed_rule_is_another_version_and_compiled_anew_wherever_it_lies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    package = tmp_path / "takeup"
    shutil.copytree(Path(takeup.__file__).parent, package, ignore=lambda *_: ["__pycache__"])
    rules = package / "model" / place / "rules.py"
    rules.parent.mkdir(parents=True, exist_ok=True)
    (package / "model" / "week" / "rules.py").rename(rules)
    monkeypatch.setattr(version.takeup, "__file__", str(package / "__init__.py"))
    asked = version.model_version.__wrapped__
    before = asked(), kernel_version(package)
    assert before == (asked(), kernel_version(package))
    rules.write_text(rules.read_text("utf-8").replace("0.5", "0.25", 1), "utf-8")
    now = asked(), kernel_version(package)
    assert now[0] != before[0]
    assert now[1] != before[1]
