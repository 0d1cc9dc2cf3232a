"""The user's home and cache, or a safe place instead where they cannot be used.

What lies in the cache of kernels is run as it is: only a folder that nobody else can write to will
do, so there is no fixed path below a shared `/tmp`, where somebody else could have put theirs.
"""

from __future__ import annotations

import atexit
import os
import shutil
import stat
import tempfile
import warnings
from pathlib import Path

_SCRATCH = "_TAKEUP_SCRATCH"
"""Names the folder that stands in for the cache, to the workers of a process that made one."""

_PROBE = bytes(1 << 16)

_costs = {
    "kernels": "kernels are compiled anew at every start, which takes about a minute",
    "matplotlib": "fonts are looked up anew at every start",
    "runs": "runs of sweeps are not kept to be used again",
}
_said: set[str] = set()
_made: list[tuple[int, str]] = []


class CacheWarning(UserWarning):
    """A cache cannot be used; all works, but some of it takes longer."""


def home() -> Path | None:
    """Return the user's home, if there is one."""
    try:
        found = Path.home()
    except RuntimeError:
        return None
    return found if os.environ.get("HOME") != "" and found.is_absolute() else None


def cache_root() -> Path | None:
    """Return takeup's folder among the user's caches, usable or not; None if there is no home."""
    stated = os.environ.get("XDG_CACHE_HOME", "")
    if os.path.isabs(stated):  # the specification has others ignored
        return Path(stated) / "takeup"
    above = home()
    return None if above is None else above / ".cache" / "takeup"


def kept(name: str, below: str = "") -> Path | None:
    """Return a folder of takeup's cache that can be written to by the user and nobody else.

    Args:
        name: what it is for: `kernels`, `matplotlib` or `runs`.
        below: a folder in it.

    Returns:
        The folder; None, after one warning in all, if there is none.
    """
    root = cache_root()
    if root is None:
        _say("", "there is no home folder (HOME)", list(_costs.values()))
        return None
    why = _unusable(root)
    if why:
        _say(str(root), f"{root} cannot be used ({why})", list(_costs.values()))
        return None
    for folder in (root / name, root / name / below):
        why = _unusable(folder)
        if why:
            _say(name, f"{folder} cannot be used ({why})", [_costs[name]])
            return None
    return root / name / below


def scratch(name: str) -> Path | None:
    """Return a folder that lasts as long as this process and its workers, or None if none can be.

    Args:
        name: what it is for.
    """
    stated = os.environ.get(_SCRATCH)
    if not stated or _unusable(Path(stated)):
        try:
            stated = tempfile.mkdtemp(prefix="takeup-")
        except OSError:
            return None
        os.environ[_SCRATCH] = stated
        _made.append((os.getpid(), stated))
    folder = Path(stated) / name
    return None if _unusable(folder) else folder


@atexit.register
def tidy() -> None:
    """Remove what stood in for the cache, if this process made it."""
    for process, folder in _made:
        if process == os.getpid():
            shutil.rmtree(folder, ignore_errors=True)


def settle_matplotlib() -> None:
    """Give Matplotlib a place for its list of fonts, if its own cannot be used."""
    if "MPLCONFIGDIR" in os.environ:
        return
    above = home()
    own = []
    for variable, usual in (("XDG_CONFIG_HOME", ".config"), ("XDG_CACHE_HOME", ".cache")):
        stated = os.environ.get(variable)
        own.append(Path(stated) if stated else above / usual if above else None)
    if all(each is not None and not _unwritable(each / "matplotlib") for each in own):
        return
    folder = kept("matplotlib") or scratch("matplotlib")
    if folder is not None:
        os.environ["MPLCONFIGDIR"] = str(folder)


def _unwritable(folder: Path) -> str:
    """Make a folder if need be and write into it; return why that is not possible, if so."""
    try:
        for each in (*reversed(folder.parents), folder):
            if not each.exists():
                each.mkdir(mode=0o700, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as probe:
            probe.write(_PROBE)
    except OSError as error:
        return error.strerror or str(error)
    return ""


def _unusable(folder: Path) -> str:
    """Return why a folder is not the user's alone to write to, if so; make it if need be."""
    why = _unwritable(folder)
    if why or not hasattr(os, "geteuid"):
        return why
    found = folder.stat()
    if found.st_uid not in (0, os.geteuid()):
        return "it belongs to somebody else"
    if found.st_mode & stat.S_IWOTH:
        return "everybody can write to it"
    return ""


def _say(once: str, what: str, costs: list[str]) -> None:
    if once not in _said:
        _said.add(once)
        text = f"{what}: {', '.join(costs[:-1])}{' and ' * (len(costs) > 1)}{costs[-1]}"
        advice = "set XDG_CACHE_HOME to a folder of yours that can be written to"
        warnings.warn(f"{text}; {advice}", CacheWarning, stacklevel=3)
