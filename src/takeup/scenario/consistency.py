"""What must fit together in a scenario, beyond the type and range of each value.

The checks read plain data, as it comes from a file, and pass over what is not of its type: so they
can be made, and all their findings reported, even where other values of the file are wrong.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import product
from math import fsum, inf, isfinite
from typing import Any, TypeGuard, TypeVar

from takeup.errors import did_you_mean
from takeup.evidence import PARAMETERS, Parameter
from takeup.programme import KINDS
from takeup.programme.intervention import week_of
from takeup.programme.segments import ACCESSES, AGES, INCOMES, ROLES, SUPPORTS

Key = TypeVar("Key")
Table = Mapping[str, Any]

_TOLERANCE = 1e-6
_WEEKS_A_YEAR = 52  # as the model counts needs


@dataclass(frozen=True)
class Problem:
    """Something wrong in a scenario.

    Attributes:
        path: keys and list positions that lead to it.
        text: what is wrong and what would be right.
    """

    path: tuple[str | int, ...]
    text: str


def table(data: Table, key: str) -> Table:
    """Return a table within a table, empty if there is none."""
    value = data.get(key)
    return value if isinstance(value, Mapping) else {}


# ---------------------------------------------------------------- within one value


def complete(shares: dict[Key, float], keys: Sequence[Key]) -> dict[Key, float]:
    """Return `shares`; raise ValueError unless all keys are there."""
    missing = [str(key) for key in keys if key not in shares]
    if missing:
        raise ValueError(f"has no value for {', '.join(missing)}; give one for each")
    return shares


def adds_up(shares: dict[Key, float]) -> dict[Key, float]:
    """Return `shares`; raise ValueError unless they add up to 1."""
    total = fsum(shares.values())
    if abs(total - 1.0) > _TOLERANCE:
        raise ValueError(f"must add up to 1, but the shares add up to {total:.7g}")
    return shares


# ---------------------------------------------------------------- across tables


def inconsistencies(data: Table, default_sample: int) -> Iterator[Problem]:
    """Yield everything that does not fit together.

    Args:
        data: a scenario as plain data, with the defaults of run, place, network and departments.
        default_sample: a sample that is silently cut down to a smaller place.
    """
    yield from _sample(data, default_sample)
    yield from _network(data)
    yield from _departments(data)
    yield from _services(data)
    yield from _programme(data)
    yield from _parameters(table(data, "parameters"))


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
    for name, fields in table(data, "programme").items():
        for key, names in table(fields, "target").items() if isinstance(fields, Mapping) else ():
            if names == []:
                yield Problem(
                    ("programme", name, "target", key), "is empty; leave it out for everyone"
                )


def _sample(data: Table, default: int) -> Iterator[Problem]:
    sample, residents = table(data, "run").get("sample"), table(data, "place").get("residents")
    if type(sample) is int and type(residents) is int and default != sample > residents:
        yield Problem(
            ("run", "sample"),
            f"must be at most the number of residents ({residents}), not {sample}; "
            '"all" simulates everyone',
        )


def _network(data: Table) -> Iterator[Problem]:
    network = table(data, "network")
    stated = network.get("file") is not None
    if network.get("kind") == "edge_list" and not stated:
        yield Problem(("network", "file"), 'must name a file when network.kind is "edge_list"')
    if stated and network.get("kind") != "edge_list":
        yield Problem(("network", "file"), 'is used only when network.kind is "edge_list"')


def _departments(data: Table) -> Iterator[Problem]:
    for name, department in table(data, "departments").items():
        frontline, managers = department.get("frontline"), department.get("managers")
        if _number(frontline) and _number(managers) and frontline + managers > 1 + _TOLERANCE:
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
        if isinstance(owner, str) and owner not in departments:
            text = f'names a department that does not exist, "{owner}"'
            yield Problem((*path, "department"), text + did_you_mean(owner, departments))
        week = _week(service.get("go_live"), start)
        if week is not None and week < 0:
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
    try:
        ages = [
            fsum(ward["share"] * (ward.get("age") or place["age"])[age] for ward in place["wards"])
            for age in AGES
        ]
        relative = [table(service, "by_age").get(age, 1.0) for age in AGES]
        mean = fsum(a * r for a, r in zip(ages, relative, strict=True)) / fsum(ages)
        most = place["residents"] * _WEEKS_A_YEAR * mean / max(relative)
        volume = service["yearly_volume"]
        too_large = volume >= most > 0
    except (KeyError, TypeError, AttributeError, ValueError, ArithmeticError):
        return  # something of it is wrong, which the check of types reports
    if too_large:
        age = AGES[relative.index(max(relative))]
        yield Problem(
            (*path, "yearly_volume"),
            f"must be below {most:,.0f}, not {volume:,.0f}: more would be one need a week and more "
            f"for every resident of age {age}",
        )
    elif mean == 0:
        yield Problem((*path, "by_age"), "leaves nobody who lives here with a need")


def _programme(data: Table) -> Iterator[Problem]:
    for name, fields in table(data, "programme").items():
        if not isinstance(fields, Mapping):
            continue
        kind = KINDS.get(str(fields.get("kind")))
        if kind is None:
            continue
        path = ("programme", name)
        for key, text in kind.inconsistencies(fields):
            yield Problem((*path, *key.split(".")), text)
        for problem in (*_calendar(fields, data), *_target(fields, kind.AUDIENCE, data)):
            yield Problem((*path, *problem.path), problem.text)


def _calendar(fields: Table, data: Table) -> Iterator[Problem]:
    run = table(data, "run")
    start, weeks = run.get("start"), run.get("weeks")
    first = _week(fields.get("start", 0), start)
    after = _week(fields.get("until"), start)
    if first is None or fields.get("enabled") is False:
        return
    if isinstance(fields.get("start"), date) and first < 0:
        yield Problem(("start",), f"is before the run starts ({start})")
    if type(weeks) is int and first >= weeks > 0:
        yield Problem(
            ("start",),
            f"is after the end of the run, which has {weeks} weeks{_last_day(start, weeks)}; start "
            "it earlier, lengthen run.weeks, or set `enabled = false`",
        )
    same_type = type(fields.get("start", 0)) is type(fields.get("until"))
    different_days = same_type and fields["until"] > fields.get("start", 0)
    if after is not None and after <= first and (different_days or not same_type):
        yield Problem(
            ("until",),
            f"must be in a later week than the start: that is week {first} of the run, and "
            f"`until` is in week {after}",
        )


def _last_day(start: Any, weeks: int) -> str:
    try:
        return f" and ends on {start + timedelta(weeks=weeks, days=-1)}"
    except (OverflowError, TypeError):
        return ""


def _target(fields: Table, audience: str, data: Table) -> Iterator[Problem]:
    target = table(fields, "target")
    wards = [
        ward["name"]
        for ward in _list(table(data, "place").get("wards"))
        if isinstance(ward, Mapping) and isinstance(ward.get("name"), str)
    ]
    known = {
        "wards": wards,
        "services": list(table(data, "services")),
        "departments": list(table(data, "departments")),
    }
    unknown = False
    for key, names in known.items():
        for name in _list(target.get(key)):
            if isinstance(name, str) and name not in names:
                unknown = True
                text = f'names a {key.removesuffix("s")} that does not exist, "{name}"'
                yield Problem(("target", key), text + did_you_mean(name, names))
    if unknown or not target:
        return
    if fields.get("audience", audience) == "staff":
        yield from _nobody_staff(target, data)
    else:
        yield from _nobody_residents(target, table(data, "place"))


def _nobody_staff(target: Table, data: Table) -> Iterator[Problem]:
    departments = table(data, "departments")
    named = [name for name in _list(target.get("departments")) if isinstance(name, str)]
    chosen = [departments[name] for name in named or departments]
    roles = [role for role in _list(target.get("roles")) if role in ROLES]
    shares = [staff_shares(department) for department in chosen]
    if roles and shares and not any(share[role] > 0 for share in shares for role in roles):
        yield Problem(
            ("target", "roles"),
            f"matches nobody: the departments have no {' or '.join(roles)} staff",
        )


def _nobody_residents(target: Table, place: Table) -> Iterator[Problem]:
    try:
        share = addressed_share(target, place)
    except (KeyError, TypeError, AttributeError, ValueError):
        return  # the place itself is wrong, which the check of types reports
    if share <= 0:
        yield Problem(
            ("target",), "matches nobody: no resident of the place is all of this at once"
        )


def staff_shares(department: Table) -> dict[str, float]:
    """Return the share of a department's staff by role; infinite where a figure is no number."""
    frontline, managers = department.get("frontline"), department.get("managers")
    if not (_number(frontline) and _number(managers)):
        return dict.fromkeys(ROLES, inf)
    rest = 1.0 - frontline - managers
    return dict(zip(ROLES, (frontline, rest if rest > _TOLERANCE else 0.0, managers), strict=True))


def addressed_share(target: Table, place: Table) -> float:
    """Return the share of residents that a target addresses, from the place's marginals.

    Income and support need are taken as independent of all else but age, so it is approximate for
    targets that combine them; zero is exact.
    """
    names = {
        dimension: _list(target.get(dimension)) or labels
        for dimension, labels in (
            ("age", AGES),
            ("income", INCOMES),
            ("access", ACCESSES),
            ("support", SUPPORTS),
        )
    }
    wards = [w for w in place["wards"] if w["name"] in (_list(target.get("wards")) or [w["name"]])]
    income = fsum(place["income"][tier] for tier in names["income"])
    total = []
    for ward, age in product(wards, names["age"]):
        with_access, with_need = place["access"][age], place["support_need"][age]
        access = fsum(with_access if a == "with" else 1.0 - with_access for a in names["access"])
        support = fsum(1.0 - with_need if s == "none" else with_need for s in names["support"])
        ages = ward.get("age") or place["age"]
        total.append(ward["share"] * ages[age] * income * access * support)
    return fsum(total)


# ---------------------------------------------------------------- parameters

_DIVISORS = frozenset(
    {"disruption_weeks", "old_case", "overwhelming_backlog", "patience", "strictness"}
    | {"target_utilisation"}
)
"""Parameters that equations divide by: zero would not be a limit but an error."""

_PORTIONS = ("share", "level", "chance", "per transaction", "per online attempt", "per week")
"""Beginnings of the units of what cannot exceed 1."""


def _parameters(values: Table) -> Iterator[Problem]:
    for name, value in values.items():
        path = ("parameters", name)
        parameter = PARAMETERS.get(name)
        if parameter is None:
            yield Problem(path, f"is not a known parameter{did_you_mean(name, PARAMETERS)}")
        elif _number(value):
            low, high = domain(parameter)
            open_end = name in _DIVISORS and value == 0
            if not low <= value <= high or open_end:
                above = "above" if name in _DIVISORS else "at least"
                yield Problem(
                    path,
                    f"must be {above} {low:g} and at most {high:g}, not {value:g} (plausible: "
                    f"{parameter.low:g} to {parameter.high:g} {parameter.unit})",
                )
    name = "comfortable_backlog" if "comfortable_backlog" in values else "overwhelming_backlog"
    comfortable = values.get("comfortable_backlog", PARAMETERS["comfortable_backlog"].default)
    overwhelming = values.get("overwhelming_backlog", PARAMETERS["overwhelming_backlog"].default)
    if _number(comfortable) and _number(overwhelming) and comfortable >= overwhelming:
        yield Problem(
            ("parameters", name),
            "makes comfortable_backlog reach overwhelming_backlog, which must be the larger: "
            f"{comfortable:g} against {overwhelming:g}",
        )


def domain(parameter: Parameter) -> tuple[float, float]:
    """Return the lowest and the highest value that a parameter can have and still mean something.

    Wider than its plausible range: portions and rates a week go up to 1, anything else up to ten
    times the upper end of its range. Only the constant of new services can be negative.
    """
    low = 10.0 * min(0.0, parameter.low)
    if parameter.unit.startswith(_PORTIONS):
        return low, 1.0
    return low, 10.0 * parameter.high


# ---------------------------------------------------------------- values of any type


def _number(value: Any) -> TypeGuard[float]:
    return type(value) in (int, float) and isfinite(value)


def _list(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list | tuple) else ()


def _week(moment: Any, run_start: Any) -> int | None:
    """Return the week of the run, or None if it is not a moment (TOML has date-times as well)."""
    if type(moment) is int:
        return moment
    if type(moment) is date and type(run_start) is date:
        return week_of(moment, run_start)
    return None
