"""What a browser may do to the server, tried with messages that no page of ours sends."""

from __future__ import annotations

import asyncio
import re
import socket
import threading
import time
import warnings
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
import solara
from ipyvue.VueTemplateWidget import Events

from takeup.view import guards
from takeup.view.widgets.keep import Message

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # of what Solara imports
    import websockets.legacy.framing  # noqa: F401
    from solara.server.sync_ws_write import SyncFrameWriter
    from websockets.frames import Opcode


@pytest.fixture
def broke(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Guards that are up for the length of a test, and a list of what broke."""
    for owner, name in (
        (Events, "_handle_event"),
        (SyncFrameWriter, "_os_write"),
        (SyncFrameWriter, "_write_frame_sync"),
    ):
        monkeypatch.setattr(owner, name, getattr(owner, name))  # put back in the end
    found: list[str] = []
    guards.guard(lambda: found.append("broke"))
    return found


@pytest.fixture
def closed() -> list[Any]:
    return []


@pytest.fixture
def message(broke: list[str], closed: list[Any]) -> Iterator[Any]:
    box, rendered = solara.render(
        Message(text="before", event_close=closed.append), handle_error=False
    )
    yield box.children[0]
    rendered.close()


def sent(widget: Any, content: Any, buffers: Any = None) -> None:
    widget._handle_custom_msg(content, buffers or [])


def test_an_event_is_dealt_with(message: Any, closed: list[Any]) -> None:
    sent(message, {"event": "close", "data": 7})
    assert closed == [7]


@pytest.mark.parametrize(
    "content",
    [
        {"update_ref": "/etc/passwd", "prop": "text"},
        {"update_ref": {"functionRef": "get_state"}, "prop": "text"},
        {"create_widget": ["pathlib", "Path"], "props": {}, "id": "x"},
        {"destroy_widget": "x"},
        {"event": "unknown"},
        {"event": "__init__"},
        {"event": ["close"]},
        {"event": None},
        {},
        [],
        "close",
    ],
)
def test_nothing_else_is(message: Any, closed: list[Any], broke: list[str], content: Any) -> None:
    if isinstance(content, dict) and "update_ref" in content:
        content = {**content, "id": message.model_id}
    sent(message, content)
    sent(message, {"event": "close", "data": 1}, [b"bytes"])
    assert (message.text, closed, broke) == ("before", [], [])


def test_an_event_that_breaks_is_told_of(broke: list[str]) -> None:
    def breaks(_: Any) -> None:
        raise KeyError("card")

    box, rendered = solara.render(Message(text="", event_close=breaks), handle_error=False)
    sent(box.children[0], {"event": "close"})
    assert broke == ["broke"]
    rendered.close()


@pytest.fixture
def writer(broke: list[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Any, Any]]:
    """What writes to a browser, and the browser's end of the connection."""
    monkeypatch.setattr(guards, "SEND_SECONDS", 0.05)
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.setblocking(False)
        protocol = SimpleNamespace(is_client=False, extensions=[])
        yield SyncFrameWriter(protocol, ours.fileno()), theirs


def test_a_browser_that_reads_gets_all_of_a_message(writer: tuple[Any, Any]) -> None:
    ours, theirs = writer
    message, got = b"x" * 3_000_000, bytearray()

    def read() -> None:
        while len(got) < len(message):
            got.extend(theirs.recv(65_536))

    reader = threading.Thread(target=read)
    reader.start()
    ours.send_bytes(message)
    reader.join()
    assert bytes(got[-1000:]) == message[-1000:]


def test_a_browser_that_does_not_read_holds_nobody_up(writer: tuple[Any, Any]) -> None:
    ours, _ = writer
    for _ in range(3):
        with pytest.raises(OSError, match="did not read"):
            ours.send_bytes(b"x" * 3_000_000)
    with pytest.raises(OSError, match="did not read"):
        ours.send_text("short")  # half of an earlier one is there already


def test_messages_stay_in_their_order_whatever_thread_they_come_from(
    writer: tuple[Any, Any],
) -> None:
    ours, theirs = writer

    async def send() -> None:  # a page's thread has an event loop of its own
        for number in range(200):
            ours.send_text(f"message {number:03}.")

    asyncio.run(send())
    got = theirs.recv(65_536)
    assert re.findall(rb"message (\d+)", got) == [b"%03d" % number for number in range(200)]


def test_the_thread_that_all_connections_share_waits_for_nobody(writer: tuple[Any, Any]) -> None:
    ours, theirs = writer
    long = threading.Thread(target=lambda: ours.send_bytes(b"x" * 1_000_000))

    async def ping() -> float:
        began = time.monotonic()
        ours._write_frame_sync(True, Opcode.PING, b"still there?")
        return time.monotonic() - began

    guards.SEND_SECONDS = 10.0  # the fixture puts it back
    long.start()
    time.sleep(0.2)  # the message fills the connection, and nobody reads
    assert asyncio.run(ping()) < 0.1
    got = bytearray()
    while b"still there?" not in got:  # it comes behind the message, whole
        got.extend(theirs.recv(65_536))
    long.join()
    assert len(got) > 1_000_000
