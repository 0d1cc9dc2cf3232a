"""How a command ends: what it says if something is wrong or it is told to stop, and its code.

0 done (also if whoever reads the output has gone, or it was closed), 2 bad input (or a destination
that is taken, or an output that is full), 1 our fault; told to stop: 130 by Ctrl-C, 143 by a
request to end (SIGTERM), 129 by a terminal that closed (SIGHUP).
"""

from __future__ import annotations

import os
import sys
import tempfile
import threading
import traceback
import warnings
from collections.abc import Callable
from io import StringIO
from typing import Any

import typer

from takeup import places
from takeup.errors import NobodyReadsError, TakeupError
from takeup.output import complain, say
from takeup.stopping import exit_code, stopped_alike

DONE, OUR_FAULT, BAD_INPUT = 0, 1, 2

MOST_PROBLEMS = 100
"""Problems told of at once."""

_WRONG_USAGE: type[Exception] = typer.BadParameter.__mro__[1]
"""What typer raises where a command line cannot be read; its name is not typer's to give."""


def code_of(command: Callable[[], Any]) -> int:
    """Run a command; say what is wrong if something is, and return its exit code."""
    try:
        with stopped_alike(), warnings.catch_warnings():
            _say_of_caches_plainly()
            code = command()
            sys.stdout.flush()
    except _WRONG_USAGE as error:
        _show_usage(error)
        return BAD_INPUT
    except NobodyReadsError:
        return DONE
    except KeyboardInterrupt as stop:  # before or after the command itself
        return exit_code(stop)
    except TakeupError as error:
        _tell(error)
        return BAD_INPUT
    except MemoryError:
        say("needs more memory than there is; lower --sample or --replicates")
        return BAD_INPUT
    except Exception:
        _own_up()
        return OUR_FAULT
    return code if isinstance(code, int) else DONE


def stopped(stop: KeyboardInterrupt, said: str) -> typer.Exit:
    """Say what there is of what was to be written; return what ends the command."""
    say(f"stopped; {said}")
    return typer.Exit(exit_code(stop))


def leave(code: int) -> None:
    """Exit; at once if runs that were told to stop still hold threads."""
    if code > 128 and threading.active_count() > 1:
        places.tidy()
        os._exit(code)  # whatever was printed has been handed over
    sys.exit(code)


def _tell(error: TakeupError) -> None:
    """Say what is wrong, one line a problem."""
    for problem in error.problems[:MOST_PROBLEMS]:
        say(problem)
    if len(error.problems) > MOST_PROBLEMS:
        say(f"and {len(error.problems) - MOST_PROBLEMS:,} more problems")


def _show_usage(error: Any) -> None:
    """Say how a command is used and what was wrong, in typer's words."""
    words = StringIO()
    error.show(words)
    for line in words.getvalue().rstrip().split("\n"):
        complain(line)


def _own_up() -> None:
    """Admit a bug: show the traceback if TAKEUP_DEBUG is set, else save it and say where."""
    if os.environ.get("TAKEUP_DEBUG"):
        for line in traceback.format_exc().splitlines():
            complain(line)
        return
    with tempfile.NamedTemporaryFile(
        "w", prefix="takeup-", suffix=".log", delete=False, encoding="utf-8", errors="replace"
    ) as file:
        traceback.print_exc(file=file)
    say(f"this is a bug in takeup, not in your files: {sys.exc_info()[1]!r}")
    say(f"please report it with {file.name} (TAKEUP_DEBUG=1 shows it here)")


def _say_of_caches_plainly() -> None:
    """Show a cache that cannot be used as a message of ours; other warnings stay as they are."""
    usual = warnings.showwarning

    def show(message: Warning | str, category: type[Warning], *where: Any, **more: Any) -> None:
        if issubclass(category, places.CacheWarning):
            say(str(message))
        else:
            usual(message, category, *where, **more)

    warnings.showwarning = show
