"""What one browser, one address and all of them may have of the server, tried without a network."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

import rooms
from takeup.errors import InputError
from takeup.view.server import bounds
from takeup.view.server.bounds import Bound, Bounded
from takeup.view.session.room import Room

HOME, OTHER = "192.168.1.20", "192.168.1.21"


class Kernels:
    """Pages without Solara."""

    def __init__(self) -> None:
        self.there: dict[str, bool] = {}  # by whether they were drawn
        self.closed: list[str] = []

    def alive(self) -> dict[str, bool]:
        return self.there

    def drawn(self, kernel: str) -> bool:
        return self.there.get(kernel, False)

    def close(self, kernel: str) -> None:
        self.closed.append(kernel)
        self.there.pop(kernel, None)


class Place:
    """A server without a network, its clock, and what was said to whom."""

    def __init__(self) -> None:
        self.now, self.slept, self.served = 0.0, 0.0, 0
        self.kernels = Kernels()
        self.bounded = Bounded(self.app, self.kernels, lambda: self.now, self.sleep)
        self.tasks: list[Any] = []

    async def sleep(self, seconds: float) -> None:
        self.slept += seconds

    async def app(self, scope: Any, receive: Any, send: Any) -> None:
        self.served += 1
        if scope["type"] == "websocket":
            kernel = scope["path"].split("/")[4]
            self.kernels.there.setdefault(kernel, False)
            await send({"type": "websocket.accept"})
            while (await receive())["type"] != "websocket.disconnect":
                pass
        else:
            await send({"type": "http.response.start", "status": 200})

    async def get(self, path: str = "/", browser: str = "", address: str = HOME) -> list[Any]:
        said: list[Any] = []
        scope = {"type": "http", "path": path, **who(browser, address)}
        await self.bounded(scope, None, appending(said))  # type: ignore[arg-type]
        return said

    async def open(
        self, page: str, browser: str = "", address: str = HOME, drawn: bool = True
    ) -> Socket:
        socket = Socket()
        path = f"/jupyter/api/kernels/{page}/channels"
        scope = {"type": "websocket", "path": path, **who(browser, address)}
        self.tasks.append(asyncio.create_task(self.run(scope, socket)))
        await socket.answered.wait()
        if drawn and page in self.kernels.there:
            self.kernels.there[page] = True
        return socket

    async def run(self, scope: Any, socket: Socket) -> None:
        await self.bounded(scope, socket.messages.get, socket.send)
        socket.ended.set()


class Socket:
    """The browser's end of a socket."""

    def __init__(self) -> None:
        self.messages: asyncio.Queue[Any] = asyncio.Queue()
        self.said: list[Any] = []
        self.answered, self.ended = asyncio.Event(), asyncio.Event()

    async def send(self, message: Any) -> None:
        self.said.append(message)
        self.answered.set()

    async def say(self, text: str) -> None:
        await self.messages.put({"type": "websocket.receive", "text": text})
        for _ in range(5):
            await asyncio.sleep(0)

    async def leave(self) -> None:
        await self.messages.put({"type": "websocket.disconnect"})
        await self.ended.wait()

    @property
    def refused(self) -> str:
        """What a person was told; empty if it was let in."""
        return told(self.said)


def told(said: list[Any]) -> str:
    if said[0].get("status") != 503:
        return ""
    return bytes(said[1]["body"]).decode()


def appending(said: list[Any]) -> Callable[[Any], Awaitable[None]]:
    async def send(message: Any) -> None:
        said.append(message)

    return send


def who(browser: str, address: str) -> dict[str, Any]:
    cookie = f"theme=dark; solara-session-id={browser}".encode()
    headers = [(b"x-forwarded-for", b"10.9.8.7"), *([(b"cookie", cookie)] if browser else [])]
    return {"headers": headers, "client": (address, 40_000)}


def done(story: Callable[[Place], Awaitable[None]]) -> None:
    """Run a story that has a place for itself."""

    async def run() -> None:
        place = Place()
        await story(place)
        for task in place.tasks:
            task.cancel()

    asyncio.run(run())


def allow(monkeypatch: pytest.MonkeyPatch, **most: int) -> None:
    """Have other numbers in some bounds."""
    for name, number in most.items():
        before = getattr(bounds, name)
        monkeypatch.setattr(bounds, name, Bound(number, before.of, before.what))


# ---------------------------------------------------------------- pages and sockets


def test_forty_people_behind_one_router_play() -> None:
    async def story(place: Place) -> None:
        for person in range(40):
            for tab in range(3):
                assert told(await place.get("/", f"b{person}")) == ""
                for asset in range(40):
                    assert told(await place.get(f"/static/{asset}.js", f"b{person}")) == ""
                assert (await place.open(f"p{person}-{tab}", f"b{person}")).refused == ""
            # And a tab is reloaded again and again, without saying that it leaves.
        place.now += 60
        for reload in range(5):
            for person in range(40):
                assert told(await place.get("/", f"b{person}")) == ""
                socket = await place.open(f"p{person}-again-{reload}", f"b{person}")
                assert socket.refused == ""
                await socket.leave()

    done(story)


def test_a_browser_may_have_so_many_pages_and_is_told() -> None:
    async def story(place: Place) -> None:
        most = bounds.PAGES_OF_BROWSER.most
        for number in range(most):
            assert (await place.open(f"mine{number}", "me")).refused == ""
        assert (await place.open("more", "me")).refused == bounds.PAGES_OF_BROWSER.says
        page = told(await place.get("/watch", "me"))
        assert "10 pages of the workshop open" in page
        assert "Close some of them, then reload" in page
        assert told(await place.get("/static/a.js", "me")) == ""
        assert (await place.open("theirs", "somebody")).refused == ""
        # A page that reconnects is none more.
        assert (await place.open("mine0", "me")).refused == ""

    done(story)


def test_a_page_that_was_left_makes_room_for_another_of_the_same_browser() -> None:
    async def story(place: Place) -> None:
        first = [
            await place.open(f"mine{number}", "me")
            for number in range(bounds.PAGES_OF_BROWSER.most)
        ]
        other = await place.open("theirs", "somebody")
        await other.leave()
        await first[3].leave()
        assert told(await place.get("/", "me")) == ""
        assert (await place.open("new", "me")).refused == ""
        assert place.kernels.closed == ["mine3"]  # and not that of somebody else
        assert (await place.open("newer", "me")).refused == bounds.PAGES_OF_BROWSER.says

    done(story)


@pytest.mark.parametrize(
    ("name", "same_address"),
    [
        ("PAGES_OF_ADDRESS", True),
        ("PAGES", False),
        ("SOCKETS_OF_ADDRESS", True),
        ("SOCKETS", False),
        ("NEW_PAGES_OF_ADDRESS", True),
    ],
)
def test_an_address_and_all_may_have_so_many(
    monkeypatch: pytest.MonkeyPatch, name: str, same_address: bool
) -> None:
    allow(monkeypatch, **{name: 6})

    async def story(place: Place) -> None:
        for number in range(6):
            address = HOME if same_address else f"10.0.0.{number}"
            assert (await place.open(f"p{number}", f"b{number}", address)).refused == ""
        refused = (await place.open("more", "b", HOME)).refused
        assert refused == getattr(bounds, name).says
        elsewhere = (await place.open("elsewhere", "b", OTHER)).refused
        assert elsewhere == ("" if same_address else refused)
        assert place.served == 6 + same_address

    done(story)


def test_a_minute_later_pages_may_be_opened_again() -> None:
    async def story(place: Place) -> None:
        for number in range(bounds.NEW_PAGES_OF_BROWSER.most):
            assert told(await place.get("/", "me")) == ""
            await (await place.open(f"p{number}", "me")).leave()
        assert "Wait a minute" in told(await place.get("/", "me"))
        assert (await place.open("more", "me")).refused == bounds.NEW_PAGES_OF_BROWSER.says
        place.now += 60
        assert told(await place.get("/", "me")) == ""
        assert (await place.open("more", "me")).refused == ""

    done(story)


def test_requests_of_an_address_are_bounded_whatever_they_say_of_themselves() -> None:
    async def story(place: Place) -> None:
        for _ in range(bounds.REQUESTS_OF_ADDRESS.most):
            await place.get("/static/a.js")
        assert told(await place.get("/static/a.js")) == bounds.REQUESTS_OF_ADDRESS.says
        assert told(await place.get("/static/a.js", address=OTHER)) == ""

    done(story)


def test_addresses_of_one_machine_are_one() -> None:
    same = ["2001:db8::1", "2001:db8::ffff:2", "2001:db8:0:0:1::"]
    assert len({bounds.address_of(address) for address in same}) == 1
    assert bounds.address_of("2001:db8:0:1::1") != bounds.address_of(same[0])
    assert bounds.address_of("::ffff:10.0.0.1") == bounds.address_of("10.0.0.1") == "10.0.0.1"
    assert bounds.address_of("") == ""


def test_a_browser_without_a_cookie_or_elsewhere_is_not_taken_for_another() -> None:
    async def story(place: Place) -> None:
        most = bounds.SOCKETS_OF_BROWSER.most
        for number in range(most + 1):  # each of them may be somebody's only one
            assert (await place.open(f"p{number}")).refused == ""
        for _ in range(most):
            assert (await place.open("mine", "me")).refused == ""
        assert (await place.open("mine", "me")).refused == bounds.SOCKETS_OF_BROWSER.says
        assert (await place.open("other", "me", OTHER)).refused == ""

    done(story)


# ---------------------------------------------------------------- what asks for nothing


def test_a_page_that_was_never_drawn_ends_with_its_socket() -> None:
    async def story(place: Place) -> None:
        nothing = await place.open("nothing", "me", drawn=False)
        drawn = await place.open("drawn", "me")
        await nothing.leave()
        await drawn.leave()
        assert place.kernels.closed == ["nothing"]  # the other may come back

    done(story)


def test_sockets_that_ask_for_nothing_are_closed() -> None:
    async def story(place: Place) -> None:
        silent = await place.open("silent", "a", drawn=False)
        talks = await place.open("talks", "b", drawn=False)
        page = await place.open("page", "c")
        await talks.say("something")
        await page.say("draw me")
        place.now = bounds.SILENT_SECONDS.most - 1
        await place.bounded.tidy()
        assert [len(socket.said) for socket in (silent, talks, page)] == [1, 1, 1]
        place.now += 1
        await place.bounded.tidy()
        assert silent.said[1:] == [
            {"type": "websocket.close", "code": 1008, "reason": bounds.SILENT_SECONDS.says}
        ]
        place.now = bounds.DRAWN_SECONDS.most
        await place.bounded.tidy()
        await place.bounded.tidy()
        assert [len(socket.said) for socket in (silent, talks, page)] == [2, 2, 1]
        assert talks.said[1]["reason"] == bounds.DRAWN_SECONDS.says
        place.now = 1e6
        await place.bounded.tidy()
        assert len(page.said) == 1

    done(story)


def test_what_is_told_with_the_end_of_a_socket_fits_into_it() -> None:
    for bound in (bounds.SILENT_SECONDS, bounds.DRAWN_SECONDS):
        assert len(bound.says.encode()) <= 123  # RFC 6455, 5.5


def test_a_page_that_sends_without_end_waits_and_one_that_does_not_never() -> None:
    async def story(place: Place) -> None:
        page, script = await place.open("page", "me"), await place.open("script", "you")
        for _ in range(60):  # a slider that is moved for a minute
            for _ in range(20):
                await page.say("x" * 700)
            place.now += 1
        assert place.slept == 0
        for _ in range(bounds.MESSAGES.most // 2):
            await script.say("")
        assert place.slept == 0
        for _ in range(bounds.MESSAGES.most):
            await script.say("")
        assert place.slept > 1
        slept = place.slept
        place.now += 600
        await script.say("x" * bounds.UPLOAD_BYTES.most)  # a file is no flood
        assert place.slept == slept

    done(story)


def test_a_socket_whose_app_breaks_is_forgotten() -> None:
    async def story(place: Place) -> None:
        async def breaks(scope: Any, receive: Any, send: Any) -> None:
            await send({"type": "websocket.accept"})
            raise ValueError("no message")

        place.bounded._app = breaks
        for number in range(2 * bounds.SOCKETS_OF_BROWSER.most):
            place.now += 60
            socket = await place.open(f"p{number}", "me")
            await socket.ended.wait()
            assert socket.refused == ""

    done(story)


def test_a_browser_that_keeps_the_server_busy_waits_and_others_do_not() -> None:
    now = [0.0]
    effort = bounds.Effort(lambda: now[0])
    for _ in range(600):  # a slider that is moved for a minute
        effort.add("person", 0.03)
        assert effort.waits("person") == 0
        now[0] += 0.1
    busy = 0.0
    while now[0] < 660:  # ten minutes of as much as it gets
        now[0] += effort.waits("script") + 0.5
        effort.add("script", 0.5)
        busy += 0.5
    assert effort.waits("person") == 0
    assert busy < 600 * 0.4
    now[0] += 60
    assert effort.waits("script") == 0


# ---------------------------------------------------------------- the room


def test_a_browser_fills_the_room_only_so_far() -> None:
    room, attempt = Room(), rooms.attempt()
    for _ in range(bounds.ATTEMPTS_OF_BROWSER.most):
        kept = room.save(attempt, "mine")
    with pytest.raises(InputError, match="has saved 60 attempts"):
        room.save(attempt, "mine")
    room.save(attempt, "theirs")
    room.remove(kept.number)
    room.save(attempt, "mine")
    for _ in range(bounds.GUESSES_OF_BROWSER.most):
        room.guess(rooms.guess(), "mine")
    with pytest.raises(InputError, match="has made 200 guesses"):
        room.guess(rooms.guess(), "mine")
    room.guess(rooms.guess(), "theirs")
    room.clear()
    room.guess(rooms.guess(), "mine")


# ---------------------------------------------------------------- computing


def test_who_had_far_more_than_their_share_comes_after_the_others() -> None:
    from takeup.runs.shares import Shares

    most = bounds.FAIR_SECONDS.most
    had = Shares(most)
    had.add("alone", 500, 0)
    assert not had.greedy(0)  # there is nobody to share with
    had.add("other", 1, 0)
    assert had.greedy(0) == {"alone"}
    assert not had.greedy(200)  # half of it is forgotten every 20 s
    room = Shares(most)
    for second in range(300):  # a room in which everybody plays, some more than others
        for person in range(20):
            room.add(f"p{person}", 0.1 if person % 2 else 0.05, second)
    assert not room.greedy(300)
    for second in range(300, 360):
        room.add("script", 1.5, second)
    assert room.greedy(360) == {"script"}


@pytest.mark.parametrize("bound", [bound for bound in bounds.ALL if bound.what])
def test_every_message_is_whole(bound: Bound) -> None:
    assert "{" not in bound.says
    assert bound.says[0].isupper() or bound.says[0].isdigit()
    assert bound.says.endswith(".")
