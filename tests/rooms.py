"""A small council, answers about it and attempts on it, for tests of what a room shares."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import takeup
from examples import small_scenario
from takeup.scenario.tell.write import to_toml
from takeup.view.answers.answers import Answer
from takeup.view.answers.outcome import Outcome
from takeup.view.session.records import Attempt, Guess, attempted
from takeup.view.setting.councils import Councils
from takeup.view.setting.setting import Setting

GOALS = {"half": {"kpi": "digital_take_up", "target": 0.3, "by": 25}}
LETTERS = {"kind": "communication", "intensity": 1.0, "weeks": 20}


@cache
def councils() -> Councils:
    scenario = small_scenario(name="Smallbridge", goals=GOALS, programme={"letters": LETTERS})
    with TemporaryDirectory() as folder:
        path = Path(folder, "smallbridge.toml")
        path.write_text(to_toml(scenario), encoding="utf-8")
        return Councils([path])


def eventually(true: Callable[[], bool]) -> None:
    """Wait for what other threads do to a page; a test that would never end fails at last."""
    end = time.monotonic() + 240
    while not true():
        assert time.monotonic() < end
        time.sleep(0.01)


def setting(**fields: object) -> Setting:
    own = Setting(councils().keys[0])
    return own.changed("letters", **fields) if fields else own


@cache
def outcome(setting: Setting, runs: int = 3) -> Outcome:
    baseline = councils()[setting.council].baseline
    plan = setting.scenario(councils())
    dataset = takeup.simulate([baseline, plan], replicates=runs)
    return Outcome(Answer(plan, baseline, runs, runs, dataset))


@cache
def attempt(team: str = "Reds", name: str = "first", weeks: int = 20) -> Attempt:
    wanted = setting(weeks=weeks)
    return attempted(team, name, wanted, councils(), outcome(wanted))


def guess(team: str = "Reds", value: float = 0.4, at: int = 0) -> Guess:
    when = datetime.fromtimestamp(at, UTC)
    return Guess(team, "here", "digital_take_up", "share", value, 0.3, 0.25, 0.35, when)
