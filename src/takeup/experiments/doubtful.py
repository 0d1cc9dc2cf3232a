"""What an experiment may say and is improbable: one value of every key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from takeup.experiments.definition import Experiment
from takeup.experiments.variation import Choices, Range, Variation
from takeup.output import visible
from takeup.scenario.check.plausible import doubts
from takeup.scenario.check.plausible.written import thousands
from takeup.scenario.read.overrides import key_parts
from takeup.scenario.read.problems import shown

_FEW = 8
"""Values of a key that are all looked at; of more numbers, the least and the greatest."""


def doubtful(experiment: Experiment) -> Iterator[str]:
    """Yield a sentence for every key with an improbable value: which, and where it stands.

    What is improbable in a scenario whatever the value is not told.
    """
    for name, value in experiment.constants.items():
        if said := _written(experiment, name, value):
            yield f"{_place(experiment, name, value)}: {name}: {said}"
    known = {
        scenario: {_key(text) for text in doubts(base)}
        for scenario, base in experiment.base.items()
    }
    for name, variation in experiment.varied.items():
        for value in _looked_at(variation):
            if text := _said(experiment, known, name, value):
                yield f"{_place(experiment, name, value)}: {visible(text)}"
                break


def _looked_at(variation: Variation) -> Sequence[Any]:
    """Return values of a key: of many numbers the ends, between which little is improbable.

    What the evidence leaves to a parameter is none of it.
    """
    if isinstance(variation, Range) and variation.shape == "evidence":
        return ()
    values = variation.values if isinstance(variation, Choices) else variation.levels(2)
    if len(values) <= _FEW or not all(type(value) in (int, float) for value in values):
        return values
    ends = {min(values), max(values)}
    return [value for value in values if value in ends]


def _said(experiment: Experiment, known: Mapping[str, set[str]], name: str, value: Any) -> str:
    """Return what is improbable with a value and not without it, if anything: the first."""
    if said := _written(experiment, name, value):
        return f"{name}: {said}"
    for scenario in experiment.sources:
        for text in doubts(experiment.scenario(scenario, {name: value})):
            if _key(text) not in known[scenario]:
                return text if _key(text) == name else f"with {name} = {shown(value)}, {text}"
    return ""


def _written(experiment: Experiment, name: str, value: Any) -> str:
    """Return what is to be said of how a value is written, if anything."""
    if experiment.listed is not None and name in experiment.listed.varied:
        text = experiment.listed.written(name, value)
    else:
        text = experiment.layer.written(experiment.places.get(name, ("set",)))
    return thousands(key_parts(name)[-1], value, text)


def _key(text: str) -> str:
    return text.partition(": ")[0]


def _place(experiment: Experiment, name: str, value: Any) -> str:
    """Return the file and the line or row in which a value stands."""
    if experiment.listed is not None and name in experiment.listed.varied:
        return experiment.listed.place(name, value)
    line = experiment.layer.line(experiment.places.get(name, ("set",)))
    return f"{experiment.layer.name}, line {line}"
