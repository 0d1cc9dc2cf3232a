"""Goals that ask nothing or too much, and parameters far from what is known."""

from __future__ import annotations

from collections.abc import Iterator
from math import fsum, prod

from takeup.evidence import PARAMETERS, Parameter
from takeup.scenario.check.plausible.doubt import SLACK, Doubt
from takeup.scenario.schema.goals import BY_NAME
from takeup.scenario.schema.scenario import Scenario
from takeup.scenario.schema.text import percent

_NEVER_NONE = ("currency", "contacts", "weeks", "staff hours", "share a year")
"""Units of KPIs that no programme makes 0."""


def goals(scenario: Scenario) -> Iterator[Doubt]:
    """Goals that are met already, or out of reach."""
    for name, goal in scenario.goals.items():
        where, kpi = f"goals.{name}.target", BY_NAME[goal.kpi]
        now = _today(scenario, goal.kpi, goal.group)
        if kpi.unit == "share" and kpi.better == 1 and goal.target >= 0.99:
            yield Doubt(
                where,
                f"{percent(goal.target)} is beyond the reach of any programme; a share of 1 is "
                "everyone",
            )
        elif goal.target == 0.0 and kpi.unit in _NEVER_NONE:
            yield Doubt(where, f"{kpi.title} of 0 is beyond the reach of any programme")
        elif now is not None and kpi.better == 1 and goal.target <= now:
            yield Doubt(
                where,
                f"{percent(goal.target)} is met at the start already, so that nothing is asked of "
                "the programme",
            )
        elif 0.0 < goal.target < 0.01 and kpi.unit == "share" and kpi.better == 1:
            yield Doubt(
                where, f"{percent(goal.target)} is hardly any; shares go from 0 to 1: 42 % is 0.42"
            )


def _today(scenario: Scenario, kpi: str, group: str) -> float | None:
    """Return what the scenario itself says of a KPI at the start, if it does."""
    family, _, label = group.partition(":")
    if kpi == "trust" and group == "all":
        return scenario.place.trust - SLACK  # to keep trust as it is asks something too
    if kpi == "digital_take_up" and family in ("all", "service"):
        return _mean(
            (s.yearly_volume, s.take_up if s.go_live is None else 0.0)
            for key, s in scenario.services.items()
            if family == "all" or key == label
        )
    if kpi == "staff_adoption" and family in ("all", "department"):
        return _mean(
            (d.staff, d.adopted)
            for key, d in scenario.departments.items()
            if family == "all" or key == label
        )
    return None


def _mean(weighted: Iterator[tuple[float, float]]) -> float | None:
    pairs = list(weighted)
    total = fsum(weight for weight, _ in pairs)
    return fsum(map(prod, pairs)) / total if total else None


def parameters(scenario: Scenario) -> Iterator[Doubt]:
    """Parameters far outside of their range."""
    outside = [
        f"{name} = {value:g} ({PARAMETERS[name].low:g} to {PARAMETERS[name].high:g})"
        for name, value in scenario.parameters.items()
        if _far_outside(value, PARAMETERS[name])
    ]
    if outside:
        yield Doubt("parameters", f"far outside of what is plausible: {', '.join(outside)}")


def _far_outside(value: float, parameter: Parameter) -> bool:
    """Return whether a value lies further outside of the range than that is wide."""
    width = parameter.high - parameter.low
    return not parameter.low - width <= value <= parameter.high + width
