"""Characters: controls made visible, and what stands for those that a stream cannot write."""

from __future__ import annotations

import unicodedata

READABLE = {
    "−": "-", "–": "-", "—": "-", "‐": "-", "‑": "-", "±": "+/-", "×": "x", "÷": "/", "⁄": "/",
    "…": "...", "→": "->", "←": "<-", "↑": "^", "↓": "v", "≥": ">=", "≤": "<=", "≈": "~", "≠": "!=",
    "‘": "'", "’": "'", "“": '"', "”": '"', "„": '"', "•": "*", "·": ".", "°": " deg",
    "μ": "u", "µ": "u", "σ": "s", "€": "EUR", "£": "GBP", "ß": "ss", "æ": "ae", "Æ": "AE",
    "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "œ": "oe", "Œ": "OE", "đ": "d", "Đ": "D", "ı": "i",
    "�": "?", "□": "?", "◆": "*",
}  # fmt: skip
"""What is written where a stream's encoding lacks a character: the one table of replacements.

Other letters lose their accents (é: e), other signs take their plain form (₂: 2), and what then
cannot be written is shown by its number (\\u5317)."""


IN_A_SENTENCE = 60
"""Characters of a text that a sentence shows of it."""

_DIGITS = 30
"""Characters of a number, likewise."""

_JOINERS = "\u200c\u200d"


def visible(text: str, *, blanks: bool = False) -> str:
    """Return a text with control characters made visible, so that none reaches a terminal.

    Controls are whatever has no picture of its own: escapes, line ends, marks of direction and of
    no width, halves of characters. What joins or parts two letters of a script, or the pictures
    of an emoji, is none.

    Args:
        text: any text.
        blanks: show blanks of other widths too, where a word may be wrong because of one.
    """
    return "".join(
        c
        if c.isprintable()
        or (unicodedata.category(c) == "Zs" and not blanks)
        or (c in _JOINERS and _stands_between(text[at - 1 : at], text[at + 1 : at + 2]))
        else repr(c)[1:-1]
        for at, c in enumerate(text)
    )


def _stands_between(before: str, after: str) -> bool:
    """Return whether both are characters of scripts that joiners belong to."""
    return all(c.isprintable() and not c.isascii() for c in (before or " ", after or " "))


def readable(text: str, encoding: str) -> str:
    """Return a text that an encoding can write, with replacements where it lacks a character.

    Args:
        text: any text.
        encoding: a codec's name; one that Python does not know counts as ASCII.
    """
    try:
        text.encode(encoding)
    except UnicodeError:
        return "".join(_replaced(c, encoding) for c in text)
    except LookupError:
        return readable(text, "ascii")
    return text


def shortened(text: str, most: int = IN_A_SENTENCE, *, middle: bool = False) -> str:
    """Return a text of at most so many characters.

    Args:
        text: any text.
        most: how many; left out: as many as fit into a sentence.
        middle: leave out its middle where it is too long, not its end.
    """
    if len(text) <= most:
        return text
    if not middle:
        return f"{text[: most - 3]}..."
    head = (most - 5) * 2 // 3
    return f"{text[:head]} ... {text[head + 5 - most :]}"


def quoted(text: str) -> str:
    """Return a text in double quotes, with control characters made visible."""
    return f'"{visible(text, blanks=True)}"'


def numeral(value: object) -> str:
    """Return a number as it is written, at a length that fits into a sentence."""
    try:
        return shortened(str(value), _DIGITS)
    except ValueError:  # Python writes no more than some thousands of digits
        return "a number of thousands of digits"


def _replaced(character: str, encoding: str) -> str:
    try:
        character.encode(encoding)
    except UnicodeError:
        return _plain(character)
    return character


def _plain(character: str) -> str:
    """Return ASCII for a character."""
    if character in READABLE:
        return READABLE[character]
    parts = unicodedata.normalize("NFKD", character)
    base = "".join(READABLE.get(c, c) for c in parts if not unicodedata.combining(c))
    if base and base.isascii() and base.isprintable():
        return base
    return character.encode("ascii", "backslashreplace").decode("ascii")
