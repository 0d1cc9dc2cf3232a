"""Folders that are either complete or not there, and belong to one process at a time."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import platform
import shutil
import warnings
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

from takeup import places
from takeup.errors import OutputError

LOCK = "lock"
_NEW, _OLD = "new", "old"
_LONG = 100
"""Bytes of a name from which the folder beside it is named by a hash."""

_PROBE_BYTES = 1 << 18

WRITTEN = frozenset(
    {
        "manifest.json",
        "summary.json",
        "trajectories.parquet",
        "parameters.parquet",
        "trajectories.png",
        "trajectories.svg",
        "difference.png",
        "difference.svg",
        "staff.png",
        "staff.svg",
        "sensitivity.parquet",
        "weekly.parquet",
        "levels.parquet",
        "sensitivity.png",
        "sensitivity.svg",
        "over-time.png",
        "over-time.svg",
        "boxes.parquet",
        "discovery.png",
        "discovery.svg",
    }
)
"""Every file that takeup writes into a folder: nothing else is ever replaced."""


def check_free(folder: Path, *, force: bool = False, inputs: Sequence[Path] = ()) -> None:
    """Refuse a destination that would lose something, or that cannot be written.

    Args:
        folder: the destination.
        force: results that takeup wrote there earlier may be replaced.
        inputs: files that must survive.

    Raises:
        OutputError: it is a file, cannot be made, holds something that is not to be replaced, or is
            a place where no results belong (the current folder, the home folder, inputs).
    """
    try:
        _check_place(folder, inputs)
        held = sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
    except (OSError, ValueError) as error:  # such as a name that is too long
        reason = (isinstance(error, OSError) and error.strerror) or str(error)
        raise OutputError(f"{folder}: cannot be written ({reason})") from error
    if not held:
        return
    if not force:
        raise OutputError(
            f"{folder}: already holds something; choose another --out, or --force to replace "
            "earlier results"
        )
    foreign = [name for name in held if name not in WRITTEN or not (folder / name).is_file()]
    if foreign:
        raise OutputError(
            f"{folder}: holds {foreign[0]}, which takeup did not write; --force only replaces "
            "results of takeup"
        )
    if not _is_manifest(folder / "manifest.json"):
        raise OutputError(
            f"{folder}: has no manifest.json of takeup; --force only replaces results of takeup"
        )


def _check_place(folder: Path, inputs: Sequence[Path]) -> None:
    real = Path(os.path.realpath(folder))
    home = places.home()
    if real in (Path.cwd(), *Path.cwd().parents, home and Path(os.path.realpath(home))):
        raise OutputError(f"{folder}: is the current or home folder, or holds it; name another")
    for file in inputs:
        if real in file.resolve().parents:
            raise OutputError(f"{folder}: holds {file}, which goes into the run; name another")
    check_reachable(folder)
    if real.is_dir() and os.path.ismount(real):
        raise OutputError(f"{folder}: is a mount point; name a folder in it")


def check_reachable(folder: Path) -> None:
    """Refuse a path that is no folder and cannot become one.

    Raises:
        OutputError: it is a file or a link to nothing, or what is above it is not to be written.
    """
    real = Path(os.path.realpath(folder))
    if folder.is_symlink() and not folder.exists():
        raise OutputError(f"{folder}: is a link to {real}, which is not there; name another")
    if folder.exists() and not folder.is_dir():
        raise OutputError(f"{folder}: is a file; results need a folder")
    above = next(parent for parent in real.parents if parent.exists())
    if not (above.is_dir() and os.access(above, os.W_OK | os.X_OK)):
        raise OutputError(f"{folder}: cannot be written ({above} is not a folder to write to)")


def _is_manifest(path: Path) -> bool:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(content, dict) and "takeup" in content


class Claim:
    """A destination that belongs to this process until it is let go; see `claimed`.

    Attributes:
        folder: the destination.
        done: whether complete results have taken their place there.
    """

    def __init__(self, folder: Path, force: bool, work: Path) -> None:
        self.folder = folder
        self.done = False
        self._force, self._work = force, work

    @contextmanager
    def filling(self) -> Iterator[Path]:
        """Give a folder to fill, which becomes the destination only if the block ends well.

        Raises:
            OutputError: the destination was taken meanwhile, or cannot be written.
        """
        fresh, old = self._work / _NEW, self._work / _OLD
        with _said_plainly(self.folder):
            fresh.mkdir()
            yield fresh
            check_free(self.folder, force=self._force)
            if self.folder.exists():
                self.folder.rename(old)
            fresh.rename(self.folder)  # if this fails, `_settle` brings the old one back
            self.done = True


@contextmanager
def claimed(folder: Path, *, force: bool = False, inputs: Sequence[Path] = ()) -> Iterator[Claim]:
    """Try a destination before the work, and keep others out of it until the work is done.

    Everything is written into a hidden folder beside the destination, which also holds the lock,
    so that the last step is a rename. If the block fails or is interrupted, the destination is as
    it was, and folders above it that were made for it are gone. What a process that was killed has
    left there goes with the next claim: its lock ended with it.

    Args:
        folder: the destination.
        force: replace results that takeup wrote there earlier.
        inputs: files that must survive.

    Raises:
        OutputError: the destination is taken, another process writes into it, or it cannot be
            written.
    """
    check_free(folder, force=force, inputs=inputs)
    real = Path(os.path.realpath(folder))
    work = _work_folder(real)
    with ExitStack() as held:
        with _said_plainly(folder):
            held.enter_context(made_above(work.parent))
            work.mkdir(exist_ok=True)
            held.callback(_remove_if_empty, work)
            held.enter_context(locked(work / LOCK, folder))
            held.callback(_settle, real, work)
            _settle(real, work)  # what a process that was killed has left
            check_free(folder, force=force, inputs=inputs)  # now that the folders above are there
            probe(work)
        yield Claim(real, force, work)


def complete_folder(folder: Path | Claim, *, force: bool = False) -> AbstractContextManager[Path]:
    """Give a temporary folder to fill, which becomes `folder` only if the block ends well.

    Args:
        folder: the destination, claimed already or claimed here.
        force: replace results that takeup wrote there earlier.

    Raises:
        OutputError: the destination is taken, or cannot be written.
    """
    return folder.filling() if isinstance(folder, Claim) else _claimed_and_filled(folder, force)


@contextmanager
def _claimed_and_filled(folder: Path, force: bool) -> Iterator[Path]:
    with claimed(folder, force=force) as claim, claim.filling() as fresh:
        yield fresh


def refuse_if_claimed(folder: Path) -> None:
    """Refuse a destination that another process has claimed.

    Raises:
        OutputError: it has, and who.
    """
    lock = _work_folder(Path(os.path.realpath(folder))) / LOCK
    if lock.exists():
        with locked(lock, folder):
            pass


def _work_folder(real: Path) -> Path:
    name = f".{real.name}.takeup"
    if len(os.fsencode(name)) > _LONG:
        name = f".{hashlib.sha256(os.fsencode(name)).hexdigest()[:16]}.takeup"
    return real.parent / name


def _settle(real: Path, work: Path) -> None:
    """Bring back the old results if new ones did not take their place, and remove the rest."""
    if (work / _OLD).is_dir() and not real.exists():
        (work / _OLD).rename(real)
    for name in (_OLD, _NEW):
        shutil.rmtree(work / name, ignore_errors=True)


def _remove_if_empty(folder: Path) -> None:
    with suppress(OSError):
        folder.rmdir()


def probe(folder: Path) -> None:
    """Write a little and remove it, so that a full disk shows before the work."""
    file = folder / ".probe.new"
    try:
        with file.open("wb") as content:
            content.write(bytes(_PROBE_BYTES))
            content.flush()
            os.fsync(content.fileno())
    finally:
        file.unlink(missing_ok=True)


@contextmanager
def _said_plainly(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise OutputError(f"{folder}: cannot be written ({error.strerror or error})") from error


# ---------------------------------------------------------------- locks and folders above


@contextmanager
def made_above(folder: Path) -> Iterator[None]:
    """Make a folder and those above it; at the end those of them that are empty are removed."""
    made: list[Path] = []
    try:
        for each in (*reversed(folder.parents), folder):
            if not each.is_dir():
                each.mkdir(exist_ok=True)
                made.append(each)
        yield
    finally:
        with suppress(OSError):  # it holds something
            for each in reversed(made):
                each.rmdir()


@contextmanager
def locked(lock: Path, folder: Path, by: str = "another takeup") -> Iterator[None]:
    """Hold a lock, which ends with this process however that ends.

    Args:
        lock: its file, which is removed with it; a file beside it says who holds it.
        folder: what it keeps others out of, for messages.
        by: who else may hold it, for messages.

    Raises:
        OutputError: another process holds it.
        OSError: it cannot be made, or the file system has no locks.
    """
    who = lock.with_name(f"{lock.name}-holder")
    held = FileLock(lock, thread_local=False)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # on a lock file in place of a lock that is missing
            held.acquire(timeout=0)
    except Timeout:
        raise OutputError(
            f"{folder}: {by} is writing into it{_holder(who)}; wait for it, or name another --out"
        ) from None
    except NotImplementedError as error:
        raise OSError(errno.ENOLCK, "its file system has no locks") from error
    try:
        now = datetime.now().astimezone().isoformat(" ", "minutes")
        who.write_text(f"process {os.getpid()} on {platform.node()}, since {now}", "utf-8")
        yield
    finally:
        who.unlink(missing_ok=True)
        with suppress(OSError):
            lock.unlink()  # while it is held: filelock takes no lock on a file that is gone
        held.release()
        lock.unlink(missing_ok=True)  # where a file that is open cannot be removed


def _holder(who: Path) -> str:
    try:
        return f" ({who.read_text('utf-8')})"
    except (OSError, ValueError):
        return ""
