"""A scenario in plain words: what `takeup check` prints."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from math import isnan

from takeup.evidence import PARAMETERS, Posterior
from takeup.output import WIDTH, Paragraph, to_text
from takeup.programme.segments import AGES, ROLES
from takeup.scenario.check.advice import advice
from takeup.scenario.check.estimates import (
    full_time_staff_needed,
    posts,
    programme_costs,
    uncounted,
)
from takeup.scenario.check.plausible import doubts, first_of
from takeup.scenario.read.files import as_seen
from takeup.scenario.read.problems import Layer
from takeup.scenario.schema.fitted import posterior_of, set_itself
from takeup.scenario.schema.inferred import expected_take_up, share_of
from takeup.scenario.schema.scenario import Scenario
from takeup.scenario.schema.targets import staff_shares
from takeup.scenario.schema.text import (
    Part,
    aligned,
    count,
    percent,
    wrapped,
)
from takeup.scenario.tell.calendar import calendar

ENOUGH = 50
"""Rows of equal weight from which on a posterior says what is not known."""


def explain(scenario: Scenario, layers: Sequence[Layer] = (), width: int = WIDTH) -> str:
    """Return what a scenario says, in plain words: no markup, and no line wider than asked for.

    Place and residents, staff and whether they are enough, services, the programme, shocks and
    goals on a calendar, what the programme costs at most, and the parameters that differ from their
    default; last what is improbable.

    Args:
        scenario: what is explained.
        layers: the files that it was read from, if any.
        width: columns, at least 40.
    """
    return to_text(*explained(scenario, layers), width=width)


def explained(
    scenario: Scenario, layers: Sequence[Layer] = (), changes: Sequence[str] = ()
) -> Iterator[Part]:
    """Yield what `explain` returns as paragraphs and tables, which lay themselves out.

    Args:
        scenario: what is explained.
        layers: the files that it was read from, if any.
        changes: what was changed on the command line, `dotted.key=value`.
    """
    parts = (_head, _place, _staff, _services, _calendar, _cost, _parameters)
    for index, part in enumerate(parts):
        if index:
            yield ""
        yield from part(scenario)
    doubtful = first_of(doubts(scenario, layers, changes))
    if doubtful:
        yield ""
        yield "Improbable: please check"
        yield from map(_warned, doubtful)


def _warned(text: str) -> Paragraph:
    return wrapped(f"warning: {text}")


# ---------------------------------------------------------------- place, staff, services


def _head(scenario: Scenario) -> Iterator[Part]:
    run, residents = scenario.run, scenario.place.residents
    simulated = scenario.simulated()
    last = scenario.date_of(run.weeks) - timedelta(days=1)
    yield wrapped(scenario.name)
    if scenario.description:
        yield wrapped(scenario.description)
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
        "posterior": "random numbers, and what was fitted to data, differ between them",
    }[run.uncertainty]
    yield (
        f"{count(run.replicates, 'replicate')}, seed {run.seed}; {differ} (run.uncertainty)"
        if run.replicates > 1
        else f"1 replicate, seed {run.seed}"
    )


def _place(scenario: Scenario) -> Iterator[Part]:
    place = scenario.place
    yield wrapped(
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
            percent(ages[age]),
            percent(place.access[age]),
            percent(place.skill[age]),
            percent(place.support_need[age]),
        )
        for age in sorted(ages, key=AGES.index)
    ]
    yield aligned(
        ("age", "residents", "share", "online access", "basic skills", "support need"), rows
    )
    access = sum(ages[age] * place.access[age] for age in ages)
    income = ", ".join(f"{tier} {percent(share)}" for tier, share in place.income.items())
    homes = ", ".join(f"{n}: {percent(s)}" for n, s in enumerate(place.households, start=1))
    wards = ", ".join(f"{w.name} {round(w.share * place.residents):,}" for w in place.wards)
    yield wrapped(f"online access of all: {percent(access)}")
    yield wrapped(f"household income: {income}")
    yield wrapped(f"households by number of adults: {homes}")
    yield wrapped(f"wards: {wards}")


def _staff(scenario: Scenario) -> Iterator[Part]:
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
                percent(department.adopted),
                percent(department.resistance),
            )
        )
    total = sum(department.staff for department in scenario.departments.values())
    yield f"Staff: {total:,} in {count(len(rows), 'department')}"
    header = ("department", *ROLES, "all", "posts", "needed", "new way", "resistance")
    yield aligned(header, rows)
    yield wrapped(
        "posts: how many are simulated, each standing for all ÷ posts; needed: full-time staff for "
        "the services below at the start; new way: share who work it at the start"
    )


def _services(scenario: Scenario) -> Iterator[Part]:
    volume = sum(service.yearly_volume for service in scenario.services.values())
    each = volume / scenario.place.residents
    yield (
        f"Services: {count(len(scenario.services), 'service')}, {volume:,.0f} transactions a "
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
    yield aligned((*header, "counter"), rows, left=(0, 1, 3))
    yield "the last four columns are staff minutes a case"
    if any(service.go_live is not None for service in scenario.services.values()):
        yield wrapped(_expected(scenario))


def _expected(scenario: Scenario) -> str:
    """Return what is inferred of services that are not online yet."""
    centre = expected_take_up(scenario)
    away = 1.645 * scenario.parameter_values()["new_service_spread"]
    low, middle, high = (percent(share_of(centre + by)) for by in (-away, 0.0, away))
    return (
        "services that are not online yet: as easy as is usual, each is expected to come to "
        f"{middle} by itself (90 %: {low} to {high}), before the outside trend"
    )


def _online(scenario: Scenario, key: str) -> str:
    week = scenario.go_live_week(key)
    if week < 0:
        return f"{percent(scenario.services[key].take_up)} today"
    if week >= scenario.run.weeks:
        return "not in this run"
    return f"from {scenario.date_of(week)}"


# ---------------------------------------------------------------- programme, cost, parameters


def _calendar(scenario: Scenario) -> Iterator[Part]:
    yield from calendar(scenario)
    for warning in advice(scenario):
        yield _warned(warning)


def _cost(scenario: Scenario) -> Iterator[Part]:
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
    yield aligned((*header, f"total, {currency}"), rows)
    yield "money: seats, media, fees, fixed and weekly costs; hours at the departments' hourly cost"
    changing = uncounted(scenario)
    if changing:
        yield wrapped(
            f"not counted: what {', '.join(changing)} will change (budget cuts take from all doses "
            "and weekly costs, reviews raise and lower those that they adjust)"
        )


def _fitted(scenario: Scenario, posterior: Posterior) -> Iterator[Part]:
    """Say what a posterior holds, and how much narrower it is than what was known before."""
    of = posterior.about.get("scenario")
    of_whom = f", fitted to {of}" if isinstance(of, str) and of else ""
    effective = posterior.effective_sample
    yield wrapped(
        f"Fitted to data: {posterior.name}{of_whom}: {count(len(posterior), 'row')}, worth "
        f"{effective:,.0f} of equal weight; every replicate takes one (run.posterior)"
    )
    if effective < ENOUGH:
        yield _warned(
            f"{posterior.name} is worth {effective:,.0f} rows of equal weight, and under {ENOUGH} "
            "say little of what is not known: bands will be too narrow; calibrate with more draws"
        )
    own = set_itself(scenario, posterior)
    narrowed = posterior.narrowed()
    means = dict(zip(posterior.columns, posterior.weights @ posterior.values, strict=True))
    rows = [
        (
            name,
            f"{means[name]:.3g}",
            "set here" if name in own else "–" if isnan(spread) else f"{spread:.2f}",
            "" if name in own or isnan(spread) else _identified(spread),
        )
        for name, spread in sorted(narrowed.items(), key=lambda one: (isnan(one[1]), one[1]))
    ]
    yield aligned(("fitted", "mean", "spread", ""), rows, left=(0, 3))
    yield wrapped(
        "spread: standard deviation of the rows ÷ that before there were data; near 1 the data say "
        "nothing of it. Set here: the scenario's own value stays"
    )


def _identified(spread: float) -> str:
    return "narrowed" if spread < 0.5 else "a little" if spread < 0.9 else "not by the data"


def _parameters(scenario: Scenario) -> Iterator[Part]:
    posterior = posterior_of(scenario, as_seen(scenario.run.posterior or ""))
    if posterior is not None:
        yield from _fitted(scenario, posterior)
        yield ""
    drawn = scenario.run.uncertainty != "seed"
    changed = {
        name: value
        for name, value in scenario.parameters.items()
        if drawn or value != PARAMETERS[name].default
    }
    if drawn:
        others = "" if posterior is None else " that were not fitted"
        yield wrapped(
            f"Parameters{others}: drawn from their ranges, anew in every replicate "
            "(run.uncertainty)"
        )
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
    yield aligned(("parameter", "here", "default", "plausible", "unit"), rows, left=(0, 3, 4))
