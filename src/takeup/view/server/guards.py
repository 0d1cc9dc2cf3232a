"""What a browser may do to the server: send the events of its page, and read what it is sent.

Three things are narrower here than where they come from. ipyvue lets messages of a page set any
attribute of a widget, call its methods and make widgets of any module, for notebooks, whose reader
owns the machine; here only events are taken. What is no message ends a connection, with its thread
and a traceback; here it is passed over, and so is what no page of ours sends. And a message waits
for a browser that does not read, with the thread that tells others; here nobody waits: what is
left over is sent by a thread of its own, and a browser that reads none of it is let go.
"""

from __future__ import annotations

import json
import logging
import os
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from types import SimpleNamespace
from typing import Any

from takeup.view.server.bounds import (
    BEHIND_BYTES,
    BEHIND_SECONDS,
    COMMS,
    SEND_SECONDS,
    STATE_BYTES,
    Effort,
)
from takeup.view.server.turns import turn

logger = logging.getLogger(__name__)

CONTROL = 8
"""Smallest code of frames that are no messages: pings, their answers, the end (RFC 6455, 5.2)."""

CHANNELS = ("shell", "control", "iopub", "stdin")
"""What a message may say that it came by; each is remembered."""

KINDS = ("comm_open", "comm_msg", "comm_close", "comm_info_request", "kernel_info_request")
"""Messages that a page sends."""

TARGETS = ("solara.control", "jupyter.widget.control")
"""What a page may open channels to: what draws it, and what tells the state of its widgets."""

CALLS = ("run", "app-status")
"""What a page may ask of what draws it."""


def guard(broke: Callable[[], None]) -> None:
    """Narrow what browsers may do, for all pages of this process.

    Args:
        broke: called when an event could not be dealt with, within the page that it came from.
    """
    _only_events(broke)
    _only_messages()
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


# ---------------------------------------------------------------- messages


def _only_messages() -> None:
    from solara.server import server

    modules: Any = server
    process = modules.process_kernel_messages
    if getattr(process, "narrow", False):  # once is enough
        return

    def narrow(kernel: Any, message: Any) -> bool:
        if not expected(message, kernel):
            logger.info("a browser sent what no page sends")
            return True
        began = time.thread_time()
        try:
            process(kernel, message)
        except Exception:
            logger.exception("a message could not be dealt with")
        finally:
            effort.add(_browser(), time.thread_time() - began)
        return True  # no message ends a page

    def in_turn(text: str) -> Any:
        time.sleep(effort.waits(_browser()))  # in the thread of this socket, which waits alone
        return read(text)

    effort = Effort()
    narrow.narrow = True  # type: ignore[attr-defined]
    modules.process_kernel_messages = narrow
    modules.json = SimpleNamespace(loads=in_turn, dumps=json.dumps)
    modules.deserialize_binary_message = lambda _: None  # pages send text


def read(text: str) -> Any:
    """Return what a message says, with how long it is; None if it is none."""
    try:
        message = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return {**message, "length": len(text)} if isinstance(message, dict) else None


def expected(message: Any, kernel: Any) -> bool:
    """Return whether a page of ours would send a message to a kernel."""
    parts = [message.get(part) for part in ("header", "content")] if message else []
    if not parts or not all(isinstance(part, dict) for part in parts):
        return False
    (header, content), comms = parts, kernel.comm_manager.comms
    kind, data = header.get("msg_type"), content.get("data", {})
    if message.get("channel") not in CHANNELS or kind not in KINDS or message.get("buffers"):
        return False
    if kind == "kernel_info_request":
        return True
    if kind == "comm_info_request":
        return isinstance(content.get("target_name", ""), str)
    if not isinstance(data, dict) or not isinstance(content.get("comm_id"), str):
        return False
    if kind == "comm_open":
        opened = sum(comm.target_name in TARGETS for comm in comms.values())
        return (
            content.get("target_name") in TARGETS
            and content["comm_id"] not in comms
            and opened < COMMS.most
        )
    comm = comms.get(content["comm_id"])
    if comm is None or kind == "comm_close":
        return comm is not None
    if comm.target_name == "solara.control":
        return data.get("method") in CALLS and (data["method"] != "run" or not _drawn())
    return data.get("method") != "update" or message["length"] <= STATE_BYTES.most


def _browser() -> str:
    """Return whose page this thread has."""
    from solara.server.kernel_context import get_current_context

    return get_current_context().session_id


def _drawn() -> bool:
    """Return whether the page of this thread has been drawn, which it is once."""
    from solara.server.kernel_context import get_current_context

    return get_current_context().container is not None


# ---------------------------------------------------------------- sends


def _bounded_sends() -> None:
    from solara.server.sync_ws_write import SyncFrameWriter

    writers: Any = SyncFrameWriter
    if getattr(writers._os_write, "bounded", False):  # once is enough
        return

    def write(self: Any, data: bytes) -> None:
        """Write what the connection takes; who calls has its lock."""
        if getattr(self, "lost", False):
            raise OSError("a browser did not read")
        transport = getattr(self.protocol, "transport", None)
        if transport is not None and transport.is_closing():  # its number may be another's soon
            raise OSError("a browser has left")
        behind = getattr(self, "behind", None)
        if not behind:
            written = _written(self.fd, data)
            if written == len(data):
                return
            data = data[written:]
            self.behind, self.lost = bytearray(data), False
            # The connection stays ours under this number, whoever closes it meanwhile.
            args = (self, os.dup(self.fd))
            threading.Thread(target=_catch_up, args=args, name="takeup-send", daemon=True).start()
        elif len(behind) + len(data) <= BEHIND_BYTES.most:
            behind.extend(data)
        else:
            _lose(self)
            raise OSError("a browser did not read")

    frame = writers._write_frame_sync

    def write_frame(self: Any, fin: bool, opcode: int, data: bytes) -> None:
        try:
            frame(self, fin, opcode, data)
        except OSError:
            if opcode < CONTROL:
                raise
            # What sends these has no use for the error: it sees the connection end.

    write.bounded = True  # type: ignore[attr-defined]
    writers._os_write, writers._write_frame_sync = write, write_frame


def _written(number: int, data: bytes | bytearray | memoryview) -> int:
    """Write as much as a connection takes now; return how much that was."""
    written = 0
    with suppress(BlockingIOError), memoryview(data) as view:
        while written < len(view):
            written += os.write(number, view[written:])
    return written


def _catch_up(writer: Any, number: int) -> None:
    """Send what waits for a slow browser; let it go if it reads nothing, or never catches up."""
    began = read_at = time.monotonic()
    try:
        while True:
            with writer.lock:
                if writer.lost:
                    return
                written = _written(number, writer.behind)
                del writer.behind[:written]
                now = time.monotonic()
                if written:
                    read_at = now
                if not writer.behind:
                    return
                if now - read_at >= SEND_SECONDS.most or now - began >= BEHIND_SECONDS.most:
                    _lose(writer)
                    return
            time.sleep(0.002)
    except OSError:  # it has left
        with writer.lock:
            writer.lost, writer.behind = True, bytearray()
    finally:
        os.close(number)


def _lose(writer: Any) -> None:
    """Count a connection as lost and close it; what was begun cannot be ended."""
    logger.warning("a browser does not read; its connection counts as lost")
    writer.lost, writer.behind = True, bytearray()
    protocol = writer.protocol
    with suppress(AttributeError, RuntimeError):  # the server ends
        protocol.loop.call_soon_threadsafe(protocol.transport.abort)
