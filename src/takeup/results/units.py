"""How values are written for people: shares as per cent, money and other large numbers short."""

from __future__ import annotations

from math import isfinite

NOTHING = "–"
"""What stands for a value that does not exist."""


def is_share(unit: str) -> bool:
    """Return whether a unit is shown as per cent."""
    return unit in ("share", "share a year")


def unit_word(unit: str) -> str:
    """Return the unit as a table or an axis names it, such as `%` or `GBP`."""
    return {"share": "%", "share a year": "% a year", "ratio": ""}.get(unit, unit)


def unit_beside(title: str, unit: str) -> str:
    """Return the unit's word as it stands beside a title; empty if the title tells it."""
    word = unit_word(unit)
    return "" if word in title.lower() else word


def number(value: float, unit: str, *, signed: bool = False, like: float | None = None) -> str:
    """Return a value in its unit, without the unit's word.

    Args:
        value: the value; a share is given as 0 to 1.
        unit: unit of the KPI, as in `takeup.kpis` (or a currency code).
        signed: write a plus before positive values.
        like: write it with the digits that this value would get, as an interval goes with its mean.
    """
    if not isfinite(value):
        return NOTHING
    shown = value * 100 if is_share(unit) else value
    size = abs(shown)
    scale = size if like is None or not isfinite(like) else abs(like)
    if is_share(unit):
        text = f"{size:.1f}"
    elif scale >= 999_950:
        text = f"{size / 1e6:,.2f}M"
    elif scale >= 9_999.5:
        text = f"{size / 1e3:,.1f}k"
    elif scale >= 99.95:
        text = f"{size:,.0f}"
    else:
        text = f"{size:.2f}"
    sign = "" if not shows(text) else "−" if shown < 0 else "+" if signed else ""
    return sign + text


def shows(text: str) -> bool:
    """Return whether a number as it is written is more than nothing: not `0.0`, nor `–`."""
    return any(digit in text for digit in "123456789")


def percent(chance: float) -> str:
    """Return a chance in whole per cent, without the sign: 0 and 100 only where nothing is left."""
    if not isfinite(chance):
        return NOTHING
    if chance in (0.0, 1.0):
        return f"{100 * chance:.0f}"
    return str(min(99, max(1, round(100 * chance))))
