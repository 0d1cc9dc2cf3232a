"""Programme, shocks and goals on the calendar of a run: a chart, and what they mean in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import TypeVar

from takeup.programme import Event, Goal, Intervention, Shock
from takeup.scenario.goals import BY_NAME
from takeup.scenario.schema import Scenario
from takeup.scenario.text import WIDTH, count, cut, percent, wrapped

Kind = TypeVar("Kind", bound=Event)

_NAME, _DATE = 22, 10
_CHART = WIDTH - _NAME - 2 * (_DATE + 2) - 2

_GO_LIVE, _RUNS, _HITS, _MAY_HIT, _DUE = "*", "=", "!", "?", "+"
"""Marks on the chart: a service goes online, an intervention runs, a shock hits or may hit by
chance, a goal is due."""


def calendar(scenario: Scenario) -> Iterator[str]:
    """Yield the lines of the calendar: what happens when, whom it addresses, what is aimed at."""
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
        yield _row("", "from", "to", _scale(scenario))
        for key, week in sorted(launches.items(), key=lambda entry: entry[1]):
            yield _moment(scenario, key, week, "go-live", _GO_LIVE)
        for key, item in _in_order(scenario, programme):
            yield _span(scenario, key, item, _RUNS)
        for key, shock in _in_order(scenario, shocks):
            by_chance = getattr(shock, "per_year", None) is not None
            yield _span(scenario, key, shock, _MAY_HIT if by_chance else _HITS)
        for key, goal in sorted(scenario.goals.items(), key=lambda e: scenario.due_week(e[1])):
            yield _moment(scenario, key, scenario.due_week(goal), "goal due", _DUE)
        for key, item in programme.items():
            yield from wrapped(f"{key}: {item.describe()}; {_whom(item)}")
        for key, shock in shocks.items():
            yield from wrapped(f"shock {key}: {shock.describe()}; {_what(shock)}")
        for key, goal in scenario.goals.items():
            yield from wrapped(f"goal {key}: {_aim(scenario, goal)}")
        yield from _sooner(programme)
        yield from _within_weeks(scenario, [*programme.items(), *shocks.items()])
    off = [
        *(key for key in scenario.programme if key not in programme),
        *(f"shock {key}" for key in scenario.shocks if key not in shocks),
    ]
    if off:
        yield from wrapped(f"switched off: {', '.join(off)}")


# ---------------------------------------------------------------- words


def _whom(item: Intervention) -> str:
    addressed = getattr(item, "audience", item.AUDIENCE)
    one = getattr(item, "service", None)
    everyone = "the whole place" if addressed == "place" else f"all {addressed}"
    return _only(item.target.model_dump()) or (f"service {one}" if one else everyone)


def _what(shock: Shock) -> str:
    everything = "the whole place" if shock.ADDRESSED == "place" else f"all {shock.ADDRESSED}"
    return _only(shock.target.model_dump()) or everything


def _only(target: dict[str, tuple[str, ...]]) -> str:
    chosen = [f"{key} {', '.join(names)}" for key, names in target.items() if names]
    return f"only {'; '.join(chosen)}" if chosen else ""


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


def _sooner(programme: Mapping[str, Intervention]) -> Iterator[str]:
    """Say what moves go-lives, which the chart shows as they are planned."""
    names = [key for key, item in programme.items() if brings_forward(item)]
    if names:
        yield from wrapped(
            f"go-lives are shown as planned; {', '.join(names)} can bring them forward"
        )


def brings_forward(item: Intervention) -> bool:
    """Return whether an intervention makes services go online sooner than planned."""
    launches = item.kind == "quick_win" or getattr(item, "acceleration", 0.0) > 0.0
    return item.enabled and launches and item.dose > 0.0


def _within_weeks(scenario: Scenario, active: Iterable[tuple[str, Event]]) -> Iterator[str]:
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
            yield from wrapped(
                f"{what} {'' if 'before' in what else 'in '}the week of {monday} "
                f"(stated: {moment}): weeks begin on Mondays"
            )


# ---------------------------------------------------------------- the chart


def _in_order(scenario: Scenario, events: Mapping[str, Kind]) -> list[tuple[str, Kind]]:
    return sorted(events.items(), key=lambda entry: (scenario.weeks_of(entry[1]), entry[0]))


def _span(scenario: Scenario, name: str, event: Event, mark: str) -> str:
    """Return the row of what runs for some weeks, with its first and its last day."""
    first, after = scenario.weeks_of(event)
    last = scenario.date_of(after) - timedelta(days=1)
    begin, end = _column(scenario, first), _column(scenario, after - 1)
    bar = " " * begin + mark * max(1, end - begin + 1)
    return _row(name, str(scenario.date_of(first)), str(last), bar)


def _moment(scenario: Scenario, name: str, week: int, what: str, mark: str) -> str:
    """Return the row of what happens in one week, with a mark unless that is after the run."""
    bar = " " * _column(scenario, week) + mark if week <= scenario.run.weeks else ""
    return _row(name, str(scenario.date_of(week)), what, bar)


def _row(name: str, start: str, end: str, bar: str) -> str:
    return f"{cut(name, _NAME):<{_NAME}}  {start:<{_DATE}}  {end:<{_DATE}}  {bar}".rstrip()


def _column(scenario: Scenario, week: int) -> int:
    return min(_CHART - 1, week * _CHART // scenario.run.weeks)


def _scale(scenario: Scenario) -> str:
    """Return the heads of the quarters (short runs) or years over the chart, where they fit."""
    heads = [" "] * _CHART
    free = 0
    shown = None
    for week in range(scenario.run.weeks):
        day = scenario.date_of(week)
        quarter = f"{day.year} Q{(day.month + 2) // 3}"
        head = quarter if scenario.run.weeks <= 104 else str(day.year)
        column = _column(scenario, week)
        if head == shown or column < free or column + len(head) > _CHART:
            continue
        heads[column : column + len(head)] = head
        shown, free = head, column + len(head) + 1
    return "".join(heads).rstrip()
