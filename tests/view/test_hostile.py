"""What others notice of somebody who means harm, and of each other, on a server that runs."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import socket
import statistics
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from http.client import HTTPConnection
from typing import Any
from uuid import uuid4

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidStatus, WebSocketException

from takeup.view.server.assets import installed
from takeup.view.server.bounds import (
    CONNECTIONS_OF_ADDRESS,
    NEW_PAGES_OF_ADDRESS,
    PAGES_OF_ADDRESS,
    REQUEST_SECONDS,
)

pytestmark = pytest.mark.slow

ELSEWHERE = ("127.0.0.2", 0)
"""Where those who mean harm come from: another address of this machine."""

QUIET_SECONDS = 120
"""After which nothing is left of those who are gone."""

MORE_MEGABYTES, MORE_THREADS = 50, 10

ASKED = 15
"""Answers of which the middle one is looked at."""


class Page:
    """A page without a browser: it is drawn, and its messages are counted."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection, self.comm = connection, uuid4().hex

    async def say(self, kind: str, content: Any) -> None:
        await self.connection.send(said(kind, content))

    async def drawn(self, reads: bool = True) -> float:
        """Have it drawn; return how long that took."""
        began = time.monotonic()
        opened = {"comm_id": self.comm, "target_name": "solara.control", "data": {}}
        await self.say("comm_open", opened)
        themes = {"light": {}, "dark": {}}
        args = {"path": "", "appName": "__default__", "themes": themes, "dark": False}
        run = {"comm_id": self.comm, "data": {"method": "run", "args": args}}
        await self.say("comm_msg", run)
        while reads:
            message = json.loads(await asyncio.wait_for(self.connection.recv(), 120))
            data = message["content"].get("data")
            if isinstance(data, dict) and data.get("method") == "finished":
                break
        return time.monotonic() - began


def said(kind: str, content: Any, **parts: Any) -> str:
    header = {
        "msg_id": uuid4().hex,
        "msg_type": kind,
        "session": "x",
        "username": "",
        "version": "5",
    }
    message = {
        "header": header,
        "parent_header": {},
        "metadata": {"version": "1.0.0"},
        "content": content,
    }
    return json.dumps({**message, "channel": "shell", **parts})


@asynccontextmanager
async def page(server: Any, browser: str = "", **more: Any) -> AsyncIterator[Page]:
    """Open the socket of a page."""
    address = f"ws{server.url.removeprefix('http')}/jupyter/api/kernels/{uuid4()}/channels"
    headers = {"Cookie": f"solara-session-id={browser or uuid4().hex}", "Origin": server.url}
    options: dict[str, Any] = {"max_size": None, "open_timeout": 60, "close_timeout": 2, **more}
    async with connect(
        f"{address}?session_id={uuid4()}", additional_headers=headers, **options
    ) as connection:
        yield Page(connection)


async def usual(server: Any) -> float:
    """Return how long somebody waits for a page to be drawn, in the middle of several times."""
    times = []
    for _ in range(ASKED):
        async with page(server) as mine:
            times.append(await mine.drawn())
        await asyncio.sleep(0.2)
    return statistics.median(times)


def state(server: Any) -> tuple[float, int]:
    return server.megabytes(), server.process.num_threads()


@pytest.fixture
def before(server: Any) -> Iterator[tuple[float, int]]:
    """Memory and threads of a server that has drawn pages and is at rest; it is again after."""
    asyncio.run(usual(server))
    time.sleep(90)  # until those pages are gone, and the first answer is whole
    megabytes, threads = state(server)
    yield megabytes, threads
    time.sleep(QUIET_SECONDS)
    later = state(server)
    print(f"before {megabytes:.0f} MB, {threads} threads; after {later[0]:.0f} MB, {later[1]}")
    assert later[0] <= megabytes + MORE_MEGABYTES
    assert later[1] <= threads + MORE_THREADS
    assert asyncio.run(usual(server)) < 60  # and it still draws


# ---------------------------------------------------------------- what they try

_LOST = (WebSocketException, OSError, asyncio.TimeoutError)


def frames() -> Iterator[Any]:
    """Yield what no page sends, without end."""
    comm = {"comm_id": uuid4().hex, "data": {"method": "update", "state": {"value": "x" * 50_000}}}
    opened = {
        "comm_id": uuid4().hex,
        "target_name": "jupyter.widget",
        "data": {"state": {"_model_module": "pathlib", "_model_name": "Path"}},
    }
    while True:
        yield "garbage"
        yield "[" * 200_000
        yield '{"a":' * 50_000
        yield "1" * 5_000
        yield "null"
        yield b"\x7f\xff\xff\xff" + b"x" * 100
        yield b""
        yield said("execute_request", {"code": "import os"})
        yield said("shutdown_request", {})
        yield said("comm_msg", comm)
        yield said("comm_open", {**opened, "comm_id": uuid4().hex})
        yield said("comm_open", {"comm_id": uuid4().hex, "target_name": "solara.control"})
        yield said("comm_msg", "text", channel=uuid4().hex)
        yield json.dumps({"header": [], "content": 7})
        yield iter(['{"header"', *[""] * 50, ": {}}"])  # in fragments
        yield iter(["x" * 10_000] * 20)


async def hostile_frames(server: Any, count: int) -> int:
    """Send frames that no page sends, over as many sockets as it takes; return how many went."""
    source, sent = frames(), 0
    while sent < count:
        with suppress(*_LOST):
            async with page(server, "hostile", local_addr=ELSEWHERE) as mine:
                for _ in range(count - sent):
                    await mine.connection.send(next(source))
                    sent += 1
        await asyncio.sleep(0.05)
    return sent


async def a_frame_that_is_too_long(server: Any) -> int:
    """Send ten megabytes at once; return the code that the connection ends with."""
    async with page(server, "hostile", local_addr=ELSEWHERE) as mine:
        with suppress(*_LOST):
            await mine.connection.send("x" * 10_000_000)
        with suppress(*_LOST):
            while True:
                await asyncio.wait_for(mine.connection.recv(), 30)
        return mine.connection.close_code or 0


async def never_reads(server: Any, seconds: float) -> None:
    """Have a page drawn and read nothing of it, as long as the server lets."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with suppress(*_LOST):
            async with page(server, "hostile", max_queue=1, local_addr=ELSEWHERE) as mine:
                mine.connection.transport.get_extra_info("socket").setsockopt(
                    socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096
                )
                mine.connection.transport.pause_reading()
                await mine.drawn(reads=False)
                target = {"comm_id": "all", "target_name": "jupyter.widget.control", "data": {}}
                await mine.say("comm_open", target)
                for _ in range(20):
                    await mine.connection.ping()
                    await mine.say(
                        "comm_msg", {"comm_id": "all", "data": {"method": "request_states"}}
                    )
                await asyncio.wait_for(mine.connection.wait_closed(), 30)


# ---------------------------------------------------------------- the tests


def test_others_hardly_notice(server: Any, before: tuple[float, int]) -> None:
    async def attacked() -> tuple[float, float, int, int]:
        calm = await usual(server)
        attack = [
            asyncio.create_task(never_reads(server, 600)),
            asyncio.create_task(never_reads(server, 600)),
        ]
        frames_sent = asyncio.create_task(hostile_frames(server, 1_000))
        code = asyncio.create_task(a_frame_that_is_too_long(server))
        busy = await usual(server)
        ended = await frames_sent, await code
        for task in attack:
            task.cancel()
        await asyncio.gather(*attack, return_exceptions=True)
        return calm, busy, *ended

    calm, busy, sent, code = asyncio.run(attacked())
    print(f"usually {calm:.2f} s, under attack {busy:.2f} s; peak {state(server)}")
    assert sent == 1_000
    assert code == 1009
    assert busy <= 2 * calm


def test_sockets_that_are_opened_and_left_leave_nothing(
    server: Any, before: tuple[float, int]
) -> None:
    async def crowd() -> list[str]:
        async with contextlib.AsyncExitStack() as stack:

            async def one(number: int) -> str:
                try:
                    opened = page(server, f"crowd {number % 40}", local_addr=ELSEWHERE)
                    await stack.enter_async_context(opened)
                except InvalidStatus as refused:
                    return (refused.response.body or b"").decode()
                return ""

            told = await asyncio.gather(*[one(number) for number in range(500)])
            print(f"{told.count('')} of 500 were let in; at its peak {state(server)}")
            async with page(server) as somebody:
                await somebody.drawn()
        return list(told)

    told = asyncio.run(crowd())
    assert set(told) <= {"", PAGES_OF_ADDRESS.says, NEW_PAGES_OF_ADDRESS.says}
    assert told.count("") == PAGES_OF_ADDRESS.most


def test_connections_that_ask_nothing_are_closed(server: Any, before: tuple[float, int]) -> None:
    port = int(server.url.rpartition(":")[2])
    crowd = [
        socket.create_connection(("127.0.0.1", port), source_address=ELSEWHERE)
        for _ in range(CONNECTIONS_OF_ADDRESS.most + 1)
    ]
    crowd[-1].settimeout(5)
    assert CONNECTIONS_OF_ADDRESS.says.encode() in crowd[-1].recv(4_096)
    crowd[0].sendall(b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ")
    assert asyncio.run(usual(server)) < 60
    for connection in crowd:
        connection.settimeout(REQUEST_SECONDS.most + 20)
        with suppress(ConnectionError):
            assert connection.recv(1) == b""
        connection.close()


# ---------------------------------------------------------------- those who mean none


PEOPLE, PAGES_EACH = 40, 3


def load(server: Any, cookie: str, path: str) -> str:
    """Load a page and all that it is made of, as a browser that kept nothing; return its cookie."""
    port = int(server.url.rpartition(":")[2])
    with contextlib.closing(HTTPConnection("127.0.0.1", port, timeout=60)) as connection:

        def get(address: str) -> tuple[bytes, str]:
            headers = {"Accept-Encoding": "gzip", **({"Cookie": cookie} if cookie else {})}
            connection.request("GET", address, headers=headers)
            said = connection.getresponse()
            content = said.read()
            assert said.status == 200, (address, said.status, content)
            return content, (said.getheader("Set-Cookie") or "").partition(";")[0]

        _, given = get(path)
        cookie = cookie or given
        for asset in ASSETS:
            get(asset)
    return cookie


ASSETS = [
    name
    for name in installed()
    if re.search(
        r"requirejs@[\d.]+/require\.js|/echarts\.js|vuetify-app8\.min\.js|main8\.css|fonts\.css|"
        r"jupyter-\w+/nodeps\.js|grid-layout\.umd\.js|/assets/(?:favicon|style|theme-light)\.\w+$|"
        r"(?:1ab7|cb41|d9f3)\w+\.woff2",
        name,
    )
]
"""What Chromium asked for on the six pages."""


def test_forty_people_behind_one_router_load_three_pages_each(server: Any) -> None:
    assert len(ASSETS) >= 14

    async def person(number: int) -> list[float]:
        await asyncio.sleep(number * 0.4)
        cookie, drawn = "", []
        for path in ("/", "/watch", "/explain"):
            cookie = await asyncio.to_thread(load, server, cookie, path)
            async with page(server, cookie.partition("=")[2]) as mine:
                drawn.append(await mine.drawn())
                await asyncio.sleep(10)
        return drawn

    async def everybody() -> list[list[float]]:
        return await asyncio.gather(*[person(number) for number in range(PEOPLE)])

    times = [seconds for drawn in asyncio.run(everybody()) for seconds in drawn]
    print(f"drawn in {statistics.median(times):.2f} s in the middle, {max(times):.2f} s at most")
    assert len(times) == PEOPLE * PAGES_EACH
