"""A server of the workshop view on a small council, and the Chromium of this machine."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "benchmarks"))  # `browser` lives there: benchmarks drive pages too


@pytest.fixture(scope="module")
def council(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Riverton with few residents."""
    file = tmp_path_factory.mktemp("council") / "riverton-small.toml"
    plan = ROOT / "scenarios" / "riverton" / "full-plan.toml"
    file.write_text(f'extends = "{plan}"\nname = "Small Riverton"\n[run]\nsample = 500\n')
    return file


@pytest.fixture(scope="module")
def server(council: Path) -> Iterator[object]:
    """`takeup view` as people start it."""
    from browser import served

    with served(council, ["--workers", "2"]) as running:
        yield running


@pytest.fixture(scope="module")
def chromium() -> Iterator[object]:
    """A real browser; where there is none the tests are left out, unless they must not be."""
    if shutil.which("chromium") is None and shutil.which("chromium-browser") is None:
        if os.environ.get("TAKEUP_BROWSER") == "required":
            pytest.fail("no chromium on this machine: apt-get install chromium")
        pytest.skip("no chromium on this machine (apt-get install chromium): no page was tried")
    from browser import chromium

    with chromium() as browser:
        yield browser
