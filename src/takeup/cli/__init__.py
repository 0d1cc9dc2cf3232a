"""The command line: one thin function per command; what is heavy loads when it is needed."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from takeup.cli.calibrating import calibrate
from takeup.cli.garbage import collect_seldom
from takeup.cli.leaving import code_of, leave, stopped
from takeup.cli.looking import check, evidence, new, schema
from takeup.cli.running import compare, run
from takeup.cli.sweeping import clear_runs, discover, list_runs, sensitivity, sweep
from takeup.cli.viewing import view
from takeup.output import guarded, show


class _Commands(TyperGroup):
    """Commands that say what happened when they are told to stop."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt as stop:
            raise stopped(stop, "nothing was written") from None


app = typer.Typer(
    cls=_Commands,
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Simulate a local government's move to digital services: residents, staff, queues and "
    "the programme of change.",
)
cache = typer.Typer(no_args_is_help=True, help="Runs of earlier sweeps, kept to be used again.")


def _show_version(wanted: bool) -> None:
    if wanted:
        import takeup

        show(f"takeup {takeup.__version__}")
        raise typer.Exit


@app.callback()
def common(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="show the version"),
    ] = False,
) -> None:
    """Take the options that belong to no command."""


for command in (
    *(check, run, compare, sweep, sensitivity, discover, calibrate),
    *(view, new, schema, evidence),
):
    app.command()(command)
cache.command("list")(list_runs)
cache.command("clear")(clear_runs)
app.add_typer(cache, name="cache")


def main() -> None:
    """Run the command line and exit with its code."""
    collect_seldom()
    with guarded():
        code = code_of(lambda: app(prog_name="takeup", standalone_mode=False))
    leave(code)
