"""The server of the workshop view: what all pages share, and the web server around it.

Solara reads its settings from the environment when it is first imported, so `serve` sets them
before: nothing of any other host, no telemetry, a secret of its own, and memory of closed pages
given back soon.
"""

from __future__ import annotations

import os
import secrets
import socket
import sys
import threading
import warnings
import webbrowser
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from takeup.errors import InputError
from takeup.view.answers.answers import Answers
from takeup.view.answers.pool import make_pool
from takeup.view.server import bounds
from takeup.view.server.lock import Lock
from takeup.view.server.names import EVERYWHERE, LOOPBACK, Names
from takeup.view.session.room import Room
from takeup.view.session.shared import Server, running
from takeup.view.setting.councils import offered

SETTINGS = {
    "SOLARA_APP": "takeup.view.app",
    "SOLARA_MODE": "production",
    "SOLARA_TELEMETRY_MIXPANEL_ENABLE": "False",
    "SOLARA_THEME_SHOW_BANNER": "False",
    "SOLARA_THEME_TITLE": "takeup",
    "SOLARA_THEME_LOADER": "plain",
    "SOLARA_ASSETS_PROXY": "False",  # it would fetch whatever it is asked for
    "SOLARA_ASSETS_CDN": "/_solara/cdn",  # our own address of what is installed; see assets
    "SOLARA_ASSETS_FONTAWESOME_ENABLED": "False",
    "SOLARA_KERNEL_CULL_TIMEOUT": "60s",  # a page that lost its connection can come back till then
    "SOLARA_KERNEL_MAX_PER_SESSION": "20",
    "SOLARA_STORAGE_MUTATION_DETECTION": "False",  # would copy every answer
    "SOLARA_SEARCH_ENABLED": "False",
    "SOLARA_SERVER_SYNC_WS_WRITE": "True",  # halves what a redraw costs; see guards
    "REACTON_FAST": "1",
}
"""What Solara is told before it is imported; the session's secret comes on top."""


SWITCH_SECONDS = 0.0005
"""How long one thread may keep another waiting: a page is drawn in one and sent by another, message
by message, and Python's own 5 ms add up."""


def serve(
    scenario: Path | None,
    host: str,
    port: int,
    browser: bool,
    room: Path | None,
    workers: int | None,
    names: Sequence[str] = (),
) -> None:
    """Serve the workshop view until it is stopped.

    Args:
        scenario: what pages begin with; left out: the first that is found.
        host: address to listen on; `127.0.0.1` is for this machine only.
        port: port to listen on; 0: any that is free.
        browser: open a browser once it can be used.
        room: file that keeps attempts and guesses; left out: they end with the server.
        workers: processes that compute; left out: one for every processor.
        names: what the server may be called by besides its addresses.

    Raises:
        InputError: a scenario cannot be used, the room cannot be read, the port is taken, or a name
            is none.
        KeyboardInterrupt: it was stopped.
    """
    councils = offered(scenario)
    with closing(Room(room)) as shared, closing(listen(host, port)) as listener:
        number = listener.getsockname()[1]
        known, lock = Names(host, number, names), Lock(number)
        prepare()
        sys.setswitchinterval(SWITCH_SECONDS)
        pool = make_pool(workers)
        with running(Server(councils, pool, Answers(pool), shared, lock)) as server:
            warm(server)
            _run(listener, host, browser, lock, known)


def warm(server: Server) -> None:
    """Ask what every page asks first, so that worlds are made before anybody waits for them."""
    first = server.councils[server.councils.keys[0]]
    server.answers.ask(first.baseline, first.scenario, lambda _: None)


def prepare() -> None:
    """Set what Solara reads when it is first imported."""
    os.environ.update(SETTINGS)
    os.environ["SOLARA_SESSION_SECRET_KEY"] = secrets.token_urlsafe(32)


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens, so that a port that is taken shows before anything starts.

    Raises:
        InputError: there is no such address, or the port cannot be had.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except (OSError, UnicodeError):
        raise InputError(
            f"--host {host}: is no address of this machine; 127.0.0.1 is for this machine only, "
            "0.0.0.0 for everyone who can reach it"
        ) from None
    listener = socket.socket(family, kind, protocol)
    try:
        if sys.platform != "win32":  # there it would let two servers share a port
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(128)
    except OSError as error:
        listener.close()
        raise InputError(
            f"--port {port}: cannot be had on {host} ({error.strerror}); choose another, or stop "
            "what uses it"
        ) from None
    return listener


def address(listener: socket.socket, host: str) -> str:
    """Return the address that a browser on this machine opens."""
    port = listener.getsockname()[1]
    name = "127.0.0.1" if host in EVERYWHERE else host
    return f"http://[{name}]:{port}/" if ":" in name else f"http://{name}:{port}/"


def _run(listener: socket.socket, host: str, browser: bool, lock: Lock, names: Names) -> None:
    import uvicorn

    from takeup.view.server.connections import Connection
    from takeup.view.server.guards import guard
    from takeup.view.server.web import application
    from takeup.view.session.session import went_wrong

    guard(went_wrong)
    bounds.allow_files()
    # Others warn of the part of it that Solara can write from any thread with.
    warnings.filterwarnings("ignore", ".*websockets.* deprecated")
    url = address(listener, host)

    class Web(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            if self.started:
                _greet(url, host, lock.key)
                if browser:
                    threading.Thread(target=webbrowser.open, args=(url,), daemon=True).start()

    config = uvicorn.Config(
        application(names, lock),
        loop="asyncio",
        http=Connection,
        ws="websockets",  # whose frames can be written from the thread that draws
        access_log=False,  # which would keep the key
        server_header=False,
        proxy_headers=False,  # or a browser could say that it is somebody else
        log_level="warning",
        ws_max_size=bounds.MESSAGE_BYTES.most,
        ws_per_message_deflate=False,  # it costs more time than it saves in a room
        limit_concurrency=bounds.CONNECTIONS.most,
        timeout_graceful_shutdown=1,  # pages stay connected; nobody waits for them
    )
    web = Web(config)
    web.run(sockets=[listener])
    if not web.started:
        raise InputError("the web server did not start; the message above says why")


def _greet(url: str, host: str, key: str) -> None:
    print(f"takeup: open {url} in a browser; Ctrl-C stops the server", flush=True)
    print(f"takeup: the facilitator's page is {url}facilitator?f={key}", flush=True)
    if host not in LOOPBACK:
        print(
            f"takeup: listens on {host}: everyone who can reach this machine can play, without a "
            "password and without encryption",
            flush=True,
        )
