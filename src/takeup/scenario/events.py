"""What must fit together of the programme and the shocks: calendars, targets and other names."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from math import prod
from typing import Any, TypeVar

from takeup.errors import did_you_mean
from takeup.programme import KINDS, SHOCKS, Event
from takeup.programme.event import duration
from takeup.scenario.needs import most_needs
from takeup.scenario.plain import Problem, Table, is_number, items, nearest_id, table, week
from takeup.scenario.targets import misdirected

Kind = TypeVar("Kind", bound=Event)


def events(data: Table) -> Iterator[Problem]:
    """Yield what does not fit together of interventions and shocks.

    Args:
        data: a scenario as plain data, with the defaults of run, place and departments.
    """
    for name, fields in table(data, "programme").items():
        if (kind := _kind(fields, KINDS)) is not None:
            addressed = str(fields.get("audience", kind.AUDIENCE))
            for problem in _event(fields, kind, addressed, data):
                yield Problem(("programme", name, *problem.path), problem.text)
    for name, fields in table(data, "shocks").items():
        if (shock := _kind(fields, SHOCKS)) is not None:
            for problem in _event(fields, shock, shock.ADDRESSED, data):
                yield Problem(("shocks", name, *problem.path), problem.text)


def _kind(fields: Any, kinds: Mapping[str, type[Kind]]) -> type[Kind] | None:
    return kinds.get(str(fields.get("kind"))) if isinstance(fields, Mapping) else None


def _event(fields: Table, kind: type[Event], addressed: str, data: Table) -> Iterator[Problem]:
    wrong = [Problem(tuple(key.split(".")), text) for key, text in kind.inconsistencies(fields)]
    yield from wrong
    yield from _calendar(fields, data)
    told = {problem.path for problem in wrong}
    for problem in misdirected(table(fields, "target"), addressed, data):
        if problem.path not in told:
            yield problem
    check = _OF_KIND.get(str(fields["kind"]))
    if check is not None:
        defaults = {name: field.default for name, field in kind.model_fields.items()}
        yield from check({**defaults, **fields}, data)


# ---------------------------------------------------------------- calendar


def _calendar(fields: Table, data: Table) -> Iterator[Problem]:
    run = table(data, "run")
    start, weeks = run.get("start"), run.get("weeks")
    first = week(fields.get("start", 0), start)
    after = week(fields.get("until"), start)
    if first is None or fields.get("enabled") is False:
        return
    if isinstance(fields.get("start"), date) and first < 0:
        yield Problem(("start",), f"is before the run starts ({start})")
    if type(weeks) is int and first >= weeks > 0:
        yield Problem(("start",), f"is {_after_the_run(run)}")
    same_type = type(fields.get("start", 0)) is type(fields.get("until"))
    different_days = same_type and fields["until"] > fields.get("start", 0)
    if after is not None and after <= first and (different_days or not same_type):
        yield Problem(
            ("until",),
            f"must be in a later week than the start: that is week {first} of the run, and "
            f"`until` is in week {after}",
        )


def _after_the_run(run: Table) -> str:
    weeks = run["weeks"]
    try:
        last = f" and ends on {run['start'] + timedelta(weeks=weeks, days=-1)}"
    except (KeyError, OverflowError, TypeError):
        last = ""
    return (
        f"after the end of the run, which has {weeks} weeks{last}; start it earlier, lengthen "
        "run.weeks, or set `enabled = false`"
    )


def _too_late(fields: Table, data: Table, key: str, needed: Any, done: str) -> Iterator[Problem]:
    """Yield a problem where the run or its own calendar ends before an event gets anywhere.

    Args:
        fields: the event, with its defaults.
        data: the scenario.
        key: the field that says how long it takes.
        needed: for how many weeks it must run.
        done: what it will not be.
    """
    run = table(data, "run")
    first, after = week(fields["start"], run.get("start")), week(fields["until"], run.get("start"))
    weeks = run.get("weeks")
    if first is None or type(needed) is not int or fields["enabled"] is False:
        return
    if type(weeks) is int and first < weeks < first + needed:
        yield Problem((key,), f"is so long that it is {done} {_after_the_run(run)}")
    elif duration(fields) is None and after is not None and first < after < first + needed:
        # A date and a week, which only the run can compare; otherwise the kind itself objects.
        yield Problem(
            (key,),
            f"is so long that it is not {done} in the {after - first} weeks for which it runs",
        )


# ---------------------------------------------------------------- what single kinds need


def _audit(fields: Table, data: Table) -> Iterator[Problem]:
    yield from _too_late(fields, data, "takes", fields["takes"], "finished")


def _quick_win(fields: Table, data: Table) -> Iterator[Problem]:
    name, lead, services = fields.get("service"), fields["lead"], table(data, "services")
    if type(lead) is int:
        yield from _too_late(fields, data, "lead", lead + 1, "launched")
    if not isinstance(name, str):
        return
    if name not in services:
        text = f'names a service that does not exist, "{name}"'
        yield Problem(("service",), text + nearest_id(name, services))
        return
    if not isinstance(services[name], Mapping) or fields["enabled"] is False:
        return
    planned = services[name].get("go_live")
    if planned is None:
        yield Problem(
            ("service",),
            f"names {name}, which is online already; name one that is still to go online",
        )
    start = table(data, "run").get("start")
    first, live = week(fields["start"], start), week(planned, start)
    if first is not None and live is not None and type(lead) is int and 0 <= live < first + lead:
        yield Problem(
            ("service",),
            f"names {name}, which goes online as planned in week {live} of the run, before this "
            f"would launch it (week {first + lead}); start earlier or shorten `lead`",
        )


def _review(fields: Table, data: Table) -> Iterator[Problem]:
    programme, goals = table(data, "programme"), table(data, "goals")
    for position, name in enumerate(items(fields["adjust"])):
        if not isinstance(name, str):
            continue
        if name not in programme:
            text = f'names an intervention that does not exist, "{name}"'
            yield Problem(("adjust", position), text + did_you_mean(name, programme))
        elif table(programme, name).get("kind") == "review":
            yield Problem(
                ("adjust", position), f"names {name}, a review; it can adjust all but reviews"
            )
        elif name in fields["adjust"][:position]:
            yield Problem(("adjust", position), f"names {name} twice; once is enough")
    for position, name in enumerate(items(fields["goals"])):
        if isinstance(name, str) and name not in goals:
            text = f'names a goal that does not exist, "{name}"'
            yield Problem(("goals", position), text + did_you_mean(name, goals))


def _demand_surge(fields: Table, data: Table) -> Iterator[Problem]:
    """Residents have at most one need of a service a week, in a surge as well."""
    span = _span(fields, data)
    if span is None or not is_number(fields["factor"]):
        return
    limits = []
    for name, service in table(data, "services").items():
        if not (isinstance(service, Mapping) and _hits(fields, name)):
            continue
        volume, most = service.get("yearly_volume"), most_needs(service, table(data, "place"))
        if most is None or not is_number(volume) or not 0 < volume < most.volume:
            continue  # wrong without a surge
        together = prod(_factors(name, span[0], data))
        if volume * together >= most.volume:
            limits.append((most.volume / volume * fields["factor"] / together, name, most.age))
    if limits:
        limit, name, age = min(limits)
        yield Problem(
            ("factor",),
            f"must be below {max(limit, 1.0):.4g} for {name}, not {fields['factor']:g}, surges of "
            "the same weeks together: more would be one need a week and more for every resident "
            f"of age {age}",
        )


def _factors(service: str, when: int, data: Table) -> Iterator[float]:
    """Yield the factors of all surges of a service's needs that run in a week."""
    for fields in table(data, "shocks").values():
        if isinstance(fields, Mapping) and fields.get("kind") == "demand_surge":
            span, factor = _span(fields, data), fields.get("factor")
            factor = (
                SHOCKS["demand_surge"].model_fields["factor"].default if factor is None else factor
            )
            if span and span[0] <= when < span[1] and _hits(fields, service) and is_number(factor):
                yield factor


def _hits(fields: Table, service: str) -> bool:
    named = items(table(fields, "target").get("services"))
    return not named or service in named


def _span(fields: Table, data: Table) -> tuple[int, int] | None:
    """Return the first week of an event and the first after it, in the run; None if it has none."""
    run = table(data, "run")
    first = week(fields.get("start", 0), run.get("start"))
    until, weeks = week(fields.get("until"), run.get("start")), fields.get("weeks")
    last = run.get("weeks")
    if first is None or type(last) is not int or fields.get("enabled") is False:
        return None
    if until is not None:
        return first, min(last, until)
    return first, min(last, first + weeks) if type(weeks) is int else last


_OF_KIND: Mapping[str, Callable[[Table, Table], Iterator[Problem]]] = {
    "audit": _audit,
    "demand_surge": _demand_surge,
    "quick_win": _quick_win,
    "review": _review,
}
"""What else must hold of single kinds: (fields with their defaults, scenario) to problems."""
