"""Programme, shocks and goals on the calendar of a run: a chart, and what they mean in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar

from rich.console import Console, ConsoleOptions
from rich.text import Text

from takeup.output import WIDTH, folded, line_of
from takeup.programme import Event, Goal, Intervention
from takeup.scenario.schema.goals import BY_NAME
from takeup.scenario.schema.scenario import Scenario
from takeup.scenario.schema.text import (
    Part,
    count,
    percent,
    wrapped,
)

Kind = TypeVar("Kind", bound=Event)

_NAME, _DATE = 22, 10
_BESIDE = 24
"""Columns that the chart needs beside the names; with fewer, every bar stands below its name."""

_GO_LIVE, _RUNS, _HITS, _MAY_HIT, _DUE = "*", "=", "!", "?", "+"
"""Marks on the chart: a service goes online, an intervention runs, a shock hits or may hit by
chance, a goal is due."""


def calendar(scenario: Scenario) -> Iterator[Part]:
    """Yield the parts of the calendar: what happens when, whom it addresses, what is aimed at."""
    programme = {key: item for key, item in scenario.programme.items() if item.enabled}
    shocks = {key: shock for key, shock in scenario.shocks.items() if shock.enabled}
    launches = {
        key: week
        for key in scenario.services
        if 0 <= (week := scenario.go_live_week(key)) < scenario.run.weeks
    }
    if not (programme or launches or shocks or scenario.goals):
        yield "Programme: none"
    else:
        counts = [count(len(programme), "intervention"), count(len(launches), "go-live")]
        counts += [count(len(shocks), "shock")] * bool(shocks)
        counts += [count(len(scenario.goals), "goal")] * bool(scenario.goals)
        yield f"Programme: {', '.join(counts)}"
        rows = [
            _moment(scenario, key, week, "go-live", _GO_LIVE)
            for key, week in sorted(launches.items(), key=lambda entry: entry[1])
        ]
        rows += [_span(scenario, key, item, _RUNS) for key, item in _in_order(scenario, programme)]
        for key, shock in _in_order(scenario, shocks):
            rows.append(_span(scenario, key, shock, _MAY_HIT if shock.by_chance else _HITS))
        rows += [
            _moment(scenario, key, scenario.due_week(goal), "goal due", _DUE)
            for key, goal in sorted(scenario.goals.items(), key=lambda e: scenario.due_week(e[1]))
        ]
        yield _Chart(scenario, tuple(rows))
        for key, item in programme.items():
            yield wrapped(f"{key}: {item.describe()}; {_whom(item)}")
        for key, shock in shocks.items():
            yield wrapped(f"shock {key}: {shock.describe()}; {_whom(shock)}")
        for key, goal in scenario.goals.items():
            yield wrapped(f"goal {key}: {_aim(scenario, goal)}")
        yield from _sooner(programme)
        yield from _within_weeks(scenario, [*programme.items(), *shocks.items()])
    off = [
        *(key for key in scenario.programme if key not in programme),
        *(f"shock {key}" for key in scenario.shocks if key not in shocks),
    ]
    if off:
        yield wrapped(f"switched off: {', '.join(off)}")


# ---------------------------------------------------------------- words


def _whom(event: Event) -> str:
    target: dict[str, tuple[str, ...]] = event.target.model_dump()
    chosen = [f"{key} {', '.join(names)}" for key, names in target.items() if names]
    if chosen:
        return f"only {'; '.join(chosen)}"
    if event.about:
        return f"service {', '.join(event.about)}"
    return "the whole place" if event.addressed == "place" else f"all {event.addressed}"


def _aim(scenario: Scenario, goal: Goal) -> str:
    kpi = BY_NAME[goal.kpi]
    whose = "" if goal.group == "all" else f" of {goal.group}"
    bound = "at least" if goal.sign > 0 else "at most"
    value = f"{goal.target:g} {kpi.unit}"
    if kpi.unit.startswith("share"):
        value = percent(goal.target) + kpi.unit.removeprefix("share")
    elif kpi.unit == "currency":
        value = f"{scenario.place.currency} {goal.target:,.10g}"
    day = scenario.date_of(scenario.due_week(goal))
    return f"{kpi.title}{whose} ({goal.kpi}) {bound} {value} by {day}"


def _sooner(programme: Mapping[str, Intervention]) -> Iterator[Part]:
    """Say what moves go-lives, which the chart shows as they are planned."""
    names = [key for key, item in programme.items() if item.brings_forward]
    if names:
        yield wrapped(f"go-lives are shown as planned; {', '.join(names)} can bring them forward")


def _within_weeks(scenario: Scenario, active: Iterable[tuple[str, Event]]) -> Iterator[Part]:
    """Say which week is meant where a date is not a Monday."""
    moments: list[tuple[str, date | int | str | None]] = [
        (f"{key} goes live", service.go_live) for key, service in scenario.services.items()
    ]
    for key, event in active:
        moments += [(f"{key} starts", event.start), (f"{key} ends before", event.until)]
    moments += [(f"{key} is due", goal.by) for key, goal in scenario.goals.items()]
    for what, moment in moments:
        if isinstance(moment, date) and moment.weekday() != 0:
            monday = moment - timedelta(days=moment.weekday())
            yield wrapped(
                f"{what} {'' if 'before' in what else 'in '}the week of {monday} "
                f"(stated: {moment}): weeks begin on Mondays"
            )


# ---------------------------------------------------------------- the chart


def _in_order(scenario: Scenario, events: Mapping[str, Kind]) -> list[tuple[str, Kind]]:
    return sorted(events.items(), key=lambda entry: (scenario.weeks_of(entry[1]), entry[0]))


def _span(scenario: Scenario, name: str, event: Event, mark: str) -> _Row:
    """Return the row of what runs for some weeks, with its first and its last day."""
    first, after = scenario.weeks_of(event)
    last = scenario.date_of(after) - timedelta(days=1)
    return _Row(name, str(scenario.date_of(first)), str(last), first, after - 1, mark)


def _moment(scenario: Scenario, name: str, week: int, what: str, mark: str) -> _Row:
    """Return the row of what happens in one week, with a mark unless that is after the run."""
    shown = mark if week <= scenario.run.weeks else ""
    return _Row(name, str(scenario.date_of(week)), what, week, week, shown)


@dataclass(frozen=True)
class _Row:
    """A name, two dates or words, and a mark over some weeks."""

    name: str
    start: str
    end: str
    first: int
    last: int
    mark: str


@dataclass(frozen=True)
class _Chart:
    """Rows on a common scale of time, as wide as there is room."""

    scenario: Scenario
    rows: tuple[_Row, ...]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Text]:
        width = min(options.max_width, WIDTH)
        before = _NAME + 2 * (_DATE + 2) + 2
        beside = width - before >= _BESIDE
        size = width - before if beside else width
        name = _NAME if beside else width - before + _NAME
        scale = _scale(self.scenario, size)
        for row in (_Row("", "from", "to", 0, 0, ""), *self.rows):
            begin = self._column(row.first, size)
            marks = row.mark * max(1, self._column(row.last, size) - begin + 1)
            bar = " " * begin + marks if row.name else scale
            names = folded(row.name, name)
            line = f"{names[0]:<{name}}  {row.start:<{_DATE}}  {row.end:<{_DATE}}"
            yield line_of((f"{line}  {bar}" if beside else line).rstrip())
            yield from map(line_of, names[1:])
            if not beside and bar.strip():
                yield line_of(bar)

    def _column(self, week: int, size: int) -> int:
        return min(size - 1, week * size // self.scenario.run.weeks)


def _scale(scenario: Scenario, size: int) -> str:
    """Return the heads of the quarters (short runs) or years over the chart, where they fit."""
    heads = [" "] * size
    free = 0
    shown = None
    for week in range(scenario.run.weeks):
        day = scenario.date_of(week)
        quarter = f"{day.year} Q{(day.month + 2) // 3}"
        head = quarter if scenario.run.weeks <= 104 else str(day.year)
        column = min(size - 1, week * size // scenario.run.weeks)
        if head == shown or column < free or column + len(head) > size:
            continue
        heads[column : column + len(head)] = head
        shown, free = head, column + len(head) + 1
    return "".join(heads).rstrip()
