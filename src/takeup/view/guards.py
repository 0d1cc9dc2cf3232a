"""What a browser may do to the server: send the events of its page, and read what it is sent.

Two things are narrower here than where they come from. ipyvue lets messages of a page set any
attribute of a widget, call its methods and make widgets of any module, for notebooks, whose reader
owns the machine; here only events are taken. And a message waits for a browser that does not read
as long as the network does, with the thread that tells others; here it waits for a few seconds.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

logger = logging.getLogger(__name__)

SEND_SECONDS = 5.0
"""How long a browser may keep a message waiting before its connection counts as lost."""


def guard(broke: Callable[[], None]) -> None:
    """Narrow what browsers may do, for all pages of this process.

    Args:
        broke: called when an event could not be dealt with, within the page that it came from.
    """
    _only_events(broke)
    _bounded_sends()


def _only_events(broke: Callable[[], None]) -> None:
    from ipyvue.VueTemplateWidget import Events

    def handle(self: Any, _: Any, content: Any, buffers: Any) -> None:
        event = content.get("event") if isinstance(content, dict) else None
        if buffers or not isinstance(event, str) or event not in self.events:
            logger.warning("a browser sent what no page sends")
            return
        try:
            getattr(self, f"vue_{event}")(content.get("data", {}))
        except Exception:
            logger.exception("an event could not be dealt with")
            broke()

    Events._handle_event = handle


def _bounded_sends() -> None:
    from solara.server.starlette import WebsocketWrapper
    from solara.server.websocket import WebSocketDisconnect

    Send = Callable[[Any, Any], Awaitable[None]]

    def bounded(send: Send) -> Send:
        async def wait(self: Any, data: Any) -> None:
            if getattr(self, "does_not_read", False):
                raise WebSocketDisconnect
            try:
                await asyncio.wait_for(send(self, data), SEND_SECONDS)
            except TimeoutError:
                self.does_not_read = True
                logger.warning("a browser does not read; its connection counts as lost")
                raise WebSocketDisconnect from None

        return wait

    for name in ("_send_bytes_exc", "_send_text_exc"):
        send = getattr(WebsocketWrapper, name)
        if send.__name__ != "wait":  # once is enough
            setattr(WebsocketWrapper, name, bounded(send))
