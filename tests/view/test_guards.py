"""What a browser may do to the server, tried with messages that no page of ours sends."""

from __future__ import annotations

import asyncio
import json
import re
import socket
import threading
import warnings
from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
import solara
from ipyvue.VueTemplateWidget import Events

from takeup.view.say.keep import Message
from takeup.view.server import guards

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
def shown(broke: list[str], closed: list[Any]) -> Iterator[Any]:
    box, rendered = solara.render(
        Message(text="before", event_close=closed.append), handle_error=False
    )
    yield box.children[0]
    rendered.close()


def sent(widget: Any, content: Any, buffers: Any = None) -> None:
    widget._handle_custom_msg(content, buffers or [])


def test_an_event_is_dealt_with(shown: Any, closed: list[Any]) -> None:
    sent(shown, {"event": "close", "data": 7})
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
def test_nothing_else_is(shown: Any, closed: list[Any], broke: list[str], content: Any) -> None:
    if isinstance(content, dict) and "update_ref" in content:
        content = {**content, "id": shown.model_id}
    sent(shown, content)
    sent(shown, {"event": "close", "data": 1}, [b"bytes"])
    assert (shown.text, closed, broke) == ("before", [], [])


def test_an_event_that_breaks_is_told_of(broke: list[str]) -> None:
    def breaks(_: Any) -> None:
        raise KeyError("card")

    box, rendered = solara.render(Message(text="", event_close=breaks), handle_error=False)
    sent(box.children[0], {"event": "close"})
    assert broke == ["broke"]
    rendered.close()


@pytest.fixture
def writer(broke: list[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Any, Any]]:
    """What writes to a browser, for ever if need be, and the browser's end of the connection."""
    for name in ("SEND_SECONDS", "BEHIND_SECONDS"):
        monkeypatch.setattr(guards, name, replace(getattr(guards, name), most=1e9))
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


def test_a_browser_that_does_not_read_is_given_up(
    writer: tuple[Any, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    ours, _ = writer
    ours.send_bytes(b"x" * 3_000_000)  # which does not wait
    assert not ours.lost
    monkeypatch.setattr(guards, "SEND_SECONDS", replace(guards.SEND_SECONDS, most=0.0))
    for thread in threading.enumerate():
        if thread.name == "takeup-send":
            thread.join()
    assert ours.lost
    with pytest.raises(OSError, match="did not read"):
        ours.send_text("short")  # half of an earlier one is there already
    ours._write_frame_sync(True, Opcode.PONG, b"")  # the server's own frames need no answer


def test_what_waits_for_a_browser_is_bounded(writer: tuple[Any, Any]) -> None:
    ours, _ = writer
    for _ in range(guards.BEHIND_BYTES.most // 500_000):
        ours.send_bytes(b"x" * 490_000)

    def goes_on() -> None:
        for _ in range(10):
            ours.send_bytes(b"x" * 500_000)

    with pytest.raises(OSError, match="did not read"):
        goes_on()
    assert ours.lost
    assert not ours.behind


def test_nothing_is_written_where_another_browser_may_be_by_now(writer: tuple[Any, Any]) -> None:
    ours, theirs = writer
    ours.protocol.transport = SimpleNamespace(is_closing=lambda: True)
    with pytest.raises(OSError, match="has left"):
        ours.send_text("yours")
    theirs.setblocking(False)
    with pytest.raises(BlockingIOError):
        theirs.recv(10)


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


def test_a_flood_of_pings_costs_no_threads(writer: tuple[Any, Any]) -> None:
    ours, theirs = writer
    before = threading.active_count()
    for number in range(2_000):
        ours._write_frame_sync(True, Opcode.PONG, b"%04d" % number)
    assert threading.active_count() <= before + 1
    got = bytearray()
    while b"1999" not in got:  # each behind the other, whole
        got.extend(theirs.recv(65_536))
    assert re.findall(rb"\d{4}", got) == [b"%04d" % number for number in range(2_000)]


# ---------------------------------------------------------------- messages


class Kernel:
    """The channels of a page."""

    def __init__(self) -> None:
        comms = {"draws": "solara.control", "widget": "jupyter.widget"}
        self.comm_manager = SimpleNamespace(
            comms={name: SimpleNamespace(target_name=target) for name, target in comms.items()}
        )


def message(kind: str, content: Any, **parts: Any) -> str:
    """Return a message as a page sends it."""
    said = {"header": {"msg_type": kind}, "channel": "shell", "content": content}
    return json.dumps({**said, **parts})


def update(text: str) -> str:
    data = {"method": "update", "state": {"v_model": text}}
    return message("comm_msg", {"comm_id": "widget", "data": data})


OURS = [
    message("kernel_info_request", {}),
    message("comm_info_request", {"target_name": "jupyter.widget"}),
    message("comm_open", {"comm_id": "new", "target_name": "solara.control", "data": {}}),
    message("comm_open", {"comm_id": "new", "target_name": "jupyter.widget.control", "data": {}}),
    message("comm_msg", {"comm_id": "draws", "data": {"method": "app-status"}}),
    message("comm_msg", {"comm_id": "widget", "data": {"method": "custom", "content": {}}}),
    message("comm_close", {"comm_id": "widget", "data": {}}),
    update("a name"),
]


@pytest.mark.parametrize("text", OURS)
def test_a_message_of_a_page_is_taken(text: str) -> None:
    assert guards.expected(guards.read(text), Kernel())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "garbage",
        "7",
        "[]",
        "null",
        "[" * 100_000,
        '{"a":' * 100_000,
        "1" * 5_000,
        '{"header": "x", "content": {}, "channel": "shell"}',
        '{"content": {}, "channel": "shell"}',
        message("shutdown_request", {}),
        message("execute_request", {"code": "1"}),
        message("comm_msg", []),
        message("comm_msg", {"comm_id": "unknown", "data": {}}),
        message("comm_msg", {"comm_id": ["x"], "data": {}}),
        message("comm_msg", {"comm_id": "widget", "data": "x"}),
        message("comm_msg", {"comm_id": "draws", "data": {"method": "evict"}}),
        message("comm_msg", {"comm_id": "draws", "data": {"method": "reload"}}),
        message("comm_open", {"comm_id": "new", "target_name": "jupyter.widget", "data": {}}),
        message("comm_open", {"comm_id": "widget", "target_name": "solara.control", "data": {}}),
        message("kernel_info_request", {}, channel="one of my own"),
        message("kernel_info_request", {}, buffers=["x"]),
        update("x" * guards.STATE_BYTES.most),
    ],
)
def test_what_no_page_sends_is_passed_over(text: str) -> None:
    assert not guards.expected(guards.read(text), Kernel())


def test_channels_of_a_page_are_bounded() -> None:
    kernel, opened = Kernel(), 0
    for number in range(2 * guards.COMMS.most):
        comm = {"comm_id": f"new {number}", "target_name": "solara.control", "data": {}}
        if guards.expected(guards.read(message("comm_open", comm)), kernel):
            taken = SimpleNamespace(target_name="solara.control")
            kernel.comm_manager.comms[comm["comm_id"]] = taken
            opened += 1
    assert opened == guards.COMMS.most - 1  # it has one
