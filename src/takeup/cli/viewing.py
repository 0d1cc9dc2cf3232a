"""The command that opens the workshop view."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from takeup.cli.garbage import collect_as_usual
from takeup.errors import InputError
from takeup.output import say


def view(
    scenario: Annotated[
        Path | None,
        typer.Argument(
            metavar="[SCENARIO]", help="what pages begin with  [default: the smallest in scenarios]"
        ),
    ] = None,
    host: Annotated[
        str, typer.Option(help="address to listen on; 0.0.0.0 lets the whole network in")
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(min=0, max=65_535, help="port to listen on; 0: any that is free")
    ] = 8765,
    no_browser: Annotated[
        bool, typer.Option("--no-browser", help="do not open a browser")
    ] = False,
    room: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="keep attempts and guesses in this file  [default: they "
                     "end with the server]"),
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(min=1, help="processes that compute  [default: all processors]"),
    ] = None,
    name: Annotated[
        list[str] | None,
        typer.Option(help="what the server may be called by besides its addresses, as in "
                     "takeup.local; may be repeated"),
    ] = None,
) -> None:  # fmt: skip
    """Open the workshop view: play with a council in the browser, alone or as a room."""
    from importlib.util import find_spec

    if find_spec("solara") is None:
        raise InputError("takeup view: needs more packages: pip install takeup[view]")
    from takeup.view.serving import serve

    collect_as_usual()
    try:
        serve(scenario, host, port, not no_browser, room, workers, name or ())
    except KeyboardInterrupt:  # the way to stop it
        say("stopped")
