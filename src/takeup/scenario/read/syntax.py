"""Reading TOML as people write it: all mistakes of a text at once, and what it says all the same.

The standard parser stops at the first mistake. Where it does, the text is read again line by line:
what cannot be read is named and mended, so that the parser reads the rest with every line where it
was. (Error-tolerant parsers of TOML give a tree with holes; which holes there are, and what was
meant, would be left to do.)
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any, NamedTuple

from takeup.output import shortened
from takeup.scenario.read.lines import Path, key_lines
from takeup.scenario.read.written import (
    UNCLEAR,
    Guess,
    guess,
    is_windows_path,
)

DEEPEST = 20
"""Parts that a key can have, and tables and lists within each other; a scenario has five."""

_MOST = 40
"""Mistakes that are told of one text."""

_LONGEST_LINE = 100_000
"""Characters of a line that is looked at for mistakes."""

_MOST_BITS = 1000
"""Bits of a whole number: some 300 digits, as floats have."""

_MOST_REPAIRS = 2_000_000
"""Characters that are parsed, all in all, in taking out what is stated twice."""

_TEXTS = re.compile(
    r"#[^\n]*+"
    r'|"""(?:[^"\\]|\\.?|"{1,2}(?!"))*+(?:"{3,5})?'
    r"|'''(?:[^']|'{1,2}(?!'))*+(?:'{3,5})?"
    r'|"(?:[^"\\\n]|\\[^\n]?)*+"?'
    r"|'[^'\n]*+'?",
    re.DOTALL,
)
"""Comments and texts. One that does not end takes the rest, and nothing is looked at twice: a file
could be made to be looked at for minutes."""

_DOTS = re.compile(rf"(?:\.[\w-]*+){{{DEEPEST},}}+")

_BLANKS = " \t"
_BLANK_RUN = re.compile(r"[ \t]*")
_ODD_BLANKS = str.maketrans(
    dict.fromkeys("\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
                  "\u202f\u205f\u3000\u200b\ufeff\v\f", " ")
)  # fmt: skip
_CONTROL = re.compile("[\\x00-\\x08\\x0b-\\x1f\\x7f]")
_PART = r"""(?:[A-Za-z0-9_-]+|"(?:[^"\\\n]|\\[^\n])*+"|'[^'\n]*+')"""
_KEY = re.compile(rf"{_PART}(?:[ \t]*\.[ \t]*{_PART})*+")
_STATED = re.compile(rf"[ \t]*({_PART}(?:[ \t]*\.[ \t]*{_PART})*+)[ \t]*=(?!=)")
_HEAD = re.compile(r"[ \t]*\[{1,2}[ \t]*[A-Za-z_][^\]\n,=]*\]{1,2}[ \t]*(#[^\n]*)?(?=\n|\Z)")
_ENTRIES = "programme|services|departments|goals|shocks"
_SAID_HEAD = re.compile(rf"({_ENTRIES})[ \t]+([^.]+)")
_BARE_HEAD = re.compile(rf"[({{<]?(?:{_ENTRIES})\.[\w.-]+[)}}>]?:?[ \t]*(?=[#\n]|\Z)")
"""The head of a table without its square brackets."""
_WITH_IDS = _ENTRIES.split("|")
"""Tables whose keys are ids."""
_BARE_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_UNIT = re.compile(r"_(?:a|an|per|each|every)_[a-z]+$")
_OTHER_COMMENT = re.compile(r"(//|--|;|/\*|\*|%|REM\b|<!--)")
_OTHER_SIGN = re.compile(r"(?P<key>[^=:\n]*?)[ \t]*(?P<sign>:=|==+|=>|->|＝|:|=)(?P<rest>[^\n]*)")
_NEXT_KEY = re.compile(rf"[ \t]+{_PART}(?:\.{_PART})*+[ \t]*=")
_NUMBER = re.compile(r"[+-]?(?:0|[1-9][0-9]*(?:_[0-9]+)*)(?:\.[0-9]+(?:_[0-9]+)*)?")
_LINE_TEXT = re.compile(r'"(?:[^"\\\n]|\\[^\n])*+"|' r"'[^'\n]*+'")
_LONG_TEXT = re.compile(
    r'"""(?:[^"\\]|\\.|"{1,2}(?!"))*+"{3,5}' r"|'''(?:[^']|'{1,2}(?!'))*+'{3,5}", re.DOTALL
)
_DECIMAL_COMMAS = re.compile(
    r"\[[ \t]*[+-]?[0-9]+,[0-9]+(?:[ \t]*;[ \t]*[+-]?[0-9]+,[0-9]+)+[ \t]*\]"
    r"|\[[ \t]*0,[0-9]+(?:,[ \t]+0,[0-9]+)+[ \t]*\]"
)
"""A list of numbers with decimal commas, between semicolons, or between commas with blanks."""

_OTHER_QUOTES = "“”„‟‘’‚‛«»‹›″′`´"
_LOOKS_LIKE_A_VALUE = re.compile(r"""[-+£€$]?\d|["'\[{“‘„«]|(?i:true|false|yes|no)\b""")
_MARK = re.compile("\ue000([0-9]+)\ue001")
_AT = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")


class Mistake(NamedTuple):
    """What is wrong in a line.

    Attributes:
        line: from 1.
        text: what was found and how to write it.
    """

    line: int
    text: str


@dataclass(frozen=True)
class Reading:
    """What a text says.

    Attributes:
        data: its tables; UNCLEAR stands where a value could not be read.
        text: TOML that says so, line for line as the original.
        mistakes: what is wrong with the original.
        mended: places of values that were not written as they should be: what else is wrong with
            them will show when they are.
        lost: some keys or tables could not be read, so that not all that seems missing is.
    """

    data: dict[str, Any]
    text: str
    mistakes: tuple[Mistake, ...] = ()
    mended: frozenset[Path] = frozenset()
    lost: bool = False


def read(text: str, keys: Collection[str] = ()) -> Reading:
    """Return what a TOML text says, and all that is wrong with it.

    Args:
        text: the text.
        keys: keys that it can have in any table, ids left out, to tell which one was meant; empty:
            whatever it likes.

    Raises:
        ValueError: it is nested too deeply to be looked at, in words that follow the file's name.
    """
    plain = _TEXTS.sub(lambda match: "\n" * match.group().count("\n"), text)
    plain = plain.replace(" ", "").replace("\t", "")
    if dots := _DOTS.search(plain):
        line, parts = plain.count("\n", 0, dots.start()) + 1, dots.group().count(".") + 1
        raise ValueError(
            f"has in line {line} a key of {parts:,} parts, which is too many: none needs more than "
            f"{DEEPEST}"
        )
    try:
        data = tomllib.loads(text)
    except RecursionError:
        raise ValueError("has lists or tables nested too deeply") from None
    except ValueError:
        if text.lstrip().startswith("{"):
            raise ValueError(
                "looks like JSON; a scenario is TOML, with lines such as `weeks = 52`"
            ) from None
        return _Mender(text, keys).read()
    try:
        check_bounds(data)
    except OverflowError:
        return _Mender(text, keys).read()
    return Reading(data, text)


def states_table(text: str, name: str) -> bool:
    """Return whether a text seems to state a table of its first level, well written or not."""
    plain = _TEXTS.sub("", text)
    if re.search(rf"(?m)^[ \t]*\[[ \t]*\[?[ \t]*{name}\b(?!-)", plain):
        return True
    above = re.split(r"(?m)^[ \t]*\[", plain, maxsplit=1)[0]
    return bool(re.search(rf"(?m)^[ \t]*{name}[ \t]*[.=]", above))


def check_bounds(data: Any) -> None:
    """Raise an error if data cannot be looked at.

    Raises:
        ValueError: tables and lists are nested too deeply.
        OverflowError: a whole number has so many digits that Python will not show it.
    """
    level, depth = [data], 0
    while level:
        depth += 1
        if depth > DEEPEST:
            raise ValueError("has lists or tables nested too deeply")
        items = [
            item
            for value in level
            for item in (value.values() if isinstance(value, dict) else value)
        ]
        if any(isinstance(item, int) and item.bit_length() > _MOST_BITS for item in items):
            raise OverflowError("has a whole number with too many digits")
        level = [item for item in items if isinstance(item, dict | list)]


class _TooManyError(Exception):
    """There are too many mistakes to go on."""


@dataclass
class _Statement:
    first: int
    last: int
    head: bool


@dataclass
class _Mender:
    """Goes through a text once and notes, for every statement, what is to stand in its place."""

    original: str
    keys: Collection[str] = ()
    text: str = ""
    position: int = 0
    out: list[str] = field(default_factory=list)
    mistakes: list[Mistake] = field(default_factory=list)
    values: list[Any] = field(default_factory=list)
    statements: list[_Statement] = field(default_factory=list)
    renamed: set[tuple[int, str]] = field(default_factory=set)
    lost: bool = False
    owed: int = 0  # line ends that were taken out of a table in braces
    table: str = ""
    key: str = ""
    skipping: bool = False  # the table of the lines that follow could not be read
    counted: tuple[int, int] = (0, 1)

    def read(self) -> Reading:
        # Blanks of other kinds become plain ones, except within texts; positions stay.
        pieces, end = [], 0
        for match in _TEXTS.finditer(self.original):
            pieces += [self.original[end : match.start()].translate(_ODD_BLANKS), match.group()]
            end = match.end()
        pieces.append(self.original[end:].translate(_ODD_BLANKS))
        self.text = _CONTROL.sub(" ", "".join(pieces))
        while self.position < len(self.text):
            size = len(self.out)
            try:
                self._line()
            except _TooManyError:
                del self.out[size:]
                self.lost = True
                line = self._line_of(self.position)
                self.mistakes.append(Mistake(line, "there is more that cannot be read; mend this"))
                break
        return self._parsed("".join(self.out))

    # ------------------------------------------------------------ lines

    def _line(self) -> None:
        start, known = self.position, len(self.mistakes)
        first = self._line_of(start)
        self.owed = 0
        begun = len(self.out)
        self._skip_blanks()
        head = self._peek() == "[" or _BARE_HEAD.match(self.text, self.position) is not None
        if self._end_of_line() - start > _LONGEST_LINE:
            self.position = self._end_of_line()
            self.lost = True
            said = f"has {self.position - start:,} characters in one line, which cannot be read"
            self._note(said, start, key="")
        elif self._peek() not in "\n#":
            self.key = ""
            if head:
                self._head()
            else:
                self._pair()
            self._end_of_statement()
            self.statements.append(_Statement(first, self._line_of(self.position), head))
        if self._peek() == "#":
            self._copy(self._end_of_line())
        if len(self.mistakes) == known and (
            self.original[start : self.position] != self.text[start : self.position]
        ):
            kind = (
                "a control character"
                if _CONTROL.search(self.original, start, self.position)
                else "a blank of another kind, such as a non-breaking space"
            )
            self._note(f"has {kind}; retype it", start)
        if self.skipping and not head:
            lines = "".join(self.out[begun:]).count("\n")
            self.out[begun:] = ["\n" * lines]
        self.out.append("\n" * self.owed)
        if self.position < len(self.text):
            self._copy(self.position + 1)

    def _end_of_statement(self) -> None:
        """Take what stands between a statement and the end of its line or a comment."""
        self._skip_blanks()
        if self._peek() in "\n#":
            return
        rest = self._take(self._before_comment())
        if rest.strip(";, "):
            self._note(f"has {_shown(rest)} behind its value; nothing may follow but a comment (#)")
        else:
            self._note(f"ends in `{rest.strip()}`; leave that out")

    def _head(self) -> None:
        line = self.text[self.position : self._before_comment()]
        bare = line.strip()
        self.skipping = False
        try:
            tomllib.loads(bare)
            self.table = bare.strip("[] \t")
            self._copy(self.position + len(line))
            return
        except (ValueError, RecursionError):
            pass
        start = self.position
        brackets = "[[" if bare.startswith("[[") else "["
        opened = bare.startswith("[")
        name, closed, behind = bare.lstrip("[({< \t").partition("]" if opened else ")")
        behind = behind.lstrip("] \t")
        statement = None if closed else re.match(r"([^=\s]+)\s+(\S+\s*=.*)", name)
        if statement:  # [run weeks = 3
            name, behind = statement[1], statement[2]
        name = name.strip().rstrip(":;,)}>").strip(_BLANKS)
        key, changed = _usable(name, "-")
        if changed and (said := _SAID_HEAD.fullmatch(name)):  # [programme train]
            key, changed = _usable(f"{said[1]}.{said[2]}", "-")[0], "lacks the point in it"
        self.position = start + len(line)
        self.table = key
        if not key:
            self._note("[...] holds no name of a table, such as [run]", start, key="")
            self._lose_table()
            return
        written = f"[{key}]" if brackets == "[" else f"[[{key}]]"
        shown = shortened(written)
        if changed:
            self._note(
                f"[{shortened(name)}] is not a name that a table can have: {changed}; "
                f"write {shown}", start, key="",
            )  # fmt: skip
            self.lost = True
            self.renamed.add((self._line_of(start), _last_part(key)))
        elif not opened:
            self._note(
                f"`{shortened(bare)}` stands alone; as the head of a table: {shown}", start, key=""
            )
        elif not closed:
            self._note(f"`{shortened(bare)}` has no closing bracket: write {shown}", start, key="")
        elif behind:
            self._note(
                f"{shown} has {_shown(behind)} behind it; keys stand in the lines below",
                start, key="",
            )  # fmt: skip
            self.lost = True
        else:
            self._note(
                f"`{shortened(bare)}` is not the head of a table: write {shown}", start, key=""
            )
        self.out.append(written)

    def _lose_table(self) -> None:
        self.skipping = self.lost = True

    def _pair(self) -> None:
        stated = _STATED.match(self.text, self.position)
        if stated and _is_key(stated[1]):
            self.key = stated[1].strip()
            self._copy(stated.end())
            self._value("")
            return
        start = self.position
        line = self.text[start : self._end_of_line()]
        if comment := _OTHER_COMMENT.match(line):
            self.position = start + len(line)
            self._note(f"begins with `{comment[1]}`; a comment begins with `#`", start, key="")
            return
        if re.fullmatch(r"[\]})]+[,;]?\s*(#.*)?", line):
            self.position = start + len(line)
            self._note(f"`{line.strip()[0]}` closes what nothing has opened", start, key="")
            return
        parts = self._torn(line)
        if parts is None:
            self.position = start + len(line)
            self.lost = True
            text = (
                f"{_shown(line)} is neither a key with a value (weeks = 52) nor the head of a "
                "table ([run]); a comment begins with #"
            )
            self._note(text, start, key="")
            return
        raw, sign, at = parts
        key, changed = self._usable(raw, ids=self.table in _WITH_IDS)
        self.key = key or ""
        if not key:
            self.position = start + len(line)
            self.lost = True
            self._note("has no key before its `=`", start, key="")
            return
        if sign not in ("=",):
            said = f"has `{sign}`" if sign.strip() else "has no `=`"
            self._note(f"{said} between key and value: write {shortened(key)} = ...", start)
        elif changed:
            self._note(f"{changed}{self._instead(key)}", start, key=shortened(raw))
            self.lost = self.lost or '"' in key
        self._rename(key, start)
        self.position = start + at
        self._value("")

    def _usable(self, name: str, ids: bool = False) -> tuple[str, str]:
        """Return a key that TOML knows, and that there is if one is like it, and what was wrong."""
        key, changed = _usable(name, "-" if ids else "_")
        if not key or not changed or ids or not self.keys:
            return key, changed
        last = _last_part(key)
        meant = _meant(last, self.keys)
        if meant is None or meant == last:
            return key, changed
        above = key[: -len(last)] if key.endswith(last) else key[: -len(last) - 2]
        return above + (meant if _BARE_WORD.fullmatch(meant) else f'"{meant}"'), changed

    def _instead(self, key: str) -> str:
        """Return what to write in place of a key, if there is such a key."""
        if not self.keys or self.table in _WITH_IDS or _last_part(key) in self.keys:
            return f": write {shortened(key)} = ..."
        return "; a key has letters, digits and underscores, and none is called so"

    def _rename(self, key: str, position: int) -> None:
        """Put a key in the place of one that could not be read: more shows once it is right."""
        self.out.append(f"{key} =")
        self.renamed.add((self._line_of(position), _last_part(key)))

    def _torn(self, line: str) -> tuple[str, str, int] | None:
        """Return the key of a line, what stands for its equals sign, and where its value begins."""
        code = line.partition("#")[0]
        match = _OTHER_SIGN.match(line)
        if match and match.end("sign") <= len(code) and not set(match["key"]) & set("{}[],"):
            if match["sign"] != ":" or not _STATED.search(code) or "=" not in code:
                return match["key"].strip(), match["sign"], match.end("sign")
            at = code.index("=")
            return code[:at].strip(), "=", at + 1
        match = re.match(rf"({_PART}(?:\.{_PART})*+)([ \t]+)(?=\S)", line)
        if match and ("\t" in match[2] or _LOOKS_LIKE_A_VALUE.match(line, match.end())):
            return match[1], " ", match.end()
        match = re.match(rf"({_PART}(?:\.{_PART})*+)[ \t]*([,;|])[ \t]*", line)
        if match and _LOOKS_LIKE_A_VALUE.match(line, match.end()):
            return match[1], match[2], match.end()
        return None

    # ------------------------------------------------------------ values

    def _value(self, within: str, depth: int = 0) -> None:
        """Copy a value, or put a mark in its place.

        Args:
            within: the bracket that closes what it stands in, if any.
            depth: lists and tables in braces around it.
        """
        self._skip_blanks()
        start, first = self.position, self._peek()
        if first in "\n#" or (within and first in ",]}"):
            comment = self.text[start : self._end_of_line()]
            error = (
                " (#REF! and the like are errors of a spreadsheet)"
                if re.match(r"#(REF|N/A|NAME|VALUE|DIV|NUM|NULL)", comment)
                else ""
            )
            self._mark(
                Guess(f"has no value{error}; give one, or leave the line out", UNCLEAR), start, ""
            )
        elif first in "[{" and depth >= DEEPEST:
            self._take(self._before_comment())
            self._mark(Guess("is nested too deeply", UNCLEAR), start, "")
        elif first == "[":
            self._list(depth)
        elif first == "{":
            self._braces(depth)
        elif first in "\"'":
            self._quoted(within)
        else:
            self._bare(within)

    def _quoted(self, within: str) -> None:
        start = self.position
        long = self.text.startswith(('"""', "'''"), start)
        match = (_LONG_TEXT if long else _LINE_TEXT).match(self.text, start)
        if match:
            behind = self.text[match.end() : match.end() + 80].lstrip(_BLANKS)[:1]
            more = within == "}" and _NEXT_KEY.match(self.text, match.end())
            if not behind or behind in "\n#,;" + within or more:
                if _is_value(match.group()):
                    self._copy(match.end())
                else:
                    self._take(match.end())
                    self._mark(_of_escapes(match.group()), start, match.group())
                return
        if long:
            end = self._end_of_line()
            self._take(end)
            self._mark(Guess('has opening quotes (""") and none that close', UNCLEAR), start, "")
            return
        self._bare(within, quoted=True)

    def _bare(self, within: str, quoted: bool = False) -> None:
        start = self.position
        end = self._end_of_bare(within, quoted)
        token = self.text[start:end].strip()
        if not quoted and _is_value(token):
            self._copy(start + len(token))
            return
        self._take(end)
        if not token:
            token = self._take(start + 1)
        whole = self.original[start : start + len(token)]
        self._mark(guess(token), start, whole)

    def _end_of_bare(self, within: str, quoted: bool) -> int:
        """Return where a value ends that is not in straight quotes, or not in a pair of them."""
        line = self.text[self.position : self._end_of_line()]
        other = _OTHER_QUOTES.find(line[0]) >= 0
        if quoted or other:
            closing = line[0] if quoted else _OTHER_QUOTES + "\"'"
            ends = [i for i, c in enumerate(line[1:], 1) if c in closing and _ends(line, i, within)]
            if ends:
                return self.position + (ends[0] if other or within else ends[-1]) + 1
            if within and (stop := re.search(r"[,\]}]\s", line)):
                return self.position + stop.start()
        if not within:
            code = re.match(r"[^#]*", line)
            return self.position + (code.end() if code else len(line))
        stop = re.search(r"[,;\]}#]", line)
        at = stop.start() if stop else len(line)
        if within == "}" and (following := _NEXT_KEY.search(line)) and following.start() < at:
            return self.position + following.start()
        # A comma between digits is one of the number: in a table a key would have to follow it,
        # and in a list an item cannot begin with a zero and another digit.
        follows = r"[0-9]+(?![0-9]*\s*=)(?![\w+-]*\s*=)" if within == "}" else r"0[0-9]+(?![.0-9])"
        while re.fullmatch(r"[-+£€$\s]*[0-9][0-9.,]*", line[:at]) and (
            more := re.match("," + follows, line[at:])
        ):
            at += more.end()
            rest = re.match(r"[^,;\]}#]*", line[at:])
            at += rest.end() if rest else 0
        return self.position + at

    def _fault(self, opened: int, text: str) -> None:
        """Note that a list or a table in braces does not end: what is in it is not certain."""
        self._note(text, opened)
        if self.key:
            self.renamed.add((self._line_of(opened), _last_part(self.key)))

    def _list(self, depth: int) -> None:
        opened = self.position
        if decimals := _DECIMAL_COMMAS.match(self.text, opened):
            written = self._take(decimals.end())
            numbers = [n.replace(",", ".") for n in re.findall(r"[+-]?[0-9]+,[0-9]+", written)]
            meant = [float(n) for n in numbers]
            self._mark(
                Guess(f"has decimal commas: write [{', '.join(numbers)}]", meant), opened, ""
            )
            return
        self._copy(opened + 1)
        needs_comma = False
        while True:
            place, size = self.position, len(self.out)
            self._skip_lines()
            here = self._peek()
            new_line = "\n" in self.text[place : self.position]
            if not here.strip() or (new_line and self._begins_a_statement()):
                self.position = place
                del self.out[size:]
                self._fault(opened, "has `[` and no `]` that closes it")
                self.out.append("]")
                return
            if here == "]":
                self._copy(self.position + 1)
                return
            if here in "})":
                self._take(self.position + 1)
                self._note(f"begins with `[` and ends with `{here}`; write `]`", self.position - 1)
                self.out.append("]")
                return
            if here == ",":
                if needs_comma:
                    self._copy(self.position + 1)
                    needs_comma = False
                else:
                    self._take(self.position + 1)
                    self._note("has a comma without an item before it", self.position - 1)
                continue
            if here == ";":
                self._take(self.position + 1)
                self._note("has `;` between items; write a comma", self.position - 1)
                self.out.append(",")
                needs_comma = False
                continue
            if needs_comma:
                self._note("has no comma between two items", self.position)
                self.out.append(",")
            self._value("]", depth + 1)
            needs_comma = True

    def _braces(self, depth: int) -> None:
        opened = self.position
        self._copy(opened + 1)
        several, needs_comma, comma = False, False, -1
        outer = self.key
        while True:
            self._skip_blanks()
            here = self._peek()
            if here in "\n#" and self._closes_below():
                if not several:
                    said = "has a table in braces over several lines; write it in one"
                    self._note(said, opened)
                several = True
                self._take(self._end_of_line())
                self._take(self.position + 1)
                self.owed += 1
                continue
            if here in "\n#]":
                self._fault(opened, "has `{` and no `}` that closes it")
                self.out.append("}")
                break
            if here == "}":
                if comma >= 0 and not needs_comma:
                    self.out[comma] = ""
                    if not several:
                        self._note("ends in a comma before `}`; leave that out")
                self._copy(self.position + 1)
                break
            if here in ",;":
                self._take(self.position + 1)
                if here == ";" or not needs_comma:
                    self._note("has another mark than one comma between its entries",
                               self.position - 1)  # fmt: skip
                if needs_comma:
                    comma = len(self.out)
                    self.out.append(",")
                needs_comma = False
                continue
            if needs_comma:
                self._note("has no comma between two entries", self.position)
                self.out.append(",")
            self._entry(outer, depth)
            self.key = outer
            needs_comma = True

    def _entry(self, outer: str, depth: int) -> None:
        """Copy a `key = value` of a table in braces."""
        stated = _STATED.match(self.text, self.position)
        if stated and _is_key(stated[1]):
            self.key = f"{outer}.{stated[1].strip()}"
            self._copy(stated.end())
            self._value("}", depth + 1)
            return
        start = self.position
        line = self.text[start : self._end_of_line()]
        match = re.match(r"([^=:,{}\n]*?)\s*(:=|=>|->|==|:|=)", line)
        key, changed = self._usable(match[1]) if match else ("", "")
        if not match or not key:
            end = re.search(r"[,}]", line)
            piece = self._take(start + (max(1, end.start()) if end else len(line)))
            self._note(f"has {_shown(piece)} where `key = value` should stand", start, key=outer)
            self.lost = True
            self.values.append(UNCLEAR)
            self.out.append(f'"\ue000{len(self.values) - 1}\ue001" = 0')
            return
        if match[2] != "=":
            said = f"has `{match[2]}` between key and value: write {shortened(key)} = ..."
            self._note(said, start, key=f"{outer}.{key}")
        else:
            self._note(f"{changed}{self._instead(key)}", start, key=f"{outer}.{match[1]}")
        self.key = f"{outer}.{key}"
        self._rename(key, start)
        self.position = start + match.end()
        self._value("}", depth + 1)

    def _closes_below(self) -> bool:
        """Return whether `}` closes the table in braces in a line below, before all else begins."""
        below = self.text[self.position : self.position + 4000]
        found = re.search(r"[{}]|\n[ \t]*\[", _TEXTS.sub(lambda m: " " * len(m.group()), below))
        return found is not None and found.group() == "}"

    def _begins_a_statement(self) -> bool:
        return bool(
            _STATED.match(self.text, self.position) or _HEAD.match(self.text, self.position)
        )

    # ------------------------------------------------------------ pieces of the text

    def _peek(self) -> str:
        return self.text[self.position : self.position + 1] or "\n"

    def _end_of_line(self) -> int:
        end = self.text.find("\n", self.position)
        return len(self.text) if end < 0 else end

    def _before_comment(self) -> int:
        end = self.text.find("#", self.position, self._end_of_line())
        return self._end_of_line() if end < 0 else end

    def _skip_blanks(self) -> None:
        blanks = _BLANK_RUN.match(self.text, self.position)
        self._copy(blanks.end() if blanks else self.position)

    def _skip_lines(self) -> None:
        while self.position < len(self.text):
            self._skip_blanks()
            if self._peek() == "#":
                self._copy(self._end_of_line())
            if self.text[self.position : self.position + 1] != "\n":
                return
            self._copy(self.position + 1)

    def _copy(self, end: int) -> None:
        self.out.append(self._take(end))

    def _take(self, end: int) -> str:
        taken = self.text[self.position : end]
        self.position = max(self.position, min(end, len(self.text)))
        return taken

    def _mark(self, meant: Guess, start: int, written: str) -> None:
        """Note a value that cannot be read, and put a mark in its place."""
        text = f"{shortened(written)} {meant.text}" if written else meant.text
        self._note(text, start)
        self.values.append(meant.value)
        self.out.append(f'"\ue000{len(self.values) - 1}\ue001"')

    def _note(self, text: str, position: int | None = None, key: str | None = None) -> None:
        line = self._line_of(self.position if position is None else position)
        if key is None:
            key = self.key
        name = ".".join(part for part in (self.table, key) if part) if key else ""
        if len(self.mistakes) >= _MOST:
            raise _TooManyError
        self.mistakes.append(Mistake(line, f"{shortened(name)}: {text}" if name else text))

    def _line_of(self, position: int) -> int:
        known, line = self.counted
        if position < known:
            return line - self.text.count("\n", position, known)
        line += self.text.count("\n", known, position)
        self.counted = (position, line)
        return line

    # ------------------------------------------------------------ the mended text

    def _parsed(self, text: str) -> Reading:
        """Return the reading of the mended text, after taking out what is stated twice."""
        lines = text.split("\n")
        for _ in range(max(3, min(_MOST, _MOST_REPAIRS // (len(text) + 1)))):
            try:
                data = tomllib.loads("\n".join(lines))
                check_bounds(data)
            except (tomllib.TOMLDecodeError, RecursionError) as error:
                if not self._take_out(str(error), lines):
                    break
            else:
                break
        else:
            data = {}
        try:
            data = tomllib.loads("\n".join(lines))
        except (ValueError, RecursionError):
            data, lines, self.lost = {}, [], True
        # Paths of keys as they are now; an entry of a table in several lines moved up to its first.
        places = key_lines("\n".join(lines)) if self.renamed else {}
        mended = {path for path, line in places.items() if (line, path[-1]) in self.renamed}
        data = self._without_marks(data, (), mended)
        if not self.mistakes:
            self.mistakes.append(Mistake(1, "is not valid TOML"))
        order = sorted(dict.fromkeys(self.mistakes), key=lambda mistake: mistake.line)
        return Reading(data, "\n".join(lines), tuple(order), frozenset(mended), self.lost)

    def _take_out(self, said: str, lines: list[str]) -> bool:
        """Blank the statement in which the parser found a fault; return whether there was one."""
        at = _AT.search(said)
        reason = said[: at.start()] if at else said
        line = int(at[1]) if at and at[1] else len(lines)
        known = [i for i, s in enumerate(self.statements) if s.first <= line]
        if not known:
            return False
        index = known[-1]
        statement = self.statements[index]
        last = statement.last
        if statement.head:  # with all that stands under it
            after = next((s for s in self.statements[index + 1 :] if s.head), None)
            last = after.first - 1 if after else len(lines)
        if re.match(r"Cannot (overwrite|declare|mutate)|Duplicate", reason):
            twice = _stated_twice(reason, lines[statement.first - 1])
            text = f"{twice} appears twice; keep one of them"
        else:
            text = f"is not valid TOML: {reason}"
        if not any(m.line == statement.first for m in self.mistakes):
            self.mistakes.append(Mistake(statement.first, text))
        self.lost = True
        for number in range(statement.first - 1, min(last, len(lines))):
            lines[number] = ""
        del self.statements[index]
        return True

    def _without_marks(self, value: Any, path: Path, mended: set[Path]) -> Any:
        """Return data with what was meant in place of marks, and note where they were."""
        if isinstance(value, dict):
            return {
                key: self._without_marks(item, (*path, key), mended)
                for key, item in value.items()
                if not _MARK.fullmatch(key)
            }
        if isinstance(value, list):
            return [
                self._without_marks(item, (*path, index), mended)
                for index, item in enumerate(value)
            ]
        match = _MARK.fullmatch(value) if isinstance(value, str) else None
        if match and int(match[1]) < len(self.values):
            mended.add(path)
            return self.values[int(match[1])]
        return value


def _ends(line: str, position: int, within: str) -> bool:
    """Return whether a value may end at a position: only a comment, mark or bracket follows."""
    behind = line[position + 1 :].lstrip(_BLANKS)
    return not behind or behind[0] in "#,;" + within


def _is_value(token: str) -> bool:
    if len(token) <= 300 and _NUMBER.fullmatch(token):
        return True
    try:
        found = tomllib.loads(f"v = {token}")
        check_bounds(found)
        return list(found) == ["v"]
    except (ValueError, RecursionError, OverflowError):
        return False


def _is_key(name: str) -> bool:
    if "\\" not in name:
        return True
    try:
        return bool(tomllib.loads(f"{name} = 0"))
    except ValueError:
        return False


def _of_escapes(text: str) -> Guess:
    inner = text.strip("\"'")
    if is_windows_path(inner):
        return guess(text)
    return Guess(
        "has a backslash, which means something else between double quotes: put single quotes "
        "around it",
        inner,
    )


def _usable(name: str, between: str) -> tuple[str, str]:
    """Return a key that TOML knows for one that it does not, and what was wrong with it."""
    listed = re.match(r"\s*-\s+", name)  # as YAML does
    name = name[listed.end() if listed else 0 :].strip()
    if _KEY.fullmatch(name) and _is_key(name):
        return name, "begins with `-`" if listed else ""
    if name.startswith('"') and name.count('"') == 1:
        name = name.strip('"')
    parts = [part.strip() for part in name.split(".")]
    parts = [part.strip(_OTHER_QUOTES + "\"'") for part in parts]
    if not all(parts):
        return "", "lacks a part"
    if any(c in _OTHER_QUOTES for c in name):
        said = "has curly or other quotes"
    elif any(re.search(r"\s", part) for part in parts):
        said = "has a blank in its name"
    else:
        said = "has a character in its name that needs quotes"
    made = []
    for part in parts:
        part = re.sub(r"\s+", between, part)
        if not re.fullmatch(r"[A-Za-z0-9_-]+", part):
            part = '"' + "".join(c for c in part if c.isprintable() and c not in '"\\') + '"'
        made.append(part)
    key = ".".join(made)
    return (key, said) if _KEY.fullmatch(key) else ("", said)


def _meant(key: str, known: Collection[str]) -> str | None:
    """Return the known key that one with blanks or other characters in it was meant to be."""
    for name in (key.replace("–", "-"), without_unit(key)):
        if name in known:
            return name
    return next(iter(get_close_matches(key, known, n=1, cutoff=0.8)), None)


def without_unit(key: str) -> str:
    """Return a key without what it is counted by, as `seats` of `seats_a_week`."""
    return _UNIT.sub("", key)


def _last_part(key: str) -> str:
    found: Any = tomllib.loads(f"{key} = 0")
    while isinstance(found, dict):
        last, found = next(iter(found.items()))
    return str(last)


def _stated_twice(said: str, line: str) -> str:
    """Return the key that the parser met a second time, as it is written on its line."""
    inline = re.match(r"Duplicate inline table key '(.*)'", said)
    if inline:
        return inline[1]
    header = re.match(r"\s*(\[+[^\]]*\]+)", line)
    key, equals, _ = line.partition("=")
    return header[1] if header else key.strip() if equals else "a key that ends here"


def _shown(text: str) -> str:
    return f"`{shortened(text.strip())}`"
