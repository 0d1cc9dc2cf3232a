"""Every error that takeup raises on purpose.

TakeupError
├── InputError        what the user wrote cannot be run (exit code 2)
├── OutputError       the results cannot be written or read (exit code 2)
└── ShownError        what was found cannot be shown: standard output is full (exit code 2)
    └── NobodyReadsError   its reader has gone, as `head` does (exit code 0: nothing is wrong)
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence


class TakeupError(Exception):
    """Base of all errors that takeup raises on purpose; lists every problem, not only the first.

    Args:
        problems: one sentence each: the file, the key, what is wrong and what would be right.
    """

    def __init__(self, problems: str | Sequence[str]) -> None:
        self.problems: tuple[str, ...] = (
            (problems,) if isinstance(problems, str) else tuple(problems)
        )
        super().__init__("\n".join(self.problems))


class InputError(TakeupError):
    """What the user wrote cannot be run."""


class OutputError(TakeupError):
    """Results cannot be written or read back."""


class ShownError(TakeupError):
    """Standard output takes no more."""


class NobodyReadsError(ShownError):
    """Who read standard output has gone."""


_PART = 4
"""Letters from which on a word may stand for the only longer one that it is part of."""

_MOST_OPTIONS = 1000
"""Words among which a near one is looked for: more would take seconds."""


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return `` (did you mean "x"?)`` for the nearest known word, else the list of known words."""
    options = sorted(known)
    if len(options) > _MOST_OPTIONS:
        return ""
    return nearest(word, options) or (f" (known: {', '.join(options)})" if options else "")


def nearest(word: str, known: Iterable[str]) -> str:
    """Return `` (did you mean "x"?)`` for the nearest known word; nothing if none is near."""
    options = sorted(known)
    if len(options) > _MOST_OPTIONS:
        return ""
    alike = [o for o in options if _plain(o) == _plain(word)]
    near = alike or difflib.get_close_matches(word, options, n=1, cutoff=0.6)
    if not near and len(word) >= _PART:
        longer = [o for o in options if _plain(word) in _plain(o)]
        near = longer if len(longer) == 1 else []
    return f' (did you mean "{near[0]}"?)' if near else ""


def _plain(word: str) -> str:
    return word.strip().lower().replace("-", "_").replace(" ", "_")
