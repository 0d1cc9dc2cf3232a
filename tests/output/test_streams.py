"""Every command, whatever it prints on: narrow, in other encodings, full, closed or gone."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest
from rich.cells import cell_len

from examples import hostile_files
from synthetic import made_up_dataset
from takeup import cli
from takeup.analysis.comparison import compare
from takeup.analysis.goals import judge
from takeup.output import guarded, readable, show, visible
from takeup.report.tables import comparison_tables, goals_tables, level_tables

WAYS = [(60, "utf-8"), (80, "utf-8"), (100, "utf-8"), (60, "ascii"), (80, "cp1252"), (0, "latin-1"),
        (0, "cp437")]  # fmt: skip
"""Columns (0: not said, as in a pipe) and encodings."""

BASELINE = "[x] [/y] − 北京 and a name of sixty characters, which is long"
PLAN = "_$a_b$ [phase 2] 😀 a plan whose name is of sixty characters"


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", sys.argv)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("COLUMNS", raising=False)
    monkeypatch.delenv("TAKEUP_DEBUG", raising=False)


def call(
    monkeypatch: pytest.MonkeyPatch, columns: int, encoding: str, *arguments: object
) -> tuple[int, str, str]:
    """Run a command in this process: exit code, and what came out on streams of an encoding."""
    streams = [io.TextIOWrapper(io.BytesIO(), encoding=encoding) for _ in range(2)]
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stdout", streams[0])
        patch.setattr(sys, "stderr", streams[1])
        patch.setattr(sys, "argv", ["takeup", *map(str, arguments)])
        if columns:
            patch.setenv("COLUMNS", str(columns))
        with pytest.raises(SystemExit) as stop:
            cli.main()
    for stream in streams:
        stream.flush()
    out, err = (stream.buffer.getvalue().decode(encoding) for stream in streams)  # type: ignore[attr-defined]
    code = stop.value.code
    return (code if isinstance(code, int) else 0), out, err


def squeezed(text: str) -> str:
    return "".join(text.split())


def holds(out: str, name: str, encoding: str) -> bool:
    """Return whether a name is there as it is written, or with its declared replacements."""
    return squeezed(readable(visible(name), encoding)) in squeezed(out)


def fits(out: str, columns: int) -> bool:
    return max(map(cell_len, out.splitlines())) <= (columns or 100)


# ---------------------------------------------------------------- what is quick


@pytest.mark.parametrize(("columns", "encoding"), WAYS)
def test_check_shows_every_name_whole(
    monkeypatch: pytest.MonkeyPatch, columns: int, encoding: str
) -> None:
    _, plan = hostile_files(Path())
    code, out, err = call(monkeypatch, columns, encoding, "check", plan)
    assert (code, err) == (0, "")
    assert fits(out, columns)
    names = [
        PLAN,
        "[bold]$a_b$[/bold] \x1b[31m _x",
        "[phase 1] 京都 −",
        "Ward [/red] with a name of sixty characters − as long as ever",
        "9,000",
    ]
    for name in names:
        assert holds(out, name, encoding), name
    stacked = ("department", "service") if columns == 60 else ()  # else in cells of many lines
    for key in ("measure", "shock", "goal", *stacked):
        assert f"a-{key}-whose-id-is-of-forty-chars" in squeezed(out)
    assert "…" not in out
    assert "\x1b" not in out


@pytest.mark.parametrize(("columns", "encoding"), WAYS)
@pytest.mark.parametrize(
    "arguments",
    [
        ("--help",),
        ("--version",),
        ("compare", "--help"),
        ("evidence",),
        ("evidence", "skill_forgetting"),
        ("schema",),
        ("cache", "list"),
        ("cache", "clear"),
        ("new", "[x] − 北京.toml"),
    ],
    ids=" ".join,
)
def test_other_commands_print_everywhere(
    monkeypatch: pytest.MonkeyPatch, columns: int, encoding: str, arguments: tuple[str, ...]
) -> None:
    code, out, err = call(monkeypatch, columns, encoding, *arguments)
    assert (code, err) == (0, "")
    assert out
    if arguments[0] == "new":
        assert holds(out, "[x] − 北京.toml", encoding)
    if arguments[0] == "evidence":
        assert fits(out, columns)
        assert "…" not in out


@pytest.mark.parametrize(("columns", "encoding"), WAYS)
def test_tables_of_results_show_every_name_and_number(
    monkeypatch: pytest.MonkeyPatch, columns: int, encoding: str
) -> None:
    dataset = made_up_dataset({BASELINE: 0.0, PLAN: 0.7, f"{PLAN} too": 0.9})
    comparison = compare(dataset)
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stdout", stream)
        if columns:
            patch.setenv("COLUMNS", str(columns))
        with guarded():
            show(*level_tables(dataset), *comparison_tables(comparison))
            show(*goals_tables(judge(dataset)))
    stream.flush()
    out = stream.buffer.getvalue().decode(encoding)  # type: ignore[attr-defined]
    assert fits(out, columns)
    for title in (BASELINE, PLAN, f"{PLAN} against {BASELINE}", f"{PLAN} too against {BASELINE}"):
        assert holds(out, title, encoding)
    verdicts = [
        comparison.verdict(plan, str(kpi))
        for plan in comparison.plans
        for kpi in ("adoption", "backlog", "trust")
    ]
    for verdict in verdicts:
        assert verdict in out
    assert squeezed(out).count("better100%") >= 4
    assert ("…" in out) is False


def test_a_terminal_that_is_wide_is_used_and_a_pipe_is_100_columns(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _, plan = hostile_files(Path())
    wide = call(monkeypatch, 140, "utf-8", "check", plan)[1]
    pipe = call(monkeypatch, 0, "utf-8", "check", plan)[1]
    assert max(map(cell_len, wide.splitlines())) > 100
    assert max(map(cell_len, pipe.splitlines())) <= 100
    narrow = call(monkeypatch, 7, "utf-8", "check", plan)[1]
    assert max(map(cell_len, narrow.splitlines())) <= 40


@pytest.mark.parametrize(
    "arguments",
    [
        ("check", "a\x1b[31m\u202e\u2028.toml"),
        ("check", "ansi.toml"),
        ("check", "base.toml", "--set", "a\x1b[31m\u200b=1"),
        ("check", "base.toml", "--set", "name=" + "x" * 100_000),
        ("check", "base.toml", "--set", "x" * 100_000 + "=1"),
        ("check", "x" * 3000),
        ("compare", "base.toml", "base.toml", "--out", "\x1b[31m"),
        ("run", "base.toml", "--sample", "\x1b[31m" + "x" * 100_000),
        ("run", "base.toml", "--weeks", "\x9b31m"),
        ("run", "base.toml", "--\x1b[31m"),
        ("run", "base.toml", "\x1b[31m" * 10_000),
        ("\x1b[31m",),
        ("new", "no\x1b[31m/where.toml"),
        ("evidence", "\x1b[31m北"),
        ("sweep", "base.toml", "--executor", "\u202e"),
        ("discover", "no\x1b[31m", "--goal", "\x1b[31m"),
    ],
    ids=lambda arguments: " ".join(arguments)[:20].encode("unicode_escape").decode(),
)
@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
def test_messages_are_short_and_hold_no_controls(
    monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], encoding: str
) -> None:
    hostile_files(Path())
    Path("ansi.toml").write_text('extends = "\\u001b]0;title\\u0007\\u001b[31mx"\n')
    code, out, err = call(monkeypatch, 0, encoding, *arguments)
    if arguments[-1].startswith("name="):
        assert code == 0
        return
    assert (code, out) == (2, "")
    assert err
    for line in err.splitlines():
        assert len(line) < 2000
        assert line == visible(line)


def test_hundreds_of_problems_are_not_all_told(monkeypatch: pytest.MonkeyPatch) -> None:
    base, _ = hostile_files(Path())
    extra = "\n".join(f"wrong{number} = 1" for number in range(300))
    base.write_text(f"{extra}\n{base.read_text(encoding='utf-8')}", encoding="utf-8")
    code, _, err = call(monkeypatch, 0, "utf-8", "check", base)
    assert code == 2
    assert len(err.splitlines()) == 101
    assert err.splitlines()[-1] == "takeup: and 200 more problems"


def test_a_bug_is_owned_up_to_without_controls(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("\x1b[31m北" * 1000)

    _, plan = hostile_files(Path())
    monkeypatch.setattr("takeup.scenario.load", broken)
    monkeypatch.setenv("TMPDIR", os.getcwd())
    for debug in ("", "1"):
        monkeypatch.setenv("TAKEUP_DEBUG", debug)
        code, _, err = call(monkeypatch, 0, "ascii", "check", plan)
        assert code == 1
        assert "RuntimeError" in err
        assert all(line == visible(line) and len(line) < 2000 for line in err.splitlines())


# ---------------------------------------------------------------- streams that fail


class Failing(io.StringIO):
    """A stream that fails at every write, as a full disk does."""

    def __init__(self, error: OSError) -> None:
        super().__init__()
        self.error = error

    def write(self, text: str) -> int:
        raise self.error


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (OSError(28, "No space left on device"), 2, ["takeup: the output cannot be written (No "
                                                     "space left on device)"]),
        (BrokenPipeError(32, "Broken pipe"), 0, []),
    ],
)  # fmt: skip
@pytest.mark.parametrize("arguments", [("check", "plan.toml"), ("--help",), ("schema",)])
def test_an_output_that_fails(
    monkeypatch: pytest.MonkeyPatch,
    error: OSError,
    code: int,
    said: list[str],
    arguments: tuple[str, ...],
) -> None:
    hostile_files(Path())
    told = io.StringIO()
    monkeypatch.setattr(sys, "stdout", Failing(error))
    monkeypatch.setattr(sys, "stderr", told)
    monkeypatch.setattr(sys, "argv", ["takeup", *arguments])
    with pytest.raises(SystemExit) as stop:
        cli.main()
    assert stop.value.code == code
    assert told.getvalue().splitlines() == said


@pytest.mark.parametrize("closed", ["stdout", "stderr"])
def test_a_stream_that_is_closed_changes_nothing(
    monkeypatch: pytest.MonkeyPatch, closed: str
) -> None:
    hostile_files(Path())
    monkeypatch.setattr(sys, closed, None)
    for arguments, code in ((("check", "plan.toml"), 0), (("check", "missing.toml"), 2)):
        monkeypatch.setattr(sys, "argv", ["takeup", *arguments])
        with pytest.raises(SystemExit) as stop:
            cli.main()
        assert stop.value.code == code


def test_messages_that_nobody_can_read_do_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", Failing(OSError(28, "full")))
    monkeypatch.setattr(sys, "argv", ["takeup", "check", "missing.toml"])
    with pytest.raises(SystemExit) as stop:
        cli.main()
    assert stop.value.code == 2


# ---------------------------------------------------------------- all commands, as processes


def shell(command: str, **more: str) -> subprocess.CompletedProcess[bytes]:
    """Run a line of a shell in which `takeup` is this one."""
    environment = {key: value for key, value in os.environ.items() if key != "COLUMNS"}
    takeup = f"takeup() {{ '{sys.executable}' -m takeup.cli \"$@\"; }}; "
    return subprocess.run(
        ["bash", "-c", f"set -o pipefail; {takeup}{command}"],
        capture_output=True,
        env={**environment, "PYTHONWARNINGS": "error::UserWarning", **more},
        timeout=300,
        check=False,
    )


@pytest.mark.slow
@pytest.mark.parametrize(("columns", "encoding"), WAYS)
def test_every_command_runs_everywhere(columns: int, encoding: str) -> None:
    hostile_files(Path())
    more = {"PYTHONIOENCODING": encoding} | ({"COLUMNS": str(columns)} if columns else {})
    commands = {
        "check base.toml": [BASELINE],
        "check study.toml": ["runs", "processors"],
        "run base.toml --out r": [BASELINE, "Digital take-up"],
        "compare base.toml plan.toml --out c": [f"{PLAN} against {BASELINE}", "no change"],
        "sweep study.toml --out s --no-cache": [BASELINE, PLAN],
        f"sensitivity s --scenario '{PLAN}'": ["habit_weight"],
        f"discover s --scenario '{BASELINE}' --goal 'digital_take_up >= 90%'": ["take_up"],
    }
    for command, names in commands.items():
        done = shell(f"takeup {command}", **more)
        out = done.stdout.decode(encoding)
        assert done.returncode == 0, done.stderr.decode(encoding)
        assert fits(out, columns), command
        assert "…" not in out
        for name in names:
            assert holds(out, name, encoding), (command, name)
        err = done.stderr.decode(encoding)
        assert "Warning" not in err
        assert "Traceback" not in err


@pytest.mark.slow
@pytest.mark.parametrize(
    ("end", "code"),
    [
        ("> /dev/full", 2),
        (">&-", 0),
        ("| head -1 > /dev/null", 0),
        ("2>&-", 0),
        ("2> /dev/full", 0),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
def test_every_command_ends_well_on_every_stream(end: str, code: int, encoding: str) -> None:
    hostile_files(Path())
    commands = ["--help", "check plan.toml", "evidence", "schema", "run base.toml --out r"]
    for command in commands:
        done = shell(f"takeup {command} {end}", PYTHONIOENCODING=encoding)
        err = done.stderr.decode(encoding)
        assert done.returncode == code, (command, err)
        assert "Traceback" not in err
        assert "Exception ignored" not in err
        said = [line for line in err.splitlines() if line.startswith("takeup: ")]
        assert len(said) == (1 if code else 0)
        if code and command.startswith("run"):
            assert said[0].endswith("the results are in r")
    assert Path("r/manifest.json").is_file()
