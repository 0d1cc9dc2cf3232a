from __future__ import annotations

from pathlib import Path

import pytest

from takeup.errors import OutputError
from takeup.results.folder import check_free, complete_folder


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
