"""What a browser may do to the server, tried with messages that no page of ours sends."""

from __future__ import annotations

import asyncio
import warnings
from collections.abc import Iterator
from typing import Any

import pytest
import solara
from ipyvue.VueTemplateWidget import Events
from solara.server.websocket import WebSocketDisconnect

from takeup.view import guards
from takeup.view.widgets.keep import Message

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # of what Solara imports
    from solara.server.starlette import WebsocketWrapper


@pytest.fixture
def broke(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Guards that are up for the length of a test, and a list of what broke."""
    for owner, name in (
        (Events, "_handle_event"),
        (WebsocketWrapper, "_send_bytes_exc"),
        (WebsocketWrapper, "_send_text_exc"),
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


class Deaf:
    """The connection of a browser that never reads."""

    tried = 0

    async def send_bytes(self, data: bytes) -> None:
        self.tried += 1
        await asyncio.sleep(3600)

    async def send_text(self, data: str) -> None:
        await self.send_bytes(b"")


def test_a_browser_that_does_not_read_holds_nobody_up(
    broke: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guards, "SEND_SECONDS", 0.05)

    async def run() -> int:
        connection: Any = Deaf()
        wrapper = WebsocketWrapper(connection, None)
        for send in (wrapper._send_bytes_exc, wrapper._send_text_exc, wrapper._send_bytes_exc):
            with pytest.raises(WebSocketDisconnect):
                await send("…")
        return connection.tried

    assert asyncio.run(run()) == 1  # after the first, nobody waits for it again
