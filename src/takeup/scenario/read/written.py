"""What a value means that is written as in a letter or a spreadsheet, and how TOML wants it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, NamedTuple

from takeup.output import shortened

UNCLEAR: Any = type("Unclear", (), {"__repr__": lambda _: "unclear", "__bool__": lambda _: False})()
"""Stands for a value that could not be read: of no type, so that every check passes it over."""


BACKSLASHES = (
    "a backslash means something else between double quotes: write / instead, or single quotes"
)


class Guess(NamedTuple):
    """What a value that cannot be read was probably meant to be.

    Attributes:
        text: what was found and how to write it, in words that follow the value.
        value: what it clearly means; UNCLEAR if that is not clear.
    """

    text: str
    value: Any


_QUOTES = "\"'“”„‟‘’‚‛«»‹›″′`´"
_MINUS = str.maketrans({"−": "-", "–": "-", "\u00a0": " ", "\u202f": " ", "\u2009": " "})
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_CURRENCY = r"[£€$¥₹]|[A-Z]{3}\b|(?i:kr|fr|chf|eur|gbp|usd|pounds?|euros?|dollars?|p)\b\.?"
_SCALES = {"k": 1e3, "thousand": 1e3, "m": 1e6, "mn": 1e6, "mio": 1e6, "million": 1e6, "bn": 1e9}
_TRUE = ("true", "yes", "y", "on", "wahr", "ja")
_FALSE = ("false", "no", "n", "off", "falsch", "nein")
_NOTHING = ("null", "none", "nil", "na", "n/a", "#n/a", "-", "--", "?", "tbc", "tbd", "nan", "...")
_LONG_SPANS = ("month", "year", "day", "quarter")

_DIGITS = re.compile(r"[+-]?[\d.,'’_ ]*\d[\d.,'’_ ]*")
_CLOCK = re.compile(r"(?P<day>\S.*?)[ T]+\d{1,2}:\d{2}(?::\d{2})?(?:\.\d+)?\s*(?:[AaPp][Mm]|Z)?")
_AMOUNT = re.compile(
    rf"(?P<before>{_CURRENCY})?\s*(?P<number>[+-]?\d[\d.,'’_ ]*)\s*"
    rf"(?P<scale>(?i:k|thousand|mn?|mio|million|bn)\b)?\s*(?P<after>{_CURRENCY})?"
    r"(?:\s*(?:/|per\b|a\b|an\b)[\w /.]*)?"
)
_PERCENT = re.compile(r"(?P<number>[+-]?\d[\d.,' ]*)\s*(?:%|per ?cent|pct|pc)\.?", re.IGNORECASE)
_WITH_UNIT = re.compile(
    r"(?P<number>[+-]?\d[\d.,']*)\s*(?P<unit>[^\W\d_]+\.?(?:[ /][\w /.]*)?|\(.*\))"
)
_YEAR_FIRST = re.compile(r"(\d{4})([-/. ])(\d{1,2})\2(\d{1,2})")
_YEAR_LAST = re.compile(r"(\d{1,2})\s*([-/. ])\s*(\d{1,2})\s*\2\s*(\d{4}|\d{2})")
_MONTH_NAME = re.compile(
    r"(?:[a-z]+,?\s+)?(?:(?P<day>\d{1,2})(?:st|nd|rd|th|\.)?[\s-]+(?:of\s+)?)?"
    rf"(?P<month>{'|'.join(_MONTHS)})[a-z]*\.?"
    r"(?:[\s-]+(?P<after>\d{1,2})(?:st|nd|rd|th)?(?=\D|$))?(?:[\s,-]+(?P<year>\d{4}|\d{2}))?",
    re.IGNORECASE,
)
_MONTH_ONLY = re.compile(r"\d{4}[-/.]\d{1,2}|\d{1,2}[-/.]\d{4}")
_WINDOWS_PATH = re.compile(r"[A-Za-z]:\\|\\\\|\.{1,2}\\|[\w-]+\\[\w-]")


def guess(written: str) -> Guess:
    """Return what a value was meant to be that is not in quotes and that TOML does not know.

    Args:
        written: as it stands in the file, without a comment.
    """
    text = written.translate(_MINUS).strip()
    for attempt in (_huge, _sign, _quoted, _boolean, _nothing, _a_date, _number, _windows, _sum):
        found = attempt(text)
        if found is not None:
            return found
    return _words(text)


def number(written: str) -> Guess | None:
    """Return what a text means that is a number as people write it; None if it is none."""
    text = written.translate(_MINUS).strip()
    if text == written.strip() and _toml(text) is not UNCLEAR:
        return None  # as TOML writes it
    return _huge(text) or _number(text)


def moment(written: str) -> Guess | None:
    """Return what a text means that is a date as people write it; None if it is none."""
    return _a_date(written.translate(_MINUS).strip())


def truth(written: str) -> Guess | None:
    """Return what a text means that is true or false in other words; None if it is neither."""
    return _boolean(written.strip())


def is_windows_path(text: str) -> bool:
    """Return whether a text is a path with backslashes, or was one before TOML read them."""
    return bool(_WINDOWS_PATH.match(text)) or any(c in text for c in "\n\t\f\b\r")


_SPACED_PAIRS = re.compile(r"\[\s*\d+,\d+(?:\s*,\s+\d+,\d+)+\s*,?\s*\]")


def decimal_commas(values: Sequence[Any], written: str) -> list[str] | None:
    """Return the numbers that a list such as `[0,4, 0,6]` was meant to hold; None if it was not.

    Args:
        values: as TOML reads them: twice as many whole numbers.
        written: the text around them, whose blanks tell pairs where they do not begin with 0.
    """
    whole = all(type(value) is int and value >= 0 for value in values)
    if not whole or len(values) < 4 or len(values) % 2:
        return None
    if any(values[::2]) and not _SPACED_PAIRS.search(written):
        return None
    return [f"{before}.{after}" for before, after in zip(values[::2], values[1::2], strict=True)]


# ---------------------------------------------------------------- signs, quotes, true and false


def _huge(text: str) -> Guess | None:
    digits = sum(c.isalnum() for c in text)
    if digits > 300 and re.fullmatch(r"[+-]?(0x[\da-fA-F_]+|[\d._eE+-]+)", text):
        return Guess(
            f"is a number with {digits:,} digits, which is no figure of this world", UNCLEAR
        )
    return None


def _sign(text: str) -> Guess | None:
    """A value with a mark at its end that belongs to another language."""
    bare = text.rstrip(";, ")
    if bare == text or not bare:
        return None
    inner = _toml(bare)
    if inner is UNCLEAR:
        return guess(bare)
    return Guess(f"ends in `{text[len(bare) :].strip()}`; leave that out: {bare}", inner)


def _quoted(text: str) -> Guess | None:
    first = text[0]
    if first not in _QUOTES:
        return None
    inner = (text[1:-1] if len(text) > 1 and text[-1] in _QUOTES else text[1:]).strip()
    if is_windows_path(inner):
        return _path(inner)
    if first in "\"'":
        if text.count(first) == 1 and text[-1] not in _QUOTES:
            return Guess(
                f"has an opening quote and none that closes: write {_in_quotes(inner)}", inner
            )
        if text[-1] in _QUOTES and text[-1] not in "\"'":
            return Guess(f"mixes two kinds of quotes: write {_in_quotes(inner)}", inner)
        if text[-1] in _QUOTES and not inner.strip("\"'").count(text[0]):
            inner = inner.strip("\"'")
            return Guess(f"mixes quotes, or has too many: write {_in_quotes(inner)}", inner)
        if text[-1] in _QUOTES:
            return Guess(f"has quotes within quotes: write {_in_quotes(inner)}", inner)
        return Guess(
            "has something behind its closing quote; a text stands in one pair of quotes, a "
            "number in none",
            UNCLEAR,
        )
    return Guess(f"has curly or other quotes: write straight ones, {_in_quotes(inner)}", inner)


def _in_quotes(text: str) -> str:
    shown = shortened(text)
    return f"'{shown}'" if '"' in shown or "\\" in shown else f'"{shown}"'


def _boolean(text: str) -> Guess | None:
    word = text.lower()
    if word in _TRUE or word in _FALSE:
        meant = word in _TRUE
        return Guess(f"is not how it is written: write {str(meant).lower()}", meant)
    return None


def _nothing(text: str) -> Guess | None:
    if text.lower() in _NOTHING:
        return Guess("is no value; leave the whole line out if there is none", UNCLEAR)
    return None


# ---------------------------------------------------------------- dates


def _a_date(text: str) -> Guess | None:
    if (match := _CLOCK.fullmatch(text)) and not _CLOCK.fullmatch(match["day"]):
        day = _toml(match["day"])
        if type(day) is date:
            return Guess(f"has a time of day: write the day alone, {day}", day)
        return _a_date(match["day"])
    if match := _YEAR_FIRST.fullmatch(text):
        found = _day(int(match[1]), int(match[3]), int(match[4]))
        return _written_date([found]) if found else _no_such_day()
    if match := _YEAR_LAST.fullmatch(text):
        first, second, year = int(match[1]), int(match[3]), _year(match[4])
        ways = [_day(year, second, first)]
        if match[2] != ".":  # with dots the day comes first everywhere
            ways.append(_day(year, first, second))
        found_days = list(dict.fromkeys(day for day in ways if day))
        return _written_date(found_days) if found_days else _no_such_day()
    if (match := _MONTH_NAME.fullmatch(text)) and (match["year"] or match["after"] or match["day"]):
        return _named_month(match)
    if _MONTH_ONLY.fullmatch(text) and any(
        1900 <= int(n) <= 2200 for n in re.findall(r"\d+", text)
    ):
        return Guess("is a month; a date has a day as well, such as 2026-06-01", UNCLEAR)
    if re.fullmatch(r"(?i)(Q[1-4]|spring|summer|autumn|winter)\W*\d{4}|\d{4}\W*Q[1-4]", text):
        return Guess("is no date; write the first day of it, such as 2026-06-01", UNCLEAR)
    return None


def _named_month(match: re.Match[str]) -> Guess:
    month = 1 + _MONTHS.index(match["month"].lower())
    day = match["day"] or match["after"]
    year = match["year"] or (match["after"] if match["day"] else None)
    if year is None or day is None:
        part = "a day" if year else "a year"
        shown = f"{_year(year) if year else 2026}-{month:02}-{int(day) if day else 1:02}"
        return Guess(f"lacks {part}; write a date as {shown}", UNCLEAR)
    found = _day(_year(year), month, int(day))
    return _written_date([found]) if found else _no_such_day()


def _year(written: str) -> int:
    return int(written) + (2000 if len(written) == 2 else 0)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _written_date(days: Sequence[date]) -> Guess:
    if len(days) == 1:
        return Guess(f"is not how a date is written: write {days[0]}", days[0])
    ways = " or ".join(f"{day} ({day.day} {day:%B})" for day in days)
    return Guess(f"is not how a date is written, year first: write {ways}", UNCLEAR)


def _no_such_day() -> Guess:
    return Guess("is no day that there is; write a date as 2026-06-01", UNCLEAR)


# ---------------------------------------------------------------- numbers


def _number(text: str) -> Guess | None:
    if match := _PERCENT.fullmatch(text):
        value, _ = _plain(match["number"])
        if value is not None:
            share = float(f"{value / 100:.12g}")
            return Guess(f"has a percent sign: write {share:g}", share)
    if re.fullmatch(r"[+-]?\.\d+|[+-]?\d+\.", text):
        return Guess(f"has no digit before or after its point: write {float(text)}", float(text))
    plain = "".join(str(unicodedata.digit(c)) if c.isdecimal() else c for c in text)
    if plain != text:
        return Guess("has digits of another script; use 0 to 9", UNCLEAR)
    if _DIGITS.fullmatch(text):
        if _toml(text) is not UNCLEAR:
            return Guess(f"has another sign for minus: write {text}", _toml(text))
        value, said = _plain(text)
        if value is not None:
            return Guess(said, UNCLEAR if " (or " in said else value)
    if (match := _AMOUNT.fullmatch(text)) and (match["before"] or match["after"] or match["scale"]):
        return _amount(match)
    if (match := re.fullmatch(r"(\d+)\s*/\s*(\d+)", text)) and int(match[2]):
        share = int(match[1]) / int(match[2])
        return Guess(f"is a fraction: write {share:.4g}", share)
    if re.fullmatch(r"[\d.,]+\s*(-|to|bis|\.\.+)\s*[\d.,]+", text):
        return Guess(
            "is a range; write one number, or in an experiment { low = 0.4, high = 0.6 }", UNCLEAR
        )
    if match := re.fullmatch(r"(?:~|≈|<|>|<=|>=|≤|≥|ca\.?|approx\.?|about|circa)\s*(\d.*)", text):
        value, _ = _plain(match[1])
        return Guess(f"is not one number: write {value if value is not None else 'one'}", UNCLEAR)
    if match := _WITH_UNIT.fullmatch(text):
        return _with_unit(match)
    return None


def _plain(text: str) -> tuple[float | int | None, str]:
    """Return a number with separators, and what is to be said of it; None if it is not one."""
    sign = -1 if text.startswith("-") else 1
    body = text.strip().lstrip("+-").strip(" '’_")
    groups = re.split(r"[ '’_]", body)
    value: float | int
    if len(groups) > 1:
        *_, last = groups
        whole, point, rest = last.replace(",", ".").partition(".")
        fits = re.fullmatch(r"\d{1,3}", groups[0]) or "_" in body
        if not fits or not all(re.fullmatch(r"\d{3}", g) for g in (*groups[1:-1], whole)):
            return None, ""
        if rest and not rest.isdigit():
            return None, ""
        value = _value("".join(groups[:-1]) + whole, rest)
        return sign * value, f"has spaces or marks in it: write {_with_groups(sign * value)}"
    if re.fullmatch(r"\d+", body):
        value = sign * int(body)
        return value, f"begins with a zero: write {value}"
    commas, dots = body.count(","), body.count(".")
    if commas and dots:
        mark, point = (",", ".") if body.rindex(".") > body.rindex(",") else (".", ",")
        whole, _, rest = body.rpartition(point)
        if point in whole or not _grouped(whole, mark) or not rest.isdigit():
            return None, ""
        value = sign * _value(whole.replace(mark, ""), rest)
        return value, f"has marks between its digits: write {_with_groups(value)}"
    mark = "," if commas else "."
    if commas + dots > 1 or (commas and re.fullmatch(r"[1-9]\d{0,2},\d{3}", body)):
        if not _grouped(body, mark):
            return None, ""
        value = sign * int(body.replace(mark, ""))
        other = (
            ""
            if commas + dots > 1 or body.endswith("000")
            else (f" (or {sign * float(body.replace(',', '.')):g}, if the comma is a decimal one)")
        )
        return value, f"has marks between its digits: write {_with_groups(value)}{other}"
    if commas and re.fullmatch(r"\d+,\d+", body):
        value = sign * float(body.replace(",", "."))
        return value, f"has a decimal comma: write {value}"
    if dots and re.fullmatch(r"\d+\.\d+", body):
        value = sign * float(body)
        return value, f"begins with a zero: write {value}"
    return None, ""


def _grouped(digits: str, mark: str) -> bool:
    first, *rest = digits.split(mark)
    return first.isdigit() and 1 <= len(first) <= 3 and all(re.fullmatch(r"\d{3}", g) for g in rest)


def _value(whole: str, rest: str) -> float | int:
    return float(f"{whole}.{rest}") if rest else int(whole)


def _with_groups(value: float | int) -> str:
    """Return a number as TOML has it, with underscores between thousands."""
    whole = isinstance(value, int) or float(value).is_integer()
    return f"{int(value):_}" if whole and abs(value) < 1e15 else f"{value:_}"


def _amount(match: re.Match[str]) -> Guess | None:
    value, _ = _plain(match["number"])
    if value is None:
        return None
    scale = (match["scale"] or "").lower()
    if scale:
        value = value * _SCALES[scale]
        value = int(value) if float(value).is_integer() else value
    money = match["before"] or match["after"]
    if money:
        said = "has a currency in it, which is place.currency: "
    else:
        said = f"has `{match['scale']}` in it: "
    return Guess(f"{said}write {_with_groups(value)}", value)


def _with_unit(match: re.Match[str]) -> Guess | None:
    value, _ = _plain(match["number"])
    unit = match["unit"].strip()
    if value is None:
        return None
    span = next((span for span in _LONG_SPANS if unit.lower().startswith(span)), None)
    if span:
        weeks = {"month": 13 / 3, "year": 52.0, "day": 1 / 7, "quarter": 13.0}[span] * value
        return Guess(
            f"has a unit in it, and time is counted in weeks: that would be {max(1, round(weeks))}",
            UNCLEAR,
        )
    return Guess(f"has words in it: write the number alone, {_with_groups(value)}", value)


# ---------------------------------------------------------------- texts


def _windows(text: str) -> Guess | None:
    return _path(text) if _WINDOWS_PATH.match(text) else None


def _path(text: str) -> Guess:
    forward = re.sub(r"\\+", "/", text)
    return Guess(
        "has backslashes, which mean something else between double quotes: write "
        f"{_in_quotes(forward)} or put single quotes around it",
        forward,
    )


def _sum(text: str) -> Guess | None:
    if re.fullmatch(r"=?[\d\s.,()*/+-]+", text) and re.search(r"\d\s*[*/+-]|^=", text):
        return Guess("is a calculation; write its result", UNCLEAR)
    if text.startswith("="):
        return Guess("begins with a second `=`; write one, and a value, not a formula", UNCLEAR)
    return None


def _words(text: str) -> Guess:
    if "//" in text:
        return Guess("has `//` in it; a comment begins with `#`", UNCLEAR)
    if (two := re.match(r"(\S+)\s+([\w.-]+)\s*=", text)) and _toml(two[1]) is not UNCLEAR:
        return Guess(f"is followed by another key, {two[2]}; give it a line of its own", UNCLEAR)
    cells = re.split(r"[,;]\s+|\t\s*", text)
    if len(cells) > 1 and all(values := [_cell(cell) for cell in cells]):
        return Guess(f"are several values: write a list, [{shortened(', '.join(values))}]", UNCLEAR)
    parts = [part.strip() for part in text.split(",")]
    if len(parts) > 1 and all(
        re.fullmatch(r"[^\W\d][\w .+-]*|'[^']*'|\"[^\"]*\"", p) for p in parts
    ):
        items = ", ".join(_in_quotes(part.strip(_QUOTES)) for part in parts)
        return Guess(
            f"has no quotes: write {_in_quotes(text)}, or [{shortened(items)}] for a list", UNCLEAR
        )
    if text.startswith("(") and text.endswith(")"):
        inner = text[1:-1].strip()
        if type(_toml(inner)) in (int, float):
            return Guess(f"has brackets around it; write {inner}, or -{inner} if so meant", UNCLEAR)
        return Guess("has round brackets; a list has square ones, [1, 2]", UNCLEAR)
    if re.match(r"[^\W\d_]", text) and not any(c in text for c in '{}[]="'):
        return Guess(f"has no quotes, as a text must: write {_in_quotes(text)}", text)
    return Guess("is no value: give a number, a date as 2026-06-01 or a text in quotes", UNCLEAR)


def _cell(text: str) -> str:
    """Return a value as TOML writes it; empty if it is none."""
    if _toml(text) is not UNCLEAR:
        return text
    meant = number(text)
    return "" if meant is None or meant.value is UNCLEAR else str(meant.value)


def _toml(text: str) -> Any:
    """Return a value that TOML knows, UNCLEAR if it does not."""
    return next(_parsed(text), UNCLEAR)


def _parsed(text: str) -> Iterator[Any]:
    import tomllib

    try:
        found = tomllib.loads(f"v = {text}")
    except (ValueError, RecursionError):
        return
    if list(found) == ["v"]:
        yield found["v"]
