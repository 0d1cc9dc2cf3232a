from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from takeup.errors import OutputError
from takeup.results.folder import check_free, claimed, complete_folder
from takeup.results.sweep_folder import sweep_folder


def old_results(folder: Path) -> None:
    folder.mkdir()
    (folder / "manifest.json").write_text('{"takeup": "0"}')


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_folder_appears_only_when_it_is_complete(tmp_path: Path) -> None:
    target = tmp_path / "deep" / "out"
    with complete_folder(target) as fresh:
        (fresh / "a").write_text("1")
        assert not target.exists()
    assert names(target) == ["a"]
    assert names(tmp_path / "deep") == ["out"]


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_failure_leaves_nothing_behind(tmp_path: Path, error: type[BaseException]) -> None:
    def fail() -> None:
        with complete_folder(tmp_path / "out") as fresh:
            (fresh / "half").write_text("1")
            raise error

    with pytest.raises(error):
        fail()
    assert names(tmp_path) == []


def test_a_folder_with_something_in_it_is_refused(tmp_path: Path) -> None:
    target = tmp_path / "out"
    target.mkdir()
    (target / "precious").write_text("1")
    with pytest.raises(OutputError, match="already holds something"), complete_folder(target):
        pytest.fail("the block must not run")
    assert names(tmp_path) == ["out"]
    assert names(target) == ["precious"]


def test_an_empty_folder_is_used_and_a_file_refused(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with complete_folder(tmp_path / "empty") as fresh:
        (fresh / "a").write_text("1")
    assert names(tmp_path / "empty") == ["a"]
    (tmp_path / "file").write_text("1")
    with pytest.raises(OutputError, match="is a file"), complete_folder(tmp_path / "file"):
        pytest.fail("the block must not run")


@pytest.mark.parametrize("foreign", ["notes.txt", "trajectories.parquet/", ".git/"])
def test_force_never_replaces_what_takeup_did_not_write(tmp_path: Path, foreign: str) -> None:
    target = tmp_path / "out"
    old_results(target)
    (target / foreign).mkdir() if foreign.endswith("/") else (target / foreign).touch()
    with pytest.raises(OutputError, match=foreign.rstrip("/")):
        check_free(target, force=True)


@pytest.mark.parametrize("manifest", [None, "{}", "no json"])
def test_force_needs_a_manifest_of_takeup(tmp_path: Path, manifest: str | None) -> None:
    (tmp_path / "summary.json").write_text("{}")
    if manifest is not None:
        (tmp_path / "manifest.json").write_text(manifest)
    with pytest.raises(OutputError, match="manifest"):
        check_free(tmp_path, force=True)


@pytest.mark.parametrize("error", [None, RuntimeError, KeyboardInterrupt])
def test_force_replaces_all_or_nothing(tmp_path: Path, error: type[BaseException] | None) -> None:
    target = tmp_path / "out"
    old_results(target)

    def replace() -> None:
        with complete_folder(target, force=True) as fresh:
            (fresh / "new").write_text("2")
            assert names(target) == ["manifest.json"]
            if error is not None:
                raise error

    if error is None:
        replace()
        assert names(target) == ["new"]
    else:
        with pytest.raises(error):
            replace()
        assert names(target) == ["manifest.json"]
    assert names(tmp_path) == ["out"]


def test_the_old_folder_comes_back_if_the_last_rename_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "out"
    old_results(target)
    rename = Path.rename

    def failing(self: Path, to: Path) -> Path:
        if self.name == "new":
            raise OSError(28, "No space left on device")
        return rename(self, to)

    monkeypatch.setattr(Path, "rename", failing)
    with (
        pytest.raises(OutputError, match="No space left"),
        complete_folder(target, force=True) as fresh,
    ):
        (fresh / "new").write_text("2")
    assert names(target) == ["manifest.json"]
    assert names(tmp_path) == ["out"]


# ---------------------------------------------------------------- claims


def test_a_claim_keeps_others_out_and_says_who_has_it(tmp_path: Path) -> None:
    target = tmp_path / "above" / "out"
    with claimed(target) as claim:
        for again in (claimed(target, force=True), complete_folder(target)):
            with pytest.raises(OutputError, match=f"process {os.getpid()} on"), again:
                pytest.fail("the block must not run")
        with pytest.raises(OutputError, match="another takeup"), sweep_folder(target):
            pytest.fail("the block must not run")
        with claim.filling() as fresh:
            (fresh / "a").write_text("1")
        assert claim.done
    assert names(target) == ["a"]
    assert names(target.parent) == ["out"]


def test_what_a_killed_process_left_keeps_nobody_out_and_old_results_come_back(
    tmp_path: Path,
) -> None:
    left = tmp_path / ".out.takeup"
    (left / "new").mkdir(parents=True)
    (left / "new" / "half").write_text("1")
    (left / "lock").touch()
    (left / "lock-holder").write_text("process 1 on a machine that is off")
    old_results(left / "old")  # it was killed between the two last renames
    with claimed(tmp_path / "out", force=True):
        assert names(tmp_path / "out") == ["manifest.json"]
    assert names(tmp_path) == ["out"]


def test_folders_above_go_with_a_run_that_fails(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()

    def fail() -> None:
        with claimed(tmp_path / "mine" / "new" / "deep" / "out"):
            assert names(tmp_path / "mine") == ["new"]
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert names(tmp_path) == ["mine"]
    assert names(tmp_path / "mine") == []


def test_a_link_to_a_folder_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    with complete_folder(tmp_path / "link") as fresh:
        (fresh / "a").write_text("1")
    assert names(tmp_path / "real") == ["a"]
    assert (tmp_path / "link").is_symlink()


def dangling(folder: Path) -> Path:
    (folder / "out").symlink_to(folder / "nowhere")
    return folder / "out"


def in_a_circle(folder: Path) -> Path:
    (folder / "out").symlink_to(folder / "out")
    return folder / "out"


def below_a_file(folder: Path) -> Path:
    (folder / "file").touch()
    return folder / "file" / "out"


@pytest.mark.parametrize(
    ("place", "words"),
    [
        (lambda folder: folder / ("x" * 256), "name too long"),
        (lambda folder: folder / "new" / ("é" * 128), "name too long"),
        (lambda folder: folder / "/".join(["x" * 200] * 30), "name too long"),
        (lambda folder: folder / "nul\0", "null"),
        (dangling, "is a link to"),
        (in_a_circle, "is a link to"),
        (below_a_file, "is not a folder to write to"),
        (lambda _: Path("/proc/takeup/out"), "cannot be written"),
        (lambda _: Path("/dev/full"), "is a file"),
    ],
)
@pytest.mark.parametrize("way_in", [claimed, sweep_folder])
def test_a_destination_that_cannot_be_is_refused_before_the_work(
    tmp_path: Path, place: Callable[[Path], Path], words: str, way_in: Callable[[Path], Any]
) -> None:
    target = place(tmp_path)
    before = names(tmp_path)
    with pytest.raises(OutputError) as raised, way_in(target):
        pytest.fail("the block must not run")
    assert words in str(raised.value).lower()
    assert str(raised.value).startswith(str(target)[:20])
    assert names(tmp_path) == before


@pytest.mark.parametrize("way_in", [claimed, sweep_folder])
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EACCES, errno.EROFS, errno.ENOLCK])
def test_a_place_that_takes_nothing_is_found_by_trying(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, way_in: Callable[[Path], Any]
) -> None:
    def refused(*_: Any) -> None:
        raise OSError(number, os.strerror(number))

    # These tests may run as root, who is refused nothing.
    if number == errno.ENOLCK:
        monkeypatch.setattr("filelock.FileLock.acquire", lambda *_, **__: refused())
    else:
        monkeypatch.setattr(os, "fsync", refused)
    with (
        pytest.raises(OutputError, match=r"cannot be written|disk is full"),
        way_in(tmp_path / "o"),
    ):
        pytest.fail("the block must not run")
    monkeypatch.undo()
    assert names(tmp_path) == []


def test_names_as_long_as_can_be_are_fine(tmp_path: Path) -> None:
    for name in ("x" * 255, "京" * 85):
        with complete_folder(tmp_path / name) as fresh:
            (fresh / "a").write_text("1")
    assert len(names(tmp_path)) == 2


def test_what_was_put_there_during_the_run_is_not_replaced(tmp_path: Path) -> None:
    target = tmp_path / "out"
    old_results(target)

    def replace() -> None:
        with complete_folder(target, force=True) as fresh:
            (fresh / "new").write_text("2")
            (target / "notes.txt").write_text("mine")

    with pytest.raises(OutputError, match=r"notes\.txt"):
        replace()
    assert names(target) == ["manifest.json", "notes.txt"]
    assert names(tmp_path) == ["out"]
