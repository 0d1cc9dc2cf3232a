"""Connections before they ask anything: bounded in number, and closed if no request comes.

What an ASGI app sees begins with a whole request; whoever only connects is dealt with here.
"""

from __future__ import annotations

import asyncio
from typing import Any

import uvicorn.protocols.http.h11_impl as h11_impl

from takeup.view.server.bounds import (
    CONNECTIONS,
    CONNECTIONS_OF_ADDRESS,
    REQUEST_SECONDS,
    Bound,
    address_of,
)


class Connection(h11_impl.H11Protocol):
    """A connection of uvicorn's, bounded in number and in how long a request takes to come."""

    _limit: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        """Take a connection, or say why not and close it."""
        super().connection_made(transport)
        address = _address(self)
        same = sum(_address(other) == address for other in self.connections)
        for bound, count in ((CONNECTIONS, len(self.connections)), (CONNECTIONS_OF_ADDRESS, same)):
            if count > bound.most:
                transport.write(_refusal(bound))
                transport.close()
                return
        self._await_request()

    def connection_lost(self, exc: Exception | None) -> None:
        """Let go of it."""
        self._stop_waiting()
        super().connection_lost(exc)

    def on_response_complete(self) -> None:
        """Wait for the next request, which may be there already."""
        self._await_request()
        super().on_response_complete()

    def _await_request(self) -> None:
        self._stop_waiting()
        self._limit = self.loop.call_later(REQUEST_SECONDS.most, self._too_long)

    def _stop_waiting(self) -> None:
        if self._limit is not None:
            self._limit.cancel()
            self._limit = None

    def _too_long(self) -> None:
        answering = self.cycle is not None and not self.cycle.response_complete
        ours = self.transport.get_protocol() is self  # not one that has become a socket
        if ours and not answering:
            self.transport.close()


def _address(connection: Any) -> str:
    return address_of((connection.client or ("",))[0])


def _refusal(bound: Bound) -> bytes:
    body = bound.says.encode()
    head = (
        "HTTP/1.1 503 Service Unavailable\r\ncontent-type: text/plain; charset=utf-8\r\n"
        f"content-length: {len(body)}\r\nretry-after: 60\r\nconnection: close\r\n\r\n"
    )
    return head.encode() + body
