"""A server of the workshop view and a real browser to drive it."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
from playwright.sync_api import Browser, Page, sync_playwright

SCENARIO = Path(__file__).parents[1] / "scenarios" / "riverton" / "full-plan.toml"

QUIET = [
    *("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--no-first-run"),
]
"""The browser asks no other host on its own account, so that what is asked is the page's doing."""


@dataclass(frozen=True)
class Served:
    """A server that runs: its address, its process, and the key of its facilitator's page."""

    url: str
    process: psutil.Process
    key: str

    def megabytes(self) -> float:
        """Return the memory of the server alone, without its workers."""
        return float(self.process.memory_info().rss) / 1e6


@contextmanager
def served(scenario: Path = SCENARIO, options: Sequence[str] = ()) -> Iterator[Served]:
    """Run `takeup view` until the end of the block."""
    program = str(Path(sys.executable).with_name("takeup"))
    command = [program, "view", str(scenario), "--no-browser", "--port", "0"]
    with subprocess.Popen(
        [*command, *options],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "COLUMNS": "200"},
    ) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        found = re.search(r"http://\S+", line)
        assert found, f"the server did not start: {line}"
        key = process.stdout.readline().strip().partition("?f=")[2]
        try:
            yield Served(found.group().rstrip("/"), psutil.Process(process.pid), key)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(20)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start the Chromium of this machine, without a window."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        raise RuntimeError("no chromium on this machine: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=QUIET)
        yield browser
        browser.close()


def opened(browser: Browser, url: str, width: int = 1280, height: int = 720) -> Page:
    """Return a page in a session of its own, once its first whole answer is there."""
    page = browser.new_context(viewport={"width": width, "height": height}).new_page()
    page.goto(url)
    settled(page)
    return page


def settled(page: Page, seconds: float = 60) -> None:
    """Wait until the answer that is shown is the last word."""
    page.wait_for_selector('.tiles-box[data-busy="false"]:not([data-done="0"])', state="attached",
                           timeout=1000 * seconds)  # fmt: skip
