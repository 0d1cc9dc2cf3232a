"""takeup: simulate a local government's move to digital services.

import takeup

results = takeup.simulate(["baseline.toml", "plan.toml"])
print(takeup.compare(results))

What cannot be run is refused with `takeup.InputError`, which says what would be right; results that
cannot be read or written with `takeup.OutputError`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from takeup.analysis.comparison import compare
    from takeup.errors import InputError, OutputError
    from takeup.experiments.runner import simulate
    from takeup.mesa.model import TakeupModel
    from takeup.results.store import open_results
    from takeup.results.sweep import open_sweep
    from takeup.scenario.read.load import load
    from takeup.scenario.schema.scenario import Scenario

    __version__: str

__all__ = [
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

_HOMES = {
    "InputError": "takeup.errors",
    "OutputError": "takeup.errors",
    "Scenario": "takeup.scenario.schema.scenario",
    "TakeupModel": "takeup.mesa.model",
    "compare": "takeup.analysis.comparison",
    "load": "takeup.scenario.read.load",
    "open_results": "takeup.results.store",
    "open_sweep": "takeup.results.sweep",
    "simulate": "takeup.experiments.runner",
}


def __getattr__(name: str) -> Any:
    """Import what is asked for when it is asked for, so that `import takeup` costs nothing."""
    if name == "__version__":
        from importlib.metadata import version

        value: Any = version("takeup")
    elif name in _HOMES:
        from importlib import import_module

        value = getattr(import_module(_HOMES[name]), name)
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
