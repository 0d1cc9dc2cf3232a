"""What files, links and people say is shown as they said it, and taken for HTML by no browser."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass, replace
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page, expect

import rooms
import takeup
from examples import small_scenario
from takeup.analysis.comparison import compare
from takeup.analysis.goals import judge
from takeup.report.tables import comparison_tables, goals_tables
from takeup.scenario.tell.write import to_toml
from takeup.view.answers.files import _page
from takeup.view.answers.outcome import Outcome
from takeup.view.server import bounds
from takeup.view.session.records import Attempt, attempted
from takeup.view.session.room import Room
from takeup.view.setting.councils import Councils
from takeup.view.setting.setting import Setting

pytestmark = pytest.mark.xdist_group("browser")

IMAGE = "<img src=x onerror=hacked=1>"
SCRIPT = '"><script>window.hacked=1</script>'
VUE = "{{_c.constructor('hacked=1')()}}"
OTHERS = "${hacked=1}{b}$&"
"""What templates of JavaScript and of charts fill in."""

MODEL = "IPY_MODEL_0123456789abcdef"
"""What widgets begin a reference to another one with."""

ALL = f"{IMAGE} {SCRIPT} {VUE} {OTHERS}"

VIEW = Path(takeup.__file__).parent / "view"


# ---------------------------------------------------------------- without a browser


def test_no_part_of_a_page_takes_html() -> None:
    """Text becomes text, unless one of these is used; see `takeup.view.say.text`."""
    doors = re.compile(
        r"unsafe_innerHTML|v-html|innerHTML|outerHTML|insertAdjacentHTML|document\.write|"
        r"solara\.(HTML|Text|Error|Markdown|MarkdownEditor|HTMLInput|Style\((?!_STYLE))|\bsrcdoc\b|"
        r"new Function|\beval\(|javascript:"
    )
    files = [path for path in sorted(VIEW.rglob("*")) if path.suffix in (".py", ".vue")]
    assert len(files) > 60
    found = [
        f"{path.relative_to(VIEW)}:{number}: {line.strip()}"
        for path in files
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if doors.search(line)
    ]
    assert not found


def test_addresses_in_pages_begin_with_a_path_of_ours() -> None:
    bound = [
        found
        for path in sorted(VIEW.rglob("*.vue"))
        for found in re.findall(r'\s(?::|v-bind:)(?:href|src|action|xlink:href)="([^"]+)"',
                                path.read_text(encoding="utf-8"))
    ]  # fmt: skip
    assert sorted(bound) == ["address(row)", "root() + tab.href"]  # see the browser's test below


def test_a_report_shows_names_as_they_are(tmp_path: Path) -> None:
    linked = f"[link=javascript:hacked=1]{IMAGE}[/link]"
    plan = named(run={"weeks": 20}).model_copy(update={"name": linked})
    baseline = plan.model_copy(update={"name": SCRIPT, "programme": {}})
    dataset = takeup.simulate([baseline, plan], replicates=2, workers=1)
    tables = [*comparison_tables(compare(dataset)), *goals_tables(judge(dataset))]
    (tmp_path / 'a">b<b>.png').write_bytes(b"")
    page = _page(ALL, tables, tmp_path)
    assert not re.search(r"<img src=x|<script|<a |<b>", page)
    assert f"<title>{escape(ALL)}</title>" in page
    said = re.sub(r"<[^>]+>|\s", "", page)
    for name in (linked, SCRIPT):
        assert re.sub(r"\s", "", escape(name)) in said


def test_the_page_of_a_bound_escapes_what_it_says() -> None:
    said = bounds.page_of(bounds.Bound(1, "", ALL.replace("{", "{{").replace("}", "}}")))
    assert b"<img" not in said
    assert b"<script" not in said


# ---------------------------------------------------------------- in a browser


class Watched:
    """A page, and what it did that none of ours does."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self.wrong: list[str] = []
        self.page = self.fresh()

    def fresh(self) -> Page:
        """Go on in a session of its own: each may open so many pages in a minute."""
        for context in self._browser.contexts:
            context.close()
        self.page = self._browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
        self.page.set_default_timeout(30_000)
        self.page.on("dialog", lambda dialog: (self.wrong.append("dialog"), dialog.dismiss()))
        self.page.on("pageerror", lambda error: self.wrong.append(f"error: {error}"))
        self.page.on("console", self._hear)
        self.page.on("request", self._see)
        return self.page

    def _hear(self, message: Any) -> None:
        # A widget that was replaced while a message to it was under way is no fault of a name's.
        if message.type == "error" and not message.text.startswith("Comm not found"):
            self.wrong.append(message.text[:300])

    def _see(self, request: Any) -> None:
        if re.search(r"/x(\?|$)", request.url):
            self.wrong.append(f"asked for {request.url}")

    def clean(self) -> None:
        """Fail if anything was wrong so far."""
        self.page.wait_for_timeout(300)
        assert self.page.evaluate("typeof window.hacked") == "undefined"
        assert not self.wrong

    def shows(self, *texts: str, where: str = "#content") -> None:
        """Wait until texts stand on the page, as text."""
        for text in texts:
            expect(self.page.locator(where).first).to_contain_text(text, timeout=30_000)

    def tips(self) -> str:
        """Return what all tooltips of all charts in sight say."""
        return str(
            self.page.evaluate(
                """async () => {
                  const echarts = await window.takeupEcharts, said = [];
                  for (const box of document.querySelectorAll(".takeup-chart")) {
                    box.scrollIntoView();
                    await new Promise((done) => setTimeout(done, 150));
                    const chart = echarts.getInstanceByDom(box);
                    const series = (chart && chart.getOption().series) || [];
                    for (let n = 0; n < series.length; n++) {
                      for (let i = 0; i < (series[n].data || []).length; i++) {
                        chart.dispatchAction({ type: "showTip", seriesIndex: n, dataIndex: i });
                        await new Promise((done) => setTimeout(done, 20));
                        said.push(box.innerText);
                      }
                    }
                    for (const { data } of series.map((one) => one.markLine || {})) {
                      if (!(data || []).length) continue;
                      const zrX = chart.convertToPixel({ xAxisIndex: 0 }, data[0].xAxis);
                      chart.getZr().handler.dispatch("mousemove", { zrX, zrY: 90, event: {} });
                      await new Promise((done) => setTimeout(done, 150));
                      said.push(box.innerText);
                    }
                    if (box.querySelector("img, script")) said.push("HTML in a tooltip");
                  }
                  return said.join("\\n");
                }"""
            )
        )


@pytest.fixture
def watched(chromium: Browser) -> Iterator[Watched]:
    watched = Watched(chromium)
    yield watched
    watched.page.context.close()


def named(**more: Any) -> Any:
    """Return a small scenario with such names in every field that holds a text."""
    ward = f"ward {ALL}"
    goal = {"kpi": "digital_take_up", "target": 0.3, "by": 25}
    return small_scenario(
        name=f"name {ALL}",
        description=f"about {ALL}",
        place={
            "name": f"place {ALL}",
            "wards": ({"name": ward, "share": 0.4}, {"name": MODEL, "share": 0.6}),
        },
        departments={
            "revenues": {"name": f"department {ALL}"},
            "environment": {"name": MODEL},
        },
        services={
            "council-tax": {"name": f"service {ALL}"},
            "waste": {"name": MODEL},
            "permits": {"name": f"late {ALL}"},
        },
        goals={"all": goal, "ward": {**goal, "group": f"ward:{ward}"}},
        programme={
            "letters": {"kind": "communication", "weeks": 20, "target": {"wards": (ward,)}},
            "lessons": {"kind": "training", "start": 2, "seats": 30.0,
                        "target": {"departments": ("revenues",)}},
        },
        shocks={"storm": {"kind": "outage", "start": 5, "target": {"services": ("council-tax",)}}},
        **more,
    )  # fmt: skip


@pytest.fixture(scope="module")
def council(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A scenario and a challenge on it; instead of the one that other tests have."""
    folder = tmp_path_factory.mktemp("council") / "scenarios"
    folder.mkdir()
    (folder / "names.toml").write_text(to_toml(named()), encoding="utf-8")
    title, text = (json.dumps(f"{word} {part}") for word, part in
                   (("title", f"{IMAGE} {VUE}"), ("challenge", ALL)))  # fmt: skip
    (folder / "challenge.toml").write_text(
        f'title = {title}\ntext = {text}\nscenario = "names.toml"\nbudget = 1000\n'
        '[goals.one]\nkpi = "digital_take_up"\ntarget = 0.3\nby = 25\n',
        encoding="utf-8",
    )
    return folder / "names.toml"


KEPT_AS_THEY_ARE = ("kpi", "council", "changes", "fingerprint", "verdict")
"""Texts of a room's file that are looked up, or it is refused."""


def with_texts(value: Any, text: Callable[[str], str]) -> Any:
    """Return a record with other texts all through."""
    if isinstance(value, tuple):
        return tuple(with_texts(item, text) for item in value)
    if not is_dataclass(value):
        return text(value) if isinstance(value, str) else value
    return replace(
        value,  # type: ignore[type-var]
        **{
            field.name: with_texts(getattr(value, field.name), text)
            for field in fields(value)
            if field.name not in KEPT_AS_THEY_ARE
        },
    )


@pytest.fixture(scope="module")
def room(council: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a room into which somebody wrote such texts."""
    file = tmp_path_factory.mktemp("room") / "room.json"
    councils = Councils([council])
    setting = Setting(councils.keys[0])
    plan = setting.scenario(councils)
    both = [councils[setting.council].baseline, plan]
    answer = rooms.Answer(plan, both[0], 2, 2, takeup.simulate(both, replicates=2))
    guess = rooms.guess()
    attempt = attempted("team", "name", setting, councils, Outcome(answer), guess)
    attempt = replace(attempt, guess=replace(guess, council=setting.council))
    there = Room(file)
    for text in (IMAGE, SCRIPT, VUE, OTHERS, MODEL, "javascript:hacked=1//"):
        kept: Attempt = with_texts(attempt, lambda said, text=text: f"{text}")
        there.save(kept)
        there.guess(replace(kept.guess or guess, unit=IMAGE))  # one picture for all
    there.close()
    return file


@pytest.fixture(scope="module")
def server(council: Path, room: Path) -> Iterator[Any]:
    """`takeup view` on such names and such a room."""
    from browser import served

    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(council.parents[1])  # whose scenarios are offered, and no others
        with served(council, ["--workers", "1", "--room", str(room)]) as running:
            yield running


def test_names_of_a_scenario_are_shown_as_written(watched: Watched, server: Any) -> None:
    from browser import settled

    page = watched.page
    page.goto(server.url)
    settled(page)
    watched.shows(f"name {ALL}", where=".head select")
    page.locator(".head details summary").first.click()
    watched.shows(f"about {ALL}", where=".head")
    watched.shows(f"ward {ALL}", where=".deck")
    watched.shows(f"late {ALL}", f"ward {ALL}", where=".right")
    tips = watched.tips()
    assert f"Goes online: late {ALL}" in tips
    assert f"ward {ALL}" in tips
    assert "HTML in a tooltip" not in tips
    watched.clean()


def test_a_rooms_file_is_shown_as_written(watched: Watched, server: Any) -> None:
    page = watched.page
    page.goto(f"{server.url}/attempts")
    watched.shows(IMAGE, SCRIPT, VUE, OTHERS, MODEL, "javascript:hacked=1//", where=".ranking")
    links = page.locator(".ranking td.do a").evaluate_all("all => all.map((a) => a.href)")
    assert len(links) == 6
    assert all(link.startswith(f"{server.url}/?s=") for link in links)
    assert f"{server.url}/?s={quote(SCRIPT, safe='()')}" in links
    for number, text in enumerate((IMAGE, SCRIPT, VUE, OTHERS, MODEL), 1):
        page.locator(".versus select").first.select_option(str(number))
        watched.shows(text, where=".versus .outcome")
        watched.shows(text, where=".room .charts h3")
    watched.clean()
    page.locator(".ranking td.do a").first.click()
    watched.shows("link", where=".message")
    watched.clean()


@pytest.mark.slow
def test_every_page_shows_names_as_written(watched: Watched, server: Any) -> None:
    page = watched.page
    page.goto(f"{server.url}/watch")
    watched.shows(f"name {ALL}", f"service {ALL}", MODEL)
    page.locator(".tw-table summary").click()
    watched.shows(f"department {ALL}", f"ward {ALL}", where=".tw-tables")
    for picture in page.locator(".tw-canvas").all():
        picture.focus()
        picture.press("ArrowRight")
        picture.press("Enter")
        expect(page.locator(".tw-reading b").first).not_to_be_empty()
    watched.clean()

    page.goto(f"{server.url}/explain")
    watched.shows(f"Why did this happen? name {ALL}")
    expect(page.locator(".effects li")).to_have_count(2, timeout=60_000)
    watched.shows(f"ward {ALL}", f"department {ALL}", where=".effects")
    for shown, text in (("Ward", f"ward {ALL}"), ("Service", f"service {ALL}")):
        page.get_by_label("Show residents by").select_option(shown)
        page.locator("summary").first.click()
        watched.shows(text, MODEL, where=".takeup-table")
        tips = watched.tips()
        assert f"{text}, your plan" in tips
        assert f"{MODEL}, your plan" in tips
        assert f"department {ALL}, your plan" in tips
        assert "HTML in a tooltip" not in tips
    watched.clean()

    page.goto(f"{server.url}/mesa")
    watched.shows(f"department {ALL}", MODEL, where=".takeup-table")
    watched.shows(f"name {ALL}", where=".v-application")
    page.get_by_role("button", name="Step").click()
    watched.clean()

    page.goto(f"{server.url}/facilitator?f={server.key}")
    watched.shows(IMAGE, SCRIPT, VUE, OTHERS, MODEL, where=".ranking")
    page.locator(".room-guesses summary").first.click()
    watched.shows(IMAGE, SCRIPT, VUE, OTHERS, MODEL, where=".guesses")
    watched.tips()
    watched.clean()


@pytest.mark.slow
@pytest.mark.parametrize("text", [IMAGE, SCRIPT, VUE, OTHERS, MODEL])
def test_what_people_write_and_links_say_is_shown_as_written(
    watched: Watched, server: Any, text: str
) -> None:

    for path in ("", "watch", "explain", "attempts", "mesa"):
        page = watched.fresh()
        said = [f"{key}={quote(text)}" for key in ("s", "b", "p", quote(text))]
        for query in [*said, *([f"f={quote(text)}#{quote(text)}"] if path == "" else [])]:
            page.goto(f"{server.url}/{path}?{query}")
            page.wait_for_selector("#content *", state="attached")
            watched.clean()


@pytest.mark.slow
@pytest.mark.parametrize("text", [IMAGE, SCRIPT, VUE, OTHERS, MODEL])
def test_what_people_write_is_shown_as_written(watched: Watched, server: Any, text: str) -> None:
    from browser import settled

    page = watched.page
    page.goto(server.url)
    settled(page)
    page.locator(".head select").select_option("scenarios/challenge")
    watched.shows(f"title {IMAGE} {VUE}", where=".head select")
    watched.shows(f"challenge {ALL}", where=".challenge")
    settled(page)
    page.locator(".head select").select_option(index=0)
    settled(page)

    page.locator(".head .budget input").fill(text)
    page.locator(".head .budget input").press("Enter")
    toml = f'name = "x"\n[programme.{json.dumps(text)}]\nkind = {json.dumps(text)}\n'
    for name, content in (
        (f"{text}.toml", text),
        ("a.toml", toml),
        ("b.toml", f"{json.dumps(text)} = {json.dumps(text)}\n"),
        ("c.toml", to_toml(named()).replace('"GBP"', json.dumps(text))),
        ("d.toml", to_toml(named()).replace('kind = "training"', f"kind = {json.dumps(text)}")),
    ):
        upload = {"name": name, "mimeType": "text/plain", "buffer": content.encode()}
        page.locator(".keep input[type=file]").set_input_files(upload)
        expect(page.locator(".message")).to_have_count(1)
        if name.startswith(text) and "/" not in text:
            watched.shows(f"{text}.toml", where=".message")
        page.get_by_role("button", name="Close").click()
        expect(page.locator(".message")).to_have_count(0)
    watched.clean()

    page.locator(".guess [role=switch]").check()
    page.locator(".deck .switch").first.click()
    page.locator(".guess .number").fill(text[:16])
    page.locator(".guess .team").fill(text[:40])
    page.get_by_role("button", name="Reveal").click()
    expect(page.locator(".guess .wrong")).not_to_be_empty()
    page.locator(".guess .number").fill("20")
    page.get_by_role("button", name="Reveal").click()
    page.wait_for_selector('.guess[data-stage="revealed"]')
    settled(page)
    page.get_by_role("link", name="Attempts").click()
    page.locator(".save").get_by_label("Name of the attempt").fill(text[:40])
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".save .done")).to_contain_text("Saved")
    watched.shows(text[:40], where=".ranking .ours")
    watched.clean()
