"""A scenario in plain words: what `takeup check` prints."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

from takeup.evidence import PARAMETERS
from takeup.programme import Intervention
from takeup.programme.segments import AGES, ROLES
from takeup.scenario.consistency import staff_shares
from takeup.scenario.estimates import full_time_staff_needed, posts, programme_costs
from takeup.scenario.schema import Scenario

WIDTH = 100

_NAME, _DATE = 22, 10
_CHART = WIDTH - _NAME - 2 * (_DATE + 2) - 2


def explain(scenario: Scenario) -> str:
    """Return what a scenario says, in plain words: at most 100 characters a line, no markup.

    Place and residents, staff and whether they are enough, services, the programme on a calendar
    with what it costs at most, and the parameters that differ from their default.
    """
    parts = (_head, _place, _staff, _services, _programme, _cost, _parameters)
    return "\n\n".join("\n".join(part(scenario)) for part in parts) + "\n"


# ---------------------------------------------------------------- place, staff, services


def _head(scenario: Scenario) -> Iterator[str]:
    run, residents = scenario.run, scenario.place.residents
    simulated = scenario.simulated()
    last = scenario.date_of(run.weeks) - timedelta(days=1)
    yield from _wrapped(scenario.name)
    if scenario.description:
        yield from _wrapped(scenario.description)
    yield ""
    yield f"{run.weeks} weeks, {run.start} to {last}, after {run.warm_up} weeks of warm-up"
    weight = residents / simulated
    yield (
        f"{simulated:,} of {residents:,} residents are simulated, each with weight {weight:.4g}"
        if simulated < residents
        else f"all {residents:,} residents are simulated, one by one"
    )
    differ = {
        "both": "random numbers and parameters differ between them",
        "seed": "random numbers differ between them",
        "parameters": "parameters differ between them",
    }[run.uncertainty]
    yield (
        f"{_count(run.replicates, 'replicate')}, seed {run.seed}; {differ} (run.uncertainty)"
        if run.replicates > 1
        else f"1 replicate, seed {run.seed}"
    )


def _place(scenario: Scenario) -> Iterator[str]:
    place = scenario.place
    yield from _wrapped(
        f"{place.name}: {place.residents:,} residents (accounts of people aged 16 and over)"
    )
    ages = {
        age: sum(ward.share * (ward.age or place.age)[age] for ward in place.wards)
        for age in place.age
    }
    rows = [
        (
            age,
            f"{round(place.residents * ages[age]):,}",
            _percent(ages[age]),
            _percent(place.access[age]),
            _percent(place.skill[age]),
            _percent(place.support_need[age]),
        )
        for age in sorted(ages, key=AGES.index)
    ]
    yield from _table(
        ("age", "residents", "share", "online access", "basic skills", "support need"), rows
    )
    access = sum(ages[age] * place.access[age] for age in ages)
    income = ", ".join(f"{tier} {_percent(share)}" for tier, share in place.income.items())
    homes = ", ".join(f"{n}: {_percent(s)}" for n, s in enumerate(place.households, start=1))
    wards = ", ".join(f"{w.name} {round(w.share * place.residents):,}" for w in place.wards)
    yield from _wrapped(f"online access of all: {_percent(access)}")
    yield from _wrapped(f"household income: {income}")
    yield from _wrapped(f"households by number of adults: {homes}")
    yield from _wrapped(f"wards: {wards}")


def _staff(scenario: Scenario) -> Iterator[str]:
    rows = []
    needed, simulated = full_time_staff_needed(scenario), posts(scenario)
    for key, department in scenario.departments.items():
        shares = staff_shares(department.model_dump())
        counts = {role: round(department.staff * shares[role]) for role in ROLES}
        counts["back-office"] = department.staff - counts["frontline"] - counts["manager"]
        rows.append(
            (
                key,
                *(f"{counts[role]:,}" for role in ROLES),
                f"{department.staff:,}",
                f"{simulated[key]:,}",
                f"{needed[key]:,.0f}" if needed[key] >= 9.5 else f"{needed[key]:.1f}",
                _percent(department.adopted),
                _percent(department.resistance),
            )
        )
    total = sum(department.staff for department in scenario.departments.values())
    yield f"Staff: {total:,} in {_count(len(rows), 'department')}"
    header = ("department", *ROLES, "all", "posts", "needed", "new way", "resistance")
    yield from _table(header, rows)
    yield from _wrapped(
        "posts: how many are simulated, each standing for all ÷ posts; needed: full-time staff for "
        "the services below at the start; new way: share who work it at the start"
    )
    for key, department in scenario.departments.items():
        if needed[key] > department.staff:
            yield from _wrapped(
                f"warning: {key} needs {needed[key]:,.0f} full-time staff and has "
                f"{department.staff:,}: queues will grow without end"
            )


def _services(scenario: Scenario) -> Iterator[str]:
    volume = sum(service.yearly_volume for service in scenario.services.values())
    each = volume / scenario.place.residents
    yield (
        f"Services: {_count(len(scenario.services), 'service')}, {volume:,.0f} transactions a "
        f"year, {each:.1f} for each resident"
    )
    rows = []
    for key, service in scenario.services.items():
        minutes = service.minutes
        rows.append(
            (
                key,
                service.department,
                f"{service.yearly_volume:,.0f}",
                _online(scenario, key),
                *(
                    f"{m:g}"
                    for m in (minutes.digital, minutes.rekeying, minutes.phone, minutes.counter)
                ),
            )
        )
    header = ("service", "department", "a year", "online", "digital", "rekeying", "phone")
    yield from _table((*header, "counter"), rows, left=(0, 1, 3))
    yield "the last four columns are staff minutes a case"


def _online(scenario: Scenario, key: str) -> str:
    week = scenario.go_live_week(key)
    if week < 0:
        return f"{_percent(scenario.services[key].take_up)} today"
    if week >= scenario.run.weeks:
        return "not in this run"
    return f"from {scenario.date_of(week)}"


# ---------------------------------------------------------------- programme


def _programme(scenario: Scenario) -> Iterator[str]:
    active = {key: i for key, i in scenario.programme.items() if i.enabled}
    off = [key for key in scenario.programme if key not in active]
    launches = {
        key: week
        for key in scenario.services
        if 0 <= (week := scenario.go_live_week(key)) < scenario.run.weeks
    }
    if not active and not launches:
        yield "Programme: none"
    else:
        counts = (_count(len(active), "intervention"), _count(len(launches), "go-live"))
        yield f"Programme: {', '.join(counts)}"
        yield _row("", "from", "to", _scale(scenario))
        for key, week in sorted(launches.items(), key=lambda entry: entry[1]):
            yield _row(key, str(scenario.date_of(week)), "go-live", _bar(scenario, week, week, "*"))
        for key, item in sorted(active.items(), key=lambda e: (scenario.weeks_of(e[1]), e[0])):
            first, after = scenario.weeks_of(item)
            last = scenario.date_of(after) - timedelta(days=1)
            bar = _bar(scenario, first, after, "=")
            yield _row(key, str(scenario.date_of(first)), str(last), bar)
        for key, item in active.items():
            yield from _wrapped(f"{key}: {item.describe()}; {_whom(item)}")
            offline = _never_online(scenario, item)
            if offline:
                yield from _wrapped(
                    f"warning: {key} is about {', '.join(offline)} only, and that is not online in "
                    "this run"
                )
        yield from _within_weeks(scenario, active)
    if off:
        yield from _wrapped(f"switched off: {', '.join(off)}")


def _never_online(scenario: Scenario, item: Intervention) -> tuple[str, ...]:
    """Return the services that it is about, if none of them goes online in the run."""
    services = item.target.services
    online = [key for key in services if scenario.go_live_week(key) < scenario.run.weeks]
    return () if online else services


def _within_weeks(scenario: Scenario, active: Mapping[str, Intervention]) -> Iterator[str]:
    """Say which week is meant where a date is not a Monday."""
    moments: list[tuple[str, date | int | str | None]] = [
        (f"{key} goes live", service.go_live) for key, service in scenario.services.items()
    ]
    for key, item in active.items():
        moments += [(f"{key} starts", item.start), (f"{key} ends before", item.until)]
    for what, moment in moments:
        if isinstance(moment, date) and moment.weekday() != 0:
            monday = moment - timedelta(days=moment.weekday())
            yield from _wrapped(
                f"{what} {'' if 'before' in what else 'in '}the week of {monday} "
                f"(stated: {moment}): weeks begin on Mondays"
            )


def _row(name: str, start: str, end: str, bar: str) -> str:
    return f"{_cut(name, _NAME):<{_NAME}}  {start:<{_DATE}}  {end:<{_DATE}}  {bar}".rstrip()


def _column(scenario: Scenario, week: int) -> int:
    return min(_CHART - 1, week * _CHART // scenario.run.weeks)


def _bar(scenario: Scenario, first: int, after: int, mark: str) -> str:
    column = _column(scenario, first)
    return " " * column + mark * max(1, _column(scenario, after - 1) - column + 1)


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


def _whom(item: Intervention) -> str:
    chosen = [
        f"{key} {', '.join(names)}" for key, names in item.target.model_dump().items() if names
    ]
    everyone = "residents" if getattr(item, "audience", item.AUDIENCE) == "residents" else "staff"
    return f"only {'; '.join(chosen)}" if chosen else f"all {everyone}"


# ---------------------------------------------------------------- cost and parameters


def _cost(scenario: Scenario) -> Iterator[str]:
    costs = programme_costs(scenario)
    if not costs:
        yield "Programme cost: none"
        return
    currency = scenario.place.currency
    total = sum(cost.total for cost in costs.values())
    yield f"Programme cost: about {currency} {total:,.0f} at most, as if every seat were taken"
    rows = [
        (key, *(f"{x:,.0f}" for x in (cost.money, cost.hours, cost.hours_value, cost.total)))
        for key, cost in costs.items()
    ]
    if len(rows) > 1:
        sums = [
            sum(values)
            for values in zip(
                *((c.money, c.hours, c.hours_value, c.total) for c in costs.values()), strict=True
            )
        ]
        rows.append(("all", *(f"{x:,.0f}" for x in sums)))
    header = ("intervention", f"money, {currency}", "staff hours", f"their value, {currency}")
    yield from _table((*header, f"total, {currency}"), rows)
    yield "money: seats, media, fixed and weekly costs; hours at the departments' hourly cost"


def _parameters(scenario: Scenario) -> Iterator[str]:
    drawn = scenario.run.uncertainty != "seed"
    changed = {
        name: value
        for name, value in scenario.parameters.items()
        if drawn or value != PARAMETERS[name].default
    }
    if drawn:
        yield "Parameters: drawn from their ranges, anew in every replicate (run.uncertainty)"
        if changed:
            yield "Set here, and so the same in all replicates:"
    elif not changed:
        yield "Parameters: all at their defaults"
    if not changed:
        return
    if not drawn:
        yield "Parameters that differ from their defaults"
    rows = [
        (
            name,
            f"{value:g}",
            f"{PARAMETERS[name].default:g}",
            f"{PARAMETERS[name].low:g} to {PARAMETERS[name].high:g}",
            PARAMETERS[name].unit,
        )
        for name, value in changed.items()
    ]
    yield from _table(("parameter", "here", "default", "plausible", "unit"), rows, left=(0, 3, 4))


# ---------------------------------------------------------------- text


def _percent(share: float) -> str:
    return f"{100 * share:.3g} %"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("" if number == 1 else "s")


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, subsequent_indent="    ", break_on_hyphens=False)


def _table(
    header: Sequence[str], rows: Sequence[Sequence[str]], left: Sequence[int] = (0,)
) -> Iterator[str]:
    """Yield aligned lines; the columns in `left` are text, cut where needed, the others numbers."""
    lines = [header, *rows]
    widths = [max(len(line[c]) for line in lines) for c in range(len(header))]
    for _ in range(sum(widths) + 2 * len(widths) - WIDTH):
        widest = max(left, key=lambda column: widths[column])
        widths[widest] -= 1
    for line in lines:
        cells = [
            f"{_cut(cell, width):<{width}}" if column in left else f"{cell:>{width}}"
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        ]
        yield ("  " + "  ".join(cells)).rstrip()
