"""Garbage: a command seldom looks for it, so nothing large may wait for that."""

from __future__ import annotations

import gc
import sys
import weakref
from collections.abc import Iterator

import pytest
from tests.examples import small_scenario

from takeup import cli
from takeup.model.run.simulation import Simulation


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)
    gc.unfreeze()


def test_a_run_is_freed_at_once() -> None:
    scenario = small_scenario(run={"weeks": 3, "sample": 200})
    Simulation(scenario).run()  # compiles kernels, and what compiles has its own garbage
    gc.disable()
    try:
        run = Simulation(scenario)
        run.run()
        watch = weakref.ref(run)
        del run
        assert watch() is None
    finally:
        gc.enable()


def test_commands_seldom_collect_but_the_server_as_usual(monkeypatch: pytest.MonkeyPatch) -> None:
    server = pytest.importorskip("takeup.view.serving")
    usual: tuple[int, int, int] = (700, 10, 10)
    found: list[tuple[int, int, int]] = []
    monkeypatch.setattr(server, "serve", lambda *_: found.append(gc.get_threshold()))
    monkeypatch.setattr(sys, "argv", ["takeup", "view"])
    with pytest.raises(SystemExit):
        cli.main()
    assert found == [usual]
    monkeypatch.setattr(sys, "argv", ["takeup", "--version"])
    with pytest.raises(SystemExit):
        cli.main()
    assert gc.get_threshold()[0] > usual[0]
    assert gc.isenabled()
