"""What contacts and hours cost, by each other and by the currency."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import log
from statistics import median_low

from takeup.programme.words import few_digits
from takeup.scenario.check.plausible.doubt import Doubt
from takeup.scenario.schema.scenario import Scenario


def prices(scenario: Scenario) -> Iterator[Doubt]:
    """List prices against each other, and against the staff time that contacts take."""
    prices = scenario.place.prices
    if prices.online > max(prices.phone, prices.counter) > 0.0:
        yield Doubt(
            "place.prices.online",
            f"a web visit ({prices.online:g}) costs more than a call ({prices.phone:g}) and a "
            f"visit to the counter ({prices.counter:g}); are the prices in the right order?",
        )
    elif prices.phone > 3.0 * prices.counter > 0.0:
        yield Doubt(
            "place.prices.phone",
            f"a call ({prices.phone:g}) costs far more than a visit to the counter "
            f"({prices.counter:g}); are they swapped?",
        )
    if prices.phone == 0.0:
        return
    hours = prices.phone / usual_hour(scenario)
    if not _FEWEST_HOURS <= hours <= _MOST_HOURS:
        time = f"{hours:,.3g} hours" if hours > 1.0 else f"{3600 * hours:.2g} seconds"
        yield Doubt(
            "place.prices",
            f"a call is listed at {prices.phone:g}, which is what {time} of staff time cost; are "
            f"prices and hourly_cost both in {scenario.place.currency}? (Prices that are left out "
            "are those of Socitm 2012, in GBP.)",
        )


_FEWEST_HOURS, _MOST_HOURS = 0.005, 3.0
"""Hours of staff time, 18 seconds to 3 hours, that a call may be listed at."""

_UNITS: Mapping[str, float] = {
    **dict.fromkeys(("USD", "EUR", "GBP", "CHF", "CAD", "AUD", "NZD", "SGD"), 1.0),
    **dict.fromkeys(("BGN", "BAM", "GEL", "ILS", "MYR", "PEN", "PLN", "RON", "BRL"), 4.0),
    **dict.fromkeys(("CNY", "DKK", "NOK", "SEK", "HKD"), 8.0),
    **dict.fromkeys(("CZK", "MXN", "TWD", "ZAR", "TRY", "THB"), 25.0),
    **dict.fromkeys(("INR", "PHP", "ISK", "JPY", "RUB", "RSD"), 110.0),
    **dict.fromkeys(("HUF", "CLP", "KRW"), 800.0),
    **dict.fromkeys(("COP", "IDR", "VND"), 12_000.0),
}
"""About how many of a currency go to a dollar, for orders of magnitude; others are not judged."""

_LEAST_HOUR, _MOST_HOUR = 0.5, 250.0
"""Dollars that an hour of a council's staff may cost, anywhere."""


def hourly_costs(scenario: Scenario) -> Iterator[Doubt]:
    """Hourly costs against each other, and against what an hour costs in the currency."""
    currency, usual = scenario.place.currency, usual_hour(scenario)
    for name, department in scenario.departments.items():
        cost = department.hourly_cost
        differs = not 0.2 <= cost / usual <= 5.0
        if differs or not _likely(cost, currency):
            why = f"is {few_digits(cost)} {currency}"
            if differs:
                why += f", and {few_digits(usual)} in other departments"
            yield Doubt(f"departments.{name}.hourly_cost", why + _meant(cost, usual, currency))


def _likely(cost: float, currency: str) -> bool:
    """Return whether an hour may cost so much; of a currency that is not known, anything."""
    unit = _UNITS.get(currency)
    return unit is None or _LEAST_HOUR * unit <= cost <= _MOST_HOUR * unit


def usual_hour(scenario: Scenario) -> float:
    """Return what an hour costs in most departments, of those where it is likely."""
    costs = [department.hourly_cost for department in scenario.departments.values()]
    likely = [cost for cost in costs if _likely(cost, scenario.place.currency)]
    return median_low(likely or costs)


def _meant(cost: float, usual: float, currency: str) -> str:
    """Say what a cost of an hour may be instead: of a year, of a month, in hundredths."""
    typical = usual if _likely(usual, currency) else 25.0 * _UNITS[currency]
    factor, what = min(_INSTEAD, key=lambda entry: abs(log(cost / entry[0] / typical)))
    if 1 / 3 < cost / factor / typical < 3.0:
        return f"; is it {what}: about {few_digits(cost / factor)}"
    return "; it is the cost of one hour of one member of staff"


_PAID_HOURS = 1_640.0
"""Working hours that a year's pay is for."""

_INSTEAD = (
    (_PAID_HOURS, "a year's pay? As an hour"),
    (_PAID_HOURS / 12, "a month's pay? As an hour"),
    (7.4, "a day's pay? As an hour"),
    (100.0, "in hundredths? In whole units"),
    (0.01, "in hundreds? In whole units"),
)
"""What a cost of an hour may be instead, and by what to divide it."""
