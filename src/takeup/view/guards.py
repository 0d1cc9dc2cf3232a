"""What a browser may do to the server: send the events of its page, and read what it is sent.

Two things are narrower here than where they come from. ipyvue lets messages of a page set any
attribute of a widget, call its methods and make widgets of any module, for notebooks, whose reader
owns the machine; here only events are taken. And a message waits for a browser that does not read
as long as the network does, with the thread that tells others; here it waits for a few seconds, and
never in the thread that all connections share.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from takeup.view.turns import turn

CONTROL = 8
"""Smallest code of frames that are no messages: pings, their answers, and the end (RFC 6455, 5.2).
They come from the thread that all connections share, and may come in any order."""

logger = logging.getLogger(__name__)

SEND_SECONDS = 3.0
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
            with turn():
                getattr(self, f"vue_{event}")(content.get("data", {}))
        except Exception:
            logger.exception("an event could not be dealt with")
            broke()

    Events._handle_event = handle


def _bounded_sends() -> None:
    from solara.server.sync_ws_write import SyncFrameWriter

    writers: Any = SyncFrameWriter
    frame = writers._write_frame_sync
    if getattr(frame, "bounded", False):  # once is enough
        return

    def write(self: Any, data: bytes) -> None:
        rest = memoryview(data)
        given_up = time.monotonic() + SEND_SECONDS
        while rest:
            if getattr(self, "does_not_read", False):
                raise OSError("a browser did not read")
            try:
                rest = rest[os.write(self.fd, rest) :]
                given_up = time.monotonic() + SEND_SECONDS
            except BlockingIOError:
                if time.monotonic() >= given_up:
                    self.does_not_read = True  # what was begun cannot be ended, so nothing follows
                    logger.warning("a browser does not read; its connection counts as lost")
                time.sleep(0.0005)

    def write_frame(self: Any, fin: bool, opcode: int, data: bytes) -> None:
        def later() -> None:
            with suppress(OSError):
                frame(self, fin, opcode, data)

        if opcode >= CONTROL:  # a ping, behind a long message to a slow browser: others go on
            threading.Thread(target=later, name="takeup-ping", daemon=True).start()
        else:
            frame(self, fin, opcode, data)

    write_frame.bounded = True  # type: ignore[attr-defined]
    writers._os_write, writers._write_frame_sync = write, write_frame
