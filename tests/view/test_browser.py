"""The pages in a real browser, as people use them."""

from __future__ import annotations

import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Download, Page, expect

import takeup

pytestmark = pytest.mark.xdist_group("browser")

PAGES = ("", "watch", "explain", "attempts", "facilitator", "mesa")
PROJECTOR, PHONE = (1280, 720), (390, 844)


@pytest.fixture
def page(chromium: Browser, server: Any) -> Iterator[Page]:
    page = fresh(chromium, server.url)
    yield page
    page.context.close()


def fresh(browser: Browser, url: str, size: tuple[int, int] = PROJECTOR) -> Page:
    """Return a page in a session of its own, with its first answer."""
    from browser import opened

    page = opened(browser, url, *size)
    page.set_default_timeout(60_000)
    return page


def settle(page: Page) -> None:
    from browser import settled

    settled(page)


def tiles(page: Page) -> dict[str, str]:
    return {
        str(tile.get_attribute("data-kpi")): tile.locator(".value").inner_text().split("\n")[0]
        for tile in page.locator(".tile").all()
    }


def told(page: Page, kpi: str) -> str:
    """Return what a chart says to those who do not see it."""
    return str(page.locator(f'[data-kpi="{kpi}"][role="img"]').get_attribute("aria-label"))


def open_card(page: Page, card: str) -> None:
    if not page.locator(f'[data-card="{card}"].open').count():
        page.click(f'[data-card="{card}"] .opener')
    page.wait_for_selector(f'[data-card="{card}"].open')


@contextmanager
def moving(page: Page) -> Iterator[None]:
    """Wait until what is done in the block is in the address and answered in whole."""
    before = page.url
    yield
    page.wait_for_function("before => window.location.href !== before", arg=before)
    page.wait_for_timeout(200)  # the address may change a moment before the rest of the page
    settle(page)


def type_into(page: Page, card: str, field: str, value: str) -> None:
    """Type a value into a field of a card."""
    open_card(page, card)
    box = page.locator(f'[data-card="{card}"] [data-field="{field}"] input[type=number]')
    box.fill(value)
    with moving(page):
        box.press("Enter")


def turn(page: Page, card: str) -> None:
    """Turn a card on or off."""
    with moving(page):
        page.locator(f'[data-card="{card}"] .switch').click()


# ---------------------------------------------------------------- play


def test_a_slider_moves_tiles_and_charts(page: Page) -> None:
    before, said = tiles(page), told(page, "staff_adoption")
    open_card(page, "leadership")
    slider = page.locator('[data-card="leadership"] [data-field="intensity"] input[type=range]')
    slider.focus()
    with moving(page):
        slider.press("Home")
    expect(page.locator(".tiles-box .runs")).to_contain_text("16 of 16 runs")
    assert tiles(page)["staff_adoption"] != before["staff_adoption"]
    expect(page.locator('[data-card="leadership"] .mark')).to_have_text("changed")
    assert told(page, "staff_adoption") != said
    page.locator(".charts .chart").last.scroll_into_view_if_needed()  # drawn once in sight
    expect(page.locator(".charts .chart:last-child canvas")).to_have_count(1)


def test_keys_alone_will_do(page: Page) -> None:
    before = tiles(page)
    page.locator(".top .skip").focus()
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.getAttribute('role')") == "switch":
            break
    with moving(page):
        page.keyboard.press("Space")
    off = tiles(page)
    assert off != before
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector(".card.open")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.type") == "range"
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")
    with moving(page):
        page.keyboard.press("Space")
    assert tiles(page) == before


def test_two_sessions_at_once_keep_to_themselves(chromium: Browser, server: Any) -> None:
    one, other = fresh(chromium, server.url), fresh(chromium, server.url)
    untouched = tiles(other)
    turn(one, "leadership")
    type_into(other, "change-team", "members", "6")
    mine, theirs = tiles(one), tiles(other)
    assert len({str(mine), str(theirs), str(untouched)}) == 3
    expect(one.locator('[data-card="change-team"] .mark')).to_have_count(0)
    expect(other.locator('[data-card="leadership"] .mark')).to_have_count(0)
    assert one.url != other.url
    one.reload()
    settle(one)
    assert tiles(one) == mine
    for each in (one, other):
        each.context.close()


@pytest.mark.parametrize("count", [4, pytest.param(20, marks=pytest.mark.slow)])
def test_sessions_that_move_at_once_get_their_own_answers(
    chromium: Browser, server: Any, council: Path, count: int
) -> None:
    pages = [fresh(chromium, server.url) for _ in range(count)]
    for number, page in enumerate(pages):
        page.set_default_timeout(60_000)
        open_card(page, "leadership")
        page.locator('[data-field="intensity"] input[type=number]').fill(
            f"{0.1 * number + 0.05:.2f}"
        )
    for page in pages:
        page.locator('[data-field="intensity"] input[type=number]').press("Enter")
    for number, page in enumerate(pages):
        page.wait_for_function("window.location.search !== ''")
        page.wait_for_timeout(200)
        settle(page)
        plan = takeup.load(council, [f"programme.leadership.intensity={0.1 * number + 0.05:.2f}"])
        results = takeup.simulate(plan, replicates=16)
        level = float(results["staff_adoption"].sel(group="all").isel(week=slice(-4, None)).mean())
        assert tiles(page)["staff_adoption"] == f"{100 * level:.1f} %"
        page.context.close()


def test_a_challenge_brings_its_budget_and_goals(page: Page) -> None:
    with moving(page):
        page.locator(".head select").select_option("challenges/the-hardest-service")
    expect(page.locator(".challenge")).to_contain_text("Benefit claims")
    expect(page.locator(".at-goals")).to_contain_text("Benefit claims")
    expect(page.locator(".head .budget")).to_contain_text("left")
    expect(page.locator(".head .budget input")).to_have_count(0)  # it is the challenge's
    page.locator(".card:not(.on) .switch").first.scroll_into_view_if_needed()
    for card in ("train-benefits", "digital-agency"):
        if page.locator(f'[data-card="{card}"]:not(.on)').count():
            turn(page, card)
    expect(page.locator(".head .budget")).to_contain_text("over the budget")


def test_results_wait_for_a_guess_that_the_facilitator_sees(
    page: Page, chromium: Browser, server: Any
) -> None:
    board = chromium.new_context().new_page()
    board.goto(f"{server.url}/facilitator?f={server.key}")
    page.locator(".guess [role=switch]").check()
    page.locator('[data-card="leadership"] .switch').click()
    page.wait_for_selector('.guess[data-stage="open"]')
    expect(page.locator(".tiles-box")).to_have_count(0)
    page.locator(".guess .number").fill("35")
    page.locator(".guess .team").fill("Table 4")
    page.get_by_role("button", name="Reveal").click()
    page.wait_for_selector('.guess[data-stage="revealed"]')
    expect(page.locator(".guess")).to_contain_text("You guessed 35")
    expect(page.locator(".tiles-box")).to_have_count(1)
    expect(board.locator("#content")).to_contain_text("1 guess")
    board.context.close()


def test_a_link_lets_every_page_wait_for_a_guess(chromium: Browser, server: Any) -> None:
    page = chromium.new_context().new_page()
    for address in ("/?p=1", "/watch?p=1", "/explain?p=1", "/mesa?p=1"):
        page.goto(server.url + address)
        expect(page.locator("#content")).to_contain_text(re.compile("Reveal|Predict first"))
        expect(page.locator(".tiles-box, .tw, .takeup-explain")).to_have_count(0)
    page.goto(f"{server.url}/?p=1")
    page.get_by_role("button", name="Show without a guess").click()
    expect(page.locator(".tiles-box")).to_have_count(1)
    page.locator('[data-card="leadership"] .switch').click()
    page.wait_for_selector('.guess[data-stage="open"]')
    page.reload()
    expect(page.locator('.guess[data-stage="open"]')).to_have_count(1)
    expect(page.locator(".tiles-box")).to_have_count(0)
    page.context.close()


def test_a_tile_says_what_the_last_change_did(page: Page) -> None:
    expect(page.locator(".tile .since")).to_have_count(0)
    turn(page, "change-team")
    turn(page, "leadership")
    told = page.locator('.tile[data-kpi="staff_adoption"] .since')
    expect(told).to_contain_text("your last change")
    turn(page, "leadership")
    assert re.search(r"\+|no difference|may be chance", told.inner_text())


# ---------------------------------------------------------------- compete


def save(page: Page, team: str, name: str) -> None:
    page.get_by_role("link", name="Attempts").click()
    page.locator(".save").get_by_label("Team").fill(team)
    page.locator(".save").get_by_label("Name of the attempt").fill(name)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".save .done")).to_contain_text("Saved")


def test_saved_attempts_are_compared_and_shown_live(
    page: Page, chromium: Browser, server: Any
) -> None:
    board = chromium.new_context().new_page()
    board.goto(f"{server.url}/facilitator?f={server.key}")
    board.wait_for_selector(".board")
    said = []
    for each in (page, board):
        each.on("dialog", lambda dialog: (said.append(dialog.message), dialog.dismiss()))
    save(page, "Table 1", "As it was")
    page.get_by_role("link", name="Play", exact=True).click()
    settle(page)
    turn(page, "change-team")
    save(page, "Table 1", "<script>alert(1)</script>")
    expect(page.locator(".ranking tbody tr")).to_have_count(2)
    expect(page.locator(".ranking")).to_contain_text("<script>alert(1)</script>")
    expect(page.locator(".versus")).to_contain_text("change team")
    expect(page.locator(".versus .outcome")).to_contain_text("Digital take-up")
    # The other session saw both come, without a reload.
    expect(board.locator(".ranking tbody tr")).to_have_count(2)
    expect(board.locator("#content")).to_contain_text("<script>alert(1)</script>")
    assert not said
    board.context.close()


def test_a_room_outlives_its_server_and_is_nobody_elses(
    chromium: Browser, council: Path, tmp_path: Path
) -> None:
    from browser import served

    options = ["--workers", "1", "--room", str(tmp_path / "room.json")]
    with served(council, options) as first:
        page = fresh(chromium, first.url)
        save(page, "Table 1", "As it was")
        page.context.close()
        command = [str(Path(sys.executable).with_name("takeup")), "view", str(council)]
        second = subprocess.run(
            [*command, "--no-browser", "--port", "0", *options], capture_output=True, text=True
        )
        assert second.returncode == 2
        assert "another server keeps its room there" in second.stderr
        assert "Traceback" not in second.stderr
    with served(council, options) as again:
        page = fresh(chromium, again.url)
        page.get_by_role("link", name="Attempts").click()
        expect(page.locator(".ranking")).to_contain_text("As it was")
        page.context.close()


def test_an_open_server_keeps_the_facilitators_page_for_its_key(
    chromium: Browser, council: Path
) -> None:
    from browser import served

    with served(council, ["--workers", "1", "--host", "0.0.0.0"]) as server:
        page = fresh(chromium, server.url)
        expect(page.get_by_role("link", name="Facilitator")).to_have_count(0)
        page.goto(f"{server.url}/facilitator?f=00000000")
        expect(page.locator("#content")).to_contain_text("This page is the facilitator's")
        expect(page.locator(".board")).to_have_count(0)
        page.goto(f"{server.url}/facilitator?f={server.key}")
        expect(page.locator(".board")).to_have_count(1)
        page.get_by_role("link", name="Play", exact=True).click()
        settle(page)
        turn(page, "leadership")
        page.get_by_role("link", name="Facilitator").click()  # the key goes along
        expect(page.locator(".board")).to_have_count(1)
        page.context.close()


# ---------------------------------------------------------------- keep


def saved_as(page: Page, button: str, folder: Path) -> Path:
    with page.expect_download(timeout=120_000) as waiting:
        page.get_by_role("button", name=button, exact=True).first.click()
    download: Download = waiting.value
    path = folder / download.suggested_filename
    download.save_as(path)
    return path


def test_a_link_brings_the_same_setting(page: Page, chromium: Browser, server: Any) -> None:
    type_into(page, "change-team", "members", "5")
    turn(page, "audit")
    other = fresh(chromium, page.url)
    assert tiles(other) == tiles(page)
    for card in ("change-team", "audit"):
        expect(other.locator(f'[data-card="{card}"] .mark')).to_have_text("changed")
    expect(other.locator('[data-card="audit"] .state').first).to_have_text("off")
    other.context.close()


def test_an_exported_scenario_runs_to_the_same_numbers_and_comes_back(
    page: Page, chromium: Browser, server: Any, tmp_path: Path
) -> None:
    type_into(page, "change-team", "members", "5")
    shown = tiles(page)
    file = saved_as(page, "Scenario file", tmp_path)
    command = [str(Path(sys.executable).with_name("takeup")), "run", str(file)]
    subprocess.run(
        [*command, "--replicates", "16", "--out", str(tmp_path / "out")],
        check=True, capture_output=True,
    )  # fmt: skip
    results = takeup.open_results(tmp_path / "out")
    for kpi in ("digital_take_up", "staff_adoption"):
        level = float(results[kpi].sel(group="all").isel(week=slice(-4, None)).mean())
        assert shown[kpi] == f"{100 * level:.1f} %"
    other = fresh(chromium, server.url)
    with moving(other):
        other.locator(".keep input[type=file]").set_input_files(file)
    assert tiles(other) == shown
    assert other.url == page.url
    other.context.close()


def test_picture_and_report_are_real_files(page: Page, tmp_path: Path) -> None:
    picture = saved_as(page, "Picture", tmp_path)
    assert picture.read_bytes().startswith(b"\x89PNG")
    report = saved_as(page, "Report (ZIP)", tmp_path)
    with zipfile.ZipFile(report) as archive:
        assert archive.testzip() is None
        names = {Path(name).name for name in archive.namelist()}
        page_of_words = archive.read("read-me-first.html").decode()
    assert {"summary.json", "manifest.json", "trajectories.parquet", "difference.png"} <= names
    assert "Digital take-up" in page_of_words
    assert 'src="difference.png"' in page_of_words


# ---------------------------------------------------------------- what goes wrong


@pytest.mark.parametrize("link", ["nonsense", "%00", "A" * 5000, "../../etc/passwd"])
def test_a_bad_link_gets_a_message_on_a_page_that_works(
    chromium: Browser, server: Any, link: str
) -> None:
    page = fresh(chromium, f"{server.url}/?s={link}")
    expect(page.locator(".message")).to_contain_text("link")
    page.get_by_role("button", name="Close").click()
    before = tiles(page)
    turn(page, "change-team")
    assert tiles(page) != before
    page.context.close()


@pytest.mark.parametrize(
    "text",
    [
        "no toml at all",
        'extends = "/etc/passwd"\n',
        'name = "x"\n[network]\nfile = "/etc/passwd"\n',
        "[run]\nsample = -5\n",
    ],
)
def test_a_foreign_upload_gets_a_message_and_changes_nothing(page: Page, text: str) -> None:
    before = tiles(page)
    upload = {"name": "theirs.toml", "mimeType": "text/plain", "buffer": text.encode()}
    page.locator(".keep input[type=file]").set_input_files(upload)
    expect(page.locator(".message")).to_contain_text("theirs.toml")
    assert "root:" not in page.locator(".message").inner_text()
    assert tiles(page) == before


def test_a_value_that_cannot_be_gets_a_message(page: Page) -> None:
    before = tiles(page)
    open_card(page, "leadership")
    box = page.locator('[data-field="intensity"] input[type=number]')
    box.fill("99")
    box.press("Enter")
    expect(page.locator(".message")).to_be_in_viewport()
    expect(box).to_have_value("1")  # what is set stands there again
    slider = page.locator('[data-field="intensity"] input[type=range]')
    assert slider.input_value() == "1"
    assert tiles(page) == before


def test_a_worker_that_is_killed_is_not_missed(page: Page, server: Any) -> None:
    before = tiles(page)
    workers = server.process.children()
    assert len(workers) >= 2
    with moving(page):
        page.locator('[data-card="leadership"] .switch').click()
        for worker in workers:
            if "spawn_main" in " ".join(worker.cmdline()):
                worker.kill()
    assert tiles(page) != before or page.locator(".message").is_visible()
    turn(page, "leadership")
    assert tiles(page) == before


# ---------------------------------------------------------------- watch and Mesa


def test_a_run_plays_and_people_can_be_asked(page: Page) -> None:
    page.get_by_role("link", name="Watch").click()
    page.wait_for_selector("[data-week]")
    page.locator(".tw-main").click()
    page.wait_for_function(
        "Number(document.querySelector('[data-week]').dataset.week) >= 10", timeout=60_000
    )
    page.locator(".tw-main").click()
    people = page.locator(".tw-canvas").first
    people.focus()
    people.press("ArrowRight")
    people.press("Enter")
    who = page.locator(".tw-reading")
    expect(who).to_contain_text(re.compile("aged"))
    expect(who.locator("b").first).to_contain_text("Resident")
    # The same person at the same time, with no programme.
    name, week = who.locator("b").first.inner_text(), page.get_attribute("[data-week]", "data-week")
    page.locator(".watch-head select").select_option("with no programme")
    page.wait_for_timeout(1_500)
    assert who.locator("b").first.inner_text() == name
    assert page.get_attribute("[data-week]", "data-week") == week


def test_mesas_own_page_steps_the_model(page: Page) -> None:
    page.get_by_role("link", name="Mesa").click()
    page.get_by_role("button", name="Step").click()
    expect(page.locator("#content")).to_contain_text(re.compile(r"Step: 1|Time: 1"))  # 3.3, 3.5


# ---------------------------------------------------------------- all pages


def test_no_page_asks_another_host(chromium: Browser, server: Any) -> None:
    context = chromium.new_context()
    page, elsewhere, wrong = context.new_page(), [], []
    page.on("request", lambda r: elsewhere.append(r.url) if foreign(r.url, server.url) else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto(f"{server.url}/?f={server.key}")
    for path in PAGES:
        page.goto(f"{server.url}/{path}")
        page.wait_for_selector("#content")
        page.wait_for_timeout(1_500)
    assert not elsewhere
    assert not wrong
    context.close()


def foreign(url: str, home: str) -> bool:
    return not url.startswith((home, home.replace("http", "ws"), "data:", "blob:"))


@pytest.mark.parametrize("size", [PROJECTOR, PHONE], ids=["projector", "phone"])
def test_every_page_passes_the_accessibility_check_and_fits(
    chromium: Browser, server: Any, size: tuple[int, int]
) -> None:
    page = fresh(chromium, f"{server.url}/?f={server.key}", size)
    open_card(page, "leadership")
    for path in PAGES[:-1]:  # the last is Mesa's
        if path:
            page.goto(f"{server.url}/{path}")
            page.wait_for_selector("#content section, #content h1")
            page.wait_for_timeout(2_500)
        found = Axe().run(page).response["violations"]
        assert not found, (path, [(v["id"], [n["html"][:120] for n in v["nodes"]]) for v in found])
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= size[0], path
    page.context.close()


def test_only_this_machine_is_listened_to(server: Any) -> None:
    listening = [
        c.laddr.ip for c in server.process.net_connections("tcp") if c.status == psutil.CONN_LISTEN
    ]
    assert set(listening) == {"127.0.0.1"}
