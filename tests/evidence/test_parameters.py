from __future__ import annotations

import re
from pathlib import Path

import takeup.model
from takeup.evidence import PARAMETERS, defaults
from takeup.model.week.bundles import KEPT
from takeup.scenario.schema import inferred

SOURCES = [
    *sorted(Path(takeup.model.__file__).parent.rglob("*.py")),
    Path(inferred.__file__),  # what is drawn of services before the model begins
]


def test_every_parameter_has_a_range_a_unit_a_status_and_a_source():
    assert PARAMETERS
    for name, parameter in PARAMETERS.items():
        assert parameter.low <= parameter.default <= parameter.high, name
        assert parameter.low < parameter.high, name
        assert parameter.unit, name
        assert parameter.source, name
        assert parameter.status in ("measured", "derived", "assumption"), name


def test_every_parameter_is_used_by_the_model_and_no_other():
    code = "\n".join(path.read_text(encoding="utf-8") for path in SOURCES)
    used = set(re.findall(r"\bp\.(\w+)", code))
    by_key = re.findall(r'parameters\["(\w+)"\]|parameters\[0\]\.(\w+)', code)
    used |= {first or second for first, second in by_key}
    assert (used | set(KEPT)) - {"ces"} == set(PARAMETERS)


def test_defaults_are_a_fresh_copy():
    changed = defaults()
    changed["turnover"] = 9.0
    assert defaults()["turnover"] == PARAMETERS["turnover"].default
