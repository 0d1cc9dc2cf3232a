"""What must fit together of the programme and the shocks: calendars, targets and other names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from takeup.programme import KINDS, SHOCKS
from takeup.programme.event import Event, after_the_run
from takeup.programme.plain import Problem, Table, table, week
from takeup.scenario.schema.targets import misdirected


def events(data: Table) -> Iterator[Problem]:
    """Yield what does not fit together of interventions and shocks.

    Args:
        data: a scenario as plain data, with the defaults of run, place and departments.
    """
    tables: tuple[tuple[str, Mapping[str, type[Event]]], ...] = (
        ("programme", KINDS),
        ("shocks", SHOCKS),
    )
    for part, kinds in tables:
        for name, fields in table(data, part).items():
            kind = kinds.get(str(fields.get("kind"))) if isinstance(fields, Mapping) else None
            if kind is not None:
                for problem in _event(fields, kind, data):
                    yield Problem((part, name, *problem.path), problem.text)


def _event(fields: Table, kind: type[Event], data: Table) -> Iterator[Problem]:
    wrong = [Problem(tuple(key.split(".")), text) for key, text in kind.inconsistencies(fields)]
    yield from wrong
    yield from _calendar(fields, data)
    told = {problem.path for problem in wrong}
    for problem in misdirected(table(fields, "target"), kind.audience_of(fields), data):
        if problem.path not in told:
            yield problem
    defaults = {name: field.default for name, field in kind.model_fields.items()}
    yield from kind.problems({**defaults, **fields}, data)


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
        yield Problem(("start",), f"is {after_the_run(run)}")
    same_type = type(fields.get("start", 0)) is type(fields.get("until"))
    different_days = same_type and fields["until"] > fields.get("start", 0)
    if after is not None and after <= first and (different_days or not same_type):
        yield Problem(
            ("until",),
            f"must be in a later week than the start: that is week {first} of the run, and "
            f"`until` is in week {after}",
        )
