"""What must fit together of goals: KPI, group, target and date."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from takeup.errors import did_you_mean, nearest
from takeup.kpis import GAPS, KPI, KPIS, GapKPI
from takeup.programme.plain import Problem, Table, is_number, table, week
from takeup.programme.segments import ACCESSES, AGES, INCOMES, SUPPORTS
from takeup.scenario.schema.targets import ward_names

BY_NAME: Mapping[str, KPI | GapKPI] = {
    **{kpi.name: kpi for kpi in KPIS},
    **{gap.name: gap for gap in GAPS},
}
"""Every KPI by name, the inclusion gaps included."""

_LATEST = 5200
"""Weeks after the start, a hundred years, within which a goal is due."""


def goals(data: Table) -> Iterator[Problem]:
    """Yield what does not fit together of goals.

    Args:
        data: a scenario as plain data, with the defaults of run.
    """
    for name, goal in table(data, "goals").items():
        if isinstance(goal, Mapping):
            for problem in (*_kpi(goal, data), *_by(goal, table(data, "run"))):
                yield Problem(("goals", name, *problem.path), problem.text)


def _kpi(goal: Table, data: Table) -> Iterator[Problem]:
    name = goal.get("kpi")
    if not isinstance(name, str):
        return
    kpi = BY_NAME.get(name)
    if kpi is None:
        yield Problem(("kpi",), f'names a KPI that does not exist, "{name}"{_suggested(name)}')
        return
    if kpi.better == 0:
        yield Problem(
            ("kpi",),
            f"names {name}, which is good neither when high nor when low; choose one with a "
            "direction",
        )
    yield from _group(goal.get("group", "all"), kpi, data)
    yield from _target(goal.get("target"), kpi)


def _suggested(name: str) -> str:
    if near := nearest(name, BY_NAME):
        return near
    titled = [known for known, kpi in BY_NAME.items() if kpi.title.lower() == name.strip().lower()]
    return f' (did you mean "{titled[0]}"?)' if titled else "; docs/results.md lists them"


def _group(group: object, kpi: KPI | GapKPI, data: Table) -> Iterator[Problem]:
    if not isinstance(group, str):
        return
    families: Sequence[str] = ("all",) if isinstance(kpi, GapKPI) else kpi.families
    family, colon, label = group.partition(":")
    labels = _labels(data)
    if family not in labels or (family == "all") == bool(colon):
        known = [name if name == "all" else f"{name}:…" for name in labels]
        forms = ", ".join(known)
        meant = [f"{name}:{group}" for name in families if group in labels.get(name, ())]
        right = f"; did you mean {meant[0]}?" if meant else f"; groups have the form {forms}"
        yield Problem(("group",), f'is not a group, "{group}"{right}')
    elif family not in families:
        yield Problem(
            ("group",),
            f"is {group}, and {kpi.name} is not measured by {family}; it is known for "
            f"{', '.join(families)}",
        )
    elif family != "all" and label not in labels[family]:
        article = "an" if family[0] in "ai" else "a"
        text = f'names {article} {family} that does not exist, "{label}"'
        yield Problem(("group",), text + did_you_mean(label, labels[family]))


def _labels(data: Table) -> dict[str, Sequence[str]]:
    """Return the groups of this scenario: labels by family, as results name them."""
    return {
        "all": (),
        "age": AGES,
        "income": INCOMES,
        "access": ACCESSES,
        "support": SUPPORTS,
        "ward": ward_names(data),
        "service": list(table(data, "services")),
        "department": list(table(data, "departments")),
    }


def _target(target: object, kpi: KPI | GapKPI) -> Iterator[Problem]:
    if not is_number(target):
        return
    if kpi.unit == "share" and not 0 <= target <= 1:
        also = f" ({target:g} % is {target / 100:g})" if 1 < target <= 100 else ""
        yield Problem(
            ("target",), f"must be a share from 0 to 1, as {kpi.name} is, not {target:g}{also}"
        )
    elif target < 0:
        yield Problem(("target",), f"must be at least 0, as {kpi.name} is, not {target:g}")


def _by(goal: Table, run: Table) -> Iterator[Problem]:
    """A goal may be due after the run, or no run could be cut short; `takeup check` warns of it."""
    start = run.get("start")
    due = week(goal.get("by"), start)
    if due is not None and due < 1:
        yield Problem(("by",), f"must be in a later week than the start of the run ({start})")
    elif due is not None and due > _LATEST:
        yield Problem(
            ("by",), f"must be at most {_LATEST} weeks after the start of the run ({start})"
        )
