"""Cards: what a page shows of every intervention of a setting, and of those that it could have."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial
from math import fsum

from takeup.errors import InputError
from takeup.programme import Intervention
from takeup.programme.words import COMMON, GROUPS, Group
from takeup.scenario.check.estimates import programme_costs
from takeup.scenario.schema.scenario import Scenario
from takeup.view.setting.councils import Councils, free_id
from takeup.view.setting.fields import Field, fields
from takeup.view.setting.setting import Setting, lasts


@dataclass(frozen=True)
class Card:
    """An intervention as the page shows it.

    Attributes:
        key: its id in the programme.
        kind: its kind.
        title: a few words; no two cards have the same.
        what: what it does and to whom.
        on: whether it is switched on.
        changed: whether it is not as the council has it.
        group: heading under which it stands.
        cost: what it costs at most if it is on, staff time included.
        currency: of the cost.
        note: what else is to be said; empty if nothing is.
    """

    key: str
    kind: str
    title: str
    what: str
    on: bool
    changed: bool
    group: Group
    cost: float
    currency: str
    note: str
    make_fields: Callable[[], tuple[Field, ...]] = field(compare=False, repr=False)

    @cached_property
    def fields(self) -> tuple[Field, ...]:
        """What can be changed, the most telling first; worked out for cards that are looked at."""
        return self.make_fields()


def _notes(item: Intervention, lacking: bool, scenario: Scenario) -> Iterator[str]:
    """Yield what else is to be said of a card."""
    run = scenario.run
    if lacking:
        yield _STARTING
    if item.first_week(run.start) + lasts(item, scenario) > run.weeks:
        end = scenario.date_of(run.weeks - 1)
        yield f"Goes on after the end of the run in {end:%B %Y}; that neither costs nor counts."


_STARTING = "Not in this council's plan. The figures are a starting point, scaled to the place."


def cards(setting: Setting, councils: Councils) -> tuple[Card, ...]:
    """Return a card for every intervention of the setting and of every kind that it lacks.

    By group; within it in the order of the council's programme, then those to start from, then
    those that were added, so that no card moves when it is changed.

    Raises:
        InputError: the setting cannot be; it names card and field.
    """
    council = councils[setting.council]
    scenario = setting.scenario(councils)
    entries = setting.tidy(councils).entries
    items = _items(setting, councils)
    costs = _costs(scenario, items)
    titles = _titles(items, scenario)
    found = []
    for key, item in items.items():
        words = item.words
        own = council.own.get(key)
        lacking = own is not None and key not in council.scenario.programme
        if own is None or own.kind != item.kind:  # another card under its name
            own, lacking = item, False
        found.append(
            Card(
                key=key,
                kind=item.kind,
                title=titles[key],
                what=words.what,
                on=item.enabled,
                changed=key in entries,
                group=words.group,
                cost=costs[key],
                currency=scenario.place.currency,
                note=" ".join(_notes(item, lacking, scenario)),
                make_fields=partial(fields, item, own, council, scenario, titles),
            )
        )
    return tuple(sorted(found, key=lambda card: GROUPS.index(card.group)))


def card_titles(setting: Setting, councils: Councils) -> dict[str, str]:
    """Return the titles of all cards, by id.

    Raises:
        InputError: the setting cannot be.
    """
    return _titles(_items(setting, councils), setting.scenario(councils))


def _items(setting: Setting, councils: Councils) -> dict[str, Intervention]:
    """Return the interventions that have a card, by id."""
    council, entries = councils[setting.council], setting.tidy(councils).entries
    there = {key: item for key, item in council.own.items() if entries.get(key, {}) is not None}
    return {**there, **setting.scenario(councils).programme}


def cost(setting: Setting, councils: Councils) -> float:
    """Return what all cards that are on cost together, at most: as if every seat were taken.

    Raises:
        InputError: the setting cannot be.
    """
    return fsum(c.total for c in programme_costs(setting.scenario(councils)).values())


def another(setting: Setting, councils: Councils, kind: str) -> Setting:
    """Return the setting with one more card of a kind, switched on, with the figures to start from.

    Raises:
        InputError: the place has no use for this kind.
    """
    council = councils[setting.council]
    item = council.starting.get(kind)
    if item is None:
        raise InputError(f"{council.name} has no use for another {kind.replace('_', ' ')}")
    taken = {**council.own, **setting.entries}
    stated = item.model_dump(exclude={"kind", "enabled"}, exclude_unset=True)
    return setting.added(free_id(kind.replace("_", "-"), taken), kind, stated)


def _costs(scenario: Scenario, items: Mapping[str, Intervention]) -> dict[str, float]:
    """Return what every intervention costs if it is on."""
    on = {key: item.model_copy(update={"enabled": True}) for key, item in items.items()}
    costs = programme_costs(scenario.model_copy(update={"programme": on}))
    return {key: cost.total for key, cost in costs.items()}


# ---------------------------------------------------------------- titles


def _titles(items: Mapping[str, Intervention], scenario: Scenario) -> dict[str, str]:
    """Return titles that tell the cards apart: by target, then by start, then by id."""
    start = scenario.run.start
    titles = {key: _title(item, scenario) for key, item in items.items()}
    for further in (
        lambda key: f"from {scenario.date_of(items[key].first_week(start)):%b %Y}",
        lambda key: key,
    ):
        counts = Counter(titles.values())
        titles = {
            key: title if counts[title] == 1 else f"{title}, {further(key)}"
            for key, title in titles.items()
        }
    return titles


_PEOPLE = ("age", "income", "support", "access", "roles")
"""Parts of a target that tell cards apart where no service, department or ward does."""


def _title(item: Intervention, scenario: Scenario) -> str:
    target = item.target
    names = [scenario.services[key].name for key in item.about if key in scenario.services]
    names += [scenario.departments[key].name for key in target.departments]
    names += [*target.wards]
    if not names:
        people = {key: getattr(target, key) for key in _PEOPLE}
        names = [COMMON[f"target.{key}"].word(name) for key in people for name in people[key]]
    shown = ", ".join(names[:2]) + (f" + {len(names) - 2} more" if len(names) > 2 else "")
    title = item.words.title
    return f"{title}: {shown}" if shown else title
