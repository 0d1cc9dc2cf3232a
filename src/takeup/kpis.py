"""What is measured: the counters that the model records and the KPIs that are ratios of them.

The model adds up integers by group; a KPI is `scale × numerator ÷ denominator` of two sums of
counters, declared once here and computed afterwards (`takeup.results`). Sums of integers do not
depend on the order of agents or threads, so equal runs give equal bits.

Counters come in four tables. `CITIZEN` counters are kept by profile, by ward and by service;
`STOCK` counters (states of people, not events) by profile and by ward; `SERVICE` counters by
service; `DEPARTMENT` counters by department.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

FIXED_POINT = 65_536
"""Levels in [0, 1] are summed as integers in units of 1 / FIXED_POINT."""

YEAR = 52
"""Weeks in a year, as the model counts time."""

CITIZEN = (
    "needs",  # needs that arose this week
    "online_started",  # online attempts
    "online_completed",  # online attempts that the citizen completed
    "transactions",  # needs that became a transaction in any channel
    "transactions_online",
    "experience",  # fixed point: experience of this week's needs
    "contacts_failure",  # phone contacts after an online failure, and second calls after hanging up
    "contacts_other",  # other phone and counter contacts, calls for help included
    "assisted",  # online attempts completed with the help of an assisted session
)

STOCK = (
    "citizens",
    "adopters",  # transacted online in the last 52 weeks
    "in_need",  # had a need in the last 52 weeks
    "trust",  # fixed point, each citizen's as of the last contact, less what an incident alarms
    "participants",  # took part in co-design or gave feedback in the last 52 weeks
)

SERVICE = (
    "decided_online",  # cases closed, by the channel that they came in by
    "decided_phone",
    "decided_counter",
    "withdrawn",  # cases given up: after an online failure, or waiting too long
    "queued",  # cases waiting at the end of the week
    "queued_minutes",  # staff minutes in them
    "waiting",  # 1/1024 weeks: age of the cases closed by staff
    "handled",  # cases closed by staff
    "contacts_chasing",  # contacts of people asking what became of their case
    "contacts_error",  # contacts caused by errors in handling
    "reworked",  # cases handled a second time
    "list_cost",  # hundredths: contacts and visits at list price
    "live",  # 1 if it is online
)

DEPARTMENT = (
    "staff",
    "adopted",
    "awareness",  # the ADKAR levels, fixed point, summed over staff
    "desire",
    "knowledge",
    "ability",
    "reinforcement",
    "blocked_awareness",  # staff whose first weak element this is
    "blocked_desire",
    "blocked_knowledge",
    "blocked_ability",
    "blocked_reinforcement",
    "stress",  # fixed point
    "leavers",
    # Up to here of posts, from here on scaled to the simulated residents.
    "capacity_minutes",  # productive staff minutes available
    "paid_minutes",  # staff minutes paid for handling these services
    "worked_minutes",  # staff minutes used
    "service_cost",  # hundredths of the currency: realised cost
)

OF_POSTS = DEPARTMENT[: DEPARTMENT.index("capacity_minutes")]
"""DEPARTMENT counters that count posts."""

PLACE = (
    "programme_cost",  # hundredths of the currency
    "incidents",  # breaches and outages
)
"""Counters of the place as a whole."""

CountArray = npt.NDArray[np.int64]

MOST_COUNTED = 2**62
"""What no counter may reach, so that none wraps.

The limits of a scenario see to that: of time, levels and people by far (20 million residents, each
with 60 services, for 1,560 weeks, make 20e6 · 60 · 1,560 = 1.9e12 needs, 1.3e17 in fixed point, and
at most 1.3e15 weeks of waiting cases over a run, 1.3e19 minutes of 10,000 each, which `fits` sees
to), of the cost of service by the limits of staff, hours and hourly cost (1e6 · 60 · 60 · 2 · 1e8 ·
100 / 60 = 1.2e18), of list prices in `takeup.scenario.schema.consistency`; a run checks what its
programme costs. Sums over many weeks and services are of integers where those cannot overflow: see
`fits`.
"""


def fits(table: CountArray, parts: int) -> bool:
    """Return whether the sum of so many counters cannot overflow; else it is to be one of floats.

    Floats are exact to 16 digits, integers of such size would be wrong in all of them.
    """
    return bool(table.max(initial=0) < MOST_COUNTED // max(1, parts))


BoolMask = npt.NDArray[np.bool_] | None


@dataclass(frozen=True)
class Counters:
    """What one run recorded: integers by week and group; the last axis follows the tuples above.

    Attributes:
        profile: CITIZEN counters, (weeks, PROFILES, …).
        ward: CITIZEN counters, (weeks, wards, …).
        service: CITIZEN counters, (weeks, services, …).
        stock_profile: STOCK counters, (weeks, PROFILES, …).
        stock_ward: STOCK counters, (weeks, wards, …).
        work: SERVICE counters, (weeks, services, …).
        staff: DEPARTMENT counters, (weeks, departments, …).
        place: PLACE counters, (weeks, …).
        post_weight: members of staff that one simulated post stands for, (departments,).
    """

    profile: CountArray
    ward: CountArray
    service: CountArray
    stock_profile: CountArray
    stock_ward: CountArray
    work: CountArray
    staff: CountArray
    place: CountArray
    post_weight: npt.NDArray[np.float64]

    def whole_staff(self, weeks: slice = slice(None)) -> npt.NDArray[np.float64]:
        """Return the DEPARTMENT counters of the place as a whole, (weeks, …).

        Departments may be sampled differently: counters of posts are weighted by what a post stands
        for, those of minutes and money are scaled to the simulated residents already.
        """
        of_posts = np.arange(len(DEPARTMENT)) < len(OF_POSTS)
        weights = np.where(of_posts[None, :], self.post_weight[:, None], 1.0)
        total: npt.NDArray[np.float64] = (self.staff[weeks] * weights).sum(axis=1)
        return total


Family = Literal["all", "age", "income", "access", "support", "ward", "service", "department"]
FAMILIES: tuple[Family, ...] = (
    "all", "age", "income", "access", "support", "ward", "service", "department",
)  # fmt: skip

_PEOPLE: tuple[Family, ...] = ("all", "age", "income", "access", "support", "ward")
_EVENTS: tuple[Family, ...] = (*_PEOPLE, "service", "department")
_WORK: tuple[Family, ...] = ("all", "service", "department")
_STAFF: tuple[Family, ...] = ("all", "department")


@dataclass(frozen=True)
class KPI:
    """A key performance indicator: a ratio of sums of counters.

    Attributes:
        name: identifier, as in tables and files.
        title: what a reader sees.
        unit: unit of the value; "share" means 0 to 1, shown as per cent.
        better: 1 if higher is better, −1 if lower is, 0 if neither.
        numerator: counters that are added up.
        denominator: counters that are added up; empty for an absolute number.
        families: the group families for which it makes sense.
        scale: factor of the ratio (fixed point, hundredths, minutes to hours).
        weighted: an absolute number that grows with the place: multiplied by the sampling weight.
        definition: one sentence, with the source of the definition.
    """

    name: str
    title: str
    unit: str
    better: Literal[-1, 0, 1]
    numerator: tuple[str, ...]
    denominator: tuple[str, ...]
    families: tuple[Family, ...]
    definition: str
    scale: float = 1.0
    weighted: bool = False

    def value(self, totals: Mapping[str, float], weight: float) -> float:
        """Return the KPI of a place from its totals; NaN where there is nothing to divide by.

        Args:
            totals: counters by name.
            weight: residents that one simulated resident stands for.
        """
        above = sum(totals[name] for name in self.numerator)
        factor = self.scale * (weight if self.weighted else 1.0)
        if not self.denominator:
            return above * factor
        below = sum(totals[name] for name in self.denominator)
        return above / below * factor if below else float("nan")


@dataclass(frozen=True)
class GapKPI:
    """A difference of one KPI between two named unions of groups, for the place as a whole.

    Attributes:
        of: counters of the share, as in `KPI`.
        minuend: groups (`family:label`) whose share comes first.
        subtrahend: groups whose share is taken off.
    """

    name: str
    title: str
    unit: str
    better: Literal[-1, 0, 1]
    of: tuple[tuple[str, ...], tuple[str, ...]]
    minuend: tuple[str, ...]
    subtrahend: tuple[str, ...]
    definition: str


_CONTACTS = ("contacts_failure", "contacts_other", "contacts_chasing", "contacts_error")
_DECIDED = ("decided_online", "decided_phone", "decided_counter")
_ADKAR = ("awareness", "desire", "knowledge", "ability", "reinforcement")

KPIS: tuple[KPI, ...] = (
    KPI("digital_take_up", "Digital take-up", "share", 1,
        ("transactions_online",), ("transactions",), _EVENTS,
        "Transactions made online as a share of all transactions (GOV.UK service standard); "
        "counted in the week in which the citizen finishes."),
    KPI("completion_rate", "Online completion rate", "share", 1,
        ("online_completed",), ("online_started",), _EVENTS,
        "Online attempts that were completed as a share of those started (GOV.UK)."),
    KPI("user_satisfaction", "User satisfaction", "share", 1,
        ("experience",), ("needs",), _EVENTS,
        "Mean experience of this week's needs in all channels, 0 to 1 (after GOV.UK).",
        scale=1 / FIXED_POINT),
    KPI("cost_per_transaction", "Cost per transaction", "currency", -1,
        ("service_cost",), _DECIDED, _STAFF,
        "Realised cost of service delivery per case decided: paid staff time, overtime and web "
        "visits (GOV.UK). Falls only when staff time is really released.", scale=0.01),
    KPI("list_cost_per_transaction", "Cost per transaction at list price", "currency", -1,
        ("list_cost",), _DECIDED, _WORK,
        "Contacts and visits at list price (Socitm) per case decided.", scale=0.01),
    KPI("adoption", "Residents using a digital service", "share", 1,
        ("adopters",), ("citizens",), _PEOPLE,
        "Residents who transacted online in the last 52 weeks (Eurostat's e-government use)."),
    KPI("adoption_in_need", "Users among residents with a need", "share", 1,
        ("adopters",), ("in_need",), _PEOPLE,
        "As adoption, among residents who had a need in the last 52 weeks."),
    KPI("trust", "Trust in the council", "share", 1,
        ("trust",), ("citizens",), _PEOPLE,
        "Mean trust, each resident's as of the last contact, 0 to 1.", scale=1 / FIXED_POINT),
    KPI("participation", "Residents who took part", "share", 1,
        ("participants",), ("citizens",), _PEOPLE,
        "Residents who took part in co-design or gave feedback in the last 52 weeks."),
    KPI("assisted", "Assisted online transactions", "share", 0,
        ("assisted",), ("transactions_online",), _EVENTS,
        "Online transactions completed in an assisted session (GOV.UK: assisted digital)."),
    KPI("services_online", "Services online", "services", 1, ("live",), (), _WORK,
        "Services that residents can use online."),
    KPI("avoidable_contact", "Avoidable contact", "share", -1,
        ("contacts_failure", "contacts_chasing", "contacts_error"), _CONTACTS, _WORK,
        "Contacts caused by failure (online failures, progress chasing, handling errors) as a "
        "share of all contacts (after the former UK National Indicator 14)."),
    KPI("avoidable_contacts", "Avoidable contacts a week", "contacts", -1,
        ("contacts_failure", "contacts_chasing", "contacts_error"), (), _WORK,
        "Contacts caused by failure in the week: their share of all contacts can rise because the "
        "other contacts fall.", weighted=True),
    KPI("contacts", "Contacts a week", "contacts", -1, _CONTACTS, (), _WORK,
        "Phone and counter contacts in the week, avoidable ones included.", weighted=True),
    KPI("processing_time", "Processing time", "weeks", -1,
        ("waiting",), ("handled",), _WORK,
        "Mean weeks from submission to decision of the cases that staff closed this week.",
        scale=1 / 1024),
    KPI("backlog", "Backlog", "staff hours", -1, ("queued_minutes",), (), _WORK,
        "Staff hours of work waiting at the end of the week.", scale=1 / 60, weighted=True),
    KPI("withdrawn", "Cases given up per need", "ratio", -1, ("withdrawn",), ("needs",), _WORK,
        "Cases given up (failed online and not pursued, or waiting too long) per need."),
    KPI("utilisation", "Utilisation of staff time", "ratio", 0,
        ("worked_minutes",), ("capacity_minutes",), _STAFF,
        "Staff minutes worked per productive minute available; over 1 is overtime."),
    KPI("staff_adoption", "Staff who adopted", "share", 1, ("adopted",), ("staff",), _STAFF,
        "Staff who work the new way."),
    KPI("staff_readiness", "Staff readiness (ADKAR)", "share", 1, _ADKAR, ("staff",), _STAFF,
        "Mean of the five ADKAR levels, 0 to 1.", scale=1 / (5 * FIXED_POINT)),
    *(KPI(f"staff_{level}", f"Staff {level}", "share", 1, (level,), ("staff",), _STAFF,
          f"Mean ADKAR {level} of staff, 0 to 1.", scale=1 / FIXED_POINT) for level in _ADKAR),
    *(KPI(f"blocked_at_{level}", f"Staff blocked at {level}", "share", -1,
          (f"blocked_{level}",), ("staff",), _STAFF,
          f"Staff whose barrier point (first weak ADKAR element) is {level}.") for level in _ADKAR),
    KPI("staff_stress", "Staff stress", "share", -1, ("stress",), ("staff",), _STAFF,
        "Mean stress of staff, 0 to 1.", scale=1 / FIXED_POINT),
    KPI("staff_turnover", "Staff turnover", "share a year", -1, ("leavers",), ("staff",), _STAFF,
        "Staff who left, as a yearly rate.", scale=52.0),
    KPI("service_cost", "Service cost a week", "currency", -1, ("service_cost",), (), _STAFF,
        "Realised cost of service delivery in the week.", scale=0.01, weighted=True),
    KPI("programme_cost", "Programme cost a week", "currency", -1, ("programme_cost",), (),
        ("all",), "Cost of all interventions in the week.", scale=0.01),
    KPI("incidents", "Security incidents", "incidents a year", -1, ("incidents",), (), ("all",),
        "Breaches and outages that began, as a yearly rate.", scale=52.0),
)  # fmt: skip

GAPS: tuple[GapKPI, ...] = (
    GapKPI("inclusion_gap_age", "Inclusion gap: 25–44 minus 65+", "share", -1,
           (("adopters",), ("in_need",)), ("age:25-34", "age:35-44"), ("age:65-74", "age:75+"),
           "Users among residents with a need: aged 25–44 minus aged 65 and over."),
    GapKPI("inclusion_gap_access", "Inclusion gap: with minus without access", "share", -1,
           (("adopters",), ("in_need",)), ("access:with",), ("access:without",),
           "Users among residents with a need: with minus without internet access."),
)  # fmt: skip


def totals(
    counters: Counters,
    weeks: slice,
    profiles: BoolMask = None,
    wards: BoolMask = None,
    services: BoolMask = None,
    departments: BoolMask = None,
    names: frozenset[str] | None = None,
) -> dict[str, float]:
    """Return counters, added up over weeks and over one kind of group.

    Args:
        counters: what was recorded.
        weeks: which weeks.
        profiles: which profiles, if they are the group.
        wards: which wards, if they are.
        services: which services, if they are, or those of the departments.
        departments: which departments, if they are.
        names: which counters are asked for, others may be left out; None: all of them.

    Returns:
        The counters that the group has; all of them if no group is given.
    """
    found: dict[str, float] = {}

    def wanted(columns: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(name for name in columns if names is None or name in names)

    def add(columns: tuple[str, ...], table: CountArray, rows: BoolMask = None) -> None:
        picked = wanted(columns)
        if not picked:
            return
        chosen = table[weeks]
        if len(picked) < len(columns):
            chosen = chosen[..., [columns.index(name) for name in picked]]
        if rows is not None:
            chosen = chosen[:, rows]
        each = chosen.reshape(-1, len(picked))
        whole = each.sum(axis=0, dtype=None if fits(each, len(each)) else float)
        found.update(zip(picked, whole.astype(float).tolist(), strict=True))

    if wards is not None:
        add(CITIZEN, counters.ward, wards)
        add(STOCK, counters.stock_ward, wards)
    elif services is not None:
        add(CITIZEN, counters.service, services)
        add(SERVICE, counters.work, services)
    else:
        add(CITIZEN, counters.profile, profiles)
        add(STOCK, counters.stock_profile, profiles)
    if departments is not None:
        add(DEPARTMENT, counters.staff, departments)
    elif wards is services is profiles is None:
        add(SERVICE, counters.work)
        add(PLACE, counters.place)
        if wanted(DEPARTMENT):
            staff = counters.whole_staff(weeks).sum(axis=0).tolist()
            found.update(zip(DEPARTMENT, staff, strict=True))
    return found


def place_totals(counters: Counters, week: int) -> dict[str, float]:
    """Return every counter of one week, added up over the place."""
    return totals(counters, slice(week, week + 1))


KPI_NAMES: tuple[str, ...] = (*(k.name for k in KPIS), *(g.name for g in GAPS))

BY_NAME: Mapping[str, KPI | GapKPI] = {
    **{kpi.name: kpi for kpi in KPIS},
    **{gap.name: gap for gap in GAPS},
}
"""All KPIs and gaps, in the order of KPI_NAMES."""


def not_measured(name: str, group: str) -> str:
    """Return why a KPI has no values of a group, and of which it has; empty if it has them.

    Args:
        name: name of the KPI.
        group: `all`, or `family:label` as results name groups.
    """
    kpi = BY_NAME[name]
    families: tuple[Family, ...] = ("all",) if isinstance(kpi, GapKPI) else kpi.families
    if group.partition(":")[0] in families:
        return ""
    single = [f"{family}:..." for family in families if family != "all"]
    of = f"the place as a whole (all){' and of ' * bool(single)}{', '.join(single)}"
    return f"{name} is not measured of {group}, only of {of}"
