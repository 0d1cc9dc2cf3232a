"""Files as people, editors and spreadsheets damage them: seeded changes of a TOML text."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

Change = Callable[[random.Random, str], str]

VALUES = (
    "01/06/2026", "2026-6-1", "1.6.2026", "1 June 2026", "2026-02-30", "620,000", "620 000",
    "1.234.567", "0,42", "42%", "£17", "€ 17", "17 GBP", "17k", "“smart”", "‘single’", "Leeds",
    "True", "TRUE", "yes", '"C:\\new\\file.csv"', "007", "+1,000", "6 months", "600 per week",
    '"0.42"', '"620,000"', '"42%"', '"2026-06-01"', "2026-06-01T08:00:00", "1.0", "[1]", '["a"]',
    "42", "0", "-1", "1e999", "nan", "inf", "-inf", "1e308", "1e-308", "9" * 400, "9" * 5000, "[]",
    "{}", '""', "[[[[[[[[[[1]]]]]]]]]]", "{ a = { b = { c = 1 } } }", "true", "false", "", "#REF!",
    "'", '"', '"""', "[", "{", "[1, 2", "{ a = 1", '"\\u001b[31m"', '"\\u0000"', '"[/x]"', "=1+1",
    '"北京 🏙"', "99999999999999999999", "9223372036854775808", "0x10", "07:30:00", "-0.0", "5201",
)  # fmt: skip
KEYS = (
    "months", "cost", "budget", "price", "start_date", "end", "duration", "population", "go-live",
    "hourly cost", "Weeks", "yearlyVolume", "größe", "“name”", "75+", "kind", "enabled", "target",
    "a.b.c.d.e", ".".join("a" * 30), '"\\u001b[31mx"', "services", "x" * 200,
)  # fmt: skip
HEADS = (
    "[champions]", "[interventions.x]", "[service.x]", "[run", "[departments.Big One]", "[[run]]",
    "[place.wards]", "[]", "[a.b.c.d.e.f]", "[programme.champions.target]", "[design]", "[set]",
    "[parameters]", "[services.x]", "[goals.x]", "[shocks.x]", "[network]",
)  # fmt: skip
PIECES = (
    "\t", "\u00a0", "\u200b", ";", "//", "--", "“", "’", ",", ".", "=", ":", "#", "[", "]", "{",
    "}", '"', "'", "\\", "\n", "\r", "\x00", "\x1b", "€", "0", "9" * 20, "-", "_", " ", "e", "%",
)  # fmt: skip


def _line(rng: random.Random, lines: list[str]) -> int:
    stated = [number for number, line in enumerate(lines) if "=" in line]
    return rng.choice(stated or range(len(lines)))


def _value(rng: random.Random, text: str) -> str:
    lines = text.split("\n")
    at = _line(rng, lines)
    key, _, value = lines[at].partition("=")
    inner = list(re.finditer(r"[^\s,={}\[\]]+", value))
    if inner and rng.random() < 0.4:  # within a list or a table in braces
        piece = rng.choice(inner)
        value = value[: piece.start()] + rng.choice(VALUES) + value[piece.end() :]
    else:
        value = f" {rng.choice(VALUES)}"
    lines[at] = f"{key}={value}"
    return "\n".join(lines)


def _number(rng: random.Random, text: str) -> str:
    """Move a number to a bound, past it, or a little."""
    found = list(re.finditer(r"(?<![\w\"-])-?\d[\d_]*(?:\.\d+)?(?![\w\"-])", text))
    found = [piece for piece in found if len(piece.group()) < 100]
    if not found:
        return text
    piece = rng.choice(found)
    old = float(piece.group().replace("_", ""))
    new = rng.choice((0, 1, -old, old * 10, old / 10, old * 1000, old + 1, old * 0.9, old * 1.1))
    whole = "." not in piece.group() and rng.random() < 0.8
    return text[: piece.start()] + (str(int(new)) if whole else repr(new)) + text[piece.end() :]


def _key(rng: random.Random, text: str) -> str:
    lines = text.split("\n")
    at = _line(rng, lines)
    _, _, value = lines[at].partition("=")
    lines[at] = f"{rng.choice(KEYS)} ={value}"
    return "\n".join(lines)


def _lines(rng: random.Random, text: str) -> str:
    """Take a line out, double it, move it, join it to the next, or put a header in."""
    lines = text.split("\n")
    at, to = rng.randrange(len(lines)), rng.randrange(len(lines))
    way = rng.randrange(5)
    if way == 0:
        del lines[at]
    elif way == 1:
        lines.insert(to, lines[at])
    elif way == 2:
        lines.insert(to, lines.pop(at))
    elif way == 3 and at + 1 < len(lines):
        lines[at : at + 2] = [lines[at] + lines[at + 1]]
    else:
        lines.insert(at, rng.choice(HEADS))
    return "\n".join(lines)


def _sign(rng: random.Random, text: str) -> str:
    lines = text.split("\n")
    at = _line(rng, lines)
    lines[at] = lines[at].replace(" = ", rng.choice((": ", " ", "\t", " == ", " := ", "=")), 1)
    return "\n".join(lines)


def _piece(rng: random.Random, text: str) -> str:
    at = rng.randrange(len(text) + 1)
    return text[:at] + rng.choice(PIECES) + text[at + rng.choice((0, 0, 1, 5)) :]


def _swap(rng: random.Random, text: str) -> str:
    """Exchange the values of two lines."""
    lines = text.split("\n")
    one, other = _line(rng, lines), _line(rng, lines)
    (key, _, old), (name, _, new) = lines[one].partition("="), lines[other].partition("=")
    lines[one], lines[other] = f"{key}={new}", f"{name}={old}"
    return "\n".join(lines)


def _cut(rng: random.Random, text: str) -> str:
    return text[: rng.randrange(len(text) + 1)]


_CHANGES: tuple[tuple[Change, int], ...] = (
    (_value, 6), (_number, 8), (_key, 2), (_lines, 3), (_sign, 1), (_piece, 2), (_swap, 1),
    (_cut, 1),
)  # fmt: skip


def mutated(rng: random.Random, text: str) -> bytes:
    """Return a damaged text: mostly one change, sometimes several, seldom of single bytes."""
    for _ in range(rng.choice((1, 1, 1, 1, 2, 3))):
        (change,) = rng.choices([c for c, _ in _CHANGES], [weight for _, weight in _CHANGES])
        text = change(rng, text)
    data = text.encode("utf-8", "surrogatepass")
    way = rng.random()
    if way < 0.02:
        data = text.encode("utf-16")
    elif way < 0.04:
        data = text.encode("latin-1", "replace")
    elif way < 0.07 and data:
        at = rng.randrange(len(data))
        data = data[:at] + bytes([rng.randrange(256)]) + data[at + 1 :]
    return data
