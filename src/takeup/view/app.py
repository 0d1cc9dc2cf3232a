"""The pages of the workshop view, and what stands around each of them."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import solara

from takeup.view.explain.page import Explain
from takeup.view.play.page import Play
from takeup.view.room.facilitator import Facilitator
from takeup.view.room.page import Attempts
from takeup.view.say.keep import Message
from takeup.view.say.text import Heading, Words
from takeup.view.say.top import Top
from takeup.view.session.session import use_session
from takeup.view.watch.mesa_page import MesaPage
from takeup.view.watch.page import Watch

logger = logging.getLogger(__name__)

HIDDEN = ("/watch", "/explain", "/mesa")
"""Pages that tell what comes of a setting, as Play does; Attempts saves none that is hidden."""

_STYLE = Path(__file__).with_name("view.css").read_text(encoding="utf-8")


@solara.component
def Layout(children: list[Any] = []) -> None:  # noqa: B006  (Solara never changes it)
    """Draw the bar of pages, what went wrong, and the page itself."""
    session = use_session()
    router = solara.use_router()
    solara.use_effect(lambda: session.arrive(router), [router.path, router.search])
    here = "/" + (router.path or "").strip("/")
    solara.Style(_STYLE)
    with solara.Div():
        Top(
            tabs=[
                {"path": path, "label": str(route.label), "href": session.path(path)}
                for route in routes
                if (path := "/" + route.path.strip("/")) != "/facilitator" or session.facilitates
            ],
            here=here,
            event_go=lambda path: router.push(session.path(str(path))),
        )
        with solara.Div(classes=["takeup-page"], attributes={"id": "content", "role": "main"}):
            Message(text=session.problem.value, event_close=lambda _: session.problem.set(""))
            if (
                here == "/mesa" and not session.hidden
            ):  # whose controls go where Solara's own frame has them
                solara.AppLayout(children=[Guarded(children)], navigation=False, color=None)
            else:
                Guarded([Waiting()] if session.hidden and here in HIDDEN else children)


@solara.component
def Waiting() -> None:
    """Say that results wait for a guess."""
    with solara.Div(classes=["tk", "sheet", "waiting"]):
        Heading(text="Predict first", level=2)
        Words(text="This page would tell what comes of your setting. Make your guess on Play.")


@solara.component
def Guarded(children: list[Any]) -> None:
    """Draw a page; if it breaks, say so instead of leaving nothing."""
    problem, again = solara.use_exception()
    if problem is None:
        solara.Div(children=children)
        return
    logger.error("a page broke", exc_info=problem)
    Message(
        text="This page broke, which is our fault. Close this message to draw it again; your "
        "setting is kept in the address.",
        event_close=lambda _: again(),
    )


routes = [
    solara.Route(path="/", component=Play, label="Play", layout=Layout),
    solara.Route(path="watch", component=Watch, label="Watch"),
    solara.Route(path="explain", component=Explain, label="Explain"),
    solara.Route(path="attempts", component=Attempts, label="Attempts"),
    solara.Route(path="facilitator", component=Facilitator, label="Facilitator"),
    solara.Route(path="mesa", component=MesaPage, label="Mesa"),
]
"""The layout of the first is around all of them."""
