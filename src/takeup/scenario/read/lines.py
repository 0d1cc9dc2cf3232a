"""Where keys stand in a TOML text: the standard parser does not say.

The text has been parsed before, so it is known to be valid; this reads only what it must to follow
its structure.
"""

from __future__ import annotations

import re
import tomllib

Path = tuple[str | int, ...]

_BLANK = re.compile(r"(?:[ \t\r\n]+|#[^\n]*)*")
_STRING = re.compile(
    r'"""(?:[^"\\]|\\.|"{1,2}(?!"))*"{3,5}'
    r"|'''(?:[^']|'{1,2}(?!'))*'{3,5}"
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|'[^'\n]*'",
    re.DOTALL,
)
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_LITERAL = re.compile(r"[^\s,\]}#]+")


def key_lines(text: str) -> dict[Path, int]:
    """Return the line, from 1, on which every key and list item of a valid TOML text stands.

    Args:
        text: a TOML document that `tomllib` accepts.

    Returns:
        Lines by path: keys are strings, positions in lists are integers.
    """
    return _Scanner(text).scan()


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0
        self.lines: dict[Path, int] = {}
        self.counted = (0, 1)  # a position and the line that it is on

    def scan(self) -> dict[Path, int]:
        table: Path = ()
        items: dict[Path, int] = {}  # last position in every array of tables
        self._blank()
        while self.position < len(self.text):
            if self._take("[["):
                table = self._within_arrays(self._key(), items)
                items[table] = items.get(table, -1) + 1
                self._note(table)
                table = (*table, items[table])
                self._note(table)
                self._take("]]")
            elif self._take("["):
                table = self._within_arrays(self._key(), items)
                self._note(table)
                self._take("]")
            else:
                self._pair(table)
            self._blank()
        return self.lines

    def _within_arrays(self, key: tuple[str, ...], items: dict[Path, int]) -> Path:
        """Return the path of a header, in which arrays of tables stand for their last table."""
        path: Path = ()
        for depth, part in enumerate(key, start=1):
            path = (*path, part)
            if path in items and depth < len(key):
                path = (*path, items[path])
        return path

    def _pair(self, table: Path) -> None:
        start = self.position
        path = table
        for part in self._key():
            path = (*path, part)
            self._note(path, start)
        self._take("=")
        self._value(path)

    def _value(self, path: Path) -> None:
        self._blank()
        if self._take("["):
            index = 0
            self._blank()
            while not self._take("]"):
                self._note((*path, index))
                self._value((*path, index))
                index += 1
                self._blank()
                self._take(",")
                self._blank()
        elif self._take("{"):
            self._blank()
            while not self._take("}"):
                self._pair(path)
                self._blank()
                self._take(",")
                self._blank()
        else:
            match = _STRING.match(self.text, self.position) or _LITERAL.match(
                self.text, self.position
            )
            self.position = match.end() if match else len(self.text)

    def _key(self) -> tuple[str, ...]:
        parts = []
        while True:
            self._blank()
            if quoted := _STRING.match(self.text, self.position):
                parts.append(_unquoted(quoted.group()))
                self.position = quoted.end()
            elif bare := _BARE.match(self.text, self.position):
                parts.append(bare.group())
                self.position = bare.end()
            else:
                self.position = len(self.text)  # not valid TOML after all: stop
            self._blank()
            if not self._take("."):
                return tuple(parts)

    def _blank(self) -> None:
        match = _BLANK.match(self.text, self.position)
        if match:
            self.position = match.end()

    def _take(self, token: str) -> bool:
        found = self.text.startswith(token, self.position)
        # At the end of an invalid text everything is found, so that every loop ends.
        self.position += len(token) if found else 0
        return found or (self.position >= len(self.text) and token in ("]", "}"))

    def _note(self, path: Path, position: int | None = None) -> None:
        position = self.position if position is None else position
        known, line = self.counted
        if position < known:
            known, line = 0, 1
        line += self.text.count("\n", known, position)
        self.counted = (position, line)
        self.lines.setdefault(path, line)


def _unquoted(key: str) -> str:
    return next(iter(tomllib.loads(f"{key} = 0")))
