from __future__ import annotations

import inspect
import re
import subprocess
import sys
from typing import Any

import pytest

import takeup

HEAVY = ("numba", "mesa", "pandas", "xarray", "matplotlib", "pydantic", "numpy", "scipy", "igraph")


def loaded_after(code: str) -> list[str]:
    """Return the heavy libraries that a fresh interpreter has loaded after some code."""
    report = f"\nimport sys\nprint(*[m for m in {HEAVY!r} if m in sys.modules], file=sys.stderr)"
    done = subprocess.run(
        [sys.executable, "-c", code + report], capture_output=True, text=True, check=True
    )
    return done.stderr.split()


def test_everything_public_is_listed_sorted_and_there() -> None:
    assert takeup.__all__ == sorted(takeup.__all__)
    for name in takeup.__all__:
        assert getattr(takeup, name) is not None
    assert set(takeup.__all__) <= set(dir(takeup))


PUBLIC = [
    *(getattr(takeup, name) for name in takeup.__all__ if name != "__version__"),
    takeup.Scenario.changed,
    takeup.TakeupModel.kpi,
    takeup.TakeupModel.citizen,
]


def test_all_of_it_is_named() -> None:
    assert takeup.__all__ == [
        "InputError",
        "OutputError",
        "Scenario",
        "TakeupModel",
        "__version__",
        "compare",
        "load",
        "open_results",
        "open_sweep",
        "simulate",
    ]


@pytest.mark.parametrize("public", PUBLIC, ids=lambda public: public.__name__)
def test_docstrings_say_what_goes_in_comes_out_and_is_refused(public: Any) -> None:
    text = inspect.getdoc(public)
    assert text
    if issubclass(public, Exception | takeup.Scenario) if isinstance(public, type) else False:
        return
    assert re.search(r"^Raises:\n +InputError: ", text, re.M)
    assert isinstance(public, type) or re.search(r"^(Returns:|Return the )", text, re.M)
    for name in inspect.signature(public).parameters:
        assert name in ("self", "row") or re.search(rf"^    \*?{name}: ", text, re.M), name


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="simulat"):
        takeup.simulat  # noqa: B018


def test_importing_takeup_loads_nothing_heavy() -> None:
    assert loaded_after("import takeup") == []


def test_help_loads_nothing_heavy() -> None:
    code = "from takeup.cli import app\napp(['--help'], standalone_mode=False)"
    assert loaded_after(code) == []


def test_three_lines_are_enough() -> None:
    code = (
        "import takeup\nfrom synthetic import made_up_dataset\n"
        "assert 'Plan against Baseline' in str(takeup.compare(made_up_dataset()))"
    )
    path = f"import sys; sys.path[:0] = {sys.path!r}\n"
    assert "mesa" not in loaded_after(path + code)
