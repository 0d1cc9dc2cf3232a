"""All that the server answers: six pages, the socket of a page, and the files that pages need.

Solara draws pages and talks to them; of its own web server nothing is used but that. What is not
listed here is not there.
"""

from __future__ import annotations

import gzip
import re
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.types import ASGIApp
from starlette.websockets import WebSocket

from takeup.view.server.assets import (
    EXTENSIONS,
    TYPES,
    installed,
    packed,
)
from takeup.view.server.bounds import SESSION, Bounded
from takeup.view.server.gate import Gate, policy
from takeup.view.server.lock import Lock, TooManyGuessesError
from takeup.view.server.names import Names

if TYPE_CHECKING:
    from solara.server.kernel_context import VirtualKernelContext

CLOSING = "/_solara/api/close/"
"""Where a page says that it is left, so that its memory is given back at once."""

_ID = re.compile(r"[A-Za-z0-9-]{1,64}")
_VERSIONED = re.compile(r"@\d")


def application(names: Names, lock: Lock) -> ASGIApp:
    """Return the app that answers everything, behind the gate and then the bounds.

    What the gate refuses counts for nobody: or a foreign page could use up what the browsers at its
    visitor's address may have.

    Args:
        names: what the server may be called by.
        lock: what the facilitator's key opens.

    Raises:
        InputError: files that pages are made of are missing.
    """
    files = installed()
    paths, page = _pages()
    pages = Pages(page, lock)
    app = Starlette(
        routes=[
            *(Route(path, pages.open) for path in paths),
            WebSocketRoute("/jupyter/api/kernels/{kernel_id}/channels", talk),
            Route(CLOSING + "{kernel_id}", leave, methods=["POST"]),
            Route("/{path:path}", Files(files).send),
        ],
        lifespan=_lifespan,
    )
    app.router.redirect_slashes = False
    # The gate is before the bounds: what pages of others make a browser ask does not count as its
    # own, and whoever meets a bound gets the headers of all answers.
    return Gate(Bounded(app), names, policy(page), posts=(CLOSING,))


class Pages:
    """The six pages, which are one until they have a socket.

    Args:
        page: as HTML; nothing of a request is in it.
        lock: what the facilitator's key opens.
    """

    def __init__(self, page: str, lock: Lock) -> None:
        self._page = page.encode()
        self._packed = gzip.compress(self._page, 9, mtime=0)
        self._lock = lock

    async def open(self, request: Request) -> Response:
        """Answer with the page, or take the facilitator's key off the address."""
        if "f" in request.query_params:
            return self._unlock(request)
        response = _sent(request, self._page, self._packed, "text/html; charset=utf-8")
        response.headers["Cache-Control"] = "no-store"
        if not _ID.fullmatch(request.cookies.get(SESSION, "")):
            _keep(response, SESSION, secrets.token_hex(16), "lax")
        return response

    def _unlock(self, request: Request) -> Response:
        address = request.client.host if request.client else ""
        try:
            opened = self._lock.opens(request.query_params["f"], address)
        except TooManyGuessesError as error:
            seconds = int(error.seconds) + 1
            return PlainTextResponse(
                "Too many wrong keys came from your address. Open the facilitator's address again "
                f"in {seconds} seconds; it was shown when the server started.\n",
                429,
                {"Retry-After": str(seconds), "Cache-Control": "no-store"},
            )
        rest = [(name, value) for name, value in request.query_params.multi_items() if name != "f"]
        path = request.url.path
        response = RedirectResponse(f"{path}?{urlencode(rest)}" if rest else path, 303)
        response.headers["Cache-Control"] = "no-store"
        if opened:
            _keep(response, self._lock.cookie, self._lock.token, "strict")
        return response


class Files:
    """The files that pages are made of.

    Args:
        files: by address.
    """

    def __init__(self, files: dict[str, Path]) -> None:
        self._files = files

    async def send(self, request: Request) -> Response:
        """Answer with a file that is listed; there is nothing else."""
        found = self._files.get(request.scope["path"])
        if found is None or b"%2f" in request.scope.get("raw_path", b"").lower():
            return PlainTextResponse("There is nothing at this address.\n", 404)
        kind = TYPES[found.suffix]
        small = await run_in_threadpool(packed, found)
        if small is not None and _takes_gzip(request):
            response = _sent(request, b"", small, kind)
        else:
            response = FileResponse(found, media_type=kind, headers={"Vary": "Accept-Encoding"})
        versioned = request.url.query or _VERSIONED.search(request.url.path)
        response.headers["Cache-Control"] = (
            "public, max-age=31536000, immutable" if versioned else "no-cache"
        )
        return response


async def talk(websocket: WebSocket) -> None:
    """Connect a page to its kernel, in which Solara draws it."""
    from solara.server.kernel_context import contexts
    from solara.server.starlette import kernel_connection

    said = (websocket.path_params["kernel_id"], websocket.query_params.get("session_id", ""))
    if not all(_ID.fullmatch(each) for each in said):
        await websocket.send_denial_response(PlainTextResponse("No page asks this.\n", 404))
        return
    there: VirtualKernelContext | None = contexts.get(said[0])
    if there is not None and there.session_id != websocket.cookies.get(SESSION):
        refused = PlainTextResponse("This page is another browser's.\n", 403)
        await websocket.send_denial_response(refused)
        return
    await kernel_connection(websocket)


async def leave(request: Request) -> Response:
    """Close a page that its browser has left; only that browser may say so."""
    from solara.server.kernel_context import contexts

    context: VirtualKernelContext | None = contexts.get(request.path_params["kernel_id"])
    page, session = request.query_params.get("session_id", ""), request.cookies.get(SESSION, "")
    if context is None or context.session_id != session or page not in context.page_status:
        return PlainTextResponse("Only the browser that has a page open may close it.\n", 403)
    await run_in_threadpool(context.page_close, page)
    return Response(status_code=204)


@asynccontextmanager
async def _lifespan(app: Starlette) -> AsyncIterator[None]:
    from solara.server.starlette import lifespan

    async with lifespan(app):
        yield


def _pages() -> tuple[list[str], str]:
    """Return the paths of all pages, and the HTML that they begin as."""
    from solara.server import app, server, settings

    settings.main.root_path = ""  # or a header of the first request would say
    # Others that Jupyter has on this machine are none of our pages'.
    names = [f"{name}/extension" for name in EXTENSIONS]
    server.get_nbextension_names = lambda: names  # type: ignore[assignment]
    app.ensure_apps_initialized()
    page = server.read_root("/")
    assert page is not None
    return ["/" + route.path.strip("/") for route in app.apps["__default__"].routes], page


def _sent(request: Request, whole: bytes, small: bytes, kind: str) -> Response:
    headers = {"Vary": "Accept-Encoding"}
    if not _takes_gzip(request):
        return Response(whole, headers=headers, media_type=kind)
    return Response(small, headers={**headers, "Content-Encoding": "gzip"}, media_type=kind)


def _takes_gzip(request: Request) -> bool:
    return "gzip" in request.headers.get("accept-encoding", "")


def _keep(response: Response, name: str, value: str, same_site: str) -> None:
    """Give the browser a cookie that no script reads and that ends with the browser."""
    response.set_cookie(name, value, httponly=True, samesite=same_site)  # type: ignore[arg-type]
