"""What every request passes before anything else looks at it, and what goes with every answer.

A request is let in if it calls the server by one of its names, if no page of anybody else sent it,
and if it only reads. Sockets have to say whose page they are of.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Sequence

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from takeup.view.server.names import Names, same

_ANSWERED = {
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
}
"""Headers of every answer, besides the Content-Security-Policy."""

_INLINE = re.compile(r"<script(?P<kind>[^>]*)>(?P<text>.*?)</script>", re.DOTALL | re.IGNORECASE)
_NO_CODE = re.compile(r"\bsrc=|type=.?(?:text/x-template|application/json)", re.IGNORECASE)


class Gate:
    """Lets requests in to an app.

    Args:
        app: what answers those that are let in.
        names: what the server may be called by.
        policy: the Content-Security-Policy of all answers; see `policy`.
        posts: beginnings of paths that are posted to, and not read.
    """

    def __init__(self, app: ASGIApp, names: Names, policy: str, posts: Sequence[str] = ()) -> None:
        self._app = app
        self._names = names
        self._policy = policy
        self._posts = tuple(posts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, as ASGI has it."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        host = _only(Headers(scope=scope), "host")
        refused = self._refusal(scope, host)
        policy = self._policy
        if refused is None:
            policy = policy.replace("connect-src 'self'", f"connect-src 'self' ws://{host}")

        async def answer(message: Message) -> None:
            if message["type"] in ("http.response.start", "websocket.http.response.start"):
                MutableHeaders(scope=message).update(
                    {**_ANSWERED, "Content-Security-Policy": policy}
                )
            await send(message)

        await (refused or self._app)(scope, receive, answer)

    def _refusal(self, scope: Scope, host: str | None) -> PlainTextResponse | None:
        """Return what to say instead of an answer; None if the request is let in."""
        here, _ = scope.get("server") or ("", 0)
        if host is None or not self._names.know(host, here):
            return PlainTextResponse(
                f"This server answers to {self._names}, and the request called it by another name."
                "\nTo call it by another, start it with: takeup view --name NAME\n",
                421,
            )
        may = "POST" if scope["path"].startswith(self._posts) else "GET"
        if scope.get("method", "GET") != may:  # sockets have none
            return PlainTextResponse(f"Only {may} is answered here.\n", 405, {"Allow": may})
        if not self._ours(scope, host):
            return PlainTextResponse("Only pages of this server may ask it this.\n", 403)
        return None

    def _ours(self, scope: Scope, host: str) -> bool:
        """Return whether a request is of a page of ours, or of nobody's page as when one is opened.

        What a page posts as it goes away comes without its origin, since our Referrer-Policy keeps
        that back; whoever takes it asks for the cookie of its session, which browsers do not send
        from pages of others.
        """
        headers = Headers(scope=scope)
        if "origin" not in headers:
            return bool(scope["type"] != "websocket")
        origin = _only(headers, "origin") or ""
        if origin == "null":
            return bool(scope.get("method") == "POST")
        return same(host, origin)


def policy(page: str) -> str:
    """Return the Content-Security-Policy of a page: nothing of any other host, in no frame.

    Vue makes functions of its templates in the browser, for which `unsafe-eval` is needed; so does
    ipyvue of the scripts beside them. Scripts that stand in the page are let in by what they are.
    Styles are put there by Vuetify as it draws.
    """
    scripts = " ".join(
        f"'sha256-{base64.b64encode(hashlib.sha256(found['text'].encode()).digest()).decode()}'"
        for found in _INLINE.finditer(page)
        if not _NO_CODE.search(found["kind"])
    )
    return "; ".join(
        (
            "default-src 'self'",
            f"script-src 'self' 'unsafe-eval' {scripts}",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self'",  # and the socket of the name that it is called by
            "frame-src 'none'",
            "frame-ancestors 'none'",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )


def _only(headers: Headers, name: str) -> str | None:
    """Return the value of a header; None if there is none, or more than one."""
    values = headers.getlist(name)
    return values[0] if len(values) == 1 else None
