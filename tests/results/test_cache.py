from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from synthetic import made_up_counters, made_up_info
from takeup.results.cache import RunCache, cache_folder, clear_cache, list_cache
from takeup.results.runs import Kept, Label, Parts, part_of, rows_of
from takeup.results.summarise import summarise

KEPT = Kept(("trust",))


def put(root: Path, model: str, *keys: str, kept: Kept = KEPT) -> Path:
    """Put runs into a cache, as a part of a sweep that stays beside it."""
    info = made_up_info()
    rows = rows_of(summarise(made_up_counters(1), info), info, kept)
    content = part_of([(key, Label("A", 0, 0), rows) for key in keys], kept, ("A",), model)
    path = Parts(root.parent / "sweep").add(content)
    RunCache(model, root).put(path)
    return path


def found(root: Path, model: str, keys: list[str], kept: Kept = KEPT) -> set[str]:
    cache = RunCache(model, root)
    cache.look(kept)
    there: set[str] = set()
    for names, table in cache.find(keys):
        assert names <= set(table["key"].to_pylist())
        assert not there & names
        there |= names
    return there


def test_runs_are_found_by_key_and_version(tmp_path: Path) -> None:
    root = tmp_path / "cache"
    a, b, c = ("a" * 32, "b" * 32, "c" * 32)
    assert found(root, "one", [a]) == set()
    put(root, "one", a, b)
    put(root, "one", b, c)
    put(root, "two", c)
    assert found(root, "one", [a, b, "f" * 32]) == {a, b}
    assert found(root, "two", [a, b, c]) == {c}
    assert found(root, "one", []) == set()
    assert found(root, "one", [a], Kept(("backlog",))) == set()


def test_a_run_that_kept_more_counts(tmp_path: Path) -> None:
    root = tmp_path / "cache"
    put(root, "one", "a" * 32, kept=Kept(("trust", "backlog"), None))
    assert found(root, "one", ["a" * 32]) == {"a" * 32}


def test_damaged_parts_are_removed_and_strange_files_passed_over(tmp_path: Path) -> None:
    root = tmp_path / "cache"
    path = put(root, "one", "a" * 32)
    (root / "one" / "strange.parquet").write_bytes(b"strange")
    held = root / "one" / path.name
    content = held.read_bytes()
    held.unlink()
    held.write_bytes(content[:2000] + b"\0" * 8 + content[2008:])
    assert found(root, "one", ["a" * 32]) == set()
    assert not held.exists()
    assert path.read_bytes() == content


def test_what_is_cached_is_listed_and_cleared_and_sweeps_keep_theirs(tmp_path: Path) -> None:
    root = tmp_path / "cache"
    assert list_cache(root) == []
    assert clear_cache(root) == (0, 0)
    part = put(root, "one", "a" * 32, "b" * 32)
    put(root, "two", "c" * 32)
    entries = {entry.model: entry for entry in list_cache(root)}
    assert (entries["one"].runs, entries["one"].parts) == (2, 1)
    assert entries["one"].size == part.stat().st_size
    assert clear_cache(root, except_model="one")[0] == 1
    assert [entry.model for entry in list_cache(root)] == ["one"]
    assert clear_cache(root) == (1, part.stat().st_size)
    assert list_cache(root) == []
    assert part.exists()


def test_a_cache_on_another_file_system_holds_copies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: Any) -> None:
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(os, "link", refused)
    path = put(tmp_path / "cache", "one", "a" * 32)
    held = tmp_path / "cache" / "one" / path.name
    assert held.read_bytes() == path.read_bytes()
    assert held.stat().st_ino != path.stat().st_ino
    assert [file.name for file in held.parent.iterdir()] == [path.name]


def test_a_cache_that_cannot_be_written_is_no_harm(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file is in its place")
    put(tmp_path / "cache", "one", "a" * 32)


def test_the_cache_lies_with_the_other_caches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "/somewhere")
    assert cache_folder() == Path("/somewhere/takeup/runs")
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert cache_folder() == Path.home() / ".cache" / "takeup" / "runs"
