"""What Mesa's data collector records: names are checked, and what is recorded can be pickled.

Mesa by itself records None where a name is misspelt, and wraps the name of an agent's attribute in
a function that cannot be pickled.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import mesa

from takeup.arguments import told
from takeup.errors import InputError, did_you_mean
from takeup.kpis import KPI_NAMES, not_measured
from takeup.mesa.agents import Citizen, StaffMember

Reporter = str | Callable[..., Any] | list[Any]
"""A name, a function, or a list of a function and a list of its arguments, as Mesa takes them."""

_WITH_GROUP = re.compile(r"([^\[\]]*)\[(.*)\]")
_OF_EVERY_AGENT = ("unique_id", "row", "pos", "model")
"""What agents have that their classes do not show."""


@dataclass(frozen=True)
class Reporters:
    """What is recorded of the model, of all agents, and of the agents of a class, by column."""

    model: dict[str, Reporter]
    agents: dict[str, Reporter]
    by_type: dict[type, dict[str, Reporter]]

    @classmethod
    def of(
        cls, model: object, agents: object, by_type: object, groups: Collection[str]
    ) -> Reporters:
        """Return what a user asks for.

        Args:
            model: mapping of columns to reporters, or None: every KPI of the place as a whole.
            agents: the same of agents; None: nothing.
            by_type: mapping of classes of agents to such mappings; None: nothing.
            groups: the groups there are.

        Raises:
            InputError: something is not of this form, names a group that does not exist, or a KPI
                that is not measured of its group.
        """
        classes = {} if by_type is None else by_type
        if not isinstance(classes, Mapping):
            raise InputError(
                "agenttype_reporters: must be a mapping of classes to mappings, not "
                f"{told(classes)}"
            )
        for kind in classes:
            if not (isinstance(kind, type) and issubclass(kind, mesa.Agent)):
                raise InputError(
                    f"agenttype_reporters: {told(kind)} is not a class of agents, such as "
                    "takeup.mesa.agents.Citizen or StaffMember"
                )
        of_model = _checked(
            "model_reporters", {name: name for name in KPI_NAMES} if model is None else model
        )
        return cls(
            {
                column: _kpi_reporter(column, reporter, groups)
                for column, reporter in of_model.items()
            },
            _checked("agent_reporters", {} if agents is None else agents),
            {kind: _checked("agenttype_reporters", columns) for kind, columns in classes.items()},
        )

    def collector(self) -> Any:
        """Return Mesa's data collector for them."""
        return mesa.DataCollector(
            model_reporters=self.model,
            agent_reporters=_picklable(self.agents),
            agenttype_reporters={kind: _picklable(own) for kind, own in self.by_type.items()},
        )

    def check(self, model: mesa.Model, agents: Collection[Any] = (Citizen, StaffMember)) -> None:
        """Refuse names of attributes that nothing has.

        Args:
            model: the model.
            agents: an agent of every class, or the classes.

        Raises:
            InputError: naming the column, and the attribute that was probably meant.
        """
        for column, reporter in self.model.items():
            _check(f"model_reporters: {told(column)}", reporter, [model], KPI_NAMES)
        for column, reporter in self.agents.items():
            _check(f"agent_reporters: {told(column)}", reporter, agents)
        for kind, own in self.by_type.items():
            members = [
                each
                for each in agents
                if (issubclass(each, kind) if isinstance(each, type) else isinstance(each, kind))
            ]
            for column, reporter in own.items() if members else ():
                _check(f"agenttype_reporters: {told(column)}", reporter, members)


@dataclass(frozen=True)
class _Attribute:
    """An agent's attribute; None of agents that have none of that name."""

    name: str

    def __call__(self, agent: Any) -> Any:
        return getattr(agent, self.name, None)


@dataclass(frozen=True)
class _Call:
    """A function of an agent and of arguments that are always the same."""

    function: Callable[..., Any]
    arguments: tuple[Any, ...]

    def __call__(self, agent: Any) -> Any:
        return self.function(agent, *self.arguments)


def _picklable(reporters: Mapping[str, Reporter]) -> dict[str, Callable[..., Any]]:
    """Return reporters of agents as Mesa means them."""

    def one(reporter: Reporter) -> Callable[..., Any]:
        if isinstance(reporter, str):
            return _Attribute(reporter)
        if isinstance(reporter, list):
            return _Call(reporter[0], tuple(reporter[1]))
        return reporter

    return {column: one(reporter) for column, reporter in reporters.items()}


def _checked(argument: str, reporters: object) -> dict[str, Any]:
    """Return reporters that are of a form that Mesa takes."""
    if not isinstance(reporters, Mapping):
        raise InputError(
            f"{argument}: must be a mapping of columns to what they record, not {told(reporters)}"
        )
    for column, reporter in reporters.items():
        if not isinstance(column, str):
            raise InputError(f"{argument}: a column is a text, not {told(column)}")
        call = isinstance(reporter, list) and len(reporter) == 2 and callable(reporter[0])
        if call and isinstance(reporter[1], list | tuple):
            continue
        if not isinstance(reporter, str) and not callable(reporter):
            raise InputError(
                f"{argument}: {told(column)} must be a name, a function, or a list of a function "
                f"and a list of its arguments, not {told(reporter)}"
            )
    return dict(reporters)


def _kpi(model: Any, name: str, group: str) -> Any:
    return model.kpi(name, group)


def _kpi_reporter(column: str, reporter: Reporter, groups: Collection[str]) -> Reporter:
    """Return a function in place of the name of a KPI or of `KPI[group]`, all else as it is."""
    if not isinstance(reporter, str):
        return reporter
    match = _WITH_GROUP.fullmatch(reporter)
    name, group = (match[1], match[2]) if match else (reporter, "all")
    where = f"model_reporters: {told(column)}"
    if match and name not in KPI_NAMES:
        raise InputError(f"{where}: there is no KPI {told(name)}{did_you_mean(name, KPI_NAMES)}")
    if group not in groups:
        raise InputError(f"{where}: there is no group {told(group)}{did_you_mean(group, groups)}")
    if name not in KPI_NAMES:
        return reporter
    if why := not_measured(name, group):
        raise InputError(f"{where}: {why}")
    return partial(_kpi, name=name, group=group)


def _check(
    where: str, reporter: Reporter, things: Collection[Any], also: Collection[str] = ()
) -> None:
    """Refuse a name that is not an attribute of any of some objects or classes."""
    if not isinstance(reporter, str):
        return
    known = {name for thing in things for name in _attributes(thing)}
    if reporter in known:
        return
    if any(hasattr(thing, reporter) for thing in things):
        raise InputError(
            f"{where}: {told(reporter)} is a method; give a function that calls it, such as "
            f"`def report(it): return it.{reporter}(...)`"
        )
    near = did_you_mean(reporter, {name for name in known if name[0] != "_"} | set(also))
    what = "attribute or KPI" if also else "attribute"
    raise InputError(f"{where}: there is no {what} {told(reporter)}{near}")


def _attributes(thing: Any) -> Iterator[str]:
    """Yield the names of what an object or the objects of a class have, methods left out."""
    if isinstance(thing, type):
        yield from _OF_EVERY_AGENT
    for name in dir(thing):
        if not callable(inspect.getattr_static(thing, name, None)):
            yield name
