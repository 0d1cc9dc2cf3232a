"""What a scenario is: frozen data, validated field by field and as a whole.

Field order and descriptions are what `takeup schema`, `takeup new` and the editor show.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from math import inf
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, TypeVar, Union, get_args

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from takeup.arguments import near, told
from takeup.errors import InputError
from takeup.evidence import defaults
from takeup.programme import KINDS, SHOCKS, Event, Goal, Intervention, Shock
from takeup.programme.event import INCONSISTENT
from takeup.programme.limits import MOST_PRICE
from takeup.programme.moment import Moment, week_of
from takeup.programme.needs import MOST_NEEDS
from takeup.programme.plain import Problem, table
from takeup.programme.target import Age, Income
from takeup.scenario.schema import consistency


def _every_age(shares: dict[Age, float]) -> dict[Age, float]:
    return consistency.complete(shares, get_args(Age))


def _age_shares(shares: dict[Age, float]) -> dict[Age, float]:
    return consistency.adds_up(_every_age(shares))


def _income_shares(shares: dict[Income, float]) -> dict[Income, float]:
    return consistency.adds_up(consistency.complete(shares, get_args(Income)))


def _households(shares: tuple[float, ...]) -> tuple[float, ...]:
    consistency.adds_up(dict(enumerate(shares)))
    return shares


def _monday(day: date) -> date:
    if day.weekday() != 0:
        monday = day - timedelta(days=day.weekday())
        raise ValueError(f"must be a Monday, such as {monday}, not {day}")
    if not 1900 <= day.year <= 2200:
        raise ValueError(f"must lie between 1900 and 2200, not {day}")
    return day


MOST_MINUTES = 10_000
"""Minutes, about a month of a member of staff, that a case can take."""


def with_letters(name: str) -> str:
    """Return a name; ValueError if there is something in it and nothing that can be seen."""
    if name and not any(c.isprintable() and not c.isspace() for c in name):
        raise ValueError("holds nothing that can be seen; give it letters or digits")
    return name


Name = Annotated[str, Field(min_length=1), AfterValidator(with_letters)]
"""What tables and figures call something."""

Share = Annotated[float, Field(ge=0, le=1)]
ByAge = Annotated[dict[Age, Share], AfterValidator(_every_age)]
AgeShares = Annotated[dict[Age, Share], AfterValidator(_age_shares)]
Identifier = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$", max_length=40)]

if TYPE_CHECKING:
    AnyIntervention = Intervention
    AnyShock = Shock
else:  # whichever kinds there are: adding one changes nothing here
    AnyIntervention = Annotated[Union[tuple(KINDS.values())], Field(discriminator="kind")]  # noqa: UP007
    AnyShock = Annotated[Union[tuple(SHOCKS.values())], Field(discriminator="kind")]  # noqa: UP007


class Table(BaseModel):
    """Base of all tables of a scenario file: frozen, no unknown keys, no silent conversions."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


MOST_REPLICATES = 100_000
MOST_SEED = 2**32 - 1


class Run(Table):
    """How the scenario is run: calendar, sample and random numbers."""

    start: Annotated[date, AfterValidator(_monday)] = Field(
        date(2025, 1, 6), description="the Monday on which week 0 begins"
    )
    weeks: int = Field(156, ge=1, le=1040, description="weeks simulated after the start")
    warm_up: int = Field(
        52, ge=52, le=520, description="weeks run before the start, without a programme"
    )
    sample: Annotated[int, Field(ge=100)] | Literal["all"] = Field(
        10_000, description='residents simulated, each with a weight; "all" is one-to-one'
    )
    replicates: int = Field(
        16, ge=1, le=MOST_REPLICATES, description="runs with different random numbers"
    )
    uncertainty: Literal["both", "seed", "parameters", "posterior"] = Field(
        "both",
        description="what differs between replicates: random numbers, behavioural parameters "
        "(drawn from the ranges of their evidence), or both; posterior: random numbers, and what "
        "was fitted to data, a row of `run.posterior` each",
    )
    posterior: Annotated[str, Field(min_length=1)] | None = Field(
        None,
        description="file of rows that fit data, as `takeup calibrate` writes it (Parquet), "
        "relative to the scenario file",
    )
    seed: int = Field(1, ge=0, le=MOST_SEED, description="seed of the random numbers")
    discount_rate: float = Field(
        0.035, ge=0, le=0.5,
        description="a year's discount on money that comes later (0.035: HM Treasury, Green Book)",
    )  # fmt: skip


class Ward(Table):
    """A part of the place, with its share of residents and, if it differs, its own ages."""

    name: Name = Field(description="name of the ward")
    share: float = Field(gt=0, le=1, description="share of the place's residents")
    age: AgeShares | None = Field(None, description="age shares; left out: as the place's")


def _wards(wards: tuple[Ward, ...]) -> tuple[Ward, ...]:
    names = [ward.name for ward in wards]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"has more than one ward named {', '.join(twice)}; names must differ")
    consistency.adds_up({ward.name: ward.share for ward in wards})
    return wards


class Prices(Table):
    """List price of a contact by channel, in the place's currency (default: Socitm 2012, GBP)."""

    online: float = Field(0.15, ge=0, le=MOST_PRICE, description="a web visit")
    phone: float = Field(2.83, ge=0, le=MOST_PRICE, description="a phone call")
    counter: float = Field(8.62, ge=0, le=MOST_PRICE, description="a visit to the counter")


class Trend(Table):
    """What happens to take-up anyway, whatever the council does."""

    drift: float | Literal["drawn"] = Field(
        "drawn",
        description="log-odds that the take-up of a service gains in a year; drawn: for every "
        "service from what real ones did",
    )
    jumps: bool = Field(True, description="whether changes from outside move many at once")
    walk: bool = Field(True, description="whether take-up also wanders without a cause")


NO_TREND = Trend(drift=0.0, jumps=False, walk=False)


def _trend(trend: Any) -> Any:
    return NO_TREND.model_dump() if trend == "none" else trend


class Place(Table):
    """Who lives there: residents aged 16 and over, and what they bring."""

    name: Name = Field(description="name of the place")
    residents: int = Field(ge=100, le=20_000_000, description="residents aged 16 and over")
    currency: str = Field("GBP", pattern=r"^[A-Z]{3}$", description="ISO 4217 code")
    age: AgeShares = Field(description="share of residents in every age band; adds up to 1")
    income: Annotated[dict[Income, Share], AfterValidator(_income_shares)] = Field(
        {"low": 0.3, "middle": 0.5, "high": 0.2},
        description="share of residents by household income; adds up to 1",
    )
    access: ByAge = Field(description="by age: share with a device and a connection")
    skill: ByAge = Field(description="by age: share with at least basic digital skills")
    support_need: ByAge = Field(
        description="by age: share with a support need (disability, language)"
    )
    trust: float = Field(0.6, ge=0.05, le=0.95, description="mean trust in the council, 0 to 1")
    households: Annotated[tuple[Share, ...], AfterValidator(_households)] = Field(
        (0.40, 0.34, 0.14, 0.09, 0.03),
        min_length=1,
        max_length=8,
        description="share of households with 1, 2, 3, … adults; adds up to 1",
    )
    wards: Annotated[tuple[Ward, ...], AfterValidator(_wards)] = Field(
        min_length=1, max_length=255, description="wards; shares add up to 1"
    )
    trend: Annotated[Trend, BeforeValidator(_trend)] = Field(
        Trend(), description='what happens to take-up anyway; or "none"'
    )
    prices: Prices = Field(Prices(), description="list price of a contact by channel")


class Network(Table):
    """Who talks to whom among residents."""

    kind: Literal[
        "neighbourhood",
        "watts_strogatz",
        "barabasi_albert",
        "stochastic_block",
        "edge_list",
        "well_mixed",
    ] = Field(
        "neighbourhood",
        description="neighbourhood: households, ward and age homophily, long ties; the others by "
        "their names; well_mixed: everyone meets everyone, as in a differential equation",
    )
    degree: int = Field(10, ge=0, le=100, description="mean number of ties of a resident")
    long_ties: float = Field(0.10, ge=0, le=1, description="share of ties to anywhere in the place")
    age_homophily: float = Field(
        0.60, ge=0, le=1, description="share of local ties within the same or the next age band"
    )
    ward_mixing: float = Field(
        0.20, ge=0, le=1, description="stochastic_block: share of ties that leave the ward"
    )
    file: str | None = Field(
        None,
        description="edge_list: a CSV with columns `from,to` of residents numbered from 0, "
        "relative to the scenario file",
    )


class Department(Table):
    """A department: its staff and how ready they are."""

    name: Name = Field(description="name of the department")
    staff: int = Field(ge=1, le=1_000_000, description="members of staff")
    frontline: float = Field(0.35, ge=0, le=1, description="share who meet the public")
    managers: float = Field(0.08, ge=0, le=1, description="share who manage others")
    resistance: float = Field(0.45, ge=0, le=1, description="mean initial resistance to change")
    adopted: float = Field(0.15, ge=0, le=1, description="share who work the new way at the start")
    hourly_cost: float = Field(
        25.0, gt=0, le=MOST_PRICE, description="cost of an hour of staff time"
    )
    weekly_hours: float = Field(
        30.0, gt=0, le=60, description="productive hours a week, leave and sickness taken off"
    )
    handles_share: float | None = Field(
        None,
        gt=0,
        le=1,
        description="share of staff time spent on the services listed here; left out: what the "
        "target utilisation needs at the start",
    )


class Minutes(Table):
    """Staff minutes that one case takes."""

    digital: float = Field(
        gt=0, le=MOST_MINUTES, description="an online case in the hands of someone who adopted"
    )
    rekeying: float = Field(
        gt=0, le=MOST_MINUTES, description="an online case in the hands of someone who has not"
    )
    phone: float = Field(gt=0, le=MOST_MINUTES, description="a case by phone")
    counter: float = Field(gt=0, le=MOST_MINUTES, description="a case at the counter")


class Service(Table):
    """A service that residents need: how often, by whom, and how it works online."""

    name: Name = Field(description="name of the service")
    department: Identifier = Field(description="id of the department that owns it")
    yearly_volume: float = Field(gt=0, le=MOST_NEEDS, description="needs a year in the whole place")
    by_age: dict[Age, Annotated[float, Field(ge=0, le=1_000_000)]] = Field(
        {}, description="relative need of an age band; left out: 1"
    )
    go_live: Moment | Literal["never"] | None = Field(
        None, description='date or week it goes online, or "never"; left out: online already'
    )
    take_up: float = Field(
        0.3, gt=0, lt=1,
        description="if online already: share of its transactions that are online today",
    )  # fmt: skip
    usability: Share = Field(0.8, description="ease of the online service for a skilled user")
    complexity: Share = Field(0.4, description="share of that ease lost without digital skill")
    availability: Share = Field(0.995, description="share of the time it works")
    straight_through: Share = Field(
        0.3, description="share of online cases that need no staff at all"
    )
    phone_share: float = Field(
        0.8, gt=0, lt=1,
        description="phone as a share of phone and counter (0.8: GDS Digital Efficiency Report)",
    )  # fmt: skip
    minutes: Minutes = Field(description="staff minutes by channel")


class ServiceFacts(Table):
    """What holds of a service today, where a plan changes it; left out: as the scenario has it."""

    usability: Share | None = Field(None, description="ease of it for a skilled user")
    complexity: Share | None = Field(None, description="share of that ease lost without skill")
    availability: Share | None = Field(None, description="share of the time it works")
    straight_through: Share | None = Field(
        None, description="share of online cases that need no staff at all"
    )
    phone_share: float | None = Field(
        None, gt=0, lt=1, description="phone as a share of phone and counter"
    )
    minutes: Minutes | None = Field(None, description="staff minutes by channel")
    take_up: float | None = Field(
        None, gt=0, lt=1,
        description="if not online yet: share of its transactions that will be online once it has "
        "long been; left out: as services that are online, anew in every replicate",
    )  # fmt: skip


class DepartmentFacts(Table):
    """What holds of a department today, where a plan changes it."""

    weekly_hours: float | None = Field(
        None, gt=0, le=60, description="productive hours a week, leave and sickness taken off"
    )


class Facts(Table):
    """What holds today, where a plan changes it."""

    services: dict[Identifier, ServiceFacts] = Field({}, description="by id")
    departments: dict[Identifier, DepartmentFacts] = Field({}, description="by id")


class Structure(Table):
    """Structural choices of the model: what is not a number."""

    readiness: Literal["ces", "product"] = Field(
        "ces", description="how strictly the weakest ADKAR element blocks the rest"
    )


T = TypeVar("T", Service, Department)


def _as_today(item: T, facts: ServiceFacts | DepartmentFacts | None) -> T:
    """Return a service or department with the facts that it differs from."""
    if facts is None:
        return item
    own = type(item).model_fields.keys() - {"take_up"}
    held = {key: value for key, value in vars(facts).items() if key in own and value is not None}
    return item.model_copy(update=held)


def inconsistencies(data: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield what does not fit together in a scenario, across its tables.

    Args:
        data: a scenario as plain data, complete or not; a value that is not of its type is passed
            over, since the check of types reports it.
    """
    tables: dict[str, type[Table]] = {"run": Run, "place": Place, "network": Network}
    filled = {key: _filled(table, data.get(key)) for key, table in tables.items()}
    departments = table(data, "departments")
    filled["departments"] = {key: _filled(Department, departments[key]) for key in departments}
    yield from consistency.inconsistencies({**data, **filled}, Run.model_fields["sample"].default)


def _filled(table: type[Table], data: Any) -> dict[str, Any]:
    fields = table.model_fields.items()
    defaults = {name: field.default for name, field in fields if not field.is_required()}
    return {**defaults, **(data if isinstance(data, Mapping) else {})}


class Scenario(Table):
    """A place, its services and staff, and a programme of change."""

    CHANGING: ClassVar[Callable[[Scenario, tuple[object, ...], bool], Scenario]]
    """What `changed` and, with True, `with_facts` do: reading changes as files are read lies above
    the schema, so `given` puts it here."""

    name: Name = Field(description="what tables and figures call it")
    description: str = Field("", description="what it is about")
    changes_from: Moment | None = Field(
        None,
        description="when what differs from today's facts does; left out: from the run's start",
    )
    run: Run = Field(Run(), description="calendar, sample and random numbers")
    place: Place = Field(description="who lives there")
    network: Network = Field(Network(), description="who talks to whom")
    structure: Structure = Field(Structure(), description="structural choices of the model")
    departments: dict[Identifier, Department] = Field(min_length=1, description="by id")
    services: dict[Identifier, Service] = Field(min_length=1, max_length=60, description="by id")
    programme: dict[Identifier, AnyIntervention] = Field(
        {}, description="interventions by id; the order does not matter"
    )
    shocks: dict[Identifier, AnyShock] = Field(
        {}, description="what happens to the council, by id; plans that extend it share it"
    )
    goals: dict[Identifier, Goal] = Field({}, description="what the council means to reach, by id")
    parameters: dict[str, float] = Field(
        {}, description="behavioural parameters that differ from their default"
    )
    facts: Facts = Field(
        Facts(), description="what holds today of services and departments that a plan changes"
    )

    @model_validator(mode="after")
    def _consistent(self) -> Scenario:
        problems = [
            f"{'.'.join(map(str, p.path))}: {p.text}" for p in inconsistencies(self.model_dump())
        ]
        if problems:
            raise PydanticCustomError(INCONSISTENT, "{found}", {"found": "; ".join(problems)})
        return self

    def changed(self, *changes: Any) -> Scenario:
        """Return a scenario with changes, checked as a plan that extends it would be.

        What a scenario says of today are facts, from which hidden constants are inferred; a change
        keeps them. A fact that no plan can change (`services.X.take_up`) is for `with_facts`.

        `scenario.changed("run.weeks", 52, "programme.train.seats", 10)` is what
        `--set run.weeks=52 --set programme.train.seats=10` is for a file: tables are merged, lists
        and values are replaced, and all rules of `extends` hold (see `takeup.load`).

        Args:
            *changes: dotted keys, each with its value after it; or one mapping of keys to values.
                A value is what a file states (numbers and shares in the units of the schema, dates
                as `datetime.date`, tables as mappings), or a table of the schema.

        Returns:
            A new scenario; this one stays as it is.

        Raises:
            InputError: listing every problem found.
        """
        return type(self).CHANGING(self, changes, False)

    def with_facts(self, *facts: Any) -> Scenario:
        """Return a scenario with other facts about today, under the same changes.

        `scenario.with_facts("services.waste.usability", 0.6)` is what
        `--fact services.waste.usability=0.6` is for a file: as if the root of all plans said so.

        Args:
            *facts: as those of `changed`, of places, networks, departments, services, and
                `run.warm_up`.

        Returns:
            A new scenario; this one stays as it is.

        Raises:
            InputError: listing every problem found.
        """
        return type(self).CHANGING(self, facts, True)

    def root(self) -> Scenario:
        """Return the scenario as it is today: without what a plan changes of its facts."""
        services = {
            name: _as_today(service, self.facts.services.get(name))
            for name, service in self.services.items()
        }
        departments = {
            name: _as_today(department, self.facts.departments.get(name))
            for name, department in self.departments.items()
        }
        return self.model_copy(update={"services": services, "departments": departments})

    def change_week(self) -> int:
        """Return the week of the run from which what differs from today's facts does."""
        if self.changes_from is None:
            return 0
        return max(0, week_of(self.changes_from, self.run.start))

    def date_of(self, week: int) -> date:
        """Return the Monday on which a week of the run begins."""
        return self.run.start + timedelta(weeks=week)

    def weeks_of(self, event: Event) -> tuple[int, int]:
        """Return the first week of an intervention or shock and the first after it, in the run."""
        run = self.run
        first = min(max(event.first_week(run.start), 0), run.weeks)
        return first, max(first, event.last_week(run.start, run.weeks))

    def due_week(self, goal: Goal) -> int:
        """Return the week of the run by which a goal is to be met; it may lie after the run."""
        return week_of(goal.by, self.run.start)

    def go_live_week(self, service: str) -> int:
        """Return the week in which a service (by its id) goes online.

        Returns:
            A week of the run; −1 if it is online already, `run.weeks` if it never goes online or
            does so after the run.

        Raises:
            InputError: there is no such service.
        """
        moment = self._service(service).go_live
        if moment is None:
            return -1
        if moment == "never":
            return self.run.weeks
        return min(week_of(moment, self.run.start), self.run.weeks)

    def planned_week(self, service: str) -> float:
        """Return the week in which a service is planned to go online; infinite if it never is.

        Unlike `go_live_week` this is not clipped to the run: a service planned for after it may be
        brought forward into it.

        Raises:
            InputError: there is no such service.
        """
        moment = self._service(service).go_live
        if moment is None:
            return -1.0
        return inf if moment == "never" else float(week_of(moment, self.run.start))

    def _service(self, name: str) -> Service:
        if not isinstance(name, str) or name not in self.services:
            raise InputError(f"there is no service {told(name)}{near(name, self.services)}")
        return self.services[name]

    def parameter_values(self) -> dict[str, float]:
        """Return every behavioural parameter: the defaults overlaid with `parameters`."""
        return {**defaults(), **self.parameters}

    def simulated(self) -> int:
        """Return how many residents are simulated: the sample, or everyone."""
        if self.run.sample == "all":
            return self.place.residents
        return min(self.run.sample, self.place.residents)
