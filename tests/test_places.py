"""Homes and caches that cannot be used: said once, and everything works."""

from __future__ import annotations

import os
import subprocess
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from takeup import places
from takeup.results.cache import RunCache
from takeup.results.runs import Kept
from takeup.runs.version import model_version


@pytest.fixture(autouse=True)
def _own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(places, "_said", set())
    monkeypatch.setattr(places, "_made", [])
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    for name in ("XDG_CACHE_HOME", "XDG_CONFIG_HOME", "MPLCONFIGDIR", "_TAKEUP_SCRATCH"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    yield
    places.tidy()


def open_to_all(folder: Path) -> Path:
    folder.mkdir()
    folder.chmod(0o777)
    return folder


def a_file(path: Path) -> Path:
    path.write_text("")
    return path


UNUSABLE = {
    "read-only": ("HOME", lambda _: "/proc/nonexistent", "No such file"),
    "device": ("HOME", lambda _: "/dev/null", "Not a directory"),
    "empty": ("HOME", lambda _: "", "there is no home folder"),
    "cache below a file": ("XDG_CACHE_HOME", lambda f: f"{a_file(f / 'x')}/y", "Not a directory"),
    "cache is a file": (
        "XDG_CACHE_HOME",
        lambda f: str(a_file(f / "takeup").parent),
        "Not a directory",
    ),
    "open to everybody": (
        "XDG_CACHE_HOME",
        lambda f: str(open_to_all(f / "takeup").parent),
        "everybody can write to it",
    ),
}


@pytest.mark.parametrize("case", UNUSABLE)
def test_what_cannot_be_used_is_said_once_and_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, case: str
) -> None:
    variable, make, words = UNUSABLE[case]
    monkeypatch.setenv(variable, make(tmp_path))
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        assert places.kept("kernels", "abc") is None
        RunCache(model_version()).look(Kept(("trust",)))
        assert places.kept("runs") is None
        places.settle_matplotlib()
    assert len(said) == 1
    assert words in str(said[0].message)
    assert "compiled anew" in str(said[0].message)
    folder = places.scratch("kernels")
    assert folder is not None
    assert folder.stat().st_mode & 0o077 == 0  # nobody else can put anything there
    assert places.scratch("kernels") == folder  # workers find it by the environment
    if variable == "HOME":
        assert os.environ["MPLCONFIGDIR"].startswith(str(folder.parent))
    places.tidy()
    assert not folder.parent.exists()


def test_a_cache_of_somebody_else_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 12345)
    monkeypatch.setattr(os, "getuid", lambda: 12345)
    folder = tmp_path / "cache" / "takeup"
    folder.mkdir(parents=True)
    if folder.stat().st_uid == 0:
        os.chown(folder, 4321, 4321)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    with pytest.warns(places.CacheWarning, match="it belongs to somebody else"):
        assert places.kept("kernels") is None


def test_one_folder_of_the_cache_that_cannot_be_used_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    (tmp_path / "takeup").mkdir(mode=0o700)
    (tmp_path / "takeup" / "runs").write_text("")
    with pytest.warns(places.CacheWarning, match=r"takeup/runs cannot be used .*: runs of sweeps"):
        assert places.kept("runs") is None
    assert places.kept("kernels", "abc") == tmp_path / "takeup" / "kernels" / "abc"


def test_a_good_home_is_used_in_silence(tmp_path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert places.kept("kernels") == tmp_path / "home" / ".cache" / "takeup" / "kernels"
        places.settle_matplotlib()
    assert "MPLCONFIGDIR" not in os.environ


def test_a_relative_cache_is_ignored_as_its_specification_has_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "cache")
    assert places.cache_root() == tmp_path / "home" / ".cache" / "takeup"


@pytest.mark.slow
@pytest.mark.parametrize("home", ["/proc/nonexistent", "/dev/null"])
def test_a_run_without_a_home_works_and_leaves_nothing(tmp_path: Path, home: str) -> None:
    def takeup(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "takeup.cli", *arguments],
            cwd=tmp_path,
            env={**os.environ, "HOME": home},
            capture_output=True,
            text=True,
        )

    assert takeup("new", "town.toml").stderr == ""
    done = takeup("run", "town.toml", "--weeks", "4", "--sample", "100", "--replicates", "1",
                  "--out", "out")  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("cannot be used") == 1
    assert "Warning" not in done.stderr
    assert not list(tmp_path.glob("takeup-*"))
