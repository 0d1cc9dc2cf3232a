"""What the server answers and to whom, asked as no browser would."""

from __future__ import annotations

import gzip
import http.server
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import psutil
import pytest
import websockets.sync.client
from playwright.sync_api import Browser, expect
from starlette.requests import Request

from takeup.errors import InputError
from takeup.view.server import assets
from takeup.view.server.bounds import NEW_PAGES_OF_ADDRESS
from takeup.view.server.gate import policy
from takeup.view.server.lock import (
    FORGOTTEN,
    FREE_GUESSES,
    LONGEST_WAIT,
    Lock,
    TooManyGuessesError,
)
from takeup.view.server.names import Names, same
from takeup.view.server.web import Files

pytestmark = pytest.mark.xdist_group("browser")

SCRIPT = "/_solara/cdn/requirejs@2.3.6/require.js"
UPGRADE = (
    *("Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13"),
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
)


class Said(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes


def ask(
    server: Any,
    target: str,
    *more: str,
    method: str = "GET",
    host: str | None = None,
    to: str = "127.0.0.1",
    of: str = "127.0.0.1",
) -> Said:
    """Return what the server says to a request that is sent as it stands here."""
    port = int(server.url.rpartition(":")[2])
    lines = [f"{method} {target} HTTP/1.1", *more]
    if host != "":
        lines.insert(1, f"Host: {host or f'127.0.0.1:{port}'}")
    if not any(line.startswith("Upgrade") for line in more):
        lines.append("Connection: close")
    with socket.create_connection((to, port), timeout=10, source_address=(of, 0)) as connection:
        connection.sendall(("\r\n".join(lines) + "\r\n\r\n").encode("latin-1"))
        got = bytearray()
        while b" 101 " not in got[:20] and (some := connection.recv(65_536)):
            got += some
    head, _, body = bytes(got).partition(b"\r\n\r\n")
    first, *rest = head.decode("latin-1").split("\r\n")
    headers: dict[str, str] = {}
    for line in rest:
        name, _, value = line.partition(": ")
        headers[name.lower()] = headers.get(name.lower(), "") + value
    return Said(int(first.split()[1]), headers, body)


def connect(server: Any, *more: str, kernel: str = "one", host: str | None = None) -> Said:
    """Return what the server says to a page that wants its socket."""
    path = f"/jupyter/api/kernels/{kernel}/channels?session_id=page"
    return ask(server, path, *UPGRADE, *more, host=host)


# ---------------------------------------------------------------- files


def test_installed_files_are_served_as_they_are(server: Any) -> None:
    file = next(path for name, path in assets.installed().items() if name == SCRIPT)
    plain = ask(server, SCRIPT)
    small = ask(server, SCRIPT, "Accept-Encoding: gzip")
    assert plain.body == gzip.decompress(small.body) == file.read_bytes()
    for said in (plain, small):
        assert said.status == 200
        assert said.headers["content-type"] == "text/javascript; charset=utf-8"
        assert "immutable" in said.headers["cache-control"]


@pytest.fixture
def elsewhere() -> Iterator[tuple[int, list[str]]]:
    """A server that the laptop can reach: its port, and what it was asked."""
    asked: list[str] = []

    class Other(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Other) as other:
        thread = threading.Thread(target=other.serve_forever)
        thread.start()
        yield other.server_port, asked
        other.shutdown()
        thread.join()


def test_nothing_is_fetched_from_anywhere(server: Any, elsewhere: tuple[int, list[str]]) -> None:
    port, asked = elsewhere
    for slash in ("\\", "%5C", "/", "%2F"):
        for start in ("", "/", "x/../"):
            url = f"{start}http:{slash}{slash}127.0.0.1:{port}{slash}secret"
            assert ask(server, f"/_solara/cdn/{url}").status == 404
    assert not asked


@pytest.mark.parametrize(
    "path",
    [
        *("requirejs@2.3.6", "requirejs@2.3.6/", "requirejs@2.3.6/bin", "@widgetti", "", "."),
        *("@widgetti/solara-vuetify-app@10.1.1", "nothing@1.0.0/x.js", "%00", "requirejs%00.js"),
        *("../../../pyvenv.cfg", "..%2f..%2f..%2fpyvenv.cfg", "..\\..\\pyvenv.cfg", "/etc/passwd"),
        *("requirejs@2.3.6/../requirejs@2.3.6/require.js", "requirejs@2.3.6%2frequire.js"),
        *("requirejs@2.3.6//require.js", "requirejs@2.3.6\\require.js"),
        *("requirejs@2.3.6/README.md", "requirejs@2.3.6/bin/r.sh"),
        *("requirejs@2.3.6/package.json", "mermaid@10.8.0/dist/mermaid.min.js", "x" * 5_000),
    ],
)  # fmt: skip
def test_no_other_path_is_a_file(server: Any, path: str) -> None:
    before = {name: file.exists() for name, file in assets.installed().items()}
    assert ask(server, f"/_solara/cdn/{path}").status == 404
    assert all(before.values())
    assert {name: file.exists() for name, file in assets.installed().items()} == before != {}


def test_where_there_is_no_file_nothing_is_waited_for() -> None:
    path = "/_solara/cdn/requirejs@2.3.6/nothing.js"
    answer = Files(assets.installed()).send(Request({"type": "http", "path": path}))
    with pytest.raises(StopIteration) as ended:
        answer.send(None)  # begun, it ends, without a thread or a connection to wait for
    assert ended.value.value.status_code == 404


def test_what_lies_beside_installed_files_is_not_served(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Listed:
        def __init__(self, name: str) -> None:
            self.name = name

        def as_posix(self) -> str:
            return f"../../share/solara/cdn/{self.name}"

        def locate(self) -> Path:
            return tmp_path / self.name

    names = (
        "echarts@5/a.js",
        "echarts@5/dist",
        "echarts@5/a.html",
        "echarts@5/gone.js",
        "x@1/a.js",
    )
    for name in (names[0], names[2], names[4], "echarts@5/planted.js", "echarts@5/dist/b.js"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    (tmp_path / "echarts@5" / "link.js").symlink_to("/etc/passwd")
    monkeypatch.setattr(assets, "files", lambda _: [Listed(name) for name in names])
    monkeypatch.setattr(
        assets, "_FOLDERS", [("p", "share/solara/cdn/echarts@", "/_solara/cdn/echarts@")]
    )
    assets._of_package.cache_clear()
    try:
        assert assets.installed() == {"/_solara/cdn/echarts@5/a.js": tmp_path / "echarts@5/a.js"}
        assets._of_package.cache_clear()
        monkeypatch.setattr(assets, "files", lambda _: None)
        with pytest.raises(InputError, match="pip install --force-reinstall p"):
            assets.installed()
    finally:
        assets._of_package.cache_clear()


# ---------------------------------------------------------------- what else there is


@pytest.mark.parametrize(
    "path",
    [
        *("/resourcez", "/resourcez?verbose", "/readyz", "/jupyter/api/kernels", "/nothing"),
        *("/jupyter/api/kernels/one", "/jupyter/api/kernels/one/channels", "/jupyter/lab/tree"),
        *("/static/solara_bootstrap.py", "/static/public/x.js", "/static/assets/", "/watch/"),
        *("/jupyter/nbextensions/jupyter-js-widgets/extension.js", "/_solara/auth/login"),
        *("//127.0.0.1/watch", "/watch%2f..%2fresourcez", "http://127.0.0.1/resourcez", "*"),
    ],
)
def test_solaras_own_addresses_answer_nobody(server: Any, path: str) -> None:
    assert ask(server, path).status == 404


@pytest.mark.parametrize("method", ["HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"])
def test_everything_is_only_read(server: Any, method: str) -> None:
    for path in ("/", "/facilitator", SCRIPT, "/resourcez", "/_solara/api/evict/one"):
        assert ask(server, path, "Content-Length: 0", method=method).status == 405


@contextmanager
def opened(server: Any, kernel: str) -> Iterator[None]:
    """Have a page open in the browser whose session is `abc`."""
    path = f"/jupyter/api/kernels/{kernel}/channels?session_id=page"
    with websockets.sync.client.connect(
        server.url.replace("http", "ws") + path,
        origin=server.url,
        additional_headers={"Cookie": "solara-session-id=abc"},
    ):
        yield


def soon(says: Callable[[], Said], status: int) -> None:
    """Wait for an answer: a page begins a moment after its socket is open."""
    for _ in range(100):
        if says().status == status:
            return
        time.sleep(0.05)
    assert says().status == status


def test_a_page_is_closed_by_its_own_browser_only(server: Any) -> None:
    port = server.url.rpartition(":")[2]
    path = "/_solara/api/close/theirs?session_id=page"
    ours, own = f"Origin: http://127.0.0.1:{port}", "Cookie: solara-session-id=abc"
    with opened(server, "theirs"):
        for cookie in ((), ("Cookie: solara-session-id=xyz",), ("Cookie: solara-session-id=",)):
            for origin in ((), ("Origin: null",), (ours,)):
                assert ask(server, path, *origin, *cookie, method="POST").status == 403
        theirs = "Origin: http://evil.example"
        assert ask(server, path, own, theirs, method="POST").status == 403
        assert ask(server, "/_solara/api/close/theirs", own, method="POST").status == 403
        assert ask(server, path, own, method="GET").status == 405
        soon(lambda: ask(server, path, ours, own, method="POST"), 204)


def test_a_page_is_drawn_for_its_own_browser_only(server: Any) -> None:
    theirs = (f"Origin: {server.url}", "Cookie: solara-session-id=xyz")
    with opened(server, "mine"):
        soon(lambda: connect(server, *theirs, kernel="mine"), 403)


@pytest.mark.parametrize(
    "path",
    [
        "/jupyter/api/kernels/one/channels",
        "/jupyter/api/kernels/one/channels?session_id=",
        "/jupyter/api/kernels/one/channels?session_id=../x",
        f"/jupyter/api/kernels/{'k' * 65}/channels?session_id=page",
        "/jupyter/api/kernels/one/shell?session_id=page",
        "/jupyter/api/kernels/one?session_id=page",
        "/",
    ],
)
def test_no_other_socket_opens(server: Any, path: str) -> None:
    origin = f"Origin: {server.url}"
    assert ask(server, path, *UPGRADE, origin).status in (403, 404)


# ---------------------------------------------------------------- names


@pytest.mark.parametrize(
    ("said", "known"),
    [
        *(("127.0.0.1:8765", True), ("localhost:8765", True), ("[::1]:8765", True)),
        *(("LocalHost:8765", True), ("localhost.:8765", True), ("[0:0::1]:8765", True)),
        *(("127.0.0.1", False), ("localhost:80", False), ("127.0.0.1:8766", False)),
        *(("evil.example:8765", False), ("localhost.evil.example:8765", False), ("", False)),
        *(("127.0.0.1:8765@evil.example", False), ("evil.example#127.0.0.1:8765", False)),
        *(("127.0.0.1:8765, evil.example", False), ("127.0.0.1:", False), (":8765", False)),
        *(("localhost..:8765", False), ("[::1:8765", False), ("::1", False), (".:8765", False)),
        *(("127.0.0.1:08765", True), ("127.0.0.1:8765 ", False), ("[::zz]:8765", False)),
    ],
)
def test_a_loopback_server_knows_its_three_names(said: str, known: bool) -> None:
    assert Names("127.0.0.1", 8765).know(said, "127.0.0.1") is known


def test_a_server_for_all_knows_this_machine_and_what_it_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(socket, "gethostname", lambda: "Laptop")
    names = Names("0.0.0.0", 8765, ["Takeup.Example", "other.example:443", "fe80::1", "bücher.de"])
    for said in ("laptop:8765", "laptop.local:8765", "localhost:8765", "192.168.1.5:8765",
                 "takeup.example:8765", "takeup.example.:8765", "other.example",
                 "other.example:443", "[fe80::1]:8765", "xn--bcher-kva.de:8765"):  # fmt: skip
        assert names.know(said, "192.168.1.5"), said
    for said in ("192.168.1.6:8765", "192.168.1.5", "takeup.example", "other.example:8765",
                 "evil.example:8765", "0.0.0.0:8765"):  # fmt: skip
        assert not names.know(said, "192.168.1.5"), said
    assert names.know("192.168.1.5:8765", "::ffff:192.168.1.5")
    assert names.know("[2001:db8::5]:8765", "2001:db8:0::5")
    assert names.know("[fe80::9]:8765", "fe80::9%eth0")
    assert "takeup.example:8765" in str(names)
    only = Names("192.168.1.5", 80)
    assert only.know("192.168.1.5", "192.168.1.5")
    assert not only.know("localhost:80", "192.168.1.5")


@pytest.mark.parametrize(
    "name",
    ["http://takeup.example", "takeup.example/", "", ".", "a b", "a:b", "*", "x" * 300, "[1]"],
)
def test_a_name_that_is_none_is_refused(name: str) -> None:
    with pytest.raises(InputError, match=r"--name .*is no name"):
        Names("0.0.0.0", 8765, [name])


@pytest.mark.parametrize(
    ("host", "origin", "ours"),
    [
        ("127.0.0.1:8765", "http://127.0.0.1:8765", True),
        ("LOCALHOST:8765", "http://localhost.:8765", True),
        ("[::1]:8765", "HTTP://[0::1]:8765", True),
        ("takeup.example", "https://takeup.example", True),
        ("takeup.example", "http://takeup.example:80", True),
        ("takeup.example:443", "https://takeup.example", True),
        ("127.0.0.1:8765", "http://localhost:8765", False),
        ("127.0.0.1:8765", "http://127.0.0.1:8766", False),
        ("127.0.0.1:8765", "http://127.0.0.1", False),
        ("127.0.0.1:8765", "http://127.0.0.1:8765/", False),
        ("127.0.0.1:8765", "file://127.0.0.1:8765", False),
        ("127.0.0.1:8765", "null", False),
        ("127.0.0.1:8765", "", False),
        ("127.0.0.1:8765", "127.0.0.1:8765", False),
        ("127.0.0.1:8765", "http://127.0.0.1:8765, http://evil.example", False),
    ],
)
def test_whose_page_it_is(host: str, origin: str, ours: bool) -> None:
    assert same(host, origin) is ours


def test_a_request_by_another_name_learns_the_right_ones(server: Any) -> None:
    port = server.url.rpartition(":")[2]
    for path in ("/", SCRIPT, "/resourcez"):
        said = ask(server, path, host=f"evil.example:{port}")
        assert said.status == 421
        assert f"localhost:{port}" in said.body.decode()
        assert "takeup view --name NAME" in said.body.decode()
    assert ask(server, "/", host="").status == 400
    assert ask(server, "/", f"Host: evil.example:{port}").status == 400
    assert ask(server, "/", f"Host: 127.0.0.1:{port}").status == 400
    assert ask(server, "/", f"X-Forwarded-Host: 127.0.0.1:{port}", host="evil").status == 421
    # A page of theirs, after their name was pointed at this machine.
    theirs = f"evil.example:{port}"
    assert connect(server, f"Origin: http://{theirs}", host=theirs).status == 421


def test_only_our_own_pages_get_a_socket(server: Any) -> None:
    port = server.url.rpartition(":")[2]
    theirs = ("http://evil.example", f"http://evil.example:{port}", "null", "", "file://",
              "http://127.0.0.1", f"http://localhost:{port}", f"https://127.0.0.1.:{port}.x",
              f"http://127.0.0.1:{port}.evil.example")  # fmt: skip
    for origin in theirs:
        assert connect(server, f"Origin: {origin}").status == 403, origin
        if origin:
            assert ask(server, "/", f"Origin: {origin}").status == 403, origin
    assert connect(server).status == 403
    ours = f"Origin: http://127.0.0.1:{port}"
    assert connect(server, ours, "Origin: http://evil.example").status in (400, 403)
    assert connect(server, ours, kernel="ours").status == 101
    assert ask(server, "/", ours).status == 200


def own_addresses() -> Sequence[str]:
    return [
        each.address
        for some in psutil.net_if_addrs().values()
        for each in some
        if each.family == socket.AF_INET and not each.address.startswith("127.")
    ]


def test_an_open_server_is_called_by_its_addresses_and_names(council: Path) -> None:
    from browser import served

    options = ["--workers", "1", "--host", "0.0.0.0", "--name", "takeup.example"]
    with served(council, options) as server:
        port = server.url.rpartition(":")[2]
        for name in ("127.0.0.1", "localhost", "takeup.example", socket.gethostname()):
            assert ask(server, "/", host=f"{name}:{port}").status == 200
        for name in ("evil.example", "192.0.2.1", "takeup.example.evil.example"):
            assert ask(server, "/", host=f"{name}:{port}").status == 421
        for address in own_addresses():
            assert ask(server, "/", host=f"{address}:{port}", to=address, of=address).status == 200
            assert ask(server, "/", host=f"{address}:{port}").status == 421  # came to another


# ---------------------------------------------------------------- headers


def test_every_answer_says_what_a_browser_may_do(server: Any) -> None:
    for said in (
        ask(server, "/"),
        ask(server, "/mesa"),
        ask(server, SCRIPT),
        ask(server, "/nothing"),
        ask(server, "/", host="evil.example"),
        ask(server, "/", method="PUT"),
        ask(server, "/", "Origin: null"),
        ask(server, "/?f=wrong", of="127.0.0.9"),
        connect(server),
    ):
        assert said.headers["x-frame-options"] == "DENY"
        assert said.headers["x-content-type-options"] == "nosniff"
        assert said.headers["referrer-policy"] == "no-referrer"
        assert said.headers["cross-origin-resource-policy"] == "same-origin"
        rules = said.headers["content-security-policy"].split("; ")
        for rule in ("default-src 'self'", "frame-ancestors 'none'", "object-src 'none'",
                     "base-uri 'none'", "form-action 'none'", "frame-src 'none'"):  # fmt: skip
            assert rule in rules
        (scripts,) = (rule for rule in rules if rule.startswith("script-src"))
        assert "unsafe-inline" not in scripts
        assert "http" not in said.headers["content-security-policy"]
        assert "server" not in said.headers


def test_what_a_foreign_page_asks_counts_for_nobody_and_a_bound_says_what_browsers_may_do(
    server: Any,
) -> None:
    of = "127.0.0.6"
    for _ in range(NEW_PAGES_OF_ADDRESS.most):
        assert ask(server, "/", "Origin: http://evil.example", of=of).status == 403
    last = [ask(server, "/", of=of) for _ in range(NEW_PAGES_OF_ADDRESS.most + 1)]
    assert [said.status for said in last] == [200] * NEW_PAGES_OF_ADDRESS.most + [503]
    assert NEW_PAGES_OF_ADDRESS.says[:30] in last[-1].body.decode()
    for name in ("content-security-policy", "x-frame-options", "referrer-policy"):
        assert last[-1].headers[name] == last[0].headers[name]
    assert ask(server, SCRIPT, of=of).status == ask(server, "/").status == 200


def test_scripts_of_a_page_are_let_in_by_what_they_are() -> None:
    page = """<script>one()</script><script src="/two.js"></script>
    <script type="application/json">{}</script><script type="module">one()</script>"""
    digest = "'sha256-HR7iaask9daLMRRskMI++QeJtjWDOjyPA6lGzYGzKW4='"
    (scripts,) = (rule for rule in policy(page).split("; ") if rule.startswith("script-src"))
    assert scripts == f"script-src 'self' 'unsafe-eval' {digest} {digest}"


def test_no_script_reads_the_cookie_of_a_session(server: Any) -> None:
    cookie = ask(server, "/").headers["set-cookie"]
    assert re.fullmatch(r"solara-session-id=[0-9a-f]{32}; HttpOnly; Path=/; SameSite=lax", cookie)
    assert "set-cookie" not in ask(server, "/", "Cookie: solara-session-id=abc").headers
    for bad in ("", "a b", "x" * 100, "%3Cscript%3E"):
        assert "set-cookie" in ask(server, "/", f"Cookie: solara-session-id={bad}").headers
    assert "set-cookie" not in ask(server, SCRIPT).headers


# ---------------------------------------------------------------- the key


def test_the_key_goes_from_the_address_into_a_cookie(server: Any) -> None:
    assert len(server.key) >= 16
    of = "127.0.0.7"
    said = ask(server, f"/watch?s=1&f={server.key}&p=1", of=of)
    assert (said.status, said.headers["location"]) == (303, "/watch?s=1&p=1")
    assert re.fullmatch(
        r"takeup-facilitator-\d+=[\w-]{43}; HttpOnly; Path=/; SameSite=strict",
        said.headers["set-cookie"],
    )
    assert server.key not in said.headers["set-cookie"]
    for wrong in ("", "x", server.key[:-1], server.key + "x"):
        said = ask(server, f"/facilitator?f={wrong}", of=of)
        assert (said.status, said.headers["location"]) == (303, "/facilitator")
        assert "set-cookie" not in said.headers
    for path in ("/", "/facilitator", "/attempts"):
        assert server.key.encode() not in ask(server, path).body


def test_guesses_are_slowed_down_for_whoever_makes_them(server: Any) -> None:
    guesser = "127.0.0.8"
    said = [ask(server, f"/facilitator?f={number}", of=guesser) for number in range(8)]
    assert [one.status for one in said] == [303] * FREE_GUESSES + [429] * 3
    assert "Too many wrong keys" in said[-1].body.decode()
    assert int(said[-1].headers["retry-after"]) >= 1
    assert ask(server, f"/facilitator?f={server.key}", of=guesser).status == 429
    assert ask(server, "/", of=guesser).status == 200
    for spoofed in ("X-Forwarded-For: 127.0.0.1", "X-Real-IP: 10.1.1.1", "Forwarded: for=10.1.1.1"):
        assert ask(server, "/facilitator?f=9", spoofed, of=guesser).status == 429
    mine = ask(server, f"/facilitator?f={server.key}")
    assert mine.headers["set-cookie"].startswith("takeup-facilitator-")


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_the_wait_doubles_and_ends() -> None:
    clock = Clock()
    lock = Lock(8765, clock)
    waits = []
    for number in range(FREE_GUESSES + 12):
        assert not lock.opens("wrong", "10.0.0.1")
        assert lock.opens(lock.key, "10.0.0.2")
        if number >= FREE_GUESSES - 1:
            with pytest.raises(TooManyGuessesError) as refused:
                lock.opens(lock.key, "10.0.0.1")
            waits.append(refused.value.seconds)
            clock.now += waits[-1]
    assert waits[:4] == [2, 4, 8, 16]
    assert waits[-1] == LONGEST_WAIT == max(waits)
    assert lock.opens(lock.key, "10.0.0.1")
    for _ in range(FREE_GUESSES - 1):  # it begins anew
        assert not lock.opens("wrong", "10.0.0.1")
    clock.now += FORGOTTEN + 1
    assert not lock.opens("wrong", "10.0.0.1")
    assert lock.opens(lock.key, "10.0.0.1")


def test_an_address_is_a_network_where_everyone_has_many(monkeypatch: pytest.MonkeyPatch) -> None:
    lock = Lock(8765, Clock())
    for number in range(FREE_GUESSES):
        lock.opens("wrong", f"2001:db8::{number}")
        lock.opens("wrong", "::ffff:10.0.0.1")
    for address in ("2001:db8::99", "10.0.0.1"):
        with pytest.raises(TooManyGuessesError):
            lock.opens(lock.key, address)
    assert lock.opens(lock.key, "2001:db8:0:1::1")
    monkeypatch.setattr("takeup.view.server.lock.MOST_ADDRESSES", 10)
    lock = Lock(8765, Clock())
    for number in range(100):
        lock.opens("wrong", f"10.0.1.{number}")
    assert len(lock._wrong) == 10


def test_a_cookie_is_right_or_wrong() -> None:
    lock = Lock(8765)
    assert lock.knows({"takeup-facilitator-8765": lock.token})
    for cookies in (
        {},
        {"takeup-facilitator-8765": ""},
        {"takeup-facilitator-8765": lock.key},
        {"takeup-facilitator-8766": lock.token},
        {"takeup-facilitator-8765": lock.token + "\udcff"},
    ):
        assert not lock.knows(cookies)


# ---------------------------------------------------------------- in a browser


def test_every_page_loads_under_its_policy(chromium: Browser, server: Any) -> None:
    context = chromium.new_context()
    page, wrong = context.new_page(), []
    page.set_default_timeout(90_000)

    def hear(message: Any) -> None:
        # A widget that was replaced while a message to it was under way is no fault of the policy.
        if message.type == "error" and not message.text.startswith("Comm not found"):
            wrong.append(message.text[:300])

    page.on("console", hear)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("response", lambda r: wrong.append(f"{r.status} {r.url}") if r.status > 399 else None)
    shown = {
        "": ".tiles-box",
        "watch": ".watch-head",
        "explain": "#content h1",
        "attempts": "#content section",
        f"facilitator?f={server.key}": ".board",
        "mesa": "#content img",
    }
    for path, what in shown.items():
        page.goto(f"{server.url}/{path}")
        page.wait_for_selector(what, state="attached")
        page.wait_for_timeout(500)
    assert not wrong
    page.goto(server.url)
    page.wait_for_selector(".charts .chart canvas")
    page.wait_for_selector(".top")
    assert "f=" not in page.url
    assert server.key not in page.content()
    assert page.evaluate("document.cookie") == ""
    page.evaluate(
        """async () => {
          window.ran = [];
          const add = (make) => document.body.appendChild(make);
          const script = document.createElement("script");
          script.textContent = "window.ran.push('inline')";
          add(script);
          const image = document.createElement("div");
          image.innerHTML = "<img src='/nothing' onerror='window.ran.push(1)'>";
          add(image);
          const frame = document.createElement("iframe");
          frame.src = "/watch";
          add(frame);
          await fetch("http://192.0.2.1/").catch(() => 0);
          await new Promise((done) => setTimeout(done, 500));
        }"""
    )
    assert page.evaluate("window.ran") == []
    said = " ".join(wrong)
    for rule in ("script-src", "frame-src", "connect-src"):
        assert rule in said
    context.close()


def test_a_foreign_page_in_the_facilitators_browser_gets_nothing(
    chromium: Browser, server: Any, elsewhere: tuple[int, list[str]]
) -> None:
    context = chromium.new_context()
    mine = context.new_page()
    mine.goto(f"{server.url}/facilitator?f={server.key}")
    expect(mine.locator(".board")).to_have_count(1, timeout=30_000)
    theirs = context.new_page()
    theirs.goto(f"http://127.0.0.1:{elsewhere[0]}/")
    got = theirs.evaluate(
        """async (url) => {
          const socket = await new Promise((done) => {
            const path = "/jupyter/api/kernels/foreign/channels?session_id=page";
            const it = new WebSocket(url.replace("http", "ws") + path);
            it.onopen = () => done("open");
            it.onerror = () => done("refused");
          });
          const asked = fetch(url, {credentials: "include"});
          const read = await asked.then((r) => r.text(), () => "refused");
          const frame = document.createElement("iframe");
          frame.src = url;
          document.body.appendChild(frame);
          await new Promise((done) => frame.onload = done);
          return [socket, read, frame.contentDocument === null ? "closed" : "open"];
        }""",
        server.url,
    )
    assert got == ["refused", "refused", "closed"]
    context.close()
