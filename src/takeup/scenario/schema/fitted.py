"""A scenario whose parameters and facts were fitted to data: `run.uncertainty` "posterior"."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from pydantic import ValidationError

from takeup.arguments import near, told
from takeup.errors import InputError
from takeup.evidence import PARAMETERS, Posterior, read_posterior
from takeup.scenario.schema.scenario import Scenario

_FACTS = ("place", "network", "departments", "services")
"""Tables whose numbers can be fitted."""

_SCALE = ("place", "residents")
"""Not to be fitted: results are counted in it."""


def posterior_of(scenario: Scenario, name: str = "") -> Posterior | None:
    """Return the draws that a scenario uses; None if it uses none.

    Args:
        scenario: the scenario.
        name: what messages call the file; left out: its path.

    Raises:
        InputError: the file cannot be used.
    """
    run = scenario.run
    if run.uncertainty != "posterior":
        return None
    if run.posterior is None:
        raise InputError('run.posterior: must name a file when run.uncertainty is "posterior"')
    return read_posterior(run.posterior, name)


def digest_of(scenario: Scenario) -> str:
    """Return the SHA-256 of the file whose draws a scenario uses; empty if it uses none."""
    posterior = posterior_of(scenario)
    return "" if posterior is None else posterior.digest


def require_rows(scenarios: Sequence[Scenario], replicates: int) -> None:
    """Raise InputError if a scenario has fewer draws than replicates."""
    for posterior in filter(None, map(posterior_of, scenarios)):
        posterior.require(replicates)


def most_replicates(scenarios: Sequence[Scenario], limit: int) -> int:
    """Return how many replicates scenarios can have, at most `limit`."""
    return min((limit, *(len(p) for p in map(posterior_of, scenarios) if p is not None)))


def set_itself(scenario: Scenario, posterior: Posterior) -> list[str]:
    """Return the columns that a scenario leaves unused, since it states a value of its own."""
    return [
        name
        for name in posterior.columns
        if name in scenario.parameters
        or (name in posterior.stated and _value(scenario.root(), name) != posterior.stated[name])
    ]


def with_draw(scenario: Scenario, draw: Mapping[str, float], posterior: Posterior) -> Scenario:
    """Return a scenario with the facts and parameters of a draw, but those that it sets itself.

    The result uses no file: all that was to be drawn is in it.

    Raises:
        InputError: the draw is of something that the scenario has not, or makes it invalid.
    """
    own = set_itself(scenario, posterior)
    used = {name: value for name, value in draw.items() if name not in own}
    facts = {name: value for name, value in used.items() if "." in name}
    run = scenario.run.model_copy(update={"uncertainty": "both", "posterior": None})
    parameters = {k: v for k, v in used.items() if k not in facts} | scenario.parameters
    drawn = scenario.model_copy(update={"run": run, "parameters": parameters})
    return _with_facts(drawn, facts, posterior) if facts else drawn


def misfits(scenario: Scenario, posterior: Posterior) -> Iterator[str]:
    """Yield what of its draws a scenario cannot use, each with the file, the column and the row."""
    own = set_itself(scenario, posterior)
    for at, name in enumerate(posterior.columns):
        if "." not in name or name in own:
            continue
        values = posterior.values[:, at]
        for row in dict.fromkeys((int(np.argmin(values)), int(np.argmax(values)))):
            try:
                with_draw(scenario, {name: float(values[row])}, posterior)
            except InputError as error:
                text = error.problems[0]
                yield text.replace(f"column {name}:", f"column {name}, row {row}:")
                break
    yield from _backlogs(scenario, posterior)


def _backlogs(scenario: Scenario, posterior: Posterior) -> Iterator[str]:
    """Yield that a comfortable backlog reaches an overwhelming one."""
    pair = ("comfortable_backlog", "overwhelming_backlog")
    if not set(pair) & set(posterior.columns) - set(scenario.parameters):
        return
    low, high = (
        posterior.values[:, posterior.columns.index(name)]
        if name in posterior.columns and name not in scenario.parameters
        else np.full(len(posterior), scenario.parameter_values()[name])
        for name in pair
    )
    wrong = low >= high
    if wrong.any():
        row = int(np.argmax(wrong))
        yield (
            f"{posterior.name}: row {row}: comfortable_backlog must be below "
            f"overwhelming_backlog, not {low[row]:g} against {high[row]:g}"
        )


# ---------------------------------------------------------------- facts by their keys


def _value(scenario: Scenario, key: str) -> Any:
    """Return what a scenario states at a dotted key; None if there is no such key."""
    found: Any = scenario
    for part in key.split("."):
        found = found.get(part) if isinstance(found, Mapping) else getattr(found, part, None)
    return found


def _with_facts(scenario: Scenario, facts: Mapping[str, float], posterior: Posterior) -> Scenario:
    data = scenario.model_dump()
    for name, value in facts.items():
        _put(data, name, value, posterior.name)
    try:
        return Scenario.model_validate(data)
    except ValidationError as error:
        said: dict[str, str] = {}
        for problem in error.errors(include_url=False):
            key = ".".join(map(str, problem["loc"]))
            name = next((n for n in facts if n == key), " and ".join(facts))
            said.setdefault(name, f"{problem['msg'][0].lower()}{problem['msg'][1:]}")
        raise InputError(
            [
                f"{posterior.name}: column {name}: "
                + (f"{told(facts[name])} does not do: " if name in facts else "")
                + text
                for name, text in said.items()
            ]
        ) from None


def _held(data: Mapping[str, Any], above: list[str], last: str) -> dict[str, Any] | None:
    """Return the table of today's facts that holds a key which a plan changes; None: none does."""
    here: Any = data["facts"]
    for part in above:
        here = here.get(part) if isinstance(here, dict) else None
    return here if isinstance(here, dict) and here.get(last) is not None else None


def _put(data: dict[str, Any], name: str, value: float, file: str) -> None:
    """Put a value into the tables of a scenario; InputError if there is no such number."""
    *above, last = parts = name.split(".")
    here: Any = data if parts[0] in _FACTS else {}
    unknown = f"{file}: column {name}: is no fact of the scenario"
    if parts[0] not in _FACTS:
        known = PARAMETERS if parts[0] == "parameters" else _FACTS
        hint = f": write {last}" if last in known else near(parts[0], _FACTS)
        raise InputError(f"{unknown}{hint}")
    for part in above:
        if not isinstance(here.get(part), dict):
            raise InputError(f"{unknown}{near(part, here)}")
        here = here[part]
    if last not in here:
        raise InputError(f"{unknown}{near(last, here)}")
    here = _held(data, above, last) or here  # what a plan changes stays changed
    before = here[last]
    open_ = before is None or before == "drawn"  # the drift of the outside trend
    if isinstance(before, bool) or not (open_ or isinstance(before, int | float)):
        raise InputError(f"{unknown} that is a number: there it has {told(before)}")
    if tuple(parts) == _SCALE:
        raise InputError(f"{file}: column {name}: cannot be fitted: results are counted in it")
    here[last] = int(value) if isinstance(before, int) and value == int(value) else value
