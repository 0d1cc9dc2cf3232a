"""What must fit together in a scenario, beyond the type and range of each value.

The checks read plain data, as it comes from a file, and pass over what is not of its type: so they
can be made, and all their findings reported, even where other values of the file are wrong.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import fsum
from typing import Any, LiteralString, TypeVar

from pydantic_core import PydanticCustomError

from takeup.errors import did_you_mean
from takeup.evidence import PARAMETERS, domain, is_divisor
from takeup.kpis import MOST_COUNTED
from takeup.programme.limits import MOST_PRICE
from takeup.programme.needs import MOST_NEEDS, most_needs
from takeup.programme.plain import Problem, Table, is_number, nearest_id, table, week
from takeup.programme.segments import AGES
from takeup.scenario.schema.events import events
from takeup.scenario.schema.goals import goals

Key = TypeVar("Key")

_TOLERANCE = 1e-6

PARTIAL: LiteralString = "partial"
"""Type of the error of a table or list in which something seems to be missing."""


# ---------------------------------------------------------------- within one value


def complete(shares: dict[Key, float], keys: Sequence[Key]) -> dict[Key, float]:
    """Return `shares`; raise a PARTIAL error unless all keys are there."""
    missing = [str(key) for key in keys if key not in shares]
    if missing:
        raise _partial(f"has no value for {', '.join(missing)}; give one for each")
    return shares


def adds_up(shares: dict[Key, float]) -> dict[Key, float]:
    """Return `shares`; raise a PARTIAL error unless they add up to 1."""
    total = fsum(shares.values())
    if abs(total - 1.0) > _TOLERANCE:
        raise _partial(f"must add up to 1, but the shares add up to {total:.7g}")
    return shares


def _partial(text: str) -> PydanticCustomError:
    return PydanticCustomError(PARTIAL, "{text}", {"text": text})


# ---------------------------------------------------------------- across tables


def inconsistencies(data: Table, default_sample: int) -> Iterator[Problem]:
    """Yield everything that does not fit together.

    Args:
        data: a scenario as plain data, with the defaults of run, place, network and departments.
        default_sample: a sample that is silently cut down to a smaller place.
    """
    yield from _sample(data, default_sample)
    yield from _posterior(data)
    yield from _network(data)
    yield from _prices(data)
    yield from _departments(data)
    yield from _services(data)
    yield from events(data)
    yield from goals(data)
    yield from _parameters(table(data, "parameters"))
    yield from _facts(data)


def stated_in_vain(data: Table) -> Iterator[Problem]:
    """Yield what a file states and should not.

    Unlike `inconsistencies` this is about what is written, not what it means: a scenario that has
    been loaded states every key and has empty lists.

    Args:
        data: the merged tables of a scenario's files, with lists as they are in a file.
    """
    for name, service in table(data, "services").items():
        if isinstance(service, Mapping) and "take_up" in service and "go_live" in service:
            yield Problem(
                ("services", name, "take_up"),
                "is for services that are online already, and this one has a `go_live`; leave one "
                "of the two out",
            )
    for part, everything in (("programme", "everyone"), ("shocks", "everything")):
        for name, fields in table(data, part).items():
            target = table(fields, "target") if isinstance(fields, Mapping) else {}
            for key, names in target.items():
                if names == []:
                    yield Problem(
                        (part, name, "target", key), f"is empty; leave it out for {everything}"
                    )


def _sample(data: Table, default: int) -> Iterator[Problem]:
    sample, residents = table(data, "run").get("sample"), table(data, "place").get("residents")
    if type(sample) is int and type(residents) is int and default != sample > residents:
        yield Problem(
            ("run", "sample"),
            f"must be at most the number of residents ({residents}), not {sample}; "
            '"all" simulates everyone',
        )


def _posterior(data: Table) -> Iterator[Problem]:
    run = table(data, "run")
    stated, varies = run.get("posterior") is not None, run.get("uncertainty")
    if varies == "posterior" and not stated:
        yield Problem(("run", "posterior"), 'must name a file when run.uncertainty is "posterior"')
    if stated and isinstance(varies, str) and varies != "posterior":
        yield Problem(
            ("run", "posterior"),
            'is used only when run.uncertainty is "posterior": state both, or neither',
        )


_CONTACTS_A_NEED = 100
"""Contacts a week of one resident with a need of a service, far more than parameters allow."""


def _prices(data: Table) -> Iterator[Problem]:
    """What the contacts of a week may cost at list price must be countable, in hundredths.

    Residents have at most one need of a service a week, each with a few contacts, and ask at most
    once a week about every case of theirs that still waits.
    """
    run, place = table(data, "run"), table(data, "place")
    residents: Any = place.get("residents")
    sample: Any = residents if run.get("sample") == "all" else run.get("sample")
    weeks: Any = run.get("weeks")
    warm_up: Any = run.get("warm_up")
    if not all(type(value) is int and value > 0 for value in (residents, sample, weeks, warm_up)):
        return
    people = min(sample, residents)
    contacts = people * (weeks + warm_up + _CONTACTS_A_NEED)
    most = MOST_COUNTED / (100 * contacts)
    for channel, price in table(place, "prices").items():
        if is_number(price) and most < price <= MOST_PRICE:
            yield Problem(
                ("place", "prices", channel),
                f"must be at most {most:,.0f}, not {price:,.0f}, for costs to be countable with "
                f"{people:,} simulated residents; a smaller run.sample allows more",
            )


def _network(data: Table) -> Iterator[Problem]:
    network = table(data, "network")
    stated, kind = network.get("file") is not None, network.get("kind")
    if kind == "edge_list" and not stated:
        yield Problem(("network", "file"), 'must name a file when network.kind is "edge_list"')
    if stated and isinstance(kind, str) and kind != "edge_list":
        yield Problem(("network", "file"), 'is used only when network.kind is "edge_list"')


def _departments(data: Table) -> Iterator[Problem]:
    for name, department in table(data, "departments").items():
        frontline, managers = department.get("frontline"), department.get("managers")
        if is_number(frontline) and is_number(managers) and frontline + managers > 1 + _TOLERANCE:
            yield Problem(
                ("departments", name, "frontline"),
                "together with managers it must be at most 1, but they add up to "
                f"{frontline + managers:.7g}",
            )


def _services(data: Table) -> Iterator[Problem]:
    departments = table(data, "departments")
    start = table(data, "run").get("start")
    for name, service in table(data, "services").items():
        if not isinstance(service, Mapping):
            continue
        path = ("services", name)
        owner = service.get("department")
        if isinstance(owner, str) and departments and owner not in departments:
            text = f'names a department that does not exist, "{owner}"'
            yield Problem((*path, "department"), text + nearest_id(owner, departments))
        live = week(service.get("go_live"), start)
        if live is not None and live < 0:
            yield Problem(
                (*path, "go_live"),
                f"is before the run starts ({start}); leave it out if the service is online "
                "already",
            )
        relative = table(service, "by_age")
        if len(relative) == len(AGES) and not any(relative.values()):
            yield Problem((*path, "by_age"), "must be above 0 for at least one age band")
        else:
            yield from _volume(service, path, table(data, "place"))


def _volume(service: Table, path: tuple[str, str], place: Table) -> Iterator[Problem]:
    """Residents have at most one need of a service a week."""
    volume, most = service.get("yearly_volume"), most_needs(service, place)
    if most is None or not is_number(volume):
        return  # something of it is wrong, which the check of types reports
    if most.volume == 0:
        yield Problem((*path, "by_age"), "leaves nobody who lives here with a need")
    elif most.volume <= volume <= MOST_NEEDS:
        yield Problem(
            (*path, "yearly_volume"),
            f"must be below {most.volume:,.0f}, not {volume:,.0f}: more would be one need a week "
            f"and more for every resident of age {most.age}; or place.residents "
            f"({place['residents']:,}) is too low",
        )


def _facts(data: Table) -> Iterator[Problem]:
    facts = table(data, "facts")
    for part in ("services", "departments"):
        known = table(data, part)
        for name, held in table(facts, part).items():
            path = ("facts", part, name)
            if known and name not in known:
                yield Problem(path, f"is none of the {part}{nearest_id(name, known)}")
            elif part == "services" and isinstance(held, Mapping):
                online = table(known, name).get("go_live") is None
                if online and held.get("take_up") is not None:
                    yield Problem(
                        (*path, "take_up"),
                        f"is for services that are not online yet; services.{name}.take_up states "
                        "that of today",
                    )
    moment, start = data.get("changes_from"), table(data, "run").get("start")
    since = week(moment, start)
    if since is not None and since < 0:
        yield Problem(
            ("changes_from",),
            f"is before the run starts ({start}); what holds by then is a fact",
        )


# ---------------------------------------------------------------- parameters

_MOST_HINTS = 100
"""Unknown parameters for which a near one is looked for, which takes a millisecond each."""


def _parameters(values: Table) -> Iterator[Problem]:
    hints = 0
    for name, value in values.items():
        path = ("parameters", name)
        parameter = PARAMETERS.get(name)
        if parameter is None:
            hints += 1
            near = did_you_mean(name, PARAMETERS) if hints <= _MOST_HINTS else ""
            yield Problem(path, f"is not a known parameter{near}")
        elif is_number(value):
            low, high = domain(parameter)
            open_end = is_divisor(name) and value == 0
            if not low <= value <= high or open_end:
                above = "above" if is_divisor(name) else "at least"
                yield Problem(
                    path,
                    f"must be {above} {low:g} and at most {high:g}, not {value:g} (plausible: "
                    f"{parameter.low:g} to {parameter.high:g} {parameter.unit})",
                )
    name = "comfortable_backlog" if "comfortable_backlog" in values else "overwhelming_backlog"
    comfortable = values.get("comfortable_backlog", PARAMETERS["comfortable_backlog"].default)
    overwhelming = values.get("overwhelming_backlog", PARAMETERS["overwhelming_backlog"].default)
    if is_number(comfortable) and is_number(overwhelming) and comfortable >= overwhelming:
        yield Problem(
            ("parameters", name),
            "makes comfortable_backlog reach overwhelming_backlog, which must be the larger: "
            f"{comfortable:g} against {overwhelming:g}",
        )
