"""How fast the workshop view answers, measured in the browser, and how much memory it takes.

Times run from the release of a slider to the frame after the one in which the page has drawn the
answer. Browser, server and workers share the machine, as in a workshop.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress

import numpy as np
import psutil
from browser import Served, chromium, opened, served, settled
from measure import Row
from playwright.sync_api import Browser, Page

MOVES = 30
SESSIONS = 20
VISITS = 200
MANY_MOVES = 500
ROUNDS = 4
PAUSE = 5.0
"""Seconds between two moves of a session that plays beside others."""

POLLING = 25
"""Milliseconds between two looks at a page; a look at each frame would cost the page frames."""

SLIDERS = (("leadership", "intensity"), ("change-team", "members"))
"""Sliders of cards that act from week 0 on, so that nothing of a run is the same."""

_WATCH = """() => {
  const box = document.querySelector(".tiles-box"), seen = window.seen = {};
  window.observer && window.observer.disconnect();
  window.observer = new MutationObserver(() => {
    const done = box.dataset.done, now = performance.now();
    if (box.dataset.busy === "true" && done === window.before) return;
    if (!(done in seen)) requestAnimationFrame(() => requestAnimationFrame(() => {
      seen[done] = performance.now() - window.released;
    }));
  });
  window.observer.observe(box, {attributes: true});
}"""

_RELEASE = """([field, share]) => {
  const slider = document.querySelector(`[data-field="${field}"] input[type=range]`);
  const low = Number(slider.min), high = Number(slider.max), step = Number(slider.step) || 1;
  const before = slider.value;
  slider.value = low + Math.round(share * (high - low) / step) * step;
  if (slider.value === before) slider.value = Number(before) + step;
  slider.dispatchEvent(new Event("input", {bubbles: true}));
  window.before = document.querySelector(".tiles-box").dataset.done;
  window.released = performance.now();
  slider.dispatchEvent(new Event("change", {bubbles: true}));
}"""


def run(quick: bool) -> list[Row]:
    """Measure moves, playing, many sessions at once, and memory over time, in one row."""
    moves, sessions, visits, many = (3, 2, 3, 6) if quick else (
        MOVES, SESSIONS, VISITS, MANY_MOVES)  # fmt: skip
    options = ["--workers", "2"]
    with served(options=options) as server, chromium() as browser:
        row = {**_moves(browser, server.url, moves), **_playing(browser, server.url)}
        row |= _room(browser, server, sessions)
    with served(options=options) as server, chromium() as browser:
        row |= _visits(browser, server, visits)
        row |= _many_moves(browser, server, many)
    return [row]


def _moves(browser: Browser, url: str, count: int) -> Row:
    """Move sliders to where they never were, one move after the other."""
    page = opened(browser, url)
    first, whole = [], []
    for (card, field), share in _settings(count):
        _open_card(page, card)
        seen = _moved(page, field, share)
        first.append(min(seen.values()))
        whole.append(max(seen.values()))
    page.context.close()
    return {
        "moves": len(first),
        "first_redraw_median_ms": statistics.median(first),
        "first_redraw_p95_ms": float(np.quantile(first, 0.95)),
        "whole_answer_median_ms": statistics.median(whole),
        "whole_answer_p95_ms": float(np.quantile(whole, 0.95)),
    }


def _settings(count: int) -> Iterator[tuple[tuple[str, str], float]]:
    """Yield sliders and where to put them, as shares of their length; no setting occurs twice."""
    each = -(-count // len(SLIDERS))
    for number in range(count):
        at, slider = number % each, SLIDERS[number // each]
        yield slider, 0.05 + 0.9 * at / max(1, each - 1)


def _open_card(page: Page, card: str) -> None:
    if page.query_selector(f'[data-card="{card}"].open') is None:
        page.click(f'[data-card="{card}"] .opener')
        page.wait_for_selector(f'[data-card="{card}"].open')


def _moved(page: Page, field: str, share: float) -> dict[str, float]:
    """Release a slider; return after how many milliseconds which number of runs was drawn."""
    page.evaluate(_WATCH)
    page.evaluate(_RELEASE, [field, share])
    page.wait_for_function('"16" in window.seen', polling=POLLING, timeout=120_000)
    settled(page)
    seen: dict[str, float] = page.evaluate("window.seen")
    return seen


def _playing(browser: Browser, url: str, seconds: float = 5.0) -> Row:
    """Let a run play as fast as it can, and at the speed that it begins with."""
    page = browser.new_context(viewport={"width": 1280, "height": 720}).new_page()
    began = time.perf_counter()
    page.goto(f"{url}/watch")
    page.wait_for_selector("[data-week]", timeout=60_000)
    there = time.perf_counter() - began
    speeds = {}
    for speed in ("10", "40"):
        page.select_option(".tw-controls select", speed)
        page.click(".tw-main")
        page.wait_for_timeout(1000)
        before = int(page.get_attribute("[data-week]", "data-week") or 0)
        page.wait_for_timeout(1000 * (2.5 if speed == "40" else seconds))
        after = int(page.get_attribute("[data-week]", "data-week") or 0)
        speeds[f"weeks_a_second_at_{speed}"] = (after - before) / (
            2.5 if speed == "40" else seconds
        )
        page.click(".tw-main")
        page.locator(".tw-range").fill("0")
    page.context.close()
    return {"watch_page_s": there, **speeds}


def _room(browser: Browser, server: Served, count: int) -> Row:
    """Let many sessions play, each with a setting of its own.

    First all move at the same moment. Then everyone moves every five seconds, one after the other,
    which is more than two cores can refine: what counts is that first answers come. In a workshop
    the browsers are on other machines; here they share the cores, so what they take is told apart.
    """
    alone = server.megabytes()
    pages = [opened(browser, server.url) for _ in range(count)]
    for page in pages:
        _open_card(page, "leadership")
        page.evaluate(_WATCH)
    before = _processor_seconds(server)
    for number, page in enumerate(pages):
        page.evaluate(_RELEASE, ["intensity", _share(number, count)])
    at_once = [_first_redraw(page) for page in pages]
    served_s, browsers_s = np.subtract(_processor_seconds(server), before)
    for page in pages:
        settled(page, 120)
    memory = (server.megabytes() - alone) / count
    playing = []
    for number in range(ROUNDS * count):
        page = pages[number % count]
        began = time.perf_counter()
        if number >= count:
            playing.append(_first_redraw(page))
        page.evaluate(_WATCH)
        page.evaluate(_RELEASE, ["intensity", _share(number + number // count, count)])
        page.wait_for_timeout(max(0.0, 1000 * (PAUSE / count - (time.perf_counter() - began))))
    playing += [_first_redraw(page) for page in pages]
    for page in pages:
        page.context.close()
    return {
        "sessions": count,
        "at_once_first_redraw_median_ms": statistics.median(at_once),
        "at_once_first_redraw_max_ms": max(at_once),
        "at_once_server_and_workers_s": float(served_s),
        "at_once_browsers_s": float(browsers_s),
        "playing_first_redraw_median_ms": statistics.median(playing),
        "playing_first_redraw_p95_ms": float(np.quantile(playing, 0.95)),
        "memory_a_session_mb": memory,
    }


def _processor_seconds(server: Served) -> tuple[float, float]:
    """Return what the server with its workers, and what the browsers took of the processor."""

    def taken(processes: Iterable[psutil.Process]) -> float:
        seconds = 0.0
        for process in processes:
            with suppress(psutil.Error):
                times = process.cpu_times()
                seconds += times.user + times.system
        return seconds

    mine = [server.process, *server.process.children(recursive=True)]
    others = set(psutil.Process().children(recursive=True)) - set(mine)
    return taken(mine), taken(others)


def _share(number: int, count: int) -> float:
    return 0.05 + 0.9 * (number % count) / max(1, count - 1)


def _first_redraw(page: Page) -> float:
    page.wait_for_function("Object.keys(window.seen).length > 0", polling=POLLING, timeout=120_000)
    return float(min(page.evaluate("window.seen").values()))


def _visits(browser: Browser, server: Served, count: int) -> Row:
    """Let sessions come, make a move and go; return how the server's memory grows with them."""
    memory = []
    for number in range(count):
        page = opened(browser, server.url)
        _open_card(page, "leadership")
        _moved(page, "intensity", 0.05 + 0.9 * (number % 19) / 18)
        page.context.close()
        memory.append(server.megabytes())
    return {"visits": count, **_growth("visit", memory)}


def _many_moves(browser: Browser, server: Served, count: int) -> Row:
    """Let one session move again and again; return how the server's memory grows."""
    page = opened(browser, server.url)
    _open_card(page, "leadership")
    memory = []
    for number in range(count):
        _moved(page, "intensity", 0.05 + 0.9 * (number % 19) / 18)
        memory.append(server.megabytes())
    page.context.close()
    return {"many_moves": count, **_growth("move", memory)}


def _growth(of: str, memory: list[float]) -> Row:
    """Return how memory grows in the second half, when caches are full, in MB for each visit."""
    half = memory[len(memory) // 2 :]
    slope = float(np.polyfit(np.arange(len(half)), half, 1)[0]) if len(half) > 1 else float("nan")
    return {f"memory_after_{of}s_mb": memory[-1], f"growth_mb_a_{of}": slope}
