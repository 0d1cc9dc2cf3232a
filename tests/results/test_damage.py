"""A sweep's folder that was damaged or mixed: refused or mended, never read as if it were whole."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from studies import experiment_in, outcomes, run
from takeup.errors import OutputError
from takeup.results.runs import Kept, Label, Parts, encoded, part_of, rows_of
from takeup.results.store import open_results
from takeup.results.summarise import summarise
from takeup.results.sweep import open_sweep
from test_cli import call

VARY = "services.waste.complexity = { low = 0.3, high = 0.7 }"
LATIN = 'kind = "latin_hypercube"\npoints = 2'


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two sweeps that differ in one value only, and the experiment of the first."""
    folder = tmp_path_factory.mktemp("made")
    run(experiment_in(folder, VARY, design=LATIN), folder / "sweep", job_runs=2)
    other = experiment_in(folder, VARY.replace("0.3", "0.31"), design=LATIN, name="other.toml")
    run(other, folder / "other", job_runs=2)
    return folder


@pytest.fixture
def copy(made: Path, tmp_path: Path) -> Path:
    shutil.copytree(made, tmp_path / "copy")
    return tmp_path / "copy" / "sweep"


def change(name: str, content: bytes | Callable[[bytes], bytes] | None) -> Callable[[Path], Path]:
    """Return what changes a file of a sweep: new content, a function of the old, or None: away."""

    def harm(sweep: Path) -> Path:
        file = sweep / name
        if content is None:
            file.unlink()
        else:
            file.write_bytes(content if isinstance(content, bytes) else content(file.read_bytes()))
        return file

    return harm


def said(**changes: object) -> Callable[[Path], Path]:
    """Return what changes entries of the manifest; None takes one away."""

    def harm(sweep: Path) -> Path:
        file = sweep / "manifest.json"
        content = {**json.loads(file.read_text("utf-8")), **changes}
        left = {key: value for key, value in content.items() if value is not None}
        file.write_text(json.dumps(left), "utf-8")
        return file

    return harm


def experiment(**changes: object) -> Callable[[Path], Path]:
    def harm(sweep: Path) -> Path:
        content = json.loads((sweep / "manifest.json").read_text("utf-8"))["experiment"]
        return said(experiment={**content, **changes})(sweep)

    return harm


def design(change: Callable[[pd.DataFrame], pd.DataFrame]) -> Callable[[Path], Path]:
    """Return what changes the table of points, of which the manifest then has the hash."""

    def harm(sweep: Path) -> Path:
        file = sweep / "design.parquet"
        change(pd.read_parquet(file)).to_parquet(file, index=False)
        said(tables={file.name: [sha256(file.read_bytes()).hexdigest()]})(sweep)
        return file

    return harm


def from_the_other(name: str) -> Callable[[Path], Path]:
    def harm(sweep: Path) -> Path:
        shutil.copy(sweep.parent / "other" / name, sweep / name)
        return sweep / name

    return harm


def parts(sweep: Path) -> list[Path]:
    return sorted((sweep / "runs").iterdir())


def foreign_part(sweep: Path) -> Path:
    part = parts(sweep.parent / "other")[0]
    return Path(shutil.copy(part, sweep / "runs"))


def same_runs_twice(sweep: Path) -> Path:
    table = pq.read_table(parts(sweep)[0])
    return Parts(sweep / "runs").add(encoded(table.slice(0, 1)))


def other_columns(sweep: Path) -> Path:
    table = pq.read_table(parts(sweep)[0]).drop_columns(["trust_mean"])
    parts(sweep)[0].unlink()
    return Parts(sweep / "runs").add(encoded(table))


def other_kpis(sweep: Path) -> Path:
    from synthetic import made_up_counters, made_up_info

    info, kept = made_up_info(), Kept(("trust",))
    rows = rows_of(summarise(made_up_counters(1), info), info, kept)
    named = json.loads((sweep / "manifest.json").read_text("utf-8"))
    label = Label("Newtown", 1, 5)
    content = part_of([("a" * 32, label, rows)], kept, ("Newtown",), named["model"], named["id"])
    return Parts(sweep / "runs").add(content)


def copied_by_hand(sweep: Path) -> Path:
    part = parts(sweep)[0]
    return Path(shutil.copy(part, part.with_stem(f"{part.stem} (copy)")))


def flipped(content: bytes) -> bytes:
    at = len(content) // 3
    return content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]


REFUSED: dict[str, tuple[Callable[[Path], Path], str]] = {
    "empty manifest": (change("manifest.json", b""), "it is empty"),
    "cut manifest": (change("manifest.json", lambda held: held[:99]), "it is not JSON"),
    "manifest in another encoding": (change("manifest.json", b"\xff\xfe{\0"), "it is not JSON"),
    "manifest of brackets": (change("manifest.json", b"[" * 100_000), "nested too deeply"),
    "manifest that is a list": (change("manifest.json", b"[]"), "holds no table"),
    "later manifest": (said(format=2), "a later version of takeup"),
    "manifest without kind": (said(kind=None), "another kind of results"),
    "manifest without experiment": (said(experiment=None), "experiment: Field required"),
    "experiment that is a list": (said(experiment=[]), "experiment: Input should be"),
    "experiment without scenarios": (experiment(scenario={}), "experiment.scenario"),
    "experiment that records a number": (experiment(record=3), "experiment.record"),
    "experiment with a strange KPI": (
        experiment(record={"kpis": ["happiness"], "groups": []}),
        "happiness is not a KPI",
    ),
    "replicates in words": (said(replicates="two"), "replicates: Input should be"),
    "more points than there are": (
        lambda sweep: said(points=9)(sweep).with_name("design.parquet"),
        "it has not 9 points",
    ),
    "no design": (change("design.parquet", None), "it is not there"),
    "empty design": (change("design.parquet", b""), "design.parquet: is not readable"),
    "cut design": (change("design.parquet", lambda held: held[:-9]), "design.parquet: is not"),
    "flipped design": (change("design.parquet", flipped), "design.parquet: is not readable"),
    "design of another sweep": (from_the_other("design.parquet"), "it is damaged, or of another"),
    "design that was saved anew": (
        lambda sweep: pd.read_parquet(sweep / "design.parquet").to_parquet(sweep / "design.parquet")
        or sweep / "design.parquet",
        "it is damaged, or of another",
    ),
    "design with a point less": (design(lambda frame: frame[:1]), "it has not 2 points"),
    "design with numbers twice": (
        design(lambda frame: frame.assign(point=0)),
        "it has not 2 points",
    ),
    "design of something else": (
        design(lambda frame: frame.rename(columns={"services.waste.complexity": "x"})),
        "its columns are not",
    ),
    "part of another sweep": (foreign_part, "is of another sweep; take it out"),
    "runs twice": (same_runs_twice, "holds too; take it out"),
    "part with other columns": (other_columns, "is not a part of takeup"),
    "part with other KPIs": (other_kpis, "keeps something else than this sweep"),
    "part copied by hand": (copied_by_hand, "has not the name that takeup gave it"),
    "strange file among parts": (
        lambda sweep: change("runs/notes.parquet", b"mine")(sweep),
        "has not the name that takeup gave it",
    ),
}  # fmt: skip


@pytest.mark.parametrize("harm", REFUSED)
def test_a_damaged_sweep_is_refused_by_name_and_left_alone(
    capsys: pytest.CaptureFixture[str], copy: Path, harm: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", sys.argv)
    monkeypatch.setenv("XDG_CACHE_HOME", str(copy.parent / "cache"))
    spoil, words = REFUSED[harm]
    file = spoil(copy)
    before = {path: path.read_bytes() for path in copy.rglob("*") if path.is_file()}
    with pytest.raises(OutputError) as raised:
        open_sweep(copy)
    assert words in str(raised.value)
    assert file.name in str(raised.value)
    for command in (
        ("sweep", copy.parent / "study.toml", "--out", copy, "--workers", 1),
        ("sensitivity", copy),
        ("discover", copy, "--goal", "trust >= 60%"),
    ):
        code, out, err = call(capsys, *command)
        assert (code, out) == (2, ""), err
        assert "Traceback" not in err
        assert str(copy) in err
    assert {path: path.read_bytes() for path in copy.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize("harm", [b"", b"no parquet at all", lambda held: held[:-7], flipped])
def test_a_damaged_part_is_done_again_and_not_read(
    copy: Path, made: Path, harm: bytes | Callable[[bytes], bytes]
) -> None:
    part = parts(copy)[0]
    change(f"runs/{part.name}", harm)(copy)
    with pytest.raises(OutputError, match="is damaged; start `takeup sweep`"):
        open_sweep(copy).outcomes()
    status = run(experiment_in(copy.parent, VARY, design=LATIN), copy)
    assert status.damaged == [part]
    assert status.done == 2
    pd.testing.assert_frame_equal(outcomes(copy), outcomes(made / "sweep"), check_exact=True)


def test_what_was_being_written_is_cleaned_away(copy: Path) -> None:
    for name in ("manifest.json.7.new", "design.parquet.7.new", "runs/abc.parquet.7.new"):
        (copy / name).write_bytes(b"half")
    (copy / "runs" / ".DS_Store").write_bytes(b"of a file manager")
    assert run(experiment_in(copy.parent, VARY, design=LATIN), copy).earlier == 4
    assert not list(copy.rglob("*.new"))
    assert (copy / "runs" / ".DS_Store").exists()


def test_a_sweep_that_lost_its_manifest_is_not_begun_anew(copy: Path) -> None:
    (copy / "manifest.json").unlink()
    with pytest.raises(OutputError, match="without its manifest"):
        run(experiment_in(copy.parent, VARY, design=LATIN), copy)


@pytest.mark.parametrize(
    "content",
    [b"", b"PAR1", lambda held: held[:-9], lambda held: held[: len(held) // 2], flipped],
)
def test_damaged_results_are_refused(
    tmp_path: Path, content: bytes | Callable[[bytes], bytes]
) -> None:
    from synthetic import made_up_dataset
    from takeup.results.store import write

    write(made_up_dataset(), tmp_path / "out")
    file = change("trajectories.parquet", content)(tmp_path / "out")
    with pytest.raises(OutputError, match="put back a copy") as raised:
        open_results(tmp_path / "out")
    assert str(file) in str(raised.value)


@pytest.mark.parametrize(
    ("stored", "words"),
    [
        ({"format": 2}, "a later version of takeup"),
        ([], "not readable as takeup results"),
        ({"format": 1, "scenarios": 3}, "not readable as takeup results"),
        ({"format": "one"}, "its format is 'one'"),
    ],
)
def test_results_of_the_wrong_shape_are_refused(tmp_path: Path, stored: object, words: str) -> None:
    table = pa.table({"x": [1]}).replace_schema_metadata({"takeup": json.dumps(stored)})
    pq.write_table(table, tmp_path / "trajectories.parquet")
    with pytest.raises(OutputError, match=words):
        open_results(tmp_path)


def test_a_cache_of_rubbish_is_listed_and_cleared(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", sys.argv)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    held = tmp_path / "takeup" / "runs" / "0123"
    held.mkdir(parents=True)
    (held / "x.parquet").write_bytes(b"rubbish")
    os.symlink(tmp_path / "nowhere", held / "y.parquet")
    assert "model 0123: 0 runs" in call(capsys, "cache", "list")[1]
    (held / "folder").mkdir()
    code, _, err = call(capsys, "cache", "clear")
    assert code == 2
    assert "cannot be removed" in err
    shutil.rmtree(held.parent)
    held.parent.write_text("a file is in its place")
    for command in ("list", "clear"):
        code, out, err = call(capsys, "cache", command)
        assert (code, out) == (2, "")
        assert "runs: is a file, and the cache needs a folder" in err
