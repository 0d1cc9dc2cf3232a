"""Kinds from other packages: found wherever the built-in ones are, and refused with their names."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import takeup

FESTIVAL = '''
"""Street festival: residents meet the online services at a stand."""

from typing import ClassVar, Literal

from pydantic import Field

from takeup.programme import Intervention, Levers, Observed
from takeup.programme.context import Context
from takeup.programme.words import Name


class Festival(Intervention):
    """A stand at a street festival shows residents what is online."""

    AUDIENCE: ClassVar = "residents"
    DOSE: ClassVar = "stands"
    NAMES: ClassVar = {"stands": Name("Stands at the festival", "a week")}

    kind: Literal["festival"] = "festival"
    stands: float = Field(1.0, ge=0, le=20, description="stands a week")

    @classmethod
    def starting(cls, context: Context):
        return {"start": context.monday(4), "weeks": 10, "fixed_cost": context.money(500.0)}

    def describe(self) -> str:
        return f"street festival with {self.stands:g} stands"

    def act(self, week: int, observed: Observed, levers: Levers) -> None:
        levers.exposure += self.target.residents(observed.segments)[:, :, None] * 0.2 * self.stands
        self.pay(week, levers)
'''

FROST = '''
from typing import Literal
from takeup.programme import Shock


class Frost(Shock):
    """Nobody comes in while it is icy."""

    kind: Literal["frost"] = "frost"

    def act(self, week, observed, levers):
        levers.service_closed[:] = 1.0
'''

PLAN = """
extends = "base.toml"
name = "With a festival"
[programme.feast]
kind = "festival"
stands = 5
weeks = 20
weekly_cost = 100
[shocks.ice]
kind = "frost"
start = 5
weeks = 2
"""

STUDY = """
scenario = "plan.toml"
replicates = 1
[design]
kind = "grid"
[set]
run.sample = 120
run.weeks = 24
programme.feast.stands = [0, 10]
[record]
kpis = ["digital_take_up"]
"""


def installed(site: Path, points: dict[str, str], **modules: str) -> dict[str, str]:
    """Write modules and the entry points of their package; return an environment that has it."""
    info = site / "town_fun-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: town-fun\nVersion: 1.0\n")
    lines = [f"{name} = {value}" for name, value in points.items()]
    (info / "entry_points.txt").write_text("\n".join(["[takeup.kinds]", *lines, ""]))
    for name, text in modules.items():
        (site / f"{name}.py").write_text(text)
    path = os.pathsep.join(filter(None, [str(site), os.environ.get("PYTHONPATH", "")]))
    return {**os.environ, "PYTHONPATH": path}


def told(code: str, env: dict[str, str], folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=env, cwd=folder
    )


COMMANDS = """
import sys, json
from takeup import cli

def call(*arguments):
    sys.argv = ["takeup", *arguments]
    try:
        cli.main()
    except SystemExit as stop:
        assert not stop.code, (arguments, stop.code)

call("new", "base.toml")
small = ("--sample", "500", "--weeks", "30", "--replicates", "1")
for command in (
    ("schema", ), ("check", "plan.toml"), ("run", "plan.toml", *small, "--out", "results"),
    ("sweep", "study.toml", "--workers", "2", "--no-cache", "--out", "swept"),
):
    print("###", command[0])
    call(*command)

print("### view")
from pathlib import Path
from takeup.view.setting.cards import cards
from takeup.view.setting.councils import Councils
from takeup.view.setting.setting import Setting
councils = Councils([Path("base.toml")])
setting = Setting(councils.keys[0]).changed("festival", enabled=True)
for card in cards(setting, councils):
    if card.kind == "festival":
        print(json.dumps([card.title, card.what, card.on, card.cost,
                          [[f.name, f.label, f.unit] for f in card.fields if f.main]]))
"""


@pytest.mark.slow
def test_a_kind_from_outside_is_found_everywhere(tmp_path: Path) -> None:
    points = {"festival": "festival:Festival", "frost": "frost:Frost"}
    env = installed(tmp_path / "site", points, festival=FESTIVAL, frost=FROST)
    (tmp_path / "plan.toml").write_text(PLAN)
    (tmp_path / "study.toml").write_text(STUDY)
    done = told(COMMANDS, env, tmp_path)
    assert done.returncode == 0, done.stderr
    parts = dict(part.split("\n", 1) for part in done.stdout.split("### ")[1:])
    schema = json.loads(parts["schema"])
    assert {"Festival", "Frost"} <= set(schema["$defs"])
    assert "feast: street festival with 5 stands; all residents" in parts["check"]
    assert "2,000" in parts["check"]
    assert list((tmp_path / "results").rglob("*.png"))
    swept = takeup.open_sweep(tmp_path / "swept").outcomes("digital_take_up")["digital_take_up"]
    assert swept[0] < swept[1]  # the same random numbers, without and with it
    title, what, on, cost, fields = json.loads(parts["view"].splitlines()[-1])
    assert (title, on) == ("Festival", True)
    assert what == "A stand at a street festival shows residents what is online."
    assert cost > 0
    assert fields[0] == ["stands", "Stands at the festival", "a week"]
    assert [name for name, _, _ in fields] == ["stands", "start", "weeks", "target.age",
                                               "target.income"]  # fmt: skip


VERSION = "from takeup.runs.version import model_version; print(model_version())"


@pytest.mark.slow
def test_another_source_of_a_kind_is_another_version_of_the_model(tmp_path: Path) -> None:
    env = installed(tmp_path / "site", {"festival": "fun.festival:Festival"})
    package = tmp_path / "site" / "fun"
    package.mkdir()
    for name, text in (("__init__", ""), ("festival", FESTIVAL), ("more", "")):
        (package / f"{name}.py").write_text(text)
    first = told(VERSION, env, tmp_path).stdout
    assert first
    assert first == told(VERSION, env, tmp_path).stdout
    assert told(VERSION, dict(os.environ), tmp_path).stdout != first
    (package / "more.py").write_text("REACH = 0.3")
    assert told(VERSION, env, tmp_path).stdout != first


@pytest.mark.parametrize(
    ("point", "source", "said"),
    [
        ("festival:Festival", "import no_such_module", "cannot be loaded (ModuleNotFoundError"),
        ("festival:Fair", FESTIVAL, "cannot be loaded (AttributeError"),
        ("festival:Field", FESTIVAL, "must be a class derived from takeup.programme.Intervention"),
        ("festival:Festival", FESTIVAL.replace('"festival"', '"fair"'),
         'kind: Literal["festival"]'),
        ("festival:Festival", FESTIVAL.replace('DOSE: ClassVar = "stands"', 'DOSE: ClassVar = "x"'),
         "must have the field `x`"),
    ],
)  # fmt: skip
def test_a_package_that_is_broken_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, point: str, source: str, said: str
) -> None:
    from takeup.errors import InputError
    from takeup.programme import KINDS, catalogue

    installed(tmp_path, {"festival": point}, festival=source)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "festival", raising=False)
    (found,) = catalogue.entry_points(group=catalogue.GROUP)
    with pytest.raises(InputError, match="the installed package town-fun adds a kind") as refused:
        catalogue._add(found)
    assert said in str(refused.value)
    assert "festival" not in KINDS
    sys.modules.pop("festival", None)


def test_the_command_line_says_which_package_is_broken(tmp_path: Path) -> None:
    env = installed(tmp_path, {"training": "festival:Festival"}, festival=FESTIVAL)
    command = [sys.executable, "-m", "takeup.cli", "schema"]
    done = subprocess.run(command, capture_output=True, text=True, env=env)
    assert done.returncode == 2
    assert "town-fun" in done.stderr
    assert "Traceback" not in done.stderr
