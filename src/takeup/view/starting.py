"""What an intervention can start from in a place: doses and prices scaled to its size.

The yardstick is Riverton, the fictional council of the repository's scenarios: 120,000 residents,
1,310 staff, a visit to the counter for 8.62. Media grow with the residents, seats with the staff,
sessions of help more slowly than residents; what one team does for a whole place (leaders, a study,
reviews) grows with the square root. All are assumptions: something to change, not advice.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import floor, log10
from typing import Any

from takeup.programme import KINDS, Intervention
from takeup.scenario.schema import Scenario

_RESIDENTS, _STAFF, _VISIT = 120_000, 1_310, 8.62
"""Riverton's residents, staff, and list price of a visit to the counter."""

_ROUND = (1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)


def rounded(value: float, up: bool = False) -> float:
    """Return a number near a positive one, or the next above it, that is easy to say: 15, 2,500."""
    power = 10.0 ** floor(log10(value))
    steps = [step * power for step in _ROUND]
    if up:
        return next(step for step in steps if step >= value * (1.0 - 1e-9))
    return min(steps, key=lambda step: abs(step - value))


def starting(scenario: Scenario) -> Mapping[str, Intervention]:
    """Return an intervention of every kind that the place can use, switched off.

    A kind without figures of its own here has its defaults, if it has one for every field.

    Args:
        scenario: place, departments, services and calendar.
    """
    place = _Place.of(scenario)
    found = {}
    for kind, cls in KINDS.items():
        own = _OF_KIND.get(kind, _defaults)(place)
        if own is None or any(
            f.is_required() and n not in own for n, f in cls.model_fields.items()
        ):
            continue
        found[kind] = cls.model_validate({"kind": kind, "enabled": False, **own})
    return found


def yardsticks(scenario: Scenario) -> Mapping[str, float]:
    """Return what is ordinary in the place, by field, for interventions that start without it."""
    place = _Place.of(scenario)
    return {
        "fixed_cost": place.money(25_000, place.residents**0.5),
        "weekly_cost": place.money(1_000, place.residents**0.5),
        "weekly_fee": place.money(9_000, place.residents**0.1),
        "seat_cost": place.money(30.0),
        "session_cost": place.money(25.0),
        "seats": rounded(place.staff * _STAFF / 50.0),
        "places": rounded(6.0 * place.residents**0.5),
        "sessions": rounded(120.0 * place.residents**0.75),
        "hours": rounded(20.0 * place.staff**0.5),
        "staff_hours": rounded(20.0 * place.staff**0.5),
        "members": 3.0,
    }


@dataclass(frozen=True)
class _Place:
    """What the figures scale with.

    Attributes:
        scenario: the scenario.
        residents: as a multiple of Riverton's.
        staff: likewise.
        price: level of prices, likewise.
        launch: first week in which a service goes online; None if none does.
    """

    scenario: Scenario
    residents: float
    staff: float
    price: float
    launch: int | None

    @classmethod
    def of(cls, scenario: Scenario) -> _Place:
        weeks = [scenario.go_live_week(key) for key in scenario.services]
        launches = [week for week in weeks if 0 <= week < scenario.run.weeks]
        return cls(
            scenario,
            residents=scenario.place.residents / _RESIDENTS,
            staff=sum(d.staff for d in scenario.departments.values()) / _STAFF,
            price=(scenario.place.prices.counter or _VISIT) / _VISIT,
            launch=min(launches, default=None),
        )

    def start(self, week: int) -> Any:
        """Return the Monday of a week, or of the last in which something can start."""
        return self.scenario.date_of(max(0, min(week, self.scenario.run.weeks - 1)))

    def money(self, value: float, size: float = 1.0) -> float:
        """Return what costs `value` in Riverton, grown with a size."""
        return rounded(value * self.price * size)


def _defaults(place: _Place) -> dict[str, Any]:
    return {"start": place.start(8)}


def _audit(place: _Place) -> dict[str, Any]:
    return {
        "start": place.start(0),
        "takes": min(8, place.scenario.run.weeks),
        "hours": rounded(40.0 * place.staff**0.5),
        "fixed_cost": place.money(25_000, place.residents**0.5),
    }


def _leadership(place: _Place) -> dict[str, Any]:
    return {"start": place.start(0), "hours": rounded(6.0 * place.staff**0.5)}


def _change_team(place: _Place) -> dict[str, Any]:
    members = max(1, round(3.0 * place.staff**0.15))
    return {"start": place.start(0), "weeks": 104, "members": float(members)}


def _communication(place: _Place) -> dict[str, Any]:
    return {
        "start": place.start(8 if place.launch is None else place.launch),
        "weeks": 26,
        "medium": "local-press",
        "fixed_cost": place.money(3_000, place.residents**0.5),
    }


def _training(place: _Place) -> dict[str, Any]:
    """Courses that end as the first service goes online, if there is time, for whom it concerns."""
    scenario, weeks = place.scenario, 26
    owners = dict.fromkeys(
        service.department
        for key, service in scenario.services.items()
        if 0 <= scenario.go_live_week(key) < scenario.run.weeks
    )
    members = sum(scenario.departments[key].staff for key in owners or scenario.departments)
    narrowed = 0 < len(owners) < len(scenario.departments)
    return {
        "start": place.start(0 if place.launch is None else max(0, place.launch - weeks)),
        "weeks": weeks,
        "seats": rounded(members / 50.0),
        "hours": 4.0,
        "seat_cost": place.money(30.0),
        "target": {"departments": tuple(owners)} if narrowed else {},
    }


def _champions(place: _Place) -> dict[str, Any]:
    share = max(0.005, round(0.05 / max(1.0, place.staff) ** 0.5 * 200.0) / 200.0)
    return {
        "start": place.start(13),
        "weeks": 78,
        "share": share,
        "hours": 1.0,
        "fixed_cost": place.money(150.0, share * place.staff * _STAFF),
    }


def _engagement(place: _Place) -> dict[str, Any]:
    return {
        "start": place.start(8),
        "weeks": 52,
        "places": rounded(6.0 * place.residents**0.5),
        "session_cost": place.money(40.0),
    }


def _tailored_support(place: _Place) -> dict[str, Any]:
    return {
        "start": place.start(8 if place.launch is None else place.launch),
        "sessions": rounded(120.0 * place.residents**0.75),
        "session_cost": place.money(9.0),
    }


def _digital_agency(place: _Place) -> dict[str, Any]:
    return {
        "start": place.start(8),
        "weeks": 39,
        "weekly_fee": place.money(9_000, place.residents**0.1),
    }


def _digital_playbook(place: _Place) -> dict[str, Any]:
    return {
        "start": place.start(13),
        "hours": rounded(15.0 * place.staff**0.5),
        "fixed_cost": place.money(50_000, place.residents**0.5),
    }


def _quick_win(place: _Place) -> dict[str, Any] | None:
    """Bring the simplest service forward by a quarter of its wait; None if there is none."""
    scenario, lead = place.scenario, 6
    half = scenario.run.weeks // 2  # when one comes that otherwise never would
    coming = {
        key: int(week) if week < scenario.run.weeks else half
        for key in scenario.services
        if (week := scenario.planned_week(key)) >= 0
    }
    coming = {key: week for key, week in coming.items() if week > lead}
    if not coming:
        return None
    service = min(coming, key=lambda key: (scenario.services[key].complexity, coming[key]))
    weeks = coming[service]
    return {
        "service": service,
        "start": place.start(max(0, weeks - weeks // 4 - lead - 1)),
        "lead": lead,
        "fixed_cost": place.money(10_000, place.residents**0.5),
    }


def _security_transparency(place: _Place) -> dict[str, Any]:
    return {
        "start": place.start(8),
        "fixed_cost": place.money(60_000, place.residents),
        "weekly_cost": place.money(1_000, place.residents**0.5),
    }


def _review(place: _Place) -> dict[str, Any]:
    return {
        "start": place.start(13),
        "every": 13,
        "hours": rounded(20.0 * place.staff**0.5),
    }


_OF_KIND: Mapping[str, Callable[[_Place], dict[str, Any] | None]] = {
    "audit": _audit,
    "champions": _champions,
    "change_team": _change_team,
    "communication": _communication,
    "digital_agency": _digital_agency,
    "digital_playbook": _digital_playbook,
    "engagement": _engagement,
    "leadership": _leadership,
    "quick_win": _quick_win,
    "review": _review,
    "security_transparency": _security_transparency,
    "tailored_support": _tailored_support,
    "training": _training,
}
"""Fields that differ from their defaults, by kind; None where the place has no use for it."""
