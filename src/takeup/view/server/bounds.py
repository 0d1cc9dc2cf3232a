"""How much one browser, one address and all of them may have of the server, in one place.

A browser is known by the cookie of its session, an address by where the connection comes from:
what a request says of that itself (X-Forwarded-For) is not believed. A room of forty people may
share one address, so bounds of an address are wide; those of a browser are tight, and a script that
makes up browsers meets those of its address.
"""

from __future__ import annotations

import asyncio
import ctypes
import gc
import html
import logging
import re
import sys
import threading
import time
from collections.abc import Awaitable, Callable, Container, MutableMapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any, Protocol

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Bound:
    """How much there may be of something.

    Attributes:
        most: the number.
        of: what is counted, and whose; seconds and bytes are named.
        what: what a person is told who meets it; `{most}` stands for the number.
    """

    most: int
    of: str
    what: str

    @property
    def says(self) -> str:
        """What a person is told, with the number."""
        return self.what.format(most=f"{self.most:,}")


# ---------------------------------------------------------------- the bounds

PAGES_OF_BROWSER = Bound(
    10,
    "pages of one browser",
    "This browser has {most} pages of the workshop open, as many as one may have. Close some of "
    "them, then reload this one.",
)
PAGES_OF_ADDRESS = Bound(
    200,
    "pages of one address",
    "{most} pages of the workshop are open at your network's address, as many as one may have. "
    "Close pages that nobody uses, then reload this one.",
)
PAGES = Bound(
    300,
    "pages in all",
    "The workshop is full: {most} pages are open. Close pages that nobody uses, then reload this "
    "one.",
)
NEW_PAGES_OF_BROWSER = Bound(
    30,
    "pages that one browser opens in a minute",
    "This browser opened more than {most} pages within a minute. Wait a minute, then reload.",
)
NEW_PAGES_OF_ADDRESS = Bound(
    240,
    "pages that are opened from one address in a minute",
    "More than {most} pages were opened within a minute at your network's address. Wait a minute, "
    "then reload.",
)
REQUESTS_OF_ADDRESS = Bound(
    6_000,
    "requests from one address in a minute",
    "More than {most} requests came from your network's address within a minute. Wait a minute, "
    "then reload.",
)
SOCKETS_OF_BROWSER = Bound(
    20,
    "sockets of one browser; a page has one, and a second while it reconnects",
    "This browser has {most} connections of pages open, as many as one may have. Close some of its "
    "pages, then reload this one.",
)
SOCKETS_OF_ADDRESS = Bound(
    400,
    "sockets of one address",
    "Your network's address has {most} connections of pages open, as many as one may have. Close "
    "pages that nobody uses, then reload this one.",
)
SOCKETS = Bound(
    600,
    "sockets in all",
    "The workshop is full: {most} connections of pages are open. Close pages that nobody uses, "
    "then reload this one.",
)
CONNECTIONS_OF_ADDRESS = Bound(
    600,
    "connections from one address; a browser takes up to seven while it loads a page, then one",
    "Your network's address has {most} connections open, as many as one may have. Close pages that "
    "nobody uses, then reload.",
)
CONNECTIONS = Bound(
    1_000,
    "connections in all",
    "The workshop is full: {most} connections are open. Close pages that nobody uses, then reload.",
)
REQUEST_SECONDS = Bound(
    10, "seconds for a request to arrive; a connection that asks nothing is closed then", ""
)
SILENT_SECONDS = Bound(
    15,
    "seconds until a socket says something",
    "This connection said nothing for {most} seconds. Reload the page.",
)
DRAWN_SECONDS = Bound(
    60,
    "seconds until a socket has asked for its page to be drawn",
    "This connection asked for no page within {most} seconds. Reload the page.",
)
SEND_SECONDS = Bound(
    3, "seconds in which a browser reads nothing of what waits for it, and its socket is closed", ""
)
BEHIND_SECONDS = Bound(
    60, "seconds that something may wait for a slow browser, before its socket is closed", ""
)
BEHIND_BYTES = Bound(
    4_000_000, "bytes that may wait for a slow browser, before its socket is closed", ""
)
MESSAGE_BYTES = Bound(
    500_000,
    "bytes that a page may send at once; its socket is closed before more are read",
    "The page says that it lost the connection: reload it.",
)
STATE_BYTES = Bound(
    20_000, "bytes of a message that changes what a field holds; longer ones are passed over", ""
)
MESSAGES = Bound(
    500, "messages that a page may send at once (each 5,000 bytes count as one); more wait", ""
)
MESSAGES_A_SECOND = Bound(50, "messages that a page may send a second after that; more wait", "")
EFFORT_SECONDS = Bound(
    5,
    "seconds of the server's own work (not of the model's) that a browser may cause at once; what "
    "more it asks waits, so that it has a third of a processor",
    "",
)
COMMS = Bound(20, "channels for messages that a page may open; it opens two", "")
UPLOAD_BYTES = Bound(
    200_000,
    "bytes of a scenario that is uploaded; those of large cities have some 20,000",
    "It is too large: a file exported from here has less than {most} bytes.",
)
ATTEMPTS_OF_BROWSER = Bound(
    60,
    "attempts of one browser in the room",
    "This browser has saved {most} attempts, as many as one may have in the room. Ask the "
    "facilitator to remove some.",
)
ATTEMPTS = Bound(
    500,
    "attempts in the room",
    "The room is full: it holds {most} attempts. Remove some on the Facilitator page.",
)
GUESSES_OF_BROWSER = Bound(
    200,
    "guesses of one browser since the server was started",
    "This browser has made {most} guesses, as many as the room takes of one; it is not kept.",
)
GUESSES = Bound(2_000, "guesses in the room; of more the earliest go", "")
JOBS_OF_BROWSER = Bound(
    3_000,
    "runs that wait for one browser",
    "This browser waits for {most} runs of the model already. Wait a minute, or close some of its "
    "pages, then try again.",
)
FAIR_SECONDS = Bound(
    10,
    "seconds of computing lately (half of it is forgotten every 20 s) that nobody waits behind "
    "others for; who has had more, and half as much again as the others on average, does",
    "",
)
FILES = Bound(
    4_096, "files and sockets that the server asks the system for, where that allows it", ""
)

ALL = tuple(bound for bound in list(globals().values()) if isinstance(bound, Bound))
"""All bounds, in the order above; `docs/workshop.md` has them as a table."""

MESSAGE_COUNTS = 5_000
"""Bytes of a message that count as one message."""

EFFORT_SHARE = 1 / 3
"""How much of a processor a browser has that has used up what it may cause at once."""

MINUTE = 60.0

TIDY_SECONDS = 5.0
"""How often it is looked for what is to be closed, and for memory and threads to give back."""

App = Callable[..., Awaitable[None]]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

# ---------------------------------------------------------------- who asks

_KNOWN = 1_000
"""Browsers that are counted before those who caused nothing lately are forgotten."""

SESSION = "solara-session-id"
"""Cookie by which Solara knows which pages are of one browser."""

_SOCKET = re.compile(r"/jupyter/api/kernels/([\w.-]{1,64})/channels")


@lru_cache(maxsize=4_096)
def address_of(host: str) -> str:
    """Return what counts as one address: of IPv6 a network, since a machine has all of it."""
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return host
    if isinstance(address, IPv6Address):
        mapped = address.ipv4_mapped
        return str(mapped or ip_network((address, 64), strict=False))
    return str(address)


def _browser_of(scope: Scope) -> str:
    """Return the session in a request's cookies; empty if there is none."""
    from starlette.requests import HTTPConnection

    return HTTPConnection(scope).cookies.get(SESSION, "")


@dataclass(eq=False)
class _Socket:
    """A socket that is open."""

    address: str
    browser: str
    page: str
    send: Send
    opened: float
    heard: bool = False
    ending: bool = False
    allowance: float = float(MESSAGES.most)
    at: float = field(default=0.0)


@dataclass(frozen=True)
class _Page:
    """Whose a page is."""

    address: str
    browser: str


class Counted:
    """How often something happened within a minute, by who did it.

    Args:
        clock: seconds.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._counts: dict[str, tuple[float, int]] = {}

    def over(self, who: str, bound: Bound) -> bool:
        """Count once more, and return whether that is more than may be."""
        now = self._clock()
        began, count = self._counts.get(who, (now, 0))
        if now - began >= MINUTE:
            began, count = now, 0
        self._counts[who] = began, count + 1
        return count >= bound.most

    def forget(self) -> None:
        """Forget those whose minute is over."""
        now = self._clock()
        self._counts = {who: c for who, c in self._counts.items() if now - c[0] < MINUTE}


class Effort:
    """How much work of the server browsers may still cause, in seconds.

    Args:
        clock: seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._spent: dict[str, tuple[float, float]] = {}  # used, and when
        self._lock = threading.Lock()

    def add(self, browser: str, seconds: float) -> None:
        """Count work that one has caused."""
        with self._lock:
            now = self._clock()
            used = self._used(browser, now) + seconds
            self._spent[browser] = used, now
            if len(self._spent) > _KNOWN:
                left = {one: self._used(one, now) for one in self._spent}
                self._spent = {one: (used, now) for one, used in left.items() if used > 0}

    def waits(self, browser: str) -> float:
        """Return for how many seconds what one asks has to wait."""
        with self._lock:
            over = self._used(browser, self._clock()) - EFFORT_SECONDS.most
        return max(over, 0.0) / EFFORT_SHARE

    def _used(self, browser: str, now: float) -> float:
        used, at = self._spent.get(browser, (0.0, now))
        return max(used - (now - at) * EFFORT_SHARE, 0.0)


# ---------------------------------------------------------------- what is bounded


class Kernels(Protocol):
    """What holds the pages: a kernel each."""

    def alive(self) -> Container[str]:
        """Return the kernels there are."""

    def drawn(self, kernel: str) -> bool:
        """Return whether it has been asked to draw its page."""

    def close(self, kernel: str) -> None:
        """End it, if it is there."""


class SolaraKernels:
    """Those of Solara."""

    def alive(self) -> Container[str]:
        """Return the kernels there are."""
        from solara.server.kernel_context import contexts

        return contexts

    def drawn(self, kernel: str) -> bool:
        """Return whether it has been asked to draw its page."""
        from solara.server.kernel_context import contexts

        context = contexts.get(kernel)
        return context is not None and context.container is not None

    def close(self, kernel: str) -> None:
        """End it, if it is there."""
        from solara.server.kernel_context import contexts

        context = contexts.get(kernel)
        if context is not None:
            context.close(reason="cull")


class Bounded:
    """An ASGI app, with bounds around it.

    Args:
        app: the app.
        kernels: what holds the pages.
        clock: seconds.
        sleep: waits for seconds.
    """

    def __init__(
        self,
        app: App,
        kernels: Kernels | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[Any]] = asyncio.sleep,
    ) -> None:
        self._app, self._kernels = app, kernels or SolaraKernels()
        self._clock, self._sleep = clock, sleep
        self._sockets: set[_Socket] = set()
        self._pages: dict[str, _Page] = {}  # the earliest first
        self._requests, self._asked, self._opened = (Counted(clock) for _ in range(3))
        self._tasks: set[asyncio.Task[Any]] = set()
        self._ended = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request or socket through, or say why not."""
        if scope["type"] == "websocket":
            await self._socket(scope, receive, send)
        elif scope["type"] == "http":
            await self._request(scope, receive, send)
        else:  # the beginning and end of the server
            tidying = asyncio.create_task(self._tidy_always())
            try:
                await self._app(scope, receive, send)
            finally:
                tidying.cancel()

    # ------------------------------------------------------------ requests

    async def _request(self, scope: Scope, receive: Receive, send: Send) -> None:
        address, bound = _address(scope), None
        page = scope["path"].count("/") == 1  # everything that a page loads lies deeper
        if self._requests.over(address, REQUESTS_OF_ADDRESS):
            bound = REQUESTS_OF_ADDRESS
        elif page:
            bound = self._no_page(address, _browser_of(scope))
        if bound is None:
            await self._app(scope, receive, send)
        else:
            await _refuse(send, "http", bound, as_page=page)

    def _no_page(self, address: str, browser: str) -> Bound | None:
        """Return the bound that a page which is asked for meets: its socket would meet it too."""
        if self._asked.over(address, NEW_PAGES_OF_ADDRESS):
            return NEW_PAGES_OF_ADDRESS
        if browser and self._asked.over(f"{address} {browser}", NEW_PAGES_OF_BROWSER):
            return NEW_PAGES_OF_BROWSER
        self._forget_ended()
        for bound, there in self._crowds(address, browser):
            if len(there) >= bound.most and not self._left(there):
                return bound
        return None

    # ------------------------------------------------------------ sockets

    async def _socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        named = _SOCKET.fullmatch(scope["path"])
        if named is None:  # not of a page: the app has nothing there
            await self._app(scope, receive, send)
            return
        socket = _Socket(
            _address(scope), _browser_of(scope), named[1], send, self._clock(), at=self._clock()
        )
        bound, left = self._admit(socket)
        if bound is not None:
            await _refuse(send, "websocket", bound)
            return
        try:
            for page in left:
                await self._end(page)
            await self._app(scope, self._heard(socket, receive), send)
        except asyncio.CancelledError:
            return  # the server ends, and waits for no page
        except Exception as error:
            logger.warning(
                "a connection ended: %s",
                type(error).__name__,
                exc_info=logger.isEnabledFor(logging.DEBUG),
            )
        finally:
            self._sockets.discard(socket)
            page = socket.page
            if not self._connected(page) and not self._kernels.drawn(page):
                await self._end(page)  # nothing to come back to

    def _admit(self, socket: _Socket) -> tuple[Bound | None, list[str]]:
        """Count a socket, or return the bound that it meets; and pages to end for it."""
        address, browser, page = socket.address, socket.browser, socket.page
        there = self._sockets
        for bound, count in (
            (SOCKETS, len(there)),
            (SOCKETS_OF_ADDRESS, sum(s.address == address for s in there)),
            (SOCKETS_OF_BROWSER, sum(_same(s, address, browser) for s in there)),
        ):
            if count >= bound.most:
                return bound, []
        self._forget_ended()
        ended: list[str] = []
        if page not in self._pages:
            if self._opened.over(address, NEW_PAGES_OF_ADDRESS):
                return NEW_PAGES_OF_ADDRESS, []
            if browser and self._opened.over(f"{address} {browser}", NEW_PAGES_OF_BROWSER):
                return NEW_PAGES_OF_BROWSER, []
            for bound, pages in self._crowds(address, browser):
                if len([page for page in pages if page not in ended]) >= bound.most:
                    left = self._left([page for page in pages if page not in ended])
                    if not left:
                        return bound, []
                    ended.append(left[0])
            for one in ended:
                del self._pages[one]
            self._pages[page] = _Page(address, browser)
        self._sockets.add(socket)
        return None, ended

    def _crowds(self, address: str, browser: str) -> list[tuple[Bound, list[str]]]:
        """Return the pages that count beside another one of a browser, and their bounds."""
        all_of_them = self._pages.items()
        crowds = [
            (PAGES_OF_ADDRESS, [page for page, whose in all_of_them if whose.address == address]),
            (PAGES, list(self._pages)),
        ]
        if browser:
            mine = [page for page, whose in all_of_them if _same(whose, address, browser)]
            crowds.insert(0, (PAGES_OF_BROWSER, mine))
        return crowds

    def _connected(self, page: str) -> bool:
        return any(socket.page == page for socket in self._sockets)

    def _left(self, pages: list[str]) -> list[str]:
        """Return those that wait for a browser that may come back: others go before them."""
        connected = {socket.page for socket in self._sockets}
        return [page for page in pages if page not in connected]

    def _forget_ended(self) -> None:
        """Forget the pages that are gone, but for those that are about to begin."""
        alive = self._kernels.alive()
        for page in [page for page in self._left(list(self._pages)) if page not in alive]:
            del self._pages[page]
            self._ended += 1

    async def _end(self, page: str) -> None:
        import anyio.to_thread

        self._pages.pop(page, None)
        self._ended += 1
        await anyio.to_thread.run_sync(self._kernels.close, page)

    def _heard(self, socket: _Socket, receive: Receive) -> Receive:
        """Return what receives for a socket: no faster than a page sends."""

        async def heard() -> MutableMapping[str, Any]:
            message = await receive()
            if message["type"] == "websocket.receive":
                socket.heard = True
                size = len(message.get("text") or message.get("bytes") or "")
                await self._pace(socket, 1 + size / MESSAGE_COUNTS)
            return message

        return heard

    async def _pace(self, socket: _Socket, messages: float) -> None:
        now = self._clock()
        grown = socket.allowance + (now - socket.at) * MESSAGES_A_SECOND.most
        socket.allowance, socket.at = min(grown, float(MESSAGES.most)) - messages, now
        if socket.allowance < 0:
            await self._sleep(-socket.allowance / MESSAGES_A_SECOND.most)

    # ------------------------------------------------------------ tidying

    async def tidy(self) -> None:
        """Close sockets that ask for nothing; give back the memory and threads of what is gone."""
        import anyio.to_thread

        now = self._clock()
        for socket in list(self._sockets):
            age = now - socket.opened
            if age >= SILENT_SECONDS.most and not socket.heard:
                self._close(socket, SILENT_SECONDS)
            elif age >= DRAWN_SECONDS.most and not self._kernels.drawn(socket.page):
                self._close(socket, DRAWN_SECONDS)
        for counted in (self._requests, self._asked, self._opened):
            counted.forget()
        self._forget_ended()
        ended, self._ended = self._ended, 0
        # Even for nothing: threads that have been idle end when another one is asked for.
        await anyio.to_thread.run_sync(give_back if ended else _nothing)

    def _close(self, socket: _Socket, bound: Bound) -> None:
        if socket.ending:
            return
        socket.ending = True
        closing = {"type": "websocket.close", "code": 1008, "reason": bound.says}
        task = asyncio.create_task(_sent(socket.send, closing))
        self._tasks.add(task)  # so that it is not collected
        task.add_done_callback(self._tasks.discard)

    async def _tidy_always(self) -> None:
        while True:
            await self._sleep(TIDY_SECONDS)
            try:
                await self.tidy()
            except Exception:
                logger.exception("what is gone could not be tidied up")


def _address(scope: Scope) -> str:
    return address_of((scope.get("client") or ("",))[0])


def _same(one: _Socket | _Page, address: str, browser: str) -> bool:
    return bool(browser) and one.browser == browser and one.address == address


async def _sent(send: Send, message: MutableMapping[str, Any]) -> None:
    with suppress(Exception):  # it is gone already
        await send(message)


def page_of(bound: Bound) -> bytes:
    """Return the page that says which bound was met, and what to do."""
    said = html.escape(bound.says)
    return (
        '<!doctype html><html lang="en-GB"><meta charset="utf-8"><title>takeup</title>'
        '<meta name="viewport" content="width=device-width">'
        f"<body><h1>This page cannot be opened now</h1><p>{said}</p></body></html>"
    ).encode()


async def _refuse(send: Send, kind: str, bound: Bound, as_page: bool = False) -> None:
    """Answer with 503 and what a person is told; sockets too, before they are opened."""
    prefix = "websocket.http.response" if kind == "websocket" else "http.response"
    media = b"text/html" if as_page else b"text/plain"
    body = page_of(bound) if as_page else bound.says.encode()
    headers = [
        (b"content-type", media + b"; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        (b"retry-after", b"60"),
    ]
    await send({"type": f"{prefix}.start", "status": 503, "headers": headers})
    await send({"type": f"{prefix}.body", "body": body})


# ---------------------------------------------------------------- the system


def _nothing() -> None:
    """Do nothing."""


def give_back() -> None:
    """Give memory that is not used any more back to the system."""
    gc.collect()
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # not in every C library
        if trim is not None:
            trim(0)


def allow_files() -> None:
    """Ask the system for as many open files as sockets take: four each, with their threads."""
    if sys.platform == "win32":
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES.most if hard == resource.RLIM_INFINITY else min(FILES.most, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
